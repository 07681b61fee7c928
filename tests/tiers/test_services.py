"""Runs propose; applying starts tiers as one; undoing gives back; first tiers come by themselves."""

import datetime as dt
import threading
from decimal import Decimal

import pghistory
import pytest
from django.apps import apps
from django.db import connections, transaction

from clients.commands import Refused
from clients.models import Change, ChangeKind, Client, ClientSummary, TouchKind
from tests.tiers.firm import BY_REVENUE, SHIPPED, D, case, current_tiers, proposals, store, store_policy, tier
from tiers import overrides, services
from tiers.models import AssignmentSource, Explanation, Override, RunStatus, ScoringRun, TierAssignment

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
KNOWN = {"potential": Decimal(1000), "growth": 3, "alignment": 3}


@pytest.fixture
def firm(db):
    """Four clients by falling revenue; the fourth has no data at all."""
    store([case("a", 400), case("b", 300), case("c", 200), case("d")])


def propose(on=D, stated=BY_REVENUE, policy=None):
    return services.propose_run(as_of=on, policy=policy or store_policy(stated))


def summary(external_id):
    row = ClientSummary.objects.select_related("tier").get(client__external_id=external_id)
    return row.tier and row.tier.code, row.tier_position, row.score, row.scored_on


def test_it_proposes_without_moving_anyone(firm):
    run = propose()
    assert proposals(run) == {"a": "A", "b": "B", "c": "C", "d": None}
    assert current_tiers() == {}
    assert run.status == RunStatus.PROPOSED
    assert (run.clients, run.scored, run.insufficient, run.total_revenue) == (4, 3, 1, 900)
    assert run.tiers[0] == {"tier": "A", "clients": 1, "revenue": "400.00", "cut": "100.00"}
    assert run.moves == [{"from": None, "to": code, "clients": 1} for code in "ABC"]
    assert summary("a") == (None, None, Decimal(100), D)
    assert summary("d") == (None, None, None, None)


def test_applying_starts_first_tiers_and_notes_them_for_planning(firm):
    Change.objects.all().delete()
    run = propose()
    assert services.apply_run(run=run, applied_by=None) == services.Applied(moved=0, first=3)
    assert current_tiers() == {"a": "A", "b": "B", "c": "C"}
    assert summary("a") == ("A", 1, Decimal(100), D)
    row = TierAssignment.objects.get(client__external_id="a")
    assert (row.starts_on, row.serviced_from, row.ends_on, row.source) == (D, D, None, AssignmentSource.RUN)
    assert Change.objects.filter(kind=ChangeKind.SERVICE).count() == 3
    run.refresh_from_db()
    assert run.status == RunStatus.APPLIED


def test_applying_again_later_closes_the_old_tier_where_the_new_begins(firm):
    first = propose()
    services.apply_run(run=first, applied_by=None)
    Client.objects.get(external_id="c").revenue.update(amount=1000)
    services.apply_run(run=propose(D + DAY, policy=first.policy), applied_by=None)
    assert current_tiers() == {"c": "A", "a": "B", "b": "C"}
    lines = TierAssignment.objects.filter(client__external_id="c").order_by("id")
    assert [(row.starts_on, row.ends_on) for row in lines] == [(D, D + DAY), (D + DAY, None)]


def test_a_tier_replaced_on_its_first_day_keeps_a_period_of_no_days(firm):
    first = propose()
    services.apply_run(run=first, applied_by=None)
    Client.objects.get(external_id="c").revenue.update(amount=1000)
    services.apply_run(run=propose(policy=first.policy), applied_by=None)
    lines = TierAssignment.objects.filter(client__external_id="c").order_by("id")
    assert [(row.starts_on, row.ends_on) for row in lines] == [(D, D), (D, None)]


def test_only_the_chosen_clients_move(firm):
    chosen = Client.objects.get(external_id="b")
    services.apply_run(run=propose(), applied_by=None, clients=[chosen.pk])
    assert current_tiers() == {"b": "B"}


