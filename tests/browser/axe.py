"""axe-core in light and in dark, and the width on a phone."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.firm import Looks
from tests.browser.places import address
from tests.browser.views import View

PHONE = {"width": 360, "height": 740}
AXE = Axe()
COLOUR_RULES = ["color-contrast", "link-in-text-block"]


def complaints(page: Any, rules: list[str] | None = None) -> list[str]:
    """What axe-core finds wrong: the rule, what it means, and where. `rules`: only these."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = rules
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [
        f"{rule['id']} ({rule['help']}): {node['html'][:160]} {node['failureSummary'][:200]}"
        for rule in found
        for node in rule["nodes"][:3]
    ]


def look_at(view: View, looks: Looks, places: dict[str, str]) -> None:
    """Fails where axe-core finds something on the page, or it is wider than a phone."""
    with looks.as_(view.role, refused=view.refused or view.then_refused) as page:
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        answer = page.goto(address(view.address, places))
        assert answer.status == (view.refused or 200), answer.status
        if view.do:
            view.do(page)
        found = {"light": complaints(page)}
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
        found["dark"] = complaints(page, COLOUR_RULES)  # the same page in other colours
        page.set_viewport_size(PHONE)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert found == {"light": [], "dark": []}
        assert width <= PHONE["width"], f"{width} pixels wide"
