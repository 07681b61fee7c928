"""Panels beside a simulation: a registry, so that the apps above add theirs without being imported.

Each app calls `register_panel` in its `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from tiers.models import Simulation

Context = Callable[[HttpRequest, Simulation], dict[str, Any]]


@dataclass(frozen=True)
class Panel:
    """A panel of what a policy would do, drawn in `order`. Its context is made at each change of a draft, so
    it takes a few milliseconds at most."""

    template: str
    context: Context
    order: int


_panels: dict[str, Panel] = {}


def register_panel(panel: Panel) -> None:
    _panels[panel.template] = panel


def panels_of(request: HttpRequest, simulation: Simulation) -> list[dict[str, Any]]:
    """The panels in their order, each with its template and its context."""
    return [
        {"template": panel.template, "context": panel.context(request, simulation)}
        for panel in sorted(_panels.values(), key=lambda panel: panel.order)
    ]
