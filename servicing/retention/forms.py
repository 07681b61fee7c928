"""Forms of the life of data: periods, holds, reasons, access requests."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clients.choosing import ClientField
from clients.firm import firm_today
from clients.models import Client, Departure, User
from clients.models.permission import How
from servicing.forms import client_field
from servicing.models import AccessState, RecordKind, RetentionPeriod, RetentionSettings
from servicing.retention.periods import Kept

LONG_AGO = dt.timedelta(days=366)
MONTHS = (
    gettext_lazy("January"),
    gettext_lazy("February"),
    gettext_lazy("March"),
    gettext_lazy("April"),
    gettext_lazy("May"),
    gettext_lazy("June"),
    gettext_lazy("July"),
    gettext_lazy("August"),
    gettext_lazy("September"),
    gettext_lazy("October"),
    gettext_lazy("November"),
    gettext_lazy("December"),
)


def _words(label: Any, most: int, help_text: Any = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3, "maxlength": most})
    return forms.CharField(label=label, max_length=most, widget=area, help_text=help_text)


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class SettingsForm(forms.ModelForm):
    """What the firm decided, above the periods."""

    fiscal_year_ends = forms.TypedChoiceField(
        label=gettext_lazy("The fiscal year ends with"),
        coerce=int,
        choices=list(enumerate(MONTHS, 1)),
        help_text=gettext_lazy("Years of keeping are counted from the end of this month."),
    )

    class Meta:
        model = RetentionSettings
        fields = ["fiscal_year_ends", "second_person", "answer_within_days"]


class PeriodsForm(forms.Form):
    """A field of years for each kind of record."""

    def __init__(self, *args: Any, kept: list[Kept], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in kept:
            period = each.period
            self.fields[period.kind] = forms.IntegerField(
                label=period.get_kind_display(),
                initial=period.years,
                min_value=period.minimum_years,
                max_value=50,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                help_text=self._about(period),
                error_messages={"min_value": self._least(period)},
            )

    @staticmethod
    def _least(period: RetentionPeriod) -> str:
        return ngettext(
            "The law asks for at least %(n)s year.",
            "The law asks for at least %(n)s years.",
            period.minimum_years,
        ) % {"n": period.minimum_years}

    @classmethod
    def _about(cls, period: RetentionPeriod) -> str:
        counted = (
            _("Years from the end of the fiscal year in which the client left.")
            if period.from_departure
            else _("Years from the import.")
            if period.kind == RecordKind.UNDO
            else _("Years from the end of the fiscal year in which the newest of them was made.")
        )
        return f"{counted} {cls._least(period)}" if period.minimum_years else counted


class HoldForm(forms.Form):
    """A hold of one client."""

    client = client_field()
    reason = _words(
        gettext_lazy("Reason"),
        500,
        gettext_lazy("What it is about, and where the request came from. Advisors do not see it."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(ClientField, self.fields["client"]).clients = Client.objects.visible_to(by)


class FirmHoldForm(forms.Form):
    """A hold of everybody."""

    reason = _words(gettext_lazy("Reason"), 500)


class WhyForm(forms.Form):
    """A reason."""

    why = _words(gettext_lazy("Reason"), 300)


class RequestForm(forms.Form):
    """A client asked what is held."""

    client = client_field()
    asked_on = forms.DateField(label=gettext_lazy("Asked on"), widget=DayInput())
    asked_how = forms.ChoiceField(label=gettext_lazy("How"), choices=How.choices)
    asked_by = forms.CharField(
        label=gettext_lazy("Who asked"),
        max_length=160,
        help_text=gettext_lazy("The person, and how you made sure of who it is."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500}),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(ClientField, self.fields["client"]).clients = Client.objects.visible_to(by)
        self.fields["asked_on"].initial = firm_today()

    def clean_asked_on(self) -> dt.date:
        return _past(self.cleaned_data["asked_on"])


class CloseForm(forms.Form):
    """How a request ended."""

    state = forms.ChoiceField(
        label=gettext_lazy("It was"),
        choices=[(each.value, each.label) for each in AccessState if each != AccessState.OPEN],
    )
    on = forms.DateField(label=gettext_lazy("On"), widget=DayInput())
    how = _words(
        gettext_lazy("How it was answered, or why not"),
        500,
        gettext_lazy(
            "For example: handed over in the office to Ada; or: asked by somebody we could not identify."
        ),
    )

    def __init__(self, *args: Any, since: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.since = since
        self.fields["on"].initial = firm_today()

    def clean_on(self) -> dt.date:
        day = _past(self.cleaned_data["on"])
        if day < self.since:
            raise ValidationError(_("It cannot be answered before it was asked."))
        return day


class DepartureForm(forms.ModelForm):
    """The day on which a former client left, where the record learned of it late."""

    left_on = forms.DateField(label=gettext_lazy("Left on"), widget=DayInput())

    class Meta:
        model = Departure
        fields = ["left_on"]

    def clean_left_on(self) -> dt.date:
        day = self.cleaned_data["left_on"]
        if day > firm_today():
            raise ValidationError(_("This day has not come yet."))
        since = self.instance.client.client_since
        if since and day < since:
            raise ValidationError(_("The client came later than that."))
        return day


def _past(day: dt.date) -> dt.date:
    if day > firm_today():
        raise ValidationError(_("This day has not come yet."))
    if day < firm_today() - LONG_AGO:
        raise ValidationError(_("This is more than a year ago. Check the year."))
    return day
