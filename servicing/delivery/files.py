"""The tables of delivery as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

from servicing.delivery.figures import STATES_KEPT
from servicing.delivery.reading import Sums

_SUMS = ("promised", *STATES_KEPT, "beyond", "beyond_minutes", "beyond_cost")


def table(heads: Iterable[str], lines: Iterable[tuple[Iterable[Any], Sums]]) -> str:
    """A header, and a line for each of `lines`: its own cells, what was promised, what went beyond."""
    rows = (
        [*cells, sums.promised, *(sums[state] for state in STATES_KEPT),
         sums.beyond, sums.beyond_minutes, sums.beyond_cost]
        for cells, sums in lines
    )  # fmt: skip
    return _written([*heads, *_SUMS], rows)


def of_clients(rows: Iterable[dict[str, Any]]) -> str:
    """Clients with what they were given beyond the standard."""
    cells = (
        [row["external_id"], row["name"], row["summary__tier__code"] or "",
         row["number"], row["minutes"], row["cost"]]
        for row in rows
    )  # fmt: skip
    return _written(["client", "name", "tier", "beyond", "beyond_minutes", "beyond_cost"], cells)


def _written(head: list[str], rows: Iterable[list[Any]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(head)
    for row in rows:
        writer.writerow([plain(cell) if isinstance(cell, str) else cell for cell in row])
    return file.getvalue()


def plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before it."""
    return f"'{text}" if re.match(r"\s*'*[-=+@]", text) else text
