"""A tier that falls opens a case, and the client is served as before until the case's date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from clients.models import Client, Revenue, Tier, User
from servicing.models import (
    LeavingReason,
    ServiceTask,
    Transition,
    TransitionSettings,
)
from servicing.models.tasks import OPEN_STATUSES
from servicing.planning.engine import plan
from servicing.planning.sweeps import plan_changed
from servicing.transitions import many
from servicing.transitions import services as cases
from servicing.transitions.keeping import SOURCE
from servicing.transitions.services import TransitionRefused
from servicing.work import services as work
from servicing.work.delivery import served_tier
from tests.factories import UserFactory
from tests.tiers.firm import BY_REVENUE, store_policy
from tiers import services
from tiers.models import Override, ScoringRun, TierAssignment
from tiers.overrides import pin_tier

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
START = dt.date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _today(time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(2026, 3, 3, 17, tzinfo=dt.UTC))


@pytest.fixture
def by() -> User:
    return UserFactory(groups=["operations"])


def holds_for(days: int) -> None:
    TransitionSettings.objects.update(days_by_old_standard=days)


@pytest.fixture
def falling(world: Any) -> int:
    """A client of tier A with little revenue, planned; another has much, so that a run swaps them."""

    def with_revenue(tier: str, amount: int) -> int:
        client = world.client(tier=tier, since=START - 400 * DAY, team={"lead_advisor": "ann"})
        Revenue.objects.create(client_id=client, date=START - 30 * DAY, amount=amount, source_id=str(client))
        for kind in ("plan_review", "estate_session"):
            world.touch(client, kind, START - 350 * DAY)
        world.touch(client, "review_meeting", START - 80 * DAY)  # nothing is overdue: every date has a base
        return client

    found = with_revenue("A", 100)
    with_revenue("C", 900)
    plan(as_of=START)
    return found


@pytest.fixture
def fell(falling: int) -> Callable[[], ScoringRun]:
    def run() -> ScoringRun:
        made = services.propose_run(as_of=START + DAY, policy=store_policy(BY_REVENUE))
        services.apply_run(run=made, applied_by=None)
        return made

    return run


def kinds(client: int) -> dict[str, dt.date]:
    """Open tasks of the standard, by kind."""
    rows = ServiceTask.objects.filter(client=client, status__in=OPEN_STATUSES, item__isnull=False)
    return dict(rows.values_list("kind__code", "due_on"))


def stage_tasks(case: Transition) -> list[ServiceTask]:
    return list(ServiceTask.objects.filter(source=SOURCE, client=case.client_id).order_by("pk"))


def open_stage(case: Transition) -> ServiceTask:
    [task] = [task for task in stage_tasks(case) if task.is_open]
    return task


def serviced_from(client: int) -> dt.date:
    return TierAssignment.objects.get(client=client, ends_on=None).serviced_from


def test_it_opens_before_planning_acts_so_that_the_old_tiers_tasks_stand_until_the_date(falling, fell):
    holds_for(60)
    before = kinds(falling)
    assert "wealth_plan_review" in before
    fell()
    assert plan(as_of=START + DAY, clients=[falling]).cancelled == 0
    case = Transition.objects.get(client=falling)
    assert (case.from_tier.code, case.to_tier.code, case.owner.username) == ("A", "B", "ann")
    assert case.until == serviced_from(falling) == START + 61 * DAY
    assert kinds(falling) == before
    plan(as_of=START + 60 * DAY)
    assert "wealth_plan_review" in kinds(falling)
    plan(as_of=START + 61 * DAY)
    assert "wealth_plan_review" not in kinds(falling)
    assert plan(as_of=START + 61 * DAY).created == 0


def test_without_days_to_hold_an_applied_run_alone_moves_nothing(falling, fell):
    fell()
    plan(as_of=START + DAY)
    assert Transition.objects.get(client=falling).until == serviced_from(falling) == START + DAY
    assert "wealth_plan_review" not in kinds(falling)
    assert not ServiceTask.objects.filter(source=SOURCE).exists()  # its task comes with the worker's sweep
    assert plan_changed() > 0
    assert open_stage(Transition.objects.get()).title == "Transition: Choose the way"
    assert plan_changed() == 0


def test_undoing_the_run_takes_an_untouched_case_back_and_leaves_a_touched_one(falling, fell, by):
    holds_for(60)
    before = kinds(falling)
    run = fell()
    plan_changed()
    task = open_stage(Transition.objects.get())
    services.undo_run(run=run, by=None)
    plan_changed()
    assert not Transition.objects.exists()
    task.refresh_from_db()
    assert (task.status, task.closed_reason) == ("cancelled", "taken_back")
    assert kinds(falling) == before

    run = fell()
    plan_changed()
    cases.choose(case=Transition.objects.get(), by=by, route="digital")
    services.undo_run(run=run, by=None)
    plan_changed()
    case = Transition.objects.get()
    assert (case.to_tier, case.assignment_id, case.until, case.route) == (None, None, None, "digital")
    assert kinds(falling) == before


def test_a_second_sweep_finds_the_case_open_and_a_closed_one_opens_no_more(falling, fell, by):
    fell()
    plan_changed()
    plan(as_of=START + DAY, clients=[falling])
    plan_changed()
    case = Transition.objects.get()
    assert [task.is_open for task in stage_tasks(case)] == [True]
    with pytest.raises(IntegrityError), transaction.atomic():
        Transition.objects.create(client_id=falling, opened_on=START)
    cases.close(case=case, by=by, outcome="not_needed")
    plan(as_of=START + DAY)
    assert Transition.objects.count() == 1
    assert [task.status for task in stage_tasks(case)] == ["cancelled"]


def test_the_sweep_that_opens_a_case_leaves_its_client_to_no_other_sweep(falling, fell):
    """A case notes a change of its client; planned in the same breath, nothing is left to be looked at."""
    fell()
    assert plan_changed() > 0
    assert Transition.objects.filter(client_id=falling).exists()
    assert plan_changed() == 0


def test_tiers_given_before_cases_were_kept_open_none(falling, fell):
    fell()
    TransitionSettings.objects.update(cases_after=TierAssignment.objects.latest("pk").pk)
    plan(as_of=START + DAY)
    assert not Transition.objects.exists()


def test_a_date_moved_back_and_forth_plans_anew_and_no_task_is_lost_or_doubled(falling, fell, by):
    holds_for(60)
    before = kinds(falling)
    fell()
    plan_changed()
    case = Transition.objects.get()
    for _again in range(2):
        cases.set_date(case=case, by=by, until=START + DAY)  # today: the new standard begins
        assert "wealth_plan_review" not in kinds(falling)
        now = kinds(falling)
        cases.set_date(case=case, by=by, until=START + 30 * DAY)
        assert kinds(falling) == before
        assert serviced_from(falling) == START + 30 * DAY
    cases.set_date(case=case, by=by, until=START + DAY)
    assert kinds(falling) == now
    doubled = ServiceTask.objects.filter(client=falling, item__isnull=False).values_list("kind", "due_on")
    assert len(doubled) == len(set(doubled))


def test_the_done_task_of_a_stage_moves_the_case_and_an_undo_leads_it_back(falling, fell, by):
    fell()
    plan_changed()
    case = cases.choose(case=Transition.objects.get(), by=by, route="fee")
    assert [(task.title, task.status) for task in stage_tasks(case)] == [
        ("Transition: Choose the way", "done"),
        ("Transition: Prepare the fee talk", "planned"),
    ]
    worked = work.complete(task=open_stage(case), by=by, outcome="delivered")
    case.refresh_from_db()
    assert (case.step, open_stage(case).title) == ("talk", "Transition: Talk about the new fee")
    assert open_stage(case).due_on == case.due_on == START + 15 * DAY
    work.undo(task=worked.task, token=worked.undo)
    case.refresh_from_db()
    assert (case.step, open_stage(case).pk) == ("prepare", worked.task.pk)
    for stage in ("talk", "agree", "carry_out", "close"):
        work.complete(task=open_stage(case), by=by, outcome="delivered")
        case.refresh_from_db()
        assert case.step == stage
    declined = open_stage(case)
    work.complete(task=declined, by=by, outcome="delivered")
    case.refresh_from_db()
    assert (case.step, case.is_open) == ("close", True)  # a case is closed by its outcome, not by a task
    assert not [task for task in stage_tasks(case) if task.is_open]
    plan_changed()
    assert not [task for task in stage_tasks(case) if task.is_open]


def test_another_way_begins_at_its_own_first_stage_and_a_person_can_lead_the_case_back(falling, fell, by):
    fell()
    plan_changed()
    case = cases.choose(case=Transition.objects.get(), by=by, route="fee", new_fee=900)
    case = cases.move(case=case, by=by, step="carry_out")
    with pytest.raises(TransitionRefused):
        cases.move(case=case, by=by, step="decide-that")
    case = cases.choose(case=case, by=by, route="digital")
    assert (case.step, open_stage(case).title) == ("prepare", "Transition: Prepare the digital service")
    assert [task.status for task in stage_tasks(case)] == ["done", "done", "cancelled", "planned"]
    case = cases.move(case=case, by=by, step="carry_out")
    case = cases.move(case=case, by=by, step="prepare")
    assert [stage.step for stage in case.stages.all()] == [
        "decide", "prepare", "carry_out", "prepare", "carry_out", "prepare",
    ]  # fmt: skip
    with pytest.raises(TransitionRefused):
        cases.move(case=case, by=by, step="agree")  # this way has no such stage


def test_a_referral_cannot_close_without_consent_and_the_database_holds_it_too(falling, fell, by):
    fell()
    plan_changed()
    case = cases.choose(case=Transition.objects.get(), by=by, route="referral", referred_to="Hill & Co")
    for outcome in ("referred", "left", "agreed"):
        with pytest.raises(TransitionRefused, match="consent"):
            cases.close(case=case, by=by, outcome=outcome)
    with pytest.raises(IntegrityError, match="referral_consent"), transaction.atomic():
        Transition.objects.filter(pk=case.pk).update(outcome="referred", closed_on=START + DAY)
    with pytest.raises(IntegrityError, match="consent_whole"), transaction.atomic():
        Transition.objects.filter(pk=case.pk).update(consent_on=START)
    cases.record_consent(case=case, by=by, consent_by="Ada Moor", consent_on=START, consent_how="signed")
    case = cases.close(case=case, by=by, outcome="referred")
    assert (case.outcome, case.closed_on, case.closed_by) == ("referred", START + DAY, by)


def test_closing_ends_the_old_service_and_leaving_can_end_all(falling, fell, by):
    holds_for(60)
    fell()
    plan_changed()
    case = cases.close(case=Transition.objects.get(), by=by, outcome="agreed")
    assert serviced_from(falling) == START + DAY
    assert "wealth_plan_review" not in kinds(falling)
    assert kinds(falling)

    case = cases.reopen(case=case, by=by)
    assert open_stage(case).title == "Transition: Choose the way"
    moved = LeavingReason.objects.get(code="moved")
    case = cases.close(case=case, by=by, outcome="left", leaving_reasons=[moved], former=True)
    assert Client.objects.get(pk=falling).status == "former"
    assert list(case.leaving_reasons.all()) == [moved]
    assert not ServiceTask.objects.filter(client=falling, status__in=OPEN_STATUSES).exists()


def test_an_exception_keeps_the_date_and_pins_the_old_tier_where_asked(falling, fell, by):
    holds_for(60)
    before = kinds(falling)
    fell()
    plan_changed()
    case = Transition.objects.get()
    cases.close(case=case, by=by, outcome="exception", pin_until=START + 300 * DAY)
    assert Override.objects.get(client=falling).tier.code == "A"
    plan(as_of=START + 90 * DAY, clients=[falling])
    assert set(before) <= set(kinds(falling)) | {"review_meeting"}
    assert Transition.objects.count() == 1


def test_a_case_started_by_hand_takes_up_a_tier_that_falls_later_and_keeps_its_date(falling, fell, by):
    client = Client.objects.get(pk=falling)
    case = cases.start(client=client, by=by, reason="wish", until=START + 45 * DAY)
    assert (case.from_tier.code, case.to_tier, open_stage(case).assigned_to.username) == ("A", None, "ann")
    with pytest.raises(TransitionRefused):
        cases.start(client=client, by=by, reason="leaving")
    before = kinds(falling)
    fell()
    plan_changed()
    case.refresh_from_db()
    assert (case.to_tier.code, case.until) == ("B", START + 45 * DAY)
    assert kinds(falling) == before
    assert Transition.objects.count() == 1

    # a second fall moves the same case on and leaves its date; a pin to the old tier lets it go
    holds_for(60)
    tiers = {tier.code: tier for tier in type(case.to_tier).objects.all()}
    until = START + 300 * DAY
    pin = {"client": client, "reason": "other", "text": "x", "starts_on": START + DAY, "expires_on": until}
    pin_tier(tier=tiers["C"], by=by, **pin)
    plan_changed()
    case.refresh_from_db()
    assert (case.from_tier.code, case.to_tier.code, serviced_from(falling)) == ("A", "C", START + 45 * DAY)
    pin_tier(tier=tiers["A"], by=by, **pin)
    plan_changed()
    case.refresh_from_db()
    assert (case.to_tier, case.is_open) == (None, True)
    assert kinds(falling) == before


def test_a_case_that_nobody_works_on_gets_the_days_of_a_second_fall(falling, fell, by):
    holds_for(30)
    fell()
    plan_changed()
    case = Transition.objects.get()
    assert (case.touched, case.until) == (False, START + 31 * DAY)
    lowest = TierAssignment.objects.filter(tier__code="C").latest("pk").tier
    holds_for(40)
    until = START + 300 * DAY
    pin_tier(
        client=case.client,
        tier=lowest,
        reason="other",
        text="x",
        starts_on=START + DAY,
        expires_on=until,
        by=by,
    )
    plan_changed()
    case.refresh_from_db()
    assert (case.to_tier, case.until) == (lowest, START + 41 * DAY)


@pytest.fixture
def on(time_machine: Any) -> Callable[..., ScoringRun | None]:
    """Goes on to a day and plans; with `revenue` of clients a run of that day is applied before."""

    def go(day: dt.date, **revenue: int) -> ScoringRun | None:
        time_machine.move_to(dt.datetime.combine(day, dt.time(17), dt.UTC))
        run = None
        if revenue:
            for client, amount in revenue.items():
                Revenue.objects.filter(client=int(client.lstrip("c"))).update(amount=amount)
            run = services.propose_run(as_of=day, policy=ScoringRun.objects.latest("pk").policy)
            services.apply_run(run=run, applied_by=None)
        plan(as_of=day)
        return run

    return go


@pytest.fixture
def between(world: Any, falling: int) -> int:
    """A client with more revenue than the one who falls, so that a run gives that one the last tier."""
    client = world.client(tier="B", since=START - 400 * DAY, team={"lead_advisor": "ann"})
    Revenue.objects.create(client_id=client, date=START - 30 * DAY, amount=500, source_id=str(client))
    return client


def stands(client: int) -> tuple[str, str, dt.date]:
    """From which tier to which the client's open case leads, and from when; service begins that day."""
    case = Transition.objects.get(client=client, closed_on=None)
    assert case.until == serviced_from(client)
    return case.from_tier.code, case.to_tier.code, case.until


