"""Numbers of records that were merged into others: files that go on using them mean the record that stayed.

A client record is refused where the file has that record too, under its own number or another former one: one
line cannot take back what the other says. Facts are taken in from both.
"""

# ruff: noqa: S608  (names of columns of this package only)
from __future__ import annotations

from typing import Any

from clients.importing.columns import Mapping
from clients.models import FormerNumber
from clients.models.imports import ImportKind


def follow(cursor: Any, mapping: Mapping) -> None:
    """Puts the number of the record that stayed in place of a former one. `former_id` tells it was one."""
    cursor.execute("ALTER TABLE import_cells ADD former_id bigint")
    if not FormerNumber.objects.exists():
        return
    if mapping.kind == ImportKind.CLIENTS:
        _mark_both(cursor)
    columns = ["external_id", *(name for name in ("household_id",) if name in mapping.positions)]
    for column in columns:
        cursor.execute(
            f"UPDATE import_cells x SET {column} = c.external_id, former_id = f.id "
            "FROM clients_formernumber f JOIN clients_client c ON c.id = f.client_id "
            f"WHERE f.external_id = x.{column} "
            "AND NOT EXISTS (SELECT FROM import_errors e WHERE e.row = x.row AND e.code = 'merged')"
        )


def _mark_both(cursor: Any) -> None:
    """Errors of the records under a former number whose client the file names another time, too."""
    cursor.execute(
        "WITH named AS (SELECT x.row, x.external_id, c.external_id AS stays, true AS former "
        "FROM import_cells x JOIN clients_formernumber f USING (external_id) "
        "JOIN clients_client c ON c.id = f.client_id), "
        "own AS (SELECT DISTINCT x.external_id AS stays FROM import_cells x "
        "JOIN named ON named.stays = x.external_id), "
        "first AS (SELECT stays, min(row) AS row FROM named GROUP BY stays) "
        "INSERT INTO import_errors SELECT n.row, 'external_id', n.external_id || ' → ' || n.stays, 'merged' "
        "FROM named n LEFT JOIN own USING (stays) JOIN first USING (stays) "
        "WHERE own.stays IS NOT NULL OR n.row > first.row"
    )
