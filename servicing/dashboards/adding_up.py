"""Adds up the figures of the operations dashboard, for the firm and for each lead advisor, set by set.

Clients are the active ones; what they brought and took counts for the tier that they have now. What clients
of any status brought and took stands beside it by month, for the goals of the year. Each fact's cost is
rounded to the cent, so that the clients of a tier add up to the tier.
"""

# ruff: noqa: S608  (texts of this module)
from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from clients.firm import firm_settings, firm_today
from clients.register.active import is_active
from clients.whole_firm import give_room
from servicing.dashboards import movement, pareto
from servicing.dashboards.sets import JOINED, LEAD_ROLE, TASKS, TIER_AT
from servicing.delivery import periods
from servicing.delivery.figures import first_month
from servicing.meetings.spread import LOW
from servicing.meetings.tracked import CONFIDENCE
from servicing.models import ClientResult, DashboardRefresh, MonthScope, MovementRollup
from servicing.planning.session import Session

WEEK = dt.timedelta(days=7)
PERIODS = (periods.TWELVE, periods.YEAR, periods.QUARTER)
WEEKLY = [name for name, each in TASKS.items() if each.weekly]
STANDING = [name for name, each in TASKS.items() if not each.weekly]

# Every client with its book: who leads it, and the tier that it has.
_CLIENTS = f"""
CREATE TEMP TABLE dashboard_client ON COMMIT DROP AS
SELECT c.id AS client_id, s.tier_id, lead.user_id AS lead_id, c.status = 'active' AS active,
    c.complexity_driver_id IS NULL AND c.attention_constraint_id IS NULL AND c.persona_id IS NULL
        AND c.income_structure_id IS NULL AND b.client_id IS NULL AS untagged,
    c.permission = 'not_asked' AS not_asked, score.score IS NULL AS unscored,
    lead.user_id IS NULL AS without_lead,
    NOT EXISTS (SELECT 1 FROM clients_teammember m WHERE m.client_id = c.id) AS without_team,
    {JOINED.replace("since)s", "week)s").replace("until)s", "as_of)s")} AS joined_week,
    {JOINED.replace("since)s", "before)s").replace("until)s", "week)s")} AS joined_before
FROM clients_client c
JOIN clients_clientsummary s ON s.client_id = c.id
JOIN clients_clientscore score ON score.client_id = c.id
LEFT JOIN clients_behavioraltag b ON b.client_id = c.id
LEFT JOIN clients_teammember lead ON lead.client_id = c.id AND lead.role_id = {LEAD_ROLE}
"""

_SPENT = """
    SELECT f.client_id, f.on_day, f.minutes, round(f.minutes * role.hourly_cost / 60, 2) AS cost
    FROM (
        SELECT client_id, occurred_on AS on_day, minutes, role_id FROM clients_touch
        WHERE occurred_on >= %(first)s AND occurred_on <= %(last)s AND minutes > 0
        UNION ALL
        SELECT client_id, spent_on, minutes, role_id FROM clients_timeentry
        WHERE spent_on >= %(first)s AND spent_on <= %(last)s
    ) f JOIN clients_servicerole role ON role.id = f.role_id
"""
_FACTS = f"""
    SELECT client_id, date AS on_day, amount AS revenue, 0 AS minutes, 0 AS cost
    FROM clients_revenue WHERE date >= %(first)s AND date <= %(last)s
    UNION ALL
    SELECT client_id, on_day, 0, minutes, cost FROM ({_SPENT}) spent
"""
_BOOKS = "GROUPING SETS (({more}tier_id, lead_id), ({more}tier_id))"
_SCOPE = (
    "CASE WHEN grouping(lead_id) = 1 THEN 'firm' ELSE 'lead' END AS scope,"
    " CASE WHEN grouping(lead_id) = 1 THEN NULL ELSE lead_id END AS person_id"
)

