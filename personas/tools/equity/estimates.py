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
    """All of it, for the twelve months from `today`."""

    book: Book
    today: dt.date
    until: dt.date
    figures: taxes.Figures | None
    vests: list[VestEstimate] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    exposure: taxes.Exposure | None = None
    iso_shares: int = 0
    companies: list[CompanyView] = field(default_factory=list)
    unpriced: list[str] = field(default_factory=list)

    def total(self, name: str) -> Decimal:
        """The sum of one column of the sources."""
        return sum((getattr(source, name) for source in self.sources.values()), ZERO)

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
        _rsus(found, figures)
        _options(found, figures)
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


def _rsus(found: Estimates, figures: taxes.Figures) -> None:
    """Vests in the order of their dates: what was paid before in the year decides the rate withheld."""
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
        kept_back = taxes.reserve(value, before, figures, book.own_rate)
        found.vests.append(VestEstimate(lot, part, kept_back))
        source = found.sources[GrantKind.RSU]
        source.shares += part.shares
        source.gross += value
        source.withheld += kept_back.withheld
        source.set_aside += max(ZERO, kept_back.missing or ZERO)


def _options(found: Estimates, figures: taxes.Figures) -> None:
    """Options that can be exercised within the year, as if all were: NSOs are wages, ISOs count for AMT."""
    book = found.book
    paid = found.book.profile.other_supplemental + found.sources[GrantKind.RSU].gross
    parted = {company: iso_parts(book, company, figures) for company in book.companies}
    iso_spread = ZERO
    for lot in book.lots:
        if not lot.grant.is_option or _ended(lot, found.today):
            continue
        price, wages = _price(book, lot), lot.position(found.until).exercisable
        if lot.grant.kind == GrantKind.ISO:
            iso, wages = iso_left(lot, parted[lot.grant.company_id], found.until)
            spread = taxes.cents(lot.worth(iso, price))
            found.iso_shares += iso
            iso_spread += spread
            found.sources[GrantKind.ISO].gross += spread
            found.sources[GrantKind.ISO].shares += iso
        value = taxes.cents(lot.worth(wages, price))
        kept_back = taxes.reserve(value, paid, figures, book.own_rate)
        paid += value
        source = found.sources[GrantKind.NSO]
        source.shares += wages
        source.gross += value
        source.withheld += kept_back.withheld
        source.set_aside += max(ZERO, kept_back.missing or ZERO)
    if iso_spread and book.profile.income is not None:
        found.exposure = taxes.exposure(
            shares=1,
            gain=iso_spread,
            income=book.profile.income + exercised_this_year(book, found.today.year),
            regular_tax=book.profile.regular_tax,
            figures=figures,
        )
        amt = found.exposure.amt
        found.sources[GrantKind.ISO].amt = found.exposure.at_most if amt is None else amt


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
