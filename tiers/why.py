"""Why a client has its tier, in words and figures for its page. Tiers are about service fit, never worth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from clients.formats import long_date, money
from clients.models import Client
from clients.templatetags.crm import percent
from tiers import overrides, rules, runs
from tiers.client_charts import Trend, cuts, parts
from tiers.freshness import differences
from tiers.models import (
    Explanation,
    Factor,
    Override,
    PolicyFactor,
    RankKey,
    ScoringRun,
    TierAssignment,
    TierRule,
)

if TYPE_CHECKING:
    from tiers.routes import Route

UNKNOWN = "–"


@dataclass(frozen=True)
class FactorRow:
    """One factor of a client's score, ready to show."""

    label: str | Promise
    value: str
    percentile: float | None
    weight: Decimal
    contribution: float | None

    @property
    def is_known(self) -> bool:
        return self.percentile is not None

    @property
    def bar(self) -> float:
        """Length of the percentile's bar, of 200."""
        return round(2 * (self.percentile or 0), 1)


def _points(value: Decimal) -> str:
    return number_format(value, decimal_pos=1, force_grouping=True)


def _rating(value: Decimal) -> str:
    return _("%(rating)d of 5") % {"rating": value}


def _years(value: Decimal) -> str:
    return _("%(years)s years") % {"years": number_format(value, decimal_pos=1)}


def _whole(value: Decimal) -> str:
    return number_format(value, decimal_pos=0, force_grouping=True)


SHOWN: dict[str, Callable[[Decimal], str]] = {
    Factor.REVENUE: money,
    Factor.POTENTIAL: money,
    Factor.PROFITABILITY: money,
    Factor.ENGAGEMENT: _points,
    Factor.GROWTH: _rating,
    Factor.ALIGNMENT: _rating,
    Factor.SHARE_OF_WALLET: percent,
    Factor.REFERRALS: _whole,
    Factor.TENURE: _years,
    Factor.LIFETIME_VALUE: money,
    Factor.ASSETS: money,
    RankKey.SCORE: lambda value: number_format(value, decimal_pos=2),
}


def tier_tab(client: Client, today: dt.date) -> dict[str, Any]:
    """What the tab shows at `today`: sentence, factors, what is unknown, the score over time, what changed
    since it was made, the pin, the tiers it had."""
    assignments = list(
        TierAssignment.objects.filter(client=client)
        .select_related("tier", "override", "applied_by")
        .order_by("-starts_on", "-id")
    )
    current = assignments[0] if assignments and assignments[0].ends_on is None else None
    run = runs.latest_run(today)
    explanation = run and (
        Explanation.objects.filter(run=run, client=client)
        .select_related("proposed_tier", "current_tier")
        .first()
    )
    pin = overrides.pin_of(client, today)
    context: dict[str, Any] = {
        "assignments": assignments,
        "assignment": current,
        "run": run,
        "pin": pin,
        "trend": Trend.of(runs.score_history(client, today=today)),
    }
    if not run or not explanation:
        return context
    tier_rules = list(run.policy.rules.select_related("tier").order_by("position"))
    factors = factor_rows(explanation, run.factors, run.weights)
    return context | {
        "parts": parts(factors),
        "cuts": cuts(
            run.tiers, {rule.tier.code for rule in tier_rules[:-1] if rule.rank_key == RankKey.SCORE}
        ),
        "changes": changes_in_words(client, run, explanation, today),
        "explanation": explanation,
        "factors": factors,
        "unknown": [row.label for row in factors if not row.is_known],
        "because": because(explanation, tier_rules, run, pin),
        "differs": explanation.proposed_tier_id != (current and current.tier_id),
        "routes": routes(explanation, tier_rules, run),
    }


def changed_since_scored(client: Client, today: dt.date) -> dict[str, Any]:
    """The latest run and what changed in the client's data since it, in words; empty where nothing did."""
    explanation = (
        Explanation.objects.filter(run=runs.latest_run_here(today), client=client)
        .select_related("run__policy")
        .first()
    )
    if explanation is None:
        return {}
    run = explanation.run
    return {"run": run, "changes": changes_in_words(client, run, explanation, today)}


