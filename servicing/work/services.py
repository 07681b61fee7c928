"""Working a task: make it, complete it, log an attempt, book, move, put off, hand over; each can be undone.

Each takes the planning lock first, changes the task, and plans for its client at once, in one transaction:
what comes next is there when the person looks.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.firm import firm_date, firm_today, firm_zone
from clients.models import Client, Touch, TouchKind, TouchOutcome, User
from clients.services_facts import log_touch, remove_touch
from servicing.models import ClosedReason, PreparedPoint, ServiceClock, ServiceTask, TaskOutcome, TaskStatus
from servicing.modifiers.words import points_of
from servicing.planning import lock, plan
from servicing.work import following
from servicing.work.natural import fulfilling_kind
from servicing.work.undoing import KEPT, TokenRefused, read_token, state_of, token_of, typed, unchanged

BY_PERSON = "person"  # the source of a task that somebody made by hand
NEXT_ACTION = "next_action"  # of one that was agreed when another task was completed
_STATUS_OF = {
    TaskOutcome.DELIVERED: TaskStatus.DONE,
    TaskOutcome.DECLINED: TaskStatus.DECLINED,
    TaskOutcome.NO_RESPONSE: TaskStatus.NO_RESPONSE,
}


class TaskRefused(Exception):
    """It cannot be done; the text says why."""


@dataclass(frozen=True)
class Worked:
    """What a step did: the task as it stands, a token that takes the step back, and what comes next."""

    task: ServiceTask
    undo: str
    next_on: dt.date | None = None
    made: int = 0  # next actions


@dataclass(frozen=True)
class NextAction:
    """What was agreed to happen next: what, who does it, by when."""

    title: str
    to: User
    on: dt.date


def make_task(
    *,
    client: Client,
    title: str,
    due_on: dt.date,
    to: User,
    by: User | None = None,
    planned_minutes: int = 0,
    channel: str = "",
) -> Worked:
    """Makes a task beside the standards, due on one day; taking it back cancels it.

    `by`: who made it, and waits for it where another does it.
    """
    with transaction.atomic():
        lock()
        task = ServiceTask.objects.create(
            client=client,
            title=title,
            due_on=due_on,
            window_start=due_on,
            window_end=due_on,
            assigned_to=to,
            reassigned=True,
            planned_minutes=planned_minutes,
            channel=channel,
            source=BY_PERSON,
            source_id=str(uuid.uuid4()),
            made_by=by,
        )
        plan(as_of=firm_today(), clients=[client.pk])
        cancelled = {"status": TaskStatus.CANCELLED.value, "closed_at": timezone.now().isoformat()}
        return Worked(task, token_of(task, state_of(task) | cancelled))


def complete(
    *,
    task: ServiceTask,
    by: User | None,
    outcome: str,
    on: dt.date | None = None,
    minutes: int | None = None,
    note: str = "",
    kind: TouchKind | None = None,
    next_actions: Sequence[NextAction] = (),
) -> Worked:
    """Closes `task` as delivered, declined or unanswered, and logs the touch with its time.

    A delivered one logs a touch that reached the client; the others one that did not. `kind`: of the touch
    (default: what the task naturally becomes). `by`: nobody where it was done by itself. Each next action
    becomes a task that follows this one. Raises TaskRefused where the task is no longer open.
    """
    with transaction.atomic():
        task = _locked_open(task)
        before = state_of(task)
        delivered = outcome == TaskOutcome.DELIVERED
        touch = log_touch(
            client=task.client,
            kind=kind or fulfilling_kind(task),
            occurred_at=_moment(on),
            by=by,
            outcome=TouchOutcome.REACHED if delivered else TouchOutcome.ATTEMPTED,
            minutes=minutes,
            note=note,
        )
        task.status = _STATUS_OF[TaskOutcome(outcome)]
        task.outcome = outcome
        task.completed_on = touch.occurred_on if delivered else None
        task.touch = touch if delivered else None
        task.closed_at = timezone.now()
        task.save(update_fields=["status", "outcome", "completed_on", "touch", "closed_at"])
        following.task_changed(task, by)
        made = _agree(task, next_actions, by)
        plan(as_of=firm_today(), clients=[task.client_id])
        return Worked(task, token_of(task, before, touch=touch, made=made), _next_on(task), len(made))


def _agree(task: ServiceTask, actions: Sequence[NextAction], by: User | None) -> list[ServiceTask]:
    """Makes the next actions that were agreed in `task`; each in its owner's queue, due on its day."""
    return ServiceTask.objects.bulk_create(
        ServiceTask(
            client_id=task.client_id,
            title=action.title,
            due_on=action.on,
            window_start=action.on,
            window_end=action.on,
            assigned_to=action.to,
            reassigned=True,
            source=NEXT_ACTION,
            source_id=str(uuid.uuid4()),
            follows=task,
            made_by=by,
        )
        for action in actions
    )


