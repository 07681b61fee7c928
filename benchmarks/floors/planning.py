"""Planning as plain SQL: one statement for a first plan, one for finding nothing to do, a few for a change.

Dates follow the same rules in their plainest form (the interval from the base, spread where there is none or
it is past, at some place of each one's share, so that small groups do
not crowd at its start; no weekends); the rows read and written are those of the planner, but for a few.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection

PROMISED = """
promise AS (
    SELECT a.client_id, i.kind_id, i.id AS item_id, a.tier_id, a.serviced_from, i.interval_months,
           i.lead_days, i.window_before_days, i.window_after_days,
           i.duration_minutes + i.preparation_minutes AS minutes, i.role_id,
           i.channel, i.automated, i.allowed_months, coalesce(h.user_id, l.user_id) AS person_id
    FROM tiers_tierassignment a
    JOIN clients_client c ON c.id = a.client_id AND c.status = 'active'
    JOIN servicing_servicestandard s ON s.tier_id = a.tier_id
    JOIN servicing_serviceitem i ON i.standard_id = s.id AND i.ended_on IS NULL
    LEFT JOIN clients_teammember h ON h.client_id = a.client_id AND h.role_id = i.role_id
    LEFT JOIN clients_teammember l ON l.client_id = a.client_id
        AND l.role_id = (SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')
    WHERE a.ends_on IS NULL {narrow_assignments}
), base AS (
    SELECT t.client_id, f.service_kind_id AS kind_id, max(t.occurred_on) AS on_day
    FROM clients_touch t JOIN servicing_fulfilmentrule f ON f.touch_kind_id = t.kind_id
    WHERE t.outcome = 'reached' AND t.occurred_on <= %(day)s {narrow_touches}
    GROUP BY t.client_id, f.service_kind_id
), raw AS (
    SELECT p.*, b.on_day AS base_on, coalesce(
        (b.on_day + make_interval(months => p.interval_months))::date,
        p.serviced_from + 1 + floor(
            30.4 * p.interval_months * (row_number() OVER w - mod(p.client_id * 7919, 100) / 100.0)
                / count(*) OVER (PARTITION BY p.person_id, p.item_id, b.on_day IS NULL)
        )::int) AS raw_on
    FROM promise p LEFT JOIN base b ON b.client_id = p.client_id AND b.kind_id = p.kind_id
    WINDOW w AS (PARTITION BY p.person_id, p.item_id, b.on_day IS NULL ORDER BY p.client_id)
), timed AS (
    SELECT r.*, CASE WHEN raw_on >= %(day)s THEN raw_on ELSE %(day)s::date + 1
        + floor(
            least(90, 30 * interval_months) * (row_number() OVER w - mod(client_id * 7919, 100) / 100.0)
                / count(*) OVER (PARTITION BY raw_on < %(day)s, person_id, kind_id)
        )::int END AS wish_on
    FROM raw r WINDOW w AS (PARTITION BY raw_on < %(day)s, person_id, kind_id ORDER BY raw_on, client_id)
), nearest AS (
    SELECT t.*, make_date(
        extract(year FROM wish_on)::int + (extract(month FROM wish_on) > allowed_months[1])::int,
        allowed_months[1], 1 + mod(client_id, 28)::int) AS next_on
    FROM timed t
), fitted AS (
    SELECT n.*, CASE
        WHEN cardinality(allowed_months) = 0 OR extract(month FROM wish_on) = ANY(allowed_months) THEN wish_on
        WHEN extract(month FROM %(day)s::date) = ANY(allowed_months) AND wish_on - %(day)s < next_on - wish_on
            THEN %(day)s::date + 1 + mod(client_id, 5)::int
        ELSE next_on END AS fit_on
    FROM nearest n
), dated AS MATERIALIZED (
    SELECT *, fit_on + CASE extract(isodow FROM fit_on) WHEN 6 THEN 2 WHEN 7 THEN 1 ELSE 0 END AS due_on
    FROM fitted
)
"""
CLOCKS = """
clocks AS (
    INSERT INTO servicing_serviceclock (client_id, kind_id, item_id, terms, started_on, anchor_on, base_on,
                                        due_on, create_on)
    SELECT client_id, kind_id, item_id, 0, serviced_from, due_on, base_on, due_on, due_on - lead_days
    FROM dated
    {upsert}
)
"""
TASKS = """
tasks AS (
    INSERT INTO servicing_servicetask (
        client_id, tier_id, item_id, kind_id, title, status, due_on, window_start, window_end, base_on,
        role_id, assigned_to_id, reassigned, channel, planned_minutes, automated, snooze_reason, attempts,
        outcome, closed_reason, source, source_id, created_at
    )
    SELECT client_id, tier_id, item_id, kind_id, '', 'planned', due_on, due_on - window_before_days,
           due_on + window_after_days, base_on, role_id, person_id, false, channel, minutes, automated, '', 0,
           '', '', '', '', now()
    FROM dated d
    WHERE due_on - lead_days <= %(day)s AND NOT EXISTS (
        SELECT FROM dated review
        WHERE review.client_id = d.client_id AND review.kind_id = %(review)s AND d.kind_id = %(check_in)s
            AND review.due_on - review.lead_days <= %(day)s
            AND review.due_on <= d.due_on + d.window_after_days
    ) {only_new}
    RETURNING client_id, due_on, window_end
)
"""
SUMMARIES = """
UPDATE clients_clientsummary s
SET next_due_on = coalesce(t.due_on, n.due_on), late_after = t.window_end, open_tasks = coalesce(t.number, 0)
FROM (SELECT client_id, min(due_on) AS due_on FROM dated GROUP BY client_id) n
LEFT JOIN (SELECT client_id, min(due_on) AS due_on, min(window_end) AS window_end, count(*) AS number
           FROM {open} GROUP BY client_id) t USING (client_id)
WHERE s.client_id = n.client_id
"""

FIRST = f"WITH {PROMISED}, {CLOCKS}, {TASKS}".format(
    narrow_assignments="", narrow_touches="", upsert="", only_new=""
) + SUMMARIES.format(open="tasks")

# Promises whose day has come, without an open task of their kind or one beside it that covers it.
AGAIN = """
SELECT count(*)
FROM tiers_tierassignment a
JOIN clients_client c ON c.id = a.client_id AND c.status = 'active'
JOIN servicing_servicestandard s ON s.tier_id = a.tier_id
JOIN servicing_serviceitem i ON i.standard_id = s.id AND i.ended_on IS NULL
LEFT JOIN servicing_serviceclock k ON k.client_id = a.client_id AND k.kind_id = i.kind_id
WHERE a.ends_on IS NULL AND (k.id IS NULL OR k.item_id <> i.id OR k.create_on <= %(day)s AND NOT EXISTS (
    SELECT FROM servicing_servicetask t
    WHERE t.client_id = a.client_id AND t.item_id IS NOT NULL AND t.status IN ('planned', 'scheduled')
        AND (t.kind_id = i.kind_id OR t.kind_id = %(review)s AND i.kind_id = %(check_in)s)
))
"""

CHANGED = """
CREATE TEMPORARY TABLE floor_changed ON COMMIT DROP AS
WITH taken AS (DELETE FROM clients_change WHERE kind = 'service' RETURNING client_id)
SELECT DISTINCT client_id FROM taken
"""
OF_CHANGED = "AND {}.client_id IN (SELECT client_id FROM floor_changed)"
UNPROMISED = """
UPDATE servicing_servicetask t SET status = 'cancelled', closed_reason = 'tier', closed_at = now()
FROM floor_changed f
JOIN tiers_tierassignment a ON a.client_id = f.client_id AND a.ends_on IS NULL
WHERE t.client_id = f.client_id AND t.item_id IS NOT NULL AND t.status IN ('planned', 'scheduled')
    AND NOT EXISTS (
        SELECT FROM servicing_serviceitem i JOIN servicing_servicestandard s ON s.id = i.standard_id
        WHERE s.tier_id = a.tier_id AND i.kind_id = t.kind_id AND i.ended_on IS NULL
    )
"""
MOVED = """
moved AS (
    UPDATE servicing_servicetask t
    SET item_id = d.item_id, tier_id = d.tier_id, role_id = d.role_id, channel = d.channel,
        due_on = d.due_on, planned_minutes = d.minutes, automated = d.automated, assigned_to_id = d.person_id,
        base_on = d.base_on, window_start = d.due_on - window_before_days,
        window_end = d.due_on + window_after_days
    FROM dated d
    WHERE t.client_id = d.client_id AND t.kind_id = d.kind_id AND t.item_id <> d.item_id
        AND t.status IN ('planned', 'scheduled')
    RETURNING t.client_id, t.due_on, t.window_end
)
"""
REPLAN = (
    f"WITH {PROMISED}, {CLOCKS}, {MOVED}, {TASKS}, "
    "open_now AS (SELECT * FROM tasks UNION ALL SELECT * FROM moved) "
).format(
    narrow_assignments=OF_CHANGED.format("a"),
    narrow_touches=OF_CHANGED.format("t"),
    upsert="ON CONFLICT (client_id, kind_id) DO UPDATE SET item_id = excluded.item_id, "
    "base_on = excluded.base_on, due_on = excluded.due_on, create_on = excluded.create_on",
    only_new="""AND NOT EXISTS (
        SELECT FROM servicing_servicetask t WHERE t.client_id = d.client_id AND t.kind_id = d.kind_id
            AND t.item_id IS NOT NULL AND t.status IN ('planned', 'scheduled'))""",
) + SUMMARIES.format(open="open_now")
# A case with its stage and its task for each client whose tier fell.
CASES = """
WITH fell AS (
    SELECT a.client_id, a.id, a.tier_id AS to_tier_id, old.tier_id AS from_tier_id, a.run_id, lead.user_id
    FROM floor_changed f
    JOIN tiers_tierassignment a ON a.client_id = f.client_id AND a.ends_on IS NULL AND a.source <> 'first'
    JOIN tiers_tierassignment old ON old.client_id = a.client_id AND old.ends_on = a.starts_on
    JOIN clients_tier now ON now.id = a.tier_id
    JOIN clients_tier was ON was.id = old.tier_id AND was.position < now.position
    LEFT JOIN clients_teammember lead ON lead.client_id = a.client_id
        AND lead.role_id = (SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')
), opened AS (
    INSERT INTO servicing_transition (
        client_id, from_tier_id, to_tier_id, assignment_id, run_id, reason, reason_text, opened_on, owner_id,
        touched, until, route, step, number, due_on, referred_to, digital_service, consent_by, consent_how,
        outcome, outcome_text, created_at
    )
    SELECT client_id, from_tier_id, to_tier_id, id, run_id, 'tier', '', %(day)s, user_id, false, %(day)s, '',
        'decide', 1, %(day)s::date + 14, '', '', '', '', '', '', now()
    FROM fell
    RETURNING id, client_id, to_tier_id, owner_id, due_on
), stages AS (
    INSERT INTO servicing_transitionstage (case_id, number, route, step, began_on, due_on, done)
    SELECT id, 1, '', 'decide', %(day)s, due_on, false FROM opened
)
INSERT INTO servicing_servicetask (
    client_id, tier_id, title, status, due_on, window_start, window_end, assigned_to_id, reassigned, channel,
    planned_minutes, automated, snooze_reason, attempts, outcome, closed_reason, source, source_id, created_at
)
SELECT client_id, to_tier_id, 'Transition', 'planned', due_on, %(day)s, due_on, owner_id, true, '', 15, false,
    '', 0, '', '', 'transition', id || '-1', now()
FROM opened
"""

# What the tags of these clients change about their open tasks, in its plainest form.
TAILORED = """
WITH has AS (
    SELECT c.id AS client_id, m.*
    FROM floor_changed f
    JOIN clients_client c ON c.id = f.client_id
    LEFT JOIN clients_behavioraltag b ON b.client_id = c.id AND c.permission = 'granted'
    JOIN servicing_taskmodifier m ON m.retired_at IS NULL AND (
        m.complexity_driver_id = c.complexity_driver_id OR m.behavioral_trigger_id = b.trigger_id
        OR m.attention_constraint_id = c.attention_constraint_id OR m.persona_id = c.persona_id
        OR m.income_structure_id = c.income_structure_id)
), tailored AS (
    SELECT t.id AS task_id, t.client_id,
        CASE WHEN bool_or(m.behavioral_trigger_id IS NOT NULL) THEN t.client_id END AS tag_id,
        max(m.channel) AS channel, min(m.most_minutes) AS minutes, max(m.time_of_day) AS time_of_day,
        t.window_start - max(m.booking_days) AS booking_from, array_agg(m.id ORDER BY m."order") AS modifiers
    FROM has m
    JOIN servicing_servicetask t ON t.client_id = m.client_id AND t.item_id IS NOT NULL
        AND t.status IN ('planned', 'scheduled') AND NOT t.automated
        AND t.channel IN ('in_person', 'video', 'phone')
    JOIN servicing_serviceitem i ON i.id = t.item_id
    WHERE m.prepare <> '' OR m.time_of_day <> '' OR m.booking_days IS NOT NULL OR m.follow_up_days IS NOT NULL
        OR m.most_minutes < i.duration_minutes OR m.length_percent <> 100
    GROUP BY t.id
), gone AS (
    DELETE FROM servicing_tasktailoring old USING floor_changed f
    WHERE old.client_id = f.client_id AND NOT EXISTS (SELECT FROM tailored n WHERE n.task_id = old.task_id)
)
INSERT INTO servicing_tasktailoring AS old
    (task_id, client_id, tag_id, channel, minutes, time_of_day, booking_from, modifiers)
SELECT task_id, client_id, tag_id, channel, minutes, time_of_day, booking_from, modifiers FROM tailored
ON CONFLICT (task_id) DO UPDATE
    SET channel = excluded.channel, minutes = excluded.minutes, modifiers = excluded.modifiers
    WHERE old.modifiers <> excluded.modifiers
"""


def _run(*statements: str, day: dt.date) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, id FROM servicing_servicekind")
        kinds = dict(cursor.fetchall())
        values = {"day": day, "review": kinds["review_meeting"], "check_in": kinds["check_in"]}
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '128MB'")
        for statement in statements:
            cursor.execute(statement, values)


def first(day: dt.date) -> None:
    """Clocks, due tasks and summaries of all clients, none of whom has any."""
    _run("DELETE FROM clients_change WHERE kind = 'service'", FIRST, day=day)


def again(day: dt.date) -> None:
    """Looks for something to do, and finds nothing."""
    _run(AGAIN, day=day)


def changed(day: dt.date) -> None:
    """Plans anew for the clients with change rows, opens cases where a tier fell, and tailors tasks."""
    _run(CHANGED, "ANALYZE floor_changed", UNPROMISED, CASES, REPLAN, TAILORED, day=day)
