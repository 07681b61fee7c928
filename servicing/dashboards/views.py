"""The tier dashboard: what each tier brings, what it takes, what is owed to it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.access import require, sees_all_clients
from servicing.dashboards import rollups
from servicing.dashboards.operations import as_file
from servicing.dashboards.tables import MONEY, TEXT, Cell, Table, columns
from servicing.models import TierRollup
from tiers import runs
from tiers.models import RunStatus, ScoringRun

SUMMED = (
    "clients",
    "untagged",
    "revenue",
    "minutes",
    "done_on_time",
    "done_late",
    "missed",
    "open_tasks",
    "late_tasks",
)


@require(sees_all_clients)
@require_GET
def tier_dashboard(request: HttpRequest) -> HttpResponse:
    """Figures per tier from the rollup, with the time they are of, and the moves that wait for a person."""
    rows = _rows()
    if not rows:  # nobody has added anything up yet
        rollups.refresh()
        rows = _rows()
    shown = [row for row in rows if row["tier_id"] and (_counts(row) or not row["tier__retired_at"])]
    untiered = next((row for row in rows if not row["tier_id"]), None)
    total = {name: sum(row[name] for row in rows) for name in SUMMED}
    if "file" in request.GET:
        return as_file("tiers", table_of(shown, untiered).as_csv())
    tiers, run = [_figures(row, total) for row in shown], runs.latest_run()
    return render(
        request,
        "servicing/dashboards/tiers.html",
        {
            "tiers": tiers,
            "rows": [*tiers, *([_figures(untiered, total)] if untiered and _counts(untiered) else [])],
            "total": _figures(total, total),
            "untiered": untiered["clients"] if untiered else 0,
            "untagged_share": _share(total["untagged"], total["clients"]),
            "refreshed_at": rows[0]["refreshed_at"],
            "run": run,
            "moving": _waiting_moves(run),
        },
    )


def _counts(row: dict[str, Any]) -> bool:
    """Whether a row has part in the sums: a retired tier still has the work that it promised."""
    return any(row[name] for name in SUMMED)


def table_of(tiers: list[dict[str, Any]], untiered: dict[str, Any] | None) -> Table:
    """The figures of each tier as a table; those of clients without one at the end."""
    counted = ("done_on_time", "done_late", "missed", "open_tasks", "late_tasks", "untagged")
    head = [("tier", _("Tier")), ("clients", _("Clients")), ("revenue", _("Revenue")), ("minutes", _("Time"))]
    table = Table("tiers", _("By tier"), columns(*head, *((name, name) for name in counted)))
    for row in [*tiers, *([untiered] if untiered else [])]:
        first = [Cell(row["tier__code"], TEXT), Cell(row["clients"]), Cell(row["revenue"], MONEY)]
        table.rows.append([*first, *(Cell(row[name]) for name in ("minutes", *counted))])
    return table


def _waiting_moves(run: ScoringRun | None) -> int:
    """How many clients the latest run would move, where a person has not applied it.

    First tiers do not wait: an automatic run has given them already.
    """
    if run is None or run.status != RunStatus.PROPOSED:
        return 0
    return sum(move["clients"] for move in run.moves if move["from"] or not run.automatic)


def _rows() -> list[dict[str, Any]]:
    return list(
        TierRollup.objects.order_by("tier__position", "id").values(
            *SUMMED, "tier_id", "tier__code", "tier__retired_at", "as_of", "refreshed_at"
        )
    )


def _figures(row: dict[str, Any], total: dict[str, Any]) -> dict[str, Any]:
    """A row with the shares and rates that the page shows; None where there is nothing to divide by."""
    revenue_share = _share(row["revenue"], total["revenue"])
    time_share = _share(row["minutes"], total["minutes"])
    owed = row["done_on_time"] + row["done_late"] + row["missed"]
    on_time = _share(row["done_on_time"], owed)
    behind = _share(row["done_late"] + row["missed"], owed)
    return row | {
        "on_time_share": on_time,
        "behind_share": behind,
        "on_time_bar": _bar(on_time),
        "behind_bar": _bar(behind),
        "revenue_share": revenue_share,
        "time_share": time_share,
        "revenue_bar": _bar(revenue_share),
        "time_bar": _bar(time_share),
        "revenue_an_hour": row["revenue"] * 60 / row["minutes"] if row["minutes"] else None,
        "untagged_share": _share(row["untagged"], row["clients"]),
    }


def _share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    return Decimal(part) / Decimal(whole) if whole > 0 else None


def _bar(share: Decimal | None) -> Decimal:
    """Length of the bar of a share, of 300."""
    return round(300 * min(max(share or Decimal(0), Decimal(0)), Decimal(1)), 1)