def factor_rows(explanation: Explanation, factors: list[str], weights: list[Decimal]) -> list[FactorRow]:
    """The explanation's arrays as rows, in the policy's order."""
    return [
        FactorRow(
            label=Factor(factor).label,
            value=UNKNOWN if value is None else SHOWN[factor](value),
            percentile=percentile,
            weight=weight,
            contribution=contribution,
        )
        for factor, weight, value, percentile, contribution in zip(
            factors,
            weights,
            explanation.values,
            explanation.percentiles,
            explanation.contributions,
            strict=True,
        )
    ]


def changes_in_words(client: Client, run: ScoringRun, explanation: Explanation, today: dt.date) -> list[str]:
    """What changed in the client's data since the run scored it, a phrase each; empty where nothing did."""
    found = differences(client=client, run=run, explanation=explanation, today=today)
    return [
        _("%(factor)s: %(now)s now, %(scored)s when scored")
        % {
            "factor": change.label,
            "now": _("unknown") if change.now is None else SHOWN[change.factor](change.now),
            "scored": _("unknown") if change.scored is None else SHOWN[change.factor](change.scored),
        }
        for change in found
    ]


def because(
    explanation: Explanation, tier_rules: list[TierRule], run: ScoringRun, pin: Override | None = None
) -> str:
    """What placed the client in its tier, and what ended that tier in this run. `pin`: now or to come."""
    tier = explanation.proposed_tier.code if explanation.proposed_tier else None
    rule = next((rule for rule in tier_rules if rule.tier_id == explanation.proposed_tier_id), None)
    words = {"tier": tier, "score": explanation.score, "completeness": percent(explanation.completeness)}
    if explanation.rule == rules.OVERRIDE:
        return _override_sentence(explanation, tier, pin)
    if explanation.rule == rules.INSUFFICIENT:
        if tier is None:
            return _("No tier yet, because only %(completeness)s of what the policy weighs is known.") % words
        return (
            _("Tier %(tier)s stays, because only %(completeness)s of what the policy weighs is known.")
            % words
        )
    if explanation.rule == rules.KEPT:
        return (
            _(
                "Tier %(tier)s, because its service was already at this level and the score of %(score)s is "
                "within the stability margin."
            )
            % words
        )
    if explanation.rule == rules.REST:
        return (
            _(
                "Tier %(tier)s, because its service fits clients whom no tier before it takes; "
                "the score is %(score)s."
            )
            % words
        )
    if rule is None:
        return _("Tier %(tier)s, with a score of %(score)s.") % words
    placed = _placed_by_score(words, rule, run) if explanation.rule == RankKey.SCORE else None
    if placed is None:
        placed = _placed_by_factor(words, explanation, rule, run)
    return f"{placed} {rule_in_words(rule, is_last=False)} {limit_reached(rule, run)}".strip()


def _placed_by_score(words: dict[str, Any], rule: TierRule, run: ScoringRun) -> str:
    words["cut"] = _in_run(rule, run).get("cut")
    if words["cut"] is None:
        return _("Tier %(tier)s, because its service fits the score of %(score)s.") % words
    return (
        _(
            "Tier %(tier)s, because the score of %(score)s is not below %(cut)s, the lowest score that this "
            "tier took in this run."
        )
        % words
    )


def _placed_by_factor(
    words: dict[str, Any], explanation: Explanation, rule: TierRule, run: ScoringRun
) -> str:
    key = rule.minimum_key or rule.rank_key
    values = dict(zip(run.factors, explanation.values, strict=True)) | {RankKey.SCORE: explanation.score}
    value = values.get(key)
    words["factor"] = str(RankKey(key).label).lower()
    words["value"] = UNKNOWN if value is None else SHOWN[key](value)
    return _("Tier %(tier)s, because its service fits %(factor)s of %(value)s.") % words


