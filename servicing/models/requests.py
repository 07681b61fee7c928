"""Requests: a client asked for something, and the firm owes an answer in time."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.audit import tracked
from clients.models.retention import held_rows_stay
from servicing.models.standards import Channel


@tracked(by="client")
class ClientRequest(models.Model):
    """Something a client asked for. `answer_by`: when the standing promise of the client's tier wants it
    answered, counted in business hours; empty where the tier promises no time. Its task is who does it."""

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="requests", db_index=False)
    text = models.CharField(_("what the client asked for"), max_length=300)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, blank=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    promised_hours = models.PositiveSmallIntegerField(_("promised, business hours"), null=True, blank=True)
    answer_by = models.DateTimeField(_("answer by"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    answer_minutes = models.PositiveIntegerField(_("answered after, business minutes"), null=True, blank=True)
    warn_at = models.DateTimeField(
        null=True, blank=True, help_text="When most of the promised time has passed without an answer."
    )
    escalated_at = models.DateTimeField(_("escalated"), null=True, blank=True)
    broken_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was told that the promise is broken."
    )
    task = models.OneToOneField(
        "servicing.ServiceTask", models.PROTECT, null=True, related_name="request", db_constraint=False
    )
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["-received_at"]
        constraints = [
            models.CheckConstraint(
                name="servicing_request_answered_after",
                condition=Q(answered_at__isnull=True) | Q(answered_at__gte=models.F("received_at")),
                violation_error_message=_("An answer cannot come before the request."),
            ),
        ]
        indexes = [
            # a client's page
            models.Index(fields=["client", "-received_at"], name="servicing_request_by_client"),
            # what is unanswered, the most urgent first
            models.Index(
                fields=["answer_by"], name="servicing_request_waiting", condition=Q(answered_at__isnull=True)
            ),
            # answer times of a period
            models.Index(fields=["received_at"], name="servicing_request_received"),
        ]
        triggers = [held_rows_stay()]

    def __str__(self) -> str:
        return self.text

    def is_late(self, at: dt.datetime) -> bool:
        """Whether at that moment the promised time had passed without an answer, or the answer came later."""
        return is_late(self.answer_by, self.answered_at, at)


class RequestMail(models.Model):
    """A mail that said that a request's promised time is nearly over, or that it is over; each goes once."""

    class What(models.TextChoices):
        SOON = "soon", _("Nearly over")
        BROKEN = "broken", _("Over")

    request = models.ForeignKey(ClientRequest, models.CASCADE, related_name="mails", db_index=False)
    what = models.CharField(_("what it said"), max_length=6, choices=What.choices)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("mail about a request")
        verbose_name_plural = _("mails about requests")
        constraints = [models.UniqueConstraint(fields=["request", "what"], name="servicing_requestmail_once")]

    def __str__(self) -> str:
        return f"{self.what} of request {self.request_id}"


def is_late(answer_by: dt.datetime | None, answered_at: dt.datetime | None, at: dt.datetime) -> bool:
    """Answered after the promised time, or at `at` still not answered although it has passed."""
    return answer_by is not None and (answered_at or at) > answer_by