def test_it_refuses_a_run_behind_a_later_one(firm):
    old, new = propose(), propose(D + DAY)
    services.apply_run(run=new, applied_by=None)
    with pytest.raises(Refused):
        services.apply_run(run=old, applied_by=None)
    assert old.status == RunStatus.PROPOSED
    with pytest.raises(Refused, match="already applied or undone"):
        services.apply_run(run=new, applied_by=None)


def test_it_refuses_a_run_behind_a_later_tier(firm):
    TierAssignment.objects.create(
        client=Client.objects.get(external_id="d"),
        tier=tier("C"),
        starts_on=D + DAY,
        serviced_from=D + DAY,
        source="run",
    )
    with pytest.raises(Refused, match="starts after"):
        services.apply_run(run=propose(), applied_by=None)


def test_undo_gives_everyone_the_tier_back(firm):
    first = propose()
    services.apply_run(run=first, applied_by=None)
    Client.objects.get(external_id="c").revenue.update(amount=1000)
    second = propose(D + DAY, policy=first.policy)
    services.apply_run(run=second, applied_by=None)
    with pytest.raises(Refused, match="after this run"):
        services.undo_run(run=first, by=None)
    assert services.undo_run(run=second, by=None) == 3
    assert current_tiers() == {"a": "A", "b": "B", "c": "C"}
    assert summary("c") == ("C", 3, Decimal(0), D)
    assert services.undo_run(run=first, by=None) == 3
    assert current_tiers() == {}
    with pytest.raises(Refused, match="Only an applied run"):
        services.undo_run(run=first, by=None)


def test_a_run_replaced_on_the_same_day_can_be_undone(firm):
    first = propose()
    services.apply_run(run=first, applied_by=None)
    Client.objects.get(external_id="c").revenue.update(amount=1000)
    second = propose(policy=first.policy)
    services.apply_run(run=second, applied_by=None)
    services.undo_run(run=second, by=None)
    assert current_tiers() == {"a": "A", "b": "B", "c": "C"}


def test_every_change_of_a_tier_is_in_the_history_with_who_made_it(firm):
    with pghistory.context(by="tested"):
        run = propose()
        services.apply_run(run=run, applied_by=None)
        services.undo_run(run=run, by=None)
    events = apps.get_model("tiers", "TierAssignmentEvent").objects.select_related("pgh_context")
    assert sorted(event.pgh_label for event in events) == ["delete"] * 3 + ["insert"] * 3
    assert {event.pgh_context.metadata["by"] for event in events} == {"tested"}


def test_a_pinned_client_keeps_its_pin_in_the_run(firm):
    client = Client.objects.get(external_id="c")
    Override.objects.create(
        client=client, tier=tier("A"), reason="family", text="x", starts_on=D, expires_on=D
    )
    run = propose()
    assert proposals(run) == {"c": "A", "a": "B", "b": "C", "d": None}
    services.apply_run(run=run, applied_by=None)
    assert TierAssignment.objects.get(client=client).source == AssignmentSource.OVERRIDE
    later = propose(D + DAY, policy=run.policy)
    assert proposals(later)["a"] == "A"


def test_a_pin_made_after_the_run_holds_when_it_is_applied(firm):
    run = propose()
    Override.objects.create(
        client=Client.objects.get(external_id="a"),
        tier=tier("C"),
        reason="wish",
        text="x",
        starts_on=D,
        expires_on=D,
    )
    services.apply_run(run=run, applied_by=None)
    assert "a" not in current_tiers()


def test_pinning_starts_the_tier_today_and_ends_the_pin_before(firm, time_machine):
    time_machine.move_to(dt.datetime(2026, 3, 31, 16, tzinfo=dt.UTC))
    client = Client.objects.get(external_id="c")
    pin = {"client": client, "reason": "wish", "text": "x", "by": None, "expires_on": D + DAY}
    first = overrides.pin_tier(tier=tier("A"), starts_on=D, **pin)
    assert current_tiers() == {"c": "A"}
    assert summary("c")[0] == "A"
    overrides.pin_tier(tier=tier("B"), starts_on=D, **pin)
    first.refresh_from_db()
    assert first.ended_on == D
    assert current_tiers() == {"c": "B"}
    with pytest.raises(Refused):
        overrides.pin_tier(tier=tier("A"), starts_on=D, **{**pin, "expires_on": D - DAY})


