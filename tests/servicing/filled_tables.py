"""Puts a row into every table that belongs to a client, with a word of the client's in every text of it."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from clients.models import User
from servicing.retention.fates import FATES
from servicing.retention.tables import Owned, tables_of_clients

ID = 900_001
# What the rules of a table ask of a row, where the first that fits a column's type is not it.
SPECIAL: dict[str, dict[str, Any]] = {
    "clients_legalhold": {"released_at": dt.datetime(2019, 1, 1, tzinfo=dt.UTC), "released_by_id": "user"},
    "clients_client": {"status": "former"},
    "servicing_transition": {"consent_on": dt.date(2015, 1, 1), "closed_on": None, "outcome": ""},
    "servicing_meetingdecision": {"task_id": ID},
    "servicing_accessrequest": {"state": "fulfilled", "closed_by_id": "user"},
    "servicing_anonymisingrow": {"excluded_by_id": "user"},
    "servicing_confidenceanswer": {"value": 5},
    "servicing_reviewaction": {"text": "ours", "done_on": None, "done_at": None, "done_by_id": None},
}


def fill_tables(*, client: int, word: str) -> list[str]:
    """One row in each table, history too, of the client; returns the tables. Keys elsewhere lead nowhere: the
    database's own checks of them are off meanwhile."""
    with connection.cursor() as cursor:
        for table in [name for name, fate in FATES.items() if fate.erased]:
            _drop_checks(cursor, table)
        cursor.execute("SET LOCAL session_replication_role = replica")
        for owned in tables_of_clients().values():
            if owned.table not in (
                "clients_client",
                "clients_clientscore",
                "clients_clientsummary",
                "clients_departure",
                "clients_anonymised",
            ):
                _insert(cursor, owned, client, word)
        cursor.execute("SET LOCAL session_replication_role = origin")
    return list(tables_of_clients())


def _drop_checks(cursor: Any, table: str) -> None:
    """What a row must be to be stored is of no matter where it is only to be erased. The checks are back when
    the test's transaction ends."""
    cursor.execute(
        "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass", [table]
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def _insert(cursor: Any, owned: Owned, client: int, word: str) -> None:
    values = {}
    for column in owned.model._meta.concrete_fields:
        name = str(column.column)
        if name in owned.columns:
            values[name] = client
        elif name == owned.through:
            values[name] = client if owned.parent == "clients_client" else ID
        elif column.primary_key:
            values[name] = ID
        elif name == "pgh_label":
            values[name] = "update"
        else:
            values[name] = _value(column, word)
        special = SPECIAL.get(owned.of, {})
        if name in special:
            values[name] = _anybody() if special[name] == "user" else special[name]
    names = ", ".join(f'"{name}"' for name in values)
    places = ", ".join(["%s"] * len(values))
    cursor.execute(f"INSERT INTO {owned.table} ({names}) VALUES ({places})", list(values.values()))


def _anybody() -> int:
    return User.objects.order_by("pk").values_list("pk", flat=True)[0]


def _value(column: Any, word: str) -> Any:
    if isinstance(column, ArrayField):
        inner = _value(column.base_field, word)
        return [inner] if not isinstance(column.base_field, ArrayField) else [[inner]]
    if column.is_relation and column.related_model._meta.db_table in tables_of_clients():
        return None if column.null else ID
    if column.is_relation:
        first = column.related_model._base_manager.order_by("pk").values_list("pk", flat=True).first()
        return None if column.null else first or 1
    if column.choices:
        return next(value for value, _label in column.flatchoices if value != "")
    if isinstance(column, models.JSONField):
        return json.dumps({"said": word})
    if isinstance(column, models.EmailField):
        return f"{word}@example.com"
    if isinstance(column, models.CharField | models.TextField):
        return word[: column.max_length or None]
    if isinstance(column, models.BooleanField):
        return False
    if isinstance(column, models.DateTimeField):
        return dt.datetime(2015, 1, 1, tzinfo=dt.UTC)
    if isinstance(column, models.DateField):
        return dt.date(2015, 1, 1)
    if isinstance(column, models.DecimalField):
        return Decimal(1)
    return 1


def found_in_database(word: str) -> dict[str, str]:
    """Where the word is in any row of any table: the row as JSON, by table. Case does not matter."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT to_jsonb(t)::text FROM "{table}" t WHERE to_jsonb(t)::text ILIKE %s LIMIT 1',
                [f"%{word}%"],
            )
            if row := cursor.fetchone():
                found[table] = row[0]
    return found
