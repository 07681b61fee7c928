"""From a base, or none, to a due date: the interval, the level spread, allowed months, working days.

To spread n tasks level over a stretch of days, the one of rank r (from 0) falls at (r + u) / n of it, where u
is the client's own place between 0 and 1 (multiples of the golden ratio). A batch is level by rank, and
single arrivals are level among themselves by u.
"""

from __future__ import annotations

CLIENTS_PLACE = "p.client_id * 0.6180339887::float8 - floor(p.client_id * 0.6180339887::float8)"


def _spread(over: str, days: str) -> str:
    """SQL: whole days from 0 to `days` - 1, level over the rows of the window `over`."""
    everyone = f"({over} RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
    return f"floor((row_number() OVER {over} - 1 + u) / count(*) OVER {everyone} * ({days}))::int"


# The first of the client's slots (anchor + j * k months) after base + half the interval.
SLOT = """(
    SELECT min(slot) FROM (
        SELECT (p.anchor_on + make_interval(months => p.interval_months * j))::date AS slot
        FROM generate_series(0, greatest(0, (
            (extract(year FROM age(p.base_on, p.anchor_on)) * 12
                + extract(month FROM age(p.base_on, p.anchor_on)))
            / p.interval_months)::int + 3)) j
    ) slots
    WHERE slot > p.base_on + ((p.base_on + make_interval(months => p.interval_months))::date - p.base_on) / 2
)"""

# Rows of `plan_anew` with their dates. D is %(day)s.
DATES = f"""
    WITH placed AS (
        SELECT p.*, {CLIENTS_PLACE} AS u FROM plan_anew p
    ), raw AS (
        -- rolling: base + k months. calendar: the next slot. never served: level over
        -- (start, start + offset].
        -- a clock whose date passed before its task was created keeps that date here, to be moved below.
        SELECT p.*, CASE
            WHEN p.expired_on IS NOT NULL THEN p.expired_on
            WHEN p.base_on IS NULL THEN p.starts_on + 1 + {
    _spread("first_served", "(p.starts_on + make_interval(months => p.offset_months))::date - p.starts_on")
}
            WHEN p.basis = 'rolling' OR p.anchor_on IS NULL
                THEN (p.base_on + make_interval(months => p.interval_months))::date
            ELSE {SLOT}
            END AS raw_on
        FROM placed p
        WINDOW first_served AS (
            PARTITION BY p.expired_on IS NULL, p.base_on IS NULL, p.person_id, p.item_id, p.starts_on
            ORDER BY p.client_id
        )
    ), timed AS (
        -- already past: most overdue first, level over (D, D + min(k months, 90 days)]
        SELECT p.*, CASE WHEN p.raw_on >= %(day)s THEN p.raw_on ELSE %(day)s::date + 1 + {
    _spread("overdue", "p.past_days")
} END AS wish_on
        FROM (
            SELECT r.*, least(
                (%(day)s::date + make_interval(months => r.interval_months))::date - %(day)s::date, 90
            ) AS past_days
            FROM raw r
        ) p
        WINDOW overdue AS (
            PARTITION BY p.raw_on < %(day)s, p.person_id, p.kind_id, p.past_days
            ORDER BY p.raw_on, p.client_id
        )
    ), fitting AS (
        -- in an allowed month, and able to stay there on a working day that is not past
        SELECT p.*, cardinality(p.allowed_months) = 0 OR (
            extract(month FROM p.wish_on) = ANY(p.allowed_months) AND (
                extract(month FROM c.next_on) = ANY(p.allowed_months) OR (
                    c.previous_on >= %(day)s AND extract(month FROM c.previous_on) = ANY(p.allowed_months)
                )
            )
        ) AS fits
        FROM timed p JOIN plan_calendar c ON c.day = p.wish_on
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
    ), moved AS (
        SELECT p.*, CASE WHEN p.fits OR p.first_on IS NULL THEN p.wish_on ELSE p.first_on + {
    _spread("month", "p.ends_on - p.first_on + 1")
} END AS placed_on
        FROM (
            SELECT f.*, t.first_on, t.ends_on FROM fitting f
            LEFT JOIN target t ON NOT f.fits AND t.wish_on = f.wish_on AND t.allowed_months = f.allowed_months
        ) p
        WINDOW month AS (PARTITION BY p.fits, p.person_id, p.item_id, p.first_on
            ORDER BY p.wish_on, p.client_id)
    )
    SELECT p.client_id, p.kind_id, p.item_id, p.terms, p.starts_on, p.base_on, p.lead_days,
        -- forward to a working day; backward where forward would leave the allowed months
        CASE WHEN cardinality(p.allowed_months) = 0 OR extract(month FROM c.next_on) = ANY(p.allowed_months)
            THEN c.next_on ELSE c.previous_on END AS due_on
    FROM moved p JOIN plan_calendar c ON c.day = p.placed_on
"""
