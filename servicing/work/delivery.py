"""Promise against delivery for one client: what its tier is owed in a year, and what it was given."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, Q

from clients.models import Client
from clients.prepared import prepared
from clients.register.active import active_fields
from servicing.delivery import creep
from servicing.delivery.periods import last_day, shifted
from servicing.delivery.promised import LABELS, STATES, Became
from servicing.models import OPEN_STATUSES, Beyond, ClosedReason, TaskStatus
from servicing.models.standards import Channel
from servicing.modifiers.words import MEETINGS
from servicing.ratings.tracked import RATING
from servicing.work import words
from tiers.models import TierAssignment

YEAR = dt.timedelta(days=365)
LAST = 20  # closed tasks, touches and time entries on the page
_CHANNELS = dict(Channel.choices)
_STATUS = dict(TaskStatus.choices)
_REASONS = dict(ClosedReason.choices)

# The page reads plain values: compiling these as queries of models took longer than running them.
_SERVED = """served AS (
    SELECT tier_id FROM tiers_tierassignment
    WHERE client_id = %(client)s AND serviced_from <= %(today)s
        AND (ends_on IS NULL OR ends_on > serviced_from)
    ORDER BY serviced_from DESC, id DESC LIMIT 1
)"""
_PROMISES = f"""
WITH {_SERVED}, given AS (
    SELECT rule.service_kind_id AS kind_id, max(occurred_on) AS last_on,
        count(*) FILTER (WHERE occurred_on > %(since)s) AS number
    FROM clients_touch touch JOIN servicing_fulfilmentrule rule ON rule.touch_kind_id = touch.kind_id
    WHERE touch.client_id = %(client)s AND touch.outcome = 'reached' AND occurred_on <= %(today)s
    GROUP BY rule.service_kind_id
)
SELECT item.kind_id, kind.label, kind.code, item.interval_months, item.channel, role.label AS role,
    item.duration_minutes + item.preparation_minutes AS minutes, coalesce(given.number, 0) AS given,
    given.last_on, clock.due_on AS planned_on
FROM served
JOIN servicing_servicestandard standard ON standard.tier_id = served.tier_id
JOIN servicing_serviceitem item ON item.standard_id = standard.id AND item.ended_on IS NULL
JOIN servicing_servicekind kind ON kind.id = item.kind_id
JOIN clients_servicerole role ON role.id = item.role_id
LEFT JOIN given ON given.kind_id = item.kind_id
LEFT JOIN servicing_serviceclock clock
    ON clock.client_id = %(client)s AND clock.kind_id = item.kind_id AND clock.item_id = item.id
ORDER BY item.position, item.id"""  # noqa: S608  (constants of this module, as below)
_STANDING = f"""
WITH {_SERVED}
SELECT promise.text
FROM served
JOIN servicing_servicestandard standard ON standard.tier_id = served.tier_id
JOIN servicing_standingpromise promise ON promise.standard_id = standard.id
ORDER BY promise.position, promise.id"""  # noqa: S608
_PERSON = """coalesce(nullif(trim(person.first_name || ' ' || person.last_name), ''), person.username, '')
    AS person"""
_TASKS = f"""
SELECT task.id, task.kind_id, coalesce(nullif(task.title, ''), kind.label) AS name, task.status, task.due_on,
    task.window_end, task.scheduled_at, task.completed_on, task.closed_reason, task.touch_id,
    task.planned_minutes AS minutes, {_PERSON},
    CASE WHEN task.scheduled_channel <> '' THEN task.scheduled_channel = ANY(%(meetings)s)
        ELSE task.channel = ANY(%(meetings)s) AND NOT task.automated AND task.source <> 'request'
    END AS meeting,
    coalesce(nullif(trim(absent.first_name || ' ' || absent.last_name), ''), absent.username)
        AS stands_in_for,
    (SELECT rating.value FROM servicing_rating rating WHERE rating.task_id = task.id) AS rating
FROM servicing_servicetask task
LEFT JOIN servicing_servicekind kind ON kind.id = task.kind_id
LEFT JOIN clients_user person ON person.id = task.assigned_to_id
LEFT JOIN clients_user absent ON absent.id = task.stands_in_for_id AND NOT task.reassigned
WHERE task.client_id = %(client)s
ORDER BY task.due_on DESC, task.id DESC LIMIT 100"""  # noqa: S608
_EXCEPTIONS = """
SELECT 'waiver' AS sort, e.id, e.kind_id, kind.label, e.reason, e.starts_on, e.ends_on, NULL AS months
FROM servicing_waiver e JOIN servicing_servicekind kind ON kind.id = e.kind_id
WHERE e.client_id = %(client)s
UNION ALL
SELECT 'cadence', e.id, e.kind_id, kind.label, e.reason, e.starts_on, e.ends_on, e.interval_months
FROM servicing_cadenceoverride e JOIN servicing_servicekind kind ON kind.id = e.kind_id
WHERE e.client_id = %(client)s
ORDER BY starts_on DESC, id DESC"""
_TOUCHES = f"""
SELECT touch.id, touch.occurred_on, kind.label AS kind, touch.outcome, touch.minutes, touch.source,
    left(touch.note, 300) AS note, {_PERSON}
