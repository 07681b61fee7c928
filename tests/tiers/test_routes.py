"""A route to the next tier holds when it is tried, nothing smaller does, and what cannot be is said."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from clients.firm import firm_today
from clients.jobs import start_job
from clients.models import Client, Job, JobState, User
from tests.tiers.firm import D, case, store, store_policy
from tests.tiers.reference import Case, Rule, Stated, evaluate
from tests.tiers.test_scoring_by_reference import FEW, undone
from tiers import routes, services, tasks
from tiers.models import TierAssignment

pytestmark = pytest.mark.django_db
A_MONTH_AGO = D - dt.timedelta(days=30)


def found(cases, stated, key):
    """The routes of the client, by factor; from a run that is left as it was proposed."""
    store(cases)
    run = services.propose_run(as_of=D, policy=store_policy(stated))
    rows = routes.nearest_routes(client=Client.objects.get(external_id=key), run=run)
    return {route.factor: route for route in rows}


def with_value(cases: list[Case], key: str, factor: str, value: Decimal) -> list[Case]:
    """The firm as it would be with this value of the client's factor."""
    changes = {
        "revenue": {"revenue": [(A_MONTH_AGO, value)]},
        "potential": {"potential": value},
        "growth": {"growth": int(value)},
        "alignment": {"alignment": int(value)},
        "assets": {"assets": value},
    }[factor]
    return [
        dataclasses.replace(one, **changes) if one.external_id == key else dataclasses.replace(one)
        for one in cases
    ]


def reached(cases: list[Case], stated: Stated, key: str, wanted: str) -> bool:
    """Whether the client would sit in the wanted tier or one before it, by the definition."""
    order = [rule.tier for rule in stated.rules]
    tier = evaluate(cases, stated, D)[key].tier
    return tier in order and order.index(tier) <= order.index(wanted)


AMOUNTS = st.sampled_from([Decimal(x) for x in (0, 10, 20, 30, 40, 50, 60, 70)])
RATED = ("revenue", "potential", "growth", "alignment", "assets")


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[Case], Stated]:
    cases = [
        Case(
            external_id=f"k{n}",
            revenue=[] if (amount := draw(st.none() | AMOUNTS)) is None else [(A_MONTH_AGO, amount)],
            potential=draw(st.none() | AMOUNTS),
            growth=draw(st.none() | st.integers(1, 5)),
            alignment=draw(st.none() | st.integers(1, 5)),
            assets=draw(st.none() | AMOUNTS),
            tier=draw(st.sampled_from([None, "A", "B", "C"])),
        )
        for n in range(draw(st.integers(1, 8)))
    ]
    factors = draw(st.lists(st.sampled_from(RATED), min_size=1, max_size=4, unique=True))
    minimum = draw(st.sampled_from(["", "growth"]))
    stated = Stated(
        weights={factor: draw(st.sampled_from([Decimal(10), Decimal(30)])) for factor in factors},
        rules=[
            Rule("A", most=draw(st.integers(1, 3))),
            Rule(
                "B",
                key=draw(st.sampled_from(["score", "growth"])),
                most=draw(st.integers(1, 3)),
                minimum_key=minimum,
                minimum=Decimal(4) if minimum else None,
            ),
            Rule("C"),
        ],
        completeness=draw(st.sampled_from([Decimal(0), Decimal("0.6")])),
        margin=draw(st.sampled_from([Decimal(0), Decimal(0), Decimal(10)])),
    )
    return cases, stated


@FEW
@given(situation=situations())
def test_each_route_holds_by_the_definition_and_nothing_smaller_does(situation):
    cases, stated = situation
    with undone():
        rows = found(cases, stated, "k0")
        before = evaluate(cases, stated, D)["k0"]
        order = [rule.tier for rule in stated.rules]
        if before.tier == "A":
            assert rows == {}
            return
        wanted = order[order.index(before.tier) - 1] if before.tier else "C"
        for factor, route in rows.items():
            assert route.tier == wanted
            # Every value at which anything can change: level with somebody, just above, and the ratings.
            now = before.values[factor]
            others = {one.values[factor] for one in evaluate(cases, stated, D).values()} - {None}
            tried = sorted({x for other in others for x in (other, other + Fraction(1, 100))})
            if factor in ("growth", "alignment"):
                tried = [Fraction(n) for n in range(1, 6)]
            tried = [x for x in tried if now is None or x > now]
            enough = [x for x in tried if reached(_as(cases, factor, x), stated, "k0", wanted)]
            if "asks for" in route.impossible:
                firms = (_as(cases, factor, x) for x in tried)
                assert all(evaluate(firm, stated, D)["k0"].tier != wanted for firm in firms)
            elif route.needed is None:
                assert not enough
                assert route.impossible
            else:
                assert route.verified
                assert Fraction(route.needed) == enough[0]


def _as(cases: list[Case], factor: str, value: Fraction) -> list[Case]:
    return with_value(cases, "k0", factor, Decimal(value.numerator) / Decimal(value.denominator))


def test_it_says_how_much_more_it_takes():
    stated = Stated(
        weights={"revenue": Decimal(1), "growth": Decimal(2)}, rules=[Rule("A", most=1), Rule("C")]
    )
    rows = found([case("a", 400, growth=4), case("b", 300, growth=3)], stated, "b")
    assert (rows["growth"].now, rows["growth"].needed, rows["growth"].difference) == (3, 5, 2)
    assert rows["growth"].verified
    assert rows["revenue"].needed is None


