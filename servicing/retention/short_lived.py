"""Fields whose period in the register is over before that of the client: found, and erased by themselves.

A field that the record cannot be kept without, or that belongs to what the law asks to keep, waits for the
end of the client's own periods (`TrackedField.least_months`). Every other one goes as many months after the
client's leaving as the register promises, out of history too. A row that others hang on waits for them: a
grant for the transactions that name it.
"""

# ruff: noqa: S608  (names of our own tables and columns)
from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from clients.firm import firm_today
from clients.models import BehavioralTag, Client, Erasure
from clients.permission import erasing
from clients.register.entries import lines
from clients.register.fields import TrackedField, tracked_fields
from servicing.retention.anonymising import COPIES, IDS, UNDER
from servicing.retention.fates import FATES
from servicing.retention.periods import FREE, unasked
from servicing.retention.tables import Owned, tables_of_clients


@dataclass(frozen=True)
class Short:
    """A field that goes by itself. `months`: after the leaving; `column`: what is emptied in `table`, where
    rows stay without it; `rows`: tables whose rows of the client go, in an order in which they can."""

    code: str
    months: int
    table: str
    column: str = ""
    rows: tuple[str, ...] = ()

    @property
    def field(self) -> TrackedField:
        return tracked_fields()[self.code]


def short_lived() -> list[Short]:
    """Every such field with the months that the register promises, or promised when its entry ended."""
    months = {line.field.code: line.entry.retention_months for line in lines() if line.entry}
    return [
        Short(code, _longest(code, months), table, column, rows)
        for code, (table, column, rows) in _ways().items()
        if code in months
    ]


def _longest(code: str, months: Mapping[str, int]) -> int:
    """The field's own months, or those of fields whose rows hang on its rows."""
    ways = _ways()
    rows = ways[code][2]
    return max(months.get(other, 0) for other, way in ways.items() if other == code or way[0] in rows)


@cache
def _ways() -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """By the code of each field that goes by itself: its table, the column to empty, the rows to erase."""
    alone = Counter(field.model for field in tracked_fields().values())
    found: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    for code, field in tracked_fields().items():
        if field.needed or field.least_months:
            continue
        table, attribute = str(field.stored_in._meta.db_table), field.attribute
        empties = attribute is not None and (attribute.null or attribute.blank)
        whole = FATES[table].erased and alone[field.model] == 1
        if empties and not whole and attribute is not None:
            found[code] = (table, str(attribute.column), ())
        else:
            found[code] = (table, "", _with_dependents(table))
    return found


def _with_dependents(table: str) -> tuple[str, ...]:
    """The table, and before it those whose rows cannot be without its rows."""
    owned = tables_of_clients()
    found = {table}
    while True:
        more = {
            each.table
            for each in owned.values()
            if not each.is_history
            and each.table not in found
            and any(
                field.is_relation and field.related_model and field.related_model._meta.db_table in found
                for field in each.model._meta.concrete_fields
            )
            and FATES[each.table].erased
        }
        if not more:
            return tuple(name for name in FATES if name in found)
        found |= more


# --- Finding -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FieldsOver:
    """A former client with fields whose period is over. `due_on`: the first day of the one longest over."""

    client: int
    left_on: dt.date
    due_on: dt.date
    fields: list[str]


