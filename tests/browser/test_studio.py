"""The policy studio in a real browser: a slider moves clients, and a second person publishes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from clients.models import ClientSummary
from tests.browser.firm import PATIENCE
from tiers.models import Policy, PolicyStatus

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def new_draft(page: Any) -> Policy:
    """A draft made on the page, and the page in its studio."""
    page.goto("/tiers/policies/")
    page.get_by_role("button", name="New draft from the published policy").click()
    expect(page.locator("#studio")).to_be_visible()
    return Policy.objects.latest("version")


def matrix(page: Any) -> list[str]:
    return page.locator(".matrix tbody td").all_inner_texts()


def slide(page: Any, name: str, value: int) -> None:
    """Moves a slider the way a hand does: its value changes and it says so."""
    slider = page.get_by_role("slider", name=name)
    expect(slider).to_be_visible()
    slider.evaluate(
        "(slider, value) => { slider.value = value;"
        " slider.dispatchEvent(new Event('input', {bubbles: true})); }",
        value,
    )


def test_a_slider_moves_clients_and_a_second_person_publishes(looks, firm):
    tiers = sorted(ClientSummary.objects.values_list("client_id", "tier_id"))
    with looks.as_("operations") as page:
        draft = new_draft(page)
        before = matrix(page)
        slide(page, "Weight of Growth potential", 90)
        expect(page.locator("#id_weight_growth")).to_have_value("90")
        expect(page.locator("#studio-state")).to_contain_text("Saved")
        expect(page.locator("#weight-total")).to_have_text("180")
        expect(page.locator("[data-weight]", has_text="Growth potential").locator("output")).to_have_text(
            "50 %"
        )
        assert matrix(page) != before
        assert draft.factors.get(factor="growth").weight == 90

        number = page.locator(".matrix a").first
        count = int(number.inner_text())
        number.click()
        expect(page.locator("#movers .chip")).to_be_visible()
        expect(page.locator("#movers tbody tr")).to_have_count(min(count, 25))

        page.locator("#id_half_life_days").fill("0")
        expect(page.locator("#note-half_life_days")).to_contain_text("from 1 to 36500")
        expect(page.locator("#id_half_life_days")).to_have_attribute("aria-invalid", "true")
        page.locator("#id_half_life_days").fill("90")
        expect(page.locator("#note-half_life_days")).to_be_empty()
        expect(page.locator("#studio-state")).to_contain_text("Saved")

        page.locator("[id^=down-]").first.click()
        expect(page.locator(".studio-rule").first).to_contain_text("B · Emerging")
        page.locator("[id^=up-]").first.click()
        expect(page.locator(".studio-rule").first).to_contain_text("A · Ideal")

        page.get_by_role("link", name="Publish").click()
        expect(page.locator("main")).to_contain_text("A second person publishes it")
        expect(page.get_by_label("Reason")).to_have_count(0)

    with looks.as_("administrator") as page:
        page.goto(f"/tiers/policies/{draft.pk}/publish/")
        expect(page.locator("main")).to_contain_text("Until a person applies a run")
        page.get_by_label("Reason").fill("Growth counts for half, as the partners decided.")
        page.get_by_role("button", name="Publish").click()
        expect(page.locator(".toast-note").last).to_contain_text("Nobody's tier changed")
        expect(page.get_by_text("Growth counts for half")).to_be_visible()

    draft.refresh_from_db()
    assert (draft.status, draft.published_by) == (PolicyStatus.PUBLISHED, firm.people["administrator"])
    assert sorted(ClientSummary.objects.values_list("client_id", "tier_id")) == tiers


def test_what_is_typed_while_the_answer_is_on_its_way_is_stored_too(looks):
    with looks.as_("operations") as page:
        draft = new_draft(page)
        for weight in (20, 35, 50, 65):
            slide(page, "Weight of Alignment", weight)
            page.wait_for_timeout(320)  # longer than the studio waits, shorter than its answer may take
        wanted = draft.factors.filter(factor="alignment", weight=65)
        for _try in range(PATIENCE // 500):
            if wanted.exists():
                break
            page.wait_for_timeout(500)
        expect(page.locator("html")).not_to_have_class(re.compile("is-busy"))
        assert draft.factors.get(factor="alignment").weight == 65


def test_whoever_goes_on_with_tab_presses_none_of_the_buttons_on_the_way(looks, firm):
    with looks.as_("operations") as page:
        draft = new_draft(page)
        page.get_by_role("button", name="Add", exact=True).click()
        weight = page.locator("input[name^=touch_]")
        expect(weight).to_be_visible()
        with page.expect_response(lambda response: response.request.method == "POST"):
            weight.fill("7")
            weight.press("Tab")
        expect(page.get_by_role("button", name="Remove Review meeting")).to_be_focused()
        expect(page.locator("#studio-state")).to_contain_text("Saved")
        expect(weight).to_have_value("7")
        assert [touch.weight for touch in draft.touch_weights.all()] == [7]
