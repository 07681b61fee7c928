"""What the operations dashboard reads: its own figures in one statement, and people's weeks in another."""

# ruff: noqa: S608  (texts of this module)
from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db import connection

from clients.prepared import prepared
from servicing.delivery.periods import Period
from servicing.delivery.reading import NOBODY
from servicing.remembered import remembered

WEEKS = 12  # of people's load
PEOPLE = 12
MOST_LEADS = 200  # in a dropdown
ADVISORS = 10  # in the table of delivery; its file has all
NO_TIER = "none"


@dataclass(frozen=True)
class Asked:
    """What the address of the dashboard asks for. `advisor`: a person's number, or `none`."""

    period: Period
    today: dt.date
    tier: str = ""
    advisor: str = ""

    @property
    def whole(self) -> bool:
        """Whether it is about all clients."""
        return not (self.tier or self.advisor)

    def query(self, **changes: str) -> str:
        """The address of what is asked for, without the question mark."""
        parts = {"period": self.period.code, "tier": self.tier, "advisor": self.advisor} | changes
        return urlencode({name: value for name, value in parts.items() if value})


BOOK = (
    "clients", "untagged", "not_asked", "unscored", "without_lead", "without_team", "costly_12m",
    "costly_year", "costly_quarter", "overdue", "unassigned", "done_week", "done_before", "late_week",
    "late_before", "missed_week", "missed_before", "joined_week", "joined_before", "up_week", "up_before",
    "down_week", "down_before",
)  # fmt: skip
MONTH = (
    "revenue", "minutes", "cost", "planned", "planned_minutes", "answered", "confidence", "low"
)  # fmt: skip


@dataclass
class Figures:
    """All of one reading. Rows have the code of their `tier`, None for no tier.

    `books`: how clients and work stand by tier; `months`: by tier and month, from the start of the period
    before; `year`: of the firm this year, of clients of any status, for the goals, with `last_year` by month;
    `goals`: {kind: target}; `worst`: the lead advisors
    with most that is overdue, or became late or missed this week (None: clients nobody leads).
    """

    refreshed_at: dt.datetime
    as_of: dt.date
    first_month: dt.date
    books: list[dict[str, Any]]
    months: list[dict[str, Any]]
    year: dict[str, Any]
    goals: dict[str, Decimal]
    tiers: list[tuple[str, str]]
    leads: list[tuple[str, str]] | None
    worst: list[int | None]
    leader: str
    username: str
    over: int
    capacity_at: dt.datetime | None
    first_week: dt.date | None
    last_year: dict[dt.date, Decimal] = field(default_factory=dict)

    def book(self, name: str) -> int:
        return sum(row[name] for row in self.books)


_SUM_OF_MONTHS = ", ".join(f"sum({name}) AS {name}" for name in MONTH)
_BOOK_COLUMNS = ", ".join(f"b.{name}" for name in BOOK)
_OVER = "available_soon IS NOT NULL AND promised_soon > available_soon"
_LEAD_NAME = "coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username)"

# What an index finds: read anew each time.
_LIVE = f"""
SELECT json_build_object(
    'refresh', (SELECT json_build_object('at', refreshed_at, 'as_of', as_of, 'first', first_month)
        FROM servicing_dashboardrefresh WHERE id = 1),
    'delivery', (SELECT refreshed_at FROM servicing_deliveryrefresh WHERE id = 1),
    'books', (SELECT coalesce(json_agg(x), '[]') FROM (
        SELECT t.code AS tier, {_BOOK_COLUMNS} FROM servicing_bookrollup b
        LEFT JOIN clients_tier t ON t.id = b.tier_id
        WHERE b.scope = %(scope)s AND b.person_id IS NOT DISTINCT FROM %(person)s::bigint AND {{of_tier}}
        ORDER BY t.position NULLS LAST, t.code
    ) x),
    'months', (SELECT coalesce(json_agg(x), '[]') FROM (
        SELECT t.code AS tier, b.month, {", ".join(f"b.{name}" for name in MONTH)}
        FROM servicing_monthrollup b LEFT JOIN clients_tier t ON t.id = b.tier_id
        WHERE b.scope = %(scope)s AND b.person_id IS NOT DISTINCT FROM %(person)s::bigint
            AND b.month BETWEEN %(earliest)s AND %(last)s AND {{of_tier}}
        ORDER BY t.position NULLS LAST, t.code, b.month
    ) x),
    'capacity', (SELECT json_build_object('at', refreshed_at, 'week', first_week)
        FROM servicing_capacityfigures LIMIT 1),
    'goals', (SELECT coalesce(json_object_agg(kind, target), '{{{{}}}}')
        FROM servicing_firmgoal WHERE year = %(year)s),
    'tiers', (SELECT coalesce(json_agg(json_build_array(code, label) ORDER BY position), '[]')
        FROM clients_tier WHERE retired_at IS NULL),
    'leader', (SELECT json_build_array({_LEAD_NAME}, u.username) FROM clients_user u
        WHERE u.id = %(person)s::bigint)
)::text"""

