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


def kept(codes: Iterable[Code]) -> list[Code]:
    """Those of `codes` that have an entry in force, in their order."""
    active = active_fields()
    return [code for code in codes if code in active]
