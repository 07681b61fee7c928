"""Own settings: a person's time zone, and what they are told."""

from __future__ import annotations

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import User
from tests.factories import UserFactory


@pytest.fixture
def ann(db: None) -> User:
    return UserFactory(username="ann", groups=["advisor"])


def browser_of(person: User) -> Browser:
    browser = Browser()
    browser.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def test_each_switch_is_saved_for_oneself_alone(ann):
    other, url = UserFactory(), reverse("clients:own_settings")
    chosen = {"time_zone": "America/Denver", "wants_notices": "on", "wants_escalations": "on"}
    saved = browser_of(ann).post(url, chosen)
    assert saved.status_code == 302
    ann.refresh_from_db()
    other.refresh_from_db()
    assert (ann.time_zone, ann.wants_digest, ann.wants_notices) == ("America/Denver", False, True)
    assert ann.wants_escalations
    assert (other.time_zone, other.wants_digest, other.wants_notices) == ("", True, True)


def test_what_is_late_in_the_firm_concerns_those_who_run_it(ann):
    olga = UserFactory(groups=["operations"])
    url = reverse("clients:own_settings")
    late_work = b"Work that is later than the firm accepts"
    assert late_work not in browser_of(ann).get(url).content
    assert b"Requests of your clients" in browser_of(ann).get(url).content
    assert late_work in browser_of(olga).get(url).content
    browser_of(olga).post(url, {"time_zone": "", "wants_digest": "on"})
    olga.refresh_from_db()
    assert (olga.time_zone, olga.wants_digest, olga.wants_escalations) == ("", True, False)


def test_an_unknown_time_zone_is_refused_and_nothing_is_stored(ann):
    answer = browser_of(ann).post(reverse("clients:own_settings"), {"time_zone": "Mars/Olympus"})
    assert answer.status_code == 422
    ann.refresh_from_db()
    assert (ann.time_zone, ann.wants_digest) == ("", True)


def test_the_page_says_where_mails_go_and_the_menu_leads_to_it(ann):
    url = reverse("clients:own_settings")
    text = browser_of(ann).get(url).content.decode()
    assert ann.email in text
    assert f'href="{url}"' in text
