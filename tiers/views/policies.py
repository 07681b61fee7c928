"""Policies: the list, each one in words, two side by side, and their way from draft to force."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.access import require, runs_the_firm, sees_all_clients
from clients.commands import Refused
from clients.feedback import notice
from clients.firm import firm_today
from clients.formats import long_date
from clients.requests import SignedInRequest
from clients.rubric import rubrics
from tiers import policies, policy_checks, simulation, why
from tiers.comparing import compare, number_of_changes
from tiers.forms import PublishForm
from tiers.models import Factor, Policy, PolicyStatus, Simulation, TierSettings
from tiers.panels import panels_of
from tiers.policy_words import MEASURES
from tiers.simulation_page import simulation_for_page
from tiers.stated import statement_of, whole_shares

NAMED = 5  # people who may publish are named up to so many
KNOWN = Policy.objects.select_related("published_by", "prepared_by")


@login_required
def policy_list(request: HttpRequest) -> HttpResponse:
    """Policies, the newest version first."""
    context = {
        "policies": KNOWN,
        "published": Policy.objects.filter(status=PolicyStatus.PUBLISHED).first(),
        "settings": TierSettings.current(),
    }
    return render(request, "tiers/policies.html", context)


@login_required
def policy_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A policy in words."""
    policy = get_object_or_404(KNOWN, pk=pk)
    stated = statement_of(policy)
    shares = whole_shares(stated.weights)
    tier_rules = list(policy.rules.select_related("tier"))
    open_to_change = policy.status in (PolicyStatus.DRAFT, PolicyStatus.SCHEDULED)
    context = {
        "policy": policy,
        "factors": [
            {"row": row, "share": shares[row.factor], "measures": MEASURES[Factor(row.factor)]}
            for row in policy.factors.all()
        ],
        "rules": [why.rule_in_words(rule, is_last=rule is tier_rules[-1]) for rule in tier_rules],
        "touch_weights": policy.touch_weights.select_related("kind").order_by("kind__position"),
        "findings": policy_checks.check(policy) if open_to_change else [],
        "rubrics": rubrics(),
        "other": _other(policy),
        "panels": _panels(request, policy) if open_to_change else [],
    }
    return render(request, "tiers/policy.html", context)


def _panels(request: HttpRequest, policy: Policy) -> list[dict[str, Any]]:
    """What other apps show beside the latest simulation of what the policy states now, to those who may see
    the whole firm."""
    if not sees_all_clients(request.user):  # type: ignore[arg-type]
        return []
    rows = Simulation.objects.filter(policy=policy, digest=simulation.digest_of(policy))
    latest = rows.order_by("-made_at").first()
    return panels_of(request, latest) if latest else []


@login_required
def compare_policies(request: HttpRequest, pk: int) -> HttpResponse:
    """A policy beside another one (`with`), by default the one in force."""
    policy = get_object_or_404(Policy, pk=pk)
    others = list(Policy.objects.exclude(pk=pk))
    wanted = request.GET.get("with", "")
    if wanted.isdecimal():
        other: Policy | None = get_object_or_404(Policy, pk=int(wanted[:18]))
    else:
        other = _other(policy)
    context: dict[str, Any] = {"policy": policy, "other": other, "others": others}
    if other:
        sections = compare(other, policy)
        context |= {"sections": sections, "changes": number_of_changes(sections)}
    return render(request, "tiers/compare.html", context)


@require(runs_the_firm)
@require_POST
def copy(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new draft that states what this policy states, opened in the studio."""
    draft = policies.clone_policy(policy=get_object_or_404(Policy, pk=pk), by=request.user)
    notice(request, _("Draft made: %(policy)s.") % {"policy": draft})
    return redirect("tiers:studio", pk=draft.pk)


@require(runs_the_firm)
def discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asks, then deletes a draft; that cannot be undone."""
    policy = get_object_or_404(Policy, pk=pk)
    if request.method != "POST":
        return render(request, "tiers/discard.html", {"policy": policy})
    try:
        policies.discard_draft(policy=policy)
    except Refused as refusal:
        notice(request, " ".join(refusal.reasons), went_wrong=True)
        return redirect("tiers:policy", pk=pk)
    notice(request, _("%(policy)s is discarded.") % {"policy": policy})
    return redirect("tiers:policies")


@require(runs_the_firm)
def publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Says in numbers what publishing does, asks for a reason and a date, and publishes."""
    policy = get_object_or_404(KNOWN, pk=pk)
    if not policy.is_draft:
        notice(request, _("Only a draft can be published."), went_wrong=True)
        return redirect("tiers:policy", pk=pk)
    wished = max(policy.effective_on or firm_today(), firm_today())
    form = PublishForm(request.POST or None, initial={"reason": policy.reason, "effective_on": wished})
    if request.method == "POST" and form.is_valid():
        try:
            published = policies.publish_policy(
                policy=policy, by=request.user, seen=request.POST.get("seen", ""), **form.cleaned_data
            )
        except Refused as refusal:
            policy = get_object_or_404(KNOWN, pk=pk)  # as it reads now
            for reason in refusal.reasons:
                form.add_error(None, reason)
        else:
            notice(request, _what_was_published(published))
            return redirect("tiers:policy", pk=pk)
    context = {
        "policy": policy,
        "seen": simulation.digest_of(policy),
        "form": form,
        "findings": [each for each in policy_checks.check(policy) if each.stops],
        "needs_another": policies.needs_another(policy, request.user),
        "others": policies.who_may_publish(policy)[:NAMED],
        "in_force": Policy.objects.filter(status=PolicyStatus.PUBLISHED).first(),
        "simulation": _simulation(policy, request),
    }
    return render(request, "tiers/publish.html", context, status=422 if form.errors else 200)


@require(runs_the_firm)
@require_POST
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Makes a policy that waits for its date a draft again."""
    try:
        policies.withdraw_policy(policy=get_object_or_404(Policy, pk=pk))
    except Refused as refusal:
        notice(request, " ".join(refusal.reasons), went_wrong=True)
    else:
        notice(request, _("It is a draft again."))
    return redirect("tiers:policy", pk=pk)


def _other(policy: Policy) -> Policy | None:
    """What a policy is compared with where nobody says: the one in force, else the version before it."""
    others = Policy.objects.exclude(pk=policy.pk)
    return (
        others.filter(status=PolicyStatus.PUBLISHED).first()
        or others.filter(version__lt=policy.version).order_by("-version").first()
    )


def _simulation(policy: Policy, request: SignedInRequest) -> Simulation | None:
    """What the draft would do today; None where it cannot score, or where only a worker could tell."""
    if policies.weaknesses(policy):
        return None
    return simulation_for_page(policy=policy, as_of=firm_today(), by=request.user)


def _what_was_published(policy: Policy) -> str:
    if policy.status == PolicyStatus.SCHEDULED and policy.effective_on:
        words = {"policy": policy, "day": long_date(policy.effective_on)}
        return _("%(policy)s waits for %(day)s.") % words
    return _("%(policy)s is published. Nobody's tier changed.") % {"policy": policy}
