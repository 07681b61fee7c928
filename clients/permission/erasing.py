"""Erasing a behavioral trigger wherever it is, once permission ended.

The record's own tables are erased by the database itself, whatever path ended the permission
(`clients.models.permission_triggers`), and a row of `Erasure` says so. What lies elsewhere is gone through
place by place: the stored uploads here, and the places that the apps above name in `AppConfig.ready` with
`register_place`. A person's recording does it at once, and so does a merge; what a file or plain SQL ended,
the sweep.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.importing.files import FileRefused, open_records
from clients.models import (
    Client,
    ClientMerge,
    Erasure,
    FormerNumber,
    ImportBatch,
    ImportKind,
    ImportState,
    Member,
)
from clients.notices import Tell, tell

MOST = 5_000  # erasures that one sweep goes through

Counts = dict[int, int]  # how much was erased, by client


@dataclass(frozen=True)
class Place:
    """Somewhere that may hold a client's behavioral trigger or what was made of it. `erase` takes ids of
    clients, erases it for them, and says how many it erased for each; it may be asked twice."""

    code: str
    label: str | Promise
    erase: Callable[[Collection[int]], Counts]


_places: dict[str, Place] = {}
_LABELS: dict[str, str | Promise] = {
    "record": gettext_lazy("the client's record"),
    "bulk": gettext_lazy("what changes of many clients kept for their undo"),
    "uploads": gettext_lazy("uploaded files that waited to be imported"),
}


def register_place(place: Place) -> None:
    _places[place.code] = place


def in_words(counts: dict[str, int]) -> list[tuple[str, int]]:
    """The kinds of places of an erasure that held something, in words, and how many of each."""
    labels = _LABELS | {code: place.label for code, place in _places.items()}
    return [(str(labels.get(code, code)), number) for code, number in counts.items()]


@transaction.atomic
def sweep(*, clients: Collection[int] | None = None) -> int:
    """Goes through the places of every erasure (of `clients` alone, if given) that was not gone through yet.

    Returns how many erasures were, at most `MOST`. Two at once take different ones.
    """
    waiting = Erasure.objects.filter(swept_at=None).order_by("id").select_for_update(skip_locked=True)
    erasures = list((waiting if clients is None else waiting.filter(client__in=clients))[:MOST])
    if not erasures:
        return 0
    ids = {erasure.client_id for erasure in erasures}
    every = {"uploads": _forget_uploads(ids)} | {place.code: place.erase(ids) for place in _places.values()}
    now = timezone.now()
    for erasure in erasures:
        found = {code: counts.get(erasure.client_id, 0) for code, counts in every.items()}
        erasure.places |= {code: number for code, number in found.items() if number}
        erasure.swept_at = now
    Erasure.objects.bulk_update(erasures, ["places", "swept_at"], batch_size=1_000)
    return len(erasures)


# --- Stored uploads ------------------------------------------------------------------------------------


def _forget_uploads(clients: Collection[int]) -> Counts:
    """Removes uploads that wait to be imported and name one of the clients, whatever their columns are.

    A file that cannot be read any more goes too."""
    counts: Counts = {}
    waiting = ImportBatch.objects.filter(state=ImportState.PREVIEW, kind=ImportKind.CLIENTS)
    waiting = waiting.exclude(upload="").select_for_update(skip_locked=True)
    numbers: dict[str, set[int]] | None = None
    for batch in waiting.defer("preview"):
        if numbers is None:
            numbers = _numbers_of(clients)
        named = _named_in(Path(batch.upload.path), numbers)
        if named is None or named:
            for client in named or ():
                counts[client] = counts.get(client, 0) + 1
            _forget(batch)
    return counts


def _numbers_of(clients: Collection[int]) -> dict[str, set[int]]:
    """Every number, and every name, by which a file may mean one of the clients."""
    numbers: dict[str, set[int]] = {}
    members = Member.objects.filter(Q(client__in=clients) & ~Q(external_id=""))
    merged = ClientMerge.objects.filter(client__in=clients, parted_at=None)
    for rows in (
        Client.objects.filter(pk__in=clients).values_list("pk", "external_id"),
        Client.objects.filter(pk__in=clients).values_list("pk", "name"),
        FormerNumber.objects.filter(client__in=clients).values_list("client_id", "external_id"),
        merged.values_list("client_id", "name"),
        members.values_list("client_id", "external_id"),
    ):
        for client, word in rows:
            numbers.setdefault(word.strip().lower(), set()).add(client)
    return numbers


def _named_in(path: Path, numbers: dict[str, set[int]]) -> set[int] | None:
    """The clients that a file names; None where it cannot be read."""
    named: set[int] = set()
    try:
        with open_records(path) as records:
            for row in records.rows:
                for cell in row:
                    named |= numbers.get(cell.strip().lstrip("'").lower(), set())
    except FileRefused:
        return None
    return named


def _forget(batch: ImportBatch) -> None:
    """Removes the batch, its file once that is certain, and tells whoever uploaded it."""
    if batch.created_by_id:
        text = _("Your upload %(file)s was removed: a client in it ended the permission. Upload it again.")
        told = Tell(
            batch.created_by_id,
            text % {"file": batch.file_name},
            reverse("clients:imports"),
            f"upload-erased-{batch.pk}",
        )
        tell([told])
    storage, name = batch.upload.storage, batch.upload.name or ""
    batch.delete()
    transaction.on_commit(lambda: storage.delete(name))
