"""Time that the demo firm's people logged beside touches: preparing, chasing papers, what was asked."""

from __future__ import annotations

import datetime as dt
import json

from django.db import connection

from servicing.delivery import figures

# minutes and what for
ACTIVITIES = [
    (25, "Prepared the review"),
    (40, "Rebuilt the cash plan"),
    (15, "Chased the signed forms"),
    (35, "Talked the tax return through with their accountant"),
    (20, "Looked for a missing statement"),
    (55, "Compared two mortgage offers for them"),
]
DAYS = 120

# Of the clients somebody leads, one in three has one to three entries; each on a working day of its own, none
# before the client was one. The same number gives the same entry.
STORE = """
INSERT INTO clients_timeentry (client_id, spent_on, minutes, role_id, by_id, activity, created_at)
SELECT client_id, spent_on, (activity ->> 0)::int + 5 * mod(chance, 5), role_id, user_id, activity ->> 1,
    (spent_on + interval '17 hours') AT TIME ZONE firm.time_zone
FROM (
    SELECT drawn.*, day - greatest(extract(isodow FROM day)::int - 5, 0) AS spent_on,
        %(activities)s::jsonb -> mod(chance / 7, jsonb_array_length(%(activities)s::jsonb)) AS activity
    FROM (
        SELECT client.id AS client_id, client.client_since, member.role_id, member.user_id, chance,
            %(as_of)s::date - mod(chance / 11, %(days)s) AS day
        FROM clients_client client
        JOIN clients_teammember member ON member.client_id = client.id
        JOIN clients_servicerole role ON role.id = member.role_id AND role.code = 'lead_advisor'
        CROSS JOIN LATERAL generate_series(1, 1 + mod(abs(hashtext(client.external_id)), 3)) number
        CROSS JOIN LATERAL (SELECT abs(hashtext(client.external_id || ' time ' || number)) AS chance) draw
        WHERE client.status = 'active' AND mod(abs(hashtext('time ' || client.external_id)), 3) = 0
    ) drawn
) entry
CROSS JOIN clients_firm firm
WHERE spent_on >= coalesce(client_since, spent_on)
ORDER BY client_id, chance
"""


def log_time(*, as_of: dt.date) -> None:
    """Stores the entries, and adds up what was promised and given by now."""
    with connection.cursor() as cursor:
        cursor.execute(STORE, {"as_of": as_of, "days": DAYS, "activities": json.dumps(ACTIVITIES)})
    figures.refresh(as_of=as_of)
