"""What people do with a case: start it, choose the way, agree on the date, record consent, close it.

Each step is one transaction under the planning lock: it changes the case, lets the new tier's service begin
at the case's date, keeps the task of its stage in line and plans for the client.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.firm import firm_today
from clients.models import Client, ClientStatus, TeamMember, Tier, User
from servicing.models import (
    LeavingReason,
    Route,
    Step,
    Transition,
    TransitionOutcome,
    TransitionReason,
    TransitionSettings,
)
from servicing.planning import lock, plan
from servicing.planning.session import Session
from servicing.transitions import stepping
from servicing.transitions.keeping import bring_in_line
from servicing.transitions.opening import hold, open_cases
from servicing.transitions.stages import Ways
from servicing.work.delivery import served_tier
from tiers.models import Override
from tiers.overrides import pin_tier

REOPENED_WITHIN = dt.timedelta(days=30)
DAYS_TO_DECIDE = (
    60  # of a firm that is set up now; where the software was there before, an administrator says
)


class TransitionRefused(Exception):
    """The step cannot be taken; the text says why."""


def give_time_to_decide() -> None:
    """Lets service continue by the old standard for 60 days after a tier fell, while nobody has decided."""
    TransitionSettings.objects.filter(pk=1).update(days_by_old_standard=DAYS_TO_DECIDE)


def start(
    *,
    client: Client,
    by: User,
    reason: str,
    reason_text: str = "",
    owner: User | None = None,
    to_tier: Tier | None = None,
    until: dt.date | None = None,
) -> Transition:
    """Opens a case for a client by hand. `owner`: by default the lead advisor. `to_tier`: the tier that the
    client is to have, where one is meant. Raises TransitionRefused where a case is open already, and for a
    former client.
    """
    if client.status == ClientStatus.FORMER:
        raise TransitionRefused(_("This is a former client, whom nobody serves. There is nothing to change."))
    today = firm_today()
    try:
        with transaction.atomic():
            lock()
            session = Session(day=today, moment=timezone.now())
            open_cases(session, [client.pk])  # a tier that fell a moment ago has opened it
            if Transition.objects.filter(client=client, closed_on__isnull=True).exists():
                raise TransitionRefused(_already_open())
            served = served_tier(client, today).first()
            due_on = Ways().due("", Step.DECIDE, today)
            case = Transition.objects.create(
                client=client,
                from_tier_id=served and served["tier_id"],
                to_tier=to_tier,
                reason=reason,
                reason_text=reason_text,
                opened_on=today,
                opened_by=by,
                owner=owner or _lead(client),
                touched=True,
                until=until,
                due_on=due_on,
            )
            case.stages.create(number=1, step=Step.DECIDE, began_on=today, due_on=due_on)
            bring_in_line(session, [client.pk])
            plan(as_of=today, clients=[client.pk])
            return case
    except IntegrityError:
        raise TransitionRefused(_already_open()) from None


def choose(
    *,
    case: Transition,
    by: User,
    route: str,
    old_fee: Decimal | None = None,
    new_fee: Decimal | None = None,
    notice_on: dt.date | None = None,
    referred_to: str = "",
    digital_service: str = "",
) -> Transition:
    """Chooses the route, or another one, with what belongs to it. On another route the case begins with that
    route's first stage; without a route it goes back to the choice. A consent was given to one referral: it
    ends where the client is referred to somebody else, or not at all. Raises TransitionRefused."""

    def work(case: Transition) -> None:
        if route != Route.REFERRAL or (case.referred_to and referred_to != case.referred_to):
            case.consent_by, case.consent_on, case.consent_how = "", None, ""
        case.old_fee, case.new_fee, case.notice_on = old_fee, new_fee, notice_on
        case.referred_to, case.digital_service = referred_to, digital_service
        if route == case.route:
            return
        today, ways = firm_today(), Ways()
        stepping.end(case, on=today, by=by, done=case.step == Step.DECIDE and bool(route))
        case.route = route
        step = ways.next(route, Step.DECIDE) if route else Step.DECIDE.value
        stepping.begin(case, step=step, on=today, ways=ways)

    fields = ["old_fee", "new_fee", "notice_on", "referred_to", "digital_service", "route",
              "consent_by", "consent_on", "consent_how"]  # fmt: skip
    return _step(case, work, fields)


def set_date(*, case: Transition, by: User, until: dt.date) -> Transition:
    """Gives the date from which the client is served by the new tier's standard. The old tier's goes on until
    the day before, or begins again where it had ended. Raises TransitionRefused."""

    def work(case: Transition) -> None:
        case.until = until

    return _step(case, work, ["until"])


def give(*, case: Transition, by: User, owner: User) -> Transition:
    """Gives the case to another owner, with the task of its stage. Raises TransitionRefused."""

    def work(case: Transition) -> None:
        case.owner = owner

    return _step(case, work, ["owner"])


def record_consent(
    *, case: Transition, by: User, consent_by: str, consent_on: dt.date | None, consent_how: str
) -> Transition:
    """Records who gave the client's consent to a referral, when and how. Raises TransitionRefused."""

    def work(case: Transition) -> None:
        if case.route != Route.REFERRAL:
            raise TransitionRefused(_("Consent belongs to a referral. Choose that way first."))
        case.consent_by, case.consent_on, case.consent_how = consent_by, consent_on, consent_how

    return _step(case, work, ["consent_by", "consent_on", "consent_how"])


