"""What a step with a task needs to be taken back: a signed token with the task before and after it.

Nothing is stored for it. An undo compares first: whatever else happened to the task since is never lost.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core import signing
from django.db import models
from django.db.models import Q

from clients.models import Touch
from servicing.models import ServiceTask, TaskStatus
from servicing.querysets import UNDO_SECONDS, ServiceTaskQuerySet

_SALT = "servicing.undo"
# What an undo gives back, and compares first.
KEPT = (
    "status",
    "outcome",
    "completed_on",
    "closed_at",
    "touch_id",
    "due_on",
    "window_start",
    "window_end",
    "rescheduled_from",
    "reschedule_reason",
    "scheduled_at",
    "scheduled_channel",
    "place",
    "snoozed_until",
    "snooze_reason",
    "attempts",
    "assigned_to_id",
    "reassigned",
)
_DATES = ("completed_on", "due_on", "window_start", "window_end", "rescheduled_from", "snoozed_until")
_FIELDS: dict[str, models.Field] = {
    **{name: models.DateField() for name in _DATES},
    "closed_at": models.DateTimeField(),
    "scheduled_at": models.DateTimeField(),
}


class TokenRefused(Exception):
    """The token is forged or too old."""


def state_of(task: ServiceTask) -> dict[str, Any]:
    """The task's values that an undo gives back, as JSON holds them."""
    values = {name: getattr(task, name) for name in KEPT}
    return {
        name: value.isoformat() if isinstance(value, dt.date | dt.datetime) else value
        for name, value in values.items()
    }


def typed(state: dict[str, Any]) -> dict[str, Any]:
    """The same as the task holds them."""
    return {
        name: _FIELDS[name].to_python(value) if name in _FIELDS else value for name, value in state.items()
    }


def token_of(
    task: ServiceTask,
    before: dict[str, Any],
    *,
    touch: Touch | None = None,
    made: Sequence[ServiceTask] = (),
) -> str:
    """The token of a step that is done; `made`: the tasks that it led to."""
    task.refresh_from_db()
    step = {
        "task": task.pk,
        "before": before,
        "after": state_of(task),
        "touch": touch and touch.pk,
        "made": [[other.pk, other.assigned_to_id] for other in made],
    }
    return signing.dumps(step, salt=_SALT, compress=True)


def read_token(token: str) -> dict[str, Any]:
    """Raises TokenRefused."""
    try:
        return signing.loads(token, salt=_SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature:
        raise TokenRefused from None


def unchanged(made: Sequence[Sequence[int]]) -> ServiceTaskQuerySet:
    """Of the tasks that a step led to, those that nobody has touched since."""
    if not made:
        return ServiceTask.objects.none()
    same = Q()
    for pk, person in made:
        same |= Q(pk=pk, assigned_to=person)
    return ServiceTask.objects.filter(
        same,
        status=TaskStatus.PLANNED,
        attempts=0,
        rescheduled_from__isnull=True,
        snoozed_until__isnull=True,
    )
