"""The stage that a case is in is a task of its owner, and follows it.

A task is known by its case and the number of the stage, so that no stage has two, and a stage that a person
leads the case back to has one of its own. Completing the task ends the stage; ending the stage closes the
task. A client who declined or did not answer has not ended the stage: it begins again, so that a case is at
work until a person closes it. A case that is closed has no open task.
"""

# ruff: noqa: S608  (statements put together from this module's own constants)
from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.firm import firm_today
from clients.models import User
from clients.whole_firm import as_array
from servicing.models import ServiceTask, TaskStatus, Transition
from servicing.planning.session import OPEN, Session
from servicing.transitions import stepping
from servicing.transitions.opening import SOURCE, open_cases

_ANYTHING = f"""
    SELECT EXISTS (SELECT FROM servicing_transition t WHERE t.closed_on IS NULL {{cases}})
        OR EXISTS (
            SELECT FROM servicing_servicetask t
            WHERE t.source = '{SOURCE}' AND t.source_id <> '' AND t.{OPEN} {{cases}}
        )
"""

# The stage at work of every open case of a client who is served.
_WANTED = """
    SELECT t.client_id, t.id || '-' || t.number AS source_id, t.due_on, stage.began_on, t.owner_id,
        left(%(lead)s || coalesce(step.title, t.step), 160) AS title, coalesce(step.minutes, 15) AS minutes
    FROM servicing_transition t
    JOIN clients_client c ON c.id = t.client_id AND c.status <> 'former'
    JOIN servicing_transitionstage stage ON stage.case_id = t.id AND stage.number = t.number
        AND stage.ended_on IS NULL
    LEFT JOIN servicing_transitionstep step ON step.step = t.step
        AND step.route = CASE WHEN t.step IN ('decide', 'close') THEN '' ELSE t.route END
    WHERE t.closed_on IS NULL {cases}
"""

_WITHOUT = f"""
    SELECT t.client_id FROM servicing_transition t
    JOIN clients_client c ON c.id = t.client_id AND c.status <> 'former'
    WHERE t.closed_on IS NULL AND NOT EXISTS (
        SELECT FROM servicing_servicetask task
        WHERE task.source = '{SOURCE}' AND task.source_id <> ''
            AND task.source_id = t.id || '-' || t.number
        OFFSET 0  -- a look-up for each case, whatever the statistics say of a table that has just grown
    )
"""

# Its stage is done, which is what the task was for; or the case went elsewhere, was closed or taken back.
_CLOSE = f"""
    UPDATE servicing_servicetask task
    SET status = CASE WHEN gone.done_on IS NULL THEN 'cancelled' ELSE 'done' END,
        outcome = CASE WHEN gone.done_on IS NULL THEN '' ELSE 'delivered' END,
        completed_on = gone.done_on, closed_at = %(moment)s,
        closed_reason = CASE WHEN gone.done_on IS NULL THEN 'taken_back' ELSE '' END
    FROM (
        SELECT t.id, stage.ended_on AS done_on
        FROM servicing_servicetask t
        LEFT JOIN servicing_transitionstage stage
            ON stage.case_id::text = split_part(t.source_id, '-', 1)
            AND stage.number::text = split_part(t.source_id, '-', 2) AND stage.done
        WHERE t.source = '{SOURCE}' AND t.source_id <> '' AND t.{OPEN} {{cases}}
            AND NOT EXISTS (
                SELECT FROM transition_wanted w
                WHERE w.source_id = t.source_id AND w.client_id = t.client_id
            )
    ) gone
    WHERE task.id = gone.id
"""

# What a person moved or made an appointment for keeps its date; a stand-in keeps the work of who is absent.
_MOVE = f"""
    UPDATE servicing_servicetask task
    SET title = wanted.title, due_on = dated.due_on, window_start = dated.window_start,
        window_end = dated.due_on, assigned_to_id = dated.owner_id
    FROM servicing_servicetask old
    JOIN transition_wanted wanted ON wanted.source_id = old.source_id AND wanted.client_id = old.client_id
    CROSS JOIN LATERAL (
        SELECT old.status = 'scheduled' OR old.rescheduled_from IS NOT NULL AS stands
    ) kept
    CROSS JOIN LATERAL (
        SELECT CASE WHEN kept.stands THEN old.due_on ELSE wanted.due_on END AS due_on,
            CASE WHEN kept.stands THEN old.window_start ELSE wanted.began_on END AS window_start,
            CASE WHEN old.stands_in_for_id IS NULL THEN wanted.owner_id ELSE old.assigned_to_id END
                AS owner_id
    ) dated
    WHERE task.id = old.id AND old.source = '{SOURCE}' AND old.source_id <> '' AND old.{OPEN}
        AND (old.title, old.due_on, old.window_start, old.assigned_to_id)
            IS DISTINCT FROM (wanted.title, dated.due_on, dated.window_start, dated.owner_id)
"""

