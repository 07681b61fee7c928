"""How revenue is spread over the firm's clients: the cumulative curve, with the cuts of the tiers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import connection

from servicing.delivery import periods

POINTS = 200
MARKS = (0.5, 0.8)  # shares of revenue: how few clients bring so much

_TIERS = """
SELECT t.code, count(*), sum(r.revenue) FROM dashboard_result r LEFT JOIN clients_tier t ON t.id = r.tier_id
WHERE r.period = %(period)s GROUP BY t.code, t.position ORDER BY t.position NULLS LAST"""
# Clients by falling revenue, every so many of them, and where the sum first reaches each mark.
_CURVE = """
WITH ranked AS (
    SELECT row_number() OVER ranks AS place, sum(revenue) OVER ranks AS running
    FROM dashboard_result WHERE period = %(period)s
    WINDOW ranks AS (ORDER BY revenue DESC, client_id ROWS UNBOUNDED PRECEDING)
), marks AS (
    SELECT mark, (SELECT min(place) FROM ranked WHERE running >= mark * %(revenue)s) AS place
    FROM unnest(%(marks)s::numeric[]) AS each(mark)
)
SELECT place, running, NULL::numeric AS mark FROM ranked
WHERE place %% %(step)s = 0 OR place = %(clients)s
UNION ALL
SELECT ranked.place, running, mark FROM marks JOIN ranked USING (place)
ORDER BY 3 NULLS FIRST, 1"""


def add_up() -> dict[str, Any]:
    """The curve of the last twelve months from the results of clients, which are at hand; see
    `DashboardRefresh.pareto`. Money is text."""
    with connection.cursor() as cursor:
        cursor.execute(_TIERS, {"period": periods.TWELVE})
        tiers = cursor.fetchall()
        clients, revenue = sum(row[1] for row in tiers), sum((row[2] for row in tiers), Decimal(0))
        found = {
            "clients": clients,
            "revenue": f"{revenue:.2f}",
            "tiers": [{"tier": code, "clients": n, "revenue": f"{sum_:.2f}"} for code, n, sum_ in tiers],
            "cuts": _cuts(tiers, clients, revenue),
            "curve": [],
            "marks": [],
        }
        if revenue <= 0:
            return found
        values = {"period": periods.TWELVE, "revenue": revenue, "clients": clients, "marks": list(MARKS),
                  "step": max(1, -(-clients // (POINTS - 2)))}  # fmt: skip
        cursor.execute(_CURVE, values)
        found["curve"] = [[0.0, 0.0]]
        for place, running, mark in cursor.fetchall():
            point = [round(place / clients, 5), round(float(running / revenue), 5)]
            if mark is None:
                found["curve"].append(point)
            else:
                found["marks"].append({"share": float(mark), "clients": place, "revenue": f"{running:.2f}"})
    return found


def _cuts(tiers: list[Any], clients: int, revenue: Decimal) -> list[dict[str, Any]]:
    """Which share of clients and revenue the tiers up to each have, in the order of the tiers."""
    cuts, people, money = [], 0, Decimal(0)
    for code, number, brought in tiers:
        people, money = people + number, money + brought
        if code:
            cuts.append(
                {
                    "tier": code,
                    "clients_share": round(people / clients, 5),
                    "revenue_share": round(float(money / revenue), 5) if revenue > 0 else None,
                }
            )
    return cuts
