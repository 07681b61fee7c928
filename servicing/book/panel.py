"""What the overview of a client says of merges and splits."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from clients.merges import told
from clients.models import Client


def became(request: HttpRequest, client: Client) -> dict[str, Any]:
    return {"told": told(client)}
