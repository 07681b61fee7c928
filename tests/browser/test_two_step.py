"""The authenticator app, as a person sets it up in a browser and signs in with it."""

from __future__ import annotations

import time
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.firm import PATIENCE
from tests.factories import UserFactory
from tests.segmentation_crm.test_sign_in import PASSWORD, code

pytestmark = [pytest.mark.browser, pytest.mark.thorough, pytest.mark.django_db(transaction=True)]


def sign_in(page: Any) -> None:
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill("ada")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def wait_for_another_code(secret: str, used: str) -> str:
    while code(secret) == used:
        time.sleep(0.5)
    return code(secret)


def test_a_person_scans_the_picture_and_signs_in_with_a_code(page):
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    person = UserFactory(username="ada", groups=["advisor"])
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    sign_in(page)
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Set it up").click()
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")

    picture = page.locator("img.qr")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    secret = page.locator("#authenticator_secret").input_value()
    used = code(secret)
    page.locator("[name=code]").fill(used)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()

    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    sign_in(page)
    expect(page.locator("[name=code]")).to_be_visible()
    page.locator("[name=code]").fill("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Incorrect code").first).to_be_visible()
    page.locator("[name=code]").fill(wait_for_another_code(secret, used))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
