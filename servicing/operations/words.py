"""Runs of scheduled work in words: what they counted, how long they took, how they ended."""

from __future__ import annotations

import datetime as dt
import re

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from clients.formats import hours
from clients.sweeps import LOST
from servicing.operations.timetable import State

STATES: dict[State, str | Promise] = {
    State.FINE: gettext_lazy("Fine"),
    State.RUNNING: gettext_lazy("Running"),
    State.WAITING: gettext_lazy("Has not run yet"),
    State.STUCK: gettext_lazy("Stuck"),
    State.FAILING: gettext_lazy("Failing"),
    State.OVERDUE: gettext_lazy("Does not run"),
    State.OFF: gettext_lazy("Switched off"),
    State.UNKNOWN: gettext_lazy("Not noted"),
}
# What the sweeps count; a word that is not here is shown as it is.
COUNTED: dict[str, str | Promise] = {
    "scored": gettext_lazy("scored"),
    "planned": gettext_lazy("planned"),
    "compared": gettext_lazy("compared"),
    "created": gettext_lazy("created"),
    "reopened": gettext_lazy("opened again"),
    "moved": gettext_lazy("moved"),
    "followed": gettext_lazy("brought up to the standard"),
    "reassigned": gettext_lazy("handed over"),
    "done": gettext_lazy("done"),
    "missed": gettext_lazy("missed"),
    "cancelled": gettext_lazy("cancelled"),
    "waived": gettext_lazy("waived"),
    "unchanged": gettext_lazy("unchanged"),
    "open": gettext_lazy("open"),
    "removed": gettext_lazy("removed"),
    "sent": gettext_lazy("sent"),
    "queued": gettext_lazy("queued"),
    "completed": gettext_lazy("tasks completed"),
    "later": gettext_lazy("to be tried again"),
    "unclear": gettext_lazy("unclear"),
    "away": gettext_lazy("mail server away"),
    "escalated": gettext_lazy("escalated"),
    "soon": gettext_lazy("warned of in time"),
    "broken": gettext_lazy("told as broken"),
    "nothing": gettext_lazy("with nothing to say"),
    "failed": gettext_lazy("not taken by the mail server"),
    "reported": gettext_lazy("reported"),
    "mailed": gettext_lazy("mailed"),
    "equity_made": gettext_lazy("made for equity dates"),
    "equity_moved": gettext_lazy("moved with equity dates"),
    "equity_taken_back": gettext_lazy("taken back with equity dates"),
    "transition_tasks": gettext_lazy("made for transitions"),
    "messages": gettext_lazy("messages to other systems"),
    "endpoints": gettext_lazy("systems written to"),
}


def counted(counts: dict[str, int]) -> list[tuple[str, int]]:
    """What a run counted, as words with their numbers."""
    return [(str(COUNTED.get(word, word.replace("_", " "))), count) for word, count in counts.items()]


def hours_of(schedule: PeriodicTask) -> str:
    """When a schedule runs: every 10 minutes, every day at 01:30; others as their author wrote them."""
    if schedule.interval_id:
        return str(schedule.interval)
    crontab = schedule.crontab
    if crontab is None:
        return str(schedule.scheduler)
    if (crontab.day_of_week, crontab.day_of_month, crontab.month_of_year) == ("*", "*", "*"):
        if crontab.hour == "*" and (step := re.fullmatch(r"(?:\*|\d+-59)/(\d+)", crontab.minute)):
            return _("Every %(minutes)s minutes") % {"minutes": step[1]}
        if crontab.hour.isdigit() and crontab.minute.isdigit():
            at = dt.time(int(crontab.hour), int(crontab.minute))
            return _("Every day at %(time)s") % {"time": f"{at:%H:%M}"} + _other_zone(crontab)
    return str(crontab.human_readable)


def _other_zone(crontab: CrontabSchedule) -> str:
    """The time zone of its hours where it is not that of the page."""
    zone = str(crontab.timezone)
    return "" if zone == timezone.get_current_timezone_name() else f" ({zone.replace('_', ' ')})"


def took(seconds: float) -> str:
    """How long a run took: under a second, 4 s, 12 min."""
    if seconds < 1:
        return _("under a second")
    if seconds < 100:
        return _("%(seconds)s s") % {"seconds": round(seconds)}
    return hours(seconds / 60)


def failure(error: str) -> str:
    """Why a run ended badly; empty where it did not."""
    if not error:
        return ""
    if error == LOST:
        return _("Its worker was stopped before the end; a later run did the work.")
    return _("%(kind)s. What was wrong is in the log of the worker.") % {"kind": error}


def failures_in_a_row(count: int) -> str:
    return ngettext("%(n)s failure in a row", "%(n)s failures in a row", count) % {"n": count}
