"""Pages of the runway: what follows from the figures, and the forms behind it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clients.access import may_edit_clients, require
from clients.feedback import notice
from clients.firm import firm_today
from clients.models import Client
from clients.register.active import is_active
from clients.requests import SignedInRequest
from clients.sent_once import once
from personas.tools.runway import reading, services
from personas.tools.runway.forms import LINES, ChecklistForm, CostsForm


def _client(request: SignedInRequest, pk: int) -> Client:
    return get_object_or_404(Client.objects.visible_to(request.user), pk=pk)


@login_required
@require_GET
def page(request: SignedInRequest, pk: int) -> HttpResponse:
    """Runway, checklist and who does what."""
    client, today = _client(request, pk), firm_today()
    picture = reading.picture_of(client, today)
    kept = {
        name: is_active(getattr(reading, name))
        for name in ("COSTS", "RESERVES", "INCOMES", "CHECKLIST", "DUTIES")
    }
    context = {
        "client": client,
        "picture": picture,
        "kept": kept,
        "checklist": reading.checklist_of(client, today) if kept["CHECKLIST"] else None,
        "duties": reading.duties_of(client, picture.plan) if kept["DUTIES"] else [],
    }
    return render(request, "personas/tools/runway/page.html", context)


@require(may_edit_clients)
def costs(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the household spends, and whose income would end."""
    client = _client(request, pk)
    if not is_active(reading.COSTS):
        raise Http404
    form = CostsForm(
        request.POST if request.method == "POST" else None,
        client=client,
        instance=getattr(client, "solo_plan", None),
    )
    if request.method == "POST" and form.is_valid():
        form.instance.client = client
        form.save()
        return _back(request, client)
    return _form(request, client, form, _("Living costs"))


@require(may_edit_clients)
@once
def line(request: SignedInRequest, pk: int, kind: str, number: int | None = None) -> HttpResponse:
    """A reserve, an income that goes on, or who does a thing: new or changed."""
    client = _client(request, pk)
    made_by, title_new, title = LINES[kind]
    if not is_active(made_by.code):
        raise Http404
    model = made_by._meta.model
    instance = get_object_or_404(model, client=client, pk=number) if number else model(client=client)
    form = made_by(
        request.POST if request.method == "POST" else None,
        client=client,
        instance=instance,
    )
    if request.method == "POST" and form.is_valid():
        services.save_line(client=client, line=form.save(commit=False))
        return _back(request, client)
    return _form(request, client, form, str(title if number else title_new), kind=kind, number=number)


@require(may_edit_clients)
@require_POST
def remove_line(request: SignedInRequest, pk: int, kind: str, number: int) -> HttpResponse:
    """Takes a reserve, an income or a task away; the history keeps it."""
    client = _client(request, pk)
    get_object_or_404(LINES[kind][0]._meta.model, client=client, pk=number).delete()
    notice(request, _("Removed."))
    return redirect("personas:runway", pk)


@require(may_edit_clients)
def checklist(request: SignedInRequest, pk: int) -> HttpResponse:
    """How the household stands with every point."""
    client = _client(request, pk)
    if not is_active(reading.CHECKLIST):
        raise Http404
    form = ChecklistForm(
        request.POST if request.method == "POST" else None,
        checklist=reading.checklist_of(client, firm_today()),
    )
    if request.method == "POST" and form.is_valid():
        services.save_checklist(client=client, answers=form.answers())
        return _back(request, client)
    status = 422 if form.errors else 200
    context = {"client": client, "form": form}
    return render(request, "personas/tools/runway/checklist.html", context, status=status)


def _back(request: SignedInRequest, client: Client) -> HttpResponse:
    notice(request, _("Saved."))
    return redirect("personas:runway", client.pk)


def _form(
    request: SignedInRequest, client: Client, form: forms.ModelForm, title: str, **more: Any
) -> HttpResponse:
    context = {"client": client, "form": form, "title": title, **more}
    status = 422 if form.errors else 200
    return render(request, "personas/tools/runway/form.html", context, status=status)
