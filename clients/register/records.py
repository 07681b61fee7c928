"""Records of the firm's work for a client, which the client's statement counts beside the register's fields.

An app calls `register_record` in its `AppConfig.ready` for each table that tells what was done, said or
decided for one client. They are counted and not shown: they speak in the firm's own words, and may speak of
others.
"""

# ruff: noqa: S608  (names of our own tables)
from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.firm import firm_zone
from clients.models import Client


@dataclass(frozen=True)
class Record:
    """A table of records. `label`: to the client; `day`: its column that says when; `only`: a condition on a
    row `t`."""

    label: str | Promise
    model: str
    day: str
    only: str = "true"

    @property
    def stored_in(self) -> type[models.Model]:
        return apps.get_model(self.model)

    @property
    def day_sql(self) -> str:
        """The day of a row `t`, in the firm's time zone."""
        is_moment = isinstance(self.stored_in._meta.get_field(self.day), models.DateTimeField)
        return f"(t.{self.day} AT TIME ZONE %(zone)s)::date" if is_moment else f"t.{self.day}"


@dataclass(frozen=True)
class Counted:
    """How many records of a kind a client has, from the first day to the last."""

    label: str
    records: int
    first: dt.date
    last: dt.date

    @property
    def number(self) -> str:
        """How many: 13 records."""
        return number_of(self.records)

    @property
    def span(self) -> str:
        """From when to when."""
        return span_of(self.first, self.last)


def number_of(records: int) -> str:
    """13 records."""
    return ngettext("%(n)s record", "%(n)s records", records) % {"n": records}


def span_of(first: dt.date, last: dt.date) -> str:
    """From March 3, 2025 to May 4, 2026."""
    days = {"first": date_format(first, "F j, Y"), "last": date_format(last, "F j, Y")}
    return _("from %(first)s to %(last)s") % days


_records: list[Record] = []


def register_record(record: Record) -> None:
    """Adds a table of records."""
    _records.append(record)


def recorded() -> list[Record]:
    """All that were added, in their order."""
    return _records


def records_of(client: Client) -> list[Counted]:
    """Which of them the client has, counted in one query."""
    parts = [
        f"SELECT {place} AS place, count(*) AS records, "
        f"min({each.day_sql}) AS first, max({each.day_sql}) AS last "
        f"FROM {each.stored_in._meta.db_table} t WHERE t.client_id = %(client)s AND ({each.only})"
        for place, each in enumerate(_records)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({' UNION ALL '.join(parts)}) every WHERE records > 0 ORDER BY place",
            {"client": client.pk, "zone": str(firm_zone())},
        )
        return [
            Counted(str(_records[place].label), records, first, last)
            for place, records, first, last in cursor.fetchall()
        ]
