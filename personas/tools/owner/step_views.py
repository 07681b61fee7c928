"""Pages of staged commitments."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from clients.access import may_edit_clients, require
from clients.feedback import notice
from clients.firm import firm_today
from clients.requests import SignedInRequest
from clients.sent_once import once
from personas.models import CommitmentStep, StarterStep, StepState
from personas.tools.owner import steps
from personas.tools.owner.forms import AgreeForm, CloseForm, StepForm
from personas.tools.owner.tool import STEPS
from personas.tools.owner.views import form_page
from personas.tools.pages import client_of

PAGE = "personas:owner_steps"
DOINGS: dict[str, Callable[..., Any]] = {
    "earlier": partial(steps.move, earlier=True),
    "later": partial(steps.move, earlier=False),
    "remove": steps.remove,
    "reopen": steps.reopen,
}


@login_required
@require_GET
def page(request: SignedInRequest, pk: int) -> HttpResponse:
    """The steps in their order."""
    client = client_of(request, pk, STEPS)
    found = steps.steps_of(client)
    starters = [] if found.every else list(StarterStep.objects.all())
    context = {"client": client, "steps": found, "starters": starters, "today": firm_today()}
    return render(request, "personas/tools/owner/steps.html", context)


@require(may_edit_clients)
@require_POST
def add_starters(request: SignedInRequest, pk: int) -> HttpResponse:
    """The firm's list becomes the client's own steps, none of them agreed."""
    client = client_of(request, pk, STEPS)
    number = len(steps.add_starters(client=client))
    notice(request, ngettext("%(n)s step added.", "%(n)s steps added.", number) % {"n": number})
    return redirect(PAGE, pk)


@require(may_edit_clients)
@once
def edit_step(request: SignedInRequest, pk: int, step: int | None = None) -> HttpResponse:
    """A step's words, new or changed."""
    client = client_of(request, pk, STEPS)
    found = CommitmentStep(client=client)
    if step is not None:
        found = get_object_or_404(CommitmentStep, pk=step, client=client)
    form = StepForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        words = {"title": data["title"], "about": data["about"]}
        try:
            if found.pk:
                steps.change(step=found, due_on=data.get("due_on"), **words)
            else:
                steps.add_step(client=client, **words)
        except steps.StepRefused as refused:
            form.add_error(None, str(refused))
        else:
            notice(request, _("Saved."))
            return redirect(PAGE, pk)
    title = _("Step") if found.pk else _("New step")
    removable = found.pk and found.state == StepState.PROPOSED
    remove = reverse("personas:do_step", args=[pk, found.pk, "remove"]) if removable else ""
    return form_page(request, form, client, PAGE, title, remove=remove)


@require(may_edit_clients)
def agree_step(request: SignedInRequest, pk: int, step: int) -> HttpResponse:
    """Somebody said yes to the next step."""
    client = client_of(request, pk, STEPS)
    found = get_object_or_404(CommitmentStep, pk=step, client=client)
    form = AgreeForm(request.POST or None, initial={"agreed_on": firm_today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            steps.agree(step=found, on=data["agreed_on"], by=data["agreed_by"], due_on=data["due_on"])
        except steps.StepRefused as refused:
            form.add_error(None, str(refused))
        else:
            notice(request, _("Agreed: %s") % found.title)
            return redirect(PAGE, pk)
    return form_page(request, form, client, PAGE, _("Agree to a step"), about=found.title)


@require(may_edit_clients)
def close_step(request: SignedInRequest, pk: int, step: int) -> HttpResponse:
    """The step is done, or was stopped with a reason."""
    client = client_of(request, pk, STEPS)
    found = get_object_or_404(CommitmentStep, pk=step, client=client)
    form = CloseForm(request.POST or None, step=found, initial={"closed_on": firm_today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            steps.close(step=found, state=data["state"], on=data["closed_on"], reason=data["reason"])
        except steps.StepRefused as refused:
            form.add_error(None, str(refused))
        else:
            notice(request, _("Saved."))
            return redirect(PAGE, pk)
    return form_page(request, form, client, PAGE, _("End a step"), about=found.title)


@require(may_edit_clients)
@require_POST
def do_step(request: SignedInRequest, pk: int, step: int, doing: str) -> HttpResponse:
    """Moves a step earlier or later, removes it, or takes it up again."""
    client = client_of(request, pk, STEPS)
    found = get_object_or_404(CommitmentStep, pk=step, client=client)
    do = DOINGS.get(doing)
    if do is None:
        raise Http404
    try:
        do(step=found)
    except steps.StepRefused as refused:
        notice(request, str(refused), went_wrong=True)
    return redirect(PAGE, pk)
