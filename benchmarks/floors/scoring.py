"""Scoring and applying as plain SQL: the shipped policy's factors written out, one statement each."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from tiers.models import Policy

# Revenue, profitability and engagement of the last year, six percentiles, score, the tiers by their limits,
# the run and an explanation for each client. Nobody is pinned and no margin keeps anybody, as in the firm
# that is measured.
SCORE = """
WITH rate AS (
    SELECT array_agg(coalesce(r.hourly_cost * 100, 0)::int8 ORDER BY n) AS cents
    FROM generate_series(1, (SELECT max(id) FROM clients_servicerole)) n
    LEFT JOIN clients_servicerole r ON r.id = n
), kind AS (
    SELECT array_agg(coalesce(k.engagement_weight, 0)::float8 ORDER BY n) AS weight
    FROM generate_series(1, (SELECT max(id) FROM clients_touchkind)) n
    LEFT JOIN clients_touchkind k ON k.id = n
), fading AS (
    SELECT array_agg(power(0.5, age / 180.0::float8) ORDER BY age) AS after_days
    FROM generate_series(0, 366) age
), revenue AS (
    SELECT client_id, sum(amount) AS amount FROM clients_revenue
    WHERE date > (%(as_of)s::date - interval '1 year')::date AND date <= %(as_of)s GROUP BY client_id
), touches AS (
    SELECT client_id, sum(minutes * ((SELECT cents FROM rate))[role_id]) / 6000.0 AS cost,
           sum(CASE WHEN outcome = 'reached' THEN ((SELECT weight FROM kind))[kind_id]
               * ((SELECT after_days FROM fading))[%(as_of)s - occurred_on + 1] END) AS points
    FROM clients_touch
    WHERE occurred_on > (%(as_of)s::date - interval '1 year')::date AND occurred_on <= %(as_of)s
    GROUP BY client_id
), facts AS MATERIALIZED (
    SELECT c.id, c.external_id, coalesce(r.amount, CASE WHEN (
               SELECT true FROM clients_revenue ever WHERE ever.client_id = c.id LIMIT 1) THEN 0 END
           ) AS revenue,
           coalesce(t.cost, 0) AS cost, coalesce(round(t.points::numeric, 9), 0) AS engagement,
           c.potential_revenue AS potential, c.growth_potential AS growth, c.alignment
    FROM clients_client c
    LEFT JOIN revenue r ON r.client_id = c.id LEFT JOIN touches t ON t.client_id = c.id
    WHERE c.status = 'active'
), known AS (
    SELECT count(revenue) AS n1, count(potential) AS n2, count(revenue - cost) AS n3, count(engagement) AS n4,
           count(growth) AS n5, count(alignment) AS n6, sum(revenue) AS total
    FROM facts
), ranked AS (
    SELECT f.*,
           CASE WHEN revenue IS NOT NULL THEN
               50 * (rank() OVER a + count(*) OVER a - 2)::float8 / (n1 - 1) END AS p1,
           CASE WHEN potential IS NOT NULL THEN
               50 * (rank() OVER b + count(*) OVER b - 2)::float8 / (n2 - 1) END AS p2,
           CASE WHEN revenue IS NOT NULL THEN
               50 * (rank() OVER c + count(*) OVER c - 2)::float8 / (n3 - 1) END AS p3,
           50 * (rank() OVER d + count(*) OVER d - 2)::float8 / (n4 - 1) AS p4,
           CASE WHEN growth IS NOT NULL THEN
               50 * (rank() OVER e + count(*) OVER e - 2)::float8 / (n5 - 1) END AS p5,
           CASE WHEN alignment IS NOT NULL THEN
               50 * (rank() OVER g + count(*) OVER g - 2)::float8 / (n6 - 1) END AS p6,
           (CASE WHEN revenue IS NULL THEN 0 ELSE 55 END + CASE WHEN potential IS NULL THEN 0 ELSE 10 END + 15
            + CASE WHEN growth IS NULL THEN 0 ELSE 10 END
            + CASE WHEN alignment IS NULL THEN 0 ELSE 10 END) AS weight,
           known.total
    FROM facts f, known
    WINDOW a AS (ORDER BY revenue), b AS (ORDER BY potential), c AS (ORDER BY revenue - cost),
           d AS (ORDER BY engagement), e AS (ORDER BY growth), g AS (ORDER BY alignment)
), scored AS MATERIALIZED (
    SELECT *, CASE WHEN weight >= 50 THEN round(((30 * coalesce(p1, 0) + 10 * coalesce(p2, 0)
        + 25 * coalesce(p3, 0) + 15 * p4 + 10 * coalesce(p5, 0) + 10 * coalesce(p6, 0)) / weight)::numeric, 2)
        END AS score
    FROM ranked
), first_tier AS MATERIALIZED (
    SELECT id FROM (
        SELECT id, total, row_number() OVER s AS place, coalesce(sum(revenue) OVER (
            s ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS ahead
        FROM scored WHERE score IS NOT NULL
        WINDOW s AS (ORDER BY score DESC, revenue DESC NULLS LAST, external_id)
    ) o WHERE place <= %(most_a)s AND ahead < 0.6 * total
), second_tier AS MATERIALIZED (
    SELECT id FROM scored WHERE score IS NOT NULL AND growth >= 4 AND id NOT IN (SELECT id FROM first_tier)
    ORDER BY growth DESC, score DESC, revenue DESC NULLS LAST, external_id LIMIT %(most_b)s
), run AS (
    INSERT INTO tiers_scoringrun (policy_id, as_of, status, factors, weights, clients, scored, insufficient,
                                  total_revenue, warnings, tiers, moves, automatic, created_at)
    SELECT %(policy)s, %(as_of)s, 'proposed',
           ARRAY['revenue', 'potential', 'profitability', 'engagement', 'growth', 'alignment'],
           ARRAY[30, 10, 25, 15, 10, 10], count(*), count(score), count(*) - count(score), max(total), '[]',
           '[]', '[]', false, now()
    FROM scored RETURNING id
), explained AS (
    INSERT INTO tiers_explanation (run_id, client_id, score, completeness, current_tier_id, proposed_tier_id,
                                   moves, rule, "values", percentiles, contributions)
    SELECT run.id, s.id, s.score, weight / 100.0, a.tier_id, proposed.tier_id,
           proposed.tier_id IS DISTINCT FROM a.tier_id, proposed.rule,
           ARRAY[revenue, potential, revenue - cost, engagement, growth, alignment]::numeric(30, 9)[],
           ARRAY[p1, p2, p3, p4, p5, p6],
           CASE WHEN s.score IS NOT NULL THEN ARRAY[30 * p1 / weight, 10 * p2 / weight, 25 * p3 / weight,
               15 * p4 / weight, 10 * p5 / weight, 10 * p6 / weight] ELSE ARRAY[NULL::float8] END
    FROM scored s
    CROSS JOIN run
    LEFT JOIN first_tier ON first_tier.id = s.id
    LEFT JOIN second_tier ON second_tier.id = s.id
    LEFT JOIN tiers_tierassignment a ON a.client_id = s.id AND a.ends_on IS NULL
    CROSS JOIN LATERAL (SELECT
        CASE WHEN first_tier.id IS NOT NULL THEN %(a)s WHEN second_tier.id IS NOT NULL THEN %(b)s
             WHEN s.score IS NOT NULL THEN %(c)s ELSE a.tier_id END AS tier_id,
        CASE WHEN first_tier.id IS NOT NULL THEN 'score' WHEN second_tier.id IS NOT NULL THEN 'growth'
             WHEN s.score IS NOT NULL THEN 'rest' ELSE 'insufficient data' END AS rule) proposed
    RETURNING client_id, score
)
UPDATE clients_clientscore s SET score = e.score, scored_on = %(as_of)s
FROM explained e
WHERE e.client_id = s.client_id AND (s.score, s.scored_on) IS DISTINCT FROM (e.score, %(as_of)s)
"""

CLOSE = """
UPDATE tiers_tierassignment a SET ends_on = %(as_of)s
FROM tiers_explanation e
WHERE e.run_id = %(run)s AND e.moves AND a.client_id = e.client_id AND a.ends_on IS NULL
"""
OPEN = """
WITH opened AS (
    INSERT INTO tiers_tierassignment (client_id, tier_id, score, starts_on, serviced_from, source, run_id,
                                      created_at)
    SELECT client_id, proposed_tier_id, score, %(as_of)s, %(as_of)s, 'run', %(run)s, now()
    FROM tiers_explanation WHERE run_id = %(run)s AND moves AND proposed_tier_id IS NOT NULL
    RETURNING client_id, tier_id
)
UPDATE clients_clientsummary s SET tier_id = o.tier_id, tier_position = t.position
FROM opened o JOIN clients_tier t ON t.id = o.tier_id WHERE s.client_id = o.client_id
"""


def score(policy: Policy, as_of: dt.date) -> None:
    """Scores every active client and stores a proposed run with its explanations."""
    rules = {rule.tier.code: rule for rule in policy.rules.select_related("tier")}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '128MB'")
        cursor.execute(
            SCORE,
            {
                "as_of": as_of,
                "policy": policy.pk,
                "most_a": rules["A"].max_clients,
                "most_b": rules["B"].max_clients,
                **{code.lower(): rule.tier_id for code, rule in rules.items()},
            },
        )


def apply(run_id: int, as_of: dt.date) -> None:
    """Starts the tiers that a run proposes where they differ; the audit triggers write its history."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(CLOSE, {"run": run_id, "as_of": as_of})
        cursor.execute(OPEN, {"run": run_id, "as_of": as_of})
        cursor.execute(
            "UPDATE tiers_scoringrun SET status = 'applied', applied_at = now() WHERE id = %s", [run_id]
        )
