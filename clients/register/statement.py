"""The client's own statement: what is held, why, since when and who changed it, in the client's words.

Values come from the tables that the register's fields name, their dates and authors from the audit rows. What
is not given: other clients, notes that people of the firm wrote (they may speak of others, and are counted
here), and who in the firm is paid how much for the time spent.
"""

# ruff: noqa: S608  (names of our own tables)
from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field as made
from decimal import Decimal
from typing import Any

import pghistory.models
from django.apps import apps
from django.db import connection, models
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clients import formats
from clients.actors import actor
from clients.contact import opt_outs_of
from clients.merges import joined_and_parted
from clients.models import ChannelOptOut, Client, FieldEntry, Member, TeamMember, User
from clients.register.active import active_fields
from clients.register.entries import reasons
from clients.register.fields import TrackedField, tracked_fields
from clients.register.records import Counted, number_of, records_of, span_of

LONG = 48  # letters; a longer value is not set in bold
_CONTEXT = pghistory.models.Context._meta.db_table


@dataclass(frozen=True)
class Held:
    """One value. `of`: whose it is, where a household has several; `since`, `by`: its last change."""

    label: str
    value: str
    since: dt.datetime | None
    by: str
    of: str = ""

    @property
    def is_long(self) -> bool:
        """Whether it is a sentence more than a word."""
        return not self.of and len(self.value) > LONG


@dataclass
class Kept:
    """A field on the statement: why it is kept, for how long, and its values; `counted`: in place of them."""

    field: TrackedField
    entry: FieldEntry
    values: list[Held] = made(default_factory=list)
    counted: str = ""


@dataclass
class Statement:
    client: Client
    groups: list[tuple[str, list[Kept]]]
    records: list[Counted]
    ended: list[str]
    opt_outs: list[ChannelOptOut]
    team: list[TeamMember]


def statement_of(client: Client) -> Statement:
    """Everything on the statement; a fixed number of queries for a number of tables."""
    entries, active = reasons(), active_fields()
    rows = _rows_of(client)
    changes = _Changes(client)
    groups: dict[str, list[Kept]] = defaultdict(list)
    ended = []
    for code, tracked in tracked_fields().items():
        found = rows[tracked.model, tracked.client]
        if code not in active or code not in entries:
            if any(_filled(tracked, row) for row in found):
                ended.append(tracked.on_statement)
            continue
        kept = Kept(tracked, entries[code])
        if not tracked.on_paper:
            kept.counted = _counted(tracked, found)
        elif tracked.model != "clients.ChannelOptOut":  # these have a part of their own
            kept.values = [_held(tracked, row, changes) for row in found if _filled(tracked, row)]
        if kept.values or kept.counted:
            groups[str(tracked.group)].append(kept)
    return Statement(
        client=client,
        groups=list(groups.items()),
        records=records_of(client),
        ended=ended,
        opt_outs=opt_outs_of(client),
        team=[row for row in rows["clients.TeamMember", "client_id"] if isinstance(row, TeamMember)],
    )


# --- Values --------------------------------------------------------------------------------------------

Rows = dict[tuple[str, str], list[models.Model]]


def _rows_of(client: Client) -> Rows:
    """The rows of each table that a field names; of tables that are only counted, what is counted."""
    rows: Rows = {("clients.Client", "id"): [client]}
    tables = {(tracked.model, tracked.client): tracked.stored_in for tracked in tracked_fields().values()}
    beside: dict[tuple[str, str], set[str]] = defaultdict(set)
    for tracked in tracked_fields().values():
        beside[tracked.model, tracked.client].update(tracked.beside)
    filled = _filled_tables(client, tables)
    for key, model in tables.items():
        if key in rows:
            continue
        if key not in filled:
            rows[key] = []
            continue
        found = model._base_manager.filter(**{key[1]: client.pk})
        related = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.ForeignKey) and field.name != "client"
        ]
        found = found.select_related(*related) if related else found
        rows[key] = list(found.prefetch_related(*beside[key]))
    return rows


def _filled_tables(client: Client, tables: dict[tuple[str, str], type[models.Model]]) -> set[tuple[str, str]]:
    """Those of `tables` that have a row of the client; one query: most have none of most clients."""
    every = list(tables)
    parts = [
        f"SELECT {place} WHERE EXISTS "
        f"(SELECT FROM {tables[key]._meta.db_table} t WHERE t.{key[1]} = %(client)s)"
        for place, key in enumerate(every)
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), {"client": client.pk})
        return {every[place] for (place,) in cursor.fetchall()}


def _filled(tracked: TrackedField, row: models.Model) -> bool:
    attribute = tracked.attribute
    return attribute is None or getattr(row, attribute.attname) not in (None, "")


def _held(tracked: TrackedField, row: models.Model, changes: _Changes) -> Held:
    since, by = changes.last(tracked, row)
    return Held(str(tracked.label), _said(tracked, row), since, by, _whose(tracked, row))


def _whose(tracked: TrackedField, row: models.Model) -> str:
    if isinstance(row, Member):
        return "" if tracked.column == "name" else row.name
    return str(row.role) if isinstance(row, TeamMember) else ""


