"""Forms for answers about permission and for channel opt-outs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from clients.forms import DateInput
from clients.models import Client, ContactChannel, How, HowOptedOut, Member, Permission, User
from clients.permission.answers import possible_answers
from clients.register.forms import tell_why

_SAID = {
    Permission.ASKED: _("We asked; no answer yet"),
    Permission.GRANTED: _("Yes: granted"),
    Permission.DECLINED: _("No: declined"),
    Permission.WITHDRAWN: _("Withdrawn: the client ends it"),
}


class AnswerForm(forms.Form):
    """What the client answered, when, how and to whom."""

    answer = forms.ChoiceField(
        label=_("Answer"), choices=[(each.value, _SAID[each]) for each in _SAID], widget=forms.RadioSelect
    )
    on = forms.DateField(label=_("When"), widget=DateInput())
    how = forms.ChoiceField(label=_("How"), choices=How.choices)
    asked_by = forms.ModelChoiceField(
        User.objects.filter(is_active=True).order_by("first_name", "last_name", "username"),
        label=_("Who spoke with the client"),
        to_field_name="username",
    )
    used_script = forms.BooleanField(label=_("With the words above"), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tell_why(self, "permission")
        # All are taken, so that one that cannot follow is answered with the reason; only possible ones shown.
        possible = possible_answers(client.permission)
        if not self.is_bound:
            answer = self.fields["answer"]
            assert isinstance(answer, forms.ChoiceField)  # noqa: S101
            answer.choices = [(each.value, _SAID[each]) for each in possible]

    def clean_on(self) -> dt.date:
        on: dt.date = self.cleaned_data["on"]
        if on > localdate():
            raise ValidationError(_("This day has not come yet. Give the day on which the client answered."))
        return on


class OptOutForm(forms.Form):
    """Channels by which the client does not want to be reached any more."""

    channels = forms.MultipleChoiceField(
        label=_("No longer by"), choices=ContactChannel.choices, widget=forms.CheckboxSelectMultiple
    )
    member = forms.ModelChoiceField(
        Member.objects.none(),
        label=_("Who"),
        required=False,
        empty_label=_("The whole household"),
    )
    since = forms.DateTimeField(
        label=_("When they said so"),
        help_text=_("It holds from this moment."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    how = forms.ChoiceField(label=_("How"), choices=HowOptedOut.choices)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        member = self.fields["member"]
        assert isinstance(member, forms.ModelChoiceField)  # noqa: S101
        member.queryset = client.members.all()
        tell_why(self, "channel_opt_outs")


class LiftForm(forms.Form):
    """That the client wants to be reached by the channel again."""

    how = forms.ChoiceField(label=_("How they said so"), choices=HowOptedOut.choices)
    note = forms.CharField(
        label=_("What they said"),
        max_length=300,
        help_text=_("Nobody but the client can end an opt-out: write down what was said, and to whom."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tell_why(self, "channel_opt_outs")
