"""Deciding, for all records at once, what each would be stored as and whether it is new, changed or wrong.

Each kind of import fills `import_rows`: a row for each record that is not already stored as it is, with the
values as they will be stored, its `state` (created, updated, unchanged, rejected) and, where it is rejected,
its `problems` as `field:code`.
"""

# ruff: noqa: S608  (statements of constants and field names of this package, never of a file's text)
from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from typing import Any

from clients.importing import values
from clients.models import (
    AttentionConstraint,
    BehavioralTrigger,
    ComplexityDriver,
    IncomeStructure,
    Persona,
    ServiceRole,
    Term,
    TouchKind,
)

VOCABULARY: dict[str, type[Term]] = {
    "complexity_driver": ComplexityDriver,
    "behavioral_trigger": BehavioralTrigger,
    "attention_constraint": AttentionConstraint,
    "persona": Persona,
    "income_structure": IncomeStructure,
    "kind": TouchKind,
    "role": ServiceRole,
}


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
        """The expression that finds a text among `words`, for `select` at once: parameters are in order."""
        expression, params = values.word(text, words, cast)
        self.params += params
        return expression

    def retired(self, name: str, column: str) -> None:
        """A retired word is a problem unless it is already stored."""
        if ids := retired_ids(name):
            listed = ", ".join(str(int(pk)) for pk in ids)
            self.problem(name, "retired", f"{column} IN ({listed}) AND {differs(column)}")

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
    """People by username, else e-mail, else (foreign files) full name, in lower case; read with `person`."""
    full_name = (
        " UNION ALL SELECT lower(btrim(first_name || ' ' || last_name)), id, is_active, 2 FROM clients_user"
        " WHERE first_name <> '' AND last_name <> ''"
    )
    return (
        "(SELECT DISTINCT ON (key) key, id, is_active, count(*) OVER (PARTITION BY key, rank) > 1 shared "
        "FROM ("
        "SELECT lower(username) key, id, is_active, 0 rank FROM clients_user UNION ALL "
        "SELECT lower(email), id, is_active, 1 FROM clients_user WHERE email <> ''"
        f"{full_name if by_full_name else ''}"
        ") persons ORDER BY key, rank, is_active DESC)"
    )


def person(people: str, column: str, cell: str) -> str:
    """What `people` knows (id, shared, is_active) of whom the cell names. Of usernames that differ in nothing
    but case, the one that is written exactly so is meant."""
    exact = f"FROM clients_user exact WHERE exact.username = {cell}"
    if column == "shared":
        return f"({people}.shared AND NOT EXISTS (SELECT {exact}))"
    return (
        f"CASE WHEN {people}.shared THEN coalesce((SELECT exact.{column} {exact}), {people}.{column}) "
        f"ELSE {people}.{column} END"
    )


def choice_words(
    options: Iterable[tuple[str, Any]], more: Dictionary[str, str] | None = None
) -> dict[str, str]:
    """Lower-case code or label -> code; `more` are another product's words."""
    words = dict(more or {})
    options = list(options)
    words |= {str(label).lower(): code for code, label in options}
    return words | {code: code for code, _label in options}


# --- Statements ----------------------------------------------------------------------------------------


def mark_wrong_records(cursor: Any) -> None:
    """Errors of records with more or fewer cells than the header."""
    cursor.execute(
        "INSERT INTO import_errors SELECT row, NULL, cell_count::text, 'cell_count' FROM import_cells "
        "WHERE cell_count IS NOT NULL"
    )


def differs(name: str) -> str:
    """Whether the value to be stored differs from the stored one."""
    return f"old_{name} IS DISTINCT FROM {name}"


def create_rows(cursor: Any, plan: Plan, found: str, sample: int, *, table: str = "import_cells") -> None:
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
        "LEFT JOIN (SELECT row, bool_or(code = 'cell_count') AS miscounted FROM import_errors GROUP BY "
        "row) e "
        "ON e.row = x.row "
        f"{' '.join(plan.joins)} OFFSET 0) v OFFSET 0) d "
        f"WHERE wrong OR earlier OR {found} IS NULL OR {changed} OR row <= {int(sample) + 1}",
        plan.params or None,
    )
    # Writing joins it to tables of which the planner may know nothing yet, or hold for empty after an undo:
    # with its statistics and these indexes no guess makes it look at every pair of rows.
    cursor.execute(f"CREATE INDEX ON import_rows ({found}); CREATE INDEX ON import_rows (external_id)")
    flags = "".join(f", {name}_changed" for name in plan.changed)
    cursor.execute(f"ANALYZE import_rows (row, external_id, state, {found}{flags})")
    cursor.execute(
        "INSERT INTO import_errors SELECT r.row, split_part(p, ':', 1), to_jsonb(x) ->> split_part(p, "
        "':', 1), "
        "split_part(p, ':', 2) FROM import_rows r JOIN import_cells x USING (row), unnest(r.problems) p "
        "WHERE r.state = 'rejected'"
    )
