"""One import, from the file to the record, in one transaction; the same for the commands and the page."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pghistory
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from clients.changes import wake_sweeps
from clients.firm import firm_settings
from clients.importing import (
    client_records,
    fact_records,
    former_numbers,
    households,
    records,
    writing,
)
from clients.importing.columns import Mapping, recognise
from clients.importing.files import FileRefused, Records, open_records
from clients.importing.messages import message_rows
from clients.importing.staging import FORMULA_STARTS, drop_tables, stage
from clients.models import ChangeKind, User
from clients.models.imports import ImportBatch, ImportKind, ImportState
from clients.services_facts import refresh_last_touch
from clients.whole_firm import give_room

# Two imports wait for each other: each decides by what the other left.
LOCK = 7_308_001


ERROR_COLUMNS = ["row", "column", "value", "message"]


class NoPreview(FileRefused):
    """What was to be imported, looked at or removed is no preview any more."""


def safe_cell(text: str) -> str:
    """A text for a CSV cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip("'")[:1] in FORMULA_STARTS and text else text


class ErrorList(list):
    """All errors of all records, kept in a temporary file: iterating reads it, whatever their number."""

    def __init__(self) -> None:
        super().__init__()
        self.file = tempfile.TemporaryFile()  # noqa: SIM115  (open as long as the list lives)
        self.length = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        self.file.seek(0)
        text = io.TextIOWrapper(self.file, encoding="utf-8", newline="")
        try:
            for row, column, value, message in csv.reader(text):
                yield {"row": int(row), "column": column, "value": value, "message": message}
        finally:
            text.detach()

    def __len__(self) -> int:
        return self.length

    def __bool__(self) -> bool:
        return self.length > 0

    def save(self, path: Path) -> None:
        """Writes them as CSV with a header."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(ERROR_COLUMNS)
            writer.writerows([safe_cell(str(value)) for value in error.values()] for error in self)


@dataclass
class ImportResult:
    """What an import did, or, where it was only tried or refused, would do."""

    mapping: Mapping
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    members: int = 0
    errors: ErrorList = field(default_factory=ErrorList)
    sample: list[dict[str, Any]] = field(default_factory=list)
    batch: ImportBatch | None = None

    @property
    def changes(self) -> int:
        return self.created + self.updated


def run_import(
    *,
    kind: ImportKind,
    path: Path | Records,
    file_name: str,
    format_name: str = "auto",
    chosen: dict[str, str | None] | None = None,
    partial: bool = False,
    dry_run: bool = False,
    sample: int = 0,
    by: User | None = None,
    batch: ImportBatch | None = None,
) -> ImportResult:
    """Imports a file, all of it or nothing; with `partial` its good records.

    `path`: of the file, or records that are read already.

    Where `dry_run`, or where records are wrong and not `partial`, nothing is written. `sample`: how many
    of the first records to return as they will be stored. `batch`: the preview that is applied or tried;
    else one is made once something changes. Raises FileRefused where the file as a whole cannot be taken,
    NoPreview where `batch` was imported or removed meanwhile.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            if batch is not None:
                hold_preview(batch)
            give_room()
            drop_tables(cursor)
            with nullcontext(path) if isinstance(path, Records) else open_records(path) as opened:
                mapping = recognise(kind, opened.header, format_name=format_name, chosen=chosen)
                result = ImportResult(mapping=mapping, rows=stage(cursor, opened, mapping))
            merged = _decide(cursor, mapping, sample)
            _count(cursor, result, merged)
            if sample:
                result.sample = _sample(cursor, sample)
            if not dry_run and (partial or not result.rejected):
                with pghistory.context(import_file=file_name):
                    _write(cursor, result, merged, file_name, by, batch)
            drop_tables(cursor)
            return result
    except IntegrityError:
        raise FileRefused(
            _("Someone changed the same records while the file was imported. Nothing was written; try again.")
        ) from None


def hold_preview(batch: ImportBatch) -> None:
    """Nobody else imports or removes the preview until the transaction ends. Raises NoPreview where somebody
    has already."""
    held = ImportBatch.objects.select_for_update().filter(pk=batch.pk)
    state = held.values_list("state", flat=True).first()
    if state is None:
        raise NoPreview(_("This file was removed meanwhile."))
    if state != ImportState.PREVIEW:
        raise NoPreview(_("This file was already imported."))


