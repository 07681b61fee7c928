"""Deciding, for all records at once, what each would be stored as and whether it is new, changed or wrong.

Each kind of import fills `import_rows`: a row for each record that is not already stored as it is, with the
values as they will be stored, its `state` (created, updated, unchanged, rejected) and, where it is rejected,
its `problems` as `field:code`.
"""

# The statements are put together from the constants and field names of this package, never from a file's text.
# ruff: noqa: S608
from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from clients.importing import values
from clients.importing.columns import Mapping
from clients.importing.staging import CLEAR_SQL, SPACES_SQL
from clients.models import (
    AttentionConstraint,
    BehavioralTrigger,
    ClientStatus,
    ComplexityDriver,
    IncomeStructure,
    Permission,
    Persona,
    ServiceRole,
    Term,
    TouchKind,
    TouchOutcome,
)
from clients.models.client import Client

VOCABULARY: dict[str, type[Term]] = {
    "complexity_driver": ComplexityDriver,
    "behavioral_trigger": BehavioralTrigger,
    "attention_constraint": AttentionConstraint,
    "persona": Persona,
    "income_structure": IncomeStructure,
    "kind": TouchKind,
    "role": ServiceRole,
}
AXES = ("complexity_driver", "attention_constraint", "persona", "income_structure")
AMOUNTS = {"assets_under_management": 14, "potential_revenue": 12}
RATINGS = ("growth_potential", "alignment")


@dataclass
class Plan:
    """The pieces of the statement that decides; a field adds what it needs."""

    select: list[str] = field(default_factory=list)
    joins: list[str] = field(default_factory=list)
    params: list[Any] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)  # condition, 'field:code'
    changed: dict[str, list[str]] = field(default_factory=dict)  # which table's row -> conditions
    keep: list[str] = field(default_factory=list)

    def word(self, text: str, words: dict[str, str], cast: str) -> str:
        """The expression that finds a text among `words`. To be used in `select` at once: parameters are in order."""
        expression, params = values.word(text, words, cast)
        self.params += params
        return expression

    def retired(self, name: str, column: str) -> None:
        """A retired word is a problem unless it is already stored."""
        if ids := retired_ids(name):
            listed = ", ".join(str(int(pk)) for pk in ids)
            self.problem(name, "retired", f"{column} IN ({listed}) AND {_differs(column)}")

    def problem(self, name: str, code: str, condition: str) -> None:
        self.problems.append((condition, f"{name}:{code}"))


# --- Look-ups --------------------------------------------------------------------------------------


def term_words(name: str) -> dict[str, str]:
    """Lower-case code or label -> id. A code wins over a label, a word in use over a retired one."""
    words: dict[str, str] = {}
    terms = list(VOCABULARY[name].objects.all())
    for term in sorted(terms, key=lambda term: term.retired_at is None):
        words[term.label.lower()] = str(term.pk)
    return words | {term.code.lower(): str(term.pk) for term in terms}


def retired_ids(name: str) -> list[int]:
    """Ids of the words that can no longer be chosen."""
    return list(VOCABULARY[name].objects.filter(retired_at__isnull=False).values_list("pk", flat=True))


def people(by_full_name: bool) -> str:
    """People by username, else e-mail, else (foreign files) full name, in lower case."""
    full_name = (
        " UNION ALL SELECT lower(btrim(first_name || ' ' || last_name)), id, is_active, 2 FROM clients_user"
        " WHERE first_name <> '' AND last_name <> ''"
    )
    return (
        "(SELECT DISTINCT ON (key) key, id, is_active, count(*) OVER (PARTITION BY key, rank) > 1 shared FROM ("
        "SELECT lower(username) key, id, is_active, 0 rank FROM clients_user UNION ALL "
        "SELECT lower(email), id, is_active, 1 FROM clients_user WHERE email <> ''"
        f"{full_name if by_full_name else ''}"
        ") persons ORDER BY key, rank, is_active DESC)"
    )


def choice_words(
    options: Iterable[tuple[str, Any]], more: Dictionary[str, str] | None = None
) -> dict[str, str]:
    """Lower-case code or label -> code; `more` are another product's words."""
    words = dict(more or {})
    options = list(options)
    words |= {str(label).lower(): code for code, label in options}
    return words | {code: code for code, _label in options}


