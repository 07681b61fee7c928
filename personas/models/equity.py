"""Pay in equity: companies with their trading windows, a client's grants, exercises and sales, sell rules,
and the federal figures that estimates are made with."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from clients import triggers
from clients.audit import tracked
from clients.formats import money
from clients.models import ChangeKind
from clients.models.retention import held_rows_stay

_POSITIVE = [MinValueValidator(Decimal("0.0001"))]


class GrantKind(models.TextChoices):
    """How a company pays in its own shares."""

    RSU = "rsu", _("RSU")
    ISO = "iso", _("ISO")
    NSO = "nso", _("NSO")
    ESPP = "espp", _("ESPP")


OPTIONS = (GrantKind.ISO, GrantKind.NSO)


class TransactionKind(models.TextChoices):
    EXERCISE = "exercise", _("Exercise")
    SALE = "sale", _("Sale")
    WITHHELD = "withheld", _("Shares kept back for tax")


class Filing(models.TextChoices):
    SINGLE = "single", _("Single")
    JOINT = "joint", _("Married, filing jointly")


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


# Shares can never be more than what they come from, whatever path writes them.
_VESTS_FIT = """
    IF EXISTS (
        SELECT FROM {rows} n JOIN personas_equitygrant g ON g.id = n.{key}
        WHERE g.shares < (SELECT sum(v.shares) FROM personas_equityvest v WHERE v.grant_id = g.id)
    ) THEN
        RAISE EXCEPTION 'More shares vest than were granted.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'personas_equity_vests_fit';
    END IF;
    RETURN NULL;
"""
# On every day on which something happened: no more exercised than had vested, no more gone than was owned.
_MOVES_FIT = """
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT grant_id FROM new_rows) n
        JOIN personas_equitygrant g ON g.id = n.grant_id
        JOIN personas_equitytransaction day ON day.grant_id = g.id
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(t.shares) FILTER (WHERE t.kind = 'exercise'), 0) AS exercised,
                coalesce(sum(t.shares) FILTER (WHERE t.kind <> 'exercise'), 0) AS gone
            FROM personas_equitytransaction t
            WHERE t.grant_id = g.id AND t.happened_on <= day.happened_on
        ) moved
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(v.shares), 0) AS shares
            FROM personas_equityvest v WHERE v.grant_id = g.id AND v.vests_on <= day.happened_on
        ) vested
        WHERE CASE WHEN g.kind IN ('iso', 'nso')
            THEN moved.exercised > vested.shares OR moved.gone > moved.exercised
            ELSE moved.exercised > 0 OR moved.gone > vested.shares END
    ) THEN
        RAISE EXCEPTION 'More shares are exercised or sold than there are.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'personas_equity_moves_fit';
    END IF;
    RETURN NULL;
