"""Deciding about the records of revenue and of touches."""

# ruff: noqa: S608  (as in records.py)
from __future__ import annotations

from typing import Any

from clients.importing import values
from clients.importing.columns import Mapping
from clients.importing.records import Plan, choice_words, create_rows, differs, people, person, term_words
from clients.importing.staging import CLEAR_SQL, SPACES_SQL
from clients.importing.writing import default_role
from clients.models import TouchOutcome
from clients.models.imports import ImportKind


def decide_revenue(cursor: Any, mapping: Mapping, *, sample: int) -> None:
    """Fills `import_rows` for revenue."""
    _type_facts(
        cursor,
        mapping,
        [
            f"{values.date('x.date')} AS date",
            f"{values.money('x.amount', 12, negative=True)} AS amount",
            "x.date AS raw_date, x.amount AS raw_amount",
        ],
    )
    _mark_repeated_facts(cursor, "client_id, date, source")
    plan = Plan()
    plan.joins += [
        "LEFT JOIN clients_revenue s ON s.source = x.source AND s.source_id = x.source_id AND "
        "s.source_id <> ''",
        "LEFT JOIN clients_revenue k ON x.source_id = '' AND k.client_id = x.client_id AND k.date = x.date "
        "AND k.source = x.source AND k.source_id = ''",
    ]
    plan.select += [
        "x.client_id, x.external_id, x.source, x.source_id, coalesce(s.id, k.id) AS record_id",
        "s.client_id AS keyed_client_id",
        "x.raw_date, CASE WHEN x.raw_date IS NULL THEN s.date ELSE x.date END AS date, "
        "coalesce(s.date, k.date) AS old_date",
        "x.raw_amount, coalesce(s.amount, k.amount) AS old_amount, "
        "CASE WHEN x.raw_amount IS NULL THEN coalesce(s.amount, k.amount) ELSE x.amount END AS amount",
    ]
    _fact_problems(plan)
    plan.problem("date", "required", "date IS NULL AND raw_date IS NULL")
    plan.problem("date", "date", "date IS NULL AND raw_date IS NOT NULL")
    plan.problem("amount", "required", "amount IS NULL AND raw_amount IS NULL")
    plan.problem("amount", "signed_amount", "amount IS NULL AND raw_amount IS NOT NULL")
    plan.changed["record"] = [
        "keyed_client_id IS NOT NULL AND keyed_client_id <> client_id",
        differs("date"),
        differs("amount"),
    ]
    create_rows(cursor, plan, "record_id", sample, table="import_typed")


