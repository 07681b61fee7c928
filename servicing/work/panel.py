"""What a person reads before acting on a task: the promise, how to speak, what to prepare, who knows more."""

# ruff: noqa: S608  (the statements are put together from texts of this module)
from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clients.access import sees_all_clients
from clients.contact import closed_sql, not_by
from clients.formats import short_date
from clients.models import User
from clients.prepared import prepared
from clients.register.active import active_fields
from servicing.models import DecisionResult, ServiceTask, TaskStatus
from servicing.models.standards import Channel
from servicing.modifiers import words as tailoring
from servicing.querysets import ServiceTaskQuerySet
from servicing.work import words
from servicing.work.asked import request_of
from servicing.work.natural import is_meeting
from servicing.work.origins import origin_of

TOUCHES = 3
OTHERS = 6  # open tasks of the client beside this one
NOTE = 280  # letters of a note
_CHANNELS = dict(Channel.choices)
_STATUSES = dict(TaskStatus.choices)


def read_task(tasks: ServiceTaskQuerySet, pk: int) -> ServiceTask | None:
    """A task of `tasks` with its client, kind and item."""
    return tasks.filter(pk=pk).select_related("client", "kind", "item").first()


# A person's name, of the row `u`.
_NAME = "coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username)"

# Another task, of the row `o`, as one JSON object.
_OTHER = f"""
    SELECT jsonb_build_object(
        'id', o.id, 'name', coalesce(nullif(o.title, ''), kind.label), 'status', o.status, 'due_on', o.due_on,
        'window_end', o.window_end, 'scheduled_at', o.scheduled_at, 'completed_on', o.completed_on,
        'person', (SELECT {_NAME} FROM clients_user u WHERE u.id = o.assigned_to_id)
    ) AS line, o.due_on, o.id
    FROM servicing_servicetask o LEFT JOIN servicing_servicekind kind ON kind.id = o.kind_id
"""

_WORD = "SELECT jsonb_build_object('label', w.label, 'changes', w.changes) FROM"

