"""From a base, or none, to a due date: the interval, the level spread, allowed months, working days.

To spread n tasks level over a stretch of days, the one of rank r (from 0) falls at (r + u) / n of it, where u
is the client's own place between 0 and 1 (multiples of the golden ratio). A batch is level by rank, and
single arrivals are level among themselves by u.
"""

from __future__ import annotations

from servicing.planning.levelling import PLACES

CLIENTS_PLACE = "(p.client_id * 0.6180339887::float8 - floor(p.client_id * 0.6180339887::float8))"


def _place(over: str) -> str:
    """SQL: from 0 to 1, level over the rows of the window `over`."""
    everyone = f"({over} RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
    return f"(row_number() OVER {over} - 1 + {CLIENTS_PLACE}) / count(*) OVER {everyone}"


def _spread(over: str, days: str) -> str:
    """SQL: whole days from 0 to `days` - 1, level over the rows of the window `over`."""
    return f"floor({_place(over)} * ({days}))::int"


# The first of the client's slots (anchor + j * k months, j of either sign) after base + half the interval.
SLOT = """(
    SELECT min(slot) FROM (
        SELECT (p.anchor_on + make_interval(months => i.interval_months * j))::date AS slot
        FROM (
            SELECT floor((extract(year FROM apart) * 12 + extract(month FROM apart)) / i.interval_months)::int
                AS intervals
            FROM age(p.base_on, p.anchor_on) apart
        ) since, generate_series(intervals - 1, intervals + 3) j
    ) slots
    WHERE slot > p.base_on + ((p.base_on + make_interval(months => i.interval_months))::date - p.base_on) / 2
)"""

FIRST_SERVED = f"""
        -- never served: level over (start, start + offset]
        SELECT p.client_id, p.kind_id, p.line_id, p.person_id, p.starts_on, p.base_on, p.clock_id,
            p.starts_on + 1 + {
    _spread("first_served", "(p.starts_on + make_interval(months => i.offset_months))::date - p.starts_on")
}
        FROM based p JOIN plan_item i USING (line_id)
        WHERE p.raw_on IS NULL
        WINDOW first_served AS (PARTITION BY p.person_id, p.line_id, p.starts_on ORDER BY p.client_id)
"""
OVERDUE = f"""
        SELECT p.*, %(day)s::date + 1 + {_spread("overdue", "i.past_days")}
        FROM raw p JOIN (
            SELECT line_id, least(
                (%(day)s::date + make_interval(months => interval_months))::date - %(day)s::date, 90
            ) AS past_days
            FROM plan_item
        ) i USING (line_id)
        WHERE p.raw_on < %(day)s
        WINDOW overdue AS (
            PARTITION BY p.person_id, p.kind_id, i.past_days ORDER BY p.raw_on, p.client_id
        )
"""

# The same where batches are large: their places lead to days that keep the weeks after them level, too. A
# service that comes between two of another takes its place from that one, whoever does it.
FIRST_SERVED_IN_BATCHES = f"""
        SELECT p.client_id, p.kind_id, p.line_id, p.person_id, p.starts_on, p.base_on, p.clock_id,
            coalesce(place.on_day, p.starts_on + 1 + floor(p.share
                * ((p.starts_on + make_interval(months => i.offset_months))::date - p.starts_on))::int)
        FROM (
            SELECT p.*, {_place("first_served")} AS share
            FROM based p
            LEFT JOIN (
                SELECT DISTINCT line_id, other_id FROM plan_place WHERE other_id IS NOT NULL
            ) pair USING (line_id)
            LEFT JOIN (
                SELECT client_id, line_id AS other_id, person_id FROM based
                WHERE raw_on IS NULL AND line_id IN (SELECT other_id FROM plan_place)
            ) other USING (client_id, other_id)
            WHERE p.raw_on IS NULL
            WINDOW first_served AS (
                PARTITION BY coalesce(other.person_id, p.person_id), p.line_id, p.starts_on
                ORDER BY p.client_id
            )
        ) p
        JOIN plan_item i USING (line_id)
        LEFT JOIN plan_place place ON place.line_id = p.line_id AND NOT place.late
            AND place.starts_on = p.starts_on AND place.place = floor(p.share * {PLACES})::int
"""
OVERDUE_IN_BATCHES = f"""
        SELECT p.client_id, p.kind_id, p.line_id, p.person_id, p.starts_on, p.base_on, p.clock_id, p.raw_on,
            coalesce(place.on_day, %(day)s::date + 1 + floor(p.share * p.past_days)::int)
        FROM (
            SELECT p.*, i.past_days, {_place("overdue")} AS share
            FROM raw p JOIN (
                SELECT line_id, least(
                    (%(day)s::date + make_interval(months => interval_months))::date - %(day)s::date, 90
                ) AS past_days
                FROM plan_item
            ) i USING (line_id)
            WHERE p.raw_on < %(day)s
            WINDOW overdue AS (
                PARTITION BY p.person_id, p.kind_id, i.past_days ORDER BY p.raw_on, p.client_id
            )
        ) p
        LEFT JOIN plan_place place ON place.line_id = p.line_id AND place.late
            AND place.place = floor(p.share * {PLACES})::int
"""

