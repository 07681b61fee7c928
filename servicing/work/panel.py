"""What a person reads before acting on a task: the promise, how to speak, what to prepare, who knows more."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Concat, JSONObject, Left, NullIf, Trim
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.access import sees_all_clients
from clients.models import Permission, TeamMember, Touch, TouchOutcome, User
from servicing.models import (
    Absence,
    CadenceOverride,
    ClientRequest,
    FulfilmentRule,
    PreparedPoint,
    ServiceStep,
    ServiceTask,
    TaskStatus,
)
from servicing.models.standards import Channel
from servicing.querysets import ServiceTaskQuerySet
from servicing.work import words

TOUCHES = 3
OTHERS = 6  # open tasks of the client beside this one
NOTE = 280  # letters of a note
_CHANNELS = dict(Channel.choices)
_STATUSES = dict(TaskStatus.choices)


def read_task(tasks: ServiceTaskQuerySet, pk: int) -> ServiceTask | None:
    """A task of `tasks` with everything that its panel shows, in one query.

    Lists come as plain values beside it: `steps` and `prepared` of its checklist, `touches`, `others` (open
    tasks of the client), `team`, `next_actions`; `agreed`: the task in which it was agreed; `last`: when such
    a service was given last, and by whom; `absent`: for whom the person stands in; `own_months`: the client's
    own interval where it differs.
    """
    return (
        tasks.filter(pk=pk)
        .select_related(
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
            own_months=NullIf(Subquery(_own_interval()), "item__interval_months"),
            steps=ArraySubquery(_steps()),
            prepared_points=ArraySubquery(_prepared()),
            touches=ArraySubquery(_touches()),
            others=ArraySubquery(_others()),
            team=ArraySubquery(_team()),
            agreed_next=ArraySubquery(_next_actions()),
            agreed=Subquery(_agreed()),
            last=Subquery(_last()),
            absent=Subquery(_absent()),
        )
        .first()
    )


def _name(person: str) -> Coalesce:
    """A person's display name."""
    full = Trim(Concat(f"{person}__first_name", Value(" "), f"{person}__last_name"))
    return Coalesce(NullIf(full, Value("")), f"{person}__username")


def _own_interval() -> Any:
    in_force = CadenceOverride.objects.in_force(timezone.localdate())
    return in_force.filter(client=OuterRef("client"), kind=OuterRef("kind")).values("interval_months")[:1]


def _steps() -> Any:
    steps = ServiceStep.objects.filter(item=OuterRef("item")).order_by("position", "id")
    return steps.values(json=JSONObject(text="text", role=F("role__label"), minutes="minutes"))


def _prepared() -> Any:
    points = PreparedPoint.objects.filter(task=OuterRef("pk"))
    return points.values(json=JSONObject(point="point", by=_name("by"), at="at"))


def _touches() -> Any:
    touches = Touch.objects.filter(client=OuterRef("client")).order_by("-occurred_on", "-id")
    return touches.values(
        json=JSONObject(
            on="occurred_on",
            kind="kind__label",
            outcome="outcome",
            minutes="minutes",
            by=_name("by"),
            note=Left("note", NOTE + 1),
        )
    )[:TOUCHES]


def _task_json() -> JSONObject:
    return JSONObject(
        id="pk",
        name=Coalesce(NullIf("title", Value("")), "kind__label"),
        status="status",
        due_on="due_on",
        window_end="window_end",
        scheduled_at="scheduled_at",
        completed_on="completed_on",
        person=_name("assigned_to"),
    )


def _others() -> Any:
    others = ServiceTask.objects.open().filter(client=OuterRef("client")).exclude(pk=OuterRef("pk"))
    return others.order_by("due_on", "id").values(json=_task_json())[:OTHERS]


def _next_actions() -> Any:
    return (
        ServiceTask.objects.filter(follows=OuterRef("pk")).order_by("due_on", "id").values(json=_task_json())
    )


def _agreed() -> Any:
    return ServiceTask.objects.filter(pk=OuterRef("follows")).values(json=_task_json())


def _team() -> Any:
    members = TeamMember.objects.filter(client=OuterRef("client")).order_by("role__position", "role_id")
    return members.values(json=JSONObject(user="user_id", name=_name("user"), role="role__label"))


def _last() -> Any:
    kinds = FulfilmentRule.objects.filter(service_kind=OuterRef(OuterRef("kind"))).values("touch_kind")
    given = Touch.objects.filter(client=OuterRef("client"), outcome=TouchOutcome.REACHED, kind__in=kinds)
    newest = given.order_by("-occurred_on", "-id")
    return newest.values(json=JSONObject(on="occurred_on", kind="kind__label", by=_name("by")))[:1]


def _absent() -> Any:
    """Somebody of the client's team in the task's role who is away when it is due, and whom its person stands
    in for."""
    holders = TeamMember.objects.filter(client=OuterRef(OuterRef("client")), role=OuterRef(OuterRef("role")))
    away = Absence.objects.filter(
        stand_in=OuterRef("assigned_to"),
        first_on__lte=OuterRef("due_on"),
        last_on__gte=OuterRef("due_on"),
        user__in=holders.values("user"),
    )
    return away.values(json=JSONObject(name=_name("user"), until="last_on"))[:1]


