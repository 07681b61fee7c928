"""By which values a client's factor could grow, and what else a growing factor changes.

A fact rarely moves one factor alone: more revenue is more profit and more lifetime value too. A way is the
sequence of values worth trying, the smallest first: those at which the client draws level with another or
passes it, on the grid in which the factor is stated.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from clients.models import Client
from tiers.facts import PLACES
from tiers.models import Factor

RATINGS = (Factor.GROWTH, Factor.ALIGNMENT)
LONGEST = 60  # years that a client may be expected to stay
CENT, TENTH, ONE = Decimal("0.01"), Decimal("0.1"), Decimal(1)
# In which steps a factor is stated; what is not listed is money, in cents.
GRID: dict[str, Decimal] = {
    Factor.ENGAGEMENT: TENTH,
    Factor.GROWTH: ONE,
    Factor.ALIGNMENT: ONE,
    Factor.SHARE_OF_WALLET: Decimal("0.01"),
    Factor.REFERRALS: ONE,
    Factor.TENURE: TENTH,
}
NOISE = 1e-9  # of floating point; values are rounded to as many places
Changes = Callable[[Decimal], dict[str, Decimal | None]]


@dataclass(frozen=True)
class Replaced:
    """A value of the factor, and the values of all factors that it changes."""

    value: Decimal
    values: dict[str, Decimal | None]


class Way(Sequence[Replaced]):
    """Values to try, the smallest first; where there are none, `closed` may say why."""

    def __init__(self, ticks: list[int], step: Decimal, changes: Changes, closed: str = "") -> None:
        self.ticks, self.step, self.changes, self.closed = ticks, step, changes, closed

    def __len__(self) -> int:
        return len(self.ticks)

    def __getitem__(self, place: Any) -> Any:
        value = self.ticks[place] * self.step
        return Replaced(value, self.changes(value))


@dataclass(frozen=True)
class Others:
    """The known values of all clients but one, by factor, sorted."""

    values: dict[str, list[float]]

    @classmethod
    def of(cls, snapshot_id: int, client_id: int, factors: Collection[str]) -> Others:
        columns = ", ".join(
            f'array_agg("values"[{PLACES[f]}]::float8 ORDER BY "values"[{PLACES[f]}]) '
            f'FILTER (WHERE "values"[{PLACES[f]}] IS NOT NULL)'
            for f in factors
        )
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {columns} FROM tiers_clientfacts WHERE snapshot_id = %s AND client_id <> %s",  # noqa: S608
                [snapshot_id, client_id],
            )
            return cls({f: known or [] for f, known in zip(factors, cursor.fetchone(), strict=True)})

    def known(self, factor: str) -> list[float]:
        """The values of a factor; nothing where the policy does not ask for it."""
        return self.values.get(factor, [])

    def percentile(self, factor: str, value: float) -> float:
        """Of a client with this value among the others."""
        known = self.values[factor]
        if not known:
            return 50.0
        below = bisect_left(known, value - NOISE)
        equal = bisect_right(known, value + NOISE) - below
        return 100 * (below + equal / 2) / len(known)


def way_of(
    factor: str, client: Client, values: dict[str, Decimal | None], cost: Decimal, others: Others
) -> Way:
    """How the client's factor could grow from what it is now."""
    now = values[factor]
    step = GRID.get(factor, CENT)
    if factor == Factor.REVENUE:
        return _by_revenue(client, now, cost, others)
    if factor == Factor.PROFITABILITY:
        return _by_less_cost(client, values, others)
    if factor == Factor.LIFETIME_VALUE:
        return _by_years(client, values)
    if factor == Factor.ASSETS:
        return _by_assets(client, now, others)
    if factor == Factor.SHARE_OF_WALLET:
        return _by_share(client, now, others)
    if factor in RATINGS:
        ticks = list(range(int(now or 0) + 1, 6))
    else:
        ticks = _ticks(now, others.known(factor), step)
    return Way(ticks, step, lambda value: {factor: value})


