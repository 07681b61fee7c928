"""The morning e-mail: what waits for a person today, once a day, and only where there is something.

A sweep looks every quarter of an hour for whose morning it is. A person's day is claimed before their mail is
made, so that two sweeps never send two; where the server does not take it the claim is given back, and a
later sweep of the same morning tries again. Killed at the very moment between, it is one mail less, never one
more.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clients.firm import firm_settings
from clients.models import User
from servicing.models import Absence
from servicing.planning.working_days import days_off
from servicing.reminders import mail
from servicing.review import waiting as reviews
from servicing.work import words

MORNING = 4  # hours: one that could not go by then is not sent any more
LINES = 10  # of a section; the rest is a number
SECTIONS: dict[str, str | Promise] = {
    "request": gettext_lazy("Clients wait for an answer"),
    "appointment": gettext_lazy("Appointments today"),
    "late": gettext_lazy("Late"),
    "due": gettext_lazy("Due today"),
    "held": gettext_lazy("Appointments that have passed: say how they went"),
}

# What waits for a person: open, not going out by itself, not put off. The first lines of each section, with
# the number of all. Kinds of service alone: titles that people wrote may name somebody.
_WAITING = """
    SELECT section, number, id, kind, due_on, window_end, scheduled_at, answer_by FROM (
        SELECT t.id, kind.label AS kind, t.due_on, t.window_end, t.scheduled_at, request.answer_by,
            placed.section, count(*) OVER (PARTITION BY placed.section) AS number,
            row_number() OVER (
                PARTITION BY placed.section
                ORDER BY request.answer_by, CASE WHEN placed.section = 'appointment' THEN t.scheduled_at END,
                    t.window_end, t.id
            ) AS line
        FROM servicing_servicetask t
        LEFT JOIN servicing_servicekind kind ON kind.id = t.kind_id
        LEFT JOIN servicing_clientrequest request ON request.task_id = t.id AND request.answered_at IS NULL
        CROSS JOIN LATERAL (SELECT CASE
            WHEN request.id IS NOT NULL THEN 'request'
            WHEN (t.scheduled_at AT TIME ZONE %(zone)s)::date = %(today)s THEN 'appointment'
            WHEN (t.scheduled_at AT TIME ZONE %(zone)s)::date < %(today)s THEN 'held'
            WHEN t.scheduled_at IS NOT NULL THEN NULL
            WHEN t.window_end < %(today)s THEN 'late'
            WHEN t.due_on <= %(today)s THEN 'due'
        END AS section) placed
        WHERE t.assigned_to_id = %(person)s AND t.status IN ('planned', 'scheduled') AND NOT t.automated
            AND (t.snoozed_until IS NULL OR t.snoozed_until <= %(today)s) AND placed.section IS NOT NULL
    ) waiting
    WHERE line <= %(lines)s
    ORDER BY section, line
