"""Adds up promise and delivery by month, tier, service and person, in one statement for the firm."""

# ruff: noqa: S608  (constants of this module)
from __future__ import annotations

import datetime as dt
import time

from django.db import connection, transaction
from django.utils import timezone

from clients.firm import firm_today
from clients.whole_firm import give_room
from servicing.delivery import creep
from servicing.delivery.promised import STATES, Became
from servicing.models import Beyond, DeliveryRefresh
from servicing.planning.session import Session

LOCK = 7_305_011  # any number that nothing else in this database uses
REST = 60  # a refresh is due again after so many times what the last one took
YEARS = 2  # whole years before the running one that figures go back

STATES_KEPT = tuple(state.value for state in Became)
WAYS_KEPT = tuple(way.value for way in Beyond)
NUMBERS = (*STATES_KEPT, *(f"{way}{part}" for way in WAYS_KEPT for part in ("", "_minutes", "_cost")))
_KEYS = ("scope", "month", "person_id", "leads", "tier_id", "kind_id")

_SUMS = ", ".join(f"sum({name}) AS {name}" for name in NUMBERS)
_TASK_COUNTS = ", ".join(f"(state = '{state}')::int AS {state}" for state in STATES_KEPT)
_NO_COUNTS = ", ".join(f"0 AS {state}" for state in STATES_KEPT)
_WAY_SUMS = ", ".join(
    f"(what = '{way}')::int AS {way}, CASE WHEN what = '{way}' THEN minutes ELSE 0 END AS {way}_minutes, "
    f"CASE WHEN what = '{way}' THEN cost ELSE 0 END AS {way}_cost"
    for way in WAYS_KEPT
)
_NO_WAYS = ", ".join(f"0 AS {way}, 0 AS {way}_minutes, 0::numeric AS {way}_cost" for way in WAYS_KEPT)

# Each promised task once, in the month in which it is due; each row beyond the standard in that in which it
# happened. A client counts for everybody on its team, and as led for its lead advisor, or for nobody.
_ADD_UP = f"""
CREATE TEMP TABLE delivery_figures ON COMMIT DROP AS
WITH facts AS MATERIALIZED (
    SELECT client_id, date_trunc('month', due_on)::date AS month, tier_id, kind_id, {_TASK_COUNTS}, {_NO_WAYS}
    FROM (
        SELECT t.client_id, t.due_on, t.tier_id, t.kind_id, {STATES} AS state
        FROM servicing_servicetask t
        WHERE t.item_id IS NOT NULL AND t.due_on >= %(since)s
    ) task
    UNION ALL
    SELECT client_id, date_trunc('month', "on")::date, tier_id, kind_id, {_NO_COUNTS}, {_WAY_SUMS}
    FROM servicing_beyondstandard WHERE "on" >= %(since)s
), people AS (
    SELECT client_id, user_id AS person_id,
        bool_or(role_id = (SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')) AS leads
    FROM clients_teammember GROUP BY client_id, user_id
    UNION ALL
    SELECT c.id, NULL, true FROM clients_client c
    WHERE NOT EXISTS (
        SELECT 1 FROM clients_teammember m
        WHERE m.client_id = c.id
            AND m.role_id = (SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')
    )
), of_team AS MATERIALIZED (
    SELECT month, person_id, leads, tier_id, kind_id, {_SUMS}
    FROM facts JOIN people USING (client_id)
    GROUP BY month, person_id, leads, tier_id, kind_id
)
SELECT 'firm' AS scope, month, NULL::bigint AS person_id, false AS leads, tier_id, kind_id, {_SUMS}
FROM facts GROUP BY month, tier_id, kind_id
UNION ALL
SELECT 'team', month, person_id, leads, tier_id, kind_id, {", ".join(NUMBERS)} FROM of_team
UNION ALL
SELECT 'lead', month, person_id, true, NULL, NULL, {_SUMS} FROM of_team WHERE leads GROUP BY month, person_id
"""

_SAME = """old.scope = new.scope AND old.month = new.month AND old.leads = new.leads
    AND coalesce(old.person_id, 0) = coalesce(new.person_id, 0)
    AND coalesce(old.tier_id, 0) = coalesce(new.tier_id, 0)
    AND coalesce(old.kind_id, 0) = coalesce(new.kind_id, 0)"""
_FORGET = f"""
DELETE FROM servicing_deliveryrollup WHERE id IN (
    SELECT old.id FROM servicing_deliveryrollup old LEFT JOIN delivery_figures new ON {_SAME}
    WHERE new.scope IS NULL OR ({", ".join(f"old.{name}" for name in NUMBERS)})
        IS DISTINCT FROM ({", ".join(f"new.{name}" for name in NUMBERS)})
)"""
_STORE = f"""
INSERT INTO servicing_deliveryrollup ({", ".join((*_KEYS, *NUMBERS))})
SELECT {", ".join(f"new.{name}" for name in (*_KEYS, *NUMBERS))}
FROM delivery_figures new LEFT JOIN servicing_deliveryrollup old ON {_SAME}
WHERE old.id IS NULL"""


def first_month(as_of: dt.date) -> dt.date:
    """The month from which figures are kept."""
    return dt.date(as_of.year - YEARS, 1, 1)


def refresh(*, as_of: dt.date | None = None) -> None:
    """Brings the figures in line with `as_of` (default: today); a second refresh waits for the first."""
    as_of = as_of or firm_today()
    since, began = first_month(as_of), time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        give_room()
        creep.refresh(since=since, as_of=as_of)
        cursor.execute("DROP TABLE IF EXISTS delivery_figures")
        cursor.execute(_ADD_UP, {"since": since, "as_of": as_of})
        cursor.execute("ANALYZE delivery_figures")
        cursor.execute(_FORGET)
        cursor.execute(_STORE)
        written = cursor.rowcount
        Session(day=as_of, moment=timezone.now()).refresh_statistics("servicing_deliveryrollup", written)
        DeliveryRefresh.objects.update_or_create(
            pk=1,
            defaults={
                "as_of": as_of,
                "first_month": since,
                "refreshed_at": timezone.now(),
                "took_ms": round(1000 * (time.monotonic() - began)),
            },
        )


def refresh_when_due() -> bool:
    """Refreshes unless the figures are of today and younger than a minute for each second that they took."""
    last = DeliveryRefresh.objects.filter(as_of=firm_today()).first()
    if last and timezone.now() - last.refreshed_at < REST * dt.timedelta(milliseconds=last.took_ms):
        return False
    refresh()
    return True
