"""What the written policy is compared with: the last sign-off, and why it changed since then."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from servicing.models import AnnualReview, ReviewState, WrittenPolicy


@dataclass(frozen=True)
class Line:
    """`last`: the version that changes count from, of the review that signed it off, if one did. `reasons`:
    each as (what it is of, the words), of the versions that were kept since."""

    last: WrittenPolicy | None
    review: AnnualReview | None
    reasons: list[tuple[str, str]]

    @property
    def name(self) -> str:
        if self.review:
            return _("Changes since the sign-off of %(review)s") % {"review": self.review}
        return _("Changes since version %(n)s") % {"n": self.last.number} if self.last else ""


def line(kept: WrittenPolicy | None = None) -> Line:
    """The line for what reads today, or for a version that was kept: the last review that was signed off,
    else the version kept last before it."""
    reviews = AnnualReview.objects.filter(state=ReviewState.CLOSED).select_related("written")
    versions = WrittenPolicy.objects.select_related("kept_by")
    if kept:
        reviews, versions = (
            reviews.filter(written__number__lt=kept.number),
            versions.filter(number__lt=kept.number),
        )
    review = reviews.order_by("-written__number", "-ended_at").first()
    last = review.written if review else versions.first()
    since = WrittenPolicy.objects.defer("content").order_by("number")
    if last:
        since = since.filter(number__gt=last.number)
    if kept:
        since = since.filter(number__lte=kept.number)
    return Line(last, review, [(str(each), each.reason) for each in since] if last else [])


def review_of(kept: WrittenPolicy) -> AnnualReview | None:
    """The review that kept the version."""
    return AnnualReview.objects.filter(written=kept, state=ReviewState.CLOSED).order_by("ended_at").first()
