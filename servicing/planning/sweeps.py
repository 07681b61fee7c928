"""Planning that nobody asked for: each night for all clients, and at once for those that changed."""

from __future__ import annotations

import pghistory
from django.db import transaction

from clients.changes import take_changes, wake_sweeps
from clients.firm import firm_today
from clients.models import ChangeKind
from servicing.planning.engine import PlanCounts, lock, plan

BATCH = 20_000  # change rows of one transaction


@transaction.atomic
def plan_changed() -> int:
    """Plans today for the clients with change rows; returns how many they were.

    Taking the rows and acting on them is one transaction: killed half-way, both are undone.
    """
    with pghistory.context(command="plan_changed", user=None, by="schedule"):
        lock()
        clients = take_changes(ChangeKind.SERVICE, limit=BATCH)
        if clients:
            plan(as_of=firm_today(), clients=clients)
        if len(clients) > BATCH // 2:
            wake_sweeps(ChangeKind.SERVICE)  # there may be more
        return len(clients)


def plan_today() -> PlanCounts:
    """Plans today for all clients."""
    with pghistory.context(command="plan_all", user=None, by="schedule"):
        return plan(as_of=firm_today())
