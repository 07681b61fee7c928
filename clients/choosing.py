"""Choosing one client by typing: a field of a form that needs no script, and the suggestions for it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from clients.models import Client, User
from clients.querysets import ClientQuerySet

BETWEEN = " · "  # name · number, as the suggestions write a client
NAMED = 3  # so many of several that match are named
SUGGESTED = 20


def written(client: Client) -> str:
    """A client as the suggestions write it."""
    return f"{client.name}{BETWEEN}{client.external_id}"


def suggestions(user: User, text: str) -> list[str]:
    """Up to 20 clients that `user` may see with `text` in their name or number."""
    text = text.replace("\x00", "").strip()
    if len(text) < 2:
        return []
    clients = Client.objects.visible_to(user).named(text.rpartition(BETWEEN)[2])
    return [
        written(client) for client in clients.only("name", "external_id").order_by("name", "id")[:SUGGESTED]
    ]


def find_client(clients: ClientQuerySet, text: str) -> Client:
    """The one of `clients` that `text` means: its number, its whole name, or a part that only it has.

    Raises ValidationError where none or several match.
    """
    text = text.strip()
    number = text.rpartition(BETWEEN)[2]
    exact = clients.filter(Q(external_id__in={text, number}) | Q(name__iexact=text)).order_by("name", "id")
    found = list(exact[: NAMED + 1]) or list(clients.named(text).order_by("name", "id")[: NAMED + 1])
    if not found:
        raise ValidationError(_("No client of yours has this in its name or number. Check the spelling."))
    if len(found) > 1:
        some = "; ".join(written(client) for client in found[:NAMED])
        raise ValidationError(_("Several clients match, among them %s. Write the number.") % some)
    return found[0]


class ClientField(forms.CharField):
    """A text field whose value is one client of `clients`, which the form sets."""

    clients: ClientQuerySet

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=240, **kwargs)
        self.clients = Client.objects.none()

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return find_client(self.clients, text) if text else None
