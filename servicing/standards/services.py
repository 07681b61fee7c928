"""Writes: a client's own interval of a service, and the way back to the standard."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from clients.firm import firm_today
from clients.models import User
from servicing.models import CadenceOverride
from servicing.planning import PlanCounts, lock, plan


def give_own_interval(*, cadence: CadenceOverride, by: User) -> PlanCounts:
    """Stores a client's own interval and dates the service anew.

    Raises ValidationError where it does not fit, or another one holds in the same days.
    """
    with transaction.atomic():
        lock()
        cadence.created_by = by
        cadence.full_clean()
        cadence.save()
        return plan(as_of=firm_today(), clients=[cadence.client_id])


def back_to_standard(*, cadence: CadenceOverride) -> PlanCounts:
    """Ends an own interval: yesterday was its last day. One that began today or later never was."""
    with transaction.atomic():
        lock()
        yesterday = firm_today() - dt.timedelta(days=1)
        if cadence.starts_on > yesterday:
            cadence.delete()
        else:
            cadence.ends_on = min(cadence.ends_on or yesterday, yesterday)
            cadence.save(update_fields=["ends_on"])
        return plan(as_of=firm_today(), clients=[cadence.client_id])
