"""Deciding about the records of a client list."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from typing import Any

from clients.importing import values
from clients.importing.columns import Mapping
from clients.importing.records import Plan, choice_words, create_rows, differs, people, person, term_words
from clients.importing.staging import CLEAR_SQL, SPACES_SQL
from clients.models import ClientStatus, Permission

AXES = ("complexity_driver", "attention_constraint", "persona", "income_structure")
# With so many digits before the point.
AMOUNTS = {"assets_under_management": 14, "potential_revenue": 12, "investable_assets": 14}
RATINGS = ("growth_potential", "alignment")
YEARS = ("expected_years",)


def mark_repeated_clients(cursor: Any) -> None:
    """Errors of the records whose client number an earlier record has."""
    cursor.execute(
        "INSERT INTO import_errors SELECT x.row, 'external_id', x.external_id, 'repeated' FROM "
        "import_cells x "
        "JOIN (SELECT external_id, min(row) AS first FROM import_cells GROUP BY 1 HAVING count(*) > 1) r "
        "USING (external_id) WHERE x.row > r.first"
    )


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
    for name in has.keys() & set(YEARS):
        _value(plan, name, values.years(f'x."{name}"'), "years")
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
    create_rows(cursor, plan, "client_id", sample)


def _name(plan: Plan, mapping: Mapping, *, merged: bool) -> None:
    has = mapping.positions
    parts = [f'x."{part}"' for part in ("first_name", "last_name") if part in has]
    whole = f"nullif(concat_ws(' ', {', '.join(parts)}), '')" if parts else "NULL"
    text = f'coalesce(x."name", {whole})' if merged or "name" in has else whole
    plan.select.append(f"{text} AS raw_name, c.name AS old_name, coalesce({text}, c.name) AS name")
    plan.problem("name", "required", "name IS NULL")
    plan.problem("name", "not_clearable", f"raw_name = {CLEAR_SQL}")
    plan.problem("name", "too_long", "length(raw_name) > 160")
    text_differs(plan, "name")


def text_differs(plan: Plan, name: str) -> None:
    """Outer spaces, which a file does not carry, are no difference."""
    plan.changed.setdefault("client", []).append(
        f"({differs(name)} AND btrim(old_{name}, {SPACES_SQL}) IS DISTINCT FROM btrim({name}, {SPACES_SQL}))"
    )


def _value(plan: Plan, name: str, parsed: str, code: str) -> None:
    """A field of the client that may be empty."""
    raw = f'x."{name}"'
    plan.select.append(
        f"{raw} AS raw_{name}, c.{name} AS old_{name}, "
        f"CASE WHEN {raw} IS NULL OR {raw} = c.{name}::text THEN c.{name} WHEN {raw} <> {CLEAR_SQL} THEN "
        f"{parsed} END AS {name}"
    )
    plan.problem(name, code, f"{name} IS NULL AND raw_{name} <> {CLEAR_SQL}")
    plan.changed.setdefault("client", []).append(differs(name))


def _text(plan: Plan, name: str, parsed: str, code: str) -> None:
    """A text of the client whose emptiness is the empty text."""
    raw = f'x."{name}"'
    plan.select.append(
        f"c.{name} AS old_{name}, CASE WHEN {raw} IS NULL THEN coalesce(c.{name}, '') "
        f"WHEN {raw} = c.{name} THEN {raw} WHEN {raw} = {CLEAR_SQL} THEN '' ELSE {parsed} END AS {name}"
    )
    plan.problem(name, code, f"{name} IS NULL")
    text_differs(plan, name)


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
    plan.changed.setdefault("client", []).append(differs(name))


def _axis(plan: Plan, name: str) -> None:
    raw, column = f'x."{name}"', f"{name}_id"
    plan.select.append(
        f"{raw} AS raw_{name}, c.{column} AS old_{column}, CASE WHEN {raw} IS NULL THEN c.{column} "
        f"ELSE {plan.word(raw, term_words(name), 'bigint')} END AS {column}"
    )
    plan.problem(name, "choice", f"{column} IS NULL AND raw_{name} <> {CLEAR_SQL}")
    plan.retired(name, column)
    plan.changed.setdefault("client", []).append(differs(column))


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
        f"{raw} AS raw_advisor, t.user_id AS old_advisor_id, "
        f"{person('w_advisor', 'is_active', raw)} AS is_active, "
        f"{person('w_advisor', 'shared', raw)} AS shared, "
        f"CASE WHEN {raw} IS NULL THEN t.user_id ELSE {person('w_advisor', 'id', raw)} END AS advisor_id"
    )
    plan.problem("advisor", "person", f"advisor_id IS NULL AND raw_advisor <> {CLEAR_SQL}")
    plan.problem("advisor", "shared", "shared")
    plan.problem("advisor", "inactive", f"NOT is_active AND {differs('advisor_id')}")
    plan.changed["team"] = [differs("advisor_id")]


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
    plan.changed["tag"] = [f"{differs('trigger_id')} AND raw_tag IS NOT NULL"]
