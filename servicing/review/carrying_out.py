"""What follows a signed review: the draft is published, a run applied, service planned, the record closed.

Each stage is one transaction that also notes that it is done, under the lock of the review: killed at any
point it is as if it had not begun, and asked for twice it is done once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.commands import Refused
from clients.firm import firm_today
from clients.jobs import Report, start_job, untold
from clients.models import Job, JobState, User
from servicing.models import (
    AnnualReview,
    GraduationDecision,
    ReviewCode,
    ReviewState,
    ReviewStep,
    ReviewStepState,
    WrittenPolicy,
)
from servicing.planning.sweeps import plan_tonight
from servicing.review import drafts
from servicing.review.frozen import Seen, freeze
from servicing.review.locking import open_review
from servicing.review.signing import counted, in_words, sign_off
from servicing.written.services import keep_version
from tiers import policies, services
from tiers.models import Policy, PolicyStatus, ScoringRun

TASK = "servicing.carry_out_review"
LOST_AFTER = dt.timedelta(hours=2)  # a stage takes minutes, with a million clients too
PUBLISH, APPLY, PLAN, CLOSE = "publish", "apply", "plan", "close"


@dataclass(frozen=True)
class Stage:
    """One stage: `button` asks for it, `title` names it where it is done."""

    code: str
    title: str | Promise
    button: str | Promise
    says: str | Promise


STAGES = (
    Stage(
        PUBLISH,
        gettext_lazy("Publish the policy"),
        gettext_lazy("Publish"),
        gettext_lazy("The draft comes into force today. Without a draft the policy in force stays."),
    ),
    Stage(
        APPLY,
        gettext_lazy("Make and apply the run"),
        gettext_lazy("Make and apply the run"),
        gettext_lazy("Every client is ranked by the policy in force and gets its tier; who waits keeps it."),
    ),
    Stage(
        PLAN,
        gettext_lazy("Plan service"),
        gettext_lazy("Plan"),
        gettext_lazy("Tasks follow from the standards of the new tiers."),
    ),
    Stage(
        CLOSE,
        gettext_lazy("Close the review"),
        gettext_lazy("Close"),
        gettext_lazy("A version of the written policy is kept; the record never changes afterwards."),
    ),
)


def done(review: AnnualReview) -> dict[str, bool]:
    """Which stages are done."""
    return {
        PUBLISH: review.published_at is not None,
        APPLY: review.applied_at is not None,
        PLAN: review.planned_at is not None,
        CLOSE: review.state == ReviewState.CLOSED,
    }


def next_stage(review: AnnualReview) -> str:
    """The stage that comes next; empty where all are done."""
    return next((code for code, is_done in done(review).items() if not is_done), "")


def obstacles(review: AnnualReview, by: User, steps: Sequence[ReviewStep] | None = None) -> list[str]:
    """Why the person cannot carry out the next stage, each a sentence. `steps`: those of the review, where
    they are read already."""
    stage = next_stage(review)
    if stage == APPLY:
        return drafts.against_applying(review)
    if stage != PUBLISH:
        return []
    if missing := sign_off(review, steps).missing:
        return missing
    draft = review.draft
    if draft and draft.status == PolicyStatus.DRAFT and policies.needs_another(draft, by):
        names = [str(person) for person in policies.who_may_publish(draft)[:5]]
        said = _("You changed this draft, so a second person publishes it.")
        return [f"{said} {_('Who can: %s.') % ', '.join(names)}" if names else said]
    return []


def start(*, review: AnnualReview, by: User, whole: bool) -> Job:
    """Lets a worker do the next stage, and with `whole` those after it. Raises Refused where it cannot, or
    one is at work."""
    with transaction.atomic():
        review = open_review(review, to_decide=False)
        if problems := obstacles(review, by):
            raise Refused(*problems)
        if is_at_work(review):
            raise Refused(_("A worker is at it already."))
        return _queue(review, by, whole)


def is_at_work(review: AnnualReview) -> bool:
    """Whether a job of it waits or works. One whose worker died is given to another one by the queue; one
    that was lost altogether keeps nobody from asking again."""
    working = (JobState.WAITING, JobState.WORKING)
    since = timezone.now() - LOST_AFTER
    jobs = Job.objects.filter(state__in=working, queued_at__gt=since)
    return review.job_id is not None and jobs.filter(pk=review.job_id).exists()


def _queue(review: AnnualReview, by: User, whole: bool) -> Job:
    stage = next(each for each in STAGES if each.code == next_stage(review))
    title = _("%(review)s: %(stage)s") % {"review": review, "stage": stage.title}
    job = start_job(task=TASK, title=title, by=by, arguments=[review.pk, by.pk, whole])
    review.job = job
    review.save(update_fields=["job"])
    return job


def work(*, job: Job, review: AnnualReview, by: User, whole: bool, report: Report) -> None:
    """One stage in a worker; with `whole` the next one is queued in the same transaction. Raises Refused
    where it was asked for again meanwhile: the later job does it, and this one nothing that nobody asked."""
    if open_review(review, to_decide=False).job_id != job.pk:
        raise Refused(_("It was asked for once more meanwhile; that one does it."))
    review = carry_out(review=review, by=by, report=report)
    job.result_url = reverse("servicing:review_step", args=[review.pk, ReviewCode.CARRY_OUT])
    if whole and review.is_open:
        _queue(review, by, whole)


def carry_out(*, review: AnnualReview, by: User, report: Report = untold) -> AnnualReview:
    """Does the next stage. Raises Refused with what stands against it, and nothing is changed then."""
    with transaction.atomic():
        report(_("Waiting for its turn"), 0, 1)
        review = open_review(review, to_decide=False)
        if problems := obstacles(review, by):
            raise Refused(*problems)
        _STAGES[next_stage(review)](review, by, report)
    return review


# --- The stages -------------------------------------------------------------------------------------------


def _publish(review: AnnualReview, by: User, report: Report) -> None:
    if review.draft_id:  # as it stands until this is done: nobody changes it between sign-off and publishing
        review.draft = Policy.objects.select_for_update().get(pk=review.draft_id)
    draft, now = review.draft, sign_off(review)
    if now.missing:
        raise Refused(*now.missing)
    if draft and draft.status == PolicyStatus.SCHEDULED:
        raise Refused(
            _("%(policy)s waits for its date. Withdraw it, or wait for the day.") % {"policy": draft}
        )
    if draft and draft.status == PolicyStatus.RETIRED:
        raise Refused(_("%(policy)s is no longer in force.") % {"policy": draft})
    if draft and draft.status == PolicyStatus.DRAFT:
        report(_("Publishing the policy"), 0, 1)
        decided = review.steps.values_list("decided", flat=True).get(code=ReviewCode.POLICY)
        reason = f"{review}: {decided}"
        policies.publish_policy(policy=draft, by=by, reason=reason, effective_on=firm_today())
    sign = review.steps.get(code=ReviewCode.SIGN)
    sign.figures = freeze(Seen(says=in_words(now))) | counted(now)
    sign.save(update_fields=["figures"])
    review.published_at = timezone.now()
    review.save(update_fields=["published_at"])
    step = review.steps.get(code=ReviewCode.CARRY_OUT)
    if step.state == ReviewStepState.WAITING:
        step.state = ReviewStepState.UNDER_WAY
        step.save(update_fields=["state"])


# Who was to wait keeps the tier: the move is rejected with the reason that the review gave.
_REJECT = """
INSERT INTO tiers_rejectedmove (run_id, client_id, reason, by_id, at)
SELECT %(run)s, d.client_id, left(%(review)s || ': ' || d.reason, 300), %(by)s, %(now)s
FROM servicing_graduationdecision d
JOIN tiers_explanation e ON e.run_id = %(run)s AND e.client_id = d.client_id AND e.moves
WHERE d.review_id = %(id)s AND d.decision = 'waits'
ON CONFLICT (run_id, client_id) DO NOTHING
"""
_GRADUATED = """
SELECT count(*) FILTER (WHERE a.id IS NOT NULL), count(*) FILTER (WHERE a.id IS NULL)
FROM servicing_graduationdecision d
LEFT JOIN tiers_tierassignment a ON a.run_id = %(run)s AND a.client_id = d.client_id
WHERE d.review_id = %(id)s AND d.decision = 'graduates'
"""


def _apply(review: AnnualReview, by: User, report: Report) -> None:
    run = services.propose_run(as_of=firm_today(), by=by, report=report)
    if problems := drafts.against_applying(review):  # it came into force while the run was made
        raise Refused(*problems)
    values: dict[str, Any] = {
        "run": run.pk,
        "review": str(review),
        "by": by.pk,
        "now": timezone.now(),
        "id": review.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_REJECT, values)
        kept = cursor.rowcount
    applied = services.apply_run(run=ScoringRun.objects.get(pk=run.pk), applied_by=by, report=report)
    with connection.cursor() as cursor:
        cursor.execute(_GRADUATED, values)
        graduated, not_proposed = cursor.fetchone()
    review.run, review.applied_at = run, timezone.now()
    review.carried_out |= {
        "clients": run.clients,
        "moved": applied.moved,
        "first": applied.first,
        "kept": kept,
        "graduated": graduated,
        "not_proposed": not_proposed,
    }
    review.save(update_fields=["run", "applied_at", "carried_out"])


def _plan(review: AnnualReview, by: User, report: Report) -> None:
    report(_("Planning service"), 0, 1)
    counts: dict[str, Any] = dict(plan_tonight(anew=True))
    review.planned_at = timezone.now()
    review.carried_out |= {f"plan_{name}": number for name, number in counts.items()}
    review.save(update_fields=["planned_at", "carried_out"])


def _close(review: AnnualReview, by: User, report: Report) -> None:
    report(_("Keeping the written policy"), 0, 1)
    try:
        review.written = keep_version(by=by, reason=_reason(review))
    except Refused:  # it reads as the version kept last, which is the one that was signed then
        review.written = WrittenPolicy.objects.first()
    now = timezone.now()
    GraduationDecision.objects.filter(review=review, final=False).update(final=True)
    review.steps.filter(code=ReviewCode.CARRY_OUT).update(
        state=ReviewStepState.DONE, done_at=now, done_by=by, changed_at=now, changed_by=by
    )
    review.state, review.ended_at, review.ended_by, review.job = ReviewState.CLOSED, now, by, None
    review.save(update_fields=["written", "state", "ended_at", "ended_by", "job"])


def _reason(review: AnnualReview) -> str:
    """Why the policy reads as it does: what was decided about it."""
    steps = review.steps.filter(code__in=(ReviewCode.POLICY, ReviewCode.STANDARDS))
    decided = [f"{step.get_code_display()}: {step.decided}" for step in steps]
    return "\n".join([str(review), *decided])[:2000]


_STAGES: dict[str, Callable[[AnnualReview, User, Report], None]] = {
    PUBLISH: _publish,
    APPLY: _apply,
    PLAN: _plan,
    CLOSE: _close,
}
