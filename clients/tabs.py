"""Tabs and panels of the client page: a registry, so that the apps above add theirs without being imported.

Each app calls `register_tab` or `register_panel` in its `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.functional import Promise

if TYPE_CHECKING:
    from clients.models import Client

Context = Callable[[HttpRequest, "Client"], dict[str, Any]]


@dataclass(frozen=True)
class Tab:
    """A tab at /clients/<id>/<slug>/ (the one with an empty slug at /clients/<id>/)."""

    slug: str
    label: str | Promise
    template: str
    context: Context
    order: int


@dataclass(frozen=True)
class Panel:
    """A panel of the overview tab, drawn in `order`."""

    template: str
    context: Context
    order: int


_tabs: dict[str, Tab] = {}
_panels: dict[str, Panel] = {}


def register_tab(tab: Tab) -> None:
    _tabs[tab.slug] = tab


def register_panel(panel: Panel) -> None:
    _panels[panel.template] = panel


def tabs() -> list[Tab]:
    """The client page's tabs in their order."""
    return sorted(_tabs.values(), key=lambda tab: tab.order)


def panels() -> list[Panel]:
    """The overview's panels in their order."""
    return sorted(_panels.values(), key=lambda panel: panel.order)