def move(*, case: Transition, by: User, step: str) -> Transition:
    """Leads the case to another stage of its route, forward or back; the task of the stage that it leaves is
    done where it goes forward, and taken back otherwise. Raises TransitionRefused."""

    def work(case: Transition) -> None:
        ways = Ways()
        steps = ways.steps(case.route) if case.route else [Step.DECIDE.value, Step.CLOSE.value]
        if step not in steps or step == case.step:
            raise TransitionRefused(_("The case cannot go to this stage."))
        forward = steps.index(step) > (steps.index(case.step) if case.step in steps else -1)
        stepping.end(case, on=firm_today(), by=by, done=forward)
        stepping.begin(case, step=step, on=firm_today(), ways=ways)

    return _step(case, work, [])


def close(
    *,
    case: Transition,
    by: User,
    outcome: str,
    outcome_text: str = "",
    leaving_reasons: Sequence[LeavingReason] = (),
    former: bool = False,
    pin_until: dt.date | None = None,
) -> Transition:
    """Closes the case today. Service by the old standard ends with it, unless the client keeps it by way of
    an exception. `former`: a client who left or was referred is not served any more. `pin_until`: pins the
    old tier so long. Raises TransitionRefused, among others for a referral without consent.
    """

    def work(case: Transition) -> None:
        today = firm_today()
        _refuse_unless_complete(case, outcome)
        if pin_until and case.from_tier:
            pin_tier(
                client=case.client,
                tier=case.from_tier,
                reason=Override.Reason.OTHER,
                text=outcome_text or _("Agreed in a transition."),
                starts_on=today,
                expires_on=pin_until,
                by=by,
            )
        stepping.end(case, on=today, by=by, done=case.step == Step.CLOSE)
        case.outcome, case.outcome_text = outcome, outcome_text
        case.closed_on, case.closed_by = max(today, case.opened_on), by
        if outcome != TransitionOutcome.EXCEPTION and case.until is not None:
            case.until = min(case.until, today)
        case.leaving_reasons.set(leaving_reasons)
        if former and outcome in (TransitionOutcome.LEFT, TransitionOutcome.REFERRED):
            Client.objects.filter(pk=case.client_id).update(status=ClientStatus.FORMER)

    return _step(case, work, ["outcome", "outcome_text", "closed_on", "closed_by", "until"])


