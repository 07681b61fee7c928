"""Estimates of United States federal tax on pay in equity. Estimates, not tax advice.

Sources: withholding on supplemental wages, IRS Publication 15; alternative minimum tax (AMT), Internal
Revenue Code 55 to 59 and Form 6251; the limits of ISOs and of an ESPP, Code 422 and 423. The figures of a
year come in as `Figures`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from personas.tools.equity.vesting import add_months

CENT = Decimal("0.01")
ZERO = Decimal(0)


def cents(amount: Decimal) -> Decimal:
    """Rounded half up to the cent."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Figures:
    """A year's federal figures for one kind of tax return; rates as shares of 1."""

    year: int
    exemption: Decimal
    phase_out_from: Decimal
    phase_out_rate: Decimal
    upper_rate_from: Decimal
    amt: Decimal = Decimal("0.26")
    amt_above: Decimal = Decimal("0.28")
    withheld: Decimal = Decimal("0.22")
    withheld_above: Decimal = Decimal("0.37")
    withheld_up_to: Decimal = Decimal(1_000_000)
    iso_limit: Decimal = Decimal(100_000)
    espp_limit: Decimal = Decimal(25_000)
    source: str = ""
    confirmed: bool = False


# --- A vest: what is withheld, what it will cost -------------------------------------------------------


@dataclass(frozen=True)
class Reserve:
    """A payment of wages in shares. `missing`: the tax to set aside; negative where more is withheld."""

    value: Decimal
    withheld: Decimal
    liability: Decimal | None

    @property
    def missing(self) -> Decimal | None:
        return None if self.liability is None else self.liability - self.withheld


def withheld(value: Decimal, paid_before: Decimal, figures: Figures) -> Decimal:
    """Federal tax withheld from `value`, where `paid_before` of supplemental wages was paid in the year."""
    lower = max(ZERO, min(value, figures.withheld_up_to - paid_before))
    return cents(lower * figures.withheld + (value - lower) * figures.withheld_above)


def reserve(value: Decimal, paid_before: Decimal, figures: Figures, own_rate: Decimal | None) -> Reserve:
    """Withheld against the estimated liability at the client's own marginal rate (a share of 1)."""
    owed = None if own_rate is None else cents(value * own_rate)
    return Reserve(value, withheld(value, paid_before, figures), owed)


# --- AMT -----------------------------------------------------------------------------------------------


def exemption_left(amti: Decimal, figures: Figures) -> Decimal:
    """What is left of the exemption at an alternative minimum taxable income."""
    over = max(ZERO, amti - figures.phase_out_from)
    return max(ZERO, figures.exemption - figures.phase_out_rate * over)


def minimum_tax(amti: Decimal, figures: Figures) -> Decimal:
    """The tentative minimum tax: the year's two rates of the income over the exemption, 26 % and 28 %."""
    base = max(ZERO, amti - exemption_left(amti, figures))
    lower = min(base, figures.upper_rate_from)
    return cents(lower * figures.amt + (base - lower) * figures.amt_above)


@dataclass(frozen=True)
class Exposure:
    """What an exercise of ISOs does to the AMT of its year.

    `at_most`: by how much the tentative minimum tax rises, which is the most that the exercise can cost.
    `amt`: the AMT that it costs, where the regular tax is known. `free_shares`: how many shares cost none.
    """

    spread: Decimal
    at_most: Decimal
    amt: Decimal | None
    free_shares: int | None


def exposure(
    *, shares: int, gain: Decimal, income: Decimal, regular_tax: Decimal | None, figures: Figures
) -> Exposure:
    """An exercise of `shares` ISOs with a `gain` (price less exercise price) each, held past the year."""
    spread = cents(shares * max(ZERO, gain))
    before, after = minimum_tax(income, figures), minimum_tax(income + spread, figures)
    if regular_tax is None:
        return Exposure(spread, after - before, None, None)

    def amt(tentative: Decimal) -> Decimal:
        return max(ZERO, tentative - regular_tax)

    def costs(number: int) -> bool:
        return amt(minimum_tax(income + cents(number * max(ZERO, gain)), figures)) > amt(before)

    low, high = 0, shares  # the largest number that costs nothing lies between them
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (low, middle - 1) if costs(middle) else (middle, high)
    return Exposure(spread, after - before, amt(after) - amt(before), low)


# --- Limits and dates ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Exercisable:
    """Options of an ISO grant that become exercisable on a day; `value`: of a share at the grant."""

    grant: int
    granted_on: dt.date
    on: dt.date
    shares: int
    value: Decimal


@dataclass(frozen=True)
class Parted:
    """The same, parted: `nso` of the shares are over the year's limit and count as NSO."""

    part: Exercisable
    iso: int
    nso: int


def part_isos(parts: Sequence[Exercisable], limit: Decimal) -> list[Parted]:
    """Which options of one company keep the treatment of ISOs: of those that are first exercisable in a year
    up to `limit` of value at grant, the older grants first (Code 422(d)). Whole shares."""
    used: dict[int, Decimal] = defaultdict(Decimal)
    found = []
    for part in sorted(parts, key=lambda each: (each.on.year, each.granted_on, each.grant, each.on)):
        left = limit - used[part.on.year]
        iso = min(part.shares, int(max(ZERO, left) // part.value))
        used[part.on.year] += iso * part.value
        if iso < part.shares:
            used[part.on.year] = limit  # what is over uses up the rest: later grants have none
        found.append(Parted(part, iso, part.shares - iso))
    return sorted(found, key=lambda each: (each.part.on, each.part.grant))


def qualifies_from(granted: dt.date, received: dt.date) -> dt.date:
    """The first day on which a sale of ISO or ESPP shares qualifies: more than two years after the grant and
    more than one after the exercise or purchase (Code 422(a), 423(a))."""
    later = max(add_months(granted, 24), add_months(received, 12))
    return later + dt.timedelta(days=1)


def espp_used(purchases: Sequence[tuple[dt.date, int, Decimal]]) -> dict[int, Decimal]:
    """By year, the value at the offering of what was bought: (bought on, shares, price at the offering)."""
    used: dict[int, Decimal] = defaultdict(Decimal)
    for bought_on, shares, price in purchases:
        used[bought_on.year] += cents(shares * price)
    return dict(sorted(used.items()))
