"""The form of a fee schedule, its brackets in rows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clients.firm import firm_today
from clients.forms import DateInput
from clients.models import Tier
from tiers.fees.services import Stated
from tiers.models import FeeSchedule
from tiers.models.fees import MOST_PERCENT

ROWS = 8  # brackets
LONG_AGO = dt.timedelta(days=3660)


class BracketForm(forms.Form):
    """One bracket; a row left empty is no bracket."""

    starts_at = forms.DecimalField(
        label=_("Assets from"), required=False, min_value=0, max_digits=16, decimal_places=2
    )
    percent = forms.DecimalField(
        label=_("Percent a year"),
        required=False,
        min_value=0,
        max_value=MOST_PERCENT,
        max_digits=6,
        decimal_places=4,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        start, percent = data.get("starts_at"), data.get("percent")
        if start is None and percent is not None:
            self.add_error("starts_at", _("From which amount does this rate count?"))
        if percent is None and start is not None:
            self.add_error("percent", _("Which rate counts from this amount on?"))
        return data

    @property
    def bracket(self) -> tuple[Decimal, Decimal] | None:
        start, percent = self.cleaned_data.get("starts_at"), self.cleaned_data.get("percent")
        return None if start is None or percent is None else (start, percent)


class ScheduleForm(forms.ModelForm):
    """A schedule that will follow the one in force. `rows` are its brackets."""

    class Meta:
        model = FeeSchedule
        fields = ["tier", "effective_on", "method", "minimum", "tolerance", "note"]
        widgets = {"effective_on": DateInput()}

    def __init__(self, *args: Any, before: FeeSchedule | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tier"].queryset = Tier.objects.active()  # type: ignore[attr-defined]
        self.fields["effective_on"].initial = firm_today()
        known = list(before.brackets.all()) if before else []
        if before:
            for name in ("tier", "method", "minimum", "tolerance"):
                self.initial.setdefault(name, getattr(before, name))
        self.rows = [
            BracketForm(
                self.data if self.is_bound else None,
                prefix=f"bracket-{place}",
                initial=self._row(known, place),
            )
            for place in range(ROWS)
        ]

    def _row(self, known: list[Any], place: int) -> dict[str, Any]:
        if place < len(known):
            return {"starts_at": f"{known[place].starts_at.normalize():f}", "percent": known[place].rate}
        return {"starts_at": 0} if place == 0 else {}

    def clean_effective_on(self) -> dt.date:
        on: dt.date = self.cleaned_data["effective_on"]
        if on < firm_today() - LONG_AGO:
            raise ValidationError(_("This is more than ten years ago."))
        return on

    def clean(self) -> dict[str, Any]:
        """`stated`: what the schedule says, once all of it is right."""
        data = super().clean() or {}
        valid = [row.is_valid() for row in self.rows]  # each says what is wrong with it
        if not all(valid):
            raise ValidationError(_("Look at the brackets: from which amount which rate counts."))
        brackets = [row.bracket for row in self.rows if row.bracket]
        if not brackets:
            raise ValidationError(_("Write at least one bracket: the rate that counts from 0 on."))
        if brackets[0][0] != 0:
            self.rows[0].add_error("starts_at", _("The first bracket begins at 0."))
            raise ValidationError(_("The first bracket begins at 0."))
        starts = [start for start, _percent in brackets]
        if any(later <= earlier for earlier, later in pairwise(starts)):
            raise ValidationError(_("Each bracket begins above the one before."))
        if not self.errors:
            data["stated"] = Stated(
                data["method"], data["minimum"], data["tolerance"], brackets, data["note"]
            )
        return data
