"""Which tracked fields the policy in force weighs and fee schedules charge by: their entries in the register
cannot end before these do."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.firm import firm_today
from clients.register.usage import Use
from tiers.models import (
    FeeComparison,
    FeeSchedule,
    Policy,
    PolicyFactor,
    PolicyStatus,
    RankKey,
    ScoringRun,
    TierRule,
)

# What each factor is measured from, as `tiers.scoring` reads it.
_FROM: dict[str, tuple[str, ...]] = {
    "revenue": ("revenue",),
    "potential": ("potential_revenue",),
    "profitability": ("revenue", "touches", "time_spent"),
    "engagement": ("touches",),
    "growth": ("growth_potential",),
    "alignment": ("alignment",),
    "share_of_wallet": ("assets_under_management", "investable_assets"),
    "referrals": ("touches",),
    "tenure": ("client_since",),
    "lifetime_value": ("revenue", "touches", "time_spent", "expected_years"),
    "assets": ("assets_under_management",),
}


def weighed(since: dt.date) -> dict[str, list[Use]]:
    """Factors with weight, and what the tier rules order by or ask for, of the published policy; whether
    clients were scored since the day."""
    scored = ScoringRun.objects.filter(as_of__gt=since).exists()
    found: dict[str, list[Use]] = defaultdict(list)

    def note(factor: str, text: str) -> None:
        for field in _FROM.get(factor, ()):
            found[field].append(Use(text, rule=True, idle=not scored))

    policy = Policy.objects.filter(status=PolicyStatus.PUBLISHED).first()
    if policy is None:
        return {}
    for weight in PolicyFactor.objects.filter(policy=policy, weight__gt=0):
        text = _("the published policy weighs %(factor)s with %(weight)s")
        label = weight.get_factor_display().lower()
        note(weight.factor, text % {"factor": label, "weight": f"{weight.weight.normalize():f}"})
    for rule in TierRule.objects.filter(policy=policy).select_related("tier"):
        if rule.rank_key != RankKey.SCORE:
            note(rule.rank_key, _("tier %(tier)s is ordered by it") % {"tier": rule.tier.code})
        if rule.minimum_key:
            note(rule.minimum_key, _("tier %(tier)s asks for a minimum of it") % {"tier": rule.tier.code})
    return dict(found)


def charged(since: dt.date) -> dict[str, list[Use]]:
    """Fee schedules in force that charge by assets, and whether any client's fee was counted by them."""
    in_force = FeeSchedule.objects.filter(effective_on__lte=firm_today())
    later = in_force.filter(tier=OuterRef("tier"), effective_on__gt=OuterRef("effective_on"))
    number = in_force.filter(~Exists(later), brackets__percent__gt=0).distinct().count()
    if not number:
        return {}
    text = ngettext("%(n)s fee schedule charges by it", "%(n)s fee schedules charge by it", number)
    counted = FeeComparison.objects.filter(expected__isnull=False, assets__isnull=False).exists()
    return {"assets_under_management": [Use(text % {"n": number}, rule=True, idle=not counted)]}
