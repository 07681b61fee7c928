"""Figures of the operations page for which every client is looked at: added up by a job, read by the page."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.utils import timezone

from clients.firm import firm_today
from servicing.models import FirmRollup

# A role that the standards ask for and nobody has with any client: its work falls to the lead advisor.
_REFRESH = """
INSERT INTO servicing_firmrollup (
    as_of, without_tier, without_score, without_lead, roles_not_held, refreshed_at
)
SELECT
    %(as_of)s,
    count(*) FILTER (WHERE s.tier_position IS NULL),
    count(*) FILTER (WHERE score.score IS NULL),
    count(*) FILTER (WHERE lead.client_id IS NULL),
    ARRAY(
        SELECT DISTINCT i.role_id FROM servicing_serviceitem i
        WHERE (i.ended_on IS NULL OR i.ended_on > %(as_of)s) AND NOT i.automated
            AND NOT EXISTS (SELECT 1 FROM clients_teammember held WHERE held.role_id = i.role_id)
    ),
    %(now)s
FROM clients_client c
JOIN clients_clientsummary s ON s.client_id = c.id
JOIN clients_clientscore score ON score.client_id = c.id
LEFT JOIN (
    SELECT t.client_id FROM clients_teammember t JOIN clients_servicerole r ON r.id = t.role_id
    WHERE r.code = 'lead_advisor'
) lead ON lead.client_id = c.id
WHERE c.status = 'active'
"""


@transaction.atomic
def refresh(*, as_of: dt.date | None = None) -> None:
    """Replaces the figures by those of `as_of` (default: today)."""
    FirmRollup.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, {"as_of": as_of or firm_today(), "now": timezone.now()})


def read() -> FirmRollup:
    """The newest figures; added up now where nobody has yet."""
    figures = FirmRollup.objects.order_by("-pk").first()
    if figures is None:
        refresh()
        figures = FirmRollup.objects.latest("pk")
    return figures
