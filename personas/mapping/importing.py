"""Rows of the map from a file: what each record would do, and all of it in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Term
from personas.mapping.files import RETIRED, cell_text
from personas.mapping.forms import contradiction, tidied
from personas.models.mapping import CONDITIONS, PARTS, WORDS, MapImport, MapRow, MessageChannel

CLEAR = "-"
STORED = (*(f"{name}_id" for name in CONDITIONS), *PARTS, "order", "retired_at")


class ImportRefused(Exception):
    """Nothing was stored; the text says why."""


@dataclass
class Line:
    """One record: its number (the header is 1), the row that it makes, and what is wrong with it."""

    number: int
    row: MapRow
    state: str = "new"  # new, changed, unchanged, wrong
    changes: list[str] = field(default_factory=list)  # of a changed row, what becomes another
    errors: list[tuple[str, str, str]] = field(default_factory=list)  # column, value, what to do

    @property
    def retires(self) -> bool:
        return self.row.retired_at is not None


@dataclass
class Plan:
    lines: list[Line]

    def number(self, state: str) -> int:
        return sum(line.state == state for line in self.lines)

    @property
    def errors(self) -> list[tuple[int, str, str, str]]:
        return [(line.number, *error) for line in self.lines for error in line.errors]


def plan_import(records: Iterable[dict[str, str]]) -> Plan:
    """What importing `records` would do now. A fixed number of queries."""
    stored = {row.pk: row for row in MapRow.objects.with_words()}
    words = {name: _words(name) for name in CONDITIONS}
    seen: set[int] = set()
    return Plan(
        [_line(number, record, stored, words, seen) for number, record in enumerate(records, start=2)]
    )


def _words(name: str) -> dict[str, Term]:
    """A condition's words by code and by label, in small letters."""
    model: Any = MapRow._meta.get_field(name).related_model
    found = list(model.objects.all())
    return {word.label.casefold(): word for word in found} | {word.code.casefold(): word for word in found}


def _line(
    number: int,
    record: dict[str, str],
    stored: dict[int, MapRow],
    words: dict[str, dict[str, Term]],
    seen: set[int],
) -> Line:
    id_text = cell_text(record.get("id", ""))
    before = stored.get(int(id_text)) if id_text.isascii() and id_text.isdigit() else None
    line = Line(number, copy(before) if before else MapRow())
    if id_text and before is None:
        line.errors.append(("id", id_text, _("No row has this id. Leave the cell empty to add a row.")))
    elif before and before.pk in seen:
        line.errors.append(("id", id_text, _("An earlier record has the same id.")))
    elif before:
        seen.add(before.pk)
    _fill(line, record, words)
    _check(line)
    if line.errors:
        line.state = "wrong"
    elif before:
        line.changes = [_label(name) for name in STORED if getattr(before, name) != getattr(line.row, name)]
        line.state = "changed" if line.changes else "unchanged"
    return line


def _label(column: str) -> str:
    field_ = next(each for each in MapRow._meta.concrete_fields if each.attname == column)
    return str(field_.verbose_name)


def _fill(line: Line, record: dict[str, str], words: dict[str, dict[str, Term]]) -> None:
    """Puts the record's cells into the row. An empty cell keeps what is there; the sign - clears it."""
    row = line.row
    for name in (*CONDITIONS, *PARTS, "order", "retired"):
        raw = record.get(name, "").strip()
        if not raw:
            continue
        text = "" if raw == CLEAR else cell_text(raw)
        if name in CONDITIONS:
            word = words[name].get(text.casefold()) if text else None
            if text and word is None:
                allowed = ", ".join(sorted({each.code for each in words[name].values()}))
                line.errors.append((name, text, _("Unknown value. Allowed: %s.") % allowed))
            setattr(row, name, word)
        elif name == "channel":
            row.channel = _channel(text)
            if text and not row.channel:
                allowed = ", ".join(MessageChannel.values)
                line.errors.append((name, text, _("Unknown value. Allowed: %s.") % allowed))
        elif name == "order":
            if text.isascii() and text.isdigit() and int(text) <= 32_767:
                row.order = int(text)
            else:
                line.errors.append((name, text, _("Write a whole number from 0 to 32767.")))
        elif name == "retired":
            if text.casefold() not in ("", "no", RETIRED):
                line.errors.append((name, text, _("Allowed: yes, no.")))
            retired = text.casefold() == RETIRED
            row.retired_at = (row.retired_at or timezone.now()) if retired else None
        else:
            setattr(row, name, tidied(text) if name in WORDS else text)


def _channel(text: str) -> str:
    for value, label in MessageChannel.choices:
        if text.casefold() in (value, str(label).casefold()):
            return value
    return ""


def _check(line: Line) -> None:
    row = line.row
    for name in PARTS:
        most, text = MapRow._meta.get_field(name).max_length, getattr(row, name)  # type: ignore[union-attr]
        if most and len(text) > most:
            line.errors.append((name, text, _("Use at most %(n)s characters.") % {"n": most}))
    if not any(getattr(row, part) for part in PARTS):
        line.errors.append(("framing", "", _("Fill in at least one part: an empty row says nothing.")))
    if both := contradiction(row.words_to_use, row.words_to_avoid):
        line.errors.append(
            ("words_to_avoid", ", ".join(both), _("These are among the words to use as well."))
        )


@transaction.atomic
def apply_import(*, batch: MapImport) -> Plan:
    """Stores what the file holds, all of it or nothing; what changed since the preview is looked at anew.

    Raises ImportRefused where a record is wrong, or where the file was imported already.
    """
    locked = MapImport.objects.select_for_update().get(pk=batch.pk)
    if locked.applied_at:
        raise ImportRefused(_("This file was imported already."))
    list(MapRow.objects.select_for_update().values_list("pk"))
    plan = plan_import(locked.records)
    if plan.errors:
        raise ImportRefused(_("Some records are wrong. Nothing was stored."))
    MapRow.objects.bulk_create([line.row for line in plan.lines if line.state == "new"])
    changed = [line.row for line in plan.lines if line.state == "changed"]
    MapRow.objects.bulk_update(changed, [*CONDITIONS, *PARTS, "order", "retired_at"])
    locked.applied_at = timezone.now()
    locked.records = []
    locked.save(update_fields=["applied_at", "records"])
    return plan
