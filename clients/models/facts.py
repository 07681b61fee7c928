"""Facts that others compute from: revenue, touches with the time they took, and time spent besides."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import triggers
from clients.models.changes import ChangeKind
from clients.models.retention import held_rows_stay
from clients.models.vocabulary import TouchOutcome

__all__ = ["Revenue", "TimeEntry", "Touch", "TouchOutcome"]


class Revenue(models.Model):
    """An amount that a client paid the firm; negative for a clawback."""

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="revenue", db_index=False)
    date = models.DateField(_("date"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    source = models.CharField(_("source"), max_length=40, blank=True)
    source_id = models.CharField(_("number in the source"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("revenue")
        verbose_name_plural = _("revenue")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"],
                name="clients_revenue_by_source_id",
                condition=~models.Q(source_id=""),
            ),
            models.UniqueConstraint(
                fields=["client", "date", "source"],
                name="clients_revenue_by_client_date",
                condition=models.Q(source_id=""),
            ),
        ]
        indexes = [
            # a client's page; the scoring window reads it without touching the table
            models.Index(fields=["client", "date"], include=["amount"], name="clients_revenue_by_client"),
        ]
        triggers = [*triggers.notes_changes(ChangeKind.FACTS), held_rows_stay()]

    def __str__(self) -> str:
        return f"{self.date} {self.amount}"


class Touch(models.Model):
    """Anything that happened with a client. `occurred_on` is its date in the firm's time zone."""

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="touches", db_index=False)
    occurred_at = models.DateTimeField(_("when"), default=timezone.now)
    occurred_on = models.DateField(_("date"), editable=False)
    kind = models.ForeignKey("clients.TouchKind", models.PROTECT, verbose_name=_("kind"), db_index=False)
    outcome = models.CharField(_("outcome"), max_length=10, choices=TouchOutcome.choices)
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    role = models.ForeignKey("clients.ServiceRole", models.PROTECT, verbose_name=_("role"), db_index=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("by"), db_index=False
    )
    note = models.TextField(_("note"), blank=True)
    source = models.CharField(_("source"), max_length=40, blank=True)
    source_id = models.CharField(_("number in the source"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("touch")
        verbose_name_plural = _("touches")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"],
                name="clients_touch_by_source_id",
                condition=~models.Q(source_id=""),
            ),
            models.UniqueConstraint(
                fields=["client", "occurred_at", "kind"],
                name="clients_touch_by_client_moment",
                condition=models.Q(source_id=""),
            ),
        ]
        indexes = [
            # a client's timeline, newest first; the scoring and planning windows
            models.Index(fields=["client", "occurred_on"], name="clients_touch_by_client"),
        ]
        triggers = [*triggers.notes_changes(ChangeKind.FACTS, ChangeKind.SERVICE), held_rows_stay()]

    def __str__(self) -> str:
        return f"{self.occurred_on} {self.kind}"

    @property
    def cost(self) -> Decimal:
        """What its minutes cost the firm, in the firm's currency, by the rate of its role."""
        return Decimal(self.minutes or 0) / 60 * self.role.hourly_cost


class TimeEntry(models.Model):
    """Minutes that somebody spent on a client beside any touch: preparing, reporting, chasing a form."""

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="time_entries", db_index=False)
    spent_on = models.DateField(_("date"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), validators=[MinValueValidator(1)])
    role = models.ForeignKey("clients.ServiceRole", models.PROTECT, verbose_name=_("role"), db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), db_index=False)
    activity = models.CharField(_("what for"), max_length=160, blank=True)
    source = models.CharField(_("source"), max_length=40, blank=True, db_default="")
    source_id = models.CharField(_("number in the source"), max_length=64, blank=True, db_default="")
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("time spent")
        verbose_name_plural = _("time spent")
        constraints = [
            models.CheckConstraint(name="clients_time_takes_time", condition=models.Q(minutes__gt=0)),
            models.UniqueConstraint(
                fields=["source", "source_id"],
                name="clients_time_by_source_id",
                condition=~models.Q(source_id=""),
            ),
        ]
        indexes = [
            # a client's page and the scoring window
            models.Index(fields=["client", "spent_on"], name="clients_time_by_client"),
            # a person's own log
            models.Index(fields=["by", "spent_on"], name="clients_time_by_person"),
        ]
        triggers = [*triggers.notes_changes(ChangeKind.FACTS), held_rows_stay()]

    def __str__(self) -> str:
        return f"{self.spent_on} {self.minutes}"

    @property
    def cost(self) -> Decimal:
        """What its minutes cost the firm, in the firm's currency, by the rate of its role."""
        return Decimal(self.minutes) / 60 * self.role.hourly_cost
