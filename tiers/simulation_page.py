"""What the policy studio shows of a simulation: the matrix, tiers beside each other, the curve, movers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from clients.models import Client, ClientStatus, User
from clients.templatetags.crm import percent
from tiers import rules, simulation
from tiers.facts import FRESH_FOR
from tiers.models import Factor, Policy, SimulatedMove, Simulation

PAGE = 25
UNTIERED = "none"  # how addresses name no tier
MANY_ADVISORS = 12  # the rest is in a list that opens

# The drawing: 640 by 280, with room for the numbers at its left and below.
LEFT, TOP, WIDTH, HEIGHT = 48, 16, 576, 216


@dataclass(frozen=True)
class Shown:
    """Which movers are asked for: from a tier, to a tier, of an advisor, after a client."""

    old: str = ""
    new: str = ""
    advisor: str = ""
    after: int = 0

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Shown:
        """From an address; what makes no sense there is left out."""
        after, advisor = query.get("after", ""), query.get("advisor", "")
        return cls(
            old=query.get("from", "").replace("\0", "")[:50],
            new=query.get("to", "").replace("\0", "")[:50],
            advisor=advisor[:18] if advisor.isdecimal() else "",
            after=int(after[:18]) if after.isdecimal() else 0,
        )

    @property
    def is_filtered(self) -> bool:
        return bool(self.old or self.new or self.advisor)


def simulation_for_page(*, policy: Policy, as_of: dt.date, by: User) -> Simulation | None:
    """What `policy`, which can score, would do at the date: made now, unless it is at hand from fresh facts.

    Where the firm is too large for a page, the one that a worker made of what the policy states now, or None.
    """
    found = simulation.current(policy, as_of)
    active = Client.objects.filter(status=ClientStatus.ACTIVE)
    if active[: simulation.IN_REQUEST + 1].count() > simulation.IN_REQUEST:
        return found
    if found and timezone.now() - found.facts_at < FRESH_FOR:
        return found
    return simulation.simulate(policy=policy, as_of=as_of, by=by)


def panel(found: Simulation, shown: Shown) -> dict[str, Any]:
    """Everything that the right side of the studio draws."""
    result = found.result
    return {
        "simulation": found,
        "result": result,
        "total_revenue": Decimal(result["total_revenue"]),
        "difference": _difference(result),
        "matrix": matrix(result["matrix"], result["tiers"]),
        "tiers": _tiers(result),
        "curve": curve(result),
        "advisors": _advisors(result["advisors"]),
        "decided": [
            {"label": Factor(row["factor"]).label, "clients": row["clients"]} for row in result["decided"]
        ],
        "shown": shown,
        "shown_advisor": _advisor_name(result, shown.advisor),
        **_movers(found, shown),
    }


def _difference(result: dict[str, Any]) -> str:
    """How many more or fewer would move than under the policy in force, in words."""
    under_published = result["moving_under_published"]
    if under_published is None:
        return ""
    if result["moving"] == under_published:
        return _("As many as under the policy in force.")
    words = {"n": number_format(under_published, force_grouping=True)}
    return _("Under the policy in force it would be %(n)s.") % words


def matrix(cells: list[dict[str, Any]], tiers: list[dict[str, Any]]) -> dict[str, Any]:
    """A row for each tier that clients are in now, a column for each that they would be in."""
    counts = {(cell["from"], cell["to"]): cell["clients"] for cell in cells}
    order: list[str | None] = [row["tier"] for row in tiers]
    rows = [tier for tier in [*order, None] if any(a == tier for a, _b in counts)]
    columns = [tier for tier in [*order, None] if tier is not None or any(b is None for _a, b in counts)]
    return {
        "columns": columns,
        "rows": [
            {
                "tier": old,
                "total": sum(clients for (a, _b), clients in counts.items() if a == old),
                "cells": [
                    {
                        "tier": new,
                        "clients": counts.get((old, new), 0),
                        "stays": old == new,
                        "old": old or UNTIERED,
                        "new": new or UNTIERED,
                    }
                    for new in columns
                ],
            }
            for old in rows
        ],
    }


def _tiers(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Each tier now, under the policy in force and under the draft."""
    total = Decimal(result["total_revenue"])
    now: dict[str | None, int] = {}
    for cell in result["matrix"]:
        now[cell["from"]] = now.get(cell["from"], 0) + cell["clients"]
    rows = []
    for row in result["tiers"]:
        before = row["published_revenue"]
        rows.append(
            row
            | {
                "now": now.get(row["tier"], 0),
                "revenue": Decimal(row["revenue"]),
                "published_share": Decimal(before) / total if before is not None and total > 0 else None,
                "cut": None if row["cut"] is None else Decimal(row["cut"]),
            }
        )
    return rows


