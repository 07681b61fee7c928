"""A simulation says what a run would propose, beside the policy in force, and moves nobody."""

import datetime as dt
import threading
from collections import Counter
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import connections
from hypothesis import given

from clients.commands import Refused
from clients.jobs import start_job
from clients.models import Change, Client, ClientSummary, JobState, ServiceRole, TeamMember, User
from tests.tiers.firm import SHIPPED, D, case, store, store_policy
from tests.tiers.reference import Rule, Stated, evaluate
from tests.tiers.test_scoring_by_reference import FEW, policies, situations, undone
from tiers import services, simulation, tasks
from tiers.models import (
    Explanation,
    Policy,
    PolicyStatus,
    PolicyTouchWeight,
    ScoringRun,
    SimulatedMove,
    Simulation,
    TierAssignment,
)
from tiers.policies import clone_policy

pytestmark = pytest.mark.django_db
KNOWN = {"potential": Decimal(1000), "growth": 3, "alignment": 3}
BY_GROWTH = Stated(weights={"growth": Decimal(1)}, rules=[Rule("A", most=1), Rule("B", most=1), Rule("C")])
BY_REVENUE = Stated(weights={"revenue": Decimal(1)}, rules=[Rule("A", most=1), Rule("B", most=1), Rule("C")])


def publish(policy):
    """Puts the policy in force as it is, without what a firm would ask of it first."""
    Policy.objects.filter(status=PolicyStatus.PUBLISHED).update(status=PolicyStatus.RETIRED)
    Policy.objects.filter(pk=policy.pk).update(status=PolicyStatus.PUBLISHED)
    return Policy.objects.get(pk=policy.pk)


def simulate(policy, **options):
    return simulation.simulate(policy=policy, as_of=D, by=None, **options)


def moves(found):
    """External id to (now, draft, published) of the clients that the simulation lists."""
    rows = SimulatedMove.objects.filter(simulation=found).select_related(
        "client", "old_tier", "new_tier", "published_tier"
    )
    return {
        row.client.external_id: tuple(
            tier and tier.code for tier in (row.old_tier, row.new_tier, row.published_tier)
        )
        for row in rows
    }


def cells(pairs):
    return sorted(
        ([a, b, n] for (a, b), n in Counter(pairs).items()), key=lambda cell: (str(cell[0]), str(cell[1]))
    )


def cells_of(matrix):
    rows = ([cell["from"], cell["to"], cell["clients"]] for cell in matrix)
    return sorted(rows, key=lambda cell: (str(cell[0]), str(cell[1])))


@FEW
@given(situation=situations(), in_force=policies())
def test_it_says_what_the_definition_says_of_both_policies(situation, in_force):
    on, cases, stated = situation
    with undone():
        store(cases, on=on)
        publish(store_policy(in_force))
        found = simulation.simulate(policy=store_policy(stated), as_of=on, by=None)
        draft, published = evaluate(cases, stated, on), evaluate(cases, in_force, on)
        now = {case.external_id: case.tier for case in cases if case.active}
        expected = {key: (now[key], draft[key].tier, published[key].tier) for key in now}
        assert moves(found) == {
            key: tiers for key, tiers in expected.items() if tiers[1] != tiers[0] or tiers[1] != tiers[2]
        }
        result = found.result
        assert cells_of(result["matrix"]) == cells((old, new) for old, new, _p in expected.values())
        assert cells_of(result["from_published"]) == cells((p, new) for _old, new, p in expected.values())
        assert result["moving"] == sum(old != new for old, new, _p in expected.values())
        assert result["moving_under_published"] == sum(old != p for old, _new, p in expected.values())
        assert result["clients"] == len(draft)
        assert result["scored"] == sum(one.score is not None for one in draft.values())
        for row in result["tiers"]:
            there = [one for one in draft.values() if one.tier == row["tier"]]
            assert row["clients"] == len(there)
            assert Decimal(row["revenue"]) == sum(one.values["revenue"] or 0 for one in there)
            by_published = [one for one in published.values() if one.tier == row["tier"]]
            assert row["published_clients"] == len(by_published)


def test_it_touches_no_tier_no_run_and_no_summary():
    store([case("a", 400, tier="B", **KNOWN), case("b", 300, **KNOWN)])
    draft = store_policy(SHIPPED)
    Change.objects.all().delete()
    kept = (TierAssignment, ScoringRun, Explanation, ClientSummary, Policy)
    before = [list(model.objects.order_by("pk").values()) for model in kept]
    simulate(draft)
    assert [list(model.objects.order_by("pk").values()) for model in kept] == before
    assert not Change.objects.exists()


def test_it_replaces_the_former_one_of_the_policy_at_that_date():
    store([case("a", 400, **KNOWN)])
    draft = store_policy(SHIPPED)
    first = simulate(draft)
    second = simulate(draft)
    assert list(Simulation.objects.all()) == [second]
    assert not SimulatedMove.objects.filter(simulation_id=first.pk).exists()
    simulation.simulate(policy=draft, as_of=D + dt.timedelta(days=1), by=None)
    assert Simulation.objects.count() == 2


