"""axe-core finds nothing on the pages around signing in, and none is wider than a phone."""

from __future__ import annotations

import pytest

from tests.browser.axe import look_at
from tests.browser.views import OWN, SIGN_IN

pytestmark = [pytest.mark.browser, pytest.mark.thorough, pytest.mark.django_db]

VIEWS = SIGN_IN | OWN


@pytest.mark.parametrize("name", VIEWS)
def test_it_can_be_used_by_everyone_in_light_in_dark_and_on_a_phone(name, looks, places):
    look_at(VIEWS[name], looks, places)
