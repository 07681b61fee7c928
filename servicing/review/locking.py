"""A review or a step that may be written: locked until the transaction ends, or refused with the reason."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from clients.commands import Refused
from clients.models import User
from servicing.models import AnnualReview, ReviewState, ReviewStep, ReviewStepState


def open_review(review: AnnualReview, *, to_decide: bool = True) -> AnnualReview:
    """The review as it is now. Raises Refused where it has ended, or, `to_decide`, is being carried out."""
    found = AnnualReview.objects.select_for_update().get(pk=review.pk)
    if found.state != ReviewState.OPEN:
        raise Refused(_("This review has ended, and its record stays as it is."))
    if to_decide and found.is_being_carried_out:
        raise Refused(_("This review is being carried out. What was signed is not changed any more."))
    return found


def open_step(review: AnnualReview, code: str, by: User) -> ReviewStep:
    """The step of an open review, begun. Raises Refused where it is done."""
    found = open_review(review)
    step = ReviewStep.objects.select_for_update().get(review=found, code=code)
    if step.is_done:
        raise Refused(_("This step is done. Open it again to change it."))
    step.review = found
    if step.state == ReviewStepState.WAITING:
        step.state, step.changed_at, step.changed_by = ReviewStepState.UNDER_WAY, timezone.now(), by
        step.save(update_fields=["state", "changed_at", "changed_by"])
    return step
