"""What a person's calendar shows of a task, and what it was told before and must be told is gone.

A task with an appointment is an event with its hours; one without is a whole day, its due date, that leaves
the person free. It is no VTODO: Google and Outlook leave those out of calendars that they read by address.
A task put off is shown on the day on which it comes back. What is done stays on its day; what was told of and
is neither the person's open work nor done by the person any more is cancelled, for 90 days.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from clients.formats import hours
from servicing.models import OPEN_STATUSES, CalendarEntry, CalendarFeed, ServiceTask, TaskStatus
from servicing.models.standards import Channel

BACK = dt.timedelta(days=60)
AHEAD = dt.timedelta(days=366)
CANCELLED_FOR = dt.timedelta(days=90)
LARGEST = 1000  # events that are not cancelled; the latest are left out
USUAL_MINUTES = 30  # of an appointment of which nobody said how long it takes
_CHANNELS = dict(Channel.choices)
_ROW = (
    "id",
    "title",
    "status",
    "due_on",
    "scheduled_at",
    "scheduled_channel",
    "channel",
    "place",
    "snoozed_until",
    "planned_minutes",
    "completed_on",
    "assigned_to_id",
    "automated",
    "touch__by_id",
    "client__name",
    "client__external_id",
    "kind__label",
    "item__duration_minutes",
)


@dataclass(frozen=True)
class Event:
    """One event as it is told. `start`, `end`: ISO dates for whole days, else moments in UTC."""

    summary: str
    start: str
    end: str
    place: str = ""
    text: str = ""

    @property
    def whole_day(self) -> bool:
        return len(self.start) == len("2026-03-03")

    @property
    def day(self) -> dt.date:
        return dt.date.fromisoformat(self.start[:10])


@dataclass(frozen=True)
class Told:
    """An event with the task it is of, and when it last changed."""

    task: int
    event: Event
    cancelled: bool
    changed_at: dt.datetime


def tell(feed: CalendarFeed, *, today: dt.date, now: dt.datetime) -> list[Told]:
    """The events of a locked feed by task, having noted what is new, changed or gone since the last time."""
    before = {entry.task: entry for entry in feed.entries.all()}
    rows = _tasks(feed, list(before), today)
    shown, gone = _shown(feed, rows, before, today)
    stamp = _stamp(now, before)
    changed = []
    for task, (event, plain) in shown.items():
        entry, digest = before.get(task), _digest(event)
        if entry is None or entry.cancelled or entry.told != digest:
            changed.append(
                CalendarEntry(feed=feed, task=task, told=digest, plain=asdict(plain), changed_at=stamp)
            )
    CalendarEntry.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["feed", "task"],
        update_fields=["told", "plain", "cancelled", "changed_at"],
    )
    newly = [entry for task, entry in before.items() if task in gone and not entry.cancelled]
    if newly:
        feed.entries.filter(pk__in=[entry.pk for entry in newly]).update(cancelled=True, changed_at=stamp)
        for entry in newly:
            entry.cancelled, entry.changed_at = True, stamp
    over = [
        entry.pk
        for task, entry in before.items()
        if task not in shown and (task not in gone or entry.changed_at < now - CANCELLED_FOR)
    ]
    if over:
        feed.entries.filter(pk__in=over).delete()
    stamps = {entry.task: entry.changed_at for entry in [*before.values(), *changed]}
    told = [Told(task, event, False, stamps[task]) for task, (event, _plain) in shown.items()]
    told += [
        Told(task, Event(**before[task].plain), True, before[task].changed_at)
        for task in gone
        if before[task].pk not in over
    ]
    return sorted(told, key=lambda each: (each.event.start, each.task))


def _tasks(feed: CalendarFeed, told: list[int], today: dt.date) -> list[dict[str, Any]]:
    """The person's open tasks around today, and whatever the calendar was told of."""
    first, last = today - BACK, today + AHEAD
    near = Q(due_on__range=(first, last)) | Q(scheduled_at__isnull=False) | Q(snoozed_until__isnull=False)
    mine = Q(assigned_to=feed.user_id, status__in=OPEN_STATUSES, automated=False) & near
    own = list(ServiceTask.objects.filter(mine).order_by("due_on", "id").values(*_ROW)[: 2 * LARGEST])
    known = {row["id"] for row in own}
    return own + list(
        ServiceTask.objects.filter(pk__in=[task for task in told if task not in known]).values(*_ROW)
    )


def _shown(
    feed: CalendarFeed, rows: list[dict[str, Any]], before: dict[int, CalendarEntry], today: dt.date
) -> tuple[dict[int, tuple[Event, Event]], set[int]]:
    """The events to show, each with its form without names, by task; and the tasks told of that are gone."""
    events = {}
    for row in rows:
        hours_of = _hours(row, feed.user_id)
        if hours_of:
            events[row["id"]] = (
                _event(row, *hours_of, names=feed.show_names),
                _event(row, *hours_of, names=False),
            )
    gone = set(before) - set(events)
    near = [task for task, (event, _plain) in events.items() if today - BACK <= event.day <= today + AHEAD]
    near.sort(key=lambda task: (events[task][0].start, task))
    return {task: events[task] for task in near[:LARGEST]}, gone


def _hours(row: dict[str, Any], user_id: int) -> tuple[str, str, bool] | None:
    """Start and end as an event has them, and whether it is done; None where it is not the person's."""
    if row["assigned_to_id"] != user_id or row["automated"]:
        return None
    at, done = row["scheduled_at"], row["status"] == TaskStatus.DONE
    if done and row["touch__by_id"] not in (None, user_id):
        return None  # somebody else did it
    if not done and row["status"] not in OPEN_STATUSES:
        return None
    if at and not (done and row["completed_on"] < _day(at)):
        minutes = row["item__duration_minutes"] or row["planned_minutes"] or USUAL_MINUTES
        return _moment(at), _moment(at + dt.timedelta(minutes=minutes)), done
    if done and at:
        return None  # done before the appointment, which will not take place
    day = row["completed_on"] if done else max(filter(None, [row["due_on"], row["snoozed_until"]]))
    return day.isoformat(), (day + dt.timedelta(days=1)).isoformat(), done


def _event(row: dict[str, Any], start: str, end: str, done: bool, *, names: bool) -> Event:
    """A title that a person typed, a name and a place can tell who a client is: they need `names`."""
    what = row["kind__label"] or _("Task")
    if names and row["title"]:
        what = row["title"]
    summary = f"{what} · {row['client__name'] if names else row['client__external_id']}"
    minutes = row["planned_minutes"]
    channel = _CHANNELS.get(row["scheduled_channel"] or row["channel"], "")
    return Event(
        summary=_("Done: %(what)s") % {"what": summary} if done else summary,
        start=start,
        end=end,
        place=(names and row["place"]) or capfirst(str(channel)),
        text=_("Planned: %(time)s") % {"time": hours(minutes)} if minutes else "",
    )


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).replace(microsecond=0).isoformat()


def _day(at: dt.datetime) -> dt.date:
    """The date of an appointment where the firm is: requests run in its time zone."""
    return timezone.localtime(at).date()


def _digest(event: Event) -> str:
    return hashlib.sha256(json.dumps(asdict(event), sort_keys=True).encode()).hexdigest()


def _stamp(now: dt.datetime, before: dict[int, CalendarEntry]) -> dt.datetime:
    """Whole seconds, and later than any change told of so far."""
    newest = max((entry.changed_at for entry in before.values()), default=None)
    now = now.replace(microsecond=0)
    return now if newest is None or newest < now else newest + dt.timedelta(seconds=1)
