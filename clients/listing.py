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
from clients.models import Client
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
WITH page AS MATERIALIZED (
    SELECT id, row_number() OVER () AS place FROM ({parts}) parts LIMIT %s
)
SELECT c.id, c.name, c.external_id, c.status, c.permission,
       c.complexity_driver_id, b.trigger_id AS behavioral_trigger_id, c.attention_constraint_id,
       c.persona_id, c.income_structure_id,
       s.tier_id, s.tier_position, score.score, s.last_touch_on, s.next_due_on, s.late_after,
       COALESCE(NULLIF(trim(u.first_name || ' ' || u.last_name), ''), u.username) AS advisor
FROM page
JOIN clients_client c ON c.id = page.id
LEFT JOIN clients_clientsummary s ON s.client_id = c.id
LEFT JOIN clients_clientscore score ON score.client_id = c.id
LEFT JOIN clients_behavioraltag b ON b.client_id = c.id
LEFT JOIN clients_teammember t ON t.client_id = c.id
      AND t.role_id = (SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')
LEFT JOIN clients_user u ON u.id = t.user_id
ORDER BY page.place
"""


def read_page(
    clients: ClientQuerySet, *, sort: str, descending: bool, position: Position | None, few: bool = False
) -> Page:
    """The page of `clients` at `position`, and the encoded positions of its neighbours (empty: none).

    `few`: there are so few of them that they are found first and ordered then, without the order's index.
    """
    order = ORDERS[sort]
    back = position is not None and position.back
    parts = _parts(clients, order, descending=descending, position=position)
    down = descending != back
    sql: list[str] = []
    params: list[Any] = []
    for part in parts:
        ids, part_params = (_found_first if few else _ordered)(part, order, down=down)
        sql.append(f"({ids})")
        params.extend(part_params)
    with connection.cursor() as cursor:
        cursor.execute(_ROWS.format(parts=" UNION ALL ".join(sql)), [*params, PAGE_SIZE + 1])
        columns = [column[0] for column in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    more = len(rows) > PAGE_SIZE
    rows = rows[:PAGE_SIZE]
    if back:
        rows.reverse()
    has_previous = more if back else position is not None
    has_next = True if back else more
    return Page(
        rows,
        _place(order, sort, rows[0]) if rows and has_previous else "",
        _place(order, sort, rows[-1]) if rows and has_next else "",
    )


_VALUES = {
    "name": "name",
    "tier": "tier_position",
    "score": "score",
    "touch": "last_touch_on",
    "due": "next_due_on",
}


def _place(order: Order, sort: str, row: dict[str, Any]) -> str:
    value = row[_VALUES[sort]]
    return Position(None if value is None else str(value), row["id"]).encoded()


def _parts(
    clients: ClientQuerySet, order: Order, *, descending: bool, position: Position | None
) -> list[ClientQuerySet]:
    """The parts whose concatenation, each in order, is the list from `position` on.

    Going back, the list is walked from its end.
    """
    back = position is not None and position.back
    down = descending != back
    filled: ClientQuerySet | None = clients
    empty: ClientQuerySet | None = None
    if order.may_be_empty:
        filled = clients.filter(**{f"{order.field}__isnull": False})
        # Every client has a summary and a score: said so, the empty part walks the index too.
        row = order.field.partition("__")[0]
        empty = clients.filter(**{f"{order.field}__isnull": True, f"{row}__isnull": False})
    if position is not None:
        side = "<" if down else ">"
        if position.value is None:
            assert empty is not None  # noqa: S101  (parse_position refuses an empty value otherwise)
            empty = empty.filter(**{f"{order.key_field}__{'lt' if down else 'gt'}": position.id})
            if not back:
                filled = None
        else:
            assert filled is not None  # noqa: S101
            filled = filled.alias(
                beyond=RawSQL(  # noqa: S611  (columns of this module, values as parameters)
                    f"({order.column}, {order.key}) {side} (%s, %s)", [position.value, position.id]
                )
            ).filter(beyond=True)
            if back:
                empty = None
    in_order = [filled, empty] if not back else [empty, filled]
    return [part for part in in_order if part is not None]


def _ordered(part: ClientQuerySet, order: Order, *, down: bool) -> tuple[str, tuple[Any, ...]]:
    """The ids of a page of the part, in order: a statement and its parameters."""
    keys = [F(order.field), F(order.key_field)]
    ids = part.order_by(*(key.desc() if down else key.asc() for key in keys)).values("id")
    return ids[: PAGE_SIZE + 1].query.sql_with_params()


def _found_first(part: ClientQuerySet, order: Order, *, down: bool) -> tuple[str, tuple[Any, ...]]:
    """The same, found before they are ordered.

    Walking the index of the order would pass by all the others: a rare name, a small team.
    """
    # the limit keeps the planner from merging it
    found = part.order_by().values_list("id", order.field)[: COUNT_CAP + 1]
    statement, params = found.query.sql_with_params()
    way = "DESC" if down else "ASC"
    ids = (
        f"SELECT id FROM ({statement}) found (id, value) ORDER BY value {way}, id {way} LIMIT {PAGE_SIZE + 1}"  # noqa: S608
    )
    return ids, params


def cap_of(firm: Firm) -> int:
    """To how many clients a list counts."""
    return CAP_OF_LARGE if about_clients(firm) > LARGE else COUNT_CAP


def capped_count(clients: ClientQuerySet, *, cap: int = COUNT_CAP) -> int:
    """How many clients there are, counted to one above the cap."""
    return clients.order_by().values("id")[: cap + 1].count()


def found_once(clients: ClientQuerySet, *, cap: int) -> tuple[int, ClientQuerySet]:
    """How many clients there are, counted to one above the cap, and the clients themselves.

    Where they are so few, they are known by their ids from now on: a search, which takes the longer the
    larger the firm is, is not made twice.
    """
    ids = list(clients.order_by().values_list("id", flat=True)[: cap + 1])
    if len(ids) > cap:
        return len(ids), clients
    known = RawSQL("clients_client.id = ANY(%s)", [ids], output_field=BooleanField())
    return len(ids), Client.objects.alias(known=known).filter(known=True)
