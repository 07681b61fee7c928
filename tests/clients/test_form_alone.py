"""An address that only takes what a form sends says so in words to whoever comes there otherwise."""

from __future__ import annotations

import pytest
from django.test import Client as Browser
from django.urls import reverse

from tests.factories import UserFactory

PASSWORD = "apron-lantern-77-quill"


@pytest.fixture
def operations(db):
    user = UserFactory(groups=["operations"])
    user.set_password(PASSWORD)
    user.save()
    return user


def test_who_signs_in_after_sending_a_form_reads_that_it_was_not_stored(operations):
    browser = Browser(headers={"accept": "text/html,application/xhtml+xml"})
    address = reverse("servicing:start_transitions")
    refused = browser.post(address, {"client": "1"})
    assert refused.status_code == 302
    signed_in = browser.post(refused.url, {"login": operations.username, "password": PASSWORD})
    assert (signed_in.status_code, signed_in.url) == (302, address)
    page = browser.get(signed_in.url)
    assert page.status_code == 405
    assert page["Allow"] == "POST"
    assert "Nothing was stored" in page.text


def test_a_program_gets_the_bare_answer(operations):
    browser = Browser()
    browser.force_login(operations, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("servicing:start_transitions")
    for headers in ({}, {"accept": "text/html", "hx-request": "true"}):
        answer = browser.get(address, headers=headers)
        assert (answer.status_code, answer.content) == (405, b"")
