"""Who sees a review, leads it, does its steps and signs it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from clients.access import runs_the_firm, sees_all_clients
from clients.models import User
from clients.models.people import Group
from servicing.models import AnnualReview, ReviewStep

MAY_SIGN = (Group.OPERATIONS, Group.COMPLIANCE, Group.ADMINISTRATOR)


def may_see(user: User) -> bool:
    """The whole review: whoever sees all clients. Others see the steps that they own."""
    return sees_all_clients(user)


def may_lead(user: User, review: AnnualReview) -> bool:
    """Gives steps to people, chooses the draft, abandons, carries out."""
    return runs_the_firm(user) or (may_see(user) and review.lead_id == user.pk)


def may_see_step(user: User, step: ReviewStep) -> bool:
    return may_see(user) or step.owner_id == user.pk


def may_work(user: User, step: ReviewStep) -> bool:
    """Notes what was seen and decided, and says that the step is done."""
    return step.owner_id == user.pk or may_lead(user, step.review)


def may_sign(user: User) -> bool:
    return sees_all_clients(user)


def signers() -> QuerySet[User]:
    """Everybody with the right to sign."""
    right = Q(groups__name__in=MAY_SIGN) | Q(is_superuser=True)
    return (
        User.objects.filter(right, is_active=True).distinct().order_by("first_name", "last_name", "username")
    )
