"""Writes the data set: a CSV for each table, straight from the database into the zip, and what is in it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import IsolationLevel

from clients.exporting import escaped, export_query
from clients.firm import firm_settings
from clients.jobs import Report
from servicing.exports import dashboards
from servicing.exports.tables import Table, tables
from servicing.models import DashboardRefresh
from servicing.models.exports import ExportOf

# The list that other systems take, beside the tables as they are.
CLIENTS = "clients.csv"


@contextmanager
def one_moment() -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own that sees everything as of its first look, whatever is written meanwhile."""
    reader = connection.copy()
    try:
        reader.ensure_connection()
        raw = reader.connection
        raw.autocommit = False
        raw.isolation_level, raw.read_only = IsolationLevel.REPEATABLE_READ, True
        yield reader
    finally:
        reader.close()


def write_all(
    to: IO[bytes], report: Report, reader: BaseDatabaseWrapper, of: str = ExportOf.ALL
) -> tuple[int, int]:
    """Writes what a copy of that kind holds into `to` as a zip, as `reader` sees it; returns how many files
    and rows. Memory does not grow with the rows."""
    contents: list[tuple[str, int, Table | None]] = []
    every = tables() if of == ExportOf.ALL else []
    steps = len(every) + (of == ExportOf.ALL) + len(dashboards.FIGURES) + 1

    def add(archive: zipfile.ZipFile, name: str, pieces: Iterator[bytes], table: Table | None = None) -> None:
        contents.append((name, _write(archive, name, pieces), table))

    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        report(dashboards.FOLDER, 0, steps)
        for name, text in dashboards.tables():
            add(archive, name, iter([text.encode()]))
        for place, (name, query) in enumerate(dashboards.queries(), 1):
            report(name, place, steps)
            add(archive, name, _copied(connection, query))  # which sees what was just added up
        if of == ExportOf.ALL:
            report(CLIENTS, steps - len(every) - 1, steps)
            add(archive, CLIENTS, _copied(reader, f"{export_query()} ORDER BY c.external_id"))
        for place, table in enumerate(every, steps - len(every)):
            report(table.name, place, steps)
            add(archive, table.name, _copied(reader, _rows_of(table)), table)
        archive.writestr("README.txt", _contents(contents, of))
    return len(contents) + 1, sum(rows for _name, rows, _table in contents)


def _write(archive: zipfile.ZipFile, name: str, pieces: Iterator[bytes]) -> int:
    """The rows written, counted without the header. A line break inside quotation marks is no row's end."""
    ends, quoted = 0, False
    with archive.open(name, "w", force_zip64=True) as file:
        for piece in pieces:
            file.write(piece)
            for index, part in enumerate(piece.split(b'"')):
                quoted = quoted if index == 0 else not quoted
                if not quoted:
                    ends += part.count(b"\n")
    return max(ends - 1, 0)


def _copied(reader: BaseDatabaseWrapper, query: str) -> Iterator[bytes]:
    statement = f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)"
    with reader.cursor() as cursor, cursor.cursor.copy(statement) as copy:
        for piece in copy:
            yield bytes(piece)


def _rows_of(table: Table) -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(_column(field, quote(str(field.column))) for field in table.fields)
    order = ", ".join(quote(str(field.column)) for field in table.model._meta.pk_fields)
    return f"SELECT {columns} FROM {quote(table.table)} ORDER BY {order}"  # noqa: S608  (our own tables)


def _column(field: models.Field, name: str) -> str:
    """A column as it leaves: texts so that no spreadsheet takes them for a formula."""
    if isinstance(field, (models.CharField, models.TextField)) and not isinstance(field, ArrayField):
        return f"{escaped(name)} AS {name}"
    return name


def _contents(found: list[tuple[str, int, Table | None]], of: str) -> str:
    """What each file holds, for whoever opens the zip in ten years."""
    whole = of == ExportOf.ALL
    title = _("%(firm)s: complete data set of %(at)s") if whole else _("%(firm)s: dashboards of %(at)s")
    lines = [
        title % {"firm": firm_settings().name, "at": timezone.localtime().strftime("%Y-%m-%d %H:%M %Z")},
        "",
        _("CSV in UTF-8 with commas and a header line. Dates and times are in ISO 8601."),
        _("A text that begins with = + - or @ has an apostrophe before it."),
        _("Under dashboards/ are the tables of the dashboards by period (12m: the last 12 months), and in"),
        _("dashboards/figures/ what they were added up from, by tier, lead advisor and month; as of %(at)s.")
        % {"at": _figures_of()},
        "",
    ]
    if whole:
        lines[-1:] = [
            _("clients.csv can be imported as it is."),
            _("Under data/ are the tables, linked by their id columns."),
            _("Files under history/ say what each row was, and when it changed (pgh_created_at)."),
            _("Who changed it, why and by what way is in history/pghistory/context.csv, by pgh_context_id."),
            "",
        ]
    for name, rows, table in found:
        lines.append(f"{name}: {rows}")
        for field in table.fields if table else ():
            lines.append(f"    {field.column}{_of(field)}")
    return "\n".join(lines) + "\n"


def _figures_of() -> str:
    """When the figures of the dashboards were added up."""
    return timezone.localtime(DashboardRefresh.objects.get().refreshed_at).strftime("%Y-%m-%d %H:%M %Z")


def _of(field: Any) -> str:
    """What the column says, and which file it points at."""
    about = str(field.verbose_name) if str(field.verbose_name) != field.name.replace("_", " ") else ""
    target = field.related_model and field.related_model._meta.label_lower
    return "".join(f" - {each}" for each in (about, f"id of {target}" if target else "") if each)