def test_it_is_current_until_the_policy_states_something_else():
    store([case("a", 400, **KNOWN)])
    draft = store_policy(SHIPPED)
    assert simulation.current(draft, D) is None
    found = simulate(draft)
    assert simulation.current(draft, D) == found
    draft.factors.filter(factor="growth").update(weight=11)
    assert simulation.current(draft, D) is None


@pytest.mark.parametrize(
    ("stated", "changes"),
    [
        (lambda p: p.factors.filter(factor="growth").update(weight=11), True),
        (lambda p: p.rules.filter(position=1).update(max_clients=51), True),
        (lambda p: p.rules.filter(position=1).update(revenue_share=None), True),
        (lambda p: p.rules.filter(position=1).update(revenue_share=0), True),
        (lambda p: p.rules.filter(position=2).update(minimum_value=3), True),
        (lambda p: p.rules.filter(position=2).update(rank_key="assets"), True),
        (lambda p: PolicyTouchWeight.objects.create(policy=p, kind_id=1, weight=3), True),
        (lambda p: setattr(p, "half_life_days", 90), True),
        (lambda p: setattr(p, "stability_margin", Decimal(3)), True),
        (lambda p: setattr(p, "minimum_completeness", Decimal("0.6")), True),
        (lambda p: setattr(p, "minimum_completeness", Decimal("0.500")), False),
        (lambda p: setattr(p, "name", "Another"), False),
    ],
)
def test_the_digest_stands_for_what_is_stated_and_not_for_the_name(stated, changes):
    draft = store_policy(SHIPPED)
    before = simulation.digest_of(draft)
    assert simulation.digest_of(clone_policy(policy=draft)) == before
    stated(draft)
    assert (simulation.digest_of(draft) != before) == changes


def test_a_limit_of_nothing_is_not_no_limit():
    draft = store_policy(SHIPPED)
    draft.rules.filter(position=1).update(revenue_share=None)
    unlimited = simulation.digest_of(draft)
    draft.rules.filter(position=1).update(revenue_share=0)
    assert simulation.digest_of(draft) != unlimited


def test_the_factors_that_decided_are_those_whose_points_changed_in_the_direction_of_the_move():
    store(
        [
            case("a", 300, growth=1, tier="A"),
            case("b", 200, growth=5, tier="B"),
            case("c", 100, growth=3, tier="C"),
        ]
    )
    publish(store_policy(BY_REVENUE))
    found = simulate(store_policy(BY_GROWTH))
    rows = {row.client.external_id: row for row in simulation.movers(found)}
    assert moves(found) == {"a": ("A", "C", "A"), "b": ("B", "A", "B"), "c": ("C", "B", "C")}
    assert (rows["b"].factors, rows["b"].changes) == (["growth"], [100.0])
    assert (rows["a"].factors, rows["a"].changes) == (["revenue"], [-100.0])
    assert rows["c"].factors == ["growth"]
    assert found.result["decided"] == [
        {"factor": "growth", "clients": 2},
        {"factor": "revenue", "clients": 1},
    ]


def test_where_the_score_is_the_same_the_rule_tells_and_no_factor_decides():
    store([case("a", 300, growth=1, tier="A"), case("b", 200, growth=5, tier="C")])
    publish(store_policy(Stated(weights={"growth": Decimal(1)}, rules=[Rule("A", most=2), Rule("C")])))
    found = simulate(
        store_policy(Stated(weights={"growth": Decimal(2)}, rules=[Rule("A", most=1), Rule("C")]))
    )
    rows = {row.client.external_id: row for row in simulation.movers(found)}
    assert (rows["a"].factors, rows["a"].rule) == ([], "rest")


def test_without_a_policy_in_force_nothing_is_said_of_one():
    store([case("a", 300, growth=1, tier="B"), case("b", 200, growth=5)])
    Policy.objects.filter(status=PolicyStatus.PUBLISHED).update(status=PolicyStatus.RETIRED)
    found = simulate(store_policy(BY_GROWTH))
    assert moves(found) == {"b": (None, "A", None)}
    assert found.result["from_published"] is None
    assert found.result["tiers"][0]["published_clients"] is None


def test_a_policy_that_cannot_score_is_refused():
    draft = store_policy(BY_GROWTH)
    draft.factors.update(weight=0)
    with pytest.raises(Refused, match="weight"):
        simulate(draft)


def test_the_curve_and_the_cuts_go_from_nothing_to_everything():
    store([case(key, amount, growth=3) for key, amount in zip("abcd", (100, 600, 100, 200), strict=True)])
    found = simulate(store_policy(BY_REVENUE)).result
    assert found["curve"] == [[0.0, 0.0], [0.25, 0.6], [0.5, 0.8], [0.75, 0.9], [1.0, 1.0]]
    assert found["cuts"] == [
        {"tier": "A", "clients_share": 0.25, "revenue_share": 0.6},
        {"tier": "B", "clients_share": 0.5, "revenue_share": 0.8},
        {"tier": "C", "clients_share": 1.0, "revenue_share": 1.0},
    ]


