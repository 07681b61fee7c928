"""The figures of the capacity pages: what is promised added up by week, beside the hours people have.

Available in a week: a fifth of the stated weekly hours for each of the firm's working days on which the
person is not absent; in the first week only days still to come count. Nobody is measured who has not stated
hours, nor who no longer signs in. A week is overloaded when more is promised than is available.
"""

from __future__ import annotations

import datetime as dt
import time

from django.db import connection, transaction
from django.utils import timezone

from clients.firm import firm_today
from servicing.capacity.promised_hours import WEEKS, Horizon, keep_calendar, open_session, project
from servicing.models import CapacityFigures
from servicing.planning.session import Session

LOCK = 7_305_004  # any number that nothing else in this database uses
REST = 60  # a refresh is due again after so many times what the last one took
SOON = 4  # weeks


def refresh(*, as_of: dt.date | None = None) -> None:
    """Replaces all figures by those of `as_of` (default: today); a second refresh waits for the first."""
    horizon = Horizon(as_of or firm_today())
    began = time.monotonic()
    with transaction.atomic():
        _lock()
        session = open_session(horizon)
        project(session, horizon)
        session.keep("promised_week", WEEKLY, analyzed="person_id")
        _keep_working_days(session)
        _replace(session, "servicing_promisedweeks", PROMISED_WEEKS)
        _replace(session, "servicing_personweeks", PERSON_WEEKS)
        _replace(session, "servicing_personload", PERSON_LOADS)
        session.run("DELETE FROM servicing_capacityfigures")
        session.run(FIGURES, now=timezone.now())
        _measure(session, None)
        CapacityFigures.objects.update(took_ms=round(1000 * (time.monotonic() - began)))


def refresh_when_due() -> bool:
    """Refreshes unless the figures are younger than a minute for each second that they took."""
    row = CapacityFigures.objects.filter(as_of=firm_today()).values("refreshed_at", "took_ms").first()
    if row and timezone.now() - row["refreshed_at"] < REST * dt.timedelta(milliseconds=row["took_ms"]):
        return False
    refresh()
    return True


def measure(people: list[int]) -> None:
    """Measures these people anew, whose hours or absences changed, against what is promised as it stands."""
    figures = CapacityFigures.objects.first()
    if figures is None:
        return
    with transaction.atomic():
        _lock()
        horizon = Horizon(figures.as_of)
        session = open_session(horizon)
        keep_calendar(session, horizon)
        _keep_working_days(session)
        session.run(NEW_PEOPLE, people=people)
        _measure(session, people)


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _keep_working_days(session: Session) -> None:
    session.keep("promised_working", WORKING_DAYS)
    session.keep("promised_open", WEEKS_OF_WORK)


def _replace(session: Session, table: str, rows: str) -> None:
    session.run(f"DELETE FROM {table}")
    session.run(f"INSERT INTO {table} {rows}")


def _measure(session: Session, people: list[int] | None) -> None:
    """Available hours of everybody, or of some, and what follows from them for each person and role."""
    which = "true" if people is None else "load.user_id = ANY(%(people)s::bigint[])"
    session.run(AVAILABLE.format(which=which), people=people)
    session.run(MEASURES.format(which=which), people=people)
    _replace(session, "servicing_roleweeks", ROLE_WEEKS)


def _array(amount: str) -> str:
    """SQL: an array with a number for each week, of grouped rows that have a `week`."""
    cells = (f"coalesce(sum({amount}) FILTER (WHERE week = {week}), 0)::int" for week in range(WEEKS))
    return f"ARRAY[{', '.join(cells)}]"


def _sums(array: str, times: str = "") -> str:
    """SQL: the sum of arrays, number by number, of grouped rows."""
    cells = (f"coalesce(round(sum({array}[{place}]{times})), 0)::int" for place in range(1, WEEKS + 1))
    return f"ARRAY[{', '.join(cells)}]"


WEEKLY = """
    SELECT person_id, role_id, tier_id, item_id, (day_on - %(first_week)s::date) / 7 AS week,
        sum(minutes)::int AS minutes, count(*)::int AS tasks
    FROM promised_date
    WHERE NOT automated AND day_on < %(end)s
    GROUP BY 1, 2, 3, 4, 5
"""

# The firm's working days that are still to come, and how many each week has.
WORKING_DAYS = """
    SELECT day, (day - %(first_week)s::date) / 7 AS week FROM promised_day
    WHERE next_on = day AND day >= %(day)s AND day < %(end)s
"""
WEEKS_OF_WORK = """
    SELECT week, count(promised_working.day)::int AS days
    FROM generate_series(0, (%(end)s::date - %(first_week)s::date) / 7 - 1) AS each(week)
    LEFT JOIN promised_working USING (week)
    GROUP BY week
"""

