"""Movement between tiers from one day to another: of all active clients, or of those whom somebody leads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.utils import timezone

from servicing.dashboards.sets import LEAD_ROLE, TIER_AT
from servicing.delivery.files import rows_of
from servicing.models import MovementRollup

NONE = "none"  # asked for as a tier or an advisor: clients without one
Cell = tuple[int | None, int | None, int]
Move = tuple[str | None, str | None, int]  # the same by the codes of tiers

# Every active client of today with its tier at the end of the first day and at the end of the last.
_THEN_AND_NOW = f"""
    FROM clients_client c
    {TIER_AT.format(name="was", day="%(first)s")}
    {TIER_AT.format(name="now", day="%(last)s")}
    LEFT JOIN clients_teammember lead ON lead.client_id = c.id AND lead.role_id = {LEAD_ROLE}
    WHERE c.status = 'active' AND {{narrow}}
"""
_CELLS = f"SELECT was.tier_id, now.tier_id, count(*) {_THEN_AND_NOW} GROUP BY 1, 2 ORDER BY 1, 2"


def usual(today: dt.date) -> tuple[dt.date, dt.date]:
    """The days that the page opens with: thirteen weeks ago, and today."""
    return today - dt.timedelta(weeks=13), today


def keep(first: dt.date, last: dt.date) -> list[Cell]:
    """Counts the firm's movement and keeps it until the next refresh."""
    cells = _count(first, last, "")
    MovementRollup.objects.update_or_create(
        first_on=first, last_on=last, defaults={"cells": cells, "made_at": timezone.now()}
    )
    return cells


def cells_of(first: dt.date, last: dt.date, advisor: str = "") -> list[Cell]:
    """(tier id before, tier id after, clients); the firm's from what is kept, where somebody asked before."""
    if advisor:
        return _count(first, last, advisor)
    kept = MovementRollup.objects.filter(first_on=first, last_on=last).values_list("cells", flat=True).first()
    return [tuple(cell) for cell in kept] if kept is not None else keep(first, last)


def _count(first: dt.date, last: dt.date, advisor: str) -> list[Cell]:
    narrow, values = _of_advisor(advisor)
    with connection.cursor() as cursor:
        cursor.execute(_CELLS.format(narrow=narrow), {"first": first, "last": last, **values})
        return [tuple(row) for row in cursor.fetchall()]


def clients_of(
    first: dt.date,
    last: dt.date,
    *,
    was: str = "",
    now: str = "",
    way: str = "",
    tier: str = "",
    advisor: str = "",
    limit: int,
    offset: int = 0,
) -> tuple[list[dict[str, Any]], int]:
    """The clients of a cell by name, and how many they are.

    `was`, `now`: codes of tiers, or `none`; `way`: up, down, first or moved; `tier`: the one that they have
    today.
    """
    sql, values = _clients(first, last, was=was, now=now, way=way, tier=tier, advisor=advisor)
    with connection.cursor() as cursor:
        cursor.execute(sql, values | {"limit": limit, "offset": offset})
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return rows, rows[0]["found"] if rows else 0


def every_client(first: dt.date, last: dt.date, **narrow: str) -> Iterator[dict[str, Any]]:
    """All clients of a cell, one by one; narrowed as `clients_of`."""
    return rows_of(*_clients(first, last, **narrow))


def _clients(
    first: dt.date, last: dt.date, *, was: str, now: str, way: str, tier: str, advisor: str
) -> tuple[str, dict[str, Any]]:
    """The statement of the clients of a cell, with its values."""
    narrow, values = _of_advisor(advisor)
    terms = [narrow]
    for name, code in (("was", was), ("now", now)):
        if code == NONE:
            terms.append(f"{name}.tier_id IS NULL")
        elif code:
            values[name] = code
            terms.append(f"tier_{name}.code = %({name})s")
    if way in _WAYS:
        terms.append(_WAYS[way])
    if tier == NONE:
        terms.append("summary.tier_id IS NULL")
    elif tier:
        values["tier"] = tier
        terms.append("tier_today.code = %(tier)s")
    body = _THEN_AND_NOW.format(narrow=" AND ".join(terms)).replace(
        "WHERE c.status", f"{_TIERS} WHERE c.status"
    )
    sql = (
        f"SELECT c.id, c.external_id, c.name, tier_was.code AS was, tier_now.code AS now, now.starts_on,"
        f" coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username) AS advisor,"
        f" count(*) OVER () AS found {body} ORDER BY c.name, c.id LIMIT %(limit)s OFFSET %(offset)s"
    )
    return sql, {"first": first, "last": last, "limit": None, "offset": 0, **values}


_TIERS = """
    LEFT JOIN clients_tier tier_was ON tier_was.id = was.tier_id
    LEFT JOIN clients_tier tier_now ON tier_now.id = now.tier_id
    LEFT JOIN clients_clientsummary summary ON summary.client_id = c.id
    LEFT JOIN clients_tier tier_today ON tier_today.id = summary.tier_id
    LEFT JOIN clients_user u ON u.id = lead.user_id
"""
_WAYS = {
    "up": "tier_now.position < tier_was.position",
    "down": "tier_now.position > tier_was.position",
    "first": "was.tier_id IS NULL AND now.tier_id IS NOT NULL",
    "moved": "now.tier_id IS DISTINCT FROM was.tier_id",
}


def _of_advisor(advisor: str) -> tuple[str, dict[str, Any]]:
    if advisor == NONE:
        return "lead.user_id IS NULL", {}
    return ("lead.user_id = %(lead)s", {"lead": int(advisor)}) if advisor else ("true", {})
