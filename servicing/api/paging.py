"""Cursors: where the next page begins. A cursor is opaque to callers, and one that was made up is refused."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from django.utils.translation import gettext as _

from servicing.api.problems import Problem, Wrong, wrong_fields

FEW, MOST = 100, 500


def encoded(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def decoded(cursor: str, *kinds: type) -> list[Any]:
    """The parts of a cursor, each of its kind. Raises Problem."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        raise _refused() from None
    if not isinstance(parts, list) or len(parts) != len(kinds):
        raise _refused()
    for part, kind in zip(parts, kinds, strict=True):
        if type(part) is not kind or (isinstance(part, int) and not 0 <= part < 2**63):
            raise _refused()
    return parts


def _refused() -> Problem:
    return wrong_fields(
        _("The values cannot be taken."),
        Wrong("cursor", _("Use the next_cursor of the page before, as it was given.")),
    )
