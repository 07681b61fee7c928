"""Five hundred clients of one advisor, imported on one day: no week of the year is much fuller."""

import datetime as dt
import itertools
from collections import Counter

import pytest
from django.db import connection

from clients.models import Client, TeamMember, Touch
from servicing.models import ClosingDay, ServiceClock, ServiceItem, ServiceTask
from servicing.planning import plan
from servicing.planning.levelling import PLACES, Rhythm, add_months, level_days
from servicing.planning.working_days import public_holidays
from tests.servicing.world import World, noon
from tiers.models import TierAssignment

DAY = dt.timedelta(days=1)
TOUCHES = {"review_meeting": "review_meeting", "check_in": "call", "automated_update": "automated_email"}


def imported(world: World, tier: str, since: dt.date, number: int = 500) -> None:
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


def served_on_every_due_day(world: World, first: dt.date, days: int) -> None:
    """Plans each working day, and lets everyone be met on the day they are due."""
    kinds = {
        kind.pk: world.touch_kinds[TOUCHES.get(code, code)]
        for code, kind in world.kinds.items()
        if code in TOUCHES
    }
    for number in range(days + 1):
        today = first + number * DAY
        if today.weekday() >= 5:
            continue
        plan(as_of=today)
        due = list(ServiceTask.objects.open().filter(due_on__lte=today))
        Touch.objects.bulk_create(
            Touch(
                client_id=task.client_id,
                kind=kinds[task.kind_id],
                occurred_at=noon(task.due_on) + dt.timedelta(seconds=n),
                occurred_on=task.due_on,
                outcome="reached",
                role=world.roles["lead_advisor"],
            )
            for n, task in enumerate(due)
        )


def fullest_week(first: dt.date) -> float:
    """The busiest week of the year after `first`, in means of a week."""
    year = ServiceTask.objects.filter(due_on__gt=first, due_on__lte=first + 364 * DAY)
    weeks = Counter(day.isocalendar()[:2] for day in year.values_list("due_on", flat=True))
    return max(weeks.values()) / (sum(weeks.values()) / 52)


def closed() -> None:
    """The days after Thanksgiving and before Christmas and New Year: the worst that three can be."""
    for day in (dt.date(2026, 11, 27), dt.date(2026, 12, 24), dt.date(2026, 12, 31)):
        ClosingDay.objects.create(date=day)


@pytest.mark.thorough
def test_a_year_under_the_shipped_standards_is_level(world):
    """Reviews and the check-ins between them, begun in step with month's ends that February takes up."""
    since = dt.date(2026, 5, 4)
    closed()
    imported(world, "B", since)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    served_on_every_due_day(world, since, 366)
    assert fullest_week(since) <= 1.25


@pytest.mark.parametrize("months", [1, 2, 3, 4, 6, 12, 24])
@pytest.mark.parametrize("since", [dt.date(2026, 1, 5), dt.date(2026, 5, 4), dt.date(2026, 8, 28)])
def test_each_interval_begins_so_that_its_year_is_level(months, since):
    off = public_holidays("US", "", since, since + 800 * DAY) | {
        dt.date(2026, 11, 27), dt.date(2026, 12, 24), dt.date(2026, 12, 31)
    }  # fmt: skip
    rhythm = Rhythm(months, "rolling", off)
    end = since + max(364, 30 * months) * DAY
    days = level_days(since, (add_months(since, months) - since).days, rhythm)
    assert len(days) == PLACES
    weeks: Counter[tuple[int, int]] = Counter()
    for first in days:
        weeks.update(
            day.isocalendar()[:2]
            for day in itertools.takewhile(lambda day: day <= end, rhythm.year(first, since))
        )
    assert max(weeks.values()) <= 1.2 * sum(weeks.values()) / ((end - since).days / 7)


def test_overdue_work_of_many_begins_level_and_in_order(world):
    since = dt.date(2026, 4, 20)
    ServiceItem.objects.exclude(standard__tier__code="A", kind__code="review_meeting").update(ended_on=since)
    imported(world, "A", since - 500 * DAY, number=120)
    for n, client in enumerate(Client.objects.order_by("pk")):
        world.touch(client.pk, "review_meeting", since - (400 + n) * DAY)
    plan(as_of=since)
    rows = ServiceClock.objects.values_list("base_on", "due_on", "client_id")
    # the most overdue first; a month's end makes several bases overdue since the same day
    days = [due for _since, _client, due in sorted((add_months(base, 3), c, due) for base, due, c in rows)]
    assert days == sorted(days)
    assert since < days[0]
    assert days[-1] <= since + 90 * DAY
    weeks = Counter(day.isocalendar()[:2] for day in days)
    assert max(weeks.values()) <= 1.35 * len(days) / (90 / 7)