# --- Clients -----------------------------------------------------------------------------------------


def decide_clients(cursor: Any, mapping: Mapping, *, sample: int, members: bool = False) -> None:
    """Fills `import_rows` for clients; keeps the unchanged ones among the first `sample` records too."""
    has = mapping.positions
    plan = Plan()
    plan.joins.append("LEFT JOIN clients_client c ON c.external_id = x.external_id")
    plan.select.append("x.external_id, c.id AS client_id")
    plan.problem("external_id", "required", "external_id IS NULL")
    plan.problem("external_id", "not_clearable", f"external_id = {CLEAR_SQL}")
    plan.problem("external_id", "too_long", "length(external_id) > 64")
    _name(plan, mapping, merged=members)
    if "status" in has:
        _choice(plan, "status", ClientStatus.choices, ClientStatus.ACTIVE, mapping.format.statuses)
    if "permission" in has:
        _choice(plan, "permission", Permission.choices, Permission.NOT_ASKED)
    if "client_since" in has:
        text = 'x."client_since"'
        text = values.american_date(text) if mapping.format.american_dates else text
        _value(plan, "client_since", values.date(text), "date")
    for name in AMOUNTS.keys() & has.keys():
        parsed = values.money(f'x."{name}"', AMOUNTS[name], negative=False)
        _value(plan, name, parsed, "amount")
    for name in has.keys() & set(RATINGS):
        _value(plan, name, values.rating(f'x."{name}"'), "rating")
    for name in has.keys() & set(AXES):
        _axis(plan, name)
    if "email" in has:
        _text(plan, "email", values.email('x."email"'), "email")
    if "phone" in has:
        _text(plan, "phone", values.limited('x."phone"', 40), "too_long")
    if "advisor" in has:
        _advisor(plan, mapping)
    if "behavioral_trigger" in has:
        _behavioral(plan, "permission" in has)
    if members:
        plan.joins.append(
            "LEFT JOIN (SELECT DISTINCT household FROM import_members WHERE state <> 'unchanged') m "
            "ON m.household = x.external_id"
        )
        plan.select.append("m.household IS NOT NULL AS members_differ")
        plan.changed["members"] = ["members_differ"]
    _create_rows(cursor, plan, "client_id", sample)


def _differs(name: str) -> str:
    return f"old_{name} IS DISTINCT FROM {name}"


def _name(plan: Plan, mapping: Mapping, *, merged: bool) -> None:
    has = mapping.positions
    parts = [f'x."{part}"' for part in ("first_name", "last_name") if part in has]
    whole = f"nullif(concat_ws(' ', {', '.join(parts)}), '')" if parts else "NULL"
    text = f'coalesce(x."name", {whole})' if merged or "name" in has else whole
    plan.select.append(f"{text} AS raw_name, c.name AS old_name, coalesce({text}, c.name) AS name")
    plan.problem("name", "required", "name IS NULL")
    plan.problem("name", "not_clearable", f"raw_name = {CLEAR_SQL}")
    plan.problem("name", "too_long", "length(raw_name) > 160")
    _text_differs(plan, "name")


def _text_differs(plan: Plan, name: str) -> None:
    """Outer spaces, which a file does not carry, are no difference."""
    plan.changed.setdefault("client", []).append(
        f"({_differs(name)} AND btrim(old_{name}, {SPACES_SQL}) IS DISTINCT FROM btrim({name}, {SPACES_SQL}))"
    )


def _value(plan: Plan, name: str, parsed: str, code: str) -> None:
    """A field of the client that may be empty."""
    raw = f'x."{name}"'
    plan.select.append(
        f"{raw} AS raw_{name}, c.{name} AS old_{name}, "
        f"CASE WHEN {raw} IS NULL OR {raw} = c.{name}::text THEN c.{name} WHEN {raw} <> {CLEAR_SQL} THEN {parsed} END AS {name}"
    )
    plan.problem(name, code, f"{name} IS NULL AND raw_{name} <> {CLEAR_SQL}")
    plan.changed.setdefault("client", []).append(_differs(name))


