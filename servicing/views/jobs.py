"""Scheduled work: what runs by itself, when, and how its runs went."""

from __future__ import annotations

import datetime as dt
from typing import Any

from celery import current_app
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_celery_beat.models import PeriodicTask
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from clients.access import is_administrator, require, runs_the_firm, sees_all_clients
from clients.feedback import notice
from clients.models import Job, SweepRun
from clients.requests import SignedInRequest
from servicing.operations import words
from servicing.operations.timetable import Line, State, read_timetable

PAGE = 50
JOBS = 10


@require(sees_all_clients)
@require_GET
def job_runs(request: SignedInRequest) -> HttpResponse:
    """Each schedule with its state and its last run, and what people started lately."""
    timetable = read_timetable()
    return render(
        request,
        "servicing/operations/jobs.html",
        {
            "section": "job_runs",
            "rows": sorted((_row(line) for line in timetable.lines), key=lambda row: not row["trouble"]),
            "timetable": timetable,
            "jobs": Job.objects.select_related("requested_by")[:JOBS],
            "may_edit": is_administrator(request.user),
        },
    )


@require(sees_all_clients)
@require_GET
def job_run_history(request: SignedInRequest, pk: int) -> HttpResponse:
    """The runs of one schedule's task, the newest first, fifty a page."""
    schedule = get_object_or_404(PeriodicTask, pk=pk)
    line = next((line for line in read_timetable().lines if line.schedule.pk == pk), None)
    runs = SweepRun.objects.filter(task=schedule.task).order_by("-started_at", "-pk")
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        runs = runs.filter(pk__lt=int(before))
    found = list(runs[: PAGE + 1])
    rows = [_run(run.started_at, run.finished_at, run.counts, run.error) for run in found[:PAGE]]
    return render(
        request,
        "servicing/operations/job_history.html",
        {
            "section": "job_runs",
            "schedule": schedule,
            "row": line and _row(line),
            "rows": rows,
            "older": found[PAGE - 1].pk if len(found) > PAGE else None,
            "may_edit": is_administrator(request.user),
        },
    )


@require(runs_the_firm)
@require_POST
def run_job(request: SignedInRequest, pk: int) -> HttpResponse:
    """Sends the schedule's task now, besides its hours."""
    schedule = get_object_or_404(PeriodicTask, pk=pk)
    try:
        current_app.send_task(schedule.task, retry=False)
    except (OperationalError, RedisError, OSError):
        messages.warning(request, _("The queue does not answer. Try again in a moment."))
    else:
        notice(request, _("It begins as soon as a worker is free."))
    return redirect("servicing:job_run_history", pk)


def _row(line: Line) -> dict[str, Any]:
    """A schedule as the table draws it."""
    schedule, runs = line.schedule, line.runs
    return {
        "pk": schedule.pk,
        "name": schedule.name,
        "description": line.description,
        "hours": words.hours_of(schedule),
        "edit_url": reverse("admin:django_celery_beat_periodictask_change", args=[schedule.pk]),
        "state": line.state.value,
        "state_label": words.STATES[line.state],
        "trouble": line.trouble,
        "since": line.since,
        "failures_in_a_row": words.failures_in_a_row(runs.failures) if line.state == State.FAILING else "",
        "failures": runs.failures_in_a_day,
        "next_at": line.next_at,
        **_run(runs.started_at, runs.finished_at, runs.counts, runs.error),
    }


def _run(
    started_at: dt.datetime | None, finished_at: dt.datetime | None, counts: dict[str, int], error: str
) -> dict[str, Any]:
    """A run as the tables draw it."""
    return {
        "started_at": started_at,
        "ended": finished_at is not None,
        "took": words.took((finished_at - started_at).total_seconds()) if started_at and finished_at else "",
        "counted": words.counted(counts),
        "failure": words.failure(error),
    }
