"""Absences: work that falls due in them goes to the stand-in, or moves to a day on which the person is there.

Each absent day is one row of `plan_away`, with its stand-in unless that one is absent too or has left: then
the date moves, never on to a third person. What a person decided stands: work that was handed to somebody, an
appointment, a date that somebody moved. Nothing here is sent where nobody is absent.
"""

from __future__ import annotations

import datetime as dt

from clients.models import Firm
from servicing.planning.dating import CLIENTS_PLACE
from servicing.planning.session import OPEN, Session
from servicing.planning.working_days import YEARS_AHEAD, days_off

AHEAD = 180  # days after a person's last absent day to which work may move
LONGEST_SPREAD = 90  # days over which work is spread after an absence that takes up its whole window

AWAY = """
    SELECT a.user_id, d::date AS day, a.last_on - a.first_on + 1 AS days,
        CASE WHEN person.is_active AND NOT EXISTS (
            SELECT FROM servicing_absence own
            WHERE own.user_id = person.id AND d::date BETWEEN own.first_on AND own.last_on
        ) THEN person.id END AS stand_in_id
    FROM servicing_absence a
    LEFT JOIN clients_user person ON person.id = a.stand_in_id
    CROSS JOIN LATERAL generate_series(a.first_on, least(a.last_on, %(farthest)s), interval '1 day') d
    WHERE a.last_on >= %(day)s
"""

ANY = f"""
    SELECT EXISTS (SELECT FROM servicing_absence WHERE last_on >= %(day)s) OR EXISTS (
        SELECT FROM servicing_servicetask WHERE {OPEN} AND stands_in_for_id IS NOT NULL AND NOT reassigned
    )
"""

# Clients with work at a stand-in whose reason is gone: the absence is over, or the stand-in is another.
TO_GIVE_BACK = f"""
    SELECT task.client_id FROM servicing_servicetask task
    WHERE task.{OPEN} AND task.stands_in_for_id IS NOT NULL AND NOT task.reassigned AND NOT EXISTS (
        SELECT FROM plan_away away
        WHERE away.user_id = task.stands_in_for_id AND away.day = task.due_on
            AND (task.status = 'scheduled' OR away.stand_in_id = task.assigned_to_id)
    )
"""

# The days around a person's absences, each with the next and the last day on which the person works.
THERE = """
    SELECT user_id, day,
        min(day) FILTER (WHERE there) OVER (PARTITION BY user_id ORDER BY day DESC) AS next_on,
        max(day) FILTER (WHERE there) OVER (PARTITION BY user_id ORDER BY day) AS previous_on
    FROM (
        SELECT person.user_id, d::date AS day, away.day IS NULL AND extract(isodow FROM d) < 6
            AND d::date <> ALL(%(days_off)s::date[]) AS there
        FROM (
            SELECT user_id, least(min(day), %(day)s) AS first_on, max(day) AS last_on
            FROM plan_away GROUP BY user_id HAVING bool_or(stand_in_id IS NULL)
        ) person
        CROSS JOIN LATERAL generate_series(
            person.first_on, person.last_on + %(ahead)s, interval '1 day'
        ) d
        LEFT JOIN plan_away away ON away.user_id = person.user_id AND away.day = d::date
    ) days
"""


def _allowed(day: str) -> str:
    return f"(cardinality(p.allowed_months) = 0 OR extract(month FROM {day}) = ANY(p.allowed_months))"


# Rows p (a due date of a person who is absent on it, without a stand-in) with the day that they move to.
MOVED = f"""
    SELECT p.id, coalesce(
        -- after the absence within the window, spread over as many days as the absence takes; the first of
        -- them; before the absence within the window
        CASE WHEN soon.next_on <= p.latest_on AND {_allowed("soon.next_on")} THEN soon.next_on END,
        CASE WHEN there.next_on <= p.latest_on AND {_allowed("there.next_on")} THEN there.next_on END,
        CASE WHEN there.previous_on >= greatest(p.earliest_on, %(day)s) AND {_allowed("there.previous_on")}
            THEN there.previous_on END,
        -- the absence takes up the window: after it, in an allowed month; before it; else the date stays
        CASE WHEN {_allowed("late.next_on")} THEN late.next_on END,
        CASE WHEN {_allowed("there.next_on")} THEN there.next_on END,
        CASE WHEN there.previous_on >= %(day)s AND {_allowed("there.previous_on")} THEN there.previous_on END
    ) AS due_on
    FROM ({{dates}}) p
    JOIN plan_away away ON away.user_id = p.person_id AND away.day = p.due_on AND away.stand_in_id IS NULL
    JOIN plan_there there ON there.user_id = p.person_id AND there.day = p.due_on
    LEFT JOIN plan_there soon ON soon.user_id = p.person_id AND soon.day = there.next_on
        + floor({CLIENTS_PLACE} * greatest(1, least(away.days, p.latest_on - there.next_on + 1)))::int
    LEFT JOIN plan_there late ON late.user_id = p.person_id AND late.day = there.next_on
        + floor({CLIENTS_PLACE} * least(away.days, {LONGEST_SPREAD}))::int
"""

