"""The client promise of a tier and of one client: to be read on the page, and printed for the client."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from clients.firm import firm_today
from clients.models import Client
from clients.requests import SignedInRequest
from servicing.models import ServiceStandard
from servicing.standards import promise


@login_required
@require_GET
def promises(request: SignedInRequest) -> HttpResponse:
    """Leads to the promise of the first tier that has a standard."""
    first = ServiceStandard.objects.select_related("tier").first()
    if first:
        return redirect("servicing:promise", first.tier.code)
    return render(request, "servicing/promise.html", {"section": "promise", "standards": []})


@login_required
@require_GET
def tier_promise(request: SignedInRequest, tier: str) -> HttpResponse:
    """What every client of a tier can expect."""
    standards = list(ServiceStandard.objects.select_related("tier"))
    standard = get_object_or_404(ServiceStandard, tier__code=tier)
    context = {
        "section": "promise",
        "standards": standards,
        "standard": standard,
        "promise": promise.of_tier(standard, firm_today()),
        "today": firm_today(),
    }
    return render(request, "servicing/promise.html", context)


@login_required
@require_GET
def client_promise(request: SignedInRequest, pk: int) -> HttpResponse:
    """What one client can expect, with what was agreed otherwise."""
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=pk)
    context = {
        "client": client,
        "promise": promise.of_client(client, firm_today()),
        "today": firm_today(),
    }
    return render(request, "servicing/promise.html", context)