def panel_of(task: Any, today: dt.date, *, viewer: User) -> dict[str, Any]:
    """What the panel shows of a task that `read_task` read, to `viewer`, in whose time zone appointments are
    said."""
    client, item, zone = task.client, task.item, words.zone_of(viewer)
    return {
        "task": task,
        "client": client,
        "may_open_client": sees_all_clients(viewer) or any(m["user"] == viewer.pk for m in task.team),
        "tags": _tags(client),
        "request": _request(task),
        "promise": words.promise(task.name, task.own_months or item.interval_months) if item else "",
        "standard": words.often(item.interval_months) if item and task.own_months else "",
        "late": words.due(task.due_on, task.window_end, today) if task.is_overdue(today) else "",
        "window": words.window(task.window_start, task.window_end, today)
        if task.window_start < task.window_end
        else "",
        "appointment": words.appointment(task.scheduled_at, zone, today) if task.scheduled_at else "",
        "appointment_channel": _CHANNELS.get(task.scheduled_channel, ""),
        "held": was_held(task),
        "asleep": bool(task.snoozed_until and task.snoozed_until > today),
        "points": _points(task, today, zone),
        "agenda": item.agenda_points if item else [],
        "steps": task.steps,
        "touches": [
            {**touch, "on": _date(touch["on"]), "by": (touch["by"] or "").strip()} for touch in task.touches
        ],
        "others": [_other(values, today, zone) for values in task.others],
        "next_actions": [_other(values, today, zone) for values in task.agreed_next],
        "agreed": _other(task.agreed, today, zone) if task.agreed else None,
        "team": _whom_to_ask(task),
        "last": {**task.last, "on": _date(task.last["on"])} if task.last else None,
        "absent": {**task.absent, "until": _date(task.absent["until"])} if task.absent else None,
    }


def _request(task: ServiceTask) -> dict[str, Any] | None:
    """What a client asked for, whole, and by when it is to be answered, of a task that answers it."""
    if task.source != "request" or not (asked := ClientRequest.objects.filter(task=task.pk).first()):
        return None
    now, by = timezone.now(), asked.answer_by
    return {
        "id": asked.pk,
        "text": asked.text,
        "received_at": asked.received_at,
        "answer": words.answer_by(by, now) if by and task.is_open else "",
        "late": asked.is_late(now),
    }


def _whom_to_ask(task: Any) -> list[dict[str, Any]]:
    """The service team with each one's roles, and who did it last, on the team or not."""
    people: dict[str, list[str]] = {}
    for member in task.team:
        people.setdefault(member["name"], []).append(str(member["role"]).lower())
    if task.last and (name := (task.last["by"] or "").strip()):
        people.setdefault(name, []).append(_("did it last"))
    return [{"name": name, "roles": ", ".join(roles)} for name, roles in people.items()]


def was_held(task: ServiceTask) -> bool:
    """Whether its appointment's time has passed and nobody said how it went."""
    if task.scheduled_at is None or not task.is_open:
        return False
    return task.scheduled_at + dt.timedelta(minutes=task.planned_minutes) < timezone.now()


def _tags(client: Any) -> list[Any]:
    """The client's words in the order in which they matter; the behavioral one with permission alone."""
    tags = [client.persona, client.complexity_driver, client.attention_constraint, client.income_structure]
    behavioral = getattr(client, "behavioral_tag", None)
    if behavioral is not None and client.permission == Permission.GRANTED:
        tags.insert(2, behavioral.trigger)
    return [tag for tag in tags if tag is not None]


def _points(task: Any, today: dt.date, zone: dt.tzinfo) -> list[dict[str, Any]]:
    """The checklist, each point with who prepared it and when, or nobody yet."""
    if task.item is None:
        return []
    ticked = {point["point"]: point for point in task.prepared_points}
    points = []
    for text in task.item.to_prepare:
        tick = ticked.get(text)
        at = dt.datetime.fromisoformat(tick["at"]) if tick else None
        points.append(
            {
                "text": text,
                "by": tick["by"] if tick else "",
                "at": words.appointment(at, zone, today) if at else "",
            }
        )
    return points


def _other(values: dict[str, Any], today: dt.date, zone: dt.tzinfo) -> dict[str, Any]:
    """Another task as one line."""
    is_open = values["status"] in (TaskStatus.PLANNED, TaskStatus.SCHEDULED)
    due_on, end = _date(values["due_on"]), _date(values["window_end"])
    at = dt.datetime.fromisoformat(values["scheduled_at"]) if values["scheduled_at"] else None
    return {
        "id": values["id"],
        "name": values["name"],
        "person": (values["person"] or "").strip(),
        "late": is_open and end < today,
        "when": words.due(due_on, end, today) if is_open else "",
        "appointment": words.appointment(at, zone, today) if at and is_open else "",
        "status": "" if is_open else _STATUSES[values["status"]],
        "completed_on": _date(values["completed_on"]) if values["completed_on"] else None,
    }


def _date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
