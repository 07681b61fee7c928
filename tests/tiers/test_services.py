"""Runs propose; applying starts tiers as one; undoing gives back; first tiers come by themselves."""

import datetime as dt
import threading
from decimal import Decimal

import pghistory
import pytest
from django.apps import apps
from django.db import connections, transaction

from clients.commands import Refused
from clients.firm import firm_today
from clients.models import Change, ChangeKind, Client, ClientScore, ClientSummary, TouchKind
from segmentation_crm.embedded.processes import wait_until
from tests.test_scorer_beside_planner import start, waiting
from tests.tiers.firm import BY_REVENUE, SHIPPED, D, case, current_tiers, proposals, store, store_policy, tier
from tiers import overrides, runs, services
from tiers.models import (
    AssignmentSource,
    Explanation,
    Override,
    Policy,
    RejectedMove,
    RunStatus,
    ScoringRun,
    TierAssignment,
    TierSettings,
)
from tiers.policies import clone_policy

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
    ranked = ClientScore.objects.get(client=row.client_id)
    return row.tier and row.tier.code, row.tier_position, ranked.score, ranked.scored_on


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


def test_undoing_a_run_leaves_whom_a_person_pinned_since_and_takes_back_the_rest(firm, time_machine):
    def on(day: dt.date) -> None:
        time_machine.move_to(dt.datetime.combine(day, dt.time(16), dt.UTC))

    on(D)
    first = propose()
    services.apply_run(run=first, applied_by=None)
    Client.objects.get(external_id="c").revenue.update(amount=1000)
    on(D + DAY)
    second = propose(D + DAY, policy=first.policy)
    services.apply_run(run=second, applied_by=None)
    assert current_tiers() == {"c": "A", "a": "B", "b": "C"}
    pin = {"client": Client.objects.get(external_id="b"), "reason": "wish", "text": "x", "by": None}
    pinned = overrides.pin_tier(tier=tier("A"), starts_on=D + DAY, expires_on=D + 9 * DAY, **pin)
    with pytest.raises(Refused, match="after this run"):
        services.undo_run(run=first, by=None)
    assert services.undo_run(run=second, by=None) == 2
    assert current_tiers() == {"a": "A", "b": "A", "c": "C"}
    assert (second.status, runs.staying(second)) == (RunStatus.UNDONE, 1)
    overrides.end_override(override=pinned)
    lines = TierAssignment.objects.filter(client__external_id="b").order_by("id")
    assert [(row.tier.code, row.starts_on, row.ends_on) for row in lines] == [
        ("B", D, D + DAY),
        ("C", D + DAY, D + DAY),
        ("A", D + DAY, None),
    ]
    assert services.undo_run(run=first, by=None) == 2  # nor does the run before wait for it
    assert current_tiers() == {"b": "A"}
    assert runs.staying(first) == 1
    assert summary("b")[0] == "A"


def test_a_run_is_not_undone_below_tiers_that_a_later_one_gave_by_itself(swapped):
    TierSettings.objects.create(pk=1, automatic_upgrades=True)
    run = services.nightly_run()
    services.apply_run(run=run, applied_by=None)
    Client.objects.get(external_id="a").revenue.update(amount=900)
    services.nightly_run()
    assert current_tiers()["a"] == "A"
    with pytest.raises(Refused, match="after this run"):
        services.undo_run(run=run, by=None)


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
    before = [list(model.objects.order_by("client_id").values()) for model in (ClientSummary, ClientScore)]
    ClientSummary.objects.update(tier=None, tier_position=9)
    ClientScore.objects.update(score=1, scored_on=None)
    assert (services.refresh_tiers(), services.refresh_scores()) == (4, 4)
    after = [list(model.objects.order_by("client_id").values()) for model in (ClientSummary, ClientScore)]
    assert after == before
    assert (services.refresh_tiers(), services.refresh_scores()) == (0, 0)


def test_a_run_for_a_day_to_come_shows_its_scores_once_it_is_applied(firm):
    propose(firm_today())
    coming = propose(firm_today() + dt.timedelta(days=20))
    assert summary("a")[3] == firm_today()
    services.apply_run(run=coming, applied_by=None)
    assert summary("a")[3] == coming.as_of


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


