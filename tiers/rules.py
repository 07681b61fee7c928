"""The tier rules: who sits in which tier, in the policy's order.

Works on the temporary table `tiers_scoring` of `tiers.scoring` and fills `tiers_seat`, one row for each
client that has a seat; scored clients left over belong to the last tier. A rule costs one to four
statements, whatever the number of clients.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from tiers.models import Policy, RankKey, TierRule

OVERRIDE = "override"
INSUFFICIENT = "insufficient data"
KEPT = "kept by margin"
REST = "rest"

# What a page says of the rule that placed a client. Other codes are rank keys.
RULE_LABELS = {
    OVERRIDE: _("pinned by a person"),
    INSUFFICIENT: _("not enough data"),
    KEPT: _("kept by the stability margin"),
    REST: _("the remaining clients"),
    RankKey.SCORE: _("by score"),
    RankKey.REVENUE: _("by revenue"),
    RankKey.POTENTIAL: _("by revenue potential"),
    RankKey.PROFITABILITY: _("by profitability"),
    RankKey.ENGAGEMENT: _("by engagement"),
    RankKey.GROWTH: _("by growth potential"),
    RankKey.ALIGNMENT: _("by alignment"),
    RankKey.SHARE_OF_WALLET: _("by share of wallet"),
    RankKey.REFERRALS: _("by referrals"),
    RankKey.TENURE: _("by tenure"),
    RankKey.LIFETIME_VALUE: _("by lifetime value"),
    RankKey.ASSETS: _("by assets under management"),
}

_PINNED = """
CREATE TEMPORARY TABLE tiers_seat ON COMMIT DROP AS
SELECT client_id, override_tier_id AS tier_id, 'override'::varchar(40) AS rule
FROM tiers_scoring WHERE override_tier_id IS NOT NULL"""

# Scored clients without a seat that meet the tier's minimum. An incumbent is in this tier or a higher one.
_CANDIDATES = """
    SELECT
        s.client_id, s.external_id, s.score, s.revenue, {key} AS rank_key,
        s.current_tier_id IS NOT NULL
            AND (s.current_tier_id = %(tier)s OR s.current_position < %(position)s) AS incumbent
    FROM tiers_scoring s
    WHERE s.score IS NOT NULL {minimum}
        AND NOT EXISTS (SELECT FROM tiers_seat taken WHERE taken.client_id = s.client_id)"""

# Candidates in order sit down while fewer than the limit are seated and the revenue of those seated is below
# the share of the whole; the first who fails either ends the tier.
_FILL = """
WITH seated AS (
    SELECT count(*) AS clients, coalesce(sum(s.revenue), 0) AS revenue
    FROM tiers_seat seat JOIN tiers_scoring s ON s.client_id = seat.client_id
    WHERE seat.tier_id = %(tier)s
), candidate AS ({candidates}
), in_order AS (
    SELECT
        client_id,
        row_number() OVER ranks - 1 AS ahead,
        coalesce(sum(revenue) OVER (ranks ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
            AS revenue_ahead
    FROM candidate
    WINDOW ranks AS (
        ORDER BY rank_key DESC NULLS LAST, {incumbents_first} score DESC, revenue DESC NULLS LAST, external_id
    )
    ORDER BY ahead
    LIMIT %(max_clients)s
), refused AS (
    SELECT min(ahead) AS first
    FROM in_order, seated
    WHERE seated.clients + ahead >= %(max_clients)s
        OR seated.revenue + revenue_ahead >= %(revenue_limit)s
)
INSERT INTO tiers_seat
SELECT client_id, %(tier)s, %(rule)s
FROM in_order, refused
WHERE refused.first IS NULL OR ahead < refused.first"""

# Incumbents at most the margin below the lowest score that was seated without it all keep their seat ...
_KEEP_INCUMBENTS = """
WITH cut AS (
    SELECT min(s.score) AS score
    FROM tiers_seat seat JOIN tiers_scoring s ON s.client_id = seat.client_id
    WHERE seat.tier_id = %(tier)s AND seat.rule <> 'override'
)
INSERT INTO tiers_seat
SELECT candidate.client_id, %(tier)s, 'kept by margin'
FROM ({candidates}) candidate, cut
WHERE candidate.incumbent AND candidate.score >= cut.score - %(margin)s"""

# ... and newcomers stand up to take what is left.
_NEWCOMERS_STAND_UP = """
DELETE FROM tiers_seat seat USING tiers_scoring s
WHERE s.client_id = seat.client_id AND seat.tier_id = %(tier)s AND seat.rule = %(rule)s
    AND NOT (s.current_tier_id IS NOT NULL
        AND (s.current_tier_id = %(tier)s OR s.current_position < %(position)s))"""


def fill_tiers(policy: Policy, total_revenue: Decimal, *, until: int | None = None) -> int:
    """Seats the clients of `tiers_scoring` in `tiers_seat`; returns the id of the tier that takes the rest.

    `total_revenue` is that of the whole population; a tier's share is a share of it. `until`: only the rules
    up to this position; they do not depend on those behind them.
    """
    *rules, last = policy.rules.select_related("tier").order_by("position")
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS tiers_seat")
        cursor.execute(_PINNED)
        cursor.execute("SELECT EXISTS (SELECT FROM tiers_scoring WHERE current_tier_id IS NOT NULL)")
        has_incumbents = cursor.fetchone()[0]
        for rule in rules:
            if until is not None and rule.position > until:
                break
            _fill(cursor, rule, total_revenue, policy.stability_margin, has_incumbents)
        cursor.execute("ANALYZE tiers_seat")
    return last.tier_id


def _fill(cursor: Any, rule: TierRule, total_revenue: Decimal, margin: Decimal, has_incumbents: bool) -> None:
    by_score = rule.rank_key == RankKey.SCORE
    candidates = _CANDIDATES.format(
        key=_column(rule.rank_key),
        minimum=f"AND {_column(rule.minimum_key)} >= %(minimum)s" if rule.minimum_key else "",
    )
    fill = _FILL.format(candidates=candidates, incumbents_first="" if by_score else "incumbent DESC,")
    parameters = {
        "tier": rule.tier_id,
        "position": rule.tier.position,
        "minimum": rule.minimum_value,
        "max_clients": rule.max_clients,
        "revenue_limit": None if rule.revenue_share is None else rule.revenue_share * total_revenue,
        "margin": margin,
        "rule": rule.rank_key,
    }
    cursor.execute(fill, parameters)
    if not (by_score and has_incumbents):
        return
    cursor.execute(_KEEP_INCUMBENTS.format(candidates=candidates), parameters)
    cursor.execute(_NEWCOMERS_STAND_UP, parameters)
    if cursor.rowcount:
        cursor.execute(fill, parameters)


def _column(key: str) -> str:
    return "s.score" if key == RankKey.SCORE else f"s.v_{key}"
