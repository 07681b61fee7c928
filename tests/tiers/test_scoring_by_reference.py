"""Whatever the firm and the policy, a run finds what the definition says."""

import datetime as dt
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.tiers.firm import store, store_policy
from tests.tiers.reference import Case, Found, Rule, Stated, evaluate, year_before
from tiers import services
from tiers.models import Explanation, ScoringRun, TierAssignment

pytestmark = pytest.mark.django_db

FACTORS = (
    "revenue", "potential", "profitability", "engagement", "growth", "alignment",
    "share_of_wallet", "referrals", "tenure", "lifetime_value", "assets",
)  # fmt: skip
DAYS = st.sampled_from([dt.date(2026, 3, 31), dt.date(2028, 2, 29), dt.date(2027, 2, 28)])
WEIGHTS = st.sampled_from([Decimal(x) for x in ("15.00", "10.00", "5.00", "3.00", "1.00", "0.00")])
RATES = st.sampled_from([Decimal(x) for x in ("150.00", "100.00", "75.00", "50.00")])


def amounts(*texts: str) -> st.SearchStrategy[Decimal]:
    return st.sampled_from([Decimal(text) for text in texts])


@st.composite
def firms(draw: st.DrawFn, on: dt.date) -> list[Case]:
    """Up to ten clients whose facts stand close together, at the edges of the window, or are missing."""
    edge = (on - year_before(on)).days
    far = (on - year_before(on, 3)).days
    ages = st.sampled_from([0, 1, 30, 180, edge - 1, edge, edge + 1, far - 1, far, -1])
    day = ages.map(lambda age: on - dt.timedelta(days=age))
    tiers = st.sampled_from([None, None, "A", "B", "C"])
    cases = st.builds(
        Case,
        external_id=st.text("aAzZ0-_=é", min_size=1, max_size=3),
        active=st.sampled_from([True, True, True, True, False]),
        potential=st.none() | amounts("0", "1000", "1000.01", "99999999.99"),
        growth=st.none() | st.integers(1, 5),
        alignment=st.none() | st.integers(1, 5),
        revenue=st.lists(st.tuples(day, amounts("0", "100", "100.01", "33.33", "5000", "-100")), max_size=3),
        touches=st.lists(
            st.tuples(day, WEIGHTS, st.booleans(), st.sampled_from([0, 1, 7, 20, 60]), RATES), max_size=3
        ),
        time=st.lists(st.tuples(day, st.sampled_from([1, 7, 20, 600]), RATES), max_size=2),
        assets=st.none() | amounts("0", "1", "500000", "3000000.01", "99999999999999.99"),
        investable=st.none() | amounts("0", "3", "1000000", "3000000.01", "7000000"),
        years=st.none() | st.sampled_from([0, 1, 7, 60]),
        since=st.none() | day | st.just(dt.date(1999, 12, 31)),
        tier=tiers,
        pinned=st.sampled_from([None, None, None, None, "A", "B", "C"]),
    )
    return draw(st.lists(cases, max_size=10, unique_by=lambda case: case.external_id))


@st.composite
def policies(draw: st.DrawFn) -> Stated:
    """Any factors and weights; two or three tiers in any order, with any limits."""
    factors = draw(st.lists(st.sampled_from(FACTORS), min_size=1, max_size=7, unique=True))
    weights = {factor: draw(amounts("0", "1", "10", "33.33", "25")) for factor in factors}
    if not any(weights.values()):
        weights[factors[0]] = Decimal(10)
    keys = st.sampled_from(["score", "score", *FACTORS])
    rules = [
        Rule(
            tier,
            key=draw(keys),
            share=draw(st.none() | amounts("0", "0.3", "0.6", "1")),
            most=draw(st.none() | st.integers(0, 4)),
            minimum_key=(minimum := draw(st.sampled_from(["", "", "score", "growth", "revenue"]))),
            minimum=draw(amounts("0", "3", "50")) if minimum else None,
        )
        for tier in draw(st.permutations(["A", "B", "C"]))[: draw(st.integers(1, 3))]
    ]
    return Stated(
        weights=weights,
        rules=rules,
        half_life=draw(st.sampled_from([1, 30, 180])),
        completeness=draw(amounts("0", "0.5", "0.6", "1")),
        margin=draw(amounts("0", "5", "30", "100")),
    )


@st.composite
def situations(draw: st.DrawFn) -> tuple[dt.date, list[Case], Stated]:
    on = draw(DAYS)
    return on, draw(firms(on)), draw(policies())


def run_of(on: dt.date, cases: list[Case], stated: Stated) -> ScoringRun:
    store(cases, on=on)
    return services.propose_run(as_of=on, policy=store_policy(stated))


def explanations(run: ScoringRun) -> dict[str, Explanation]:
    rows = run.explanations.select_related("client", "proposed_tier")
    return {row.client.external_id: row for row in rows}


