"""What goes beyond the standard is what the definition says, whatever happened."""

import datetime as dt

import pytest

from clients.models import ServiceRole, TimeEntry, Touch
from servicing.delivery import creep
from servicing.delivery.figures import first_month
from servicing.models import BeyondStandard, ServiceItem, ServiceTask
from tests.servicing import delivery_reference as reference
from tests.servicing.delivery_world import random_firm

DAY = dt.timedelta(days=1)
TODAY = dt.date(2026, 8, 20)


def stored():
    rows = BeyondStandard.objects.order_by("what", "of")
    return [(r.what, r.of, r.client_id, r.on, r.tier_id, r.kind_id, r.minutes, r.cost) for r in rows]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_finds_what_the_definition_says_for_all_and_for_each_client(seed):
    random_firm(seed, TODAY)
    since = first_month(TODAY)
    told = reference.beyond(TODAY, since)
    assert {row[0] for row in told} == {"extra", "unpromised", "overrun", "time"}
    assert creep.refresh(since=since, as_of=TODAY) == len(told)
    assert stored() == told
    assert creep.refresh(since=since, as_of=TODAY) == 0
    first = TODAY - 300 * DAY
    for client in {row[2] for row in told}:
        own = [row for row in told if row[2] == client and row[3] >= first]
        found = creep.beyond_of(client, first=first, last=TODAY)
        assert {(f["what"], f["number"], f["minutes"], f["cost"]) for f in found} == {
            (what, len(rows), sum(r[6] for r in rows), sum(r[7] for r in rows))
            for what in {row[0] for row in own}
            if (rows := [row for row in own if row[0] == what])
        }


@pytest.fixture
def household(world):
    """An A client since two years, without any task."""
    return world.client(tier="A", since=TODAY - 700 * DAY)


def found():
    creep.refresh(since=first_month(TODAY), as_of=TODAY)
    return [(row.what, row.on, row.minutes, row.cost) for row in BeyondStandard.objects.order_by("on", "id")]


def meet(world, client, on, *, minutes=60, kind="review_meeting"):
    touch = world.touch(client, kind, on)
    Touch.objects.filter(pk=touch.pk).update(minutes=minutes)
    return touch


def test_the_fifth_meeting_of_a_year_is_beyond_four_promised_ones(world, household):
    for month in (1, 2, 3, 5, 7):
        meet(world, household, dt.date(2026, month, 9))
    assert found() == [("extra", dt.date(2026, 7, 9), 60, 150)]


def test_meetings_that_closed_tasks_count_and_are_never_beyond(world, household):
    review = ServiceItem.objects.get(standard__tier__code="A", kind__code="review_meeting")
    for month in (1, 2, 3, 5, 7):
        touch = meet(world, household, dt.date(2026, month, 9), minutes=90)
        ServiceTask.objects.create(
            client_id=household, item=review, kind=review.kind, tier=review.standard.tier, status="done",
            due_on=touch.occurred_on, window_start=touch.occurred_on, window_end=touch.occurred_on,
            completed_on=touch.occurred_on, planned_minutes=90, touch=touch,
        )  # fmt: skip
    assert found() == []
    meet(world, household, dt.date(2026, 8, 3), minutes=20)
    assert found() == [("extra", dt.date(2026, 8, 3), 20, 50)]


def test_an_attempt_and_a_mail_are_no_service(world, household):
    world.touch(household, "tax_session", dt.date(2026, 3, 2), reached=False)
    meet(world, household, dt.date(2026, 3, 3), kind="email_reply")
    assert found() == []


def test_a_service_that_the_tier_does_not_promise_is_beyond_it_at_once(world):
    client = world.client(tier="C", since=TODAY - 300 * DAY)
    meet(world, client, dt.date(2026, 3, 2), kind="tax_session", minutes=45)
    assert found() == [("unpromised", dt.date(2026, 3, 2), 45, 112.5)]


def test_before_a_tier_served_the_client_nothing_is_beyond_a_standard(world):
    client = world.client(tier="C", since=dt.date(2026, 3, 3))
    meet(world, client, dt.date(2026, 3, 2), kind="tax_session")
    assert found() == []


def test_preparation_within_the_plan_is_promised_and_what_exceeds_it_is_not(world, household):
    review = ServiceItem.objects.get(standard__tier__code="A", kind__code="review_meeting")
    touch = meet(world, household, dt.date(2026, 4, 9), minutes=60)
    ServiceTask.objects.create(
        client_id=household, item=review, kind=review.kind, tier=review.standard.tier, status="done",
        due_on=touch.occurred_on, window_start=touch.occurred_on, window_end=touch.occurred_on,
        completed_on=touch.occurred_on, planned_minutes=90, touch=touch,
    )  # fmt: skip
    ann, role = world.person("ann"), ServiceRole.objects.get(code="associate")
    for day, minutes in ((2, 20), (3, 15), (9, 30)):
        TimeEntry.objects.create(
            client_id=household, spent_on=dt.date(2026, 4, day), minutes=minutes, role=role, by=ann
        )
    assert found() == [
        ("time", dt.date(2026, 4, 3), 5, 6.25),
        ("time", dt.date(2026, 4, 9), 30, 37.5),
    ]


def test_a_touch_taken_back_is_no_longer_beyond(world, household):
    touches = [meet(world, household, dt.date(2026, month, 9)) for month in (1, 2, 3, 5, 7)]
    assert len(found()) == 1
    touches[0].delete()
    assert found() == []
