"""The brief of a meeting: all that a person reads on one page before it, and those of a week at once."""

# ruff: noqa: S608  (texts of this module and of its neighbours alone)
from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from clients.contact import may_contact_sql, not_by
from clients.models import ContactChannel, Permission, User
from clients.register.active import active_fields, active_sql
from personas.mapping.resolving import Guidance, guidance_for
from personas.tools.registry import pictures
from servicing.meetings.tracked import BLOCKER, CONFIDENCE, DECISIONS
from servicing.meetings.trend import Answer, drawing
from servicing.models import OPEN_STATUSES, Channel, ServiceTask, TaskTailoring
from servicing.modifiers.words import MEETINGS
from servicing.querysets import ServiceTaskQuerySet
from servicing.work import words
from servicing.work.panel import panel_of

WEEK = dt.timedelta(days=7)
MOST = 12  # briefs at once: each is drawn whole
ANSWERS = 12  # of confidence, in the small trend
REQUESTS = 3
ACTIONS = 5  # open work for the client
PEOPLE = 6

# The channels by which the client may not be reached.
_CLOSED = "array_remove(ARRAY[{}], NULL)".format(
    ", ".join(
        f"CASE WHEN NOT {may_contact_sql(channel, 'client')} THEN '{channel.value}' END"
        for channel in ContactChannel
    )
)
RELATED = active_sql("member_relation")
# What hangs on the meeting and on its client, for the tasks %(tasks)s: one row each, as one JSON object.
_BESIDE = f"""
    SELECT t.id, (SELECT to_jsonb(beside) FROM (SELECT
        client.permission, {_CLOSED} AS closed,
        (
            SELECT answer."on" FROM clients_permissionanswer answer
            WHERE answer.client_id = client.id ORDER BY answer.id DESC LIMIT 1
        ) AS permission_on,
        (
            SELECT jsonb_build_object(
                'text', d.text, 'ready', coalesce(ready.changes, ''), 'result', d.result, 'answer', d.answer
            )
            FROM servicing_meetingdecision d
            LEFT JOIN servicing_readydecision ready ON ready.id = d.chosen_id
            WHERE d.task_id = t.id
        ) AS decision,
        ARRAY(
            SELECT d.text FROM servicing_meetingdecision d
            WHERE d.client_id = client.id AND d.task_id IS NULL ORDER BY d.id LIMIT 3
        ) AS noted,
        -- what the meeting before came to
        (
            SELECT jsonb_build_object(
                'text', d.text, 'result', d.result, 'answer', left(d.answer, 160), 'on', held.completed_on
            )
            FROM servicing_meetingdecision d JOIN servicing_servicetask held ON held.id = d.task_id
            WHERE d.client_id = client.id AND d.result <> '' AND held.status = 'done' AND held.id <> t.id
            ORDER BY held.completed_on DESC NULLS LAST, d.id DESC LIMIT 1
        ) AS decided_before,
        ARRAY(
            SELECT jsonb_build_object('id', a.id, 'value', a.value, 'blocker', a.blocker, 'on', a.asked_on)
            FROM servicing_confidenceanswer a
            WHERE a.client_id = client.id ORDER BY a.asked_on DESC, a.id DESC LIMIT {ANSWERS}
        ) AS answers,
        ARRAY(
            SELECT jsonb_build_object('text', left(r.text, 160), 'received_at', r.received_at,
                'answer_by', r.answer_by)
            FROM servicing_clientrequest r
            WHERE r.client_id = client.id AND r.answered_at IS NULL ORDER BY r.received_at LIMIT {REQUESTS}
        ) AS requests,
        ARRAY(
            SELECT member.name
                || coalesce(CASE WHEN {RELATED} THEN ' (' || nullif(member.relation, '') || ')' END, '')
            FROM clients_member member WHERE member.client_id = client.id ORDER BY member.id LIMIT {PEOPLE}
        ) AS people
    ) beside)::text
    FROM servicing_servicetask t JOIN clients_client client ON client.id = t.client_id
    WHERE t.id = ANY(%(tasks)s)
"""


@dataclass(frozen=True)
class Brief:
    """What one page shows. `panel`: as the task's panel; `prepare`: points in words, ticked or not."""

    task: ServiceTask
    panel: dict[str, Any]
    guidance: Guidance
    decision: dict[str, Any] | None
    noted: list[str]
    decided_before: dict[str, Any] | None
    confidence: dict[str, Any] | None
    requests: list[dict[str, Any]]
    people: list[str]
    permission: str
    permission_on: dt.date | None
    granted: bool
    closed: list[str]
    channel: str
    minutes: int
    prepare: list[dict[str, Any]]
    differs: list[dict[str, Any]]
    tools: list[tuple[Any, dict[str, Any]]]
    keeps_decisions: bool

    @property
    def others(self) -> list[str]:
        """The people of the household, where the client's name does not say them all."""
        return [] if self.people == [self.task.client.name] else self.people

    @property
    def actions(self) -> list[dict[str, Any]]:
        return self.panel["others"][:ACTIONS]


