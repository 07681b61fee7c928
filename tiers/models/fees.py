"""What each tier is charged: schedules with brackets, and how far the clients' bills are from them."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Abs
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.audit import tracked

MOST_PERCENT = 10  # a year


class FeeMethod(models.TextChoices):
    MARGINAL = "marginal", _("Each bracket's rate on its own part")
    WHOLE = "whole", _("The reached bracket's rate on all of it")


@tracked()
class FeeSchedule(models.Model):
    """What a tier pays a year for the assets under management, from a day on until the next schedule's.

    One in force is never changed: another one follows it.
    """

    tier = models.ForeignKey("clients.Tier", models.PROTECT, related_name="+", verbose_name=_("tier"))
    effective_on = models.DateField(_("in force from"))
    method = models.CharField(
        _("how brackets count"), max_length=8, choices=FeeMethod.choices, default=FeeMethod.MARGINAL
    )
    minimum = models.DecimalField(
        _("minimum fee a year"),
        max_digits=12,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0)],
    )
    tolerance = models.DecimalField(
        _("difference that is not listed, in percent"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(5),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("Of the fee by the schedule."),
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("made by"),
    )
    made_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta:
        verbose_name = _("fee schedule")
        verbose_name_plural = _("fee schedules")
        ordering = ["tier__position", "-effective_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["tier", "effective_on"],
                name="tiers_feeschedule_once_a_day",
                violation_error_message=_("The tier has a schedule from this day on."),
            ),
            models.CheckConstraint(
                name="tiers_feeschedule_amounts",
                condition=Q(minimum__gte=0, tolerance__gte=0, tolerance__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tier} from {self.effective_on}"


@tracked()
class FeeBracket(models.Model):
    """From which amount on which yearly rate counts; up to the next bracket."""

    schedule = models.ForeignKey(FeeSchedule, models.CASCADE, related_name="brackets", db_index=False)
    starts_at = models.DecimalField(
        _("from"), max_digits=16, decimal_places=2, validators=[MinValueValidator(0)]
    )
    percent = models.DecimalField(
        _("percent a year"),
        max_digits=6,
        decimal_places=4,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_PERCENT)],
    )

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "starts_at"], name="tiers_feebracket_once"),
            models.CheckConstraint(
                name="tiers_feebracket_in_bounds",
                condition=Q(starts_at__gte=0, percent__gte=0, percent__lte=MOST_PERCENT),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rate} % from {self.starts_at}"

    @property
    def rate(self) -> str:
        """The percent without zeros at its end: 0.8."""
        return f"{self.percent.normalize():f}"


class FeeStanding(models.TextChoices):
    """How a client's bills of twelve months stand to the fee by the schedule."""

    BELOW = "below", _("Billed less")
    ABOVE = "above", _("Billed more")
    WITHIN = "within", _("As the schedule says")
    YOUNG = "young", _("Billed for less than a year")
    UNKNOWN = "unknown", _("Assets not known")
    UNSCHEDULED = "unscheduled", _("Tier without a schedule")


class FeeComparison(models.Model):
    """One active client's fee by the schedule of its tier, beside what was billed in twelve months.

    Derived: written anew by `tiers.fees.comparing`, only where it differs.
    """

    client = models.OneToOneField(
        "clients.Client",
        models.CASCADE,
        primary_key=True,
        related_name="+",
        db_constraint=False,
    )
    tier = models.ForeignKey(
        "clients.Tier", models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    assets = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    fee = models.DecimalField(max_digits=14, decimal_places=2, null=True, help_text="Of a year, as of now.")
    expected = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, help_text="Due for the twelve months, day by day."
    )
    billed = models.DecimalField(max_digits=14, decimal_places=2)
    difference = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    standing = models.CharField(max_length=11, choices=FeeStanding.choices)

    class Meta:
        verbose_name = _("fee beside bills")
        verbose_name_plural = _("fees beside bills")
        indexes = [
            # the list of one standing, the largest difference first
            models.Index(
                "standing", Abs("difference").desc(nulls_last=True), "client", name="tiers_feecomparison_list"
            ),
        ]

    def __str__(self) -> str:
        return f"Fee of client {self.client_id}"


class FeeRefresh(models.Model):
    """When the comparison was last made, at which date, and its sums by tier and standing."""

    as_of = models.DateField()
    made_at = models.DateTimeField(default=timezone.now)
    sums = models.JSONField(default=list)

    class Meta:
        verbose_name = _("comparison of fees")
        verbose_name_plural = _("comparisons of fees")
        constraints = [models.CheckConstraint(name="tiers_feerefresh_one_row", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"Fees compared at {self.made_at}"
