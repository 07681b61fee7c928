"""Export of clients: the native columns of import and what the firm derived, streamed by COPY."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from clients.importing.staging import SPACES_SQL
from clients.models import Client
from clients.register.active import active_fields
from clients.register.fields import tracked_fields


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


_COLUMNS = {
    "external_id": escaped("c.external_id"),
    "name": escaped("c.name"),
    "status": "c.status",
    "client_since": "c.client_since",
    "advisor": escaped("u.username"),
    "complexity_driver": "cd.code",
    # the database holds a behavioral trigger only while permission is granted; it leaves on no other terms
    "behavioral_trigger": "CASE WHEN c.permission = 'granted' THEN bt.code END",
    "attention_constraint": "ac.code",
    "persona": "pe.code",
    "income_structure": "inc.code",
    "permission": "c.permission",
    "assets_under_management": "c.assets_under_management",
    "potential_revenue": "c.potential_revenue",
    "growth_potential": "c.growth_potential",
    "alignment": "c.alignment",
    "email": escaped("c.email"),
    "phone": _phone("c.phone"),
    "tier": "ti.code",
    "score": "score.score",
    "scored_on": "score.scored_on",
    "next_due_on": "s.next_due_on",
}
_FROM = """
FROM clients_client c
LEFT JOIN clients_clientsummary s ON s.client_id = c.id
LEFT JOIN clients_clientscore score ON score.client_id = c.id
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


def export_query() -> str:
    """The export's query. A column whose field is not tracked stays, for those who read it, and is empty."""
    tracked, active = tracked_fields(), active_fields()
    columns = ", ".join(
        f"{'NULL' if name in tracked and name not in active else sql} AS {name}"
        for name, sql in _COLUMNS.items()
    )
    return f"SELECT {columns} {_FROM}"


def client_lines(clients: QuerySet[Client] | None = None) -> Iterator[bytes]:
    """The CSV (UTF-8, with a header) in pieces, ordered by client number; `clients` narrows it."""
    which, params = _selection(clients)
    statement = f"COPY ({export_query()} {which} ORDER BY c.external_id) TO STDOUT (FORMAT csv, HEADER)"
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