def _advisors(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Those whose clients move most come first; `more` are the others."""
    found = sorted(rows, key=lambda row: (-row["share"], row["user_id"] is None, row["name"] or ""))
    clients = sum(row["clients"] for row in rows)
    return {
        "first": found[:MANY_ADVISORS],
        "more": found[MANY_ADVISORS:],
        "overall": sum(row["moving"] for row in rows) / clients if clients else None,
    }


def _advisor_name(result: dict[str, Any], advisor: str) -> str:
    if not advisor:
        return ""
    names = {row["user_id"] or 0: row["name"] for row in result["advisors"]}
    return names.get(int(advisor)) or _("nobody")


# --- Movers --------------------------------------------------------------------------------------------


def _movers(found: Simulation, shown: Shown) -> dict[str, Any]:
    page = list(
        simulation.movers(
            found,
            after=shown.after,
            old=shown.old,
            new=shown.new,
            advisor=int(shown.advisor) if shown.advisor else None,
        )[: PAGE + 1]
    )
    return {
        "movers": [{"row": row, "reason": reason(row)} for row in page[:PAGE]],
        "next": page[PAGE - 1].client_id if len(page) > PAGE else None,
    }


def reason(move: SimulatedMove) -> str:
    """What decided the move: factors with their change in points, else the rule that placed the client."""
    if not move.factors:
        return str(rules.RULE_LABELS.get(move.rule, move.rule))
    parts = [
        _("%(factor)s %(change)s")
        % {
            "factor": Factor(factor).label,
            "change": f"{'+' if change > 0 else '−'}{number_format(abs(change), decimal_pos=1)}",
        }
        for factor, change in zip(move.factors, move.changes, strict=True)
    ]
    return ", ".join(parts)


# --- The curve -----------------------------------------------------------------------------------------


def curve(result: dict[str, Any]) -> dict[str, Any] | None:
    """The cumulative revenue curve as a drawing, and its table; None without revenue.

    Clients by falling revenue go to the right, their part of revenue goes up. A tier's cut stands where the
    clients of the tiers up to it end, with a mark at the revenue that those clients bring.
    """
    if not result["curve"]:
        return None
    cuts = [
        {
            "tier": cut["tier"],
            "x": _x(cut["clients_share"]),
            "y": _y(cut["revenue_share"]),
            "clients_share": cut["clients_share"],
            "revenue_share": cut["revenue_share"],
        }
        for cut in result["cuts"]
        if cut["clients_share"] is not None and cut["revenue_share"] is not None
    ]
    return {
        "points": " ".join(f"{_x(x)},{_y(y)}" for x, y in result["curve"]),
        "cuts": _spread(cuts[:-1]),
        "table": cuts,
        "steps": [{"share": step / 4, "x": _x(step / 4), "y": _y(step / 4)} for step in range(5)],
        "top": TOP,
        "left": LEFT,
        "right": LEFT + WIDTH,
        "bottom": TOP + HEIGHT,
        "says": _curve_in_words(cuts),
    }


def _spread(cuts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Letters of cuts that stand close together are written beside each other, not on each other."""
    free_from = 0.0
    for cut in cuts:
        cut["label_x"] = round(max(cut["x"] + 4, free_from), 1)
        free_from = cut["label_x"] + 64
    return cuts


def _curve_in_words(cuts: list[dict[str, Any]]) -> str:
    return " ".join(
        _("Up to tier %(tier)s: %(clients)s of clients bring %(revenue)s of revenue.")
        % {
            "tier": cut["tier"],
            "clients": percent(cut["clients_share"]),
            "revenue": percent(cut["revenue_share"]),
        }
        for cut in cuts
    )


def _x(share: float) -> float:
    return round(LEFT + WIDTH * share, 1)


def _y(share: float) -> float:
    """Revenue can fall below zero or rise above the whole where there are clawbacks: kept in the drawing."""
    return round(TOP + HEIGHT * (1 - min(max(share, -0.05), 1.05)), 1)
