"""When somebody leaves the firm: what they still hold, and what ends with their last day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.contrib.sessions.models import Session as SignIn
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients import people
from clients.firm import firm_today
from clients.models import TeamMember, User
from servicing.models import Absence, CalendarFeed, ClientRequest, ServiceTask


@dataclass
class Holdings:
    """What a person has in hand. `roles`: clients by role; `appointments`: booked among the tasks."""

    clients: int = 0
    roles: list[tuple[str, int]] = field(default_factory=list)
    tasks: int = 0
    by_hand: int = 0
    requests: int = 0
    appointments: int = 0
    absences: list[Absence] = field(default_factory=list)
    stands_in: list[Absence] = field(default_factory=list)
    feed: bool = False

    @property
    def any(self) -> bool:
        """Whether something would be without hands."""
        return bool(self.clients or self.tasks)

    def in_words(self) -> list[str]:
        """One phrase for clients and one for tasks, where there are any."""
        words = []
        if self.clients:
            words.append(ngettext("%(n)s client", "%(n)s clients", self.clients) % {"n": self.clients})
        if self.tasks:
            words.append(ngettext("%(n)s open task", "%(n)s open tasks", self.tasks) % {"n": self.tasks})
        return words


def holdings(person: User) -> Holdings:
    """What this person has in hand now."""
    today = firm_today()
    held = TeamMember.objects.filter(user=person)
    tasks = (
        ServiceTask.objects.open()
        .filter(assigned_to=person)
        .aggregate(
            all=Count("pk"),
            by_hand=Count("pk", filter=Q(reassigned=True)),
            booked=Count("pk", filter=Q(scheduled_at__gte=timezone.now())),
        )
    )
    return Holdings(
        clients=held.values("client").distinct().count(),
        roles=list(held.order_by("role__position").values_list("role__label").annotate(number=Count("pk"))),
        tasks=tasks["all"],
        by_hand=tasks["by_hand"],
        appointments=tasks["booked"],
        requests=ClientRequest.objects.filter(answered_at=None, task__assigned_to=person).count(),
        absences=list(Absence.objects.filter(user=person, last_on__gte=today)),
        stands_in=list(Absence.objects.filter(stand_in=person, last_on__gte=today).select_related("user")),
        feed=CalendarFeed.objects.filter(user=person).exists(),
    )


def belongings(person: User) -> list[str]:
    """For the page of people: what a person still holds, in words."""
    return holdings(person).in_words()


@dataclass
class Orphaned:
    """Somebody who can no longer sign in, and what still waits for them."""

    person: User
    clients: int
    tasks: int


def orphaned() -> list[Orphaned]:
    """People without a sign-in who still hold clients or open tasks, those with most clients first."""
    gone = {
        person.pk: person
        for person in User.objects.filter(is_active=False).filter(
            Q(pk__in=TeamMember.objects.order_by().values("user"))
            | Q(pk__in=ServiceTask.objects.open().order_by().values("assigned_to"))
        )
    }
    if not gone:
        return []
    clients = _counts(TeamMember.objects.filter(user__in=gone), "user", "client")
    tasks = _counts(ServiceTask.objects.open().filter(assigned_to__in=gone), "assigned_to", "pk")
    found = [Orphaned(person, clients.get(pk, 0), tasks.get(pk, 0)) for pk, person in gone.items()]
    return sorted(found, key=lambda each: (-each.clients, -each.tasks, each.person.display_name))


def _counts(rows: Any, by: str, what: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(by).annotate(number=Count(what, distinct=True)))


def end(*, person: User, by: User) -> None:
    """Ends what was the person's own: absences from today on, standing in for others, the calendar feed,
    every sign-in that is open, and the account. Called within the transaction that hands over their work."""
    today = firm_today()
    absences = Absence.objects.filter(user=person)
    absences.filter(first_on__gte=today).delete()
    absences.filter(last_on__gte=today).update(last_on=today - dt.timedelta(days=1))
    Absence.objects.filter(stand_in=person, last_on__gte=today).update(stand_in=None)
    CalendarFeed.objects.filter(user=person).delete()
    people.set_active(user=person, active=False)
    end_sign_ins(person)


def end_sign_ins(person: User) -> int:
    """Removes the open sessions of a person; returns how many there were. An inactive person cannot use
    them, but a session left behind would live again with the account."""
    open_ones = SignIn.objects.filter(expire_date__gte=timezone.now())
    theirs = [
        session.pk
        for session in open_ones.iterator()
        if session.get_decoded().get("_auth_user_id") == str(person.pk)
    ]
    return SignIn.objects.filter(pk__in=theirs).delete()[0]


def told(stands_in: list[Absence]) -> str:
    """Whose absences are without a stand-in by it."""
    names = ", ".join(sorted({absence.user.display_name for absence in stands_in}))
    return _("Without a stand-in from now on: %s.") % names if names else ""
