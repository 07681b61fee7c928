"""A person's queue: late, today, this week, coming, put off; as plain values for the page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import JSONObject, NullIf
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.models import Touch
from servicing.models import CadenceOverride, ServiceStep, ServiceTask
from servicing.models.standards import Channel
from servicing.work import words

SHOWN = 150  # rows on the page; the figures count all up to CAP
CAP = 1000
_CHANNELS = dict(Channel.choices)
ROW = (
    "id",
    "client_id",
    "client__name",
    "tier__code",
    "client__summary__tier__code",  # of a task that no tier promised
    "title",
    "kind__label",
    "status",
    "due_on",
    "window_end",
    "scheduled_at",
    "snoozed_until",
    "planned_minutes",
    "channel",
    "attempts",
    "automated",
)


@dataclass
class Group:
    """One block of the queue."""

    code: str
    label: str | Promise
    rows: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Queue:
    groups: list[Group]
    late: int
    week: int
    month: int
    minutes_today: int
    total: int
    automated: int  # go out by themselves: open, and not among the others

    @property
    def first(self) -> dict[str, Any] | None:
        return next((row for group in self.groups for row in group.rows), None)


def row_of(values: dict[str, Any], today: dt.date) -> dict[str, Any]:
    """A task as a row of the queue or the list draws it."""
    at = values["scheduled_at"]
    on = timezone.localtime(at).date() if at else values["due_on"]
    late = values["window_end"] < today
    asleep = bool(values["snoozed_until"] and values["snoozed_until"] > today)
    return {
        **values,
        "tier__code": values["tier__code"] or values["client__summary__tier__code"],
        "name": values["title"] or values["kind__label"],
        "channel": _CHANNELS.get(values["channel"], ""),
        "on": on,
        "late": late,
        "asleep": asleep,
        "when": words.due(values["due_on"], values["window_end"], today) if late or not at else "",
    }


def group_of(row: dict[str, Any], today: dt.date) -> str:
    if row["asleep"]:
        return "later"
    if row["late"]:
        return "late"
    if row["on"] <= today:
        return "today"
    return "week" if row["on"] <= today + dt.timedelta(days=7) else "coming"


def read_queue(user_id: int, today: dt.date) -> Queue:
    """The open tasks assigned to a person that need a person, and how many go out by themselves."""
    groups = {
        group.code: group
        for group in (
            Group("late", _("Late")),
            Group("today", _("Today")),
            Group("week", _("This week")),
            Group("coming", _("Coming")),
            Group("later", _("Put off")),
        )
    }
    waiting = ServiceTask.objects.in_queue_of(user_id)
    rows = [row_of(values, today) for values in waiting.filter(automated=False).values(*ROW)[:CAP]]
    for row in rows:
        groups[group_of(row, today)].rows.append(row)
    due_within = [row for row in rows if not row["late"] and not row["asleep"]]
    queue = Queue(
        groups=[],
        late=sum(row["late"] for row in rows),
        week=sum(row["on"] <= today + dt.timedelta(days=7) for row in due_within),
        month=sum(row["on"] <= today + dt.timedelta(days=30) for row in due_within),
        minutes_today=sum(row["planned_minutes"] for row in groups["today"].rows),
        total=len(rows),
        automated=waiting.filter(automated=True).order_by()[: CAP + 1].count(),
    )
    room = SHOWN
    for group in groups.values():
        group.rows = group.rows[:room]
        room -= len(group.rows)
        if group.rows:
            queue.groups.append(group)
    return queue


def one_row(task: ServiceTask, today: dt.date) -> dict[str, Any]:
    """The same for one task, after something was done with it."""
    return row_of(ServiceTask.objects.values(*ROW).get(pk=task.pk), today)


def panel_of(task: Any, today: dt.date) -> dict[str, Any]:
    """What a person reads before acting: the promise, how to speak, the last touches, what to prepare.

    `task`: as `read_task` reads it.
    """
    client, item = task.client, task.item
    tags = [client.persona, client.complexity_driver, client.attention_constraint, client.income_structure]
    behavioral = getattr(client, "behavioral_tag", None)
    if behavioral is not None:
        tags.insert(2, behavioral.trigger)
    return {
        "task": task,
        "client": client,
        "tags": [tag for tag in tags if tag is not None],
        "promise": words.promise(task.name, task.own_months or item.interval_months) if item else "",
        "standard": words.often(item.interval_months) if item and task.own_months else "",
        "when": words.due(task.due_on, task.window_end, today) if task.is_open else "",
        "late": task.is_overdue(today),
        "asleep": bool(task.snoozed_until and task.snoozed_until > today),
        "to_prepare": item.to_prepare if item else [],
        "agenda": item.agenda_points if item else [],
        "steps": task.steps,
        "touches": list(
            Touch.objects.filter(client_id=task.client_id)
            .select_related("kind", "by")
            .order_by("-occurred_on", "-id")[:3]
        ),
    }


def read_task(tasks: Any, pk: int) -> ServiceTask | None:
    """A task of `tasks` with everything that its panel shows, in one query.

    `own_months`: the client's own interval of the service where it differs. `steps`: those of the item.
    """
    own = CadenceOverride.objects.in_force(timezone.localdate()).filter(
        client=OuterRef("client"), kind=OuterRef("kind")
    )
    steps = ServiceStep.objects.filter(item=OuterRef("item")).order_by("position", "id")
    return (
        tasks.select_related(
            "client__persona",
            "client__complexity_driver",
            "client__attention_constraint",
            "client__income_structure",
            "client__behavioral_tag__trigger",
            "kind",
            "item",
            "tier",
            "role",
            "assigned_to",
        )
        .annotate(
            own_months=NullIf(Subquery(own.values("interval_months")), "item__interval_months"),
            steps=ArraySubquery(
                steps.values(json=JSONObject(text="text", role=F("role__label"), minutes="minutes"))
            ),
        )
        .filter(pk=pk)
        .first()
    )
