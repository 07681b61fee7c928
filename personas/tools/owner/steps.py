"""Staged commitments: the steps of a client in their order, and the only writes that may change them.

Each write locks the client, so that of two people who act at once the second sees what the first did. The
database holds the order besides: closed steps, then the one under way, then those that nobody agreed to.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from clients.models import Client
from personas.models import CommitmentStep, StarterStep, StepState


class StepRefused(Exception):
    """It cannot be done; the text says why."""


@dataclass(frozen=True)
class Steps:
    """A client's steps. `next`: the first that nobody agreed to, where none is under way."""

    every: list[CommitmentStep]

    @property
    def closed(self) -> list[CommitmentStep]:
        return [step for step in self.every if step.is_closed]

    @property
    def active(self) -> CommitmentStep | None:
        return next((step for step in self.every if step.state == StepState.ACTIVE), None)

    @property
    def proposed(self) -> list[CommitmentStep]:
        return [step for step in self.every if step.state == StepState.PROPOSED]

    @property
    def next(self) -> CommitmentStep | None:
        return None if self.active or not self.proposed else self.proposed[0]

    @property
    def reopens(self) -> CommitmentStep | None:
        """The closed step that may be taken up again: the last one, while nothing after it was agreed."""
        return None if self.active or not self.closed else self.closed[-1]

    @property
    def done(self) -> int:
        return sum(step.state == StepState.DONE for step in self.every)


def steps_of(client: Client) -> Steps:
    """One query."""
    return Steps(list(CommitmentStep.objects.filter(client=client)))


def picture(client: Client, today: dt.date) -> dict[str, Any]:
    """For the client's tab and the meeting brief; one query."""
    return {"steps": steps_of(client), "today": today}


def _locked(client_id: int) -> Steps:
    """The client's steps, while nobody else changes them."""
    Client.objects.select_for_update(of=("self",), no_key=True).get(pk=client_id)
    return Steps(list(CommitmentStep.objects.filter(client=client_id)))


def _own(steps: Steps, step: CommitmentStep) -> CommitmentStep:
    found = next((each for each in steps.every if each.pk == step.pk), None)
    if found is None:
        raise StepRefused(_("This step was removed a moment ago."))
    return found


@transaction.atomic
def add_step(*, client: Client, title: str, about: str = "") -> CommitmentStep:
    """A step after all others."""
    steps = _locked(client.pk)
    return CommitmentStep.objects.create(client=client, title=title, about=about, position=_last(steps) + 1)


@transaction.atomic
def add_starters(*, client: Client) -> list[CommitmentStep]:
    """The firm's list to begin with, after the steps that are there; the same words are not repeated."""
    steps = _locked(client.pk)
    have = {step.title for step in steps.every}
    wanted = [starter for starter in StarterStep.objects.all() if starter.title not in have]
    return CommitmentStep.objects.bulk_create(
        CommitmentStep(client=client, title=each.title, about=each.about, position=place)
        for place, each in enumerate(wanted, start=_last(steps) + 1)
    )


def _last(steps: Steps) -> int:
    return max((step.position for step in steps.every), default=0)


@transaction.atomic
def agree(*, step: CommitmentStep, on: dt.date, by: str, due_on: dt.date | None) -> CommitmentStep:
    """Puts the next step under way, agreed by `by`. Raises StepRefused where another comes first."""
    steps = _locked(step.client_id)
    step = _own(steps, step)
    if step.state != StepState.PROPOSED:
        raise StepRefused(_("This step was agreed already."))
    if steps.active:
        raise StepRefused(
            _("One step at a time: “%(title)s” is still under way.") % {"title": steps.active.title}
        )
    if steps.next is None or steps.next.pk != step.pk:
        raise StepRefused(
            _("One step at a time: “%(title)s” comes first.") % {"title": steps.proposed[0].title}
        )
    step.state, step.agreed_on, step.agreed_by, step.due_on = StepState.ACTIVE, on, by, due_on
    step.save(update_fields=["state", "agreed_on", "agreed_by", "due_on"])
    return step


@transaction.atomic
def close(*, step: CommitmentStep, state: str, on: dt.date, reason: str = "") -> CommitmentStep:
    """Ends a step: done, which takes that it is under way, or stopped with a reason, which the next one may
    be before anybody agrees to it. Raises StepRefused."""
    steps = _locked(step.client_id)
    step = _own(steps, step)
    if step.is_closed:
        raise StepRefused(_("This step was closed already."))
    first = steps.active or steps.next
    if first is None or step.pk != first.pk:
        raise StepRefused(
            _("One step at a time: “%(title)s” comes first.") % {"title": first.title if first else ""}
        )
    if state == StepState.DONE and step.state != StepState.ACTIVE:
        raise StepRefused(_("Nobody agreed to this step yet."))
    if state == StepState.STOPPED and not reason:
        raise StepRefused(_("Give the reason."))
    step.state, step.closed_on, step.reason = state, on, reason
    step.save(update_fields=["state", "closed_on", "reason"])
    return step


@transaction.atomic
def reopen(*, step: CommitmentStep) -> CommitmentStep:
    """Takes the last closed step up again: under way where it was agreed, else to be agreed. Raises
    StepRefused where something after it was agreed since."""
    steps = _locked(step.client_id)
    step = _own(steps, step)
    if steps.reopens is None or steps.reopens.pk != step.pk:
        raise StepRefused(_("A later step was agreed since, so this one stays closed."))
    step.state = StepState.ACTIVE if step.agreed_on else StepState.PROPOSED
    step.closed_on, step.reason = None, ""
    step.save(update_fields=["state", "closed_on", "reason"])
    return step


@transaction.atomic
def change(*, step: CommitmentStep, title: str, about: str, due_on: dt.date | None) -> CommitmentStep:
    """Other words, or another date while it is under way. Raises StepRefused for one that is closed."""
    step = _own(_locked(step.client_id), step)
    if step.is_closed:
        raise StepRefused(_("This step was closed already."))
    step.title, step.about = title, about
    step.due_on = due_on if step.state == StepState.ACTIVE else None
    step.save(update_fields=["title", "about", "due_on"])
    return step


@transaction.atomic
def move(*, step: CommitmentStep, earlier: bool) -> None:
    """Changes places with the one before or after it; only steps that nobody agreed to move. At the end of
    these nothing happens. Raises StepRefused."""
    steps = _locked(step.client_id)
    step = _own(steps, step)
    if step.state != StepState.PROPOSED:
        raise StepRefused(_("A step that was agreed keeps its place."))
    order = [each.pk for each in steps.proposed]
    place = order.index(step.pk)
    other = place - 1 if earlier else place + 1
    if not 0 <= other < len(order):
        return
    neighbour = steps.proposed[other]
    step.position, neighbour.position = neighbour.position, step.position
    CommitmentStep.objects.bulk_update([step, neighbour], ["position"])


@transaction.atomic
def remove(*, step: CommitmentStep) -> None:
    """Takes away a step that nobody agreed to. Raises StepRefused: what was agreed is stopped instead."""
    step = _own(_locked(step.client_id), step)
    if step.state != StepState.PROPOSED:
        raise StepRefused(_("What was agreed is not removed. It can be stopped, with the reason."))
    step.delete()
