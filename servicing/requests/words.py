"""How an answer is said to people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from clients.formats import hours


def answered(row: dict[str, Any]) -> str:
    """Answered after 2 h 10, of 4 h promised: in business hours."""
    took = hours(row["answer_minutes"] or 0)
    if row["promised_hours"] is None:
        return _("Answered after %(took)s") % {"took": took}
    return _("Answered after %(took)s, of %(promised)s promised") % {
        "took": took,
        "promised": hours(row["promised_hours"] * 60),
    }
