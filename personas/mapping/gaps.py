"""What clients have and the map does not speak of: combinations, and words. One statement for the firm."""

# ruff: noqa: S608  (constants of this module; the selection of clients is SQL that Django compiled)
from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils.translation import gettext as _

from clients.filters import AXES, NONE
from clients.models import Client, User
from clients.words import Words
from personas.models.mapping import CONDITIONS

SHOWN = 50  # gaps of the page; those of most clients first

_PARAMS = {axis.kind: axis.param for axis in AXES}
_COLUMNS = ", ".join(f"{name}_id" for name in CONDITIONS)
_MEETS = " AND ".join(f"(r.{name}_id IS NULL OR r.{name}_id = have.{name}_id)" for name in CONDITIONS)
_ONE_WORD = ", ".join(f"CASE word.kind WHEN '{name}' THEN word.id END" for name in CONDITIONS)
_SPOKEN_OF = " OR ".join(f"(word.kind = '{name}' AND r.{name}_id = word.id)" for name in CONDITIONS)
_WORDS = ", ".join(f"('{name}', have.{name}_id)" for name in CONDITIONS)

# The combinations that active clients have, each once; of these, the ones that no row fits except a row for
# everyone. Beside them the words that clients have and that no row asks for.
_GAPS = f"""
    WITH have AS MATERIALIZED (
        SELECT c.persona_id, c.complexity_driver_id, tag.trigger_id AS behavioral_trigger_id,
            c.attention_constraint_id, c.income_structure_id, summary.tier_id, count(*) AS clients
        FROM clients_client c
        LEFT JOIN clients_behavioraltag tag ON tag.client_id = c.id
        LEFT JOIN clients_clientsummary summary ON summary.client_id = c.id
        WHERE c.status = 'active' {{which}}
        GROUP BY 1, 2, 3, 4, 5, 6
    ), spoken AS (
        SELECT * FROM personas_maprow WHERE retired_at IS NULL AND num_nonnulls({_COLUMNS}) > 0
    ), uncovered AS (
        SELECT * FROM have WHERE NOT EXISTS (SELECT FROM spoken r WHERE {_MEETS})
    ), words AS (
        SELECT word.kind, word.id, sum(have.clients) AS clients
        FROM have CROSS JOIN LATERAL (VALUES {_WORDS}) word (kind, id)
        WHERE word.id IS NOT NULL AND word.kind <> 'tier'
            AND NOT EXISTS (SELECT FROM spoken r WHERE {_SPOKEN_OF})
        GROUP BY word.kind, word.id
    )
    (SELECT 'combination' AS what, clients, {_COLUMNS}, count(*) OVER (), sum(clients) OVER ()
    FROM uncovered ORDER BY clients DESC, {_COLUMNS} LIMIT {SHOWN})
    UNION ALL
    SELECT 'word', clients, {_ONE_WORD}, 0, 0 FROM words word
"""


@dataclass(frozen=True)
class Gap:
    """What the map does not speak of, in words, with the number of clients and the list of them."""

    label: str
    clients: int
    query: str
    conditions: dict[str, int]


@dataclass(frozen=True)
class Gaps:
    """`combinations`: the largest; `number`, `clients`: of all of them. `words`: words without a row."""

    combinations: list[Gap]
    words: list[Gap]
    number: int
    clients: int


def find_gaps(user: User, words: Words) -> Gaps:
    """Gaps among the active clients that `user` may see; one query."""
    which, params = _selection(user)
    with connection.cursor() as cursor:
        cursor.execute(_GAPS.format(which=which), params)
        found = cursor.fetchall()
    combinations, of_words, number, clients = [], [], 0, 0
    for what, many, *ids, all_gaps, all_clients in found:
        has = dict(zip(CONDITIONS, ids, strict=True))
        if what == "combination":
            combinations.append(_gap(has, many, words, whole=True))
            number, clients = all_gaps, all_clients
        else:
            of_words.append(_gap(has, many, words, whole=False))
    of_words.sort(key=lambda gap: (-gap.clients, gap.label))
    return Gaps(combinations, of_words, number, int(clients))


def _selection(user: User) -> tuple[str, tuple[Any, ...]]:
    clients = Client.objects.visible_to(user)
    if not clients.query.where:
        return "", ()
    try:
        sql, params = clients.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "AND false", ()
    return f"AND c.id IN ({sql})", tuple(params)


def _gap(has: dict[str, int | None], clients: int, words: Words, *, whole: bool) -> Gap:
    """`whole`: what a client does not have is part of the combination."""
    conditions = {name: id for name, id in has.items() if id is not None}
    labels = [words.label(name, id) for name, id in conditions.items()]
    asked = {
        _PARAMS[name]: words.code(name, id) or NONE for name, id in has.items() if whole or id is not None
    }
    return Gap(
        label=" · ".join(labels) or _("No tag and no tier"),
        clients=int(clients),
        query=urlencode(asked),
        conditions=conditions,
    )
