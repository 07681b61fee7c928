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
from clients.firm import firm_date, firm_settings, firm_today
from clients.models import Client, TeamMember, TouchKind, User
from clients.models.people import Group
from clients.register.forms import keep_registered, tell_why
from servicing.models import (
    BulkAction,
    BulkStep,
    Channel,
    ServiceKind,
    ServiceTask,
    TaskOutcome,
    Waiver,
)
from servicing.planning.working_days import working_day_from
from servicing.ratings.forms import REGISTERED as RATED_AS
from servicing.ratings.forms import rating_field
from servicing.ratings.reading import rating_of
from servicing.ratings.services import Rated
from servicing.work import bulk
from servicing.work.natural import attempt_kinds, fulfilling_kind, is_conversation, likely_attempt
from servicing.work.panel import was_held
from servicing.work.services import NextAction
from servicing.work.words import zone_of

MOST_MINUTES = 24 * 60
MOST_ACTIONS = 5  # next actions of one meeting
MOST_AHEAD = dt.timedelta(days=3 * 366)
TOUCHED = ("touches", "touch_notes", "time_spent")  # what a form about a contact asks for, as registered


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


def _ahead(day: dt.date) -> dt.date:
    """`day`, today or later. Raises ValidationError."""
    if day < firm_today():
        raise ValidationError(_("This day has passed. Choose today or later."))
    if day > firm_today() + MOST_AHEAD:
        raise ValidationError(_("This is more than three years ahead. Check the year."))
    return day


def _put_off_until(day: dt.date) -> dt.date:
    """`day`, after today and not too far. Raises ValidationError."""
    if day <= firm_today():
        raise ValidationError(_("Choose a day after today."))
    if day > firm_today() + dt.timedelta(days=366):
        raise ValidationError(_("This is more than a year ahead. Waive the service instead."))
    return day


