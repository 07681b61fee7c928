"""First dates that stay level: where in a stretch of days a batch begins, so that its later weeks are even.

A date and those that follow it every k months move off weekends, holidays and month's ends, always forward:
what began evenly would bunch within months (a February week takes up what three month's ends held). The days
of a stretch therefore carry unlike shares of a batch. Each share goes to the day whose own weeks, a year
ahead, are the least loaded so far.
"""

from __future__ import annotations

import calendar
import datetime as dt
import heapq
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from servicing.models import Basis
from servicing.planning.cover import covering_pairs
from servicing.planning.session import Session

PLACES = 480  # shares of a batch; each is a place between 0 and 1
BATCH = 25  # clients of one person that begin together; fewer are level by their own places
Weeks = tuple[tuple[int, int], ...]
DAY = dt.timedelta(days=1)
YEAR = 366 * DAY

# Lines whose batches are worth it: never served, by the day service started, or overdue.
BATCHES = """
    SELECT line_id, false AS late, p.starts_on FROM plan_anew p JOIN plan_item i USING (line_id)
    WHERE p.expired_on IS NULL AND p.base_on IS NULL AND cardinality(i.allowed_months) = 0
        AND p.starts_on + make_interval(months => i.offset_months) > %(day)s
    GROUP BY p.person_id, line_id, p.starts_on HAVING count(*) >= %(batch)s
    UNION
    SELECT line_id, true, %(day)s::date FROM plan_anew p JOIN plan_item i USING (line_id)
    WHERE cardinality(i.allowed_months) = 0
        AND coalesce(p.expired_on, p.base_on + make_interval(months => i.interval_months)) < %(day)s
    GROUP BY p.person_id, line_id HAVING count(*) >= %(batch)s
"""
LINES = """
    SELECT line_id, tier_id, kind_id, interval_months, offset_months, basis, window_after_days,
        standard AND cardinality(allowed_months) = 0 AS plain
    FROM plan_item ORDER BY line_id
"""


@dataclass(frozen=True)
class Line:
    """An item at one interval, as planning numbers it."""

    id: int
    tier: int
    kind: int
    months: int
    offset: int
    basis: str
    after: int
    plain: bool


