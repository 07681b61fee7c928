"""Beyond single dates: level work, nothing twice, all or nothing, and changes taken back."""

import datetime as dt
import itertools
import threading
from collections import Counter

import pytest
from dateutil.relativedelta import relativedelta
from django.db import connection, transaction

from clients.changes import take_changes
from clients.models import Change, ChangeKind, Client, ClientSummary, Firm, TeamMember, Touch
from servicing.models import ClosingDay, ServiceClock, ServiceItem, ServiceTask, Waiver
from servicing.planning import lock, plan, rebuild_summaries, sweeps
from tests.servicing.world import World, noon
from tiers.models import TierAssignment

START = dt.date(2026, 1, 5)
DAY = dt.timedelta(days=1)
TEAM = {"lead_advisor": "ann"}


def open_tasks(**filters):
    return ServiceTask.objects.open().filter(**filters)


def appear_early() -> None:
    """Lets every task appear long before it is due, wherever its client falls in the spread."""
    ServiceItem.objects.update(lead_days=200)


def many_clients(world: World, number: int, tier: str, since: dt.date) -> list[int]:
    clients = Client.objects.bulk_create(
        Client(external_id=f"L{n:05}", name=f"Client {n}") for n in range(number)
    )
    ann = world.person("ann")
    TeamMember.objects.bulk_create(
        TeamMember(client=client, role=world.roles["lead_advisor"], user=ann) for client in clients
    )
    TierAssignment.objects.bulk_create(
        TierAssignment(client=c, tier=world.tiers[tier], starts_on=since, serviced_from=since, source="run")
        for c in clients
    )
    return [client.pk for client in clients]


def complete_on_due_dates(until: dt.date) -> None:
    """Lets everyone be met on the day they are due, week by week."""
    today = START
    while today <= until:
        plan(as_of=today)
        due = list(open_tasks(due_on__lte=today).select_related("kind", "client"))
        kinds = {"review_meeting": "review_meeting", "check_in": "call",
                 "automated_update": "automated_email",
                 "wealth_plan_review": "plan_review", "tax_coordination": "tax_session",
                 "estate_coordination": "estate_session"}  # fmt: skip
        world = World()
        Touch.objects.bulk_create(
            Touch(
                client=task.client,
                kind=world.touch_kinds[kinds[task.kind.code]],
                occurred_at=noon(task.due_on) + dt.timedelta(seconds=n),
                occurred_on=task.due_on,
                outcome="reached",
                role=world.roles["lead_advisor"],
            )
            for n, task in enumerate(due)
        )
        today += 7 * DAY
    plan(as_of=today)


@pytest.mark.parametrize(
    "months",
    [pytest.param(3, marks=pytest.mark.thorough), 6, pytest.param(12, marks=pytest.mark.thorough)],
)
def test_a_years_work_of_one_advisor_is_level(world, months):
    ServiceItem.objects.exclude(standard__tier__code="A", kind__code="review_meeting").update(ended_on=START)
    ServiceItem.objects.filter(standard__tier__code="A", kind__code="review_meeting").update(
        interval_months=months
    )
    many_clients(world, 500, "A", START)
    complete_on_due_dates(START + 380 * DAY)
    weeks = Counter(
        task.due_on.isocalendar()[:2]
        for task in ServiceTask.objects.filter(due_on__range=(START + DAY, START + 365 * DAY))
    )
    assert sum(weeks.values()) == pytest.approx(500 * 12 / months, rel=0.03)
    assert max(weeks.values()) <= 1.25 * sum(weeks.values()) / 52


def test_work_that_is_long_overdue_is_no_pile_on_day_one(world):
    clients = many_clients(world, 300, "A", START - 800 * DAY)
    for n, client in enumerate(clients):
        world.touch(client, "review_meeting", START - (400 + n) * DAY)
    plan(as_of=START)
    due = list(
        ServiceClock.objects.filter(kind__code="review_meeting")
        .order_by("base_on")
        .values_list("due_on", flat=True)
    )
    assert min(due) > START
    assert max(due) <= START + 93 * DAY
    assert max(Counter(day.isocalendar()[:2] for day in due).values()) <= 1.4 * 300 / (90 / 7)
    # the most overdue first; dates that a month's end pulled together may change places
    assert all(later >= earlier - 3 * DAY for earlier, later in itertools.pairwise(due))


def test_the_same_day_planned_again_creates_nothing(world):
    many_clients(world, 50, "B", START)
    first = plan(as_of=START)
    rows = list(ServiceTask.objects.order_by("id").values())
    again = plan(as_of=START)
    assert first.created > 0
    assert (again.created, again.cancelled, again.missed, again.moved) == (0, 0, 0, 0)
    assert again.unchanged == again.open == first.open
    assert list(ServiceTask.objects.order_by("id").values()) == rows


