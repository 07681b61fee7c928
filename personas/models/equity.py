"""Pay in equity: a client's grants, their vests, exercises and sales, and the agreed sell rules."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from clients import triggers
from clients.audit import tracked
from clients.formats import money
from clients.models import ChangeKind
from clients.models.retention import held_rows_stay
from personas.models.companies import EquityCompany

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
