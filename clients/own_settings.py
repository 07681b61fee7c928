"""A person's own settings: what they may switch, and the panels of their page.

Apps above add a panel of theirs in `AppConfig.ready`, with `register_settings_panel`. A panel's form is sent
to an address of its own, which leads back to `panel_url`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients import time_zones
from clients.access import runs_the_firm
from clients.firm import firm_settings
from clients.models import User


@dataclass(frozen=True)
class SettingsPanel:
    """A panel of the page of own settings: `context` gives what its template shows, beside the page's own."""

    slug: str
    template: str
    context: Callable[[HttpRequest], dict[str, Any]]
    order: int


_panels: dict[str, SettingsPanel] = {}


def register_settings_panel(panel: SettingsPanel) -> None:
    _panels[panel.slug] = panel


def settings_panels() -> list[SettingsPanel]:
    """The panels in their order."""
    return sorted(_panels.values(), key=lambda panel: panel.order)


def panel_url(slug: str) -> str:
    """Where a panel is on the page: what its form leads back to."""
    return f"{reverse('clients:own_settings')}#{slug}"


class OwnSettingsForm(forms.ModelForm):
    """Time zone and what a person wants to be told."""

    class Meta:
        model = User
        fields = ["time_zone", "wants_digest", "wants_escalations", "wants_notices"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person, firm = self.instance, firm_settings()
        own = _("The firm's: %(zone)s") % {"zone": firm.time_zone.replace("_", " ")}
        zones = time_zones.choices(country=firm.country, current=person.time_zone or firm.time_zone)
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"),
            required=False,
            choices=[("", own), *zones],
            help_text=_("Your morning e-mail and your appointments follow it. Due dates are the firm's."),
        )
        late = _("Requests of your clients, before and when the promised answer time has passed.")
        if runs_the_firm(person):
            late = _(
                "Work that is later than the firm accepts, and requests before and when the promised answer "
                "time has passed."
            )
        self.fields["wants_escalations"].help_text = late
