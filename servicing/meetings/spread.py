"""Confidence across the firm: the newest answer of each client, spread by persona and by lead advisor."""

# ruff: noqa: S608  (texts of this module alone)
from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from servicing.delivery.files import lines, plain, rows_of
from servicing.delivery.periods import last_day, shifted
from servicing.models.meetings import HIGHEST

LOW = 4  # an answer up to here is looked at first
SCALE = range(HIGHEST + 1)

# Of each active client the newest answer in the period, the one before it, and who leads.
_NEWEST = """
    SELECT newest.client_id, newest.id, newest.value, newest.blocker, newest.asked_on, newest.before,
        client.name, client.external_id, client.persona_id, lead.user_id AS lead_id
    FROM (
        SELECT a.id, a.client_id, a.value, a.blocker, a.asked_on, lead(a.value) OVER newest_first AS before,
            row_number() OVER newest_first AS place
        FROM servicing_confidenceanswer a
        WHERE a.asked_on BETWEEN %(first)s AND %(last)s
        WINDOW newest_first AS (PARTITION BY a.client_id ORDER BY a.asked_on DESC, a.id DESC)
    ) newest
    JOIN clients_client client ON client.id = newest.client_id AND client.status = 'active'
    LEFT JOIN clients_teammember lead ON lead.client_id = client.id
        AND lead.role_id = (SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')
    WHERE newest.place = 1
"""
_COUNTS = ", ".join(f"count(*) FILTER (WHERE value = {value})" for value in SCALE)
# Quartiles between two answers lie between them.
_FIGURES = f"""
    count(*), percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY value),
    count(*) FILTER (WHERE value <= {LOW}), count(*) FILTER (WHERE value < before), ARRAY[{_COUNTS}]
"""
_BY_PERSONA = f"""
    SELECT grouping(word.id), word.code, word.label, {_FIGURES}
    FROM ({_NEWEST}) answer LEFT JOIN clients_persona word ON word.id = answer.persona_id
    GROUP BY GROUPING SETS ((word.id, word.code, word.label, word.position), ())
    ORDER BY grouping(word.id) DESC, word.position NULLS LAST, word.label
"""
_BY_ADVISOR = f"""
    SELECT 0, person.id::text,
        coalesce(nullif(trim(person.first_name || ' ' || person.last_name), ''), person.username), {_FIGURES}
    FROM ({_NEWEST}) answer LEFT JOIN clients_user person ON person.id = answer.lead_id
    GROUP BY person.id
    ORDER BY count(*) DESC, person.id NULLS LAST
"""
_WORST_FIRST = f"""
    SELECT answer.client_id, answer.external_id, answer.name, answer.value, answer.before, answer.blocker,
        answer.asked_on, word.label AS persona,
        coalesce(nullif(trim(person.first_name || ' ' || person.last_name), ''), person.username) AS advisor,
        count(*) OVER () AS found
    FROM ({_NEWEST}) answer
    LEFT JOIN clients_persona word ON word.id = answer.persona_id
    LEFT JOIN clients_user person ON person.id = answer.lead_id
    LEFT JOIN clients_clientsummary summary ON summary.client_id = answer.client_id
    LEFT JOIN clients_tier tier ON tier.id = summary.tier_id
    WHERE {{narrow}}
    ORDER BY answer.value, answer.asked_on DESC, answer.client_id
    LIMIT %(limit)s OFFSET %(offset)s
"""
NONE = "none"  # asked for as the persona, advisor or tier: clients without one
_NARROW = {
    "persona": "word.code = %(persona)s",
    "advisor": "answer.lead_id = %(advisor)s",
    "tier": "tier.code = %(tier)s",
    "value": "answer.value = %(value)s",
    "low": f"answer.value <= {LOW}",
    "fell": "answer.value < answer.before",
}
_WITHOUT = {
    "persona": "answer.persona_id IS NULL",
    "advisor": "answer.lead_id IS NULL",
    "tier": "tier.id IS NULL",
}


