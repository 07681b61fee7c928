"""Modifiers that an administrator changed: the open tasks of the whole firm follow, without planning anew."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from clients.firm import firm_today
from servicing.modifiers.step import act
from servicing.planning import lock
from servicing.planning.session import Session


@transaction.atomic
def follow_changes() -> None:
    """Goes through all open tasks where modifiers changed since that was last done; else does nothing."""
    lock()
    session = Session(day=firm_today(), moment=timezone.now())
    session.run("SET LOCAL jit = off")
    session.keep("plan_scope", "SELECT NULL::bigint AS client_id WHERE false")
    act(session, firm_wide=True)
