"""Working a task: make it, complete it, log an attempt, book it, put it off, hand it over; take each back.

Each takes the planning lock first, changes the task, and plans for its client at once, in one transaction:
what comes next is there when the person looks.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.firm import firm_date, firm_today, firm_zone
from clients.models import Client, Touch, TouchKind, TouchOutcome, User
from clients.services_facts import log_touch, remove_touch
from servicing.models import ClosedReason, ServiceClock, ServiceTask, TaskOutcome, TaskStatus
from servicing.planning import lock, plan
from servicing.work.natural import fulfilling_kind

UNDO_SECONDS = 600
BY_PERSON = "person"  # the source of a task that somebody made by hand
_STATUS_OF = {
    TaskOutcome.DELIVERED: TaskStatus.DONE,
    TaskOutcome.DECLINED: TaskStatus.DECLINED,
    TaskOutcome.NO_RESPONSE: TaskStatus.NO_RESPONSE,
}
# What an undo gives back, and compares first.
_KEPT = (
    "status",
    "outcome",
    "completed_on",
    "closed_at",
    "touch_id",
    "scheduled_at",
    "snoozed_until",
    "snooze_reason",
    "attempts",
    "assigned_to_id",
    "reassigned",
)
_FIELDS = {
    "completed_on": models.DateField(),
    "snoozed_until": models.DateField(),
    "closed_at": models.DateTimeField(),
    "scheduled_at": models.DateTimeField(),
}


class TaskRefused(Exception):
    """It cannot be done; the text says why."""


@dataclass(frozen=True)
class Worked:
    """What a step did: the task as it stands, a token that takes the step back, and what comes next."""

    task: ServiceTask
    undo: str
    next_on: dt.date | None = None


def make_task(
    *,
    client: Client,
    title: str,
    due_on: dt.date,
    to: User,
    planned_minutes: int = 0,
    channel: str = "",
) -> Worked:
    """Makes a task beside the standards, due on one day; taking it back cancels it."""
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
        )
        plan(as_of=firm_today(), clients=[client.pk])
        cancelled = {"status": TaskStatus.CANCELLED.value, "closed_at": timezone.now().isoformat()}
        return Worked(task, _token(task, _state(task) | cancelled))


def complete(
    *,
    task: ServiceTask,
    by: User,
    outcome: str,
    on: dt.date | None = None,
    minutes: int | None = None,
    note: str = "",
    kind: TouchKind | None = None,
) -> Worked:
    """Closes `task` as delivered, declined or unanswered, and logs the touch with its time.

    A delivered one logs a touch that reached the client; the others one that did not. `kind`: of the touch
    (default: what the task naturally becomes). Raises TaskRefused where the task is no longer open.
    """
    with transaction.atomic():
        task = _locked_open(task)
        before = _state(task)
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
        plan(as_of=firm_today(), clients=[task.client_id])
        return Worked(task, _token(task, before, touch), _next_on(task))


def log_attempt(
    *, task: ServiceTask, by: User, kind: TouchKind, minutes: int | None = None, note: str = ""
) -> Worked:
    """Logs a touch that did not reach the client; the task stays open."""
    with transaction.atomic():
        task = _locked_open(task)
        before = _state(task)
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
        return Worked(task, _token(task, before, touch))


def book(*, task: ServiceTask, at: dt.datetime) -> Worked:
    """Notes the appointment (aware). A task with one keeps its date when the client's tier changes."""
    with transaction.atomic():
        task = _locked_open(task)
        before = _state(task)
        task.status, task.scheduled_at = TaskStatus.SCHEDULED, at
        task.snoozed_until, task.snooze_reason = None, ""
        task.save(update_fields=["status", "scheduled_at", "snoozed_until", "snooze_reason"])
        return Worked(task, _token(task, before))


def snooze(*, task: ServiceTask, until: dt.date, reason: str) -> Worked:
    """Puts the task out of the queue until a date; it is due as before."""
    with transaction.atomic():
        task = _locked_open(task)
        before = _state(task)
        task.snoozed_until, task.snooze_reason = until, reason
        task.save(update_fields=["snoozed_until", "snooze_reason"])
        return Worked(task, _token(task, before))


def reassign(*, task: ServiceTask, to: User) -> Worked:
    """Hands the task to a person; planning leaves it there whatever becomes of the team."""
    with transaction.atomic():
        task = _locked_open(task)
        before = _state(task)
        task.assigned_to, task.reassigned = to, True
        task.save(update_fields=["assigned_to", "reassigned"])
        return Worked(task, _token(task, before))


def undo(*, task: ServiceTask, token: str) -> ServiceTask:
    """Takes the step back that gave `token`, with its touch, and plans for the client again.

    Raises TaskRefused where the time for it has passed or the task was changed since.
    """
    try:
        step = signing.loads(token, salt="servicing.undo", max_age=UNDO_SECONDS)
    except signing.BadSignature:
        raise TaskRefused(_("This can no longer be undone.")) from None
    with transaction.atomic():
        lock()
        task = ServiceTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
        if step["task"] != task.pk or _state(task) != step["after"]:
            raise TaskRefused(_("The task was changed since. Nothing was undone."))
        if not task.is_open:
            _make_room(task)
        for name, value in _typed(step["before"]).items():
            setattr(task, name, value)
        task.save(update_fields=[name.removesuffix("_id") for name in _KEPT])
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
    if not task.is_open:
        raise TaskRefused(
            _("This task is closed already: %(status)s.") % {"status": task.get_status_display()}
        )
    return task


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


def _state(task: ServiceTask) -> dict[str, Any]:
    """The task's values that an undo gives back, as JSON holds them."""
    values = {name: getattr(task, name) for name in _KEPT}
    return {
        name: value.isoformat() if isinstance(value, dt.date | dt.datetime) else value
        for name, value in values.items()
    }


def _typed(state: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _FIELDS[name].to_python(value) if name in _FIELDS else value for name, value in state.items()
    }


def _token(task: ServiceTask, before: dict[str, Any], touch: Touch | None = None) -> str:
    task.refresh_from_db()
    step = {"task": task.pk, "before": before, "after": _state(task), "touch": touch and touch.pk}
    return signing.dumps(step, salt="servicing.undo", compress=True)
