"""The parts of the client page's Conversation tab: a registry, so that each feature of this app adds its own.

A part is a template with a context of its own, drawn in order. `register_part` in `AppConfig.ready`.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.tabs import Panel, Tab, register_tab

_parts: dict[str, Panel] = {}


def register_part(part: Panel) -> None:
    _parts[part.template] = part


def conversation(request: HttpRequest, client: Client) -> dict[str, Any]:
    """Every part with its context, in their order."""
    parts = sorted(_parts.values(), key=lambda part: part.order)
    return {
        "panels": [{"template": part.template, "context": part.context(request, client)} for part in parts]
    }


def register() -> None:
    """Adds the tab to the client page."""
    register_tab(Tab("conversation", _("Conversation"), "personas/client_tab.html", conversation, 30))