def decide_touches(cursor: Any, mapping: Mapping, *, sample: int, zone: str) -> None:
    """Fills `import_rows` for touches; `zone` is the firm's time zone."""
    has = mapping.positions
    zone_sql = "'" + zone.replace("'", "''") + "'"

    def cell(name: str) -> str:
        return f'x."{name}"' if name in has else "NULL::text"

    plan = Plan()
    kind = plan.word("x.kind", term_words("kind"), "bigint")
    role = plan.word(cell("role"), term_words("role"), "bigint")
    outcome = plan.word(cell("outcome"), choice_words(TouchOutcome.choices), "text")
    _type_facts(
        cursor,
        mapping,
        [
            f"{kind} AS kind_id, x.kind AS raw_kind",
            f"{role} AS role_id, {cell('role')} AS raw_role",
            f"{outcome} AS outcome, {cell('outcome')} AS raw_outcome",
            f"{values.moment('x.occurred_at', zone_sql)} AS occurred_at, x.occurred_at AS raw_occurred_at",
            f"{person('w_by', 'id', cell('by'))} AS by_id, "
            f"{person('w_by', 'shared', cell('by'))} AS shared, {cell('by')} AS raw_by",
            f"{values.minutes(cell('minutes'))} AS minutes, {cell('minutes')} AS raw_minutes",
            f"{cell('note')} AS raw_note, {cell('source')} AS raw_source",
        ],
        f"LEFT JOIN {people(by_full_name=False)} w_by ON w_by.key = lower({cell('by')})",
        plan.params,
    )
    _mark_repeated_facts(cursor, "client_id, occurred_at, kind_id")
    plan = Plan()
    plan.joins += [
        "LEFT JOIN clients_touch s ON s.source = x.source AND s.source_id = x.source_id AND s.source_id "
        "<> ''",
        "LEFT JOIN clients_touch k ON x.source_id = '' AND k.client_id = x.client_id "
        "AND k.occurred_at = x.occurred_at AND k.kind_id = x.kind_id AND k.source_id = ''",
        "LEFT JOIN clients_touchkind d ON d.id = coalesce(x.kind_id, s.kind_id)",
    ]

    def stored(name: str) -> str:
        return f"coalesce(s.{name}, k.{name})"

    plan.select += [
        "x.client_id, x.external_id, x.source_id, coalesce(s.id, k.id) AS record_id",
        # Part of the key only beside a number; without one it is a value like any other.
        "CASE WHEN x.raw_source IS NULL THEN coalesce(k.source, x.source) ELSE x.source END AS source, "
        f"{stored('source')} AS old_source",
        "s.client_id AS keyed_client_id",
        "x.raw_occurred_at, coalesce(x.occurred_at, CASE WHEN x.raw_occurred_at IS NULL THEN "
        "s.occurred_at END) "
        f"AS occurred_at, {stored('occurred_at')} AS old_occurred_at",
        "x.raw_kind, coalesce(x.kind_id, CASE WHEN x.raw_kind IS NULL THEN s.kind_id END) "
        f"AS kind_id, {stored('kind_id')} AS old_kind_id",
        f"x.raw_outcome, {stored('outcome')} AS old_outcome, CASE WHEN x.raw_outcome IS NULL THEN "
        f"coalesce({stored('outcome')}, d.default_outcome) WHEN x.raw_outcome = {CLEAR_SQL} THEN "
        "d.default_outcome "
        "ELSE x.outcome END AS outcome",
        f"x.raw_minutes, {stored('minutes')} AS old_minutes, CASE WHEN x.raw_minutes IS NULL THEN "
        f"{stored('minutes')} ELSE x.minutes END AS minutes",
        f"x.raw_by, x.shared, {stored('by_id')} AS old_by_id, CASE WHEN x.raw_by IS NULL THEN "
        f"{stored('by_id')} "
        "ELSE x.by_id END AS by_id",
        f"x.raw_role, {stored('role_id')} AS old_role_id, "
        f"CASE WHEN x.raw_role IS NULL THEN {stored('role_id')} ELSE x.role_id END AS role_id",
        f"{stored('note')} AS old_note, CASE WHEN x.raw_note IS NULL THEN coalesce({stored('note')}, '') "
        f"WHEN x.raw_note = {CLEAR_SQL} THEN '' ELSE x.raw_note END AS note",
    ]
    _fact_problems(plan)
    plan.problem("occurred_at", "required", "occurred_at IS NULL AND raw_occurred_at IS NULL")
    plan.problem("occurred_at", "moment", "occurred_at IS NULL AND raw_occurred_at IS NOT NULL")
    plan.problem(
        "occurred_at",
        "future",
        f"(occurred_at AT TIME ZONE {zone_sql})::date > (now() AT TIME ZONE {zone_sql})::date",
    )
    plan.problem("kind", "required", "kind_id IS NULL AND raw_kind IS NULL")
    plan.problem("kind", "choice", "kind_id IS NULL AND raw_kind IS NOT NULL")
    plan.retired("kind", "kind_id")
    plan.problem("outcome", "choice", f"outcome IS NULL AND raw_outcome <> {CLEAR_SQL}")
    plan.problem("minutes", "minutes", f"minutes IS NULL AND raw_minutes <> {CLEAR_SQL}")
    plan.problem("by", "person", f"by_id IS NULL AND raw_by <> {CLEAR_SQL}")
    plan.problem("by", "shared", "shared")
    plan.problem("role", "choice", f"role_id IS NULL AND raw_role <> {CLEAR_SQL}")
    plan.retired("role", "role_id")
    compared = ("occurred_at", "kind_id", "outcome", "minutes", "by_id", "source")
    plan.changed["record"] = [
        "keyed_client_id IS NOT NULL AND keyed_client_id <> client_id",
        f"old_role_id IS DISTINCT FROM "
        f"CASE WHEN raw_role = {CLEAR_SQL} THEN {default_role('v')} ELSE role_id END",
        *(differs(name) for name in compared),
        f"({differs('note')} AND btrim(old_note, {SPACES_SQL}) IS DISTINCT FROM btrim(note, {SPACES_SQL}))",
    ]
    create_rows(cursor, plan, "record_id", sample, table="import_typed")


def _fact_problems(plan: Plan) -> None:
    plan.problem("external_id", "required", "external_id IS NULL")
    plan.problem("external_id", "unknown_client", "external_id IS NOT NULL AND client_id IS NULL")
    plan.problem("source", "too_long", "length(source) > 40")
    plan.problem("source_id", "too_long", "length(source_id) > 64")


def _type_facts(
    cursor: Any, mapping: Mapping, select: list[str], joins: str = "", params: list[str] | None = None
) -> None:
    """`import_typed`: the cells of facts with their client and their values, NULL where there is none."""

    def key(name: str) -> str:
        return f"coalesce(nullif(x.{name}, {CLEAR_SQL}), '')" if name in mapping.positions else "''::text"

    source_id = key("source_id")
    if mapping.kind == ImportKind.REVENUE:
        # Money of a record that went into another is told apart by a number made of its former one.
        day = f"coalesce(({values.date('x.date')})::text, '')"
        source_id = (
            f"CASE WHEN {source_id} = '' AND x.former_id IS NOT NULL "
            f"THEN 'merged-' || x.former_id || '-' || {day} ELSE {source_id} END"
        )
    cursor.execute(
        f"CREATE TEMP TABLE import_typed ON COMMIT DROP AS SELECT x.row, x.external_id, c.id AS client_id, "
        f"{key('source')} AS source, {source_id} AS source_id, "
        f"{', '.join(select)} FROM import_cells x "
        f"LEFT JOIN clients_client c ON c.external_id = x.external_id {joins}",
        params,
    )
    cursor.execute("ANALYZE import_typed (row, client_id, source, source_id)")


def _mark_repeated_facts(cursor: Any, key: str) -> None:
    """Errors of the records whose key an earlier record has: source and number there, else `key`."""
    conditions = " AND ".join(f"{part.strip()} IS NOT NULL" for part in key.split(","))
    for columns, which, name in (
        ("source, source_id", "source_id <> ''", "source_id"),
        (key, f"source_id = '' AND {conditions}", "external_id"),
    ):
        cursor.execute(
            f"INSERT INTO import_errors SELECT x.row, '{name}', x.{name}, 'repeated' FROM import_typed x "
            f"JOIN (SELECT {columns}, min(row) AS first FROM import_typed WHERE {which} GROUP BY {columns} "
            f"HAVING count(*) > 1) r USING ({columns}) WHERE {which} AND x.row > r.first"
        )
