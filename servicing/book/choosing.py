"""Which clients a transfer is about: from what its form chose to a selection, and back to words."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.filters import ListFilters
from clients.firm import firm_today
from clients.models import Client, Persona, Tier
from clients.querysets import ClientQuerySet
from clients.words import words_for
from servicing.models import BookTransfer


def chosen(transfer: BookTransfer) -> ClientQuerySet:
    """The clients that the transfer names, out of those that who made it may see."""
    clients = Client.objects.visible_to(transfer.made_by)
    selection = transfer.selection
    if "clients" in selection:
        return clients.filter(pk__in=selection["clients"])
    if "filter" in selection:
        return _filters(transfer).apply(clients)
    if "tiers" in selection:
        return clients.filter(summary__tier__code__in=selection["tiers"])
    if "personas" in selection:
        return clients.filter(persona__code__in=selection["personas"])
    return clients


def _filters(transfer: BookTransfer) -> ListFilters:
    params = QueryDict(transfer.selection["filter"])
    return ListFilters(params, words_for(transfer.made_by), today=firm_today())


def in_words(transfer: BookTransfer) -> str:
    """What was chosen, for people."""
    selection = transfer.selection
    if "clients" in selection:
        number = len(selection["clients"])
        return ngettext("%(n)s client picked in the list", "%(n)s clients picked in the list", number) % {
            "n": number
        }
    if "filter" in selection:
        chips = ", ".join(chip.text for chip in _filters(transfer).chips())
        return _("Clients by filter: %s") % (chips or _("active"))
    if "tiers" in selection:
        return _("Clients of tier %s") % _labels(Tier, selection["tiers"])
    if "personas" in selection:
        return _("Clients by persona: %s") % _labels(Persona, selection["personas"])
    return _("All clients")


def _labels(model: Any, codes: list[str]) -> str:
    return ", ".join(model.objects.filter(code__in=codes).values_list("label", flat=True))


def keep_chosen(transfer: BookTransfer) -> None:
    """Fills the temporary table `book_client` until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.book_client")
        try:
            ids, params = chosen(transfer).order_by().values("id").query.sql_with_params()
        except EmptyResultSet:
            ids, params = "SELECT NULL::bigint AS id WHERE false", ()
        cursor.execute(
            f"CREATE TEMP TABLE book_client ON COMMIT DROP AS SELECT id AS client_id FROM ({ids}) chosen",  # noqa: S608  (SQL that Django compiled)
            params,
        )
        cursor.execute("ANALYZE book_client")