def log_attempt(
    *, task: ServiceTask, by: User, kind: TouchKind, minutes: int | None = None, note: str = ""
) -> Worked:
    """Logs a touch that did not reach the client; the task stays open."""
    with transaction.atomic():
        task = _locked_open(task)
        before = state_of(task)
        touch = log_touch(
            client=task.client,
            kind=kind,
            occurred_at=timezone.now(),
            by=by,
            outcome=TouchOutcome.ATTEMPTED,
            minutes=minutes,
            note=note,
        )
        task.attempts += 1
        task.save(update_fields=["attempts"])
        return Worked(task, token_of(task, before, touch=touch))


def book(*, task: ServiceTask, at: dt.datetime, channel: str = "", place: str = "") -> Worked:
    """Notes the appointment (aware), or another one in its place; when the task is due stays apart from it.

    A task with one keeps its date when the client's tier changes.
    """
    with transaction.atomic():
        task = _locked_open(task)
        before = state_of(task)
        task.status, task.scheduled_at = TaskStatus.SCHEDULED, at
        task.scheduled_channel, task.place = channel, place
        task.snoozed_until, task.snooze_reason = None, ""
        task.save(
            update_fields=[
                "status", "scheduled_at", "scheduled_channel", "place", "snoozed_until", "snooze_reason",
            ]
        )  # fmt: skip
        return Worked(task, token_of(task, before))


def cancel_appointment(*, task: ServiceTask) -> Worked:
    """Takes the appointment away; the task stays open and due as before."""
    with transaction.atomic():
        task = _locked_open(task)
        if task.scheduled_at is None:
            raise TaskRefused(_("There is no appointment to cancel."))
        before = state_of(task)
        task.status, task.scheduled_at = TaskStatus.PLANNED, None
        task.scheduled_channel, task.place = "", ""
        task.save(update_fields=["status", "scheduled_at", "scheduled_channel", "place"])
        return Worked(task, token_of(task, before))


def reschedule(*, task: ServiceTask, to: dt.date, reason: str = "") -> Worked:
    """Moves the due date, and the window with it. Planning keeps the person's date until the task is closed
    or its tier is no longer served. An appointment stays where it is."""
    with transaction.atomic():
        task = _locked_open(task)
        before = state_of(task)
        moved, planned_on = to - task.due_on, task.rescheduled_from or task.due_on
        task.due_on = to
        task.window_start += moved
        task.window_end += moved
        task.rescheduled_from = None if to == planned_on else planned_on
        task.reschedule_reason = reason if task.rescheduled_from else ""
        task.snoozed_until, task.snooze_reason = None, ""
        task.save(
            update_fields=[
                "due_on", "window_start", "window_end", "rescheduled_from", "reschedule_reason",
                "snoozed_until", "snooze_reason",
            ]
        )  # fmt: skip
        following.tasks_moved([task.pk])
        plan(as_of=firm_today(), clients=[task.client_id])
        return Worked(task, token_of(task, before))


def prepare(*, task: ServiceTask, by: User, point: str, ready: bool) -> None:
    """Ticks a point of the item's checklist, or one that a tag asks for, or takes the tick away.

    Raises TaskRefused where the checklist has no such point, or the task is closed.
    """
    _refuse_closed(task)
    if not ready:
        PreparedPoint.objects.filter(task=task, point=point).delete()
    elif point not in (task.item.to_prepare if task.item else []) and point not in points_of(task):
        raise TaskRefused(_("The checklist has changed. Open the task again."))
    else:
        PreparedPoint.objects.get_or_create(task=task, point=point, defaults={"by": by})


