"""How far the firm is with its goals of the year, beside where it should be by now.

Revenue grows through the year: by now there should be as large a part of the goal as there was of last
year's revenue at this day, or of the days of the year where last year brought nothing. The other goals hold
all year.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from clients.formats import money
from clients.templatetags.crm import percent
from servicing.delivery.periods import last_day
from servicing.models import GoalKind

CLOSE = Decimal("0.95")  # of what should be there by now: nearly on course


@dataclass(frozen=True)
class Progress:
    """A goal as the dashboard shows it. `bar` and `mark`: value and where it should be, in hundredths of the
    longest of value and target; `state`: good, close, behind or unknown."""

    kind: str
    label: str
    value: Decimal | None
    target: Decimal
    by_now: Decimal
    state: str
    words: str
    value_text: str
    target_text: str
    by_now_text: str
    href: str = ""

    @property
    def bar(self) -> Decimal:
        return self._part(self.value or Decimal(0))

    @property
    def mark(self) -> Decimal:
        return self._part(self.by_now)

    def _part(self, amount: Decimal) -> Decimal:
        longest = max(self.target, self.value or Decimal(0), self.by_now)
        return round(100 * max(amount, Decimal(0)) / longest, 1) if longest else Decimal(0)


def values(year: Mapping[str, Any]) -> dict[str, Decimal | None]:
    """Where each goal stands: `year` has revenue, minutes, on_time, counted, promised and available."""
    return {
        GoalKind.REVENUE: Decimal(year["revenue"]),
        GoalKind.AN_HOUR: Decimal(year["revenue"]) * 60 / year["minutes"] if year["minutes"] else None,
        GoalKind.LOAD: 100 * Decimal(year["promised"]) / year["available"] if year["available"] else None,
        GoalKind.ON_TIME: 100 * Decimal(year["on_time"]) / year["counted"] if year["counted"] else None,
    }


def part_of_year(today: dt.date, last_year: Mapping[dt.date, Decimal]) -> Decimal:
    """Which part of a year's revenue should be there by the end of today. `last_year`: revenue by month."""
    whole = sum(last_year.values(), Decimal(0))
    if whole <= 0 or min(last_year.values()) < 0:
        days = (dt.date(today.year, 12, 31) - dt.date(today.year - 1, 12, 31)).days
        return Decimal(today.timetuple().tm_yday) / days
    earlier = sum((sum_ for month, sum_ in last_year.items() if month.month < today.month), Decimal(0))
    running = last_year.get(dt.date(today.year - 1, today.month, 1), Decimal(0))
    return (earlier + running * today.day / last_day(today).day) / whole


def progress(
    goals: Mapping[str, Decimal],
    year: Mapping[str, Any],
    last_year: Mapping[dt.date, Decimal],
    today: dt.date,
    links: Mapping[str, str],
) -> list[Progress]:
    """The goals that are set, in their order. `links`: {kind: the list behind its value}."""
    now, found = values(year), []
    for kind in GoalKind:
        if kind.value not in goals:
            continue
        target, value = goals[kind.value], now[kind]
        by_now = target * part_of_year(today, last_year) if kind == GoalKind.REVENUE else target
        state = _state(kind, value, by_now)
        found.append(
            Progress(
                kind=kind.value,
                label=str(kind.label),
                value=value,
                target=target,
                by_now=by_now,
                state=state,
                words=_words(kind, state),
                value_text=written(kind, value),
                target_text=written(kind, target),
                by_now_text=written(kind, by_now),
                href=links.get(kind.value, ""),
            )
        )
    return found


def written(kind: str, value: Decimal | None) -> str:
    """Money, or percent for the kinds that are shares."""
    if kind in (GoalKind.REVENUE, GoalKind.AN_HOUR) or value is None:
        return money(value)
    return percent(value / 100)


def _state(kind: GoalKind, value: Decimal | None, by_now: Decimal) -> str:
    if value is None:
        return "unknown"
    if kind == GoalKind.LOAD:
        return "good" if value <= by_now else "close" if value * CLOSE <= by_now else "behind"
    return "good" if value >= by_now else "close" if value >= by_now * CLOSE else "behind"


def _words(kind: GoalKind, state: str) -> str:
    if state == "unknown":
        return {
            GoalKind.AN_HOUR: _("No time is logged this year yet."),
            GoalKind.LOAD: _("Nobody has stated hours yet."),
            GoalKind.ON_TIME: _("Nothing was due this year yet."),
        }.get(kind, "")
    if kind == GoalKind.LOAD:
        return {
            "good": _("Within what the team can carry."),
            "close": _("A little more than the team should carry."),
            "behind": _("More than the team should carry."),
        }[state]
    return {"good": _("On course."), "close": _("Nearly on course."), "behind": _("Behind.")}[state]
