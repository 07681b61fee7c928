"""The question: one number, and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.register.forms import keep_registered
from servicing.models.ratings import HIGHEST, LOWEST
from servicing.ratings.services import Rated
from servicing.ratings.tracked import COMMENT, RATING

REGISTERED = {"rating": RATING, "rating_comment": COMMENT}
WORDS = {
    1: _("not at all valuable"),
    2: _("a little valuable"),
    3: _("valuable"),
    4: _("very valuable"),
    5: _("extremely valuable"),
}
SCALE = [(value, WORDS[value]) for value in range(LOWEST, HIGHEST + 1)]


def rating_field() -> forms.TypedChoiceField:
    """Beside what else closes a task: not asked, most of the time."""
    return forms.TypedChoiceField(
        label=_("Client's rating"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("Not asked")), *((value, f"{value} – {words}") for value, words in SCALE)],
    )


class RatingForm(forms.Form):
    """The question by itself."""

    rating = forms.TypedChoiceField(
        label=_("Rating, 1 to 5"),
        coerce=int,
        choices=SCALE,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a number from 1 to 5."),
            "invalid_choice": _("Choose a number from 1 to 5."),
        },
    )
    rating_comment = forms.CharField(
        label=_("What made it so?"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_registered(self, REGISTERED)

    @property
    def rated(self) -> Rated:
        """The answer of a valid form."""
        comment = self.cleaned_data.get("rating_comment", "")
        return Rated(self.cleaned_data["rating"], comment.strip())