def test_the_curve_of_a_large_firm_has_no_more_points_than_a_page_can_draw():
    store([case(f"c{n}", n, growth=3) for n in range(1, 1000)])
    curve = simulate(store_policy(BY_REVENUE)).result["curve"]
    assert 150 < len(curve) <= simulation.CURVE_POINTS
    assert curve[-1] == [1.0, 1.0]
    assert all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(curve))


@pytest.mark.parametrize(
    "cases",
    [
        [],
        [case("a", 100, **KNOWN)],
        [case(key, 100, **KNOWN) for key in "abcd"],
        [case("a"), case("b")],
        [case("a", 0, **KNOWN), case("b", 0, **KNOWN)],
        [case("a", -100, **KNOWN), case("b", 50, **KNOWN)],
    ],
    ids=["nobody", "one client", "all alike", "nothing known", "no revenue", "clawback"],
)
def test_a_firm_at_the_edge_has_a_sensible_result(cases):
    store(cases)
    result = simulate(store_policy(SHIPPED)).result
    assert result["clients"] == len(cases)
    assert sum(cell["clients"] for cell in result["matrix"]) == len(cases)
    shares = [row["share"] for row in result["tiers"]]
    if Decimal(result["total_revenue"]) <= 0:
        assert shares == [None] * 3
        assert result["curve"] == []
    else:
        assert sum(shares) == pytest.approx(1)


# --- Advisors and lists --------------------------------------------------------------------------------


@pytest.fixture
def led():
    """Three clients who move by growth, the first led by Ada, the second by Bo, the third by nobody."""
    store(
        [
            case("a", 300, growth=1, tier="A"),
            case("b", 200, growth=5, tier="B"),
            case("c", 100, growth=3, tier="C"),
        ]
    )
    lead = ServiceRole.objects.get(code="lead_advisor")
    people = [User.objects.create_user(name, first_name=name, last_name="Lead") for name in ("Ada", "Bo")]
    for person, key in zip(people, "ab", strict=True):
        TeamMember.objects.create(client=Client.objects.get(external_id=key), role=lead, user=person)
    TeamMember.objects.create(
        client=Client.objects.get(external_id="c"),
        role=ServiceRole.objects.get(code="planner"),
        user=people[0],
    )
    return people


def test_each_advisor_has_the_share_of_their_clients_that_would_move(led):
    ada, bo = led
    rows = simulate(store_policy(BY_GROWTH)).result["advisors"]
    assert [row["user_id"] for row in rows] == [ada.pk, bo.pk, None]
    assert rows[0] == {
        "user_id": ada.pk, "name": "Ada Lead", "clients": 1, "moving": 1, "up": 0, "down": 1, "share": 1.0,
    }  # fmt: skip
    assert (rows[1]["up"], rows[2]["name"], rows[2]["up"]) == (1, None, 1)


def test_movers_are_asked_for_by_tier_and_advisor_page_by_page(led):
    found = simulate(store_policy(BY_GROWTH))

    def keys(**options):
        return "".join(row.client.external_id for row in simulation.movers(found, **options))

    assert keys() == "abc"
    assert keys(old="A") == "a"
    assert keys(new="A") == "b"
    assert keys(old="none") == ""
    assert keys(advisor=led[0].pk) == "a"
    assert keys(advisor=0) == "c"
    assert keys(after=Client.objects.get(external_id="a").pk) == "bc"


def test_who_only_differs_from_the_policy_in_force_is_listed_by_that_tier(led):
    publish(store_policy(BY_REVENUE))
    TierAssignment.objects.all().delete()
    simulate(store_policy(BY_GROWTH))
    draft = store_policy(BY_GROWTH)
    services.apply_run(run=services.propose_run(as_of=D, policy=draft), applied_by=None)
    found = simulate(draft)
    assert list(simulation.movers(found)) == []
    assert [row.client.external_id for row in simulation.movers(found, published="A")] == ["a"]
    assert found.result["moving"] == 0


# --- Worker, and two at once ---------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_worker_simulates_for_a_large_firm():
    store([case("a", 300, growth=1)])
    person = User.objects.create_user("ada")
    draft = store_policy(BY_GROWTH)
    job = start_job(task="tiers.nobody", title="x", by=person)
    tasks.simulate(job.pk, draft.pk, D.isoformat(), person.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert f"/{draft.pk}/" in job.result_url
    assert simulation.current(draft, D).made_by == person
    tasks.simulate(job.pk, draft.pk, D.isoformat(), person.pk)  # the message delivered twice
    assert Simulation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_who_simulate_at_once_leave_one_result_and_no_error():
    store([case(f"c{n}", n, growth=n % 5 + 1) for n in range(50)])
    draft = store_policy(BY_GROWTH)
    problems, start = [], threading.Barrier(4)

    def work():
        start.wait(5)
        try:
            for _ in range(3):
                simulate(draft, fresh=True)
        except Exception as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    found = Simulation.objects.get()
    assert SimulatedMove.objects.exclude(simulation=found).count() == 0
    assert SimulatedMove.objects.count() == found.result["moving"]
