"""The client list's summary rows: several write them, and those who write many take turns."""

from __future__ import annotations

from django.db import connection

LOCK = 7_308_002  # any number that nothing else in this database uses


def take_turns() -> None:
    """Waits until nobody else writes many summary rows; holds until the transaction ends.

    Scoring, planning and imports meet the rows in different orders: each would hold what the other waits for.
    Taken right before the first such statement, after any lock of one's own kind of work.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
