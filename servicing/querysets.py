"""Reads of service tasks, each named for its use."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clients.models import User

OPEN_STATUSES = ("planned", "scheduled")
UNDO_SECONDS = 600  # for so long a step with a task can be taken back


def in_hand_of(user: User | AnonymousUser, task: str = "") -> Q:
    """Work that was handed to `user`: open, or closed so lately that it can still be taken back.

    `task`: the way to the task. Each alternative stands by itself, for an index of its own.
    """
    since = timezone.now() - dt.timedelta(seconds=UNDO_SECONDS)
    mine = Q(**{f"{task}assigned_to": user})
    return (mine & Q(**{f"{task}status__in": OPEN_STATUSES})) | (mine & Q(**{f"{task}closed_at__gte": since}))


class AnyOf(models.Func):
    """Whether a column has one of the values of an array. It is looked up in an index, beside an OR too."""

    arg_joiner = " = ANY("
    template = "%(expressions)s)"
    arity = 2
    output_field = models.BooleanField()


class ServiceTaskQuerySet(models.QuerySet):
    def open(self) -> ServiceTaskQuerySet:
        return self.filter(status__in=OPEN_STATUSES)

    def visible_to(self, user: User | AnonymousUser) -> ServiceTaskQuerySet:
        """Tasks of the clients that `user` may see, and those that `user` has in hand."""
        from clients.access import sees_all_clients
        from clients.models import TeamMember

        if sees_all_clients(user):  # type: ignore[arg-type]
            return self
        own = TeamMember.objects.filter(user=user.pk).values("client_id")
        return self.filter(Q(AnyOf("client_id", ArraySubquery(own))) | in_hand_of(user))

    def in_queue_of(self, user_id: int) -> ServiceTaskQuerySet:
        """A person's open tasks, in the order in which they fall due."""
        return self.open().filter(assigned_to_id=user_id).order_by("due_on", "id")

    def late(self, on: dt.date) -> ServiceTaskQuerySet:
        """Open tasks whose window had passed at the start of `on`."""
        return self.open().filter(window_end__lt=on)

    def too_late(self, on: dt.date, days: int) -> ServiceTaskQuerySet:
        """Open tasks of people whose window had passed for more than `days` days: they are reported to
        operations. What is due later cannot be so late; the index is by due date."""
        limit = on - dt.timedelta(days=days)
        return self.open().filter(due_on__lt=limit, window_end__lt=limit, automated=False)

    def appointment_passed(self, on: dt.date) -> ServiceTaskQuerySet:
        """Tasks with an appointment on a day before `on`, where nobody has said what came of it."""
        midnight = timezone.make_aware(dt.datetime.combine(on, dt.time()))
        return self.filter(status="scheduled", scheduled_at__lt=midnight)


class ExceptionQuerySet(models.QuerySet):
    """Of waivers and of other intervals: both have a client, a first and a last day."""

    def in_force(self, on: dt.date) -> ExceptionQuerySet:
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)

    def not_over(self, on: dt.date) -> ExceptionQuerySet:
        """In force on a day, or still to come."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))

    def visible_to(self, user: User | AnonymousUser) -> ExceptionQuerySet:
        from clients.access import sees_all_clients
        from clients.models import TeamMember

        if sees_all_clients(user):  # type: ignore[arg-type]
            return self
        on_team = TeamMember.objects.filter(client_id=models.OuterRef("client_id"), user=user.pk)
        return self.filter(models.Exists(on_team))
