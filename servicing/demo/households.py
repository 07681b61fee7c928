"""The demo firm's households stored as clients with their tags, members and teams."""

from __future__ import annotations

STORE_CLIENTS = """
INSERT INTO clients_client (
    external_id, name, status, client_since, complexity_driver_id, attention_constraint_id, persona_id,
    income_structure_id, permission, assets_under_management, investable_assets, expected_years,
    potential_revenue, growth_potential, alignment, email, phone, created_at
)
SELECT external_id, name, status, since,
       CASE WHEN tagged AND pg_temp.chance(i, 'complexity?') < 0.85 THEN (%(complexity_drivers)s::bigint[])
           [pg_temp.pick(pg_temp.chance(i, 'complexity'), '{0.3,0.55,0.75}')] END,
       CASE WHEN tagged AND pg_temp.chance(i, 'attention?') < 0.85 THEN (%(attention_constraints)s::bigint[])
           [pg_temp.pick(pg_temp.chance(i, 'attention'), '{0.4,0.65,0.82}')] END,
       CASE WHEN pg_temp.chance(i, 'persona?') < 0.88 THEN (%(personas)s::bigint[])
           [pg_temp.pick(pg_temp.chance(i, 'persona'), '{0.22,0.44,0.64}')] END,
       CASE WHEN pg_temp.chance(i, 'income?') < 0.9 THEN (%(income_structures)s::bigint[])
           [CASE WHEN couple AND pg_temp.chance(i, 'income') < 0.7 THEN 2 ELSE 1 END] END,
       permission,
       assets,
       -- the firm manages from a third to nearly all of what a household has
       CASE WHEN pg_temp.chance(i, 'wallet?') < 0.7 THEN
           round((assets / (0.35 + 0.63 * pg_temp.chance(i, 'wallet')))::numeric, -3) END,
       CASE WHEN pg_temp.chance(i, 'years?') < 0.8 THEN 5 + floor(26 * pg_temp.chance(i, 'years'))::int END,
       CASE WHEN pg_temp.chance(i, 'potential?') < 0.88 THEN
           round((coalesce(yearly, 4000)
                  * exp(0.1 + 0.45 * pg_temp.normal(i, 'potential')))::numeric, -2) END,
       CASE WHEN pg_temp.chance(i, 'growth?') < 0.92 THEN
           pg_temp.pick(pg_temp.chance(i, 'growth'), '{0.14,0.42,0.72,0.91}') END,
       CASE WHEN pg_temp.chance(i, 'alignment?') < 0.9 THEN
           pg_temp.pick(pg_temp.chance(i, 'alignment'), '{0.05,0.2,0.55,0.85}') END,
       CASE WHEN pg_temp.chance(i, 'email?') < 0.9 THEN lower(given || '.' || family) || i || '@example.com'
            ELSE '' END,
       CASE WHEN pg_temp.chance(i, 'phone?') < 0.85 THEN
           '(' || 201 + floor(700 * pg_temp.chance(i, 'area'))::int || ') 555-01'
               || lpad(floor(100 * pg_temp.chance(i, 'phone'))::int::text, 2, '0')
            ELSE '' END,
       now()
FROM demo_household
CROSS JOIN LATERAL (
    SELECT round((yearly / (0.0105 * power(yearly / 3000, -0.1))
                  * (0.85 + 0.3 * pg_temp.chance(i, 'assets')))::numeric, -2) AS assets
) managed
WHERE i BETWEEN %(first)s AND %(last)s ORDER BY i
"""

# From here on a household has its client's id; the planner knows how many there are.
KNOW_IDS = """
CREATE TEMPORARY TABLE demo_client ON COMMIT DROP AS
SELECT h.*, c.id AS client_id,
       (%(lead)s::bigint[])[advisor] AS lead_id,
       CASE WHEN pg_temp.chance(i, 'associate?') < 0.92
            THEN (%(associate)s::bigint[])[1 + mod(advisor, cardinality(%(associate)s::bigint[]))] END
           AS associate_id,
       CASE WHEN standing > 0.5
            THEN (%(planner)s::bigint[])[1 + mod(advisor, cardinality(%(planner)s::bigint[]))] END
           AS planner_id,
       (%(service)s::bigint[])[1 + mod(advisor, cardinality(%(service)s::bigint[]))] AS service_id
FROM demo_household h JOIN clients_client c ON c.external_id = h.external_id;
CREATE INDEX ON demo_client (i);
ANALYZE demo_client;
"""

STORE_BEHAVIORAL_TAGS = """
INSERT INTO clients_behavioraltag (client_id, trigger_id)
SELECT client_id, trigger_id FROM (
    SELECT client_id, (%(behavioral_triggers)s::bigint[])
               [pg_temp.pick(pg_temp.chance(i, 'behavior'), '{0.35,0.55,0.75}')] AS trigger_id
    FROM demo_client
    WHERE permission = 'granted' AND tagged AND pg_temp.chance(i, 'behavior?') < 0.8
      AND i BETWEEN %(first)s AND %(last)s
) tags WHERE trigger_id IS NOT NULL
"""

STORE_MEMBERS = """
WITH adults AS (
    SELECT *, 11500 + floor(17000 * pg_temp.chance(i, 'age'))::int AS adult_age
    FROM demo_client WHERE i BETWEEN %(first)s AND %(last)s
)
INSERT INTO clients_member (client_id, name, relation, birth_date, email, phone, external_id)
SELECT client_id, name, relation, %(as_of)s::date - age_in_days, '', '', ''
FROM (
    SELECT i, client_id, 1 AS place, given || ' ' || family AS name, '' AS relation, adult_age AS age_in_days
    FROM adults
    UNION ALL
    SELECT i, client_id, 2, partner_given || ' ' || partner_family, 'partner',
           adult_age + floor(2400 * (pg_temp.chance(i, 'age gap') - 0.5))::int
    FROM adults WHERE couple
    UNION ALL
    SELECT i, client_id, 2 + child,
           (%(given)s::text[])[1 + floor(%(givens)s * pg_temp.chance(i * 8 + child, 'child name'))::int]
               || ' ' || family, 'child', greatest(200, adult_age - 11300 - 1100 * child)
    FROM adults, generate_series(1, 3) child
    WHERE couple AND adult_age < 22000 AND child <= floor(4 * pg_temp.chance(i, 'children'))
) household_people
ORDER BY i, place
"""
STORE_TEAMS = """
INSERT INTO clients_teammember (client_id, role_id, user_id)
SELECT client_id, (%(roles)s::bigint[])[who], user_id
FROM demo_client
CROSS JOIN LATERAL (
    VALUES (1, lead_id), (2, associate_id), (3, planner_id), (4, service_id)
) team (who, user_id)
WHERE user_id IS NOT NULL AND i BETWEEN %(first)s AND %(last)s
"""

VOCABULARY = {
    "complexity_drivers": (
        "ComplexityDriver",
        ["concentration_risk", "variable_income", "debt_structure", "multi_entity_taxes"],
    ),
    "behavioral_triggers": (
        "BehavioralTrigger",
        ["volatility_fear", "status_pressure", "spending_guilt", "avoidance"],
    ),
    "attention_constraints": (
        "AttentionConstraint",
        ["time_poverty", "cognitive_load", "travel_schedule", "decision_fatigue"],
    ),
    "personas": ("Persona", ["physician", "tech_equity", "business_owner", "general"]),
    "income_structures": ("IncomeStructure", ["solo_earner", "dual_income"]),
    "roles": ("ServiceRole", ["lead_advisor", "associate", "planner", "client_service"]),
}
