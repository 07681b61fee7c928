"""Time beside touches: logged in one line, listed by week, changed and taken away by whoever logged it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from clients import services_time
from clients.access import may_edit_clients, require
from clients.feedback import notice
from clients.firm import firm_today
from clients.formats import hours
from clients.models import Client, TimeEntry
from clients.requests import SignedInRequest, back_path
from clients.sent_once import once
from servicing.timelog.forms import NamedTimeForm, TimeForm, initial_of
from servicing.timelog.week import week_of

UNDO_SECONDS = 600
_SALT = "servicing.time"
_KEPT = ("client_id", "spent_on", "minutes", "role_id", "by_id", "activity")


@login_required
@require_GET
def week(request: SignedInRequest) -> HttpResponse:
    """A week of one's own log, with a line to add to it."""
    context = {
        "week": week_of(request.user, _day(request.GET.get("week", ""))),
        "today": firm_today(),
        "form": NamedTimeForm(by=request.user, auto_id="id_time_%s"),
        "may_log": may_edit_clients(request.user),
    }
    return render(request, "servicing/time.html", context)


@require(may_edit_clients)
@once
def new_time(request: SignedInRequest) -> HttpResponse:
    """Logs time for the client that is typed; opens in place on the first page."""
    form = NamedTimeForm(request.POST or None, by=request.user, auto_id="id_time_%s")
    if request.method != "POST" or not form.is_valid():
        return _form(request, form, _("Log time"))
    return _saved(request, services_time.log_time(by=request.user, **form.cleaned_data))


@require(may_edit_clients)
@once
def log_time(request: SignedInRequest, pk: int) -> HttpResponse:
    """Logs time for one client. The tab asks for the form alone when somebody wants it."""
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=pk)
    form = TimeForm(request.POST or None, auto_id="id_time_%s")
    back = reverse("clients:tab", args=[pk, "service"])
    if request.method != "POST" or not form.is_valid():
        target = "#touch-form"
        return _form(request, form, _("Log time: %(client)s") % {"client": client.name}, back, target)
    return _saved(request, services_time.log_time(client=client, by=request.user, **form.cleaned_data), back)


@require(may_edit_clients)
def edit_time(request: SignedInRequest, pk: int) -> HttpResponse:
    """Changes an entry of one's own."""
    entry = _own(request, pk)
    sent = request.POST if request.method == "POST" else None
    form = NamedTimeForm(sent, by=request.user, initial=initial_of(entry), auto_id="id_time_%s")
    back = back_path(request) or _week_of(entry.spent_on)
    if request.method != "POST" or not form.is_valid():
        return _form(request, form, _("Change time spent"), back)
    before = _state(entry)
    services_time.change_time(entry=entry, **form.cleaned_data)
    notice(request, _("Saved."), undo_url=_undo_url(entry.pk, before))
    return redirect(back)


@require(may_edit_clients)
@require_POST
def remove_time(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes an entry of one's own away; it can be brought back for ten minutes."""
    entry = _own(request, pk)
    before, week_url = _state(entry), _week_of(entry.spent_on)
    services_time.remove_time(entry=entry)
    notice(request, _("Time removed."), undo_url=_undo_url(None, before))
    return _refreshed(request, back_path(request) or week_url)


@require(may_edit_clients)
@require_POST
def undo_time(request: SignedInRequest) -> HttpResponse:
    """Gives back what an entry was before it was changed or removed."""
    try:
        step = signing.loads(request.GET.get("step", ""), salt=_SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature:
        step = {}
    was = step.get("was", {})
    allowed = was.get("by_id") == request.user.pk
    if not allowed or not Client.objects.visible_to(request.user).filter(pk=was["client_id"]).exists():
        notice(request, _("This can no longer be undone."), went_wrong=True)
        return _refreshed(request, reverse("servicing:time"))
    spent_on = dt.date.fromisoformat(was["spent_on"])
    services_time.restore_time(entry_id=step["entry"], **(was | {"spent_on": spent_on}))
    notice(request, _("Undone."))
    return _refreshed(request, _week_of(spent_on))


def _saved(request: SignedInRequest, entry: TimeEntry, back: str = "") -> HttpResponse:
    text = _("%(time)s for %(client)s saved.") % {"time": hours(entry.minutes), "client": entry.client.name}
    notice(request, text, undo_url=reverse("servicing:remove_time", args=[entry.pk]))
    return _again(request, back_path(request) or back or _week_of(entry.spent_on))


def _again(request: SignedInRequest, address: str) -> HttpResponse:
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def _refreshed(request: SignedInRequest, address: str) -> HttpResponse:
    """After what a notice offered: the page that shows the notice, anew."""
    return HttpResponseClientRefresh() if request.htmx else redirect(address)


def _own(request: SignedInRequest, pk: int) -> TimeEntry:
    """An entry of one's own for a client that one still sees."""
    entries = TimeEntry.objects.filter(client__in=Client.objects.visible_to(request.user), by=request.user)
    return get_object_or_404(entries.select_related("client", "role"), pk=pk)


def _state(entry: TimeEntry) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in _KEPT}
    return values | {"spent_on": entry.spent_on.isoformat()}


def _undo_url(entry: int | None, was: dict[str, Any]) -> str:
    token = signing.dumps({"entry": entry, "was": was}, salt=_SALT, compress=True)
    return f"{reverse('servicing:undo_time')}?step={token}"


def _week_of(day: dt.date) -> str:
    return f"{reverse('servicing:time')}?week={day.isoformat()}"


def _day(text: str) -> dt.date:
    """The day that the address asks for; today where it says none, or one that no calendar has."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return firm_today()
    return day if 1970 < day.year < 2200 else firm_today()


def _form(
    request: SignedInRequest, form: TimeForm, title: str, back: str = "", target: str = "#task-panel"
) -> HttpResponse:
    template = "servicing/time_form.html#form" if request.htmx else "servicing/time_form.html"
    context = {
        "form": form,
        "title": title,
        "action": request.path,
        "back": back_path(request) or back,
        "target": target,
    }
    return render(request, template, context, status=422 if form.is_bound else 200)
