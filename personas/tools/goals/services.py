"""Writes of goal rankings: a round begins, its two partners answer, it is completed or ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client, User
from clients.random_secrets import digest_of, new_secret
from personas.models import GoalKind, GoalPartner, GoalRound, RoundGoal
from personas.tools.goals.comparing import check_places

FEWEST, MOST = 4, 10


class RankingRefused(Exception):
    """Nothing was stored; the text says why."""


@dataclass(frozen=True)
class Goal:
    """A goal to rank: from the firm's list, or in own words."""

    label: str
    kind: GoalKind | None = None


def partner_of(token: str) -> GoalPartner | None:
    """The partner whose link it is; None for one that nobody was given."""
    found = GoalPartner.objects.filter(token_hash=digest_of(token)).select_related("round__client")
    return found.first()


@transaction.atomic
def begin_round(
    *, client: Client, goals: Sequence[Goal], partners: tuple[str, str], days: int, by: User
) -> GoalRound:
    """A new round of `client`, whose links hold for `days`; one that still ran ends.

    `partners`: first names. Raises RankingRefused for too few, too many or repeated goals.
    """
    labels = [goal.label.strip().casefold() for goal in goals]
    if not FEWEST <= len(goals) <= MOST:
        raise RankingRefused(_("Choose from 4 to 10 goals."))
    if len(set(labels)) < len(labels):
        raise RankingRefused(_("A goal is there twice."))
    Client.objects.select_for_update().get(pk=client.pk)  # two who begin at once: one after the other
    now = timezone.now()
    GoalRound.objects.filter(client=client).running().update(ended_at=now)
    made = GoalRound.objects.create(
        client=client, begun_at=now, begun_by=by, expires_at=now + dt.timedelta(days=days)
    )
    RoundGoal.objects.bulk_create(
        RoundGoal(round=made, position=place, kind=goal.kind, label=goal.label.strip())
        for place, goal in enumerate(goals, 1)
    )
    GoalPartner.objects.bulk_create(
        GoalPartner(round=made, number=number, first_name=name) for number, name in enumerate(partners, 1)
    )
    return made


@transaction.atomic
def make_link(*, partner: GoalPartner) -> str:
    """A new secret for the partner's link; the one before leads nowhere from now on.

    Raises RankingRefused where no answer is taken any more.
    """
    if not GoalRound.objects.select_for_update().get(pk=partner.round_id).takes_answers:
        raise RankingRefused(_("This ranking takes no more answers by link."))
    token = new_secret()
    GoalPartner.objects.filter(pk=partner.pk).update(token_hash=digest_of(token))
    return token


@transaction.atomic
def answer_by_link(*, partner: GoalPartner, places: Sequence[int]) -> None:
    """Stores a partner's answer in place of an earlier one. Raises RankingRefused where none is taken any
    more: both have answered, or the time is over."""
    found = GoalRound.objects.select_for_update().get(pk=partner.round_id)
    if not found.takes_answers:
        raise RankingRefused(_("This ranking takes no more answers."))
    _store(found, {partner.number: places})


@transaction.atomic
def answer_together(*, round: GoalRound, places: Mapping[int, Sequence[int]]) -> None:
    """Stores what both partners said in the room, by their numbers. Raises RankingRefused where the round is
    over; that its links have expired does not matter."""
    found = GoalRound.objects.select_for_update().get(pk=round.pk)
    if found.completed_at or found.ended_at:
        raise RankingRefused(_("This ranking is over. Begin a new one."))
    _store(found, places)


def _store(round: GoalRound, answers: Mapping[int, Sequence[int]]) -> None:
    """The round is locked: of two who answer at once the second sees the first's answer."""
    now, number = timezone.now(), round.goals.count()
    for partner, places in answers.items():
        try:
            check_places(places, number)
        except ValueError:
            raise RankingRefused(_("Give each goal a place of its own.")) from None
        round.partners.filter(number=partner).update(places=list(places), answered_at=now)
    round.answers = round.partners.filter(answered_at__isnull=False).count()
    if round.answers == 2:
        round.completed_at = now
    round.save(update_fields=["answers", "completed_at"])


def end_round(*, round: GoalRound) -> None:
    """Ends a round that still runs: its links lead nowhere."""
    GoalRound.objects.filter(pk=round.pk).running().update(ended_at=timezone.now())
