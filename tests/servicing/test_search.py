"""The search of every page: clients, tasks and scripts by what was typed."""

import datetime as dt

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.firm import firm_today
from clients.models.people import Group
from personas.models import ScriptVersion
from servicing.models import ServiceKind, ServiceTask
from tests.factories import ClientFactory, UserFactory

pytestmark = pytest.mark.django_db


def make_task(client, person, *, title="", kind="review_meeting", days=3, status="planned"):
    due = firm_today() + dt.timedelta(days=days)
    return ServiceTask.objects.create(
        client=client,
        kind=None if title else ServiceKind.objects.get(code=kind),
        title=title,
        due_on=due,
        window_start=due,
        window_end=due,
        status=status,
        assigned_to=person,
    )


@pytest.fixture
def advisor():
    return UserFactory(groups=[Group.ADVISOR])


def found(person, text):
    browser = Browser()
    browser.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    response = browser.get(reverse("servicing:search"), {"q": text})
    assert response.status_code == 200
    if not response.context["found"]:
        return [], [], []
    result = response.context["found"]
    return (
        [row["name"] for row in result.clients],
        [(row["client"], row["name"]) for row in result.tasks],
        [version.title for version in result.scripts],
    )


def test_it_finds_clients_of_any_status_by_name_or_number_with_their_open_tasks(advisor):
    okafor = ClientFactory(name="Okafor household", external_id="C-1001", lead=advisor)
    left = ClientFactory(name="Okafor & Sons", status="former", lead=advisor)
    make_task(okafor, None, days=9)
    make_task(okafor, advisor, title="Send the deed", days=2)
    make_task(okafor, advisor, title="Closed", status="cancelled")
    make_task(ClientFactory(name="Lindqvist", lead=advisor), advisor)
    both = ([left.name, okafor.name], [(okafor.name, "Send the deed"), (okafor.name, "Review meeting")])
    assert found(advisor, " oKAFor ")[:2] == both
    assert found(advisor, "1001")[0] == [okafor.name]
    assert found(advisor, "100%") == ([], [], [])
    assert found(advisor, "\x00 ") == ([], [], [])


def test_it_finds_ones_own_tasks_by_what_they_are_and_scripts_in_use(advisor):
    client, colleague = ClientFactory(name="Marin", lead=advisor), UserFactory(groups=[Group.ADVISOR])
    make_task(client, advisor, title="Send the deed")
    make_task(client, colleague, title="Return the deed")
    make_task(client, advisor, kind="check_in")
    assert found(advisor, "deed")[1] == [("Marin", "Send the deed")]
    assert found(advisor, "check-in")[1] == [("Marin", "Check-in")]
    version = ScriptVersion.objects.usable(firm_today()).order_by("pk")[0]
    assert version.title in found(advisor, version.title)[2]
    version.script.retired_at = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    version.script.save(update_fields=["retired_at"])
    assert version.title not in found(advisor, version.title)[2]


def test_it_keeps_to_the_clients_that_the_person_may_see(advisor):
    make_task(ClientFactory(name="Quillfeather"), None)
    assert found(advisor, "Quillfeather") == ([], [], [])
    clients, tasks, _scripts = found(UserFactory(groups=[Group.COMPLIANCE]), "Quillfeather")
    assert (clients, tasks) == (["Quillfeather"], [("Quillfeather", "Review meeting")])


def test_it_shows_the_first_and_leads_to_the_rest_in_few_queries(advisor, django_assert_max_num_queries):
    for n in range(12):
        make_task(ClientFactory(name=f"Xyzzy {n:02}", lead=advisor), advisor)
    browser = Browser()
    browser.force_login(advisor, backend="django.contrib.auth.backends.ModelBackend")
    browser.get("/")
    with django_assert_max_num_queries(10):
        page = browser.get(reverse("servicing:search"), {"q": "xyzzy"}).content.decode()
    assert page.count('scope="row"') == 16
    assert "Xyzzy 07" in page
    assert 'href="/clients/?q=xyzzy&amp;status=any"' in page
