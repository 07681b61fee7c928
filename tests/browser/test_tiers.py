"""A run is reviewed in a real browser: moves are rejected, the rest is applied, and all of it is undone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from clients.firm import firm_today
from clients.models import Client
from tests.browser.test_work import notice
from tiers import services
from tiers.models import ScoringRun, TierAssignment

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.fixture(scope="module")
def run(firm: Any, django_db_blocker: Any) -> ScoringRun:
    """A proposal by which at least four clients change their tier."""
    with django_db_blocker.unblock():
        for client in Client.objects.filter(status="active", summary__tier__code="A").order_by("pk")[:4]:
            client.revenue.update(amount=1)
            Client.objects.filter(pk=client.pk).update(growth_potential=1, potential_revenue=1)
        run = services.propose_run(as_of=firm_today())
        assert moves_of(run) >= 4
    return run


def moves_of(run: ScoringRun) -> int:
    return sum(move["clients"] for move in run.moves)


def tiers() -> dict[int, int]:
    return dict(TierAssignment.objects.filter(ends_on=None).values_list("client_id", "tier_id"))


def test_one_move_is_rejected_the_rest_applied_and_undone(looks, run):
    before, number = tiers(), moves_of(run)
    with looks.as_("operations") as page:
        page.goto(reverse("tiers:run", args=[run.pk]))
        row = page.locator("#moves-table tbody tr").first
        name = row.locator(".row-link").inner_text()
        row.get_by_role("link", name="Reject").click()
        reason = row.get_by_label(f"Why the move of {name} is rejected")
        reason.fill("Wait for the correction.")
        reason.press("Enter")
        expect(notice(page)).to_contain_text("1 move rejected.")
        expect(page.locator("#moves-table tbody tr").first).to_contain_text("Wait for the correction.")

        page.get_by_role("button", name=f"Apply {number - 1} moves, 1 rejected").click()
        expect(notice(page)).to_contain_text(f"Applied: {number - 1} clients have a new tier.")
        client = Client.objects.get(name=name, pk__in=before)
        assert tiers()[client.pk] == before[client.pk]
        assert len([pk for pk, tier in tiers().items() if before.get(pk) != tier]) == number - 1

        notice(page).get_by_role("button", name="Undo").click()
        expect(page.locator(".state", has_text="Undone").first).to_be_visible()
        assert tiers() == before


def test_selected_moves_are_rejected_with_one_reason_and_taken_back_from_the_notice(looks, run):
    with looks.as_("operations") as page:
        page.goto(reverse("tiers:runs"))
        page.get_by_role("button", name="New run").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Run "))
        boxes = page.locator("#moves-table input[name=client]")
        expect(page.locator(".bulk-bar")).to_be_hidden()
        boxes.nth(0).check()
        boxes.nth(2).click(modifiers=["Shift"])
        expect(page.locator("[data-selected]")).to_have_text("3 selected")
        page.locator("#moves-reason").fill("After the review meeting.")
        page.locator(".bulk-bar").get_by_role("button", name="Reject").click()
        expect(notice(page)).to_contain_text("3 moves rejected.")
        expect(page.locator("#moves-table .is-rejected")).to_have_count(3)
        notice(page).get_by_role("button", name="Undo").click()
        expect(page.locator("#moves-table .is-rejected")).to_have_count(0)
