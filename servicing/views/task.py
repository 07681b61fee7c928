"""One task: its panel, the ticks of its checklist, and the steps of working it; each can be taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qs, urlencode, urlsplit

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from clients.access import may_edit_clients, require, sees_all_clients
from clients.feedback import notice, refusal, with_notice
from clients.formats import short_date
from clients.models import User
from clients.requests import back_path
from clients.sent_once import once
from servicing.forms import (
    AttemptForm,
    BookForm,
    CancelAppointmentForm,
    ReassignForm,
    RescheduleForm,
    SnoozeForm,
    TaskForm,
)
from servicing.meetings.forms import closing_form
from servicing.meetings.services import close
from servicing.models import ServiceTask
from servicing.work import services, words
from servicing.work.panel import panel_of, read_task
from servicing.work.queue import one_row, read_queue
from servicing.work.services import TaskRefused, Worked


@dataclass(frozen=True)
class Step:
    """A step with its form, what it does, and how it is said."""

    form: Callable[..., TaskForm]
    title: str | Promise
    submit: str | Promise
    work: Callable[..., Worked]
    said: Callable[[Worked], str]


def _said_done(worked: Worked) -> str:
    name = worked.task.name
    said = [f"{name}: {worked.task.get_status_display().lower()}."]
    if worked.made:
        said.append(
            ngettext("%(n)s next action made.", "%(n)s next actions made.", worked.made) % {"n": worked.made}
        )
    return " ".join([*said, _next_of(worked, timezone.localdate())]).rstrip()


def _said_moved(worked: Worked) -> str:
    task, today = worked.task, timezone.localdate()
    due = short_date(task.due_on, today=today)
    if task.window_start == task.window_end:
        return _("Due %(day)s now.") % {"day": due}
    return _("Due %(day)s now; it may be done %(window)s.") % {
        "day": due,
        "window": words.window(task.window_start, task.window_end, today),
    }


def _next_of(worked: Worked, today: dt.date) -> str:
    """What comes after a closed task; nothing follows one that no standard promised."""
    if worked.task.item_id is None:
        return ""
    return words.what_comes_next(worked.task.name, worked.next_on, today)


STEPS: dict[str, Step] = {
    "done": Step(
        closing_form,
        gettext_lazy("Done"),
        gettext_lazy("Save as done"),
        lambda task, by, data: close(task=task, by=by, **data),
        _said_done,
    ),
    "attempt": Step(
        AttemptForm,
        gettext_lazy("Log an attempt"),
        gettext_lazy("Save the attempt"),
        lambda task, by, data: services.log_attempt(task=task, by=by, **data),
        lambda worked: _("Attempt saved. The task stays open."),
    ),
    "book": Step(
        BookForm,
        gettext_lazy("Book an appointment"),
        gettext_lazy("Save the appointment"),
        lambda task, by, data: services.book(task=task, **data),
        lambda worked: _("Appointment saved."),
    ),
    "unbook": Step(
        CancelAppointmentForm,
        gettext_lazy("Cancel the appointment"),
        gettext_lazy("Cancel the appointment"),
        lambda task, by, data: services.cancel_appointment(task=task),
        lambda worked: _("Appointment cancelled. The task stays open."),
    ),
    "reschedule": Step(
        RescheduleForm,
        gettext_lazy("Move the due date"),
        gettext_lazy("Move it"),
        lambda task, by, data: services.reschedule(task=task, **data),
        _said_moved,
    ),
    "snooze": Step(
        SnoozeForm,
        gettext_lazy("Put off until later"),
        gettext_lazy("Put off"),
        lambda task, by, data: services.snooze(task=task, **data),
        lambda worked: _("Put off. It is due as before."),
    ),
    "reassign": Step(
        ReassignForm,
        gettext_lazy("Hand over"),
        gettext_lazy("Hand over"),
        lambda task, by, data: services.reassign(task=task, by=by, **data),
        lambda worked: _("Handed to %(person)s.") % {"person": worked.task.assigned_to},
    ),
}


@login_required
@require_GET
def task_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The task's panel: alone for htmx, as a page otherwise."""
    return _draw(request, _task(request, pk))


