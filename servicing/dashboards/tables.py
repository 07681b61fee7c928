"""Tables of the dashboard: cells that know what they count and which list is behind them.

One table is drawn on the page, written as a file and walked by the tests, from the same cells.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

from servicing.delivery.files import plain

NUMBER, MONEY, HOURS, SHARE, TIER, TEXT, DECIMAL = (
    "number", "money", "hours", "share", "tier", "text", "decimal"
)  # fmt: skip
AMOUNT = "amount"  # a number in words already: money of one row, a share of the next


@dataclass(frozen=True)
class Cell:
    """`href`: the list behind it; a number equals the number of that list. `calls`: somebody should look."""

    value: Any
    kind: str = NUMBER
    href: str = ""
    calls: bool = False


@dataclass(frozen=True)
class Column:
    """`code`: its name in the file."""

    code: str
    label: str | Promise
    number: bool = True


@dataclass
class Table:
    """`code`: its name in addresses. The first cell of a row is its head; `foot` adds the rows up."""

    code: str
    caption: str | Promise
    columns: list[Column]
    rows: list[list[Cell]] = field(default_factory=list)
    foot: list[Cell] = field(default_factory=list)
    note: str = ""

    def as_csv(self) -> str:
        """A header, and a line for each row: money to the cent, time in minutes, shares from 0 to 1."""
        head = _line([column.code for column in self.columns])
        return head + "".join(self.line(row) for row in self.rows)

    def line(self, row: list[Cell]) -> str:
        """A row as it stands in the file."""
        return _line([_in_file(cell) for cell in row])


@dataclass
class Part:
    """A section of the dashboard. `chart`: what its drawing takes, with the template that draws it; `empty`:
    what to do where there is nothing to show, with the address that does it."""

    code: str
    title: str | Promise
    tables: list[Table] = field(default_factory=list)
    says: str = ""
    chart: dict[str, Any] | None = None
    drawing: str = ""
    empty: tuple[str, str, str] | None = None
    more: tuple[str, str] | None = None
    wide: bool = False


def _line(values: list[Any]) -> str:
    file = io.StringIO()
    csv.writer(file).writerow(values)
    return file.getvalue()


def _in_file(cell: Cell) -> Any:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return plain(value)
    if cell.kind == MONEY:
        return f"{Decimal(value):.2f}"
    return f"{float(value):.4f}" if cell.kind == SHARE else value


def columns(*named: tuple[str, str | Promise]) -> list[Column]:
    """The columns of a table, of which the first is its head."""
    return [Column(code, label, number=place > 0) for place, (code, label) in enumerate(named)]


def links(cells: Iterable[Cell]) -> Iterable[Cell]:
    """The cells with a list behind them."""
    return (cell for cell in cells if cell.href)
