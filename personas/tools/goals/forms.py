"""Forms of goal rankings: beginning a round, and giving each goal a place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Client, Member
from clients.register.forms import tell_why
from personas.models import GoalKind, RoundGoal
from personas.models.mapping import lines
from personas.tools.goals.services import FEWEST, MOST, Goal

GOALS = "household_goals"
LONGEST = RoundGoal._meta.get_field("label").max_length or 80
DAYS = [(7, gettext_lazy("7 days")), (14, gettext_lazy("14 days")), (30, gettext_lazy("30 days"))]


def first_name(person: Member) -> str:
    """The name that a partner's page greets with: nothing more of the person is shown there."""
    last, comma, first = person.name.partition(",")
    words = (first if comma and first.strip() else last).split()
    return words[0][:60] if words else person.name[:60]


class BeginForm(forms.Form):
    """Which goals two people of the household rank, and for how long their links hold."""

    kinds = forms.ModelMultipleChoiceField(
        GoalKind.objects.none(),
        label=gettext_lazy("Goals"),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
    )
    own = forms.CharField(
        label=gettext_lazy("In their own words"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One goal a line. Both partners read them as they stand here."),
    )
    first = forms.ModelChoiceField(Member.objects.none(), label=gettext_lazy("One partner"))
    second = forms.ModelChoiceField(Member.objects.none(), label=gettext_lazy("The other partner"))
    days = forms.TypedChoiceField(
        label=gettext_lazy("The links hold for"), choices=DAYS, coerce=int, initial=14
    )

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = list(client.members.all()[:2])
        for name, person in zip(("first", "second"), [*people, None, None], strict=False):
            chosen = self.fields[name]
            assert isinstance(chosen, forms.ModelChoiceField)  # noqa: S101
            chosen.queryset, chosen.initial = client.members.all(), person
        kinds = self.fields["kinds"]
        assert isinstance(kinds, forms.ModelMultipleChoiceField)  # noqa: S101
        kinds.queryset = GoalKind.objects.active()
        kinds.help_text = _("Choose from %(fewest)s to %(most)s, own words counted.") % {
            "fewest": FEWEST,
            "most": MOST,
        }
        tell_why(self, GOALS)

    def clean_own(self) -> list[str]:
        found = lines(self.cleaned_data["own"])
        if too_long := next((line for line in found if len(line) > LONGEST), ""):
            raise ValidationError(
                _("Use at most %(n)s characters a goal: “%(goal)s…”") % {"n": LONGEST, "goal": too_long[:30]}
            )
        return found

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("first") and found.get("first") == found.get("second"):
            self.add_error("second", _("Choose two people."))
        if "kinds" in found and "own" in found:
            self._check_goals(self.goals)
        return found

    def _check_goals(self, goals: Sequence[Goal]) -> None:
        twice = [label for label, n in Counter(goal.label.casefold() for goal in goals).items() if n > 1]
        if twice:
            self.add_error("own", _("“%s” is there twice.") % twice[0])
        if not FEWEST <= len(goals) <= MOST:
            wanted = {"fewest": FEWEST, "most": MOST, "n": len(goals)}
            self.add_error("kinds", _("Choose from %(fewest)s to %(most)s goals; these are %(n)s.") % wanted)

    @property
    def goals(self) -> list[Goal]:
        """Those of the list in its order, then the own ones."""
        data = self.cleaned_data
        return [*(Goal(kind.label, kind) for kind in data["kinds"]), *(Goal(text) for text in data["own"])]

    @property
    def partners(self) -> tuple[str, str]:
        """First names; two that are the same are told apart by a number."""
        one, other = first_name(self.cleaned_data["first"]), first_name(self.cleaned_data["second"])
        return (one, other) if one != other else (f"{one} 1", f"{other} 2")


class RankForm(forms.Form):
    """A place for each goal, 1 the most wanted; each place once."""

    def __init__(self, *args: Any, goals: Sequence[RoundGoal], places: Sequence[int] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.goals = list(goals)
        choices = [("", "–"), *((place, str(place)) for place in range(1, len(self.goals) + 1))]
        for number, goal in enumerate(self.goals):
            self.fields[f"place_{goal.position}"] = forms.TypedChoiceField(
                label=goal.label,
                choices=choices,
                coerce=int,
                initial=places[number] if places else "",
                widget=forms.Select(attrs={"class": "form-select"}),
                error_messages={
                    "required": _("Give this goal a place."),
                    "invalid_choice": _("Choose one of the places."),
                },
            )

    def clean(self) -> dict[str, Any]:
        """Ties are refused at each goal that shares its place. A gap cannot be without a tie or a blank."""
        found = super().clean() or {}
        shared = {place for place, number in Counter(found.values()).items() if number > 1}
        free = sorted(set(range(1, len(self.goals) + 1)) - set(found.values()))
        for name in [name for name, place in found.items() if place in shared]:
            self.add_error(
                name,
                _("Place %(place)s is given twice. Not given yet: %(free)s.")
                % {"place": found[name], "free": ", ".join(map(str, free))},
            )
        return found

    @property
    def places(self) -> list[int]:
        """The place of each goal, in the order of the goals."""
        return [self.cleaned_data[f"place_{goal.position}"] for goal in self.goals]