def test_all_clients_at_once_and_each_alone_give_the_same_promises(world):
    clients = [world.client(tier=tier, since=START, team=TEAM) for tier in "ABC"]
    for client in clients:
        world.touch(client, "review_meeting", START - 50 * DAY)
    with transaction.atomic():
        plan(as_of=START)
        together = list(ServiceTask.objects.order_by("client", "kind").values("client", "kind", "base_on"))
        transaction.set_rollback(True)
    for client in clients:
        plan(as_of=START, clients=[client])
    alone = list(ServiceTask.objects.order_by("client", "kind").values("client", "kind", "base_on"))
    based = [row for row in together if row["base_on"]]
    assert based == [row for row in alone if row["base_on"]]


def test_a_check_in_is_not_asked_for_beside_a_review(world):
    ServiceItem.objects.filter(standard__tier__code="B").update(first_offset_months=1)
    client = world.client(tier="B", since=START, team=TEAM)
    plan(as_of=START)
    assert [task.kind.code for task in open_tasks(client=client)] == ["review_meeting"]
    review = open_tasks(client=client).get()
    world.touch(client, "review_meeting", review.due_on)
    plan(as_of=review.due_on)
    assert not open_tasks(client=client).exists()
    clocks = {clock.kind.code: clock.base_on for clock in ServiceClock.objects.filter(client=client)}
    assert clocks == {"review_meeting": review.due_on, "check_in": review.due_on}


def test_an_attempt_fulfils_nothing(world):
    appear_early()
    client = world.client(tier="C", since=START - 300 * DAY, team=TEAM)
    plan(as_of=START)
    task = open_tasks(client=client).first()
    world.touch(client, "automated_email", START, reached=False)
    world.touch(client, "review_meeting", START, reached=False)
    plan(as_of=START + DAY)
    task.refresh_from_db()
    assert task.is_open


def test_an_appointment_stands_when_the_tier_changes(world):
    client = world.client(tier="A", since=START, team=TEAM)
    world.touch(client, "review_meeting", START - 70 * DAY)
    plan(as_of=START)
    review = open_tasks(kind__code="review_meeting").get()
    ServiceTask.objects.filter(pk=review.pk).update(status="scheduled", scheduled_at=noon(review.due_on))
    world.assign(client, "C", START + 5 * DAY)
    plan(as_of=START + 5 * DAY)
    moved = ServiceTask.objects.get(pk=review.pk)
    assert moved.item.standard.tier.code == "C"
    assert (moved.status, moved.due_on) == ("scheduled", review.due_on)


def test_an_appointment_that_passed_is_missed_by_the_interval_of_the_new_tier_at_once(world):
    client = world.client(tier="C", since=START, team=TEAM)
    world.touch(client, "review_meeting", START - relativedelta(months=11, days=6))
    plan(as_of=START)
    review = open_tasks(kind__code="review_meeting").get()
    ServiceTask.objects.filter(pk=review.pk).update(status="scheduled", scheduled_at=noon(review.due_on))
    later = review.due_on + relativedelta(months=2, days=10)  # in tier C the next one would come next year
    plan(as_of=later - DAY)
    assert open_tasks(kind__code="review_meeting").get() == review
    world.assign(client, "A", later)
    assert plan(as_of=later).missed == 1
    assert open_tasks(kind__code="review_meeting").exclude(pk=review.pk).count() == 1
    again = plan(as_of=later)
    assert (again.created, again.missed, again.moved) == (0, 0, 0)


def test_a_check_in_that_a_review_covered_is_not_asked_for_in_the_past(world):
    """Its date from an earlier stay in the tier passed while the review was due earlier than it is now."""
    client = world.client(tier="B", since=START, team=TEAM)
    world.touch(client, "meeting", START)
    world.touch(client, "review_meeting", START - 56 * DAY)
    plan(as_of=START + 45 * DAY)
    world.assign(client, "A", START + 46 * DAY)
    for days in (46, 84):
        plan(as_of=START + days * DAY)
    world.assign(client, "B", START + 99 * DAY)
    day = START + 99 * DAY
    plan(as_of=day)
    assert ServiceClock.objects.get(kind__code="check_in").due_on > day
    assert not open_tasks(kind__code="check_in", due_on__lt=day).exists()


def test_a_shorter_interval_counts_slots_before_the_anchor_too(world):
    """Who moves up is met by the new tier's interval, not at the date that the old tier would have given."""
    ServiceItem.objects.filter(kind__code="review_meeting").update(basis="calendar")
    client = world.client(tier="C", since=START, team=TEAM)
    world.touch(client, "review_meeting", START - 70 * DAY)
    plan(as_of=START)
    clock = ServiceClock.objects.get(kind__code="review_meeting")
    world.assign(client, "A", START + 5 * DAY)
    plan(as_of=START + 5 * DAY)
    clock.refresh_from_db()
    # met on 27 October, anchor a year later: the first slot after half of three months
    assert (clock.anchor_on, clock.due_on) == (dt.date(2026, 10, 27), dt.date(2026, 1, 27))


