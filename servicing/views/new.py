"""From the first page: log a touch, or make a task, for a client that is named in the form."""

from __future__ import annotations

from typing import cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_htmx.http import HttpResponseClientRedirect

from clients.access import may_edit_clients, require
from clients.feedback import notice
from clients.formats import short_date
from clients.models import User
from clients.requests import back_path
from clients.sent_once import once
from servicing.forms import NamedTouchForm, NewTaskForm
from servicing.views.task import lead_back
from servicing.work import facts, services


@require(may_edit_clients)
@once
def new_touch(request: HttpRequest) -> HttpResponse:
    """Logs a touch for the client that is typed, and says what it closed."""
    by = cast(User, request.user)
    form = NamedTouchForm(request.POST if request.method == "POST" else None, by=by, auto_id="id_new_%s")
    if not form.is_valid():
        return _form(request, form, _("Log a touch"), _("Save the touch"))
    touch, counts = facts.log(by=by, **form.cleaned_data)
    text = _("Touch with %(client)s saved.") % {"client": touch.client.name}
    if counts.done:
        text += " " + ngettext("It closed %(n)s task.", "It closed %(n)s tasks.", counts.done) % {
            "n": counts.done
        }
    notice(request, text, undo_url=reverse("servicing:remove_touch", args=[touch.client_id, touch.pk]))
    return _lead_on(request)


@require(may_edit_clients)
@once
def new_task(request: HttpRequest) -> HttpResponse:
    """Makes a task beside the standards for the client that is typed."""
    by = cast(User, request.user)
    form = NewTaskForm(request.POST if request.method == "POST" else None, by=by, auto_id="id_new_%s")
    if not form.is_valid():
        return _form(request, form, _("New task"), _("Save the task"))
    made = services.make_task(by=by, **form.cleaned_data)
    text = _("%(task)s for %(client)s is due %(day)s.") % {
        "task": made.task.name,
        "client": made.task.client.name,
        "day": short_date(made.task.due_on),
    }
    undo_url = f"{reverse('servicing:undo', args=[made.task.pk])}?step={made.undo}"
    notice(request, text, undo_url=undo_url)
    return _lead_on(request)


def _lead_on(request: HttpRequest) -> HttpResponse:
    """The queue anew: its groups and figures may all have changed."""
    back = lead_back(request)
    return HttpResponseClientRedirect(back.url) if request.htmx else back  # type: ignore[attr-defined]


def _form(request: HttpRequest, form: forms.Form, title: str, submit: str) -> HttpResponse:
    template = "servicing/new.html#form" if request.htmx else "servicing/new.html"  # type: ignore[attr-defined]
    context = {
        "form": form,
        "title": title,
        "submit_label": submit,
        "action": request.path,
        "back": back_path(request),
    }
    return render(request, template, context, status=422 if form.is_bound else 200)
