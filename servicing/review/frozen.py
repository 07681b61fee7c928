"""Figures as they are kept with a step: tables and sentences as plain values, drawn again as they were."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from servicing.dashboards.tables import DECIMAL, HOURS, MONEY, SHARE, Cell, Column, Table

_WITH_PLACES = (MONEY, SHARE, DECIMAL, HOURS)


@dataclass
class Seen:
    """What a step rests on. `at`: the time of the figures; `says`, `notes`: sentences above and below."""

    at: dt.datetime | None = None
    says: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def table(self, code: str) -> Table | None:
        return next((table for table in self.tables if table.code == code), None)

    @property
    def shown(self) -> list[Table]:
        """The tables that say something: by their rows, or by a note on why there are none."""
        return [table for table in self.tables if table.rows or table.note]


def freeze(seen: Seen) -> dict[str, Any]:
    """As values of JSON. Lists behind the numbers change, so that addresses are left out."""
    return {
        "at": (seen.at or timezone.now()).isoformat(),
        "says": [str(each) for each in seen.says],
        "notes": [str(each) for each in seen.notes],
        "tables": [
            {
                "code": table.code,
                "caption": str(table.caption),
                "columns": [[column.code, str(column.label), column.number] for column in table.columns],
                "rows": [list(_kept(row)) for row in table.rows],
                "foot": list(_kept(table.foot)),
                "note": str(table.note),
            }
            for table in seen.tables
        ],
    }


def thaw(kept: dict[str, Any]) -> Seen:
    """What was frozen; nothing where nothing was."""
    if not kept:
        return Seen()
    return Seen(
        at=dt.datetime.fromisoformat(kept["at"]),
        says=kept["says"],
        notes=kept["notes"],
        tables=[
            Table(
                code=table["code"],
                caption=table["caption"],
                columns=[Column(*column) for column in table["columns"]],
                rows=[list(_read(row)) for row in table["rows"]],
                foot=list(_read(table["foot"])),
                note=table["note"],
            )
            for table in kept["tables"]
        ],
    )


def _kept(row: Iterable[Cell]) -> Iterator[list[Any]]:
    for cell in row:
        value = cell.value
        if value is not None and cell.kind in _WITH_PLACES:
            value = str(value)
        yield [value if isinstance(value, int | None) else str(value), cell.kind, cell.calls]


def _read(row: Iterable[list[Any]]) -> Iterator[Cell]:
    for value, kind, calls in row:
        if value is not None and kind in _WITH_PLACES:
            value = Decimal(value)
        yield Cell(value, kind, calls=calls)
