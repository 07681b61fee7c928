"""What came in, by whatever way, moves the clocks as defined, and taken back moves them back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from django.utils import timezone

from clients.firm import firm_today, firm_zone
from clients.importing.undo import undo_import
from clients.models import Client, Firm, ImportBatch, Touch
from clients.services_facts import remove_touch
from servicing.dashboards import lists
from servicing.dashboards.reading import Asked
from servicing.delivery.figures import first_month
from servicing.delivery.periods import period_of
from servicing.models import FulfilmentRule, ServiceClock, ServiceTask
from servicing.planning import plan, sweeps
from tests.clients.files import done, write
from tests.servicing.world import World

DAY = dt.timedelta(days=1)
TEAM = {"lead_advisor": "ann", "associate": "bob"}


@pytest.fixture
def both(world: World) -> dict[str, ServiceTask]:
    """A client of tier B whose check-in is due in five days and whose review is due in 25; both are open."""
    today = firm_today()
    reviewed = today + 25 * DAY - relativedelta(months=6)
    called = today + 5 * DAY - relativedelta(months=3)
    client = world.client(tier="B", since=reviewed - 100 * DAY, team=TEAM)
    world.touch(client, "review_meeting", reviewed)
    world.touch(client, "call", called)
    plan(as_of=today - 10 * DAY)  # the check-in came first, and no review was open beside it
    plan(as_of=today)
    tasks = {task.kind.code: task for task in ServiceTask.objects.open().select_related("kind")}
    assert set(tasks) == {"review_meeting", "check_in"}
    return tasks


def clocks() -> dict[str, tuple[dt.date, dt.date]]:
    """The base and the next date of each promise."""
    rows = ServiceClock.objects.values_list("kind__code", "base_on", "due_on")
    return {kind: (base, due) for kind, base, due in rows}


def states(tasks: dict[str, ServiceTask]) -> dict[str, tuple[Any, ...]]:
    """What touches decide about each of the tasks."""
    found = ServiceTask.objects.in_bulk([task.pk for task in tasks.values()])
    return {
        kind: (found[task.pk].status, found[task.pk].completed_on, found[task.pk].due_on)
        for kind, task in tasks.items()
    }


def imported(folder: Path, *rows: str) -> ImportBatch:
    """The touches of a file, with the planning that follows an import."""
    text = "\n".join(["external_id,occurred_at,kind,outcome,source,source_id", *rows])
    result = done("touches", write(folder, text))
    sweeps.plan_changed()
    return ImportBatch.objects.get(pk=result["import"])


def test_an_imported_touch_closes_all_that_it_fulfils_and_undone_it_never_was(both, world, tmp_path):
    number, before, was = Client.objects.get().external_id, clocks(), states(both)
    yesterday = firm_today() - DAY
    imported(
        tmp_path,
        f"{number},{yesterday},voicemail,,crm,1",
        f"{number},{yesterday},review_meeting,attempted,crm,2",
    )
    assert (clocks(), states(both)) == (before, was)  # whom nobody reached was not met

    batch = imported(tmp_path, f"{number},{yesterday},review_meeting,,crm,3")
    assert states(both) == {kind: ("done", yesterday, due) for kind, (_s, _c, due) in was.items()}
    assert Touch.objects.get(source_id="3").tasks.count() == 2
    after = clocks()
    # inside its window: counted from its due date; long before it: from the day of the touch
    assert after["check_in"][0] == both["check_in"].due_on
    assert after["review_meeting"][0] == yesterday
    assert after["review_meeting"][1] >= yesterday + relativedelta(months=6)

    undo_import(batch=batch, by=None)
    sweeps.plan_changed()
    assert (clocks(), states(both)) == (before, was)
    assert ServiceTask.objects.open().count() == 2


def test_a_touch_between_two_dates_that_closes_nothing_moves_the_clock_and_unlogged_moves_it_back(world):
    today = firm_today()
    client = world.client(tier="C", since=today - 300 * DAY, team=TEAM)
    world.touch(client, "review_meeting", today - 200 * DAY)
    plan(as_of=today)
    before = clocks()
    assert not ServiceTask.objects.open().filter(kind__code="review_meeting").exists()
    touch = world.touch(client, "review_meeting", today - 20 * DAY)
    sweeps.plan_changed()
    assert clocks()["review_meeting"][0] == today - 20 * DAY
    remove_touch(touch=touch)
    sweeps.plan_changed()
    assert clocks() == before


class TestCorrected:
    """A later file says what a touch that closed a task really was."""

    @pytest.fixture
    def review(self, world: World, tmp_path: Path) -> tuple[ServiceTask, str, dt.date]:
        """A review done in its window by an imported touch; the client's number; the touch's date."""
        today = firm_today()
        base = today - relativedelta(months=3) + 3 * DAY
        client = world.client(tier="A", since=base - 100 * DAY, team=TEAM)
        world.touch(client, "review_meeting", base)
        plan(as_of=today - 20 * DAY)
        plan(as_of=today)
        task = ServiceTask.objects.open().get(kind__code="review_meeting")
        number, held = Client.objects.get(pk=client).external_id, today - DAY
        imported(tmp_path, f"{number},{held},review_meeting,,crm,1")
        task.refresh_from_db()
        assert (task.status, task.completed_on) == ("done", held)
        assert clocks()["review_meeting"][0] == task.due_on
        return task, number, held

    def test_its_date_takes_the_task_and_the_clock_along(self, review, tmp_path):
        task, number, held = review
        earlier = task.window_start - 10 * DAY
        imported(tmp_path, f"{number},{earlier},review_meeting,,crm,1")
        task.refresh_from_db()
        assert (task.status, task.completed_on) == ("done", earlier)
        assert clocks()["review_meeting"][0] == earlier  # outside its window: counted from the touch
        imported(tmp_path, f"{number},{held},review_meeting,,crm,1")
        task.refresh_from_db()
        assert (task.completed_on, clocks()["review_meeting"][0]) == (held, task.due_on)

    def test_a_date_before_the_task_was_counted_opens_it_again(self, review, tmp_path):
        task, number, _held = review
        imported(tmp_path, f"{number},{task.base_on - 5 * DAY},review_meeting,,crm,1")
        task.refresh_from_db()
        assert (task.status, task.completed_on, task.touch_id) == ("planned", None, None)

    def test_a_kind_that_does_not_fulfil_it_opens_it_again(self, review, tmp_path):
        task, number, held = review
        imported(tmp_path, f"{number},{held},call,,crm,1")
        task.refresh_from_db()
        assert (task.status, task.completed_on, task.touch_id) == ("planned", None, None)
        imported(tmp_path, f"{number},{held},review_meeting,,crm,1")
        task.refresh_from_db()
        assert (task.status, task.completed_on) == ("done", held)

    def test_a_task_that_was_missed_after_all_is_missed_on_the_day_on_which_that_was_known(
        self, review, tmp_path
    ):
        task, number, held = review
        ServiceTask.objects.filter(pk=task.pk).update(closed_at=timezone.now() - 40 * DAY)
        later = {name: getattr(task, name) + 90 * DAY for name in ("due_on", "window_start", "window_end")}
        ServiceTask.objects.create(
            client=task.client, kind=task.kind, item=task.item, tier=task.tier, role=task.role, base_on=held,
            status="scheduled", scheduled_at=timezone.now() + 90 * DAY, **later,
        )  # fmt: skip
        imported(tmp_path, f"{number},{held},call,,crm,1")
        task.refresh_from_db()
        assert (task.status, task.completed_on) == ("missed", None)
        asked = Asked(period_of("12m", firm_today(), since=first_month(firm_today())), today=firm_today())
        rows, _count = lists.tasks("missed", asked, firm_today(), limit=5)
        assert [row["id"] for row in rows] == [task.pk]

    def test_a_rule_that_the_firm_drops_opens_nothing(self, review):
        task, _number, held = review
        FulfilmentRule.objects.filter(service_kind__code="review_meeting").delete()
        plan(as_of=firm_today())
        task.refresh_from_db()
        assert (task.status, task.completed_on) == ("done", held)

    def test_another_time_zone_of_the_firm_takes_it_along(self, review, world):
        task, _number, held = review
        touch = Touch.objects.get(pk=task.touch_id)
        moment = dt.datetime.combine(held, dt.time(23, 30), firm_zone())
        Touch.objects.filter(pk=touch.pk).update(occurred_at=moment)
        Firm.objects.filter(pk=1).update(time_zone="Europe/Berlin")
        sweeps.plan_changed()
        task.refresh_from_db()
        assert task.completed_on == held + DAY
