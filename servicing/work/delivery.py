"""Promise against delivery for one client: what its tier is owed in a year, and what it was given."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery

from clients.models import Client, TimeEntry, Touch, TouchOutcome
from servicing.models import (
    OPEN_STATUSES,
    CadenceOverride,
    FulfilmentRule,
    ServiceItem,
    ServiceTask,
    StandingPromise,
    TaskStatus,
    Waiver,
)
from servicing.models.clocks import ServiceClock
from servicing.models.standards import Channel
from servicing.work import words
from tiers.models import TierAssignment

YEAR = dt.timedelta(days=365)
LAST = 20  # closed tasks and touches on the page
_CHANNELS = dict(Channel.choices)


def service_of(client: Client, today: dt.date) -> dict[str, Any]:
    """Everything that the service tab shows, in a handful of queries."""
    tier_id = served_tier(client, today)
    clock = ServiceClock.objects.filter(client=client, kind=OuterRef("kind"))
    ever_given = Touch.objects.filter(
        client=client,
        outcome=TouchOutcome.REACHED,
        occurred_on__lte=today,
        kind__in=FulfilmentRule.objects.filter(service_kind=OuterRef(OuterRef("kind"))).values("touch_kind"),
    )
    given = ever_given.filter(occurred_on__gt=today - YEAR)
    items = list(
        ServiceItem.objects.filter(standard__tier_id=Subquery(tier_id), ended_on__isnull=True)
        .annotate(
            given=Subquery(given.order_by().values("client").annotate(number=Count("id")).values("number")),
            last_on=Subquery(ever_given.order_by("-occurred_on").values("occurred_on")[:1]),
            planned_on=Subquery(clock.filter(item=OuterRef("pk")).values("due_on")),
        )
        .select_related("kind", "role")
        .order_by("position", "id")
    )
    tasks = list(
        ServiceTask.objects.filter(client=client)
        .select_related("kind", "assigned_to")
        .order_by("-due_on", "-id")[:100]
    )
    waivers = list(Waiver.objects.filter(client=client).select_related("kind"))
    cadences = list(CadenceOverride.objects.filter(client=client).select_related("kind"))
    own = {cadence.kind_id: cadence for cadence in cadences if cadence.is_in_force(today)}
    touches = list(
        Touch.objects.filter(client=client)
        .select_related("kind", "by", "role")
        .order_by("-occurred_on", "-id")[:LAST]
    )
    closing = _closed_by(tasks)
    for touch in touches:
        touch.fulfilled = closing.get(touch.pk, "")  # type: ignore[attr-defined]
    return {
        "promises": [_promise(item, tasks, waivers, own.get(item.kind_id), today) for item in items],
        "standing": list(StandingPromise.objects.filter(standard__tier_id=Subquery(tier_id))),
        "open_tasks": [_open(task, today) for task in reversed(tasks) if task.status in OPEN_STATUSES],
        "closed_tasks": [task for task in tasks if task.status not in OPEN_STATUSES][:LAST],
        "touches": touches,
        "entries": list(
            TimeEntry.objects.filter(client=client)
            .select_related("by", "role")
            .order_by("-spent_on", "-id")[:LAST]
        ),
        "waivers": waivers,
        "cadences": [(cadence, words.often(cadence.interval_months)) for cadence in cadences],
        "today": today,
    }


def served_tier(client: Client, today: dt.date) -> Any:
    """The id of the tier that planning serves the client, as a subquery: of the newest assignment whose
    service has begun."""
    begun = TierAssignment.objects.filter(client=client, serviced_from__lte=today)
    standing = begun.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=F("serviced_from")))
    return standing.order_by("-serviced_from", "-id").values("tier_id")[:1]


def _promise(
    item: Any, tasks: list[ServiceTask], waivers: list[Waiver], own: CadenceOverride | None, today: dt.date
) -> dict[str, Any]:
    months = own.interval_months if own else item.interval_months
    of_kind = [task for task in tasks if task.kind_id == item.kind_id]
    closed = [task for task in of_kind if task.status not in OPEN_STATUSES and task.due_on > today - YEAR]
    running = next((task for task in of_kind if task.status in OPEN_STATUSES), None)
    waived = any(w.kind_id == item.kind_id and w.is_in_force(today) for w in waivers)
    next_on = running.due_on if running else item.planned_on
    return {
        "name": item.kind.label,
        "kind": item.kind.code,
        "words": words.promise(item.kind.label, months),
        "standard": words.often(item.interval_months) if months != item.interval_months else "",
        "own": own if months != item.interval_months else None,
        "a_year": 12 / months,
        "done": item.given or 0,
        "missed": sum(task.status == TaskStatus.MISSED for task in closed),
        "minutes": item.planned_minutes,
        "role": item.role.label,
        "channel": _CHANNELS.get(item.channel, ""),
        "next_on": None if waived else next_on,
        "last_on": item.last_on,
        "waived": waived,
    }


def _open(task: ServiceTask, today: dt.date) -> dict[str, Any]:
    return {
        "id": task.pk,
        "name": task.name,
        "when": words.due(task.due_on, task.window_end, today),
        "late": task.window_end < today,
        "person": task.assigned_to.display_name if task.assigned_to else "",
        "scheduled_at": task.scheduled_at,
        "minutes": task.planned_minutes,
    }


def _closed_by(tasks: list[ServiceTask]) -> dict[int, str]:
    """Names of the tasks that each touch closed."""
    names: dict[int, list[str]] = {}
    for task in tasks:
        if task.touch_id:
            names.setdefault(task.touch_id, []).append(task.name)
    return {touch: ", ".join(labels) for touch, labels in names.items()}
