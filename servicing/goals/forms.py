"""The form of a year's goals: a field for each, empty for none."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.formats import money
from clients.templatetags.crm import percent
from servicing.models import GoalKind
from servicing.models.goals import MOST_LOAD

MONEY = (GoalKind.REVENUE, GoalKind.AN_HOUR)
_MOST = {GoalKind.REVENUE: 999_999_999_999, GoalKind.AN_HOUR: 1_000_000, GoalKind.LOAD: MOST_LOAD,
         GoalKind.ON_TIME: 100}  # fmt: skip
_HELP = {
    GoalKind.REVENUE: gettext_lazy(
        "All revenue of the year in the firm's currency, of former and paused clients too."
    ),
    GoalKind.AN_HOUR: gettext_lazy("All revenue of the year for each hour logged on clients in it."),
    GoalKind.LOAD: gettext_lazy("Percent of the stated hours that may be promised over the next 52 weeks."),
    GoalKind.ON_TIME: gettext_lazy("Percent of what falls due that comes by the end of its window."),
}


class AmountField(forms.DecimalField):
    """A number as people write it: 1,000,000 too."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", "") if isinstance(value, str) else value)


def in_field(target: Decimal) -> str:
    """A target as its field shows it: 1,000,000, with cents where it has some."""
    return f"{target:,.2f}".removesuffix(".00")


class GoalsForm(forms.Form):
    """`now`: where each goal stands, as help beside its field."""

    def __init__(self, *args: Any, now: Mapping[str, Decimal | None], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in GoalKind:
            value = now.get(kind)
            text = money(value) if kind in MONEY else percent(value / 100 if value is not None else None)
            self.fields[kind.value] = AmountField(
                label=kind.label,
                required=False,
                min_value=Decimal("0.01"),
                max_value=_MOST[kind],
                max_digits=14,
                decimal_places=2,
                help_text=f"{_HELP[kind]} {_('Now: %s.') % text}" if value is not None else _HELP[kind],
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )

    @property
    def targets(self) -> dict[str, Decimal | None]:
        return {kind.value: self.cleaned_data.get(kind.value) for kind in GoalKind}
