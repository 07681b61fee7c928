"""What this app shows on the client page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.tabs import Panel, Tab, register_panel, register_tab
from tiers.fees.comparing import fee_of
from tiers.why import changed_since_scored, tier_tab


def tab(request: HttpRequest, client: Client) -> dict[str, Any]:
    today = timezone.localdate()
    return {**tier_tab(client, today), "fee": fee_of(client.pk, today)}


def changed(request: HttpRequest, client: Client) -> dict[str, Any]:
    """What changed since the client was scored, for the overview."""
    return changed_since_scored(client, timezone.localdate())


def register() -> None:
    """Adds the tier tab, and the overview's word that the score is older than the data."""
    register_tab(Tab("tier", _("Tier"), "tiers/client_tab.html", tab, 20))
    register_panel(Panel("tiers/partials/changed_panel.html", changed, 5))