# A client's newest answer of each month counts, as in the spread of confidence.
_MONTHS = f"""
CREATE TEMP TABLE dashboard_month ON COMMIT DROP AS
WITH parts AS (
    SELECT date_trunc('month', f.on_day)::date AS month, c.tier_id, c.lead_id, c.active,
        sum(f.revenue) AS revenue, sum(f.minutes) AS minutes, sum(f.cost) AS cost, 0 AS planned,
        0 AS planned_minutes, 0 AS answered, 0 AS confidence, 0 AS low
    FROM ({_FACTS}) f JOIN dashboard_client c ON c.client_id = f.client_id
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT date_trunc('month', t.due_on)::date, t.tier_id, c.lead_id, c.active, 0, 0, 0, count(*),
        sum(t.planned_minutes), 0, 0, 0
    FROM servicing_servicetask t JOIN dashboard_client c ON c.client_id = t.client_id
    WHERE t.item_id IS NOT NULL AND t.status NOT IN ('waived', 'cancelled')
        AND t.due_on >= %(first)s AND t.due_on <= %(last)s
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT month, c.tier_id, c.lead_id, true, 0, 0, 0, 0, 0, count(*), sum(a.value),
        count(*) FILTER (WHERE a.value <= {LOW})
    FROM (
        SELECT DISTINCT ON (client_id, date_trunc('month', asked_on))
            client_id, date_trunc('month', asked_on)::date AS month, value
        FROM servicing_confidenceanswer
        WHERE asked_on >= %(first)s AND asked_on <= %(last)s AND %(confidence)s
        ORDER BY client_id, date_trunc('month', asked_on), asked_on DESC, id DESC
    ) a JOIN dashboard_client c ON c.client_id = a.client_id AND c.active
    GROUP BY 1, 2, 3
)
SELECT {_SCOPE}, tier_id, month, sum(revenue) AS revenue, sum(minutes) AS minutes, sum(cost) AS cost,
    sum(planned) AS planned, sum(planned_minutes) AS planned_minutes, sum(answered) AS answered,
    sum(confidence) AS confidence, sum(low) AS low
FROM parts WHERE active GROUP BY {_BOOKS.format(more="month, ")}
UNION ALL
SELECT '{MonthScope.EVERYBODY}', NULL, NULL, month, sum(revenue), sum(minutes), sum(cost), 0, 0, 0, 0, 0
FROM parts GROUP BY month HAVING sum(revenue) <> 0 OR sum(minutes) <> 0
"""

_OF_PERIOD = "f.on_day >= %(first_{period})s AND f.on_day <= %(last)s"
_SUMS = ", ".join(
    f"coalesce(sum(f.{name}) FILTER (WHERE {_OF_PERIOD.format(period=period)}), 0) AS {name}_{period}"
    for period in PERIODS
    for name in ("revenue", "minutes", "cost")
)
_RESULTS = f"""
CREATE TEMP TABLE dashboard_result ON COMMIT DROP AS
WITH sums AS (
    SELECT f.client_id, {_SUMS}
    FROM ({_FACTS.replace("%(first)s", "%(first_earliest)s")}) f GROUP BY f.client_id
)
SELECT c.client_id, CASE WHEN c.active THEN each.period ELSE '{ClientResult.OTHERS}' END AS period,
    c.tier_id, c.lead_id, coalesce(each.revenue, 0) AS revenue,
    coalesce(each.minutes, 0) AS minutes, coalesce(each.cost, 0) AS cost,
    coalesce(each.revenue, 0) - coalesce(each.cost, 0) AS margin
FROM dashboard_client c LEFT JOIN sums ON sums.client_id = c.client_id
CROSS JOIN LATERAL (VALUES {
    ", ".join(f"('{period}', revenue_{period}, minutes_{period}, cost_{period})" for period in PERIODS)
}) each(period, revenue, minutes, cost)
WHERE c.active OR each.period = '{periods.YEAR}' AND (each.revenue <> 0 OR each.minutes > 0)
"""

_COUNTED = ("clients", "untagged", "not_asked", "unscored", "without_lead", "without_team")
_COSTLY = tuple(f"costly_{period}" for period in PERIODS)
_EVENTS = ("joined_week", "joined_before", "up_week", "up_before", "down_week", "down_before")
_OF_TASKS = (*STANDING, *(f"{name}_{part}" for name in WEEKLY for part in ("week", "before")))
_BOOK = (*_COUNTED, *_COSTLY, *_EVENTS, *_OF_TASKS)


def _condition(name: str, since: str, until: str) -> str:
    return TASKS[name].condition.replace("%(since)s", f"%({since})s").replace("%(until)s", f"%({until})s")


def _parts(own: dict[str, str]) -> str:
    """The columns of a book, those of `own` as it says and nothing for the others."""
    return ", ".join(f"{own.get(name, '0')} AS {name}" for name in _BOOK)


