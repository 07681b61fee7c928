"""Requests of the demo firm's clients: answered in time, one late, some waiting. None names a person."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db.models import Count

from clients.firm import firm_settings
from clients.models import Client, ServiceRole, TeamMember, Touch, TouchKind
from servicing.models import Channel, ClientRequest, ServiceTask, TaskOutcome, TaskStatus
from servicing.planning import plan
from servicing.requests import promises
from servicing.requests.business_hours import OfficeHours, office_hours, whole_minutes
from servicing.requests.services import PLANNED_MINUTES, SOURCE

LEAD = "lead_advisor"


class Asked(NamedTuple):
    """`days`: working days before today. `after`: business minutes until the answer; None: it still waits."""

    tier: str
    days: int
    at: dt.time
    channel: str
    text: str
    after: int | None = None
    kind: str = "call"
    note: str = ""


REQUESTS = [
    Asked("A", 1, dt.time(16), Channel.EMAIL, "The bank wants proof of funds for the house by Friday."),
    Asked("A", 1, dt.time(16, 40), Channel.PHONE, "Should the bonus go into the deferred plan? Form is due."),
    Asked("B", 1, dt.time(15), Channel.EMAIL, "Where do the tax documents for last year come?"),
    Asked("A", 4, dt.time(9, 20), Channel.PHONE, "Wire for the closing: is the account number right?", 55,
          note="Called back and checked the number with the title company."),
    Asked("A", 9, dt.time(14, 10), Channel.EMAIL, "Can we move the college money before the deadline?", 190,
          "email_reply", "Yes; sent the form with two lines marked."),
    Asked("A", 16, dt.time(10, 30), Channel.PHONE, "Markets fell: does the plan still hold?", 120,
          note="It holds. Went through the reserve, which covers two years."),
    Asked("A", 23, dt.time(11), Channel.EMAIL, "Insurance asks for a new beneficiary form.", 410,
          "email_reply", "Late: the form had to come from the carrier."),
    Asked("A", 37, dt.time(15, 45), Channel.PHONE, "May we lend to the daughter's start-up?", 225,
          note="Agreed on a written loan at the published rate."),
    Asked("A", 51, dt.time(9, 5), Channel.EMAIL, "The accountant needs the cost basis today.", 80,
          "email_reply", "Sent the report."),
]  # fmt: skip


def log_requests(*, as_of: dt.date) -> None:
    """Stores the requests as they would have been logged; each of another client, those that wait of clients
    of the advisor whose queue the demo shows."""
    office = office_hours(firm_settings())
    clients = {tier: _clients(tier) for tier in ("A", "B")}
    served = []
    for asked in REQUESTS:
        if clients[asked.tier]:
            client = clients[asked.tier].pop(0)
            _log(asked, client, as_of, office)
            served.append(client.pk)
    plan(as_of=as_of, clients=served)


def _clients(tier: str) -> list[Client]:
    """Those of a tier in the order of their numbers; first those of whoever leads the most clients."""
    leads = TeamMember.objects.filter(role__code=LEAD).values("user").annotate(number=Count("id"))
    busiest = leads.order_by("-number", "user").values_list("user", flat=True).first()
    found = Client.objects.filter(summary__tier__code=tier).order_by("external_id")[: 10 * len(REQUESTS)]
    own = set(TeamMember.objects.filter(role__code=LEAD, user=busiest).values_list("client", flat=True))
    return sorted(found, key=lambda client: client.pk not in own)


def _log(asked: Asked, client: Client, as_of: dt.date, office: OfficeHours) -> None:
    received_at = dt.datetime.combine(_working_day(as_of, asked.days, office), asked.at, tzinfo=office.zone)
    terms = promises.terms(
        received_at=received_at,
        promised=promises.promised_hours(client, received_at.date()),
        office=office,
    )
    lead = TeamMember.objects.filter(client=client, role__code=LEAD).select_related("user").first()
    person = lead.user if lead else None
    task = ServiceTask.objects.create(
        client=client,
        tier_id=client.summary.tier_id,
        title=asked.text,
        due_on=terms.due_on,
        window_start=terms.due_on,
        window_end=terms.due_on,
        assigned_to=person,
        reassigned=True,
        planned_minutes=PLANNED_MINUTES,
        channel=asked.channel,
        source=SOURCE,
        source_id=f"demo-{client.external_id}",
        created_at=received_at,
    )
    request = ClientRequest.objects.create(
        client=client,
        text=asked.text,
        channel=asked.channel,
        received_at=received_at,
        promised_hours=terms.promised_hours,
        warn_at=terms.warn_at,
        answer_by=terms.answer_by,
        task=task,
        logged_by=person,
    )
    if asked.after is not None:
        _answer(asked, request, task, office)


def _answer(asked: Asked, request: ClientRequest, task: ServiceTask, office: OfficeHours) -> None:
    at = office.after(request.received_at, dt.timedelta(minutes=asked.after or 0))
    on = at.astimezone(office.zone).date()
    touch = Touch.objects.create(
        client=request.client,
        kind=TouchKind.objects.get(code=asked.kind),
        occurred_at=at,
        occurred_on=on,
        outcome="reached",
        minutes=PLANNED_MINUTES,
        role=ServiceRole.objects.get(code=LEAD),
        by=task.assigned_to,
        note=asked.note,
        source="app",
        source_id=f"demo-{request.client.external_id}",
    )
    task.status, task.outcome, task.touch = TaskStatus.DONE, TaskOutcome.DELIVERED, touch
    task.completed_on, task.closed_at = on, at
    task.save(update_fields=["status", "outcome", "touch", "completed_on", "closed_at"])
    request.answered_at, request.answered_by = at, task.assigned_to
    request.answer_minutes = whole_minutes(office.between(request.received_at, at))
    request.save(update_fields=["answered_at", "answered_by", "answer_minutes"])


def _working_day(as_of: dt.date, before: int, office: OfficeHours) -> dt.date:
    """The working day so many working days before a day."""
    day = as_of
    while before:
        day -= dt.timedelta(days=1)
        before -= office.works_on(day)
    return day
