"""The form of a client's own interval."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from clients.firm import firm_today
from clients.models import Client
from servicing.forms import DateInput
from servicing.models import CadenceOverride, ServiceItem, ServiceKind
from servicing.standards.months import refusal
from servicing.work.delivery import served_tier
from servicing.work.words import often

FARTHEST = 10 * 366  # days ahead; a date beyond is a slip of the keys


class OwnIntervalForm(forms.ModelForm):
    """Of the services that the client's tier promises; `items` are they, by service kind."""

    class Meta:
        model = CadenceOverride
        fields = ["kind", "interval_months", "starts_on", "ends_on", "reason"]
        widgets = {
            "starts_on": DateInput(),
            "ends_on": DateInput(),
            "reason": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.client = client
        today = firm_today()
        promised = ServiceItem.objects.filter(
            standard__tier_id__in=served_tier(client, today), ended_on__isnull=True
        ).select_related("kind")
        self.items = {item.kind_id: item for item in promised}
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ModelChoiceField)  # noqa: S101
        kind.queryset = ServiceKind.objects.filter(pk__in=self.items)
        kind.label_from_instance = self._with_standard  # type: ignore[assignment,method-assign]
        self.fields["starts_on"].initial = today
        self.fields["starts_on"].error_messages["required"] = _("Say from which day on.")
        self.fields["reason"].error_messages["required"] = _("Say why; the page and the history show it.")

    def _with_standard(self, kind: Any) -> str:
        return _("%(service)s (standard: %(often)s)") % {
            "service": kind.label,
            "often": often(self.items[kind.pk].interval_months),
        }

    def clean_starts_on(self) -> dt.date:
        starts_on = self.cleaned_data["starts_on"]
        if abs((starts_on - firm_today()).days) > FARTHEST:
            raise ValidationError(_("Check the year."))
        return starts_on

    def clean_ends_on(self) -> dt.date | None:
        ends_on = self.cleaned_data["ends_on"]
        if ends_on and ends_on < firm_today():
            raise ValidationError(_("This day has passed. Choose a later one, or none."))
        if ends_on and (ends_on - firm_today()).days > FARTHEST:
            raise ValidationError(_("Check the year, or leave it empty."))
        return ends_on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("An exception cannot end before it starts."))
        kind, months = data.get("kind"), data.get("interval_months")
        if kind and months:
            item = self.items[kind.pk]
            if months == item.interval_months:
                self.add_error("interval_months", _("The standard says so already. Choose another interval."))
            elif why_not := refusal(months, item.allowed_months):
                self.add_error("interval_months", why_not)
        return data
