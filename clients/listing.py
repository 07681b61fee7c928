"""One page of the client list: ordered, paged by keyset in both directions, as plain values.

The ids of the page are found first, by walking the index of its order; their rows are read in the same
statement. A column that may be empty is walked in two parts, filled and then empty, so that empty comes
last in both directions and one index serves both.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F
from django.db.models.expressions import RawSQL
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.firm import about_clients
from clients.models.people import Firm
from clients.querysets import ClientQuerySet

PAGE_SIZE = 50
COUNT_CAP = 10_000
# Counting is by row, and so is ordering what was found first; walking an order's index passes by the more
# rows, the rarer the match. In a large firm the two meet at so many.
LARGE, CAP_OF_LARGE = 300_000, 3_000


@dataclass(frozen=True)
class Order:
    """A column that the list can be sorted by. `column`: in SQL; `key`: the id beside it in its index."""

    label: str | Promise
    field: str
    column: str
    key: str
    key_field: str
    kind: type
    may_be_empty: bool = True


_SUMMARY = "clients_clientsummary"
_SCORE = "clients_clientscore"
ORDERS = {
    "name": Order(_("Name"), "name", "clients_client.name", "clients_client.id", "id", str, False),
    "tier": Order(
        _("Tier"),
        "summary__tier_position",
        f"{_SUMMARY}.tier_position",
        f"{_SUMMARY}.client_id",
        "summary__client_id",
        int,
    ),
    "score": Order(
        _("Score"), "scored__score", f"{_SCORE}.score", f"{_SCORE}.client_id", "scored__client_id", str
    ),
    "touch": Order(
        _("Last touch"),
        "summary__last_touch_on",
        f"{_SUMMARY}.last_touch_on",
        f"{_SUMMARY}.client_id",
        "summary__client_id",
        dt.date,
    ),
    "due": Order(
        _("Next due"),
        "summary__next_due_on",
        f"{_SUMMARY}.next_due_on",
        f"{_SUMMARY}.client_id",
        "summary__client_id",
        dt.date,
    ),
}
DEFAULT_SORT = "name"


@dataclass(frozen=True)
class Position:
    """A place in the list: beside the client `id` whose sort value is `value`; `back`: before it."""

    value: str | None
    id: int
    back: bool = False

    def encoded(self) -> str:
        return base64.urlsafe_b64encode(json.dumps([self.value, self.id]).encode()).decode().rstrip("=")


@dataclass(frozen=True)
class Asked:
    """Which page of a list: its order, and the position where it begins (None: the first)."""

    sort: str = DEFAULT_SORT
    descending: bool = False
    position: Position | None = None

    @property
    def order(self) -> Order:
        return ORDERS[self.sort]

    @property
    def back(self) -> bool:
        return self.position is not None and self.position.back

    @property
    def down(self) -> bool:
        """The direction in which the order is walked."""
        return self.descending != self.back


def parse_sort(text: str | None) -> tuple[str, bool]:
    """The name of an order and whether it descends; the default order where `text` is none."""
    name = (text or DEFAULT_SORT).removeprefix("-")
    if name not in ORDERS:
        return DEFAULT_SORT, False
    return name, (text or "").startswith("-")


def parse_position(sort: str, *, after: str = "", before: str = "") -> Position | None:
    """The position that an address names; none, so the first page, where it makes no sense."""
    text = after or before
    if not text:
        return None
    try:
        value, id = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        order = ORDERS[sort]
        if value is None and not order.may_be_empty:
            return None
        if not isinstance(id, int) or abs(id) >= 2**63:
            return None
        return Position(None if value is None else _sort_value(sort, str(value)), id, back=not after)
    except (ValueError, TypeError, ArithmeticError, RecursionError):
        return None


def _sort_value(sort: str, text: str) -> str:
    """`text` as the database reads a value of this order; ValueError or ArithmeticError where it is none."""
    kind = ORDERS[sort].kind
    if "\x00" in text:
        raise ValueError(text)
    if kind is dt.date:
        return dt.date.fromisoformat(text).isoformat()
    if kind is int or sort == "score":
        number = Decimal(text)
        if abs(number) >= 1_000_000 or (kind is int and number != int(number)):
            raise ValueError(text)
        return str(int(number) if kind is int else round(number, 4))
    return text


@dataclass(frozen=True)
class Page:
    rows: list[dict[str, Any]]
    previous: str
    next: str


_ROWS = """
WITH {before} page AS MATERIALIZED (
    SELECT id, row_number() OVER () AS place FROM ({parts}) parts LIMIT %s
)
SELECT {count} AS found, c.id, c.name, c.external_id, c.status, c.permission,
       c.complexity_driver_id, b.trigger_id AS behavioral_trigger_id, c.attention_constraint_id,
       c.persona_id, c.income_structure_id,
       s.tier_id, s.tier_position, score.score, s.last_touch_on, s.next_due_on, s.late_after,
       COALESCE(NULLIF(trim(u.first_name || ' ' || u.last_name), ''), u.username) AS advisor
