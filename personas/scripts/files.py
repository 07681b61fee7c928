"""The library as a file: export as CSV or XLSX, and import of what was changed outside.

A record is a script by its code. Where its words differ from the newest version it becomes a draft of a new
one (or changes the draft); a new code becomes a new script. One bad record refuses the whole file, each error
with its line; nothing is stored then.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from openpyxl import Workbook

from clients.importing.files import FileRefused, open_records
from clients.models import User
from personas.models import Reach, Script, ScriptChannel, ScriptState, ScriptVersion
from personas.models.mapping import CONDITIONS
from personas.scripts import merge_fields, services
from personas.scripts.forms import terms_of

TERMS = ("situation", "role", *CONDITIONS)
# What an import reads; the rest of the columns is for people.
COLUMNS = ("code", "title", *TERMS, "channel", "reach", "subject", "body")
FOR_PEOPLE = ("version", "state", "review_on", "approved_by")
MOST = 5_000
_FORMULA = re.compile(r"'*[-=+@]")


def escaped(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe first, which import takes off."""
    return f"'{text}" if _FORMULA.match(text.lstrip()) else text


def unescaped(text: str) -> str:
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:].lstrip()) else text


# --- Export ------------------------------------------------------------------------------------------------


def rows(versions: Iterable[ScriptVersion]) -> Iterator[list[str]]:
    """The header, and a record for each version."""
    yield [*COLUMNS, *FOR_PEOPLE]
    for version in versions:
        yield [escaped(text) for text in _record(version)]


def _record(version: ScriptVersion) -> list[str]:
    terms = [getattr(version, name) for name in TERMS]
    return [
        version.script.code,
        version.title,
        *(term.code if term is not None else "" for term in terms),
        version.channel,
        version.reach,
        version.subject,
        version.body,
        str(version.number),
        version.state,
        version.review_on.isoformat() if version.review_on else "",
        version.decided_by.username if version.decided_by else "",
    ]


def as_csv(versions: Iterable[ScriptVersion]) -> Iterator[bytes]:
    """UTF-8 with a byte order mark, which spreadsheets want, record by record."""
    yield b"\xef\xbb\xbf"
    for row in rows(versions):
        line = io.StringIO()
        csv.writer(line).writerow(row)
        yield line.getvalue().encode()


