"""Households: contact lists in which several records are the people of one client.

The records of a household (its own record, if the file has one, and its people) become one record of
`import_cells` under the household's number; the people become rows of `import_members`.
"""

# ruff: noqa: S608  (constants and field names of this package only)
from __future__ import annotations

from typing import Any

from clients.importing import values
from clients.importing.columns import Mapping
from clients.importing.staging import CLEAR_SQL
from clients.register.active import is_active

MEMBER_TEXTS = {"name": 160, "relation": 40, "email": 254, "phone": 40}


def check_births(cursor: Any, mapping: Mapping) -> None:
    """Errors of people whose date of birth is no date."""
    if "birth_date" not in mapping.positions:
        return
    text = values.american_date("birth_date") if mapping.format.american_dates else "birth_date"
    cursor.execute(
        "INSERT INTO import_errors SELECT row, 'birth_date', birth_date, 'date' FROM import_cells "
        f"WHERE birth_date <> {CLEAR_SQL} AND {values.date(f'({text})')} IS NULL"
    )


def merge(cursor: Any, mapping: Mapping) -> None:
    """Replaces `import_cells` by one record a household and fills `import_members`.

    Without its own record a household takes each value from its head, else from its first person that
    has one. Records that were rejected take no part.
    """
    has = mapping.positions

    def cell(name: str) -> str:
        return f'x."{name}"' if name in has else "NULL::text"

    parts = [cell(part) for part in ("first_name", "last_name") if part in has]
    whole = f"nullif(concat_ws(' ', {', '.join(parts)}), '')" if parts else "NULL::text"
    born = values.american_date(cell("birth_date")) if mapping.format.american_dates else cell("birth_date")
    cursor.execute(
        f"CREATE TEMP TABLE import_contacts ON COMMIT DROP AS "
        f"SELECT x.*, coalesce({cell('name')}, {whole}) AS whole_name, {born} AS born, "
        f"coalesce(lower({cell('record_type')}) = 'household', false) AS is_household, "
        f"coalesce(lower({cell('household_title')}) LIKE 'head%', false) AS is_head, "
        f"{cell('household_id')} AS own_household_id, lower({cell('household_name')}) AS group_name, "
        f"{cell('household_name')} AS shown_name, {cell('household_title')} AS relation "
        "FROM import_cells x WHERE NOT EXISTS (SELECT FROM import_errors e WHERE e.row = x.row)"
    )
    cursor.execute("UPDATE import_contacts SET group_name = lower(whole_name) WHERE is_household")
    # The key: the household's number where the record has one; else that of the household's own record
    # or of its head, found by the household's name; a person without a household stands for itself.
    cursor.execute(
        'ALTER TABLE import_contacts ADD household text COLLATE "C"; '
        "UPDATE import_contacts x SET household = g.household FROM ("
        "SELECT row, CASE WHEN is_household THEN external_id WHEN own_household_id IS NOT NULL "
        "THEN own_household_id WHEN group_name IS NULL THEN external_id ELSE "
        "first_value(coalesce(CASE WHEN NOT is_household THEN own_household_id END, external_id)) OVER ("
        "PARTITION BY group_name ORDER BY is_household DESC, own_household_id IS NOT NULL DESC, is_head "
        "DESC, row) "
        "END AS household FROM import_contacts) g WHERE g.row = x.row"
    )
    cursor.execute("ANALYZE import_contacts (row, household)")
    _members(cursor, has)
    _merge_cells(cursor, has)
    cursor.execute("ANALYZE import_members (household, state); ANALYZE import_cells (external_id)")


def _merge_cells(cursor: Any, has: dict[str, int]) -> None:
    def first(expression: str) -> str:
        return (
            f"(array_agg({expression} ORDER BY is_household DESC, is_head DESC, row) "
            f"FILTER (WHERE {expression} IS NOT NULL))[1]"
        )

    kept = [name for name in has if name not in ("external_id", "name")]
    cells = ", ".join(f'{first(chr(34) + name + chr(34))} AS "{name}"' for name in kept)
    own_name = (
        "CASE WHEN bool_or(is_household) THEN "
        f"{first('CASE WHEN is_household THEN whole_name END')} ELSE coalesce("
        f"{first('shown_name')}, {first('whole_name')}) END"
    )
    cursor.execute(
        "DROP TABLE import_cells; CREATE TEMP TABLE import_cells ON COMMIT DROP AS "
        "SELECT (array_agg(row ORDER BY is_household DESC, is_head DESC, row))[1] AS row, "
        f"NULL::int AS cell_count, household AS external_id, {own_name} AS "
        f"name{', ' if cells else ''}{cells} "
        "FROM import_contacts GROUP BY household"
    )


def _members(cursor: Any, has: dict[str, int]) -> None:
    texts = {
        "name": "whole_name",
        "relation": "relation",
        "email": '"email"' if "email" in has and is_active("member_email") else "NULL",
        "phone": '"phone"' if "phone" in has and is_active("member_phone") else "NULL",
    }
    columns = ", ".join(
        f"left(nullif({expression}, {CLEAR_SQL}), {MEMBER_TEXTS[name]}) AS {name}"
        for name, expression in texts.items()
    )
    differs = " OR ".join(f"n.{name} <> o.{name}" for name in texts)
    cursor.execute(
        "CREATE TEMP TABLE import_members ON COMMIT DROP AS "
        "SELECT n.*, o.id AS member_id, CASE WHEN o.id IS NULL THEN 'created' "
        f"WHEN {differs} OR n.birth_date <> o.birth_date OR (n.birth_date IS NOT NULL AND o.birth_date IS "
        "NULL) "
        "THEN 'updated' ELSE 'unchanged' END AS state FROM ("
        f"SELECT row, household, external_id, {columns}, {values.date('born')} AS birth_date FROM "
        "import_contacts "
        "WHERE NOT is_household AND (own_household_id IS NOT NULL OR group_name IS NOT NULL)) n "
        "LEFT JOIN clients_client c ON c.external_id = n.household "
        "LEFT JOIN clients_member o ON o.client_id = c.id AND o.external_id = n.external_id"
    )
