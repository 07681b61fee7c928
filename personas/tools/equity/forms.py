"""Forms of equity pay. What cannot be is refused at its field, in words."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.firm import firm_today
from clients.forms import DateInput
from clients.models import Client
from clients.register.forms import tell_why
from personas.models import (
    CompanyResults,
    EquityCompany,
    EquityGrant,
    EquityPlan,
    EquityProfile,
    EquityTransaction,
    EquityWindow,
    GrantKind,
    TransactionKind,
)
from personas.models.equity import OPTIONS
from personas.tools.equity import register, words
from personas.tools.equity.reading import Lot
from personas.tools.equity.services import MoveRefused
from personas.tools.equity.vesting import Part, ScheduleRefused, numbered, schedule
from personas.tools.equity.windows import quarter_ends

FIRST, LAST = dt.date(1980, 1, 1), dt.date(2099, 12, 31)
MOST_PARTS = 250
_LINE = re.compile(r"(\d{4}-\d{2}-\d{2})[\s,;:]+([\d,]+)", re.ASCII)


def _sane(form: forms.BaseForm, *names: str) -> None:
    """A date far from today is a slip of the keys."""
    for name in names:
        day = form.cleaned_data.get(name)
        if day and not FIRST <= day <= LAST:
            form.add_error(name, _("Check the year."))


class GrantForm(forms.ModelForm):
    """A grant and how it vests; `parts` are the parts that it gives."""

    new_company = forms.CharField(
        label=gettext_lazy("Or another company"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Its price and trading windows are entered on its own page."),
    )
    rows = forms.CharField(
        label=gettext_lazy("Dates of its own"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One vest a line, as 2026-02-15 250, in place of the months above. They add up to the shares."
        ),
    )

    class Meta:
        model = EquityGrant
        fields = [
            "kind",
            "company",
            "label",
            "granted_on",
            "shares",
            "exercise_price",
            "price_at_grant",
            "vest_from",
            "cliff_months",
            "period_months",
            "total_months",
            "ended_on",
            "expires_on",
        ]
        widgets = {name: DateInput() for name in ("granted_on", "vest_from", "ended_on", "expires_on")}
        labels = {
            "exercise_price": gettext_lazy("Exercise price, or the price paid (ESPP)"),
            "price_at_grant": gettext_lazy("Price of a share at the grant"),
        }
        help_texts = {
            "label": gettext_lazy("As on the statement, to tell grants apart. May stay empty."),
            "granted_on": gettext_lazy("Of an ESPP: the first day of the offering."),
            "exercise_price": gettext_lazy("RSUs have none."),
            "price_at_grant": gettext_lazy(
                "For the yearly limits of ISOs and ESPPs. Empty: the exercise price."
            ),
            "vest_from": gettext_lazy(
                "Empty: from the day of the grant. Of an ESPP: the day on which the shares were bought."
            ),
            "cliff_months": gettext_lazy("Nothing vests before. 0: no cliff."),
            "total_months": gettext_lazy("0: all at once. An ESPP needs no months."),
            "ended_on": gettext_lazy("When the client left the company, say: what vests later is lost."),
            "expires_on": gettext_lazy("The last day on which the options can be exercised."),
        }

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.client = client
        self.parts: list[Part] = []
        self.company_to_make = ""
        for name in ("company", "vest_from", "cliff_months", "period_months", "total_months"):
            self.fields[name].required = False
        if self.instance.pk and self.instance.own_dates:
            self.initial["rows"] = "\n".join(
                f"{part.vests_on} {part.shares}" for part in self.instance.vests.all()
            )
        self.order_fields(["kind", "company", "new_company"])
        tell_why(self, register.GRANTS)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        _sane(self, "granted_on", "vest_from", "ended_on", "expires_on")
        self._clean_company(data)
        self._clean_prices(data)
        for name, usual in (("cliff_months", 0), ("period_months", 1), ("total_months", 0)):
            if data.get(name) is None and name not in self.errors:
                data[name] = usual
        if data.get("period_months") == 0:
            self.add_error("period_months", _("A period takes a month or more."))
        if data.get("kind") == GrantKind.ESPP:
            data |= {"cliff_months": 0, "period_months": 1, "total_months": 0}
        granted_on = data.get("granted_on")
        data["vest_from"] = data.get("vest_from") or granted_on
        for name in ("ended_on", "expires_on"):
            if granted_on and data.get(name) and data[name] < granted_on:
                self.add_error(name, _("Nothing of a grant ends before it is granted."))
        if data.get("expires_on") and data.get("kind") not in OPTIONS:
            self.add_error("expires_on", _("Only options end."))
        self.instance.own_dates = bool(data.get("rows", "").strip())
        if not self.errors:
            self._clean_parts(data)
        return data

    def _clean_company(self, data: dict[str, Any]) -> None:
        name = (data.get("new_company") or "").strip()
        if name:
            data["company"] = EquityCompany.objects.filter(name__iexact=name).first()
            self.company_to_make = "" if data["company"] else name
        elif not data.get("company") and "company" not in self.errors:
            self.add_error("company", _("Choose the company, or name another."))

    def _clean_prices(self, data: dict[str, Any]) -> None:
        kind, price = data.get("kind"), data.get("exercise_price")
        if kind == GrantKind.RSU and price is not None:
            self.add_error("exercise_price", _("RSUs have no exercise price."))
        elif kind and kind != GrantKind.RSU and price is None and "exercise_price" not in self.errors:
            self.add_error("exercise_price", _("Give the price: options and ESPP shares have one."))

    def _clean_parts(self, data: dict[str, Any]) -> None:
        if self.instance.own_dates:
            parts = self._own_parts(data)
        elif data["cliff_months"] > data["total_months"]:
            self.add_error("cliff_months", _("The cliff lies within the months in all."))
            return
        else:
            parts = schedule(
                start=data["vest_from"],
                shares=data["shares"],
                cliff=data["cliff_months"],
                period=data["period_months"],
                total=data["total_months"],
            )
        if not parts:
            return
        if parts[0].on < data["granted_on"]:
            field = "rows" if self.instance.own_dates else "vest_from"
            self.add_error(
                field,
                _("The first vest, on %(day)s, would lie before the grant.")
                % {"day": words.date(parts[0].on)},
            )
        self.parts = parts

    def _own_parts(self, data: dict[str, Any]) -> list[Part]:
        rows: list[tuple[dt.date, int]] = []
        lines = [line.strip() for line in data["rows"].splitlines() if line.strip()]
        if len(lines) > MOST_PARTS:
            self.add_error("rows", _("At most %(n)s dates.") % {"n": MOST_PARTS})
            return []
        for number, line in enumerate(lines, start=1):
            match = _LINE.fullmatch(line)
            try:
                day, shares = dt.date.fromisoformat(match[1]), int(match[2].replace(",", ""))  # type: ignore[index]
            except (TypeError, ValueError):
                self.add_error(
                    "rows",
                    _("Line %(n)s is not a date and a number of shares: %(line)s")
                    % {"n": number, "line": line},
                )
                return []
            if shares < 1 or not FIRST <= day <= LAST:
                self.add_error("rows", _("Line %(n)s: check the year and the shares.") % {"n": number})
                return []
            rows.append((day, shares))
        for number, ((before, _s), (after, _t)) in enumerate(pairwise(rows), start=2):
            if after <= before:
                self.add_error(
                    "rows",
                    _("Line %(n)s: %(after)s does not come after %(before)s. Put the dates in their order.")
                    % {"n": number, "after": words.date(after), "before": words.date(before)},
                )
                return []
        total, granted = sum(shares for _day, shares in rows), data["shares"]
        if total != granted:
            text = (
                _("%(total)s shares would vest, which is more than the %(granted)s that were granted.")
                if total > granted
                else _("Only %(total)s of the %(granted)s shares have a date.")
            )
            self.add_error("rows", text % {"total": f"{total:,}", "granted": f"{granted:,}"})
            return []
        try:
            return numbered(rows)
        except ScheduleRefused as refused:
            raise ValidationError(str(refused)) from None

    def refuse(self, refused: MoveRefused) -> None:
        """Says why the grant cannot change so."""
        self.add_error(None, words.too_many(refused.too_many))


class MoveForm(forms.ModelForm):
    """An exercise, a sale, or shares kept back for tax."""

    class Meta:
        model = EquityTransaction
        fields = ["kind", "happened_on", "shares", "price"]
        widgets = {"happened_on": DateInput()}
        help_texts = {"price": gettext_lazy("Of an exercise: what a share was worth that day.")}

    def __init__(self, *args: Any, lot: Lot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.grant = lot.grant
        self.instance.client_id = lot.grant.client_id
        if not lot.grant.is_option:
            kind = self.fields["kind"]
            assert isinstance(kind, forms.ChoiceField)  # noqa: S101
            kind.choices = [each for each in TransactionKind.choices if each[0] != TransactionKind.EXERCISE]
        self.fields["happened_on"].initial = firm_today()
        tell_why(self, register.TRANSACTIONS)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        _sane(self, "happened_on")
        day = data.get("happened_on")
        if day and day > firm_today():
            self.add_error("happened_on", _("This day is still to come: record it once it has happened."))
        if day and day < self.instance.grant.granted_on:
            self.add_error("happened_on", _("This day lies before the grant."))
        if data.get("kind") == TransactionKind.EXERCISE and data.get("price") is None:
            self.add_error("price", _("An exercise needs the price of that day."))
        return data

    def refuse(self, refused: MoveRefused) -> None:
        """Says why there are not so many shares."""
        self.add_error("shares", words.too_many(refused.too_many))


class BasisForm(forms.ModelForm):
    """What the estimates of a client rest on."""

    class Meta:
        model = EquityProfile
        fields = [
            "filing",
            "marginal_rate",
            "income",
            "regular_tax",
            "other_supplemental",
            "wealth",
            "target_percent",
        ]
        help_texts = {
            "marginal_rate": gettext_lazy(
                "Federal and state together, on the next dollar of pay. From 0 to 65."
            ),
            "income": gettext_lazy("For AMT: all income of the year but what an exercise of ISOs adds."),
            "regular_tax": gettext_lazy(
                "From the tax plan. Without it the AMT is given as the most it can be."
            ),
            "other_supplemental": gettext_lazy(
                "Supplemental wages beside vests and exercises: they count for the rate withheld."
            ),
            "wealth": gettext_lazy("Empty: the investable assets of the record."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tell_why(self, register.BASIS)

    def clean_other_supplemental(self) -> Decimal:
        return self.cleaned_data["other_supplemental"] or Decimal(0)


class PlanForm(forms.ModelForm):
    """What is sold of each vest, and the 10b5-1 plan."""

    class Meta:
        model = EquityPlan
        fields = ["sell_percent", "adopted_on", "insider", "report_on"]
        widgets = {"adopted_on": DateInput(), "report_on": DateInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tell_why(self, register.SELL_RULES)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        _sane(self, "adopted_on", "report_on")
        adopted, report = data.get("adopted_on"), data.get("report_on")
        if report and not adopted:
            self.add_error("adopted_on", _("Say when the plan was adopted."))
        elif report and report < adopted:
            self.add_error("report_on", _("The report is filed after the plan is adopted."))
        return data


class CompanyForm(forms.ModelForm):
    """A company, its price, and its blackout rule."""

    class Meta:
        model = EquityCompany
        fields = [
            "name",
            "ticker",
            "price",
            "priced_on",
            "fiscal_year_end",
            "closed_before_days",
            "full_days_after",
            "results_after_days",
        ]
        widgets = {"priced_on": DateInput()}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        _sane(self, "priced_on")
        price, day = data.get("price"), data.get("priced_on")
        if price is not None and not day and "priced_on" not in self.errors:
            self.add_error("priced_on", _("Say of which day the price is."))
        if day and price is None and "price" not in self.errors:
            self.add_error("price", _("Give the price of that day, or take the date out."))
        if day and day > firm_today():
            self.add_error("priced_on", _("A price of a day to come is not known."))
        return data


class WindowForm(forms.ModelForm):
    """Days on which the company said that trading is open or closed."""

    class Meta:
        model = EquityWindow
        fields = ["state", "first_on", "last_on"]
        widgets = {"first_on": DateInput(), "last_on": DateInput()}

    def __init__(self, *args: Any, company: EquityCompany, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"prefix": "window"})
        self.instance.company = company

    def _get_validation_exclusions(self) -> set[str]:
        """With the company, so that days that overlap are found before the database refuses them."""
        return super()._get_validation_exclusions() - {"company"}  # type: ignore[misc]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        _sane(self, "first_on", "last_on")
        first, last = data.get("first_on"), data.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("A window ends on the day it begins, or later."))
        return data


class ResultsForm(forms.ModelForm):
    """When a quarter's results are published."""

    class Meta:
        model = CompanyResults
        fields = ["quarter_end", "published_on"]
        widgets = {"quarter_end": DateInput(), "published_on": DateInput()}

    def __init__(self, *args: Any, company: EquityCompany, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"prefix": "results"})
        self.instance.company = company

    def _get_validation_exclusions(self) -> set[str]:
        """With the company, so that a second date for a quarter is found."""
        return super()._get_validation_exclusions() - {"company"}  # type: ignore[misc]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        _sane(self, "quarter_end", "published_on")
        end, day = data.get("quarter_end"), data.get("published_on")
        if end and not self.errors and not quarter_ends(self.instance.company.fiscal_year_end, end, end):
            self.add_error("quarter_end", _("No quarter of this company ends on that day."))
        if end and day and day <= end:
            self.add_error("published_on", _("Results come after the end of their quarter."))
        elif end and day and (day - end).days > 120:
            self.add_error(
                "published_on", _("That is more than four months after the quarter: check the dates.")
            )
        return data


class WhatIfForm(forms.Form):
    """An exercise of options that is only tried out."""

    grant = forms.ModelChoiceField(label=gettext_lazy("Options"), queryset=EquityGrant.objects.none())
    shares = forms.IntegerField(
        label=gettext_lazy("Shares to exercise"), min_value=1, max_value=2_000_000_000
    )
    price = forms.DecimalField(
        label=gettext_lazy("Price of a share then"),
        min_value=Decimal("0.0001"),
        max_digits=12,
        decimal_places=4,
    )
    income = forms.DecimalField(
        label=gettext_lazy("Income of the year without it"), min_value=0, max_digits=14, decimal_places=2
    )
    regular_tax = forms.DecimalField(
        label=gettext_lazy("Regular federal tax of the year"),
        min_value=0,
        max_digits=14,
        decimal_places=2,
        required=False,
        help_text=gettext_lazy("Without it: the most that the AMT can be."),
    )
    year = forms.TypedChoiceField(label=gettext_lazy("Figures of"), coerce=int, choices=())
    sold = forms.BooleanField(
        label=gettext_lazy("Sold in the same year"),
        required=False,
        help_text=gettext_lazy("Then the gain is wages of the year, and no AMT follows from it."),
    )
