"""Touches and exceptions that a person enters for a client; planning follows in the same transaction."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from clients.changes import wake_sweeps
from clients.firm import firm_date, firm_today, firm_zone
from clients.models import ChangeKind, Client, Touch, TouchKind, User
from clients.services_facts import log_touch, remove_touch
from servicing.models import Waiver
from servicing.planning import PlanCounts, lock, plan


def log(
    *,
    client: Client,
    by: User,
    kind: TouchKind,
    on: dt.date,
    outcome: str = "",
    minutes: int | None = None,
    note: str = "",
) -> tuple[Touch, PlanCounts]:
    """Logs a touch on a date that is not in the future; the tasks that it fulfils are closed by it."""
    now = timezone.now()
    at = now if on == firm_date(now) else dt.datetime.combine(on, dt.time(12), tzinfo=firm_zone())
    with transaction.atomic():
        lock()
        touch = log_touch(
            client=client,
            kind=kind,
            occurred_at=at,
            by=by,
            outcome=outcome or None,
            minutes=minutes,
            note=note,
        )
        return touch, plan(as_of=firm_today(), clients=[client.pk])


def take_back(*, touch: Touch) -> PlanCounts:
    """Removes a touch; the tasks that it closed are open again."""
    with transaction.atomic():
        lock()
        client_id = touch.client_id
        remove_touch(touch=touch)
        return plan(as_of=firm_today(), clients=[client_id])


def waive(*, waiver: Waiver, by: User) -> PlanCounts:
    """Stores an exception to a promise; an open task of its kind is closed as waived."""
    with transaction.atomic():
        lock()
        waiver.created_by = by
        waiver.save()
        wake_sweeps(ChangeKind.SERVICE)
        return plan(as_of=firm_today(), clients=[waiver.client_id])


def end_waiver(*, waiver: Waiver) -> PlanCounts:
    """Ends an exception: yesterday was its last day. One that began today or later never was."""
    with transaction.atomic():
        lock()
        yesterday = firm_today() - dt.timedelta(days=1)
        if waiver.starts_on > yesterday:
            waiver.delete()
        else:
            waiver.ends_on = min(waiver.ends_on, yesterday)
            waiver.save(update_fields=["ends_on"])
        return plan(as_of=firm_today(), clients=[waiver.client_id])
