"""What the next twelve months are estimated to bring: taxes, what is left, and the household's concentration.

Every number here is an estimate at today's price, not tax advice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from personas.models import GrantKind
from personas.tools.equity import taxes
from personas.tools.equity.holdings import Choices, choices, gain_still_held
from personas.tools.equity.reading import Book, Company, Lot
from personas.tools.equity.vesting import Part, add_months

ZERO = Decimal(0)


@dataclass(frozen=True)
class VestEstimate:
    """A vest of RSUs, with what is withheld from it and what it will cost."""

    lot: Lot
    part: Part
    reserve: taxes.Reserve


@dataclass
class Source:
    """One kind of equity pay over the next twelve months, in money at today's price."""

    kind: str
    gross: Decimal = ZERO
    withheld: Decimal = ZERO
    set_aside: Decimal = ZERO
    amt: Decimal = ZERO
    sold: Decimal = ZERO
    shares: int = 0

    @property
    def left(self) -> Decimal:
        return max(ZERO, self.gross - self.withheld - self.set_aside - self.amt)

    @property
    def kept(self) -> Decimal:
        """What stays in shares once the sell rule has sold its part."""
        return max(ZERO, self.left - self.sold)


@dataclass(frozen=True)
class CompanyView:
    """A company in the household: its part today, what vests, and the choices."""

    company: Company
    held_shares: int
    exercisable: int
    arriving: Decimal
    by_rule: Decimal
    choices: Choices


@dataclass
class Estimates:
    """All of it, for the twelve months from `today`. `figures`: of this year; a date of the next year is
    reckoned with that year's, as far as there are any. `exposures`: of ISOs to AMT, by year."""

    book: Book
    today: dt.date
    until: dt.date
    figures: taxes.Figures | None
    vests: list[VestEstimate] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    exposures: dict[int, taxes.Exposure] = field(default_factory=dict)
    iso_shares: int = 0
    companies: list[CompanyView] = field(default_factory=list)
    unpriced: list[str] = field(default_factory=list)

    def total(self, name: str) -> Decimal:
        """The sum of one column of the sources."""
        return sum((getattr(source, name) for source in self.sources.values()), ZERO)

    def figures_of(self, year: int) -> taxes.Figures:
        """Those of a year, or of the last one before it that has any. Only where there are figures at all."""
        found = self.book.figures(year)
        assert found is not None  # noqa: S101
        return found

    def year_ends(self) -> list[tuple[int, dt.date]]:
        """The calendar years of the twelve months, each with its last day within them."""
        days = [dt.date(year, 12, 31) for year in range(self.today.year, self.until.year)]
        return [(day.year, day) for day in [*days, self.until]]

    @property
    def years(self) -> list[tuple[int, taxes.Figures]]:
        """The calendar years in which something vests or can be exercised, with the figures used for each."""
        if self.figures is None:
            return []
        used = {self.today.year, *(each.part.on.year for each in self.vests), *self.exposures}
        return [(year, self.figures_of(year)) for year in sorted(used)]

    @property
    def amt_is_known(self) -> bool:
        """Whether the regular tax is known, so that the AMT itself is estimated and not only its most."""
        return bool(self.exposures) and all(each.amt is not None for each in self.exposures.values())

    @property
    def largest(self) -> CompanyView | None:
        """The company on which most of the household hangs."""
        return max(self.companies, key=lambda each: each.choices.keep.value, default=None)


def iso_parts(
    book: Book, company: int, figures: taxes.Figures | None
) -> dict[tuple[int, dt.date], taxes.Parted]:
    """The ISO grants of one company by what keeps their treatment, by grant and vest date."""
    if figures is None:
        return {}
    parts = [
        taxes.Exercisable(lot.grant.pk, lot.grant.granted_on, part.on, part.shares, lot.value_at_grant)
        for lot in book.lots_of(company)
        if lot.grant.kind == GrantKind.ISO
        for part in lot.parts
    ]
    return {(each.part.grant, each.part.on): each for each in taxes.part_isos(parts, figures.iso_limit)}


def iso_left(lot: Lot, parted: dict[tuple[int, dt.date], taxes.Parted], on: dt.date) -> tuple[int, int]:
    """Of an ISO grant's options that can be exercised on a day: those with the treatment of ISOs, and those
    over the limit. What was exercised is taken from the first."""
    there = lot.position(on).exercisable
    over = sum(each.nso for (grant, day), each in parted.items() if grant == lot.grant.pk and day <= on)
    over = min(over, there)
    return there - over, over


def exercised_this_year(book: Book, year: int) -> Decimal:
    """What the ISOs that were exercised in a year, and not sold in it, add to its income for AMT."""
    return taxes.cents(
        sum(
            (
                gain_still_held(lot.moves, lot.grant.exercise_price or ZERO, year)
                for lot in book.lots
                if lot.grant.kind == GrantKind.ISO
            ),
            ZERO,
        )
    )


def estimate(book: Book, today: dt.date) -> Estimates:
    """The estimates of the twelve months after `today`, at each company's price."""
    until = add_months(today, 12)
    figures = book.figures(today.year)
    found = Estimates(book, today, until, figures)
    found.sources = {kind: Source(kind) for kind in GrantKind.values}
    found.unpriced = [each.row.name for each in book.companies.values() if each.row.price is None]
    if figures:
        _options(found, _rsus(found))
    for lot in book.lots:
        if lot.grant.kind == GrantKind.ESPP:
            source, price = found.sources[lot.grant.kind], _price(book, lot)
            shares = sum(part.shares for part in lot.coming(today, until))
            source.shares += shares
            source.gross += taxes.cents(lot.worth(shares, price))
    found.companies = [_company(found, company) for company in book.companies.values()]
    for source in found.sources.values():
        source.sold = min(source.left, taxes.cents(source.sold))
    return found


