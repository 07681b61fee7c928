"""A client near a cut does not flip back and forth, and has one tier at any time, whatever is done to it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from clients.commands import Refused
from clients.models import Client, ClientSummary, Tier
from tests.examples import examples
from tests.tiers.firm import D, case, current_tiers, store, store_policy, tier
from tests.tiers.reference import Case, Rule, Stated, evaluate
from tests.tiers.test_scoring_by_reference import SLOW, undone
from tiers import overrides, services
from tiers.models import AssignmentSource, Override, RejectedMove, RunStatus, ScoringRun, TierAssignment

pytestmark = pytest.mark.django_db
LADDER = ("A", "B", "C")


# --- The margin, word for word ---------------------------------------------------------------------------


def seated_by_the_definition(cases: list[Case], stated: Stated) -> dict[str, str]:
    """Who sits in the first tier, which is filled by score, written a second time from the definition alone.

    "Let c be the lowest score seated without a margin. Clients now in that tier or a higher one whose score
    is at least c - m are seated first, in order; newcomers fill what the limits leave."
    """
    found = evaluate(cases, stated, D)
    first = stated.rules[0]
    now = {case.external_id: case.tier for case in cases}
    revenue = {key: one.values["revenue"] or Fraction(0) for key, one in found.items()}
    whole = sum(revenue.values(), Fraction(0))
    pinned = {case.external_id for case in cases if case.pinned}
    pinned_here = [case.external_id for case in cases if case.pinned == first.tier]

    def has_room(seated: list[str]) -> bool:
        if first.most is not None and len(seated) >= first.most:
            return False
        so_far = sum((revenue[key] for key in seated), Fraction(0))
        return first.share is None or so_far < Fraction(first.share) * whole

    def order(key: str) -> tuple:
        known = found[key].values["revenue"]
        return (-found[key].score, known is None, -(known or 0), key.encode())

    queue = sorted(
        (key for key, one in found.items() if one.score is not None and key not in pinned), key=order
    )
    without: list[str] = []
    for key in queue:
        if not has_room(pinned_here + without):
            break
        without.append(key)
    if not without:
        return {}
    cut = min(found[key].score for key in without)
    seated = [key for key in queue if now[key] == first.tier and found[key].score >= cut - stated.margin]
    for key in queue:
        if key in seated:
            continue
        if not has_room(pinned_here + seated):
            break
        seated.append(key)
    return dict.fromkeys(seated, first.tier)


@st.composite
def crowds(draw: st.DrawFn) -> tuple[list[Case], Stated]:
    """Up to a dozen clients whose scores lie close together, many of them in the first tier now."""
    cases = [
        case(
            f"k{n:02}",
            draw(st.none() | st.sampled_from([-50, 0, 10, 10, 20, 500])),
            growth=draw(st.none() | st.integers(1, 5)),
            alignment=draw(st.none() | st.integers(1, 5)),
            tier=draw(st.sampled_from([None, "A", "A", "B", "C"])),
            pinned=draw(st.sampled_from([None, None, None, None, "A", "B"])),
        )
        for n in range(draw(st.integers(0, 12)))
    ]
    stated = Stated(
        weights={"growth": Decimal(2), "alignment": Decimal(1)},
        rules=[
            Rule(
                "A",
                most=draw(st.none() | st.integers(0, 6)),
                share=draw(st.none() | st.sampled_from([Decimal("0.3"), Decimal("0.6")])),
            ),
            Rule("B", most=draw(st.integers(0, 4))),
            Rule("C"),
        ],
        margin=draw(st.sampled_from([Decimal(x) for x in ("0", "0.5", "5", "20", "100")])),
    )
    return cases, stated


@SLOW
@given(crowd=crowds())
def test_the_first_tier_seats_whom_the_definition_seats(crowd):
    cases, stated = crowd
    with undone():
        store(cases)
        run = services.propose_run(as_of=D, policy=store_policy(stated))
        rows = run.explanations.filter(proposed_tier__code="A").exclude(
            rule__in=("override", "insufficient data")
        )
        there = set(rows.values_list("client__external_id", flat=True))
        assert there == seated_by_the_definition(cases, stated).keys()


@SLOW
@given(crowd=crowds())
def test_no_incumbent_within_the_margin_of_the_cut_is_expelled(crowd):
    cases, stated = crowd
    with undone():
        store(cases)
        run = services.propose_run(as_of=D, policy=store_policy(stated))
        rows = {
            row.client.external_id: row for row in run.explanations.select_related("client", "proposed_tier")
        }
        plain = _seated_without_margin(cases, stated)
        if not plain:
            return
        cut = min(rows[key].score for key in plain)
        for one in cases:
            row = rows[one.external_id]
            near = row.score is not None and row.score >= cut - stated.margin
            if one.tier == "A" and near and not one.pinned:
                assert row.proposed_tier.code == "A"


def _seated_without_margin(cases: list[Case], stated: Stated) -> set[str]:
    """Whom the first tier takes when nobody has a tier yet, so that no margin keeps anyone."""
    newcomers = [Case(**{**vars(one), "tier": None}) for one in cases]
    found = evaluate(newcomers, stated, D)
    return {key for key, one in found.items() if one.tier == "A" and one.rule == "score"}


@pytest.mark.parametrize(("margin", "moves"), [(0, 20), (10, 0)])
def test_two_clients_who_swap_places_each_month_move_without_a_margin_and_stay_with_one(margin, moves):
    cases = [
        case("a", 500, growth=3),
        case("b", 499, growth=3),
        *(case(f"k{n}", n, growth=3) for n in range(20)),
    ]
    store(cases)
    policy = store_policy(
        Stated(weights={"revenue": Decimal(1)}, rules=[Rule("A", most=1), Rule("C")], margin=Decimal(margin))
    )
    moved = 0
    for month in range(11):
        ahead, behind = ("a", "b") if month % 2 == 0 else ("b", "a")
        Client.objects.get(external_id=ahead).revenue.update(amount=500)
        Client.objects.get(external_id=behind).revenue.update(amount=499)
        run = services.propose_run(as_of=D + dt.timedelta(days=month), policy=policy)
        moved += services.apply_run(run=run, applied_by=None).moved
    assert moved == moves


# --- One tier at any time ----------------------------------------------------------------------------------


class Histories(RuleBasedStateMachine):
    """Proposes, applies in parts, rejects, undoes, pins and goes on to the next day, in any order."""

    CLIENTS = 5
    ORDERS = st.permutations(range(CLIENTS))

    def __init__(self) -> None:
        super().__init__()
        self.day = D
        self.clock = time_machine.travel(self._noon(), tick=False)
        self.clock.start()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    @initialize(margin=st.sampled_from([Decimal(0), Decimal(30)]))
    def a_firm(self, margin: Decimal) -> None:
        store([case(f"k{n}", 100 * n, growth=n % 5 + 1) for n in range(self.CLIENTS)])
        self.policy = store_policy(
            Stated(
                weights={"revenue": Decimal(2), "growth": Decimal(1)},
                rules=[Rule("A", most=1), Rule("B", most=2), Rule("C")],
                margin=margin,
            )
        )

    @rule(n=st.integers(0, CLIENTS - 1), status=st.sampled_from(["active", "active", "paused"]))
    def status_changes(self, n: int, status: str) -> None:
        Client.objects.filter(external_id=f"k{n}").update(status=status)

    @rule(ahead=st.sampled_from([0, 0, 0, 1]))
    def propose(self, ahead: int) -> None:
        services.propose_run(as_of=self.day + dt.timedelta(days=ahead), policy=self.policy)

    @rule(first=st.booleans(), order=ORDERS)
    def move_by_itself(self, first: bool, order: list[int]) -> None:
        self._earn(order)
        run = services.propose_run(as_of=self.day, policy=self.policy)
        self._try(services.give_first_tiers if first else services.give_upgrades, run=run)

    @rule(order=ORDERS)
    def propose_and_apply(self, order: list[int]) -> None:
        self._earn(order)
        run = services.propose_run(as_of=self.day, policy=self.policy)
        self._try(services.apply_run, run=run, applied_by=None)

    @precondition(lambda self: ScoringRun.objects.filter(status=RunStatus.PROPOSED).exists())
    @rule(back=st.sampled_from([0, 0, 1, 3]), rejected=st.integers(0, CLIENTS - 1))
    def apply_a_part(self, back: int, rejected: int) -> None:
        proposed = ScoringRun.objects.filter(status=RunStatus.PROPOSED).order_by("-pk")
        run = proposed[min(back, proposed.count() - 1)]
        client = Client.objects.get(external_id=f"k{rejected}")
        RejectedMove.objects.get_or_create(run=run, client=client, defaults={"reason": "x"})
        some = list(Client.objects.order_by("pk").values_list("pk", flat=True)[:3])
        self._try(services.apply_run, run=run, applied_by=None, clients=some)

    @precondition(lambda self: ScoringRun.objects.filter(status=RunStatus.APPLIED).exists())
    @rule(back=st.sampled_from([0, 0, 0, 1]))
    def undo(self, back: int) -> None:
        applied = ScoringRun.objects.filter(status=RunStatus.APPLIED).order_by("-as_of", "-pk")
        self._try(services.undo_run, run=applied[min(back, applied.count() - 1)], by=None)

    @precondition(lambda self: TierAssignment.objects.filter(source=AssignmentSource.UPGRADE).exists())
    @rule()
    def undo_upgrades(self) -> None:
        row = TierAssignment.objects.filter(source=AssignmentSource.UPGRADE).order_by("-pk")[0]
        self._try(services.undo_run, run=row.run, by=None)

    @rule(n=st.integers(0, CLIENTS - 1), code=st.sampled_from(LADDER), days=st.integers(0, 2))
    def pin(self, n: int, code: str, days: int) -> None:
        self._try(
            overrides.pin_tier,
            client=Client.objects.get(external_id=f"k{n}"),
            tier=tier(code),
            reason="other",
            text="tested",
            starts_on=self.day,
            expires_on=self.day + dt.timedelta(days=days),
            by=None,
        )

    @precondition(lambda self: Override.objects.filter(ended_on__isnull=True).exists())
    @rule()
    def end_a_pin(self) -> None:
        self._try(overrides.end_override, override=Override.objects.filter(ended_on__isnull=True).first())

    @rule(days=st.integers(1, 3))
    def time_passes(self, days: int) -> None:
        self.day += dt.timedelta(days=days)
        self.clock.stop()
        self.clock = time_machine.travel(self._noon(), tick=False)
        self.clock.start()
        services.prune_explanations()

    @invariant()
    def each_client_has_one_unbroken_line_of_tiers(self) -> None:
        lines: dict[int, list[TierAssignment]] = {}
        for row in TierAssignment.objects.order_by("client_id", "id"):
            lines.setdefault(row.client_id, []).append(row)
        for line in lines.values():
            assert [row.ends_on for row in line].count(None) == 1
            assert line[-1].ends_on is None
            assert all(earlier.ends_on == later.starts_on for earlier, later in pairwise(line))
            days = {self.day + dt.timedelta(days=n) for n in range(-5, 4)}
            for day in days:
                there = [
                    row for row in line if row.starts_on <= day and (row.ends_on is None or day < row.ends_on)
                ]
                assert len(there) == (day >= line[0].starts_on)

    @invariant()
    def the_summary_says_what_the_assignment_says(self) -> None:
        codes = dict(Tier.objects.values_list("pk", "code"))
        shown = ClientSummary.objects.filter(tier__isnull=False).values_list("client__external_id", "tier_id")
        assert {key: codes[pk] for key, pk in shown} == current_tiers()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        self.clock.stop()

    @staticmethod
    def _earn(order: list[int]) -> None:
        """Makes the clients' revenue fall in this order."""
        for place, n in enumerate(order):
            Client.objects.get(external_id=f"k{n}").revenue.update(amount=600 - 100 * place)

    def _noon(self) -> dt.datetime:
        return dt.datetime.combine(self.day, dt.time(16), dt.UTC)

    @staticmethod
    def _try(service, **arguments) -> None:
        """A refusal is an answer; it leaves nothing half done."""
        before = list(TierAssignment.objects.order_by("pk").values())
        try:
            service(**arguments)
        except Refused:
            assert list(TierAssignment.objects.order_by("pk").values()) == before


@pytest.mark.django_db
class TestHistories(Histories.TestCase):
    settings = settings(
        max_examples=examples(15),
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