"""


@dataclass
class Section:
    """One block of the mail: so many in all, the first of them as (text, address) pairs."""

    title: str
    number: int
    lines: list[tuple[str, str]] = field(default_factory=list)

    @property
    def more(self) -> int:
        return self.number - len(self.lines)


def send_digests(*, now: dt.datetime | None = None) -> dict[str, int]:
    """Sends the mail to everybody whose morning it is and who has not had it today; returns how many got it,
    for how many there was nothing to say, and how many could not be reached."""
    now = now or timezone.now()
    counts = {"sent": 0, "nothing": 0, "failed": 0}
    with mail.post_office() as office:
        for person, local in _whose_morning(now):
            before = person.digest_sent_on
            if not _claim(person, local.date()):
                continue
            try:
                counts["sent" if _send(office, person, local) else "nothing"] += 1
            except mail.NotTaken:
                _give_back(person, local.date(), before)
                counts["failed"] += 1
            except mail.ServerAway:
                _give_back(person, local.date(), before)
                counts["failed"] += 1
                break
            except BaseException:
                _give_back(person, local.date(), before)
                raise
    return counts


def waiting_for(person: User, local: dt.datetime) -> list[Section]:
    """What waits for a person at a moment in their own time zone, the most pressing section first."""
    zone = local.tzinfo
    assert isinstance(zone, zoneinfo.ZoneInfo)  # noqa: S101
    with connection.cursor() as cursor:
        cursor.execute(
            _WAITING, {"person": person.pk, "today": local.date(), "zone": zone.key, "lines": LINES}
        )
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    sections: dict[str, Section] = {}
    with timezone.override(zone):
        for row in rows:
            code = row["section"]
            section = sections.setdefault(code, Section(str(SECTIONS[code]), row["number"]))
            section.lines.append(
                (_line(row, local), mail.site() + reverse("servicing:task", args=[row["id"]]))
            )
    return [sections[code] for code in SECTIONS if code in sections] + _of_review(person, local.date())


def _of_review(person: User, day: dt.date) -> list[Section]:
    """Steps and actions of the annual review that are due."""
    due = [each for each in reviews.waiting_for(person) if each.due_on <= day]
    lines = [
        (f"{each.step}, {words.due(each.due_on, each.due_on, day)}", mail.site() + each.url)
        for each in due[:LINES]
    ]
    return [Section(_("Annual review"), len(due), lines)] if due else []


def _line(row: dict[str, Any], local: dt.datetime) -> str:
    name, section = row["kind"] or _("Task"), row["section"]
    if section == "request":
        by = row["answer_by"]
        return words.answer_by(by, local) if by else _("A request without a promised time")
    if section in ("appointment", "held"):
        return f"{name}, {words.clock(row['scheduled_at'], local)}"
    return f"{name}, {words.due(row['due_on'], row['window_end'], local.date())}"


def _whose_morning(now: dt.datetime) -> Iterator[tuple[User, dt.datetime]]:
    """Everybody whose morning e-mail is due, with the moment in their time zone: people who want it and are
    not away, on the firm's working days."""
    firm = firm_settings()
    today = now.date()
    around = today - dt.timedelta(days=1), today + dt.timedelta(days=1)
    off = days_off(firm, *around)
    away: dict[int, list[Absence]] = {}
    for absence in Absence.objects.filter(first_on__lte=around[1], last_on__gte=around[0]):
        away.setdefault(absence.user_id, []).append(absence)
    not_yet = Q(digest_sent_on__isnull=True) | Q(digest_sent_on__lt=around[1])
    for person in mail.reachable().filter(not_yet, wants_digest=True).order_by("pk"):
        local = now.astimezone(zoneinfo.ZoneInfo(person.time_zone or firm.time_zone))
        day = local.date()
        if not firm.digest_hour <= local.hour < firm.digest_hour + MORNING:
            continue
        if day.isoweekday() > 5 or day in off or (person.digest_sent_on and person.digest_sent_on >= day):
            continue
        if any(absence.is_in_force(day) for absence in away.get(person.pk, ())):
            continue
        yield person, local


def _claim(person: User, day: dt.date) -> bool:
    """Takes the person's day; False where another sweep has it, or the person has changed their mind."""
    not_yet = Q(digest_sent_on__isnull=True) | Q(digest_sent_on__lt=day)
    free = User.objects.filter(not_yet, pk=person.pk, wants_digest=True, is_active=True)
    return bool(free.update(digest_sent_on=day))


def _give_back(person: User, day: dt.date, before: dt.date | None) -> None:
    User.objects.filter(pk=person.pk, digest_sent_on=day).update(digest_sent_on=before)


def _send(office: Any, person: User, local: dt.datetime) -> bool:
    """False where there is nothing to say."""
    sections = waiting_for(person, local)
    if not sections:
        return False
    number = sum(section.number for section in sections)
    subject = ngettext("%(n)s thing waits for you today", "%(n)s things wait for you today", number)
    mail.send(
        office,
        template="digest",
        subject=subject % {"n": number},
        to=[person.email],
        context={"person": person, "sections": sections},
    )
    return True
