"""Forms of a case: one for each step that a person takes with it."""

from __future__ import annotations

import datetime as dt
from copy import copy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.access import runs_the_firm
from clients.choosing import ClientField
from clients.firm import firm_today
from clients.formats import money
from clients.models import Client, Tier, User
from clients.register.forms import keep_registered
from servicing.forms import DateInput, client_field, serving_people
from servicing.models import (
    ConsentHow,
    LeavingReason,
    Route,
    Step,
    Transition,
    TransitionOutcome,
    TransitionReason,
)
from servicing.models.transitions import MOST_DAYS
from servicing.transitions import services
from servicing.transitions.many import OUTCOMES
from servicing.transitions.services import STARTED_BY_HAND, missing_for
from servicing.transitions.stages import Ways
from servicing.transitions.tracked import FIELDS
from servicing.work.delivery import served_tier
from tiers.fees.comparing import fee_of

FARTHEST = dt.timedelta(days=MOST_DAYS)
LONGEST_PIN = dt.timedelta(days=5 * 366)


def _day(label: Any, help_text: Any = "", *, required: bool = False) -> forms.DateField:
    return forms.DateField(label=label, help_text=help_text, required=required, widget=DateInput())


def _ahead(day: dt.date | None) -> dt.date | None:
    today = firm_today()
    if day and day < today:
        raise ValidationError(_("This day has passed. Choose today or a later one."))
    if day and day > today + FARTHEST:
        raise ValidationError(_("Choose a day within two years."))
    return day


def _past(day: dt.date | None) -> dt.date | None:
    today = firm_today()
    if day and day > today:
        raise ValidationError(_("This day has not come yet."))
    if day and day < today - FARTHEST:
        raise ValidationError(_("This is more than two years ago. Check the year."))
    return day


