"""Loans of clients, and the plans by which what is left of a loan is forgiven."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clients import formats
from clients.audit import tracked
from clients.models.retention import held_rows_stay

MOST_RATE = 40  # percent a year
NOT_NEGATIVE = [MinValueValidator(Decimal(0), _("This cannot be negative."))]


class LoanKind(models.TextChoices):
    FEDERAL_STUDENT = "federal_student", _("Federal student loan")
    PRIVATE_STUDENT = "private_student", _("Private student loan")
    PRACTICE = "practice", _("Practice loan")
    MORTGAGE = "mortgage", _("Mortgage")
    CAR = "car", _("Car loan")
    CARD = "card", _("Credit card")
    OTHER = "other", _("Other loan")


@tracked()
class ForgivenessPlan(models.Model):
    """A plan that ends a loan after a number of qualifying monthly payments; its terms are dated."""

    code = models.SlugField(_("code"), unique=True)
    label = models.CharField(_("name"), max_length=80)
    retired_on = models.DateField(
        _("retired"), null=True, blank=True, help_text=_("Offered for no further loan from this day on.")
    )

    class Meta:
        verbose_name = _("forgiveness plan")
        verbose_name_plural = _("forgiveness plans")
        ordering = ["label"]

    def __str__(self) -> str:
        return self.label


@tracked()
class ForgivenessTerms(models.Model):
    """How many qualifying payments a plan asks for from a day on, and where that is written."""

    plan = models.ForeignKey(ForgivenessPlan, models.CASCADE, related_name="terms", verbose_name=_("plan"))
    applies_from = models.DateField(_("applies from"))
    payments_required = models.PositiveSmallIntegerField(
        _("qualifying payments needed"), validators=[MinValueValidator(1), MaxValueValidator(600)]
    )
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("terms of a forgiveness plan")
        verbose_name_plural = _("terms of forgiveness plans")
        ordering = ["plan", "-applies_from"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "applies_from"], name="personas_terms_once_a_day"),
            models.CheckConstraint(
                name="personas_terms_ask_for_payments", condition=Q(payments_required__range=(1, 600))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan}: {self.payments_required}"


# Which terms apply depends on the day; more than any of them ask for is never right. Of a plan without terms
# nothing is known.
_PAYMENTS_COUNT = """
    IF EXISTS (
        SELECT FROM new_rows loan
        WHERE loan.payments_made > (
            SELECT max(terms.payments_required) FROM personas_forgivenessterms terms
            WHERE terms.plan_id = loan.plan_id
        )
    ) THEN
        RAISE EXCEPTION 'More qualifying payments were made than the plan needs.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'personas_loan_payments_count';
    END IF;
    RETURN NULL;
"""


def _payments_count(name: str, operation: pgtrigger.Operation) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        level=pgtrigger.Statement,
        operation=operation,
        referencing=pgtrigger.Referencing(new="new_rows"),
        func=_PAYMENTS_COUNT,
    )


@tracked(by="client")
class Loan(models.Model):
    """What a client owes, as of a day, and what is paid on it each month. Money is in the firm's currency."""

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="loans", db_index=False)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=16, choices=LoanKind.choices)
    balance = models.DecimalField(_("balance"), max_digits=12, decimal_places=2, validators=NOT_NEGATIVE)
    as_of = models.DateField(_("balance as of"))
    yearly_rate = models.DecimalField(
        _("rate a year, percent"),
        max_digits=6,
        decimal_places=3,
        validators=[*NOT_NEGATIVE, MaxValueValidator(MOST_RATE)],
    )
    monthly_payment = models.DecimalField(
        _("payment a month"), max_digits=11, decimal_places=2, validators=NOT_NEGATIVE
    )
    plan = models.ForeignKey(
        ForgivenessPlan,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("forgiveness plan"),
    )
    payments_made = models.PositiveSmallIntegerField(
        _("qualifying payments made"), default=0, help_text=_("Counted up to the day of the balance.")
    )

    class Meta:
        verbose_name = _("loan")
        verbose_name_plural = _("loans")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="personas_loan_amounts_not_negative",
                condition=Q(balance__gte=0, monthly_payment__gte=0),
            ),
            models.CheckConstraint(
                name="personas_loan_rate_in_range", condition=Q(yearly_rate__range=(0, MOST_RATE))
            ),
            models.CheckConstraint(
                name="personas_loan_payments_of_a_plan",
                condition=Q(plan__isnull=False) | Q(payments_made=0),
            ),
            # A payment pays more than the first month's interest, or a plan ends the loan.
            models.CheckConstraint(
                name="personas_loan_amortises",
                condition=Q(plan__isnull=False)
                | Q(balance=0)
                | Q(monthly_payment__gt=Round(F("balance") * F("yearly_rate") / 1200, precision=2)),
            ),
        ]
        indexes = [models.Index(fields=["client"], name="personas_loan_by_client")]  # the client's page
        triggers = [
            held_rows_stay(),
            _payments_count("payments_count_insert", pgtrigger.Insert),
            _payments_count("payments_count_update", pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return str(
            _("%(name)s: %(balance)s at %(rate)s %%, %(payment)s a month")
            % {
                "name": self.name,
                "balance": formats.money(self.balance, cents=True),
                "rate": f"{self.yearly_rate.normalize():f}",
                "payment": formats.money(self.monthly_payment, cents=True),
            }
        )

    @property
    def in_full(self) -> str:
        """All that it holds, as the client reads it."""
        said = [
            str(self),
            str(self.get_kind_display()).lower(),
            _("as of %s") % date_format(self.as_of, "F j, Y"),
        ]
        if self.plan:
            said.append(
                ngettext(
                    "%(plan)s, %(n)s qualifying payment made",
                    "%(plan)s, %(n)s qualifying payments made",
                    self.payments_made,
                )
                % {"plan": self.plan, "n": self.payments_made}
            )
        return "; ".join(map(str, said))
