"""How much of the household's balance sheet hangs on one asset: shares, and the bars that show them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from clients.models import Client
from personas.models import Holding

STALE_DAYS = 366  # a value older than this is marked
WIDTH = 640  # of the bars, in the drawing's own units
NOTHING = Decimal(0)


@dataclass
class Group:
    """An asset with what hangs on it. `share`: of all that the household owns, 0 to 1."""

    asset: Holding
    assets: list[Holding] = field(default_factory=list)
    debts: list[Holding] = field(default_factory=list)
    share: Decimal = NOTHING

    @property
    def owned(self) -> Decimal:
        return sum((each.value for each in self.assets), NOTHING)

    @property
    def owed(self) -> Decimal:
        return sum((each.value for each in self.debts), NOTHING)

    @property
    def others(self) -> list[Holding]:
        """What hangs on the asset, without the asset itself."""
        return [each for each in self.assets if each.pk != self.asset.pk]

    @property
    def width(self) -> str:
        """Of its bar."""
        return f"{WIDTH * self.share:.1f}"

    @property
    def rest_width(self) -> str:
        return f"{WIDTH * (1 - self.share):.1f}"


@dataclass(frozen=True)
class Sheet:
    """The balance sheet. `groups`: the largest first; `apart`: debts that hang on no asset."""

    groups: list[Group]
    apart: list[Holding]
    owned: Decimal
    owed: Decimal
    stale: list[Holding]

    @property
    def net(self) -> Decimal:
        return self.owned - self.owed

    @property
    def largest(self) -> Group | None:
        """The asset on which the most hangs; None where nothing has a value."""
        return self.groups[0] if self.groups and self.owned else None


def sheet_of(client: Client, today: dt.date) -> Sheet:
    """The client's balance sheet with what hangs on what; one query."""
    return sheet(list(Holding.objects.filter(client=client)), today)


def sheet(holdings: list[Holding], today: dt.date) -> Sheet:
    """Every asset belongs to one group: that of the asset it hangs on, or its own."""
    assets = {each.pk: each for each in holdings if not each.is_debt}
    groups: dict[int, Group] = {}
    apart, hanging = [], defaultdict(list)
    for each in holdings:
        root = _root(each, assets)
        if root is None:
            apart.append(each)
        else:
            hanging[root.pk].append(each)
    for pk, members in hanging.items():
        groups[pk] = Group(
            assets[pk],
            [each for each in members if not each.is_debt],
            [each for each in members if each.is_debt],
        )
    owned = sum((each.value for each in assets.values()), NOTHING)
    for group in groups.values():
        group.share = group.owned / owned if owned else NOTHING
    return Sheet(
        groups=sorted(groups.values(), key=lambda group: (-group.owned, group.asset.pk)),
        apart=apart,
        owned=owned,
        owed=sum((each.value for each in holdings if each.is_debt), NOTHING),
        stale=[each for each in holdings if (today - each.as_of).days > STALE_DAYS],
    )


def _root(holding: Holding, assets: dict[int, Holding]) -> Holding | None:
    """The asset with which it stands and falls: itself where it hangs on none. None for a debt apart."""
    root = assets.get(holding.hangs_on_id) if holding.hangs_on_id else None
    if root is None:
        return None if holding.is_debt else holding
    above = assets.get(root.hangs_on_id) if root.hangs_on_id else None
    return above or root


def picture(client: Client, today: dt.date) -> dict[str, Any]:
    """For the client's tab and the meeting brief; one query."""
    return {"sheet": sheet_of(client, today)}