_TASK_COUNTS = (
    {name: f"count(*) FILTER (WHERE {_condition(name, 'week', 'as_of')})" for name in STANDING}
    | {f"{name}_week": f"count(*) FILTER (WHERE {_condition(name, 'week', 'as_of')})" for name in WEEKLY}
    | {f"{name}_before": f"count(*) FILTER (WHERE {_condition(name, 'before', 'week')})" for name in WEEKLY}
)
_MOVED = {
    f"{way}_{part}": f"count(*) FILTER (WHERE {later}.position {sign} {earlier}.position)"
    for way, sign in (("up", "<"), ("down", ">"))
    for part, earlier, later in (("week", "tier_week", "tier_now"), ("before", "tier_before", "tier_week"))
}
_AT = "\n".join(
    TIER_AT.format(name=f"at_{name}", day=day).replace("c.id", "c.client_id")
    + f" LEFT JOIN clients_tier tier_{name} ON tier_{name}.id = at_{name}.tier_id"
    for name, day in (("before", "%(before)s"), ("week", "%(week)s"), ("now", "%(as_of)s"))
)
_BOOKED = f"""
CREATE TEMP TABLE dashboard_book ON COMMIT DROP AS
WITH parts AS (
    SELECT tier_id, lead_id, {
    _parts(
        {"clients": "count(*)"}
        | {
            name: f"count(*) FILTER (WHERE {name})"
            for name in (*_COUNTED[1:], "joined_week", "joined_before")
        }
    )
}
    FROM dashboard_client WHERE active GROUP BY 1, 2
    UNION ALL
    SELECT tier_id, lead_id, {
    _parts(
        {f"costly_{each}": f"count(*) FILTER (WHERE period = '{each}' AND margin < 0)" for each in PERIODS}
    )
}
    FROM dashboard_result WHERE period <> '{ClientResult.OTHERS}' GROUP BY 1, 2
    UNION ALL
    SELECT coalesce(t.tier_id, c.tier_id), c.lead_id, {_parts(_TASK_COUNTS)}
    FROM servicing_servicetask t JOIN dashboard_client c ON c.client_id = t.client_id
    WHERE t.status IN ('planned', 'scheduled') OR t.completed_on > %(before)s
        OR t.window_end >= %(before)s OR t.closed_at >= %(before)s::date
    GROUP BY 1, 2
    UNION ALL
    SELECT c.tier_id, c.lead_id, {_parts(_MOVED)}
    FROM (
        SELECT DISTINCT client_id FROM tiers_tierassignment
        WHERE starts_on > %(before)s OR ends_on > %(before)s
    ) changed JOIN dashboard_client c ON c.client_id = changed.client_id AND c.active
    {_AT}
    GROUP BY 1, 2
)
SELECT {_SCOPE}, tier_id, {", ".join(f"sum({name}) AS {name}" for name in _BOOK)}
FROM parts GROUP BY {_BOOKS.format(more="")}
"""


def refresh(*, as_of: dt.date | None = None) -> None:
    """Brings the figures in line with `as_of` (default: today). Called by who holds the dashboards' lock."""
    as_of = as_of or firm_today()
    began, first = time.monotonic(), first_month(as_of)
    chosen = {code: periods.period_of(code, as_of, since=first) for code in PERIODS}
    values: dict[str, Any] = {
        "as_of": as_of,
        "week": as_of - WEEK,
        "before": as_of - 2 * WEEK,
        "first": first,
        "last": periods.last_day(as_of),
        "zone": firm_settings().time_zone,
        "confidence": is_active(CONFIDENCE),
        "first_earliest": min(period.first for period in chosen.values()),
        **{f"first_{code}": period.first for code, period in chosen.items()},
    }
    with transaction.atomic(), connection.cursor() as cursor:
        give_room()
        for name, statement in _TABLES:
            cursor.execute(f"DROP TABLE IF EXISTS {name}")
            cursor.execute(statement, values)
            cursor.execute(f"ANALYZE {name}")
        _bring_in_line("servicing_monthrollup", "dashboard_month", ("scope", "person_id", "tier_id", "month"),
                       ("revenue", "minutes", "cost", "planned", "planned_minutes", "answered", "confidence",
                        "low"))  # fmt: skip
        _bring_in_line("servicing_clientresult", "dashboard_result", ("client_id", "period"),
                       ("tier_id", "lead_id", "revenue", "minutes", "cost", "margin"))  # fmt: skip
        _bring_in_line("servicing_bookrollup", "dashboard_book", ("scope", "person_id", "tier_id"), _BOOK)
        MovementRollup.objects.all().delete()
        movement.keep(*movement.usual(as_of))
        DashboardRefresh.objects.update_or_create(
            pk=1,
            defaults={
                "as_of": as_of,
                "first_month": first,
                "refreshed_at": timezone.now(),
                "pareto": pareto.add_up(),
                "took_ms": round(1000 * (time.monotonic() - began)),
            },
        )


_TABLES = (
    ("dashboard_client", _CLIENTS),
    ("dashboard_month", _MONTHS),
    ("dashboard_result", _RESULTS),
    ("dashboard_book", _BOOKED),
)


def _bring_in_line(table: str, new: str, keys: Iterable[str], numbers: Iterable[str]) -> None:
    """Makes `table` hold the rows of `new`; only rows that differ are written."""
    keys, numbers = tuple(keys), tuple(numbers)
    same = " AND ".join(
        f"coalesce(old.{key}, 0) = coalesce(new.{key}, 0)" if key in ("person_id", "tier_id")
        else f"old.{key} = new.{key}"
        for key in keys
    )  # fmt: skip
    olds, news = (", ".join(f"{side}.{name}" for name in numbers) for side in ("old", "new"))
    columns = (*keys, *numbers)
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE id IN (SELECT old.id FROM {table} old LEFT JOIN {new} new ON {same} "
            f"WHERE new.{keys[0]} IS NULL OR ({olds}) IS DISTINCT FROM ({news}))"
        )
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) "
            f"SELECT {', '.join(f'new.{name}' for name in columns)} "
            f"FROM {new} new LEFT JOIN {table} old ON {same} WHERE old.id IS NULL"
        )
        written = cursor.rowcount
    # Filled a moment ago, it would be taken for empty by the next refresh, and each row compared with each.
    Session(day=firm_today(), moment=timezone.now()).refresh_statistics(table, written)
