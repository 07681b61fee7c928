"""The hours a year that a draft policy would promise, beside now, the policy in force and what there is.

Clients of each tier times what its standard asks of one client (`standards`): own intervals and waivers of
single clients are left out, on all sides alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from clients.formats import hours
from clients.models import ServiceRole
from servicing.capacity import reading
from servicing.models import RoleWeeks
from servicing.standards.a_year import promises, times_a_year
from tiers.models import Simulation

SIDES = ("now", "in_force", "draft")


def hours_of_draft(request: HttpRequest, simulation: Simulation) -> dict[str, Any]:
    """The studio's panel: minutes a year by tier and by role; None for the policy in force where none is."""
    counts = _clients(simulation.result)
    by_tier: Counter[tuple[str, str]] = Counter()
    by_role: Counter[tuple[int, str]] = Counter()
    found = promises()
    times = times_a_year(found)
    for promise in found:
        for side in SIDES:
            minutes = times[promise.item_id] * promise.minutes * counts[side].get(promise.tier, 0)
            by_tier[promise.tier, side] += minutes  # type: ignore[assignment]
            by_role[promise.role_id, side] += minutes  # type: ignore[assignment]
    available = {
        row["role_id"]: sum(row["available"]) for row in RoleWeeks.objects.values("role_id", "available")
    }
    total = {side: sum(by_tier[key] for key in by_tier if key[1] == side) for side in SIDES}
    compares = simulation.result["from_published"] is not None
    there = sum(available.values())
    return {
        "compares": compares,
        "tiers": [
            {"tier": row["tier"], **{side: by_tier[row["tier"], side] for side in SIDES}}
            for row in simulation.result["tiers"]
        ],
        "roles": [
            {
                "name": role.label,
                "available": available.get(role.pk) or None,
                "load": by_role[role.pk, "draft"] / available[role.pk] if available.get(role.pk) else None,
                **{side: by_role[role.pk, side] for side in SIDES},
            }
            for role in ServiceRole.objects.order_by("position", "id")
            if any(by_role[role.pk, side] for side in SIDES)
        ],
        "total": total | {"available": there or None, "load": total["draft"] / there if there else None},
        "says": _in_words(total, there, compares),
        "unstated": reading.counts()["unstated"],
    }


def _clients(result: dict[str, Any]) -> dict[str, Counter[str]]:
    """How many clients each tier has now, under the policy in force, and under the draft."""
    counts: dict[str, Counter[str]] = {side: Counter() for side in SIDES}
    for cell in result["matrix"]:
        if cell["from"]:
            counts["now"][cell["from"]] += cell["clients"]
    for row in result["tiers"]:
        counts["draft"][row["tier"]] = row["clients"]
        counts["in_force"][row["tier"]] = row["published_clients"] or 0
    return counts


def _in_words(total: Mapping[str, float], there: float, compares: bool) -> str:
    before = total["in_force"] if compares else total["now"]
    more = total["draft"] - before
    if round(more) == 0:
        words = _("The draft promises %(hours)s a year, as much as %(other)s.")
    elif more > 0:
        words = _("The draft promises %(hours)s a year, %(difference)s more than %(other)s.")
    else:
        words = _("The draft promises %(hours)s a year, %(difference)s less than %(other)s.")
    other = _("the policy in force") if compares else _("is promised now")
    said = words % {"hours": hours(total["draft"]), "difference": hours(abs(more)), "other": other}
    if there:
        over = total["draft"] > there
        has = _("That is more than the %s that people have.") if over else _("People have %s.")
        said = f"{said} {has % hours(there)}"
    return said
