"""Taking an import back as one, as long as nothing that it wrote was changed or built on since."""

# ruff: noqa: S608  (names of our own tables and columns only)
from __future__ import annotations

from typing import Any

import pghistory
from django.db import IntegrityError, connection, models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients import holds
from clients.changes import wake_sweeps
from clients.importing.engine import LOCK
from clients.importing.writing import MODELS, quoted, row_hash
from clients.models import (
    BehavioralTag,
    ChangeKind,
    Client,
    ClientScore,
    ClientSummary,
    Departure,
    Erasure,
    ImportBatch,
    ImportedTable,
    ImportState,
    Member,
    PermissionAnswer,
    TeamMember,
    Touch,
    User,
)
from clients.services_facts import refresh_last_touch
from clients.whole_firm import give_room

# Tables beside those that an import writes that follow a client by themselves.
FOLLOWS = (ClientSummary, ClientScore, PermissionAnswer, Erasure, Departure)
OWN = {Member: ImportedTable.MEMBER, TeamMember: ImportedTable.TEAM, BehavioralTag: ImportedTable.TAG}


class UndoRefused(Exception):
    """The import cannot be taken back. `reasons`: one sentence each."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


def undo_import(*, batch: ImportBatch, by: User | None) -> None:
    """Takes back everything that `batch` wrote. Raises UndoRefused, and changes nothing, with the reasons.

    A behavioral trigger that the import set is erased; one that it replaced or cleared is not brought back,
    because its value was not kept.
    """
    try:
        with pghistory.context(undoes_import=batch.file_name):
            _undo(batch, by)
    except IntegrityError as error:
        if holds.broke_a_hold(error):
            raise UndoRefused([holds.in_words()]) from None
        raise UndoRefused([_("Something that was recorded since refers to what the import wrote.")]) from None


def _undo(batch: ImportBatch, by: User | None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if batch.state != ImportState.APPLIED:
            raise UndoRefused([_("Only an applied import can be undone.")])
        if batch.created + batch.updated and not batch.records.exists():
            raise UndoRefused([_("What is needed to take it back is kept no longer: its period is over.")])
        if reasons := _changed_since(cursor, batch) or _built_on(cursor, batch):
            raise UndoRefused(reasons)
        give_room()
        cursor.execute("ANALYZE clients_importedrecord")
        touched = _ids(batch, ImportedTable.TOUCH)
        cursor.execute(
            "CREATE TEMP TABLE undone_touch_clients ON COMMIT DROP AS "
            f"SELECT DISTINCT client_id FROM clients_touch WHERE id IN ({touched}) UNION SELECT "
            f"(before ->> 'client_id')::bigint FROM clients_importedrecord WHERE batch_id = {int(batch.pk)} "
            "AND \"table\" = 'touch' AND before IS NOT NULL"
        )
        _undo_tags(cursor, batch)
        for table in MODELS:
            _delete_created(cursor, batch, table)
        for table in reversed(MODELS):
            _restore(cursor, batch, table)
        refresh_last_touch("SELECT client_id FROM undone_touch_clients")
        cursor.execute("DROP TABLE undone_touch_clients")
        cursor.execute("DELETE FROM clients_importedrecord WHERE batch_id = %s", [batch.pk])
        batch.state = ImportState.UNDONE
        batch.undone_at = Now()
        batch.undone_by = by
        batch.save(update_fields=["state", "undone_at", "undone_by"])
        wake_sweeps(ChangeKind.FACTS, ChangeKind.SERVICE)


def _ids(batch: ImportBatch, table: ImportedTable, condition: str = "true") -> str:
    return (
        f"SELECT record_id FROM clients_importedrecord WHERE batch_id = {int(batch.pk)} "
        f"AND \"table\" = '{table.value}' AND {condition}"
    )


CREATED = "before IS NULL"


# --- Whether it can be taken back ----------------------------------------------------------------------


def _changed_since(cursor: Any, batch: ImportBatch) -> list[str]:
    """Sentences about rows that are no longer as the import left them."""
    reasons = []
    for table, model in MODELS.items():
        cursor.execute(
            f"SELECT count(*) FROM clients_importedrecord i LEFT JOIN {model._meta.db_table} t ON t.id = "
            "i.record_id "
            f"WHERE i.batch_id = %s AND i.\"table\" = '{table.value}' AND CASE WHEN i.after_hash IS NULL "
            f"THEN {_taken_again(table)} ELSE {row_hash(table, 't')} IS DISTINCT FROM i.after_hash OR "
            "t.id IS NULL END",
            [batch.pk],
        )
        if count := cursor.fetchone()[0]:
            reasons.append(
                ngettext(
                    "%(n)s record (%(what)s) was changed or removed since.",
                    "%(n)s records (%(what)s) were changed or removed since.",
                    count,
                )
                % {"n": count, "what": table.label.lower()}
            )
    reasons += _merged_since(cursor, batch)
    cursor.execute(
        "SELECT count(*) FROM clients_importedrecord i JOIN clients_behavioraltagevent e "
        'ON e.client_id = i.record_id AND e.pgh_created_at > %s WHERE i.batch_id = %s AND i."table" = '
        "'tag'",
        [batch.applied_at, batch.pk],
    )
    if count := cursor.fetchone()[0]:
        reasons.append(
            ngettext(
                "%(n)s behavioral trigger was changed since.",
                "%(n)s behavioral triggers were changed since.",
                count,
            )
            % {"n": count}
        )
    return reasons


def _merged_since(cursor: Any, batch: ImportBatch) -> list[str]:
    """A sentence about clients whose record went into another, with what the import wrote of them."""
    tables = ", ".join(f"('{table.value}', '{model._meta.db_table}')" for table, model in MODELS.items())
    cursor.execute(
        "SELECT count(DISTINCT m.id) FROM clients_importedrecord i "
        f'JOIN (VALUES {tables}) t (short, name) ON t.short = i."table" '
        "JOIN clients_clientmerge m ON m.parted_at IS NULL AND ("
        "(i.\"table\" = 'client' AND m.absorbed_id = i.record_id) OR EXISTS ("
        'SELECT FROM clients_mergedrow r WHERE r.merge_id = m.id AND r."table" = t.name '
        "AND r.record_id = i.record_id)) WHERE i.batch_id = %s",
        [batch.pk],
    )
    count = cursor.fetchone()[0]
    if not count:
        return []
    text = ngettext(
        "%(n)s client of it was merged with another since. Part them again first.",
        "%(n)s clients of it were merged with others since. Part them again first.",
        count,
    )
    return [text % {"n": count}]


def _taken_again(table: ImportedTable) -> str:
    """Whether a row that the import deleted has a successor: the role is held by someone again."""
    if table != ImportedTable.TEAM:
        return "false"
    return (
        "EXISTS (SELECT FROM clients_teammember n WHERE n.client_id = (i.before ->> 'client_id')::bigint "
        "AND n.role_id = (i.before ->> 'role_id')::bigint)"
    )


def _built_on(cursor: Any, batch: ImportBatch) -> list[str]:
    """Sentences about what hangs on the clients that the import created."""
    created = _ids(batch, ImportedTable.CLIENT, CREATED)
    cursor.execute(f"SELECT EXISTS ({created})")
    if not cursor.fetchone()[0]:
        return []
    reasons = []
    for relation in _relations(Client):
        model, column = relation
        known = _ids(batch, OWN[model], CREATED) if model in OWN else ""
        key = model._meta.pk.column
        cursor.execute(
            f"SELECT count(DISTINCT {quoted(column)}) FROM {model._meta.db_table} "
            f"WHERE {quoted(column)} IN ({created})"
            + (f" AND {quoted(key)} NOT IN ({known})" if known else "")
        )
        if count := cursor.fetchone()[0]:
            reasons.append(
                ngettext(
                    "%(n)s client created by it has %(what)s by now.",
                    "%(n)s clients created by it have %(what)s by now.",
                    count,
                )
                % {"n": count, "what": model._meta.verbose_name_plural}
            )
    return reasons


def _relations(target: type[models.Model]) -> list[tuple[type[models.Model], str]]:
    """Tables of any app whose rows hang on a row of `target` by a constraint of the database.

    Copies that others derive, and history, refer without one: they block nothing.
    """
    found = []
    for relation in target._meta.related_objects:
        field = relation.field
        if isinstance(field, models.ForeignKey) and getattr(field, "db_constraint", False):
            model = relation.related_model
            if model not in FOLLOWS:
                found.append((model, field.column))
    return found


# --- Taking it back ------------------------------------------------------------------------------------


def _undo_tags(cursor: Any, batch: ImportBatch) -> None:
    cursor.execute(f"DELETE FROM clients_behavioraltag WHERE client_id IN ({_ids(batch, ImportedTable.TAG)})")


def _delete_created(cursor: Any, batch: ImportBatch, table: ImportedTable) -> None:
    created = _ids(batch, table, CREATED)
    if table == ImportedTable.TOUCH:
        cursor.execute(f"SELECT EXISTS ({created})")
        if cursor.fetchone()[0]:
            _let_go(cursor, Touch, created)
    if table == ImportedTable.CLIENT:
        for model in FOLLOWS:
            cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE client_id IN ({created})")
    cursor.execute(f"DELETE FROM {MODELS[table]._meta.db_table} WHERE id IN ({created})")


def _let_go(cursor: Any, target: type[models.Model], ids: str) -> None:
    """Empties the references that are set to nothing when a row of `target` is removed."""
    for model, column in _relations(target):
        field = next(f for f in model._meta.concrete_fields if f.column == column)
        if field.null:
            cursor.execute(
                f"UPDATE {model._meta.db_table} SET {quoted(column)} = NULL WHERE {quoted(column)} IN ({ids})"
            )


def _restore(cursor: Any, batch: ImportBatch, table: ImportedTable) -> None:
    """Gives changed rows their earlier values and brings deleted ones back."""
    model = MODELS[table]
    name = model._meta.db_table
    columns = [quoted(f.column) for f in model._meta.concrete_fields]
    was = f"clients_importedrecord i, jsonb_populate_record(NULL::{name}, i.before) b"
    mine = f"i.batch_id = {int(batch.pk)} AND i.\"table\" = '{table.value}' AND i.before IS NOT NULL"
    assignments = ", ".join(f"{column} = b.{column}" for column in columns if column != '"id"')
    cursor.execute(
        f"UPDATE {name} t SET {assignments} FROM {was} WHERE {mine} AND t.id = i.record_id "
        "AND i.after_hash IS NOT NULL"
    )
    if table == ImportedTable.TEAM:
        cursor.execute(
            f"INSERT INTO {name} ({', '.join(columns)}) SELECT "
            f"{', '.join('b.' + column for column in columns)} "
            f"FROM {was} WHERE {mine} AND i.after_hash IS NULL"
        )
