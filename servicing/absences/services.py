"""Writes: an absence entered, changed, ended or taken back; and beforehand, what would become of the work.

Database triggers note the clients concerned (servicing/models/people.py); their planning is woken on commit.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from clients.changes import newest_change, noted_since, wake_sweeps
from clients.firm import firm_today
from clients.models import ChangeKind
from servicing.models import Absence, ServiceTask
from servicing.planning import lock, plan

UNDO_SECONDS = 600
SALT = "servicing.absence"
_KEPT = ("user_id", "first_on", "last_on", "stand_in_id", "note")


@dataclass(frozen=True)
class Becomes:
    """How many open tasks fall due in an absence, and what becomes of them at the next planning."""

    tasks: int = 0
    to_stand_in: int = 0
    moved: int = 0
    moved_far: int = 0  # beyond their window: the absence takes it up
    stay: int = 0
    back: int = 0  # due in other days: from the stand-in back to the person


class AbsenceRefused(Exception):
    """It cannot be done; the text says why."""


def save_absence(*, absence: Absence) -> Absence:
    """Stores a new or changed absence. Raises ValidationError where it does not fit."""
    with transaction.atomic():
        _store(absence)
        wake_sweeps(ChangeKind.SERVICE)
    return absence


def preview(*, absence: Absence) -> Becomes:
    """What saving `absence` would do: planning is run for the clients concerned, and all of it taken back.

    Raises ValidationError where it does not fit.
    """
    fresh = absence.pk is None
    with transaction.atomic():
        lock()
        newest = newest_change()
        _store(absence)
        becomes = what_becomes(absence=absence, since=newest)
        transaction.set_rollback(True)
    if fresh:
        absence.pk, absence._state.adding = None, True
    return becomes


def what_becomes(*, absence: Absence, since: int) -> Becomes:
    """Plans for the clients noted after the change `since`, and counts what became of the work.

    For a transaction that stored `absence`, and is taken back afterwards.
    """
    days = Q(due_on__range=(absence.first_on, absence.last_on))
    tasks = {
        task.pk: task
        for task in ServiceTask.objects.open().filter(
            days, Q(assigned_to=absence.user_id) | Q(stands_in_for=absence.user_id, reassigned=False)
        )
    }
    elsewhere = _at_stand_ins(absence) - set(tasks)
    _plan_noted(since)
    after = list(ServiceTask.objects.open().filter(pk__in=tasks))
    return _counted(absence, tasks, after, back=len(elsewhere - _at_stand_ins(absence)))


def going_back(*, absence: Absence) -> int:
    """How many open tasks would go back from the stand-in if `absence` had never been: it is deleted,
    planning is run, and all of it taken back."""
    with transaction.atomic():
        lock()
        newest = newest_change()
        before = _at_stand_ins(absence)
        Absence.objects.filter(pk=absence.pk).delete()
        _plan_noted(newest)
        number = len(before - _at_stand_ins(absence))
        transaction.set_rollback(True)
    return number


def _at_stand_ins(absence: Absence) -> set[int]:
    """The person's open tasks that planning gave to a stand-in."""
    tasks = ServiceTask.objects.open().filter(stands_in_for=absence.user_id, reassigned=False)
    return set(tasks.values_list("pk", flat=True))


def _plan_noted(since: int) -> None:
    plan(as_of=firm_today(), clients=noted_since(ChangeKind.SERVICE, since))


def _counted(
    absence: Absence, before: dict[int, ServiceTask], after: list[ServiceTask], back: int
) -> Becomes:
    stood_in = moved = far = 0
    for task in after:
        was = before[task.pk]
        if task.due_on != was.due_on:
            within = was.window_start <= task.due_on <= was.window_end
            moved, far = moved + within, far + (not within)
        elif task.stood_in and task.stands_in_for_id == absence.user_id:
            stood_in += 1
    return Becomes(
        tasks=len(after),
        to_stand_in=stood_in,
        moved=moved,
        moved_far=far,
        stay=len(after) - stood_in - moved - far,
        back=back,
    )


def end_absence(*, absence: Absence) -> str:
    """Ends an absence: yesterday was its last day; one that began today or later never was. Returns a token
    that takes this back."""
    yesterday = firm_today() - dt.timedelta(days=1)
    with transaction.atomic():
        token = signing.dumps({"id": absence.pk, **_state(absence)}, salt=SALT, compress=True)
        if absence.first_on > yesterday:
            absence.delete()
        else:
            absence.last_on = min(absence.last_on, yesterday)
            absence.save(update_fields=["last_on"])
        wake_sweeps(ChangeKind.SERVICE)
    return token


def undo_end(*, token: str, by: int | None) -> Absence:
    """Restores an absence as it was; `by`: whose it must be, None for anybody's.

    Raises AbsenceRefused where the time for it has passed, or other days were entered since.
    """
    try:
        kept = signing.loads(token, salt=SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature:
        raise AbsenceRefused(_("This can no longer be undone.")) from None
    if by is not None and kept["user_id"] != by:
        raise AbsenceRefused(_("This can no longer be undone."))
    absence = Absence.objects.filter(pk=kept.pop("id")).first() or Absence()
    for name, value in kept.items():
        setattr(absence, name, dt.date.fromisoformat(value) if name.endswith("_on") else value)
    try:
        return save_absence(absence=absence)
    except ValidationError as refused:
        raise AbsenceRefused(" ".join(refused.messages)) from None


def _store(absence: Absence) -> None:
    absence.full_clean()
    try:
        with transaction.atomic():
            absence.save()
    except IntegrityError:  # another one of the same days came in between
        raise ValidationError(_("The person is absent in some of these days already.")) from None


def _state(absence: Absence) -> dict[str, Any]:
    values = {name: getattr(absence, name) for name in _KEPT}
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items()
    }
