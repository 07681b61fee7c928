"""Forms of the owner's tools: holdings, win conditions, options with their ratings, steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.as_shown import AsShown
from clients.firm import firm_today
from clients.forms import DateInput
from clients.register.forms import tell_why
from personas.models import CommitmentStep, Holding, HoldingKind, OwnerOption, StepState, WinCondition
from personas.models.owner import DEBTS
from personas.tools.owner.tool import HOLDINGS, OPTIONS, STEPS, WINS

IMPORTANCE = [
    (5, gettext_lazy("5 · without it, it is no win")),
    (4, gettext_lazy("4 · matters a lot")),
    (3, gettext_lazy("3 · matters")),
    (2, gettext_lazy("2 · good to have")),
    (1, gettext_lazy("1 · hardly matters")),
]
RATINGS = [
    ("", gettext_lazy("Not rated yet")),
    (5, gettext_lazy("5 · fully")),
    (4, gettext_lazy("4 · mostly")),
    (3, gettext_lazy("3 · partly")),
    (2, gettext_lazy("2 · hardly")),
    (1, gettext_lazy("1 · not at all")),
]


def _not_to_come(day: dt.date) -> dt.date:
    if day > firm_today():
        raise ValidationError(_("This day is still to come."))
    return day


class HoldingForm(AsShown, forms.ModelForm):
    """Something that the household owns or owes."""

    class Meta:
        model = Holding
        fields = ["name", "kind", "value", "as_of", "hangs_on"]
        widgets = {"as_of": DateInput()}
        help_texts = {
            "value": gettext_lazy("Of a debt: what is owed, without a minus sign."),
            "hangs_on": gettext_lazy(
                "The asset with which it stands and falls: of a hall let to the own business, the business."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["as_of"] = self.initial.get("as_of") or firm_today()
        kinds = self.fields["kind"]
        assert isinstance(kinds, forms.ChoiceField)  # noqa: S101
        kinds.choices = [("", _("Choose a kind")), *HoldingKind.choices]
        roots = self.fields["hangs_on"]
        assert isinstance(roots, forms.ModelChoiceField)  # noqa: S101
        roots.queryset = (
            Holding.objects.filter(client=self.instance.client, hangs_on=None)
            .exclude(kind__in=DEBTS)
            .exclude(pk=self.instance.pk)
        )
        roots.label_from_instance = lambda holding: holding.name  # type: ignore[assignment,method-assign]
        roots.empty_label = _("Nothing else")
        tell_why(self, HOLDINGS)

    def clean_as_of(self) -> dt.date:
        return _not_to_come(self.cleaned_data["as_of"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        carries = self.instance.pk is not None and self.instance.hanging.exists()
        if carries and data.get("hangs_on"):
            self.add_error("hangs_on", _("Other holdings hang on this one, so it can hang on none itself."))
        if carries and data.get("kind") in DEBTS:
            self.add_error("kind", _("Other holdings hang on this one, so it cannot be a debt."))
        return data


class WinConditionForm(forms.ModelForm):
    """What would make an exit a win."""

    importance = forms.TypedChoiceField(
        label=gettext_lazy("How much it matters"), choices=IMPORTANCE, coerce=int, initial=3
    )

    class Meta:
        model = WinCondition
        fields = ["title", "importance"]
        help_texts = {"title": gettext_lazy("In the owner's own words.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tell_why(self, WINS)


class OptionForm(forms.ModelForm):
    """An option, with how well it meets each win condition."""

    class Meta:
        model = OwnerOption
        fields = ["title", "about", "leaves_open"]
        widgets = {
            "about": forms.Textarea(attrs={"rows": 2}),
            "leaves_open": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, conditions: list[WinCondition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conditions = conditions
        rated = {}
        if self.instance.pk:
            rated = {each.condition_id: each for each in self.instance.ratings.all()}
        for condition in conditions:
            stored = rated.get(condition.pk)
            self.fields[f"rating_{condition.pk}"] = forms.TypedChoiceField(
                label=condition.title,
                choices=RATINGS,
                coerce=int,
                empty_value=None,
                required=False,
                initial=stored.rating if stored else "",
            )
            self.fields[f"note_{condition.pk}"] = forms.CharField(
                label=_("Note on “%(title)s”") % {"title": condition.title},
                max_length=160,
                required=False,
                initial=stored.note if stored else "",
            )
        tell_why(self, OPTIONS)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for condition, rating, note in self._given(data):
            if note and rating is None:
                self.add_error(f"rating_{condition.pk}", _("Choose a rating for the note."))
        return data

    def _given(self, data: dict[str, Any]) -> Iterator[tuple[WinCondition, int | None, str]]:
        for each in self.conditions:
            yield each, data.get(f"rating_{each.pk}"), data.get(f"note_{each.pk}") or ""

    @property
    def ratings(self) -> dict[int, tuple[int, str]]:
        """Rating and note by the condition's id, without those that are not rated."""
        return {
            each.pk: (rating, note)
            for each, rating, note in self._given(self.cleaned_data)
            if rating is not None
        }