@dataclass(frozen=True)
class Rhythm:
    """How dates follow one another: every so many months, on days that are not off.

    `between`: months of a service that asks for nothing where this one is due within `after` days, else
    comes between two of this one (a check-in between reviews); 0: there is none.
    """

    months: int
    basis: str
    off: frozenset[dt.date]
    between: int = 0
    after: int = 0

    def working(self, day: dt.date) -> dt.date:
        while day.weekday() >= 5 or day in self.off:
            day += DAY
        return day

    def dates(self, first: dt.date, months: int) -> Iterator[dt.date]:
        """`first`, a working day, and what follows it every so many months."""
        day, number = first, 0
        while True:
            yield day
            number += 1
            later = (
                add_months(day, months) if self.basis == Basis.ROLLING else add_months(first, number * months)
            )
            day = self.working(later)

    def before(self, day: dt.date, start: dt.date) -> dt.date:
        """The earliest day after `start` from which the service between leads to `day`."""
        while (earlier := add_months(day, -self.between)) > start:
            day = earlier
        return self.working(day)

    def year(self, first: dt.date, start: dt.date) -> Iterator[dt.date]:
        """Everything that falls due from `first` on, endlessly."""
        if not self.between:
            yield from self.dates(first, self.months)
        own = self.dates(first, self.months)
        due, between = next(own), self.before(first, start)
        while True:
            if due <= between + self.after * DAY:
                yield due
                between, due = self.working(add_months(due, self.between)), next(own)
            else:
                yield between
                between = self.working(add_months(between, self.between))


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of another month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@lru_cache(maxsize=256)
def level_days(start: dt.date, days: int, rhythm: Rhythm) -> tuple[dt.date, ...]:
    """The `PLACES` days of (start, start + days], in order, where a level batch begins; () if none works."""
    end = start + max(YEAR, days * DAY)
    alike: dict[Weeks, list[dt.date]] = defaultdict(list)
    for number in range(1, days + 1):
        first = start + number * DAY
        if rhythm.working(first) == first:
            alike[_weeks(rhythm.year(first, start), end)].append(first)
    if not alike:
        return ()
    load: Counter[tuple[int, int]] = Counter()
    shares: Counter[Weeks] = Counter()
    # Loads only grow, so a cost that was the least and still is needs no look at the others.
    waiting = [((0.0, 0.0, 0.0), number, weeks) for number, weeks in enumerate(alike)]
    while shares.total() < PLACES:
        _known, number, weeks = waiting[0]
        cost = _cost(weeks, load, shares[weeks] / len(alike[weeks]))
        heapq.heapreplace(waiting, (cost, number, weeks))
        if waiting[0][1] == number:
            shares[weeks] += 1
            load.update(weeks)
    return tuple(
        sorted(
            firsts[n * len(firsts) // shares[weeks]]
            for weeks, firsts in alike.items()
            for n in range(shares[weeks])
        )
    )


def _weeks(days: Iterator[dt.date], end: dt.date) -> Weeks:
    weeks: list[tuple[int, int]] = []
    for day in days:
        if day > end:
            return tuple(weeks)
        weeks.append(day.isocalendar()[:2])
    raise AssertionError("dates never end")


def _cost(weeks: Weeks, load: Counter[tuple[int, int]], crowd: float) -> tuple[float, float, float]:
    """What one more share costs: the fullest of its weeks, then all of them, then the crowd on its days."""
    loads = [load[week] for week in weeks]
    return max(loads), sum(each**3 for each in loads) / len(loads), crowd


def keep_places(session: Session, off: frozenset[dt.date]) -> bool:
    """Fills `plan_place`: the days of each batch's places, and where a service comes between two of another,
    the line of that other, whose person and order its own places follow. False where no batch is large."""
    batches = session.fetch(BATCHES, batch=BATCH)
    lines = {row[0]: Line(*row) for row in session.fetch(LINES)} if batches else {}
    pairs = _between(list(lines.values()))
    places = [
        (number, late, starts_on, pairs[number].id if number in pairs and not late else None, place, day)
        for number, late, starts_on in batches
        for place, day in enumerate(_days(starts_on, lines[number], late, list(lines.values()), pairs, off))
    ]
    if not places:
        return False
    columns = ("lines", "lates", "starts", "others", "places", "days")
    values: dict[str, Any] = {
        name: [place[number] for place in places] for number, name in enumerate(columns)
    }
    session.keep(
        "plan_place",
        """
        SELECT * FROM unnest(%(lines)s::int[], %(lates)s::boolean[], %(starts)s::date[], %(others)s::int[],
            %(places)s::int[], %(days)s::date[]) AS place(line_id, late, starts_on, other_id, place, on_day)
        """,
        **values,
    )
    session.run("ANALYZE plan_place")
    return True


def _days(
    start: dt.date,
    line: Line,
    late: bool,
    lines: list[Line],
    pairs: dict[int, Line],
    off: frozenset[dt.date],
) -> tuple[dt.date, ...]:
    if late:
        days = min((add_months(start, line.months) - start).days, 90)
        return level_days(start, days, Rhythm(line.months, line.basis, off))
    if other := pairs.get(line.id):  # it begins where the other one leads back to
        rhythm = Rhythm(other.months, other.basis, off, line.months, line.after)
        return tuple(rhythm.before(day, start) for day in _first_days(start, other, rhythm))
    between = next((each for each in lines if pairs.get(each.id) == line), None)
    more = (between.months, between.after) if between else ()
    return _first_days(start, line, Rhythm(line.months, line.basis, off, *more))


def _first_days(start: dt.date, line: Line, rhythm: Rhythm) -> tuple[dt.date, ...]:
    return level_days(start, (add_months(start, line.offset) - start).days, rhythm)


def _between(lines: list[Line]) -> dict[int, Line]:
    """For each line that comes between two of another of its tier: that other."""
    covering = covering_pairs()
    return {
        line.id: other
        for line in lines
        for other in lines
        if (other.kind, line.kind) in covering
        and line.tier == other.tier
        and line.plain
        and other.plain
        and line.basis == other.basis == Basis.ROLLING
        and line.months == line.offset < other.months == other.offset
        and other.months % line.months == 0
    }
