"""Merge fields that only service can fill: the next and the last meeting, the next review, the promise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.firm import firm_zone
from clients.formats import long_date
from personas.scripts.merge_fields import MergeField, Source, Values

# An appointment ahead; the due date of the next open review; the last review that reached the client; how
# the standard of the client's tier begins.
_READ = """
SELECT c.id,
    (SELECT min(t.scheduled_at) FROM servicing_servicetask t
        WHERE t.client_id = c.id AND t.status = 'scheduled' AND t.scheduled_at > %(now)s),
    (SELECT min(t.due_on) FROM servicing_servicetask t
        JOIN servicing_servicekind kind ON kind.id = t.kind_id AND kind.code = 'review_meeting'
        WHERE t.client_id = c.id AND t.status IN ('planned', 'scheduled')),
    (SELECT max(touch.occurred_on) FROM clients_touch touch
        JOIN clients_touchkind kind ON kind.id = touch.kind_id
            AND kind.code IN ('review_meeting', 'meeting', 'plan_review')
        WHERE touch.client_id = c.id AND touch.outcome = 'reached'),
    (SELECT standard.summary FROM servicing_servicestandard standard
        WHERE standard.tier_id = summary.tier_id)
FROM clients_client c LEFT JOIN clients_clientsummary summary ON summary.client_id = c.id
WHERE c.id = ANY(%(clients)s)
"""


def _read(clients: Sequence[int]) -> dict[int, Values]:
    with connection.cursor() as cursor:
        cursor.execute(_READ, {"clients": list(clients), "now": timezone.now()})
        rows = cursor.fetchall()
    zone = firm_zone()
    return {
        client: {
            "next_meeting": _moment(meeting, zone) if meeting else "",
            "next_review": long_date(review) if review else "",
            "last_meeting": long_date(last) if last else "",
            "promise": (summary or "").strip(),
        }
        for client, meeting, review, last, summary in rows
    }


def _moment(at: dt.datetime, zone: dt.tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{long_date(local.date())}, {local:%H:%M}"


SERVICE = Source(
    fields=(
        MergeField(
            "next_meeting",
            _("Day and time of the next appointment"),
            "Tuesday, March 3, 2026, 14:00",
            _("book an appointment"),
        ),
        MergeField(
            "next_review",
            _("Day on which the next review is due"),
            "Tuesday, March 3, 2026",
            _("no review is planned"),
        ),
        MergeField(
            "last_meeting",
            _("Day of the last meeting"),
            "Monday, December 1, 2025",
            _("no meeting is on record"),
        ),
        MergeField(
            "promise",
            _("How the service standard of the client begins"),
            "You meet us four times a year.",
            _("write the summary of the service standard"),
        ),
    ),
    read=_read,
)
