"""A run that is applied and undone takes its service tasks along; a rejected move leaves them alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from clients.models import Client, Revenue
from servicing.models import ServiceTask
from servicing.models.tasks import OPEN_STATUSES
from servicing.planning.engine import plan
from tests.tiers.firm import BY_REVENUE, current_tiers, store_policy
from tiers import review, services

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
START = dt.date(2026, 3, 2)


def open_tasks(client: int) -> dict[Any, Any]:
    rows = ServiceTask.objects.filter(client=client, status__in=OPEN_STATUSES)
    return {row.pk: (row.kind.code, row.due_on) for row in rows.select_related("kind")}


def with_revenue(world: Any, tier: str, amount: int) -> int:
    client = world.client(tier=tier, since=START - 400 * DAY, team={"lead_advisor": "ann"})
    Revenue.objects.create(client_id=client, date=START - 30 * DAY, amount=amount, source_id=str(client))
    for kind in ("plan_review", "estate_session"):
        world.touch(client, kind, START - 350 * DAY)
    world.touch(client, "review_meeting", START - 80 * DAY)  # nothing is overdue, so every date has a base
    return client


def test_tasks_follow_what_is_applied_and_come_back_when_it_is_undone(world, time_machine):
    time_machine.move_to(dt.datetime(2026, 3, 2, 17, tzinfo=dt.UTC))
    falling, rising, kept = (
        with_revenue(world, "A", 100),
        with_revenue(world, "C", 900),
        with_revenue(world, "B", 50),
    )
    plan(as_of=START)
    before = {client: open_tasks(client) for client in (falling, rising, kept)}
    assert {kind for kind, _due in before[falling].values()} >= {"wealth_plan_review", "estate_coordination"}

    run = services.propose_run(as_of=START + DAY, policy=store_policy(BY_REVENUE))
    review.reject(run=run, chosen=review.moves(run).filter(client=kept), reason="Next year.", by=None)
    services.apply_run(run=run, applied_by=None)
    plan(as_of=START + DAY)
    names = dict(Client.objects.values_list("pk", "external_id"))
    tiers = current_tiers()
    assert {client: tiers[names[client]] for client in names} == {falling: "B", rising: "A", kept: "B"}
    assert "wealth_plan_review" not in {kind for kind, _due in open_tasks(falling).values()}
    assert "wealth_plan_review" in {kind for kind, _due in open_tasks(rising).values()}
    assert open_tasks(kept) == before[kept]

    services.undo_run(run=run, by=None)
    plan(as_of=START + DAY)
    for client in (falling, kept):
        assert sorted(open_tasks(client).values()) == sorted(before[client].values())
    # What both tiers promise stays as one open task, dated by the tier that holds again.
    again = set(open_tasks(rising).values())
    assert again >= set(before[rising].values())
    assert "wealth_plan_review" not in {kind for kind, _due in again}
