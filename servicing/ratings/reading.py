"""What clients valued: ratings by tier and service, and the ratings behind a figure."""

# ruff: noqa: S608  (texts of this module alone)
from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from clients.register.active import active_fields
from servicing.delivery.files import plain
from servicing.models import Rating
from servicing.models.ratings import HIGHEST, LOWEST
from servicing.ratings.tracked import COMMENT, RATING

SCALE = range(LOWEST, HIGHEST + 1)
LOW = 2  # a rating up to here is looked at first
ANY = "all"

# Services delivered in a period, each with its rating where it has one. A service whose task was opened again
# waits with its rating. `tier` is the one that the service was delivered for.
_DELIVERED = """
    SELECT task.id, task.client_id, task.tier_id, task.kind_id, rating.id AS rating_id, rating.value,
        rating.comment, rating.rated_on, rating.noted_by_id
    FROM servicing_servicetask task
    LEFT JOIN servicing_rating rating ON rating.task_id = task.id
    WHERE task.status = 'done' AND task.kind_id IS NOT NULL
        AND task.completed_on BETWEEN %(first)s AND %(last)s
"""
_COUNTS = ", ".join(f"count(*) FILTER (WHERE value = {value})" for value in SCALE)
_BY_SERVICE = f"""
    SELECT grouping(kind.id), grouping(tier.id), kind.code, kind.label, tier.code, tier.label, count(*),
        avg(value)::float, ARRAY[{_COUNTS}]
    FROM ({_DELIVERED}) delivered
    JOIN servicing_servicekind kind ON kind.id = delivered.kind_id
    LEFT JOIN clients_tier tier ON tier.id = delivered.tier_id
    GROUP BY GROUPING SETS (
        (kind.id, kind.code, kind.label, kind.position, tier.id, tier.code, tier.label, tier.position),
        (kind.id, kind.code, kind.label, kind.position), ()
    )
    ORDER BY grouping(kind.id) DESC, kind.position, kind.label, grouping(tier.id) DESC,
        tier.position NULLS LAST
"""
_NARROW = {"service": "kind.code = %(service)s", "tier": "tier.code = %(tier)s", "value": "value = %(value)s"}
_NO_TIER = "tier.id IS NULL"
NONE = "none"  # asked for as the tier: services of clients who had none
_BEHIND = """
    SELECT delivered.id AS task_id, delivered.client_id, client.name, kind.label AS service,
        tier.code AS tier, delivered.value, delivered.comment, delivered.rated_on,
        coalesce(nullif(trim(person.first_name || ' ' || person.last_name), ''), person.username) AS by,
        count(*) OVER () AS found
    FROM ({delivered}) delivered
    JOIN clients_client client ON client.id = delivered.client_id
    JOIN servicing_servicekind kind ON kind.id = delivered.kind_id
    LEFT JOIN clients_tier tier ON tier.id = delivered.tier_id
    LEFT JOIN clients_user person ON person.id = delivered.noted_by_id
    WHERE delivered.rating_id IS NOT NULL AND {narrow}
    ORDER BY delivered.value, delivered.rated_on DESC, delivered.id DESC
    LIMIT %(limit)s OFFSET %(offset)s
"""


@dataclass(frozen=True)
class Figures:
    """Ratings of one service, of one tier or of all: how many were delivered, the mean, and how many gave
    each number."""

    service: str
    label: str
    tier: str
    delivered: int
    mean: float | None
    counts: list[int]

    @property
    def rated(self) -> int:
        return sum(self.counts)

    @property
    def low(self) -> int:
        """How many are at two or lower."""
        return sum(self.counts[: LOW - LOWEST + 1])

    @property
    def average(self) -> str:
        """The mean as it is written: 4.2."""
        return "–" if self.mean is None else f"{self.mean:.1f}"

    @property
    def asked(self) -> int:
        """The share of delivered services that were rated, in percent."""
        return round(100 * self.rated / self.delivered) if self.delivered else 0

    @property
    def cells(self) -> list[dict[str, int]]:
        """The numbers with how many gave them; `shade`, from 0 to 4: its share of the group's most."""
        most = max(self.counts) or 1
        return [
            {"value": value, "count": count, "shade": -(-4 * count // most)}
            for value, count in zip(SCALE, self.counts, strict=True)
        ]


@dataclass(frozen=True)
class Valued:
    """All ratings of a period together; each service, with its tiers below it."""

    all: Figures | None
    services: list[tuple[Figures, list[Figures]]]


def valued(*, first: dt.date, last: dt.date) -> Valued:
    """What clients said of the services delivered from `first` to `last`; one statement. Nothing where the
    field register does not keep ratings."""
    if RATING not in active_fields():
        return Valued(None, [])
    with connection.cursor() as cursor:
        cursor.execute(_BY_SERVICE, {"first": first, "last": last})
        rows = cursor.fetchall()
    every: Figures | None = None
    services: list[tuple[Figures, list[Figures]]] = []
    for all_of_it, all_tiers, code, label, tier, tier_label, *figures in rows:
        if all_of_it:
            every = Figures(ANY, _("All services"), ANY, *figures)
        elif all_tiers:
            services.append((Figures(code, label, ANY, *figures), []))
        else:
            services[-1][1].append(Figures(code, tier_label or _("No tier"), tier or NONE, *figures))
    return Valued(every if every and every.rated else None, services)


def ratings_behind(
    *, first: dt.date, last: dt.date, chosen: dict[str, str], limit: int, offset: int = 0
) -> tuple[list[dict[str, Any]], int]:
    """The ratings behind a figure, the lowest first, and how many there are.

    `chosen`: any of service and tier (their codes), value, low, said (with a comment). What is not a number
    finds nothing.
    """
    active = active_fields()
    values: dict[str, Any] = {"first": first, "last": last, "limit": limit, "offset": offset}
    terms = ["true"] if RATING in active else ["false"]
    for name, term in _NARROW.items():
        asked = chosen.get(name, "")
        if not asked or asked == ANY:
            continue
        if name == "value":
            if asked not in {str(value) for value in SCALE}:
                return [], 0
            values[name] = int(asked)
        elif name == "tier" and asked == NONE:
            term = _NO_TIER
        else:
            values[name] = asked
        terms.append(term)
    if chosen.get("low"):
        terms.append(f"value <= {LOW}")
    if chosen.get("said"):
        terms.append("comment <> ''")
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND.format(delivered=_DELIVERED, narrow=" AND ".join(terms)), values)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    if COMMENT not in active:
        rows = [{**row, "comment": ""} for row in rows]
    return rows, rows[0]["found"] if rows else 0


def rating_of(task: int) -> Rating | None:
    """The rating of a task, if it has one and the field register keeps ratings."""
    active = active_fields()
    if RATING not in active:
        return None
    found = Rating.objects.filter(task=task).select_related("noted_by").first()
    if found and COMMENT not in active:
        found.comment = ""
    return found


def as_csv(found: Valued) -> str:
    """The table as a file: a line for each service, and for each of its tiers."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["service", "tier", "delivered", "rated", "mean", *(f"gave_{value}" for value in SCALE)])
    for line in _lines(found):
        mean = "" if line.mean is None else f"{line.mean:.2f}"
        writer.writerow([plain(line.service), line.tier, line.delivered, line.rated, mean, *line.counts])
    return out.getvalue()


def _lines(found: Valued) -> Iterable[Figures]:
    for service, tiers in found.services:
        yield service
        yield from tiers
