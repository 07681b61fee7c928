"""What the demo firm's busiest advisor did with open work: an appointment that has passed, a date moved, one
put off, points prepared, and next actions of the last review."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count

from clients.firm import firm_zone
from clients.models import TeamMember, User
from servicing.models import PreparedPoint, ServiceTask, TaskStatus
from servicing.planning import plan
from servicing.work.services import NEXT_ACTION

LEAD, HELPER = "lead_advisor", "associate"
DAY = dt.timedelta(days=1)
# what was agreed in the last review; whether the associate does it; days until it is due
AGREED = [
    ("Send the beneficiary form for the old account", False, 3),
    ("Ask the payroll office for the bonus date", True, 8),
]


def work_tasks(*, as_of: dt.date) -> None:
    """The same tasks each time: those first due, by the clients' numbers."""
    leads = TeamMember.objects.filter(role__code=LEAD).values("user").annotate(number=Count("id"))
    busiest = leads.order_by("-number", "user").values("user")[:1]
    person = User.objects.filter(pk__in=busiest).first()
    if person is None:
        return
    of_person = ServiceTask.objects.filter(assigned_to=person, automated=False, item__isnull=False)
    waiting = of_person.filter(status=TaskStatus.PLANNED, due_on__gt=as_of)
    tasks = list(waiting.select_related("item").order_by("due_on", "client__external_id", "kind")[:4])
    for task, work in zip(tasks, (_hold, _move, _put_off, _prepare), strict=False):
        work(task, person, as_of)
    last = of_person.filter(status=TaskStatus.DONE, kind__code="review_meeting", completed_on__lte=as_of)
    met = last.select_related("client").order_by("-completed_on", "client__external_id").first()
    if met:
        _agree(met, person, as_of)
    plan(as_of=as_of, clients=[task.client_id for task in [*tasks, *([met] if met else [])]])


def _hold(task: ServiceTask, person: User, as_of: dt.date) -> None:
    weekday_before = as_of - DAY * {0: 3, 6: 2}.get(as_of.weekday(), 1)
    at = dt.datetime.combine(weekday_before, dt.time(10, 30), tzinfo=firm_zone())
    task.status, task.scheduled_at = TaskStatus.SCHEDULED, at
    task.scheduled_channel, task.place = task.channel, "Meeting room Harbor"
    task.save(update_fields=["status", "scheduled_at", "scheduled_channel", "place"])


def _move(task: ServiceTask, person: User, as_of: dt.date) -> None:
    task.rescheduled_from, task.reschedule_reason = task.due_on, "Wants to wait for the year-end figures"
    task.due_on += 7 * DAY
    task.window_start += 7 * DAY
    task.window_end += 7 * DAY
    task.save(update_fields=["rescheduled_from", "reschedule_reason", "window_start", "window_end", "due_on"])


def _put_off(task: ServiceTask, person: User, as_of: dt.date) -> None:
    task.snoozed_until, task.snooze_reason = as_of + 6 * DAY, "Waiting for the custodian's papers"
    task.save(update_fields=["snoozed_until", "snooze_reason"])


def _prepare(task: ServiceTask, person: User, as_of: dt.date) -> None:
    at = dt.datetime.combine(as_of - DAY, dt.time(16), tzinfo=firm_zone())
    points = task.item.to_prepare[:2] if task.item else []
    PreparedPoint.objects.bulk_create(
        PreparedPoint(task=task, point=point, by=person, at=at) for point in points
    )


def _agree(met: ServiceTask, person: User, as_of: dt.date) -> None:
    helper = TeamMember.objects.filter(client=met.client_id, role__code=HELPER).order_by("pk").first()
    at = dt.datetime.combine(met.completed_on or as_of, dt.time(15), tzinfo=firm_zone())
    ServiceTask.objects.bulk_create(
        ServiceTask(
            client_id=met.client_id,
            title=title,
            due_on=as_of + days * DAY,
            window_start=as_of + days * DAY,
            window_end=as_of + days * DAY,
            assigned_to=helper.user if helper and by_helper else person,
            reassigned=True,
            source=NEXT_ACTION,
            source_id=f"demo-{met.client.external_id}-{number}",
            follows=met,
            made_by=person,
            created_at=at,
        )
        for number, (title, by_helper, days) in enumerate(AGREED, 1)
    )
