"""When people of a company may trade: blackouts around the quarter's end, open windows between them.

The rule closes trading from so many days before a quarter's end until so many full trading days after its
results. Days that the company itself named go before the rule, day by day. Company policies differ: what is
computed is as good as what was entered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import holidays

from personas.tools.equity.vesting import add_months

DAY = dt.timedelta(days=1)
A_QUARTER = dt.timedelta(days=150)  # longer than from one blackout to the next


@lru_cache(maxsize=32)
def _exchange_closed(year: int) -> frozenset[dt.date]:
    return frozenset(holidays.financial_holidays("NYSE", years=year))


def is_trading_day(day: dt.date) -> bool:
    """Whether the New York Stock Exchange trades that day."""
    return day.weekday() < 5 and day not in _exchange_closed(day.year)


def next_trading_day(day: dt.date) -> dt.date:
    """The day itself where it is one, else the next."""
    while not is_trading_day(day):
        day += DAY
    return day


def last_trading_day(day: dt.date) -> dt.date:
    """The day itself where it is one, else the one before."""
    while not is_trading_day(day):
        day -= DAY
    return day


def after_full_trading_days(day: dt.date, number: int) -> dt.date:
    """The first trading day once `number` full trading days have passed after `day`."""
    for _ in range(number + 1):
        day = next_trading_day(day + DAY)
    return day


@dataclass(frozen=True)
class Rule:
    """A company's blackout rule. `closed_before`: None where there is none. `results`: by quarter's end."""

    closed_before: int | None
    full_days_after: int = 2
    results_after: int = 35
    fiscal_year_end: int = 12
    results: Mapping[dt.date, dt.date] = field(default_factory=dict)


@dataclass(frozen=True)
class Stated:
    """Days that the company itself named, both included."""

    first: dt.date
    last: dt.date
    open: bool


@dataclass(frozen=True)
class Span:
    """Days in a row that are all open or all closed, both ends included. `expected`: it rests on a date of
    results that is not entered. `quarter`: the end of the quarter whose results ended the blackout before it
    (of an open span), or around which it lies (of a closed one)."""

    first: dt.date
    last: dt.date
    open: bool
    quarter: dt.date | None
    expected: bool


def quarter_ends(fiscal_year_end: int, first: dt.date, last: dt.date) -> list[dt.date]:
    """The last days of the quarters between two days."""
    month = dt.date(first.year, first.month, 1)
    ends = []
    while month <= last:
        following = add_months(month, 1)
        end = following - DAY
        if (month.month - fiscal_year_end) % 3 == 0 and first <= end <= last:
            ends.append(end)
        month = following
    return ends


def blackouts(rule: Rule, first: dt.date, last: dt.date) -> list[Span]:
    """The closed spans by the rule that touch the days between two days, whole."""
    if rule.closed_before is None:
        return []
    found = []
    for end in quarter_ends(rule.fiscal_year_end, first - A_QUARTER, last + dt.timedelta(days=90)):
        published = rule.results.get(end)
        expected = published is None
        published = published or next_trading_day(end + dt.timedelta(days=rule.results_after))
        closed = Span(
            end - dt.timedelta(days=rule.closed_before),
            after_full_trading_days(published, rule.full_days_after) - DAY,
            False,
            end,
            expected,
        )
        if closed.first <= last and closed.last >= first:
            found.append(closed)
    return found


def spans(rule: Rule, stated: Sequence[Stated], first: dt.date, last: dt.date) -> list[Span]:
    """Every day from `first` to `last`, as open and closed spans that follow on one another.

    Spans at the edges are cut there. Open days without a rule and without dates of the company are one span.
    """
    closed = blackouts(rule, first - A_QUARTER, last)
    before = [span for span in closed if span.last < first]
    quarter = before[-1].quarter if before else None
    expected = bool(before) and before[-1].expected
    found: list[Span] = []
    for number in range((last - first).days + 1):
        day = first + number * DAY
        shut = next((span for span in reversed(closed) if span.first <= day <= span.last), None)
        if shut:
            quarter, expected = shut.quarter, shut.expected
        own = next((each for each in stated if each.first <= day <= each.last), None)
        is_open = own.open if own else shut is None
        if found and found[-1].open == is_open:
            found[-1] = _longer(found[-1], day, quarter, expected and own is None)
        else:
            found.append(Span(day, day, is_open, quarter, expected and own is None))
    return found


def _longer(span: Span, day: dt.date, quarter: dt.date | None, expected: bool) -> Span:
    """The span until `day`. Results begin an open span and end a closed one: that edge may be expected."""
    if span.open:
        return replace(span, last=day)
    return replace(span, last=day, quarter=quarter, expected=expected)


@dataclass(frozen=True)
class Turn:
    """A day on which trading opens or closes: the first trading day of an open span, or its last.

    `key` tells it apart where its date moves: the quarter, and which opening of that quarter it is.
    """

    on: dt.date
    opens: bool
    key: str
    expected: bool


def turns(every: Sequence[Span]) -> list[Turn]:
    """The days on which trading opens and closes; an edge of what was looked at is neither."""
    found = []
    of_quarter: dict[dt.date | None, int] = {}
    for place, span in enumerate(every):
        if not span.open:
            continue
        number = of_quarter[span.quarter] = of_quarter.get(span.quarter, 0) + 1
        key = f"{span.quarter}-{number}" if span.quarter else str(span.first)
        opens, closes = next_trading_day(span.first), last_trading_day(span.last)
        if opens > closes:
            continue
        if place:
            found.append(Turn(opens, True, key, span.expected))
        if place < len(every) - 1:
            found.append(Turn(closes, False, key, False))
    return found


def next_open_day(every: Sequence[Span], day: dt.date) -> dt.date | None:
    """The first trading day on which one may trade, from `day` on; None where the spans end before."""
    for span in every:
        if span.open and span.last >= day:
            trading = next_trading_day(max(day, span.first))
            if trading <= span.last:
                return trading
    return None
