"""Service creep: what was given beyond the standard, as one statement for the firm.

Only clients that a tier with a standard serves on the day count, and only touches that reached the client. A
touch that closed a task is that task's delivery and nothing else. Four ways lead beyond the standard:

- **extra**: a touch that fulfils promised services and closed no task, given when the client had been given
  each of them as often in the calendar year as its tier promises (12 / interval; every two years: once in two
  calendar years; while waived: never). Whatever was given counts in that number, by task or without.
- **unpromised**: a touch that closed no task and fulfils services, none of which the tier promises.
- **overrun**: minutes of a touch above those planned for the tasks that it closed.
- **time**: minutes logged beside touches, above what the plan of the calendar year leaves: the planned
  minutes of its tasks (delivered, open, declined, unanswered), less what the touches that delivered them used
  of it. The first entries of a year use the plan up, the later ones are beyond it.

Each costs its minutes at the rate of its role.
"""

# ruff: noqa: S608  (constants of this module)
from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from django.db.models import Count, Sum

from servicing.models import BeyondStandard
from servicing.planning.session import OPEN

LARGEST = "task.item_id IS NULL, task.planned_minutes DESC, task.id"  # the task that stands for several

# Whether the service was given in the calendar year before.
BEFORE = """EXISTS (
    SELECT 1 FROM clients_touch earlier
    JOIN servicing_fulfilmentrule fulfils ON fulfils.touch_kind_id = earlier.kind_id
    WHERE earlier.client_id = free.client_id AND fulfils.service_kind_id = free.kind_id
        AND earlier.outcome = 'reached'
        AND earlier.occurred_on >= (date_trunc('year', free.occurred_on) - interval '1 year')::date
        AND earlier.occurred_on < date_trunc('year', free.occurred_on)::date
)"""

BEYOND = f"""
WITH served AS (
    -- the tier served from a day until the next one is, as planning reads it
    SELECT a.client_id, a.tier_id, a.serviced_from AS from_day,
        lead(a.serviced_from, 1, 'infinity') OVER (
            PARTITION BY a.client_id ORDER BY a.serviced_from, a.id
        ) AS until_day
    FROM tiers_tierassignment a
    WHERE (a.ends_on IS NULL OR a.ends_on > a.serviced_from)
), given AS (
    -- whatever was given of each service, numbered within the calendar year
    SELECT touch.id, touch.client_id, touch.occurred_on, touch.kind_id AS touch_kind_id,
        rule.service_kind_id AS kind_id,
        row_number() OVER (
            PARTITION BY touch.client_id, rule.service_kind_id, extract(year FROM touch.occurred_on)::int
            ORDER BY touch.occurred_on, touch.id
        ) AS place
    FROM clients_touch touch
    JOIN servicing_fulfilmentrule rule ON rule.touch_kind_id = touch.kind_id
    WHERE touch.outcome = 'reached' AND touch.occurred_on <= %(as_of)s
        AND touch.occurred_on >= %(since)s
), free AS MATERIALIZED (  -- apart, so that a wrong guess at the joins below never crosses all with all
    SELECT given.*, served.tier_id
    FROM given
    JOIN served ON served.client_id = given.client_id
        AND given.occurred_on >= served.from_day AND given.occurred_on < served.until_day
    WHERE NOT EXISTS (SELECT 1 FROM servicing_servicetask task WHERE task.touch_id = given.id)
), judged AS (
    SELECT free.id, free.client_id, free.occurred_on, free.tier_id, free.kind_id,
        item.id IS NOT NULL AS promised,
        CASE WHEN item.id IS NULL OR waiver.id IS NOT NULL THEN false
            WHEN coalesce(own.interval_months, item.interval_months) > 12
            THEN free.place = 1 AND NOT {BEFORE}
            ELSE free.place <= 12 / coalesce(own.interval_months, item.interval_months)
        END AS owed,
        (kind.code = touch_kind.code) AS namesake, kind.position
    FROM free
    JOIN servicing_servicekind kind ON kind.id = free.kind_id
    JOIN clients_touchkind touch_kind ON touch_kind.id = free.touch_kind_id
    JOIN servicing_servicestandard standard ON standard.tier_id = free.tier_id
    LEFT JOIN servicing_serviceitem item ON item.standard_id = standard.id AND item.kind_id = free.kind_id
        AND (item.starts_on IS NULL OR item.starts_on <= free.occurred_on)
        AND (item.ended_on IS NULL OR item.ended_on > free.occurred_on)
    LEFT JOIN servicing_cadenceoverride own ON own.client_id = free.client_id AND own.kind_id = free.kind_id
        AND own.starts_on <= free.occurred_on AND (own.ends_on IS NULL OR own.ends_on >= free.occurred_on)
    LEFT JOIN servicing_waiver waiver ON waiver.client_id = free.client_id AND waiver.kind_id = free.kind_id
        AND free.occurred_on BETWEEN waiver.starts_on AND waiver.ends_on
), besides AS (
    -- a touch for several services is beyond the standard where it was owed for none of them
    SELECT id, client_id, occurred_on AS on_day,
        CASE WHEN bool_or(promised) THEN 'extra' ELSE 'unpromised' END AS what, tier_id,
        (array_agg(kind_id ORDER BY promised DESC, namesake DESC, position, kind_id))[1] AS kind_id
    FROM judged
    GROUP BY id, client_id, occurred_on, tier_id
    HAVING NOT bool_or(owed)
), delivered AS (
    -- touches with the promised tasks that they closed: the largest stands for them
    SELECT touch.id, touch.client_id, touch.occurred_on AS on_day, coalesce(touch.minutes, 0) AS minutes,
        touch.role_id, sum(task.planned_minutes) AS planned,
        (array_agg(task.tier_id ORDER BY {LARGEST}))[1] AS tier_id,
        (array_agg(task.kind_id ORDER BY {LARGEST}))[1] AS kind_id
    FROM servicing_servicetask task
    JOIN clients_touch touch ON touch.id = task.touch_id
    WHERE task.status = 'done' AND touch.occurred_on >= %(since)s AND touch.occurred_on <= %(as_of)s
    GROUP BY touch.id
    HAVING bool_or(task.item_id IS NOT NULL)
), plan AS (
    SELECT client_id, year, sum(minutes) AS left_minutes FROM (
        SELECT client_id, extract(year FROM on_day)::int AS year, greatest(planned - minutes, 0) AS minutes
        FROM delivered
        UNION ALL
        SELECT client_id, extract(year FROM due_on)::int, planned_minutes
        FROM servicing_servicetask
        WHERE item_id IS NOT NULL AND due_on >= %(since)s
            AND ({OPEN} OR status IN ('declined', 'no_response'))
    ) parts
    GROUP BY client_id, year
), spent AS (
    SELECT id, client_id, spent_on AS on_day, minutes, role_id,
        sum(minutes) OVER (
            PARTITION BY client_id, extract(year FROM spent_on)::int ORDER BY spent_on, id
        ) AS so_far
    FROM clients_timeentry
    WHERE spent_on >= %(since)s AND spent_on <= %(as_of)s
), beyond AS (
    SELECT besides.client_id, on_day, what, besides.id AS of, tier_id, besides.kind_id,
        coalesce(touch.minutes, 0)::bigint AS minutes, touch.role_id
    FROM besides JOIN clients_touch touch ON touch.id = besides.id
    UNION ALL
    SELECT client_id, on_day, 'overrun', id, tier_id, kind_id, minutes - planned, role_id
    FROM delivered WHERE minutes > planned
    UNION ALL
    SELECT spent.client_id, on_day, 'time', spent.id, served.tier_id, NULL,
        least(minutes, so_far - coalesce(plan.left_minutes, 0)), role_id
    FROM spent
    JOIN served ON served.client_id = spent.client_id
        AND spent.on_day >= served.from_day AND spent.on_day < served.until_day
    JOIN servicing_servicestandard standard ON standard.tier_id = served.tier_id
    LEFT JOIN plan ON plan.client_id = spent.client_id AND plan.year = extract(year FROM spent.on_day)::int
    WHERE so_far > coalesce(plan.left_minutes, 0)
)
SELECT beyond.client_id, beyond.on_day, beyond.what, beyond.of, beyond.tier_id, beyond.kind_id,
    beyond.minutes::int AS minutes, round(beyond.minutes * role.hourly_cost / 60, 2) AS cost
FROM beyond JOIN clients_servicerole role ON role.id = beyond.role_id
"""

