"""Scoring runs: one evaluation of all clients under one policy at one date."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RunStatus(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    APPLIED = "applied", _("Applied")
    UNDONE = "undone", _("Undone")


class ScoringRun(models.Model):
    """A run proposes; a person applies. `factors` names the order of its explanations' arrays.

    Each of `tiers` also has `cut`, the lowest score that the tier's own rule seated, or null.
    """

    policy = models.ForeignKey("tiers.Policy", models.PROTECT, related_name="runs")
    as_of = models.DateField(_("as of"))
    status = models.CharField(
        _("status"), max_length=10, choices=RunStatus.choices, default=RunStatus.PROPOSED
    )
    factors = ArrayField(models.CharField(max_length=20))
    weights = ArrayField(models.DecimalField(max_digits=6, decimal_places=2))
    clients = models.PositiveIntegerField(_("clients"), default=0)
    scored = models.PositiveIntegerField(_("scored"), default=0)
    insufficient = models.PositiveIntegerField(_("insufficient data"), default=0)
    total_revenue = models.DecimalField(_("total revenue"), max_digits=16, decimal_places=2, default=0)
    warnings = models.JSONField(
        _("warnings"), default=list, blank=True, help_text="[{factor, known}]: factors known for under half."
    )
    tiers = models.JSONField(
        _("tiers"), default=list, blank=True, help_text="[{tier, clients, revenue}] in the policy's order."
    )
    moves = models.JSONField(
        _("moves"), default=list, blank=True, help_text="[{from, to, clients}], tier codes, null for none."
    )
    automatic = models.BooleanField(_("automatic"), default=False)
    thinned = models.BooleanField(
        default=False, db_default=False, help_text="Explanations are kept only where the score had moved."
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("scoring run")
        verbose_name_plural = _("scoring runs")
        ordering = ["-id"]
        indexes = [models.Index(fields=["status", "-as_of"], name="tiers_run_latest_applied")]  # apply, pages

    def __str__(self) -> str:
        return f"Run {self.pk} as of {self.as_of}"

    @property
    def has_details(self) -> bool:
        """Whether the explanations of all its clients are kept: it can be shown, exported and applied."""
        return not self.thinned and (not self.clients or self.explanations.exists())


class Explanation(models.Model):
    """Why a run proposes a tier for a client. Arrays are in the order of the run's `factors`;
    NULL stands for unknown. Contributions are points of the score and add up to it."""

    run = models.ForeignKey(
        ScoringRun, models.CASCADE, related_name="explanations", db_index=False, db_constraint=False
    )
    client = models.ForeignKey(
        "clients.Client", models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    completeness = models.DecimalField(max_digits=6, decimal_places=5)
    current_tier = models.ForeignKey(
        "clients.Tier", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    proposed_tier = models.ForeignKey(
        "clients.Tier", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    moves = models.BooleanField(default=False, help_text="Whether the proposal differs from the tier it had.")
    rule = models.CharField(max_length=40)
    values = ArrayField(models.DecimalField(max_digits=30, decimal_places=9, null=True))
    percentiles = ArrayField(models.FloatField(null=True))
    contributions = ArrayField(models.FloatField(null=True))

    class Meta:
        verbose_name = _("explanation")
        verbose_name_plural = _("explanations")
        constraints = [models.UniqueConstraint(fields=["run", "client"], name="tiers_explanation_once")]
        indexes = [
            # apply, the moves of a run
            models.Index(fields=["run", "client"], name="tiers_explanation_moves", condition=Q(moves=True)),
        ]

    def __str__(self) -> str:
        return f"Client {self.client_id} in run {self.run_id}"


class RejectedMove(models.Model):
    """A move of a run that a person does not want, with the reason; applying the run leaves it out."""

    run = models.ForeignKey(ScoringRun, models.CASCADE, related_name="rejected_moves")
    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("rejected move")
        verbose_name_plural = _("rejected moves")
        constraints = [models.UniqueConstraint(fields=["run", "client"], name="tiers_rejectedmove_once")]

    def __str__(self) -> str:
        return f"Client {self.client_id} in run {self.run_id}: {self.reason}"
