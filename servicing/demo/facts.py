"""The demo firm's revenue and touches: about twelve of each a client in the last year, fewer before."""

from __future__ import annotations

# Monthly fees; quarterly fees beside a monthly planning retainer; quarterly fees alone. Before the last
# year everybody was billed by the quarter. More is paid around the turn of the year, and fees grow slowly.
STORE_REVENUE = """
INSERT INTO clients_revenue (client_id, date, amount, source, source_id)
SELECT client_id, date,
       round((yearly * share * (1 + 0.12 * cos(2 * pi() * (extract(month FROM date)::float8 - 0.5) / 12))
              * (1 - growth * months_ago / 12)
              * (0.96 + 0.08 * pg_temp.chance(i * 64 + months_ago, source)))::numeric, 2),
       source, ''
FROM (
    SELECT i, client_id, yearly, since, left_on, months_ago, source, share,
           0.16 * pg_temp.chance(i, 'fee growth') - 0.04 AS growth,
           (%(as_of)s::date - make_interval(months => months_ago))::date - billing_day AS date
    FROM (
        SELECT i, client_id, yearly, since, left_on,
               pg_temp.pick(pg_temp.chance(i, 'billing'), '{0.4,0.95}') AS billing,
               floor(28 * pg_temp.chance(i, 'billing day'))::int AS billing_day,
               floor(3 * pg_temp.chance(i, 'billing month'))::int AS billing_month
        FROM demo_client
        WHERE yearly IS NOT NULL AND i BETWEEN %(first)s AND %(last)s OFFSET 0
    ) payers
    CROSS JOIN LATERAL (
        SELECT months_ago, 'advisory fee' AS source, 1.0 / 12 AS share
        FROM generate_series(0, 11) months_ago WHERE billing = 1
        UNION ALL
        SELECT months_ago, 'planning retainer', 0.45 / 12
        FROM generate_series(0, 11) months_ago WHERE billing = 2
        UNION ALL
        SELECT months_ago, 'advisory fee', CASE billing WHEN 2 THEN 0.55 ELSE 1 END / 4
        FROM generate_series(billing_month, billing_month + 9, 3) months_ago WHERE billing > 1
        UNION ALL
        SELECT months_ago, 'advisory fee', 1.0 / 4
        FROM generate_series(12 + billing_month, 21 + billing_month, 3) months_ago
    ) bills
    OFFSET 0
) billed
WHERE date >= since AND date <= coalesce(left_on, date)
UNION ALL
SELECT client_id, %(as_of)s::date - 15 - floor(300 * pg_temp.chance(i, 'clawback day'))::int,
       -round((yearly * (0.02 + 0.06 * pg_temp.chance(i, 'clawback')))::numeric, 2), 'fee correction', ''
FROM demo_client
WHERE yearly IS NOT NULL AND pg_temp.chance(i, 'clawback?') < 0.02 AND i BETWEEN %(first)s AND %(last)s
"""

# kind, role that does it, usual minutes, and its share (in hundredths) of the touches of households of high,
# middle and low standing
KINDS = [
    ("review_meeting", "lead_advisor", 90, 15, 13, 11),
    ("plan_review", "lead_advisor", 150, 4, 1, 0),
    ("tax_session", "planner", 80, 4, 1, 0),
    ("estate_session", "planner", 75, 4, 0, 0),
    ("meeting", "lead_advisor", 60, 8, 6, 2),
    ("call", "lead_advisor", 22, 20, 16, 9),
    ("digital_check_in", "associate", 12, 3, 12, 8),
    ("email_reply", "client_service", 10, 14, 14, 12),
    ("portal_login", "client_service", 0, 11, 14, 18),
    ("event", "lead_advisor", 90, 3, 2, 0),
    ("referral", "lead_advisor", 10, 2, 1, 0),
    ("automated_email", "client_service", 0, 3, 10, 28),
    ("email", "associate", 10, 4, 5, 6),
    ("text", "associate", 2, 2, 2, 2),
    ("voicemail", "associate", 3, 3, 3, 4),
]