_COLUMNS = "client_id, on_day, what, of, tier_id, kind_id, minutes, cost"
_STORED = 'client_id, "on", what, of, tier_id, kind_id, minutes, cost'

# Only rows that differ are written: on most days nearly all are as they were.
_FORGET = """
DELETE FROM servicing_beyondstandard old WHERE NOT EXISTS (
    SELECT 1 FROM delivery_beyond new
    WHERE new.what = old.what AND new.of = old.of AND new.client_id = old.client_id AND new.on_day = old."on"
        AND new.tier_id IS NOT DISTINCT FROM old.tier_id AND new.kind_id IS NOT DISTINCT FROM old.kind_id
        AND new.minutes = old.minutes AND new.cost = old.cost
)"""
_STORE = f"""
INSERT INTO servicing_beyondstandard ({_STORED})
SELECT {_COLUMNS} FROM delivery_beyond new WHERE NOT EXISTS (
    SELECT 1 FROM servicing_beyondstandard old WHERE old.what = new.what AND old.of = new.of
)
ORDER BY on_day, client_id"""


def refresh(*, since: dt.date, as_of: dt.date) -> int:
    """Brings the rows from `since` (a 1 January) up to `as_of` in line; returns how many differed."""
    parameters = {"since": since, "as_of": as_of}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS delivery_beyond")
        cursor.execute(f"CREATE TEMP TABLE delivery_beyond ON COMMIT DROP AS {BEYOND}", parameters)
        cursor.execute("ANALYZE delivery_beyond")
        cursor.execute(_FORGET)
        gone = cursor.rowcount
        cursor.execute(_STORE)
        return max(gone, cursor.rowcount)


def beyond_of(client_id: int, *, first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    """What went beyond the standard for one client from `first` to `last`, by what it was, as last added up:
    `what`, `number`, `minutes`, `cost`."""
    rows = BeyondStandard.objects.filter(client=client_id, on__range=(first, last)).values("what")
    summed = rows.annotate(number=Count("id"), minutes=Sum("minutes"), cost=Sum("cost"))
    return [dict(row) for row in summed.order_by("what")]
