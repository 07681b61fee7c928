"""Forms of working a task, of logging a touch, and of an exception to a promise."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.choosing import ClientField
from clients.firm import firm_today
from clients.models import Client, TeamMember, TouchKind, User
from servicing.models import Channel, ServiceKind, ServiceTask, TaskOutcome, Waiver
from servicing.work.natural import attempt_kinds, fulfilling_kind, likely_attempt

MOST_MINUTES = 24 * 60


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **attributes: str) -> None:
        super().__init__(attrs=attributes, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


def _choices(form: forms.BaseForm, name: str) -> forms.ModelChoiceField:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
    return field


def minutes_field(label: Any = None) -> forms.IntegerField:
    return forms.IntegerField(
        label=label or _("Minutes"), required=False, min_value=0, max_value=MOST_MINUTES
    )


def note_field() -> forms.CharField:
    return forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=5000
    )


class TaskForm(forms.Form):
    """A form about one task; `by` is who fills it in."""

    def __init__(self, *args: Any, task: ServiceTask, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.task, self.by = task, by


class CompleteForm(TaskForm):
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[(o.value, o.label) for o in TaskOutcome if o != TaskOutcome.FIRM_MISSED],
        initial=TaskOutcome.DELIVERED,
    )
    on = forms.DateField(label=_("Date"), widget=DateInput())
    minutes = minutes_field(_("Minutes it took"))
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = firm_today()
        self.fields["minutes"].initial = self.task.planned_minutes or None

    def clean_on(self) -> dt.date:
        on = self.cleaned_data["on"]
        if on > firm_today():
            raise ValidationError(_("This date has not come yet. Book the appointment instead."))
        if on < firm_today() - dt.timedelta(days=366):
            raise ValidationError(_("This is more than a year ago. Import older touches from a file."))
        return on


class TaskCompleteForm(CompleteForm):
    """Of a task without an item: any touch may have been what closed it."""

    kind = forms.ModelChoiceField(label=_("How"), queryset=TouchKind.objects.none(), empty_label=None)
    field_order = ["outcome", "kind"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "kind").queryset = TouchKind.objects.active()
        self.fields["kind"].initial = fulfilling_kind(self.task)


def complete_form(*args: Any, task: ServiceTask, **kwargs: Any) -> CompleteForm:
    """The form that closes `task`."""
    form = CompleteForm if task.item_id else TaskCompleteForm
    return form(*args, task=task, **kwargs)


class AttemptForm(TaskForm):
    kind = forms.ModelChoiceField(label=_("How"), queryset=TouchKind.objects.none(), empty_label=None)
    minutes = minutes_field()
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = attempt_kinds()
        _choices(self, "kind").queryset = TouchKind.objects.filter(pk__in=[kind.pk for kind in kinds])
        self.fields["kind"].initial = likely_attempt(self.task, kinds)


class BookForm(TaskForm):
    at = forms.DateTimeField(label=_("Date and time"), widget=MomentInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].initial = self.task.scheduled_at

    def clean_at(self) -> dt.datetime:
        at = self.cleaned_data["at"]
        if at < timezone.now():
            raise ValidationError(_("An appointment lies ahead. Choose a later time."))
        if at > timezone.now() + dt.timedelta(days=3 * 366):
            raise ValidationError(_("This is more than three years ahead. Check the year."))
        return at


class SnoozeForm(TaskForm):
    until = forms.DateField(label=_("Until"), widget=DateInput())
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = firm_today() + dt.timedelta(days=7)

    def clean_until(self) -> dt.date:
        until = self.cleaned_data["until"]
        if until <= firm_today():
            raise ValidationError(_("Choose a day after today."))
        if until > firm_today() + dt.timedelta(days=366):
            raise ValidationError(_("This is more than a year ahead. Waive the service instead."))
        return until


def serving_people(*, also: User | None = None) -> QuerySet[User]:
    """Active people on some service team, and `also`."""
    serving = Q(pk__in=TeamMember.objects.order_by().values("user"))
    if also:
        serving |= Q(pk=also.pk)
    return User.objects.filter(serving, is_active=True).order_by("first_name", "last_name", "username")


class ReassignForm(TaskForm):
    to = forms.ModelChoiceField(label=_("Person"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "to").queryset = serving_people()
        self.fields["to"].initial = self.task.assigned_to_id


class LogTouchForm(forms.Form):
    """A touch beside the tasks: it closes the ones that its kind fulfils."""

    kind = forms.ModelChoiceField(label=_("What"), queryset=TouchKind.objects.none(), empty_label=None)
    on = forms.DateField(label=_("Date"), widget=DateInput())
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        required=False,
        choices=[("", _("As usual for its kind")), ("reached", _("Reached")), ("attempted", _("Attempted"))],
    )
    minutes = minutes_field()
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "kind").queryset = TouchKind.objects.active()
        self.fields["on"].initial = firm_today()

    def clean_on(self) -> dt.date:
        on = self.cleaned_data["on"]
        if on > firm_today():
            raise ValidationError(_("A touch cannot lie in the future."))
        if on.year < 1970:
            raise ValidationError(_("Check the year."))
        return on


def client_field() -> ClientField:
    """The client by its name or number, with suggestions while it is typed."""
    attributes = {
        "list": "client-options",
        "autocomplete": "off",
        "hx-get": reverse_lazy("clients:client_options"),
        "hx-trigger": "input changed delay:200ms",
        "hx-target": "#client-options",
    }
    return ClientField(
        label=_("Client"), help_text=_("Name or number."), widget=forms.TextInput(attrs=attributes)
    )


class NamedTouchForm(LogTouchForm):
    """A touch with a client that is named in the form; `by` is who fills it in."""

    client = client_field()
    field_order = ["client"]

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(ClientField, self.fields["client"]).clients = Client.objects.visible_to(by)


class NewTaskForm(forms.Form):
    """A task beside the standards; `by` is who fills it in, and does it unless another is chosen."""

    client = client_field()
    title = forms.CharField(label=_("What is to be done"), max_length=160)
    due_on = forms.DateField(label=_("Due"), widget=DateInput())
    to = forms.ModelChoiceField(label=_("Person"), queryset=User.objects.none(), empty_label=None)
    planned_minutes = minutes_field(_("Planned minutes"))
    channel = forms.ChoiceField(
        label=_("Channel"), required=False, choices=[("", _("None in particular")), *Channel.choices]
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(ClientField, self.fields["client"]).clients = Client.objects.visible_to(by)
        _choices(self, "to").queryset = serving_people(also=by)
        self.fields["to"].initial = by.pk
        self.fields["due_on"].initial = firm_today()

    def clean_due_on(self) -> dt.date:
        due_on = self.cleaned_data["due_on"]
        if due_on < firm_today():
            raise ValidationError(_("This day has passed. Choose today or later."))
        if due_on > firm_today() + dt.timedelta(days=3 * 366):
            raise ValidationError(_("This is more than three years ahead. Check the year."))
        return due_on

    def clean_planned_minutes(self) -> int:
        return self.cleaned_data["planned_minutes"] or 0


class WaiverForm(forms.ModelForm):
    class Meta:
        model = Waiver
        fields = ["kind", "starts_on", "ends_on", "reason"]
        widgets = {
            "starts_on": DateInput(),
            "ends_on": DateInput(),
            "reason": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.client = client
        _choices(self, "kind").queryset = ServiceKind.objects.active()
        self.fields["starts_on"].initial = firm_today()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("A waiver cannot end before it starts."))
        return data