def snooze(*, task: ServiceTask, until: dt.date, reason: str) -> Worked:
    """Puts the task out of the queue until a date; it is due as before."""
    with transaction.atomic():
        task = _locked_open(task)
        before = state_of(task)
        task.snoozed_until, task.snooze_reason = until, reason
        task.save(update_fields=["snoozed_until", "snooze_reason"])
        return Worked(task, token_of(task, before))


def reassign(*, task: ServiceTask, to: User, by: User | None = None) -> Worked:
    """Hands the task to a person; planning leaves it there whatever becomes of the team."""
    with transaction.atomic():
        task = _locked_open(task)
        before = state_of(task)
        task.assigned_to, task.reassigned = to, True
        task.save(update_fields=["assigned_to", "reassigned"])
        following.handed_over([task.pk], to=to, by=by, key=f"task:{task.pk}")
        return Worked(task, token_of(task, before))


def undo(*, task: ServiceTask, token: str) -> ServiceTask:
    """Takes the step back that gave `token`, with its touch, and plans for the client again.

    Raises TaskRefused where the time for it has passed or the task was changed since.
    """
    try:
        step = read_token(token)
    except TokenRefused:
        raise TaskRefused(_("This can no longer be undone.")) from None
    with transaction.atomic():
        lock()
        task = ServiceTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
        if step["task"] != task.pk or state_of(task) != step["after"]:
            raise TaskRefused(_("The task was changed since. Nothing was undone."))
        if not task.is_open:
            _make_room(task)
        for name, value in typed(step["before"]).items():
            setattr(task, name, value)
        if not task.is_open:
            task.closed_reason = ClosedReason.TAKEN_BACK
        task.save(update_fields=[*(name.removesuffix("_id") for name in KEPT), "closed_reason"])
        following.task_changed(task)
        if step["before"]["due_on"] != step["after"]["due_on"]:
            following.tasks_moved([task.pk])
        if step["before"]["assigned_to_id"] != step["after"]["assigned_to_id"]:
            following.hand_over_undone(f"task:{task.pk}")
        unchanged(step["made"]).update(
            status=TaskStatus.CANCELLED, closed_at=timezone.now(), closed_reason=ClosedReason.TAKEN_BACK
        )
        if step["touch"] and (touch := Touch.objects.filter(pk=step["touch"]).first()):
            remove_touch(touch=touch)
        plan(as_of=firm_today(), clients=[task.client_id])
        task.refresh_from_db()
        return task


def _make_room(task: ServiceTask) -> None:
    """Cancels the task that planning made after `task` was closed: one is open per client and kind."""
    if task.item_id is None:
        return
    ServiceTask.objects.open().filter(
        client_id=task.client_id, kind_id=task.kind_id, item__isnull=False
    ).update(status=TaskStatus.CANCELLED, closed_at=timezone.now(), closed_reason=ClosedReason.UNLOGGED)


def _locked_open(task: ServiceTask) -> ServiceTask:
    lock()
    task = (
        ServiceTask.objects.select_for_update(of=("self",))
        .select_related("client", "kind", "item", "assigned_to")
        .get(pk=task.pk)
    )
    _refuse_closed(task)
    return task


def _refuse_closed(task: ServiceTask) -> None:
    if not task.is_open:
        raise TaskRefused(
            _("This task is closed already: %(status)s.") % {"status": task.get_status_display()}
        )


def _moment(on: dt.date | None) -> dt.datetime:
    """Now, or noon of an earlier date where the firm is."""
    now = timezone.now()
    if on is None or on == firm_date(now):
        return now
    return dt.datetime.combine(on, dt.time(12), tzinfo=firm_zone())


def _next_on(task: ServiceTask) -> dt.date | None:
    """When the next one of the same kind is due."""
    if task.kind_id is None:
        return None
    newer = ServiceTask.objects.open().filter(client_id=task.client_id, kind_id=task.kind_id).first()
    if newer is not None:
        return newer.due_on
    clock = ServiceClock.objects.filter(client_id=task.client_id, kind_id=task.kind_id).first()
    return clock.due_on if clock and task.item_id == clock.item_id else None
