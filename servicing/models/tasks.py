"""Service tasks: dated pieces of a promise for one client, and tasks that came from elsewhere."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.audit import tracked
from clients.models.retention import held_rows_stay
from servicing.models.standards import Channel
from servicing.querysets import ServiceTaskQuerySet

if TYPE_CHECKING:
    from clients.models import User


class TaskStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    SCHEDULED = "scheduled", _("Scheduled")
    DONE = "done", _("Done")
    DECLINED = "declined", _("Declined by client")
    NO_RESPONSE = "no_response", _("No response")
    MISSED = "missed", _("Missed")
    WAIVED = "waived", _("Waived")
    CANCELLED = "cancelled", _("Cancelled")


OPEN_STATUSES = (TaskStatus.PLANNED, TaskStatus.SCHEDULED)


class TaskOutcome(models.TextChoices):
    DELIVERED = "delivered", _("Delivered")
    DECLINED = "declined", _("Declined by client")
    NO_RESPONSE = "no_response", _("No response")
    FIRM_MISSED = "firm_missed", _("Missed by the firm")


class ClosedReason(models.TextChoices):
    """Why planning closed a task that nobody completed."""

    TIER = "tier", _("The client's tier no longer promises it")
    STANDARD = "standard", _("The standard no longer promises it")
    STATUS = "status", _("The client is not active")
    WAIVER = "waiver", _("Waived")
    UNLOGGED = "unlogged", _("Replaced by the task before it, whose touch was taken back")
    TAKEN_BACK = "taken_back", _("What it came from was taken back")
    MERGED = "merged", _("Two records of the client became one, which is owed it once")


@tracked(by="client")
class ServiceTask(models.Model):
    """At most one task with an item is open per client and service kind: the database holds it.

    Three dates are three facts: `due_on` (when the standard wants it, or a person who moved it),
    `scheduled_at` (the appointment) and `completed_on` (when it was done).
    """

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="tasks", db_index=False)
    tier = models.ForeignKey(
        "clients.Tier", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    item = models.ForeignKey(
        "servicing.ServiceItem",
        models.PROTECT,
        null=True,
        related_name="tasks",
        db_constraint=False,
        db_index=False,
    )
    kind = models.ForeignKey(
        "servicing.ServiceKind",
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    title = models.CharField(
        _("title"), max_length=160, blank=True, help_text=_("Of a task without an item.")
    )
    status = models.CharField(
        _("status"), max_length=12, choices=TaskStatus.choices, default=TaskStatus.PLANNED
    )
    due_on = models.DateField(_("due"))
    window_start = models.DateField(_("window from"))
    window_end = models.DateField(_("window until"))
    base_on = models.DateField(null=True, help_text="The base its due date was counted from.")
    role = models.ForeignKey(
        "clients.ServiceRole",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="service_tasks",
        db_index=False,
    )
    reassigned = models.BooleanField(
        default=False, help_text="A person chose who does it; planning keeps it."
    )
    stands_in_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("stands in for"),
        help_text="The absent person to whom planning gives it back, unless a person hands it on.",
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, blank=True)
    planned_minutes = models.PositiveSmallIntegerField(_("planned minutes"), default=0)
    automated = models.BooleanField(_("automated"), default=False)
    rescheduled_from = models.DateField(
        _("moved from"),
        null=True,
        blank=True,
        help_text="The date that it had before a person moved it; planning keeps the person's.",
    )
    reschedule_reason = models.CharField(_("why it was moved"), max_length=200, blank=True, db_default="")
    scheduled_at = models.DateTimeField(_("appointment"), null=True, blank=True)
    scheduled_channel = models.CharField(
        _("channel of the appointment"), max_length=10, choices=Channel.choices, blank=True, db_default=""
    )
    place = models.CharField(_("place of the appointment"), max_length=200, blank=True, db_default="")
    snoozed_until = models.DateField(_("snoozed until"), null=True, blank=True)
    snooze_reason = models.CharField(_("reason"), max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    outcome = models.CharField(_("outcome"), max_length=12, choices=TaskOutcome.choices, blank=True)
    completed_on = models.DateField(_("completed"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_reason = models.CharField(
        _("why it was closed"), max_length=200, choices=ClosedReason.choices, blank=True
    )
    touch = models.ForeignKey(
        "clients.Touch",
        models.SET_NULL,
        null=True,
        related_name="tasks",
        db_index=False,
        verbose_name=_("touch"),
    )
    source = models.CharField(max_length=40, blank=True)
    source_id = models.CharField(max_length=64, blank=True)
    follows = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        related_name="next_actions",
        db_index=False,
        db_constraint=False,
        help_text="The task in which it was agreed.",
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        help_text="The person who made it; empty: planning did.",
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = ServiceTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("service task")
        verbose_name_plural = _("service tasks")
        constraints = [
            models.UniqueConstraint(
                fields=["client", "kind"],
                name="servicing_task_one_open",
                condition=Q(status__in=OPEN_STATUSES, item__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["source", "source_id"], name="servicing_task_by_source", condition=~Q(source_id="")
            ),
            models.CheckConstraint(
                name="servicing_task_window", condition=Q(window_start__lte=models.F("window_end"))
            ),
        ]
        indexes = [
            # a person's queue
            models.Index(
                fields=["assigned_to", "due_on", "id"],
                name="servicing_task_queue",
                condition=Q(status__in=OPEN_STATUSES),
            ),
            # a client's page, the base of its clocks
            models.Index(fields=["client", "kind", "due_on"], name="servicing_task_by_client"),
            # overdue and missed sweeps, the task list
            models.Index(
                fields=["due_on", "id"],
                name="servicing_task_open_by_due",
                condition=Q(status__in=OPEN_STATUSES),
            ),
            # the task list: what is past, of one status by due date; what is open is not in it
            models.Index(
                fields=["status", "due_on", "id"],
                name="servicing_task_past",
                condition=~Q(status__in=OPEN_STATUSES),
            ),
            # the task list: what is past of one person
            models.Index(
                fields=["assigned_to", "status", "due_on", "id"],
                name="servicing_task_past_of_one",
                condition=~Q(status__in=OPEN_STATUSES),
            ),
            # un-logging a touch finds the tasks that it closed
            models.Index(fields=["touch"], name="servicing_task_by_touch", condition=Q(touch__isnull=False)),
            # the next actions that a task led to
            models.Index(
                fields=["follows"], name="servicing_task_by_follows", condition=Q(follows__isnull=False)
            ),
            # what a person waits for: tasks made for others
            models.Index(
                fields=["made_by", "due_on"],
                name="servicing_task_made_by",
                condition=Q(status__in=OPEN_STATUSES, made_by__isnull=False),
            ),
            # appointments that have passed without an outcome
            models.Index(
                fields=["scheduled_at"],
                name="servicing_task_appointment",
                condition=Q(status=TaskStatus.SCHEDULED),
            ),
            # what stand-ins do, to be given back
            models.Index(
                fields=["stands_in_for"],
                name="servicing_task_stood_in",
                condition=Q(status__in=OPEN_STATUSES, stands_in_for__isnull=False),
            ),
            # dashboards: what was closed in a period
            models.Index(
                fields=["closed_at"], name="servicing_task_closed", condition=Q(closed_at__isnull=False)
            ),
        ]
        triggers = [held_rows_stay()]

    def __str__(self) -> str:
        return f"{self.name} · {self.due_on}"

    @property
    def name(self) -> str:
        """What it is, in the words of the standard or of whoever made it."""
        return self.title or str(self.kind)

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STATUSES

    @property
    def stood_in(self) -> User | None:
        """The absent person for whom planning gave it to another; None once a person chose who does it."""
        return None if self.reassigned else self.stands_in_for

    def is_overdue(self, on: dt.date) -> bool:
        """Whether its window had passed at the start of `on`."""
        return self.is_open and self.window_end < on


class PreparedPoint(models.Model):
    """A point of the checklist that somebody prepared for one task."""

    task = models.ForeignKey(
        ServiceTask, models.CASCADE, related_name="prepared", db_index=False, db_constraint=False
    )
    point = models.CharField(_("point"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("prepared point")
        verbose_name_plural = _("prepared points")
        constraints = [models.UniqueConstraint(fields=["task", "point"], name="servicing_prepared_once")]

    def __str__(self) -> str:
        return self.point


class BulkAction(models.TextChoices):
    """What can be done with many tasks at once."""

    REASSIGN = "reassign", _("Hand over")
    RESCHEDULE = "reschedule", _("Move the due date")
    SNOOZE = "snooze", _("Put off")


class BulkStep(models.Model):
    """One step done with many tasks at once, kept so that it can be undone."""

    action = models.CharField(_("what was done"), max_length=12, choices=BulkAction.choices)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("when"), default=timezone.now)
    undone_at = models.DateTimeField(_("undone"), null=True)

    class Meta:
        verbose_name = _("step with many tasks")
        verbose_name_plural = _("steps with many tasks")

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.changed}"


class BulkStepRow(models.Model):
    """What a task was before and after a step with many: columns of the task by their names."""

    step = models.ForeignKey(BulkStep, models.CASCADE, related_name="rows", db_index=False)
    task = models.ForeignKey(ServiceTask, models.CASCADE, related_name="+", db_constraint=False)
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["step", "task"], name="servicing_bulkstep_once"),
        ]

    def __str__(self) -> str:
        return f"Task {self.task_id} in step {self.step_id}"


class Escalation(models.Model):
    """A late task that was reported to operations; each is reported once."""

    task = models.OneToOneField(
        ServiceTask, models.CASCADE, primary_key=True, related_name="escalation", db_constraint=False
    )
    at = models.DateTimeField(default=timezone.now)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")

    def __str__(self) -> str:
        return f"Escalation of task {self.task_id}"