PROMISED_WEEKS = f"""
    (item_id, role_id, tier_id, minutes, tasks)
    SELECT item_id, role_id, tier_id, {_array("minutes")}, {_array("tasks")}
    FROM promised_week GROUP BY item_id, role_id, tier_id
"""
PERSON_WEEKS = f"""
    (user_id, role_id, tier_id, minutes)
    SELECT person_id, role_id, tier_id, {_array("minutes")}
    FROM promised_week GROUP BY person_id, role_id, tier_id
"""
# Everybody to whom something is promised, who has stated hours, or who serves a client.
PERSON_LOADS = f"""
    (user_id, clients, promised, promised_year, promised_soon, busiest)
    SELECT person.user_id, coalesce(led.clients, 0),
        coalesce(work.promised, array_fill(0, ARRAY[{WEEKS}])), 0, 0, 0
    FROM (
        SELECT person_id AS user_id FROM promised_week
        UNION SELECT user_id FROM servicing_clienthours
        UNION SELECT team.user_id FROM clients_teammember team
            JOIN clients_user u ON u.id = team.user_id AND u.is_active
    ) person
    LEFT JOIN (
        SELECT person_id, {_array("minutes")} AS promised FROM promised_week GROUP BY person_id
    ) work ON work.person_id IS NOT DISTINCT FROM person.user_id
    LEFT JOIN (
        SELECT team.user_id, count(*) AS clients FROM clients_teammember team
        JOIN clients_client c ON c.id = team.client_id AND c.status = 'active'
        WHERE team.role_id = (SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')
        GROUP BY team.user_id
    ) led ON led.user_id = person.user_id
"""
NEW_PEOPLE = f"""
    INSERT INTO servicing_personload (user_id, clients, promised, promised_year, promised_soon, busiest)
    SELECT id, 0, array_fill(0, ARRAY[{WEEKS}]), 0, 0, 0
    FROM clients_user WHERE id = ANY(%(people)s::bigint[])
    ON CONFLICT (user_id) DO NOTHING
"""

FIGURES = """
    INSERT INTO servicing_capacityfigures (as_of, first_week, working_days, clients, refreshed_at, took_ms)
    SELECT %(day)s, %(first_week)s,
        (SELECT array_agg(days ORDER BY week) FROM promised_open),
        (SELECT coalesce(jsonb_object_agg(tier_id, clients), '{}') FROM (
            SELECT tier_id, count(DISTINCT client_id) AS clients FROM promised_stand GROUP BY tier_id
        ) served),
        %(now)s, 0
"""

# 60 minutes for each stated hour, a fifth of them for each day: 12 minutes.
AVAILABLE = """
    UPDATE servicing_personload load
    SET available = stated.available
    FROM (
        SELECT load.id, array_agg(
            round(hours.hours_a_week * 12 * (open.days - coalesce(away.days, 0)))::int ORDER BY open.week
        ) FILTER (WHERE hours.user_id IS NOT NULL) AS available
        FROM servicing_personload load
        LEFT JOIN clients_user u ON u.id = load.user_id
        LEFT JOIN servicing_clienthours hours ON hours.user_id = load.user_id AND u.is_active
        CROSS JOIN promised_open open
        LEFT JOIN (
            SELECT absence.user_id, working.week, count(*)::int AS days
            FROM servicing_absence absence
            JOIN promised_working working ON working.day BETWEEN absence.first_on AND absence.last_on
            GROUP BY 1, 2
        ) away ON away.user_id = load.user_id AND away.week = open.week
        WHERE {which}
        GROUP BY load.id
    ) stated
    WHERE stated.id = load.id
"""

MEASURES = """
    UPDATE servicing_personload load
    SET promised_year = sums.promised_year, promised_soon = sums.promised_soon, busiest = sums.busiest,
        available_year = sums.available_year, available_soon = sums.available_soon,
        overloaded = sums.overloaded, first_overloaded = sums.first_overloaded,
        load = sums.promised_year::float8 / nullif(sums.available_year, 0),
        load_soon = sums.promised_soon::float8 / nullif(sums.available_soon, 0)
    FROM (
        SELECT load.id, sum(weeks.owed) AS promised_year,
            sum(weeks.owed) FILTER (WHERE week <= 4) AS promised_soon,
            (array_agg(week ORDER BY weeks.owed DESC, week))[1] - 1 AS busiest,
            sum(weeks.there) AS available_year, sum(weeks.there) FILTER (WHERE week <= 4) AS available_soon,
            CASE WHEN load.available IS NOT NULL THEN count(*) FILTER (WHERE weeks.owed > weeks.there)
                END AS overloaded,
            min(week) FILTER (WHERE weeks.owed > weeks.there) - 1 AS first_overloaded
        FROM servicing_personload load,
            unnest(load.promised, load.available) WITH ORDINALITY AS weeks(owed, there, week)
        WHERE {which}
        GROUP BY load.id
    ) sums
    WHERE sums.id = load.id
"""

# A person's hours go to the roles as what is promised to them over all weeks; hours with nothing promised
# are those of no role.
ROLE_WEEKS = f"""
    (role_id, promised, measured, available)
    SELECT role_id, {_sums("promised")}, {_sums("measured")},
        {_sums("available", " * share")}
    FROM (
        SELECT work.role_id, work.promised, load.available,
            CASE WHEN load.available IS NOT NULL THEN work.promised END AS measured,
            work.minutes::float8 / nullif(load.promised_year, 0) AS share
        FROM (
            SELECT user_id, role_id, {_sums("minutes")} AS promised,
                sum((SELECT sum(minute) FROM unnest(minutes) AS minute)) AS minutes
            FROM servicing_personweeks GROUP BY user_id, role_id
        ) work
        JOIN servicing_personload load ON load.user_id IS NOT DISTINCT FROM work.user_id
        UNION ALL
        SELECT NULL, NULL, available, NULL, 1 FROM servicing_personload
        WHERE available IS NOT NULL AND promised_year = 0
    ) parts
    GROUP BY role_id
"""
