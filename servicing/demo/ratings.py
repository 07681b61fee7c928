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
# Of each service first what is said with a low, then with a middling, then with a high rating.
COMMENTS = {
    "wealth_plan_review": [
        ["Too many pages for us."],
        ["Good, though we would have liked it in spring."],
        ["For the first time I see where all this leads.", "Our children understood it too."],
    ],
    "review_meeting": [
        ["We had heard most of it before."],
        ["Could have been half as long.", "A video call would have done."],
        ["Clear, and we knew what to do afterwards.", "We left with one decision, which is what we wanted."],
    ],
    "tax_coordination": [
        ["The accountant was not told in time."],
        ["Useful, but late in the year."],
        ["No surprise in April this time."],
    ],
    "automated_update": [
        ["I do not read these.", "Too general to be of use.", "It comes at the wrong time of the month."],
        ["Fine, if it stays this short."],
        ["I like to see it at a glance."],
    ],
    "": [
        ["A call at a bad moment.", "I had nothing to ask."],
        ["Short and friendly.", "Fine as it is."],
        ["Good to hear from you without asking."],
    ],
}

STORE = """
    INSERT INTO servicing_rating (client_id, task_id, value, comment, rated_on, noted_by_id, created_at)
    SELECT client_id, task_id, value,
        CASE WHEN mod(chance, 3) = 0 THEN coalesce(words ->> mod(chance / 3, jsonb_array_length(words)), '')
            ELSE '' END,
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
    CROSS JOIN LATERAL (SELECT greatest(1, least(5, usual + moved)) AS value) rated
    CROSS JOIN LATERAL (
        SELECT said -> CASE WHEN value <= 2 THEN 0 WHEN value = 3 THEN 1 ELSE 2 END AS words
    ) spoken
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