def test_where_first_tiers_are_given_by_hand_nothing_comes_by_itself(today, db):
    TierSettings.objects.create(pk=1, automatic_first_tiers=False)
    store([case("a", 400, **KNOWN)])
    log_a_touch("a")
    assert services.first_tiers_of_changed_clients() is None
    assert not note_facts().exists()
    run = services.nightly_run()
    assert proposals(run) == {"a": "A"}
    assert current_tiers() == {}
    services.apply_run(run=run, applied_by=None)
    assert current_tiers() == {"a": "A"}


# --- Upgrades by themselves ------------------------------------------------------------------------------


@pytest.fixture
def swapped(today, db):
    """By revenue a is A and b is B; now b has more, and the policy in force seats one client in each tier."""
    store([case("a", 100, tier="A", **KNOWN), case("b", 300, tier="B", **KNOWN), case("c", 5, **KNOWN)])
    policy = store_policy(BY_REVENUE)
    Policy.objects.filter(status="published").update(status="retired")
    Policy.objects.filter(pk=policy.pk).update(status="published")
    return policy


def test_upgrades_wait_for_a_person_unless_the_firm_wants_them_by_themselves(swapped):
    run = services.nightly_run()
    assert proposals(run) == {"b": "A", "a": "B", "c": "C"}
    assert current_tiers() == {"a": "A", "b": "B", "c": "C"}
    assert not runs.can_be_undone(run)


def test_upgrades_by_themselves_leave_the_rest_to_a_person(swapped):
    TierSettings.objects.create(pk=1, automatic_upgrades=True)
    run = services.nightly_run()
    assert current_tiers() == {"a": "A", "b": "A", "c": "C"}
    row = TierAssignment.objects.get(client__external_id="b", ends_on__isnull=True)
    assert (row.source, row.run, row.applied_by, row.starts_on) == (AssignmentSource.UPGRADE, run, None, D)
    assert summary("b")[0] == "A"
    assert run.status == RunStatus.PROPOSED
    assert services.apply_run(run=run, applied_by=None) == services.Applied(moved=1, first=0)
    assert current_tiers() == {"a": "B", "b": "A", "c": "C"}
    assert services.undo_run(run=run, by=None) == 2
    assert current_tiers() == {"a": "A", "b": "B", "c": "C"}  # the first tier stays


def test_upgrades_that_came_by_themselves_can_be_undone_though_nobody_applied_the_run(swapped):
    TierSettings.objects.create(pk=1, automatic_upgrades=True)
    run = services.nightly_run()
    assert runs.can_be_undone(run)
    assert services.undo_run(run=run, by=None) == 1
    assert current_tiers() == {"a": "A", "b": "B", "c": "C"}
    with pytest.raises(Refused, match="already applied or undone"):
        services.apply_run(run=run, applied_by=None)


def test_a_second_night_finds_nothing_more_to_do(swapped):
    TierSettings.objects.create(pk=1, automatic_upgrades=True)
    services.nightly_run()
    before = list(TierAssignment.objects.order_by("pk").values())
    services.nightly_run()
    assert list(TierAssignment.objects.order_by("pk").values()) == before


def test_only_a_nightly_run_moves_anybody_up_by_itself(swapped):
    TierSettings.objects.create(pk=1, automatic_upgrades=True)
    log_a_touch("c")
    services.first_tiers_of_changed_clients()
    assert current_tiers() == {"a": "A", "b": "B", "c": "C"}


def test_a_pin_holds_against_an_upgrade(swapped):
    TierSettings.objects.create(pk=1, automatic_upgrades=True)
    client = Client.objects.get(external_id="b")
    Override.objects.create(client=client, tier=tier("B"), reason="wish", text="x", starts_on=D, expires_on=D)
    services.nightly_run()
    assert current_tiers()["b"] == "B"


# --- Rejected moves, and some of the clients -------------------------------------------------------------


def test_a_rejected_move_is_left_out_of_all_and_of_some(firm):
    run = propose()
    ids = dict(Client.objects.values_list("external_id", "pk"))
    RejectedMove.objects.create(run=run, client_id=ids["b"], reason="They want less service.")
    services.apply_run(run=run, applied_by=None, clients=[ids["b"], ids["c"]])
    assert current_tiers() == {"c": "C"}


def test_applying_to_nobody_applies_to_nobody(firm):
    assert services.apply_run(run=propose(), applied_by=None, clients=[]) == services.Applied(
        moved=0, first=0
    )
    assert current_tiers() == {}


# --- Which explanations are kept -------------------------------------------------------------------------


