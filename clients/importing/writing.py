"""Writing what was decided: a statement for the new rows, one for the changed, and what undo needs."""

# ruff: noqa: S608  (constants and column names of our own models only)
from __future__ import annotations

from typing import Any

from django.db import models

from clients.importing.client_records import AMOUNTS, AXES, RATINGS, YEARS
from clients.importing.columns import Mapping
from clients.importing.staging import CLEAR_SQL
from clients.models import Client, Member, Revenue, TeamMember, Touch
from clients.models.imports import ImportBatch, ImportedTable

MODELS: dict[ImportedTable, type[models.Model]] = {
    ImportedTable.MEMBER: Member,
    ImportedTable.TEAM: TeamMember,
    ImportedTable.TOUCH: Touch,
    ImportedTable.REVENUE: Revenue,
    ImportedTable.CLIENT: Client,
}
MANY = 1_000
LEAD = "(SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')"


def row_hash(table: ImportedTable, alias: str) -> str:
    """An expression over all columns of a row: another value once any of them was changed."""
    columns = [f.column for f in MODELS[table]._meta.concrete_fields]
    return f"hashtextextended(ROW({', '.join(f'{alias}.{quoted(name)}' for name in columns)})::text, 0)"


def quoted(column: str | None) -> str:
    """A column's name as SQL writes it."""
    return f'"{column}"'


def _name(table: ImportedTable) -> str:
    return MODELS[table]._meta.db_table


def _insert(
    cursor: Any, batch: ImportBatch, table: ImportedTable, columns: dict[str, str], source: str
) -> None:
    """Inserts `columns` (name -> expression) FROM `source` and notes each new row."""
    cursor.execute(
        f"WITH made AS (INSERT INTO {_name(table)} AS t ({', '.join(map(quoted, columns))}) "
        f"SELECT {', '.join(columns.values())} FROM {source} "
        f"RETURNING t.id, {row_hash(table, 't')} AS after_hash) "
        'INSERT INTO clients_importedrecord (batch_id, "table", record_id, after_hash) '
        f"SELECT {int(batch.pk)}, '{table.value}', id, after_hash FROM made"
    )


def _update(
    cursor: Any, batch: ImportBatch, table: ImportedTable, columns: dict[str, str], source: str, where: str
) -> None:
    """Updates rows `t` from `source` r and notes how each was before."""
    name = _name(table)
    assignments = ", ".join(f"{quoted(column)} = {value}" for column, value in columns.items())
    cursor.execute(
        f"WITH old AS (SELECT t.id, to_jsonb(t) AS before FROM {name} t, {source} WHERE {where}), "
        f"new AS (UPDATE {name} t SET {assignments} FROM {source} WHERE {where} "
        f"RETURNING t.id, {row_hash(table, 't')} AS after_hash) "
        'INSERT INTO clients_importedrecord (batch_id, "table", record_id, before, after_hash) '
        f"SELECT {int(batch.pk)}, '{table.value}', id, before, after_hash FROM new JOIN old USING (id)"
    )


# --- Clients -------------------------------------------------------------------------------------------


def write_clients(cursor: Any, batch: ImportBatch, mapping: Mapping, *, created: int, members: bool) -> None:
    """Stores clients, then what hangs on them. A permission that ends erases the tag first."""
    has = mapping.positions
    fields = ["name"]
    fields += [name for name in ("status", "permission", "client_since", "email", "phone") if name in has]
    fields += [name for name in (*AMOUNTS, *RATINGS, *YEARS) if name in has]
    fields += [f"{name}_id" for name in AXES if name in has]
    defaults = {"status": "'active'", "permission": "'not_asked'", "email": "''", "phone": "''"}
    new = {"external_id": "r.external_id", "created_at": "now()"}
    new |= defaults | {name: f"r.{name}" for name in fields}
    _insert(
        cursor, batch, ImportedTable.CLIENT, new, "import_rows r WHERE r.state = 'created' ORDER BY r.row"
    )
    if created >= MANY:
        # A table emptied by an undo still counts as empty: then the checks of foreign keys at commit would
        # read the whole index by name, which holds the id too, for each new row.
        cursor.execute("ANALYZE clients_client (id, external_id, name)")
    _update(
        cursor,
        batch,
        ImportedTable.CLIENT,
        {name: f"r.{name}" for name in fields},
        "import_rows r",
        "t.id = r.client_id AND r.state = 'updated' AND r.client_changed",
    )
    if "advisor" in has:
        _write_advisors(cursor, batch)
    if "behavioral_trigger" in has:
        _write_tags(cursor, batch)
    if members:
        _write_members(cursor, batch)


