"""Forms of handing over a book, of leaving, and of merging and splitting records."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients import people
from clients.choosing import ClientField
from clients.forms import PersonField
from clients.models import Client, Permission, Persona, SavedFilter, ServiceRole, Tier, User
from servicing.book.choosing import in_words
from servicing.book.splitting import Parts, free_number, number_taken
from servicing.book.transfer import why_not_to
from servicing.forms import DateInput, client_field
from servicing.models import BookTransfer, Share

RECEIVERS = 6
ALL, TIERS, PERSONAS, SAVED, PICKED = "all", "tiers", "personas", "saved", "picked"


class GiverField(PersonField):
    """A person by username or e-mail address, also one who can no longer sign in."""

    def clean(self, value: Any) -> Any:
        text = forms.CharField.clean(self, value)
        if not text:
            return None
        person = people.called(text) or User.objects.filter(username__iexact=text).first()
        if person is None:
            raise ValidationError(_("Nobody here has the username or e-mail address %s.") % text)
        return person


class ReceiversForm(forms.Form):
    """Who receives, how several share, and why. `known_giver` is who gives, where that is known before."""

    share = forms.ChoiceField(
        label=gettext_lazy("Where several people receive"),
        choices=Share.choices,
        widget=forms.RadioSelect,
        initial=Share.HOURS,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("It is kept in the history of each client."),
    )

    def __init__(self, *args: Any, known_giver: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_giver = known_giver
        for number in range(1, RECEIVERS + 1):
            self.fields[f"to_{number}"] = PersonField(
                label=_("Who receives") if number == 1 else _("Person %s") % number, required=False
            )
        self.order_fields([*(f"to_{n}" for n in range(1, RECEIVERS + 1)), "share", "reason"])

    @property
    def more_receivers(self) -> list[Any]:
        """The fields behind "More people"."""
        return [self[f"to_{number}"] for number in range(2, RECEIVERS + 1)]

    @property
    def has_more(self) -> bool:
        return any(field.value() for field in self.more_receivers)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        giver = data.get("giver") or self.known_giver
        found: list[User] = []
        for number in range(1, RECEIVERS + 1):
            person = data.get(f"to_{number}")
            if person is None:
                continue
            if person in found:
                self.add_error(f"to_{number}", _("This person is named twice."))
            elif why := why_not_to(person, giver=giver):
                self.add_error(f"to_{number}", why)
            found.append(person)
        data["receivers"] = found
        if not found and not any(f"to_{n}" in self.errors for n in range(1, RECEIVERS + 1)):
            self.refuse_nobody()
        return data

    def refuse_nobody(self) -> None:
        self.add_error("to_1", _("Choose who receives the clients."))

    @property
    def chosen(self) -> dict[str, Any]:
        """What a transfer keeps of it."""
        return {
            "receiver_ids": [person.pk for person in self.cleaned_data["receivers"]],
            "share": self.cleaned_data["share"],
            "reason": self.cleaned_data["reason"],
        }


class BookForm(ReceiversForm):
    """Whose book, which roles and clients, to whom. `by` is who fills it in, `transfer` what is changed."""

    giver = GiverField(label=gettext_lazy("Whose book"), required=False)
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Which of their roles"), widget=forms.CheckboxSelectMultiple
    )
    which = forms.ChoiceField(label=gettext_lazy("Which clients"), widget=forms.RadioSelect)
    tiers = forms.MultipleChoiceField(
        label=gettext_lazy("Tiers"), required=False, widget=forms.CheckboxSelectMultiple
    )
    personas = forms.MultipleChoiceField(
        label=gettext_lazy("Personas"), required=False, widget=forms.CheckboxSelectMultiple
    )
    saved = forms.ChoiceField(label=gettext_lazy("Saved filter"), required=False)

    def __init__(self, *args: Any, by: User, transfer: BookTransfer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.picked = transfer if transfer and transfer.selection.keys() & {"clients", "filter"} else None
        filters = [(str(f.pk), f.name) for f in SavedFilter.objects.filter(user=by)]
        ways = [(ALL, _("All of them")), (TIERS, _("By tier")), (PERSONAS, _("By persona"))]
        if filters:
            ways.append((SAVED, _("By a saved filter")))
        if self.picked:
            ways.insert(0, (PICKED, in_words(self.picked)))
            self.fields["giver"].help_text = _("Empty: from whoever holds the roles.")
        self._choices("which", ways, initial=ways[0][0])
        roles = [(role.code, role.label) for role in ServiceRole.objects.active()]
        self._choices("roles", roles, initial=[code for code, _label in roles])
        self._choices("tiers", [(tier.code, tier.label) for tier in Tier.objects.active()])
        self._choices("personas", [(each.code, each.label) for each in Persona.objects.active()])
        self._choices("saved", [("", _("Choose a filter")), *filters])
        self.by = by
        if transfer:
            self._start_from(transfer)
        self.order_fields(["giver", "roles", "which", "tiers", "personas", "saved"])

    def _choices(self, name: str, choices: list[tuple[str, Any]], initial: Any = None) -> None:
        field = cast(forms.ChoiceField, self.fields[name])
        field.choices = choices
        field.initial = initial

    def _start_from(self, transfer: BookTransfer) -> None:
        """Shows a draft as it was filled in."""
        known = {user.pk: user.username for user in User.objects.filter(pk__in=transfer.receiver_ids)}
        for number, pk in enumerate(transfer.receiver_ids, start=1):
            self.initial.setdefault(f"to_{number}", known.get(pk, ""))
        if transfer.from_user:
            self.initial.setdefault("giver", transfer.from_user.username)
        if transfer.role_ids:
            roles = ServiceRole.objects.filter(pk__in=transfer.role_ids)
            self.initial.setdefault("roles", list(roles.values_list("code", flat=True)))
        for way in (TIERS, PERSONAS):
            if way in transfer.selection:
                self.initial.update({"which": way, way: transfer.selection[way]})
        if "all" in transfer.selection:
            self.initial["which"] = ALL
        self.initial.update({"share": transfer.share, "reason": transfer.reason})

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        which = data.get("which")
        wanted = {
            TIERS: _("Choose at least one tier."),
            PERSONAS: _("Choose at least one persona."),
            SAVED: _("Choose one of your saved filters."),
        }
        if which in wanted and not data.get(which):
            self.add_error(which, wanted[which])
        if not data.get("giver") and "giver" not in self.errors and which != PICKED:
            self.add_error("giver", _("Choose whose clients these are."))
        return data

    @property
    def selection(self) -> dict[str, Any]:
        """The clients chosen, as a transfer keeps them."""
        which = self.cleaned_data["which"]
        if which == PICKED and self.picked:
            return self.picked.selection
        if which == SAVED:
            saved = SavedFilter.objects.get(user=self.by, pk=self.cleaned_data["saved"])
            return {"filter": saved.query}
        return {which: self.cleaned_data[which]} if which in (TIERS, PERSONAS) else {"all": True}


class LeavingForm(ReceiversForm):
    """Who receives what somebody leaves behind; nobody, where nothing is left behind."""

    def __init__(self, *args: Any, needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needed = needed

    def refuse_nobody(self) -> None:
        if self.needed:
            super().refuse_nobody()


class TwoRecordsForm(forms.Form):
    """The two records that are one client."""

    kept = client_field()
    gone = client_field()

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"kept": _("The record that stays"), "gone": _("The record that goes into it")}
        for name, label in labels.items():
            field = cast(ClientField, self.fields[name])
            field.clients = Client.objects.visible_to(by)
            field.label = label
            field.help_text = _("Name or number.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kept") and data.get("kept") == data.get("gone"):
            self.add_error("gone", _("This is the same record. Choose the other one."))
        return data


class ReasonForm(forms.Form):
    """Why, and what the person saw."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class SplitForm(ReasonForm):
    """Who goes, and what of the past goes along."""

    name = forms.CharField(label=gettext_lazy("Name of the new record"), max_length=160)
    external_id = forms.CharField(label=gettext_lazy("Its client number"), max_length=64)
    members = forms.MultipleChoiceField(
        label=gettext_lazy("People who go to it"), required=False, widget=forms.CheckboxSelectMultiple
    )
    touches_since = forms.DateField(
        label=gettext_lazy("Touches and time since"),
        required=False,
        widget=DateInput(),
        help_text=gettext_lazy("Empty: they stay. A task goes where the touch that closed it goes."),
    )
    revenue_since = forms.DateField(
        label=gettext_lazy("Revenue since"),
        required=False,
        widget=DateInput(),
        help_text=gettext_lazy("Empty: it stays."),
    )
    tasks_since = forms.DateField(
        label=gettext_lazy("Tasks due since"),
        required=False,
        widget=DateInput(),
        help_text=gettext_lazy(
            "Empty: they stay. What a tier promises is planned anew once the new record has a tier."
        ),
    )
    tags = forms.BooleanField(
        label=gettext_lazy("Copy complexity, attention, persona and income structure"), required=False
    )
    permission = forms.ChoiceField(label=gettext_lazy("Permission of the new record"))
    permission_reason = forms.CharField(
        label=gettext_lazy("How the permission is known"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Needed for anything but “not asked”: a yes of the household is not theirs."),
    )

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.client = client
        self.people = list(client.members.all())
        cast(forms.ChoiceField, self.fields["members"]).choices = [(str(p.pk), p.name) for p in self.people]
        if not self.people:
            del self.fields["members"]
        permission = cast(forms.ChoiceField, self.fields["permission"])
        permission.choices = Permission.choices
        permission.initial = Permission.NOT_ASKED
        self.fields["external_id"].initial = free_number(client)
        others = [name for name in self.fields if name not in ("members", "reason")]
        self.order_fields(["members", *others, "reason"])

    def clean_external_id(self) -> str:
        number = self.cleaned_data["external_id"].strip()
        if number_taken(number):
            raise ValidationError(_("Another record has, or had, this number. Choose another one."))
        return number

    def clean_members(self) -> list[str]:
        chosen = self.cleaned_data["members"]
        if not chosen:
            raise ValidationError(_("Choose who goes to the new record."))
        if len(chosen) == len(self.people):
            raise ValidationError(_("Leave at least one person in the household that stays."))
        return chosen

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        asked = data.get("permission") not in (None, Permission.NOT_ASKED)
        if asked and not data.get("permission_reason"):
            self.add_error("permission_reason", _("Say how the permission is known."))
        return data

    @property
    def parts(self) -> Parts:
        data = self.cleaned_data
        return Parts(
            name=data["name"],
            external_id=data["external_id"],
            members=[int(pk) for pk in data.get("members", ())],
            touches_since=data["touches_since"],
            revenue_since=data["revenue_since"],
            tasks_since=data["tasks_since"],
            tags=data["tags"],
            permission=data["permission"],
            permission_reason=data["permission_reason"],
        )
