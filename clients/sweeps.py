"""The log of scheduled work: a row when a run starts, what it counted or how it failed when it ends.

A run is noted outside the transactions of its work, so that it is seen while it runs, and stays without an
end where its worker was killed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from clients.jobs import forget_old_jobs
from clients.models import SweepRun
from clients.services import forget_past_undo

log = structlog.get_logger(__name__)

BY_CODE = "Shipped with the product. "  # how the description of a shipped schedule begins
HEARTBEAT = "segmentation_crm.heartbeat"
STILL_ALIVE = dt.timedelta(minutes=3)  # since the last heartbeat; after a longer silence all starts anew
LOST = "lost"  # the error of a run whose worker was killed, known once a later run ended well
KEPT = dt.timedelta(days=30)
FAILURES_KEPT = dt.timedelta(days=180)

Counts = dict[str, int]  # what a run did, by words such as created; only what is not zero is kept


@contextmanager
def noted(task: str) -> Iterator[Counts]:
    """Notes a run of the scheduled `task`; gives an empty dictionary for what it counts.

    What is raised inside is noted by its kind alone, as its text may name a client, and raised again. Of runs
    that counted nothing, the last one of a task is kept.
    """
    run = SweepRun.objects.create(task=task)
    counts: Counts = {}
    try:
        yield counts
    except Exception as error:
        with suppress(DatabaseError):  # where the database is away the run stays without an end
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
            _end(run, error=type(error).__name__)
        log.warning("scheduled work failed", task=task, error=type(error).__name__)
        raise
    with transaction.atomic():
        _end(run, counts={word: count for word, count in counts.items() if count})
        earlier = SweepRun.objects.filter(task=task, pk__lt=run.pk)
        earlier.filter(finished_at__isnull=True).update(finished_at=run.finished_at, error=LOST)
        if not run.counts:
            earlier.filter(finished_at__isnull=False, error="", counts={}).delete()


def _end(run: SweepRun, *, counts: Counts | None = None, error: str = "") -> None:
    run.finished_at, run.counts, run.error = timezone.now(), counts or {}, error
    run.save(update_fields=["finished_at", "counts", "error"])


def note_heartbeat() -> None:
    """Keeps one row that tells since when beat and a worker have lived without a pause, and until when."""
    now = timezone.now()
    alive = SweepRun.objects.filter(task=HEARTBEAT, finished_at__gt=now - STILL_ALIVE)
    if not alive.update(finished_at=now):
        SweepRun.objects.create(task=HEARTBEAT, started_at=now, finished_at=now)


def forget_old_runs() -> int:
    """Removes runs older than 30 days and failures older than 180, the jobs that people started so long ago,
    and what was kept to undo changes of many that can be undone no more; returns how many.

    The last run of each task stays.
    """
    now = timezone.now()
    later = SweepRun.objects.filter(task=OuterRef("task"), started_at__gt=OuterRef("started_at"))
    old = Q(started_at__lt=now - KEPT, error="") | Q(started_at__lt=now - FAILURES_KEPT)
    removed, _by_model = SweepRun.objects.filter(old & Exists(later)).delete()
    return removed + forget_old_jobs() + forget_past_undo()
