"""Companies that pay in their own shares: price, trading windows, the days of their results."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.audit import tracked

_POSITIVE = [MinValueValidator(Decimal("0.0001"))]


class WindowState(models.TextChoices):
    OPEN = "open", _("Open for trading")
    CLOSED = "closed", _("Closed (blackout)")


@tracked()
class EquityCompany(models.Model):
    """A company that pays clients in its shares, its price, and the rule by which it closes trading.

    Trading is closed from `closed_before_days` before a quarter's end until `full_days_after` full trading
    days after its results. Without `closed_before_days` there is no rule: it is open, but for days that the
    company named.
    """

    name = models.CharField(_("company"), max_length=120)
    ticker = models.CharField(_("ticker"), max_length=12, blank=True)
    price = models.DecimalField(
        _("price of a share"), max_digits=12, decimal_places=4, null=True, blank=True, validators=_POSITIVE
    )
    priced_on = models.DateField(_("price as of"), null=True, blank=True)
    fiscal_year_end = models.PositiveSmallIntegerField(
        _("last month of the fiscal year"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
        help_text=_("1 to 12. The quarters end with it and every three months from it."),
    )
    closed_before_days = models.PositiveSmallIntegerField(
        _("closed from, days before a quarter's end"),
        null=True,
        blank=True,
        default=14,
        validators=[MaxValueValidator(60)],
        help_text=_("Empty: no blackout rule. The company's own policy says it."),
    )
    full_days_after = models.PositiveSmallIntegerField(
        _("until, full trading days after results"), default=2, validators=[MaxValueValidator(10)]
    )
    results_after_days = models.PositiveSmallIntegerField(
        _("results expected, days after a quarter's end"),
        default=35,
        validators=[MinValueValidator(1), MaxValueValidator(80)],
        help_text=_("Used for a quarter whose date of results is not entered below."),
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("company that pays in equity")
        verbose_name_plural = _("companies that pay in equity")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Upper("name"), name="personas_equity_company_once"),
            models.CheckConstraint(
                name="personas_equity_price_dated",
                condition=Q(price__isnull=True, priced_on__isnull=True)
                | Q(price__gt=0, priced_on__isnull=False),
                violation_error_message=_("A price needs its date, and a date its price."),
            ),
            models.CheckConstraint(
                name="personas_equity_fiscal_month", condition=Q(fiscal_year_end__range=(1, 12))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.ticker})" if self.ticker else self.name


@tracked()
class EquityWindow(models.Model):
    """Days on which the company itself said that trading is open or closed: they go before its rule."""

    company = models.ForeignKey(EquityCompany, models.CASCADE, related_name="windows", db_index=False)
    state = models.CharField(_("trading is"), max_length=6, choices=WindowState.choices)
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))

    class Meta:
        verbose_name = _("trading window")
        verbose_name_plural = _("trading windows")
        ordering = ["first_on"]
        constraints = [
            models.CheckConstraint(
                name="personas_equity_window_order",
                condition=Q(first_on__lte=F("last_on")),
                violation_error_message=_("A window ends on the day it begins, or later."),
            ),
            ExclusionConstraint(
                name="personas_equity_window_apart",
                expressions=[
                    ("company", RangeOperators.EQUAL),
                    (
                        Func(
                            "first_on",
                            "last_on",
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="daterange",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("These days overlap with others that are entered for the company."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company}: {self.first_on} – {self.last_on}"


@tracked()
class CompanyResults(models.Model):
    """The day on which a company publishes the results of a quarter."""

    company = models.ForeignKey(EquityCompany, models.CASCADE, related_name="results", db_index=False)
    quarter_end = models.DateField(_("quarter's end"))
    published_on = models.DateField(_("results on"))

    class Meta:
        verbose_name = _("date of results")
        verbose_name_plural = _("dates of results")
        ordering = ["quarter_end"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "quarter_end"],
                name="personas_equity_results_once",
                violation_error_message=_("The results of this quarter have a date already."),
            ),
            models.CheckConstraint(
                name="personas_equity_results_after",
                condition=Q(published_on__gt=F("quarter_end")),
                violation_error_message=_("Results come after the end of their quarter."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company}: {self.quarter_end}, {self.published_on}"
