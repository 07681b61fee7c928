"""Forms of the client record, its people and its team, and of the firm."""

from __future__ import annotations

from typing import Any

import holidays
from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from clients import people, time_zones
from clients.as_shown import AsShown
from clients.merges import taken_number
from clients.models import (
    BehavioralTrigger,
    Client,
    Firm,
    Member,
    Permission,
    SavedFilter,
    ServiceRole,
    TeamMember,
    Term,
    User,
)
from clients.models.people import Group
from clients.register.forms import keep_registered, tell_why
from clients.rubric import rubric_of
from clients.words import AXES


class SavedFilterForm(forms.ModelForm):
    class Meta:
        model = SavedFilter
        fields = ["name", "query"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["query"].required = False


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


def _rating_field(name: str, about: Any) -> forms.TypedChoiceField:
    """A rating from 5 to 1 by the firm's rubric, with what each means below it."""
    rubric = rubric_of(name)
    words = {row.rating: f"{row.rating} · {row.meaning}" for row in rubric}
    return forms.TypedChoiceField(
        label=Client._meta.get_field(name).verbose_name.capitalize(),  # type: ignore[union-attr]
        choices=[("", _("Not rated")), *((rating, words.get(rating, rating)) for rating in range(5, 0, -1))],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=render_to_string(
            "clients/partials/rating_help.html", {"name": name, "about": about, "meanings": rubric}
        ),
        error_messages={"invalid_choice": _("Choose a rating from 1 to 5, or leave it not rated.")},
        widget=forms.Select(attrs={"aria-describedby": f"about-{name}"}),
    )


def _changes_help(model: type[Term]) -> str:
    """What each value changes, as the help under its dropdown."""
    return " ".join(f"{term.label}: {term.changes}" for term in model._default_manager.active())


class ClientForm(AsShown, forms.ModelForm):
    """The record and its five dropdowns. The behavioral one is there only while permission is granted."""

    behavioral_trigger = forms.ModelChoiceField(
        BehavioralTrigger.objects.active(), required=False, label=_("Behavioral trigger")
    )

    class Meta:
        model = Client
        fields = [
            "name",
            "external_id",
            "status",
            "client_since",
            "complexity_driver",
            "attention_constraint",
            "persona",
            "income_structure",
            "email",
            "phone",
            "assets_under_management",
            "potential_revenue",
            "growth_potential",
            "alignment",
            "investable_assets",
            "expected_years",
        ]
        widgets = {"client_since": DateInput()}
        help_texts = {
            "potential_revenue": _(
                "What the firm could earn in a year if it served all that the client needs."
            ),
        }

    field_order = [
        "name",
        "external_id",
        "status",
        "client_since",
        *AXES,
        "email",
        "phone",
        "assets_under_management",
        "investable_assets",
        "potential_revenue",
        "expected_years",
        "growth_potential",
        "alignment",
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["growth_potential"] = _rating_field(
            "growth_potential", _("Where the relationship is going, by the firm's rubric.")
        )
        self.fields["alignment"] = _rating_field(
            "alignment", _("The fit with the firm's values and ideal client, by the firm's rubric.")
        )
        for field, model in AXES.items():
            if field == "behavioral_trigger":
                continue
            current = getattr(self.instance, f"{field}_id")
            choices = model._default_manager.active()
            dropdown = self.fields[field]
            assert isinstance(dropdown, forms.ModelChoiceField)  # noqa: S101
            dropdown.queryset = choices | model._default_manager.filter(pk=current) if current else choices
        if self.instance.permission == Permission.GRANTED:
            tag = getattr(self.instance, "behavioral_tag", None)
            self.initial.setdefault("behavioral_trigger", tag.trigger_id if tag else None)
        else:
            del self.fields["behavioral_trigger"]
        keep_registered(self, {name: name for name in self.fields})

    def clean_external_id(self) -> str:
        number = self.cleaned_data["external_id"]
        if former := taken_number(number):
            text = _("This was the number of a record that is a part of %(name)s, number %(number)s, now.")
            raise ValidationError(text % {"name": former.client.name, "number": former.client.external_id})
        return number


class MemberForm(AsShown, forms.ModelForm):
    class Meta:
        model = Member
        fields = ["name", "relation", "birth_date", "email", "phone"]
        widgets = {"birth_date": DateInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_registered(self, {name: f"member_{name}" for name in self.fields})

    def clean_birth_date(self) -> Any:
        born = self.cleaned_data["birth_date"]
        if born and born > localdate():
            raise ValidationError(_("This day has not come yet."))
        return born


class PersonField(forms.CharField):
    """A person of the firm by username or e-mail address; suggestions come from the list `people-options`."""

    widget = forms.TextInput(attrs={"list": "people-options", "autocomplete": "off"})

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        person = people.called(text)
        if person is None:
            raise ValidationError(_("Nobody here has the username or e-mail address %s.") % text)
        return person


class TeamForm(AsShown, forms.Form):
    """The service team: one person for each role, or nobody."""

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = {
            member.role_id: member.user
            for member in TeamMember.objects.filter(client=client).select_related("user")
        }
        self.roles = list(ServiceRole.objects.active())
        for role in self.roles:
            holder = held.get(role.pk)
            self.fields[f"role_{role.pk}"] = PersonField(
                label=role.label, required=False, initial=holder.username if holder else ""
            )
        tell_why(self, "service_team")


ROLE_CHOICES = [
    (Group.ADVISOR, _("Advisor: the clients of their own teams")),
    (Group.OPERATIONS, _("Operations: all clients, imports, dashboards")),
    (Group.COMPLIANCE, _("Compliance: reads everything, changes nothing")),
    (Group.ADMINISTRATOR, _("Administrator: everything, people and settings too")),
]


class PersonForm(forms.Form):
    """A person of the firm and what they may do."""

    first_name = forms.CharField(label=_("First name"), max_length=150)
    last_name = forms.CharField(label=_("Last name"), max_length=150)
    email = forms.EmailField(label=_("E-mail"))
    groups = forms.MultipleChoiceField(
        label=_("Roles"), choices=ROLE_CHOICES, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, person: User | None = None, **kwargs: Any) -> None:
        self.person = person
        super().__init__(*args, **kwargs)

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        others = User.objects.filter(email__iexact=email)
        if self.person:
            others = others.exclude(pk=self.person.pk)
        if others.exists():
            raise ValidationError(_("A person with this address is here already. Find them in the list."))
        return email


class ChoosePasswordForm(SetPasswordForm):
    """An invited person's first password; what is wrong with it stands at it, not at its repetition."""

    def clean(self) -> dict[str, Any]:
        self.validate_passwords("new_password1", "new_password2")
        self.validate_password_for_user(self.user, "new_password1")
        return self.cleaned_data


class FirmForm(forms.ModelForm):
    """The firm's name, where it is, and so its days off."""

    class Meta:
        model = Firm
        fields = ["name", "time_zone", "country", "subdivision", "currency"]
        help_texts = {
            "time_zone": _("Dates follow it: a task is late when the day ends there."),
            "currency": _("Three letters, for example USD. Amounts are in this one currency."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        firm = self.instance
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"),
            choices=time_zones.choices(country=firm.country, current=firm.time_zone),
            help_text=self.fields["time_zone"].help_text,
        )

    def clean_country(self) -> str:
        country = self.cleaned_data["country"].upper()
        if len(country) != 2 or not country.isalpha():
            raise ValidationError(_("Two letters, for example US, CA or DE."))
        return country

    def clean(self) -> dict[str, Any]:
        """A country and a part of it that the calendar of public holidays knows."""
        data = super().clean() or {}
        known = holidays.list_supported_countries()
        country, part = data.get("country"), data.get("subdivision")
        if country and country not in known:
            self.add_error("country", _("No holidays are known for %s. Check the two letters.") % country)
        elif country and part and part not in known[country]:
            parts = ", ".join(known[country])
            text = _("Leave it empty, or choose one of: %s.") % parts if parts else _("Leave it empty.")
            self.add_error("subdivision", text)
        return data

    def clean_currency(self) -> str:
        currency = self.cleaned_data["currency"].upper()
        if len(currency) != 3 or not currency.isalpha():
            raise ValidationError(_("Three letters, for example USD."))
        return currency
