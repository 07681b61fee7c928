"""The tables of delivery as CSV, and the lists behind numbers, line by line however long they are."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from django.db import connection
from django.http import StreamingHttpResponse

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


def of_clients(rows: Iterable[dict[str, Any]], *, missed: bool = False) -> str:
    """Clients with what they were given beyond the standard, or with how much was `missed` for them."""
    own = ["number"] if missed else ["number", "minutes", "cost"]
    head = ["missed"] if missed else ["beyond", "beyond_minutes", "beyond_cost"]
    names = ("external_id", "name", "summary__tier__code")
    return _written(
        ["client", "name", "tier", *head], ([row[name] for name in (*names, *own)] for row in rows)
    )


def _written(head: list[str], rows: Iterable[Iterable[Any]]) -> str:
    return "".join(lines(head, rows))


def lines(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """A header, then a line for each of `rows`; nothing known is an empty cell."""
    file = io.StringIO()
    writer = csv.writer(file)
    for row in chain([head], rows):
        writer.writerow([plain(cell) if isinstance(cell, str) else cell for cell in row])
        yield file.getvalue()
        file.seek(0)
        file.truncate()


def download(name: str, text: Iterable[str]) -> StreamingHttpResponse:
    """CSV to be stored under a name without its ending."""
    return StreamingHttpResponse(
        text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def rows_of(sql: str, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows of a statement one by one, read from the database in portions."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        names = None
        for row in cursor:
            names = names or [column.name for column in cursor.description]
            yield dict(zip(names, row, strict=True))


def plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before it."""
    return f"'{text}" if re.match(r"\s*'*[-=+@]", text) else text