def with_all(tasks: ServiceTaskQuerySet) -> QuerySet[ServiceTask]:
    """Tasks with what a brief needs of their client, in the same query."""
    return tasks.select_related("client", "kind", "item", "tailoring")


def coming_meetings(tasks: ServiceTaskQuerySet, *, person: User, now: dt.datetime) -> list[ServiceTask]:
    """The person's meetings of the next seven days, by appointment, else by due date; those late too.

    At most `MOST` and one more, which tells that there are more.
    """
    today = timezone.localtime(now).date()
    last = today + WEEK
    midnight = timezone.make_aware(dt.datetime.combine(today, dt.time()))
    booked = Q(scheduled_at__gte=midnight, scheduled_at__lt=midnight + WEEK)
    unbooked = Q(scheduled_channel="", channel__in=MEETINGS) & ~Q(source="request")
    meeting = Q(scheduled_channel__in=MEETINGS) | unbooked
    coming = tasks.filter(
        meeting,
        booked | Q(scheduled_at=None, due_on__lte=last),
        Q(snoozed_until=None) | Q(snoozed_until__lte=last),
        assigned_to=person,
        status__in=OPEN_STATUSES,
        automated=False,
    )
    day = Coalesce(TruncDate("scheduled_at"), "due_on")
    return list(with_all(coming).order_by(day, "scheduled_at", "pk")[: MOST + 1])


def briefs_of(tasks: Sequence[ServiceTask], *, viewer: User, today: dt.date) -> list[Brief]:
    """The briefs of some meetings: three queries for all, two for each, and what its tools ask."""
    beside = _read_beside([task.pk for task in tasks])
    clients = {task.client_id for task in tasks}
    guidance = guidance_for(clients)
    return [_brief(task, beside[task.pk], guidance[task.client_id], viewer, today) for task in tasks]


def _read_beside(tasks: list[int]) -> dict[int, dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_BESIDE, {"tasks": tasks})
        return {task: json.loads(beside) for task, beside in cursor.fetchall()}


def _brief(
    task: ServiceTask,
    beside: dict[str, Any],
    guidance: Guidance,
    viewer: User,
    today: dt.date,
) -> Brief:
    active = active_fields()
    panel, tailoring = panel_of(task, today, viewer=viewer), getattr(task, "tailoring", None)
    decision = beside["decision"] if DECISIONS in active else None
    before = beside["decided_before"] if DECISIONS in active else None
    if before:
        before["on"] = _day(before["on"])
    return Brief(
        task=task,
        panel=panel,
        guidance=guidance,
        decision=decision,
        noted=beside["noted"] if DECISIONS in active else [],
        decided_before=before,
        confidence=drawing(_answers(beside["answers"], active)),
        requests=[_request(each) for each in beside["requests"]],
        people=beside["people"],
        permission=str(Permission(beside["permission"]).label),
        permission_on=_day(beside["permission_on"]),
        granted=beside["permission"] == Permission.GRANTED,
        closed=[not_by(channel) for channel in beside["closed"]],
        channel=_channel(task, tailoring),
        minutes=_minutes(task, tailoring),
        prepare=_prepare(panel, guidance, decision),
        differs=panel["tailored"],
        tools=pictures(task.client, today),
        keeps_decisions=DECISIONS in active,
    )


def _answers(rows: list[dict[str, Any]], active: frozenset[str]) -> list[Answer]:
    """The oldest first, as far as the field register lets them be shown."""
    if CONFIDENCE not in active:
        return []
    return [
        Answer(
            row["id"],
            row["value"],
            row["blocker"] if BLOCKER in active else "",
            dt.date.fromisoformat(row["on"]),
        )
        for row in reversed(rows)
    ]


def _request(row: dict[str, Any]) -> dict[str, Any]:
    by = dt.datetime.fromisoformat(row["answer_by"]) if row["answer_by"] else None
    now = timezone.now()
    return {
        "text": row["text"],
        "received_at": dt.datetime.fromisoformat(row["received_at"]),
        "answer": words.answer_by(by, now) if by else "",
        "late": bool(by and by < now),
    }


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _channel(task: ServiceTask, tailoring: TaskTailoring | None) -> str:
    """How it is held: as booked, else as the client's tags want it, else as the standard has it."""
    code = task.scheduled_channel or (tailoring.channel if tailoring else "") or task.channel
    return str(dict(Channel.choices).get(code, ""))


def _minutes(task: ServiceTask, tailoring: TaskTailoring | None) -> int:
    """How long it is planned to last, without its preparation."""
    tailored = tailoring.minutes if tailoring else None
    planned = task.planned_minutes if tailored is None else tailored
    return planned - (task.item.preparation_minutes if task.item else 0)


def _prepare(
    panel: dict[str, Any], guidance: Guidance, decision: dict[str, Any] | None
) -> list[dict[str, Any]]:
    """The checklist with its ticks, what the decision needs, and what the message map asks for; each once."""
    found = {point["text"]: point for point in panel["points"]}
    said = guidance.parts.get("preparation")
    for text in (
        decision["ready"] if decision else "",
        str(said.text) if said else "",
    ):
        if text:
            found.setdefault(text, {"text": text, "by": ""})
    return list(found.values())