def as_xlsx(versions: Iterable[ScriptVersion]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("scripts")
    for row in rows(versions):
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


# --- Import ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Problem:
    """What is wrong with a record; the header is line 1."""

    line: int
    column: str
    why: str


class ImportRefused(Exception):
    """The file was not imported; nothing changed."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{each.line}: {each.why}" for each in problems))


@dataclass
class Imported:
    """What an import did to scripts."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


def read(path: Path) -> list[tuple[int, dict[str, str]]]:
    """The records of a file with their lines. Raises ImportRefused."""
    try:
        with open_records(path) as records:
            names = [name.strip().lower() for name in records.header]
            missing = [name for name in ("code", "title", "situation", "body") if name not in names]
            if missing:
                why = _("The column %(name)s is missing.") % {"name": ", ".join(missing)}
                raise ImportRefused([Problem(1, missing[0], why)])
            found = []
            for line, cells in enumerate(records.rows, 2):
                if not any(cell.strip() for cell in cells):
                    continue
                values = dict(zip(names, (unescaped(cell.strip()) for cell in cells), strict=False))
                found.append((line, values))
                if len(found) > MOST:
                    raise ImportRefused([Problem(line, "", _("More than 5,000 scripts are too many."))])
    except FileRefused as refused:
        raise ImportRefused([Problem(1, "", str(refused))]) from None
    return found


@transaction.atomic
def load(*, path: Path, by: User) -> Imported:
    """Imports a file as drafts of `by`. Raises ImportRefused with every problem that was found."""
    records = read(path)
    terms = {name: {term.code: term for term in terms_of(name)} for name in TERMS}
    newest = {
        version.script.code: version
        for version in ScriptVersion.objects.newest().select_related("script", "written_by")
    }
    problems: list[Problem] = []
    seen: set[str] = set()
    ready: list[tuple[int, str, dict[str, Any]]] = []
    for line, record in records:
        code, content = record["code"].lower(), _content(line, record, terms, problems)
        if not re.fullmatch(r"[-a-z0-9_]{1,80}", code):
            problems.append(Problem(line, "code", _("A code is made of letters, digits, - and _.")))
        elif code in seen:
            problems.append(Problem(line, "code", _("This code came before in the file.")))
        elif _is_submitted(newest.get(code)) and _differs(newest[code], content):
            problems.append(Problem(line, "code", _("Compliance looks at this script now.")))
        seen.add(code)
        ready.append((line, code, content))
    if problems:
        raise ImportRefused(problems)
    return _store(ready, newest, by)


def _is_submitted(version: ScriptVersion | None) -> bool:
    return version is not None and version.state == ScriptState.SUBMITTED


def _store(
    ready: list[tuple[int, str, dict[str, Any]]], newest: dict[str, ScriptVersion], by: User
) -> Imported:
    done = Imported()
    new = [(code, content) for _line, code, content in ready if code not in newest]
    scripts = Script.objects.bulk_create(Script(code=code) for code, _content in new)
    fresh = [
        ScriptVersion(script=script, number=1, written_by=by, edited_by=by, **content)
        for script, (_code, content) in zip(scripts, new, strict=True)
    ]
    done.created = len(fresh)
    for _line, code, content in ready:
        version = newest.get(code)
        if version is None:
            continue
        if not _differs(version, content):
            done.unchanged += 1
            continue
        done.changed += 1
        if version.is_in_work:
            services.edit(script=version.script, by=by, content=content)
        else:
            fresh.append(services.next_draft(version, by=by, content=content))
    ScriptVersion.objects.bulk_create(fresh)
    return done


def _content(
    line: int, record: dict[str, str], terms: dict[str, dict[str, Any]], problems: list[Problem]
) -> dict[str, Any]:
    """A record's values as fields of a version; what is wrong is added to `problems`."""
    content: dict[str, Any] = {}

    def wrong(column: str, why: str) -> None:
        problems.append(Problem(line, column, why))

    for name in TERMS:
        code = record.get(name, "")
        content[name] = terms[name].get(code)
        if code and content[name] is None:
            wrong(name, _("There is no %(code)s; allowed are %(known)s.") % {
                "code": code, "known": ", ".join(terms[name])
            })  # fmt: skip
        elif name == "situation" and not code:
            wrong(name, _("Name the situation."))
    for name, known, default in (
        ("channel", ScriptChannel.values, ""),
        ("reach", Reach.values, Reach.ONE.value),
    ):
        content[name] = record.get(name, "") or default
        if content[name] not in known:
            wrong(name, _("There is no %(code)s; allowed are %(known)s.") % {
                "code": content[name], "known": ", ".join(value for value in known if value)
            })  # fmt: skip
    for name in ("title", "subject", "body"):
        content[name] = record.get(name, "")
        field: Any = ScriptVersion._meta.get_field(name)
        longest = field.max_length
        if not content[name] and name != "subject":
            wrong(name, _("This is empty."))
        elif len(content[name]) > longest:
            wrong(name, _("This is longer than %(number)s letters.") % {"number": longest})
        try:
            merge_fields.check(content[name])
        except ValidationError as error:
            wrong(name, " ".join(error.messages))
    if content["channel"] == ScriptChannel.EMAIL and not content["subject"]:
        wrong("subject", _("An e-mail needs a subject."))
    return content


def _differs(version: ScriptVersion, content: dict[str, Any]) -> bool:
    ids = {name: getattr(version, f"{name}_id") for name in TERMS}
    return any(
        ids[name] != (value.pk if value else None)
        if name in ids
        else _plain(getattr(version, name)) != _plain(value)
        for name, value in content.items()
    )


def _plain(text: str) -> str:
    """Without the spaces around it and the line ends that a spreadsheet changes."""
    return text.strip().replace("\r\n", "\n")
