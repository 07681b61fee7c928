"""The fee by a schedule: brackets on assets under management, and a minimum."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from tiers.models import FeeMethod

CENT = Decimal("0.01")


def yearly_fee(
    assets: Decimal, brackets: Sequence[tuple[Decimal, Decimal]], *, method: str, minimum: Decimal
) -> Decimal:
    """The fee of a year for `assets`, to the cent, rounded half up; never below `minimum`.

    `brackets`: (from which amount, percent a year), ascending, the first from zero. Marginal: each rate
    counts on the part of the assets inside its bracket. Whole: the rate of the bracket that is reached counts
    on all.
    """
    hundredths = Decimal(0)
    for place, (start, percent) in enumerate(brackets):
        end = brackets[place + 1][0] if place + 1 < len(brackets) else None
        if method == FeeMethod.WHOLE:
            if assets >= start:
                hundredths = assets * percent
        elif assets > start:
            hundredths += (min(assets, end) if end is not None else assets) * percent - start * percent
    return max((hundredths / 100).quantize(CENT, ROUND_HALF_UP), minimum)


def due_for(parts: Sequence[tuple[Decimal, int]]) -> Decimal:
    """What is due for twelve months in which the yearly fee changed: (fee of a year, days on which it
    counted). Days on which none counted are taken as the others. To the cent, rounded half up."""
    days = sum(of for _fee, of in parts)
    return (sum((fee * of for fee, of in parts), Decimal(0)) / days).quantize(CENT, ROUND_HALF_UP)
