"""The firm's goals of a year: set on a page, shown with where they should be by now."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client as Browser

from clients.models import Revenue, ServiceRole, TimeEntry
from servicing.dashboards import rollups
from servicing.goals.progress import part_of_year, progress
from servicing.goals.services import set_goals
from servicing.models import FirmGoal, GoalKind
from tests.factories import ClientFactory, UserFactory

pytestmark = pytest.mark.django_db
YEAR = {
    "revenue": 500_000,
    "minutes": 60_000,
    "on_time": 91,
    "counted": 100,
    "promised": 80,
    "available": 100,
}


@pytest.fixture
def browser(time_machine) -> Browser:
    time_machine.move_to(dt.datetime(2026, 7, 2, 16, tzinfo=dt.UTC))
    browser = Browser()
    boss = UserFactory(groups=["operations"])
    browser.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def test_goals_are_set_changed_and_taken_back_on_their_page(browser):
    sent = {"revenue": "1,000,000", "an_hour": "600", "load": "85", "on_time": ""}
    assert browser.post("/operations/goals/", sent).status_code == 302
    assert dict(FirmGoal.objects.values_list("kind", "target")) == {
        "revenue": 1_000_000, "an_hour": 600, "load": 85,
    }  # fmt: skip
    browser.post("/operations/goals/", {"revenue": "1200000", "on_time": "95"})
    assert dict(FirmGoal.objects.values_list("kind", "target")) == {"revenue": 1_200_000, "on_time": 95}
    browser.post("/operations/goals/?year=2027", {"revenue": "5"})
    assert FirmGoal.objects.filter(year=2027).count() == 1
    assert browser.get("/operations/goals/?year=2031").context["year"] == 2026


@pytest.mark.parametrize("sent", [{"revenue": "-1"}, {"on_time": "101"}, {"load": "many"}, {"an_hour": "0"}])
def test_a_goal_that_makes_no_sense_is_refused_at_its_field(browser, sent):
    answer = browser.post("/operations/goals/", {"revenue": "7", **sent})
    assert answer.status_code == 422
    (name,) = sent
    assert answer.context["form"].errors[name]
    assert not FirmGoal.objects.exists()


def test_the_database_refuses_it_too():
    with pytest.raises(ValidationError):
        set_goals(year=2026, targets={"on_time": Decimal(101)})
    for fields in (
        {"kind": "on_time", "target": 101},
        {"kind": "revenue", "target": 0},
        {"kind": "x", "target": 1},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            FirmGoal.objects.create(year=2026, **fields)


def test_revenue_should_be_by_now_what_it_was_of_last_year():
    half = dt.date(2026, 7, 2)
    assert part_of_year(half, {}) == Decimal(183) / 365
    quarterly = {dt.date(2025, month, 1): Decimal(100) for month in (3, 6, 9, 12)}
    assert part_of_year(dt.date(2026, 5, 20), quarterly) == Decimal("0.25")
    assert part_of_year(dt.date(2026, 6, 15), quarterly) == Decimal("0.375")
    assert part_of_year(dt.date(2026, 12, 31), quarterly) == 1


def test_each_goal_says_how_far_it_is_in_words():
    goals = {
        kind.value: Decimal(target) for kind, target in zip(GoalKind, (1_000_000, 505, 75, 95), strict=True)
    }
    found = {each.kind: each for each in progress(goals, YEAR, {}, dt.date(2026, 7, 2), {})}
    assert found["revenue"].state == "close"  # 500,000 of 501,370 by now
    assert found["revenue"].value_text == "$500,000"
    assert found["an_hour"].state == "close"  # 500 of 505
    assert found["load"].words == "More than the team should carry."
    assert found["on_time"].words == "Nearly on course."
    assert 0 < found["revenue"].bar < found["revenue"].mark < 100
    nothing = YEAR | {"minutes": 0, "available": 0, "counted": 0}
    words = [each.words for each in progress(goals, nothing, {}, dt.date(2026, 7, 2), {})][1:]
    assert all(words)


def test_a_year_s_goals_count_all_of_its_revenue_and_hours_whatever_became_of_the_client(browser):
    role = ServiceRole.objects.get(code="lead_advisor")
    by = UserFactory()
    for status, amount, minutes in (("active", 500, 60), ("former", 300, 30), ("paused", 200, 30)):
        client = ClientFactory(status=status)
        Revenue.objects.create(client=client, date=dt.date(2026, 5, 1), amount=amount)
        Revenue.objects.create(client=client, date=dt.date(2025, 6, 1), amount=amount)
        Revenue.objects.create(client=client, date=dt.date(2025, 12, 1), amount=amount if amount < 500 else 0)
        TimeEntry.objects.create(
            client=client, spent_on=dt.date(2026, 5, 1), minutes=minutes, role=role, by=by
        )
    ClientFactory(status="former")  # of years ago: nothing this year
    rollups.refresh()
    set_goals(year=2026, targets={"revenue": Decimal(1500), "an_hour": Decimal(400)})
    page = browser.get("/operations/")
    revenue, an_hour = page.context["goals"]
    assert (revenue.value, an_hour.value) == (1000, 500)
    assert revenue.by_now == 1000  # two thirds of last year's came by now, of all clients
    assert "of former and paused clients too" in page.content.decode()
    for goal in (revenue, an_hour):
        answer = browser.get(goal.href)
        assert answer.context["count"] == 3
        assert answer.context["sums"]["revenue"] == 1000
        assert {row["status_label"] for row in answer.context["rows"]} == {"Active", "Former", "Paused"}
        lines = browser.get(f"{goal.href}&file=1").getvalue().decode().splitlines()
        assert lines[0].endswith(",status")
        assert len(lines) == 4
    # everything else is of active clients, as it says
    assert browser.get("/operations/clients/?period=year").context["sums"]["revenue"] == 500
    (profit,) = [part for part in page.context["parts"] if part.code == "profit"]
    assert profit.tables[0].foot[1].value == 1


def test_the_goals_print_alone(browser):
    set_goals(year=2026, targets={"revenue": Decimal(1500)})
    assert "part=goals" in browser.get("/operations/").content.decode()
    alone = browser.get("/operations/?part=goals")
    assert alone.context["title"] == "Goals of 2026"
    assert alone.content.decode().count('<section class="panel') == 1


def test_the_dashboard_shows_the_goals_of_the_year_with_the_lists_behind(browser):
    client = ClientFactory()
    Revenue.objects.create(client=client, date=dt.date(2026, 5, 1), amount=Decimal(700_000))
    Revenue.objects.create(client=client, date=dt.date(2025, 12, 1), amount=Decimal(300_000))
    rollups.refresh()
    set_goals(year=2026, targets={"revenue": Decimal(1_000_000), "on_time": Decimal(90)})
    page = browser.get("/operations/")
    (revenue, on_time) = page.context["goals"]
    assert revenue.value == 700_000
    assert browser.get(revenue.href).context["sums"]["revenue"] == 700_000
    assert on_time.words == "Nothing was due this year yet."
    assert "Goals of 2026" in page.content.decode()
    compliance = Browser()
    compliance.force_login(
        UserFactory(groups=["compliance"]), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert "/operations/goals/" not in compliance.get("/operations/").content.decode()
