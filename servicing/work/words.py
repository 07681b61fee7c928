"""How a task and its promise are said to people."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.formats import distance, hours, late_words, short_date
from clients.models import User
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


def zone_of(person: User) -> dt.tzinfo:
    """The time zone in which a person books and reads appointments: the own one, else the firm's."""
    return zoneinfo.ZoneInfo(person.time_zone) if person.time_zone else timezone.get_current_timezone()


def appointment(at: dt.datetime, zone: dt.tzinfo, today: dt.date) -> str:
    """Tue 3 Mar, 14:05; with the zone's short name where its clocks differ from the firm's."""
    there = at.astimezone(zone)
    text = f"{short_date(there.replace(tzinfo=None), today=today)}, {there:%H:%M}"
    if there.utcoffset() == timezone.localtime(at).utcoffset():
        return text
    return f"{text} {there:%Z}"


def answer_by(at: dt.datetime, now: dt.datetime) -> str:
    """Answer by 14:30, in 1 h 20; Answer was due 14:30, 25 min ago; without the distance on other days.

    Less than a minute counts as one. In the time zone of the page, as `clock`."""
    today = timezone.localtime(at).date() == timezone.localtime(now).date()
    values = {"when": clock(at, now), "distance": hours(max(1, abs(at - now) // dt.timedelta(minutes=1)))}
    if at > now:
        text = _("Answer by %(when)s, in %(distance)s") if today else _("Answer by %(when)s")
    else:
        text = _("Answer was due %(when)s, %(distance)s ago") if today else _("Answer was due %(when)s")
    return text % values


def clock(at: dt.datetime, now: dt.datetime) -> str:
    """14:30 where it is today; else Tue 3 Mar, 14:30. In the time zone of the page."""
    there, today = timezone.localtime(at), timezone.localtime(now).date()
    return f"{there:%H:%M}" if there.date() == today else f"{short_date(at, today=today)}, {there:%H:%M}"


def window(first: dt.date, last: dt.date, today: dt.date) -> str:
    """When it may be done: from Tue 17 Feb to Tue 17 Mar."""
    return _("from %(first)s to %(last)s") % {
        "first": short_date(first, today=today),
        "last": short_date(last, today=today),
    }


def what_comes_next(service: str, next_on: dt.date | None, today: dt.date) -> str:
    """What the row says after a task was closed."""
    if next_on is None:
        return _("Nothing of this kind is planned next.")
    return _("Next %(service)s: %(when)s.") % {
        "service": service[:1].lower() + service[1:],
        "when": f"{short_date(next_on, today=today)}, {distance((next_on - today).days)}",
    }