class StepForm(forms.ModelForm):
    """The words of a step, and while it is under way its date."""

    class Meta:
        model = CommitmentStep
        fields = ["title", "about", "due_on"]
        widgets = {"about": forms.Textarea(attrs={"rows": 2}), "due_on": DateInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.state != StepState.ACTIVE:
            del self.fields["due_on"]
        tell_why(self, STEPS)

    def clean_due_on(self) -> dt.date | None:
        due: dt.date | None = self.cleaned_data["due_on"]
        if due and self.instance.agreed_on and due < self.instance.agreed_on:
            raise ValidationError(_("It cannot be due before it was agreed."))
        return due


class AgreeForm(forms.Form):
    """Who agreed to the next step, when, and by when it is to be done."""

    agreed_by = forms.CharField(
        label=gettext_lazy("Agreed by"),
        max_length=120,
        help_text=gettext_lazy("The person who said yes: the owner, a partner, both."),
    )
    agreed_on = forms.DateField(label=gettext_lazy("Agreed on"), widget=DateInput())
    due_on = forms.DateField(
        label=gettext_lazy("To be done by"),
        widget=DateInput(),
        required=False,
        help_text=gettext_lazy("With a day it becomes a task of the lead advisor, to look after it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tell_why(self, STEPS)

    def clean_agreed_on(self) -> dt.date:
        return _not_to_come(self.cleaned_data["agreed_on"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        agreed, due = data.get("agreed_on"), data.get("due_on")
        if agreed and due and due < agreed:
            self.add_error("due_on", _("It cannot be due before it was agreed."))
        return data


class CloseForm(forms.Form):
    """How a step ended."""

    state = forms.ChoiceField(
        label=gettext_lazy("How it ended"),
        choices=[(StepState.DONE, StepState.DONE.label), (StepState.STOPPED, StepState.STOPPED.label)],
        initial=StepState.DONE,
    )
    closed_on = forms.DateField(label=gettext_lazy("On"), widget=DateInput())
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Needed where it was stopped."),
    )

    def __init__(self, *args: Any, step: CommitmentStep, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tell_why(self, STEPS)
        self.step = step
        if step.state == StepState.PROPOSED:
            self.fields["state"] = forms.ChoiceField(
                label=gettext_lazy("How it ended"), choices=[(StepState.STOPPED, StepState.STOPPED.label)]
            )

    def clean_closed_on(self) -> dt.date:
        closed = _not_to_come(self.cleaned_data["closed_on"])
        if self.step.agreed_on and closed < self.step.agreed_on:
            raise ValidationError(_("It cannot end before it was agreed."))
        return closed

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("state") == StepState.STOPPED and not data.get("reason"):
            self.add_error("reason", _("Give the reason."))
        return data
