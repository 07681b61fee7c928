"""A client's history in words: who changed what, when, from what to what, out of the audit rows of every app.

Any audited model with a key to the client is read, whichever app it belongs to; the client itself too.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

import pghistory.models
from django.apps import apps
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from clients import formats
from clients.actors import actor
from clients.history_entries import Change, Entry
from clients.merges import joined_and_parted
from clients.models import BehavioralTag, Client, LegalHold, Term, User
from clients.prepared import prepared
from clients.register.active import is_active
from clients.register.fields import code_of

LIMIT = 300
_CONTEXT = pghistory.models.Context._meta.db_table
_TYPED = (models.DateField, models.DecimalField)  # what JSON has as text or without its places
# Keys and book-keeping that say nothing to a person.
_SILENT = {
    "id",
    "client",
    "created_at",
    "source",
    "source_id",
    "run",
    "touch",
    "base_on",
    "closed_at",
    "override",
}


# What names a row of the settings: its touches, its words, its service, its day.
_OF_A_SETTING = ("touch_kind", "text", "kind", "name", "role", "tier", "date")


@dataclass(frozen=True)
class Source:
    """An audit table: its model, the model it tracks, and the column with the client's id."""

    event: type[models.Model]
    tracked: type[models.Model]
    client_column: str
    subjects: tuple[str, ...] = ("kind", "title", "name", "role", "tier")  # the first that it has names a row

    def read(self, text: str) -> dict[str, Any]:
        """An audit row from its JSON, with dates and decimals as they were stored."""
        row = json.loads(text, parse_float=Decimal)
        for field in self._typed:
            if row[field.attname] is not None:
                row[field.attname] = field.to_python(row[field.attname])
        return row

    @cached_property
    def _typed(self) -> list[models.Field]:
        return [field for field in self.event._meta.concrete_fields if isinstance(field, _TYPED)]


Event = tuple[Source, dict[str, Any]]


@cache
def sources() -> list[Source]:
    """Every audit table with a client in it."""
    found = []
    for model in apps.get_models():
        if not issubclass(model, pghistory.models.Event):
            continue
        tracked = getattr(model, "pgh_tracked_model", None)
        if tracked is None or tracked is LegalHold:  # not for everybody who may read a client's history
            continue
        if tracked is Client:
            found.append(Source(model, tracked, "pgh_obj_id"))
        elif any(field.name == "client" for field in model._meta.fields):
            found.append(Source(model, tracked, "client_id"))
    return found


def history_of(client: Client) -> list[Entry]:
    """The newest entries, newest first. At most `LIMIT` from each audit table.

    What happened to records that were merged into this one is a part of its history.
    """
    became = joined_and_parted(client)
    gone = {merge.absorbed_id: merge.external_id for merge in became.merges if not merge.parted_at}
    entries = [*became.entries(), *_told(_events([client.pk, *gone]), gone)]
    entries.sort(key=lambda entry: entry.at)
    entries.reverse()
    return entries[:LIMIT]


def recorded(
    tracked: type[models.Model], pk: int, *, parts: Iterable[tuple[type[models.Model], str]] = ()
) -> list[Entry]:
    """The newest changes of a row that belongs to no client, and of its parts, newest first.

    `parts`: audited models, each with the name of its key to the row. At most `LIMIT` from each audit table.
    """
    events: list[Event] = []
    for model, column in ((tracked, "pgh_obj_id"), *((part, f"{key}_id") for part, key in parts)):
        source = Source(_event_of(model), model, column, subjects=_OF_A_SETTING)
        columns = [field.attname for field in source.event._meta.concrete_fields]
        rows = source.event._base_manager.filter(**{column: pk}).order_by("-pgh_id")
        events.extend((source, row) for row in rows.values(*columns, "pgh_context__metadata")[:LIMIT])
    entries = _told(events, {})
    entries.reverse()
    return entries[:LIMIT]


def _event_of(tracked: type[models.Model]) -> type[models.Model]:
    return next(
        model
        for model in apps.get_models()
        if issubclass(model, pghistory.models.Event) and getattr(model, "pgh_tracked_model", None) is tracked
    )