def _text(plan: Plan, name: str, parsed: str, code: str) -> None:
    """A text of the client whose emptiness is the empty text."""
    raw = f'x."{name}"'
    plan.select.append(
        f"c.{name} AS old_{name}, CASE WHEN {raw} IS NULL THEN coalesce(c.{name}, '') "
        f"WHEN {raw} = c.{name} THEN {raw} WHEN {raw} = {CLEAR_SQL} THEN '' ELSE {parsed} END AS {name}"
    )
    plan.problem(name, code, f"{name} IS NULL")
    _text_differs(plan, name)


def _choice(
    plan: Plan, name: str, options: Any, default: str, more: Dictionary[str, str] | None = None
) -> None:
    raw = f'x."{name}"'
    code = plan.word(raw, choice_words(options, more), "text")
    plan.select.append(
        f"c.{name} AS old_{name}, CASE WHEN {raw} IS NULL THEN coalesce(c.{name}, '{default}') "
        f"WHEN {raw} = {CLEAR_SQL} THEN '{default}' ELSE {code} END AS {name}"
    )
    plan.problem(name, "choice", f"{name} IS NULL")
    plan.changed.setdefault("client", []).append(_differs(name))


def _axis(plan: Plan, name: str) -> None:
    raw, column = f'x."{name}"', f"{name}_id"
    plan.select.append(
        f"{raw} AS raw_{name}, c.{column} AS old_{column}, CASE WHEN {raw} IS NULL THEN c.{column} "
        f"ELSE {plan.word(raw, term_words(name), 'bigint')} END AS {column}"
    )
    plan.problem(name, "choice", f"{column} IS NULL AND raw_{name} <> {CLEAR_SQL}")
    plan.retired(name, column)
    plan.changed.setdefault("client", []).append(_differs(column))


def _advisor(plan: Plan, mapping: Mapping) -> None:
    raw = 'x."advisor"'
    plan.joins.append(
        f"LEFT JOIN {people(mapping.format.people_by_full_name)} w_advisor ON w_advisor.key = lower({raw})"
    )
    plan.joins.append(
        "LEFT JOIN clients_teammember t ON t.client_id = c.id AND t.role_id = "
        "(SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')"
    )
    plan.select.append(
        f"{raw} AS raw_advisor, t.user_id AS old_advisor_id, w_advisor.is_active AS is_active, "
        "w_advisor.shared AS shared, "
        f"CASE WHEN {raw} IS NULL THEN t.user_id ELSE w_advisor.id END AS advisor_id"
    )
    plan.problem("advisor", "person", f"advisor_id IS NULL AND raw_advisor <> {CLEAR_SQL}")
    plan.problem("advisor", "shared", "shared")
    plan.problem("advisor", "inactive", f"NOT is_active AND {_differs('advisor_id')}")
    plan.changed["team"] = [_differs("advisor_id")]


def _behavioral(plan: Plan, permission_in_file: bool) -> None:
    raw = 'x."behavioral_trigger"'
    plan.joins.append("LEFT JOIN clients_behavioraltag b ON b.client_id = c.id")
    found = plan.word(raw, term_words("behavioral_trigger"), "bigint")
    permission = "permission" if permission_in_file else "stored_permission"
    plan.select.append(
        f"{raw} AS raw_tag, b.trigger_id AS old_trigger_id, "
        f"CASE WHEN {raw} IS NULL THEN b.trigger_id ELSE {found} END AS trigger_id, "
        "coalesce(c.permission, 'not_asked') AS stored_permission"
    )
    plan.problem("behavioral_trigger", "choice", f"trigger_id IS NULL AND raw_tag <> {CLEAR_SQL}")
    plan.retired("behavioral_trigger", "trigger_id")
    plan.problem(
        "behavioral_trigger",
        "needs_permission",
        f"raw_tag <> {CLEAR_SQL} AND {permission} IS DISTINCT FROM 'granted' AND {permission} IS NOT NULL",
    )
    plan.changed["tag"] = [f"{_differs('trigger_id')} AND raw_tag IS NOT NULL"]