# What goes through everybody's rows.
_OVER_ALL = f"""
SELECT json_build_object(
    'year', (SELECT json_build_object(
        'revenue', coalesce(sum(revenue), 0), 'minutes', coalesce(sum(minutes), 0))
        FROM servicing_monthrollup
        WHERE scope = 'all' AND person_id IS NULL AND month BETWEEN %(january)s AND %(today)s),
    'delivered', (SELECT json_build_object('on_time', coalesce(sum(on_time), 0),
        'counted', coalesce(sum(on_time) + sum(late) + sum(missed), 0))
        FROM servicing_deliveryrollup WHERE scope = 'firm' AND month BETWEEN %(january)s AND %(today)s),
    'last_year', (SELECT coalesce(json_object_agg(month, revenue), '{{{{}}}}') FROM (
        SELECT month, sum(revenue) AS revenue FROM servicing_monthrollup
        WHERE scope = 'all' AND person_id IS NULL
            AND month >= %(january)s::date - interval '1 year' AND month < %(january)s
        GROUP BY month
    ) x),
    'load', (SELECT json_build_object(
        'promised', coalesce(sum(promised_year) FILTER (WHERE available_year > 0), 0),
        'available', coalesce(sum(available_year), 0),
        'over', count(*) FILTER (WHERE {_OVER} AND {{of_people}})) FROM servicing_personload
        WHERE user_id IS NOT NULL),
    'leads', (SELECT coalesce(json_agg(json_build_array(id, name) ORDER BY name), '[]') FROM (
        SELECT u.id::text AS id, {_LEAD_NAME} AS name FROM (
            SELECT DISTINCT person_id FROM servicing_bookrollup
            WHERE scope = 'lead' AND person_id IS NOT NULL LIMIT {MOST_LEADS + 1}
        ) b JOIN clients_user u ON u.id = b.person_id
    ) x),
    'worst', (SELECT coalesce(json_agg(person_id), '[]') FROM (
        SELECT b.person_id FROM servicing_bookrollup b LEFT JOIN clients_tier t ON t.id = b.tier_id
        WHERE b.scope = 'lead' AND {{of_tier}} GROUP BY b.person_id
        ORDER BY sum(b.overdue + b.late_week + b.missed_week) DESC, b.person_id LIMIT {ADVISORS}
    ) x)
)::text"""


@remembered
def _over_all(
    added_up: tuple[str | None, ...], today: dt.date, tier: str, person: int | None, led: bool
) -> str:
    """What goes through everybody's rows, as JSON. `added_up`: when the dashboard's figures were, those of
    delivery and those of capacity; `led`: whether it is about the clients of one person, or of nobody."""
    values: dict[str, Any] = {
        "january": today.replace(month=1, day=1),
        "today": today,
        "tier": tier,
        "person": person,
    }
    of_people = "user_id = %(person)s::bigint" if led else "true"
    with connection.cursor() as cursor:
        cursor.execute(_OVER_ALL.format(of_tier=_of_tier(tier), of_people=of_people), values)
        return cursor.fetchone()[0]


def _of_tier(tier: str) -> str:
    return "true" if not tier else "t.code IS NULL" if tier == NO_TIER else "t.code = %(tier)s"


