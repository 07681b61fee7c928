"""Tier assignments: a client's tier from a date on, and overrides that pin one."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import triggers
from clients.audit import tracked
from clients.models import ChangeKind
from clients.models.retention import held_rows_stay


class AssignmentSource(models.TextChoices):
    RUN = "run", _("Scoring run")
    FIRST = "first", _("First tier")
    UPGRADE = "upgrade", _("Upgrade by itself")
    OVERRIDE = "override", _("Override")


@tracked(by="client")
class Override(models.Model):
    """A person's pin of a tier. In force from `starts_on` to `expires_on`, both included, unless ended."""

    class Reason(models.TextChoices):
        FAMILY = "family", _("Family of an A client")
        REFERRER = "referrer", _("Referrer")
        GROWTH = "growth", _("Growth that the data cannot see")
        WISH = "wish", _("Client's wish")
        OTHER = "other", _("Other")

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="overrides", db_index=False)
    tier = models.ForeignKey("clients.Tier", models.PROTECT, related_name="+", verbose_name=_("tier"))
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    text = models.TextField(_("explanation"))
    starts_on = models.DateField(_("from"))
    expires_on = models.DateField(_("until"))
    ended_on = models.DateField(_("ended"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("override")
        verbose_name_plural = _("overrides")
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(name="tiers_override_dates", condition=Q(expires_on__gte=F("starts_on"))),
            models.UniqueConstraint(
                fields=["client"], name="tiers_override_one_open", condition=Q(ended_on__isnull=True)
            ),
        ]
        triggers = [held_rows_stay()]

    def __str__(self) -> str:
        return f"{self.client} pinned to {self.tier}"

    @property
    def last_day(self) -> dt.date:
        """The last day on which it is in force, ended early or not."""
        day_before = self.ended_on - dt.timedelta(days=1) if self.ended_on else self.expires_on
        return min(self.expires_on, max(day_before, self.starts_on))


@tracked(by="client")
class TierAssignment(models.Model):
    """A client's tier in [starts_on, ends_on). The service of it begins at `serviced_from`.

    An assignment replaced on the day it began keeps a period of no days, so that history stays whole.
    """

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="assignments", db_index=False)
    tier = models.ForeignKey("clients.Tier", models.PROTECT, related_name="+", db_index=False)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    serviced_from = models.DateField()
    source = models.CharField(max_length=10, choices=AssignmentSource.choices)
    run = models.ForeignKey("tiers.ScoringRun", models.PROTECT, null=True, related_name="assignments")
    override = models.ForeignKey(Override, models.PROTECT, null=True, related_name="+", db_index=False)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("tier assignment")
        verbose_name_plural = _("tier assignments")
        constraints = [
            models.UniqueConstraint(
                fields=["client"],
                name="tiers_assignment_one_current",
                condition=Q(ends_on__isnull=True),
                include=["tier", "starts_on"],
            ),
            models.CheckConstraint(
                name="tiers_assignment_dates",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
        ]
        indexes = [
            # tier served at a date: planning
            models.Index(
                fields=["client", "serviced_from", "id"], include=["tier"], name="tiers_assignment_served"
            ),
            # "refused where a later assignment was applied"
            models.Index(fields=["starts_on"], name="tiers_assignment_by_start"),
        ]
        triggers = triggers.notes_changes(
            ChangeKind.SERVICE, columns=("tier_id", "starts_on", "ends_on", "serviced_from")
        )

    def __str__(self) -> str:
        return f"{self.client_id} in {self.tier_id} from {self.starts_on}"
