"""Policies: what is wrong with one, copying one into a draft, publishing a draft."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.commands import Refused
from clients.models import User
from tiers.models import Policy, PolicyStatus, RankKey


def weaknesses(policy: Policy) -> list[str]:
    """Why `policy` cannot score, each a sentence; empty where it can."""
    found = []
    if not any(row.weight for row in policy.factors.all()):
        found.append(_("No factor has a weight. Give at least one a weight above zero."))
    rules = list(policy.rules.select_related("tier").order_by("position"))
    if not rules:
        found.append(_("There is no tier rule. Add a rule for each tier, the last one for the rest."))
    return found


def _doubts(policy: Policy) -> list[str]:
    """What a published policy must not have although it could score."""
    found = []
    rules = list(policy.rules.select_related("tier").order_by("position"))
    for rule in rules:
        if rule.tier.retired_at:
            found.append(_("Tier %(tier)s is retired. Remove its rule.") % {"tier": rule.tier.code})
    if rules and (last := rules[-1]) and (last.revenue_share is not None or last.max_clients is not None):
        found.append(
            _("Tier %(tier)s is the last and takes the rest. Remove its limits.") % {"tier": last.tier.code}
        )
    weighed = {row.factor for row in policy.factors.all()} | {RankKey.SCORE, RankKey.REVENUE, ""}
    for rule in rules:
        for key in {rule.rank_key, rule.minimum_key} - weighed:
            found.append(
                _("The rule of tier %(tier)s asks for %(factor)s, which the policy does not list.")
                % {"tier": rule.tier.code, "factor": RankKey(key).label}
            )
    return found


def clone_policy(*, policy: Policy, name: str = "") -> Policy:
    """A draft with everything that `policy` states, under the next version."""
    with transaction.atomic():
        version = (Policy.objects.aggregate(newest=Max("version"))["newest"] or 0) + 1
        draft = Policy.objects.create(
            name=name or policy.name,
            version=version,
            half_life_days=policy.half_life_days,
            minimum_completeness=policy.minimum_completeness,
            stability_margin=policy.stability_margin,
        )
        parts: tuple[Any, ...] = (policy.factors, policy.touch_weights, policy.rules)
        for part in parts:
            copies = list(part.all())
            for row in copies:
                row.pk, row.policy = None, draft
            part.model.objects.bulk_create(copies)
    return draft


def publish_policy(*, policy: Policy, by: User | None, reason: str, effective_on: dt.date) -> Policy:
    """Publishes the draft and retires the policy in force. Raises Refused with what to mend."""
    with transaction.atomic():
        policy = Policy.objects.select_for_update().get(pk=policy.pk)
        if not policy.is_draft:
            raise Refused(_("Only a draft can be published."))
        problems = weaknesses(policy) + _doubts(policy)
        if not reason.strip():
            problems.append(_("Say why this policy is published."))
        if problems:
            raise Refused(*problems)
        for old in Policy.objects.select_for_update().filter(status=PolicyStatus.PUBLISHED):
            old.status = PolicyStatus.RETIRED
            old.save(update_fields=["status"])
        policy.status = PolicyStatus.PUBLISHED
        policy.reason, policy.effective_on = reason.strip(), effective_on
        policy.published_at, policy.published_by = timezone.now(), by
        policy.save(update_fields=["status", "reason", "effective_on", "published_at", "published_by"])
    return policy
