"""Hours promised for the next 52 weeks: what planning will ask for, week by week."""

import datetime as dt
from collections import Counter

import pytest
from django.db import connection, transaction

from clients.models import Firm
from servicing.capacity import weeks
from servicing.capacity.promised_hours import WEEKS, Horizon, open_session, project
from servicing.models import (
    Absence,
    ClientHours,
    ClosingDay,
    PersonLoad,
    PersonWeeks,
    PromisedWeeks,
    ServiceClock,
    ServiceItem,
    ServiceTask,
)
from servicing.planning import plan
from tests.servicing.world import noon

pytestmark = pytest.mark.django_db

DAY, WEEK = dt.timedelta(days=1), dt.timedelta(weeks=1)
START = dt.date(2026, 3, 2)  # a Monday
DOES = {  # which touch does which service
    "review_meeting": "review_meeting",
    "wealth_plan_review": "plan_review",
    "tax_coordination": "tax_session",
    "estate_coordination": "estate_session",
    "check_in": "digital_check_in",
    "automated_update": "automated_email",
}


def dates(day, clients=None):
    """Rows (client, service, day, minutes, person) that are projected from `day` on."""
    with transaction.atomic():
        horizon = Horizon(day)
        project(open_session(horizon), horizon, clients=clients)
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT client_id, kind.code, day_on, minutes, person_id, role.code FROM promised_date
                LEFT JOIN servicing_servicekind kind ON kind.id = kind_id
                LEFT JOIN clients_servicerole role ON role.id = role_id
                WHERE NOT automated ORDER BY 3, 1, 2"""
            )
            return cursor.fetchall()


def days_of(day, client, kind):
    return [row[2] for row in dates(day) if row[:2] == (client, kind)]


@pytest.fixture
def grown(world):
    """A firm of 48 clients in all tiers, who have been served for some time, planned on a Monday."""
    for number in range(48):
        tier = "ABBCCC"[number % 6]
        team = {"lead_advisor": "ann" if number % 2 else "bob", "associate": "cid"}
        client = world.client(tier=tier, since=START - dt.timedelta(days=400 + 3 * number), team=team)
        if number % 4:
            world.touch(client, "review_meeting", START - dt.timedelta(days=5 + 7 * (number % 12)))
        if tier == "A" and number % 3:
            world.touch(client, "plan_review", START - dt.timedelta(days=30 + 9 * number))
            world.touch(client, "tax_session", dt.date(2025, 10, 5) + dt.timedelta(days=number))
        if tier == "B" and number % 5:
            world.touch(client, "digital_check_in", START - dt.timedelta(days=4 + 2 * number))
    world.plan(START)
    return world


def lived(world, start, end):
    """Plans on every Monday, and on every day on which a task appears, while everything is done on its due
    day; returns what was done as (client, service, day), without what another meeting did on the way."""
    done, day = [], start
    while day < end:
        monday = day + (7 - day.weekday()) * DAY
        appears = ServiceClock.objects.filter(create_on__gt=day, create_on__lt=monday).order_by("create_on")
        until = appears.values_list("create_on", flat=True).first() or monday
        due = ServiceTask.objects.open().filter(due_on__lt=until).order_by("due_on", "kind__position", "id")
        met = set()
        for task in due.select_related("kind"):
            if task.kind.code == "check_in" and task.client_id in met:
                continue
            on = max(task.due_on, start)
            world.touch(task.client_id, DOES[task.kind.code], on)
            met.add(task.client_id)
            if not task.automated:
                done.append((task.client_id, task.kind.code, on))
        plan(as_of=until)
        day = until
    return done


@pytest.mark.thorough
def test_a_year_in_which_all_is_done_on_its_day_asks_for_what_was_projected(grown):
    """Also what one meeting does for two promises, and the months that an item allows."""
    world = grown
    # It ends on a Sunday: what it held back is dated on the day after.
    world.waive(world.ref.clients[0], "review_meeting", START, START + 15 * WEEK - DAY)
    world.give(world.ref.clients[6], "review_meeting", 1, START - 10 * DAY)
    plan(as_of=START)
    expected = [row[:3] for row in dates(START)]
    done = lived(world, START, Horizon(START).end)
    told, real = Counter(row[1] for row in expected), Counter(row[1] for row in done)
    rolling = set(DOES) - {"tax_coordination", "automated_update"}
    assert {kind: told[kind] for kind in rolling} == {kind: real[kind] for kind in rolling}
    assert abs(len(expected) - len(done)) <= 0.02 * len(done)
    by_week = [Counter((row[2] - START).days // 7 for row in rows) for rows in (expected, done)]
    apart = sum(abs(by_week[0][week] - by_week[1][week]) for week in range(WEEKS))
    assert apart <= 0.1 * len(done)


def a_client(world, tier="A", **team):
    return world.client(tier=tier, since=START - 300 * DAY, team=team or {"lead_advisor": "ann"})


def every(count, first, months=3):
    """Working days near `first` and each interval after it."""
    return [first + dt.timedelta(days=round(30.44 * months * step)) for step in range(count)]


def near(found, wanted):
    assert len(found) == len(wanted)
    assert all(abs((a - b).days) <= 5 for a, b in zip(found, wanted, strict=True)), (found, wanted)


def test_an_open_task_stands_at_its_appointment_and_a_late_one_today(world):
    client = a_client(world)
    world.touch(client, "review_meeting", START - 80 * DAY)
    plan(as_of=START)
    task = ServiceTask.objects.get(kind__code="review_meeting")
    assert days_of(START, client, "review_meeting")[0] == task.due_on
    ServiceTask.objects.filter(pk=task.pk).update(status="scheduled", scheduled_at=noon(START + 20 * DAY))
    assert days_of(START, client, "review_meeting")[0] == START + 20 * DAY
    late = START - 40 * DAY
    ServiceTask.objects.filter(pk=task.pk).update(
        status="planned", scheduled_at=None, due_on=late, window_start=late, window_end=late
    )
    found = days_of(START, client, "review_meeting")
    assert found[0] == START
    near(found, every(4, START))  # the next one counts from when it is done, outside its window
    sunday = START - DAY
    assert days_of(sunday, client, "review_meeting")[0] == START


def test_waivers_and_own_intervals_are_kept_also_where_they_begin_or_end_later(world):
    waived, held, often, back = (a_client(world) for _number in range(4))
    for client in (waived, held, often, back):
        world.touch(client, "review_meeting", START - 70 * DAY)
    plan(as_of=START)  # each has an open task, due in three weeks
    due = days_of(START, waived, "review_meeting")
    world.waive(waived, "review_meeting", due[0] - 3 * DAY, due[0] + 30 * DAY)
    world.waive(held, "review_meeting", due[1] - 60 * DAY, due[1] + 60 * DAY)
    world.give(often, "review_meeting", 1, START + 100 * DAY)
    world.give(back, "review_meeting", 12, START, START + 200 * DAY)
    near(days_of(START, waived, "review_meeting"), due[1:])  # that one counts as waived at its due date
    found = days_of(START, held, "review_meeting")
    assert found[0] == due[0]
    assert due[1] + 60 * DAY < found[1] <= due[1] + 155 * DAY  # dated anew when the waiver is over
    assert len([day for day in days_of(START, often, "review_meeting") if day > START + 125 * DAY]) >= 7
    found = days_of(START, back, "review_meeting")
    assert found[0] == due[0]
    assert found[1] == START + 201 * DAY or (found[1] - START - 201 * DAY).days <= 3
    assert len(found) == 3


def test_an_ended_service_gives_no_more_dates_and_one_to_come_begins_on_its_day(world):
    client = a_client(world)
    for kind in ("review_meeting", "plan_review"):
        world.touch(client, kind, START - 20 * DAY)
    plan(as_of=START)
    ServiceItem.objects.filter(kind__code="review_meeting", standard__tier__code="A").update(
        ended_on=START + 150 * DAY
    )
    old = ServiceItem.objects.get(kind__code="estate_coordination")
    ServiceItem.objects.filter(pk=old.pk).update(starts_on=START + 90 * DAY, interval_months=1)
    ServiceTask.objects.filter(kind__code="estate_coordination").delete()
    near(days_of(START, client, "review_meeting"), [START + 70 * DAY])
    estate = days_of(START, client, "estate_coordination")
    assert START + 90 * DAY < estate[0] <= START + 123 * DAY
    assert len(estate) in (8, 9)


def test_slots_of_the_calendar_and_allowed_months_are_met(world):
    ServiceItem.objects.filter(kind__code="review_meeting").update(basis="calendar")
    client = a_client(world)
    world.touch(client, "review_meeting", START - 60 * DAY)
    plan(as_of=START)
    found = days_of(START, client, "review_meeting")
    assert len(found) == 4
    assert {(day.month - found[0].month) % 3 for day in found} <= {0, 1, 2}
    assert max(abs(day.day - found[0].day) for day in found) <= 4 or found[0].day > 26
    assert {day.month for day in days_of(START, client, "tax_coordination")} <= {10, 11}


def test_work_of_somebody_absent_goes_to_the_stand_in_or_waits(world):
    client = a_client(world, "A", lead_advisor="ann", planner="pia")
    world.touch(client, "review_meeting", START - 20 * DAY)  # nothing is open of it yet
    plan(as_of=START)
    due = days_of(START, client, "review_meeting")[0]
    ann, bob = world.person("ann"), world.person("bob")
    away = Absence.objects.create(user=ann, first_on=due - DAY, last_on=due + 6 * DAY)
    found = [row for row in dates(START) if row[:2] == (client, "review_meeting")]
    assert due + 6 * DAY < found[0][2] <= due + 10 * DAY
    assert found[0][4] == ann.pk
    away.stand_in = bob
    away.save()
    found = [row for row in dates(START) if row[:2] == (client, "review_meeting")]
    assert (found[0][2], found[0][4]) == (due, bob.pk)


def test_what_nobody_is_there_for_and_what_no_standard_asked_is_counted_and_what_runs_by_itself_is_not(world):
    alone = world.client(tier="C", since=START - 100 * DAY, team={})
    world.client(tier="C", since=START - 100 * DAY, team={"lead_advisor": "ann"})
    plan(as_of=START)
    ServiceTask.objects.create(
        client_id=alone,
        title="Send the form",
        due_on=START + 8 * DAY,
        window_start=START + 8 * DAY,
        window_end=START + 8 * DAY,
        planned_minutes=25,
        assigned_to=world.person("ann"),
    )
    weeks.refresh(as_of=START)
    nobody = PersonLoad.objects.get(user=None)
    assert nobody.promised_year == 40  # the year's review, of no lead advisor and no associate
    beside = PromisedWeeks.objects.get(item=None)
    assert (beside.minutes[1], sum(beside.minutes), beside.role_id) == (25, 25, None)
    ann = PersonLoad.objects.get(user__username="ann")
    assert ann.promised_year == 65  # an associate's review falls to the lead advisor
    assert sum(sum(row.minutes) for row in PersonWeeks.objects.all()) == 105
    assert not PromisedWeeks.objects.filter(item__automated=True).exists()


def test_hours_are_measured_by_the_days_on_which_one_is_there(world, time_machine):
    time_machine.move_to(dt.datetime(2026, 3, 4, 17, tzinfo=dt.UTC))  # a Wednesday
    Firm.objects.update(country="US")
    client = a_client(world)
    world.touch(client, "review_meeting", START - 70 * DAY)
    plan(as_of=START)
    ann = world.person("ann")
    weeks.refresh()
    load = PersonLoad.objects.get(user=ann)
    assert load.promised_year
    assert (load.available, load.available_year, load.load, load.overloaded) == (None, None, None, None)
    ClientHours.objects.create(user=ann, hours_a_week=10)
    Absence.objects.create(user=ann, first_on=START + WEEK, last_on=START + WEEK + DAY)
    ClosingDay.objects.create(date=START + 2 * WEEK, name="Move")
    weeks.measure([ann.pk])
    load.refresh_from_db()
    assert load.available[:4] == [360, 360, 480, 600]  # three days left, two away, one closed, all
    assert load.available[12] == 480  # Memorial Day
    assert load.available_soon == 1800
    assert load.load_soon == pytest.approx(load.promised_soon / 1800)
    ClientHours.objects.update(hours_a_week=1)
    weeks.measure([ann.pk])
    load.refresh_from_db()
    full = [week for week in range(WEEKS) if load.promised[week] > load.available[week]]
    assert (load.overloaded, load.first_overloaded) == (len(full), full[0])
    ann.is_active = False
    ann.save()
    weeks.measure([ann.pk])
    load.refresh_from_db()
    assert load.available is None


def test_one_person_is_projected_as_the_whole_firm_is(grown):
    everything = dates(START)
    some = grown.ref.clients[:7]
    assert dates(START, clients=some) == [row for row in everything if row[0] in some]


def test_figures_rest_after_a_long_refresh_and_are_replaced_whole(grown, time_machine):
    time_machine.move_to(noon(START))
    weeks.refresh()
    first = sorted(PromisedWeeks.objects.values_list("item", "role", "tier", "minutes"))
    weeks.refresh()
    assert sorted(PromisedWeeks.objects.values_list("item", "role", "tier", "minutes")) == first
    weeks.CapacityFigures.objects.update(took_ms=4000)
    assert not weeks.refresh_when_due()
    time_machine.move_to(noon(START) + dt.timedelta(minutes=5))
    assert weeks.refresh_when_due()
