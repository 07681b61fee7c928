"""Policies: the list, and each one in words."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from tiers import why
from tiers.models import Policy


@login_required
def policy_list(request: HttpRequest) -> HttpResponse:
    """Policies, the newest version first."""
    return render(request, "tiers/policies.html", {"policies": Policy.objects.select_related("published_by")})


@login_required
def policy_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A policy in words."""
    policy = get_object_or_404(Policy.objects.select_related("published_by"), pk=pk)
    factors = list(policy.factors.all())
    total = sum((row.weight for row in factors), Decimal(0))
    tier_rules = list(policy.rules.select_related("tier"))
    context = {
        "policy": policy,
        "factors": [{"row": row, "share": why.weight_share(row, total)} for row in factors],
        "rules": [why.rule_in_words(rule, is_last=rule is tier_rules[-1]) for rule in tier_rules],
        "touch_weights": policy.touch_weights.select_related("kind").order_by("kind__position"),
    }
    return render(request, "tiers/policy.html", context)
