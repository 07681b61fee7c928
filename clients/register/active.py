"""Which fields have an entry of the register in force today.

Read with the firm, once a request, by the same query; outside requests when it is asked for. Nothing is
kept longer than a request, so a change of the register holds at once in every process.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from typing import TypeVar

from clients.firm import firm_settings, registered_fields
from clients.register.fields import needed_fields

Code = TypeVar("Code")
running: ContextVar[frozenset[str] | None] = ContextVar("running", default=None)


def active_fields() -> frozenset[str]:
    """Codes of the fields that may be asked for, shown and taken today."""
    stored = running.get()
    if stored is None:
        stored = registered_fields(firm_settings())
    return stored | needed_fields()


def is_active(code: str) -> bool:
    return code in active_fields()


def active_sql(code: str) -> str:
    """The same as SQL, for statements over many clients: true while the field has an entry in force today,
    where the firm is. It rests on no row of the statement, so that the database asks once."""
    return f"""EXISTS (
        SELECT FROM clients_fieldentry entry
        LEFT JOIN clients_firm firm ON firm.id = 1
        CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE coalesce(firm.time_zone, 'UTC'))::date) today (day)
        WHERE entry.field = '{code}' AND entry.active_from <= today.day
            AND (entry.active_until IS NULL OR entry.active_until > today.day)
    )"""


def kept(codes: Iterable[Code]) -> list[Code]:
    """Those of `codes` that have an entry in force, in their order."""
    active = active_fields()
    return [code for code in codes if code in active]
