"""What the browser tests share: a firm that is served, its addresses, and people who look at it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.firm import PATIENCE, Looks, SeededFirm, demo_firm, served
from tests.browser.places import find_places


@pytest.fixture(scope="module")
def firm(django_db_setup: None, django_db_blocker: Any) -> Iterator[SeededFirm]:
    """The demo firm, committed once for the whole module and taken away after it."""
    with served(django_db_blocker, demo_firm) as seeded:
        yield seeded


@pytest.fixture(scope="module")
def places(firm: SeededFirm, django_db_blocker: Any) -> dict[str, str]:
    """Addresses of single things, by their names in the views."""
    with django_db_blocker.unblock():
        return find_places(firm)


@pytest.fixture
def looks(browser: Any, firm: SeededFirm) -> Looks:
    expect.set_options(timeout=PATIENCE)
    return Looks(browser, firm)