def test_an_undone_tier_change_brings_back_what_it_cancelled(world):
    appear_early()
    client = world.client(tier="A", since=START - 400 * DAY, team=TEAM)
    for kind in ("plan_review", "estate_session"):
        world.touch(client, kind, START - 350 * DAY)
    plan(as_of=START)
    before = {t.pk: (t.status, t.due_on) for t in open_tasks(client=client)}
    assert len(before) >= 2
    world.assign(client, "C", START + 3 * DAY)
    cancelled = plan(as_of=START + 3 * DAY).cancelled
    assert cancelled >= 2
    # what undoing a run does: its assignments go, the earlier ones stand again
    TierAssignment.objects.filter(client_id=client, tier__code="C").delete()
    TierAssignment.objects.filter(client_id=client).update(ends_on=None)
    counts = plan(as_of=START + 4 * DAY)
    assert counts.reopened == cancelled
    after = {t.pk: (t.status, t.due_on) for t in open_tasks(client=client)}
    assert {pk: after.get(pk) for pk in before if ServiceTask.objects.get(pk=pk).base_on} == {
        pk: value for pk, value in before.items() if ServiceTask.objects.get(pk=pk).base_on
    }


def test_a_real_return_to_a_tier_brings_no_old_task_back(world):
    client = world.client(tier="A", since=START - 400 * DAY, team=TEAM)
    world.touch(client, "plan_review", START - 350 * DAY)
    plan(as_of=START)
    world.assign(client, "C", START + 3 * DAY)
    plan(as_of=START + 3 * DAY)
    world.assign(client, "A", START + 60 * DAY)
    assert plan(as_of=START + 60 * DAY).reopened == 0


def test_a_touch_taken_back_opens_its_task_again(world):
    client = world.client(tier="A", since=START - 60 * DAY, team=TEAM)
    world.touch(client, "review_meeting", START - 70 * DAY)
    plan(as_of=START)
    review = open_tasks(kind__code="review_meeting").get()
    touch = world.touch(client, "review_meeting", START)
    plan(as_of=START + DAY)
    plan(as_of=START + 75 * DAY)  # the next one is open by now
    assert open_tasks(kind__code="review_meeting").exclude(pk=review.pk).count() == 1
    touch.delete()
    plan(as_of=START + 75 * DAY)
    review.refresh_from_db()
    assert review.status == "planned"
    assert open_tasks(kind__code="review_meeting").get() == review
    plan(as_of=START + 90 * DAY)
    review.refresh_from_db()
    # its window has long passed, and the next one's day has come: missed, and the next is counted from it
    assert review.status == "missed"
    assert review.touch_id is None


def test_tasks_deleted_with_their_client_by_a_mass_statement(world):
    appear_early()
    client = world.client(tier="A", since=START, team=TEAM)
    plan(as_of=START + 80 * DAY)
    assert ServiceTask.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM clients_teammember; DELETE FROM tiers_tierassignment;")
        cursor.execute(
            "DELETE FROM clients_clientsummary; DELETE FROM clients_clientscore; "
            "DELETE FROM clients_client WHERE id = %s",
            [client],
        )
    assert not ServiceTask.objects.exists()
    assert not ServiceClock.objects.exists()


def test_no_due_date_falls_on_a_day_off_or_outside_the_allowed_months(world):
    ClosingDay.objects.create(date=dt.date(2026, 10, 30), name="Retreat")
    many_clients(world, 120, "A", START)
    plan(as_of=START)
    taxes = ServiceClock.objects.filter(kind__code="tax_coordination").values_list("due_on", flat=True)
    assert {day.month for day in taxes} == {10, 11}
    for day in ServiceClock.objects.values_list("due_on", flat=True):
        assert day.weekday() < 5
        assert day not in (dt.date(2026, 10, 30), dt.date(2026, 11, 26), dt.date(2026, 7, 3))


@pytest.mark.parametrize(
    ("country", "state", "due"),
    [("DE", "BE", dt.date(2026, 6, 4)), ("DE", "BY", dt.date(2026, 6, 5)), ("US", "", dt.date(2026, 6, 4))],
)
def test_a_date_leaves_the_holidays_of_the_firms_country_and_state(world, country, state, due):
    """Corpus Christi, a Thursday, is one in Bavaria and none in Berlin."""
    Firm.objects.update(country=country, subdivision=state)
    client = world.client(tier="A", since=START - 300 * DAY, team=TEAM)
    world.touch(client, "review_meeting", dt.date(2026, 3, 4))
    plan(as_of=dt.date(2026, 3, 5))
    assert ServiceClock.objects.get(kind__code="review_meeting").due_on == due