def over(
    *, clients: Collection[int] | None = None, today: dt.date | None = None, most: int
) -> list[FieldsOver]:
    """Former clients who still have a value of a field whose period is over, there or in history, the longest
    over first: those that no list has, or of `clients`. None under a legal hold or with an open access
    request. One statement that goes through each table once."""
    fields, today = short_lived(), today or firm_today()
    if not fields:
        return []
    shortest = min(field.months for field in fields)
    mine = "d.client_id = ANY(%(clients)s)" if clients is not None else unasked(of_fields=True)
    values: dict[str, Any] = {
        "today": today,
        "most": most,
        "clients": list(clients or ()),
        "shortest": f"{shortest} months",
    }
    sql = f"""
        WITH candidate AS MATERIALIZED (
            SELECT d.client_id, d.left_on FROM clients_departure d
            WHERE d.left_on <= (%(today)s::date - %(shortest)s::interval) AND {FREE} AND {mine}
        ), found AS ({" UNION ALL ".join(_filled(fields))})
        SELECT client_id, left_on, min(due_on) AS due_on, array_agg(DISTINCT code ORDER BY code)
        FROM found WHERE due_on <= %(today)s
        GROUP BY client_id, left_on ORDER BY due_on, client_id LIMIT %(most)s
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [FieldsOver(*row) for row in cursor.fetchall()]


def _filled(fields: list[Short]) -> Iterator[str]:
    """For each table, and its history, which of its fields have a value for which candidate."""
    by_table: dict[str, list[Short]] = {}
    for field in fields:
        by_table.setdefault(field.table, []).append(field)
    for owned in tables_of_clients().values():
        every = [each for each in by_table.get(owned.of, []) if _has(owned, each)]
        if not every:
            continue
        lines_of = ", ".join(
            f"('{each.code}', interval '{each.months} months', {_condition(owned, each)})" for each in every
        )
        yield f"""
            SELECT c.client_id, c.left_on, (c.left_on + v.time)::date AS due_on, v.code
            FROM candidate c JOIN {owned.table} t ON t."{owned.columns[0]}" = c.client_id
            CROSS JOIN LATERAL (VALUES {lines_of}) v(code, time, filled) WHERE v.filled
        """


def _has(owned: Owned, field: Short) -> bool:
    """Whether the table can hold the field: history does not copy every column."""
    return bool(owned.columns) and (not field.column or field.column in _columns(owned))


def _columns(owned: Owned) -> set[str]:
    return {str(column.column) for column in owned.model._meta.concrete_fields}


def _condition(owned: Owned, field: Short) -> str:
    return field.field.filled_sql if field.column else "true"


# --- Erasing -------------------------------------------------------------------------------------------


def erase(asked: Mapping[int, Collection[str]]) -> None:
    """Erases fields of clients, by code, in their tables and out of history, and the copies that imports,
    merges and changes of many keep of them. Only inside a transaction that holds the clients' rows."""
    known = {field.code: field for field in short_lived()}
    by_code: dict[str, list[int]] = {}
    for client, codes in sorted(asked.items()):
        for code in codes:
            if code in known:
                by_code.setdefault(code, []).append(client)
    with connection.cursor() as cursor:
        for code, clients in by_code.items():
            _erase(cursor, known[code], clients)
        ids = {"ids": sorted(asked)}
        cursor.execute(COPIES, ids)
        cursor.execute("DELETE FROM clients_bulkchangerow WHERE client_id = ANY(%(ids)s::bigint[])", ids)
    if tagged := by_code.get("behavioral_trigger"):
        erasing.sweep(clients=tagged)


def _erase(cursor: CursorWrapper, field: Short, clients: list[int]) -> None:
    values: dict[str, Any] = {"ids": clients}
    cursor.execute(UNDER, values)
    under = {"ids": [row[0] for row in cursor.fetchall()]}
    owned = tables_of_clients()
    if field.table == BehavioralTag._meta.db_table:
        _note_erasure(clients)
    for table in field.rows or (field.table,):
        _empty(cursor, owned[table], field, values)
    for each in owned.values():  # after the tables: what they lost a moment ago left its last row in history
        if each.is_history and each.of in (field.rows or (field.table,)):
            _empty(cursor, each, field, under)
    _forget_merged(cursor, field, values)


def _empty(cursor: CursorWrapper, owned: Owned, field: Short, values: dict[str, Any]) -> None:
    if not field.column:
        cursor.execute(f"DELETE FROM {owned.table} WHERE {owned.rows(IDS)}", values)
    elif field.column in _columns(owned):
        empty = "NULL" if field.field.attribute is not None and field.field.attribute.null else "''"
        cursor.execute(
            f'UPDATE {owned.table} t SET "{field.column}" = {empty} '
            f"WHERE {owned.rows(IDS)} AND {field.field.filled_sql}",
            values,
        )


def _note_erasure(clients: list[int]) -> None:
    """That behavioral triggers went, as where permission ends: the places outside the record follow."""
    tagged = BehavioralTag.objects.filter(client__in=clients).values_list("client_id", "client__permission")
    Erasure.objects.bulk_create(
        Erasure(client_id=client, answer=permission, places={"record": 1}) for client, permission in tagged
    )


def _forget_merged(cursor: CursorWrapper, field: Short, values: dict[str, Any]) -> None:
    """Out of what merges keep to part the records again."""
    if field.column:
        empty = "null" if field.field.attribute is not None and field.field.attribute.null else '""'
        without = f"jsonb_build_object('{field.column}', '{empty}'::jsonb)"
        filled = f"filled - '{field.column}'" if field.table == Client._meta.db_table else "filled"
        cursor.execute(
            f"UPDATE clients_clientmerge SET filled = {filled}, "
            f"before = jsonb_set(before, '{{{field.table}}}', (SELECT jsonb_agg(r || {without}) "
            f"FROM jsonb_array_elements(before -> '{field.table}') r)) "
            f"WHERE client_id = ANY(%(ids)s::bigint[]) AND jsonb_array_length(before -> '{field.table}') > 0",
            values,
        )
    else:
        tables = ", ".join(f"'{table}'" for table in field.rows or (field.table,))
        cursor.execute(
            f"UPDATE clients_clientmerge SET before = before - ARRAY[{tables}] "
            f"WHERE client_id = ANY(%(ids)s::bigint[]) AND before ?| ARRAY[{tables}]",
            values,
        )
