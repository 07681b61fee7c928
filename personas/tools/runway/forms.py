"""Forms of the runway, the redundancy checklist, and who does what."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.as_shown import AsShown
from clients.firm import firm_today
from clients.forms import DateInput
from clients.models import Client
from clients.register.forms import tell_why
from personas.models import CheckState, HouseholdDuty, OtherIncome, Reserve, SoloPlan
from personas.tools.runway.reading import CHECKLIST, COSTS, DUTIES, INCOMES, RESERVES, Checklist


class CostsForm(AsShown, forms.ModelForm):
    """What the household spends a month, and whose income would end."""

    class Meta:
        model = SoloPlan
        fields = ["earner", "needed", "wished", "inflation"]

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose_from(self, client, "earner")
        self.fields["needed"].required = True
        self.fields["needed"].error_messages["required"] = _(
            "Enter what is needed: without spending there are no months to count."
        )
        tell_why(self, COSTS)


class LineForm(AsShown, forms.ModelForm):
    """One of several rows of a household. `code`: the register's field that it is of."""

    code = ""

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tell_why(self, self.code)


class ReserveForm(LineForm):
    code = RESERVES

    class Meta:
        model = Reserve
        fields = ["name", "kind", "amount", "as_of", "usable_after", "counts"]
        widgets = {"as_of": DateInput()}

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, client=client, **kwargs)
        self.fields["as_of"].initial = firm_today

    def clean_as_of(self) -> dt.date:
        on: dt.date = self.cleaned_data["as_of"]
        if on > firm_today():
            raise ValidationError(_("This day has not come yet. Give the day of the statement."))
        return on


class IncomeForm(LineForm):
    code = INCOMES

    class Meta:
        model = OtherIncome
        fields = ["name", "amount", "until"]
        widgets = {"until": DateInput()}

    def clean_until(self) -> dt.date | None:
        until: dt.date | None = self.cleaned_data["until"]
        if until and until < firm_today() and "until" in self.changed_data:
            raise ValidationError(_("This day has passed, so the income would not go on."))
        return until


class DutyForm(LineForm):
    """A thing to be done. The earner is not offered: it is about when that one cannot."""

    code = DUTIES

    class Meta:
        model = HouseholdDuty
        fields = ["title", "person", "outside", "backup", "backup_outside"]

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, client=client, **kwargs)
        earner = SoloPlan.objects.filter(client=client).values_list("earner", flat=True).first()
        for name in ("person", "backup"):
            _choose_from(self, client, name, without=earner)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for name, outside in (("person", "outside"), ("backup", "backup_outside")):
            if found.get(name) and found.get(outside):
                self.add_error(
                    outside, _("Choose a person of the household or name somebody here, not both.")
                )
        same_person = found.get("person") and found.get("person") == found.get("backup")
        names = [(found.get(name) or "").strip().casefold() for name in ("outside", "backup_outside")]
        if same_person:
            self.add_error("backup", _("Who steps in must be somebody else."))
        if names[0] and names[0] == names[1]:
            self.add_error("backup_outside", _("Who steps in must be somebody else."))
        return found


def _choose_from(form: forms.ModelForm, client: Client, name: str, *, without: int | None = None) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
    people = client.members.all()
    field.queryset = people.exclude(pk=without) if without else people
    field.empty_label = str(_("Nobody chosen"))


class ChecklistForm(forms.Form):
    """Every point of the checklist at once: its state, and why or until when."""

    def __init__(self, *args: Any, checklist: Checklist, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.checklist = checklist
        tell_why(self, CHECKLIST)
        for point in checklist.points:
            item, check = point.item, point.check
            self.fields[f"state_{item.pk}"] = forms.ChoiceField(
                label=item.label,
                choices=[("", _("Not looked at")), *CheckState.choices],
                required=False,
                initial=check.state if check else "",
                widget=forms.Select(attrs={"class": "form-select"}),
            )
            self.fields[f"note_{item.pk}"] = forms.CharField(
                label=_("%(point)s: note or why") % {"point": item.label},
                max_length=200,
                required=False,
                initial=check.note if check else "",
                widget=forms.TextInput(attrs={"class": "form-control"}),
            )
            self.fields[f"due_{item.pk}"] = forms.DateField(
                label=_("%(point)s: until") % {"point": item.label},
                required=False,
                widget=DateInput(attrs={"class": "form-control"}),
                initial=check.due_on if check else None,
            )

    @property
    def lines(self) -> list[dict[str, Any]]:
        """A point with its three fields."""
        return [
            {"point": point, **{name: self[f"{name}_{point.item.pk}"] for name in ("state", "note", "due")}}
            for point in self.checklist.points
        ]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for point in self.checklist.points:
            self._check(point.item.pk, found, was=point.check.due_on if point.check else None)
        return found

    def _check(self, pk: int, found: dict[str, Any], *, was: dt.date | None) -> None:
        state, due = found.get(f"state_{pk}"), found.get(f"due_{pk}")
        if state == CheckState.NOT_NEEDED and not found.get(f"note_{pk}"):
            self.add_error(f"note_{pk}", _("Say why it is not needed."))
        if state == CheckState.OPEN and not due and f"due_{pk}" not in self.errors:
            self.add_error(f"due_{pk}", _("Give the day until which it will be done."))
        if state == CheckState.OPEN and due and due < firm_today() and due != was:
            self.add_error(f"due_{pk}", _("This day has passed."))
        if state != CheckState.OPEN:
            found[f"due_{pk}"] = None

    def answers(self) -> dict[int, tuple[str, str, dt.date | None]]:
        """By point: state, note and date; an empty state for one that nobody looked at."""
        data = self.cleaned_data
        pks = [point.item.pk for point in self.checklist.points]
        return {pk: (data[f"state_{pk}"], data[f"note_{pk}"], data[f"due_{pk}"]) for pk in pks}


LINES: dict[str, tuple[type[LineForm], Any, Any]] = {
    "reserve": (ReserveForm, gettext_lazy("New reserve"), gettext_lazy("Reserve")),
    "income": (IncomeForm, gettext_lazy("New income that goes on"), gettext_lazy("Income that goes on")),
    "duty": (DutyForm, gettext_lazy("New line of who does what"), gettext_lazy("Who does it")),
}
