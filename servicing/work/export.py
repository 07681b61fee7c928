"""Service tasks as CSV, streamed from the database."""

from __future__ import annotations

import datetime as dt
from typing import IO

from django.db import connection

# Text that a spreadsheet would take for a formula gets a leading apostrophe.
_SAFE = "CASE WHEN {0} ~ '^[=+@-]' THEN '''' || {0} ELSE {0} END"

_QUERY = f"""
    SELECT {_SAFE.format("c.external_id")} AS client, tier.code AS tier,
        {_SAFE.format("coalesce(kind.label, t.title)")} AS service, kind.code AS kind,
        t.due_on, t.window_start, t.window_end, t.status, {_SAFE.format("u.username")} AS assigned_to,
        -- an empty text is an empty cell without quotation marks
        nullif(t.channel, '') AS channel, t.planned_minutes, t.completed_on, nullif(t.outcome, '') AS outcome
    FROM servicing_servicetask t
    JOIN clients_client c ON c.id = t.client_id
    LEFT JOIN clients_tier tier ON tier.id = t.tier_id
    LEFT JOIN servicing_servicekind kind ON kind.id = t.kind_id
    LEFT JOIN clients_user u ON u.id = t.assigned_to_id
    WHERE t.due_on BETWEEN coalesce(%(first)s::date, '-infinity') AND coalesce(%(last)s::date, 'infinity')
    ORDER BY t.due_on, t.id
"""


def write_tasks(file: IO[bytes], *, first: dt.date | None = None, last: dt.date | None = None) -> int:
    """Writes the tasks due from `first` to `last`, both included; returns how many they are."""
    connection.ensure_connection()
    with connection.cursor() as cursor:
        raw = cursor.cursor
        with raw.copy(
            f"COPY ({_QUERY}) TO STDOUT (FORMAT csv, HEADER)", {"first": first, "last": last}
        ) as copy:
            for part in copy:
                file.write(bytes(part))
        return raw.rowcount
