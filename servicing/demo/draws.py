"""Chance for the demo firm, and its households drawn from it into a temporary table by one statement.

Chance is a hash of the seed, of what is drawn and of the household's number. So a household is the same in
every database, whatever ids it gets there.
"""

from __future__ import annotations

# chance: a number in [0, 1). normal: a draw from the standard normal distribution (Box-Muller).
# pick: 1 + the number of limits that a number has reached: a choice among so many plus one.
FUNCTIONS = """
CREATE FUNCTION pg_temp.chance(i bigint, what text) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
    SELECT ((hashint8extended(i, hashtextextended(what, %(seed)s)) >> 11) & 9007199254740991)::float8
           / 9007199254740992
$$;
CREATE FUNCTION pg_temp.normal(i bigint, what text) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
    SELECT sqrt(-2 * ln(1 - pg_temp.chance(i, what)))
           * cos(2 * pi() * pg_temp.chance(i, what || ' angle'))
$$;
CREATE FUNCTION pg_temp.pick(chance float8, limits float8[]) RETURNS int LANGUAGE sql IMMUTABLE AS $$
    SELECT 1 + width_bucket(chance, limits)
$$;
"""
DROP_FUNCTIONS = """
DROP FUNCTION pg_temp.pick(float8, float8[]);
DROP FUNCTION pg_temp.normal(bigint, text);
DROP FUNCTION pg_temp.chance(bigint, text);
"""

# Revenue a year: a lognormal body and, for six in a hundred, a Pareto tail (benchmarks call it skewed).
# standing: roughly the share of households that bring less, from 0 to 1; it decides who is seen how often.
DRAW_HOUSEHOLDS = """
CREATE TEMPORARY TABLE demo_household ON COMMIT DROP AS
WITH people AS (
    SELECT i, chance_couple < 0.62 AS couple, chance_couple < 0.40 AS one_name,
           (%(family)s::text[])[1 + origin * %(family_each)s + family] AS family,
           (%(family)s::text[])[1 + partner_origin * %(family_each)s + partner_family] AS partner_family,
           (%(given)s::text[])[1 + origin * %(given_each)s + given] AS given,
           (%(given)s::text[])[1 + partner_origin * %(given_each)s + partner_given] AS partner_given
    FROM (
        SELECT i, origin, chance_couple, family, given,
               mod(family + 1 + floor((%(family_each)s - 1) * pg_temp.chance(i, 'partner family'))::int,
                   %(family_each)s) AS partner_family,
               CASE WHEN pg_temp.chance(i, 'mixed couple') < 0.35
                    THEN floor(%(origins)s * pg_temp.chance(i, 'partner origin'))::int
                    ELSE origin END AS partner_origin,
               mod(given + 1 + floor((%(given_each)s - 1) * pg_temp.chance(i, 'partner given'))::int,
                   %(given_each)s) AS partner_given
        FROM (
            SELECT i, pg_temp.chance(i, 'couple') AS chance_couple,
                   floor(%(origins)s * pg_temp.chance(i, 'origin'))::int AS origin,
                   floor(%(family_each)s * pg_temp.chance(i, 'family'))::int AS family,
                   floor(%(given_each)s * pg_temp.chance(i, 'given'))::int AS given
            FROM generate_series(1::bigint, %(clients)s) i
        ) first_person
    ) both_people
), named AS (
    SELECT *, CASE WHEN NOT couple THEN given || ' ' || family
                   WHEN one_name THEN family || ' household'
                   ELSE family || ' & ' || partner_family END AS short_name
    FROM people
), money AS (
    SELECT i,
           CASE WHEN pg_temp.chance(i, 'tail') < 0.06
                THEN least(16000 * power(1 - pg_temp.chance(i, 'tail size'), -1 / 1.5), 450000)
                ELSE 3100 * exp(0.95 * pg_temp.normal(i, 'revenue')) END AS yearly,
           CASE WHEN pg_temp.chance(i, 'tail') < 0.06
                THEN 0.9 + 0.1 * pg_temp.chance(i, 'tail size')
                ELSE 0.94 / (1 + exp(-1.702 * pg_temp.normal(i, 'revenue'))) END AS standing
    FROM generate_series(1::bigint, %(clients)s) i
), facts AS (
    SELECT i, yearly, standing,
           (ARRAY['active', 'prospect', 'paused', 'former'])
               [pg_temp.pick(pg_temp.chance(i, 'status'), '{0.91,0.94,0.97}')] AS status,
           (ARRAY['granted', 'not_asked', 'asked', 'declined', 'withdrawn'])
               [pg_temp.pick(pg_temp.chance(i, 'permission'), '{0.46,0.76,0.84,0.95}')] AS permission,
           %(as_of)s::date - 40 - floor(9000 * power(pg_temp.chance(i, 'since'), 1.6))::int AS since,
           pg_temp.chance(i, 'tagged') < 0.82 AS tagged,
           pg_temp.chance(i, 'unpaid') < 0.03 AS unpaid
    FROM money
)
SELECT i, 'HP-' || lpad(i::text, 7, '0') AS external_id,
       CASE WHEN row_number() OVER (PARTITION BY short_name ORDER BY i) = 1 THEN short_name
            WHEN NOT couple THEN given || ' ' || chr(65 + mod(i, 26)::int) || '. ' || family
            WHEN one_name THEN given || ' & ' || partner_given || ' ' || family
            ELSE given || ' ' || family || ' & ' || partner_given || ' ' || partner_family END AS name,
       couple, one_name, family, CASE WHEN one_name THEN family ELSE partner_family END AS partner_family,
       given, partner_given, status, permission, tagged, standing,
       CASE WHEN status <> 'prospect' THEN since END AS since,
       CASE WHEN status <> 'prospect' AND NOT unpaid THEN yearly END AS yearly,
       CASE WHEN status = 'former' THEN %(as_of)s::date - 20 - floor(330 * pg_temp.chance(i, 'left'))::int
       END AS left_on,
       CASE WHEN pg_temp.chance(i, 'teamless') < 0.01 THEN NULL
            ELSE 1 + mod(hashint8extended(i, %(seed)s + 1) & 1048575, %(advisors)s) END AS advisor
FROM named JOIN facts USING (i)
"""