def _write_advisors(cursor: Any, batch: ImportBatch) -> None:
    _insert(
        cursor,
        batch,
        ImportedTable.TEAM,
        {"client_id": "c.id", "role_id": LEAD, "user_id": "r.advisor_id"},
        "import_rows r JOIN clients_client c USING (external_id) WHERE r.state IN ('created', 'updated') "
        "AND r.team_changed AND r.old_advisor_id IS NULL AND r.advisor_id IS NOT NULL ORDER BY r.row",
    )
    changed = (
        f"t.client_id = r.client_id AND t.role_id = {LEAD} AND r.state = 'updated' AND r.team_changed "
        "AND r.old_advisor_id IS NOT NULL AND r.advisor_id IS"
    )
    _update(
        cursor, batch, ImportedTable.TEAM, {"user_id": "r.advisor_id"}, "import_rows r", f"{changed} NOT NULL"
    )
    cursor.execute(
        f"WITH gone AS (DELETE FROM clients_teammember t USING import_rows r WHERE {changed} NULL "
        "RETURNING t.*) "
        'INSERT INTO clients_importedrecord (batch_id, "table", record_id, before) '
        f"SELECT {int(batch.pk)}, 'team', id, to_jsonb(gone) FROM gone"
    )


def _write_tags(cursor: Any, batch: ImportBatch) -> None:
    """Sets and clears behavioral triggers. The undo record says that it was done, never the value."""
    note = 'INSERT INTO clients_importedrecord (batch_id, "table", record_id, before) '
    chosen = "r.state IN ('created', 'updated') AND r.tag_changed"
    changed = "r.state = 'updated' AND r.tag_changed"
    cursor.execute(
        "WITH made AS (INSERT INTO clients_behavioraltag (client_id, trigger_id) "
        "SELECT c.id, r.trigger_id FROM import_rows r JOIN clients_client c USING (external_id) "
        f"WHERE {chosen} AND r.old_trigger_id IS NULL AND r.trigger_id IS NOT NULL RETURNING client_id) "
        f"{note} SELECT {int(batch.pk)}, 'tag', client_id, NULL FROM made"
    )
    cursor.execute(
        "WITH changed AS (UPDATE clients_behavioraltag t SET trigger_id = r.trigger_id FROM import_rows r "
        f"WHERE t.client_id = r.client_id AND {changed} AND r.old_trigger_id IS NOT NULL "
        "AND r.trigger_id IS NOT NULL RETURNING t.client_id) "
        f"{note} SELECT {int(batch.pk)}, 'tag', client_id, '{{}}'::jsonb FROM changed"
    )
    cursor.execute(
        "WITH gone AS (DELETE FROM clients_behavioraltag t USING import_rows r "
        f"WHERE t.client_id = r.client_id AND {changed} AND r.raw_tag = {CLEAR_SQL} RETURNING t.client_id) "
        f"{note} SELECT {int(batch.pk)}, 'tag', client_id, '{{}}'::jsonb FROM gone"
    )


def _write_members(cursor: Any, batch: ImportBatch) -> None:
    texts = ("name", "relation", "email", "phone")
    taken = (
        "import_members m JOIN clients_client c ON c.external_id = m.household "
        "JOIN import_rows r ON r.external_id = m.household AND r.state IN ('created', 'updated')"
    )
    new = {"client_id": "c.id", "external_id": "m.external_id", "birth_date": "m.birth_date"}
    new |= {name: f"coalesce(m.{name}, '')" for name in texts}
    _insert(cursor, batch, ImportedTable.MEMBER, new, f"{taken} WHERE m.state = 'created' ORDER BY m.row")
    known = {name: f"coalesce(m.{name}, t.{name})" for name in (*texts, "birth_date")}
    _update(
        cursor,
        batch,
        ImportedTable.MEMBER,
        known,
        "import_members m JOIN import_rows r ON r.external_id = m.household AND r.state = 'updated'",
        "t.id = m.member_id AND m.state = 'updated'",
    )


# --- Facts ---------------------------------------------------------------------------------------------


def write_revenue(cursor: Any, batch: ImportBatch) -> None:
    """Stores new and changed revenue."""
    columns = {name: f"r.{name}" for name in ("client_id", "date", "amount", "source", "source_id")}
    _write_facts(cursor, batch, ImportedTable.REVENUE, columns)


def default_role(alias: str) -> str:
    """The role of a touch that states none: that of its person on the client's team, else lead advisor."""
    return (
        "coalesce((SELECT m.role_id FROM clients_teammember m JOIN clients_servicerole o "
        f"ON o.id = m.role_id WHERE m.user_id = {alias}.by_id AND m.client_id = {alias}.client_id "
        f"ORDER BY o.position, o.id LIMIT 1), {LEAD})"
    )


def write_touches(cursor: Any, batch: ImportBatch, *, zone: str) -> None:
    """Stores touches; one without a role gets its default."""
    names = (
        "client_id",
        "occurred_at",
        "kind_id",
        "outcome",
        "minutes",
        "by_id",
        "note",
        "source",
        "source_id",
    )
    columns = {name: f"r.{name}" for name in names}
    columns["occurred_on"] = "(r.occurred_at AT TIME ZONE '{}')::date".format(zone.replace("'", "''"))
    columns["role_id"] = f"coalesce(r.role_id, {default_role('r')})"
    _write_facts(cursor, batch, ImportedTable.TOUCH, columns)


def _write_facts(cursor: Any, batch: ImportBatch, table: ImportedTable, columns: dict[str, str]) -> None:
    _insert(cursor, batch, table, columns, "import_rows r WHERE r.state = 'created' ORDER BY r.row")
    _update(cursor, batch, table, columns, "import_rows r", "t.id = r.record_id AND r.state = 'updated'")
