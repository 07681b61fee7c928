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
    """Plans week by week while everything is done on its due day; returns what was done as (client, service,
    day), without what another meeting of that week did on the way."""
    done = []
    for week in range((end - start).days // 7):
        until = start + (week + 1) * WEEK
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
    return done


def test_a_year_in_which_all_is_done_on_its_day_asks_for_what_was_projected(grown):
    """Also what one meeting does for two promises, and the months that an item allows."""
    world = grown
    world.waive(world.ref.clients[0], "review_meeting", START, START + 100 * DAY)
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
