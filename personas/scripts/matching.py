"""Which scripts are offered for a client: every condition met, the most specific first.

A version that asks for a persona, an axis or an income structure is offered only where the client has granted
permission; without it there are the generic ones and those that ask for the tier alone. The one statement
serves a client's page and the sweep that matches thousands.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from clients.models import ServiceRole
from clients.prepared import prepared
from clients.register.active import active_sql
from personas.models.mapping import BEHAVIORAL, CONDITIONS, TAILORED
from personas.models.scripts import ScriptVersion, Situation

# Of the version `v` and the client `c`: each condition is empty, or the client's own value, of a field that
# the register lets the firm keep.
_HELD = {
    name: f"CASE WHEN {active_sql(name)} THEN {'tag.trigger' if name == BEHAVIORAL else f'c.{name}'}_id END"
    for name in TAILORED
} | {"tier": "summary.tier_id"}
MET = " AND ".join(f"(v.{name}_id IS NULL OR v.{name}_id = {_HELD[name]})" for name in CONDITIONS)
GENERIC = " AND ".join(f"v.{name}_id IS NULL" for name in TAILORED)
SPECIFIC = " + ".join(f"(v.{name}_id IS NOT NULL)::int" for name in CONDITIONS)

# `wanted`: (client_id, situation_id, role_id or null, channel or '') rows.
MATCHES = f"""
    FROM wanted w
    JOIN clients_client c ON c.id = w.client_id
    LEFT JOIN clients_behavioraltag tag ON tag.client_id = c.id
    LEFT JOIN clients_clientsummary summary ON summary.client_id = c.id
    JOIN personas_scriptversion v ON v.state = 'approved' AND v.review_on > %(today)s
        AND (w.situation_id IS NULL OR v.situation_id = w.situation_id)
        AND (w.channel = '' OR v.channel IN ('', w.channel))
        AND {MET}
        AND (c.permission = 'granted' OR ({GENERIC}))
    JOIN personas_script s ON s.id = v.script_id AND s.retired_at IS NULL
    JOIN personas_situation situation ON situation.id = v.situation_id
"""
# The most specific first; then what is meant for this role, for any, for another; then the firm's order.
BEST_FIRST = f"""
    ({SPECIFIC}) DESC,
    CASE WHEN v.role_id = w.role_id THEN 0 WHEN v.role_id IS NULL THEN 1 ELSE 2 END,
    situation.position, v.position, v.title, v.id
"""

_COLUMNS = [field.attname for field in ScriptVersion._meta.concrete_fields]
_VERSION = ", ".join(f"v.{name}" for name in _COLUMNS)
_WORD = "json_build_object('id', {0}.id, 'code', {0}.code, 'label', {0}.label)::text"


@dataclass(frozen=True)
class Offer:
    """A version that fits a client; `specific`: how many conditions it asks for and the client meets."""

    version: ScriptVersion
    specific: int
    of_role: bool


def offered(
    *,
    client_id: int,
    today: dt.date,
    situations: Iterable[int] | None = None,
    role_id: int | None = None,
    channel: str = "",
    closed: Iterable[str] = (),
    limit: int = 60,
    one_a_situation: bool = False,
) -> list[Offer]:
    """The versions that may be used on the client today, best match first, each with the words of its
    situation and role; one query. What a version asks for is the client's own.

    `one_a_situation`: the best of each situation, in the firm's order of situations.

    `situations`: ids to choose from (None: all). `role_id`: of whoever speaks; their own scripts come first,
    and scripts of other roles are left out where it is given. `closed`: channels by which nothing may go to
    the client; scripts of these come last.
    """
    statement = f"""
        WITH wanted (client_id, situation_id, role_id, channel) AS (
            SELECT %(client)s::bigint, id, %(role)s::bigint, %(channel)s::text
            FROM unnest(%(situations)s::bigint[]) id
        )
        SELECT {"DISTINCT ON (situation.position, situation.id)" if one_a_situation else ""}
            {_VERSION}, ({SPECIFIC}) AS specific, coalesce(v.role_id = w.role_id, false) AS of_role,
            {_WORD.format("situation")} AS situation_word, {_WORD.format("role")} AS role_word
        {MATCHES}
        LEFT JOIN clients_servicerole role ON role.id = v.role_id
        WHERE w.role_id IS NULL OR v.role_id IS NULL OR v.role_id = w.role_id
        ORDER BY {"situation.position, situation.id," if one_a_situation else ""}
            v.channel = ANY(%(closed)s), {BEST_FIRST}
        LIMIT %(limit)s
    """  # noqa: S608
    chosen = [None] if situations is None else list(situations)
    values = {
        "client": client_id,
        "role": role_id,
        "channel": channel,
        "closed": list(closed),
        "situations": chosen,
        "today": today,
        "limit": limit,
    }
    with prepared() as cursor:
        cursor.execute(statement, values)
        names = [column.name for column in cursor.description]
        return [_offer(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _offer(row: dict[str, Any]) -> Offer:
    version = ScriptVersion.from_db(connection.alias, _COLUMNS, [row[name] for name in _COLUMNS])
    version.situation = Situation(**json.loads(row["situation_word"]))
    version.role = ServiceRole(**json.loads(row["role_word"])) if version.role_id else None
    return Offer(version, row["specific"], row["of_role"])


def fits(*, version_id: int, client_id: int, today: dt.date) -> bool:
    """Whether the version may be used on the client today: usable, its conditions met, permission with it."""
    statement = f"""
        WITH wanted (client_id, situation_id, role_id, channel) AS (
            VALUES (%(client)s::bigint, NULL::bigint, NULL::bigint, '')
        )
        SELECT 1 {MATCHES} WHERE v.id = %(version)s
    """
    with prepared() as cursor:
        cursor.execute(statement, {"client": client_id, "version": version_id, "today": today})
        return cursor.fetchone() is not None


def clients_that_fit(*, version_id: int, clients: Iterable[int], today: dt.date) -> set[int]:
    """Of `clients` those on whom the version may be used today; one query."""
    statement = f"""
        WITH wanted (client_id, situation_id, role_id, channel) AS (
            SELECT id, NULL::bigint, NULL::bigint, '' FROM unnest(%(clients)s::bigint[]) id
        )
        SELECT c.id {MATCHES} WHERE v.id = %(version)s
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, {"clients": list(clients), "version": version_id, "today": today})
        return {row[0] for row in cursor.fetchall()}
