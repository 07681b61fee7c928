"""One task: its panel, and the steps done, attempt, book, snooze, reassign; each can be taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from clients.access import may_edit_clients, require
from clients.feedback import notice, refusal, with_notice
from clients.models import User
from servicing.forms import AttemptForm, BookForm, ReassignForm, SnoozeForm, TaskForm, complete_form
from servicing.models import ServiceTask
from servicing.work import services, words
from servicing.work.queue import one_row, panel_of, read_task
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
    said = f"{name}: {worked.task.get_status_display().lower()}."
    return f"{said} {_next_of(worked, timezone.localdate())}".rstrip()


def _next_of(worked: Worked, today: dt.date) -> str:
    """What comes after a closed task; nothing follows one that no standard promised."""
    if worked.task.item_id is None:
        return ""
    return words.what_comes_next(worked.task.name, worked.next_on, today)


STEPS: dict[str, Step] = {
    "done": Step(
        complete_form,
        gettext_lazy("Done"),
        gettext_lazy("Save as done"),
        lambda task, by, data: services.complete(task=task, by=by, **data),
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
        lambda task, by, data: services.reassign(task=task, **data),
        lambda worked: _("Handed to %(person)s.") % {"person": worked.task.assigned_to},
    ),
}


@login_required
@require_GET
def task_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The task's panel: alone for htmx, as a page otherwise."""
    return _draw(request, _task(request, pk))


@require(may_edit_clients)
def work(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """The form of a step, and the step itself."""
    task, chosen = _task(request, pk), STEPS[step]
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
    done = _task(request, pk)
    return with_notice(_draw(request, done, row=_row(done, worked), said=text), text, undo_url=undo_url)


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
    return with_notice(_draw(request, task, row=_row(task), elsewhere=True), text)


def _task(request: HttpRequest, pk: int) -> ServiceTask:
    task = read_task(ServiceTask.objects.visible_to(request.user), pk)
    if task is None:
        raise Http404
    return task


def _row(task: ServiceTask, worked: Worked | None = None) -> dict[str, Any]:
    today = timezone.localdate()
    row = one_row(task, today)
    if worked is not None and not task.is_open:
        row["next"] = _next_of(worked, today)
        row["status_label"] = task.get_status_display()
    return row


def _draw(request: HttpRequest, task: ServiceTask, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "panel": panel_of(task, timezone.localdate()),
        "may_work": may_edit_clients(request.user),  # type: ignore[arg-type]
        "back": back_path(request),
        **more,
    }
    template = "servicing/partials/panel_answer.html" if request.htmx else "servicing/task.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


def _refused(request: HttpRequest, task: ServiceTask, text: str) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return refusal(text, status=409)
    notice(request, text, went_wrong=True)
    return redirect("servicing:task", task.pk)


def back_path(request: HttpRequest) -> str:
    asked = request.POST.get("back") or request.GET.get("back") or ""
    if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) and asked.startswith("/"):
        return asked
    return ""


def lead_back(request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(back_path(request) or reverse("servicing:today"))