# Everything beside the task in one statement of small look-ups; joined, they would take longer to plan than
# to run. Plain SQL, because a query set of this width takes longer to put together than the rest of the page.
_BESIDE = f"""
    SELECT to_jsonb(beside)::text FROM (
    SELECT tier.code AS tier, role.label AS role,
        {closed_sql(tailoring.CHANNEL, "client")} AS closed,
        (SELECT {_NAME} FROM clients_user u WHERE u.id = t.assigned_to_id) AS person,
        ARRAY[
            ({_WORD} clients_persona w WHERE w.id = client.persona_id),
            ({_WORD} clients_complexitydriver w WHERE w.id = client.complexity_driver_id),
            (
                {_WORD} clients_behavioraltag tag JOIN clients_behavioraltrigger w ON w.id = tag.trigger_id
                WHERE tag.client_id = client.id AND client.permission = 'granted'
            ),
            ({_WORD} clients_attentionconstraint w WHERE w.id = client.attention_constraint_id),
            ({_WORD} clients_incomestructure w WHERE w.id = client.income_structure_id)
        ] AS tags,
        (
            SELECT own.interval_months FROM servicing_cadenceoverride own
            WHERE own.client_id = t.client_id AND own.kind_id = t.kind_id AND own.starts_on <= %(today)s
                AND (own.ends_on IS NULL OR own.ends_on >= %(today)s)
        ) AS own_months,
        ARRAY(
            SELECT jsonb_build_object('text', step.text, 'minutes', step.minutes, 'role', (
                SELECT r.label FROM clients_servicerole r WHERE r.id = step.role_id
            ))
            FROM servicing_servicestep step WHERE step.item_id = t.item_id ORDER BY step.position, step.id
        ) AS steps,
        ARRAY(
            SELECT jsonb_build_object('point', point.point, 'at', point.at, 'by', (
                SELECT {_NAME} FROM clients_user u WHERE u.id = point.by_id
            ))
            FROM servicing_preparedpoint point WHERE point.task_id = t.id
        ) AS prepared,
        ARRAY(
            SELECT jsonb_build_object(
                'on', touch.occurred_on, 'kind', kind.label, 'outcome', touch.outcome,
                'minutes', touch.minutes, 'note', left(touch.note, {NOTE + 1}),
                'by', (SELECT {_NAME} FROM clients_user u WHERE u.id = touch.by_id)
            )
            FROM clients_touch touch JOIN clients_touchkind kind ON kind.id = touch.kind_id
            WHERE touch.client_id = t.client_id ORDER BY touch.occurred_on DESC, touch.id DESC LIMIT {TOUCHES}
        ) AS touches,
        -- all, ordered later: with an order and a limit the database may walk the whole firm's due dates
        ARRAY(
            SELECT line FROM ({_OTHER} WHERE o.client_id = t.client_id AND o.id <> t.id
                AND o.status IN ('planned', 'scheduled') OFFSET 0) open_beside
        ) AS others,
        ARRAY(
            SELECT line FROM ({_OTHER} WHERE o.follows_id = t.id) agreed ORDER BY due_on, id
        ) AS next_actions,
        (SELECT line FROM ({_OTHER} WHERE o.id = t.follows_id) before) AS agreed,
        ARRAY(
            SELECT jsonb_build_object('user', u.id, 'name', {_NAME}, 'role', r.label)
            FROM clients_teammember member JOIN clients_user u ON u.id = member.user_id
            JOIN clients_servicerole r ON r.id = member.role_id
            WHERE member.client_id = t.client_id ORDER BY r.position, r.id
        ) AS team,
        -- such a service was last given by a touch that reached the client
        (
            SELECT jsonb_build_object('on', touch.occurred_on, 'by', (
                SELECT {_NAME} FROM clients_user u WHERE u.id = touch.by_id
            ))
            FROM clients_touch touch
            WHERE touch.client_id = t.client_id AND touch.outcome = 'reached' AND touch.kind_id IN (
                SELECT rule.touch_kind_id FROM servicing_fulfilmentrule rule
                WHERE rule.service_kind_id = t.kind_id
            )
            ORDER BY touch.occurred_on DESC, touch.id DESC LIMIT 1
        ) AS last,
        -- who would do it is away, and its person stands in
        (
            SELECT jsonb_build_object('name', {_NAME}, 'until', away.last_on)
            FROM clients_user u
            JOIN servicing_absence away
                ON away.user_id = u.id AND t.due_on BETWEEN away.first_on AND away.last_on
            WHERE u.id = t.stands_in_for_id AND NOT t.reassigned
        ) AS absent,
        ({tailoring.TAILORED}) AS tailored,
        (
            SELECT jsonb_build_object(
                'id', asked.id, 'text', asked.text, 'received_at', asked.received_at,
                'answer_by', asked.answer_by, 'answered_at', asked.answered_at
            )
            FROM servicing_clientrequest asked WHERE asked.task_id = t.id
        ) AS request,
        -- the case whose stage it is, where that is still there
        (
            SELECT c.id FROM servicing_transition c
            WHERE t.source = 'transition' AND c.client_id = t.client_id
                AND c.id::text = split_part(t.source_id, '-', 1)
        ) AS transition,
        (
            SELECT jsonb_build_object('text', d.text, 'result', d.result, 'answer', d.answer)
            FROM servicing_meetingdecision d WHERE d.task_id = t.id
        ) AS decision,
        (
            SELECT jsonb_build_object('value', a.value, 'blocker', a.blocker)
            FROM servicing_confidenceanswer a WHERE a.task_id = t.id
        ) AS confidence,
        (
            SELECT jsonb_build_object('value', r.value, 'comment', r.comment)
            FROM servicing_rating r WHERE r.task_id = t.id
        ) AS rating
    FROM servicing_servicetask t
    JOIN clients_client client ON client.id = t.client_id
    LEFT JOIN clients_tier tier ON tier.id = t.tier_id
    LEFT JOIN clients_servicerole role ON role.id = t.role_id
    LEFT JOIN servicing_tasktailoring tailored ON tailored.task_id = t.id
    WHERE t.id = %(task)s
    ) beside
"""


def _read_beside(task_id: int, today: dt.date) -> dict[str, Any]:
    with prepared() as cursor:
        cursor.execute(_BESIDE, {"task": task_id, "today": today})
        return json.loads(cursor.fetchone()[0])


def panel_of(task: ServiceTask, today: dt.date, *, viewer: User) -> dict[str, Any]:
    """What the panel shows of a task to `viewer`, in whose time zone appointments are said; one query."""
    client, item, zone = task.client, task.item, words.zone_of(viewer)
    beside = _read_beside(task.pk, today)
    own = beside["own_months"]
    months = own or (item.interval_months if item else 0)
    tailored = tailoring.said(task, beside["tailored"], today)
    return {
        "task": task,
        "client": client,
        "may_open_client": sees_all_clients(viewer) or any(m["user"] == viewer.pk for m in beside["team"]),
        "tier": beside["tier"],
        "role": beside["role"],
        "person": beside["person"],
        "tags": _shown(beside["tags"]),
        "closed": not_by(beside["closed"]),
        "request": request_of(task, beside["request"]),
        "transition": beside["transition"],
        "origin": origin_of(task),
        "promise": words.promise(task.name, months) if item else "",
        "standard": words.often(item.interval_months) if item and months != item.interval_months else "",
        "late": words.due(task.due_on, task.window_end, today) if task.is_overdue(today) else "",
        "window": words.window(task.window_start, task.window_end, today)
        if task.window_start < task.window_end
        else "",
        "appointment": words.appointment(task.scheduled_at, zone, today) if task.scheduled_at else "",
        "appointment_channel": _CHANNELS.get(task.scheduled_channel, ""),
        "held": was_held(task),
        "asleep": bool(task.snoozed_until and task.snoozed_until > today),
        "points": _points(
            item.to_prepare if item else [], tailoring.points(tailored), beside["prepared"], today, zone
        ),
        "agenda": item.agenda_points if item else [],
        "steps": beside["steps"],
        "touches": [{**touch, "on": _date(touch["on"])} for touch in beside["touches"]],
        "others": [
            _other(values, today, zone)
            for values in sorted(beside["others"], key=lambda other: (other["due_on"], other["id"]))[:OTHERS]
        ],
        "next_actions": [_other(values, today, zone) for values in beside["next_actions"]],
        "agreed": _other(beside["agreed"], today, zone) if beside["agreed"] else None,
        "team": _whom_to_ask(beside["team"], beside["last"]),
        "last": {**beside["last"], "on": _date(beside["last"]["on"])} if beside["last"] else None,
        "stands_in": _stands_in(beside["absent"], today),
        "tailored": tailoring.without_points(tailored),
        "meeting": is_meeting(task),
        **_of_meeting(task, beside),
        **_rated(task, beside),
    }


