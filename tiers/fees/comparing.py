"""Everybody's fee by the schedule of their tier, beside what was billed in the twelve months up to a date.

The same fee as `computing.yearly_fee`, for all clients in one statement; only rows that differ are written.
What was billed stands beside what was due for those twelve months: where the tier that a client was served
by, or its schedule, changed in them, each fee counts for its days (`computing.due_for`).
"""

# ruff: noqa: S608  (texts of this module alone)

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from clients.whole_firm import give_room
from tiers.models import FeeRefresh, FeeStanding

_LOCK = 7_305_007  # of whoever compares, until its transaction ends

# The schedules that were in force on some day of the twelve months, each with its first and last of those
# days; `now` are those in force at the date. The end of each of their brackets.
_SINCE = "(%(as_of)s::date - interval '1 year')::date"
_IN_FORCE = f"""
    period AS (
        SELECT * FROM (
            SELECT id, tier_id, method, minimum, tolerance, greatest(effective_on, {_SINCE} + 1) AS first_on,
                coalesce(lead(effective_on) OVER tiers - 1, %(as_of)s::date) AS last_on,
                row_number() OVER (PARTITION BY tier_id ORDER BY effective_on DESC) = 1 AS now
            FROM tiers_feeschedule WHERE effective_on <= %(as_of)s
            WINDOW tiers AS (PARTITION BY tier_id ORDER BY effective_on)
        ) each WHERE last_on >= first_on
    ), schedule AS (
        SELECT * FROM period WHERE now
    ), bracket AS (
        SELECT b.schedule_id, b.starts_at, b.percent,
            lead(b.starts_at) OVER (PARTITION BY b.schedule_id ORDER BY b.starts_at) AS ends_at
        FROM tiers_feebracket b JOIN period ON period.id = b.schedule_id
    )"""
_FEE = """
    CASE WHEN {assets} IS NULL OR {of}.id IS NULL THEN NULL ELSE greatest(
        {of}.minimum, round((
            SELECT CASE {of}.method
                WHEN 'whole' THEN {assets} * (array_agg(b.percent ORDER BY b.starts_at DESC))[1]
                ELSE sum((least({assets}, b.ends_at) - b.starts_at) * b.percent)
            END
            FROM bracket b
            WHERE b.schedule_id = {of}.id
                AND (b.starts_at < {assets} OR b.starts_at = 0
                    OR {of}.method = 'whole' AND b.starts_at = {assets})
        ) / 100, 2)
    ) END"""
# Who was served by which tier from when to when, within the twelve months.
_SERVED = f"""
    served AS (
        SELECT * FROM (
            SELECT client_id, tier_id, greatest(serviced_from, {_SINCE} + 1) AS first_on,
                coalesce(lead(serviced_from) OVER (PARTITION BY client_id ORDER BY serviced_from, id) - 1,
                    %(as_of)s::date) AS last_on
            FROM tiers_tierassignment
            WHERE serviced_from <= %(as_of)s AND (ends_on IS NULL OR ends_on > serviced_from)
                {{only_client_id}}
        ) each WHERE last_on >= first_on
    )"""
# What is due for the twelve months where the tier or its schedule changed in them: each fee of a year for the
# part of the days on which it counted. Days without a tier or a schedule are taken as the others.
_DUE = f"""
    due AS (
        SELECT client_id, round(sum(fee * days) / sum(days), 2) AS amount
        FROM (
            SELECT served.client_id, {_FEE.format(of="period", assets="c.assets_under_management")} AS fee,
                least(served.last_on, period.last_on) - greatest(served.first_on, period.first_on) + 1 AS days
            FROM served
            JOIN period ON period.tier_id = served.tier_id AND period.first_on <= served.last_on
                AND period.last_on >= served.first_on
            JOIN clients_client c ON c.id = served.client_id AND c.assets_under_management IS NOT NULL
            JOIN clients_clientsummary s ON s.client_id = served.client_id
            -- one schedule of the client's own tier all along: what is due is its fee
            WHERE NOT (served.first_on = {_SINCE} + 1 AND served.last_on = %(as_of)s AND period.now
                AND period.first_on = {_SINCE} + 1 AND served.tier_id = s.tier_id)
        ) part GROUP BY client_id
    )"""
