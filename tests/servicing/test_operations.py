"""The worklists of operations: what falls through, each figure with the list that has as many rows."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from clients.firm import firm_today, firm_zone
from clients.models import (
    Client,
    ClientScore,
    ClientSummary,
    Firm,
    ServiceRole,
    SweepRun,
    TeamMember,
    Tier,
    User,
)
from servicing.dashboards import rollups
from servicing.models import ClientRequest, FirmRollup, ServiceTask
from servicing.operations.home import read_worklists
from tests.factories import ClientFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga() -> User:
    return UserFactory(username="olga", groups=["operations"])


@pytest.fixture
def browser(olga) -> Browser:
    browser = Browser()
    browser.force_login(olga, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def task(client: Client, *, days_late: int = -1, to: User | None = None, **fields: Any) -> ServiceTask:
    """A task whose window ended so many days ago."""
    end = firm_today() - dt.timedelta(days=days_late)
    fields.setdefault("title", "Call")
    return ServiceTask.objects.create(
        client=client, due_on=end, window_start=end, window_end=end, assigned_to=to, **fields
    )


def booked(client: Client, at: dt.datetime, **fields: Any) -> ServiceTask:
    return task(client, scheduled_at=at, **{"status": "scheduled"} | fields)


@pytest.fixture
def firm(olga) -> None:
    """A firm in which something of everything falls through, and something nearly does."""
    Firm.objects.update(escalate_after_days=5)
    ann, now = UserFactory(groups=["advisor"]), timezone.now()
    clients = [ClientFactory(lead=ann) for _each in range(6)]
    clients += [ClientFactory() for _each in range(2)]  # without a lead advisor
    ClientFactory(status="former")
    tier = Tier.objects.get(code="A")
    ClientSummary.objects.filter(client__in=clients[:5]).update(tier=tier, tier_position=tier.position)
    ClientScore.objects.filter(client__in=clients[:4]).update(score=50)
    for days in (5, 6, 7, 40):
        task(clients[0], days_late=days, to=ann)
    task(clients[0], days_late=9, to=ann, status="done")
    task(clients[0], days_late=9, automated=True)
    task(clients[1])
    task(clients[1])
    booked(clients[2], now - dt.timedelta(days=2), to=ann)
    booked(clients[2], now + dt.timedelta(days=2), to=ann)
    booked(clients[2], now - dt.timedelta(days=2), to=ann, status="done")
    for n, promised in enumerate((None, now - dt.timedelta(hours=1), now + dt.timedelta(hours=1))):
        ClientRequest.objects.create(
            client=clients[3],
            text=f"Question {n}",
            received_at=now - dt.timedelta(days=1),
            answer_by=promised,
            task=task(clients[3], to=ann),
        )
    rollups.refresh()


def rows_behind(browser: Browser, href: str) -> int:
    """How many rows the list at an address has, as the list draws them."""
    answer = browser.get(href)
    assert answer.status_code == 200
    return len(re.findall(r'<th scope="row"|class="request-row|<tr data-row', answer.content.decode()))


def test_each_figure_opens_the_list_that_has_as_many_rows(firm, browser, olga):
    with timezone.override(firm_zone()):  # as a page has it
        lists = read_worklists(olga, Firm.objects.get())
    found = {str(figure.label): figure for figure in [*lists.work, *lists.clients]}
    assert {label: figure.value for label, figure in found.items()} == {
        "Too late": 3,
        "Nobody's task": 2,
        "Appointment passed": 1,
        "Requests waiting": 3,
        "No lead advisor": 2,
        "Without a tier": 3,
        "Too little known": 4,
    }
    for label, figure in found.items():
        assert rows_behind(browser, figure.href) == figure.value, label
    assert found["Requests waiting"].note == "1 past its time"
    assert found["Too late"].note == "more than 5 days past the window"
    text = browser.get("/operations/worklists/").content.decode()
    for figure in found.values():
        assert f'href="{figure.href.replace("&", "&amp;")}"' in text


def test_the_latest_are_named_with_how_late_they_are(firm, browser):
    text = browser.get("/operations/worklists/").content.decode()
    assert text.index("40 days late") < text.index("7 days late") < text.index("6 days late")
    assert "5 days late" not in text


def test_roles_that_nobody_holds_are_named_with_what_asks_for_them(firm, browser):
    text = browser.get("/operations/worklists/").content.decode()
    assert "Planner" in text
    assert "A Tax coordination" in text
    TeamMember.objects.create(
        client=Client.objects.earliest("pk"), role=ServiceRole.objects.get(code="planner"), user=UserFactory()
    )
    rollups.refresh()
    assert "A Tax coordination" not in browser.get("/operations/worklists/").content.decode()


def test_work_that_fails_turns_the_page_red_in_words(firm, browser):
    assert "Scheduled work needs a look" not in browser.get("/operations/worklists/").content.decode()
    for minutes in (3, 2, 1):
        at = timezone.now() - dt.timedelta(minutes=minutes)
        SweepRun.objects.create(task="tiers.nightly_run", started_at=at, finished_at=at, error="ValueError")
    for address in ("/operations/", "/operations/worklists/"):
        text = browser.get(address).content.decode()
        assert "Scheduled work needs a look" in text
        assert re.search(r"Nightly scoring</a>: failing since", text)


def test_an_empty_firm_has_nothing_to_look_at_and_figures_that_say_so(browser):
    text = browser.get("/operations/worklists/").content.decode()
    assert "The latest" not in text
    assert text.count('<span class="figure-value">0</span>') == 7


def test_the_page_takes_few_queries_however_much_there_is(firm, browser, django_assert_max_num_queries):
    browser.get("/operations/worklists/")
    with django_assert_max_num_queries(12):
        browser.get("/operations/worklists/")
    assert FirmRollup.objects.count() == 1
