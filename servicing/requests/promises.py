"""What was promised for a request, by when it is to be answered, and who should answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Min, Subquery
from django.utils.translation import gettext as _

from clients.models import Client, TeamMember, User
from clients.services_facts import LEAD_ADVISOR
from servicing.models import Absence, StandingPromise
from servicing.requests.business_hours import DAY, NeverOpen, OfficeHours
from servicing.work.delivery import served_tier

# Told when this much of the promised time has passed without an answer: of four hours one is left then, in
# which somebody else can still answer.
WARN_AFTER = Fraction(3, 4)


class RequestRefused(Exception):
    """It cannot be done; the text says why."""


@dataclass(frozen=True)
class Terms:
    """What holds for a request. Moments are in UTC; without a promised time only the task's date is set."""

    promised_hours: int | None
    warn_at: dt.datetime | None
    answer_by: dt.datetime | None
    due_on: dt.date


def promised_hours(client: Client, on: dt.date) -> int | None:
    """The shortest answer time, in business hours, that the client's tier promises; None without one."""
    promises = StandingPromise.objects.filter(
        standard__tier_id=Subquery(served_tier(client, on)), answer_within_hours__isnull=False
    )
    return promises.aggregate(shortest=Min("answer_within_hours"))["shortest"]


def terms(*, received_at: dt.datetime, promised: int | None, office: OfficeHours) -> Terms:
    """By when a request is to be answered. Without a promised time its task is due on the next working day.

    Raises RequestRefused where the office is never open so long.
    """
    try:
        if promised is None:
            tomorrow = received_at.astimezone(office.zone).date() + DAY
            morning = dt.datetime.combine(tomorrow, dt.time(), tzinfo=office.zone)
            opens = office.after(morning, dt.timedelta(0))
            return Terms(None, None, None, opens.astimezone(office.zone).date())
        whole = dt.timedelta(hours=promised)
        part = whole * WARN_AFTER.numerator / WARN_AFTER.denominator
        answer_by = office.after(received_at, whole)
        return Terms(
            promised, office.after(received_at, part), answer_by, answer_by.astimezone(office.zone).date()
        )
    except NeverOpen:
        raise RequestRefused(
            _("The office is never open so long. An administrator can look at the firm's office hours.")
        ) from None


def who_answers(client: Client, on: dt.date) -> User | None:
    """The client's lead advisor, or the stand-in while that person is absent; nobody where there is none."""
    lead = (
        TeamMember.objects.filter(client=client, role__code=LEAD_ADVISOR, user__is_active=True)
        .select_related("user")
        .first()
    )
    if lead is None:
        return None
    absence = (
        Absence.objects.filter(user=lead.user_id, first_on__lte=on, last_on__gte=on)
        .select_related("stand_in")
        .first()
    )
    if absence is None:
        return lead.user
    return absence.stand_in if absence.stand_in and absence.stand_in.is_active else None
