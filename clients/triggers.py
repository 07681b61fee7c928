"""Database triggers of the record: what must hold, or be noted, whatever path a change takes.

Old and new rows meet in a full join, for the reason that `clients.audit` gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger

if TYPE_CHECKING:
    from clients.models.changes import ChangeKind

_OLD_AND_NEW = pgtrigger.Referencing(old="old_rows", new="new_rows")
_NEW = pgtrigger.Referencing(new="new_rows")
_OLD = pgtrigger.Referencing(old="old_rows")


def notes_changes(
    *kinds: ChangeKind,
    columns: tuple[str, ...] = (),
    key: str = "client_id",
    row: str = "id",
    updates_alone: str = "",
) -> list[pgtrigger.Trigger]:
    """Triggers that write one change row per client and kind for each statement on the table.

    `columns`: an update counts only where one of these differs (empty: any column). `key`: the column
    that holds the client's id; `row`: the one that tells rows apart. `updates_alone`: only updates count,
    by a trigger of this name.
    """
    values = ", ".join(f"('{kind.value}')" for kind in kinds)

    def note(rows: str) -> str:
        return (
            "INSERT INTO clients_change (kind, client_id) "  # noqa: S608  (constants of this module)
            f"SELECT k.kind, r.id FROM (SELECT DISTINCT {key} id FROM {rows}) r, (VALUES {values}) k(kind); "
            "RETURN NULL;"
        )

    if columns:
        old, new = (", ".join(f"{side}.{column}" for column in columns) for side in ("o", "n"))
        differs = f"({old}) IS DISTINCT FROM ({new})"
    else:
        differs = "o IS DISTINCT FROM n"
    changed = f"FROM new_rows n FULL JOIN old_rows o USING ({row}) WHERE {differs}"
    updated = f"(SELECT n.{key} {changed} UNION SELECT o.{key} {changed}) u"
    common = {"when": pgtrigger.After, "level": pgtrigger.Statement}
    update = pgtrigger.Trigger(
        name=updates_alone or "note_update",
        operation=pgtrigger.Update,
        referencing=_OLD_AND_NEW,
        func=note(updated),
        **common,
    )
    if updates_alone:
        return [update]
    return [
        pgtrigger.Trigger(
            name="note_insert", operation=pgtrigger.Insert, referencing=_NEW, func=note("new_rows"), **common
        ),
        update,
        pgtrigger.Trigger(
            name="note_delete", operation=pgtrigger.Delete, referencing=_OLD, func=note("old_rows"), **common
        ),
    ]


# The lock on the client makes a tag and the end of its permission wait for each other.
_PERMISSION_RULE = """
    PERFORM 1 FROM clients_client c JOIN new_rows n ON n.client_id = c.id FOR SHARE OF c;
    IF EXISTS (
        SELECT 1 FROM new_rows n JOIN clients_client c ON c.id = n.client_id WHERE c.permission <> 'granted'
    ) THEN
        RAISE EXCEPTION 'A behavioral trigger is stored only while permission is granted.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'clients_behavioral_needs_permission';
    END IF;
    RETURN NULL;
"""

BEHAVIORAL_TAG_NEEDS_PERMISSION = [
    pgtrigger.Trigger(
        name="needs_permission_insert",
        when=pgtrigger.After,
        level=pgtrigger.Statement,
        operation=pgtrigger.Insert,
        referencing=_NEW,
        func=_PERMISSION_RULE,
    ),
    pgtrigger.Trigger(
        name="needs_permission_update",
        when=pgtrigger.After,
        level=pgtrigger.Statement,
        operation=pgtrigger.Update,
        referencing=_NEW,
        func=_PERMISSION_RULE,
    ),
]

SUMMARY_FOR_EACH_CLIENT = pgtrigger.Trigger(
    name="summary_for_each",
    when=pgtrigger.After,
    level=pgtrigger.Statement,
    operation=pgtrigger.Insert,
    referencing=_NEW,
    func="""
    INSERT INTO clients_clientsummary (client_id, open_tasks) SELECT id, 0 FROM new_rows;
    INSERT INTO clients_clientscore (client_id) SELECT id FROM new_rows;
    RETURN NULL;""",
)