CLOCKS = """
    SELECT clock.id, clock.client_id, promise.person_id, clock.due_on, i.allowed_months,
        clock.due_on - promise.window_before_days AS earliest_on,
        clock.due_on + promise.window_after_days AS latest_on
    FROM plan_promise promise
    JOIN plan_item i USING (line_id)
    JOIN servicing_serviceclock clock
        ON clock.client_id = promise.client_id AND clock.kind_id = promise.kind_id
    WHERE clock.due_on >= %(day)s
"""
MOVE_CLOCKS = f"""
    UPDATE servicing_serviceclock clock
    SET due_on = moved.due_on, create_on = clock.create_on + (moved.due_on - clock.due_on)
    FROM ({MOVED.format(dates=CLOCKS)}) moved
    WHERE clock.id = moved.id AND moved.due_on <> clock.due_on
"""

# A task that is late already stays late.
TASKS = """
    SELECT t.id, t.client_id, promise.person_id, t.due_on, i.allowed_months, t.window_start AS earliest_on,
        t.window_end AS latest_on
    FROM plan_promise promise
    JOIN plan_item i USING (line_id)
    JOIN servicing_servicetask t ON t.client_id = promise.client_id AND t.kind_id = promise.kind_id
        AND t.item_id = promise.item_id
    WHERE t.status = 'planned' AND NOT t.reassigned AND t.rescheduled_from IS NULL
        AND t.window_end >= %(day)s
"""
MOVE_TASKS = f"""
    UPDATE servicing_servicetask task
    SET due_on = moved.due_on, window_start = task.window_start + (moved.due_on - task.due_on),
        window_end = task.window_end + (moved.due_on - task.due_on)
    FROM ({MOVED.format(dates=TASKS)}) moved
    WHERE task.id = moved.id AND moved.due_on <> task.due_on
"""

# Open work that fell to a role: to the stand-in where it is due in an absence, back where it no longer is.
# An appointment that a stand-in made stays with the stand-in while the person is away.
ASSIGN = f"""
    UPDATE servicing_servicetask task
    SET assigned_to_id = found.person_id, stands_in_for_id = found.stands_in_for_id
    FROM (
        SELECT t.id,
            CASE WHEN kept.stays THEN t.assigned_to_id
                WHEN t.status = 'planned' THEN coalesce(away.stand_in_id, team.person_id)
                ELSE team.person_id END AS person_id,
            CASE WHEN kept.stays OR (t.status = 'planned' AND away.stand_in_id IS NOT NULL)
                THEN team.person_id END AS stands_in_for_id
        FROM plan_scope
        JOIN servicing_servicetask t USING (client_id)
        LEFT JOIN clients_teammember holder ON holder.client_id = t.client_id AND holder.role_id = t.role_id
        LEFT JOIN clients_teammember lead ON lead.client_id = t.client_id
            AND lead.role_id = (SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')
        CROSS JOIN LATERAL (SELECT coalesce(holder.user_id, lead.user_id) AS person_id) team
        LEFT JOIN plan_away away ON away.user_id = team.person_id AND away.day = t.due_on
        CROSS JOIN LATERAL (SELECT t.status = 'scheduled' AND t.stands_in_for_id = team.person_id AND EXISTS (
            SELECT FROM plan_away absent WHERE absent.user_id = team.person_id
                AND absent.day IN (t.due_on, (t.scheduled_at AT TIME ZONE %(zone)s)::date)
        ) AS stays) kept
        WHERE t.{OPEN} AND t.role_id IS NOT NULL AND NOT t.reassigned
    ) found
    WHERE task.id = found.id AND (task.assigned_to_id, task.stands_in_for_id)
        IS DISTINCT FROM (found.person_id, found.stands_in_for_id)
"""


def read_absences(session: Session) -> None:
    """Notes in the session whether anybody is absent or work is at a stand-in; then fills `plan_away`."""
    session.absences = session.fetch(ANY)[0][0]
    if session.absences:
        farthest = session.day + dt.timedelta(days=366 * (YEARS_AHEAD - 2))
        session.keep("plan_away", AWAY, farthest=farthest, analyzed="user_id, day, stand_in_id")


def keep_days_there(session: Session, firm: Firm) -> None:
    """Fills `plan_there` with the days of those whose work moves."""
    if not session.absences:
        return
    first, last = session.fetch("SELECT min(day), max(day) FROM plan_away")[0]
    first = min(first or session.day, session.day)
    last = (last or session.day) + dt.timedelta(days=AHEAD)
    off = list(days_off(firm, first, last))
    session.keep("plan_there", THERE, days_off=off, ahead=AHEAD, analyzed="user_id, day")


def move_clocks(session: Session) -> None:
    """Dates that are not tasks yet move out of absences, and stay where they moved."""
    if session.absences:
        session.run(MOVE_CLOCKS)


def move_tasks(session: Session) -> int:
    """Returns how many open tasks moved out of absences."""
    return session.run(MOVE_TASKS) if session.absences else 0


def assign(session: Session, firm: Firm) -> int:
    """Returns how many open tasks went to a stand-in, back, or to another person of the team."""
    return session.run(ASSIGN, zone=firm.time_zone)
