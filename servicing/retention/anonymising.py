"""Anonymising: what said who a client was goes from every table, history too, in one transaction."""

# ruff: noqa: S608  (names of our own tables and columns only)
from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qs

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from clients.contact import hand_on
from clients.models import Client, SavedFilter
from servicing.retention.fates import CLIENT_NUMBER, FATES, PSEUDONYM, Fate
from servicing.retention.tables import Owned, tables_of_clients

IDS = "%(ids)s::bigint[]"

_MARK = """
    INSERT INTO clients_anonymised (client_id, at)
    SELECT id, now() FROM clients_client WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id
    ON CONFLICT DO NOTHING
"""
# History was written under the numbers of records that were merged into these, too.
UNDER = """
    SELECT unnest(%(ids)s::bigint[]) UNION SELECT absorbed_id FROM clients_clientmerge
    WHERE client_id = ANY(%(ids)s::bigint[]) AND parted_at IS NULL
"""


@transaction.atomic
def anonymise(clients: Collection[int]) -> Counter[str]:
    """Makes `clients` nobody's: returns how many rows were erased and changed, by table.

    The database refuses it, and nothing is changed, where one of them is under a legal hold, or where what
    was said to one of them is still in its years.
    """
    counts: Counter[str] = Counter()
    with connection.cursor() as cursor:
        values = {"ids": sorted(clients)}
        cursor.execute(_MARK, values)
        cursor.execute(UNDER, values)
        under = {"ids": [row[0] for row in cursor.fetchall()]}
        hand_on(values["ids"])
        _elsewhere(cursor, values, under)
        found = tables_of_clients()
        history = [owned for owned in found.values() if owned.is_history and owned.of in FATES]
        for table, fate in FATES.items():
            counts[table] += _apply(cursor, found[table], fate, values)
        # After the tables: what they lost a moment ago has left its last row in history.
        for owned in history:
            counts[owned.table] += _apply(cursor, owned, FATES[owned.of], under)
    return +counts


def _apply(cursor: CursorWrapper, owned: Owned, fate: Fate, values: dict[str, Any]) -> int:
    mine = owned.rows(IDS)
    if fate.erased:
        cursor.execute(f"DELETE FROM {owned.table} WHERE {mine}", values)
    elif fate.changes:
        has = {str(column.column) for column in owned.model._meta.concrete_fields}
        key = f't."{owned.columns[0]}"'
        sets = ", ".join(
            f'"{column}" = ' + becomes.format(c=f't."{column}"', id=key)
            for column, becomes in fate.changes.items()
            if column in has
        )
        cursor.execute(f"UPDATE {owned.table} t SET {sets} WHERE {mine}", values)
    else:
        return 0
    return max(cursor.rowcount, 0)


# --- Tables without a key to the client ----------------------------------------------------------------