def _said(tracked: TrackedField, row: models.Model) -> str:
    """A value in words; of a field that is a whole row, the row in its own."""
    attribute = tracked.attribute
    if attribute is None or hasattr(row, "in_full"):
        return str(getattr(row, "in_full", row))
    value = getattr(row, attribute.name)
    if (day := _day_of(row)) and not isinstance(value, dt.date):
        return _("%(value)s, on %(day)s") % {"value": value, "day": _day(day)}
    if attribute.choices:
        return str(dict(attribute.flatchoices).get(value, value))
    if isinstance(value, dt.datetime | dt.date):
        return _day(value)
    if isinstance(value, Decimal):
        return formats.money(value, cents=True)
    if tracked.code in ("growth_potential", "alignment"):
        return _("%(n)s of 5") % {"n": value}
    return str(value)


def _day(value: dt.date | dt.datetime) -> str:
    """March 3, 2026."""
    return date_format(formats.as_date(value), "F j, Y")


def _counted(tracked: TrackedField, rows: list[models.Model]) -> str:
    """How many records of a kind there are, and from when to when."""
    rows = [row for row in rows if _filled(tracked, row)]
    if not rows:
        return ""
    days = sorted(day for row in rows if (day := _day_of(row)))
    number = number_of(len(rows))
    return f"{number}, {span_of(days[0], days[-1])}" if days else number


def _day_of(row: models.Model) -> dt.date | None:
    return next(
        (
            day
            for name in ("occurred_on", "date", "spent_on", "asked_on", "rated_on")
            if (day := getattr(row, name, None))
        ),
        None,
    )


# --- Since when, and by whom -----------------------------------------------------------------------------


class _Changes:
    """The last change of each column of each row, out of the audit rows of every table, read as one."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.gone = [
            merge.absorbed_id for merge in joined_and_parted(client).merges if merge.parted_at is None
        ]
        self._found: dict[str, dict[tuple[Any, str], tuple[dt.datetime, dict[str, Any]]]] | None = None
        self._people: dict[int, str] = {}

    def last(self, tracked: TrackedField, row: models.Model) -> tuple[dt.datetime | None, str]:
        """When the value came to be what it is, and who made it so; nothing where no audit row tells."""
        if self._found is None:
            self._found = self._of_tables()
        attribute = tracked.attribute
        column = "" if attribute is None or hasattr(row, "in_full") else attribute.attname
        found = self._found.get(tracked.model, {})
        change = found.get((row.pk, column)) or found.get((row.pk, ""))
        return (change[0], self._who(change[1])) if change else (None, "")

    def _of_tables(self) -> dict[str, dict[tuple[Any, str], tuple[dt.datetime, dict[str, Any]]]]:
        """One query over the audit tables of all fields that are on paper."""
        every = {field.model: field for field in tracked_fields().values() if field.on_paper}
        read = [
            (model, event, field) for model, field in every.items() if (event := _event_of(field.stored_in))
        ]
        parts = [
            f"SELECT {place}, e.pgh_id, to_json(e)::text, c.metadata FROM {event._meta.db_table} e "
            f"LEFT JOIN {_CONTEXT} c ON c.id = e.pgh_context_id "
            + (
                "WHERE e.pgh_obj_id = %(own)s"
                if field.client == "id"
                else f"WHERE e.{field.client} = ANY(%(all)s)"
            )
            for place, (_model, event, field) in enumerate(read)
        ]
        told: dict[str, list[tuple[dict[str, Any], dict[str, Any]]]] = defaultdict(list)
        with connection.cursor() as cursor:
            ids: dict[str, Any] = {"own": self.client.pk, "all": [self.client.pk, *self.gone]}
            cursor.execute(f"{' UNION ALL '.join(parts)} ORDER BY 1, 2", ids)
            for place, _id, text, metadata in cursor.fetchall():
                told[read[place][0]].append((json.loads(text), _loaded(metadata)))
        return {model: _last_changes(rows) for model, rows in told.items()}

    def _who(self, context: dict[str, Any]) -> str:
        user = context.get("user")
        if not user:
            return actor(context)
        if not self._people:
            self._people = {person.pk: person.display_name for person in User.objects.all()}
        return self._people.get(user, actor(context))


def _last_changes(
    told: list[tuple[dict[str, Any], dict[str, Any]]],
) -> dict[tuple[Any, str], tuple[dt.datetime, dict[str, Any]]]:
    """By a row's number and a column the last change; `told`: the audit rows of a table, the oldest first."""
    found: dict[tuple[Any, str], tuple[dt.datetime, dict[str, Any]]] = {}
    before: dict[Any, dict[str, Any]] = {}
    for values, context in told:
        key = values["pgh_obj_id"]
        change = (dt.datetime.fromisoformat(values["pgh_created_at"]), context)
        old = before.get(key) if values["pgh_label"] != "insert" else None
        for column, value in values.items():
            if old is None or old.get(column) != value:
                found[key, column] = change
        found[key, ""] = change  # of a column that history does not copy: the row's last change
        before[key] = values
    return found


def _loaded(metadata: Any) -> dict[str, Any]:
    return (json.loads(metadata) if isinstance(metadata, str) else metadata) or {}


def _event_of(model: type[models.Model]) -> type[models.Model] | None:
    """The audit table of a model; None where it is not audited."""
    for each in apps.get_models():
        if issubclass(each, pghistory.models.Event) and getattr(each, "pgh_tracked_model", None) is model:
            return each
    return None
