"""The policy that a new installation has, published."""

from decimal import Decimal

from django.utils import timezone

WEIGHTS = [
    ("revenue", 30),
    ("potential", 10),
    ("profitability", 25),
    ("engagement", 15),
    ("growth", 10),
    ("alignment", 10),
]


def ship(apps, schema_editor):
    Policy = apps.get_model("tiers", "Policy")
    if Policy.objects.exists():
        return
    policy = Policy.objects.create(name="Shipped policy", version=1, status="draft")
    apps.get_model("tiers", "PolicyFactor").objects.bulk_create(
        apps.get_model("tiers", "PolicyFactor")(policy=policy, factor=factor, weight=weight)
        for factor, weight in WEIGHTS
    )
    TierRule = apps.get_model("tiers", "TierRule")
    tiers = {tier.code: tier for tier in apps.get_model("clients", "Tier").objects.all()}
    TierRule.objects.create(
        policy=policy,
        tier=tiers["A"],
        position=1,
        rank_key="score",
        revenue_share=Decimal("0.60"),
        max_clients=50,
    )
    TierRule.objects.create(
        policy=policy,
        tier=tiers["B"],
        position=2,
        rank_key="growth",
        minimum_key="growth",
        minimum_value=4,
        max_clients=100,
    )
    TierRule.objects.create(policy=policy, tier=tiers["C"], position=3, rank_key="score")
    # Last, for from then on nothing in it changes.
    Policy.objects.filter(pk=policy.pk).update(
        status="published", published_at=timezone.now(), reason="Shipped with the product."
    )
