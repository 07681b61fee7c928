"""Pages of goal rankings: the client's page, and the page behind a partner's link, which needs no account."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.access import may_edit_clients, require
from clients.feedback import notice
from clients.limits import too_often
from clients.models import Client
from clients.register.active import is_active
from clients.requests import SignedInRequest
from clients.sent_once import once
from personas.models import GoalPartner, GoalRound
from personas.tools.goals import reading, services
from personas.tools.goals.forms import GOALS, BeginForm, RankForm


def _client(request: SignedInRequest, pk: int) -> Client:
    """The client, if the person may see it and the register keeps goals; else 404."""
    if not is_active(GOALS):
        raise Http404
    return get_object_or_404(Client.objects.visible_to(request.user), pk=pk)


@login_required
@require_GET
def page(request: SignedInRequest, pk: int) -> HttpResponse:
    """The newest comparison, the round that runs, and the rounds before."""
    client = _client(request, pk)
    rounds = reading.rounds_of(client)
    running = next((each for each in rounds if not each.completed_at and not each.ended_at), None)
    asked = request.GET.get("round", "")
    done = [each for each in rounds if each.completed_at]
    shown = next((each for each in done if str(each.pk) == asked), done[0] if done else None)
    context = {
        "client": client,
        "running": running,
        "takes_answers": running is not None and running.takes_answers,
        "comparison": reading.compare(shown) if shown else None,
        "history": [{"round": each, "state": reading.state_of(each)} for each in rounds],
    }
    return render(request, "personas/tools/goals/page.html", context)


@require(may_edit_clients)
@once
def begin(request: SignedInRequest, pk: int) -> HttpResponse:
    """Chooses the goals and the two partners of a new round."""
    client = _client(request, pk)
    form = BeginForm(request.POST if request.method == "POST" else None, client=client)
    if request.method == "POST" and form.is_valid():
        services.begin_round(
            client=client,
            goals=form.goals,
            partners=form.partners,
            days=form.cleaned_data["days"],
            by=request.user,
        )
        notice(request, _("The ranking has begun. Make each partner's link below."))
        return redirect("personas:goals", pk)
    context = {"client": client, "form": form, "people": client.members.count()}
    status = 422 if form.errors else 200
    return render(request, "personas/tools/goals/begin.html", context, status=status)


@require(may_edit_clients)
@require_POST
@never_cache
def link(request: SignedInRequest, pk: int, partner: int) -> HttpResponse:
    """A partner's link, shown this once; an earlier one leads nowhere any more."""
    client = _client(request, pk)
    found = get_object_or_404(GoalPartner.objects.select_related("round"), pk=partner, round__client=client)
    try:
        token = services.make_link(partner=found)
    except services.RankingRefused as refused:
        notice(request, str(refused), went_wrong=True)
        return redirect("personas:goals", pk)
    address = request.build_absolute_uri(reverse("personas:goal_answer", args=[token]))
    context = {"client": client, "partner": found, "round": found.round, "address": address}
    return render(request, "personas/tools/goals/link.html", context)


@require(may_edit_clients)
def together(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """Both partners answer in the room, side by side."""
    client = _client(request, pk)
    round = get_object_or_404(GoalRound.objects.running(), pk=number, client=client)
    goals, partners = list(round.goals.all()), list(round.partners.all())
    sent = request.POST if request.method == "POST" else None
    forms = [RankForm(sent, goals=goals, prefix=f"partner{each.number}") for each in partners]
    problem = ""
    valid = [form.is_valid() for form in forms]  # each says what is wrong with it
    if sent is not None and all(valid):
        try:
            services.answer_together(
                round=round,
                places={each.number: form.places for each, form in zip(partners, forms, strict=True)},
            )
        except services.RankingRefused as refused:
            problem = str(refused)
        else:
            notice(request, _("Both answers are stored."))
            return redirect("personas:goals", pk)
    context = {"client": client, "pairs": list(zip(partners, forms, strict=True)), "problem": problem}
    return render(
        request,
        "personas/tools/goals/together.html",
        context,
        status=422 if sent is not None else 200,
    )


@require(may_edit_clients)
@require_POST
def end(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """Ends the round that runs."""
    client = _client(request, pk)
    services.end_round(round=get_object_or_404(GoalRound, pk=number, client=client))
    notice(request, _("The ranking has ended. Its links lead nowhere."))
    return redirect("personas:goals", pk)


# --- Without an account ------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind a partner's link: a first name, the goals, the partner's own answer; nothing else."""
    if too_often(request, "goals"):
        return _public(request, {"state": "busy"}, 429)
    partner = services.partner_of(token)
    if partner is None:
        raise Http404
    round = partner.round
    if not is_active(GOALS) or not round.takes_answers:
        return _public(
            request,
            {"state": "saved" if partner.answered_at else "over"},
            200 if partner.answered_at else 410,
        )
    goals = list(round.goals.all())
    form = RankForm(request.POST if request.method == "POST" else None, goals=goals, places=partner.places)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer_by_link(partner=partner, places=form.places)
        except services.RankingRefused:
            return _public(request, {"state": "over"}, 410)
        return redirect("personas:goal_answer", token)
    context = {"state": "open", "partner": partner, "round": round, "form": form, "number": len(goals)}
    return _public(request, context, 422 if form.errors else 200)


def _public(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    response = render(request, "personas/tools/goals/answer.html", context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
