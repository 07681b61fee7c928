"""How many months a household can live on its reserves: exact, month by month, to the cent.

Spending of a month is due on its first day; the month is paid where what can be used by then, and the other
income of that month, are enough for all of it. What an income leaves over is kept. Prices rise once a year.
Nothing is earned on the reserves.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

YEARS = 40
MONTHS = YEARS * 12  # beyond this no month is computed
CENT = Decimal("0.01")


class CannotCompute(ValueError):
    """The figures allow no answer; the text says why."""


@dataclass(frozen=True)
class Money:
    """A reserve: `amount` that can be used `after` so many days."""

    amount: Decimal
    after: int = 0


@dataclass(frozen=True)
class Income:
    """`amount` on the first day of each month up to `until`; None: for good."""

    amount: Decimal
    until: dt.date | None = None


@dataclass(frozen=True)
class Month:
    """One month that begins on `on`. `freed`: reserves that can be used from then on; `left`: at its end; in
    the month that cannot be paid in full it is what is there toward it."""

    number: int
    on: dt.date
    freed: Decimal
    income: Decimal
    spending: Decimal
    left: Decimal


@dataclass(frozen=True)
class Runway:
    """`months` paid in full, one after another; None: it lasts beyond `YEARS` years. `short`: what is missing
    in the first month that is not; `locked`: reserves that cannot be used by then."""

    months: int | None
    table: tuple[Month, ...]
    ends_on: dt.date | None
    short: Decimal = Decimal(0)
    locked: Decimal = Decimal(0)


def month_after(start: dt.date, number: int) -> dt.date:
    """The same day `number` months later, the month's last where it has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + number, 12)
    return dt.date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def runway(
    *,
    start: dt.date,
    spending: Decimal,
    reserves: Sequence[Money],
    incomes: Sequence[Income] = (),
    inflation: Decimal = Decimal(0),
) -> Runway:
    """The months from `start` on, the day on which the income ends, that are paid for.

    `spending`: a month, in the first year; `inflation`: percent a year. Raises CannotCompute where nothing is
    spent or an amount is negative.
    """
    _check(spending, reserves, incomes, inflation)
    table: list[Month] = []
    left, monthly = Decimal(0), spending
    waiting = sorted(reserves, key=lambda each: each.after)
    for number in range(1, MONTHS + 1):
        on = month_after(start, number - 1)
        if number > 1 and number % 12 == 1:
            monthly = (monthly * (1 + inflation / 100)).quantize(CENT, ROUND_HALF_UP)
        freed = Decimal(0)
        while waiting and start + dt.timedelta(days=waiting[0].after) <= on:
            freed += waiting.pop(0).amount
        income = sum((each.amount for each in incomes if each.until is None or each.until >= on), Decimal(0))
        there = left + freed + income
        if there < monthly:
            table.append(Month(number, on, freed, income, monthly, there))
            locked = sum((each.amount for each in waiting), Decimal(0))
            return Runway(number - 1, tuple(table), on, monthly - there, locked)
        left = there - monthly
        table.append(Month(number, on, freed, income, monthly, left))
    return Runway(None, tuple(table), None)


def _check(
    spending: Decimal, reserves: Sequence[Money], incomes: Sequence[Income], inflation: Decimal
) -> None:
    if spending <= 0:
        raise CannotCompute("Nothing is spent: without spending every reserve lasts for good.")
    amounts = [*(each.amount for each in reserves), *(each.amount for each in incomes)]
    if inflation < 0 or min(amounts, default=0) < 0:
        raise CannotCompute("An amount is negative.")
    if any(each.after < 0 for each in reserves):
        raise CannotCompute("A reserve cannot be usable before the income ends.")
