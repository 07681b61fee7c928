"""Operations for the migrations of every app."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.migrations import RunSQL
from django.db.migrations.operations.base import Operation


class AtOnce(Operation):
    """Runs `operations` as if they were one: all of them see the models as the last one leaves them.

    Django builds its models anew after every operation that changes one; here it does so once. A hundred
    tables then take seconds in place of a minute.

    So each CreateModel in it is complete: no later operation adds a field, an index or a constraint to its
    model. Foreign keys exist when it ends, not only at the end of the migration.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # built again, once, where it is asked for next
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)
        while schema_editor.deferred_sql:
            schema_editor.execute(schema_editor.deferred_sql.pop(0))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"{len(self.operations)} operations at once"


FOLLOW = """
DO $$
DECLARE
    found text;
BEGIN
    SELECT c.conname INTO STRICT found FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'f' AND c.conrelid = '{child}'::regclass AND a.attname = '{key}';
    EXECUTE format('ALTER TABLE {child} DROP CONSTRAINT %I', found);
    EXECUTE format(
        'ALTER TABLE {child} ADD CONSTRAINT %I FOREIGN KEY ({key}) REFERENCES {parent} (id) {action} '
        'DEFERRABLE INITIALLY DEFERRED',
        found
    );
END $$;
"""


def follow_deletes(child: str, key: str, parent: str, action: str = "CASCADE") -> RunSQL:
    """Lets the database itself do `action` to the rows of the table `child` whose `parent` row is deleted, so
    that a mass statement may delete it. The foreign key `key` exists; it keeps its name."""
    terms = {"child": child, "key": key, "parent": parent}
    return RunSQL(FOLLOW.format(action=f"ON DELETE {action}", **terms), FOLLOW.format(action="", **terms))
