"""People come in by invitation; what they may do follows from their roles alone."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse

from clients import time_zones
from clients.models import Client, Firm, User
from tests.factories import ClientFactory, UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "a good long password"


@pytest.fixture
def invitation(signed_in, administrator, django_capture_on_commit_callbacks):
    """The link of an invitation that was sent."""
    with django_capture_on_commit_callbacks(execute=True):
        response = signed_in(administrator).post(
            "/people/invite/",
            {"first_name": "Ada", "last_name": "Nwosu", "email": "ada@firm.example", "groups": ["advisor"]},
        )
    assert response.url == "/people/"
    assert mail.outbox[0].to == ["ada@firm.example"]
    return re.search(r"http://testserver(/invitation/\S+)", mail.outbox[0].body).group(1)


def test_it_lets_an_invited_person_choose_a_password_and_come_in_once(invitation):
    browser = Browser()
    assert browser.get(invitation).status_code == 200
    response = browser.post(invitation, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert response.url == "/"
    ada = User.objects.get(email="ada@firm.example")
    assert int(browser.session["_auth_user_id"]) == ada.pk
    assert [group.name for group in ada.groups.all()] == ["advisor"]
    assert Browser().get(invitation).status_code == 410


def test_it_keeps_a_weak_password_out(invitation):
    response = Browser().post(invitation, {"new_password1": "12345", "new_password2": "12345"})
    assert response.status_code == 422
    assert not User.objects.get(email="ada@firm.example").has_usable_password()


def test_what_is_wrong_with_a_password_stands_at_it(invitation):
    short = Browser().post(invitation, {"new_password1": "12345", "new_password2": "12345"})
    assert set(short.context["form"].errors) == {"new_password1"}
    other = Browser().post(invitation, {"new_password1": PASSWORD, "new_password2": PASSWORD + "x"})
    assert set(other.context["form"].errors) == {"new_password2"}


def test_it_sends_an_invitation_again(
    signed_in, administrator, invitation, django_capture_on_commit_callbacks
):
    ada = User.objects.get(email="ada@firm.example")
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(administrator).post(f"/people/{ada.pk}/resend/")
    assert len(mail.outbox) == 2


def test_it_invites_nobody_twice(signed_in, administrator):
    UserFactory(email="Ada@firm.example")
    response = signed_in(administrator).post(
        "/people/invite/",
        {"first_name": "Ada", "last_name": "Nwosu", "email": "ada@firm.example", "groups": ["advisor"]},
    )
    assert response.status_code == 422
    assert "is here already" in response.content.decode()


def test_a_deactivated_person_cannot_use_a_link_or_stay_signed_in(
    signed_in, administrator, invitation, advisor
):
    ada = User.objects.get(email="ada@firm.example")
    inside = signed_in(advisor)
    for person in (ada, advisor):
        signed_in(administrator).post(f"/people/{person.pk}/active/")
    assert Browser().get(invitation).status_code == 410
    assert inside.get("/clients/").status_code == 302


def test_administrators_do_not_lock_themselves_out(signed_in, administrator):
    browser = signed_in(administrator)
    browser.post(f"/people/{administrator.pk}/active/")
    form = {"first_name": "A", "last_name": "B", "email": administrator.email, "groups": ["advisor"]}
    assert browser.post(f"/people/{administrator.pk}/", form).status_code == 422
    administrator.refresh_from_db()
    assert administrator.is_active


def test_admin_opens_and_closes_with_the_role_alone(signed_in, administrator, operations):
    browser = signed_in(operations)
    assert browser.get("/admin/").status_code == 302
    signed_in(administrator).post(
        f"/people/{operations.pk}/",
        {"first_name": "O", "last_name": "P", "email": operations.email, "groups": ["administrator"]},
    )
    assert browser.get("/admin/clients/persona/").status_code == 200
    operations.refresh_from_db()
    assert not operations.is_staff


def test_admin_is_entered_by_the_products_own_sign_in():
    response = Browser().get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_a_word_in_use_is_retired_and_not_deleted(signed_in, administrator):
    from clients.models import Persona

    physician = Persona.objects.get(code="physician")
    unused = Persona.objects.create(code="unused", label="Unused")
    ClientFactory(persona=physician)
    browser = signed_in(administrator)
    assert browser.get(f"/admin/clients/persona/{physician.pk}/delete/").status_code == 403
    assert browser.get(f"/admin/clients/persona/{unused.pk}/delete/").status_code == 200
    browser.post("/admin/clients/persona/", {"action": "retire", "_selected_action": [physician.pk]})
    physician.refresh_from_db()
    assert physician.retired_at


def test_who_runs_an_empty_firm_is_led_to_setting_it_up():
    for group, expected in (("administrator", "/welcome/"), ("advisor", "/")):
        person = UserFactory(groups=[group])
        person.set_password(PASSWORD)
        person.save()
        response = Browser().post("/accounts/login/", {"login": person.email, "password": PASSWORD})
        assert response.url == expected


def test_the_steps_of_setting_up_follow_one_another(signed_in, administrator):
    browser = signed_in(administrator)

    def upcoming() -> str:
        return next(step.key for step in browser.get("/welcome/").context["steps"] if step.next)

    assert upcoming() == "firm"
    firm = {"name": "Harbor", "time_zone": "Europe/Paris", "country": "fr", "currency": "eur"}
    assert browser.post("/welcome/", {**firm, "country": "France"}).status_code == 422
    for field, wrong in {"country": {"country": "XX"}, "subdivision": {"subdivision": "ZZ"}}.items():
        refused = browser.post("/welcome/", {**firm, **wrong})
        assert refused.status_code == 422
        assert field in refused.context["form"].errors
    browser.post("/welcome/", firm)
    assert Firm.objects.get().country == "FR"
    assert upcoming() == "team"
    UserFactory(groups=["advisor"])
    assert upcoming() == "clients"
    client = ClientFactory(name="Too little known")
    assert upcoming() == "facts"
    assert client in Client.objects.all()
    assert "Too little known" in browser.get("/welcome/").content.decode()


def test_nobody_signs_up():
    assert "by invitation" in Browser().get("/accounts/signup/").content.decode()


def test_the_time_zones_of_the_firms_country_come_first():
    groups = time_zones.choices(country="US", current="America/New_York")
    name, zones = groups[0]
    assert name == "In US"
    assert zones[0] == ("America/New_York", "New York")
    assert ("America/Los_Angeles", "Los Angeles") in zones
    assert len(zones) < 20
    assert [name for name, _zones in groups[1:]][:2] == ["Africa", "America"]
    every = [zone for _name, zones in groups for zone, _label in zones]
    assert len(every) == len(set(every))
    assert {"Europe/Paris", "America/Indiana/Vevay", "UTC"} <= set(every)


@pytest.mark.parametrize(("country", "current"), [("XX", "US/Eastern"), ("AR", "UTC"), ("", "Etc/GMT+5")])
def test_the_stored_time_zone_can_always_be_chosen(country, current):
    groups = time_zones.choices(country=country, current=current)
    assert [zone for _name, zones in groups for zone, _label in zones].count(current) == 1