FROM {pages}
LEFT JOIN clients_client c ON c.id = page.id
LEFT JOIN clients_clientsummary s ON s.client_id = c.id
LEFT JOIN clients_clientscore score ON score.client_id = c.id
LEFT JOIN clients_behavioraltag b ON b.client_id = c.id
LEFT JOIN clients_teammember t ON t.client_id = c.id
      AND t.role_id = (SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')
LEFT JOIN clients_user u ON u.id = t.user_id
ORDER BY page.place
"""

# Those that are few, found once: for their count and for the page.
_FOUND = """
found (id, value) AS MATERIALIZED ({found}),
counted AS MATERIALIZED (SELECT count(*) AS n FROM found),
"""


def read_listed(clients: ClientQuerySet, asked: Asked, *, cap: int) -> tuple[int, Page]:
    """How many `clients` there are, counted to one above `cap`, and the page of them.

    Few are found before they are ordered: walking the index of the order would pass by all the others.
    """
    count = capped_count(clients, cap=cap)
    few = _read_few(clients, asked, cap=cap)[1] if count <= cap else None
    return count, few or _read_page(clients, asked)


def read_found(clients: ClientQuerySet, asked: Asked, *, cap: int = COUNT_CAP) -> tuple[int, Page]:
    """The same for those that are few as a rule, of a search above all.

    What takes the time is to find them: where they are few, that is done once for their count and the page.
    """
    count, page = _read_few(clients, asked, cap=cap)
    return count, page or _read_page(clients, asked)


def _read_page(clients: ClientQuerySet, asked: Asked) -> Page:
    """The page, along the index of the order."""
    found = [_ordered(clients, asked, part) for part in _parts(asked)]
    parts = " UNION ALL ".join(f"({sql})" for sql, _params in found)
    statement = _ROWS.format(before="", parts=parts, count="NULL", pages="page")
    return _page(_fetch(statement, [value for _sql, params in found for value in params]), asked)


def _read_few(clients: ClientQuerySet, asked: Asked, *, cap: int) -> tuple[int, Page | None]:
    """How many there are, to one above `cap`, and the page; no page where they are more."""
    way = "DESC" if asked.down else "ASC"
    values = clients.order_by().values_list("id", asked.order.field)
    every, params = values[: cap + 1].query.sql_with_params()
    parts, places = [], []
    for part in _parts(asked):
        beyond, place = _beyond(asked, part, "value", "id")
        parts.append(
            f"(SELECT id FROM found WHERE (SELECT n FROM counted) <= {cap}"  # noqa: S608
            f" AND value IS {'NULL' if part.empty else 'NOT NULL'} AND {beyond}"
            f" ORDER BY value {way}, id {way} LIMIT {PAGE_SIZE + 1})"
        )
        places.extend(place)
    statement = _ROWS.format(
        before=_FOUND.format(found=every),
        parts=" UNION ALL ".join(parts),
        count="counted.n",
        pages="counted LEFT JOIN page ON true",
    )
    rows = _fetch(statement, [*params, *places])
    count = rows[0]["found"]
    return count, _page([row for row in rows if row["id"] is not None], asked) if count <= cap else None


def _fetch(statement: str, params: list[Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, PAGE_SIZE + 1])
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _page(rows: list[dict[str, Any]], asked: Asked) -> Page:
    """The page of these rows, one more than it shows where there are, in the direction that was walked."""
    more = len(rows) > PAGE_SIZE
    rows = rows[:PAGE_SIZE]
    if asked.back:
        rows.reverse()
    has_previous = more if asked.back else asked.position is not None
    has_next = True if asked.back else more
    return Page(
        rows,
        _place(asked.sort, rows[0]) if rows and has_previous else "",
        _place(asked.sort, rows[-1]) if rows and has_next else "",
    )


_VALUES = {
    "name": "name",
    "tier": "tier_position",
    "score": "score",
    "touch": "last_touch_on",
    "due": "next_due_on",
}


def _place(sort: str, row: dict[str, Any]) -> str:
    value = row[_VALUES[sort]]
    return Position(None if value is None else str(value), row["id"]).encoded()


@dataclass(frozen=True)
class _Part:
    """Those with a value to order by, or those without; `from_place`: from the position on."""

    empty: bool
    from_place: bool


def _parts(asked: Asked) -> list[_Part]:
    """The parts whose concatenation, each in order, is the list from the position on.

    Going back, the list is walked from its end.
    """
    if asked.position is None:
        parts = [_Part(empty, from_place=False) for empty in (False, True)]
    else:
        at_empty = asked.position.value is None
        parts = [_Part(at_empty, from_place=True)]
        if at_empty == asked.back:  # the other part follows
            parts.append(_Part(not at_empty, from_place=False))
    return [part for part in parts if asked.order.may_be_empty or not part.empty]


def _beyond(asked: Asked, part: _Part, column: str, key: str) -> tuple[str, list[Any]]:
    """What holds for the clients of a part: that they come after the position."""
    side = "<" if asked.down else ">"
    if asked.position is None or not part.from_place:
        return "true", []
    if part.empty:
        return f"{key} {side} %s", [asked.position.id]
    return f"({column}, {key}) {side} (%s, %s)", [asked.position.value, asked.position.id]


def _ordered(clients: ClientQuerySet, asked: Asked, part: _Part) -> tuple[str, tuple[Any, ...]]:
    """The ids of a page of the part, in order: a statement and its parameters."""
    order = asked.order
    if order.may_be_empty:
        known = {f"{order.field}__isnull": part.empty}
        if part.empty:  # every client has a summary and a score: said so, this part walks the index too
            known[f"{order.field.partition('__')[0]}__isnull"] = False
        clients = clients.filter(**known)
    beyond, place = _beyond(asked, part, order.column, order.key)
    if place:
        columns = RawSQL(beyond, place, output_field=BooleanField())  # noqa: S611  (columns of this module)
        clients = clients.alias(beyond=columns).filter(beyond=True)
    keys = [F(order.field), F(order.key_field)]
    ids = clients.order_by(*(key.desc() if asked.down else key.asc() for key in keys)).values("id")
    return ids[: PAGE_SIZE + 1].query.sql_with_params()


def cap_of(firm: Firm) -> int:
    """To how many clients a list counts."""
    return CAP_OF_LARGE if about_clients(firm) > LARGE else COUNT_CAP


def capped_count(clients: ClientQuerySet, *, cap: int = COUNT_CAP) -> int:
    """How many clients there are, counted to one above the cap."""
    return clients.order_by().values("id")[: cap + 1].count()
