"""What the demo firm's meetings came to: decisions, and confidence that mostly grows; and what lies ahead."""

# ruff: noqa: S608  (texts of this module alone)
from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db import connection
from django.db.models import Count

from clients.models import Permission, TeamMember
from servicing.models import OPEN_STATUSES, MeetingDecision, ReadyDecision, ServiceTask
from servicing.modifiers.words import MEETINGS

YEARS = 2  # of answers
ASKED = 80  # of a hundred meetings
# Where confidence begins, and what keeps it from being higher; by persona, "" for the others.
BEGINS = {"physician": 4, "tech_equity": 5, "business_owner": 5, "": 6}
BLOCKERS = {
    "physician": [
        "The loans never seem to shrink.",
        "No time to follow through on anything.",
        "Not sure forgiveness will still be there.",
    ],
    "tech_equity": [
        "Too much hangs on one stock.",
        "The tax bill of the last vest came as a surprise.",
        "Does not know what happens if the company lets people go.",
    ],
    "business_owner": [
        "Everything is in the business.",
        "Nobody could step in tomorrow.",
        "Does not know what the business would bring.",
    ],
    "": [
        "Prices rise faster than income.",
        "Care of the parents may cost a lot.",
        "Has not seen the plan for a bad year.",
    ],
}
DECIDED = [
    "Yes, from next month on. We set it up this week.",
    "The smaller step first; we look at it again in six months.",
    "As it is: no change this year, and that is fine.",
]
NOT_DECIDED = ["Wants to talk it over at home first.", "One figure was missing; we bring it next time."]
AHEAD = 2  # meetings to come with a decision
NOTED = "Whether to keep the old life policy"

# A meeting: a touch that reached the client in person or by video, with the task that it closed, if any.
_HELD = """
    SELECT DISTINCT ON (touch.client_id, touch.occurred_on)
        touch.client_id, touch.occurred_on, touch.occurred_at, touch.by_id, client.external_id,
        coalesce(persona.code, '') AS persona, client.permission,
        (SELECT min(task.id) FROM servicing_servicetask task WHERE task.touch_id = touch.id) AS task_id,
        abs(hashtext(client.external_id || ' ' || touch.occurred_on)) AS chance
    FROM clients_touch touch
    JOIN clients_touchkind kind ON kind.id = touch.kind_id
    JOIN clients_client client ON client.id = touch.client_id
    LEFT JOIN clients_persona persona ON persona.id = client.persona_id
    WHERE kind.code IN ('review_meeting', 'plan_review', 'meeting') AND touch.outcome = 'reached'
        AND touch.occurred_on BETWEEN %(first)s AND %(as_of)s
    ORDER BY touch.client_id, touch.occurred_on, touch.id
"""
# The number grows by about a half from one answer to the next, and falls back now and then.
STORE_ANSWERS = f"""
    INSERT INTO servicing_confidenceanswer
        (client_id, task_id, value, blocker, asked_on, asked_by_id, created_at)
    SELECT client_id, task_id, value, CASE WHEN value >= 9 THEN '' ELSE blockers ->> place END,
        occurred_on, by_id, occurred_at
    FROM (
        SELECT held.*, mod(abs(hashtext(external_id)) + number / 2, jsonb_array_length(blockers)) AS place,
            least(10, greatest(1, begins + mod(abs(hashtext(external_id)), 3) - 1 + number / 2
                - CASE WHEN mod(chance, 6) = 0 THEN 2 ELSE 0 END)) AS value
        FROM (
            SELECT held.*,
                row_number() OVER (PARTITION BY client_id ORDER BY occurred_on)::int - 1 AS number,
                coalesce(%(begins)s::jsonb ->> persona, %(begins)s::jsonb ->> '')::int AS begins,
                coalesce(%(blockers)s::jsonb -> persona, %(blockers)s::jsonb -> '') AS blockers
            FROM ({_HELD}) held WHERE mod(chance, 100) < {ASKED}
        ) held
    ) answer
    ORDER BY occurred_on, external_id
"""
STORE_DECISIONS = f"""
    INSERT INTO servicing_meetingdecision
        (client_id, task_id, chosen_id, text, result, answer, set_by_id, created_at)
    SELECT held.client_id, held.task_id, ready.id, ready.label,
        CASE WHEN decided THEN 'decided' ELSE 'not_decided' END,
        CASE WHEN decided THEN %(decided)s::jsonb ->> mod(chance, {len(DECIDED)})
            ELSE %(not_decided)s::jsonb ->> mod(chance, {len(NOT_DECIDED)}) END,
        held.by_id, held.occurred_at
    FROM (SELECT held.*, mod(chance, 4) > 0 AS decided FROM ({_HELD}) held WHERE task_id IS NOT NULL) held
    CROSS JOIN LATERAL (
        SELECT word.id, word.label FROM servicing_readydecision word
        LEFT JOIN clients_persona persona ON persona.id = word.persona_id
        WHERE word.retired_at IS NULL
            AND (persona.id IS NULL OR persona.code = held.persona AND held.permission = 'granted')
        ORDER BY hashtext(held.external_id || held.occurred_on || word.code) LIMIT 1
    ) ready
    JOIN servicing_servicetask task ON task.id = held.task_id AND task.channel = ANY(%(meetings)s)
    ORDER BY held.occurred_on, held.external_id
"""


def hold_meetings(*, as_of: dt.date) -> None:
    """The same each time, by the clients' numbers and the days of their meetings."""
    values: dict[str, Any] = {
        "first": as_of - dt.timedelta(days=365 * YEARS),
        "as_of": as_of,
        "begins": json.dumps(BEGINS),
        "blockers": json.dumps(BLOCKERS),
        "decided": json.dumps(DECIDED),
        "not_decided": json.dumps(NOT_DECIDED),
        "meetings": [channel.value for channel in MEETINGS],
    }
    with connection.cursor() as cursor:
        cursor.execute(STORE_ANSWERS, values)
        cursor.execute(STORE_DECISIONS, values)
    _choose_ahead()


def _choose_ahead() -> None:
    """The next meetings of the busiest advisor have their decision; the first client has one noted."""
    leads = TeamMember.objects.filter(role__code="lead_advisor").values("user").annotate(number=Count("id"))
    busiest = leads.order_by("-number", "user").values_list("user", flat=True).first()
    coming = ServiceTask.objects.filter(
        assigned_to=busiest, status__in=OPEN_STATUSES, channel__in=MEETINGS, item__isnull=False
    ).select_related("client")
    tasks = list(coming.order_by("due_on", "client__external_id", "kind")[:AHEAD])
    ready = list(ReadyDecision.objects.active())
    chosen = []
    for task in tasks:
        persona = task.client.persona_id if task.client.permission == Permission.GRANTED else None
        fitting = [word for word in ready if word.persona_id in (None, persona)]
        own = [word for word in fitting if word.persona_id] or fitting
        word = own[int(task.client.external_id.rpartition("-")[2] or 0) % len(own)] if own else None
        if word:
            chosen.append((task, word))
    MeetingDecision.objects.bulk_create(
        MeetingDecision(client=task.client, task=task, chosen=word, text=word.label, set_by_id=busiest)
        for task, word in chosen
    )
    if chosen:
        MeetingDecision.objects.create(client=chosen[0][0].client, text=NOTED, set_by_id=busiest)
