"""The form of a token."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models import User
from servicing.models import ApiToken, Scope

DAYS = ((30, _("30 days")), (90, _("90 days")), (365, _("A year")), (730, _("Two years")))


class PersonField(forms.ModelChoiceField):
    """Two people may have one name; their usernames differ."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.display_name} ({obj.username})"


class TokenForm(forms.ModelForm):
    """What the token is for, as whom, what it may, and for how long."""

    scopes = forms.MultipleChoiceField(
        label=_("May"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing that it may do.")},
    )
    days = forms.TypedChoiceField(
        label=_("Ends after"),
        choices=DAYS,
        coerce=int,
        initial=365,
        help_text=_("Make another one before then; two may be in force at once."),
    )

    class Meta:
        model = ApiToken
        fields = ["name", "acting_as"]
        field_classes = {"acting_as": PersonField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True).order_by("first_name", "last_name", "username")
        cast(PersonField, self.fields["acting_as"]).queryset = people
        self.order_fields(["name", "acting_as", "scopes", "days"])

    def values(self) -> dict[str, Any]:
        """As `make_token` takes them."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "acting_as": data["acting_as"],
            "scopes": data["scopes"],
            "expires_at": timezone.now() + dt.timedelta(days=data["days"]),
        }