def test_it_prunes_what_nobody_applied(firm):
    replaced, applied, latest = propose(), propose(), propose()
    services.apply_run(run=applied, applied_by=None)
    services.prune_explanations()
    kept = set(Explanation.objects.values_list("run_id", flat=True))
    assert kept == {applied.pk, latest.pk}
    assert replaced.pk not in kept


def test_summaries_rebuild_from_scratch(firm):
    services.apply_run(run=propose(), applied_by=None)
    before = list(ClientSummary.objects.order_by("client_id").values())
    ClientSummary.objects.update(tier=None, tier_position=9, score=1, scored_on=None)
    assert services.refresh_summaries() == 4
    assert list(ClientSummary.objects.order_by("client_id").values()) == before
    assert services.refresh_summaries() == 0


# --- First tiers ---------------------------------------------------------------------------------------


def note_facts():
    """Change rows, as the triggers of the record write them."""
    return Change.objects.filter(kind=ChangeKind.FACTS)


def log_a_touch(external_id):
    Client.objects.get(external_id=external_id).touches.create(
        occurred_at=dt.datetime(2026, 3, 30, tzinfo=dt.UTC),
        occurred_on=D - DAY,
        kind=TouchKind.objects.get(code="call"),
        outcome="reached",
        role_id=1,
    )


@pytest.fixture
def today(time_machine):
    time_machine.move_to(dt.datetime(2026, 3, 31, 16, tzinfo=dt.UTC))


def test_first_tiers_wait_until_clients_revenue_and_touches_have_arrived(today, db):
    store([case("a", 400, **KNOWN)])
    assert services.first_tiers_of_changed_clients() is None
    assert not note_facts().exists()
    log_a_touch("a")
    run = services.first_tiers_of_changed_clients()
    assert run.automatic
    assert current_tiers() == {"a": "A"}
    assert TierAssignment.objects.get().source == AssignmentSource.FIRST


def test_a_new_client_gets_its_first_tier_and_nobody_else_moves(today, db):
    store([case("a", 400, **KNOWN)])
    log_a_touch("a")
    services.first_tiers_of_changed_clients()
    policy = ScoringRun.objects.get().policy
    store([case("b", 4000, **{**KNOWN, "growth": 5})])
    assert services.first_tiers_of_changed_clients().policy == policy
    assert set(current_tiers()) == {"a", "b"}
    assert current_tiers()["a"] == "A"
    assert services.first_tiers_of_changed_clients() is None


def test_facts_of_a_client_with_too_little_data_start_no_run(today, db):
    store([case("a", 400, **KNOWN), case("d")])
    log_a_touch("a")
    services.first_tiers_of_changed_clients()
    log_a_touch("d")
    assert services.first_tiers_of_changed_clients() is None
    assert ScoringRun.objects.count() == 1


def test_undoing_keeps_first_tiers_that_came_by_themselves(today, db):
    store([case("a", 400, **KNOWN)])
    run = services.nightly_run()
    assert current_tiers() == {"a": "A"}
    services.apply_run(run=run, applied_by=None)
    assert services.undo_run(run=run, by=None) == 0
    assert current_tiers() == {"a": "A"}


@pytest.mark.django_db(transaction=True)
def test_a_second_scorer_waits_for_the_first():
    store([case("a", 400, **KNOWN)])
    policy = store_policy(SHIPPED)
    entered, done = threading.Event(), []

    def second():
        entered.set()
        done.append(services.propose_run(as_of=D, policy=policy))
        connections.close_all()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        services.propose_run(as_of=D, policy=policy)
        thread.start()
        entered.wait(5)
        thread.join(0.5)
        assert not done
    thread.join(10)
    assert len(done) == 1
    assert ScoringRun.objects.count() == 2
