"""Webhooks: addresses of other systems that are told of changes, and what was sent to them."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.audit import tracked

FAILING_AFTER = dt.timedelta(days=1)
PAUSED_AFTER = dt.timedelta(days=5)


class WebhookEvent(models.TextChoices):
    CLIENT_CREATED = "client.created", _("A client was added")
    CLIENT_UPDATED = "client.updated", _("A client was changed: names of the fields")
    CLIENT_REMOVED = "client.removed", _("A client's record is gone, as by a merge")
    TIER_CHANGED = "client.tier_changed", _("A client's tier changed")
    PERMISSION_GRANTED = "permission.granted", _("A client granted permission")
    PERMISSION_ENDED = "permission.ended", _("A client declined or withdrew permission")
    TASK_CREATED = "task.created", _("A service task was made")
    TASK_COMPLETED = "task.completed", _("A service task was completed")
    POLICY_PUBLISHED = "policy.published", _("A policy was published")
    RUN_APPLIED = "run.applied", _("A scoring run was applied")


@tracked(exclude=("secret_salt", "failing_since", "resting_until", "busy_until", "told"))
class WebhookEndpoint(models.Model):
    """One address and the events it is told of.

    The signing secret is worked out from the installation's SECRET_KEY and `secret_salt`; it is stored
    nowhere, and a copy of the database alone cannot sign.
    """

    name = models.CharField(_("connection"), max_length=80, help_text=_("The system that listens."))
    url = models.URLField(
        _("address"), max_length=500, help_text=_("Begins with https:// and can be reached from outside.")
    )
    topics = ArrayField(
        models.CharField(max_length=24, choices=WebhookEvent.choices), verbose_name=_("is told of")
    )
    is_on = models.BooleanField(_("on"), default=True)
    secret_salt = models.CharField(max_length=32, editable=False)
    paused_at = models.DateTimeField(_("paused"), null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    resting_until = models.DateTimeField(null=True, editable=False, help_text="Not tried before.")
    busy_until = models.DateTimeField(null=True, editable=False, help_text="A worker delivers to it.")
    told = models.CharField(
        max_length=8, blank=True, db_default="", editable=False, help_text="What administrators know."
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                name="servicing_webhook_topics",
                condition=Q(topics__contained_by=WebhookEvent.values) & Q(topics__len__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def listens(self) -> bool:
        return self.is_on and self.paused_at is None

    def is_failing(self, now: dt.datetime) -> bool:
        """Whether nothing got through for a day."""
        return bool(self.failing_since and now - self.failing_since >= FAILING_AFTER)

    @property
    def told_of(self) -> list[str]:
        """Its events in words."""
        return [str(WebhookEvent(event).label) for event in self.topics]


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    GIVEN_UP = "given_up", _("Given up")


class WebhookDelivery(models.Model):
    """One message to one endpoint with up to a hundred events. `events`: as they are sent."""

    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="deliveries", db_index=False)
    events = models.JSONField()
    state = models.CharField(
        _("state"), max_length=9, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    made_at = models.DateTimeField(_("made"), default=timezone.now, db_index=True)  # the sweep of old ones
    first_tried_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(_("next try"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, db_default=0)
    status = models.PositiveSmallIntegerField(_("last answer"), null=True)
    error = models.CharField(_("what went wrong"), max_length=200, blank=True, db_default="")
    delivered_at = models.DateTimeField(_("delivered"), null=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["endpoint", "-id"], name="servicing_webhook_log"),  # an endpoint's page
            # the worker that delivers
            models.Index(
                fields=["endpoint", "due_at", "id"],
                name="servicing_webhook_due",
                condition=Q(state=DeliveryState.WAITING),
            ),
        ]

    def __str__(self) -> str:
        return f"Delivery {self.pk} to {self.endpoint_id}"


class WebhookReader(models.Model):
    """How far the audit rows were read for webhooks (the row with id 1; none while nobody listens).

    Everything of transactions before `read_to` is done. `floors`: for each table, up to which row nothing can
    come any more, with the mark by which the next floor is known.
    """

    read_to = models.BigIntegerField(help_text="A transaction number (xid8).")
    read_at = models.DateTimeField(default=timezone.now)
    floors = models.JSONField(default=dict, help_text="{table: [floor, transaction, next floor]}")

    class Meta:
        verbose_name = _("place of the webhooks in history")
        verbose_name_plural = _("place of the webhooks in history")
        constraints = [models.CheckConstraint(name="servicing_webhookreader_one", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"Read to {self.read_to}"
