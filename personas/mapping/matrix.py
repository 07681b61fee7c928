"""The whole map as it is read on a page: rows in groups by what they ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from personas.models.mapping import MapRow

# One condition: its own group; several, and none, a group each.
_SEVERAL, _NONE = "several", "none"
_LABELS: dict[str, str | Promise] = {
    _SEVERAL: _("More than one condition"),
    "persona": _("Persona"),
    "complexity_driver": _("Complexity driver"),
    "behavioral_trigger": _("Behavioral trigger"),
    "attention_constraint": _("Attention constraint"),
    "income_structure": _("Income structure"),
    "tier": _("Tier"),
    _NONE: _("Everyone else"),
}


@dataclass
class Group:
    """Rows that ask for the same kind of thing, in their order."""

    code: str
    label: str | Promise
    rows: list[MapRow] = field(default_factory=list)


def grouped(rows: Iterable[MapRow]) -> list[Group]:
    """The rows in groups, those with most conditions first; a group without rows is left out."""
    groups = {code: Group(code, label) for code, label in _LABELS.items()}
    for row in sorted(rows, key=lambda row: (row.order, row.pk)):
        asked = list(row.conditions)
        code = _SEVERAL if len(asked) > 1 else asked[0] if asked else _NONE
        groups[code].rows.append(row)
    return [group for group in groups.values() if group.rows]
