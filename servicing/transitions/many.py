"""One step with many open cases: another owner, or closing them. Each is the same as with one case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Greatest
from django.utils import timezone

from clients.firm import firm_today
from clients.models import User
from servicing.models import BulkStep, ServiceTask, Step, Transition, TransitionOutcome, TransitionStage
from servicing.planning import lock, plan
from servicing.planning.session import Session
from servicing.transitions.keeping import bring_in_line
from servicing.transitions.opening import SOURCE, hold
from servicing.transitions.services import missing_for
from servicing.work.bulk import reassign_tasks

MOST = 500  # cases at once
# What needs nothing of the single case's own: who left said why, and a referral is to somebody.
OUTCOMES = (TransitionOutcome.AGREED, TransitionOutcome.EXCEPTION, TransitionOutcome.NOT_NEEDED)


@dataclass(frozen=True)
class Given:
    """How many cases went to another owner, and the step with their tasks, which `undo_step` takes back; None
    where no task changed hands."""

    cases: int
    step: BulkStep | None


@dataclass(frozen=True)
class Closed:
    """How many cases were closed, and how many lack something for that outcome and stay open."""

    closed: int
    left_open: int


def give_many(*, cases: Collection[int], to: User, by: User) -> Given:
    """Gives the open ones of the cases with the given ids to another owner, with their stages' tasks."""
    with transaction.atomic():
        lock()
        changing = _open(cases).exclude(owner=to)
        stages = list(changing.values_list("pk", "number"))
        if not stages:
            return Given(0, None)
        tasks = ServiceTask.objects.open().filter(
            source=SOURCE, source_id__in=[f"{case}-{number}" for case, number in stages]
        )
        step = reassign_tasks(tasks=tasks, to=to, by=by)
        # the case goes with its task; what has none open, or one that a stand-in does, is given by itself
        ids = [case for case, _number in stages]
        Transition.objects.filter(pk__in=ids).exclude(owner=to).update(owner=to)
        Transition.objects.filter(pk__in=ids).update(touched=True)
        return Given(len(ids), step if step.changed else None)


def beginning_today(cases: Collection[int], today: dt.date) -> int:
    """For how many of the cases service by the old standard would end by closing them today."""
    return _open(cases).filter(to_tier__isnull=False, until__gt=today).count()


def close_many(*, cases: Collection[int], by: User, outcome: str, outcome_text: str = "") -> Closed:
    """Closes the open ones of the cases with the given ids with one of `OUTCOMES`, as `services.close` does
    with one; what lacks something for it stays open."""
    with transaction.atomic():
        lock()
        standing = list(_open(cases).select_for_update(of=("self",)).order_by("pk"))
        closing = [case for case in standing if not missing_for(case, outcome)]
        ids, clients = [case.pk for case in closing], [case.client_id for case in closing]
        today = firm_today()
        at_the_end = Q(case__in=[case.pk for case in closing if case.step == Step.CLOSE])
        TransitionStage.objects.filter(case__in=ids, ended_on__isnull=True).update(
            ended_on=Greatest(F("began_on"), Value(today)),
            by=by,
            done=Case(When(at_the_end, then=True), default=False),
        )
        chosen = Transition.objects.filter(pk__in=ids)
        ended: Any = F("until")
        if outcome != TransitionOutcome.EXCEPTION:
            ended = Case(When(until__gt=today, then=Value(today)), default=F("until"))
        Transition.leaving_reasons.through.objects.filter(transition__in=ids).delete()
        chosen.update(
            outcome=outcome,
            outcome_text=outcome_text,
            closed_on=Greatest(F("opened_on"), Value(today)),
            closed_by=by,
            touched=True,
            until=ended,  # with the rest: a case that opens again finds the date that it had before
        )
        if ids:
            session = Session(day=today, moment=timezone.now())
            hold(session, ids)
            bring_in_line(session, clients)
            plan(as_of=today, clients=clients)
        return Closed(len(ids), len(standing) - len(ids))


def _open(cases: Collection[int]) -> QuerySet[Transition]:
    return Transition.objects.filter(pk__in=list(cases), closed_on__isnull=True)
