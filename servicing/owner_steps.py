"""An owner's step under way that has a day is a task of the lead advisor, and follows the step.

Step and task are two sides of one thing: whoever completes the task has done the step, whoever ends the step
closes the task, and whoever moves one of them moves both. A task is known by its step, so that none has two.
"""

# ruff: noqa: S608  (statements put together from this module's own constants)
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from contextlib import suppress

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import User
from clients.whole_firm import as_array
from personas.models import CommitmentStep, StepState
from personas.tools.owner import steps
from personas.tools.owner.steps import StepRefused
from servicing.models import ServiceTask, TaskStatus
from servicing.planning.session import OPEN, Session

SOURCE = "owner_step"
MINUTES = 15

# What stands for steps of these clients, or for steps that went with them.
_ANYTHING = f"""
    SELECT EXISTS (SELECT FROM personas_commitmentstep WHERE client_id = ANY(%(clients)s::bigint[]))
        OR EXISTS (SELECT FROM servicing_servicetask
            WHERE client_id = ANY(%(clients)s::bigint[]) AND source = '{SOURCE}' AND {OPEN})
"""

# Under way, with a day, of an active client.
_WANTED = """
    SELECT step.id::text AS source_id, step.client_id, step.due_on,
        left(%(title)s || step.title, 160) AS title
    FROM personas_commitmentstep step
    JOIN clients_client c ON c.id = step.client_id AND c.status = 'active'
    WHERE step.client_id = ANY(%(clients)s::bigint[]) AND step.state = 'active' AND step.due_on IS NOT NULL
"""

# The step was done, which is what the task was for; or it was stopped, removed, lost its day, went elsewhere.
_CLOSE = f"""
    UPDATE servicing_servicetask task
    SET status = CASE WHEN gone.done_on IS NULL THEN 'cancelled' ELSE 'done' END,
        outcome = CASE WHEN gone.done_on IS NULL THEN '' ELSE 'delivered' END,
        completed_on = gone.done_on, closed_at = %(moment)s,
        closed_reason = CASE WHEN gone.done_on IS NULL THEN 'taken_back' ELSE '' END
    FROM (
        SELECT open.id, step.closed_on AS done_on
        FROM servicing_servicetask open
        LEFT JOIN personas_commitmentstep step ON step.id::text = open.source_id
            AND step.client_id = open.client_id AND step.state = 'done'
        WHERE open.client_id = ANY(%(clients)s::bigint[]) AND open.source = '{SOURCE}' AND open.{OPEN}
            AND NOT EXISTS (
                SELECT FROM owner_wanted w
                WHERE w.source_id = open.source_id AND w.client_id = open.client_id
            )
    ) gone
    WHERE task.id = gone.id
"""

# What an appointment was made for keeps its date; what a person moved has moved the step too.
_MOVE = f"""
    UPDATE servicing_servicetask task
    SET title = wanted.title, due_on = dated.due_on, window_start = dated.due_on, window_end = dated.due_on
    FROM servicing_servicetask old
    JOIN owner_wanted wanted ON wanted.source_id = old.source_id AND wanted.client_id = old.client_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN old.status = 'scheduled' THEN old.due_on ELSE wanted.due_on END AS due_on
    ) dated
    WHERE task.id = old.id AND old.source = '{SOURCE}' AND old.{OPEN}
        AND (old.title, old.due_on) IS DISTINCT FROM (wanted.title, dated.due_on)
"""

# A step that is taken up again opens its task again, where it was closed with the step; one that the client
# declined comes back with another day.
_MAKE = f"""
    INSERT INTO servicing_servicetask AS made (
        client_id, tier_id, title, status, due_on, window_start, window_end, role_id, assigned_to_id,
        reassigned, channel, planned_minutes, automated, snooze_reason, attempts, outcome, closed_reason,
        source, source_id, created_at
    )
    SELECT wanted.client_id, summary.tier_id, wanted.title, 'planned', wanted.due_on, wanted.due_on,
        wanted.due_on, role.id, lead.user_id, false, '', {MINUTES}, false, '', 0, '', '', '{SOURCE}',
        wanted.source_id, %(moment)s
    FROM owner_wanted wanted
    JOIN clients_servicerole role ON role.code = 'lead_advisor'
    LEFT JOIN clients_teammember lead ON lead.client_id = wanted.client_id AND lead.role_id = role.id
    LEFT JOIN clients_clientsummary summary ON summary.client_id = wanted.client_id
    ON CONFLICT (source, source_id) WHERE source_id <> '' DO UPDATE
        SET status = 'planned', outcome = '', completed_on = NULL, closed_at = NULL, closed_reason = '',
            scheduled_at = NULL, client_id = excluded.client_id, title = excluded.title,
            due_on = excluded.due_on, window_start = excluded.window_start, window_end = excluded.window_end
        WHERE made.status = 'cancelled' AND made.closed_reason IN ('taken_back', 'status')
            OR made.status = 'done' AND made.touch_id IS NULL
            OR made.status IN ('declined', 'no_response') AND made.due_on <> excluded.due_on
"""


# The day that a person gave the task is the step's, unless it is before the step was agreed.
_FOLLOW = f"""
    UPDATE personas_commitmentstep step SET due_on = task.due_on
    FROM servicing_servicetask task
    WHERE task.id = ANY(%s::bigint[]) AND task.source = '{SOURCE}' AND task.{OPEN}
        AND task.source_id = step.id::text AND task.client_id = step.client_id
        AND step.state = 'active' AND step.agreed_on <= task.due_on
        AND step.due_on IS DISTINCT FROM task.due_on
"""


def move_steps(tasks: list[int]) -> None:
    """Gives steps the day that their tasks, by their ids, were moved to."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, [tasks])


@transaction.atomic
def open_tasks(*, day: dt.date, clients: Iterable[int]) -> None:
    """Brings the tasks of owners' steps in line with these, for the clients with the given ids; whoever calls
    holds the planning lock and plans for them next."""
    session = Session(day=day, moment=timezone.now())
    session.parameters |= {"clients": as_array(sorted(set(clients)))}
    if not session.fetch(_ANYTHING)[0][0]:
        return
    session.keep("owner_wanted", _WANTED, title=_("Owner's step: "))
    session.run(_CLOSE)
    session.run(_MOVE)
    session.run(_MAKE)


def keep_in_line(task: ServiceTask, by: User | None = None) -> None:
    """What follows for a step when its task was closed or opened again: delivered, the step is done."""
    step = CommitmentStep.objects.filter(pk=int(task.source_id), client=task.client_id).first()
    if step is None:
        return
    with suppress(StepRefused):  # somebody changed the step a moment ago: the task follows it
        if task.status == TaskStatus.DONE and step.state == StepState.ACTIVE:
            agreed = step.agreed_on or dt.date.min
            steps.close(step=step, state=StepState.DONE, on=max(task.completed_on or agreed, agreed))
        elif task.is_open and step.state == StepState.DONE:
            steps.reopen(step=step)