def _price(book: Book, lot: Lot) -> Decimal | None:
    return book.companies[lot.grant.company_id].row.price


def _rsus(found: Estimates) -> dict[int, Decimal]:
    """Vests in the order of their dates: what was paid before in the year decides the rate withheld.

    Returns what is paid in each year.
    """
    book, paid = found.book, {found.today.year: found.book.profile.other_supplemental}
    coming = [
        (part, lot)
        for lot in book.lots
        if lot.grant.kind == GrantKind.RSU
        for part in lot.parts
        if dt.date(found.today.year, 1, 1) <= part.on <= found.until
    ]
    for part, lot in sorted(coming, key=lambda each: (each[0].on, each[1].grant.pk)):
        value = taxes.cents(lot.worth(part.shares, _price(book, lot)))
        before = paid.get(part.on.year, ZERO)
        paid[part.on.year] = before + value
        if part.on <= found.today or not value:
            continue
        kept_back = taxes.reserve(value, before, found.figures_of(part.on.year), book.own_rate)
        found.vests.append(VestEstimate(lot, part, kept_back))
        source = found.sources[GrantKind.RSU]
        source.shares += part.shares
        source.gross += value
        source.withheld += kept_back.withheld
        source.set_aside += max(ZERO, kept_back.missing or ZERO)
    return paid


def _options(found: Estimates, paid: dict[int, Decimal]) -> None:
    """Options that can be exercised within the twelve months, as if all were, each in the first calendar year
    in which it can be: NSOs are wages of that year, ISOs count for its AMT."""
    book = found.book
    parted = {company: iso_parts(book, company, found.figures) for company in book.companies}
    spreads: dict[int, Decimal] = {}
    for lot in book.lots:
        if not lot.grant.is_option or _ended(lot, found.today):
            continue
        price, before = _price(book, lot), (0, 0)
        for year, last in found.year_ends():
            by_then = _can_be_exercised(lot, parted[lot.grant.company_id], last)
            iso, wages = (now - earlier for now, earlier in zip(by_then, before, strict=True))
            before = by_then
            if iso:
                spread = taxes.cents(lot.worth(iso, price))
                spreads[year] = spreads.get(year, ZERO) + spread
                found.iso_shares += iso
                found.sources[GrantKind.ISO].gross += spread
                found.sources[GrantKind.ISO].shares += iso
            if wages:
                _as_wages(found, taxes.cents(lot.worth(wages, price)), wages, year, paid)
    _minimum_tax(found, spreads)


def _can_be_exercised(
    lot: Lot, parted: dict[tuple[int, dt.date], taxes.Parted], on: dt.date
) -> tuple[int, int]:
    """By a day: options with the treatment of ISOs, and those whose gain is wages."""
    if lot.grant.kind == GrantKind.ISO:
        return iso_left(lot, parted, on)
    return 0, lot.position(on).exercisable


def _as_wages(found: Estimates, value: Decimal, shares: int, year: int, paid: dict[int, Decimal]) -> None:
    before = paid.get(year, ZERO)
    paid[year] = before + value
    kept_back = taxes.reserve(value, before, found.figures_of(year), found.book.own_rate)
    source = found.sources[GrantKind.NSO]
    source.shares += shares
    source.gross += value
    source.withheld += kept_back.withheld
    source.set_aside += max(ZERO, kept_back.missing or ZERO)


def _minimum_tax(found: Estimates, spreads: dict[int, Decimal]) -> None:
    """The AMT of each year by its own figures; the next year's income is taken to be this year's."""
    profile = found.book.profile
    if profile.income is None:
        return
    for year, spread in spreads.items():
        if not spread:
            continue
        one = taxes.exposure(
            shares=1,
            gain=spread,
            income=profile.income + exercised_this_year(found.book, year),
            regular_tax=profile.regular_tax,
            figures=found.figures_of(year),
        )
        found.exposures[year] = one
        found.sources[GrantKind.ISO].amt += one.at_most if one.amt is None else one.amt


def _ended(lot: Lot, on: dt.date) -> bool:
    return lot.grant.expires_on is not None and lot.grant.expires_on < on


def _company(found: Estimates, company: Company) -> CompanyView:
    book, price = found.book, company.row.price
    percent = Decimal(company.plan.sell_percent if company.plan else 0) / 100
    held = exercisable = 0
    value = arriving = by_rule = ZERO
    for lot in book.lots_of(company.row.pk):
        now = lot.position(found.today)
        there = 0 if _ended(lot, found.today) else now.exercisable
        held, exercisable = held + now.held, exercisable + there
        value += (price or ZERO) * now.held + lot.worth(there, price)
        coming = sum(part.shares for part in lot.coming(found.today, found.until))
        net = lot.worth(coming, price) - _withheld(found.vests, lot)
        arriving += net
        if not lot.grant.is_option:
            by_rule += net * percent
            found.sources[lot.grant.kind].sold += net * percent
    value, arriving, by_rule = taxes.cents(value), taxes.cents(arriving), taxes.cents(by_rule)
    return CompanyView(
        company=company,
        held_shares=held,
        exercisable=exercisable,
        arriving=arriving,
        by_rule=by_rule,
        choices=choices(
            value=value,
            arriving=arriving,
            by_rule=by_rule,
            wealth=book.wealth,
            target=book.profile.target_percent / 100,
            price=price or ZERO,
        ),
    )


def _withheld(vests: Sequence[VestEstimate], lot: Lot) -> Decimal:
    return sum((each.reserve.withheld for each in vests if each.lot is lot), ZERO)
