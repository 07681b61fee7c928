"""A worker killed in a book transfer, or between the parts of a night: nothing half, and nothing twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from clients.firm import firm_today
from clients.models import Job, JobState, Notice, TeamMember
from servicing.book import transfer as book
from servicing.models import BookTransfer, HandedRow, PlanningRange, ServiceClock, ServiceTask, TransferState
from servicing.planning import plan, ranges, sweeps
from tests.factories import UserFactory
from tests.live_worker import LiveWorker, unacknowledged
from tests.servicing.test_planning_promises import many_clients
from tests.servicing.world import World
from tests.worker.test_killed_worker import backend_that_waits, hold, is_gone, let_the_visibility_timeout_pass

pytestmark = pytest.mark.worker
AGE = dt.timedelta(days=100)


def leads() -> set[str]:
    held = TeamMember.objects.filter(role__code="lead_advisor")
    return set(held.values_list("user__username", flat=True))


def test_a_book_is_handed_over_once_though_its_worker_is_killed_at_the_end(live: LiveWorker, valkey: Any):
    world = World()
    olga = UserFactory(username="olga", groups=["operations"])
    rita = UserFactory(username="rita", groups=["advisor"])
    clients = many_clients(world, 12, "B", firm_today() - AGE)
    plan(as_of=firm_today())
    whose = set(ServiceTask.objects.open().values_list("pk", "assigned_to__username"))
    assert {name for _pk, name in whose} == {"ann"}
    transfer = book.make_draft(
        by=olga,
        from_user=world.person("ann"),
        role_ids=book.roles_of(["lead_advisor"]),
        receiver_ids=[rita.pk],
        selection={"all": True},
    )
    with hold() as held:
        held.run("BEGIN; LOCK TABLE clients_notice IN SHARE ROW EXCLUSIVE MODE")
        job = book.start(transfer=transfer, by=olga)
        live.wait_for(backend_that_waits)
        backend = backend_that_waits() or 0
        assert Job.objects.get(pk=job.pk).step == "Planning follows"
        live.kill()
        held.run("ROLLBACK")
        live.wait_for(lambda: is_gone(backend))
    assert (leads(), HandedRow.objects.count()) == ({"ann"}, 0)
    assert set(ServiceTask.objects.open().values_list("pk", "assigned_to__username")) == whose
    assert BookTransfer.objects.get().state == TransferState.QUEUED

    let_the_visibility_timeout_pass(valkey)
    live.start()
    live.wait_for(lambda: Job.objects.get(pk=job.pk).state == JobState.DONE)
    live.wait_for(lambda: not unacknowledged(valkey))
    done = BookTransfer.objects.get()
    assert (done.state, done.clients, done.tasks) == (TransferState.DONE, len(clients), len(whose))
    assert (leads(), HandedRow.objects.count()) == ({"rita"}, len(clients) + len(whose))
    assert {pk for pk, _name in whose} == set(
        ServiceTask.objects.open().filter(assigned_to=rita).values_list("pk", flat=True)
    )
    assert Notice.objects.get().user == rita


@pytest.fixture
def small_parts(monkeypatch, settings) -> None:
    """Of twelve clients, here and in the worker."""
    settings.PLANNING_PART_CLIENTS = 12
    monkeypatch.setenv("PLANNING_PART_CLIENTS", "12")


def members(part: PlanningRange) -> list[int]:
    edges = {name: getattr(part, name) for name in ("first_lead", "first_client", "end_lead", "end_client")}
    with connection.cursor() as cursor:
        cursor.execute(ranges.MEMBERS, edges)
        return [row[0] for row in cursor.fetchall()]


def test_a_night_in_parts_is_planned_once_though_a_worker_is_killed_between(
    small_parts: None, live: LiveWorker, valkey: Any
):
    clients = many_clients(World(), 40, "B", firm_today() - AGE)
    night = firm_today()
    valkey.flushdb()  # nobody plans them but the night
    ranges.split(night=night, most=12)
    first, second, *rest = PlanningRange.objects.order_by("number")
    assert len(rest) == 2
    with hold() as held:
        there = ",".join(str(client) for client in members(second))
        held.run(f"BEGIN; SELECT FROM clients_clientsummary WHERE client_id IN ({there}) FOR UPDATE")
        sweeps.plan_tonight()
        live.wait_for(backend_that_waits)
        backend = backend_that_waits() or 0
        live.kill()
        held.run("ROLLBACK")
        live.wait_for(lambda: is_gone(backend))
    planned = set(ServiceClock.objects.values_list("client_id", flat=True))
    assert planned == set(members(first))
    assert ranges.left(night=night) == [second.number, *(part.number for part in rest)]

    let_the_visibility_timeout_pass(valkey)
    live.start()
    live.wait_for(lambda: not ranges.left(night=night))
    live.wait_for(lambda: not unacknowledged(valkey))
    assert set(ServiceClock.objects.values_list("client_id", flat=True)) == set(clients)
    created = sum(PlanningRange.objects.values_list("created", flat=True))
    assert created == ServiceTask.objects.count() > 0
    assert ServiceTask.objects.values("client", "kind").distinct().count() == created
    assert plan(as_of=night).created == 0
