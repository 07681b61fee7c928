"""Which columns of the client list a person sees: name and tier always, the others as they choose."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.access import sees_all_clients
from clients.models import User
from clients.register.active import kept
from clients.words import AXES

AXIS_HEADINGS = {
    "complexity_driver": _("Complexity"),
    "behavioral_trigger": _("Behavioral"),
    "attention_constraint": _("Attention"),
    "persona": _("Persona"),
    "income_structure": _("Income"),
}
NOTHING = "nothing"  # is hidden, by choice
_OTHERS = {"advisor": _("Advisor"), "last_touch": _("Last touch"), "next_due": _("Next due")}


def choices() -> dict[str, str | Promise]:
    """The columns that can be chosen, with their headings; axes as far as the register lets them be shown."""
    return {**{axis: AXIS_HEADINGS[axis] for axis in kept(AXES)}, **_OTHERS}


def shown(user: User) -> list[str]:
    """The chosen columns in their order.

    Until the person chooses: all; without the advisor for those who see only their own clients, whom they
    mostly lead.
    """
    hidden = user.hidden_columns.split() or ([] if sees_all_clients(user) else ["advisor"])
    return [name for name in choices() if name not in hidden]


def show(*, user: User, columns: Collection[str]) -> None:
    """Keeps `columns` as those that the person sees. What cannot be chosen counts for nothing."""
    offered = choices()
    hidden = [name for name in user.hidden_columns.split() if name not in offered and name != NOTHING]
    hidden += [name for name in offered if name not in columns]
    user.hidden_columns = " ".join(hidden) or NOTHING
    user.save(update_fields=["hidden_columns"])