@dataclass(frozen=True)
class Figures:
    """Confidence in one group of clients: how many answered, quartiles, how many at four or lower, how many
    lower than the time before, and how many gave each number."""

    code: str
    label: str
    clients: int
    lower: float
    median: float
    upper: float
    low: int
    fell: int
    counts: list[int]

    @property
    def middle(self) -> str:
        """The median as it is written: 6 or 5.5."""
        return f"{self.median:g}"

    @property
    def quartiles(self) -> str:
        """From which to which answer the middle half reaches."""
        return f"{self.lower:g} – {self.upper:g}"

    @property
    def cells(self) -> list[dict[str, int]]:
        """The numbers with how many gave them; `shade`, from 0 to 4: its share of the group's most."""
        most = max(self.counts) or 1
        return [
            {"value": value, "count": count, "shade": -(-4 * count // most)}
            for value, count in enumerate(self.counts)
        ]


@dataclass(frozen=True)
class Spread:
    """All together, and group by group; `all` is None where nobody was asked."""

    all: Figures | None
    personas: list[Figures]
    advisors: list[Figures]


def period(today: dt.date, months: int) -> dict[str, dt.date]:
    """The day so many months ago and today."""
    return {"first": shifted(today, -months), "last": today}


def spread(*, today: dt.date, months: int) -> Spread:
    """Two statements over the answers of the period."""
    chosen = period(today, months)
    rows = _rows(_BY_PERSONA, chosen)
    every = [_figures(row, _("All")) for row in rows if row[0]]
    return Spread(
        all=every[0] if every and every[0].clients else None,
        personas=[_figures(row, _("No persona")) for row in rows if not row[0]],
        advisors=[_figures(row, _("Nobody leads")) for row in _rows(_BY_ADVISOR, chosen)],
    )


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _figures(row: tuple[Any, ...], without: str = "") -> Figures:
    """A group; `without`: what those who are in none are called."""
    _all, code, label, clients, quartiles, low, fell, counts = row
    lower, median, upper = quartiles or (0, 0, 0)
    return Figures(code or NONE, label or without, clients, lower, median, upper, low, fell, list(counts))


def clients_behind(
    *,
    today: dt.date,
    months: int,
    chosen: dict[str, str],
    limit: int,
    offset: int = 0,
    month: dt.date | None = None,
) -> tuple[list[dict[str, Any]], int]:
    """The clients behind a figure, the least confident first, and how many there are.

    `chosen`: any of persona, tier (codes), advisor (an id), value, low, fell. What is not a number finds
    nobody. `month`: the newest answers of this month instead.
    """
    asked = _statement(today=today, months=months, chosen=chosen, month=month)
    if asked is None:
        return [], 0
    sql, values = asked
    with connection.cursor() as cursor:
        cursor.execute(sql, values | {"limit": limit, "offset": offset})
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return rows, rows[0]["found"] if rows else 0


IN_FILE = {
    "client": "external_id", "name": "name", "confidence": "value", "before": "before", "blocker": "blocker",
    "asked_on": "asked_on", "persona": "persona", "advisor": "advisor",
}  # fmt: skip


def clients_file(
    *, today: dt.date, months: int, chosen: dict[str, str], month: dt.date | None = None
) -> Iterator[str]:
    """All clients behind a figure as CSV, a header and then a line each; asked for as `clients_behind`."""
    asked = _statement(today=today, months=months, chosen=chosen, month=month)
    rows = rows_of(*asked) if asked else iter(())
    return lines(IN_FILE, ([row[name] for name in IN_FILE.values()] for row in rows))


def _statement(
    *, today: dt.date, months: int, chosen: dict[str, str], month: dt.date | None
) -> tuple[str, dict[str, Any]] | None:
    """The statement of the clients behind a figure with its values; None where nobody can be."""
    days = {"first": month, "last": last_day(month)} if month else period(today, months)
    values: dict[str, Any] = {**days, "limit": None, "offset": 0}
    terms = []
    for name, asked in chosen.items():
        if name not in _NARROW or not asked:
            continue
        if asked == NONE and name in _WITHOUT:
            terms.append(_WITHOUT[name])
            continue
        if name in ("advisor", "value"):
            if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
                return None
            values[name] = int(asked)
        else:
            values[name] = asked
        terms.append(_NARROW[name])
    return _WORST_FIRST.format(narrow=" AND ".join(terms) or "true"), values


def groups_of(found: Spread) -> list[tuple[str, Figures]]:
    """Everybody, and each group with what it is a group by."""
    return [
        *([("all", found.all)] if found.all else []),
        *(("persona", each) for each in found.personas),
        *(("advisor", each) for each in found.advisors),
    ]


def as_csv(groups: Iterable[tuple[str, Figures]]) -> str:
    """The tables as one file: a line for each group, with how many clients gave each number."""
    out = io.StringIO()
    writer = csv.writer(out)
    figures = ["clients", "lower_quartile", "median", "upper_quartile"]
    low = [f"at_{LOW}_or_lower", "lower_than_before"]
    writer.writerow(["by", "group", *figures, *low, *(f"gave_{value}" for value in SCALE)])
    for by, each in groups:
        quartiles = [f"{number:g}" for number in (each.lower, each.median, each.upper)]
        writer.writerow([by, plain(each.label), each.clients, *quartiles, each.low, each.fell, *each.counts])
    return out.getvalue()
