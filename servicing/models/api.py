"""Tokens by which other systems use the API, how often they do, and requests that happen once."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.audit import tracked


class Scope(models.TextChoices):
    """What a token is for. It never gives more than the person it acts as has."""

    CLIENTS_READ = "clients:read", _("Read clients, their tags and permission")
    CLIENTS_WRITE = "clients:write", _("Write clients, tags, revenue, touches and time")
    BEHAVIORAL = "behavioral", _("Behavioral triggers too, of clients who granted permission")
    TASKS_READ = "tasks:read", _("Read service tasks")
    TASKS_WRITE = "tasks:write", _("Complete tasks and log attempts")
    TIERS_READ = "tiers:read", _("Read tiers, scores and their reasons")


@tracked(exclude=("secret_hash",))
class ApiToken(models.Model):
    """The key of one connection. The secret itself is shown once and never stored."""

    name = models.CharField(
        _("connection"), max_length=80, help_text=_("The system that uses it, for example Portfolio export.")
    )
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices), verbose_name=_("may"))
    acting_as = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="api_tokens",
        db_index=False,
        verbose_name=_("acts as"),
        help_text=_("It sees and does what this person may, and history names both."),
    )
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    ending = models.CharField(max_length=4, editable=False, help_text="Last letters, to tell tokens apart.")
    expires_at = models.DateTimeField(_("expires"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("ended by"),
    )

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="servicing_apitoken_scopes",
                condition=Q(scopes__contained_by=Scope.values) & Q(scopes__len__gt=0),
            ),
            models.CheckConstraint(name="servicing_apitoken_dates", condition=Q(expires_at__gt=F("made_at"))),
            models.CheckConstraint(
                name="servicing_apitoken_ended_whole",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_live(self, now: dt.datetime) -> bool:
        return self.ended_at is None and self.expires_at > now


class ApiTokenUse(models.Model):
    """When a token was last used, and its calls in the running minute: written by each call, not audited."""

    token = models.OneToOneField(ApiToken, models.CASCADE, primary_key=True, related_name="use")
    last_used_at = models.DateTimeField(null=True)
    minute = models.BigIntegerField(default=0, help_text="Minutes since 1970.")
    calls = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("use of an API token")
        verbose_name_plural = _("use of API tokens")

    def __str__(self) -> str:
        return f"Use of token {self.token_id}"


class ApiRequest(models.Model):
    """A request that was carried out under a key of the caller's: sent again, it does nothing more."""

    token = models.ForeignKey(ApiToken, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now, db_index=True)  # the sweep that forgets old ones

    class Meta:
        verbose_name = _("API request")
        verbose_name_plural = _("API requests")
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="servicing_apirequest_once")]

    def __str__(self) -> str:
        return self.key
