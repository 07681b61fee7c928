"""How a request's times are said to people, in the time zone of the page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clients.formats import hours, short_date


def moment(at: dt.datetime, now: dt.datetime) -> str:
    """14:30 today; Tue 3 Mar, 14:30 on other days."""
    there = timezone.localtime(at)
    if there.date() == timezone.localtime(now).date():
        return f"{there:%H:%M}"
    return f"{short_date(at, today=timezone.localtime(now).date())}, {there:%H:%M}"


def answer_by(at: dt.datetime, now: dt.datetime) -> str:
    """Answer by 14:30, in 1 h 20; Answer was due at 14:30, 25 min ago; without the distance on other days."""
    today = timezone.localtime(at).date() == timezone.localtime(now).date()
    minutes = abs(at - now) // dt.timedelta(minutes=1)
    values = {"when": moment(at, now), "distance": hours(minutes)}
    if at > now:
        text = _("Answer by %(when)s, in %(distance)s.") if today else _("Answer by %(when)s.")
    else:
        text = _("Answer was due %(when)s, %(distance)s ago.") if today else _("Answer was due %(when)s.")
    return text % values


def answered(row: dict[str, Any]) -> str:
    """Answered after 2 h 10, of 4 h promised: in business hours."""
    took = hours(row["answer_minutes"] or 0)
    if row["promised_hours"] is None:
        return _("Answered after %(took)s") % {"took": took}
    return _("Answered after %(took)s, of %(promised)s promised") % {
        "took": took,
        "promised": hours(row["promised_hours"] * 60),
    }
