"""What the pages of the working tools share."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from clients.models import Client
from clients.register.active import is_active
from clients.requests import SignedInRequest


def client_of(request: SignedInRequest, pk: int, *registered: str) -> Client:
    """The client, where the person may see it and the register has an entry in force for each of the fields;
    else 404, or 403 with the reason."""
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=pk)
    if not all(is_active(code) for code in registered):
        raise PermissionDenied(
            _("The field register has no entry for this, so nothing is asked for and nothing is shown.")
        )
    return client
