"""Firms at the edge: nobody, one client, all alike, nothing known, no revenue, clawbacks."""

from decimal import Decimal

import pytest

from clients.models import Touch
from tests.tiers.firm import SHIPPED, D, case, proposals, store, store_policy
from tests.tiers.reference import Rule, Stated
from tiers import services

pytestmark = pytest.mark.django_db
ALL_KNOWN = {"potential": Decimal(1000), "growth": 3, "alignment": 3}


def scores(run):
    return dict(run.explanations.values_list("client__external_id", "score"))


def propose(cases, stated=SHIPPED):
    store(cases)
    return services.propose_run(as_of=D, policy=store_policy(stated))


def test_it_scores_an_empty_firm():
    run = propose([])
    assert (run.clients, run.scored, run.total_revenue, run.moves) == (0, 0, 0, [])
    assert [row["clients"] for row in run.tiers] == [0, 0, 0]
    assert run.warnings == []
    assert services.apply_run(run=run, applied_by=None) == services.Applied(moved=0, first=0)


def test_one_client_stands_in_the_middle():
    run = propose([case("a", 100, **ALL_KNOWN)])
    assert scores(run) == {"a": Decimal("50.00")}
    assert proposals(run) == {"a": "A"}


def test_clients_who_are_all_alike_all_score_fifty_and_sit_in_order_of_number():
    run = propose([case(key, 100, **ALL_KNOWN) for key in "cbaed"])
    assert set(scores(run).values()) == {Decimal("50.00")}
    assert proposals(run) == {"a": "A", "b": "A", "c": "A", "d": "C", "e": "C"}


def test_clients_of_whom_nothing_is_known_stay_untiered():
    run = propose([case("a"), case("b")])
    assert proposals(run) == {"a": None, "b": None}
    assert (run.scored, run.insufficient) == (0, 2)
    assert {warning["factor"] for warning in run.warnings} == {
        "revenue", "potential", "profitability", "growth", "alignment",
    }  # fmt: skip


def test_without_revenue_a_share_of_revenue_seats_nobody():
    run = propose([case("a", 0, **ALL_KNOWN), case("b", 0, **ALL_KNOWN)])
    assert proposals(run) == {"a": "C", "b": "C"}


def test_a_clawback_counts_against_the_client_and_the_firm():
    run = propose([case("a", -100, **ALL_KNOWN), case("b", 300, **ALL_KNOWN)])
    assert run.total_revenue == 200
    assert scores(run)["a"] < scores(run)["b"]
    assert proposals(run) == {"a": "C", "b": "A"}


def test_a_touch_weight_of_the_policy_goes_before_the_kinds_own():
    store([case("a", touches=[(D, Decimal(5), True, 0, Decimal(150))])])
    kind = Touch.objects.get().kind.code
    stated = Stated(weights={"engagement": Decimal(1)}, rules=[Rule("C")])
    run = services.propose_run(as_of=D, policy=store_policy(stated, touch_weights={kind: Decimal(7)}))
    assert run.explanations.get().values == [Decimal(7)]