class NextActionForm(forms.Form):
    """One row of what was agreed; without a title and a date it was not filled in."""

    title = forms.CharField(label=_("What"), max_length=160)
    to = forms.TypedChoiceField(
        label=_("Who"),
        required=False,
        error_messages={"invalid_choice": _("Choose somebody of the client's team, or of operations.")},
    )
    on = forms.DateField(label=_("By when"), widget=DateInput())

    def __init__(self, *args: Any, people: list[User], by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        by_id = {str(person.pk): person for person in people}
        to = cast(forms.TypedChoiceField, self.fields["to"])
        to.choices = [(pk, person.display_name) for pk, person in by_id.items()]
        to.coerce, to.initial = by_id.__getitem__, str(by.pk)
        to.empty_value = by  # type: ignore[assignment]  # nobody named: who fills it in
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-select" if name == "to" else "form-control"

    def full_clean(self) -> None:
        """A row that was not filled in is not wrong."""
        self.empty_permitted = self.is_bound and self.is_blank
        super().full_clean()

    def has_changed(self) -> bool:
        return not self.is_blank

    def checked(self) -> bool:
        """Whether it is right; what is wrong is marked."""
        for name in self.errors:
            self.fields[name].widget.attrs["class"] += " is-invalid"
        return self.is_valid()

    @property
    def is_blank(self) -> bool:
        return not any((self.data.get(self.add_prefix(name)) or "").strip() for name in ("title", "on"))

    def clean_on(self) -> dt.date:
        return _ahead(self.cleaned_data["on"])


def people_for(client: Client, *, by: User) -> list[User]:
    """Who can take on work for a client: its service team, operations, and `by`, who comes first."""
    team = Q(pk__in=TeamMember.objects.filter(client=client).values("user"))
    able = team | Q(groups__name=Group.OPERATIONS) | Q(pk=by.pk)
    people = User.objects.filter(able, is_active=True).distinct().order_by("first_name", "last_name", "id")
    return sorted(people, key=lambda person: person.pk != by.pk)


class CompleteForm(TaskForm):
    """Closes a task; a conversation records what was agreed to happen next, in rows of its own."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[(o.value, o.label) for o in TaskOutcome if o != TaskOutcome.FIRM_MISSED],
        initial=TaskOutcome.DELIVERED,
    )
    on = forms.DateField(label=_("Date"), widget=DateInput())
    minutes = minutes_field(_("Minutes it took"))
    note = note_field()
    rating = rating_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.task.kind_id is None or self.task.automated:
            del self.fields["rating"]
        elif rating := rating_of(self.task.pk):  # noted before the task was opened again
            self.fields["rating"].initial = rating.value
        keep_registered(self, RATED_AS)
        tell_why(self, *TOUCHED)
        held = was_held(self.task) and self.task.scheduled_at
        self.fields["on"].initial = firm_date(held) if held else firm_today()
        self.fields["minutes"].initial = self.task.planned_minutes or None
        self.fields["minutes"].widget.attrs["autofocus"] = True
        self.actions = self._action_rows() if is_conversation(self.task) else []

    def _action_rows(self) -> list[NextActionForm]:
        people = people_for(self.task.client, by=self.by)
        return [
            NextActionForm(
                self.data if self.is_bound else None,
                prefix=f"next-{number}",
                auto_id=self.auto_id,
                people=people,
                by=self.by,
            )
            for number in range(1, MOST_ACTIONS + 1)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        value = data.pop("rating", None)
        data["rated"] = Rated(value) if value else None
        rows = [row for row in self.actions if not row.is_blank]
        valid = [row.checked() for row in rows]  # each says what is wrong with it
        if not all(valid):
            raise ValidationError(_("Look at the next actions: what, who and by when."))
        data["next_actions"] = [NextAction(**row.cleaned_data) for row in rows]
        return data

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


class AttemptForm(TaskForm):
    kind = forms.ModelChoiceField(label=_("How"), queryset=TouchKind.objects.none(), empty_label=None)
    minutes = minutes_field()
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = attempt_kinds()
        _choices(self, "kind").queryset = TouchKind.objects.filter(pk__in=[kind.pk for kind in kinds])
        self.fields["kind"].initial = likely_attempt(self.task, kinds)
        tell_why(self, *TOUCHED)


class PersonMomentField(forms.DateTimeField):
    """A moment as a person's own clock shows it; `zone` is where the person is."""

    zone: dt.tzinfo

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dt.datetime) and timezone.is_aware(value):
            return value.astimezone(self.zone).replace(tzinfo=None)
        return value

    def to_python(self, value: Any) -> dt.datetime | None:
        with timezone.override(self.zone):
            return super().to_python(value)


