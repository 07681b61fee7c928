"""From one stage of a case to another. Whoever calls holds the case's row and keeps the task in line next."""

from __future__ import annotations

import datetime as dt

from clients.firm import firm_today
from clients.models import User
from servicing.models import Step, Transition, TransitionStage
from servicing.transitions.stages import Ways

OF_STAGE = ["step", "number", "due_on", "touched"]


def begin(case: Transition, *, step: str, on: dt.date, ways: Ways) -> None:
    """Begins a stage of the case's route; the one before has ended."""
    last = case.stages.order_by("-number").values_list("number", flat=True).first() or 0
    case.step, case.number, case.touched = step, last + 1, True
    case.due_on = ways.due(case.route, step, on)
    case.save(update_fields=[*OF_STAGE, "route"])
    TransitionStage.objects.create(
        case=case, number=case.number, route=case.route, step=step, began_on=on, due_on=case.due_on
    )


def end(case: Transition, *, on: dt.date, by: User | None, done: bool) -> None:
    """Ends the stage that the case is in."""
    for stage in case.stages.filter(ended_on__isnull=True):
        stage.ended_on, stage.by, stage.done = max(on, stage.began_on), by, done
        stage.save(update_fields=["ended_on", "by", "done"])


def go_on(case: Transition, *, on: dt.date | None, by: User | None) -> None:
    """The stage's work is done: the next one begins, and where no route was chosen the choice once more.
    Where nothing is left but to close the case, it stays where it is."""
    ways = Ways()
    if case.step == Step.CLOSE:
        Transition.objects.filter(pk=case.pk).update(touched=True)
    elif step := ways.next(case.route, case.step):
        end(case, on=on or firm_today(), by=by, done=True)
        begin(case, step=step, on=firm_today(), ways=ways)
    else:
        once_more(case, by=by)


def once_more(case: Transition, *, by: User | None) -> None:
    """The stage ended without what it is for: it begins again, with a day and a task of its own."""
    end(case, on=firm_today(), by=by, done=False)
    begin(case, step=case.step, on=firm_today(), ways=Ways())


def back_to(case: Transition, *, number: int) -> None:
    """The work of a stage was taken back: the stage that followed it goes, unless that is over too."""
    stage = case.stages.filter(number=number, ended_on__isnull=False).first()
    if stage is None or case.number != number + 1:
        return
    case.stages.filter(number=case.number).delete()
    stage.ended_on, stage.by, stage.done = None, None, False
    stage.save(update_fields=["ended_on", "by", "done"])
    case.step, case.number, case.due_on = stage.step, stage.number, stage.due_on
    case.save(update_fields=OF_STAGE)
