"""Writes of ratings: noted by a person, given by a link, and the link itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.firm import firm_today
from clients.models import User
from clients.random_secrets import digest_of, new_secret
from servicing.models import Rating, RatingLink, ServiceTask, TaskStatus

DAYS = 30  # that a link holds


class RatingRefused(Exception):
    """Nothing was stored; the text says why."""


@dataclass(frozen=True)
class Rated:
    """What the client said: from one to five, and why."""

    value: int
    comment: str = ""


def can_be_rated(task: ServiceTask) -> bool:
    """A service that was delivered; what is no service of the firm's list is not asked about."""
    return task.status == TaskStatus.DONE and task.kind_id is not None


def rate(*, task: ServiceTask, rated: Rated, by: User | None, on: dt.date | None = None) -> Rating:
    """Keeps the client's rating of `task`; again to correct it, which history keeps. Raises RatingRefused."""
    with transaction.atomic():
        task = _locked(task.pk)
        found = Rating.objects.filter(task=task).first()
        if found is None:
            return Rating.objects.create(
                client_id=task.client_id,
                task=task,
                value=rated.value,
                comment=rated.comment,
                rated_on=on or firm_today(),
                noted_by=by,
            )
        if (found.value, found.comment) != (rated.value, rated.comment):
            found.value, found.comment, found.noted_by = rated.value, rated.comment, by
            found.save(update_fields=["value", "comment", "noted_by"])
        return found


def make_link(*, task: ServiceTask, by: User) -> str:
    """The secret of a new link, which is stored nowhere; the one before leads nowhere from now on.

    Raises RatingRefused where the task is not delivered, or rated already.
    """
    with transaction.atomic():
        task = _locked(task.pk)
        if Rating.objects.filter(task=task).exists():
            raise RatingRefused(_("This service is rated already."))
        token, now = new_secret(), timezone.now()
        RatingLink.objects.update_or_create(
            task=task,
            defaults={
                "token_hash": digest_of(token),
                "made_at": now,
                "made_by": by,
                "expires_at": now + dt.timedelta(days=DAYS),
            },
        )
        return token


def link_of(token: str) -> RatingLink | None:
    """The link with that secret; None where there is none."""
    found = RatingLink.objects.filter(token_hash=digest_of(token))
    return found.select_related("task__kind", "task__client").first()


def is_open(link: RatingLink) -> bool:
    """Whether the link takes an answer: in time, of a delivered service, rated by nobody yet."""
    in_time = link.expires_at > timezone.now()
    return in_time and can_be_rated(link.task) and not Rating.objects.filter(task=link.task_id).exists()


def rate_by_link(*, link: RatingLink, rated: Rated) -> Rating:
    """Keeps the one answer of a link. Raises RatingRefused where it takes none any more: of two at once the
    second is refused."""
    with transaction.atomic():
        task = _locked(link.task_id)
        if link.expires_at <= timezone.now() or Rating.objects.filter(task=task).exists():
            raise RatingRefused(_("This link takes no answer any more."))
        return rate(task=task, rated=rated, by=None)


def _locked(pk: int) -> ServiceTask:
    task = ServiceTask.objects.select_for_update(of=("self",)).get(pk=pk)
    if not can_be_rated(task):
        raise RatingRefused(_("Only a service that was delivered can be rated."))
    return task