# The kinds that the firm still has, numbered as they are drawn.
KIND_TABLE = """
CREATE TEMPORARY TABLE demo_kind ON COMMIT DROP AS
SELECT place, kind.id AS kind_id, kind.code, default_outcome, drawn ->> 'role' AS role,
       (drawn ->> 'minutes')::int AS minutes,
       (SELECT array_agg(note ORDER BY n)
        FROM jsonb_array_elements_text(nullif(drawn -> 'notes', 'null')) WITH ORDINALITY kept (note, n)
       ) AS notes
FROM jsonb_array_elements(%(kinds)s::jsonb) WITH ORDINALITY drawn (drawn, place)
JOIN clients_touchkind kind ON kind.code = drawn ->> 'code';
ANALYZE demo_kind;
"""

# Each household's touches are spread over the year, one in each of as many equal stretches as it has. Who
# brings more is seen more often, by more senior people and for longer. Portal sign-ins and automated e-mails
# are nobody's. (OFFSET 0: each draw is worked out once, not wherever it is used.)
STORE_TOUCHES = """
INSERT INTO clients_touch (
    client_id, occurred_at, occurred_on, kind_id, outcome, minutes, role_id, by_id, note, source, source_id
)
SELECT client_id, (worked_on + make_interval(mins => minute)) AT TIME ZONE %(time_zone)s, worked_on, kind_id,
       CASE WHEN code = 'call' AND pg_temp.chance(draw, 'answered') < 0.15 THEN 'attempted'
            ELSE default_outcome END,
       nullif(round(minutes * (CASE level WHEN 3 THEN 0.7 ELSE 1 END)
                    * (0.7 + 0.6 * pg_temp.chance(draw, 'minutes')))::int, 0),
       (%(roles)s::bigint[])[who],
       CASE WHEN notes IS NOT NULL THEN (ARRAY[lead_id, associate_id, planner_id, service_id])[who] END,
       CASE WHEN notes IS NULL OR pg_temp.chance(draw, 'note?') < 0.15 THEN ''
            ELSE notes[1 + floor(cardinality(notes) * pg_temp.chance(draw, 'note'))::int] END,
       '', ''
FROM (
    SELECT dated.*, k.kind_id, k.code, k.default_outcome, k.minutes, k.notes,
           day - greatest(extract(isodow FROM day)::int - 5, 0) AS worked_on,
           540 + mod(floor(480 * pg_temp.chance(i, 'time of day'))::int + dated.place * 53, 480) AS minute,
           CASE WHEN k.role = 'client_service' THEN 4
                WHEN k.role = 'planner' AND planner_id IS NOT NULL THEN 3
                WHEN (k.role = 'associate' OR level = 3) AND associate_id IS NOT NULL THEN 2
                ELSE 1 END AS who
    FROM (
        SELECT h.*, place, i * 64 + place AS draw,
               %(as_of)s::date - CASE
                   WHEN place <= recent
                   THEN 1 + floor((place - pg_temp.chance(i * 64 + place, 'day')) * 362 / recent)::int
                   ELSE 370 + floor((place - recent - pg_temp.chance(i * 64 + place, 'day'))
                                    * 360 / earlier)::int
               END AS day
        FROM (
            SELECT i, client_id, lead_id, associate_id, planner_id, service_id, since, left_on,
                   CASE WHEN standing > 0.9 THEN 1 WHEN standing > 0.6 THEN 2 ELSE 3 END AS level,
                   CASE status WHEN 'active' THEN
                       round((5.8 + 24 * standing * standing)
                             * (0.7 + 0.6 * pg_temp.chance(i, 'touches')))::int
                   ELSE 3 END AS recent,
                   2 + floor(4 * standing)::int AS earlier
            FROM demo_client WHERE i BETWEEN %(first)s AND %(last)s OFFSET 0
        ) h
        CROSS JOIN LATERAL generate_series(1, recent + earlier) place
        OFFSET 0
    ) dated
    JOIN demo_kind k ON k.place = pg_temp.pick(pg_temp.chance(draw, 'kind'), CASE level
        WHEN 1 THEN %(high)s::float8[] WHEN 2 THEN %(middle)s::float8[] ELSE %(low)s::float8[] END)
    OFFSET 0
) touch
WHERE worked_on >= coalesce(since - 30, %(as_of)s::date - 60) AND worked_on <= coalesce(left_on, worked_on)
"""

SUMMARIZE_LAST_TOUCHES = """
UPDATE clients_clientsummary s SET last_touch_on = t.last_on
FROM (SELECT client_id, max(occurred_on) AS last_on FROM clients_touch GROUP BY client_id) t
WHERE t.client_id = s.client_id AND s.last_touch_on IS DISTINCT FROM t.last_on
"""
