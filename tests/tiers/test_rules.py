"""The tier rules one by one, each beside what the definition's reference says."""

from decimal import Decimal

import pytest

from tests.tiers.firm import D, case, proposals, store, store_policy
from tests.tiers.reference import Rule, Stated, evaluate
from tiers import services

pytestmark = pytest.mark.django_db


def stated(*rules, margin=0, weights=("growth",)):
    """Ranks by growth potential alone: five clients with 1 to 5 score 0, 25, 50, 75 and 100."""
    return Stated(
        weights={factor: Decimal(1) for factor in weights},
        rules=[*rules, Rule("C")],
        margin=Decimal(margin),
        completeness=Decimal(0),
    )


def five(tiers=".....", revenue=(100, 100, 100, 100, 100)):
    """Clients a to e with growth potential 5 down to 1, now in these tiers."""
    return [
        case(key, amount, growth=growth, tier=None if now == "." else now)
        for key, growth, now, amount in zip("abcde", (5, 4, 3, 2, 1), tiers, revenue, strict=True)
    ]


def placed(cases, policy):
    """The proposed tiers of the clients in the order of their numbers, and the rules that placed them."""
    store(cases)
    run = services.propose_run(as_of=D, policy=store_policy(policy))
    found, by_definition = proposals(run), evaluate(cases, policy, D)
    assert found == {key: one.tier for key, one in by_definition.items()}
    ruled = dict(run.explanations.values_list("client__external_id", "rule"))
    assert ruled == {key: one.rule for key, one in by_definition.items()}
    return "".join(found[key] or "." for key in sorted(found)), [ruled[key] for key in sorted(ruled)]


def test_a_tier_ends_at_its_limit_of_clients():
    assert placed(five(), stated(Rule("A", most=2)))[0] == "AACCC"


def test_the_client_who_reaches_the_share_still_sits():
    assert placed(five(), stated(Rule("A", share=Decimal("0.5"))))[0] == "AAACC"


def test_the_first_who_fails_ends_the_tier_even_if_a_later_one_would_fit():
    cases = five(revenue=(300, -200, 300, 100, 0))  # 500 in all; half is 250
    assert placed(cases, stated(Rule("A", share=Decimal("0.5"))))[0] == "ACCCC"


@pytest.mark.parametrize(("margin", "expected"), [(24, "AACCC"), (25, "ACACC")])
def test_the_margin_keeps_an_incumbent_and_the_newcomer_waits(margin, expected):
    tiers, rules = placed(five("..A.."), stated(Rule("A", most=2), margin=margin))
    assert tiers == expected
    assert rules[2] == ("kept by margin" if margin == 25 else "rest")


def test_incumbents_within_the_margin_stay_although_they_exceed_the_limit():
    assert placed(five("..AAA"), stated(Rule("A", most=2), margin=50))[0] == "CCAAC"


def test_without_a_margin_an_incumbent_at_the_cut_goes_before_newcomers():
    cases = [case("a", 200, growth=3), case("b", 100, growth=3, tier="A"), case("c", 50, growth=1)]
    assert placed(cases, stated(Rule("A", most=1)))[0] == "CAC"


@pytest.mark.parametrize(("now", "expected"), [("..A..", "ACBCC"), ("..C..", "ABCCC")])
def test_who_is_in_a_higher_tier_is_an_incumbent_of_a_lower_one(now, expected):
    policy = stated(Rule("A", most=1), Rule("B", most=1), margin=25)
    assert placed(five(now), policy)[0] == expected


def test_an_override_takes_a_seat_and_sets_no_cut():
    cases = five("..A..")
    cases[4].pinned = "A"
    assert placed(cases, stated(Rule("A", most=2), margin=50))[0] == "CCACA"


def test_by_a_factor_incumbents_go_first_among_equal_values():
    cases = [
        case("a", 300, growth=4, alignment=5),
        case("b", 200, growth=4, alignment=1, tier="A"),
        case("c", 100, growth=5, alignment=1),
    ]
    policy = stated(Rule("A", key="growth", most=2), weights=("alignment",))
    assert placed(cases, policy)[0] == "CAA"


def test_an_unknown_value_of_the_rank_key_comes_last():
    cases = [case("a", 300, growth=5), case("b", 200, growth=1, potential=Decimal(1))]
    assert placed(cases, stated(Rule("A", key="potential", most=1)))[0] == "CA"


def test_among_equal_scores_revenue_decides_unknown_last_and_then_the_number():
    cases = [case("a", growth=3), case("b", -5, growth=3), case("c", 10, growth=3), case("B", 10, growth=3)]
    store(cases)
    for most, expected in ((1, {"B"}), (2, {"B", "c"}), (3, {"B", "c", "b"})):
        policy = stated(Rule("A", most=most))
        found = proposals(services.propose_run(as_of=D, policy=store_policy(policy)))
        assert {key for key, tier in found.items() if tier == "A"} == expected


def test_a_minimum_keeps_out_who_is_below_it_or_unknown():
    cases = five()
    cases.append(case("f", 100, alignment=3))
    policy = stated(Rule("A", minimum_key="growth", minimum=Decimal(4)), weights=("growth", "alignment"))
    assert placed(cases, policy)[0] == "AACCCC"


def test_the_last_tier_takes_the_rest_whatever_its_limits():
    policy = stated(Rule("A", most=1))
    policy.rules[-1].most = 1
    policy.rules[-1].minimum_key, policy.rules[-1].minimum = "growth", Decimal(5)
    assert placed(five(), policy)[0] == "ACCCC"


def test_weight_zero_counts_for_nothing_in_completeness():
    policy = Stated(
        weights={"growth": Decimal(1), "alignment": Decimal(0)}, rules=[Rule("C")], completeness=Decimal(1)
    )
    assert placed([case("a", 1, growth=3), case("b", 1, alignment=3)], policy)[0] == "C."
