"""The message map as a file, CSV or XLSX, and back: what is written can be read again and changes nothing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.utils.translation import gettext as _

from clients.importing.engine import safe_cell
from clients.importing.files import FileRefused, open_records
from personas.models.mapping import CONDITIONS, PARTS, MapRow

COLUMNS = ("id", *CONDITIONS, *PARTS, "order", "retired")
MOST_ROWS = 1_000
RETIRED = "yes"


def as_cells(row: MapRow) -> list[str | int]:
    """A row of the map as cells of a file: codes for words, texts that no spreadsheet takes for a formula."""
    words = [getattr(row, name) for name in CONDITIONS]
    return [
        row.pk,
        *(safe_cell(word.code) if word else "" for word in words),
        *(safe_cell(getattr(row, part)) for part in PARTS),
        row.order,
        RETIRED if row.retired_at else "",
    ]


def as_csv(rows: Iterable[MapRow]) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows(as_cells(row) for row in rows)
    return file.getvalue().encode()


def as_xlsx(rows: Iterable[MapRow]) -> bytes:
    """One sheet, its header fixed, its texts wrapped."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    sheet.title = "Message map"
    sheet.append(list(COLUMNS))
    for row in rows:
        sheet.append(as_cells(row))
    top = Alignment(wrap_text=True, vertical="top")
    for line in sheet.iter_rows():
        for cell in line:
            cell.alignment = top
            if isinstance(cell.value, str):
                cell.data_type = "s"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = 36 if cell.value in PARTS else 20
    sheet.freeze_panes = "B2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read_file(upload: Any) -> list[dict[str, str]]:
    """The records of an uploaded file, each with its cells by column. Raises FileRefused."""
    with NamedTemporaryFile() as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        with open_records(Path(copy.name)) as records:
            header = [name.strip().lower() for name in records.header]
            _check_header(header)
            found: list[dict[str, str]] = []
            for cells in records.rows:
                if not any(cell.strip() for cell in cells):
                    continue
                if len(found) == MOST_ROWS:
                    raise FileRefused(_("More than 1,000 rows are no message map."))
                found.append(dict(zip(header, cells, strict=False)))
    if not found:
        raise FileRefused(_("The file has no rows under its header."))
    return found


def _check_header(header: list[str]) -> None:
    unknown = [name for name in header if name and name not in COLUMNS]
    if unknown:
        raise FileRefused(
            _("Unknown columns: %(unknown)s. Known ones are %(known)s.")
            % {"unknown": ", ".join(unknown), "known": ", ".join(COLUMNS)}
        )
    if len(set(header)) < len(header):
        raise FileRefused(_("The first line names a column twice."))


def cell_text(cell: str) -> str:
    """A cell without outer spaces and without the apostrophe that protects a formula."""
    text = cell.replace("\r\n", "\n").replace("\0", "").strip()
    return text[1:] if re.match(r"'+[-=+@]", text) else text