def read(asked: Asked) -> Figures | None:
    """The figures of what is asked for; None where nobody has added any up yet. One query, and another where
    the process was not asked since they were added up."""
    today, person = asked.today, person_of(asked)
    values: dict[str, Any] = {
        "scope": "lead" if asked.advisor else "firm",
        "person": person,
        "earliest": asked.period.before.first,
        "last": asked.period.last,
        "year": today.year,
        "tier": asked.tier,
    }
    with prepared() as cursor:
        cursor.execute(_LIVE.format(of_tier=_of_tier(asked.tier)), values)
        found = json.loads(cursor.fetchone()[0], parse_float=Decimal)
    if found["refresh"] is None:
        return None
    capacity = found["capacity"] or {"at": None, "week": None}
    added_up = (found["refresh"]["at"], found["delivery"], capacity["at"])
    over_all = _over_all(added_up, today, asked.tier, person, bool(asked.advisor))
    found |= json.loads(over_all, parse_float=Decimal)
    leads = [(number, name) for number, name in found["leads"]]
    leader, username = found["leader"] or ("", "")
    return Figures(
        refreshed_at=dt.datetime.fromisoformat(found["refresh"]["at"]),
        as_of=dt.date.fromisoformat(found["refresh"]["as_of"]),
        first_month=dt.date.fromisoformat(found["refresh"]["first"]),
        books=found["books"],
        months=[row | {"month": dt.date.fromisoformat(row["month"])} for row in found["months"]],
        year=found["year"] | found["delivered"] | found["load"],
        goals={kind: Decimal(target) for kind, target in found["goals"].items()},
        tiers=[(code, label) for code, label in found["tiers"]],
        leads=leads if len(leads) <= MOST_LEADS else None,
        worst=found["worst"],
        leader=leader,
        username=username,
        over=found["load"]["over"],
        capacity_at=dt.datetime.fromisoformat(capacity["at"]) if capacity["at"] else None,
        first_week=dt.date.fromisoformat(capacity["week"]) if capacity["week"] else None,
        last_year={
            dt.date.fromisoformat(month): Decimal(revenue) for month, revenue in found["last_year"].items()
        },
    )


def person_of(asked: Asked) -> int | None:
    return int(asked.advisor) if asked.advisor and asked.advisor != NOBODY else None


def by_tier(rows: Iterable[dict[str, Any]], period: Period) -> dict[str | None, dict[str, Any]]:
    """Months of a period added up by tier, in the order of the tiers."""
    sums: dict[str | None, dict[str, Any]] = {}
    for row in rows:
        if period.first <= row["month"] <= period.last:
            line = sums.setdefault(row["tier"], dict.fromkeys(MONTH, 0))
            for name in MONTH:
                line[name] += row[name]
    return sums


def added(lines: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Lines of numbers added up."""
    total: dict[str, Any] = dict.fromkeys(MONTH, 0)
    for line in lines:
        for name in MONTH:
            total[name] += line[name]
    return total


# Whoever is fullest in the next four weeks first; with a tier, its part of what is promised.
_LOADS = f"""
SELECT chosen.user_id, {_LEAD_NAME} AS name, chosen.available,
    coalesce(parts.minutes, chosen.promised) AS promised
FROM (
    SELECT load.user_id, load.load_soon,
        load.available[1:{WEEKS}] AS available,
        CASE WHEN %(tier)s = '' THEN load.promised[1:{WEEKS}] ELSE array_fill(0, ARRAY[{WEEKS}]) END
            AS promised
    FROM servicing_personload load
    WHERE load.user_id IS NOT NULL AND (%(person)s::bigint IS NULL OR load.user_id = %(person)s::bigint)
        AND (load.promised_year > 0 OR load.available IS NOT NULL)
    ORDER BY load.load_soon DESC NULLS LAST, load.promised_soon DESC, load.user_id LIMIT %(limit)s
) chosen
JOIN clients_user u ON u.id = chosen.user_id
LEFT JOIN LATERAL (
    SELECT array_agg(minutes ORDER BY week) AS minutes FROM (
        SELECT week, sum(part)::int AS minutes
        FROM servicing_personweeks weeks LEFT JOIN clients_tier t ON t.id = weeks.tier_id,
            unnest(weeks.minutes[1:{WEEKS}]) WITH ORDINALITY AS each(part, week)
        WHERE weeks.user_id = chosen.user_id AND coalesce(t.code, '{NO_TIER}') = %(tier)s
        GROUP BY week
    ) summed
) parts ON %(tier)s <> ''
ORDER BY chosen.load_soon DESC NULLS LAST, name, chosen.user_id
"""


def loads(asked: Asked, *, limit: int = PEOPLE) -> list[dict[str, Any]]:
    """People with what is promised in each of the next weeks and what they have for it, in minutes."""
    if asked.advisor == NOBODY:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_LOADS, {"person": person_of(asked), "tier": asked.tier, "limit": limit})
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
