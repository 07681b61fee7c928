"""A brand-new firm: one administrator, nothing in the record. Each page works and says what will be there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from clients.models.people import Group
from tests.browser.axe import COLOUR_RULES, PHONE, complaints
from tests.browser.firm import PATIENCE, Looks, SeededFirm, served
from tests.factories import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.thorough, pytest.mark.django_db]

A_FILE = re.compile(r"/(file|export)[/.]")


@pytest.fixture(scope="module")
def firm(django_db_setup: None, django_db_blocker: Any) -> Iterator[SeededFirm]:
    """Nothing but the shipped rows, and the only person that there is."""
    with served(
        django_db_blocker, lambda: {"administrator": UserFactory(groups=[Group.ADMINISTRATOR])}
    ) as empty:
        yield empty


def addresses(page: Any, selector: str) -> list[str]:
    """Where the links among `selector` lead, each place once, in their order."""
    found = page.eval_on_selector_all(selector, "links => links.map(link => link.pathname)")
    return [address for address in dict.fromkeys(found) if not A_FILE.search(address)]


def trouble_at(page: Any, address: str) -> list[str]:
    """What is wrong with the page at `address`: its status, axe-core in light and in dark, its width."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size({"width": 1280, "height": 900})
    answer = page.goto(address)
    if answer.status != 200:
        return [f"status {answer.status}"]
    found = complaints(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    found += [f"in dark: {each}" for each in complaints(page, COLOUR_RULES)]
    page.set_viewport_size(PHONE)
    width = page.evaluate("document.documentElement.scrollWidth")
    return found + ([f"{width} pixels wide"] if width > PHONE["width"] else [])


def test_every_entry_and_every_first_step_works_with_nothing_there(browser: Any, looks: Looks) -> None:
    with looks.as_("administrator") as page:
        page.goto("/")
        entries = addresses(page, ".shell-nav .nav-entry[data-go]")
        assert {"/", "/clients/", "/tiers/", "/tasks/", "/welcome/", "/people/", "/admin/"} <= set(entries)
        steps: list[str] = []
        trouble = {}
        for address in entries:
            trouble[address] = trouble_at(page, address)
            if not address.startswith("/admin/"):
                steps += addresses(page, "main a[href^='/']")
        for address in dict.fromkeys(steps):
            if address not in trouble:
                trouble[address] = trouble_at(page, address)
        assert {address: found for address, found in trouble.items() if found} == {}


def test_it_leads_to_setting_up(looks: Looks) -> None:
    with looks.as_("administrator") as page:
        page.goto("/clients/")
        page.locator(".empty a").click()
        expect(page).to_have_url(f"{looks.firm.url}/welcome/", timeout=PATIENCE)
        expect(page.locator(".step-next")).to_contain_text("The firm")
