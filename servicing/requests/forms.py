"""Forms of requests: log one, answer one."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.choosing import ClientField
from clients.models import Client, TouchKind, User
from clients.register.forms import tell_why
from servicing.forms import TOUCHED, MomentInput, client_field, minutes_field, note_field, serving_people
from servicing.models import Channel, ClientRequest, TaskOutcome
from servicing.work.natural import fulfilling_kind

LONG_AGO = dt.timedelta(days=366)
MINUTE = dt.timedelta(minutes=1)


class RequestForm(forms.Form):
    """What a client asked for; `by` is who fills it in."""

    client = client_field()
    text = forms.CharField(
        label=_("What the client asks for"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300}),
    )
    channel = forms.ChoiceField(
        label=_("Came by"), required=False, choices=[("", _("Not noted")), *Channel.choices]
    )
    received_at = forms.DateTimeField(label=_("Received"), widget=MomentInput())
    to = forms.ModelChoiceField(
        label=_("Who answers"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("The lead advisor, or the stand-in"),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(ClientField, self.fields["client"]).clients = Client.objects.visible_to(by)
        cast(forms.ModelChoiceField, self.fields["to"]).queryset = serving_people(also=by)
        self.fields["received_at"].initial = timezone.now()

    def clean_received_at(self) -> dt.datetime:
        received_at = self.cleaned_data["received_at"]
        now = timezone.now()
        if received_at > now + MINUTE:
            raise ValidationError(_("This moment has not come yet."))
        if received_at < now - LONG_AGO:
            raise ValidationError(_("This is more than a year ago. Check the year."))
        return min(received_at, now)


class AnswerForm(forms.Form):
    """How a request was answered."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[(o.value, o.label) for o in TaskOutcome if o != TaskOutcome.FIRM_MISSED],
        initial=TaskOutcome.DELIVERED,
    )
    kind = forms.ModelChoiceField(label=_("How"), queryset=TouchKind.objects.none(), empty_label=None)
    at = forms.DateTimeField(label=_("When"), widget=MomentInput())
    minutes = minutes_field(_("Minutes it took"))
    note = note_field()

    def __init__(self, *args: Any, request: ClientRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        tell_why(self, *TOUCHED)
        cast(forms.ModelChoiceField, self.fields["kind"]).queryset = TouchKind.objects.active()
        if request.task:
            self.fields["kind"].initial = fulfilling_kind(request.task)
        self.fields["at"].initial = timezone.now()

    def clean_at(self) -> dt.datetime:
        """The minute that the form showed is now, and the minute of the request its very moment."""
        at, now = self.cleaned_data["at"], timezone.now()
        if at > now + MINUTE:
            raise ValidationError(_("This moment has not come yet."))
        if at < self.request.received_at - MINUTE:
            raise ValidationError(_("An answer cannot come before the request."))
        return max(min(at, now), self.request.received_at)
