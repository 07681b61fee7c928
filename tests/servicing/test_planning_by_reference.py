"""The engine and a plain calendar agree, whatever happens to a small firm."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from servicing.models import Absence, ServiceItem, ServiceTask
from tests.examples import examples
from tests.servicing.world import World

START = dt.date(2025, 3, 3)
TEAM = {"lead_advisor": "ann", "associate": "bob"}

events = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 70)),
    st.tuples(st.just("wait"), st.integers(1, 12)),
    st.tuples(
        st.just("touch"),
        st.integers(0, 2),
        st.sampled_from(
            ["review_meeting", "plan_review", "call", "tax_session", "digital_check_in", "automated_email"]
        ),
        st.integers(0, 25),
        st.booleans(),
    ),
    st.tuples(st.just("tier"), st.integers(0, 2), st.sampled_from("ABC")),
    st.tuples(
        st.just("waive"),
        st.integers(0, 2),
        st.sampled_from(["review_meeting", "check_in"]),
        st.integers(10, 200),
    ),
    st.tuples(
        st.just("give"),
        st.integers(0, 2),
        st.sampled_from(["review_meeting", "check_in", "tax_coordination"]),
        st.sampled_from([1, 2, 6, 12, 24, None]),
        st.one_of(st.none(), st.integers(0, 200)),
    ),
    # whom, first day from today, days, who stands in, whether it is taken back later
    st.tuples(
        st.just("absent"),
        st.sampled_from(["ann", "bob"]),
        st.integers(-8, 60),
        st.integers(1, 50),
        st.sampled_from(["", "bob", "cara"]),
    ),
    st.tuples(st.just("back"), st.integers(0, 3), st.booleans()),
    st.tuples(st.just("status"), st.integers(0, 2), st.sampled_from(["paused", "active", "former"])),
    st.tuples(
        st.just("close"),
        st.integers(0, 2),
        st.sampled_from(["review_meeting", "check_in"]),
        st.sampled_from(["declined", "no_response"]),
    ),
)


def leave(world: World, today: dt.date, name: str, ahead: int, days: int, stand_in: str) -> None:
    first = today + dt.timedelta(days=ahead)
    last = first + dt.timedelta(days=days - 1)
    taken = any(a.person == name and a.first <= last and a.last >= first for a in world.ref.absences)
    if not taken and stand_in != name:
        world.absent(name, first, last, stand_in)


def come_back(world: World, today: dt.date, which: int, early: bool) -> None:
    """An absence that is not over ends yesterday, or never was."""
    going_on = list(Absence.objects.filter(last_on__gte=today).order_by("id"))
    if going_on:
        absence = going_on[which % len(going_on)]
        yesterday = today - dt.timedelta(days=1)
        world.back(absence, yesterday if early and absence.first_on <= yesterday else None)


def tell(world: World, event: tuple, today: dt.date) -> dt.date:
    """Lets `event` happen on `today`; returns the date after it."""
    what, *rest = event
    clients = world.ref.clients
    if what == "wait":
        return today + dt.timedelta(days=rest[0])
    if what == "absent":
        leave(world, today, *rest)
        return today
    if what == "back":
        come_back(world, today, *rest)
        return today
    client = clients[rest[0] % len(clients)]
    if what == "touch":
        world.touch(client, rest[1], today - dt.timedelta(days=rest[2]), reached=rest[3])
    elif what == "tier":
        world.assign(client, rest[1], today)
    elif what == "waive":
        world.waive(client, rest[1], today, today + dt.timedelta(days=rest[2]))
    elif what == "give":
        last = None if rest[3] is None else today + dt.timedelta(days=rest[3])
        world.give(client, rest[1], rest[2], today, last)
    elif what == "status":
        world.set_status(client, rest[1])
    elif what == "close":
        world.close(client, rest[1], rest[2])
        world.plan(today, [client])
        world.ref.plan(today)
    return today


@pytest.mark.django_db(transaction=False)
@settings(
    max_examples=examples(40),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(
    tiers=["A"],
    calendar=False,
    story=[
        ("touch", 0, "plan_review", 25, True),
        *[("wait", 66)] * 5,
        ("tier", 0, "C"),
        ("tier", 0, "A"),
        ("wait", 5),
    ],
)
@example(
    tiers=["A", "A"],
    calendar=True,
    story=[
        ("give", 0, "review_meeting", 12, 90),
        ("wait", 40),
        ("touch", 0, "review_meeting", 2, True),
        ("give", 1, "tax_coordination", 6, None),
        *[("wait", 60)] * 4,
        ("give", 1, "tax_coordination", None, None),
        ("tier", 0, "B"),
        ("give", 0, "review_meeting", 2, None),
        *[("wait", 60)] * 3,
    ],
)
@example(
    tiers=["A", "B"],
    calendar=False,
    story=[
        ("touch", 0, "review_meeting", 25, True),
        ("touch", 1, "review_meeting", 25, True),
        ("absent", "ann", 50, 30, "cara"),
        ("absent", "bob", 40, 20, ""),
        ("wait", 45),
        ("absent", "cara", 8, 20, ""),
        ("absent", "ann", 200, 40, ""),
        ("wait", 30),
        ("back", 0, True),
        *[("wait", 60)] * 3,
    ],
)
@given(
    tiers=st.lists(st.sampled_from("ABC"), min_size=1, max_size=3),
    calendar=st.booleans(),
    story=st.lists(events, min_size=4, max_size=14),
)
def test_it_plans_as_a_plain_calendar_would(db, tiers, calendar, story):
    from django.db import transaction

    with transaction.atomic():
        if calendar:
            ServiceItem.objects.filter(interval_months__gte=6).update(basis="calendar", first_offset_months=2)
        world = World()
        for tier in tiers:
            world.client(tier=tier, since=START, team=TEAM)
        today = START
        world.plan_both(today)
        for event in story:
            today = tell(world, event, today)
            if event[0] == "close":
                continue
            world.plan_both(today)
            before = ServiceTask.objects.count()
            assert world.plan(today).created == 0
            assert ServiceTask.objects.count() == before
            world.check()
        transaction.set_rollback(True)
