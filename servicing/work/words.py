"""How a task and its promise are said to people."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.formats import distance, late_words, short_date
from servicing.models.standards import INTERVALS

_OFTEN = dict(INTERVALS)


def often(months: int) -> str:
    """An interval in words: every 3 months, once a year."""
    return str(_OFTEN[months])


def promise(service: str, months: int) -> str:
    """The promise in words: Review meeting every 3 months."""
    return _("%(service)s %(often)s") % {"service": service, "often": often(months)}


def due(due_on: dt.date, window_end: dt.date, today: dt.date) -> str:
    """9 days late; today; 3 days past its date; Tue 3 Mar, in 6 days."""
    if window_end < today:
        return late_words(window_end, today=today)
    days = (due_on - today).days
    if days == 0:
        return _("today")
    if days < 0:
        return ngettext("%(n)s day past its date", "%(n)s days past its date", -days) % {"n": -days}
    return f"{short_date(due_on, today=today)}, {distance(days)}"


def what_comes_next(service: str, next_on: dt.date | None, today: dt.date) -> str:
    """What the row says after a task was closed."""
    if next_on is None:
        return _("Nothing of this kind is planned next.")
    return _("Next %(service)s: %(when)s.") % {
        "service": service[:1].lower() + service[1:],
        "when": f"{short_date(next_on, today=today)}, {distance((next_on - today).days)}",
    }
