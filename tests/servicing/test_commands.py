"""plan_service, export_tasks and rebuild_summaries, as operations staff and their scripts call them."""

import csv
import datetime as dt
import io
import json

import pytest
from django.core.management import CommandError, call_command

from clients.commands import Refused
from clients.firm import firm_today
from clients.models import Client, ClientSummary
from servicing.models import ServiceItem, ServiceTask

START = dt.date(2026, 1, 5)
DAY = dt.timedelta(days=1)
COLUMNS = [
    "client", "tier", "service", "kind", "due_on", "window_start", "window_end", "status", "assigned_to",
    "channel", "planned_minutes", "completed_on", "outcome",
]  # fmt: skip


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def planned(world):
    ServiceItem.objects.update(lead_days=200)
    for tier in "ABC":
        world.client(tier=tier, since=START - 40 * DAY, team={"lead_advisor": "ann"})
    return json.loads(run("plan_service", "--as-of", START.isoformat(), "--json"))


def test_planning_says_what_it_did(planned):
    assert planned["as_of"] == START.isoformat()
    assert planned["created"] == planned["open"] == ServiceTask.objects.count() > 0
    assert {"cancelled", "missed", "unchanged"} <= set(planned)
    again = json.loads(run("plan_service", "--as-of", START.isoformat(), "--json"))
    assert (again["created"], again["unchanged"]) == (0, planned["open"])
    assert "0 created" in run("plan_service", "--as-of", START.isoformat())


@pytest.mark.parametrize("date", [None, "tomorrow", "2026-02-30", "0206-01-05", "9999-12-31"])
def test_a_wrong_date_is_wrong_usage(planned, date):
    with pytest.raises((CommandError, SystemExit)):
        run("plan_service", *(["--as-of", date] if date else []))
    assert ServiceTask.objects.open().count() == planned["open"]


def test_a_day_before_the_tiers_of_open_tasks_is_refused(world):
    """A slip of the finger cancels no appointment; whoever means it says so."""
    ServiceItem.objects.update(lead_days=200)
    today = firm_today()
    moved = world.client(tier="B", since=today - 300 * DAY)
    world.assign(moved, "A", today - 40 * DAY)
    new = world.client(tier="A", since=today - 40 * DAY)
    run("plan_service", "--as-of", today.isoformat())
    before = set(ServiceTask.objects.open().values_list("id", "due_on"))
    assert {client for client, _due in ServiceTask.objects.open().values_list("client", "due_on")} == {
        moved,
        new,
    }
    for early in (today - 41 * DAY, today - 400 * DAY):
        with pytest.raises(
            Refused, match=f"the tiers that {len(before)} open tasks follow from had not begun"
        ):
            run("plan_service", "--as-of", early.isoformat())
    assert set(ServiceTask.objects.open().values_list("id", "due_on")) == before
    run("plan_service", "--as-of", (today - 40 * DAY).isoformat())
    run("plan_service", "--as-of", (today - 41 * DAY).isoformat(), "--force")
    assert not ServiceTask.objects.open().filter(client=new).exists()


def test_days_one_after_the_other_are_planned_with_tiers_that_come_later(world):
    """As for a firm that is replayed from its history: all assignments are there from the start."""
    today = firm_today()
    client = world.client(tier="B", since=today - 300 * DAY)
    for tier, days in (("A", 200), ("B", 100)):
        world.assign(client, tier, today - days * DAY)
    for days in range(300, 0, -25):
        run("plan_service", "--as-of", (today - days * DAY).isoformat())
        run("plan_service", "--as-of", (today - days * DAY).isoformat())
    assert ServiceTask.objects.filter(client=client).exists()


def test_tasks_leave_as_a_file_that_others_read(planned, tmp_path):
    Client.objects.filter(external_id="N1").update(external_id="=N1")
    file = tmp_path / "tasks.csv"
    run("export_tasks", "--output", str(file))
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == COLUMNS
    assert len(rows) == ServiceTask.objects.count()
    assert "'=N1" in {row["client"] for row in rows}
    assert b'""' not in file.read_bytes()
    assert b"\r" not in file.read_bytes()
    review = next(row for row in rows if row["kind"] == "review_meeting")
    assert (review["service"], review["status"], review["assigned_to"]) == (
        "Review meeting",
        "planned",
        "ann",
    )
    assert review["due_on"] >= START.isoformat()


def test_a_period_takes_both_its_ends(planned, tmp_path):
    first = ServiceTask.objects.earliest("due_on").due_on.isoformat()
    file = tmp_path / "tasks.csv"
    result = json.loads(run("export_tasks", "--from", first, "--to", first, "--output", str(file), "--json"))
    assert result["rows"] == ServiceTask.objects.filter(due_on=first).count() > 0
    with pytest.raises(CommandError):
        run("export_tasks", "--from", "2026-02-02", "--to", "2026-01-01")
    with pytest.raises(CommandError):
        run("export_tasks", "--output", str(tmp_path / "missing" / "tasks.csv"))


def test_summaries_are_rebuilt_from_what_they_stand_for(planned):
    before = list(ClientSummary.objects.order_by("client").values("next_due_on", "late_after", "open_tasks"))
    ClientSummary.objects.update(next_due_on=None, open_tasks=7)
    assert json.loads(run("rebuild_summaries", "--json"))["service"] == 3
    assert before == list(
        ClientSummary.objects.order_by("client").values("next_due_on", "late_after", "open_tasks")
    )
    assert json.loads(run("rebuild_summaries", "--json"))["service"] == 0
