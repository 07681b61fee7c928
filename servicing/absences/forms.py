"""The form of an absence."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from clients.access import runs_the_firm
from clients.firm import firm_today
from clients.models import User
from servicing.forms import DateInput, serving_people
from servicing.models import Absence

FARTHEST = dt.timedelta(days=2 * 366)


class AbsenceForm(forms.ModelForm):
    """Of `by` alone; of anybody where `by` runs the firm. A person who is chosen stays with the absence."""

    class Meta:
        model = Absence
        fields = ["user", "first_on", "last_on", "stand_in", "note"]
        widgets = {"first_on": DateInput(), "last_on": DateInput()}

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = serving_people(also=by)
        whose, stand_in = self.fields["user"], self.fields["stand_in"]
        assert isinstance(whose, forms.ModelChoiceField)  # noqa: S101
        assert isinstance(stand_in, forms.ModelChoiceField)  # noqa: S101
        if self.instance.pk or not runs_the_firm(by):
            del self.fields["user"]
            self.instance.user = self.instance.user if self.instance.pk else by
        else:
            whose.queryset, whose.initial, whose.empty_label = people, by.pk, None
        stand_in.queryset = people
        stand_in.empty_label, stand_in.help_text = _("Nobody: the work moves to other days"), ""
        self.fields["first_on"].error_messages["required"] = _("Say which day is the first.")
        self.fields["last_on"].error_messages["required"] = _("Say which day is the last.")

    def clean_last_on(self) -> dt.date:
        last_on = self.cleaned_data["last_on"]
        if last_on < firm_today():
            raise ValidationError(_("This day has passed. An absence that is over changes nothing."))
        if last_on > firm_today() + FARTHEST:
            raise ValidationError(_("This is more than two years ahead. Check the year."))
        return last_on

    def clean_first_on(self) -> dt.date:
        first_on = self.cleaned_data["first_on"]
        if first_on < firm_today() - FARTHEST:
            raise ValidationError(_("This is more than two years ago. Check the year."))
        return first_on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first_on"), data.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("An absence cannot end before it starts."))
        person = data.get("user") or getattr(self.instance, "user", None)
        if person and data.get("stand_in") == person:
            self.add_error("stand_in", _("Nobody stands in for themselves."))
        return data

    @property
    def key(self) -> str:
        """The values that decide what becomes of the work: what was shown is what is saved."""
        absence = self.instance
        return f"{absence.user_id}:{absence.first_on}:{absence.last_on}:{absence.stand_in_id}"
