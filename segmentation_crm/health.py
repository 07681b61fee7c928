"""/healthz says that the process lives; /readyz that everything it leans on does, naming what does not."""

import time
from collections.abc import Callable

import redis
import structlog
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

log = structlog.get_logger(__name__)

HEARTBEAT_KEY = "segmentation_crm:heartbeat"
HEARTBEAT_LIMIT = 180  # seconds; beat sends one a minute
PATIENCE = 2  # seconds to wait for the queue


class NotReady(Exception):
    """A part does not answer as it should; the text is fit for whoever reads /readyz."""


def queue() -> "redis.Redis":
    """A connection to the Redis or Valkey of this installation that gives up quickly."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, retry=None
    )


def beat_heart(now: float | None = None) -> None:
    """Notes in the queue's store that beat sent a task and a worker ran it."""
    queue().set(HEARTBEAT_KEY, repr(time.time() if now is None else now), ex=24 * 3600)


def database_answers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def migrations_are_applied() -> None:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        raise NotReady(f"{len(plan)} not applied; run `python manage.py migrate`")


def broker_answers() -> None:
    queue().ping()


def beat_is_alive() -> None:
    stored = queue().get(HEARTBEAT_KEY)
    if stored is None:
        raise NotReady("no heartbeat yet; is beat running, and a worker?")
    age = time.time() - float(stored)
    if age > HEARTBEAT_LIMIT:
        raise NotReady(f"last heartbeat {age:.0f} seconds ago; is beat running, and a worker?")


def jobs_go_well() -> None:
    """Whether scheduled work fails, hangs or does not run; servicing/operations/timetable.py says when."""
    from servicing.operations import timetable  # which has models; beat's own probe loads none

    words = {
        timetable.State.STUCK: "is stuck",
        timetable.State.FAILING: "is failing",
        timetable.State.OVERDUE: "has not run",
    }
    troubles = [
        f"{line.schedule.name} ({line.schedule.task}) {words[line.state]}"
        for line in timetable.read_timetable().troubles
    ]
    if troubles:
        raise NotReady(f"{'; '.join(troubles)}; see /operations/jobs/")


PARTS: dict[str, Callable[[], None]] = {
    "database": database_answers,
    "migrations": migrations_are_applied,
    "broker": broker_answers,
    "beat": beat_is_alive,
    "jobs": jobs_go_well,
}


def failing_parts() -> dict[str, str]:
    """Each part that is not ready, with a short reason; empty when all is well."""
    failing: dict[str, str] = {}
    for part, probe in PARTS.items():
        try:
            probe()
        except NotReady as reason:
            failing[part] = str(reason)
        except Exception as error:
            # The reason may name hosts and accounts: the log gets it, the page does not.
            log.warning("not ready", part=part, error=type(error).__name__)
            failing[part] = "does not answer"
    return failing


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the process lives; asks nothing of the database."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when all parts are ready; 503 with the failing parts named."""
    failing = failing_parts()
    if not failing:
        return JsonResponse({"status": "ok", "parts": list(PARTS)})
    return JsonResponse({"status": "failing", "failing": failing}, status=503)