# --- Revenue and touches -----------------------------------------------------------------------------


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
        "LEFT JOIN clients_revenue s ON s.source = x.source AND s.source_id = x.source_id AND s.source_id <> ''",
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
        _differs("date"),
        _differs("amount"),
    ]
    _create_rows(cursor, plan, "record_id", sample, table="import_typed")


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
            f"w_by.id AS by_id, w_by.shared AS shared, {cell('by')} AS raw_by",
            f"{values.minutes(cell('minutes'))} AS minutes, {cell('minutes')} AS raw_minutes",
            f"{cell('note')} AS raw_note",
        ],
        f"LEFT JOIN {people(by_full_name=False)} w_by ON w_by.key = lower({cell('by')})",
        plan.params,
    )
    _mark_repeated_facts(cursor, "client_id, occurred_at, kind_id")
    plan = Plan()
    plan.joins += [
        "LEFT JOIN clients_touch s ON s.source = x.source AND s.source_id = x.source_id AND s.source_id <> ''",
        "LEFT JOIN clients_touch k ON x.source_id = '' AND k.client_id = x.client_id "
        "AND k.occurred_at = x.occurred_at AND k.kind_id = x.kind_id AND k.source_id = ''",
        "LEFT JOIN clients_touchkind d ON d.id = coalesce(x.kind_id, s.kind_id)",
    ]

    def stored(name: str) -> str:
        return f"coalesce(s.{name}, k.{name})"

    plan.select += [
        "x.client_id, x.external_id, x.source, x.source_id, coalesce(s.id, k.id) AS record_id",
        "s.client_id AS keyed_client_id",
        "x.raw_occurred_at, coalesce(x.occurred_at, CASE WHEN x.raw_occurred_at IS NULL THEN s.occurred_at END) "
        f"AS occurred_at, {stored('occurred_at')} AS old_occurred_at",
        "x.raw_kind, coalesce(x.kind_id, CASE WHEN x.raw_kind IS NULL THEN s.kind_id END) "
        f"AS kind_id, {stored('kind_id')} AS old_kind_id",
        f"x.raw_outcome, {stored('outcome')} AS old_outcome, CASE WHEN x.raw_outcome IS NULL THEN "
        f"coalesce({stored('outcome')}, d.default_outcome) WHEN x.raw_outcome = {CLEAR_SQL} THEN d.default_outcome "
        "ELSE x.outcome END AS outcome",
        f"x.raw_minutes, {stored('minutes')} AS old_minutes, CASE WHEN x.raw_minutes IS NULL THEN "
        f"{stored('minutes')} ELSE x.minutes END AS minutes",
        f"x.raw_by, x.shared, {stored('by_id')} AS old_by_id, CASE WHEN x.raw_by IS NULL THEN {stored('by_id')} "
        "ELSE x.by_id END AS by_id",
        f"x.raw_role, {stored('role_id')} AS old_role_id, CASE WHEN x.raw_role IS NULL "
        f"OR x.raw_role = {CLEAR_SQL} THEN {stored('role_id')} ELSE x.role_id END AS role_id",
        f"{stored('note')} AS old_note, CASE WHEN x.raw_note IS NULL THEN coalesce({stored('note')}, '') "
        f"WHEN x.raw_note = {CLEAR_SQL} THEN '' ELSE x.raw_note END AS note",
    ]
    _fact_problems(plan)
    plan.problem("occurred_at", "required", "occurred_at IS NULL AND raw_occurred_at IS NULL")
    plan.problem("occurred_at", "moment", "occurred_at IS NULL AND raw_occurred_at IS NOT NULL")
    plan.problem("occurred_at", "future", "occurred_at > now() + interval '1 day'")
    plan.problem("kind", "required", "kind_id IS NULL AND raw_kind IS NULL")
    plan.problem("kind", "choice", "kind_id IS NULL AND raw_kind IS NOT NULL")
    plan.retired("kind", "kind_id")
    plan.problem("outcome", "choice", f"outcome IS NULL AND raw_outcome <> {CLEAR_SQL}")
    plan.problem("minutes", "minutes", f"minutes IS NULL AND raw_minutes <> {CLEAR_SQL}")
    plan.problem("by", "person", f"by_id IS NULL AND raw_by <> {CLEAR_SQL}")
    plan.problem("by", "shared", "shared")
    plan.problem("role", "choice", f"role_id IS NULL AND raw_role <> {CLEAR_SQL}")
    plan.retired("role", "role_id")
    compared = ("occurred_at", "kind_id", "outcome", "minutes", "by_id", "note")
    plan.changed["record"] = [
        "keyed_client_id IS NOT NULL AND keyed_client_id <> client_id",
        f"role_id IS NOT NULL AND {_differs('role_id')}",  # none yet: given when the touch is stored
        *(_differs(name) for name in compared if name != "note"),
        f"({_differs('note')} AND btrim(old_note, {SPACES_SQL}) IS DISTINCT FROM btrim(note, {SPACES_SQL}))",
    ]
    _create_rows(cursor, plan, "record_id", sample, table="import_typed")


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

    cursor.execute(
        f"CREATE TEMP TABLE import_typed ON COMMIT DROP AS SELECT x.row, x.external_id, c.id AS client_id, "
        f"{key('source')} AS source, {key('source_id')} AS source_id, "
        f"{', '.join(select)} FROM import_cells x "
        f"LEFT JOIN clients_client c ON c.external_id = x.external_id {joins}",
        params,
    )
    cursor.execute("ANALYZE import_typed (row, client_id, source, source_id)")