def _decide(cursor: Any, mapping: Mapping, sample: int) -> bool:
    """Fills `import_rows` and `import_errors`; returns whether records were merged into households."""
    records.mark_wrong_records(cursor)
    former_numbers.follow(cursor, mapping)
    if mapping.kind == ImportKind.REVENUE:
        fact_records.decide_revenue(cursor, mapping, sample=sample)
    elif mapping.kind == ImportKind.TOUCHES:
        fact_records.decide_touches(cursor, mapping, sample=sample, zone=firm_settings().time_zone)
    else:
        client_records.mark_repeated_clients(cursor)
        client_records.decide_clients(cursor, mapping, sample=sample)
        if mapping.has_households:
            households.check_births(cursor, mapping)
            households.merge(cursor, mapping)
            cursor.execute("DROP TABLE import_rows")
            client_records.decide_clients(cursor, mapping, sample=sample, members=True)
            return True
    return False


def _count(cursor: Any, result: ImportResult, merged: bool) -> None:
    cursor.execute("SELECT count(DISTINCT row) FROM import_errors")
    result.rejected = cursor.fetchone()[0]
    cursor.execute("SELECT state, count(*) FROM import_rows GROUP BY 1")
    states = dict(cursor.fetchall())
    result.created = states.get("created", 0)
    result.updated = states.get("updated", 0)
    total = result.rows - result.rejected
    if merged:
        cursor.execute("SELECT count(*) FROM import_cells")
        total = cursor.fetchone()[0] - states.get("rejected", 0)
        cursor.execute("SELECT count(*) FROM import_members")
        result.members = cursor.fetchone()[0]
    result.unchanged = total - result.created - result.updated
    if result.rejected:
        _copy_errors(cursor, result)


def _copy_errors(cursor: Any, result: ImportResult) -> None:
    messages = message_rows(result.mapping)
    rows = ", ".join(["(%s, %s, %s, %s)"] * len(messages))
    cursor.execute(
        "CREATE TEMP TABLE import_messages (field text, code text, header text, message text) ON COMMIT DROP"
    )
    cursor.execute(
        f"INSERT INTO import_messages VALUES {rows}",  # noqa: S608  (placeholders only)
        [part for row in messages for part in row],
    )
    cursor.execute("SELECT count(*) FROM import_errors")
    result.errors.length = cursor.fetchone()[0]
    statement = (
        "COPY (SELECT e.row, coalesce(m.header, e.field, ''), "
        "CASE WHEN e.value = E'\\x01-' THEN '-' ELSE coalesce(e.value, '') END, coalesce(m.message, e.code) "
        "FROM import_errors e LEFT JOIN import_messages m ON m.field = coalesce(e.field, '') AND m.code "
        "= e.code "
        "ORDER BY e.row, m.header) TO STDOUT (FORMAT csv)"
    )
    with cursor.copy(statement) as copy:
        for data in copy:
            result.errors.file.write(data)
    cursor.execute("DROP TABLE import_messages")


def _sample(cursor: Any, size: int) -> list[dict[str, Any]]:
    """The first records as they will be stored."""
    cursor.execute("SELECT to_jsonb(r)::text FROM import_rows r WHERE row <= %s ORDER BY row", [size + 1])
    return [json.loads(row[0], parse_float=Decimal) for row in cursor.fetchall()]


def _write(
    cursor: Any,
    result: ImportResult,
    merged: bool,
    file_name: str,
    by: User | None,
    batch: ImportBatch | None,
) -> None:
    if batch is None:
        if not result.changes:
            return
        batch = ImportBatch(kind=result.mapping.kind, file_name=file_name[-255:], created_by=by)
    batch.state = ImportState.APPLIED
    batch.applied_at = Now()
    batch.format = result.mapping.format.name
    batch.mapping = result.mapping.as_json()
    for name in ("rows", "created", "updated", "unchanged", "rejected"):
        setattr(batch, name, getattr(result, name))
    batch.save()
    result.batch = batch
    if not result.changes:
        return
    if result.mapping.kind == ImportKind.REVENUE:
        writing.write_revenue(cursor, batch)
    elif result.mapping.kind == ImportKind.TOUCHES:
        writing.write_touches(cursor, batch, zone=firm_settings().time_zone)
        refresh_last_touch(
            "SELECT client_id FROM import_rows WHERE state IN ('created', 'updated') "
            "UNION SELECT keyed_client_id FROM import_rows WHERE state = 'updated'"
        )
    else:
        writing.write_clients(cursor, batch, result.mapping, created=result.created, members=merged)
    wake_sweeps(ChangeKind.FACTS, ChangeKind.SERVICE)
