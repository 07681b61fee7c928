"""Rollups: figures of the dashboards, added up by a job so that no page has to."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class FirmRollup(models.Model):
    """Figures of the operations page that take a look at every client. One row, replaced whole.

    All count active clients.
    """

    as_of = models.DateField()
    without_tier = models.PositiveIntegerField(default=0)
    without_score = models.PositiveIntegerField(default=0, help_text="Too little is known of them.")
    without_lead = models.PositiveIntegerField(default=0, help_text="Nobody is their lead advisor.")
    roles_not_held = ArrayField(
        models.BigIntegerField(), default=list, help_text="Roles that the standards ask for and nobody has."
    )
    refreshed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("firm figures")
        verbose_name_plural = _("firm figures")

    def __str__(self) -> str:
        return f"As of {self.as_of}"


class TierRollup(models.Model):
    """The figures of one tier; the row without a tier is that of active clients who have none.

    Revenue, time and closed tasks are those of the twelve months up to `as_of`. Derived, and replaced whole.
    """

    tier = models.ForeignKey(
        "clients.Tier", models.CASCADE, null=True, related_name="+", db_index=False, db_constraint=False
    )
    as_of = models.DateField()
    clients = models.PositiveIntegerField(default=0)
    untagged = models.PositiveIntegerField(default=0, help_text="Clients without a value on any dropdown.")
    revenue = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    minutes = models.PositiveBigIntegerField(default=0, help_text="Logged on touches.")
    done_on_time = models.PositiveIntegerField(default=0, help_text="Completed by the end of the window.")
    done_late = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    open_tasks = models.PositiveIntegerField(default=0)
    late_tasks = models.PositiveIntegerField(default=0, help_text="Open, and the window has passed.")
    refreshed_at = models.DateTimeField()
    took_ms = models.PositiveIntegerField(default=0, help_text="How long adding it up took.")

    class Meta:
        verbose_name = _("tier figures")
        verbose_name_plural = _("tier figures")
        constraints = [
            models.UniqueConstraint(fields=["tier"], name="servicing_rollup_once", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.tier or '-'} as of {self.as_of}"