# Rows of `plan_anew` with their dates. D is %(day)s. Each spread sorts only the rows that it places.
_DATES = f"""
    WITH based AS (
        -- rolling: base + k months. calendar: the next slot. never served: none yet.
        -- a clock whose date passed before its task was created keeps that date here, to be moved below.
        SELECT p.client_id, p.kind_id, p.line_id, p.person_id, p.starts_on, p.base_on, p.clock_id,
            CASE WHEN p.expired_on IS NOT NULL THEN p.expired_on
                WHEN p.base_on IS NULL THEN NULL
                WHEN i.basis = 'rolling' OR p.anchor_on IS NULL
                    THEN (p.base_on + make_interval(months => i.interval_months))::date
                ELSE {SLOT}
            END AS raw_on
        FROM plan_anew p JOIN plan_item i USING (line_id)
    ), raw AS (
        SELECT * FROM based WHERE raw_on IS NOT NULL
        UNION ALL
        {{first_served}}
    ), timed AS (
        SELECT p.*, p.raw_on AS wish_on FROM raw p WHERE p.raw_on >= %(day)s
        UNION ALL
        -- already past: most overdue first, level over (D, D + min(k months, 90 days)]
        {{overdue}}
    ), fitting AS (
        -- in an allowed month, and able to stay there on a working day that is not past
        SELECT p.*, i.allowed_months, cardinality(i.allowed_months) = 0 OR (
            extract(month FROM p.wish_on) = ANY(i.allowed_months) AND (
                extract(month FROM c.next_on) = ANY(i.allowed_months) OR (
                    c.previous_on >= %(day)s AND extract(month FROM c.previous_on) = ANY(i.allowed_months)
                )
            )
        ) AS fits
        FROM timed p JOIN plan_item i USING (line_id) JOIN plan_calendar c ON c.day = p.wish_on
    ), target AS (
        -- the nearest allowed month that still has a working day
        SELECT o.wish_on, o.allowed_months, greatest(m.starts_on, %(day)s::date + 1) AS first_on, m.ends_on
        FROM (SELECT DISTINCT wish_on, allowed_months FROM fitting WHERE NOT fits) o
        CROSS JOIN LATERAL (
            SELECT starts_on, ends_on FROM plan_month
            WHERE number = ANY(o.allowed_months)
            ORDER BY greatest(starts_on - o.wish_on, o.wish_on - ends_on), starts_on
            LIMIT 1
        ) m
    ), placed AS (
        SELECT p.client_id, p.line_id, p.kind_id, p.starts_on, p.base_on, p.clock_id, p.wish_on AS placed_on
        FROM fitting p WHERE p.fits
        UNION ALL
        -- level within that month
        SELECT p.client_id, p.line_id, p.kind_id, p.starts_on, p.base_on, p.clock_id,
            coalesce(t.first_on + {_spread("month", "t.ends_on - t.first_on + 1")}, p.wish_on)
        FROM fitting p
        LEFT JOIN target t ON t.wish_on = p.wish_on AND t.allowed_months = p.allowed_months
        WHERE NOT p.fits
        WINDOW month AS (PARTITION BY p.person_id, p.line_id, t.first_on ORDER BY p.wish_on, p.client_id)
    )
    SELECT p.client_id, p.kind_id, i.item_id, i.terms, p.starts_on, p.base_on, i.lead_days, p.clock_id,
        -- forward to a working day; backward where forward would leave the allowed months
        CASE WHEN cardinality(i.allowed_months) = 0 OR extract(month FROM c.next_on) = ANY(i.allowed_months)
            THEN c.next_on ELSE c.previous_on END AS due_on
    FROM placed p JOIN plan_item i USING (line_id) JOIN plan_calendar c ON c.day = p.placed_on
    ORDER BY p.client_id, p.kind_id
"""

DATES = _DATES.format(first_served=FIRST_SERVED, overdue=OVERDUE)
DATES_OF_BATCHES = _DATES.format(first_served=FIRST_SERVED_IN_BATCHES, overdue=OVERDUE_IN_BATCHES)