class StartManyForm(forms.Form):
    """Opens cases by hand, of several clients at once; `by` is who fills it in."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why"), choices=[("", gettext_lazy("Choose a reason")), *TransitionReason.choices]
    )
    reason_text = forms.CharField(
        label=gettext_lazy("In a sentence"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("In words that the client may read."),
    )
    until = _day(
        gettext_lazy("New standard from"),
        gettext_lazy("Where a tier changes: until the day before, service goes on by the old one."),
    )
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Owner"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("The lead advisor"),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason, owner = self.fields["reason"], self.fields["owner"]
        assert isinstance(reason, forms.ChoiceField)  # noqa: S101
        assert isinstance(owner, forms.ModelChoiceField)  # noqa: S101
        reason.choices = [("", _("Choose a reason")), *((each.value, each.label) for each in STARTED_BY_HAND)]
        owner.queryset = serving_people(also=by)

    def clean_until(self) -> dt.date | None:
        return _ahead(self.cleaned_data["until"])


class StartForm(StartManyForm):
    """Opens the case of one client, who may be meant to have a tier of lighter service."""

    to_tier = forms.ModelChoiceField(
        label=gettext_lazy("Tier that is meant"),
        queryset=Tier.objects.none(),
        required=False,
        empty_label=gettext_lazy("None, or not decided"),
        help_text=gettext_lazy("The case moves nobody by itself: a run or a pin does."),
    )
    field_order = ("reason", "reason_text", "to_tier", "until", "owner")

    def __init__(self, *args: Any, client: Client, by: User, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        tier = self.fields["to_tier"]
        assert isinstance(tier, forms.ModelChoiceField)  # noqa: S101
        served = Tier.objects.filter(pk=served_tier(client, firm_today())).values("position")
        lighter = Q(position__gt=Subquery(served)) if served.exists() else Q()
        tier.queryset = Tier.objects.filter(lighter, retired_at__isnull=True)


class NewForm(forms.Form):
    """Whose case is to be opened; `by` is who asks."""

    client = client_field()

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["client"]
        assert isinstance(field, ClientField)  # noqa: S101
        field.clients = Client.objects.visible_to(by)


class OwnerManyForm(forms.Form):
    """Who is to have the chosen cases."""

    to = forms.ModelChoiceField(queryset=User.objects.none())

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = serving_people(also=by)


class CloseManyForm(forms.Form):
    """How several cases ended that need nothing of their own said."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=[(each.value, each.label) for each in OUTCOMES],
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "A client who left or was referred is closed on the case's own page, with the reasons."
        ),
    )
    outcome_text = forms.CharField(
        label=gettext_lazy("In a sentence"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("For all of them."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_registered(self, FIELDS)

    def values(self) -> dict[str, str]:
        """What was filled in."""
        return dict(self.cleaned_data)


class CaseForm(forms.Form):
    """A form about one case; `by` is who fills it in. `seen`: how the case stood when the form was drawn, so
    that nobody writes over what another has done meanwhile."""

    fields_of_case: tuple[str, ...] = ()
    seen = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, case: Transition, by: User) -> None:
        stands = services.as_seen(case)
        known = {name: getattr(case, name) for name in self.fields_of_case}
        super().__init__(data, initial=known | {"seen": stands})
        self.case, self.by, self.stands = case, by, stands
        self.prepare()
        keep_registered(self, FIELDS)

    def clean_seen(self) -> str:
        """What was seen; refused where the case is not that any more, and taken when sent again."""
        seen: str = self.cleaned_data["seen"]
        if seen and seen != self.stands:
            again = copy(self.data)
            again["seen"] = self.stands  # type: ignore[index]
            self.data = again
            self.add_error(
                None,
                _("Somebody changed this case meanwhile. Look at it, then send this again if it still fits."),
            )
        return seen

    def prepare(self) -> None:
        """What the fields offer, of this case."""

    def values(self) -> dict[str, Any]:
        """What was filled in; what the register does not allow any more stays as it is."""
        filled = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return {name: getattr(self.case, name) for name in self.fields_of_case} | filled


class WayForm(CaseForm):
    """The route, and what belongs to it."""

    fields_of_case = ("route", "old_fee", "new_fee", "notice_on", "referred_to", "digital_service")
    route = forms.ChoiceField(
        label=gettext_lazy("Way"),
        required=False,
        choices=[*Route.choices, ("", gettext_lazy("None: the client leaves, or nothing changes"))],
        widget=forms.RadioSelect,
    )
    old_fee = forms.DecimalField(
        label=gettext_lazy("Old fee, a year"), required=False, min_value=0, max_digits=12, decimal_places=2
    )
    new_fee = forms.DecimalField(
        label=gettext_lazy("New fee, a year"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        help_text=gettext_lazy("Of a fee adjustment. It may follow later."),
    )
    notice_on = _day(
        gettext_lazy("Notice of the new fee"), gettext_lazy("The day on which it is given in writing.")
    )
    referred_to = forms.CharField(
        label=gettext_lazy("Referred to"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("Of a referral: the advisor or the digital service."),
    )
    digital_service = forms.CharField(
        label=gettext_lazy("Digital service"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("Of a lighter service: what the client is given."),
    )

    def prepare(self) -> None:
        """Before anything is chosen there is something to choose."""
        route = self.fields["route"]
        assert isinstance(route, forms.ChoiceField)  # noqa: S101
        if not self.case.route:
            route.choices, route.required = Route.choices, True
        known = fee_of(self.case.client_id, firm_today())
        if known and known["billed"]:
            billed = {"amount": money(known["billed"], cents=True)}
            self.fields["old_fee"].help_text = _("Billed in the last twelve months: %(amount)s.") % billed
        if known and known["fee"] is not None:
            by_schedule = {
                "tier": self.case.to_tier.code if self.case.to_tier else "",
                "amount": money(known["fee"], cents=True),
            }
            if self.case.to_tier_id == known["tier_id"]:
                text = _("By the schedule of tier %(tier)s: %(amount)s. It may follow later.")
            else:
                text = _("By the schedule as things are: %(amount)s. It may follow later.")
            self.fields["new_fee"].help_text = text % by_schedule

    def clean_notice_on(self) -> dt.date | None:
        day, today = self.cleaned_data["notice_on"], firm_today()
        if day and not today - FARTHEST <= day <= today + FARTHEST:
            raise ValidationError(_("Choose a day within two years."))
        return day

    def clean(self) -> dict[str, Any]:
        """Fees belong to a fee adjustment, and so on; the notice comes before the new standard."""
        cleaned = super().clean() or self.cleaned_data
        route = cleaned.get("route")
        belongs = {
            Route.FEE: ("old_fee", "new_fee", "notice_on"),
            Route.REFERRAL: ("referred_to",),
            Route.DIGITAL: ("digital_service",),
        }
        for of, names in belongs.items():
            for name in names:
                if route != of and cleaned.get(name) not in (None, "", self.initial.get(name)):
                    self.add_error(name, _("This belongs to another way: %(way)s.") % {"way": of.label})
        notice, until = cleaned.get("notice_on"), self.case.until
        if route == Route.FEE and notice and until and until > firm_today() and notice > until:
            self.add_error("notice_on", _("The new standard begins before this day. Move its date first."))
        old, new = cleaned.get("old_fee"), cleaned.get("new_fee")
        if route == Route.FEE and new is not None and old is not None and new == old:
            self.add_error("new_fee", _("This is the old fee."))
        return cleaned


class DateForm(CaseForm):
    fields_of_case = ("until",)
    until = _day(
        gettext_lazy("New standard from"),
        gettext_lazy("Until the day before, the client is served by the old tier's standard."),
        required=True,
    )

    def clean_until(self) -> dt.date | None:
        day = self.cleaned_data["until"]
        if day == self.case.until:
            return day
        _ahead(day)
        if self.case.route == Route.FEE and self.case.notice_on and day < self.case.notice_on:
            raise ValidationError(_("The notice of the new fee is given only after this day."))
        return day


class OwnerForm(CaseForm):
    fields_of_case = ("owner",)
    owner = forms.ModelChoiceField(label=gettext_lazy("Owner"), queryset=User.objects.none())

    def prepare(self) -> None:
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = serving_people(also=self.by)


class ConsentForm(CaseForm):
    fields_of_case = ("consent_by", "consent_on", "consent_how")
    consent_by = forms.CharField(label=gettext_lazy("Who of the client gave it"), max_length=120, strip=True)
    consent_on = _day(gettext_lazy("When"), required=True)
    consent_how = forms.ChoiceField(
        label=gettext_lazy("How"), choices=[("", gettext_lazy("Choose")), *ConsentHow.choices]
    )

    def clean_consent_on(self) -> dt.date | None:
        return _past(self.cleaned_data["consent_on"])


class StageForm(CaseForm):
    step = forms.ChoiceField(
        label=gettext_lazy("Stage"),
        help_text=gettext_lazy("Its task comes anew. Going forward, the task of this stage counts as done."),
    )

    def prepare(self) -> None:
        field = self.fields["step"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        steps = Ways().steps(self.case.route) if self.case.route else [Step.CLOSE.value]
        labels = dict(Step.choices)
        field.choices = [(step, labels[step]) for step in steps if step != self.case.step]


class CloseForm(CaseForm):
    """How the case ended. A pin is offered to whoever may pin."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"), choices=TransitionOutcome.choices, widget=forms.RadioSelect
    )
    outcome_text = forms.CharField(
        label=gettext_lazy("In a sentence"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    pin_until = _day(
        gettext_lazy("Pin the old tier until"),
        gettext_lazy("For a client who stays with an exception. Empty: no pin."),
    )
    leaving_reasons = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Reasons for leaving"),
        queryset=LeavingReason.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Of a client who left."),
    )
    former = forms.BooleanField(
        label=gettext_lazy("A client who left or was referred is a former client from today on"),
        required=False,
        initial=True,
        help_text=gettext_lazy(
            "Open tasks are cancelled then, and nothing more is planned. Untick it for a client who was "
            "referred in part and stays with the firm."
        ),
    )

    def prepare(self) -> None:
        reasons = self.fields["leaving_reasons"]
        assert isinstance(reasons, forms.ModelMultipleChoiceField)  # noqa: S101
        reasons.queryset = LeavingReason.objects.active()
        if not (runs_the_firm(self.by) and self.case.from_tier_id and self.case.to_tier_id):
            del self.fields["pin_until"]

    def clean_outcome(self) -> str:
        outcome = self.cleaned_data["outcome"]
        if problem := missing_for(self.case, outcome):
            raise ValidationError(problem)
        return outcome

    def clean_pin_until(self) -> dt.date | None:
        day, today = self.cleaned_data["pin_until"], firm_today()
        if day and not today < day <= today + LONGEST_PIN:
            raise ValidationError(_("Choose a day after today, within five years. It can be pinned again."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        outcome = cleaned.get("outcome")
        left, stays = outcome == TransitionOutcome.LEFT, outcome == TransitionOutcome.EXCEPTION
        if outcome and not left and cleaned.get("leaving_reasons"):
            self.add_error("leaving_reasons", _("Only a client who left has these."))
        if left and "leaving_reasons" in self.fields and not cleaned.get("leaving_reasons"):
            self.add_error("leaving_reasons", _("Choose one or more."))
        if outcome and not stays and cleaned.get("pin_until"):
            self.add_error("pin_until", _("Only a client who stays with an exception keeps the old tier."))
        if cleaned.get("pin_until") and "outcome_text" in self.fields and not cleaned.get("outcome_text"):
            self.add_error("outcome_text", _("Say why the old tier is kept: the pin's reason."))
        return cleaned
