"""The form that pins a client's tier."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.firm import firm_today
from clients.forms import DateInput
from clients.models import Tier
from tiers.models import Override

LONGEST = dt.timedelta(days=5 * 366)


class PinForm(forms.ModelForm):
    class Meta:
        model = Override
        fields = ["tier", "reason", "text", "starts_on", "expires_on"]
        widgets = {
            "starts_on": DateInput(),
            "expires_on": DateInput(),
            "text": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "text": _("For whoever looks at this in a year. The client may ask to read it."),
            "starts_on": _("From a later day on, it counts in the first run of that day."),
            "expires_on": _("The last day. After it the next run proposes what the data says."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = firm_today()
        tiers = self.fields["tier"]
        assert isinstance(tiers, forms.ModelChoiceField)  # noqa: S101
        tiers.queryset = Tier.objects.filter(retired_at__isnull=True)
        tiers.empty_label = _("Choose a tier")
        reasons = self.fields["reason"]
        assert isinstance(reasons, forms.TypedChoiceField)  # noqa: S101
        reasons.choices = [("", _("Choose a reason")), *Override.Reason.choices]
        self.initial.setdefault("starts_on", today)
        self.initial.setdefault("expires_on", today + dt.timedelta(days=365))

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        starts_on, expires_on, today = cleaned.get("starts_on"), cleaned.get("expires_on"), firm_today()
        if starts_on and starts_on < today:
            self.add_error("starts_on", _("This day has passed. Choose today or a later one."))
        if starts_on and expires_on:
            if expires_on < max(starts_on, today):
                self.add_error("expires_on", _("Choose a day from today on, not before the first day."))
            elif expires_on - starts_on > LONGEST:
                self.add_error("expires_on", _("Choose a day within five years. It can be pinned again."))
        return cleaned
