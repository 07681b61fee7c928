"""What the pages of equity pay say in sentences."""

from __future__ import annotations

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from personas.tools.equity.holdings import TooMany


def date(value: dt.date) -> str:
    """3 March 2026."""
    return date_format(value, "j F Y")


def too_many(found: TooMany) -> str:
    """Why an exercise or a sale cannot be."""
    given = {"day": date(found.on), "asked": f"{found.asked:,}", "there": f"{found.there:,}"}
    if found.exercise:
        return _("By %(day)s %(asked)s options would be exercised, and only %(there)s have vested.") % given
    return _("By %(day)s %(asked)s shares would be sold or kept back, and there are only %(there)s.") % given
