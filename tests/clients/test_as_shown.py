"""Two people have the same form open: what one leaves alone is never written over what the other stored."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from clients.firm import firm_today
from clients.models import Client, ComplexityDriver, Member, Persona, ServiceRole, TeamMember
from servicing.models import ServiceTask
from tests.factories import UserFactory
from tests.page_forms import form_of

MEANWHILE = "meanwhile. Save again to keep what you entered."


@pytest.fixture
def browser(signed_in, advisor) -> Browser:
    return signed_in(advisor)


def opened(browser: Browser, url: str, having: str) -> dict[str, str]:
    return form_of(browser.get(url).content.decode(), having)


def test_a_form_that_was_open_does_not_bring_back_what_somebody_changed(browser, okafor):
    url = reverse("clients:edit", args=[okafor.pk])
    Client.objects.filter(pk=okafor.pk).update(
        client_since="2020-02-29", assets_under_management="1234567.50", growth_potential=4
    )
    sent = opened(browser, url, "external_id")
    Client.objects.filter(pk=okafor.pk).update(
        status="former",
        persona=Persona.objects.get(code="physician"),
        complexity_driver=ComplexityDriver.objects.get(code="debt_structure"),
        assets_under_management="99.10",
        growth_potential=2,
        client_since="2021-03-01",
    )
    assert browser.post(url, sent | {"phone": "555 0100"}).status_code == 302
    okafor.refresh_from_db()
    assert (okafor.phone, okafor.status, okafor.persona.code) == ("555 0100", "former", "physician")
    assert okafor.complexity_driver.code == "debt_structure"
    assert (okafor.assets_under_management, okafor.growth_potential) == (Decimal("99.10"), 2)
    assert okafor.client_since == dt.date(2021, 3, 1)


def test_what_two_people_changed_is_asked_once(browser, okafor):
    url = reverse("clients:edit", args=[okafor.pk])
    sent = opened(browser, url, "external_id")
    Client.objects.filter(pk=okafor.pk).update(persona=Persona.objects.get(code="physician"), phone="1")
    own = {"persona": str(Persona.objects.get(code="general").pk), "phone": "1"}
    refused = browser.post(url, sent | own)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert f"Somebody changed this to “Physician” {MEANWHILE}" in page
    assert list(refused.context["form"].errors) == ["persona"]
    assert browser.post(url, form_of(page, "external_id")).status_code == 302
    okafor.refresh_from_db()
    assert (okafor.persona.code, okafor.phone) == ("general", "1")


def test_what_was_cleared_is_cleared_and_what_was_emptied_meanwhile_is_said(browser, okafor):
    Client.objects.filter(pk=okafor.pk).update(phone="1", email="a@example.com")
    url = reverse("clients:edit", args=[okafor.pk])
    sent = opened(browser, url, "external_id")
    assert browser.post(url, sent | {"phone": ""}).status_code == 302
    okafor.refresh_from_db()
    assert okafor.phone == ""
    Client.objects.filter(pk=okafor.pk).update(email="")
    refused = browser.post(url, sent | {"email": "b@example.com"})
    assert "Somebody emptied this meanwhile" in refused.content.decode()


def test_a_team_page_that_was_open_does_not_hand_the_client_back(signed_in, operations, okafor, teammate):
    browser = signed_in(operations)
    url = reverse("clients:team", args=[okafor.pk])
    lead, planner = (ServiceRole.objects.get(code=code) for code in ("lead_advisor", "planner"))
    sent = opened(browser, url, f"role_{lead.pk}")
    successor = UserFactory(groups=["advisor"])
    TeamMember.objects.filter(client=okafor, role=lead).update(user=successor)
    assert browser.post(url, sent | {f"role_{planner.pk}": teammate.username}).status_code == 302
    held = dict(TeamMember.objects.filter(client=okafor).values_list("role__code", "user"))
    assert held == {"lead_advisor": successor.pk, "associate": teammate.pk, "planner": teammate.pk}


def test_a_person_of_the_household_keeps_what_somebody_else_wrote(browser, okafor):
    ada = Member.objects.create(client=okafor, name="Ada", email="old@example.com")
    url = reverse("clients:edit_member", args=[okafor.pk, ada.pk])
    sent = opened(browser, url, "relation")
    Member.objects.filter(pk=ada.pk).update(email="new@example.com")
    assert browser.post(url, sent | {"name": "Ada Okafor"}).status_code == 302
    ada.refresh_from_db()
    assert (ada.name, ada.email) == ("Ada Okafor", "new@example.com")


# --- What reaches us twice -------------------------------------------------------------------------------


def test_a_second_click_stores_nothing_more(browser, okafor):
    url = reverse("clients:new_member", args=[okafor.pk])
    sent = opened(browser, url, "relation") | {"name": "Ada"}
    answers = [browser.post(url, sent) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    assert Member.objects.filter(client=okafor).count() == 1
    assert "What is sent twice counts once." in browser.get(answers[1].url).content.decode()


def test_the_same_may_be_said_again_on_another_page_and_a_mended_form_counts(browser, okafor):
    url = reverse("clients:new_member", args=[okafor.pk])
    first = opened(browser, url, "relation")
    assert browser.post(url, first).status_code == 422
    assert browser.post(url, first | {"name": "Ada"}).status_code == 302
    assert browser.post(url, opened(browser, url, "relation") | {"name": "Ada"}).status_code == 302
    assert Member.objects.filter(client=okafor).count() == 2


def test_a_task_that_is_sent_twice_is_one_task(browser, okafor, advisor):
    url = reverse("servicing:new_task")
    day = firm_today() + dt.timedelta(days=7)
    own = {"client": okafor.external_id, "title": "Call the bank", "due_on": day, "to": advisor.pk}
    sent = opened(browser, url, "title") | own
    for headers in ({}, {"HX-Request": "true"}):
        assert browser.post(url, sent, headers=headers).status_code in (200, 302)
    assert ServiceTask.objects.filter(client=okafor, title="Call the bank").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_store_one(browser, okafor):
    url = reverse("clients:new_member", args=[okafor.pk])
    sent = opened(browser, url, "relation") | {"name": "Ada"}
    gate, answers = threading.Barrier(4), []

    def click() -> None:
        tab = Browser()
        tab.cookies = browser.cookies
        try:
            gate.wait(10)
            answers.append(tab.post(url, sent).status_code)
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _click in range(4)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join(30)
    assert answers == [302] * 4
    assert Member.objects.filter(client=okafor).count() == 1
