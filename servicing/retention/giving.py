"""The answer to an access request: a zip with what is held about one client, and about nobody else."""

# ruff: noqa: S608  (our own tables, and a number)
from __future__ import annotations

import zipfile
from typing import IO

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.exporting import escaped
from clients.firm import firm_settings
from clients.jobs import Report
from clients.models import Client, ClientMerge
from clients.permission.told import history_lines
from clients.register.statement import statement_of
from servicing.exports.tables import Table, tables
from servicing.retention.tables import tables_of_clients

STATEMENT = "statement.html"
# Of the firm more than of the client: the hold itself, how this very list came about, what was merged.
WITHHELD = {
    "clients_legalhold",
    "servicing_anonymisingrow",
    "servicing_accessdownload",
    "clients_mergedrow",
    "clients_clientmerge",
    "clients_clientsplit",
    "servicing_bulksteprow",
}


def tables_given() -> list[Table]:
    """Files of the answer: tables of the complete data set whose rows belong to a client."""
    owned = tables_of_clients()
    return [table for table in tables() if table.table in owned and owned[table.table].of not in WITHHELD]


def write_answer(
    to: IO[bytes], client: Client, report: Report, reader: BaseDatabaseWrapper
) -> tuple[int, int]:
    """Writes what `reader` sees of the client into `to` as a zip: the statement to be read, and a CSV for
    each table that has rows. Returns how many files and rows."""
    merged = ClientMerge.objects.filter(client=client, parted_at=None).values_list("absorbed_id", flat=True)
    ids = ", ".join(str(int(number)) for number in (client.pk, *merged))
    every, written, rows = tables_given(), [], 0
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(STATEMENT, _statement(client))
        for place, table in enumerate(every):
            report(table.name, 100 * place // len(every), 100)
            text = _rows(reader, table, f"ARRAY[{ids}]::bigint[]")
            if number := _number(text):
                archive.writestr(table.name, text)
                written.append(f"{table.name}: {number}")
                rows += number
        archive.writestr("README.txt", _contents(client, written))
    return len(written) + 2, rows


def _rows(reader: BaseDatabaseWrapper, table: Table, ids: str) -> bytes:
    quote = connection.ops.quote_name
    columns = ", ".join(_column(field, quote(str(field.column))) for field in table.fields)
    order = ", ".join(quote(str(field.column)) for field in table.model._meta.pk_fields)
    mine = tables_of_clients()[table.table].rows(ids)
    query = f"SELECT {columns} FROM {quote(table.table)} WHERE {mine} ORDER BY {order}"
    with (
        reader.cursor() as cursor,
        cursor.cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)") as copy,
    ):
        return b"".join(bytes(piece) for piece in copy)


def _column(field: models.Field, name: str) -> str:
    """Texts leave so that no spreadsheet takes them for a formula."""
    if isinstance(field, models.CharField | models.TextField) and not isinstance(field, ArrayField):
        return f"{escaped(name)} AS {name}"
    return name


def _number(text: bytes) -> int:
    """Lines below the header; a line break inside quotation marks ends none."""
    return sum(part.count(b"\n") for part in text.split(b'"')[::2]) - 1


def _statement(client: Client) -> str:
    context = {
        "client": client,
        "statement": statement_of(client),
        "history": history_lines(client),
        "firm": firm_settings(),
    }
    return render_to_string("servicing/retention/statement_file.html", context)


def _contents(client: Client, written: list[str]) -> str:
    made = timezone.localtime().strftime("%Y-%m-%d %H:%M %Z")
    return "\n".join(
        [
            _("%(firm)s: what is held about %(name)s, client number %(number)s, as of %(at)s")
            % {
                "firm": firm_settings().name,
                "name": client.name,
                "number": client.external_id,
                "at": made,
            },
            "",
            _("statement.html is to be read: what is kept, why and for how long."),
            _("The other files are the records themselves, CSV in UTF-8, with how many rows each has."),
            _("Files under history/ say what each row was, and when it changed (pgh_created_at)."),
            "",
            *written,
            "",
        ]
    )
