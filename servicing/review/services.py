"""Writes of a review: begun, its steps given out, noted, done and opened again, its actions, abandoned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.commands import Refused
from clients.firm import firm_settings, firm_today
from clients.models import Client, User
from clients.notices import Tell, tell
from servicing.models import (
    TO_DECIDE,
    AnnualReview,
    GraduationDecision,
    ReviewAction,
    ReviewCode,
    ReviewState,
    ReviewStep,
    ReviewStepState,
)
from servicing.planning.working_days import working_day_from
from servicing.review import drafts, graduation, results, rights, signing, standards_changes
from servicing.review.frozen import Seen, freeze
from servicing.review.locking import open_review, open_step
from servicing.work.services import make_task
from tiers import policies
from tiers.models import Policy, PolicyStatus

FIGURES: dict[str, Callable[[AnnualReview], Seen]] = {
    ReviewCode.RESULTS: results.results,
    ReviewCode.VALUED: results.ratings,
    ReviewCode.GRADUATION: graduation.graduation,
    ReviewCode.CAPACITY: results.capacity,
    ReviewCode.POLICY: drafts.policy,
    ReviewCode.STANDARDS: standards_changes.standards,
}


def begin(
    *, year: int, first_on: dt.date, last_on: dt.date, lead: User, due_on: dt.date, by: User
) -> AnnualReview:
    """Begins a review with all of its steps, which are the lead's until they are given to others.

    Its steps are due on working days spread over the time to `due_on`. Raises Refused where one is open.
    """
    today = firm_today()
    if due_on < today:
        raise Refused(_("Choose a due date from today on."))
    with transaction.atomic():
        review = _one_at_a_time(
            year=year, first_on=first_on, last_on=last_on, lead=lead, due_on=due_on, begun_by=by
        )
        codes = list(ReviewCode)
        firm = firm_settings()
        spread = [today + (due_on - today) * number / len(codes) for number in range(1, len(codes) + 1)]
        ReviewStep.objects.bulk_create(
            ReviewStep(
                review=review,
                code=code,
                number=number,
                owner=lead,
                due_on=min(working_day_from(firm, spread[number - 1]), due_on),
            )
            for number, code in enumerate(codes, 1)
        )
        _tell_owner(review, lead, by)
    return review


def _one_at_a_time(**fields: Any) -> AnnualReview:
    try:
        with transaction.atomic():
            return AnnualReview.objects.create(**fields)
    except IntegrityError:
        raise Refused(_("A review is under way. Close or abandon it before another one begins.")) from None


def change(*, review: AnnualReview, lead: User, due_on: dt.date) -> AnnualReview:
    """Gives the review to another lead, or another due date."""
    with transaction.atomic():
        review = open_review(review, to_decide=False)
        review.lead, review.due_on = lead, due_on
        review.save(update_fields=["lead", "due_on"])
    return review


def give(*, step: ReviewStep, owner: User | None, due_on: dt.date, by: User) -> ReviewStep:
    """Gives a step to a person, with a day. Neither is part of what is signed."""
    with transaction.atomic():
        open_review(step.review, to_decide=False)
        before, step.owner, step.due_on = step.owner_id, owner, due_on
        step.save(update_fields=["owner", "due_on"])
        if owner and owner.pk != before:
            _tell_owner(step.review, owner, by, step)
    return step


def note(*, step: ReviewStep, seen: str, decided: str, by: User) -> ReviewStep:
    """Keeps what was seen and decided. Raises Refused where the step is done."""
    with transaction.atomic():
        step = open_step(step.review, step.code, by)
        if (step.seen, step.decided) != (seen, decided):
            step.seen, step.decided, step.changed_at, step.changed_by = seen, decided, timezone.now(), by
            step.save(update_fields=["seen", "decided", "changed_at", "changed_by"])
    return step


def finish(*, step: ReviewStep, by: User) -> ReviewStep:
    """The step is done: its figures are kept as they are now. Raises Refused with what is missing."""
    if step.code not in TO_DECIDE:
        raise Refused(_("This step is done by signing, and by carrying out."))
    with transaction.atomic():
        step = open_step(step.review, step.code, by)
        if not step.decided.strip():
            raise Refused(_("Say what was decided, if only that all stays as it is."))
        if step.code == ReviewCode.POLICY and (problems := drafts.against_done(step.review)):
            raise Refused(*problems)
        step.figures = freeze(FIGURES[step.code](step.review))
        if step.code == ReviewCode.POLICY:
            published = drafts.in_force()
            step.figures[drafts.RESTS_ON] = drafts.rests_on(step.review, published.pk if published else None)
        step.state, step.done_at, step.done_by = ReviewStepState.DONE, timezone.now(), by
        step.save(update_fields=["figures", "state", "done_at", "done_by"])
        signing.settle(step.review, by)
    return step


def reopen(*, step: ReviewStep, by: User) -> ReviewStep:
    """The step goes on: its figures are those of the day again, and what was signed is void."""
    with transaction.atomic():
        review = open_review(step.review)
        step = ReviewStep.objects.select_for_update().get(pk=step.pk)
        if step.code not in TO_DECIDE or not step.is_done:
            raise Refused(_("Only a step that is done is opened again."))
        step.review, step.state, step.figures = review, ReviewStepState.UNDER_WAY, {}
        step.done_at, step.done_by = None, None
        step.changed_at, step.changed_by = timezone.now(), by
        step.save(update_fields=["state", "figures", "done_at", "done_by", "changed_at", "changed_by"])
        signing.settle(review, by)
    return step


def abandon(*, review: AnnualReview, reason: str, by: User) -> AnnualReview:
    """Ends the review without a result. What was noted so far is kept, and never changes again."""
    if not reason.strip():
        raise Refused(_("Say why it is abandoned."))
    with transaction.atomic():
        review = open_review(review)
        GraduationDecision.objects.filter(review=review, final=False).update(final=True)
        review.state, review.reason, review.job = ReviewState.ABANDONED, reason.strip(), None
        review.ended_at, review.ended_by = timezone.now(), by
        review.save(update_fields=["state", "reason", "job", "ended_at", "ended_by"])
    return review


# --- The draft --------------------------------------------------------------------------------------------


def choose_draft(*, review: AnnualReview, draft: Policy | None, by: User) -> AnnualReview:
    """The draft that the review decides on; none: the policy in force stays."""
    with transaction.atomic():
        review = open_step(review, ReviewCode.POLICY, by).review
        if draft and draft.status != PolicyStatus.DRAFT:
            raise Refused(_("Only a draft can be chosen."))
        review.draft = draft
        review.save(update_fields=["draft"])
    return review


def make_draft(*, review: AnnualReview, by: User) -> Policy:
    """A new draft that states what the policy in force states, chosen for the review."""
    in_force = Policy.objects.filter(status=PolicyStatus.PUBLISHED).first()
    if in_force is None:
        raise Refused(_("No policy is in force that could be copied. Choose a draft."))
    with transaction.atomic():
        draft = policies.clone_policy(policy=in_force, by=by)
        choose_draft(review=review, draft=draft, by=by)
    return draft


# --- Actions ----------------------------------------------------------------------------------------------


def agree(
    *, step: ReviewStep, text: str, owner: User, due_on: dt.date, by: User, client: Client | None = None
) -> ReviewAction:
    """What somebody does until a day. About a client it is a task of that client at once."""
    if due_on < firm_today():
        raise Refused(_("Choose a day from today on."))
    with transaction.atomic():
        step = open_step(step.review, step.code, by)
        task = None
        if client:
            task = make_task(client=client, title=text, due_on=due_on, to=owner, by=by).task
        action = ReviewAction.objects.create(
            review=step.review, step=step, text=text, owner=owner, due_on=due_on, task=task, made_by=by
        )
        if owner != by and task is None:
            what = _("%(review)s: %(what)s") % {"review": step.review, "what": text}
            sees_step = rights.may_see_step(owner, step)
            url = _place(step.review, step.code) if sees_step else reverse("servicing:reviews")
            tell([Tell(owner.pk, what, url, f"review-action-{action.pk}")])
    return action


def drop_action(*, action: ReviewAction, by: User) -> None:
    """Takes an action out of the review; a task that was made of it stays with its client."""
    with transaction.atomic():
        open_step(action.review, action.step.code, by)
        action.delete()


def finish_action(*, action: ReviewAction, by: User, done: bool = True) -> ReviewAction:
    """The action is done, or not after all; also when the review has ended."""
    with transaction.atomic():
        action = ReviewAction.objects.select_for_update().get(pk=action.pk)
        if action.task_id:
            raise Refused(_("This action is a task. Complete the task."))
        if done != (action.done_at is not None):
            action.done_at, action.done_by = (timezone.now(), by) if done else (None, None)
            action.save(update_fields=["done_at", "done_by"])
    return action


def _tell_owner(review: AnnualReview, owner: User, by: User, step: ReviewStep | None = None) -> None:
    if owner == by:
        return
    what = step.get_code_display() if step else _("you lead it")
    text = _("%(review)s: %(what)s") % {"review": review, "what": what}
    url = _place(review, step.code) if step else reverse("servicing:review", args=[review.pk])
    key = f"review-{review.pk}-{step.code if step else 'lead'}"
    tell([Tell(owner.pk, text, url, key)], again=True)


def _place(review: AnnualReview, code: str) -> str:
    return reverse("servicing:review_step", args=[review.pk, code])
