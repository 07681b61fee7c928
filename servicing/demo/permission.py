"""The demo firm's answers about permission, and the channels that its clients closed."""

from __future__ import annotations

# With the clients came answers of today: here are the days on which they would have been given. Who withdrew
# had said yes before, and something was erased.
STORE_ANSWERS = """
WITH told AS (
    DELETE FROM clients_permissionanswer a USING demo_client d
    WHERE a.client_id = d.client_id AND d.i BETWEEN %(first)s AND %(last)s
    RETURNING d.i, d.client_id, d.permission, d.lead_id
), days AS (
    SELECT told.*, %(as_of)s::date - 40 - floor(400 * pg_temp.chance(i, 'asked'))::int AS asked_on,
        (ARRAY['in_person', 'phone', 'email'])[1 + floor(3 * pg_temp.chance(i, 'how'))::int] AS how
    FROM told
), steps AS (
    SELECT i, 1 AS step, client_id, lead_id, 'asked' AS answer, asked_on AS "on", how FROM days
    UNION ALL
    SELECT i, 2, client_id, lead_id, CASE WHEN permission = 'withdrawn' THEN 'granted' ELSE permission END,
        asked_on + floor(15 * pg_temp.chance(i, 'answer'))::int, how
    FROM days WHERE permission <> 'asked'
    UNION ALL
    SELECT i, 3, client_id, lead_id, 'withdrawn',
        asked_on + 16 + floor(20 * pg_temp.chance(i, 'withdrawn'))::int, 'phone'
    FROM days WHERE permission = 'withdrawn'
), stored AS (
    INSERT INTO clients_permissionanswer (client_id, answer, "on", how, note, script, asked_by_id,
        recorded_by_id, recorded_at, source)
    SELECT client_id, answer, "on", how, '', '', lead_id, lead_id,
        ("on" + time '10:00') AT TIME ZONE %(time_zone)s, 'person'
    FROM steps ORDER BY i, step
)
INSERT INTO clients_erasure (client_id, answer, at, by_id, places, swept_at)
SELECT client_id, answer, moment, lead_id, '{"record": 1}', moment
FROM (SELECT *, ("on" + time '10:00') AT TIME ZONE %(time_zone)s AS moment FROM steps WHERE step = 3) ended
ORDER BY i
"""

# One household in fourteen does not want to be reached by one of the four ways.
STORE_OPT_OUTS = """
INSERT INTO clients_channeloptout (client_id, channel, address, since, how, note, recorded_by_id, recorded_at,
    lifted_how, lifted_note)
SELECT c.id, closed.channel, CASE closed.channel WHEN 'email' THEN lower(btrim(c.email)) WHEN 'post' THEN ''
        ELSE right(regexp_replace(c.phone, '[^0-9]', '', 'g'), 10) END,
    moment, closed.how, '', d.lead_id, moment, '', ''
FROM demo_client d
JOIN clients_client c ON c.id = d.client_id
CROSS JOIN LATERAL (
    SELECT (ARRAY['email', 'sms', 'phone', 'post'])[which] AS channel,
        (ARRAY['link', 'reply', 'in_person', 'letter'])[which] AS how,
        ((%(as_of)s::date - 5 - floor(300 * pg_temp.chance(i, 'closed on'))::int) + time '11:30')
            AT TIME ZONE %(time_zone)s AS moment
    FROM (SELECT 1 + floor(4 * pg_temp.chance(i, 'closed'))::int AS which) drawn
) closed
WHERE pg_temp.chance(i, 'closed?') < 0.07 AND i BETWEEN %(first)s AND %(last)s ORDER BY i
"""
