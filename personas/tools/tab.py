"""The client page's Tools tab: what the tools in use show, and which others there are."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clients.firm import firm_today
from clients.models import Client
from clients.tabs import Tab, register_tab
from personas.tools.registry import offers, pictures


def context(request: HttpRequest, client: Client) -> dict[str, Any]:
    """A picture of each tool that fits and is in use; the rest by name."""
    every = offers(client)
    return {
        "shown": pictures(client, firm_today(), among=every),
        "to_begin": [each.tool for each in every if each.fits and not each.used],
        "others": [each for each in every if not each.fits],
    }


def register() -> None:
    """Adds the tab to the client page."""
    register_tab(Tab("tools", _("Tools"), "personas/tools/tab.html", context, 50))
