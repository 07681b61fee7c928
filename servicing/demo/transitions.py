"""Cases of the demo firm: clients whose tier fell with its last run, at different stages of their way."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, NamedTuple

import pghistory

from clients.firm import firm_today
from clients.models import Client, ClientStatus, User
from clients.models.people import Group
from servicing.models import (
    ConsentHow,
    LeavingReason,
    Route,
    Step,
    Transition,
    TransitionOutcome,
    TransitionReason,
    TransitionStage,
)
from servicing.planning import lock, plan
from servicing.transitions import open_tasks
from servicing.transitions.services import give_time_to_decide, set_date
from servicing.transitions.stages import Ways

LEFT_ALONE = 1  # cases that nobody has begun
HELD_DAYS, HELD = 30, 3
LEAVES = "Moves to be near the children, and wants an advisor there."
FITS = "Asks for less, and for quick answers on one question at a time."
LEFT = "Took the accounts to a colleague's firm."


class Way(NamedTuple):
    """How far a case has come: the days before the last day on which each stage began; what was agreed."""

    route: str
    began: tuple[int, ...]
    values: dict[str, Any]
    outcome: str = ""
    text: str = ""
    consent_days: int | None = None
    notice_days: int | None = None


WAYS = [
    Way(Route.DIGITAL, (24, 9), {"digital_service": "Planning portal, one video call a year"}),
    Way(
        Route.FEE,
        (26, 18, 6),
        {"old_fee": Decimal(9600), "new_fee": Decimal(7200)},
        notice_days=6,
    ),
    Way(
        Route.REFERRAL,
        (25, 17, 8),
        {"referred_to": "Maple Street Planning"},
    ),
    Way(
        Route.REFERRAL,
        (27, 20, 14, 5),
        {"referred_to": "North Quay Advice", "consent_how": ConsentHow.SIGNED},
        consent_days=5,
    ),
    Way(Route.DIGITAL, (28, 21), {"digital_service": "Planning portal"}),  # late
    Way(Route.FEE, (4,), {"old_fee": Decimal(5200)}),
    Way(Route.REFERRAL, (11,), {}),
    Way(
        Route.DIGITAL,
        (28, 22, 12),
        {"digital_service": "Planning portal"},
        TransitionOutcome.AGREED,
        "Likes the portal, and keeps one call a year.",
    ),
    Way(
        Route.FEE,
        (27, 19),
        {"old_fee": Decimal(8400), "new_fee": Decimal(6000)},
        TransitionOutcome.EXCEPTION,
        "Sells a business in spring; full service until then.",
        notice_days=19,
    ),
]
REASONS_OF_LEAVING = ("moved", "other_advisor")


def move_clients(*, as_of: dt.date) -> None:
    """Leads the cases that the last run opened along their ways, but one, and begins some by hand."""
    lock()
    ways = Ways()
    operations = User.objects.filter(is_demo=True, groups__name=Group.OPERATIONS).order_by("pk").first()
    opened = Transition.objects.filter(closed_on=None).select_related("client", "owner")
    moved = list(opened.order_by("client__external_id")[LEFT_ALONE : LEFT_ALONE + len(WAYS)])
    moved += _begun_by_hand(len(WAYS) - len(moved), as_of, ways)
    stages = [
        stage for case, way in zip(moved, WAYS, strict=False) for stage in _walk(case, way, ways, as_of)
    ]
    TransitionStage.objects.filter(case__in=moved).delete()
    TransitionStage.objects.bulk_create(stages)
    Transition.objects.bulk_update(
        moved,
        [
            "touched", "route", "step", "number", "due_on", "old_fee", "new_fee", "notice_on", "referred_to",
            "digital_service", "consent_by", "consent_on", "consent_how", "outcome", "outcome_text",
            "closed_on", "closed_by",
        ],
    )  # fmt: skip
    _some_who_leave(as_of, ways, operations)
    concerned = list(Transition.objects.values_list("client_id", flat=True))
    open_tasks(day=as_of, clients=concerned)
    plan(as_of=as_of, clients=concerned)


def _begun_by_hand(most: int, as_of: dt.date, ways: Ways) -> list[Transition]:
    """Cases of clients whose tier stays, and who would be served better in another way."""
    clients = Client.objects.filter(
        transitions=None, status=ClientStatus.ACTIVE, summary__tier__isnull=False, summary__tier__code__gt="A"
    )
    on = as_of - dt.timedelta(days=29)
    chosen = clients.select_related("summary").order_by("external_id")[::9][:most]
    return [_begin(client, on, ways, None, TransitionReason.FIT, FITS) for client in chosen]


def _walk(case: Transition, way: Way, ways: Ways, as_of: dt.date) -> list[TransitionStage]:
    """Puts the case where its way says; returns the stages that it went through."""
    begins = [case.opened_on, *(max(case.opened_on, as_of - dt.timedelta(days=days)) for days in way.began)]
    steps = ways.steps(way.route)[: len(begins)]
    for name, value in way.values.items():
        setattr(case, name, value)
    case.touched, case.route, case.step, case.number = True, way.route, steps[-1], len(steps)
    if way.notice_days is not None:
        case.notice_on = as_of - dt.timedelta(days=way.notice_days)
    if way.consent_days is not None:
        case.consent_on, case.consent_by = as_of - dt.timedelta(days=way.consent_days), case.client.name
    if way.outcome:
        case.outcome, case.outcome_text = way.outcome, way.text
        case.closed_on, case.closed_by = as_of - dt.timedelta(days=2), case.owner
    stages = [
        TransitionStage(
            case=case,
            number=number,
            route="" if step == Step.DECIDE else way.route,
            step=step,
            began_on=began,
            due_on=ways.due(way.route, step, began),
            ended_on=ended,
            done=ended is not None,
            by=case.owner if ended else None,
        )
        for number, (step, began, ended) in enumerate(
            zip(steps, begins, [*begins[1:], case.closed_on], strict=True), 1
        )
    ]
    case.due_on = stages[-1].due_on
    return stages


def _some_who_leave(as_of: dt.date, ways: Ways, by: User | None) -> None:
    """A client who told the firm a week ago, whose tier did not change; and one who left in spring."""
    clients = Client.objects.filter(transitions=None).order_by("external_id")
    leaving = clients.filter(status=ClientStatus.ACTIVE, summary__tier__code="C")[7:8].first()
    left = clients.filter(status=ClientStatus.FORMER).first()
    if leaving is not None:
        case = _begin(leaving, as_of - dt.timedelta(days=7), ways, by, TransitionReason.LEAVING, LEAVES)
        _stage_of(case, ended_on=None, by=None)
    if left is not None:
        case = _begin(left, as_of - dt.timedelta(days=75), ways, by, TransitionReason.LEAVING, LEFT)
        closed_on = as_of - dt.timedelta(days=50)
        _stage_of(case, ended_on=closed_on, by=by)
        case.outcome, case.closed_on, case.closed_by = TransitionOutcome.LEFT, closed_on, by
        case.save(update_fields=["outcome", "closed_on", "closed_by"])
        case.leaving_reasons.set(LeavingReason.objects.filter(code__in=REASONS_OF_LEAVING))


def _stage_of(case: Transition, *, ended_on: dt.date | None, by: User | None) -> None:
    TransitionStage.objects.create(
        case=case,
        number=1,
        step=Step.DECIDE,
        began_on=case.opened_on,
        due_on=case.due_on or case.opened_on,
        ended_on=ended_on,
        by=by,
    )


def _begin(client: Client, on: dt.date, ways: Ways, by: User | None, reason: str, why: str) -> Transition:
    """A case that a person opened: `by`, or the lead advisor."""
    lead = client.team.filter(role__code="lead_advisor").select_related("user").first()
    return Transition.objects.create(
        client=client,
        from_tier_id=client.summary.tier_id,
        reason=reason,
        reason_text=why,
        opened_on=on,
        opened_by=by or (lead.user if lead else None),
        owner=lead.user if lead else None,
        touched=True,
        due_on=ways.due("", Step.DECIDE, on),
    )


def hold_some() -> None:
    """For the firm that is looked at: nobody's service is cut off while a way is talked about."""
    give_time_to_decide()
    until = firm_today() + dt.timedelta(days=HELD_DAYS)
    talked_about = Transition.objects.filter(
        closed_on=None, to_tier__isnull=False, step__in=[Step.TALK, Step.AGREE], owner__isnull=False
    )
    with pghistory.context(command="seed_demo", user=None):
        for case in talked_about.select_related("owner").order_by("client__external_id")[:HELD]:
            if case.owner is not None:
                set_date(case=case, by=case.owner, until=until)
