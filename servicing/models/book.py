"""Book transfers: clients that went from one person to others, with their open tasks, as one step."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

UNDO_DAYS = 14


class TransferState(models.TextChoices):
    DRAFT = "draft", _("Not done yet")
    QUEUED = "queued", _("In progress")
    DONE = "done", _("Done")
    UNDONE = "undone", _("Undone")


class Share(models.TextChoices):
    """How several receivers share the clients."""

    HOURS = "hours", _("Evenly by planned hours a year")
    COUNT = "count", _("Evenly by number of clients")


class BookTransfer(models.Model):
    """One handing over of clients. `selection` names them: {"all": true}, {"tiers": [codes]}, {"personas":
    [codes]}, {"filter": query string} or {"clients": [ids]}.

    Without `from_user` the clients come from whoever holds the roles. `everything`: the person's other open
    tasks go too, those that were handed over by hand included. `leaving`: the person leaves the firm by it.
    """

    from_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("whose book"),
        db_index=False,
    )
    everything = models.BooleanField(default=False)
    leaving = models.BooleanField(default=False)
    role_ids = ArrayField(models.BigIntegerField(), default=list)
    receiver_ids = ArrayField(models.BigIntegerField(), default=list)
    share = models.CharField(_("shared"), max_length=5, choices=Share.choices, default=Share.HOURS)
    selection = models.JSONField(default=dict)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    state = models.CharField(
        _("state"), max_length=6, choices=TransferState.choices, default=TransferState.DRAFT
    )
    clients = models.PositiveIntegerField(_("clients"), default=0)
    tasks = models.PositiveIntegerField(_("open tasks"), default=0)
    minutes_a_year = models.PositiveBigIntegerField(_("planned minutes a year"), default=0)
    job = models.ForeignKey("clients.Job", models.SET_NULL, null=True, related_name="+", db_index=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    done_at = models.DateTimeField(_("done"), null=True)
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("book transfer")
        verbose_name_plural = _("book transfers")
        constraints = [
            models.CheckConstraint(
                name="servicing_transfer_state", condition=Q(state__in=TransferState.values)
            ),
        ]
        indexes = [
            # the page of past transfers
            models.Index(
                fields=["-done_at", "-id"],
                name="servicing_transfer_past",
                condition=Q(done_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Book transfer {self.pk}"

    @property
    def undo_until(self) -> dt.datetime | None:
        """The moment until which it can be taken back."""
        return self.done_at and self.done_at + dt.timedelta(days=UNDO_DAYS)


class HandedRow(models.Model):
    """A row that a transfer gave to another person: who had it, who has it since."""

    class Table(models.TextChoices):
        TEAM = "team", _("Service team")
        TASK = "task", _("Task")

    transfer = models.ForeignKey(BookTransfer, models.CASCADE, related_name="rows", db_index=False)
    table = models.CharField(max_length=4, choices=Table.choices)
    record_id = models.BigIntegerField()
    client_id = models.BigIntegerField()
    before_id = models.BigIntegerField(null=True)
    before_reassigned = models.BooleanField(default=False)
    after_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("row handed over")
        verbose_name_plural = _("rows handed over")
        constraints = [
            models.UniqueConstraint(
                fields=["transfer", "table", "record_id"], name="servicing_handedrow_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.record_id}"