def _in_run(rule: TierRule, run: ScoringRun) -> dict[str, Any]:
    """What the run noted of the rule's tier."""
    return next((row for row in run.tiers if row["tier"] == rule.tier.code), {})


def limit_reached(rule: TierRule, run: ScoringRun) -> str:
    """Which limit of the rule ended its tier in this run, in words; nothing where it has none."""
    noted = _in_run(rule, run)
    if rule.max_clients is not None and noted.get("clients", 0) >= rule.max_clients:
        return _("In this run the number of clients was the limit.")
    share = rule.revenue_share
    if share is not None and Decimal(str(noted.get("revenue", 0))) >= share * run.total_revenue:
        return _("In this run the share of revenue was the limit.")
    if share is None and rule.max_clients is None:
        return ""
    return _("In this run no limit was reached.")


def _override_sentence(explanation: Explanation, tier: str | None, pin: Override | None) -> str:
    """By the pin itself, or by the newest of that tier where it has ended since."""
    if pin is None or pin.tier_id != explanation.proposed_tier_id:
        of_tier = Override.objects.filter(client_id=explanation.client_id, tier=explanation.proposed_tier)
        pin = of_tier.order_by("-starts_on", "-id").first()
    if pin is None:
        return _("Tier %(tier)s, because a person chose it.") % {"tier": tier}
    return _("Tier %(tier)s, because a person chose it until %(until)s: %(reason)s.") % {
        "tier": tier,
        "until": long_date(pin.expires_on),
        "reason": pin.get_reason_display(),
    }


def move_reason(explanation: Explanation, tier_rules: list[TierRule], run: ScoringRun) -> str:
    """Why the run moves the client, in a few words beside figures."""
    if explanation.rule in (rules.OVERRIDE, rules.KEPT, rules.INSUFFICIENT):
        return str(rules.RULE_LABELS[explanation.rule])
    if explanation.rule == rules.REST:
        # Of the tier it was in; without one, of the first tier that asks for anything.
        former = next((rule for rule in tier_rules if rule.tier_id == explanation.current_tier_id), None)
        return _not_taken_by(former or tier_rules[0], explanation, run)
    placed = next((rule for rule in tier_rules if rule.tier_id == explanation.proposed_tier_id), None)
    return _asked_by(placed, explanation, run) if placed else ""


def _not_taken_by(rule: TierRule, explanation: Explanation, run: ScoringRun) -> str:
    """What the client lacks for the rule's tier."""
    values = dict(zip(run.factors, explanation.values, strict=True)) | {RankKey.SCORE: explanation.score}
    by_score = rule.rank_key == RankKey.SCORE and not rule.minimum_key
    value = values.get(rule.minimum_key)
    if by_score or (rule.minimum_value is not None and (value is None or value < rule.minimum_value)):
        return _asked_by(rule, explanation, run)
    return _("tier %(tier)s was filled before, in the order of %(key)s") % {
        "tier": rule.tier.code,
        "key": str(rule.get_rank_key_display()).lower(),
    }


def _asked_by(rule: TierRule, explanation: Explanation, run: ScoringRun) -> str:
    """The client's figure beside the one that the rule's tier took or asks for."""
    values = dict(zip(run.factors, explanation.values, strict=True)) | {RankKey.SCORE: explanation.score}
    key = rule.minimum_key or rule.rank_key
    least: Any = rule.minimum_value
    text = _("%(factor)s %(value)s, tier %(tier)s asks for %(least)s")
    if key == RankKey.SCORE and least is None and (cut := _in_run(rule, run).get("cut")):
        least, text = Decimal(cut), _("%(factor)s %(value)s, tier %(tier)s took from %(least)s")
    if least is None:
        text = _("%(factor)s %(value)s")
    value = values.get(key)
    return text % {
        "factor": str(RankKey(key).label).lower(),
        "value": UNKNOWN if value is None else SHOWN[key](value),
        "tier": rule.tier.code,
        "least": "" if least is None else SHOWN[key](least),
    }