def night(on, time_machine):
    time_machine.move_to(dt.datetime.combine(on, dt.time(16), dt.UTC))
    return services.nightly_run()


@pytest.fixture
def nights(time_machine, db):
    """Five nights of three clients; the third night c overtakes b. Nobody applies anything."""
    store([case("a", 400, **KNOWN), case("b", 300, **KNOWN), case("c", 200, **KNOWN)])
    log_a_touch("a")
    made = [night(D + n * DAY, time_machine) for n in range(2)]
    Client.objects.get(external_id="c").revenue.update(amount=350)
    made += [night(D + n * DAY, time_machine) for n in range(2, 5)]
    for run in made:
        run.refresh_from_db()
    return made


def kept(run):
    return set(run.explanations.values_list("client__external_id", flat=True))


def test_nights_are_kept_where_the_score_had_moved_and_the_latest_whole(nights):
    assert [kept(run) for run in nights] == [{"a", "b", "c"}, set(), {"b", "c"}, set(), {"a", "b", "c"}]
    assert [run.thinned for run in nights] == [True, True, True, True, False]
    assert runs.latest_run() == nights[4]


def test_a_thinned_run_can_not_be_applied(nights):
    Explanation.objects.filter(run=nights[2]).update(moves=True)
    assert not nights[2].has_details
    with pytest.raises(Refused, match="details of this run are gone"):
        services.apply_run(run=nights[2], applied_by=None)


def test_the_history_of_a_score_has_an_entry_a_date_where_it_moved(nights):
    scores = {row.client.external_id: row.score for row in nights[4].explanations.select_related("client")}
    before = {row.client.external_id: row.score for row in nights[0].explanations.select_related("client")}
    client = Client.objects.get(external_id="c")
    expected = [(D, before["c"]), (D + 2 * DAY, scores["c"]), (D + 4 * DAY, scores["c"])]
    assert runs.score_history(client) == expected
    assert runs.score_history(client, limit=2) == expected[1:]
    others = runs.histories([client.pk, Client.objects.get(external_id="a").pk, 0])
    assert [len(line) for line in others.values()] == [3, 2, 0]


def test_small_steps_that_add_up_are_kept_once_they_do(nights, time_machine):
    """Each night is compared with the last one kept, not with the night before."""
    client = Client.objects.get(external_id="a")
    at = nights[4].explanations.get(client=client).score
    made = []
    for n, step in enumerate(("0.6", "1.2", "1.8"), 5):
        run = night(D + n * DAY, time_machine)
        Explanation.objects.filter(run=run, client=client).update(score=at - Decimal(step))
        made.append(run)
    night(D + 8 * DAY, time_machine)
    assert [client.external_id in kept(run) for run in made] == [False, True, False]


def test_scores_of_an_applied_run_stay_whole(nights):
    services.apply_run(run=nights[4], applied_by=None)
    services.prune_explanations()
    assert kept(nights[4]) == {"a", "b", "c"}


def test_what_a_person_proposed_and_nobody_applied_is_not_kept(nights, time_machine):
    mine = services.propose_run(as_of=D + 4 * DAY, policy=nights[4].policy)
    night(D + 5 * DAY, time_machine)
    assert kept(mine) == set()


# --- Policies that wait for their date -------------------------------------------------------------------


def test_a_policy_whose_date_has_come_is_in_force_before_the_nightly_run(today, db):
    store([case("a", 400, **KNOWN)])
    draft = clone_policy(policy=services.published_policy())
    Policy.objects.filter(pk=draft.pk).update(status="scheduled", effective_on=D, reason="x")
    assert services.nightly_run().policy == draft
    assert services.published_policy() == draft


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


@pytest.mark.django_db(transaction=True)
def test_the_nightly_run_and_first_tiers_of_the_same_minute_end_well():
    store([case("a", 400, **KNOWN)])
    in_force, today = services.published_policy(), firm_today()
    draft = clone_policy(policy=in_force)
    Policy.objects.filter(pk=draft.pk).update(status="scheduled", effective_on=today, reason="x")
    failures: list[BaseException] = []
    with transaction.atomic():
        services.wait_for_other_scorers()
        nightly = start(services.nightly_run, failures)
        assert wait_until(lambda: waiting() == 1, 10)
        assert services.propose_run(as_of=today).policy == in_force
    nightly.join(20)
    assert not failures, failures
    assert services.published_policy() == draft
    assert ScoringRun.objects.count() == 2
