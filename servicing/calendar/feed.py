"""A person's events as an iCalendar file (RFC 5545), with every moment in UTC: no time zone to get wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from icalendar import Calendar
from icalendar import Event as CalendarEvent

from servicing.calendar.events import Told
from servicing.models import CalendarFeed

PRODUCT = "-//Segmentation CRM//Calendar//EN"
ASK_AGAIN = dt.timedelta(hours=1)
# SEQUENCE counts seconds from here: it grows with each change, and cannot fall back whatever is forgotten.
BEGINNING = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def as_icalendar(feed: CalendarFeed, told: list[Told], *, name: str, link: Callable[[int], str]) -> bytes:
    """The file; `link` gives the address of a task's page. The same events give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for label in ("name", "x-wr-calname"):
        calendar.add(label, name)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for each in told:
        calendar.add_component(_event(feed, each, link(each.task)))
    return calendar.to_ical()


def _event(feed: CalendarFeed, told: Told, url: str) -> CalendarEvent:
    event, shown = told.event, CalendarEvent()
    shown.add("uid", f"{feed.uid}-{told.task}")
    shown.add("dtstamp", told.changed_at)
    shown.add("last-modified", told.changed_at)
    shown.add("sequence", int((told.changed_at - BEGINNING).total_seconds()))
    read = dt.date.fromisoformat if event.whole_day else dt.datetime.fromisoformat
    shown.add("dtstart", read(event.start))
    shown.add("dtend", read(event.end))
    shown.add("summary", event.summary)
    shown.add("status", "CANCELLED" if told.cancelled else "CONFIRMED")
    shown.add("transp", "TRANSPARENT" if event.whole_day or told.cancelled else "OPAQUE")
    shown.add("class", "PRIVATE")
    shown.add("url", url)
    if event.place:
        shown.add("location", event.place)
    shown.add("description", "\n".join(filter(None, [event.text, url])))
    return shown
