"""The panel of the client page: permission and channels, with the whole history one click away."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from clients.models import Client, Permission
from clients.permission.told import history_lines


def permission_panel(request: HttpRequest, client: Client) -> dict[str, Any]:
    """All of it was read with the client."""
    return {"permission_history": history_lines(client), "permission_means": _means(client)}


def _means(client: Client) -> str:
    """What the state means for the work, in one sentence."""
    if client.permission == Permission.GRANTED:
        return _("Messages may be tailored, and a behavioral trigger may be kept.")
    return _("General words only: no behavioral trigger is kept, and no message is tailored.")
