"""The client page's service tab: promise against delivery, tasks, touches, exceptions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from clients.access import may_edit_clients, require
from clients.feedback import notice
from clients.models import Client, Touch
from clients.sent_once import once
from servicing.forms import LogTouchForm, WaiverForm
from servicing.models import Waiver
from servicing.work import facts
from servicing.work.delivery import service_of


def service_tab(request: HttpRequest, client: Client) -> dict[str, Any]:
    """What the tab shows; registered with the client page."""
    return service_of(client, timezone.localdate())


@require(may_edit_clients)
@once
def log(request: HttpRequest, pk: int) -> HttpResponse:
    """Logs a touch, and says what it closed. The tab asks for the form alone when somebody wants it."""
    client = _client(request, pk)
    form = LogTouchForm(request.POST if request.method == "POST" else None, auto_id="id_touch_%s")
    if request.method != "POST" and request.htmx:  # type: ignore[attr-defined]
        context = {"client": client, "form": form, "submit_label": _("Save the touch")}
        return render(request, "servicing/partials/touch_form.html", context)
    if request.method != "POST" or not form.is_valid():
        return _form(request, client, form, _("Log a touch"), _("Save the touch"))
    _touch, counts = facts.log(client=client, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
    closed = ngettext("It closed %(n)s task.", "It closed %(n)s tasks.", counts.done) % {"n": counts.done}
    notice(request, _("Touch saved.") + (f" {closed}" if counts.done else ""))
    return redirect("clients:tab", pk, "service")


@require(may_edit_clients)
@require_POST
def remove(request: HttpRequest, pk: int, touch: int) -> HttpResponse:
    """Takes a touch back; work that it fulfilled is open again."""
    client = _client(request, pk)
    facts.take_back(touch=get_object_or_404(Touch, client=client, pk=touch))
    notice(request, _("Touch taken back. Tasks that it had closed are open again."))
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRefresh()
    return redirect("clients:tab", pk, "service")


@require(may_edit_clients)
@once
def waive(request: HttpRequest, pk: int) -> HttpResponse:
    """Stores an exception to one promise."""
    client = _client(request, pk)
    form = WaiverForm(request.POST if request.method == "POST" else None, client=client)
    if request.method != "POST" or not form.is_valid():
        return _form(request, client, form, _("Waive a service"), _("Save the exception"))
    facts.waive(waiver=form.save(commit=False), by=request.user)  # type: ignore[arg-type]
    notice(request, _("Exception saved."))
    return redirect("clients:tab", pk, "service")


@require(may_edit_clients)
@require_POST
def end_waiver(request: HttpRequest, pk: int, waiver: int) -> HttpResponse:
    client = _client(request, pk)
    facts.end_waiver(waiver=get_object_or_404(Waiver, client=client, pk=waiver))
    notice(request, _("The exception has ended; the service is planned again."))
    if request.POST.get("list"):
        return redirect("servicing:exceptions")
    return redirect("clients:tab", pk, "service")


def _client(request: HttpRequest, pk: int) -> Client:
    return get_object_or_404(Client.objects.visible_to(request.user), pk=pk)  # type: ignore[arg-type]


def _form(
    request: HttpRequest, client: Client, form: forms.BaseForm, title: str, submit: str
) -> HttpResponse:
    return render(
        request,
        "servicing/client_form.html",
        {"client": client, "form": form, "title": title, "submit_label": submit},
        status=422 if form.is_bound else 200,
    )
