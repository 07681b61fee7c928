"""Tasks to follow up: so many days after a meeting was held, for clients whose tags ask for it."""

# ruff: noqa: S608  (statements put together from this package's own constants)
from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from clients.firm import firm_settings
from servicing.modifiers.tailoring import MEETING
from servicing.planning.session import OPEN, Session
from servicing.planning.working_days import days_off

SOURCE = "follow_up"
MINUTES = 10
WINDOW_DAYS = 7
LONGEST_BREAK = 30  # days without a working day; no firm is closed for longer

# Of the task `task`: a meeting of a promise that was held within the most days of any modifier. It was closed
# then or later, which an index finds.
HELD = f"""
    task.closed_at >= %(day)s::date - (%(longest)s::int + 1) AND task.status = 'done'
        AND task.item_id IS NOT NULL AND NOT task.automated AND task.channel IN {MEETING}
        AND task.completed_on BETWEEN %(day)s::date - %(longest)s::int AND %(day)s
"""

# These, each with the earliest follow-up that a tag of its client asks for, on
# a working day. One whose day has passed is not made: it would be late before anybody saw it.
_WANTED = f"""
    SELECT DISTINCT ON (task.id) task.id AS task_id, task.client_id, acting.follow_up_channel AS channel,
        working.due_on, task.tier_id, task.role_id, task.assigned_to_id,
        coalesce(nullif(task.title, ''), kind.label) AS held
    FROM plan_acting acting
    JOIN servicing_servicetask task ON task.client_id = acting.client_id AND {HELD}
    JOIN servicing_servicekind kind ON kind.id = task.kind_id
    CROSS JOIN LATERAL (
        SELECT min(d)::date AS due_on
        FROM generate_series(
            task.completed_on + acting.follow_up_days,
            task.completed_on + acting.follow_up_days + {LONGEST_BREAK}, interval '1 day'
        ) d
        WHERE extract(isodow FROM d) < 6 AND d::date <> ALL(%(days_off)s::date[])
    ) working
    WHERE acting.follow_up_days IS NOT NULL AND working.due_on IS NOT NULL
    ORDER BY task.id, acting.follow_up_days, acting.place
"""

# Its meeting was taken back, or no tag asks for it any more.
_TAKE_BACK = f"""
    UPDATE servicing_servicetask task
    SET status = 'cancelled', closed_at = %(moment)s, closed_reason = 'taken_back'
    FROM (
        SELECT open.id
        FROM {{scope}} s
        JOIN servicing_servicetask open ON open.client_id = s.client_id AND open.source = '{SOURCE}'
            AND open.{OPEN}
        LEFT JOIN servicing_servicetask held ON held.id = open.follows_id AND held.status = 'done'
        WHERE held.id IS NULL
            OR NOT EXISTS (
                SELECT FROM plan_acting acting
                WHERE acting.client_id = s.client_id AND acting.follow_up_days IS NOT NULL
            )
    ) gone
    WHERE task.id = gone.id
    RETURNING task.client_id
"""

# The title says nothing of the tag: it stays when the tag is erased.
_MAKE = f"""
    INSERT INTO servicing_servicetask AS made (
        client_id, tier_id, title, status, due_on, window_start, window_end, role_id, assigned_to_id,
        reassigned, channel, planned_minutes, automated, snooze_reason, attempts, outcome, closed_reason,
        source, source_id, follows_id, created_at
    )
    SELECT wanted.client_id, wanted.tier_id, left(%(title)s || wanted.held, 160), 'planned', wanted.due_on,
        wanted.due_on, wanted.due_on + {WINDOW_DAYS}, wanted.role_id, wanted.assigned_to_id, false,
        wanted.channel, {MINUTES}, false, '', 0, '', '', '{SOURCE}', wanted.task_id::text, wanted.task_id,
        %(moment)s
    FROM plan_follow_up wanted
    WHERE wanted.due_on >= %(day)s
    ON CONFLICT (source, source_id) WHERE source_id <> '' DO UPDATE
        SET status = 'planned', closed_at = NULL, closed_reason = '', due_on = excluded.due_on,
            window_start = excluded.window_start, window_end = excluded.window_end
        WHERE made.status = 'cancelled' AND made.closed_reason = 'taken_back'
    RETURNING client_id
"""


def write(session: Session, scope: str, longest: int) -> set[int]:
    """Makes the follow-ups of the clients in the temporary table `scope` and takes back those that nothing
    asks for; returns the ids of the clients concerned. Reads `plan_acting`. `longest`: the most days of any
    modifier."""
    changed = session.fetch(_TAKE_BACK.format(scope=scope))
    if longest:
        first, last = session.day - dt.timedelta(days=longest), session.day + dt.timedelta(days=longest)
        off = days_off(firm_settings(), first, last + dt.timedelta(days=LONGEST_BREAK))
        if session.keep("plan_follow_up", _WANTED, days_off=list(off), longest=longest):
            changed += session.fetch(_MAKE, title=_("Follow up: "))
    return {client for (client,) in changed}
