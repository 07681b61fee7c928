"""What this app shows on the client page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.tabs import Tab, register_tab
from tiers.why import tier_tab


def tab(request: HttpRequest, client: Client) -> dict[str, Any]:
    return tier_tab(client)


def register() -> None:
    """Adds the tier tab."""
    register_tab(Tab("tier", _("Tier"), "tiers/client_tab.html", tab, 20))
