"""Mass inserts without a foreign key check for each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db.backends.utils import CursorWrapper

FOREIGN_KEYS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) ORDER BY 1, 2
"""


@contextmanager
def foreign_keys_checked_once(cursor: CursorWrapper, tables: Sequence[str]) -> Iterator[None]:
    """Takes the foreign keys off `tables` and puts them back: then each is checked by one join.

    A check for each row takes longer than the insert itself. Must run inside a transaction, which keeps
    others out of the tables until it ends.
    """
    cursor.execute(FOREIGN_KEYS, [list(tables)])
    keys = cursor.fetchall()
    for table, name, _ in keys:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for table, name, definition in keys:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
