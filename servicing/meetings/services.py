"""Choosing the one decision of a meeting, noting what waits for the next, holding it, and confidence."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from clients.firm import firm_today
from clients.models import Client, User
from servicing.meetings.rules import TAKES_DECISION, decision_of
from servicing.models import ConfidenceAnswer, MeetingDecision, ReadyDecision, ServiceTask, TaskOutcome
from servicing.ratings.services import Rated, rate
from servicing.work import services as work
from servicing.work.natural import is_meeting
from servicing.work.services import TaskRefused, Worked


class SecondDecision(TaskRefused):
    """The meeting has its decision; `had` is it."""

    def __init__(self, had: MeetingDecision) -> None:
        super().__init__(
            _(
                "This meeting is about one decision already: “%(decision)s”. One decision a meeting: the "
                "next one gets its own meeting."
            )
            % {"decision": had.text}
        )
        self.had = had


@dataclass(frozen=True)
class Asked:
    """A client's answer to the confidence prompt: 0 to 10, and what keeps it from being higher."""

    value: int
    blocker: str = ""


@dataclass(frozen=True)
class CameOf:
    """What came of a meeting's decision: decided or not (`result`), and what, or why not (`answer`)."""

    result: str
    answer: str


def choose(
    *,
    task: ServiceTask,
    by: User,
    text: str = "",
    ready: ReadyDecision | None = None,
    noted: MeetingDecision | None = None,
) -> MeetingDecision:
    """Makes `text`, one of the firm's list or one that was noted the decision of a meeting.

    Raises SecondDecision where it has one, even if somebody else chose it a moment ago: the database decides.
    TaskRefused where the task is no meeting, or one that will not take place.
    """
    _refuse_no_meeting(task)
    try:
        with transaction.atomic():
            if noted is not None:
                taken = MeetingDecision.objects.filter(pk=noted.pk, client=task.client_id, result="")
                if taken.update(task=task):
                    return MeetingDecision.objects.get(pk=noted.pk)
            return MeetingDecision.objects.create(
                client_id=task.client_id,
                task=task,
                chosen=ready,
                text=text or (ready.label if ready else noted.text if noted else ""),
                set_by=by,
            )
    except IntegrityError:
        had = decision_of(task)
        if had is None:
            raise
        raise SecondDecision(had) from None


def _refuse_no_meeting(task: ServiceTask) -> None:
    if not is_meeting(task):
        raise TaskRefused(_("This task is no meeting: book it in person, by video or by phone first."))
    if task.status not in TAKES_DECISION:
        raise TaskRefused(
            _("This meeting will not take place: %(status)s.") % {"status": task.get_status_display().lower()}
        )


def replace(
    *,
    decision: MeetingDecision,
    by: User,
    text: str,
    ready: ReadyDecision | None = None,
    noted: MeetingDecision | None = None,
) -> MeetingDecision:
    """Puts another decision, or other words, in its place while the meeting is ahead. History keeps the old
    one; `noted` is no longer noted. Raises TaskRefused once the meeting was held."""
    with transaction.atomic():
        task = ServiceTask.objects.select_for_update(of=("self",)).filter(decisions=decision).first()
        if task is None or not task.is_open:
            raise TaskRefused(_("The meeting was held: its decision stays as it was."))
        if noted is not None:
            drop_noted(noted=noted)
        decision.text, decision.chosen, decision.set_by = text, ready, by
        decision.result = decision.answer = ""
        decision.save(update_fields=["text", "chosen", "set_by", "result", "answer"])
    return decision


def note_for_next(*, client: Client, by: User, text: str) -> MeetingDecision:
    """Keeps a decision for a meeting to come; the same words are kept once."""
    noted = MeetingDecision.objects.filter(client=client, task=None, text=text).first()
    return noted or MeetingDecision.objects.create(client=client, text=text, set_by=by)


def drop_noted(*, noted: MeetingDecision) -> None:
    """Forgets a decision that was noted and did not become one of a meeting; history keeps it."""
    MeetingDecision.objects.filter(pk=noted.pk, task=None).delete()


def close(
    *,
    task: ServiceTask,
    by: User,
    decision: str = "",
    came_of: CameOf | None = None,
    asked: Asked | None = None,
    rated: Rated | None = None,
    **completed: Any,
) -> Worked:
    """Completes a task, with what came of its decision, the client's confidence and rating, as one.

    `decision`: in words, of a meeting for which none was chosen. `completed`: as `work.services.complete` has
    it, which makes the next actions. Raises TaskRefused.
    """
    with transaction.atomic():
        worked = work.complete(task=task, by=by, **completed)
        if completed["outcome"] != TaskOutcome.DELIVERED:
            return worked
        if decision:
            choose(task=worked.task, by=by, text=decision)
        if came_of:
            record_outcome(task=worked.task, came_of=came_of)
        if asked:
            ask(
                client=worked.task.client,
                task=worked.task,
                by=by,
                asked=asked,
                on=worked.task.completed_on,
            )
        if rated:
            rate(task=worked.task, rated=rated, by=by, on=worked.task.completed_on)
    return worked


def amend(*, task: ServiceTask, by: User, came_of: CameOf | None, asked: Asked | None) -> None:
    """What came of a meeting that is closed already, said afterwards or corrected."""
    with transaction.atomic():
        if came_of:
            record_outcome(task=task, came_of=came_of)
        if asked:
            ask(client=task.client, task=task, by=by, asked=asked, on=task.completed_on)


def record_outcome(*, task: ServiceTask, came_of: CameOf) -> None:
    """What came of the decision of a meeting; again to correct it. Raises TaskRefused where it has none."""
    found = MeetingDecision.objects.filter(task=task).update(result=came_of.result, answer=came_of.answer)
    if not found:
        raise TaskRefused(_("No decision was chosen for this meeting."))


def ask(
    *,
    client: Client,
    by: User | None,
    asked: Asked,
    task: ServiceTask | None = None,
    on: dt.date | None = None,
) -> ConfidenceAnswer:
    """Keeps a client's answer: one for a meeting, one a day without; a second one corrects the first."""
    day = on or firm_today()
    key: dict[str, Any] = {"task": task} if task else {"client": client, "task": None, "asked_on": day}
    answer, made = ConfidenceAnswer.objects.get_or_create(
        **key,
        defaults={
            "client": client,
            "value": asked.value,
            "blocker": asked.blocker,
            "asked_on": day,
            "asked_by": by,
        },
    )
    if not made:
        correct(answer=answer, asked=asked)
    return answer


def correct(*, answer: ConfidenceAnswer, asked: Asked) -> ConfidenceAnswer:
    """Puts another value or other words in an answer's place; history keeps what it was."""
    if (answer.value, answer.blocker) != (asked.value, asked.blocker):
        answer.value, answer.blocker = asked.value, asked.blocker
        answer.save(update_fields=["value", "blocker"])
    return answer
