"""Setting up a firm: what comes in which order, what is done, what is next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.access import is_administrator, require, runs_the_firm
from clients.feedback import notice
from clients.firm import firm_settings
from clients.forms import FirmForm
from clients.listing import COUNT_CAP, capped_count
from clients.models import Client, ClientStatus, ClientSummary, Firm, Revenue, Touch, User
from clients.requests import SignedInRequest

WITHOUT_DATA_SHOWN = 12


@dataclass
class Step:
    key: str
    title: str
    done: bool
    next: bool = False


def _steps(firm: Firm) -> list[Step]:
    """The steps in their order; the first that is not done is next."""
    steps = [
        Step("firm", _("The firm"), bool(firm.name)),
        Step("team", _("Its team"), User.objects.filter(is_active=True)[:2].count() > 1),
        Step("clients", _("Clients"), Client.objects.exists()),
        Step("facts", _("Revenue and touches"), Revenue.objects.exists() and Touch.objects.exists()),
        Step("run", _("First run"), ClientSummary.objects.filter(tier__isnull=False).exists()),
    ]
    for step in steps:
        if not step.done:
            step.next = True
            break
    return steps


@require(runs_the_firm)
def welcome(request: SignedInRequest) -> HttpResponse:
    """The steps with their state. The firm's own settings are a form on this page."""
    firm = firm_settings()
    form = FirmForm(request.POST or None, instance=Firm.objects.get_or_create(pk=1)[0])
    if request.method == "POST" and form.is_valid():
        form.instance.set_up_at = firm.set_up_at or timezone.now()
        form.save()
        notice(request, _("Saved."))
        return redirect("clients:welcome")
    context: dict[str, Any] = {
        "form": form,
        "steps": _steps(firm),
        "may_invite": is_administrator(request.user),
        "people": User.objects.filter(is_active=True).count(),
        "clients": capped_count(Client.objects.all()),
        "cap": COUNT_CAP,
        **_untiered(),
    }
    return render(request, "clients/welcome.html", context, status=422 if form.is_bound else 200)


def _untiered() -> dict[str, Any]:
    """Active clients without a tier: those of whom too little is known, or who wait for the first run."""
    untiered = Client.objects.filter(
        status=ClientStatus.ACTIVE, summary__isnull=False, summary__tier__isnull=True
    )
    return {
        "untiered": untiered.order_by("name").only("id", "name")[:WITHOUT_DATA_SHOWN],
        "untiered_count": capped_count(untiered),
    }
