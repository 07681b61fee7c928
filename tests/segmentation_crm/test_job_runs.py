"""Scheduled work is noted run by run, and what fails, hangs or does not run is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from celery import current_app
from django.test import Client
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from clients import sweeps
from clients.models import Job, SweepRun
from clients.sweeps import HEARTBEAT, noted
from segmentation_crm import schedules
from segmentation_crm.tasks import heartbeat
from servicing.models import BookTransfer
from servicing.operations.timetable import State, read_timetable
from tests.factories import UserFactory
from tests.live_worker import unacknowledged
from tests.worker.test_killed_worker import hold, let_the_visibility_timeout_pass

pytestmark = pytest.mark.django_db
TASK = "tiers.nightly_run"


def runs(task: str = TASK) -> list[SweepRun]:
    return list(SweepRun.objects.filter(task=task).order_by("pk"))


def ago(**span: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(**span)


# --- The log ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("schedule", [each for each in schedules.SHIPPED if each.task != HEARTBEAT])
def test_each_shipped_task_notes_its_runs(schedule):
    current_app.loader.import_default_modules()
    current_app.tasks[schedule.task].run()
    (run,) = runs(schedule.task)
    assert run.finished_at is not None
    assert run.error == ""


def test_a_run_is_seen_while_it_runs_and_says_what_it_counted():
    with noted(TASK) as counts:
        (run,) = runs()
        assert run.finished_at is None
        counts["created"], counts["cancelled"] = 3, 0
    (run,) = runs()
    assert run.finished_at is not None
    assert run.counts == {"created": 3}


def test_a_failure_is_noted_by_its_kind_and_never_by_its_text():
    def work() -> None:
        with noted(TASK) as counts:
            counts["created"] = 3
            raise ValueError("Okafor household has no revenue")

    with pytest.raises(ValueError, match="Okafor"):
        work()
    (run,) = runs()
    assert (run.error, run.counts) == ("ValueError", {})
    assert run.finished_at is not None


def test_runs_without_anything_to_do_leave_one_row():
    for found in (0, 2, 0, 0, 0):
        with noted(TASK) as counts:
            counts["planned"] = found
    assert [run.counts for run in runs()] == [{"planned": 2}, {}]


def test_a_run_whose_worker_died_is_known_as_lost_once_a_later_one_ended():
    dead = SweepRun.objects.create(task=TASK, started_at=ago(hours=2))
    other = SweepRun.objects.create(task="clients.forget_stale_uploads", started_at=ago(hours=2))
    with noted(TASK):
        dead.refresh_from_db()
        assert dead.finished_at is None
    dead.refresh_from_db()
    other.refresh_from_db()
    assert (dead.error, other.finished_at) == (sweeps.LOST, None)
    assert dead.finished_at is not None


def test_old_runs_go_after_a_month_failures_after_half_a_year_and_the_last_one_stays():
    def run(task: str, days: int, error: str = "") -> Any:
        at = ago(days=days)
        return SweepRun.objects.create(task=task, started_at=at, finished_at=at, error=error).pk

    gone = {run("a", 31), run("a", 181, "ValueError")}
    stay = {run("a", 29), run("a", 179, "ValueError"), run("b", 400), run("a", 1)}
    assert sweeps.forget_old_runs() == len(gone)
    assert set(SweepRun.objects.values_list("pk", flat=True)) == stay


def test_old_jobs_of_people_go_with_them_and_what_they_led_to_stays():
    def job(state: str, queued: int, finished: int | None = None) -> Job:
        return Job.objects.create(
            task="servicing.hand_over",
            title="Handing over a book",
            state=state,
            queued_at=ago(days=queued),
            finished_at=None if finished is None else ago(days=finished),
        )

    gone = [job("done", 40, 31), job("failed", 181, 181), job("waiting", 190)]
    stay = [job("done", 40, 29), job("failed", 179, 179), job("working", 2)]
    person = UserFactory()
    transfer = BookTransfer.objects.create(made_by=person, state="done", job=gone[0], done_at=ago(days=31))
    assert sweeps.forget_old_runs() == len(gone)
    assert set(Job.objects.all()) == set(stay)
    transfer.refresh_from_db()
    assert transfer.job is None


def test_the_heartbeat_keeps_one_row_until_it_pauses():
    for _each in range(3):
        sweeps.note_heartbeat()
    (row,) = runs(HEARTBEAT)
    SweepRun.objects.filter(pk=row.pk).update(started_at=ago(days=2), finished_at=ago(minutes=4))
    sweeps.note_heartbeat()
    assert len(runs(HEARTBEAT)) == 2
    assert runs(HEARTBEAT)[-1].started_at > ago(minutes=1)


# --- What is wrong ------------------------------------------------------------------------------------------


@pytest.fixture
def up() -> Any:
    """The heartbeat has come without a pause for ten days."""
    return SweepRun.objects.create(task=HEARTBEAT, started_at=ago(days=10), finished_at=timezone.now())


@pytest.fixture
def all_ran(up) -> None:
    """Every shipped task ran well a minute ago, and beat sent it."""
    PeriodicTask.objects.update(last_run_at=ago(minutes=6))
    for schedule in schedules.SHIPPED:
        if schedule.task != HEARTBEAT:
            ran(schedule.task, minutes=1)


def ran(task: str = TASK, *, error: str = "", ended: bool = True, **span: float) -> SweepRun:
    at = ago(**span)
    return SweepRun.objects.create(
        task=task, started_at=at, finished_at=at + dt.timedelta(seconds=2) if ended else None, error=error
    )


def state_of(task: str = TASK) -> State:
    (line,) = [line for line in read_timetable().lines if line.schedule.task == task]
    return line.state


def troubles() -> set[tuple[str, State]]:
    return {(line.schedule.task, line.state) for line in read_timetable().troubles}


def test_a_fresh_installation_is_in_no_trouble():
    assert state_of() == State.WAITING
    assert not troubles()
    sweeps.note_heartbeat()
    assert not troubles()


def test_an_installation_that_was_stopped_for_a_week_starts_without_trouble():
    SweepRun.objects.create(task=HEARTBEAT, started_at=ago(days=9), finished_at=ago(days=7))
    for schedule in schedules.SHIPPED[1:]:
        ran(schedule.task, days=7)
    assert not troubles()
    sweeps.note_heartbeat()
    assert not troubles()


def test_work_that_did_not_run_twice_in_a_row_is_overdue_while_beat_and_a_worker_live(all_ran):
    assert not troubles()
    SweepRun.objects.filter(task="servicing.plan_changed").update(started_at=ago(minutes=19))
    assert not troubles()  # it may have been late once
    SweepRun.objects.filter(task="servicing.plan_changed").update(started_at=ago(minutes=41))
    SweepRun.objects.filter(task=TASK).update(started_at=ago(hours=73))
    assert troubles() == {("servicing.plan_changed", State.OVERDUE), (TASK, State.OVERDUE)}
    SweepRun.objects.filter(task=HEARTBEAT).update(finished_at=ago(minutes=5))
    assert not troubles()  # /readyz names beat then


def test_work_just_sent_and_work_just_switched_on_is_given_its_time(all_ran):
    row = PeriodicTask.objects.filter(task="servicing.plan_changed")
    SweepRun.objects.filter(task="servicing.plan_changed").update(started_at=ago(hours=5))
    row.update(last_run_at=ago(minutes=6))
    assert state_of("servicing.plan_changed") == State.OVERDUE
    row.update(last_run_at=ago(minutes=1))
    assert state_of("servicing.plan_changed") == State.FINE
    row.update(last_run_at=None, date_changed=ago(minutes=2))
    assert state_of("servicing.plan_changed") == State.FINE
    row.update(enabled=False)
    assert state_of("servicing.plan_changed") == State.OFF


def test_a_run_is_stuck_after_its_time_until_a_later_one_ends_well(all_ran):
    ran("servicing.plan_changed", ended=False, minutes=59)
    ran(TASK, ended=False, minutes=61)
    assert troubles() == set()
    SweepRun.objects.filter(finished_at=None).delete()
    SweepRun.objects.exclude(task=HEARTBEAT).update(started_at=ago(hours=5), finished_at=ago(hours=5))
    ran("servicing.plan_changed", ended=False, minutes=61)
    ran(TASK, ended=False, minutes=61)  # a night's run may take four hours
    assert state_of("servicing.plan_changed") == State.STUCK
    assert state_of(TASK) == State.RUNNING
    with noted("servicing.plan_changed"):
        assert state_of("servicing.plan_changed") == State.STUCK
    assert state_of("servicing.plan_changed") == State.FINE


def test_work_fails_after_three_failures_or_an_hour_without_success(all_ran):
    SweepRun.objects.exclude(task=HEARTBEAT).update(started_at=ago(hours=3))
    quick = "tiers.first_tiers"
    SweepRun.objects.filter(task=quick).update(started_at=ago(minutes=40))
    ran(quick, error="OperationalError", minutes=30)
    ran(quick, error="OperationalError", minutes=20)
    assert state_of(quick) == State.FINE
    ran(quick, error="OperationalError", minutes=10)
    assert state_of(quick) == State.FAILING
    ran(quick, minutes=1)
    assert state_of(quick) == State.FINE
    ran(TASK, error="ValueError", minutes=50)
    assert state_of(TASK) == State.FINE
    SweepRun.objects.filter(task=TASK, error="ValueError").update(started_at=ago(minutes=70))
    assert state_of(TASK) == State.FAILING


def test_hours_that_never_come_trouble_nobody(all_ran):
    never = CrontabSchedule.objects.create(minute="0", hour="0", day_of_month="30", month_of_year="2")
    PeriodicTask.objects.filter(task=TASK).update(crontab=never)
    SweepRun.objects.filter(task=TASK).update(started_at=ago(days=40))
    assert state_of() == State.FINE


def test_readyz_names_what_is_wrong_and_a_firm_that_just_started_is_ready(client, valkey):
    heartbeat()
    assert client.get("/readyz").status_code == 200
    for minutes in (30, 20, 10):
        ran(error="ValueError", minutes=minutes)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["failing"] == {
        "jobs": "Nightly scoring (tiers.nightly_run) is failing; see /operations/jobs/"
    }
    with noted(TASK):
        pass
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.worker
def test_a_killed_run_stays_open_is_told_as_stuck_and_is_over_once_the_work_is_done(live, valkey):
    with hold() as held:
        held.run("BEGIN; LOCK TABLE clients_change IN ACCESS EXCLUSIVE MODE")
        current_app.send_task("servicing.plan_changed")
        live.wait_for(lambda: SweepRun.objects.filter(task="servicing.plan_changed").exists())
        live.kill()
        held.run("ROLLBACK")
    (run,) = runs("servicing.plan_changed")
    assert run.finished_at is None
    SweepRun.objects.filter(pk=run.pk).update(started_at=ago(hours=2))
    heartbeat()
    assert client_says() == {
        "jobs": "Planning of changed clients (servicing.plan_changed) is stuck; see /operations/jobs/"
    }

    let_the_visibility_timeout_pass(valkey)
    live.start()
    live.wait_for(lambda: not unacknowledged(valkey) and len(runs("servicing.plan_changed")) == 2)
    live.wait_for(lambda: not SweepRun.objects.filter(finished_at=None).exists())
    assert [run.error for run in runs("servicing.plan_changed")] == [sweeps.LOST, ""]
    assert client_says() == {}


def client_says() -> dict[str, str]:
    return Client().get("/readyz").json().get("failing", {})


# --- The pages --------------------------------------------------------------------------------------------


def browser_of(group: str) -> Client:
    browser = Client()
    browser.force_login(UserFactory(groups=[group]), backend="django.contrib.auth.backends.ModelBackend")
    return browser


def text_of(browser: Client, url: str) -> str:
    answer = browser.get(url)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def schedule_of(task: str = TASK) -> PeriodicTask:
    return PeriodicTask.objects.get(task=task)


def test_the_page_tells_each_schedule_its_last_run_and_what_is_wrong_first(all_ran):
    SweepRun.objects.filter(task="servicing.plan_all").update(counts={"created": 1234, "missed": 2})
    SweepRun.objects.filter(task="clients.forget_stale_uploads").update(started_at=ago(hours=3))
    ran("clients.forget_stale_uploads", ended=False, hours=2)
    ran("tiers.first_tiers", error="OperationalError", minutes=3)
    browser = browser_of("operations")
    text = text_of(browser, "/operations/jobs/")
    assert text.index("Forgotten uploads") < text.index("First tiers")
    for words in (
        "Stuck",
        "running since",
        "1,234 created",
        "2 missed",
        "Every day at 02:30",
        "1 failure in a day",
    ):
        assert words in text
    assert "/admin/" not in text
    history = text_of(browser, f"/operations/jobs/{schedule_of('tiers.first_tiers').pk}/")
    assert "OperationalError. What was wrong is in the log of the worker." in history
    assert "Every 10 minutes" in history
    assert f"/admin/django_celery_beat/periodictask/{schedule_of().pk}/change/" in text_of(
        browser_of("administrator"), "/operations/jobs/"
    )


def test_the_page_reads_little_however_much_ran(all_ran, django_assert_max_num_queries):
    browser = browser_of("compliance")
    text_of(browser, "/operations/jobs/")
    for minutes in range(2, 60):
        ran(minutes=minutes)
    with django_assert_max_num_queries(9):
        text_of(browser, "/operations/jobs/")


def test_a_person_who_runs_the_firm_starts_work_besides_its_hours(valkey, up):
    url = f"/operations/jobs/{schedule_of().pk}/run/"
    assert browser_of("compliance").post(url).status_code == 403
    assert browser_of("operations").post(url).status_code == 302
    assert valkey.llen("celery") == 1
    assert b"tiers.nightly_run" in valkey.lindex("celery", 0)


def test_a_queue_that_does_not_answer_is_said(monkeypatch):
    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(current_app, "send_task", refuse)
    answer = browser_of("operations").post(f"/operations/jobs/{schedule_of().pk}/run/", follow=True)
    assert "The queue does not answer." in answer.content.decode()


def test_people_find_what_they_started_and_operations_what_everybody_did():
    ann, olga = UserFactory(groups=["advisor"]), UserFactory(groups=["operations"])
    mine = Job.objects.create(task="t", title="Ranking for Ann", requested_by=ann)
    other = Job.objects.create(task="t", title="Ranking for Olga", requested_by=olga, state="failed")
    seen = {}
    for person in (ann, olga):
        browser = Client()
        browser.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        seen[person] = text_of(browser, "/jobs/")
    assert f"/jobs/{mine.pk}/" in seen[ann]
    assert "Ranking for Olga" not in seen[ann]
    assert f"/jobs/{mine.pk}/" in seen[olga]
    assert f"/jobs/{other.pk}/" in seen[olga]


def test_administrators_edit_the_timetable_in_admin(all_ran):
    browser = browser_of("administrator")
    row = schedule_of()
    text = text_of(browser, f"/admin/django_celery_beat/periodictask/{row.pk}/change/")
    assert "Settings of the firm" in text
    assert "css/admin.css" in text
    assert "Nightly scoring" in text_of(browser, "/admin/django_celery_beat/periodictask/")
