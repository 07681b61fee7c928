"""The policy studio: a draft is edited at the left, and what it would do is at the right."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.access import require, runs_the_firm
from clients.commands import Refused
from clients.feedback import notice, refusal
from clients.firm import firm_today
from clients.jobs import start_job
from clients.models import Tier
from clients.requests import SignedInRequest
from tiers import policies, policy_checks, simulation
from tiers.forms import DraftForm
from tiers.models import Policy, Simulation
from tiers.panels import panels_of
from tiers.policy_checks import Stops
from tiers.policy_words import MEASURES
from tiers.simulation_page import Shown, panel, simulation_for_page
from tiers.stated import Statement, statement_of, whole_shares

EARLIEST = dt.date(1990, 1, 1)
YEARS_AHEAD = 10


@require(runs_the_firm)
def studio(request: SignedInRequest, pk: int) -> HttpResponse:
    """The studio of a draft; a change is stored as it is made, and answered with what the draft would do."""
    policy = get_object_or_404(Policy.objects.select_related("prepared_by"), pk=pk)
    if not policy.is_draft:
        text = _("Only a draft can be changed. Copy this policy and change the copy.")
        if request.htmx:
            return refusal(text)
        notice(request, text, went_wrong=True)
        return redirect("tiers:policy", pk=pk)
    if request.method == "POST":
        return _change(request, policy)
    if request.htmx and request.htmx.target in ("result", "movers"):
        return render(request, "tiers/partials/studio_result.html", _context(request, policy))
    context = _context(request, policy) | {"form": DraftForm(stated=statement_of(policy))}
    return render(request, "tiers/studio.html", _with_form(context))


@require(runs_the_firm)
@require_POST
def simulate(request: SignedInRequest, pk: int) -> HttpResponse:
    """Lets a worker simulate the draft at a date, where the firm is too large for a page."""
    policy = get_object_or_404(Policy, pk=pk)
    as_of = _as_of(request.POST.get("on", ""))
    job = start_job(
        task="tiers.simulate",
        title=_("Simulation of %(policy)s") % {"policy": policy},
        by=request.user,
        arguments=[policy.pk, as_of.isoformat(), request.user.pk],
    )
    return redirect("clients:job", pk=job.pk)


def _change(request: SignedInRequest, policy: Policy) -> HttpResponse:
    """Stores what was typed where all of it makes sense; else says at each field what does not."""
    do = request.POST.get("do", "")
    stated = statement_of(policy)
    form = DraftForm(request.POST, stated=stated, do=do)
    saved = False
    if form.is_valid():
        try:
            wanted = form.statement()
            seen = request.POST.get("seen", "")
            policies.change_draft(policy=policy, stated=wanted, by=request.user, seen=seen)
        except Refused as refused:
            form.add_error(None, " ".join(refused.reasons))
        else:
            saved, stated = True, wanted
            policy.refresh_from_db()
    if saved and not request.htmx:
        notice(request, _("Saved."))
        here = reverse("tiers:studio", args=[policy.pk])
        return redirect(f"{here}?on={_as_of(request.POST.get('on', ''))}")
    context = _context(request, policy, saved=saved, stated=stated)
    context = _with_form(context | {"form": form, "saved": saved})
    if not request.htmx:
        return render(request, "tiers/studio.html", context, status=422)
    if do:
        response = render(request, "tiers/partials/studio_body.html", context)
        response["HX-Retarget"], response["HX-Reswap"] = "#studio", "outerHTML"
        return response
    response = render(request, "tiers/partials/studio_answer.html", context)
    if not saved:
        response["HX-Reswap"] = "none"  # what the draft would do is still what was stored last
    return response


def _context(
    request: SignedInRequest, policy: Policy, *, saved: bool = True, stated: Statement | None = None
) -> dict[str, Any]:
    """What the right side shows: what keeps the draft from being published, and what it would do.

    A change that was not stored is answered without the latter, which is still on the page. `stated`: what
    the draft states now, where it is at hand.
    """
    asked = request.POST if request.method == "POST" else request.GET
    as_of = _as_of(asked.get("on", ""))
    findings = policy_checks.check_statement(stated or statement_of(policy), list(Tier.objects.active()))
    digest = simulation.digest_of(policy)
    context: dict[str, Any] = {
        "policy": policy,
        "as_of": as_of,
        "findings": findings,
        "stops_publishing": any(finding.stops for finding in findings),
        "seen": digest if saved else request.POST.get("seen", ""),
        "at": timezone.now(),
        "result": None,
    }
    if (request.htmx and not saved) or any(finding.stops == Stops.SCORING for finding in findings):
        return context
    found = simulation_for_page(policy=policy, as_of=as_of, by=request.user)
    if found is None:
        return context | {"for_a_worker": True, "former": _former(policy, as_of)}
    return context | panel(found, Shown.of(asked)) | {"panels": panels_of(request, found)}


def _former(policy: Policy, as_of: dt.date) -> Simulation | None:
    """What it would have done before its last change, to be named as such."""
    return Simulation.objects.filter(policy=policy, as_of=as_of).first()


def _with_form(context: dict[str, Any]) -> dict[str, Any]:
    """The form's parts, and the sentences at each field: its errors, else what the check found."""
    form: DraftForm = context["form"]
    notes: dict[str, dict[str, Any]] = {
        name: {"texts": [], "is_error": False} for name in ("weights", "rules", *form.fields)
    }
    for finding in context["findings"]:
        notes.setdefault(finding.field, {"texts": [], "is_error": False})["texts"].append(finding.text)
    for name, errors in form.errors.items():
        notes[name] = {"texts": list(errors), "is_error": True}
    notes.pop("__all__", None)  # those stand beside what is stored
    shares = whole_shares(form.stated.weights)
    weights = [row | {"share": shares.get(row["factor"].value, 0)} for row in form.weight_rows()]
    return context | {
        "notes": notes,
        "weights": [row | {"measures": MEASURES[row["factor"]]} for row in weights],
        "total_weight": sum(form.stated.weights.values()),
    }


def _as_of(text: str) -> dt.date:
    """The date that was asked for, today where none was or where it makes no sense."""
    today = firm_today()
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    return day if day and EARLIEST <= day <= today.replace(year=today.year + YEARS_AHEAD, day=1) else today
