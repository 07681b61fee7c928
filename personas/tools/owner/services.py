"""Writes of options and their ratings; those of steps are in `steps`."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from clients.models import Client
from personas.models import OptionRating, OwnerOption
from personas.models.owner import Letter


class OptionRefused(Exception):
    """It cannot be stored; the text says why."""


@transaction.atomic
def save_option(*, option: OwnerOption, ratings: Mapping[int, tuple[int, str]]) -> OwnerOption:
    """Stores an option, a new one under the next free letter, with its ratings and their notes by the id of
    the win condition; a rating that is not among them is taken away. Raises OptionRefused for a fifth one."""
    Client.objects.select_for_update(of=("self",), no_key=True).get(pk=option.client_id)
    if not option.pk:
        option.letter = _free_letter(option.client_id)
    option.save()
    OptionRating.objects.filter(option=option).exclude(condition__in=ratings).delete()
    OptionRating.objects.bulk_create(
        [
            OptionRating(
                client_id=option.client_id, option=option, condition_id=condition, rating=rating, note=note
            )
            for condition, (rating, note) in ratings.items()
        ],
        update_conflicts=True,
        unique_fields=["option", "condition"],
        update_fields=["rating", "note"],
    )
    return option


def _free_letter(client_id: int) -> str:
    taken = set(OwnerOption.objects.filter(client=client_id).values_list("letter", flat=True))
    free = [letter for letter in Letter.values if letter not in taken]
    if not free:
        raise OptionRefused(_("Four options are the most that can be compared well. Remove one first."))
    return free[0]
