"""Forms of the annual review."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.choosing import ClientField
from clients.firm import firm_today
from clients.models import Client, User
from servicing.delivery.periods import last_day, month_of, shifted
from servicing.forms import DateInput
from servicing.models import AnnualReview, ReviewSettings, ReviewSigner, ReviewStep
from servicing.models.review import MOST_SIGNERS
from servicing.review import rights

MONTHS_BACK = 12  # a review may end with any of the last twelve months, the running one at last
USUAL = dt.timedelta(days=42)  # from its beginning until it is due


def due_field(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=DateInput,
        error_messages={"required": gettext_lazy("Choose a day."), "invalid": gettext_lazy("Choose a day.")},
    )


def _ahead(day: dt.date, before: dt.date | None = None) -> dt.date:
    """A due date that makes sense; one that it had `before` may stay."""
    today = firm_today()
    if day != before and day < today:
        raise forms.ValidationError(_("Choose a day from today on."))
    if day > today + dt.timedelta(days=731):
        raise forms.ValidationError(_("Choose a day within the next two years."))
    return day


def active_people(also: User | None = None) -> QuerySet[User]:
    """Everybody who can sign in, and the person who has it now."""
    return User.objects.filter(Q(is_active=True) | Q(pk=also and also.pk)).order_by(
        "first_name", "last_name", "username"
    )


class ChangeForm(forms.Form):
    """The lead and the due date."""

    lead = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Lead"),
        help_text=gettext_lazy("Keeps it going, and owns each step until it is given to somebody else."),
    )
    due_on = due_field(gettext_lazy("Due"))

    def __init__(self, *args: Any, review: AnnualReview | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.review = review
        people = rights.signers()
        if review:
            people = User.objects.filter(Q(pk__in=people.values("pk")) | Q(pk=review.lead_id))
        self.fields["lead"].queryset = people.order_by("first_name", "last_name", "username")  # type: ignore[attr-defined]

    def clean_due_on(self) -> dt.date:
        return _ahead(self.cleaned_data["due_on"], self.review.due_on if self.review else None)


class BeginForm(ChangeForm):
    """What a review looks at, who leads it and until when."""

    last_month = forms.ChoiceField(
        label=gettext_lazy("The twelve months up to"),
        help_text=gettext_lazy(
            "Figures of these months, beside those of the year before once the last of them is over."
        ),
    )
    field_order = ["last_month", "lead", "due_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = firm_today()
        months = [shifted(today, -back) for back in range(1, MONTHS_BACK)]
        running = _("%(month)s, which is not over yet") % {"month": date_format(today, "F Y")}
        field: Any = self.fields["last_month"]
        field.choices = [
            *((f"{month:%Y-%m}", date_format(month, "F Y")) for month in months),
            (f"{today:%Y-%m}", running),
        ]

    @property
    def period(self) -> dict[str, Any]:
        """Year, first and last day of the chosen twelve months."""
        month = month_of(self.cleaned_data["last_month"]) or firm_today().replace(day=1)
        return {"year": month.year, "first_on": shifted(month, -11), "last_on": last_day(month)}


class GiveForm(forms.Form):
    """Who does a step, and until when."""

    owner = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Owner"))
    due_on = due_field(gettext_lazy("Due"))

    def __init__(self, *args: Any, step: ReviewStep, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.step = step
        self.fields["owner"].queryset = active_people(step.owner)  # type: ignore[attr-defined]

    def clean_due_on(self) -> dt.date:
        return _ahead(self.cleaned_data["due_on"], self.step.due_on)


class NotesForm(forms.Form):
    """What was seen and decided. `version`: the state that the person read: nobody's words are lost."""

    seen = forms.CharField(
        label=gettext_lazy("What we saw"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    decided = forms.CharField(
        label=gettext_lazy("What we decided"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    version = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, step: ReviewStep, **kwargs: Any) -> None:
        initial = {"seen": step.seen, "decided": step.decided, "version": step.changed_at.isoformat()}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.step = step

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        seen = data.get("version")
        words = (data.get("seen", ""), data.get("decided", ""))
        if seen and seen != self.step.changed_at.isoformat() and words != (self.step.seen, self.step.decided):
            who = self.step.changed_by or _("Somebody")
            self.add_error(
                None,
                _(
                    "%(who)s changed this step meanwhile. They saw: “%(seen)s” They decided: “%(decided)s” "
                    "Your words are still below; put both together and save again."
                )
                % {"who": who, "seen": self.step.seen or "–", "decided": self.step.decided or "–"},
            )
            typed = self.data.copy()  # type: ignore[attr-defined]
            typed[self.add_prefix("version")] = self.step.changed_at.isoformat()
            self.data = typed
        return data


class ActionForm(forms.Form):
    """Something agreed in a step."""

    text = forms.CharField(
        label=gettext_lazy("What is to be done"),
        max_length=160,
        error_messages={"required": gettext_lazy("Say what is to be done.")},
    )
    owner = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Who"),
        error_messages={"required": gettext_lazy("Choose who does it.")},
    )
    due_on = due_field(gettext_lazy("Until"))
    client = ClientField(
        label=gettext_lazy("Client"),
        required=False,
        help_text=gettext_lazy("By name or number, where it is about one: it becomes a task of that client."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs["prefix"] = "action"
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = active_people()  # type: ignore[attr-defined]
        self.fields["client"].clients = Client.objects.visible_to(user)  # type: ignore[attr-defined]

    def clean_due_on(self) -> dt.date:
        return _ahead(self.cleaned_data["due_on"])


class AbandonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it is abandoned"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
        error_messages={"required": gettext_lazy("Say why it is abandoned.")},
    )


class SignersForm(forms.Form):
    """Who signs every review."""

    signers = forms.IntegerField(
        label=gettext_lazy("People who sign at least"),
        min_value=1,
        max_value=MOST_SIGNERS,
        help_text=gettext_lazy("Each counts once. Where fewer people have the right, all of them sign."),
    )
    groups = forms.MultipleChoiceField(
        label=gettext_lazy("Somebody of each of these"),
        choices=ReviewSigner.GROUPS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    people = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=gettext_lazy("Each of these people"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Operations, compliance and administrators have the right to sign."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        rows = list(ReviewSigner.objects.all())
        initial = {
            "signers": ReviewSettings.current().signers,
            "groups": [row.group for row in rows if row.group],
            "people": [row.person_id for row in rows if row.person_id],
        }
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        named = User.objects.filter(Q(pk__in=rights.signers().values("pk")) | Q(pk__in=initial["people"]))
        self.fields["people"].queryset = named.order_by("first_name", "last_name", "username")  # type: ignore[attr-defined]
