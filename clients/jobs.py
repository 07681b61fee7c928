"""Work that a person starts and a worker does: queue it, tell how far it is, say where the result is.

Its progress is written outside the transaction of the work, so that it is seen while that runs; that it is
done is written inside, so that work whose message is delivered twice is done once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from celery import current_app
from django.db import connections, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from clients.commands import Refused
from clients.models import Job, JobState, User

log = structlog.get_logger(__name__)
Report = Callable[[str, int, int], None]  # what it does now, parts done, of how many
# A job that waits so long probably waits for a worker that does not run.
LONG_WAIT = dt.timedelta(minutes=1)
KEPT = dt.timedelta(days=30)
FAILURES_KEPT = dt.timedelta(days=180)


def untold(step: str, done: int, total: int) -> None:
    """The report of work that nobody watches."""


def start_job(*, task: str, title: str, by: User | None, arguments: list[Any] | None = None) -> Job:
    """Notes the job and queues `task` with the job's id and `arguments`; where the queue does not answer, the
    job has failed and says so."""
    job = Job.objects.create(task=task, title=title, requested_by=by)

    def send() -> None:
        try:
            current_app.send_task(task, args=[job.pk, *(arguments or [])], retry=False)
        except (OperationalError, RedisError, OSError):
            log.warning("queue_did_not_answer", task=task)
            job.state, job.error = JobState.FAILED, _("The queue does not answer. Try again in a moment.")
            job.finished_at = timezone.now()
            job.save(update_fields=["state", "error", "finished_at"])

    transaction.on_commit(send)
    return job


@contextmanager
def working_on(job_id: int) -> Iterator[tuple[Job, Report]]:
    """Marks the job as working, then as done or failed; gives it and a function that reports progress.

    What happens inside is one transaction, and that the job is done is part of it. Set `job.result_url`
    inside. A refusal raised inside fails the job with its reasons; anything else fails it with a plain
    sentence and is raised again. A job that is done already (a message delivered twice) raises `AlreadyDone`,
    which its task ignores.
    """
    with _watched(job_id) as (job, report), transaction.atomic():
        yield job, report
        _finish(job)


@contextmanager
def working_in_steps(job_id: int) -> Iterator[tuple[Job, Report]]:
    """The same for work that commits step by step: what was done stays where it is stopped, and work that
    begins again finds it done."""
    with _watched(job_id) as (job, report):
        yield job, report
        _finish(job)


@contextmanager
def _watched(job_id: int) -> Iterator[tuple[Job, Report]]:
    job = Job.objects.get(pk=job_id)
    if job.state == JobState.DONE:
        raise AlreadyDone
    _note(job, state=JobState.WORKING, started_at=timezone.now(), error="", finished_at=None)
    try:
        yield job, lambda step, done, total: _note(job, step=step, done=done, total=total)
    except Refused as refusal:
        _note(job, state=JobState.FAILED, error=" ".join(refusal.reasons), finished_at=timezone.now())
    except AlreadyDone:
        raise
    except Exception:
        error = _("It could not be finished. What was wrong is in the log of the worker.")
        _note(job, state=JobState.FAILED, error=error, finished_at=timezone.now())
        raise


def forget_old_jobs() -> int:
    """Removes jobs that were done over 30 days ago, and any that were queued over 180 days ago; returns how
    many. What they led to stays."""
    now = timezone.now()
    old = Q(state=JobState.DONE, finished_at__lt=now - KEPT) | Q(queued_at__lt=now - FAILURES_KEPT)
    removed, _by_model = Job.objects.filter(old).delete()
    return removed


class AlreadyDone(Exception):
    """The job was finished by another delivery of the same message."""


def _finish(job: Job) -> None:
    """Marks the job as done. Raises AlreadyDone where another delivery finished it meanwhile."""
    done = Job.objects.filter(pk=job.pk).exclude(state=JobState.DONE)
    if not done.update(
        state=JobState.DONE,
        done=job.total,
        result_url=job.result_url,
        error="",
        finished_at=timezone.now(),
    ):
        raise AlreadyDone
    job.state = JobState.DONE


def _note(job: Job, **fields: Any) -> None:
    """Writes the fields in a connection of its own, whatever transaction runs in the usual one; a job that
    is done stays as it is."""
    for name, value in fields.items():
        setattr(job, name, value)
    columns = ", ".join(f"{name} = %s" for name in fields)
    apart = connections.create_connection("default")
    try:
        with apart.cursor() as cursor:
            cursor.execute(
                f"UPDATE clients_job SET {columns} WHERE id = %s AND state <> 'done'",  # noqa: S608  (names given in this module)
                [*fields.values(), job.pk],
            )
    finally:
        apart.close()
