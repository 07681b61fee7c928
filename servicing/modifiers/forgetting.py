"""What a behavioral tag asked to prepare, and somebody ticked, goes when the tag is erased."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from django.db import connection

# A tick that is neither of the standard's checklist nor of another tag's point may have been asked for by the
# behavioral one: its words may have changed since.
_FORGET = """
    DELETE FROM servicing_preparedpoint tick USING servicing_servicetask task
    LEFT JOIN servicing_serviceitem item ON item.id = task.item_id
    WHERE task.id = tick.task_id AND task.client_id = ANY(%s)
        AND NOT EXISTS (
            SELECT FROM regexp_split_to_table(coalesce(item.checklist, ''), '[\\r\\n]+') line
            WHERE btrim(line) = tick.point
        )
        AND NOT EXISTS (
            SELECT FROM servicing_taskmodifier m
            WHERE m.behavioral_trigger_id IS NULL AND m.prepare = tick.point
        )
    RETURNING task.client_id
"""


def forget_ticks(clients: Collection[int]) -> dict[int, int]:
    """Deletes such ticks; how many of each client."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [list(clients)])
        return dict(Counter(client for (client,) in cursor.fetchall()))