# --- Common --------------------------------------------------------------------------------------------


def mark_wrong_records(cursor: Any) -> None:
    """Errors of records with more or fewer cells than the header."""
    cursor.execute(
        "INSERT INTO import_errors SELECT row, NULL, cell_count::text, 'cell_count' FROM import_cells "
        "WHERE cell_count IS NOT NULL"
    )


def mark_repeated_clients(cursor: Any) -> None:
    """Errors of the records whose client number an earlier record has."""
    cursor.execute(
        "INSERT INTO import_errors SELECT x.row, 'external_id', x.external_id, 'repeated' FROM import_cells x "
        "JOIN (SELECT external_id, min(row) AS first FROM import_cells GROUP BY 1 HAVING count(*) > 1) r "
        "USING (external_id) WHERE x.row > r.first"
    )


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


def _create_rows(cursor: Any, plan: Plan, found: str, sample: int, *, table: str = "import_cells") -> None:
    wrong = " OR ".join(f"({condition})" for condition, _code in plan.problems)
    codes = ", ".join(f"CASE WHEN {condition} THEN '{code}' END" for condition, code in plan.problems)
    parts = [f"({' OR '.join(conditions)}) AS {name}_changed" for name, conditions in plan.changed.items()]
    changed = " OR ".join(f"{name}_changed" for name in plan.changed)
    cursor.execute(
        "CREATE TEMP TABLE import_rows ON COMMIT DROP AS "
        "SELECT *, CASE WHEN wrong AND miscounted IS NOT TRUE THEN array_remove(ARRAY["
        f"{codes}], NULL) END AS problems, "
        f"CASE WHEN wrong OR earlier THEN 'rejected' WHEN {found} IS NULL THEN 'created' "
        f"WHEN {changed} THEN 'updated' ELSE 'unchanged' END AS state FROM ("
        f"SELECT *, coalesce({wrong}, false) AS wrong, {', '.join(parts)} FROM ("
        f"SELECT x.row, e.row IS NOT NULL AS earlier, e.miscounted, {', '.join(plan.select)} FROM {table} x "
        "LEFT JOIN (SELECT row, bool_or(code = 'cell_count') AS miscounted FROM import_errors GROUP BY row) e "
        "ON e.row = x.row "
        f"{' '.join(plan.joins)} OFFSET 0) v OFFSET 0) d "
        f"WHERE wrong OR earlier OR {found} IS NULL OR {changed} OR row <= {int(sample) + 1}",
        plan.params or None,
    )
    cursor.execute(
        "INSERT INTO import_errors SELECT r.row, split_part(p, ':', 1), to_jsonb(x) ->> split_part(p, ':', 1), "
        "split_part(p, ':', 2) FROM import_rows r JOIN import_cells x USING (row), unnest(r.problems) p "
        "WHERE r.state = 'rejected'"
    )


def columns_of(model: type[models.Model]) -> list[str]:
    """Columns of a table without its key."""
    return [f.column for f in model._meta.concrete_fields if not f.primary_key]


CLIENT_COLUMNS = columns_of(Client)
