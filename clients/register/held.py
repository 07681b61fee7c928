"""How many clients have a value in each field: one statement a table."""

# ruff: noqa: S608  (names of our own tables and columns)
from __future__ import annotations

from collections import defaultdict

from django.db import connection

from clients.register.fields import TrackedField, tracked_fields


def filled_counts() -> tuple[int, dict[str, int]]:
    """How many clients there are, and for each field how many of them have a value in it."""
    tables: dict[tuple[str, str], list[TrackedField]] = defaultdict(list)
    for field in tracked_fields().values():
        tables[field.stored_in._meta.db_table, field.client].append(field)
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        for (table, client), fields in tables.items():
            # every row of the clients' own table is another client
            counted = "count(*)" if client == "id" else f"count(DISTINCT t.{client})"
            columns = ", ".join(f"{counted} FILTER (WHERE {field.filled_sql})" for field in fields)
            cursor.execute(f"SELECT {columns} FROM {table} t")
            counts |= {field.code: number for field, number in zip(fields, cursor.fetchone(), strict=True)}
        cursor.execute("SELECT count(*) FROM clients_client")
        return cursor.fetchone()[0], counts