_COMPARED = f"""
    WITH {_IN_FORCE}, {_SERVED}, {_DUE}, billed AS (
        SELECT client_id, sum(amount) AS amount, min(date) AS first_on
        FROM clients_revenue
        WHERE date > {_SINCE} AND date <= %(as_of)s {{only_client_id}}
        GROUP BY client_id
    ), compared AS MATERIALIZED (  -- each fee is worked out once, however often it is used below
        SELECT c.id AS client_id, s.tier_id, c.assets_under_management AS assets,
            {_FEE.format(of="schedule", assets="c.assets_under_management")} AS fee, due.amount AS due,
            coalesce(billed.amount, 0) AS billed, schedule.id IS NOT NULL AS scheduled, schedule.tolerance,
            -- bills that began within the window, with none before it, are not those of a year
            billed.first_on > (%(as_of)s::date - interval '11 months')::date AND NOT EXISTS (
                SELECT FROM clients_revenue before WHERE before.client_id = c.id AND before.date <= {_SINCE}
            ) AS young
        FROM clients_client c
        JOIN clients_clientsummary s ON s.client_id = c.id AND s.tier_id IS NOT NULL
        LEFT JOIN schedule ON schedule.tier_id = s.tier_id
        LEFT JOIN due ON due.client_id = c.id
        LEFT JOIN billed ON billed.client_id = c.id
        WHERE c.status = 'active' {{only_id}}
    )
    SELECT client_id, tier_id, assets, fee, expected, billed, billed - expected AS difference,
        CASE
            WHEN NOT scheduled THEN 'unscheduled'
            WHEN fee IS NULL THEN 'unknown'
            WHEN young THEN 'young'
            WHEN abs(billed - expected) <= expected * tolerance / 100 THEN 'within'
            WHEN billed < expected THEN 'below'
            ELSE 'above'
        END AS standing
    FROM compared CROSS JOIN LATERAL (
        SELECT CASE WHEN fee IS NOT NULL THEN coalesce(due, fee) END AS expected
    ) of_year"""
_ALL = _COMPARED.format(only_client_id="", only_id="")
_ONE = _COMPARED.format(only_client_id="AND client_id = %(client)s", only_id="AND c.id = %(client)s")

_KEPT = ("tier_id", "assets", "fee", "expected", "billed", "difference", "standing")
_NAMES, _KEPT_NOW, _NEW = (
    ", ".join(f"{of}{name}" for name in _KEPT) for of in ("", "kept.", "excluded.")
)  # fmt: skip
_KEEP = f"""
INSERT INTO tiers_feecomparison AS kept (client_id, {_NAMES})
SELECT client_id, {_NAMES} FROM fees_compared
ON CONFLICT (client_id) DO UPDATE SET ({_NAMES}) = ({_NEW})
WHERE ({_KEPT_NOW}) IS DISTINCT FROM ({_NEW})"""
_FORGET = """
DELETE FROM tiers_feecomparison kept
WHERE NOT EXISTS (SELECT FROM fees_compared now WHERE now.client_id = kept.client_id)"""
_SUMS = """
SELECT tier.code, standing, count(*), coalesce(sum(difference), 0), coalesce(sum(fee), 0), sum(billed)
FROM fees_compared JOIN clients_tier tier ON tier.id = tier_id
GROUP BY tier.code, tier.position, standing ORDER BY tier.position, standing"""


def compare_all(*, as_of: dt.date) -> int:
    """Compares every active client who has a tier; returns how many. Two at once: one after the other."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        give_room()
        cursor.execute("DROP TABLE IF EXISTS pg_temp.fees_compared")
        cursor.execute(f"CREATE TEMP TABLE fees_compared ON COMMIT DROP AS {_ALL}", {"as_of": as_of})
        cursor.execute("ANALYZE fees_compared (client_id)")
        cursor.execute(_KEEP)
        cursor.execute(_FORGET)
        cursor.execute(_SUMS)
        sums = [
            {
                "tier": tier,
                "standing": standing,
                "clients": clients,
                "difference": str(difference),
                "fee": str(fee),
                "billed": str(billed),
            }
            for tier, standing, clients, difference, fee, billed in cursor.fetchall()
        ]
        made = {"as_of": as_of, "made_at": timezone.now(), "sums": sums}
        FeeRefresh.objects.update_or_create(pk=1, defaults=made)
    return sum(row["clients"] for row in sums)


def fee_of(client: int, as_of: dt.date) -> dict[str, Any] | None:
    """The same for one client, as things are now; None for one without a tier or no longer active."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE, {"as_of": as_of, "client": client})
        row = cursor.fetchone()
        names = [column.name for column in cursor.description]
    if row is None:
        return None
    found = dict(zip(names, row, strict=True))
    return found | {"label": FeeStanding(found["standing"]).label}
