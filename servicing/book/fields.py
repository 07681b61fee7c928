"""The fields of two records side by side: which value the record that stays will have."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from clients.formats import money, short_date
from clients.models import BehavioralTag, Client, Permission
from clients.register.active import kept as kept_fields
from clients.services import BEHAVIORAL

FIELDS = (
    "name",
    "status",
    "client_since",
    "complexity_driver",
    "attention_constraint",
    "persona",
    "income_structure",
    "assets_under_management",
    "investable_assets",
    "potential_revenue",
    "expected_years",
    "growth_potential",
    "alignment",
    "email",
    "phone",
)
# The fewer rights an answer gives, the earlier it stands here; of two the earlier wins.
STRICT = (
    Permission.WITHDRAWN,
    Permission.DECLINED,
    Permission.NOT_ASKED,
    Permission.ASKED,
    Permission.GRANTED,
)


def stricter(one: str, other: str) -> str:
    """Of two answers the one that gives fewer rights."""
    return min(one, other, key=lambda answer: STRICT.index(Permission(answer)))


@dataclass(frozen=True)
class Field:
    """One field: what each record has, in words, and whether the gone record's value is taken by default."""

    name: str
    label: str
    kept: str
    gone: str
    conflict: bool
    take: bool

    @property
    def same(self) -> bool:
        return self.kept == self.gone


def side_by_side(kept: Client, gone: Client) -> list[Field]:
    """The fields in which at least one record has a value. An empty one takes the other's; of two dates since
    when the earlier; else the record that stays keeps its own."""
    found = []
    for name in kept_fields(FIELDS):
        mine, theirs = getattr(kept, name), getattr(gone, name)
        if mine in (None, "") and theirs in (None, ""):
            continue
        conflict = mine != theirs and mine not in (None, "") and theirs not in (None, "")
        take = mine in (None, "") or (name == "client_since" and conflict and theirs < mine)
        label = capfirst(str(Client._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
        found.append(Field(name, label, _said(kept, name), _said(gone, name), conflict, take))
    behavioral = _behavioral(kept, gone)
    return [*found, behavioral] if behavioral else found


def _said(client: Client, name: str) -> str:
    value = getattr(client, name)
    if value in (None, ""):
        return ""
    if name == "status":
        return client.get_status_display()
    if name == "client_since":
        return short_date(value)
    return money(value, cents=True) if isinstance(value, Decimal) else str(value)


def _behavioral(kept: Client, gone: Client) -> Field | None:
    """The behavioral trigger, where both records have permission granted; else there will be none."""
    if stricter(kept.permission, gone.permission) != Permission.GRANTED or not kept_fields([BEHAVIORAL]):
        return None
    mine, theirs = _trigger(kept), _trigger(gone)
    if not mine and not theirs:
        return None
    label = _("Behavioral trigger")
    return Field(BEHAVIORAL, label, mine, theirs, bool(mine and theirs and mine != theirs), not mine)


def _trigger(client: Client) -> str:
    tag = BehavioralTag.objects.filter(client=client).select_related("trigger").first()
    return str(tag.trigger) if tag else ""


def taken_values(*, gone: Client, take: set[str]) -> dict[str, Any]:
    """Column values that the staying record takes over."""
    return {
        Client._meta.get_field(name).attname: getattr(gone, Client._meta.get_field(name).attname)  # type: ignore[union-attr]
        for name in FIELDS
        if name in take
    }
