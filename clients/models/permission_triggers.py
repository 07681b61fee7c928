"""What the database does whenever a client's permission changes, whatever path the change takes."""

import pgtrigger

# Who and what changed it, as far as the context of the change says.
_SAID = "SELECT nullif(current_setting('pghistory.context_metadata', true), '')::jsonb AS context"
_BY = "(said.context ->> 'user')::bigint"
_SOURCE = """
    CASE WHEN said.context ? 'import_file' THEN 'file'
        WHEN said.context ? 'undoes_import' THEN 'file_undone'
        WHEN said.context ? 'client_merge' OR said.context ? 'client_split' THEN 'merge'
        WHEN said.context ? 'command' THEN 'command'
        WHEN said.context ->> 'user' IS NOT NULL THEN 'person'
        ELSE 'database' END
"""
_COLUMNS = "client_id, answer, how, note, script, recorded_by_id, recorded_at, source"

NEW_CLIENT = pgtrigger.Trigger(
    name="first_answer",
    when=pgtrigger.After,
    level=pgtrigger.Statement,
    operation=pgtrigger.Insert,
    referencing=pgtrigger.Referencing(new="new_rows"),
    func=f"""
        INSERT INTO clients_permissionanswer ({_COLUMNS})
        SELECT n.id, n.permission, '', '', '', {_BY}, now(), {_SOURCE}
        FROM new_rows n, ({_SAID}) said WHERE n.permission <> 'not_asked';
        RETURN NULL;
    """,  # noqa: S608  (constants of this module)
)

# One statement, and so one match of old and new rows, for all that follows. An answer that a person
# recorded is there already: it was stored a moment before. Where the permission ended, the behavioral
# trigger goes, and with it what bulk changes kept for their undo; the counts are of what was there before.
CHANGED = pgtrigger.Trigger(
    name="erase_behavioral_tag",
    when=pgtrigger.After,
    level=pgtrigger.Statement,
    operation=pgtrigger.Update,
    referencing=pgtrigger.Referencing(old="old_rows", new="new_rows"),
    func=f"""
        WITH changed AS MATERIALIZED (
            SELECT n.id, o.permission AS was, n.permission AS answer
            FROM new_rows n FULL JOIN old_rows o USING (id) WHERE n.permission IS DISTINCT FROM o.permission
        ), said AS (
            {_SAID}
        ), answered AS (
            INSERT INTO clients_permissionanswer ({_COLUMNS})
            SELECT c.id, c.answer, '', '', '', {_BY}, now(), {_SOURCE} FROM changed c, said
            WHERE c.answer IS DISTINCT FROM (
                SELECT a.answer FROM clients_permissionanswer a
                WHERE a.client_id = c.id ORDER BY a.id DESC LIMIT 1
            )
        ), erased AS (
            DELETE FROM clients_behavioraltag t USING changed c
            WHERE t.client_id = c.id AND c.was = 'granted'
        )
        INSERT INTO clients_erasure (client_id, answer, at, by_id, places)
        SELECT c.id, c.answer, now(), {_BY}, jsonb_strip_nulls(jsonb_build_object(
            'record', (SELECT nullif(count(*), 0) FROM clients_behavioraltag t WHERE t.client_id = c.id),
            'bulk', (SELECT nullif(count(*), 0) FROM clients_bulkbehavioralrow r WHERE r.tag_id = c.id)
        ))
        FROM changed c, said WHERE c.was = 'granted';
        RETURN NULL;
    """,  # noqa: S608  (constants of this module)
)
