"""The field template as a file, CSV or XLSX, and back: what goes out comes in again and changes nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from clients.firm import firm_today
from clients.importing.engine import safe_cell
from clients.importing.files import FileRefused, open_records
from clients.models import FieldEntry, Purpose, User
from clients.register.entries import EntryRefused, Line, end_entry, lines, save_entry
from clients.register.forms import EntryForm
from clients.words import AXES

COLUMNS = ("field", "label", "group", "values", "tracked", "purpose", "reason", "owner", "retention_months")
READ = ("field", "tracked", "purpose", "reason", "owner", "retention_months")  # the others explain
MOST_ROWS = 1_000
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Problem:
    """What is wrong with a record of a file, and in which column."""

    record: int
    column: str
    why: str


class ImportRefused(Exception):
    """Nothing was stored: `problems` say why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems


@dataclass
class Done:
    """How many entries began, changed, ended, and stayed."""

    begun: int = 0
    changed: int = 0
    ended: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)


# --- Out ---------------------------------------------------------------------------------------------------


def _values_of(line: Line) -> str:
    """The values that a dropdown of the client offers today."""
    model = AXES.get(line.field.code)
    if model is not None:
        return ", ".join(model._default_manager.filter(retired_at=None).values_list("code", flat=True))
    attribute = line.field.attribute
    choices = attribute.flatchoices if attribute is not None and attribute.choices else []
    return ", ".join(str(value) for value, _label in choices)


def _cells() -> Iterator[list[str | int]]:
    for line in lines():
        entry = line.entry
        about = [line.field.code, str(line.field.label), str(line.field.group), _values_of(line)]
        why: list[str | int] = ["", "", "", ""]
        if entry is not None:
            owner = entry.owner.username if entry.owner else ""
            why = [entry.purpose, safe_cell(entry.reason), safe_cell(owner), entry.retention_months]
        yield [*map(safe_cell, about), YES if line.active else NO, *why]


def as_csv() -> bytes:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows(_cells())
    return file.getvalue().encode()


def as_xlsx() -> bytes:
    """One sheet, its header fixed, its texts wrapped."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    sheet.title = "Field template"
    sheet.append(list(COLUMNS))
    for cells in _cells():
        sheet.append(cells)
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if isinstance(cell.value, str):
                cell.data_type = "s"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = 48 if cell.value in ("reason", "values") else 20
    sheet.freeze_panes = "B2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


# --- In ----------------------------------------------------------------------------------------------------


def load(upload: Any) -> Done:
    """Brings the register in line with an uploaded file; fields that it does not name stay as they are.

    Raises FileRefused where it cannot be read, ImportRefused with every error where one record is wrong.
    """
    records = _read(upload)
    known = {line.field.code: line for line in lines()}
    people = {person.username.lower(): person for person in User.objects.filter(is_active=True)}
    done, seen = Done(), set()
    with transaction.atomic():
        for number, record in enumerate(records, start=2):
            code = record.get("field", "").strip()
            if code not in known:
                done.problems.append(Problem(number, "field", _("There is no field of this code.")))
            elif code in seen:
                done.problems.append(Problem(number, "field", _("The file has this field already.")))
            else:
                seen.add(code)
                _take(done, number, known[code], record, people)
        if done.problems:
            raise ImportRefused(done.problems)
    return done


def _read(upload: Any) -> list[dict[str, str]]:
    with NamedTemporaryFile() as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        with open_records(Path(copy.name)) as file:
            header = [name.strip().lower() for name in file.header]
            if "field" not in header or len(set(header)) < len(header):
                raise FileRefused(_("The first line names each column once, “field” among them."))
            found = []
            for cells in file.rows:
                if any(cell.strip() for cell in cells):
                    found.append(dict(zip(header, map(_plain, cells), strict=False)))
                if len(found) > MOST_ROWS:
                    raise FileRefused(_("More than 1,000 rows are no field template."))
    if not found:
        raise FileRefused(_("The file has no rows under its header."))
    return found


def _plain(cell: str) -> str:
    """A cell without the apostrophe that protects a formula."""
    text = cell.replace("\0", "").strip()
    return text[1:] if text.startswith("'") and safe_cell(text[1:]) == text else text


def _take(done: Done, number: int, line: Line, record: dict[str, str], people: dict[str, User]) -> None:
    """One record: its entry ends, begins, changes or stays. An empty cell keeps what is stored."""
    code, tracked = line.field.code, record.get("tracked", "").lower()
    if tracked not in ("", YES, NO):
        done.problems.append(Problem(number, "tracked", _("Write yes or no.")))
        return
    if tracked == NO or (not tracked and not line.active):
        _end(done, number, line)
        return
    entry = line.entry if line.entry is not None and line.active else FieldEntry(field=code)
    before = line.entry or entry
    owner = people.get(record.get("owner", "").lower())
    if record.get("owner") and owner is None:
        done.problems.append(Problem(number, "owner", _("Nobody has this username.")))
    stored = before.owner_id if "owner" not in record else None
    form = EntryForm(
        {
            "purpose": _purpose(record.get("purpose", "")) or before.purpose,
            "reason": record.get("reason") or before.reason,
            "owner": owner.pk if owner else stored,
            "retention_months": record.get("retention_months") or before.retention_months,
        },
        instance=entry,
    )
    if not line.active:
        entry.active_from = firm_today()
    if not form.is_valid():
        done.problems += [
            Problem(number, name, str(each)) for name, every in form.errors.items() for each in every
        ]
    elif line.active and not form.has_changed():
        done.unchanged += 1
    else:
        _store(done, number, line, form.instance)


def _purpose(text: str) -> str:
    """A purpose by its code or its label, in any case."""
    labels = {str(label).lower(): value for value, label in Purpose.choices}
    return labels.get(text.lower(), text.lower())


def _store(done: Done, number: int, line: Line, entry: FieldEntry) -> None:
    try:
        save_entry(entry=entry, values={})
    except EntryRefused as refused:
        done.problems.append(Problem(number, "field", str(refused)))
        return
    if line.active:
        done.changed += 1
    else:
        done.begun += 1


def _end(done: Done, number: int, line: Line) -> None:
    if not line.active:
        done.unchanged += 1
        return
    try:
        end_entry(code=line.field.code)
    except EntryRefused as refused:
        done.problems.append(Problem(number, "tracked", str(refused)))
    else:
        done.ended += 1
