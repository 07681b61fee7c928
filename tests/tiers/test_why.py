"""What the tier tab says of the rule that placed a client."""

from decimal import Decimal

import pytest

from clients.models import Tier
from tiers.models import Explanation, RankKey, ScoringRun, TierRule
from tiers.why import because, limit_reached, routes


def rule(code: str, number: int, **terms) -> TierRule:
    tier = Tier(pk=number, code=code, label=code)
    return TierRule(tier=tier, position=number, **{"rank_key": RankKey.SCORE} | terms)


def a_run(**noted) -> ScoringRun:
    tiers = [{"tier": "A", "clients": 50, "revenue": "40.00", "cut": "78.55"} | noted]
    return ScoringRun(tiers=tiers, total_revenue=Decimal(100), factors=["growth"])


def explanation(tier_rule: TierRule, score: str, *, growth: int = 5, placed_by: str = "") -> Explanation:
    return Explanation(
        proposed_tier=tier_rule.tier,
        score=Decimal(score),
        completeness=Decimal(1),
        rule=placed_by or tier_rule.rank_key,
        values=[Decimal(growth)],
    )


BY_SCORE = rule("A", 1, revenue_share=Decimal("0.600"), max_clients=50)
BY_GROWTH = rule(
    "B", 2, rank_key="growth", max_clients=100, minimum_key="growth", minimum_value=Decimal("4.00")
)
REST = rule("C", 3)
RULES = [BY_SCORE, BY_GROWTH, REST]


@pytest.mark.parametrize(
    ("noted", "said"),
    [
        ({"clients": 50}, "the number of clients was the limit"),
        ({"clients": 20, "revenue": "60.00"}, "the share of revenue was the limit"),
        ({"clients": 20, "revenue": "12.00"}, "no limit was reached"),
    ],
)
def test_it_says_which_limit_ended_the_tier(noted, said):
    assert said in limit_reached(BY_SCORE, a_run(**noted))


def test_a_tier_without_limits_has_none_to_tell_of():
    assert limit_reached(rule("A", 1), a_run()) == ""


def test_a_place_by_score_is_told_with_the_lowest_score_that_had_one():
    text = because(explanation(BY_SCORE, "94.04"), RULES, a_run())
    assert "the score of 94.04 is not below 78.55" in text
    assert "until 60 % of revenue, at most 50 clients" in text


def test_a_place_by_a_factor_is_told_with_what_was_asked():
    text = because(explanation(BY_GROWTH, "43.20"), RULES, a_run())
    assert "its service fits growth potential of 5 of 5" in text
    assert "growth potential of at least 4 of 5" in text


def test_the_way_up_is_told_in_points_and_in_what_a_factor_must_reach():
    ways = routes(explanation(REST, "70.00", growth=3, placed_by="rest"), RULES, a_run())
    assert ways == [
        "Tier A: a score of 78.55, which is 8.55 more.",
        "Tier B: growth potential of at least 4 of 5 (now 3 of 5).",
    ]


def test_who_met_the_minimum_of_a_full_tier_is_told_of_its_order():
    (_a, way_to_b) = routes(explanation(REST, "70.00", growth=4, placed_by="rest"), RULES, a_run())
    assert way_to_b == "Tier B: a free place; clients come in the order of growth potential, then score."
