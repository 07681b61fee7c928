"""Logging time in one line: for whom, how long, in which role, on which day, what for."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.choosing import ClientField, written
from clients.firm import firm_today
from clients.models import Client, ServiceRole, TimeEntry, User
from clients.register.forms import tell_why
from clients.services_time import check_day, minutes_of
from servicing.forms import DateInput, client_field


class TimeForm(forms.Form):
    """Time for one client, whose page it is opened from."""

    minutes = forms.CharField(
        label=_("Time"),
        max_length=20,
        help_text=_("90, 1h 30 or 1:30."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    activity = forms.CharField(label=_("What for"), required=False, max_length=160)
    spent_on = forms.DateField(label=_("Date"), widget=DateInput())
    role = forms.ModelChoiceField(
        label=_("Role"),
        queryset=ServiceRole.objects.none(),
        required=False,
        empty_label=_("As on the client's team"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["role"]).queryset = ServiceRole.objects.all()
        self.fields["spent_on"].initial = firm_today()
        tell_why(self, "time_spent")

    def clean_minutes(self) -> int:
        return minutes_of(self.cleaned_data["minutes"])

    def clean_spent_on(self) -> dt.date:
        check_day(self.cleaned_data["spent_on"])
        return self.cleaned_data["spent_on"]


class NamedTimeForm(TimeForm):
    """Time for a client that is named in the form; `by` is who fills it in."""

    client = client_field()
    field_order = ["client"]

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(ClientField, self.fields["client"]).clients = Client.objects.visible_to(by)


def initial_of(entry: TimeEntry) -> dict[str, Any]:
    """What the form shows of an entry that is changed."""
    return {
        "client": written(entry.client),
        "minutes": entry.minutes,
        "activity": entry.activity,
        "spent_on": entry.spent_on,
        "role": entry.role_id,
    }
