"""What became of a promised task: each task with an item is in exactly one of these states.

It counts in the month in which it is due, whenever it was done. On time is by the end of its window, so that
early is on time too, as on the tier dashboard.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.models import ClientStatus
from servicing.planning.session import OPEN
from servicing.querysets import OPEN_STATUSES


class Became(StrEnum):
    ON_TIME = "on_time"
    LATE = "late"
    MISSED = "missed"
    DECLINED = "declined"
    NO_RESPONSE = "no_response"
    WAIVED = "waived"
    CANCELLED = "cancelled"
    OVERDUE = "overdue"
    OPEN = "open"


MEANT = "meant"  # asked for as a state: whatever was neither waived nor cancelled
MEANT_OF_ACTIVE = "meant_of_active"  # the same of clients who are active now, whose time is spent

LABELS: dict[str, str | Promise] = {
    Became.ON_TIME: _("On time"),
    Became.LATE: _("Late"),
    Became.MISSED: _("Missed"),
    Became.DECLINED: _("Declined"),
    Became.NO_RESPONSE: _("No response"),
    Became.WAIVED: _("Waived"),
    Became.CANCELLED: _("Cancelled"),
    Became.OVERDUE: _("Overdue"),
    Became.OPEN: _("Open"),
}

# What is asked for as a state of several.
ASKED: dict[str, str | Promise] = {
    MEANT: _("neither waived nor cancelled"),
    MEANT_OF_ACTIVE: _("to active clients, neither waived nor cancelled"),
}

# The same in SQL for the figures (of a task `t`, as of D) and as filters for the lists behind them.
STATES = f"""CASE
    WHEN t.status = 'done' THEN CASE WHEN t.completed_on > t.window_end THEN 'late' ELSE 'on_time' END
    WHEN t.{OPEN} THEN CASE WHEN t.window_end < %(as_of)s THEN 'overdue' ELSE 'open' END
    ELSE t.status
END"""


def that_became(state: str, as_of: dt.date) -> Q:
    """The tasks in a state as of a day; all where the word says no state."""
    late = Q(completed_on__gt=F("window_end"))
    of_state = {
        Became.ON_TIME: Q(status="done") & (~late | Q(completed_on=None)),
        Became.LATE: Q(status="done") & late,
        Became.OVERDUE: Q(status__in=OPEN_STATUSES, window_end__lt=as_of),
        Became.OPEN: Q(status__in=OPEN_STATUSES, window_end__gte=as_of),
    }
    known: dict[str, Q] = {word.value: Q(status=word.value) for word in Became}
    known |= {word.value: condition for word, condition in of_state.items()}
    known[MEANT] = ~Q(status__in=(Became.WAIVED, Became.CANCELLED))
    known[MEANT_OF_ACTIVE] = known[MEANT] & Q(client__status=ClientStatus.ACTIVE)
    return known.get(state, Q())
