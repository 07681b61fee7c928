"""Writes of fee schedules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from clients.commands import Refused
from clients.firm import firm_today
from clients.models import Tier, User
from tiers.models import FeeBracket, FeeSchedule


@dataclass(frozen=True)
class Stated:
    """What a schedule says; brackets as (from which amount, percent a year), the first from zero."""

    method: str
    minimum: Decimal
    tolerance: Decimal
    brackets: Sequence[tuple[Decimal, Decimal]]
    note: str = ""


def add_schedule(*, tier: Tier, effective_on: dt.date, stated: Stated, by: User | None) -> FeeSchedule:
    """A schedule of `tier` from a day on. Raises Refused where the tier has one from that day."""
    try:
        with transaction.atomic():
            made = FeeSchedule.objects.create(
                tier=tier,
                effective_on=effective_on,
                method=stated.method,
                minimum=stated.minimum,
                tolerance=stated.tolerance,
                note=stated.note,
                made_by=by,
            )
            FeeBracket.objects.bulk_create(
                FeeBracket(schedule=made, starts_at=start, percent=percent)
                for start, percent in stated.brackets
            )
    except IntegrityError:
        raise Refused(_("The tier has a schedule from this day on. Choose another day.")) from None
    return made


def withdraw_schedule(*, schedule: FeeSchedule) -> None:
    """Takes back a schedule that is not in force yet. Raises Refused for another one."""
    with transaction.atomic():
        found = FeeSchedule.objects.select_for_update().filter(pk=schedule.pk).first()
        if found is None or found.effective_on <= firm_today():
            raise Refused(_("A schedule in force is not taken back: let another one follow it."))
        found.delete()
