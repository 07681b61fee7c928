"""Delivery against the promise by its definition, in plain Python; for comparison only.

Written from docs/delivery.md and sharing nothing with the product's SQL: it reads rows and counts.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from clients.models import TimeEntry, Touch
from servicing.models import (
    CadenceOverride,
    FulfilmentRule,
    ServiceItem,
    ServiceKind,
    ServiceStandard,
    ServiceTask,
    Waiver,
)
from tiers.models import TierAssignment

OPEN = ("planned", "scheduled")


def became(task: ServiceTask, as_of: dt.date) -> str:
    if task.status == "done":
        return "late" if task.completed_on and task.completed_on > task.window_end else "on_time"
    if task.status in OPEN:
        return "overdue" if task.window_end < as_of else "open"
    return task.status


def tier_on(client: int, day: dt.date) -> int | None:
    """The tier served: that of the newest assignment whose service has begun, if it has a standard."""
    begun = [
        a
        for a in TierAssignment.objects.filter(client_id=client).order_by("serviced_from", "id")
        if a.serviced_from <= day and (a.ends_on is None or a.ends_on > a.serviced_from)
    ]
    tier = begun[-1].tier_id if begun else None
    return tier if ServiceStandard.objects.filter(tier_id=tier).exists() else None


def interval_on(client: int, tier: int, kind: int, day: dt.date) -> int | None:
    """Months between one and the next; None where the tier does not promise the service on the day, 0 where
    it is waived."""
    items = [
        item
        for item in ServiceItem.objects.filter(standard__tier_id=tier, kind_id=kind)
        if (item.starts_on is None or item.starts_on <= day)
        and (item.ended_on is None or item.ended_on > day)
    ]
    if not items:
        return None
    if any(w.is_in_force(day) for w in Waiver.objects.filter(client_id=client, kind_id=kind)):
        return 0
    own = [c for c in CadenceOverride.objects.filter(client_id=client, kind_id=kind) if c.is_in_force(day)]
    return own[0].interval_months if own else items[0].interval_months


def cost(minutes: int, rate: Decimal) -> Decimal:
    return (minutes * rate / 60).quantize(Decimal("0.01"), ROUND_HALF_UP)


Row = tuple[str, int, int, dt.date, int | None, int | None, int, Decimal]


def beyond(as_of: dt.date, since: dt.date) -> list[Row]:
    """(what, of, client, day, tier, kind, minutes, cost) of whatever went beyond the standard."""
    kinds = {kind.pk: kind for kind in ServiceKind.objects.all()}
    fulfils: dict[int, list[int]] = defaultdict(list)
    for rule in FulfilmentRule.objects.all():
        fulfils[rule.touch_kind_id].append(rule.service_kind_id)
    closed: dict[int, list[ServiceTask]] = defaultdict(list)
    for task in ServiceTask.objects.exclude(touch=None).order_by("id"):
        closed[task.touch_id].append(task)
    rows: list[Row] = []
    spare: dict[tuple[int, int], int] = defaultdict(int)
    counted: dict[tuple[int, int, int], int] = defaultdict(int)
    for touch in Touch.objects.select_related("kind", "role").order_by("client_id", "occurred_on", "id"):
        if touch.outcome != "reached" or touch.occurred_on > as_of:
            continue
        client, day, minutes = touch.client_id, touch.occurred_on, touch.minutes or 0
        for kind in fulfils[touch.kind_id]:
            counted[client, kind, day.year] += 1
        promised = [t for t in closed[touch.pk] if t.item_id and t.status == "done"]
        if promised and day >= since:
            planned = sum(t.planned_minutes for t in closed[touch.pk] if t.status == "done")
            spare[client, day.year] += max(0, planned - minutes)
            if minutes > planned:
                largest = max(promised, key=lambda t: (t.planned_minutes, -t.pk))
                over = minutes - planned
                rows.append(
                    ("overrun", touch.pk, client, day, largest.tier_id, largest.kind_id, over,
                     cost(over, touch.role.hourly_cost))
                )  # fmt: skip
        if closed[touch.pk] or day < since or not fulfils[touch.kind_id]:
            continue
        tier = tier_on(client, day)
        if tier is None:
            continue
        said = {kind: interval_on(client, tier, kind, day) for kind in fulfils[touch.kind_id]}
        if any(owed(counted, client, kind, day.year, months) for kind, months in said.items()):
            continue
        promised_kinds = [kind for kind, months in said.items() if months is not None]
        best = min(
            promised_kinds or said,
            key=lambda kind: (kinds[kind].code != touch.kind.code, kinds[kind].position, kind),
        )
        what = "extra" if promised_kinds else "unpromised"
        rows.append((what, touch.pk, client, day, tier, best, minutes, cost(minutes, touch.role.hourly_cost)))
    for task in ServiceTask.objects.exclude(item=None).filter(due_on__gte=since):
        if task.status in (*OPEN, "declined", "no_response"):
            spare[task.client_id, task.due_on.year] += task.planned_minutes
    for entry in TimeEntry.objects.select_related("role").order_by("client_id", "spent_on", "id"):
        if not since <= entry.spent_on <= as_of:
            continue
        year = entry.client_id, entry.spent_on.year
        within = min(entry.minutes, spare[year])
        spare[year] -= within
        tier = tier_on(entry.client_id, entry.spent_on)
        over = entry.minutes - within
        if tier and over:
            rows.append(
                ("time", entry.pk, entry.client_id, entry.spent_on, tier, None, over,
                 cost(over, entry.role.hourly_cost))
            )  # fmt: skip
    return sorted(rows, key=lambda row: row[:2])


def owed(
    counted: dict[tuple[int, int, int], int], client: int, kind: int, year: int, months: int | None
) -> bool:
    if not months:
        return False
    place = counted[client, kind, year]
    if months == 24:
        return place == 1 and not counted[client, kind, year - 1]
    return place <= 12 // months