# The rows that imports wrote, found by their kind and number; rows that are gone, by what history knows.
COPIES = """
    DELETE FROM clients_importedrecord i USING (
        SELECT 'client' AS what, unnest(%(ids)s::bigint[]) AS id
        UNION SELECT 'tag', unnest(%(ids)s::bigint[])
        UNION SELECT 'member', id FROM clients_memberevent WHERE client_id = ANY(%(ids)s::bigint[])
        UNION SELECT 'team', id FROM clients_teammemberevent WHERE client_id = ANY(%(ids)s::bigint[])
        UNION SELECT 'touch', id FROM clients_touch WHERE client_id = ANY(%(ids)s::bigint[])
        UNION SELECT 'revenue', id FROM clients_revenue WHERE client_id = ANY(%(ids)s::bigint[])
    ) own
    WHERE i."table" = own.what AND i.record_id = own.id
"""
_CALENDAR = """
    DELETE FROM servicing_calendarentry
    WHERE task IN (SELECT id FROM servicing_servicetask WHERE client_id = ANY(%(ids)s::bigint[]))
"""
_NOTICES = """
    DELETE FROM clients_notice n USING (
        SELECT id, name FROM clients_client WHERE id = ANY(%(ids)s::bigint[])
        UNION SELECT pgh_obj_id, name FROM clients_clientevent WHERE pgh_obj_id = ANY(%(ids)s::bigint[])
    ) c
    WHERE n.url LIKE '/clients/' || c.id || '/%%' OR (length(c.name) > 3 AND position(c.name IN n.text) > 0)
"""
_ASKED = """
    UPDATE personas_bulkmessage b SET asked = ''
    FROM personas_message m JOIN clients_client c ON c.id = m.client_id
    WHERE m.client_id = ANY(%(ids)s::bigint[]) AND b.id = m.bulk_id AND b.asked LIKE '%%q=%%'
"""
# What another record's books still say of these, which were one with it for a while.
_PARTED = f"""
    WITH parted AS (
        UPDATE clients_clientmerge SET name = {PSEUDONYM.format(id="absorbed_id")},
            external_id = {CLIENT_NUMBER.format(id="absorbed_id")}, reason = '',
            before = '{{}}', filled = '{{}}'
        WHERE absorbed_id = ANY(%(ids)s::bigint[]) AND parted_at IS NOT NULL
        RETURNING id
    )
    DELETE FROM clients_mergedrow WHERE merge_id IN (SELECT id FROM parted)
"""
_KNOWN = """
    SELECT name, external_id FROM clients_client WHERE id = ANY(%(ids)s::bigint[])
    UNION SELECT name, external_id FROM clients_clientevent WHERE pgh_obj_id = ANY(%(ids)s::bigint[])
"""
_LOGGED = """
    UPDATE django_admin_log l SET object_repr = '–', change_message = ''
    FROM unnest(%(names)s::text[]) AS known (name)
    WHERE position(known.name IN l.object_repr) > 0 OR position(known.name IN l.change_message) > 0
"""
# Contexts of one client's change alone: an answer about permission, a merge, a split. What a person wrote
# beside a change of many stays: it is about the many.
_CONTEXTS = """
    UPDATE pghistory_context SET metadata = metadata - ARRAY['how', 'why', 'permission_asked_by']
    WHERE metadata ?| ARRAY['permission_on', 'client_merge', 'client_split']
        AND id IN (
            SELECT pgh_context_id FROM clients_clientevent WHERE pgh_obj_id = ANY(%(ids)s::bigint[])
            UNION SELECT pgh_context_id FROM clients_memberevent WHERE client_id = ANY(%(ids)s::bigint[])
        )
"""


def _elsewhere(cursor: CursorWrapper, values: dict[str, Any], under: dict[str, Any]) -> None:
    """Before the tables themselves: these are found by what the tables still say."""
    for statement in (COPIES, _CALENDAR, _ASKED, _PARTED):
        cursor.execute(statement, values)
    for statement in (_NOTICES, _CONTEXTS, _KNOWN):
        cursor.execute(statement, under)
    known = cursor.fetchall()
    names = {name for name, _number in known if len(name) > 3}
    _saved_filters({word for row in known for word in row}, names, values["ids"])
    # the messages of the log are JSON
    cursor.execute(_LOGGED, {"names": sorted(names | {json.dumps(name)[1:-1] for name in names})})
    for model in admin.site._registry:
        owned = tables_of_clients().get(model._meta.db_table)
        if owned is None or owned.is_history:
            continue
        key = model._meta.pk.column
        own = f'SELECT "{key}"::text FROM {owned.table} WHERE {owned.rows(IDS)}'
        cursor.execute(
            "UPDATE django_admin_log SET object_repr = '–', change_message = '' "
            f"WHERE content_type_id = %(kind)s AND object_id IN ({own})",
            values | {"kind": ContentType.objects.get_for_model(model).pk},
        )


def _saved_filters(known: Collection[str], names: Collection[str], ids: list[int]) -> None:
    """Removes filters that name one of the clients, and those whose search finds nobody but these clients by
    what they are or were called."""
    words = [word.lower() for word in known]
    gone = []
    for kept in SavedFilter.objects.iterator():
        text = parse_qs(kept.query).get("q", [""])[0].strip()
        named = any(name in kept.name or name in text for name in names)
        if not named and text and any(text.lower() in word for word in words):
            named = not Client.objects.exclude(pk__in=ids).named(text).exists()
        if named:
            gone.append(kept.pk)
    SavedFilter.objects.filter(pk__in=gone).delete()
