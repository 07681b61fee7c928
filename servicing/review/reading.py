"""What the pages of a review show: its steps as they stand, each one's figures, and its record."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clients.register.active import is_active
from servicing.dashboards.tables import Table
from servicing.delivery.files import plain
from servicing.models import (
    OPEN_STATUSES,
    AnnualReview,
    GraduationDecision,
    ReviewAction,
    ReviewCode,
    ReviewSignature,
    ReviewStep,
    ReviewStepState,
    TaskStatus,
)
from servicing.review.frozen import Seen, thaw
from servicing.review.services import FIGURES
from servicing.review.signing import SignOff, kept_sign_off, sign_off
from servicing.review.tracked import DECISION

LISTED = 200  # decisions on the page of the record; its file has all


def reviews() -> QuerySet[AnnualReview]:
    """All reviews, the newest first."""
    return AnnualReview.objects.select_related("lead", "ended_by", "draft", "run", "written").defer(
        "written__content"
    )


def steps_of(review: AnnualReview) -> list[ReviewStep]:
    """The steps in their order, with their people."""
    steps = list(review.steps.select_related("owner", "done_by", "changed_by"))
    for step in steps:
        step.review = review
    return steps


def figures_of(step: ReviewStep) -> Seen:
    """What the step rests on: as it was kept when it was done; as it is now, while it is open."""
    if step.figures:
        return thaw(step.figures)
    if step.is_done or not step.review.is_open or step.code not in FIGURES:
        return Seen()
    return FIGURES[step.code](step.review)


@dataclass
class Action:
    """An action with how far it is: that of its task, where it is one."""

    action: ReviewAction
    done_on: dt.datetime | dt.date | None
    gone: bool

    @property
    def is_open(self) -> bool:
        return self.done_on is None and not self.gone


def actions_of(review: AnnualReview, step: ReviewStep | None = None) -> list[Action]:
    rows = ReviewAction.objects.filter(review=review).select_related("owner", "task", "task__client", "step")
    if step:
        rows = rows.filter(step=step)
    found = []
    for row in rows:
        task = row.task
        done = row.done_at
        if task and task.status == TaskStatus.DONE:
            done = task.closed_at or task.completed_on  # type: ignore[assignment]
        gone = bool(task and task.status not in (*OPEN_STATUSES, TaskStatus.DONE))
        found.append(Action(row, done, gone))
    return found


def sign_off_of(review: AnnualReview, steps: list[ReviewStep]) -> SignOff:
    """The sign-off, and the step of it as it stands for the content that reads now; of what is carried out
    the one that counted."""
    if not review.is_open or review.is_being_carried_out:
        return kept_sign_off(review, steps)
    found = sign_off(review, steps)
    step = next(step for step in steps if step.code == ReviewCode.SIGN)
    if step.is_done and not found.complete:
        step.state = ReviewStepState.UNDER_WAY  # something that was signed has changed since
    return found


def decisions_of(review: AnnualReview) -> QuerySet[GraduationDecision]:
    """What was decided about clients; nothing where the field register does not keep it."""
    if not is_active(DECISION):
        return GraduationDecision.objects.none()
    return (
        GraduationDecision.objects.filter(review=review)
        .select_related("client", "tier", "proposed", "by")
        .order_by("of_list", "decision", "client__name", "id")
    )


# --- The record -------------------------------------------------------------------------------------------


@dataclass
class Part:
    """A step in the record."""

    step: ReviewStep
    seen: Seen
    actions: list[Action]


def record(review: AnnualReview) -> dict[str, Any]:
    """Everything on one page."""
    steps, actions = steps_of(review), actions_of(review)
    decisions = decisions_of(review)
    shown = list(decisions[: LISTED + 1])
    return {
        "steps": steps,
        "parts": [
            Part(step, figures_of(step), [each for each in actions if each.action.step_id == step.pk])
            for step in steps
        ],
        "signing": sign_off_of(review, steps),
        "decisions": shown[:LISTED],
        "more_decisions": max(decisions.count() - LISTED, 0) if len(shown) > LISTED else 0,
    }


COLUMNS = ("step", "what", "item", "value", "person", "on")


def as_csv(review: AnnualReview) -> Iterator[str]:
    """The record as lines: step, what it is (note, figure, decision, action, signature), its words. All but
    the decisions is read before the first line is asked for."""
    signatures = list(review.signatures.select_related("person"))
    return _lines(record(review)["parts"], decisions_of(review), signatures)


def _lines(
    parts: list[Part], decisions: QuerySet[GraduationDecision], signatures: list[ReviewSignature]
) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)

    def line(*cells: Any) -> str:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow([plain(str(cell)) if isinstance(cell, str) else cell for cell in cells])
        return buffer.getvalue()

    yield line(*COLUMNS)
    for part in parts:
        step = part.step
        name = str(step.get_code_display())
        who, when = str(step.done_by or ""), _day(step.done_at)
        for what, words in (("seen", step.seen), ("decided", step.decided)):
            if words:
                yield line(name, what, "", words, who, when)
        for table in part.seen.tables:
            for item, value in _cells(table):
                yield line(name, f"figure: {table.code}", item, value, "", _day(part.seen.at))
        for each in part.actions:
            done = _("done %(on)s") % {"on": _day(each.done_on)} if each.done_on else _("until")
            row = each.action
            yield line(name, "action", row.text, done, str(row.owner), row.due_on.isoformat())
    for made in decisions.iterator(chunk_size=2000):
        moves = f"{made.tier.code if made.tier else ''} > {made.proposed.code if made.proposed else ''}"
        said = ": ".join(filter(None, (f"{made.get_decision_display()}, {moves}", made.reason)))
        name = str(ReviewCode.GRADUATION.label)
        yield line(name, "decision", made.client.external_id, said, str(made.by), _day(made.at))
    for word in signatures:
        said = f"{word.get_verdict_display()} {word.reason}".strip()
        yield line(
            str(ReviewCode.SIGN.label), "signature", word.digest, said, str(word.person), _day(word.at)
        )


def _cells(table: Table) -> Iterator[tuple[str, Any]]:
    """Each figure of a table with the words that name it."""
    for row in table.rows:
        head, *cells = row
        for column, cell in zip(table.columns[1:], cells, strict=True):
            if cell.value not in (None, ""):
                yield f"{head.value or ''} {column.code}".strip(), str(cell.value)


def _day(at: dt.datetime | dt.date | None) -> str:
    return at.isoformat()[:10] if at else ""