def _told(events: list[Event], gone: dict[int, str]) -> list[Entry]:
    """In words, the oldest first. `gone`: the numbers of records that were merged, by their ids."""
    events.sort(key=lambda each: (each[1]["pgh_created_at"], each[1]["pgh_id"]))
    people = _people(events)
    labels = _Labels(events)
    entries = []
    known: dict[tuple[type[models.Model], Any], dict[str, Any]] = {}
    for source, row in events:
        key = (source.tracked, row["pgh_obj_id"])
        number = gone.get(row[source.client_column], "")
        entry = _entry(source, row, known.get(key), people, labels, number)
        known[key] = row
        if entry:
            entries.append(entry)
    return entries


def _events(clients: list[int]) -> list[Event]:
    """The newest audit rows of a record and of those that went into it, in one query out of all tables."""
    every = sources()
    whose = "= %(client)s" if len(clients) == 1 else "= ANY(%(clients)s)"
    parts = [
        f"(SELECT {place}, to_json(e)::text, c.metadata FROM {source.event._meta.db_table} e "  # noqa: S608  (names of models)
        f"LEFT JOIN {_CONTEXT} c ON c.id = e.pgh_context_id "
        f"WHERE e.{source.client_column} {whose} ORDER BY e.pgh_id DESC LIMIT {LIMIT})"
        for place, source in enumerate(every)
    ]
    with prepared() as cursor:
        cursor.execute(" UNION ALL ".join(parts), {"client": clients[0], "clients": clients})
        return [
            (every[place], every[place].read(text) | {"pgh_context__metadata": _loaded(metadata)})
            for place, text, metadata in cursor.fetchall()
        ]


def _loaded(metadata: Any) -> Any:
    return json.loads(metadata) if isinstance(metadata, str) else metadata


def _people(events: Iterable[Event]) -> dict[int | None, str]:
    ids = [
        user
        for _source, row in events
        if (user := (row["pgh_context__metadata"] or {}).get("user")) is not None
    ]
    return {user.pk: user.display_name for user in User.objects.filter(pk__in=ids)}


def _labels_of_words(wanted: dict[type[Term], set[Any]]) -> dict[type[models.Model], dict[Any, str]]:
    """The labels of vocabulary rows, out of all their tables in one query."""
    names: dict[type[models.Model], dict[Any, str]] = {model: {} for model in wanted}
    tables = list(wanted)
    queries = [
        model._base_manager.filter(pk__in=wanted[model])
        .order_by()
        .values_list(models.Value(number, models.IntegerField()), "pk", "label")
        for number, model in enumerate(tables)
    ]
    if queries:
        for number, pk, label in queries[0].union(*queries[1:], all=True):
            names[tables[number]][pk] = label
    return names


class _Labels:
    """Names of what the audit rows point at, read once for each model that they point at."""

    def __init__(self, events: Iterable[Event]) -> None:
        wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
        for source, row in events:
            for field in source.tracked._meta.concrete_fields:
                if isinstance(field, models.ForeignKey) and field.name not in _SILENT:
                    value = row.get(field.attname)
                    if value is not None:
                        wanted[field.related_model].add(value)
        words = {model: ids for model, ids in wanted.items() if issubclass(model, Term)}
        self._names = {
            model: {each.pk: str(each) for each in model._base_manager.filter(pk__in=ids).select_related()}
            for model, ids in wanted.items()
            if model not in words
        }
        self._names.update(_labels_of_words(words))

    def of(self, field: models.Field, value: Any) -> str:
        if value in (None, ""):
            return _("nothing")
        if isinstance(field, models.ForeignKey):
            return self._names.get(field.related_model, {}).get(value, str(value))
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, dt.datetime | dt.date):
            return formats.short_date(value)
        if isinstance(value, Decimal):
            return f"{value:,.2f}"
        if isinstance(value, list):
            return ", ".join(str(each) for each in value) or _("nothing")
        return str(value)


