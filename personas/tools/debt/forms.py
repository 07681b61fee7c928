"""Forms of the debt timeline: a loan, and the extra amount a month."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clients import formats
from clients.as_shown import AsShown
from clients.firm import firm_today
from clients.forms import DateInput
from clients.register.forms import tell_why
from personas.models import ForgivenessPlan, Loan, LoanKind
from personas.tools.debt import tool
from personas.tools.debt.amortisation import NeverEnds, by_own_payments, month_interest
from personas.tools.debt.timeline import as_of_now, terms_of

LONGEST_AGO = 50 * 366  # days: an older balance is a slip of the pen
MOST_EXTRA = 1_000_000


class LoanForm(AsShown, forms.ModelForm):
    """A loan with its balance on a day. Says why where the payment would never pay it off."""

    class Meta:
        model = Loan
        fields = [
            "name",
            "kind",
            "balance",
            "as_of",
            "yearly_rate",
            "monthly_payment",
            "plan",
            "payments_made",
        ]
        widgets = {"as_of": DateInput()}
        help_texts = {
            "as_of": gettext_lazy("The day of the statement. Later months are counted on from there."),
            "yearly_rate": gettext_lazy("In percent, for example 6.8."),
            "plan": gettext_lazy("A plan that forgives what is left after a number of qualifying payments."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = firm_today()
        self.initial["as_of"] = self.initial.get("as_of") or self.today
        kinds = self.fields["kind"]
        assert isinstance(kinds, forms.ChoiceField)  # noqa: S101
        kinds.choices = [("", _("Choose a kind")), *LoanKind.choices]
        plans = self.fields["plan"]
        assert isinstance(plans, forms.ModelChoiceField)  # noqa: S101
        offered = Q(retired_on=None) | Q(retired_on__gt=self.today) | Q(pk=self.instance.plan_id)
        plans.queryset = ForgivenessPlan.objects.filter(offered).prefetch_related("terms")
        plans.empty_label = _("None")
        self.fields["payments_made"].required = False
        tell_why(self, tool.REGISTERED)

    def clean_as_of(self) -> dt.date:
        as_of: dt.date = self.cleaned_data["as_of"]
        if as_of > self.today:
            raise ValidationError(_("A balance cannot be of a day to come."))
        if (self.today - as_of).days > LONGEST_AGO:
            raise ValidationError(_("This day is too long ago. Take the last statement."))
        return as_of

    def clean_payments_made(self) -> int:
        return self.cleaned_data["payments_made"] or 0

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            self._check_plan(data)
        if not self.errors:
            self._check_end(data)
        return data

    def _check_plan(self, data: dict[str, Any]) -> None:
        plan, made = data["plan"], data["payments_made"]
        if plan is None:
            if made:
                self.add_error("payments_made", _("Choose the plan that these payments count for."))
            return
        terms = terms_of(plan, self.today)
        if terms is None:
            self.add_error("plan", _("No terms of this plan are in force today."))
        elif made > terms.payments_required:
            needed = terms.payments_required
            text = ngettext(
                "The plan needs %(n)s payment; more cannot count.",
                "The plan needs %(n)s payments; more cannot count.",
                needed,
            )
            self.add_error("payments_made", text % {"n": needed})

    def _check_end(self, data: dict[str, Any]) -> None:
        interest = month_interest(data["balance"], data["yearly_rate"])
        if data["plan"] is None and data["balance"] and data["monthly_payment"] <= interest:
            text = _("This would never pay the loan off: the first month's interest alone is %(interest)s.")
            self.add_error("monthly_payment", text % {"interest": formats.money(interest, cents=True)})
            return
        loan = Loan(**data)
        try:
            by_own_payments([as_of_now(loan, self.today).debt])
        except NeverEnds:
            self.add_error(
                "monthly_payment", _("At this payment the loan lasts longer than a hundred years.")
            )


class ExtraForm(forms.Form):
    """How much more could be paid each month."""

    extra = forms.DecimalField(
        label=gettext_lazy("Extra amount a month"),
        min_value=Decimal(0),
        max_value=MOST_EXTRA,
        max_digits=9,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "50", "inputmode": "decimal"}),
        error_messages={
            "invalid": gettext_lazy("Enter an amount, for example 250."),
            "min_value": gettext_lazy("This cannot be negative."),
        },
    )
