"""Scoring and planning at once write the same rows of the client list: one waits, and both end well."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections, transaction

from clients.models import ClientSummary
from segmentation_crm.embedded.processes import wait_until
from servicing.planning import plan
from tests.servicing.test_commands import DAY, START
from tests.servicing.world import World
from tiers.services import refresh_tiers

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def held(client: int) -> Iterator[Any]:
    """One row of the list, held by a connection of its own; called, it lets go."""
    holder = connection.copy()
    with holder.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT FROM clients_clientsummary WHERE client_id = %s FOR UPDATE", [client])
    try:
        yield lambda: holder.cursor().execute("ROLLBACK")
    finally:
        holder.close()


def waiting(*, behind_one_another: bool = False) -> int:
    """How many wait for a lock; `behind_one_another`: for one that another who waits has."""
    waits = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    narrow = f"WHERE pg_blocking_pids(pid) && ARRAY({waits})" if behind_one_another else ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees what it saw first
        cursor.execute(f"SELECT count(*) FROM ({waits}) waiting {narrow}")
        return int(cursor.fetchone()[0])


def start(work: Any, failures: list[BaseException]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_scorer_and_planner_end_well_whatever_the_order_of_the_rows():
    world = World()
    first, second = (world.client(tier="A", since=START - 40 * DAY) for _ in range(2))
    # The scorer reads the table as it lies: the row that was written last comes last.
    ClientSummary.objects.filter(client=second).update(open_tasks=7, tier_position=9)
    ClientSummary.objects.filter(client=first).update(open_tasks=7, tier_position=9)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM clients_clientsummary")
    failures: list[BaseException] = []
    with held(first) as let_first_go, held(second) as let_second_go:
        threads = [start(lambda: plan(as_of=START, clients=[first, second]), failures)]
        assert wait_until(lambda: waiting() == 1, 10)
        threads.append(start(transaction.atomic(refresh_tiers), failures))
        assert wait_until(lambda: waiting() == 2, 10)
        let_second_go()
        assert wait_until(lambda: waiting(behind_one_another=True) == 1, 10)
        let_first_go()
    for thread in threads:
        thread.join(20)
    assert not failures, failures
    assert not ClientSummary.objects.filter(tier_position=9).exists()
    assert not ClientSummary.objects.filter(open_tasks=7).exists()
