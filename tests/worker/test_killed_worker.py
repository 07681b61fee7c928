"""A real worker gives tiers and tasks by itself, and may be killed at any point without a trace or a loss."""

from __future__ import annotations

import csv
import datetime as dt
import os
import signal
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from clients.firm import firm_today
from clients.models import Change, Client, ClientSummary, Revenue, Touch, User
from segmentation_crm.celery import app
from servicing.models import ServiceClock, ServiceTask
from servicing.planning.engine import PLANNING_LOCK, plan
from tests.live_worker import LiveWorker, unacknowledged
from tiers.models import ScoringRun, TierAssignment
from tiers.models.runs import RunStatus

CLIENTS = 50
pytestmark = pytest.mark.worker


# --- The firm's own files -----------------------------------------------------------------------------------


def write(path: Path, header: str, rows: Iterable[Iterable[Any]]) -> str:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split())
        writer.writerows(rows)
    return str(path)


def import_firm(folder: Path) -> None:
    """Imports clients, then revenue, then touches, as a firm does; asks for nothing else."""
    today = firm_today()
    for name in ("ada", "grace"):
        User.objects.create_user(name, email=f"{name}@firm.example")
    clients = [
        (f"C{n:03}", f"Household {n}", ("ada", "grace")[n % 2], 1000 * n, n % 5 + 1, 5 - n % 5)
        for n in range(CLIENTS)
    ]
    revenue = [
        (f"C{n:03}", today - dt.timedelta(days=30 * month), 100 + 37 * n, "billing", f"{n}-{month}")
        for n in range(CLIENTS)
        for month in range(12)
    ]
    touches = [(f"C{n:03}", today - dt.timedelta(days=n * 7), "call", "crm", n) for n in range(CLIENTS)]
    columns = "external_id name advisor potential_revenue growth_potential alignment"
    call_command("import_clients", write(folder / "clients.csv", columns, clients))
    columns = "external_id date amount source source_id"
    call_command("import_revenue", write(folder / "revenue.csv", columns, revenue))
    call_command(
        "import_touches",
        write(folder / "touches.csv", "external_id occurred_at kind source source_id", touches),
    )
    assert (Client.objects.count(), Revenue.objects.count(), Touch.objects.count()) == (
        CLIENTS,
        CLIENTS * 12,
        CLIENTS,
    )


# --- What the worker does -----------------------------------------------------------------------------------


def all_is_done() -> bool:
    return TierAssignment.objects.exists() and ServiceClock.objects.exists() and not Change.objects.exists()


def open_tasks() -> Counter[tuple[str, str, dt.date]]:
    return Counter(ServiceTask.objects.values_list("client__external_id", "kind__code", "due_on"))


def has_tier_and_tasks_of_everyone() -> None:
    """Each client has one tier, and exactly the tasks that planning it all at once would give it."""
    assert Counter(TierAssignment.objects.values_list("client_id", flat=True)) == Counter(
        Client.objects.values_list("id", flat=True)
    )
    assert ClientSummary.objects.filter(tier__isnull=False, next_due_on__isnull=False).count() == CLIENTS
    assert ServiceClock.objects.values("client").distinct().count() == CLIENTS
    found = open_tasks()
    assert found
    assert max(found.values()) == 1
    again = plan(as_of=firm_today())
    assert (again.created, again.moved, again.cancelled) == (0, 0, 0)
    ServiceTask.objects.all().delete()
    ServiceClock.objects.all().delete()
    plan(as_of=firm_today())
    assert open_tasks() == found


def backend_that_waits() -> int | None:
    """The database process of a worker that has written something and now waits for a lock of ours."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT pid FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
                AND wait_event_type = 'Lock' AND backend_xid IS NOT NULL
            """
        )
        return next((pid for (pid,) in cursor.fetchall()), None)


def is_gone(backend: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = %s)", [backend])
        return cursor.fetchone()[0]


class Hold:
    """Locks that stand in a worker's way, held by a connection of their own."""

    def __init__(self) -> None:
        self.holder = connection.copy()

    def run(self, sql: str) -> None:
        with self.holder.cursor() as cursor:
            cursor.execute(sql)


@contextmanager
def hold() -> Iterator[Hold]:
    held = Hold()
    try:
        yield held
    finally:
        held.holder.close()


