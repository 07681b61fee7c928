"""The week of one person: what was logged, on touches and beside them, and what was planned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from clients.models import TimeEntry, Touch, User
from servicing.models import ServiceTask, TaskStatus

# Work that was not to be done after all is no plan.
_NOT_PLANNED = (TaskStatus.CANCELLED, TaskStatus.WAIVED)


@dataclass(frozen=True)
class Week:
    """From Monday `first` to Sunday `last`; `lines` newest first. All times in minutes."""

    first: dt.date
    last: dt.date
    lines: list[dict[str, Any]]
    beside: int
    on_touches: int
    planned: int

    @property
    def logged(self) -> int:
        return self.beside + self.on_touches

    @property
    def before(self) -> dt.date:
        return self.first - dt.timedelta(days=7)

    @property
    def after(self) -> dt.date:
        return self.first + dt.timedelta(days=7)


def week_of(person: User, day: dt.date) -> Week:
    """The week that `day` lies in. Planned: the person's tasks due in it, but for those called off."""
    first = day - dt.timedelta(days=day.weekday())
    last = first + dt.timedelta(days=6)
    entries = list(
        TimeEntry.objects.filter(by=person, spent_on__range=(first, last)).values(
            "id", "spent_on", "minutes", "activity", "client_id", "client__name", "role__label"
        )
    )
    touches = list(
        Touch.objects.filter(by=person, occurred_on__range=(first, last), minutes__gt=0).values(
            "id", "occurred_on", "minutes", "kind__label", "client_id", "client__name", "role__label"
        )
    )
    planned = ServiceTask.objects.filter(
        assigned_to=person, automated=False, due_on__range=(first, last)
    ).exclude(status__in=_NOT_PLANNED)
    return Week(
        first=first,
        last=last,
        lines=_lines(entries, touches),
        beside=sum(entry["minutes"] for entry in entries),
        on_touches=sum(touch["minutes"] or 0 for touch in touches),
        planned=planned.aggregate(total=Sum("planned_minutes"))["total"] or 0,
    )


def _lines(entries: Iterable[Any], touches: Iterable[Any]) -> list[dict[str, Any]]:
    lines = [entry | {"on": entry["spent_on"], "what": entry["activity"], "entry": True} for entry in entries]
    lines += [
        touch | {"on": touch["occurred_on"], "what": touch["kind__label"], "entry": False}
        for touch in touches
    ]
    return sorted(lines, key=lambda line: (line["on"], line["entry"], line["id"]), reverse=True)
