"""Everybody's fee by the schedule of their tier, beside what was billed in the twelve months up to a date.

The same fee as `computing.yearly_fee`, for all clients in one statement; only rows that differ are written.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from tiers.models import FeeRefresh, FeeStanding

_LOCK = 7_305_007  # of whoever compares, until its transaction ends

# The schedule of each tier at the date, and the end of each of its brackets.
_IN_FORCE = """
    schedule AS (
        SELECT DISTINCT ON (tier_id) id, tier_id, method, minimum, tolerance
        FROM tiers_feeschedule WHERE effective_on <= %(as_of)s ORDER BY tier_id, effective_on DESC
    ), bracket AS (
        SELECT b.schedule_id, b.starts_at, b.percent,
            lead(b.starts_at) OVER (PARTITION BY b.schedule_id ORDER BY b.starts_at) AS ends_at
        FROM tiers_feebracket b JOIN schedule ON schedule.id = b.schedule_id
    )"""
_FEE = """
    CASE WHEN c.assets_under_management IS NULL OR schedule.id IS NULL THEN NULL ELSE greatest(
        schedule.minimum, round((
            SELECT CASE schedule.method
                WHEN 'whole' THEN c.assets_under_management
                    * (array_agg(b.percent ORDER BY b.starts_at DESC))[1]
                ELSE sum((least(c.assets_under_management, b.ends_at) - b.starts_at) * b.percent)
            END
            FROM bracket b
            WHERE b.schedule_id = schedule.id
                AND (b.starts_at < c.assets_under_management OR b.starts_at = 0
                    OR schedule.method = 'whole' AND b.starts_at = c.assets_under_management)
        ) / 100, 2)
    ) END"""
_COMPARED = f"""
    WITH {_IN_FORCE}, billed AS (
        SELECT client_id, sum(amount) AS amount, min(date) AS first_on
        FROM clients_revenue
        WHERE date > (%(as_of)s::date - interval '1 year')::date AND date <= %(as_of)s {{only_client_id}}
        GROUP BY client_id
    ), compared AS (
        SELECT c.id AS client_id, s.tier_id, c.assets_under_management AS assets, {_FEE} AS fee,
            coalesce(billed.amount, 0) AS billed, schedule.id IS NOT NULL AS scheduled, schedule.tolerance,
            -- bills that began within the window, with none before it, are not those of a year
            billed.first_on > (%(as_of)s::date - interval '11 months')::date AND NOT EXISTS (
                SELECT FROM clients_revenue before WHERE before.client_id = c.id
                AND before.date <= (%(as_of)s::date - interval '1 year')::date
            ) AS young
        FROM clients_client c
        JOIN clients_clientsummary s ON s.client_id = c.id AND s.tier_id IS NOT NULL
        LEFT JOIN schedule ON schedule.tier_id = s.tier_id
        LEFT JOIN billed ON billed.client_id = c.id
        WHERE c.status = 'active' {{only_id}}
    )
    SELECT client_id, tier_id, assets, fee, billed, billed - fee AS difference,
        CASE
            WHEN NOT scheduled THEN 'unscheduled'
            WHEN fee IS NULL THEN 'unknown'
            WHEN young THEN 'young'
            WHEN abs(billed - fee) <= fee * tolerance / 100 THEN 'within'
            WHEN billed < fee THEN 'below'
            ELSE 'above'
        END AS standing
    FROM compared"""  # noqa: S608  (texts of this module alone)
_ALL = _COMPARED.format(only_client_id="", only_id="")
_ONE = _COMPARED.format(only_client_id="AND client_id = %(client)s", only_id="AND c.id = %(client)s")

_KEEP = """
INSERT INTO tiers_feecomparison AS kept
    (client_id, tier_id, assets, fee, billed, difference, standing)
SELECT client_id, tier_id, assets, fee, billed, difference, standing FROM fees_compared
ON CONFLICT (client_id) DO UPDATE SET
    (tier_id, assets, fee, billed, difference, standing) = (excluded.tier_id, excluded.assets,
    excluded.fee, excluded.billed, excluded.difference, excluded.standing)
WHERE (kept.tier_id, kept.assets, kept.fee, kept.billed, kept.difference, kept.standing)
    IS DISTINCT FROM (excluded.tier_id, excluded.assets, excluded.fee, excluded.billed,
    excluded.difference, excluded.standing)"""
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
        cursor.execute("SET LOCAL jit = off")
        cursor.execute("SET LOCAL work_mem = '64MB'")
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
