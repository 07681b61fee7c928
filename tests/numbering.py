"""The same numbers for every test, whatever ran before it: sequences do not roll back with a test's rows.

The phase of a client's services, and which of two equals comes first, follow from such numbers.
"""

from __future__ import annotations

from django.db import connection

LAST = 1000  # above what the migrations ship

_NUMBERED = """
    SELECT seq.oid::regclass::text, dep.refobjid::regclass::text, quote_ident(col.attname)
    FROM pg_class seq
    JOIN pg_depend dep ON dep.objid = seq.oid AND dep.deptype IN ('a', 'i')
    JOIN pg_attribute col ON col.attrelid = dep.refobjid AND col.attnum = dep.refobjsubid
    WHERE seq.relkind = 'S' AND seq.relnamespace = 'public'::regnamespace
"""


def restart() -> None:
    """Numbers the next row of every table from `LAST` + 1, or from behind its last row."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERED)
        parts = [
            f"setval('{sequence}', (SELECT greatest({LAST}, max({column})) FROM {table}))"
            for sequence, table, column in cursor.fetchall()
        ]
        cursor.execute(f"SELECT {', '.join(parts)}")
