"""Writes of time spent on a client beside any touch, and how people write a length of time."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from clients.changes import wake_sweeps
from clients.firm import firm_today
from clients.models import ChangeKind, Client, ServiceRole, TimeEntry, User
from clients.services_facts import role_on_team

MOST_MINUTES = 24 * 60
OLDEST = dt.timedelta(days=366)

# 90 · 90 min · 1:30 · 1h · 1 h 30 · 1.5 h
_WRITTEN = (
    re.compile(r"(?P<minutes>\d{1,4})\s*(?:m|min|mins|minutes?)?"),
    re.compile(r"(?P<hours>\d{1,2}):(?P<minutes>[0-5]?\d)"),
    re.compile(
        r"(?P<hours>\d{1,2}(?:[.,]\d{1,2})?)\s*(?:h|hrs?|hours?)"
        r"(?:\s*(?P<minutes>[0-5]?\d)\s*(?:m|min|mins|minutes?)?)?"
    ),
)


def minutes_of(text: str) -> int:
    """The minutes that `text` says: 90, 1h 30, 1:30 and 1.5 h are the same.

    Raises ValidationError where it says no length of time, none at all, or more than a day.
    """
    for written in _WRITTEN:
        if found := written.fullmatch(text.strip().lower()):
            parts = found.groupdict()
            hours = float((parts.get("hours") or "0").replace(",", "."))
            minutes = round(60 * hours) + int(parts["minutes"] or 0)
            if minutes < 1:
                raise ValidationError(_("Time spent is a minute at least."))
            if minutes > MOST_MINUTES:
                raise ValidationError(_("A day has 24 hours. Log each day by itself."))
            return minutes
    raise ValidationError(_("Write minutes, as 90, or hours and minutes, as 1h 30 or 1:30."))


def check_day(spent_on: dt.date, today: dt.date | None = None) -> None:
    """Raises ValidationError for a day that has not come, or that lies more than a year back."""
    today = today or firm_today()
    if spent_on > today:
        raise ValidationError(_("This date has not come yet."))
    if spent_on < today - OLDEST:
        raise ValidationError(_("This is more than a year ago. Check the year."))


@transaction.atomic
def log_time(
    *,
    client: Client,
    by: User,
    minutes: int,
    spent_on: dt.date,
    role: ServiceRole | None = None,
    activity: str = "",
) -> TimeEntry:
    """Stores minutes that `by` spent on a client. Default role: that of `by` on the client's team, else lead
    advisor. Raises ValidationError for a day that has not come or lies more than a year back."""
    check_day(spent_on)
    entry = TimeEntry.objects.create(
        client=client,
        by=by,
        minutes=minutes,
        spent_on=spent_on,
        role=role or role_on_team(client=client, person=by),
        activity=activity,
    )
    wake_sweeps(ChangeKind.FACTS)
    return entry


@transaction.atomic
def change_time(*, entry: TimeEntry, **values: Any) -> TimeEntry:
    """Changes the given fields of an entry; without a role, the one on the client's team is taken."""
    if "role" in values and values["role"] is None:
        values["role"] = role_on_team(client=values.get("client", entry.client), person=entry.by)
    for name, value in values.items():
        setattr(entry, name, value)
    check_day(entry.spent_on)
    entry.save(update_fields=["client", "minutes", "spent_on", "role", "activity"])
    wake_sweeps(ChangeKind.FACTS)
    return entry


@transaction.atomic
def remove_time(*, entry: TimeEntry) -> None:
    entry.delete()
    wake_sweeps(ChangeKind.FACTS)


@transaction.atomic
def restore_time(
    *,
    entry_id: int | None,
    client_id: int,
    by_id: int,
    spent_on: dt.date,
    minutes: int,
    role_id: int,
    activity: str,
) -> None:
    """Gives an entry its earlier values, or stores a removed one (`entry_id` None) again."""
    values = {
        "client_id": client_id,
        "spent_on": spent_on,
        "minutes": minutes,
        "role_id": role_id,
        "activity": activity,
    }
    if entry_id is None:
        TimeEntry.objects.create(by_id=by_id, **values)
    else:
        TimeEntry.objects.filter(pk=entry_id, by_id=by_id).update(**values)
    wake_sweeps(ChangeKind.FACTS)