FROM clients_touch touch
JOIN clients_touchkind kind ON kind.id = touch.kind_id
LEFT JOIN clients_user person ON person.id = touch.by_id
WHERE touch.client_id = %(client)s
ORDER BY touch.occurred_on DESC, touch.id DESC LIMIT %(last)s"""  # noqa: S608
_ENTRIES = f"""
SELECT entry.id, entry.spent_on, entry.minutes, entry.activity, entry.by_id, role.label AS role, {_PERSON}
FROM clients_timeentry entry
JOIN clients_servicerole role ON role.id = entry.role_id
JOIN clients_user person ON person.id = entry.by_id
WHERE entry.client_id = %(client)s
ORDER BY entry.spent_on DESC, entry.id DESC LIMIT %(last)s"""  # noqa: S608
_BECAME = f"""
SELECT state, count(*) AS number FROM (
    SELECT {STATES} AS state FROM servicing_servicetask t
    WHERE t.client_id = %(client)s AND t.item_id IS NOT NULL AND t.due_on BETWEEN %(first)s AND %(until)s
) task
GROUP BY state"""  # noqa: S608


def service_of(client: Client, today: dt.date) -> dict[str, Any]:
    """Everything that the service tab shows, in a handful of queries."""
    asked = {
        "client": client.pk,
        "today": today,
        "since": today - YEAR,
        "last": LAST,
        "meetings": [channel.value for channel in MEETINGS],
    }
    tasks, exceptions = _rows(_TASKS, asked), _rows(_EXCEPTIONS, asked)
    own = {e["kind_id"]: e for e in exceptions if e["sort"] == "cadence" and _in_force(e, today)}
    waived = {e["kind_id"] for e in exceptions if e["sort"] == "waiver" and _in_force(e, today)}
    touches, closing = _rows(_TOUCHES, asked), _closed_by(tasks)
    for touch in touches:
        touch["fulfilled"] = closing.get(touch["id"], "")
    promises = [
        _promise(item, tasks, waived, own.get(item["kind_id"]), today) for item in _rows(_PROMISES, asked)
    ]
    return {
        "promises": promises,
        "standing": _rows(_STANDING, asked) if promises else [],
        "open_tasks": [_open(task, today) for task in reversed(tasks) if task["status"] in OPEN_STATUSES],
        "closed_tasks": [_closed(task) for task in tasks if task["status"] not in OPEN_STATUSES][:LAST],
        "touches": touches,
        "entries": _rows(_ENTRIES, asked),
        "waivers": [e for e in exceptions if e["sort"] == "waiver"],
        "cadences": [e | {"often": words.often(e["months"])} for e in exceptions if e["sort"] == "cadence"],
        "both_ways": both_ways(client, today),
        "today": today,
    }


def both_ways(client: Client, today: dt.date) -> dict[str, Any]:
    """What became of what was promised in the last twelve months, and what was given beyond it."""
    first, until = shifted(today, -11), last_day(today)
    asked = {"client": client.pk, "first": first, "until": until, "as_of": today}
    found = {row["state"]: row["number"] for row in _rows(_BECAME, asked)}
    beyond = creep.beyond_of(client.pk, first=first, last=today)
    return {
        "first": first,
        "until": until,
        "promised": sum(found.values()),
        "became": [(state, LABELS[state], found[state]) for state in Became if found.get(state)],
        "beyond": [row | {"label": Beyond(row["what"]).label} for row in beyond],
        "minutes": sum(row["minutes"] for row in beyond),
        "cost": sum(row["cost"] for row in beyond),
    }


def served_tier(client: Client, today: dt.date) -> Any:
    """The id of the tier that planning serves the client, as a subquery: of the newest assignment whose
    service has begun."""
    begun = TierAssignment.objects.filter(client=client, serviced_from__lte=today)
    standing = begun.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=F("serviced_from")))
    return standing.order_by("-serviced_from", "-id").values("tier_id")[:1]


def _rows(sql: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    with prepared() as cursor:
        cursor.execute(sql, parameters)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _in_force(exception: dict[str, Any], today: dt.date) -> bool:
    return exception["starts_on"] <= today and (exception["ends_on"] is None or exception["ends_on"] >= today)


def _promise(
    item: dict[str, Any],
    tasks: list[dict[str, Any]],
    waived: set[int],
    own: dict[str, Any] | None,
    today: dt.date,
) -> dict[str, Any]:
    standard = item["interval_months"]
    months = own["months"] if own else standard
    of_kind = [task for task in tasks if task["kind_id"] == item["kind_id"]]
    missed = [t for t in of_kind if t["status"] == TaskStatus.MISSED and t["due_on"] > today - YEAR]
    running = next((task for task in of_kind if task["status"] in OPEN_STATUSES), None)
    is_waived = item["kind_id"] in waived
    next_on = running["due_on"] if running else item["planned_on"]
    return {
        "name": item["label"],
        "kind": item["code"],
        "words": words.promise(item["label"], months),
        "standard": words.often(standard) if months != standard else "",
        "own": own if months != standard else None,
        "a_year": 12 / months,
        "done": item["given"],
        "missed": len(missed),
        "minutes": item["minutes"],
        "role": item["role"],
        "channel": _CHANNELS.get(item["channel"], ""),
        "next_on": None if is_waived else next_on,
        "last_on": item["last_on"],
        "scheduled_at": running["scheduled_at"] if running else None,
        "waived": is_waived,
    }


def _open(task: dict[str, Any], today: dt.date) -> dict[str, Any]:
    return task | {
        "when": words.due(task["due_on"], task["window_end"], today),
        "late": task["window_end"] < today,
    }


def _closed(task: dict[str, Any]) -> dict[str, Any]:
    counts = task["status"] == TaskStatus.DONE and RATING in active_fields()
    return task | {
        "rating": task["rating"] if counts else None,
        "status_label": _STATUS[task["status"]],
        "reason_label": _REASONS.get(task["closed_reason"], ""),
    }


def _closed_by(tasks: list[dict[str, Any]]) -> dict[int, str]:
    """Names of the tasks that each touch closed."""
    names: dict[int, list[str]] = {}
    for task in tasks:
        if task["touch_id"]:
            names.setdefault(task["touch_id"], []).append(task["name"])
    return {touch: ", ".join(labels) for touch, labels in names.items()}
