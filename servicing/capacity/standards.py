"""What a standard asks of one client in a year, on average over its years: exceptions of clients left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.db.models import Q

from clients.firm import firm_today
from servicing.models import ServiceItem
from servicing.planning.cover import covering_pairs


@dataclass(frozen=True)
class Promise:
    """One service item in force: `minutes` are those of one time, 0 where it is automated."""

    item_id: int
    service: str
    kind_id: int
    tier_id: int
    tier: str
    role_id: int
    interval: int
    minutes: int
    automated: bool
    months: tuple[int, ...]

    def changed(self, *, minutes: int | None = None, interval: int | None = None) -> Promise:
        """The same promise with what is given."""
        return replace(
            self,
            minutes=self.minutes if minutes is None or self.automated else minutes,
            interval=interval or self.interval,
        )


def promises() -> list[Promise]:
    """The items in force today, in the order of the standards."""
    today = firm_today()
    items = (
        ServiceItem.objects.filter(Q(ended_on=None) | Q(ended_on__gt=today))
        .exclude(starts_on__gt=today)
        .select_related("standard__tier", "kind")
        .order_by("standard__tier__position", "position", "id")
    )
    return [
        Promise(
            item_id=item.pk,
            service=item.kind.label,
            kind_id=item.kind_id,
            tier_id=item.standard.tier_id,
            tier=item.standard.tier.code,
            role_id=item.role_id,
            interval=item.interval_months,
            minutes=0 if item.automated else item.planned_minutes,
            automated=item.automated,
            months=tuple(item.allowed_months),
        )
        for item in items
    ]


def times_a_year(
    found: Iterable[Promise], pairs: Iterable[tuple[int, int]] | None = None
) -> dict[int, float]:
    """How often a year each item asks for time of its own, by the item's id.

    Twelve months by its interval; where a touch of another service of the tier fulfils it too, only the times
    that fall between two of those. Of several such services the most frequent counts. `pairs`: covering and
    covered kinds (`planning.cover`).
    """
    found = list(found)
    pairs = covering_pairs() if pairs is None else pairs
    covering: Mapping[int, set[int]] = {
        each.kind_id: {kind for kind, other in pairs if other == each.kind_id} for each in found
    }
    times = {}
    for each in found:
        beside = [
            other.interval
            for other in found
            if other.tier_id == each.tier_id and other.kind_id in covering[each.kind_id]
        ]
        if beside:
            often = min(beside)
            times[each.item_id] = (-(-often // each.interval) - 1) * 12 / often
        else:
            times[each.item_id] = 12 / each.interval
    return times
