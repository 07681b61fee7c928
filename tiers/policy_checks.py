"""What is wrong with a policy, in words, each with the field that mends it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from itertools import pairwise

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from clients.models import Tier
from tiers.models import Factor, Policy, RankKey
from tiers.stated import StatedRule, Statement, statement_of

# The most that a client can have of what a rule may ask at least; money and counts have no such end.
MOST = {
    RankKey.SCORE: Decimal(100),
    RankKey.GROWTH: Decimal(5),
    RankKey.ALIGNMENT: Decimal(5),
    RankKey.SHARE_OF_WALLET: Decimal(1),
}


class Stops(IntEnum):
    """What a finding stops."""

    NOTHING = 0
    PUBLISHING = 1
    SCORING = 2


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `field`: the field of the policy studio that mends it."""

    field: str
    text: str
    stops: Stops


def check(policy: Policy) -> list[Finding]:
    """What is wrong with `policy`; what stops most comes first."""
    return check_statement(statement_of(policy), list(Tier.objects.active()))


def check_statement(stated: Statement, tiers: list[Tier]) -> list[Finding]:
    """What is wrong with a policy that states `stated` in a firm with these active `tiers`."""
    found = [*_terms(stated), *_weights(stated), *_rules(stated, tiers)]
    return sorted(found, key=lambda finding: -finding.stops)


def weight_field(factor: str) -> str:
    return f"weight_{factor}"


def touch_field(kind: int) -> str:
    return f"touch_{kind}"


def rule_field(tier: Tier, name: str) -> str:
    """`name`: a field of the rule, or `rank_key` for the sentence as a whole."""
    return f"rule_{tier.pk}_{name}"


# --- Weights and terms ---------------------------------------------------------------------------------


def _weights(stated: Statement) -> Iterator[Finding]:
    if not any(stated.weights.values()):
        text = _("No factor has a weight. Give at least one a weight above zero.")
        yield Finding("weights", text, Stops.SCORING)
    for factor, weight in stated.weights.items():
        if weight < 0:
            text = _("The weight of %(factor)s is below zero. Give it a weight of zero or more.")
            yield Finding(
                weight_field(factor), text % {"factor": str(Factor(factor).label).lower()}, Stops.SCORING
            )
    for kind, weight in stated.touch_weights.items():
        if weight < 0:
            text = _("A touch has a weight below zero. Give it a weight of zero or more.")
            yield Finding(touch_field(kind), text, Stops.PUBLISHING)


def _terms(stated: Statement) -> Iterator[Finding]:
    if stated.half_life_days < 1:
        text = _("The half-life of a touch is no day long. Give it one day or more.")
        yield Finding("half_life_days", text, Stops.SCORING)
    if not 0 <= stated.minimum_completeness <= 1:
        text = _("The minimum completeness is not between 0 and 100 %. Nobody can have more than all of it.")
        yield Finding("minimum_completeness", text, Stops.PUBLISHING)
    if not 0 <= stated.stability_margin <= 100:
        text = _("The stability margin is not between 0 and 100 points. A score has no more than 100.")
        yield Finding("stability_margin", text, Stops.PUBLISHING)


# --- Rules ---------------------------------------------------------------------------------------------


def _rules(stated: Statement, tiers: list[Tier]) -> Iterator[Finding]:
    if not stated.rules:
        text = _("There is no tier rule. Add a rule for each tier, the last one for the rest.")
        yield Finding("rules", text, Stops.SCORING)
        return
    *before, last = stated.rules
    for rule in stated.rules:
        if rule.tier.retired_at:
            text = _("Tier %(tier)s is retired. Remove its rule.") % {"tier": rule.tier.code}
            yield Finding(rule_field(rule.tier, "rank_key"), text, Stops.PUBLISHING)
        yield from _keys(rule, stated.weights)
    for rule, after in zip(before, stated.rules[1:], strict=True):
        yield from _limits(rule, after)
    if last.has_limit or last.minimum_key:
        text = _("Tier %(tier)s is the last and takes the rest. Remove its limits.") % {
            "tier": last.tier.code
        }
        yield Finding(rule_field(last.tier, "rank_key"), text, Stops.PUBLISHING)
    yield from _tiers_without_rule(stated.rules, tiers)
    yield from _order(before)


def _limits(rule: StatedRule, after: StatedRule) -> Iterator[Finding]:
    """Limits of a rule that is not the last: a tier that nobody can enter, or that leaves nobody over."""
    words = {"tier": rule.tier.code, "after": after.tier.code}
    if rule.revenue_share is not None and not 0 < rule.revenue_share <= 1:
        text = _("Tier %(tier)s takes no client: its share of revenue must be above 0 and at most 100 %%.")
        yield Finding(rule_field(rule.tier, "revenue_share"), text % words, Stops.PUBLISHING)
    if rule.max_clients == 0:
        text = _("Tier %(tier)s takes no client: it holds at most 0. Give it at least 1, or no limit.")
        yield Finding(rule_field(rule.tier, "max_clients"), text % words, Stops.PUBLISHING)
    if not rule.has_limit and not rule.minimum_key:
        text = _(
            "Tier %(tier)s has no limit and takes every client, so that nobody is left for tier %(after)s. "
            "Give it a limit, or make it the last."
        )
        yield Finding(rule_field(rule.tier, "revenue_share"), text % words, Stops.PUBLISHING)
    most = MOST.get(RankKey(rule.minimum_key)) if rule.minimum_key else None
    if most is not None and rule.minimum_value is not None and rule.minimum_value > most:
        text = _("No client can be in tier %(tier)s: %(factor)s is at most %(most)s.")
        words |= {"factor": str(RankKey(rule.minimum_key).label).lower(), "most": number_format(most)}
        yield Finding(rule_field(rule.tier, "minimum_value"), text % words, Stops.PUBLISHING)


def _keys(rule: StatedRule, weights: Iterable[str]) -> Iterator[Finding]:
    """A rule can only ask for what the policy lists, if only with a weight of zero."""
    listed = {*weights, RankKey.SCORE, RankKey.REVENUE}
    words = {"tier": rule.tier.code}
    text = _("The rule of tier %(tier)s asks for %(factor)s, which the policy does not list.")
    for name in ("rank_key", "minimum_key"):
        key = getattr(rule, name)
        if key and key not in listed:
            words["factor"] = str(RankKey(key).label)
            yield Finding(rule_field(rule.tier, name), text % words, Stops.PUBLISHING)
            listed.add(key)
    if bool(rule.minimum_key) != (rule.minimum_value is not None):
        text = _("Tier %(tier)s has half a minimum. Say of what and how much, or remove it.")
        yield Finding(rule_field(rule.tier, "minimum_value"), text % words, Stops.PUBLISHING)


def _tiers_without_rule(rules: Iterable[StatedRule], tiers: list[Tier]) -> Iterator[Finding]:
    ruled = {rule.tier for rule in rules}
    for tier in tiers:
        if tier not in ruled:
            text = _("Tier %(tier)s has no rule. Add one, or retire the tier.") % {"tier": tier.code}
            yield Finding("rules", text, Stops.PUBLISHING)


def _order(before: list[StatedRule]) -> Iterator[Finding]:
    """Filling a tier before one that offers more service is allowed, and rarely meant."""
    for first, second in pairwise(before):
        if second.tier.position < first.tier.position:
            text = _(
                "Tier %(first)s is filled before tier %(second)s: a client who fits both sits in %(first)s."
            )
            words = {"first": first.tier.code, "second": second.tier.code}
            yield Finding(rule_field(first.tier, "rank_key"), text % words, Stops.NOTHING)
