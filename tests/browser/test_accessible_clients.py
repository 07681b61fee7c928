"""axe-core finds nothing on the pages of clients, and none is wider than a phone."""

from __future__ import annotations

import pytest

from tests.browser.axe import look_at
from tests.browser.views import CLIENTS

pytestmark = [pytest.mark.browser, pytest.mark.thorough, pytest.mark.django_db]


@pytest.mark.parametrize("name", CLIENTS)
def test_it_can_be_used_by_everyone_in_light_in_dark_and_on_a_phone(name, looks, places):
    look_at(CLIENTS[name], looks, places)