@require(may_edit_clients)
@once
def work(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """The form of a step, and the step itself."""
    chosen = STEPS.get(step)
    if chosen is None:
        raise Http404
    task = _task(request, pk)
    if request.method != "POST" and not task.is_open:
        return _draw(request, task)
    sent = request.POST if request.method == "POST" else None
    form = chosen.form(sent, task=task, by=cast(User, request.user), auto_id=f"id_{step}_%s")
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return _draw(request, task, status=status, form=form, step=chosen, action=request.path)
    try:
        worked = chosen.work(task, request.user, form.cleaned_data)
    except TaskRefused as error:
        return _refused(request, task, str(error))
    text = chosen.said(worked)
    undo_url = f"{reverse('servicing:undo', args=[pk])}?step={worked.undo}"
    if not request.htmx:  # type: ignore[attr-defined]
        notice(request, text, undo_url=undo_url)
        return lead_back(request)
    done = read_task(ServiceTask.objects.visible_to(request.user), pk)
    if done is None:  # handed to somebody else, or back to whom it was taken from, by one who saw it for that
        notice(request, text)
        return HttpResponseClientRedirect(back_path(request) or reverse("servicing:today"))
    answer = _draw(request, done, said=text, **_beside(request, done, worked))
    return with_notice(answer, text, undo_url=undo_url)


@require(may_edit_clients)
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a step back, within ten minutes and while nothing else happened to the task."""
    task = _task(request, pk)
    try:
        services.undo(task=task, token=request.GET.get("step", ""))
    except TaskRefused as error:
        return _refused(request, task, str(error))
    text = _("Undone.")
    if not request.htmx:  # type: ignore[attr-defined]
        notice(request, text)
        return lead_back(request)
    task = _task(request, pk)
    return with_notice(_draw(request, task, elsewhere=True, **_beside(request, task)), text)


@require(may_edit_clients)
@require_POST
def prepare(request: HttpRequest, pk: int) -> HttpResponse:
    """Ticks a point of the checklist (`ready`), or takes its tick away (`open`)."""
    task = _task(request, pk)
    ready = "ready" in request.POST
    point = request.POST.get("ready" if ready else "open", "")
    try:
        services.prepare(task=task, by=cast(User, request.user), point=point, ready=ready)
    except TaskRefused as error:
        return _refused(request, task, str(error))
    if not request.htmx:  # type: ignore[attr-defined]
        return HttpResponseRedirect(f"{reverse('servicing:task', args=[pk])}?{_kept_back(request)}")
    return _draw(request, _task(request, pk), part="points", **_beside(request, task))


def _kept_back(request: HttpRequest) -> str:
    back = back_path(request)
    return urlencode({"back": back}) if back else ""


def _task(request: HttpRequest, pk: int) -> ServiceTask:
    task = read_task(ServiceTask.objects.visible_to(request.user), pk)
    if task is None:
        raise Http404
    return task


def _row(
    request: HttpRequest, task: ServiceTask, person: User, worked: Worked | None = None
) -> dict[str, Any]:
    """The task's row in a person's queue; one that somebody else has now is marked so, and stays."""
    today = timezone.localdate()
    row = one_row(task.pk, today, zone=words.zone_of(cast(User, request.user)))
    if not task.is_open:
        row["next"] = _next_of(worked, today) if worked is not None else ""
    elif task.assigned_to_id != person.pk:
        row["group"] = ""
        row["status"] = (
            _("With %(person)s now") % {"person": task.assigned_to} if task.assigned_to else _("Nobody's")
        )
    return row


def _beside(request: HttpRequest, task: ServiceTask, worked: Worked | None = None) -> dict[str, Any]:
    """What else changed on a queue that asked: the task's row, and the figures."""
    asked = urlsplit(request.htmx.current_url or "/")  # type: ignore[attr-defined]
    if asked.path != reverse("servicing:today"):
        return {}
    person = whose(request, parse_qs(asked.query).get("advisor", [""])[0])
    zone = words.zone_of(cast(User, request.user))
    return {
        "row": _row(request, task, person, worked),
        "queue": read_queue(person.pk, timezone.localdate(), zone=zone, rows=0),
    }


def whose(request: HttpRequest, asked: str) -> User:
    """The person whose queue it is: who asks, or another for those who see all clients."""
    user = cast(User, request.user)
    if not asked or asked == str(user.pk):
        return user
    person = User.objects.filter(pk=int(asked)).first() if is_id(asked) else None
    if person is None or not sees_all_clients(user):
        raise Http404
    return person


def is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _draw(request: HttpRequest, task: ServiceTask, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "panel": panel_of(task, timezone.localdate(), viewer=cast(User, request.user)),
        "may_work": may_edit_clients(request.user),  # type: ignore[arg-type]
        "back": back_path(request),
        "page_keys": task_keys(),
        **more,
    }
    template = "servicing/partials/panel_answer.html" if request.htmx else "servicing/task.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


def task_keys() -> list[tuple[str, str]]:
    """The keys that act on the open task."""
    return [
        ("d", _("Done")),
        ("a", _("Log an attempt")),
        ("b", _("Book an appointment, or another time")),
        ("s", _("Put off until later")),
        ("r", _("Move the due date")),
        ("h", _("Hand over")),
        ("o", _("Hold the meeting: its one decision")),
        ("p", _("Brief of the meeting")),
        ("1 – 9", _("Tick a point of the checklist")),
        ("u", _("Undo what the notice says")),
    ]


def _refused(request: HttpRequest, task: ServiceTask, text: str) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return refusal(text, status=409)
    notice(request, text, went_wrong=True)
    return redirect("servicing:task", task.pk)


def lead_back(request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(back_path(request) or reverse("servicing:today"))
