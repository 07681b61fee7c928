"""What standards ask in a year: of one client on average over its years, and of all clients by role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.db import connection
from django.db.models import Q

from clients.firm import firm_today
from clients.models import ServiceRole
from servicing.models import ServiceItem
from servicing.planning.cover import covering_pairs
from servicing.planning.scope import SERVED

# For each item: the active clients served by its tier today; how many are waived the service today or have an
# own interval; and how many times a year it falls due for all of them together.
TIMES_A_YEAR = f"""
    SELECT item.id, count(served.client_id), count(waiver.client_id),
        count(*) FILTER (WHERE waiver.client_id IS NULL AND own.interval_months <> item.interval_months),
        coalesce(sum(12.0 / coalesce(own.interval_months, item.interval_months)) FILTER (
            WHERE served.client_id IS NOT NULL AND waiver.client_id IS NULL
        ), 0)
    FROM servicing_serviceitem item
    JOIN servicing_servicestandard standard ON standard.id = item.standard_id
    LEFT JOIN ({SERVED.format(narrow="")}) served ON served.tier_id = standard.tier_id
    LEFT JOIN servicing_cadenceoverride own ON own.client_id = served.client_id
        AND own.kind_id = item.kind_id
        AND own.starts_on <= %(day)s AND (own.ends_on IS NULL OR own.ends_on >= %(day)s)
    LEFT JOIN (
        SELECT DISTINCT client_id, kind_id FROM servicing_waiver WHERE %(day)s BETWEEN starts_on AND ends_on
    ) waiver ON waiver.client_id = served.client_id AND waiver.kind_id = item.kind_id
    WHERE item.id = ANY(%(items)s)
    GROUP BY item.id
"""  # noqa: S608  (a constant of planning)


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


def promises(*, that_last: bool = False) -> list[Promise]:
    """The items in force today, in the order of the standards.

    `that_last`: instead those that are given no end, with those that begin later.
    """
    today = firm_today()
    in_force = ServiceItem.objects.filter(Q(ended_on=None) | Q(ended_on__gt=today)).exclude(
        starts_on__gt=today
    )
    chosen = ServiceItem.objects.filter(ended_on=None) if that_last else in_force
    items = chosen.select_related("standard__tier", "kind").order_by(
        "standard__tier__position", "position", "id"
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


@dataclass(frozen=True)
class Counted:
    """Of one item: the clients served by its tier, how many of them are waived it or have their own interval,
    and how many times a year it falls due for all of them."""

    clients: int
    waived: int
    own: int
    times: float


Hours = tuple[tuple[str, float], ...]  # minutes a year by role


def counted(items: Iterable[int]) -> dict[int, Counted]:
    """By the item's id, exceptions of single clients counted."""
    with connection.cursor() as cursor:
        cursor.execute(TIMES_A_YEAR, {"day": firm_today(), "items": list(items)})
        return {row[0]: Counted(row[1], row[2], row[3], float(row[4])) for row in cursor.fetchall()}


def hours_by_role() -> Hours:
    """What all standards ask for in a year of all clients, exceptions counted; the times at which a touch of
    another service fulfils a service too ask for nothing. Items that are given an end are left out."""
    found = promises(that_last=True)
    of_item, own_times = counted(each.item_id for each in found), times_a_year(found)
    roles = dict(ServiceRole.objects.values_list("id", "label"))
    minutes: dict[str, float] = {}
    for each in found:
        share = own_times[each.item_id] * each.interval / 12
        asked = of_item[each.item_id].times * share * each.minutes
        minutes[roles[each.role_id]] = minutes.get(roles[each.role_id], 0) + asked
    return tuple(sorted((role, round(asked, 3)) for role, asked in minutes.items()))
