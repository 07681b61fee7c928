"""Requests of clients: log one with its task, answer it, and keep it in line with its task.

A request and its task are two sides of one thing: whoever closes the task answers the request, and whoever
opens the task again opens the request.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.firm import firm_date, firm_settings, firm_today
from clients.models import Client, TouchKind, User
from servicing.models import ClientRequest, ServiceTask, TaskStatus
from servicing.planning import lock, plan
from servicing.requests import promises, telling
from servicing.requests.business_hours import office_hours, whole_minutes
from servicing.requests.promises import RequestRefused
from servicing.work import services as work
from servicing.work.delivery import served_tier
from servicing.work.services import Worked
from servicing.work.undoing import state_of, token_of

SOURCE = "request"  # of the task that answers one
PLANNED_MINUTES = 15  # what an answer is planned with
TITLE = ServiceTask._meta.get_field("title").max_length or 0


def log_request(
    *,
    client: Client,
    text: str,
    by: User,
    channel: str = "",
    received_at: dt.datetime | None = None,
    to: User | None = None,
) -> tuple[ClientRequest, Worked]:
    """Stores what a client asked for, with the task to answer it; taking that back cancels the task.

    `received_at`: aware, not in the future; now where it is not given. `to`: who answers; by default the lead
    advisor or the stand-in, and where there is nobody the task is unassigned and operations are told.
    Raises RequestRefused.
    """
    now = timezone.now()
    received_at = received_at or now
    if received_at > now + dt.timedelta(minutes=1):
        raise RequestRefused(_("A request cannot be received in the future."))
    with transaction.atomic():
        lock()
        day = firm_date(received_at)
        terms = promises.terms(
            received_at=received_at,
            promised=promises.promised_hours(client, day),
            office=office_hours(firm_settings()),
        )
        person = to or promises.who_answers(client, firm_today())
        tier = served_tier(client, day).first()
        task = ServiceTask.objects.create(
            client=client,
            tier_id=tier and tier["tier_id"],
            title=text[:TITLE],
            due_on=terms.due_on,
            window_start=terms.due_on,
            window_end=terms.due_on,
            assigned_to=person,
            reassigned=True,
            planned_minutes=PLANNED_MINUTES,
            channel=channel,
            source=SOURCE,
            source_id=str(uuid.uuid4()),
            made_by=by,
        )
        request = ClientRequest.objects.create(
            client=client,
            text=text,
            channel=channel,
            received_at=received_at,
            promised_hours=terms.promised_hours,
            warn_at=terms.warn_at,
            answer_by=terms.answer_by,
            task=task,
            logged_by=by,
        )
        telling.tell_of_new(request=request, to=person, by=by)
        plan(as_of=firm_today(), clients=[client.pk])
        taken_back = {"status": TaskStatus.CANCELLED.value, "closed_at": timezone.now().isoformat()}
        return request, Worked(task, token_of(task, state_of(task) | taken_back))


def answer(
    *,
    request: ClientRequest,
    by: User,
    outcome: str,
    at: dt.datetime | None = None,
    minutes: int | None = None,
    note: str = "",
    kind: TouchKind | None = None,
) -> Worked:
    """Closes the request and its task as one, and logs the touch. `at`: when the client had the answer.

    Raises TaskRefused where the task is closed already.
    """
    at = at or timezone.now()
    with transaction.atomic():
        assert request.task is not None  # every request is made with one  # noqa: S101
        worked = work.complete(
            task=request.task, by=by, outcome=outcome, on=firm_date(at), minutes=minutes, note=note, kind=kind
        )
        _answered(ClientRequest.objects.select_for_update().get(pk=request.pk), at=at, by=by)
        return worked


def keep_in_line(task: ServiceTask, by: User | None = None) -> None:
    """What follows for a request, in the same transaction, when its task was closed, opened or taken back."""
    request = ClientRequest.objects.select_for_update().filter(task=task).first()
    if request is None:
        return
    if task.is_open or task.status == TaskStatus.CANCELLED:
        request.answered_at = request.answered_by = request.answer_minutes = None
        request.save(update_fields=["answered_at", "answered_by", "answer_minutes"])
        if not task.is_open:
            telling.take_back(request=request)
    else:
        _answered(request, at=_closed_at(task), by=by)


def _answered(request: ClientRequest, *, at: dt.datetime, by: User | None) -> None:
    office = office_hours(firm_settings())
    request.answered_at = max(request.received_at, at)
    request.answered_by = by
    request.answer_minutes = whole_minutes(office.between(request.received_at, request.answered_at))
    request.save(update_fields=["answered_at", "answered_by", "answer_minutes"])
    telling.take_back(request=request)


def _closed_at(task: ServiceTask) -> dt.datetime:
    """When the client had the answer, of a task that was closed in the queue: now, or, where an earlier day
    was given for it, when the office closed on that day, so that no answer counts as quicker than it was."""
    now, firm = timezone.now(), firm_settings()
    if task.completed_on is None or task.completed_on >= firm_date(now):
        return now
    office = office_hours(firm)
    return dt.datetime.combine(task.completed_on, firm.closes_at, tzinfo=office.zone)