def served(client: int, day: dt.date) -> str:
    return Tier.objects.get(pk=served_tier(Client.objects.get(pk=client), day).get()["tier_id"]).code


@pytest.mark.parametrize("touched", [False, True])
def test_who_moves_up_again_is_served_so_from_the_first_day_and_an_undo_gives_back_what_was(
    falling, between, fell, on, by, touched
):
    holds_for(60)
    fell()
    plan_changed()
    assert stands(falling) == ("A", "C", START + 61 * DAY)
    if touched:
        cases.choose(case=Transition.objects.get(client=falling), by=by, route="digital")
    later = START + 90 * DAY
    on(later - DAY)
    assert served(falling, later - DAY) == "C"
    run = on(later, **{f"c{falling}": 700})
    assert stands(falling) == ("A", "B", later)
    assert served(falling, later) == "B"
    services.undo_run(run=run, by=None)
    on(later + DAY)
    assert stands(falling) == ("A", "C", START + 61 * DAY)
    assert served(falling, later + DAY) == "C"


@pytest.mark.parametrize("touched", [False, True])
def test_who_falls_once_more_keeps_the_tier_served_then_until_the_new_date(
    client, world, falling, fell, on, by, touched
):
    holds_for(60)
    fell()
    plan_changed()
    assert stands(falling) == ("A", "B", START + 61 * DAY)
    if touched:
        cases.choose(case=Transition.objects.get(client=falling), by=by, route="digital")
    later = START + 90 * DAY
    on(later - DAY)
    other = world.client(tier="C", since=START - 400 * DAY, team={"lead_advisor": "ann"})
    Revenue.objects.create(client_id=other, date=START, amount=500, source_id=str(other))
    run = on(later, **{f"c{other}": 600})
    assert stands(falling) == ("B", "C", later + 60 * DAY)
    assert served(falling, later) == "B"
    client.force_login(by, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("servicing:transition", args=[Transition.objects.get(client=falling).pk])
    assert "until then as tier B" in client.get(address).content.decode()
    services.undo_run(run=run, by=None)
    on(later + DAY)
    assert stands(falling) == ("A", "B", START + 61 * DAY)
    assert served(falling, later + DAY) == "B"


def test_undoing_a_second_fall_before_the_first_date_gives_that_date_back(world, falling, fell, on):
    holds_for(60)
    first = fell()
    plan_changed()
    other = world.client(tier="C", since=START - 400 * DAY, team={"lead_advisor": "ann"})
    Revenue.objects.create(client_id=other, date=START, amount=500, source_id=str(other))
    second = on(START + 20 * DAY, **{f"c{other}": 600})
    assert stands(falling) == ("A", "C", START + 80 * DAY)
    services.undo_run(run=second, by=None)
    on(START + 21 * DAY)
    assert stands(falling) == ("A", "B", START + 61 * DAY)
    services.undo_run(run=first, by=None)
    on(START + 22 * DAY)
    assert not Transition.objects.filter(client=falling).exists()
    assert served(falling, START + 22 * DAY) == "A"


def test_a_case_started_by_hand_without_a_date_gets_the_days_of_a_fall(falling, fell, by):
    holds_for(60)
    before = kinds(falling)
    cases.start(client=Client.objects.get(pk=falling), by=by, reason="wish")
    fell()
    plan_changed()
    assert stands(falling) == ("A", "B", START + 61 * DAY)
    assert kinds(falling) == before


@pytest.mark.parametrize("outcome", ["declined", "no_response"])
def test_a_stage_that_the_client_did_not_answer_begins_again_with_a_task_of_its_own(
    falling, fell, by, outcome
):
    fell()
    plan_changed()
    case = cases.choose(case=Transition.objects.get(), by=by, route="fee")
    first = open_stage(case)
    worked = work.complete(task=first, by=by, outcome=outcome)
    case.refresh_from_db()
    again = open_stage(case)
    assert (case.step, again.title) == ("prepare", first.title)
    assert again.pk != first.pk
    assert again.due_on == case.due_on
    first.refresh_from_db()
    assert first.status == outcome  # what the client said stays
    plan_changed()
    assert open_stage(case) == again
    work.undo(task=worked.task, token=worked.undo)
    case.refresh_from_db()
    assert (case.step, open_stage(case)) == ("prepare", first)
    work.complete(task=first, by=by, outcome=outcome)
    case.refresh_from_db()
    work.complete(task=open_stage(case), by=by, outcome="delivered")
    case.refresh_from_db()
    assert (case.step, open_stage(case).title) == ("talk", "Transition: Talk about the new fee")


def test_a_choice_that_chose_nothing_is_asked_for_again(falling, fell, by):
    fell()
    plan_changed()
    case = Transition.objects.get()
    first = open_stage(case)
    worked = work.complete(task=first, by=by, outcome="delivered")
    case.refresh_from_db()
    assert (case.step, case.route, open_stage(case).title) == ("decide", "", "Transition: Choose the way")
    assert open_stage(case) != first
    work.undo(task=worked.task, token=worked.undo)
    assert open_stage(case) == first
    case = cases.choose(case=case, by=by, route="digital")
    assert open_stage(case).title == "Transition: Prepare the digital service"


@pytest.mark.parametrize("with_others", [False, True])
def test_a_case_that_opens_again_has_the_date_back_that_closing_took(falling, fell, on, by, with_others):
    holds_for(60)
    before = kinds(falling)
    fell()
    plan_changed()
    case = cases.set_date(case=Transition.objects.get(), by=by, until=START + 20 * DAY)

    def close() -> Transition:
        if with_others:
            many.close_many(cases=[case.pk], by=by, outcome="not_needed")
        else:
            cases.close(case=case, by=by, outcome="not_needed")
        assert "wealth_plan_review" not in kinds(falling)
        return Transition.objects.get()

    assert close().until == START + DAY
    cases.reopen(case=case, by=by)
    assert stands(falling) == ("A", "B", START + 20 * DAY)
    assert kinds(falling) == before

    assert close().until == START + DAY
    on(START + 20 * DAY)  # it has passed: the new standard goes on
    cases.reopen(case=case, by=by)
    assert stands(falling) == ("A", "B", START + DAY)


def test_the_case_goes_with_its_task_from_hand_to_hand(falling, fell, by):
    fell()
    plan_changed()
    case = Transition.objects.get()
    other = UserFactory(groups=["advisor"])
    worked = work.reassign(task=open_stage(case), to=other, by=by)
    case.refresh_from_db()
    assert case.owner == other
    work.undo(task=worked.task, token=worked.undo)
    case.refresh_from_db()
    assert case.owner.username == "ann"
    case = cases.give(case=case, by=by, owner=by)
    assert open_stage(case).assigned_to == by
