"""Scheduled work as operations read it: when it runs, how its last runs went, and what is wrong with it."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from celery.schedules import crontab
from django.db import connection
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from clients.sweeps import BY_CODE, HEARTBEAT, STILL_ALIVE

# --- When scheduled work is in trouble -------------------------------------------------------------------
LONGEST = dt.timedelta(hours=1)  # a run that takes longer is stuck; for those here, later
LONGER = {"tiers.nightly_run": dt.timedelta(hours=4), "servicing.plan_all": dt.timedelta(hours=4)}
FAILURES = 3  # so many runs in a row failed,
FAILING_FOR = dt.timedelta(hours=1)  # or the first of them so long ago: it is failing
GRACE = dt.timedelta(minutes=10)  # after the second time in a row that it did not run
JUST_SENT = dt.timedelta(minutes=2)  # what beat sent so lately may still wait for a worker

# For each task its last run, and what came after the last one that ended well.
_RUNS = """
SELECT
    wanted.task, last.id, last.started_at, last.finished_at, last.counts, last.error,
    since.failures, since.failing_since, since.running_since, day.failures
FROM unnest(%(tasks)s::text[]) AS wanted(task)
LEFT JOIN LATERAL (
    SELECT * FROM clients_sweeprun WHERE task = wanted.task ORDER BY started_at DESC, id DESC LIMIT 1
) last ON true
LEFT JOIN LATERAL (
    SELECT started_at FROM clients_sweeprun
    WHERE task = wanted.task AND finished_at IS NOT NULL AND error = ''
    ORDER BY started_at DESC LIMIT 1
) good ON true
CROSS JOIN LATERAL (
    SELECT
        count(*) FILTER (WHERE error <> '') AS failures,
        min(started_at) FILTER (WHERE error <> '') AS failing_since,
        min(started_at) FILTER (WHERE finished_at IS NULL) AS running_since
    FROM clients_sweeprun
    WHERE task = wanted.task AND started_at > coalesce(good.started_at, '-infinity')
) since
CROSS JOIN LATERAL (
    SELECT count(*) AS failures FROM clients_sweeprun
    WHERE task = wanted.task AND started_at > %(day)s AND error <> ''
) day
"""


class State(StrEnum):
    FINE = "fine"
    RUNNING = "running"
    WAITING = "waiting"  # has not run yet, and need not have
    STUCK = "stuck"
    FAILING = "failing"
    OVERDUE = "overdue"
    OFF = "off"
    UNKNOWN = "unknown"  # its task does not note its runs


TROUBLES = frozenset({State.STUCK, State.FAILING, State.OVERDUE})


@dataclass(frozen=True)
class Runs:
    """The last run of a task, and what came since its last good one: how many failures, the first of them,
    the first run that has not ended."""

    pk: int | None
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    counts: dict[str, int]
    error: str
    failures: int
    failing_since: dt.datetime | None
    running_since: dt.datetime | None
    failures_in_a_day: int


@dataclass(frozen=True)
class Line:
    """One schedule as it stands at `asked_at`. `since`: when the trouble or the run began."""

    schedule: PeriodicTask
    runs: Runs
    state: State
    since: dt.datetime | None
    asked_at: dt.datetime

    @cached_property
    def next_at(self) -> dt.datetime | None:
        """When it runs next; None where it is off, or that is not a matter of hours."""
        if not self.schedule.enabled:
            return None
        last = max(filter(None, [self.runs.started_at, self.schedule.last_run_at]), default=None)
        next_at = _due_after(self.schedule, last or self.asked_at)
        while next_at is not None and next_at < self.asked_at:  # it is late, or beat was down
            next_at = _due_after(self.schedule, self.asked_at)
        return next_at

    @property
    def description(self) -> str:
        return self.schedule.description.removeprefix(BY_CODE)

    @property
    def trouble(self) -> bool:
        return self.state in TROUBLES


@dataclass(frozen=True)
class Timetable:
    """All schedules but the heartbeat. `up_since`: since when beat and a worker live without a pause."""

    lines: list[Line]
    up_since: dt.datetime | None
    heard_at: dt.datetime | None
    alive: bool

    @property
    def troubles(self) -> list[Line]:
        return [line for line in self.lines if line.trouble]


def read_timetable(now: dt.datetime | None = None) -> Timetable:
    """The schedules by name, each with its state, in two queries."""
    now = now or timezone.now()
    schedules = list(
        PeriodicTask.objects.exclude(task=HEARTBEAT).select_related("crontab", "interval").order_by("name")
    )
    runs = _runs_of({HEARTBEAT, *(schedule.task for schedule in schedules)}, now)
    heart = runs[HEARTBEAT]
    alive = heart.finished_at is not None and now - heart.finished_at < STILL_ALIVE
    up_since = heart.started_at if alive else None
    return Timetable(
        lines=[_line(schedule, runs[schedule.task], up_since, now) for schedule in schedules],
        up_since=up_since,
        heard_at=heart.finished_at,
        alive=alive,
    )


def _runs_of(tasks: set[str], now: dt.datetime) -> dict[str, Runs]:
    with connection.cursor() as cursor:
        cursor.execute(_RUNS, {"tasks": sorted(tasks), "day": now - dt.timedelta(days=1)})
        return {
            task: Runs(pk, started, finished, json.loads(counts or "{}"), error or "", *since)
            for task, pk, started, finished, counts, error, *since in cursor.fetchall()
        }


def _line(schedule: PeriodicTask, runs: Runs, up_since: dt.datetime | None, now: dt.datetime) -> Line:
    return Line(schedule, runs, *_state(schedule, runs, up_since, now), now)


def _state(
    schedule: PeriodicTask, runs: Runs, up_since: dt.datetime | None, now: dt.datetime
) -> tuple[State, dt.datetime | None]:
    if not schedule.enabled:
        return State.OFF, None
    if runs.running_since and now - runs.running_since > LONGER.get(schedule.task, LONGEST):
        return State.STUCK, runs.running_since
    if runs.failing_since and (runs.failures >= FAILURES or now - runs.failing_since > FAILING_FOR):
        return State.FAILING, runs.failing_since
    if runs.pk is None and not schedule.description.startswith(BY_CODE):
        return State.UNKNOWN, None
    if up_since and _is_overdue(schedule, runs, up_since, now):
        return State.OVERDUE, runs.started_at
    if runs.running_since:
        return State.RUNNING, runs.running_since
    return (State.FINE if runs.pk else State.WAITING), None


def _is_overdue(schedule: PeriodicTask, runs: Runs, up_since: dt.datetime, now: dt.datetime) -> bool:
    """Whether it should have run twice since its last run, since beat and a worker live, and since it was
    switched on (beat has not sent it yet then)."""
    sent_at = schedule.last_run_at
    if sent_at and now - sent_at < JUST_SENT:
        return False
    known = [runs.started_at, up_since, None if sent_at else schedule.date_changed]
    first = _due_after(schedule, max(filter(None, known)))
    second = _due_after(schedule, first) if first else None
    return second is not None and now > second + GRACE


def _due_after(schedule: PeriodicTask, moment: dt.datetime) -> dt.datetime | None:
    """When it is due next after `moment`; None where that is not a matter of hours (once, by the sun)."""
    if schedule.interval_id:
        return moment + schedule.interval.schedule.run_every
    if schedule.crontab_id:
        with suppress(RuntimeError, ValueError):  # hours that never come, such as those of 30 February
            hours: crontab = schedule.crontab.schedule
            start, step, _now = hours.remaining_delta(moment)
            return start + step
    return None