def test_open_work_follows_the_team_and_falls_to_the_lead(world):
    appear_early()
    client = world.client(tier="B", since=START - 400 * DAY, team=TEAM)
    plan(as_of=START + 200 * DAY)
    assert {task.assigned_to.username for task in open_tasks()} == {"ann"}
    TeamMember.objects.create(client_id=client, role=world.roles["associate"], user=world.person("bob"))
    TeamMember.objects.filter(role__code="lead_advisor").delete()
    plan(as_of=START + 201 * DAY)
    for task in open_tasks().select_related("role", "assigned_to"):
        assert (task.assigned_to and task.assigned_to.username) == (
            "bob" if task.role.code == "associate" else None
        )


def test_the_summary_says_what_is_due_and_what_is_late(world):
    appear_early()
    client = world.client(tier="A", since=START - 300 * DAY, team=TEAM)
    world.touch(client, "review_meeting", START - 70 * DAY)
    plan(as_of=START)
    summary = ClientSummary.objects.get(client=client)
    tasks = list(open_tasks())
    assert summary.open_tasks == len(tasks)
    assert summary.next_due_on == min(task.due_on for task in tasks)
    assert summary.late_after == min(task.window_end for task in tasks)
    ClientSummary.objects.update(open_tasks=9, late_after=None, next_due_on=None)
    rebuild_summaries()
    assert ClientSummary.objects.get(client=client).open_tasks == len(tasks)


def test_touches_dated_later_are_found_when_their_day_comes(world):
    client = world.client(tier="A", since=START - 300 * DAY, team=TEAM)
    world.touch(client, "review_meeting", START - 70 * DAY)
    world.touch(client, "review_meeting", START + 20 * DAY)
    plan(as_of=START)
    review = open_tasks(kind__code="review_meeting").get()
    plan(as_of=START + 19 * DAY)
    assert open_tasks(pk=review.pk).exists()
    plan(as_of=START + 40 * DAY)
    review.refresh_from_db()
    assert (review.status, review.completed_on) == ("done", START + 20 * DAY)


def test_a_waiver_that_begins_and_ends_by_itself(world):
    client = world.client(tier="A", since=START - 300 * DAY, team=TEAM)
    world.touch(client, "review_meeting", START - 70 * DAY)
    plan(as_of=START)
    Waiver.objects.create(
        client_id=client,
        kind=world.kinds["review_meeting"],
        reason="wish",
        starts_on=START + 3 * DAY,
        ends_on=START + 50 * DAY,
    )
    assert plan(as_of=START + 2 * DAY).waived == 0
    assert plan(as_of=START + 3 * DAY).waived == 1
    assert not open_tasks(kind__code="review_meeting").exists()
    plan(as_of=START + 100 * DAY)
    assert open_tasks(kind__code="review_meeting").exists()


def test_a_sweep_plans_for_clients_whose_facts_changed(world, monkeypatch):
    monkeypatch.setattr(sweeps, "firm_today", lambda: START)
    client = world.client(tier="A", since=START - 300 * DAY, team=TEAM)
    assert sweeps.plan_changed() == 1
    assert ServiceClock.objects.filter(client=client).count() == 4
    assert not Change.objects.filter(kind=ChangeKind.SERVICE).exists()
    assert sweeps.plan_changed() == 0


@pytest.mark.django_db(transaction=True)
def test_two_planners_at_once_create_nothing_twice(transactional_db):
    world = World()
    many_clients(world, 200, "A", START - 100 * DAY)
    counts, failures = [], []
    start = threading.Barrier(3)

    def run() -> None:
        try:
            start.wait()
            counts.append(plan(as_of=START))
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert sorted(c.created > 0 for c in counts) == [False, False, True]
    assert ServiceTask.objects.values("client", "kind").distinct().count() == ServiceTask.objects.count()


@pytest.mark.django_db(transaction=True)
def test_a_planner_that_fails_half_way_leaves_nothing_and_forgets_no_change(transactional_db, monkeypatch):
    from servicing.planning import summaries

    world = World()
    many_clients(world, 20, "A", START - 100 * DAY)

    def fail(session):
        raise RuntimeError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(summaries, "write", fail)
        with pytest.raises(RuntimeError):
            plan(as_of=START)
    assert not ServiceTask.objects.exists()
    assert not ServiceClock.objects.exists()
    with transaction.atomic():
        lock()
        assert len(take_changes(ChangeKind.SERVICE)) == 20
        transaction.set_rollback(True)
    assert plan(as_of=START).created > 0
