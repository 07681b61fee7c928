"""One step with many tasks: hand over, move the due date, put off. Each is one statement, and undone as one.

What a task was before and after is kept beside it, so that an undo gives back only tasks that nobody changed
since.
"""

# ruff: noqa: S608  (the statements are put together from texts of this module)
from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pghistory
from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from clients.firm import firm_settings, firm_today
from clients.models import User
from servicing.models import BulkAction, BulkStep, ServiceTask
from servicing.planning import lock, plan
from servicing.planning.working_days import days_off
from servicing.work import following

# What a step with many may change, and an undo gives back.
_KEPT = (
    "assigned_to_id",
    "reassigned",
    "due_on",
    "window_start",
    "window_end",
    "rescheduled_from",
    "reschedule_reason",
    "status",
    "snoozed_until",
    "snooze_reason",
)


def _kept(row: str) -> str:
    """SQL: the kept columns of `row` as one JSON object."""
    columns = ", ".join(f"'{name}', {row}.{name}" for name in _KEPT)
    return f"jsonb_build_object({columns})"


# The open tasks among those chosen that the step changes; the change; then what is needed to undo it.
_STEP = f"""
    WITH picked AS (
        SELECT task.*, {_kept("task")} AS before FROM servicing_servicetask task
        WHERE task.id IN ({{tasks}}) AND task.status IN ('planned', 'scheduled') AND {{differs}} FOR UPDATE
    ), changed AS (
        UPDATE servicing_servicetask task SET {{change}}
        FROM picked {{beside}} WHERE task.id = picked.id
        RETURNING task.id, picked.before, {_kept("task")} AS after
    )
    INSERT INTO servicing_bulksteprow (step_id, task_id, before, after)
    SELECT %s, id, before, after FROM changed
"""

# A task that was closed or changed since stays as it is.
_UNDO = f"""
    UPDATE servicing_servicetask task SET ({", ".join(_KEPT)}) = ({", ".join(f"was.{n}" for n in _KEPT)})
    FROM servicing_bulksteprow kept
    CROSS JOIN LATERAL jsonb_populate_record(NULL::servicing_servicetask, kept.before) was
    WHERE kept.step_id = %s AND kept.task_id = task.id AND {_kept("task")} = kept.after
"""

# Each day with the working day that it moves forward to.
_WORKING_DAYS = """
    (SELECT day, min(day) FILTER (WHERE works) OVER (ORDER BY day DESC) AS works_on
    FROM (
        SELECT d::date AS day, extract(isodow FROM d) < 6 AND d::date <> ALL(%s::date[]) AS works
        FROM generate_series(%s::date, %s::date, interval '1 day') d
    ) days)
"""


@dataclass(frozen=True)
class Undone:
    """How many tasks are as they were, and how many stay because they were changed since."""

    restored: int
    kept: int


def reassign_tasks(*, tasks: QuerySet, to: User, by: User) -> BulkStep:
    """Hands the open ones of `tasks` to a person; planning leaves them there whatever becomes of the team.

    Returns the step, which `undo_step` takes back; `changed` is how many tasks went to another person.
    """
    with transaction.atomic():
        step = _do(
            BulkAction.REASSIGN,
            tasks,
            by,
            change="assigned_to_id = %s, reassigned = true",
            values=[to.pk],
            differs="task.assigned_to_id IS DISTINCT FROM %s",
            differs_values=[to.pk],
        )
        handed_over = step.rows.order_by().values_list("task", flat=True)
        following.handed_over(handed_over, to=to, by=by, key=f"step:{step.pk}")
        return step


def reschedule_tasks(*, tasks: QuerySet, days: int, by: User, reason: str = "") -> BulkStep:
    """Moves the open ones of `tasks`, and their windows with them, by so many days, forward to a working day.

    None goes before today. Planning keeps the dates.
    """
    today = firm_today()
    first, last = today, today + dt.timedelta(days=4 * 366)
    with transaction.atomic():
        step = _do(
            BulkAction.RESCHEDULE,
            tasks,
            by,
            change="""
                due_on = calendar.works_on, rescheduled_from = coalesce(task.rescheduled_from, picked.due_on),
                window_start = picked.window_start + (calendar.works_on - picked.due_on),
                window_end = picked.window_end + (calendar.works_on - picked.due_on), reschedule_reason = %s
            """,
            values=[reason],
            beside=f"JOIN {_WORKING_DAYS} calendar ON calendar.day = greatest(picked.due_on + %s, %s::date)",
            beside_values=[list(days_off(firm_settings(), first, last)), first, last, days, today],
            differs="true",
        )
        following.tasks_moved(step.rows.order_by().values_list("task", flat=True))
        clients = step.rows.order_by().values_list("task__client_id", flat=True).distinct()
        plan(as_of=today, clients=list(clients))
        return step


def snooze_tasks(*, tasks: QuerySet, until: dt.date, by: User, reason: str = "") -> BulkStep:
    """Puts the open ones of `tasks` out of their queues until a date; they are due as before."""
    return _do(
        BulkAction.SNOOZE,
        tasks,
        by,
        change="snoozed_until = %s, snooze_reason = %s",
        values=[until, reason],
        differs="task.snoozed_until IS DISTINCT FROM %s",
        differs_values=[until],
    )


def undo_step(*, step: BulkStep) -> Undone:
    """Takes a step back for every task that still is as the step left it. A second time: nothing."""
    with transaction.atomic(), pghistory.context(undoes_bulk_step=step.pk):
        lock()
        claimed = BulkStep.objects.filter(pk=step.pk, undone_at__isnull=True).update(undone_at=timezone.now())
        if not claimed:
            return Undone(0, 0)
        with connection.cursor() as cursor:
            cursor.execute(_UNDO, [step.pk])
            restored = cursor.rowcount
        following.hand_over_undone(f"step:{step.pk}")
        if step.action == BulkAction.RESCHEDULE:
            following.tasks_moved(step.rows.order_by().values_list("task", flat=True))
            clients = step.rows.order_by().values_list("task__client_id", flat=True).distinct()
            plan(as_of=firm_today(), clients=list(clients))
        return Undone(restored, step.changed - restored)


def _do(
    action: BulkAction,
    tasks: QuerySet,
    by: User,
    *,
    change: str,
    values: list[Any],
    differs: str,
    differs_values: list[Any] | None = None,
    beside: str = "",
    beside_values: list[Any] | None = None,
) -> BulkStep:
    """`change`: the SET of a task; `beside`: what is joined for it; `differs`: which tasks it changes."""
    try:
        chosen = ServiceTask.objects.filter(pk__in=tasks.order_by().values("pk")).values("pk")
        ids, ids_values = chosen.query.sql_with_params()
    except EmptyResultSet:  # nothing was chosen
        ids, ids_values = "SELECT NULL::bigint WHERE false", ()
    sql = _STEP.format(tasks=ids, differs=differs, change=change, beside=beside)
    with transaction.atomic():
        lock()
        step = BulkStep.objects.create(action=action, by=by)
        with pghistory.context(bulk_step=step.pk), connection.cursor() as cursor:
            cursor.execute(
                sql, [*ids_values, *(differs_values or []), *values, *(beside_values or []), step.pk]
            )
            step.changed = cursor.rowcount
        step.save(update_fields=["changed"])
        return step
