"""What tax estimates rest on: the client's own rate and income, and the federal figures of a year."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.audit import tracked
from clients.formats import money
from clients.models.retention import held_rows_stay


class Filing(models.TextChoices):
    SINGLE = "single", _("Single")
    JOINT = "joint", _("Married, filing jointly")


@tracked(by="client")
class EquityProfile(models.Model):
    """What a client's estimates rest on: own tax rate, income, and what the household owns."""

    client = models.OneToOneField("clients.Client", models.CASCADE, related_name="+")
    filing = models.CharField(_("tax return"), max_length=6, choices=Filing.choices, default=Filing.SINGLE)
    marginal_rate = models.DecimalField(
        _("own marginal rate, percent"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(65)],
    )
    income = models.DecimalField(
        _("income of the year without exercises"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    regular_tax = models.DecimalField(
        _("regular federal tax of the year"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    other_supplemental = models.DecimalField(
        _("bonuses of the year"),
        max_digits=14,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0)],
    )
    wealth = models.DecimalField(
        _("what the household owns, these shares included"),
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
    )
    target_percent = models.DecimalField(
        _("share of one company that the household wants at most, percent"),
        max_digits=5,
        decimal_places=2,
        default=10,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("basis of equity estimates")
        verbose_name_plural = _("bases of equity estimates")
        constraints = [
            models.CheckConstraint(
                name="personas_equity_profile_range",
                condition=Q(target_percent__range=(0, 100))
                & (Q(marginal_rate__isnull=True) | Q(marginal_rate__range=(0, 65)))
                & (Q(wealth__isnull=True) | Q(wealth__gt=0))
                & (Q(income__isnull=True) | Q(income__gte=0))
                & (Q(regular_tax__isnull=True) | Q(regular_tax__gte=0))
                & Q(other_supplemental__gte=0),
            ),
        ]
        triggers = [held_rows_stay()]

    def __str__(self) -> str:
        known = {
            _("own rate %s %%"): self.marginal_rate,
            _("income %s"): money(self.income) if self.income is not None else None,
            _("federal tax %s"): money(self.regular_tax) if self.regular_tax is not None else None,
            _("bonuses %s"): money(self.other_supplemental) if self.other_supplemental else None,
            _("owns %s"): money(self.wealth) if self.wealth is not None else None,
            _("wants at most %s %% in one company"): self.target_percent,
        }
        said = [str(text) % value for text, value in known.items() if value is not None]
        return "; ".join([str(self.get_filing_display()), *said])


@tracked()
class EquityTaxYear(models.Model):
    """The federal figures of a year, each as published; estimates name their year and source."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    exemption_single = models.DecimalField(_("AMT exemption, single"), max_digits=12, decimal_places=2)
    exemption_joint = models.DecimalField(_("AMT exemption, joint"), max_digits=12, decimal_places=2)
    phase_out_single = models.DecimalField(
        _("AMT exemption shrinks from, single"), max_digits=12, decimal_places=2
    )
    phase_out_joint = models.DecimalField(
        _("AMT exemption shrinks from, joint"), max_digits=12, decimal_places=2
    )
    phase_out_rate = models.DecimalField(_("by, cents a dollar"), max_digits=4, decimal_places=2)
    amt_percent = models.DecimalField(
        _("AMT, percent"), max_digits=4, decimal_places=2, default=26, db_default=26
    )
    amt_percent_above = models.DecimalField(
        _("AMT above that, percent"), max_digits=4, decimal_places=2, default=28, db_default=28
    )
    upper_rate_from = models.DecimalField(_("AMT at the higher rate above"), max_digits=12, decimal_places=2)
    withheld_percent = models.DecimalField(
        _("withheld from a vest, percent"), max_digits=4, decimal_places=2, default=22
    )
    withheld_percent_above = models.DecimalField(
        _("withheld above that, percent"), max_digits=4, decimal_places=2, default=37
    )
    withheld_up_to = models.DecimalField(
        _("up to, a year"), max_digits=12, decimal_places=2, default=1_000_000
    )
    iso_limit = models.DecimalField(_("ISO limit a year"), max_digits=12, decimal_places=2, default=100_000)
    espp_limit = models.DecimalField(_("ESPP limit a year"), max_digits=12, decimal_places=2, default=25_000)
    source = models.CharField(_("source"), max_length=200)
    confirmed = models.BooleanField(
        _("confirmed"), default=False, help_text=_("Somebody of the firm compared it with the source.")
    )

    class Meta:
        verbose_name = _("federal figures of a year")
        verbose_name_plural = _("federal figures by year")
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(name="personas_equity_year", condition=Q(year__range=(2000, 2200))),
            models.CheckConstraint(
                name="personas_equity_year_positive",
                condition=Q(exemption_single__gt=0, exemption_joint__gt=0, phase_out_single__gt=0)
                & Q(phase_out_joint__gt=0, phase_out_rate__gt=0, upper_rate_from__gt=0, withheld_up_to__gt=0)
                & Q(withheld_percent__range=(0, 100), withheld_percent_above__range=(0, 100))
                & Q(amt_percent__range=(0, 100), amt_percent_above__range=(0, 100)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.year) if self.confirmed else str(_("%(year)s, unconfirmed") % {"year": self.year})
