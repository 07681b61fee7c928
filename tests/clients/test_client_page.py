"""The client page: tabs for those who may see the client, its forms, and a history without secrets."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.models import BehavioralTag, BehavioralTrigger, Client, Member, ServiceRole

# base page 4, client, team, revenue, touches twice, and what the panels of the apps above read
# (history: every audit table in one query)
MOST_QUERIES = 15


@pytest.mark.parametrize("tab", ["", "people/", "history/"])
def test_it_takes_few_queries(signed_in, okafor, advisor, tab):
    Member.objects.bulk_create(Member(client=okafor, name=f"Person {n}") for n in range(20))
    browser = signed_in(advisor)
    browser.get(f"/clients/{okafor.pk}/{tab}")
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(f"/clients/{okafor.pk}/{tab}").status_code == 200
    assert len(queries) <= MOST_QUERIES, "\n".join(each["sql"][:120] for each in queries)


def test_it_says_what_each_value_changes(signed_in, okafor, advisor):
    Client.objects.filter(pk=okafor.pk).update(permission="granted")
    BehavioralTag.objects.create(client=okafor, trigger=BehavioralTrigger.objects.get(code="avoidance"))
    text = signed_in(advisor).get(f"/clients/{okafor.pk}/").content.decode()
    assert "dates agreed in the meeting" in text


def test_its_history_tells_the_fact_and_never_the_behavioral_value(signed_in, okafor, advisor):
    Client.objects.filter(pk=okafor.pk).update(permission="granted")
    browser = signed_in(advisor)
    value = BehavioralTrigger.objects.get(code="avoidance")
    browser.post(f"/clients/{okafor.pk}/tag/behavioral_trigger/", {"value": value.pk})
    answer = {"answer": "withdrawn", "asked_by": advisor.username, "on": "2026-03-03", "how": "phone"}
    browser.post(f"/clients/{okafor.pk}/permission/", answer)
    text = browser.get(f"/clients/{okafor.pk}/history/").content.decode()
    assert "Behavioral trigger set" in text
    assert "Behavioral trigger erased" in text
    assert "Avoidance" not in text
    assert "2026-03-03: by phone" in text
    assert "Granted → Withdrawn" in text


def test_it_refuses_an_answer_from_the_future(signed_in, okafor, advisor):
    answer = {"answer": "granted", "asked_by": advisor.username, "on": "2999-01-01", "how": "phone"}
    response = signed_in(advisor).post(f"/clients/{okafor.pk}/permission/", answer)
    assert response.status_code == 422
    assert "has not come yet" in response.content.decode()


def test_a_new_client_of_an_advisor_is_led_by_them(signed_in, advisor):
    form = {"name": "Lindqvist", "external_id": "L-1", "status": "active"}
    signed_in(advisor).post("/clients/new/", form)
    client = Client.objects.get(external_id="L-1")
    assert client.team.get().user == advisor
    assert client.team.get().role.code == "lead_advisor"


def test_a_number_that_is_taken_keeps_what_was_typed(signed_in, okafor, advisor):
    form = {"name": "Lindqvist", "external_id": okafor.external_id, "status": "active"}
    response = signed_in(advisor).post("/clients/new/", form)
    text = response.content.decode()
    assert response.status_code == 422
    assert 'value="Lindqvist"' in text
    assert 'href="#id_external_id"' in text


def test_it_changes_the_service_team_by_name(signed_in, okafor, advisor, outsider):
    planner = ServiceRole.objects.get(code="planner")
    held = {f"role_{member.role_id}": member.user.username for member in okafor.team.all()}
    url = f"/clients/{okafor.pk}/team/"
    response = signed_in(advisor).post(url, {**held, f"role_{planner.pk}": "nobody of this name"})
    assert response.status_code == 422
    signed_in(advisor).post(url, {**held, f"role_{planner.pk}": outsider.email})
    assert okafor.team.get(role=planner).user == outsider
    assert okafor.team.count() == 3


def test_it_has_a_page_for_what_is_not_there(signed_in, advisor):
    response = signed_in(advisor).get("/clients/999999999999999999999/")
    assert response.status_code == 404
    assert "There is no page at this address" in response.content.decode()