class BookForm(TaskForm):
    at = PersonMomentField(label=_("Date and time"), widget=MomentInput())
    channel = forms.ChoiceField(label=_("How"), required=False, choices=Channel.choices)
    place = forms.CharField(
        label=_("Where"), required=False, max_length=200, help_text=_("A room, an address or a link.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        at, task = cast(PersonMomentField, self.fields["at"]), self.task
        at.zone = zone_of(self.by)
        at.initial = task.scheduled_at
        if self.by.time_zone and self.by.time_zone != timezone.get_current_timezone_name():
            at.help_text = _("In your time zone: %s.") % self.by.time_zone.replace("_", " ")
        self.fields["channel"].initial = task.scheduled_channel or task.channel
        self.fields["place"].initial = task.place
        if not task.channel:
            cast(forms.ChoiceField, self.fields["channel"]).choices = [
                ("", _("None in particular")),
                *Channel.choices,
            ]

    def clean_at(self) -> dt.datetime:
        at = self.cleaned_data["at"]
        if at < timezone.now():
            raise ValidationError(_("An appointment lies ahead. Choose a later time."))
        if at > timezone.now() + MOST_AHEAD:
            raise ValidationError(_("This is more than three years ahead. Check the year."))
        return at


class CancelAppointmentForm(TaskForm):
    """Nothing to fill in."""


class RescheduleForm(TaskForm):
    to = forms.DateField(label=_("New due date"), widget=DateInput())
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        task, to = self.task, self.fields["to"]
        to.initial = working_day_from(firm_settings(), max(task.due_on, firm_today()) + dt.timedelta(days=7))
        if task.window_start < task.window_end:
            to.help_text = _(
                "Its window moves with it: %(before)s days before until %(after)s days after. "
                "Planning keeps your date."
            ) % {
                "before": (task.due_on - task.window_start).days,
                "after": (task.window_end - task.due_on).days,
            }

    def clean_to(self) -> dt.date:
        to = self.cleaned_data["to"]
        if to == self.task.due_on:
            raise ValidationError(_("It is due on this day already."))
        if to > firm_today() + dt.timedelta(days=366):
            raise ValidationError(_("This is more than a year ahead. Give the client another interval."))
        return _ahead(to)


class SnoozeForm(TaskForm):
    until = forms.DateField(label=_("Until"), widget=DateInput())
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = working_day_from(firm_settings(), firm_today() + dt.timedelta(days=7))

    def clean_until(self) -> dt.date:
        return _put_off_until(self.cleaned_data["until"])


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
        field = _choices(self, "to")
        people = serving_people()
        field.queryset = people
        on_team = set(TeamMember.objects.filter(client=self.task.client_id).values_list("user", flat=True))
        others = [person for person in people if person.pk != self.task.assigned_to_id]
        near = [(p.pk, p.display_name) for p in others if p.pk in on_team]
        far = [(p.pk, p.display_name) for p in others if p.pk not in on_team]
        groups = ((_("Service team of this client"), near), (_("Others"), far))
        field.choices = [("", _("Choose a person")), *((name, some) for name, some in groups if some)]

    def clean_to(self) -> User:
        to = self.cleaned_data["to"]
        if to.pk == self.task.assigned_to_id:
            raise ValidationError(_("It is this person's already."))
        return to


class BulkForm(forms.Form):
    """One step with many tasks; `work` does it."""

    reason = forms.CharField(max_length=200, required=False)

    def work(self, *, tasks: QuerySet, by: User) -> BulkStep:
        raise NotImplementedError


class BulkReassignForm(BulkForm):
    to = forms.ModelChoiceField(
        queryset=User.objects.none(), error_messages={"required": _("Choose who takes the tasks.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "to").queryset = serving_people()

    def work(self, *, tasks: QuerySet, by: User) -> BulkStep:
        return bulk.reassign_tasks(tasks=tasks, to=self.cleaned_data["to"], by=by)


class BulkRescheduleForm(BulkForm):
    days = forms.IntegerField(
        min_value=-366,
        max_value=366,
        error_messages={
            "required": _("Say by how many days the tasks move."),
            "invalid": _("Write the number of days as 7, or -7 for earlier."),
            "min_value": _("Move by a year at most."),
            "max_value": _("Move by a year at most."),
        },
    )

    def clean_days(self) -> int:
        if not (days := self.cleaned_data["days"]):
            raise ValidationError(_("Say by how many days the tasks move."))
        return days

    def work(self, *, tasks: QuerySet, by: User) -> BulkStep:
        return bulk.reschedule_tasks(
            tasks=tasks, days=self.cleaned_data["days"], by=by, reason=self.cleaned_data["reason"]
        )


class BulkSnoozeForm(BulkForm):
    until = forms.DateField(error_messages={"required": _("Say until when the tasks are put off.")})

    def clean_until(self) -> dt.date:
        return _put_off_until(self.cleaned_data["until"])

    def work(self, *, tasks: QuerySet, by: User) -> BulkStep:
        return bulk.snooze_tasks(
            tasks=tasks, until=self.cleaned_data["until"], by=by, reason=self.cleaned_data["reason"]
        )


BULK_FORMS: dict[str, type[BulkForm]] = {
    BulkAction.REASSIGN: BulkReassignForm,
    BulkAction.RESCHEDULE: BulkRescheduleForm,
    BulkAction.SNOOZE: BulkSnoozeForm,
}


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
        tell_why(self, *TOUCHED)

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
        return _ahead(self.cleaned_data["due_on"])

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