def routes(explanation: Explanation, tier_rules: list[TierRule], run: ScoringRun) -> list[str]:
    """For each tier that is filled before the client's own: what it took in this run to get there."""
    cuts = {row["tier"]: row.get("cut") for row in run.tiers}
    values = dict(zip(run.factors, explanation.values, strict=True))
    found = []
    for rule in tier_rules:
        if rule.tier_id == explanation.proposed_tier_id or explanation.score is None:
            break
        parts = []
        if rule.rank_key == RankKey.SCORE and cuts.get(rule.tier.code):
            cut = Decimal(cuts[rule.tier.code])
            if explanation.score < cut:
                gap = cut - explanation.score
                parts.append(_("a score of %(cut)s, which is %(gap)s more") % {"cut": cut, "gap": gap})
        if rule.minimum_value is not None and rule.minimum_key != RankKey.SCORE:
            value = values.get(rule.minimum_key)
            if value is None or value < rule.minimum_value:
                shown = UNKNOWN if value is None else SHOWN[rule.minimum_key](value)
                parts.append(
                    _("%(factor)s of at least %(minimum)s (now %(value)s)")
                    % {
                        "factor": str(RankKey(rule.minimum_key).label).lower(),
                        "minimum": SHOWN[rule.minimum_key](rule.minimum_value),
                        "value": shown,
                    }
                )
        if not parts and explanation.rule == rules.REST and rule.rank_key != RankKey.SCORE:
            parts.append(
                _("a free place; clients come in the order of %(factor)s, then score")
                % {"factor": str(RankKey(rule.rank_key).label).lower()}
            )
        if parts:
            found.append(
                _("Tier %(tier)s: %(needs)s.") % {"tier": rule.tier.code, "needs": _(" and ").join(parts)}
            )
    return found


def _difference(route: Route) -> str:
    """How much more, or less, it would have to be; ratings in steps."""
    if route.difference is None:
        return ""
    is_rating = SHOWN[route.factor] is _rating
    amount = _whole(abs(route.difference)) if is_rating else SHOWN[route.factor](abs(route.difference))
    return f"{'−' if route.difference < 0 else '+'}{amount}"


def route_in_words(route: Route) -> dict[str, Any]:
    """A factor's way to the next tier: what it is, what it would have to be, or why it alone cannot do it."""
    shown = SHOWN[route.factor]

    def word(value: Decimal | None) -> str:
        return UNKNOWN if value is None else shown(value)

    return {
        "tier": route.tier,
        "factor": RankKey(route.factor).label,
        "now": word(route.now),
        "needed": word(route.needed),
        "difference": _difference(route),
        "enough": route.needed is not None,
        "verified": route.verified,
        "impossible": route.impossible,
    }


def rule_in_words(rule: TierRule, *, is_last: bool) -> str:
    """What the rule says, as one sentence of the printed policy."""
    if is_last:
        return _("Tier %(tier)s takes the remaining clients.") % {"tier": rule.tier.code}
    text = _("Tier %(tier)s takes clients in the order of %(key)s") % {
        "tier": rule.tier.code,
        "key": str(rule.get_rank_key_display()).lower(),
    }
    if rule.minimum_value is not None:
        text += _(", with %(factor)s of at least %(value)s") % {
            "factor": str(RankKey(rule.minimum_key).label).lower(),
            "value": SHOWN[rule.minimum_key](rule.minimum_value),
        }
    if rule.revenue_share is not None:
        text += _(", until %(share)s of revenue") % {"share": percent(rule.revenue_share)}
    if rule.max_clients is not None:
        text += _(", at most %(most)s clients") % {
            "most": number_format(rule.max_clients, force_grouping=True)
        }
    return f"{text}."


def weight_share(row: PolicyFactor, total: Decimal) -> Decimal:
    """The factor's weight as a share of all weights, 0 to 1."""
    return row.weight / total if total else Decimal(0)
