"""What the demo firm's clients said of services: a plan is worth more to them than a mail."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db import connection

# Of a hundred delivered services; by code, "" for the others. Few answer a mail.
ASKED = {"automated_update": 8, "": 45}
# Where the ratings of a service lie, and what is said of it; by its code, "" for the others.
USUAL = {"wealth_plan_review": 5, "review_meeting": 4, "estate_coordination": 4, "automated_update": 2, "": 3}
COMMENTS = {
    "wealth_plan_review": ["For the first time I see where all this leads."],
    "review_meeting": ["Clear, and we knew what to do afterwards.", "Could have been half as long."],
    "tax_coordination": ["No surprise in April this time."],
    "automated_update": ["I do not read these."],
    "": ["Good to hear from you without asking."],
}

STORE = """
    INSERT INTO servicing_rating (client_id, task_id, value, comment, rated_on, noted_by_id, created_at)
    SELECT client_id, task_id, greatest(1, least(5, usual + moved)),
        CASE WHEN mod(chance, 3) = 0 THEN said ->> mod(chance, jsonb_array_length(said)) ELSE '' END,
        completed_on, CASE WHEN mod(chance, 2) = 0 THEN by_id END, closed_at
    FROM (
        SELECT task.client_id, task.id AS task_id, task.completed_on, task.closed_at, touch.by_id,
            client.external_id, kind.code, drawn.chance, mod(drawn.chance, 3) - 1 AS moved,
            coalesce(%(usual)s::jsonb ->> kind.code, %(usual)s::jsonb ->> '')::int AS usual,
            coalesce(%(said)s::jsonb -> kind.code, %(said)s::jsonb -> '') AS said
        FROM servicing_servicetask task
        JOIN clients_client client ON client.id = task.client_id
        JOIN servicing_servicekind kind ON kind.id = task.kind_id
        LEFT JOIN clients_touch touch ON touch.id = task.touch_id
        CROSS JOIN LATERAL (
            SELECT abs(hashtext(client.external_id || ' ' || kind.code || ' ' || task.completed_on)) AS chance
        ) drawn
        WHERE task.status = 'done' AND task.completed_on <= %(as_of)s
            AND mod(drawn.chance, 100)
                < coalesce(%(asked)s::jsonb ->> kind.code, %(asked)s::jsonb ->> '')::int
    ) delivered
    ORDER BY completed_on, external_id, code
"""


def rate_services(*, as_of: dt.date) -> None:
    """The same each time, by the clients' numbers and the days of the services."""
    values: dict[str, Any] = {
        "as_of": as_of,
        "asked": json.dumps(ASKED),
        "usual": json.dumps(USUAL),
        "said": json.dumps(COMMENTS),
    }
    with connection.cursor() as cursor:
        cursor.execute(STORE, values)