def _ticks(now: Decimal | None, others: Iterable[float], step: Decimal) -> list[int]:
    """Numbers of the grid above `now`: where the client draws level with another, and where it passes it."""
    size = float(step)
    levels = {math.ceil((other - NOISE) / size) for other in others}
    levels |= {level + 1 for level in levels}
    least = -math.inf if now is None else float(now) + NOISE
    return sorted(level for level in levels if level * size > least)


def _closed(reason: str) -> Way:
    return Way([], ONE, lambda value: {}, reason)


def _with_profit(client: Client, profit: Decimal) -> dict[str, Decimal | None]:
    years = client.expected_years
    lifetime = None if years is None else profit * years
    return {Factor.PROFITABILITY: profit, Factor.LIFETIME_VALUE: lifetime}


def _by_revenue(client: Client, now: Decimal | None, cost: Decimal, others: Others) -> Way:
    """Revenue grows at the same cost to serve: profitability and lifetime value grow with it."""
    level = others.known(Factor.REVENUE)
    level = level + [profit + float(cost) for profit in others.known(Factor.PROFITABILITY)]
    if years := client.expected_years:
        level = level + [value / years + float(cost) for value in others.known(Factor.LIFETIME_VALUE)]
    return Way(
        _ticks(now, level, CENT),
        CENT,
        lambda value: {Factor.REVENUE: value, **_with_profit(client, value - cost)},
    )


def _by_less_cost(client: Client, values: dict[str, Decimal | None], others: Others) -> Way:
    """Profitability grows by less cost at the same revenue, at most to the revenue."""
    revenue, now = values[Factor.REVENUE], values[Factor.PROFITABILITY]
    if revenue is None:
        return _closed(_("It follows from revenue, which is unknown."))
    ticks = [tick for tick in _ticks(now, others.known(Factor.PROFITABILITY), CENT) if tick * CENT <= revenue]
    if not ticks:
        return _closed(_("Not by this alone: without any cost to serve it would be as high as revenue."))
    return Way(ticks, CENT, lambda value: _with_profit(client, value))


def _by_years(client: Client, values: dict[str, Decimal | None]) -> Way:
    """Lifetime value grows with the years that the client is expected to stay."""
    profit = values[Factor.PROFITABILITY]
    if profit is None or profit <= 0:
        return _closed(_("It follows from profitability, which is unknown or not above zero."))
    years = list(range((client.expected_years or 0) + 1, LONGEST + 1))
    return Way(years, profit, lambda value: {Factor.LIFETIME_VALUE: value})


def _by_assets(client: Client, now: Decimal | None, others: Others) -> Way:
    """Assets under management grow, and the share of wallet with them, to one at most."""
    whole = client.investable_assets
    level = others.known(Factor.ASSETS)
    if whole:
        level = level + [share * float(whole) for share in others.known(Factor.SHARE_OF_WALLET)]

    def changes(value: Decimal) -> dict[str, Decimal | None]:
        share = min(value / whole, ONE).quantize(Decimal("1e-9")) if whole else None
        return {Factor.ASSETS: value, Factor.SHARE_OF_WALLET: share}

    return Way(_ticks(now, level, CENT), CENT, changes)


def _by_share(client: Client, now: Decimal | None, others: Others) -> Way:
    """The share of wallet grows by assets that come from elsewhere, to one at most."""
    whole = client.investable_assets
    if not whole:
        return _closed(_("It needs the client's investable assets, which are unknown."))
    step = GRID[Factor.SHARE_OF_WALLET]
    ticks = [tick for tick in _ticks(now, others.known(Factor.SHARE_OF_WALLET), step) if tick * step <= 1]
    return Way(ticks, step, lambda value: {Factor.SHARE_OF_WALLET: value, Factor.ASSETS: value * whole})
