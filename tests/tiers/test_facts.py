"""A snapshot of facts weighs the same as the tables themselves, is shared while fresh, and soon forgotten."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
import time_machine
from django.db import connection, connections, transaction
from django.utils import timezone
from hypothesis import given

from clients.models import ServiceRole, Touch, TouchKind
from tests.tiers.firm import SHIPPED, D, case, store, store_policy
from tests.tiers.reference import Rule, Stated, evaluate
from tests.tiers.test_scoring_by_reference import FEW, situations, undone
from tiers import facts, rules, scoring
from tiers.models import ClientFacts, FactSnapshot, PolicyTouchWeight
from tiers.policies import clone_policy

pytestmark = pytest.mark.django_db
KNOWN = {"potential": Decimal(1000), "growth": 3, "alignment": 3}


def an_hour_later():
    return time_machine.travel(timezone.now() + dt.timedelta(hours=1))


def weighed(measurement):
    """Everything that the tiers are filled from, by client number."""
    columns = ["external_id", "revenue", "score", "completeness", "override_tier_id", "current_tier_id"]
    columns += [f"v_{factor}" for factor in measurement.needed]
    columns += [f"p_{factor}" for factor in measurement.factors]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM tiers_scoring ORDER BY external_id")
        return cursor.fetchall()


@FEW
@given(situation=situations())
def test_it_weighs_the_same_as_the_tables_of_facts(situation):
    on, cases, stated = situation
    with undone():
        store(cases, on=on)
        policy = store_policy(stated)
        from_tables = scoring.measure(policy, on)
        expected = weighed(from_tables[0])
        from_snapshot = facts.measure(policy, facts.snapshot(policy, on))
        assert from_snapshot[1] == from_tables[1]
        assert weighed(from_snapshot[0]) == expected


@FEW
@given(situation=situations())
def test_a_replaced_value_ranks_everybody_as_if_it_were_so(situation):
    on, cases, stated = situation
    with undone():
        store(cases, on=on)
        policy = store_policy(stated)
        taken = facts.snapshot(policy, on)
        client = ClientFacts.objects.filter(snapshot=taken).order_by("external_id").first()
        if client is None:
            return
        _m, totals = facts.measure(policy, taken, client_id=client.client_id, instead={"growth": Decimal(5)})
        last = rules.fill_tiers(policy, totals.revenue)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT external_id, score, rule, (SELECT code FROM clients_tier t
                    WHERE t.id = proposed_tier_id) FROM ({scoring.PROPOSAL}) p""",
                {"last_tier": last},
            )
            found = {key: (score, rule, tier) for key, score, rule, tier in cursor.fetchall()}
        for one in cases:
            if one.external_id == client.external_id:
                one.growth = 5
        expected = evaluate(cases, stated, on)
        assert found == {key: (one.score, one.rule, one.tier) for key, one in expected.items()}


@pytest.fixture
def policy(db):
    store([case("a", 400, **KNOWN), case("b", 300, **KNOWN)])
    return store_policy(SHIPPED)


def test_it_is_shared_while_fresh_whatever_the_weights(policy):
    first = facts.snapshot(policy, D)
    other = clone_policy(policy=policy)
    other.factors.update(weight=7)
    assert facts.snapshot(other, D) == first
    assert facts.snapshot(policy, D - dt.timedelta(days=1)) != first
    assert ClientFacts.objects.filter(snapshot=first).count() == 2


def test_it_is_taken_anew_when_out_of_date_or_asked_for(policy):
    first = facts.snapshot(policy, D)
    second = facts.snapshot(policy, D, fresh=True)
    assert second != first
    assert facts.snapshot(policy, D) == second
    FactSnapshot.objects.update(taken_at=timezone.now() - dt.timedelta(minutes=16))
    assert facts.snapshot(policy, D) not in (first, second)


@pytest.mark.parametrize("measured_by", ["half-life", "touch weight", "kind", "hourly cost"])
def test_what_changes_engagement_or_cost_takes_other_facts(policy, measured_by):
    first = facts.snapshot(policy, D)
    if measured_by == "half-life":
        policy.half_life_days = 30
        policy.save(update_fields=["half_life_days"])
    elif measured_by == "touch weight":
        PolicyTouchWeight.objects.create(policy=policy, kind=TouchKind.objects.get(code="call"), weight=9)
    elif measured_by == "kind":
        TouchKind.objects.filter(code="call").update(engagement_weight=9)
    else:
        ServiceRole.objects.filter(code="planner").update(hourly_cost=101)
    assert facts.snapshot(policy, D) != first


def test_old_ones_are_forgotten_and_few_are_kept(policy):
    for days in range(facts.KEPT + 3):
        facts.snapshot(policy, D - dt.timedelta(days=days))
    assert FactSnapshot.objects.count() == facts.KEPT + 1  # and the one just taken
    assert ClientFacts.objects.count() == 2 * FactSnapshot.objects.count()
    FactSnapshot.objects.update(taken_at=timezone.now() - dt.timedelta(minutes=16))
    assert facts.forget_old() == facts.KEPT + 1
    assert not ClientFacts.objects.exists()


def test_its_tables_write_no_log(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relpersistence FROM pg_class "
            "WHERE relname IN ('tiers_clientfacts', 'tiers_factsnapshot')"
        )
        assert dict(cursor.fetchall()) == {"tiers_clientfacts": "u", "tiers_factsnapshot": "u"}


def test_referrals_of_three_years_count_and_those_before_do_not(db):
    days = [D, D.replace(year=2023) + dt.timedelta(days=1), D.replace(year=2023)]
    store([case("a", touches=[(day, Decimal(15), True, 0, Decimal(150)) for day in days])])
    Touch.objects.create(
        client=Touch.objects.first().client,
        occurred_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
        occurred_on=dt.date(2026, 3, 1),
        kind=TouchKind.objects.get(code="referral"),
        outcome="attempted",
        role_id=1,
    )
    policy = store_policy(Stated(weights={"referrals": Decimal(1)}, rules=[Rule("C")]))
    taken = facts.snapshot(policy, D)
    place = facts.PLACES["referrals"] - 1
    assert ClientFacts.objects.get(snapshot=taken).values[place] == 2


@pytest.mark.django_db(transaction=True)
def test_two_people_who_ask_at_once_share_one():
    store([case("a", 400, **KNOWN)])
    policy = store_policy(SHIPPED)
    found, entered = [], threading.Event()

    def second():
        entered.set()
        with transaction.atomic():
            found.append(facts.snapshot(policy, D))
        connections.close_all()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        found.append(facts.snapshot(policy, D))
        thread.start()
        entered.wait(5)
        thread.join(0.3)
        assert len(found) == 1  # the second waits until the first one's can be seen
    thread.join(10)
    assert found[0] == found[1]
    assert FactSnapshot.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_in_use_is_not_forgotten():
    store([case("a", 400, **KNOWN)])
    policy = store_policy(SHIPPED)
    forgotten = []

    def forget():
        forgotten.append(facts.forget_old())
        connections.close_all()

    with transaction.atomic():
        facts.snapshot(policy, D)
    with transaction.atomic():
        taken = facts.snapshot(policy, D)
        with an_hour_later():
            thread = threading.Thread(target=forget)
            thread.start()
            thread.join(10)
        assert forgotten == [0]
        assert facts.facts_of(taken, ClientFacts.objects.get().client_id)
    with an_hour_later():
        assert facts.forget_old() == 1
