"""Adds up the figures of the dashboards: the tier dashboard here, in one statement for all tiers."""

from __future__ import annotations

import datetime as dt
import time

from django.db import connection, transaction
from django.utils import timezone

from clients.firm import firm_today
from servicing.dashboards import adding_up
from servicing.models import TierRollup
from servicing.operations import rollup as firm_figures

LOCK = 7_305_006  # any number that nothing else in this database uses
REST = 60  # a refresh is due again after so many times what the last one took

# A task counts for the tier that promised it, one that came from elsewhere for its client's tier. On time
# is by the end of the window.
_REFRESH = """
WITH population AS MATERIALIZED (
    SELECT
        c.id, s.tier_id,
        c.complexity_driver_id IS NULL AND c.attention_constraint_id IS NULL AND c.persona_id IS NULL
            AND c.income_structure_id IS NULL AND b.client_id IS NULL AS untagged
    FROM clients_client c
    JOIN clients_clientsummary s ON s.client_id = c.id
    LEFT JOIN clients_behavioraltag b ON b.client_id = c.id
    WHERE c.status = 'active'
), counted AS (
    SELECT tier_id, count(*) AS clients, count(*) FILTER (WHERE untagged) AS untagged
    FROM population GROUP BY tier_id
), earned AS (
    SELECT p.tier_id, sum(r.amount) AS revenue
    FROM clients_revenue r JOIN population p ON p.id = r.client_id
    WHERE r.date > %(since)s AND r.date <= %(as_of)s
    GROUP BY p.tier_id
), spent AS (
    SELECT p.tier_id, sum(t.minutes) AS minutes
    FROM (
        SELECT client_id, minutes FROM clients_touch
        WHERE occurred_on > %(since)s AND occurred_on <= %(as_of)s
        UNION ALL
        SELECT client_id, minutes FROM clients_timeentry
        WHERE spent_on > %(since)s AND spent_on <= %(as_of)s
    ) t JOIN population p ON p.id = t.client_id
    GROUP BY p.tier_id
), owed AS (
    SELECT coalesce(t.tier_id, s.tier_id) AS tier_id, t.status, t.completed_on, t.window_end, t.due_on
    FROM servicing_servicetask t LEFT JOIN clients_clientsummary s ON s.client_id = t.client_id
), worked AS (
    SELECT
        tier_id,
        count(*) FILTER (WHERE status = 'done' AND recent AND completed_on <= window_end) AS done_on_time,
        count(*) FILTER (WHERE status = 'done' AND recent AND completed_on > window_end) AS done_late,
        count(*) FILTER (WHERE status = 'missed' AND due_on > %(since)s) AS missed,
        count(*) FILTER (WHERE is_open) AS open_tasks,
        count(*) FILTER (WHERE is_open AND window_end < %(as_of)s) AS late_tasks
    FROM owed, LATERAL (
        SELECT
            completed_on > %(since)s AND completed_on <= %(as_of)s AS recent,
            status IN ('planned', 'scheduled') AS is_open
    ) state
    GROUP BY tier_id
), every_tier AS (
    SELECT id FROM clients_tier UNION ALL SELECT NULL
)
INSERT INTO servicing_tierrollup (
    tier_id, as_of, clients, untagged, revenue, minutes,
    done_on_time, done_late, missed, open_tasks, late_tasks, refreshed_at, took_ms
)
SELECT
    e.id, %(as_of)s, coalesce(counted.clients, 0), coalesce(counted.untagged, 0),
    coalesce(earned.revenue, 0), coalesce(spent.minutes, 0),
    coalesce(done_on_time, 0), coalesce(done_late, 0), coalesce(missed, 0),
    coalesce(open_tasks, 0), coalesce(late_tasks, 0), %(now)s, 0
FROM every_tier e
LEFT JOIN counted ON counted.tier_id IS NOT DISTINCT FROM e.id
LEFT JOIN earned ON earned.tier_id IS NOT DISTINCT FROM e.id
LEFT JOIN spent ON spent.tier_id IS NOT DISTINCT FROM e.id
LEFT JOIN worked ON worked.tier_id IS NOT DISTINCT FROM e.id"""


def refresh(*, as_of: dt.date | None = None) -> None:
    """Replaces the figures by those of `as_of` (default: today); a second refresh waits for the first."""
    as_of = as_of or firm_today()
    began = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SET LOCAL jit = off")
        cursor.execute("SELECT (%s::date - interval '1 year')::date", [as_of])
        since = cursor.fetchone()[0]
        cursor.execute("DELETE FROM servicing_tierrollup")
        cursor.execute(_REFRESH, {"as_of": as_of, "since": since, "now": timezone.now()})
        firm_figures.refresh(as_of=as_of)
        adding_up.refresh(as_of=as_of)
        TierRollup.objects.update(took_ms=round(1000 * (time.monotonic() - began)))


def refresh_when_due() -> bool:
    """Refreshes unless the figures are younger than a minute for each second that they took."""
    row = TierRollup.objects.filter(as_of=firm_today()).values("refreshed_at", "took_ms").first()
    if row and timezone.now() - row["refreshed_at"] < REST * dt.timedelta(milliseconds=row["took_ms"]):
        return False
    refresh()
    return True
