"""Statements of pages that take longer to plan than to run: planned once a connection, run from then on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper


class _Text(NamedTuple):
    query: bytes


class _KeepingCursor(ServerBindingCursor):
    """Values travel apart from the text; Django's log of queries has the text.

    `name`: as a cursor with a name it reads alone, so the audit does not put the acting user before the text.
    """

    name = "prepared"

    def execute(self, query: str, params: Any = None) -> Any:
        done = super().execute(query, params)  # type: ignore[misc]
        self._query = _Text(query.encode())
        return done


@contextmanager
def prepared() -> Iterator[CursorWrapper]:
    """A cursor like Django's own, to read with, whose statements the database keeps with the connection.

    Where the text does not tell the type of a value, it has to be cast (`%(person)s::bigint`). The rows have
    named columns, no `*` of a table, which a migration may widen. The database plans a prepared statement
    anew five times; then it keeps one plan, unless that one promises to be dearer than planning anew. With
    `prepare_threshold` None among the options of the database (for a pooler that cannot keep statements)
    each is planned anew, as ever.
    """
    with connection.cursor() as cursor:
        cursor.cursor.close()
        cursor.cursor = _KeepingCursor(connection.connection)  # type: ignore[call-arg]
        yield cursor
