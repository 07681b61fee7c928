"""Pages of the balance sheet and of win conditions and options; those of steps are in `step_views`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clients.access import may_edit_clients, require
from clients.feedback import notice
from clients.firm import firm_today
from clients.models import Client
from clients.requests import SignedInRequest
from clients.sent_once import once
from personas.models import Holding, OwnerOption, WinCondition
from personas.models.owner import Letter
from personas.tools.owner import balance, comparing, services
from personas.tools.owner.forms import HoldingForm, OptionForm, WinConditionForm
from personas.tools.owner.tool import HOLDINGS, OPTIONS, WINS
from personas.tools.pages import client_of


def form_page(
    request: SignedInRequest, form: forms.BaseForm, client: Client, back: str, title: str, **more: Any
) -> HttpResponse:
    """A form of the owner's tools. `back`: the name of the page that it belongs to; in `more`: `remove`, the
    address that takes the thing away, and `about`, a sentence above the form."""
    context = {
        "form": form,
        "client": client,
        "back": reverse(back, args=[client.pk]),
        "title": title,
        **more,
    }
    return render(request, "personas/tools/owner/form.html", context, status=422 if form.is_bound else 200)


@login_required
@require_GET
def balance_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the household owns and owes, and how much of it hangs on one asset."""
    client = client_of(request, pk, HOLDINGS)
    context = {"client": client, "sheet": balance.sheet_of(client, firm_today())}
    return render(request, "personas/tools/owner/balance.html", context)


@require(may_edit_clients)
@once
def edit_holding(request: SignedInRequest, pk: int, holding: int | None = None) -> HttpResponse:
    """Something owned or owed, new or changed."""
    client = client_of(request, pk, HOLDINGS)
    found = Holding(client=client)
    if holding is not None:
        found = get_object_or_404(Holding, pk=holding, client=client)
    form = HoldingForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        notice(request, _("Saved."))
        return redirect("personas:owner_balance", pk)
    title = found.name if found.pk else _("New holding")
    remove = reverse("personas:remove_holding", args=[pk, found.pk]) if found.pk else ""
    return form_page(request, form, client, "personas:owner_balance", title, remove=remove)


@require(may_edit_clients)
@require_POST
def remove_holding(request: SignedInRequest, pk: int, holding: int) -> HttpResponse:
    """What hung on it stays, and hangs on nothing else."""
    client = client_of(request, pk, HOLDINGS)
    found = get_object_or_404(Holding, pk=holding, client=client)
    found.delete()
    notice(request, _("%s was removed.") % found.name)
    return redirect("personas:owner_balance", pk)


@login_required
@require_GET
def options_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """Win conditions and the options side by side."""
    client = client_of(request, pk, WINS, OPTIONS)
    comparison = comparing.comparison_of(client)
    context = {"client": client, "comparison": comparison, "most": len(Letter)}
    return render(request, "personas/tools/owner/options.html", context)


@require(may_edit_clients)
@once
def edit_win(request: SignedInRequest, pk: int, win: int | None = None) -> HttpResponse:
    """A win condition, new or changed."""
    client = client_of(request, pk, WINS, OPTIONS)
    found = WinCondition(client=client)
    if win is not None:
        found = get_object_or_404(WinCondition, pk=win, client=client)
    form = WinConditionForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        notice(request, _("Saved."))
        return redirect("personas:owner_options", pk)
    title = _("Win condition") if found.pk else _("New win condition")
    remove = reverse("personas:remove_win", args=[pk, found.pk]) if found.pk else ""
    return form_page(request, form, client, "personas:owner_options", title, remove=remove)


@require(may_edit_clients)
@require_POST
def remove_win(request: SignedInRequest, pk: int, win: int) -> HttpResponse:
    """Its ratings go with it."""
    client = client_of(request, pk, WINS, OPTIONS)
    get_object_or_404(WinCondition, pk=win, client=client).delete()
    notice(request, _("The win condition was removed, with how the options were rated by it."))
    return redirect("personas:owner_options", pk)


@require(may_edit_clients)
def edit_option(request: SignedInRequest, pk: int, option: int | None = None) -> HttpResponse:
    """An option with how well it meets each win condition, new or changed."""
    client = client_of(request, pk, WINS, OPTIONS)
    found = OwnerOption(client=client)
    if option is not None:
        found = get_object_or_404(OwnerOption, pk=option, client=client)
    conditions = list(WinCondition.objects.filter(client=client))
    form = OptionForm(request.POST or None, instance=found, conditions=conditions)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_option(option=found, ratings=form.ratings)
        except services.OptionRefused as refused:
            form.add_error(None, str(refused))
        except IntegrityError:
            form.add_error(None, _("A win condition was removed a moment ago. Look at the page again."))
        else:
            notice(request, _("Saved."))
            return redirect("personas:owner_options", pk)
    title = _("Option %s") % found.letter if found.pk else _("New option")
    remove = reverse("personas:remove_option", args=[pk, found.pk]) if found.pk else ""
    return form_page(request, form, client, "personas:owner_options", title, remove=remove)


@require(may_edit_clients)
@require_POST
def remove_option(request: SignedInRequest, pk: int, option: int) -> HttpResponse:
    client = client_of(request, pk, WINS, OPTIONS)
    found = get_object_or_404(OwnerOption, pk=option, client=client)
    found.delete()
    notice(request, _("%s was removed.") % found.title)
    return redirect("personas:owner_options", pk)
