"""Staging: the cells of a file, copied as text into a temporary table.

`import_cells` has a row for each record: its number (the header is 1), a column for each mapped field, and
`cell_count` where a record has another number of cells than the header. NULL is an empty cell; CLEAR stands
for the word `-`.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext as _

from clients.importing.columns import Mapping
from clients.importing.files import FileRefused, Records

CLEAR = "\x01-"
CLEAR_SQL = r"E'\x01-'"
# What is taken off both ends of a cell, and off a stored text before the two are compared.
SPACES = " \t\r\n\v\f\u00a0\ufeff"
SPACES_SQL = r"E' \t\r\n\x0b\f\u00a0\ufeff'"
TABLES = ("import_cells", "import_rows", "import_errors", "import_members", "import_typed", "import_contacts")
FORMULA_STARTS = ("=", "+", "-", "@")
_BATCH = 2_000
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def drop_tables(cursor: Any) -> None:
    """Drops what this or an earlier import left in the session."""
    cursor.execute("DROP TABLE IF EXISTS " + ", ".join(f"pg_temp.{name}" for name in TABLES))


def stage(cursor: Any, records: Records, mapping: Mapping) -> int:
    """Copies all records but blank ones into a new `import_cells`; returns how many there are."""
    fields = list(mapping.positions)
    columns = ", ".join(_cell_column(name) for name in fields)
    cursor.execute(
        f"CREATE TEMP TABLE import_cells (row int NOT NULL, cell_count int, {columns}) ON COMMIT DROP"
    )
    cursor.execute(
        "CREATE TEMP TABLE import_errors (row int NOT NULL, field text, value text, code text) ON COMMIT DROP"
    )
    names = ", ".join(f'"{name}"' for name in fields)
    count = 0
    with cursor.copy(f"COPY import_cells (row, cell_count, {names}) FROM STDIN (NULL '')") as copy:
        for lines in _batches(_copy_lines(records, mapping)):
            count += len(lines)
            copy.write("".join(lines))
    cursor.execute("ANALYZE import_cells (external_id)")
    return count


def _cell_column(name: str) -> str:
    """Keys compare by their bytes, as in the record; words ignore case in the database's language."""
    return f'"{name}" text' + (' COLLATE "C"' if name in ("external_id", "household_id") else "")


def _batches(lines: Iterator[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for line in lines:
        batch.append(line)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _copy_lines(records: Records, mapping: Mapping) -> Iterator[str]:
    """Each record as a line of COPY's text format."""
    positions = list(mapping.positions.values())
    width = len(records.header)
    whole = positions == list(range(width))
    pick = itemgetter(*positions) if len(positions) > 1 else lambda row: (row[positions[0]],)
    for number, row in enumerate(records.rows, start=2):
        count = ""
        if len(row) != width:
            if not any(map(str.strip, row)):
                continue
            if records.strict or any(map(str.strip, row[width:])):
                count = str(len(row))
            row = (row + [""] * width)[:width]
        cells = row if whole else pick(row)
        line = "\t".join(cells)
        # the common record needs no work: plain ASCII, no spaces at a cell's edge, nothing to escape
        if (
            not line.isascii()
            or line.count("\t") != len(cells) - 1
            or "\\" in line
            or "\n" in line
            or "\r" in line
            or "\0" in line
            or "\t " in line
            or " \t" in line
            or "\t'" in line
            or "\t-" in line
            or line[:1] in " '-"
            or line[-1:] == " "
        ):
            if "\0" in line:
                raise FileRefused(_("The file is not a text file. Save it as CSV UTF-8 or XLSX."))
            line = "\t".join(map(_clean, cells))
        if not line.strip("\t") and not any(map(str.strip, row)):
            continue
        yield f"{number}\t{count}\t{line}\n"


def _clean(cell: str) -> str:
    """A cell without outer spaces and without the apostrophe that protects a formula, escaped for COPY."""
    cell = cell.strip(SPACES)
    if cell == "-":
        return CLEAR
    if cell[:1] == "'" and cell.lstrip("'")[:1] in FORMULA_STARTS and cell.lstrip("'"):
        cell = cell[1:]
    return cell.translate(_ESCAPES)