def _entry(
    source: Source,
    row: dict[str, Any],
    before: dict[str, Any] | None,
    people: dict[int | None, str],
    labels: _Labels,
    number: str = "",
) -> Entry | None:
    changes = _changes(source, row, before, labels)
    inserted, deleted = row["pgh_label"] == "insert", row["pgh_label"] == "delete"
    if deleted and source.tracked is Client:
        return None  # the record went into another: that is an entry of its own
    if not changes and not inserted and not deleted and source.tracked is not BehavioralTag:
        return None
    metadata = row["pgh_context__metadata"] or {}
    return Entry(
        at=row["pgh_created_at"],
        who=_who(metadata, people),
        what=_what(source, row, labels, inserted=inserted, deleted=deleted),
        changes=[] if deleted else changes,
        note=", ".join(filter(None, [_("record %s") % number if number else "", _note(metadata)])),
    )


def _what(source: Source, row: dict[str, Any], labels: _Labels, *, inserted: bool, deleted: bool) -> str:
    if source.tracked is Client:
        return _("Client added") if inserted else _("Client changed")
    name = capfirst(str(source.tracked._meta.verbose_name))
    if source.tracked is BehavioralTag:
        return _("Behavioral trigger erased") if deleted else _("Behavioral trigger set")
    subject = _subject(source, row, labels)
    if subject:
        name = f"{name} ({subject})"
    if inserted:
        return _("%(what)s added") % {"what": name}
    if deleted:
        return _("%(what)s removed") % {"what": name}
    return _("%(what)s changed") % {"what": name}


def _subject(source: Source, row: dict[str, Any], labels: _Labels) -> str:
    """What the row is about, from the first of these that it has."""
    field = _subject_field(source, row)
    return labels.of(field, row[field.attname]) if field else ""


def _subject_field(source: Source, row: dict[str, Any]) -> models.Field | None:
    fields = {field.name: field for field in source.tracked._meta.concrete_fields}
    for name in source.subjects:
        if name in fields and row.get(fields[name].attname):
            return fields[name]
    return None


def _changes(
    source: Source, row: dict[str, Any], before: dict[str, Any] | None, labels: _Labels
) -> list[Change]:
    """Field by field. Of something new, what it was given; of a change, only what differs."""
    inserted = row["pgh_label"] == "insert"
    if before is None and not inserted:
        return []  # what was there before is older than what is read
    changes = []
    subject = _subject_field(source, row) if inserted and source.tracked is not Client else None
    for field in source.tracked._meta.concrete_fields:
        name = field.attname
        if field.name in _SILENT or field.primary_key or field is subject or name not in row:
            continue
        if (code := code_of(source.tracked, name)) and not is_active(code):
            continue
        old = None if inserted or before is None else before.get(name)
        new = row[name]
        if old == new or (inserted and new in (None, "", 0, False, [])):
            continue
        changes.append(
            Change(
                capfirst(str(field.verbose_name)),
                "" if inserted else labels.of(field, old),
                labels.of(field, new),
            )
        )
    return changes


def _who(metadata: dict[str, Any], people: dict[int | None, str]) -> str:
    return people.get(metadata.get("user")) or actor(metadata)


def _note(metadata: dict[str, Any]) -> str:
    parts = []
    if metadata.get("bulk_change"):
        parts.append(_("with others, from the client list"))
    if metadata.get("undoes_bulk_change"):
        parts.append(_("undone from the client list"))
    if metadata.get("connection"):
        parts.append(_("through the API, by %s") % metadata["connection"])
    elif metadata.get("import_file"):
        parts.append(_("from the file %s") % metadata["import_file"])
    if metadata.get("undoes_import"):
        parts.append(_("the import of %s was undone") % metadata["undoes_import"])
    if metadata.get("why"):
        parts.append(metadata["why"])
    if metadata.get("how"):
        parts.append(
            _("recorded by %(who)s for %(on)s: %(how)s")
            % {
                "who": metadata.get("permission_asked_by", ""),
                "on": metadata.get("permission_on", ""),
                "how": metadata["how"],
            }
        )
    return ", ".join(parts)
