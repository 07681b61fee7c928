"""How a grant vests: dated parts in whole shares that add up to the grant."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


class ScheduleRefused(ValueError):
    """There is no such schedule; the text says why."""


@dataclass(frozen=True)
class Part:
    """Shares that vest on a day; numbered from 1 in the order of their dates."""

    number: int
    on: dt.date
    shares: int


def add_months(day: dt.date, months: int) -> dt.date:
    """So many calendar months later, clamped to the month's end."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def vest_months(cliff: int, period: int, total: int) -> list[int]:
    """Months after the start at which something vests: the cliff, every period from it, and the end.

    Without a cliff the first part vests after one period. A total of 0: all at once, at the start.
    """
    if total == 0:
        return [0]
    if period < 1 or not 0 <= cliff <= total:
        raise ScheduleRefused("The cliff lies within the months in all, and a period takes a month or more.")
    first = cliff or min(period, total)
    months = list(range(first, total + 1, period))
    return months if months[-1] == total else [*months, total]


def schedule(*, start: dt.date, shares: int, cliff: int, period: int, total: int) -> list[Part]:
    """The parts of `shares` by months from `start`.

    At each date the part of the grant that has vested in all is rounded down to whole shares, so that
    the parts always add up to the grant; a part without a share is left out.
    """
    parts: list[Part] = []
    vested = 0
    for month in vest_months(cliff, period, total):
        so_far = shares * month // total if total else shares
        if so_far > vested:
            parts.append(Part(len(parts) + 1, add_months(start, month), so_far - vested))
            vested = so_far
    return parts


def numbered(rows: Sequence[tuple[dt.date, int]]) -> list[Part]:
    """Parts of a grant's own dates, which must come in order."""
    for (before, _), (after, _) in pairwise(rows):
        if after <= before:
            raise ScheduleRefused(f"{after} does not come after {before}.")
    return [Part(place, on, shares) for place, (on, shares) in enumerate(rows, start=1)]