def assert_equal(row: Explanation, found: Found, run: ScoringRun) -> None:
    assert row.score == found.score
    assert (row.proposed_tier and row.proposed_tier.code) == found.tier
    assert row.rule == found.rule
    assert abs(Fraction(row.completeness) - found.completeness) < Fraction(1, 100_000)
    for n, factor in enumerate(run.factors):
        value, percentile = found.values[factor], found.percentiles[factor]
        assert (row.values[n] is None) == (value is None)
        if value is not None:
            # the cost of a minute is rounded to nine decimals, and counts up to sixty times in lifetime value
            near = Fraction(1, 10**7) if factor == "lifetime_value" else Fraction(1, 10**8)
            assert abs(Fraction(row.values[n]) - value) < near
            assert row.percentiles[n] == pytest.approx(float(percentile), abs=1e-9)
    if row.score is None:
        assert all(part is None for part in row.contributions)
    else:
        assert 0 <= row.score <= 100
        parts = sum(part for part in row.contributions if part is not None)
        assert parts == pytest.approx(float(row.score), abs=0.005 + 1e-9)


SLOW = settings(max_examples=examples(100), deadline=None, suppress_health_check=list(HealthCheck))
FEW = settings(SLOW, max_examples=examples(25))


@contextmanager
def undone():
    """Examples do not see each other's rows."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@SLOW
@given(situation=situations())
def test_it_finds_what_the_definition_says(situation):
    on, cases, stated = situation
    with undone():
        run = run_of(on, cases, stated)
        expected, got = evaluate(cases, stated, on), explanations(run)
        assert got.keys() == expected.keys()
        for key, found in expected.items():
            assert_equal(got[key], found, run)
        assert run.clients == len(expected)
        assert run.scored == sum(one.score is not None for one in expected.values())
        assert run.total_revenue == sum(one.values["revenue"] or 0 for one in expected.values())
        moved = sum(one.tier != case.tier for case in cases if (one := expected.get(case.external_id)))
        assert sum(move["clients"] for move in run.moves) == moved


@FEW
@given(situation=situations(), order=st.randoms(use_true_random=False))
def test_it_does_not_depend_on_the_order_of_rows(situation, order):
    on, cases, stated = situation
    with undone():
        shuffled = list(cases)
        order.shuffle(shuffled)
        for case in shuffled:
            order.shuffle(case.revenue)
            order.shuffle(case.touches)
        found = []
        for version in (cases, shuffled):
            with undone():
                rows = explanations(run_of(on, version, stated))
                found.append(
                    {
                        key: (row.score, row.proposed_tier_id, row.rule, row.percentiles)
                        for key, row in rows.items()
                    }
                )
        assert found[0] == found[1]


@FEW
@given(situation=situations())
def test_it_never_expels_an_incumbent_within_the_margin(situation):
    on, cases, stated = situation
    with undone():
        found = evaluate(cases, stated, on)
        rows = explanations(run_of(on, cases, stated))
        tiers = {case.external_id: case.tier for case in cases}
        for rule in stated.rules[:-1]:
            seated = [key for key, one in found.items() if one.rule == rule.key and one.tier == rule.tier]
            if rule.key != "score" or not seated or rule.minimum_key:
                continue
            cut = min(rows[key].score for key in seated)
            higher = set(stated.ladder[: stated.ladder.index(rule.tier) + 1])
            earlier = {r.tier for r in stated.rules[: stated.rules.index(rule) + 1]}
            for key, row in rows.items():
                within = row.score is not None and row.score >= cut - stated.margin
                if within and tiers[key] in higher and row.rule != "override":
                    assert row.proposed_tier.code in earlier


@FEW
@given(situation=situations())
def test_applying_it_leaves_one_unbroken_line_of_tiers(situation):
    on, cases, stated = situation
    with undone():
        run = run_of(on, cases, stated)
        services.apply_run(run=run, applied_by=None)
        services.apply_run(run=services.propose_run(as_of=on, policy=run.policy), applied_by=None)
        lines: dict[int, list[TierAssignment]] = {}
        for row in TierAssignment.objects.order_by("client_id", "id"):
            lines.setdefault(row.client_id, []).append(row)
        for line in lines.values():
            assert [row.ends_on for row in line].count(None) == 1
            assert all(earlier.ends_on == later.starts_on for earlier, later in pairwise(line))


@FEW
@given(situation=situations())
def test_a_rerun_changes_nothing(situation):
    """Where tiers are filled from the highest down and nobody's revenue is negative."""

    on, cases, stated = situation
    with undone():
        stated.rules.sort(key=lambda rule: rule.tier)
        for case in cases:
            case.revenue = [(day, abs(amount)) for day, amount in case.revenue]
        run = run_of(on, cases, stated)
        services.apply_run(run=run, applied_by=None)
        again = services.propose_run(as_of=on, policy=run.policy)
        assert again.moves == []
        before, after = explanations(run), explanations(again)
        assert {key: row.score for key, row in before.items()} == {
            key: row.score for key, row in after.items()
        }
        assert services.apply_run(run=again, applied_by=None) == services.Applied(moved=0, first=0)
