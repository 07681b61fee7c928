"""What can be done on a client's tier tab: look for the way to the next tier, pin a tier, end a pin."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from clients.access import require, runs_the_firm
from clients.commands import Refused
from clients.feedback import notice
from clients.jobs import start_job
from clients.models import Client
from clients.requests import SignedInRequest
from tiers import overrides, routes, runs, why
from tiers.models import Override
from tiers.override_form import PinForm


@login_required
@require_http_methods(["GET", "POST"])
def route(request: SignedInRequest, pk: int) -> HttpResponse:
    """What would seat the client in the next tier; htmx gets the part that the tab shows.

    Of a large firm it shows what a worker found; POST asks a worker to look.
    """
    client = _client(request, pk)
    run = runs.latest_run()
    if run and request.method == "POST":
        title = _("Way of one client to the next tier")  # jobs outlast clients, and name none
        arguments = [client.pk, run.pk]
        job = start_job(task="tiers.find_routes", title=title, by=request.user, arguments=arguments)
        return redirect("clients:job", pk=job.pk)
    context: dict[str, Any] = {"client": client, "run": run}
    found: list[routes.Route] = []
    if run and run.clients <= routes.IN_REQUEST:
        found = routes.nearest_routes(client=client, run=run)
    elif run:
        kept = routes.kept_routes(client=client, run=run)
        found, context["asks_worker"] = kept or [], kept is None
    found.sort(key=lambda each: each.needed is None)  # first what a single factor can do
    context["routes"] = [why.route_in_words(each) for each in found]
    context["next_tier"] = found[0].tier if found else None
    template = "tiers/partials/routes.html" if request.htmx else "tiers/route.html"
    return render(request, template, context)


@require(runs_the_firm)
def pin(request: SignedInRequest, pk: int) -> HttpResponse:
    """Pins the client's tier; a pin before it ends."""
    client = _client(request, pk)
    form = PinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = overrides.pin_tier(client=client, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, " ".join(refusal.reasons))
        else:
            notice(request, _("Tier %(tier)s is pinned.") % {"tier": made.tier.code})
            return redirect("clients:tab", pk, "tier")
    return render(
        request, "tiers/pin.html", {"client": client, "form": form}, status=422 if form.is_bound else 200
    )


@require(runs_the_firm)
@require_POST
def end_pin(request: SignedInRequest, pk: int, override: int) -> HttpResponse:
    """Ends the pin today. The tier stays until a run that proposes another is applied."""
    client = _client(request, pk)
    ended = get_object_or_404(Override, pk=override, client=client)
    overrides.end_override(override=ended)
    notice(
        request,
        _("The pin has ended. The tier stays until a run proposes another and it is applied."),
        undo_url=reverse("client_tier:reopen_pin", args=[pk, override]),
    )
    return redirect("tiers:overrides") if "list" in request.POST else redirect("clients:tab", pk, "tier")


@require(runs_the_firm)
@require_POST
def reopen_pin(request: SignedInRequest, pk: int, override: int) -> HttpResponse:
    """Takes the end of a pin back."""
    client = _client(request, pk)
    try:
        overrides.reopen_override(override=get_object_or_404(Override, pk=override, client=client))
    except Refused as refusal:
        notice(request, " ".join(refusal.reasons), went_wrong=True)
    else:
        notice(request, _("The pin holds again."))
    return HttpResponseClientRefresh() if request.htmx else redirect("clients:tab", pk, "tier")


def _client(request: SignedInRequest, pk: int) -> Client:
    return get_object_or_404(Client.objects.visible_to(request.user), pk=pk)
