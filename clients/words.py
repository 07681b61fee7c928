"""The vocabulary as plain values, read in one query: what filters, dropdowns and cells show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection

from clients.models import (
    AttentionConstraint,
    BehavioralTrigger,
    ComplexityDriver,
    IncomeStructure,
    Persona,
    SavedFilter,
    Term,
    Tier,
    User,
)

# The five dropdowns in the order in which they are shown.
AXES: dict[str, type[Term]] = {
    "complexity_driver": ComplexityDriver,
    "behavioral_trigger": BehavioralTrigger,
    "attention_constraint": AttentionConstraint,
    "persona": Persona,
    "income_structure": IncomeStructure,
}
_KINDS: dict[str, type[Term]] = {"tier": Tier, **AXES}


@dataclass(frozen=True)
class Word:
    id: int
    code: str
    label: str
    changes: str
    retired: bool
    position: int


@dataclass(frozen=True)
class Words:
    """All words by kind, in the firm's order, and the person's saved filters (name, query string, id)."""

    by_kind: dict[str, dict[int, Word]]
    saved: list[tuple[str, str, int]] = field(default_factory=list)

    def label(self, kind: str, id: int | None) -> str:
        word = self.by_kind[kind].get(id) if id else None
        return word.label if word else ""

    def code(self, kind: str, id: int | None) -> str:
        word = self.by_kind[kind].get(id) if id else None
        return word.code if word else ""

    def by_code(self, kind: str, code: str) -> Word | None:
        return next((word for word in self.by_kind[kind].values() if word.code == code), None)

    def choices(self, kind: str, *, keep: int | None = None) -> list[Word]:
        """Words that can be chosen today, and the one with the id `keep` even if it was retired."""
        return [word for word in self.by_kind[kind].values() if not word.retired or word.id == keep]


def _selects() -> Iterable[str]:
    for kind, model in _KINDS.items():
        yield (
            f"SELECT '{kind}', id, code, label, changes, retired_at IS NOT NULL, position "  # noqa: S608
            f"FROM {model._meta.db_table}"
        )
    yield (
        f"SELECT 'saved', id, query, name, '', FALSE, 0 FROM {SavedFilter._meta.db_table} "  # noqa: S608
        "WHERE user_id = %s"
    )


def words_for(user: User) -> Words:
    """The vocabulary and the saved filters of `user`, in one query."""
    by_kind: dict[str, dict[int, Word]] = {kind: {} for kind in _KINDS}
    saved = []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(_selects()) + " ORDER BY 1, 7, 4", [user.pk])
        for kind, id, code, label, changes, retired, position in cursor.fetchall():
            if kind == "saved":
                saved.append((label, code, id))
            else:
                by_kind[kind][id] = Word(id, code, label, changes, retired, position)
    return Words(by_kind, saved)
