"""One run of the planner: its date, its parameters and the statements that it sends."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

MANY = 200  # rows from which fresh statistics are worth their time

# What every statement below means by an open task.
OPEN = "status IN ('planned', 'scheduled')"

# Of a task whose client is promised its kind by another item: an appointment stands, and a date that a person
# gave stands while the tier does.
STANDS = "(task.status = 'scheduled' OR task.rescheduled_from IS NOT NULL AND task.tier_id = promise.tier_id)"


@dataclass
class Session:
    """The statements of one run. `day`: what it plans for. `moment`: when what it closes counts as closed.

    `own_intervals`: some client is given a service at another interval than the standard's. `items_changed`:
    some item's open tasks do not follow it yet. `absences`: somebody is or will be absent, or work is still
    at a stand-in.
    """

    day: dt.date
    moment: dt.datetime
    parameters: dict[str, Any] = field(default_factory=dict)
    own_intervals: bool = False
    items_changed: bool = False
    absences: bool = False

    def run(self, sql: str, **more: Any) -> int:
        """Sends one statement; returns how many rows it wrote."""
        with connection.cursor() as cursor:
            cursor.execute(sql, {"day": self.day, "moment": self.moment, **self.parameters, **more})
            return max(cursor.rowcount, 0)

    def fetch(self, sql: str, **more: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, {"day": self.day, "moment": self.moment, **self.parameters, **more})
            return cursor.fetchall()

    def keep(self, name: str, query: str, *, analyzed: str = "", **more: Any) -> int:
        """Keeps the rows of `query` as the temporary table `name` until the transaction ends.

        `analyzed`: the columns that later joins are planned by; statistics of the others would be wasted.
        """
        self.run(f"DROP TABLE IF EXISTS pg_temp.{name}")
        rows = self.run(f"CREATE TEMP TABLE {name} ON COMMIT DROP AS {query}", **more)
        if analyzed and rows > MANY:
            self.run(f"ANALYZE {name} ({analyzed})")
        return rows

    def refresh_statistics(self, table: str, written: int, columns: str = "") -> None:
        """Lets the database look at `table` again where the rows `written` are a tenth of it or more."""
        if (
            written > MANY
            and 10 * written
            > self.fetch("SELECT reltuples FROM pg_class WHERE oid = %(table)s::regclass", table=table)[0][0]
        ):
            self.run(f"ANALYZE {table} {columns}")