def reopen(*, case: Transition, by: User) -> Transition:
    """Opens a case again that was closed not long ago, at the stage that it was in and with the date that it
    had, where that is still ahead; the client's status and pins stay as they are. Raises TransitionRefused.
    """
    with transaction.atomic():
        lock()
        case = Transition.objects.select_for_update(of=("self",)).get(pk=case.pk)
        if case.closed_on is None:
            raise TransitionRefused(_("The case is open."))
        if case.closed_on < firm_today() - REOPENED_WITHIN:
            raise TransitionRefused(_("The case was closed too long ago. Start a new one."))
        if Transition.objects.filter(client=case.client_id, closed_on__isnull=True).exists():
            raise TransitionRefused(_already_open())
        case.closed_on = case.closed_by = None
        case.outcome = ""
        case.until = _date_ahead(case) or case.until
        case.save(update_fields=["closed_on", "closed_by", "outcome", "until"])
        last = case.stages.order_by("number").last()
        if last is not None:
            last.ended_on, last.by, last.done = None, None, False
            last.save(update_fields=["ended_on", "by", "done"])
        _settle(case)
        return case


def _date_ahead(case: Transition) -> dt.date | None:
    """The date that a closed case had before it was closed, from its audit rows; None where it has passed."""
    events: Any = Transition.pgh_event_model  # type: ignore[attr-defined]
    open_ones = events.objects.filter(client=case.client_id, pgh_obj=case.pk, closed_on=None)
    until: dt.date | None = open_ones.order_by("-pgh_id").values_list("until", flat=True).first()
    return until if until and until > firm_today() else None


def _step(case: Transition, work: Callable[[Transition], None], fields: Sequence[str]) -> Transition:
    """Does `work` with the open case under its locks, saves `fields`, and lets everything follow."""
    with transaction.atomic():
        lock()
        case = (
            Transition.objects.select_for_update(of=("self",))
            .select_related("client", "from_tier")
            .get(pk=case.pk)
        )
        if not case.is_open:
            raise TransitionRefused(_("This case is closed."))
        with _words_for_the_database():
            work(case)
            case.touched = True
            case.save(update_fields=[*fields, "touched"])
        _settle(case)
        return case


@contextmanager
def _words_for_the_database() -> Iterator[None]:
    """What the database refuses is said in words; whoever came first has changed the case meanwhile."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise TransitionRefused(_("The case was changed meanwhile. Look at it again.")) from None


def _settle(case: Transition) -> None:
    today = firm_today()
    session = Session(day=today, moment=timezone.now())
    hold(session, [case.pk])
    bring_in_line(session, [case.client_id])
    plan(as_of=today, clients=[case.client_id])


def _refuse_unless_complete(case: Transition, outcome: str) -> None:
    if problem := missing_for(case, outcome):
        raise TransitionRefused(problem)


def as_seen(case: Transition) -> str:
    """How a case stands, in short: different as soon as anybody changes it."""
    values = [getattr(case, name) for name in _SEEN]
    return hashlib.sha256(repr(values).encode()).hexdigest()[:32]


_SEEN = ("number", "route", "until", "owner_id", "to_tier_id", "old_fee", "new_fee", "notice_on", "closed_on",
         "referred_to", "digital_service", "consent_by", "consent_on", "consent_how")  # fmt: skip


def missing_for(case: Any, outcome: str) -> str:
    """What the case lacks to be closed with `outcome`, as a sentence; empty where nothing."""
    if case.route == Route.REFERRAL and case.consent_on is None:
        return _(
            "A referral cannot close without the client's consent. Record it, or choose another way first."
        )
    if outcome == TransitionOutcome.REFERRED and case.route != Route.REFERRAL:
        return _("Only a referral ends as referred. Choose that way first.")
    if outcome == TransitionOutcome.REFERRED and not case.referred_to:
        return _("Say to whom the client is referred first, under the way of the case.")
    if (
        outcome == TransitionOutcome.AGREED
        and case.route == Route.FEE
        and (case.new_fee is None or case.notice_on is None)
    ):
        return _("Give the new fee and the day of the notice first.")
    return ""


def _already_open() -> str:
    return _("A case of this client is open already.")


def _lead(client: Client) -> User | None:
    member = (
        TeamMember.objects.filter(client=client, role__code="lead_advisor").select_related("user").first()
    )
    return member.user if member else None


STARTED_BY_HAND = [each for each in TransitionReason if each != TransitionReason.TIER]
