"""Months: counted between days, named, and how long many of them are in words."""

from __future__ import annotations

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def between(first: dt.date, last: dt.date) -> int:
    """Calendar months from the month of `first` to that of `last`; never less than none."""
    return max(0, (last.year - first.year) * 12 + last.month - first.month)


def after(day: dt.date, months: int) -> dt.date:
    """The first day of the month that comes so many months after the one of `day`."""
    years, month = divmod(day.month - 1 + months, 12)
    return dt.date(day.year + years, month + 1, 1)


def name(day: dt.date) -> str:
    """June 2034."""
    return date_format(day, "F Y")


def long(months: int) -> str:
    """12 years 3 months; 8 months; no time."""
    years, rest = divmod(months, 12)
    parts = []
    if years:
        parts.append(ngettext("%(n)s year", "%(n)s years", years) % {"n": years})
    if rest:
        parts.append(ngettext("%(n)s month", "%(n)s months", rest) % {"n": rest})
    return " ".join(parts) or _("no time")
