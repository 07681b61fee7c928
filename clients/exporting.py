"""Export of clients: the native columns of import and what the firm derived, streamed by COPY."""

# ruff: noqa: S608  (constants of this module; the selection of clients is SQL that Django compiled)
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from clients.importing.staging import SPACES_SQL
from clients.models import Client


def escaped(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before = + - @, which import takes off.

    A text that itself begins with such an apostrophe gets one more, so that it comes back as it was. An
    empty text is an empty cell without quotation marks.
    """
    trimmed = f"btrim({text}, {SPACES_SQL})"
    return f"CASE WHEN {trimmed} ~ '^''*[-=+@]' THEN '''' || {trimmed} ELSE nullif({trimmed}, '') END"


def _phone(text: str) -> str:
    """A phone number keeps its plus sign bare."""
    return f"CASE WHEN {text} ~ '^[+][0-9 ()./-]*$' THEN btrim({text}, {SPACES_SQL}) ELSE {escaped(text)} END"


_QUERY = f"""
SELECT {escaped("c.external_id")} AS external_id, {escaped("c.name")} AS name, c.status, c.client_since,
    {escaped("u.username")} AS advisor, cd.code AS complexity_driver,
    -- the database holds a behavioral trigger only while permission is granted; it leaves on no other terms
    CASE WHEN c.permission = 'granted' THEN bt.code END AS behavioral_trigger,
    ac.code AS attention_constraint, pe.code AS persona, inc.code AS income_structure, c.permission,
    c.assets_under_management, c.potential_revenue, c.growth_potential, c.alignment,
    {escaped("c.email")} AS email, {_phone("c.phone")} AS phone,
    ti.code AS tier, s.score, s.scored_on, s.next_due_on
FROM clients_client c
LEFT JOIN clients_clientsummary s ON s.client_id = c.id
LEFT JOIN clients_tier ti ON ti.id = s.tier_id
LEFT JOIN clients_teammember t ON t.client_id = c.id
    AND t.role_id = (SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')
LEFT JOIN clients_user u ON u.id = t.user_id
LEFT JOIN clients_behavioraltag b ON b.client_id = c.id
LEFT JOIN clients_behavioraltrigger bt ON bt.id = b.trigger_id
LEFT JOIN clients_complexitydriver cd ON cd.id = c.complexity_driver_id
LEFT JOIN clients_attentionconstraint ac ON ac.id = c.attention_constraint_id
LEFT JOIN clients_persona pe ON pe.id = c.persona_id
LEFT JOIN clients_incomestructure inc ON inc.id = c.income_structure_id
"""


def client_lines(clients: QuerySet[Client] | None = None) -> Iterator[bytes]:
    """The CSV (UTF-8, with a header) in pieces, ordered by client number; `clients` narrows it."""
    which, params = _selection(clients)
    statement = f"COPY ({_QUERY} {which} ORDER BY c.external_id) TO STDOUT (FORMAT csv, HEADER)"
    with connection.cursor() as cursor, _copy(cursor, statement, params) as copy:
        for piece in copy:
            yield bytes(piece)


def _selection(clients: QuerySet[Client] | None) -> tuple[str, tuple[Any, ...]]:
    if clients is None:
        return "", ()
    try:
        sql, params = clients.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "WHERE false", ()
    return f"WHERE c.id IN ({sql})", tuple(params)


def _copy(cursor: Any, statement: str, params: tuple[Any, ...]) -> Any:
    # The driver's own cursor: Django's, while it records queries, takes no parameters here.
    return cursor.cursor.copy(statement, params or None)