def test_who_draws_level_and_comes_later_by_number_needs_a_cent_more():
    stated = Stated(weights={"revenue": Decimal(1)}, rules=[Rule("A", most=1), Rule("C")])
    rows = found([case("a", 400), case("b", 300)], stated, "b")
    assert (rows["revenue"].needed, rows["revenue"].difference) == (Decimal("400.01"), Decimal("100.01"))


def test_more_revenue_is_more_profit_too():
    cases = [case("a", 400), case("b", 300, touches=[(D, Decimal(5), True, 60, Decimal(150))])]
    stated = Stated(
        weights={"profitability": Decimal(2), "revenue": Decimal(1)}, rules=[Rule("A", most=1), Rule("C")]
    )
    rows = found(cases, stated, "b")
    assert rows["revenue"].needed == 550
    assert rows["profitability"].needed is None  # without any cost it would be 300


def test_a_minimum_of_another_factor_closes_the_way_and_is_named():
    stated = Stated(
        weights={"revenue": Decimal(1)},
        rules=[Rule("A", key="growth", minimum_key="growth", minimum=Decimal(4)), Rule("C")],
    )
    rows = found([case("a", 400, growth=3)], stated, "a")
    assert "growth potential of at least 4" in rows["revenue"].impossible
    assert (rows["growth"].needed, rows["growth"].verified) == (4, True)


def test_a_client_of_whom_too_little_is_known_hears_what_would_be_enough():
    stated = Stated(
        weights={"growth": Decimal(1), "alignment": Decimal(1)},
        rules=[Rule("A", most=1), Rule("C")],
        completeness=Decimal(1),
    )
    rows = found([case("a", growth=5, alignment=5), case("b", growth=1)], stated, "b")
    assert rows["growth"].impossible
    assert (rows["alignment"].tier, rows["alignment"].now, rows["alignment"].needed) == ("C", None, 1)
    assert rows["alignment"].difference == 1


def test_where_the_margin_keeps_every_place_it_says_so():
    stated = Stated(weights={"growth": Decimal(1)}, rules=[Rule("A", most=1), Rule("C")], margin=Decimal(100))
    rows = found([case("a", growth=4, tier="A"), case("b", growth=3)], stated, "b")
    assert "stability margin" in rows["growth"].impossible


def test_the_first_tier_a_pin_and_a_paused_client_have_no_route():
    stated = Stated(weights={"growth": Decimal(1)}, rules=[Rule("A", most=1), Rule("C")])
    cases = [case("a", growth=4), case("b", growth=3, pinned="C"), case("c", growth=2, active=False)]
    store(cases)
    run = services.propose_run(as_of=D, policy=store_policy(stated))
    for key in "abc":
        assert routes.nearest_routes(client=Client.objects.get(external_id=key), run=run) == []


def test_lifetime_value_grows_by_whole_years():
    cases = [case("a", 100, years=5), case("b", 100, years=2)]
    stated = Stated(weights={"lifetime_value": Decimal(1)}, rules=[Rule("A", most=1), Rule("C")])
    assert found(cases, stated, "b")["lifetime_value"].needed == 600


def test_the_share_of_wallet_ends_at_all_of_it():
    whole = {"investable": Decimal(1000)}
    cases = [case("a", assets=Decimal(1000), **whole), case("b", assets=Decimal(300), **whole)]
    stated = Stated(weights={"share_of_wallet": Decimal(1)}, rules=[Rule("A", most=1), Rule("C")])
    # At best level with the other, who comes first by number.
    assert found(cases, stated, "b")["share_of_wallet"].needed is None


def test_it_moves_nobody():
    stated = Stated(weights={"growth": Decimal(1)}, rules=[Rule("A", most=1), Rule("C")])
    store([case("a", growth=4, tier="A"), case("b", growth=3, tier="C")])
    run = services.propose_run(as_of=D, policy=store_policy(stated))
    before = list(TierAssignment.objects.order_by("pk").values())
    routes.nearest_routes(client=Client.objects.get(external_id="b"), run=run)
    assert list(TierAssignment.objects.order_by("pk").values()) == before


def test_in_a_large_firm_the_page_asks_a_worker_and_shows_what_it_found(client, monkeypatch):
    monkeypatch.setattr(routes, "IN_REQUEST", 0)
    stated = Stated(weights={"growth": Decimal(1)}, rules=[Rule("A", most=1), Rule("C")])
    store([case("a", growth=4), case("b", growth=3)])
    run = services.propose_run(as_of=firm_today(), policy=store_policy(stated))
    of = Client.objects.get(external_id="b")
    person = User.objects.create_user("ada")
    person.groups.add(Group.objects.get(name="operations"))
    client.force_login(person)
    address = reverse("client_tier:route", args=[of.pk])
    assert "Look for the way" in client.get(address).content.decode()
    assert client.post(address).status_code == 302
    job = Job.objects.get()
    assert job.task == "tiers.find_routes"
    assert of.name not in job.title
    routes.find_and_keep(client=of, run=run)
    page = client.get(address).content.decode()
    assert "Look for the way" not in page
    assert "tried out with every client ranked" in page


@pytest.mark.django_db(transaction=True)
def test_a_worker_keeps_what_it_found():
    stated = Stated(weights={"growth": Decimal(1)}, rules=[Rule("A", most=1), Rule("C")])
    store([case("a", growth=4), case("b", growth=3)])
    run = services.propose_run(as_of=D, policy=store_policy(stated))
    client = Client.objects.get(external_id="b")
    assert routes.kept_routes(client=client, run=run) is None
    job = start_job(task="tiers.nobody", title="x", by=User.objects.create_user("ada"))
    tasks.find_routes(job.pk, client.pk, run.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert routes.kept_routes(client=client, run=run) == routes.nearest_routes(client=client, run=run)
