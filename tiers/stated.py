"""What a policy states, as one value: to read it, to compare two, and to store what a draft states now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, prefetch_related_objects

from clients.models import Tier
from tiers.models import Policy, PolicyFactor, PolicyTouchWeight, TierRule


@dataclass(frozen=True)
class StatedRule:
    """How one tier is filled. `revenue_share` is from 0 to 1; None and the empty text: no limit."""

    tier: Tier
    rank_key: str
    revenue_share: Decimal | None = None
    max_clients: int | None = None
    minimum_key: str = ""
    minimum_value: Decimal | None = None

    @property
    def has_limit(self) -> bool:
        return self.revenue_share is not None or self.max_clients is not None

    def as_row(self, policy: Policy, position: int) -> TierRule:
        """The rule as a row of `policy`, not stored."""
        return TierRule(
            policy=policy,
            tier=self.tier,
            position=position,
            rank_key=self.rank_key,
            revenue_share=self.revenue_share,
            max_clients=self.max_clients,
            minimum_key=self.minimum_key,
            minimum_value=self.minimum_value,
        )


@dataclass(frozen=True)
class Statement:
    """Everything that decides what a policy does, and its name.

    `weights`: factor to weight. `touch_weights`: id of a touch kind to its weight, where that differs from
    the kind's own. `rules`: in the order in which tiers are filled.
    """

    name: str
    half_life_days: int
    minimum_completeness: Decimal
    stability_margin: Decimal
    weights: Mapping[str, Decimal]
    touch_weights: Mapping[int, Decimal]
    rules: tuple[StatedRule, ...]

    def share(self, factor: str) -> Decimal:
        """The factor's part of all weights, from 0 to 1."""
        total = sum(self.weights.values(), Decimal(0))
        return self.weights.get(factor, Decimal(0)) / total if total > 0 else Decimal(0)


def whole_shares(weights: Mapping[str, Decimal]) -> dict[str, int]:
    """Each weight's part of all in whole percent, together 100; the largest remainders are rounded up."""
    total = sum(weights.values(), Decimal(0))
    if total <= 0:
        return dict.fromkeys(weights, 0)
    exact = {name: 100 * weight / total for name, weight in weights.items()}
    shares = {name: int(share) for name, share in exact.items()}
    left = 100 - sum(shares.values())
    for name in sorted(exact, key=lambda name: shares[name] - exact[name])[:left]:
        shares[name] += 1
    return shares


def read_whole(*policies: Policy) -> None:
    """Reads what the policies state, in three queries for all of them; asked again it costs nothing. Only for
    policies that are shown, not changed."""
    rules = TierRule.objects.select_related("tier").order_by("position")
    prefetch_related_objects(policies, "factors", "touch_weights", Prefetch("rules", rules))


def rules_of(policy: Policy) -> list[TierRule]:
    """The rules in the order in which tiers are filled, each with its tier."""
    if "rules" in getattr(policy, "_prefetched_objects_cache", ()):
        return list(policy.rules.all())
    return list(policy.rules.select_related("tier").order_by("position"))


def statement_of(policy: Policy) -> Statement:
    """What `policy` states, in three queries; in none after `read_whole`."""
    return Statement(
        name=policy.name,
        half_life_days=policy.half_life_days,
        minimum_completeness=policy.minimum_completeness,
        stability_margin=policy.stability_margin,
        weights={row.factor: row.weight for row in policy.factors.all()},
        touch_weights={row.kind_id: row.weight for row in policy.touch_weights.all()},
        rules=tuple(
            StatedRule(
                tier=row.tier,
                rank_key=row.rank_key,
                revenue_share=row.revenue_share,
                max_clients=row.max_clients,
                minimum_key=row.minimum_key,
                minimum_value=row.minimum_value,
            )
            for row in rules_of(policy)
        ),
    )


def store_statement(policy: Policy, stated: Statement) -> None:
    """Makes the draft `policy` state `stated`. Only inside a transaction that holds the policy's row."""
    policy.name = stated.name
    policy.half_life_days = stated.half_life_days
    policy.minimum_completeness = stated.minimum_completeness
    policy.stability_margin = stated.stability_margin
    policy.save(update_fields=["name", "half_life_days", "minimum_completeness", "stability_margin"])
    policy.factors.all().delete()
    policy.touch_weights.all().delete()
    policy.rules.all().delete()
    PolicyFactor.objects.bulk_create(
        PolicyFactor(policy=policy, factor=factor, weight=weight) for factor, weight in stated.weights.items()
    )
    PolicyTouchWeight.objects.bulk_create(
        PolicyTouchWeight(policy=policy, kind_id=kind, weight=weight)
        for kind, weight in stated.touch_weights.items()
    )
    TierRule.objects.bulk_create(
        rule.as_row(policy, position) for position, rule in enumerate(stated.rules, 1)
    )