def _of_meeting(task: ServiceTask, beside: dict[str, Any]) -> dict[str, Any]:
    """The one decision of a meeting and the client's confidence, as far as the field register lets them be
    shown. What came of the decision counts once the meeting is closed."""
    active = active_fields()
    decision = beside["decision"] if "meeting_decisions" in active else None
    confidence = beside["confidence"] if "confidence" in active else None
    if decision:
        result = "" if task.is_open else decision["result"]
        decision = {
            **decision,
            "result": result,
            "label": str(DecisionResult(result).label) if result else "",
        }
    if confidence and "confidence_blocker" not in active:
        confidence = {**confidence, "blocker": ""}
    return {"decision": decision, "confidence": confidence}


def _rated(task: ServiceTask, beside: dict[str, Any]) -> dict[str, Any]:
    """What the client said a delivered service was worth, and whether it can be asked, as far as the field
    register keeps it."""
    active = active_fields()
    may_be = task.status == TaskStatus.DONE and task.kind_id is not None and "rating" in active
    rating = beside["rating"] if may_be else None
    if rating and "rating_comment" not in active:
        rating = {**rating, "comment": ""}
    return {"rating": rating, "may_be_rated": may_be}


# The dropdowns in the order of the statement above.
_TAGS = ("persona", "complexity_driver", "behavioral_trigger", "attention_constraint", "income_structure")


def _shown(tags: list[dict[str, Any] | None]) -> list[dict[str, Any]]:
    """The client's words, as far as the field register lets them be shown."""
    active = active_fields()
    return [tag for code, tag in zip(_TAGS, tags, strict=True) if tag and code in active]


def _whom_to_ask(team: list[dict[str, Any]], last: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The service team with each one's roles, and who did it last, on the team or not."""
    people: dict[str, list[str]] = {}
    for member in team:
        people.setdefault(member["name"], []).append(str(member["role"]).lower())
    if last and last["by"]:
        people.setdefault(last["by"], []).append(_("did it last"))
    return [{"name": name, "roles": ", ".join(roles)} for name, roles in people.items()]


def _stands_in(absent: dict[str, Any] | None, today: dt.date) -> str:
    """For whom its person does it, and until when that one is away."""
    if absent is None:
        return ""
    if absent["until"] is None:
        return _("stands in for %(name)s") % {"name": absent["name"]}
    until = short_date(_date(absent["until"]), today=today)
    return _("stands in for %(name)s, away until %(until)s") % {"name": absent["name"], "until": until}


def was_held(task: ServiceTask) -> bool:
    """Whether its appointment's time has passed and nobody said how it went."""
    if task.scheduled_at is None or not task.is_open:
        return False
    return task.scheduled_at + dt.timedelta(minutes=task.planned_minutes) < timezone.now()


def _points(
    checklist: list[str],
    of_tags: dict[str, str],
    prepared: list[dict[str, Any]],
    today: dt.date,
    zone: dt.tzinfo,
) -> list[dict[str, Any]]:
    """The checklist, and what the client's tags ask for with their reasons; each point with who prepared it
    and when, or nobody yet."""
    ticked = {point["point"]: point for point in prepared}
    points = []
    for text, why in (dict.fromkeys(checklist, "") | of_tags).items():
        tick = ticked.get(text)
        at = dt.datetime.fromisoformat(tick["at"]) if tick else None
        points.append(
            {
                "text": text,
                "why": why,
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
        "person": values["person"] or "",
        "late": is_open and end < today,
        "when": words.due(due_on, end, today) if is_open else "",
        "appointment": words.appointment(at, zone, today) if at and is_open else "",
        "status": "" if is_open else _STATUSES[values["status"]],
        "completed_on": _date(values["completed_on"]) if values["completed_on"] else None,
    }


def _date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
