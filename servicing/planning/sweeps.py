"""Planning that nobody asked for: each night for all clients, and at once for those that changed."""

from __future__ import annotations

import datetime as dt

import pghistory
from celery import current_app
from django.conf import settings
from django.db import transaction

from clients.changes import forget_changes, take_changes, wake_sweeps
from clients.firm import firm_today
from clients.models import ChangeKind, Client
from clients.sweeps import Counts
from servicing import equity, owner_steps, transitions
from servicing.planning import ranges
from servicing.planning.engine import PlanCounts, lock, plan

PLAN_PART = "servicing.plan_part"
BATCH = 20_000  # change rows of one transaction


@transaction.atomic
def plan_changed() -> int:
    """Plans today for the clients with change rows; returns how many they were.

    Taking the rows and acting on them is one transaction: killed half-way, both are undone.
    """
    with pghistory.context(command="plan_changed", user=None, by="schedule"):
        lock()
        taken = take_changes(ChangeKind.SERVICE, limit=BATCH)
        clients = [*taken, *transitions.without_task()]
        if clients:
            equity.open_tasks(day=firm_today(), clients=clients)
            owner_steps.open_tasks(day=firm_today(), clients=clients)
            transitions.open_tasks(day=firm_today(), clients=clients)
            forget_changes(ChangeKind.SERVICE, clients)  # a case that opened is a change of its client
            plan(as_of=firm_today(), clients=clients, cases_open=True)
        if len(taken) > BATCH // 2:
            wake_sweeps(ChangeKind.SERVICE)  # there may be more
        return len(clients)


def plan_tonight(*, anew: bool = False) -> Counts:
    """Plans today for all clients, or splits a large firm and sends a message for each part.

    `anew`: somebody asks for it, so that parts which were planned tonight are planned once more.
    """
    night, most = firm_today(), settings.PLANNING_PART_CLIENTS
    with pghistory.context(command="plan_all", user=None, by="schedule"):
        swept = equity.open_tasks(day=night).counted()
        swept["transition_tasks"] = transitions.open_tasks(day=night)
        if Client.objects.count() <= most:
            return plan(as_of=night).counted() | swept
    numbers = ranges.split(night=night, most=most, anew=anew)
    transaction.on_commit(lambda: _send(night, numbers), robust=True)
    return {"parts": len(numbers), **swept}


@transaction.atomic
def plan_part(*, night: dt.date, number: int) -> PlanCounts | None:
    """Plans a part of the firm; None where it is planned, another worker does it, or its night has passed.

    Who holds the part plans it and notes that in one transaction: killed half-way, the part is free again.
    """
    if night != firm_today():
        return None
    part = ranges.claim(night=night, number=number)
    if part is None:
        return None
    with pghistory.context(command="plan_all", user=None, by="schedule"):
        lock()  # planners take turns: whoever plans the last part sees that the others are done
        counts = plan(as_of=night, part=part, last=ranges.left(night=night) == [number])
    ranges.finish(part=part, created=counts.created)
    return counts


def plan_parts_left() -> int:
    """Plans the parts of tonight that no message came for, or whose worker died; returns how many."""
    night = firm_today()
    return sum(plan_part(night=night, number=number) is not None for number in ranges.left(night=night))


def _send(night: dt.date, numbers: list[int]) -> None:
    """A queue that does not answer costs a delay: the next sweep plans what is left."""
    for number in numbers:
        current_app.send_task(PLAN_PART, args=[night.isoformat(), number], retry=False)