def stop_in_scoring(live: LiveWorker, valkey: Any, held: Hold, folder: Path) -> int:
    """The run and its explanations are written, its first assignment waits. No other message is left."""
    held.run("BEGIN; LOCK TABLE tiers_tierassignment IN SHARE ROW EXCLUSIVE MODE")
    import_firm(folder)
    live.wait_for(backend_that_waits)
    valkey.delete("celery")
    return backend_that_waits() or 0


def stop_in_planning(live: LiveWorker, valkey: Any, held: Hold, folder: Path) -> int:
    """Tiers are given and tasks are written; the last summary has to wait. No other message is left."""
    stop_in_scoring(live, valkey, held, folder)
    held.run(f"SELECT pg_advisory_lock({PLANNING_LOCK}); COMMIT")
    live.wait_for(TierAssignment.objects.exists)
    held.run("BEGIN; SELECT FROM clients_clientsummary FOR UPDATE")
    held.run(f"SELECT pg_advisory_unlock({PLANNING_LOCK})")
    live.wait_for(backend_that_waits)
    return backend_that_waits() or 0


# --- The promises -------------------------------------------------------------------------------------------


def test_imported_clients_get_tiers_and_tasks_without_anyone_asking(live, tmp_path):
    import_firm(tmp_path)
    live.wait_for(all_is_done)
    assert set(TierAssignment.objects.values_list("tier__code", flat=True)) == {"A", "B", "C"}
    has_tier_and_tasks_of_everyone()


@pytest.mark.parametrize("stop", [stop_in_scoring, stop_in_planning])
def test_a_job_killed_half_way_leaves_nothing_and_is_done_once_after_it(live, valkey, tmp_path, stop):
    with hold() as held:
        backend = stop(live, valkey, held, tmp_path)
        waiting = set(Change.objects.values_list("id", flat=True))
        assignments = TierAssignment.objects.count()
        assert valkey.hlen("unacked") == 1
        live.kill()
        held.run("ROLLBACK")
        live.wait_for(lambda: is_gone(backend))

    assert assignments == (CLIENTS if stop is stop_in_planning else 0)
    assert TierAssignment.objects.count() == assignments
    assert ScoringRun.objects.count() == (1 if assignments else 0)
    assert not ScoringRun.objects.filter(status=RunStatus.APPLIED).exists()
    assert not ServiceTask.objects.exists()
    assert not ServiceClock.objects.exists()
    assert set(Change.objects.values_list("id", flat=True)) == waiting
    assert set(Change.objects.values_list("client_id", flat=True)) == set(
        Client.objects.values_list("id", flat=True)
    )

    let_the_visibility_timeout_pass(valkey)
    live.start()
    live.wait_for(all_is_done)
    live.wait_for(lambda: not unacknowledged(valkey))
    has_tier_and_tasks_of_everyone()


def let_the_visibility_timeout_pass(valkey: Any) -> None:
    """The message that nobody acknowledged now is as old as if the timeout had been slept through."""
    names = valkey.zrange("unacked_index", 0, -1)
    assert names
    valkey.zadd("unacked_index", dict.fromkeys(names, 0))


def test_a_message_whose_process_was_killed_is_delivered_again_at_once(live, valkey, tmp_path):
    with hold() as held:
        backend = stop_in_scoring(live, valkey, held, tmp_path)
        (first,) = tasks_at_work()
        os.kill(first["worker_pid"], signal.SIGKILL)
        live.wait_for(lambda: waits_again(first))
        (second,) = tasks_at_work()
        assert second["id"] == first["id"]
        assert second["delivery_info"]["redelivered"]
        held.run("ROLLBACK")
        live.wait_for(lambda: is_gone(backend))
    live.wait_for(all_is_done)
    assert ScoringRun.objects.count() == 1
    has_tier_and_tasks_of_everyone()


def tasks_at_work() -> list[dict[str, Any]]:
    answers = app.control.inspect(timeout=5, limit=1).active() or {}
    return [task for tasks in answers.values() for task in tasks]


def waits_again(first: dict[str, Any]) -> bool:
    return any(task["worker_pid"] not in (None, first["worker_pid"]) for task in tasks_at_work())
