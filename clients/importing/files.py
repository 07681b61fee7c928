"""Reading a file: CSV (comma, semicolon or tab, UTF-8) and XLSX as a stream of records of text cells."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

CSV_LIMIT = 200 * 1024 * 1024
XLSX_LIMIT = 20 * 1024 * 1024
# What an XLSX of that size may unpack to: its sheets are read as a stream, every other part as a whole.
XLSX_SHEETS_LIMIT = 1024 * 1024 * 1024
XLSX_PARTS_LIMIT = 60 * 1024 * 1024
SHEETS = "xl/worksheets/"
MOST_COLUMNS = 1_000
DELIMITERS = (",", ";", "\t")
OTHER_ENCODINGS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


class FileRefused(Exception):
    """The file as a whole cannot be imported. The message is one sentence for a person."""


@dataclass
class Records:
    """An opened file: its header, and an iterator over the records that follow it.

    `strict` files (CSV) have as many cells in each record as in the header; a spreadsheet leaves the empty
    cells at a row's end away.
    """

    header: list[str]
    rows: Iterator[list[str]]
    strict: bool


@contextmanager
def open_records(path: Path) -> Iterator[Records]:
    """Opens `path` for reading, whatever its name says: a spreadsheet is known by its first bytes.

    Raises FileRefused, also later while the rows are read, where the file is damaged.
    """
    try:
        size = path.stat().st_size
        file = path.open("rb")
    except OSError as error:
        raise FileRefused(
            _("%(file)s cannot be read: %(why)s.") % {"file": path, "why": error.strerror}
        ) from None
    with file:
        start = _first_bytes(file, path)
        if not size:
            raise FileRefused(_("The file is empty."))
        if start.startswith(b"PK\x03\x04"):
            with _open_xlsx(file, size) as records:
                yield _with_usable_header(records)
        else:
            yield _with_usable_header(_open_csv(file, size, start))


def _with_usable_header(records: Records) -> Records:
    if any("\0" in name for name in records.header):
        raise FileRefused(_("The file is not a text file. Save it as CSV UTF-8 or XLSX."))
    if len(records.header) > MOST_COLUMNS:
        raise FileRefused(
            _("The first line names %(columns)s columns, and more than %(most)s are too many to look at.")
            % {"columns": len(records.header), "most": MOST_COLUMNS}
        )
    return records


def _first_bytes(file: IO[bytes], path: Path) -> bytes:
    try:
        start = file.read(4)
    except OSError as error:  # a folder
        raise FileRefused(
            _("%(file)s cannot be read: %(why)s.") % {"file": path, "why": error.strerror}
        ) from None
    file.seek(0)
    return start


# --- CSV -----------------------------------------------------------------------------------------


def _open_csv(file: IO[bytes], size: int, start: bytes) -> Records:
    if size > CSV_LIMIT:
        raise FileRefused(_("The file is larger than 200 MB. Split it and import the parts."))
    if start.startswith(OTHER_ENCODINGS):
        raise FileRefused(_not_utf8())
    if start == b"\xd0\xcf\x11\xe0":
        raise FileRefused(_("This is an old Excel file (.xls). Save it as XLSX or as CSV UTF-8."))
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    rows = _csv_rows(text, _delimiter(file), file)
    header = next(rows, None)
    if header is None or not any(cell.strip() for cell in header):
        raise FileRefused(_("The file has no header: its first line must name the columns."))
    return Records(header=header, rows=rows, strict=True)


def _csv_rows(text: IO[str], delimiter: str, file: IO[bytes]) -> Iterator[list[str]]:
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except UnicodeDecodeError:
            raise FileRefused(_not_utf8(_first_line_not_utf8(file))) from None
        except csv.Error as error:
            reason = _("Record %(number)s cannot be read: a quotation mark is missing or out of place.")
            if "larger than field limit" in str(error):
                reason = _(
                    "Record %(number)s cannot be read: a cell is too long, or a quotation mark missing."
                )
            raise FileRefused(reason % {"number": number}) from None
        yield row


def _delimiter(file: IO[bytes]) -> str:
    """The delimiter that splits the header line into most columns; a comma where none does."""
    start = file.read(1 << 16).removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
    file.seek(0)

    def columns(delimiter: str) -> int:
        try:
            return len(next(csv.reader(start.splitlines(keepends=True), delimiter=delimiter), []))
        except csv.Error:
            return 0

    return max(DELIMITERS, key=columns)


def _first_line_not_utf8(file: IO[bytes]) -> int | None:
    file.seek(0)
    for number, line in enumerate(file, 1):
        try:
            line.decode()
        except UnicodeDecodeError:
            return number
    return None


def _not_utf8(line: int | None = None) -> str:
    if line is None:
        return _("The file is not UTF-8 text. Save it as CSV UTF-8 or XLSX.")
    return _("The file is not UTF-8 text (see line %(line)s). Save it as CSV UTF-8 or XLSX.") % {"line": line}


# --- XLSX ----------------------------------------------------------------------------------------


@contextmanager
def _open_xlsx(file: IO[bytes], size: int) -> Iterator[Records]:
    """The first sheet. A formula gives the value that the spreadsheet last computed, else its own text."""
    if size > XLSX_LIMIT:
        raise FileRefused(_("The file is larger than 20 MB. Save it as CSV UTF-8, which may have 200 MB."))
    with ExitStack() as books:
        try:
            formulas = _inspect(file)
            rows = _sheet(file, books, values=True)
            if formulas:
                rows = map(_computed_or_written, rows, _sheet(file, books, values=False))
        except FileRefused:
            raise
        except Exception:  # the library raises whatever a damaged file leads to
            raise FileRefused(_damaged()) from None
        texts = _sheet_texts(rows)
        header = next(texts, None)
        if not header or not any(cell.strip() for cell in header):
            raise FileRefused(_("The first sheet is empty: its first row must name the columns."))
        while header and not header[-1].strip():
            header.pop()
        yield Records(header=header, rows=texts, strict=False)


def _inspect(file: IO[bytes]) -> bool:
    """Refuses what unpacks to too much; returns whether any sheet has formulas."""
    formulas = False
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        sheets = [member for member in members if member.filename.startswith(SHEETS)]
        others = sum(member.file_size for member in members if not member.filename.startswith(SHEETS))
        if sum(sheet.file_size for sheet in sheets) > XLSX_SHEETS_LIMIT or others > XLSX_PARTS_LIMIT:
            raise FileRefused(_("The spreadsheet is too large unpacked. Save it as CSV UTF-8."))
        for member in sheets:
            with archive.open(member) as sheet:
                formulas |= _has_formulas(sheet)
    return formulas


def _has_formulas(sheet: IO[bytes]) -> bool:
    """Whether a sheet has formulas. Refuses one whose cell holds a megabyte or more: no cell of ours does."""
    found = False
    rest = b""
    while chunk := sheet.read(1 << 20):
        if len(chunk) == 1 << 20 and b"<" not in chunk:
            raise FileRefused(_("The spreadsheet has a cell with more text than can be imported."))
        text = rest + chunk
        found = found or b"<f>" in text or b"<f " in text
        rest = chunk[-2:]
    return found


def _sheet(file: IO[bytes], books: ExitStack, *, values: bool) -> Iterator[tuple[Any, ...]]:
    """The rows of the first sheet: its values, or what was written in its cells."""
    from openpyxl import load_workbook

    file.seek(0)
    book = load_workbook(file, read_only=True, data_only=values, keep_links=False)
    books.callback(book.close)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()
    return sheet.iter_rows(values_only=True)


def _computed_or_written(computed: tuple[Any, ...], written: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(
        text if value is None else value for value, text in zip_longest(computed, written, fillvalue=None)
    )


def _damaged() -> str:
    return _("The file cannot be read as a spreadsheet. Save it again as XLSX or as CSV UTF-8.")


def _sheet_texts(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[str]]:
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except Exception:  # as above
            raise FileRefused(_damaged()) from None
        yield [_cell_text(value) for value in row]


def _cell_text(value: Any) -> str:
    """A spreadsheet's cell as the text that a CSV file would hold."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # 15 digits are what a spreadsheet shows; the rest is noise of binary fractions
        return format(Decimal(format(value, ".15g")), "f")
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)
