"""Simulating as plain SQL: two policies weighed from a snapshot of facts, their tiers, and who moves."""

from __future__ import annotations

from django.db import connection

from tiers.models import FactSnapshot, Policy, Simulation

# Scores of both policies from the percentiles at hand, the tiers of both by their limits, the moves with the
# strongest change of a contribution, and how many go from where to where. Nobody is pinned.
SIMULATE = """
WITH weighed AS MATERIALIZED (
    SELECT
        f.client_id, f.external_id, f."values"[1] AS revenue, f."values"[5] AS growth,
        a.tier_id AS old_id, p1, p2, p3, p4, p5, p6,
        CASE WHEN weight >= 50 THEN round(((30 * coalesce(p1, 0) + 10 * coalesce(p2, 0)
            + 25 * coalesce(p3, 0) + 15 * p4 + 10 * coalesce(p5, 0) + 10 * coalesce(p6, 0))
            / weight)::numeric, 2) END AS published_score,
        CASE WHEN draft_weight >= %(draft_total)s / 2.0 THEN round(((30 * coalesce(p1, 0)
            + 10 * coalesce(p2, 0) + 25 * coalesce(p3, 0) + 15 * p4 + %(growth)s * coalesce(p5, 0)
            + 10 * coalesce(p6, 0)) / draft_weight)::numeric, 2) END AS score,
        weight, draft_weight
    FROM tiers_clientfacts f
    CROSS JOIN LATERAL (SELECT percentiles[1] AS p1, percentiles[2] AS p2, percentiles[3] AS p3,
        percentiles[4] AS p4, percentiles[5] AS p5, percentiles[6] AS p6) p
    CROSS JOIN LATERAL (SELECT
        (CASE WHEN p1 IS NULL THEN 0 ELSE 55 END + CASE WHEN p2 IS NULL THEN 0 ELSE 10 END + 15
            + CASE WHEN p5 IS NULL THEN 0 ELSE 10 END + CASE WHEN p6 IS NULL THEN 0 ELSE 10 END) AS weight,
        (CASE WHEN p1 IS NULL THEN 0 ELSE 55 END + CASE WHEN p2 IS NULL THEN 0 ELSE 10 END + 15
            + CASE WHEN p5 IS NULL THEN 0 ELSE %(growth)s END
            + CASE WHEN p6 IS NULL THEN 0 ELSE 10 END) AS draft_weight) w
    LEFT JOIN tiers_tierassignment a ON a.client_id = f.client_id AND a.ends_on IS NULL
    WHERE f.snapshot_id = %(snapshot)s
), total AS (
    SELECT sum(revenue) AS revenue FROM weighed
), draft_first AS MATERIALIZED (
    SELECT client_id FROM (
        SELECT client_id, row_number() OVER s AS place, coalesce(sum(revenue) OVER (
            s ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS ahead
        FROM weighed WHERE score IS NOT NULL
        WINDOW s AS (ORDER BY score DESC, revenue DESC NULLS LAST, external_id)
    ) o WHERE place <= %(most_a)s AND ahead < 0.6 * (SELECT revenue FROM total)
), draft_second AS MATERIALIZED (
    SELECT client_id FROM weighed
    WHERE score IS NOT NULL AND growth >= 4 AND client_id NOT IN (SELECT client_id FROM draft_first)
    ORDER BY growth DESC, score DESC, revenue DESC NULLS LAST, external_id LIMIT %(most_b)s
), published_first AS MATERIALIZED (
    SELECT client_id FROM (
        SELECT client_id, row_number() OVER s AS place, coalesce(sum(revenue) OVER (
            s ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS ahead
        FROM weighed WHERE published_score IS NOT NULL
        WINDOW s AS (ORDER BY published_score DESC, revenue DESC NULLS LAST, external_id)
    ) o WHERE place <= %(most_a)s AND ahead < 0.6 * (SELECT revenue FROM total)
), published_second AS MATERIALIZED (
    SELECT client_id FROM weighed
    WHERE published_score IS NOT NULL AND growth >= 4
        AND client_id NOT IN (SELECT client_id FROM published_first)
    ORDER BY growth DESC, published_score DESC, revenue DESC NULLS LAST, external_id LIMIT %(most_b)s
), placed AS MATERIALIZED (
    SELECT w.*,
        CASE WHEN a.client_id IS NOT NULL THEN %(a)s WHEN b.client_id IS NOT NULL THEN %(b)s
             WHEN score IS NOT NULL THEN %(c)s ELSE old_id END AS new_id,
        CASE WHEN pa.client_id IS NOT NULL THEN %(a)s WHEN pb.client_id IS NOT NULL THEN %(b)s
             WHEN published_score IS NOT NULL THEN %(c)s ELSE old_id END AS published_id
    FROM weighed w
    LEFT JOIN draft_first a ON a.client_id = w.client_id
    LEFT JOIN draft_second b ON b.client_id = w.client_id
    LEFT JOIN published_first pa ON pa.client_id = w.client_id
    LEFT JOIN published_second pb ON pb.client_id = w.client_id
), moved AS (
    INSERT INTO tiers_simulatedmove (simulation_id, client_id, old_tier_id, new_tier_id, published_tier_id,
                                     score, rule, factors, changes)
    SELECT %(simulation)s, client_id, old_id, new_id, published_id, score, 'score', ARRAY[change.factor],
           ARRAY[change.points]
    FROM placed
    CROSS JOIN LATERAL (
        SELECT factor, points FROM (VALUES
            ('revenue', 30 * p1 / draft_weight - 30 * p1 / weight),
            ('potential', 10 * p2 / draft_weight - 10 * p2 / weight),
            ('profitability', 25 * p3 / draft_weight - 25 * p3 / weight),
            ('engagement', 15 * p4 / draft_weight - 15 * p4 / weight),
            ('growth', %(growth)s * p5 / draft_weight - 10 * p5 / weight),
            ('alignment', 10 * p6 / draft_weight - 10 * p6 / weight)
        ) c (factor, points) ORDER BY abs(points) DESC NULLS LAST LIMIT 1
    ) change
    WHERE new_id IS DISTINCT FROM old_id OR new_id IS DISTINCT FROM published_id
), by_advisor AS (
    SELECT lead.user_id, count(*), count(*) FILTER (WHERE new_id IS DISTINCT FROM old_id)
    FROM placed LEFT JOIN clients_teammember lead ON lead.client_id = placed.client_id
        AND lead.role_id = (SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')
    GROUP BY lead.user_id
), curve AS (
    SELECT sum(revenue) OVER (ORDER BY revenue DESC NULLS LAST, client_id) AS running FROM placed
)
SELECT (SELECT count(*) FROM by_advisor), (SELECT max(running) FROM curve),
    (SELECT count(*) FROM (SELECT old_id, new_id, published_id, count(*), sum(revenue) FROM placed
     GROUP BY 1, 2, 3) cells)
"""


def simulate(draft: Policy, taken: FactSnapshot, simulation: Simulation, growth: int) -> None:
    """What a draft that differs from the shipped policy by the weight of growth would do."""
    rules = {rule.tier.code: rule for rule in draft.rules.select_related("tier")}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '128MB'")
        cursor.execute("DELETE FROM tiers_simulatedmove WHERE simulation_id = %s", [simulation.pk])
        cursor.execute(
            SIMULATE,
            {
                "snapshot": taken.pk,
                "simulation": simulation.pk,
                "growth": growth,
                "draft_total": 90 + growth,
                "most_a": rules["A"].max_clients,
                "most_b": rules["B"].max_clients,
                **{code.lower(): rule.tier_id for code, rule in rules.items()},
            },
        )
        cursor.fetchall()
