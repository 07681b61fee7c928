"""Scheduled work is noted run by run, and what fails, hangs or does not run is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from celery import current_app
from django.utils import timezone

from clients import sweeps
from clients.models import SweepRun
from clients.sweeps import HEARTBEAT, noted
from segmentation_crm import schedules

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


def test_the_heartbeat_keeps_one_row_until_it_pauses():
    for _each in range(3):
        sweeps.note_heartbeat()
    (row,) = runs(HEARTBEAT)
    SweepRun.objects.filter(pk=row.pk).update(started_at=ago(days=2), finished_at=ago(minutes=4))
    sweeps.note_heartbeat()
    assert len(runs(HEARTBEAT)) == 2
    assert runs(HEARTBEAT)[-1].started_at > ago(minutes=1)
