"""The lists behind figures of the dashboard: tasks of a set, and clients by what they bring and take."""

# ruff: noqa: S608  (texts of this module)
from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum

from clients.firm import firm_settings
from servicing.dashboards.reading import NO_TIER, Asked, person_of
from servicing.dashboards.sets import JOINED, LEAD_ROLE, TASKS
from servicing.delivery import files, periods
from servicing.delivery.reading import NOBODY
from servicing.models import ClientResult

WEEK = dt.timedelta(days=7)
SORTS = {
    "margin": ("margin", "client_id"),
    "revenue": ("-revenue", "client_id"),
    "cost": ("-cost", "client_id"),
    "time": ("-minutes", "client_id"),
}
COSTLY = "costly"  # clients who cost more than they bring
EVERYBODY = "everybody"  # those who are not active too, of this year: what the goals of the year count

_PERSON = "coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username)"
_TASKS = f"""
SELECT t.id, t.client_id, c.external_id, c.name AS client, tier.code AS tier,
    coalesce(nullif(t.title, ''), kind.label) AS name, t.due_on, t.window_end, t.completed_on,
    t.status, {_PERSON} AS person, count(*) OVER () AS found
FROM servicing_servicetask t
JOIN clients_client c ON c.id = t.client_id
JOIN clients_clientsummary s ON s.client_id = c.id
LEFT JOIN clients_tier tier ON tier.id = coalesce(t.tier_id, s.tier_id)
LEFT JOIN servicing_servicekind kind ON kind.id = t.kind_id
LEFT JOIN clients_user u ON u.id = t.assigned_to_id
LEFT JOIN clients_teammember lead ON lead.client_id = c.id AND lead.role_id = {LEAD_ROLE}
WHERE {{narrow}}
ORDER BY t.due_on, t.id LIMIT %(limit)s OFFSET %(offset)s"""
_JOINED = f"""
SELECT c.id AS client_id, c.external_id, c.name AS client, tier.code AS tier, c.client_since,
    {_PERSON} AS person,
    count(*) OVER () AS found
FROM clients_client c
JOIN clients_clientsummary s ON s.client_id = c.id
LEFT JOIN clients_tier tier ON tier.id = s.tier_id
LEFT JOIN clients_teammember lead ON lead.client_id = c.id AND lead.role_id = {LEAD_ROLE}
LEFT JOIN clients_user u ON u.id = lead.user_id
WHERE c.status = 'active' AND {JOINED} AND {{narrow}}
ORDER BY c.client_since DESC, c.id LIMIT %(limit)s OFFSET %(offset)s"""


def tasks(
    name: str, asked: Asked, as_of: dt.date, *, limit: int, offset: int = 0
) -> tuple[list[dict[str, Any]], int]:
    """The tasks of a set by due date, and how many they are. Raises KeyError for a set that there is not."""
    return _read(_TASKS, TASKS[name].condition, asked, as_of, limit, offset)


def joined(asked: Asked, as_of: dt.date, *, limit: int, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
    """The active clients who joined in the last seven days, the newest first, and how many they are."""
    return _read(_JOINED, "true", asked, as_of, limit, offset)


TASKS_IN_FILE: tuple[str, ...] = (
    "external_id", "client", "tier", "name", "due_on", "window_end", "status", "completed_on", "person"
)  # fmt: skip
JOINED_IN_FILE: tuple[str, ...] = ("external_id", "client", "tier", "client_since", "person")


def every_task(name: str, asked: Asked, as_of: dt.date) -> Iterator[dict[str, Any]]:
    """All tasks of a set, one by one. Raises KeyError for a set that there is not."""
    return files.rows_of(*_statement(_TASKS, TASKS[name].condition, asked, as_of))


def everybody_joined(asked: Asked, as_of: dt.date) -> Iterator[dict[str, Any]]:
    """All active clients who joined in the last seven days, one by one."""
    return files.rows_of(*_statement(_JOINED, "true", asked, as_of))


def _read(
    sql: str, condition: str, asked: Asked, as_of: dt.date, limit: int, offset: int
) -> tuple[list[dict[str, Any]], int]:
    with connection.cursor() as cursor:
        cursor.execute(*_statement(sql, condition, asked, as_of, limit, offset))
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return rows, rows[0]["found"] if rows else 0


def _statement(
    sql: str, condition: str, asked: Asked, as_of: dt.date, limit: int | None = None, offset: int = 0
) -> tuple[str, dict[str, Any]]:
    """The statement of a list with its values; without a limit all of it."""
    terms = [condition]
    if asked.advisor == NOBODY:
        terms.append("lead.user_id IS NULL")
    elif asked.advisor:
        terms.append("lead.user_id = %(lead)s")
    if asked.tier == NO_TIER:
        terms.append("tier.id IS NULL")
    elif asked.tier:
        terms.append("tier.code = %(tier)s")
    values: dict[str, Any] = {
        "since": as_of - WEEK, "until": as_of, "zone": firm_settings().time_zone,
        "tier": asked.tier,
        "lead": person_of(asked), "limit": limit, "offset": offset,
    }  # fmt: skip
    return sql.format(narrow=" AND ".join(terms)), values


def results(asked: Asked, *, show: str = "") -> QuerySet[ClientResult]:
    """What active clients brought and took in the period. `show` costly: those who cost more than they bring;
    everybody: clients of any status, this year."""
    if show == EVERYBODY:
        rows = ClientResult.objects.filter(period__in=[periods.YEAR, ClientResult.OTHERS])
    else:
        rows = ClientResult.objects.filter(period=asked.period.code)
    if asked.advisor:
        rows = rows.filter(lead=person_of(asked))
    if asked.tier:
        rows = rows.filter(**({"tier": None} if asked.tier == NO_TIER else {"tier__code": asked.tier}))
    return rows.filter(margin__lt=0) if show == COSTLY else rows


def first_ones(rows: QuerySet[ClientResult], sort: str, number: int) -> QuerySet[ClientResult]:
    """The first so many of `rows` in the order of a sort, found by the last one of them."""
    column, _client = SORTS[sort]
    name = column.removeprefix("-")
    last = rows.order_by(*SORTS[sort]).values_list(name, "client_id")[number - 1 : number].first()
    if last is None:  # they are not so many
        return rows
    amount, client = last
    before = "gt" if column != name else "lt"
    return rows.filter(
        Q(**{f"{name}__{before}": amount}) | Q(**{name: amount}, client_id__lte=client),
        **{f"{name}__{before}e": amount},
    )


def sums(rows: QuerySet[ClientResult]) -> dict[str, Any]:
    """How many clients there are in `rows`, and what they brought and took together."""
    names = ("revenue", "minutes", "cost", "margin")
    found = rows.order_by().aggregate(number=Count("id"), **{f"all_{name}": Sum(name) for name in names})
    return {"number": found["number"]} | {name: found[f"all_{name}"] or 0 for name in names}


def with_names(rows: QuerySet[ClientResult]) -> Any:
    """The rows as plain values, with names."""
    return rows.values(
        "client_id", "revenue", "minutes", "cost", "margin", external_id=F("client__external_id"),
        name=F("client__name"), status=F("client__status"), code=F("tier__code"),
        first_name=F("lead__first_name"), last_name=F("lead__last_name"), username=F("lead__username"),
    )  # fmt: skip
