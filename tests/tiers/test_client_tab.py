"""The tier tab: the score's parts, its way through time, what changed since, and the way to the next tier."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.urls import reverse

from clients.models import Client, Job, Revenue, ServiceRole, TeamMember, TimeEntry, Touch, TouchKind
from tests.factories import UserFactory
from tests.tiers.firm import SHIPPED, D, case, current_tiers, store, store_policy
from tiers import services
from tiers.client_charts import cuts, parts
from tiers.freshness import differences
from tiers.models import Explanation, ScoringRun

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def firm(time_machine) -> dict[str, Client]:
    time_machine.move_to(dt.datetime(2026, 3, 31, 16, tzinfo=dt.UTC))
    known = {"potential": Decimal(1000), "alignment": 3}
    store(
        [
            case("a", 900, growth=5, **known),
            case("b", 500, growth=4, **known),
            case("c", 100, growth=1, potential=Decimal(5)),
        ]
    )
    return {client.external_id: client for client in Client.objects.all()}


@pytest.fixture
def run(firm) -> ScoringRun:
    return services.propose_run(as_of=D, policy=store_policy(SHIPPED))


@pytest.fixture
def operations(client):
    person = UserFactory(groups=["operations"])
    client.force_login(person, backend=BACKEND)
    return person


def page(client: Any, of: Client, tab: str = "tier/") -> str:
    answer = client.get(f"{of.get_absolute_url()}{tab}")
    assert answer.status_code == 200
    return answer.content.decode()


def changed(run: ScoringRun, of: Client, *, today: dt.date = D) -> dict[str, tuple[Any, Any]]:
    explanation = Explanation.objects.get(run=run, client=of)
    found = differences(client=of, run=run, explanation=explanation, today=today)
    return {each.factor: (each.now, each.scored) for each in found}


def touch(of: Client, on: dt.date, minutes: int = 60) -> None:
    Touch.objects.create(
        client=of,
        kind=TouchKind.objects.get(code="review_meeting"),
        occurred_at=dt.datetime.combine(on, dt.time(16), dt.UTC),
        occurred_on=on,
        outcome="reached",
        minutes=minutes,
        role=ServiceRole.objects.get(code="lead_advisor"),
    )


# --- A score older than the data ------------------------------------------------------------------------


def test_a_score_just_made_is_as_old_as_the_data(firm, run):
    assert changed(run, firm["a"]) == {}


def test_the_passing_of_time_alone_changes_nothing(firm, run):
    touch(firm["a"], D - 5 * DAY)
    run = services.propose_run(as_of=D, policy=run.policy)
    assert changed(run, firm["a"], today=D + 100 * DAY) == {}


def test_a_fact_that_came_late_and_a_rating_that_changed_are_named(firm, run):
    Revenue.objects.create(client=firm["a"], date=D - 90 * DAY, amount=50, source="late")
    Client.objects.filter(pk=firm["a"].pk).update(growth_potential=2)
    assert changed(run, firm["a"]) == {
        "revenue": (950, 900),
        "profitability": (950, 900),
        "growth": (2, 5),
    }


def test_what_became_known_and_what_became_unknown_are_named(firm, run):
    Client.objects.filter(pk=firm["c"].pk).update(alignment=4, potential_revenue=None)
    assert changed(run, firm["c"]) == {"potential": (None, 5), "alignment": (4, None)}


def test_facts_after_the_run_are_counted_up_to_today_and_none_of_tomorrow(firm, run):
    Revenue.objects.create(client=firm["a"], date=D + 2 * DAY, amount=100, source="new")
    assert changed(run, firm["a"], today=D + DAY) == {}
    assert changed(run, firm["a"], today=D + 2 * DAY) == {
        "revenue": (1000, 900),
        "profitability": (1000, 900),
    }


def test_a_touch_after_the_run_changes_engagement_and_the_cost_of_service(firm, run):
    touch(firm["a"], D + DAY)
    assert changed(run, firm["a"], today=D + DAY) == {
        "profitability": (750, 900),
        "engagement": (10, 0),
    }


def test_time_logged_beside_touches_counts_in_the_cost_of_service(firm, run):
    TimeEntry.objects.create(
        client=firm["a"],
        spent_on=D + DAY,
        minutes=30,
        role=ServiceRole.objects.get(code="planner"),
        by=UserFactory(),
    )
    assert changed(run, firm["a"], today=D + DAY) == {"profitability": (850, 900)}
    assert changed(run, firm["b"], today=D + DAY) == {}


def test_a_client_that_is_no_longer_active_has_nothing_to_compare(firm, run):
    Client.objects.filter(pk=firm["a"].pk).update(status="former")
    assert changed(run, firm["a"]) == {}


def test_the_tab_and_the_overview_say_so_and_offer_a_run_of_everybody(
    client, operations, firm, run, valkey, django_capture_on_commit_callbacks
):
    assert "older than the data" not in page(client, firm["a"])
    assert "older than the data" not in page(client, firm["a"], "")
    firm["a"].revenue.update(amount=1240)
    text = page(client, firm["a"])
    assert "The score is older than the data." in text
    assert "Revenue: $1,240 now, $900 when scored" in text
    assert "Rank every client again" in text
    assert "Revenue: $1,240 now, $900 when scored" in page(client, firm["a"], "")

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("tiers:propose"), {"worker": "1"})
    job = Job.objects.get()
    assert answer.url == reverse("clients:job", args=[job.pk])
    assert valkey.llen("celery") == 1
    assert current_tiers() == {}


def test_who_may_not_start_a_run_is_told_what_happens(client, firm, run):
    person = UserFactory(groups=["advisor"])
    role = ServiceRole.objects.get(code="lead_advisor")
    TeamMember.objects.create(client=firm["a"], role=role, user=person)
    client.force_login(person, backend=BACKEND)
    firm["a"].revenue.update(amount=1240)
    text = page(client, firm["a"])
    assert "The next nightly run takes it in." in text
    assert "Rank every client again" not in text


def test_the_overview_stays_within_its_queries(client, operations, firm, run, django_assert_max_num_queries):
    firm["a"].revenue.update(amount=1240)
    touch(firm["a"], D)
    with django_assert_max_num_queries(15):
        page(client, firm["a"])
    with django_assert_max_num_queries(15):
        page(client, firm["a"], "")


# --- The score as pictures, each with its figures ----------------------------------------------------------


def test_the_parts_stand_side_by_side_and_add_up_to_the_score(client, operations, firm, run):
    explanation = Explanation.objects.get(run=run, client=firm["b"])
    answer = client.get(f"{firm['b'].get_absolute_url()}tier/")
    found = answer.context["parts"]
    assert sum(part.points for part in found) == pytest.approx(float(explanation.score), abs=0.01)
    for before, after in pairwise(found):
        assert after.x == pytest.approx(before.x + before.width, abs=0.2)
    assert found[-1].x + found[-1].width <= 640.2
    text = answer.content.decode()
    assert f"The score of {explanation.score}, factor by factor" in text
    assert "A from" in text
    assert "B from" not in text  # it is filled by growth potential, not by score


def test_what_is_unknown_or_nothing_takes_no_place():
    class Row:
        def __init__(self, label: str, contribution: float | None) -> None:
            self.label, self.contribution = label, contribution

    found = parts([Row("Revenue", 30.0), Row("Growth", None), Row("Alignment", 0.0), Row("Potential", 20.0)])
    assert [(part.number, part.x, part.width) for part in found] == [(1, 0.0, 192.0), (4, 192.0, 128.0)]
    assert parts([]) == []


def test_only_cuts_of_tiers_filled_by_score_are_drawn():
    noted = [{"tier": "A", "cut": "50.00"}, {"tier": "B", "cut": "9.00"}, {"tier": "C", "cut": None}]
    assert [(cut.tier, cut.x) for cut in cuts(noted, {"A", "C"})] == [("A", 320.0)]


def test_the_score_over_time_is_drawn_with_its_table(client, operations, firm, run):
    assert "The score over time" not in page(client, firm["a"])
    Client.objects.filter(pk=firm["a"].pk).update(growth_potential=1)
    services.propose_run(as_of=D - 30 * DAY, policy=run.policy)
    text = page(client, firm["a"])
    assert "The score over time" in text
    assert "since Sun 1 Mar." in text
    assert "<polyline" in text
    assert "The same as a table" in text


# --- The way to the next tier -----------------------------------------------------------------------------


def test_the_way_is_fetched_after_the_tab_and_is_a_page_of_its_own_without_script(
    client, operations, firm, run
):
    url = reverse("client_tier:route", args=[firm["c"].pk])
    text = page(client, firm["c"])
    assert f'hx-get="{url}"' in text
    assert f'href="{url}"' in text
    whole = client.get(url).content.decode()
    assert "The next service level for c" in whole
    assert "<html" in whole
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part


def test_the_way_of_a_client_without_a_run_is_no_fault(client, operations, firm):
    answer = client.get(reverse("client_tier:route", args=[firm["c"].pk]))
    assert answer.status_code == 200
    assert "There is no way to show" in answer.content.decode()