"""


def _fits(name: str, operation: pgtrigger.Operation, sql: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        level=pgtrigger.Statement,
        operation=operation,
        referencing=pgtrigger.Referencing(new="new_rows"),
        func=sql,
    )


@tracked(by="client")
class EquityGrant(models.Model):
    """Shares or options promised to a client, and how they vest.

    Vesting by months from `vest_from`: the first part at the cliff, then every period until the total;
    total 0: all of it on `vest_from`. `own_dates`: by dates of its own. Options have an exercise price; of an
    ESPP it is the price that was paid, `granted_on` the offering's first day and `vest_from` the day of the
    purchase.
    """

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="+", db_index=False)
    company = models.ForeignKey(
        EquityCompany, models.PROTECT, related_name="grants", verbose_name=_("company")
    )
    kind = models.CharField(_("kind"), max_length=4, choices=GrantKind.choices)
    label = models.CharField(_("name of the grant"), max_length=80, blank=True)
    granted_on = models.DateField(_("granted on"))
    shares = models.PositiveIntegerField(_("shares"), validators=[MinValueValidator(1)])
    exercise_price = models.DecimalField(
        _("exercise price"), max_digits=12, decimal_places=4, null=True, blank=True, validators=_POSITIVE
    )
    price_at_grant = models.DecimalField(
        _("price at grant"), max_digits=12, decimal_places=4, null=True, blank=True, validators=_POSITIVE
    )
    vest_from = models.DateField(_("vesting counts from"))
    cliff_months = models.PositiveSmallIntegerField(_("cliff, months"), default=12)
    period_months = models.PositiveSmallIntegerField(
        _("then every, months"), default=3, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    total_months = models.PositiveSmallIntegerField(
        _("in all, months"), default=48, validators=[MaxValueValidator(240)]
    )
    own_dates = models.BooleanField(_("by dates of its own"), default=False)
    ended_on = models.DateField(_("vesting ended on"), null=True, blank=True)
    expires_on = models.DateField(_("options end on"), null=True, blank=True)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("equity grant")
        verbose_name_plural = _("equity grants")
        ordering = ["company__name", "granted_on", "id"]
        indexes = [models.Index(fields=["client"], name="personas_equity_grant_client")]  # the client's page
        constraints = [
            models.CheckConstraint(name="personas_equity_grant_shares", condition=Q(shares__gt=0)),
            models.CheckConstraint(
                name="personas_equity_grant_price",
                condition=Q(kind="rsu", exercise_price__isnull=True)
                | Q(~Q(kind="rsu"), exercise_price__isnull=False, exercise_price__gt=0),
                violation_error_message=_("Options and ESPP shares have a price; RSUs have none."),
            ),
            models.CheckConstraint(
                name="personas_equity_grant_months",
                condition=Q(cliff_months__lte=F("total_months"), period_months__gt=0),
                violation_error_message=_("The cliff lies within the months in all."),
            ),
            models.CheckConstraint(
                name="personas_equity_grant_ends",
                condition=(Q(ended_on__isnull=True) | Q(ended_on__gte=F("granted_on")))
                & (Q(expires_on__isnull=True) | Q(expires_on__gt=F("granted_on"))),
                violation_error_message=_("Nothing of a grant ends before it is granted."),
            ),
        ]
        triggers = [
            held_rows_stay(),
            *triggers.notes_changes(ChangeKind.SERVICE),
            _fits("vests_fit", pgtrigger.Update, _VESTS_FIT.format(rows="new_rows", key="id")),
        ]

    def __str__(self) -> str:
        return str(
            _("%(title)s: %(shares)s of %(company)s, granted on %(day)s")
            % {
                "title": self.title,
                "shares": f"{self.shares:,}",
                "company": self.company.name,
                "day": date_format(self.granted_on, "F j, Y"),
            }
        )

    @property
    def in_full(self) -> str:
        """All that it holds, as the client reads it, with each part that vests."""
        known = {
            _("at %s a share"): self.exercise_price and money(self.exercise_price, cents=True),
            _("price at grant %s"): self.price_at_grant and money(self.price_at_grant, cents=True),
            _("vesting ended on %s"): self.ended_on and date_format(self.ended_on, "F j, Y"),
            _("options end on %s"): self.expires_on and date_format(self.expires_on, "F j, Y"),
            _("vests: %s"): ", ".join(self._parts_in_words()),
        }
        return "; ".join([str(self), *(str(text) % value for text, value in known.items() if value)])

    def _parts_in_words(self) -> list[str]:
        """What vests when; parts after one another that differ by a share at most are said at once."""
        runs: list[list[EquityVest]] = []
        for vest in self.vests.all():
            alike = runs and max(abs(vest.shares - each.shares) for each in runs[-1]) <= 1
            if alike:
                runs[-1].append(vest)
            else:
                runs.append([vest])
        return [self._run_in_words(run) for run in runs]

    @staticmethod
    def _run_in_words(run: list[EquityVest]) -> str:
        fewest, most = min(each.shares for each in run), max(each.shares for each in run)
        said = {
            "shares": f"{fewest:,}"
            if fewest == most
            else _("%(one)s or %(other)s") % {"one": f"{fewest:,}", "other": f"{most:,}"},
            "days": len(run),
            "first": date_format(run[0].vests_on, "F j, Y"),
            "last": date_format(run[-1].vests_on, "F j, Y"),
        }
        if len(run) == 1:
            return str(_("%(shares)s on %(first)s") % said)
        return str(_("%(shares)s on each of %(days)s days from %(first)s to %(last)s") % said)

    @property
    def title(self) -> str:
        """Its kind and the name that it was given, or its date."""
        kind = str(self.get_kind_display())
        if kind.lower() in self.label.lower():
            return self.label
        return f"{kind} {self.label or self.granted_on}"

    @property
    def is_option(self) -> bool:
        return self.kind in OPTIONS


class EquityVest(models.Model):
    """A dated part of a grant, written with the grant. Its number stays when its date moves."""

    grant = models.ForeignKey(EquityGrant, models.CASCADE, related_name="vests", db_index=False)
    number = models.PositiveSmallIntegerField()
    vests_on = models.DateField(_("vests on"))
    shares = models.PositiveIntegerField(_("shares"))

    class Meta:
        verbose_name = _("vest")
        verbose_name_plural = _("vests")
        ordering = ["vests_on", "number"]
        constraints = [
            models.UniqueConstraint(fields=["grant", "number"], name="personas_equity_vest_once"),
            models.UniqueConstraint(fields=["grant", "vests_on"], name="personas_equity_vest_one_a_day"),
            models.CheckConstraint(name="personas_equity_vest_shares", condition=Q(shares__gt=0)),
        ]
        indexes = [
            # the sweep of tasks: what vests next in the whole firm
            models.Index(fields=["vests_on"], name="personas_equity_vest_by_date"),
        ]
        triggers = [
            _fits("fit_insert", pgtrigger.Insert, _VESTS_FIT.format(rows="new_rows", key="grant_id")),
            _fits("fit_update", pgtrigger.Update, _VESTS_FIT.format(rows="new_rows", key="grant_id")),
            # what was exercised and sold must still have vested by its day
            _fits("moves_fit_insert", pgtrigger.Insert, _MOVES_FIT),
            _fits("moves_fit_update", pgtrigger.Update, _MOVES_FIT),
        ]

    def __str__(self) -> str:
        return f"{self.grant_id}/{self.number}: {self.vests_on}, {self.shares}"


@tracked(by="client")
class EquityTransaction(models.Model):
    """An exercise of options, a sale of shares, or shares that the company kept back for tax."""

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="+", db_index=False)
    grant = models.ForeignKey(EquityGrant, models.CASCADE, related_name="transactions")
    kind = models.CharField(_("kind"), max_length=8, choices=TransactionKind.choices)
    happened_on = models.DateField(_("date"))
    shares = models.PositiveIntegerField(_("shares"), validators=[MinValueValidator(1)])
    price = models.DecimalField(
        _("price of a share that day"),
        max_digits=12,
        decimal_places=4,
        null=True,
        blank=True,
        validators=_POSITIVE,
    )

    class Meta:
        verbose_name = _("exercise or sale")
        verbose_name_plural = _("exercises and sales")
        ordering = ["happened_on", "id"]
        indexes = [models.Index(fields=["client"], name="personas_equity_move_client")]  # the client's page
        constraints = [
            models.CheckConstraint(name="personas_equity_move_shares", condition=Q(shares__gt=0)),
            models.CheckConstraint(
                name="personas_equity_move_price",
                condition=~Q(kind="exercise") | Q(price__isnull=False),
                violation_error_message=_("An exercise needs the price of that day."),
            ),
        ]
        triggers = [
            held_rows_stay(),
            *triggers.notes_changes(ChangeKind.SERVICE),
            _fits("fit_insert", pgtrigger.Insert, _MOVES_FIT),
            _fits("fit_update", pgtrigger.Update, _MOVES_FIT),
        ]

    def __str__(self) -> str:
        return str(
            _("%(kind)s on %(day)s: %(shares)s of %(grant)s")
            % {
                "kind": self.get_kind_display(),
                "day": date_format(self.happened_on, "F j, Y"),
                "shares": f"{self.shares:,}",
                "grant": self.grant.title,
            }
        )

    @property
    def in_full(self) -> str:
        """All that it holds, as the client reads it."""
        return f"{self}, {_('at %s a share') % money(self.price, cents=True)}" if self.price else str(self)


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


@tracked(by="client")
class EquityPlan(models.Model):
    """What a client agreed to sell of one company, and a 10b5-1 plan where one was adopted."""

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="+", db_index=False)
    company = models.ForeignKey(EquityCompany, models.PROTECT, related_name="+", verbose_name=_("company"))
    sell_percent = models.PositiveSmallIntegerField(
        _("sell of each vest, percent"),
        default=0,
        validators=[MaxValueValidator(100)],
        help_text=_("At the next open window after the vest. 0: nothing is agreed."),
    )
    adopted_on = models.DateField(_("10b5-1 plan adopted on"), null=True, blank=True)
    insider = models.BooleanField(_("is a director or officer of the company"), default=False)
    report_on = models.DateField(
        _("report of that quarter filed on"),
        null=True,
        blank=True,
        help_text=_("Form 10-Q or 10-K. Empty: not known yet."),
    )
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("sell rule")
        verbose_name_plural = _("sell rules")
        constraints = [
            models.UniqueConstraint(fields=["client", "company"], name="personas_equity_plan_once"),
            models.CheckConstraint(
                name="personas_equity_plan_percent", condition=Q(sell_percent__range=(0, 100))
            ),
            models.CheckConstraint(
                name="personas_equity_plan_report",
                condition=Q(report_on__isnull=True)
                | Q(adopted_on__isnull=False, report_on__gte=F("adopted_on")),
                violation_error_message=_("The report is filed after the plan is adopted."),
            ),
        ]
        triggers = [held_rows_stay()]

    def __str__(self) -> str:
        said = _("%(company)s: %(percent)s %% of each vest is sold") % {
            "company": self.company.name,
            "percent": self.sell_percent,
        }
        if not self.adopted_on:
            return str(said)
        adopted = _("10b5-1 plan adopted on %s") % date_format(self.adopted_on, "F j, Y")
        return f"{said}; {adopted}"

    @property
    def in_full(self) -> str:
        """All that it holds, as the client reads it."""
        more = [
            _("you are a director or officer of the company") if self.insider else "",
            _("report of that quarter filed on %s") % date_format(self.report_on, "F j, Y")
            if self.report_on
            else "",
        ]
        return "; ".join([str(self), *(str(each) for each in more if each)])


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