# One that was taken back, or that the client's leaving closed, opens again with its stage.
_MAKE = f"""
    INSERT INTO servicing_servicetask AS made (
        client_id, tier_id, title, status, due_on, window_start, window_end, assigned_to_id, reassigned,
        channel, planned_minutes, automated, snooze_reason, attempts, outcome, closed_reason, source,
        source_id, created_at
    )
    SELECT wanted.client_id, summary.tier_id, wanted.title, 'planned', wanted.due_on, wanted.began_on,
        wanted.due_on, wanted.owner_id, true, '', wanted.minutes, false, '', 0, '', '', '{SOURCE}',
        wanted.source_id, %(moment)s
    FROM transition_wanted wanted
    LEFT JOIN clients_clientsummary summary ON summary.client_id = wanted.client_id
    WHERE NOT EXISTS (
        SELECT FROM servicing_servicetask there
        WHERE there.source = '{SOURCE}' AND there.source_id <> '' AND there.source_id = wanted.source_id
            AND (there.{OPEN} OR there.status NOT IN ('cancelled', 'done'))
        OFFSET 0  -- as above
    )
    ON CONFLICT (source, source_id) WHERE source_id <> '' DO UPDATE
        SET status = 'planned', outcome = '', completed_on = NULL, closed_at = NULL, closed_reason = '',
            scheduled_at = NULL, client_id = excluded.client_id, title = excluded.title,
            due_on = excluded.due_on, window_start = excluded.window_start, window_end = excluded.window_end,
            assigned_to_id = excluded.assigned_to_id
        WHERE made.status = 'cancelled' OR made.status = 'done' AND made.touch_id IS NULL
"""


@transaction.atomic
def open_tasks(*, day: dt.date, clients: Iterable[int] | None = None) -> int:
    """Opens cases that are due and brings the tasks of all in line with their stages, for all clients or for
    those with the given ids; returns how many tasks were made. Takes the planning lock; whoever calls plans
    next.
    """
    from servicing.planning import lock

    lock()
    session = Session(day=day, moment=timezone.now())
    ids = None if clients is None else sorted(set(clients))
    open_cases(session, ids)
    return bring_in_line(session, ids)


def without_task() -> list[int]:
    """The clients of cases whose stage has had no task so far: planning by hand opened them."""
    return [client for (client,) in Session(day=firm_today(), moment=timezone.now()).fetch(_WITHOUT)]


def bring_in_line(session: Session, ids: list[int] | None) -> int:
    """As `open_tasks`, with the cases that there are."""
    cases = "" if ids is None else "AND t.client_id = ANY(%(clients)s::bigint[])"
    session.parameters |= {"clients": None if ids is None else as_array(ids)}
    if not session.fetch(_ANYTHING.format(cases=cases))[0][0]:
        return 0
    session.keep(
        "transition_wanted",
        _WANTED.format(cases=cases),
        analyzed="source_id, client_id",
        lead=_("Transition: "),
    )
    session.run(_CLOSE.format(cases=cases))
    session.run(_MOVE)
    return session.run(_MAKE)


def keep_in_line(task: ServiceTask, by: User | None = None) -> None:
    """What follows for a case when a person closed the task of its stage, or opened it again."""
    case_id, _dash, number = task.source_id.partition("-")
    case = (
        Transition.objects.select_for_update(of=("self",))
        .filter(pk=int(case_id), client=task.client_id, closed_on__isnull=True)
        .first()
    )
    if case is None:
        return
    session = Session(day=firm_today(), moment=timezone.now())
    if task.is_open:
        stepping.back_to(case, number=int(number))
        session.run(_OWNERS_OF, tasks=[task.pk])
    elif case.number == int(number):
        if task.status == TaskStatus.DONE:
            stepping.go_on(case, on=task.completed_on, by=by)
        elif task.status in (TaskStatus.DECLINED, TaskStatus.NO_RESPONSE):
            stepping.once_more(case, by=by)
    bring_in_line(session, [case.client_id])


# After tasks changed hands the cases belong to whoever has the task of their stage; an absent person's work
# is at a stand-in, and stays the absent person's.
_OWNERS = f"""
    UPDATE servicing_transition t SET owner_id = coalesce(task.stands_in_for_id, task.assigned_to_id)
    FROM servicing_servicetask task
    WHERE task.source = '{SOURCE}' AND task.source_id <> '' AND task.{OPEN}
        AND task.source_id = t.id || '-' || t.number
        AND t.closed_on IS NULL
        AND t.owner_id IS DISTINCT FROM coalesce(task.stands_in_for_id, task.assigned_to_id)
"""
_OWNERS_OF = _OWNERS + " AND task.id = ANY(%(tasks)s::bigint[])"


def handed_over(tasks: list[int], to: User, by: User | None, key: str) -> None:
    """The case goes with the task of its stage."""
    Session(day=firm_today(), moment=timezone.now()).run(_OWNERS_OF, tasks=tasks)


def hand_over_undone(key: str) -> None:
    """And back with it."""
    Session(day=firm_today(), moment=timezone.now()).run(_OWNERS)
