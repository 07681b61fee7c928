"""Small firms for the tests of scoring: stored from the cases that the reference evaluates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from clients.models import Client, Revenue, ServiceRole, Tier, TimeEntry, Touch, TouchKind, User
from tests.tiers.reference import Case, Rule, Stated
from tiers.models import (
    AssignmentSource,
    Override,
    Policy,
    PolicyFactor,
    PolicyTouchWeight,
    ScoringRun,
    TierAssignment,
    TierRule,
)

D = dt.date(2026, 3, 31)
SHIPPED = Stated(
    weights={
        "revenue": Decimal(30),
        "potential": Decimal(10),
        "profitability": Decimal(25),
        "engagement": Decimal(15),
        "growth": Decimal(10),
        "alignment": Decimal(10),
    },
    rules=[
        Rule("A", share=Decimal("0.60"), most=50),
        Rule("B", key="growth", most=100, minimum_key="growth", minimum=Decimal(4)),
        Rule("C"),
    ],
)
BY_REVENUE = Stated(weights={"revenue": Decimal(1)}, rules=[Rule("A", most=1), Rule("B", most=1), Rule("C")])


def tier(code: str) -> Tier:
    return Tier.objects.get(code=code)


def store_policy(stated: Stated, *, touch_weights: dict[str, Decimal] | None = None) -> Policy:
    """A draft that says what `stated` says."""
    policy = Policy.objects.create(
        name="Tested",
        version=(Policy.objects.order_by("-version").values_list("version", flat=True).first() or 0) + 1,
        half_life_days=stated.half_life,
        minimum_completeness=stated.completeness,
        stability_margin=stated.margin,
    )
    PolicyFactor.objects.bulk_create(
        PolicyFactor(policy=policy, factor=factor, weight=weight) for factor, weight in stated.weights.items()
    )
    PolicyTouchWeight.objects.bulk_create(
        PolicyTouchWeight(policy=policy, kind=TouchKind.objects.get(code=code), weight=weight)
        for code, weight in (touch_weights or {}).items()
    )
    TierRule.objects.bulk_create(
        TierRule(
            policy=policy,
            tier=tier(rule.tier),
            position=position,
            rank_key=rule.key,
            revenue_share=rule.share,
            max_clients=rule.most,
            minimum_key=rule.minimum_key,
            minimum_value=rule.minimum,
        )
        for position, rule in enumerate(stated.rules, 1)
    )
    return policy


def store(cases: Sequence[Case], *, on: dt.date = D) -> None:
    """Writes the cases in the given order: clients, facts, current tiers, overrides."""
    Client.objects.bulk_create(
        Client(
            external_id=case.external_id,
            name=case.external_id,
            status="active" if case.active else "paused",
            potential_revenue=case.potential,
            growth_potential=case.growth,
            alignment=case.alignment,
            assets_under_management=case.assets,
            investable_assets=case.investable,
            expected_years=case.years,
            client_since=case.since,
        )
        for case in cases
    )
    ids = dict(Client.objects.values_list("external_id", "id"))
    Revenue.objects.bulk_create(
        Revenue(
            client_id=ids[case.external_id],
            date=day,
            amount=amount,
            source="t",
            source_id=f"{case.external_id}.{i}",
        )
        for case in cases
        for i, (day, amount) in enumerate(case.revenue)
    )
    kinds = {
        kind.engagement_weight: kind
        for kind in TouchKind.objects.exclude(code__in=("email", "text", "voicemail"))
    }
    roles = {role.hourly_cost: role for role in ServiceRole.objects.all()}
    Touch.objects.bulk_create(
        Touch(
            client_id=ids[case.external_id],
            occurred_at=dt.datetime.combine(day, dt.time(12), dt.UTC),
            occurred_on=day,
            kind=kinds[weight],
            outcome="reached" if reached else "attempted",
            minutes=minutes,
            role=roles[rate],
            source="t",
            source_id=f"{case.external_id}.{i}",
        )
        for case in cases
        for i, (day, weight, reached, minutes, rate) in enumerate(case.touches)
    )
    if any(case.time for case in cases):
        by = User.objects.get_or_create(username="keeper")[0]
        TimeEntry.objects.bulk_create(
            TimeEntry(client_id=ids[case.external_id], spent_on=day, minutes=minutes, role=roles[rate], by=by)
            for case in cases
            for day, minutes, rate in case.time
        )
    tiers = {row.code: row for row in Tier.objects.all()}
    began = on - dt.timedelta(days=100)
    TierAssignment.objects.bulk_create(
        TierAssignment(
            client_id=ids[case.external_id],
            tier=tiers[case.tier],
            starts_on=began,
            serviced_from=began,
            source=AssignmentSource.RUN,
        )
        for case in cases
        if case.tier
    )
    Override.objects.bulk_create(
        Override(
            client_id=ids[case.external_id],
            tier=tiers[case.pinned],
            reason="other",
            text="tested",
            starts_on=began,
            expires_on=on,
        )
        for case in cases
        if case.pinned
    )


def case(external_id: str, revenue: int | str | None = None, **known: object) -> Case:
    """A client with one revenue row a month before D, or none."""
    rows = [] if revenue is None else [(D - dt.timedelta(days=30), Decimal(revenue))]
    return Case(external_id, revenue=rows, **known)  # type: ignore[arg-type]


def proposals(run: ScoringRun) -> dict[str, str | None]:
    """External id to the proposed tier's code."""
    return {
        row.client.external_id: row.proposed_tier and row.proposed_tier.code
        for row in run.explanations.select_related("client", "proposed_tier")
    }


def current_tiers() -> dict[str, str]:
    """External id to the code of the tier that the client has."""
    rows = TierAssignment.objects.filter(ends_on__isnull=True)
    return dict(rows.values_list("client__external_id", "tier__code"))
