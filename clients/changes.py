"""Change rows between the apps: a lower app's tables note them by trigger, an upper app's sweep takes them.

A sweep is woken when the change commits. A lost or refused message costs a delay, never a change: the
row waits for the next scheduled sweep.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

import structlog
from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from clients.models.changes import ChangeKind
from clients.whole_firm import as_array

log = structlog.get_logger(__name__)
_sweeps: dict[ChangeKind, str] = {}
# Seconds for which a queue that did not answer is left alone: one click waits for it, not each.
SILENCE = 30
_silent_until = 0.0  # of this process, on the monotonic clock


def register_sweep(kind: ChangeKind, task_name: str) -> None:
    """Names the Celery task that takes changes of `kind`. Called from an app's `ready`."""
    _sweeps[kind] = task_name


def wake_sweeps(*kinds: ChangeKind) -> None:
    """Sends each sweep once the running transaction commits. A queue that is silent is only logged."""

    transaction.on_commit(lambda: _send(*kinds), robust=True)


def _send(*kinds: ChangeKind) -> None:
    for kind in kinds:
        if kind in _sweeps:
            send_task(_sweeps[kind])


def send_task(name: str, *args: int, after: int = 0) -> None:
    """Sends a task that the next sweep would do anyhow, to be done after so many seconds.

    A queue that is silent is only logged.
    """
    global _silent_until
    if time.monotonic() >= _silent_until:
        try:
            current_app.send_task(name, args=args, countdown=after or None, retry=False)
        except (OperationalError, RedisError, OSError):
            _silent_until = time.monotonic() + SILENCE
            log.warning("queue_did_not_answer", sweep=name)


def newest_change() -> int:
    """The number of the last change that was noted; 0 where none is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM clients_change")
        return int(cursor.fetchone()[0])


def noted_since(kind: ChangeKind, newest: int) -> list[int]:
    """The ids of the clients with changes noted after the one with the number `newest`; all of them stay."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT client_id FROM clients_change WHERE kind = %s AND id > %s", [kind.value, newest]
        )
        return [row[0] for row in cursor.fetchall()]


def take_changes(kind: ChangeKind, *, limit: int = 100_000) -> list[int]:
    """Deletes the change rows of the clients that the oldest `limit` rows are of; returns their ids.

    All that is noted of a client goes together: one that moved tiers has a row for the end of the one
    and a row for the beginning of the other, which lie far apart where many moved at once. Rows that another
    sweep holds stay. Must run inside the transaction that acts on them: if that is rolled back, the rows are
    still there.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH oldest AS (
                SELECT client_id FROM clients_change WHERE kind = %(kind)s
                ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
            ), taken AS (
                DELETE FROM clients_change WHERE id IN (
                    SELECT id FROM clients_change
                    WHERE kind = %(kind)s AND client_id IN (SELECT client_id FROM oldest)
                    FOR UPDATE SKIP LOCKED
                ) RETURNING client_id
            )
            SELECT DISTINCT client_id FROM taken
            """,
            {"kind": kind.value, "limit": limit},
        )
        return [row[0] for row in cursor.fetchall()]


def forget_changes(kind: ChangeKind, clients: Iterable[int]) -> None:
    """Deletes what is noted of the clients with the given ids, whom the running transaction acts on next.

    What it notes itself on its way would have them looked at a second time. Rows that another holds stay.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM clients_change WHERE id IN (
                SELECT id FROM clients_change WHERE kind = %s AND client_id = ANY(%s::bigint[])
                FOR UPDATE SKIP LOCKED
            )
            """,
            [kind.value, as_array(clients)],
        )
