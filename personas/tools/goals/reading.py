"""A round of goal rankings as its page shows it: who has answered; when both have, how they differ."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client
from personas.models import GoalPartner, GoalRound, RoundGoal, TradeOff
from personas.tools.at_once import at_once, hang
from personas.tools.goals import comparing

ROW, TOP = 28, 40  # of the chart: between two places, above the first
LONGEST = 30  # letters of a goal beside the chart; the table has all of them


@dataclass
class Question:
    """What to ask about two goals: one that the first partner ranks higher, one that the second does."""

    first: RoundGoal
    second: RoundGoal
    text: str


@dataclass
class Comparison:
    """How the two answers of a round differ."""

    round: GoalRound
    partners: tuple[GoalPartner, GoalPartner]
    correlation: str
    words: str
    rows: list[dict[str, Any]]
    largest: list[dict[str, Any]]
    questions: list[Question]
    chart: dict[str, Any]


def rounds_of(client: Client) -> list[GoalRound]:
    """All rounds, the newest first, with goals and partners: three queries."""
    return list(GoalRound.objects.filter(client=client).prefetch_related("goals", "partners"))


def state_of(round: GoalRound) -> str:
    """What became of a round, in words."""
    if round.completed_at:
        return _("both answered")
    if round.ended_at:
        return _("ended before both answered")
    if round.expires_at <= timezone.now():
        return _("the links have expired")
    return _("waits for answers")


def compare(round: GoalRound, *, ask: bool = True) -> Comparison | None:
    """The two answers beside each other; None until both are there. With `ask`, one query for questions."""
    if round.completed_at is None:
        return None
    goals, (one, other) = list(round.goals.all()), tuple(round.partners.all())
    first, second = one.places, other.places
    rho = comparing.spearman(first, second)
    rows = [
        {"goal": goals[gap.goal], "first": gap.first, "second": gap.second, "size": gap.size}
        for gap in comparing.gaps(first, second)
    ]
    far = comparing.largest(first, second)
    pairs = [(goals[a], goals[b]) for a, b in comparing.trade_offs(first, second)] if ask else []
    return Comparison(
        round=round,
        partners=(one, other),
        correlation=f"{float(rho):.2f}".replace("-", "−"),
        words=_in_words(float(rho)),
        rows=rows,
        largest=rows[: len(far)],
        questions=_questions(pairs),
        chart=_chart(goals, first, second, {gap.goal for gap in far}),
    )


def _in_words(rho: float) -> str:
    """Neutral: neither answer is the right one."""
    if rho >= 0.8:
        return _("The two orders are nearly the same.")
    if rho >= 0.4:
        return _("The two orders have much in common.")
    if rho > -0.4:
        return _("The two orders have something in common and something apart.")
    return _("The two orders run in different directions.")


def _questions(pairs: list[tuple[RoundGoal, RoundGoal]]) -> list[Question]:
    asked = Q(pk=None)
    for one, other in pairs:
        asked |= Q(one=one.kind_id, other=other.kind_id) | Q(one=other.kind_id, other=one.kind_id)
    known: dict[frozenset[int | None], str] = {}
    if pairs:
        known = {
            frozenset((each.one_id, each.other_id)): each.question for each in TradeOff.objects.filter(asked)
        }
    every = _(
        "What would let both “%(one)s” and “%(other)s” have a place, and which of them needs it sooner?"
    )
    return [
        Question(
            one,
            other,
            known.get(frozenset((one.kind_id, other.kind_id)))
            or every % {"one": one.label, "other": other.label},
        )
        for one, other in pairs
    ]


def _chart(goals: list[RoundGoal], first: list[int], second: list[int], far: set[int]) -> dict[str, Any]:
    """A slope chart as numbers: each goal's place on the left and on the right."""
    return {
        "height": TOP + ROW * len(goals),
        "lines": [
            {
                "label": goal.label if len(goal.label) <= LONGEST else f"{goal.label[: LONGEST - 1]}…",
                "first": first[number],
                "second": second[number],
                "y1": TOP + ROW * (first[number] - 1),
                "y2": TOP + ROW * (second[number] - 1),
                "far": number in far,
            }
            for number, goal in sorted(enumerate(goals), key=lambda each: each[0] in far)
        ],
    }


def picture_of(client: Client, on: dt.date) -> Comparison | None:
    """The newest round that both answered, without its questions; one query."""
    newest = GoalRound.objects.filter(client=client, completed_at__isnull=False)[:1]
    rounds, goals, partners = at_once(
        newest,
        RoundGoal.objects.filter(round__in=newest.values("pk")),
        GoalPartner.objects.filter(round__in=newest.values("pk")),
    )
    if not rounds:
        return None
    round = rounds[0]
    hang(round, "goals", goals)
    hang(round, "partners", partners)
    return compare(round, ask=False)
