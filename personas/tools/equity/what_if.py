"""An exercise of options that is only tried out: AMT on ISOs, wages on NSOs. An estimate, not tax advice."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from personas.models import GrantKind
from personas.tools.equity import taxes
from personas.tools.equity.estimates import exercised_this_year, iso_left, iso_parts
from personas.tools.equity.reading import Book, Lot

ZERO = Decimal(0)


@dataclass(frozen=True)
class Tried:
    """What the exercise would cost and bring. `iso` and `nso`: shares by how they are taxed; `wages`: the
    part of the gain that is wages; `owed`: tax on it at the own rate (None: no rate is entered); `before`:
    the gain of ISOs exercised earlier in the year, which counts for AMT too.
    """

    lot: Lot
    shares: int
    iso: int
    nso: int
    cost: Decimal
    wages: Decimal
    withheld: Decimal
    owed: Decimal | None
    exposure: taxes.Exposure | None
    before: Decimal
    figures: taxes.Figures
    qualifies_from: dt.date | None
    sold: bool


def exercisable(book: Book, on: dt.date) -> list[tuple[Lot, int]]:
    """The option grants with how many can be exercised on a day; those that have ended have none."""
    found = []
    for lot in book.lots:
        ended = lot.grant.expires_on is not None and lot.grant.expires_on < on
        if lot.grant.is_option:
            found.append((lot, 0 if ended else lot.position(on).exercisable))
    return found


def try_out(
    *,
    book: Book,
    lot: Lot,
    shares: int,
    price: Decimal,
    income: Decimal,
    regular_tax: Decimal | None,
    figures: taxes.Figures,
    sold: bool,
    on: dt.date,
) -> Tried:
    """An exercise of `shares` of one grant on a day. Of an ISO grant the options that keep the treatment of
    ISOs are taken first. `sold`: in the same year, so that the gain is wages of it, and no AMT follows."""
    gain = max(ZERO, price - (lot.grant.exercise_price or ZERO))
    iso = 0
    if lot.grant.kind == GrantKind.ISO:
        there, _over = iso_left(lot, iso_parts(book, lot.grant.company_id, figures), on)
        iso = min(shares, there)
    by_amt = 0 if sold else iso
    wages = taxes.cents((shares - by_amt) * gain)
    nso_gain = taxes.cents((shares - iso) * gain)
    before = exercised_this_year(book, on.year)
    return Tried(
        lot=lot,
        shares=shares,
        iso=iso,
        nso=shares - iso,
        cost=taxes.cents(shares * (lot.grant.exercise_price or ZERO)),
        wages=wages,
        # of a same-year sale of ISO shares nothing is withheld (Code 421(b), 3402)
        withheld=taxes.withheld(nso_gain, book.profile.other_supplemental, figures),
        owed=None if book.own_rate is None else taxes.cents(wages * book.own_rate),
        exposure=taxes.exposure(
            shares=by_amt,
            gain=gain,
            income=income + nso_gain + before,
            regular_tax=regular_tax,
            figures=figures,
        )
        if by_amt
        else None,
        before=before,
        figures=figures,
        qualifies_from=taxes.qualifies_from(lot.grant.granted_on, on) if by_amt else None,
        sold=sold,
    )
