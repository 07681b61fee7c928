"""Access requests: recorded, answered by a zip that a worker makes, given, closed."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Collection

from django.core.files import File
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.commands import Refused
from clients.firm import firm_today
from clients.jobs import Report, start_job
from clients.models import Anonymised, Client, Job, User
from clients.notices import Tell, tell
from clients.strays import forget_strays
from servicing.exports.writing import one_moment
from servicing.models import AccessDownload, AccessRequest, AccessState
from servicing.retention import periods
from servicing.retention.giving import write_answer
from servicing.retention.services import is_at_work, keepers

DAYS = 7  # that an answer can be downloaded


def due_on(asked_on: dt.date) -> dt.date:
    """The day by which what was asked on that day is answered."""
    return asked_on + dt.timedelta(days=periods.settings().answer_within_days)


def record(
    *, client: Client, asked_on: dt.date, asked_how: str, asked_by: str, note: str, by: User
) -> AccessRequest:
    """Notes that a client asked, and tells whoever keeps the data. Raises Refused where nothing is left."""
    if Anonymised.objects.filter(client=client).exists():
        raise Refused(_("This client was anonymised: nothing is held that could be given."))
    with transaction.atomic():
        request = AccessRequest.objects.create(
            client=client,
            asked_on=asked_on,
            asked_how=asked_how,
            asked_by=asked_by,
            note=note,
            due_on=due_on(asked_on),
            recorded_by=by,
        )
        text = _("A client asked what we hold. Answer it in time.")
        url = reverse("servicing:access_request", args=[request.pk])
        tell(Tell(person, text, url, f"access-{request.pk}") for person in keepers() if person != by.pk)
    return request


def ask_for_answer(*, request: AccessRequest, by: User) -> Job:
    """Queues the zip for a worker; returns the job that is at it, where one is. Raises Refused where the
    request is closed."""
    with transaction.atomic():
        found = AccessRequest.objects.select_for_update().get(pk=request.pk)
        if not found.is_open:
            raise Refused(_("This request is closed."))
        if found.job is not None and is_at_work(found.job):
            return found.job
        title = _("Answering an access request")
        found.job = start_job(task="servicing.answer_access", title=title, by=by, arguments=[found.pk])
        found.save(update_fields=["job"])
    return found.job


def make_answer(*, request: AccessRequest, report: Report) -> AccessRequest:
    """Makes the zip; the one before it goes. Raises Refused where something in it was erased, or went to
    another record, while it was made."""
    client = Client.objects.for_page().get(pk=request.client_id)
    with tempfile.TemporaryFile() as file, one_moment() as reader:
        taken = _taken_away(reader, client.pk)
        write_answer(file, client, report, reader)
        request.bytes = file.tell()
        file.seek(0)
        request.file.save("answer.zip", File(file), save=False)
    request.made_at = timezone.now()
    request.expires_at = request.made_at + dt.timedelta(days=DAYS)
    try:
        _hand_over(request, taken)
    except BaseException:
        request.file.delete(save=False)
        raise
    return request


# What took something away from a client, row by row, by which two moments are compared: a permission that
# ended, an anonymising, a record that was parted from it.
_TAKEN_AWAY = """
    SELECT 'permission', id FROM clients_erasure WHERE client_id = %(client)s
    UNION ALL SELECT 'list', id FROM servicing_anonymisingrow
        WHERE client_id = %(client)s AND outcome IN ('anonymised', 'erased')
    UNION ALL SELECT 'parted', id FROM clients_clientmerge
        WHERE client_id = %(client)s AND parted_at IS NOT NULL
"""


def _taken_away(seen_by: BaseDatabaseWrapper, client: int) -> set[tuple[str, int]]:
    with seen_by.cursor() as cursor:
        cursor.execute(_TAKEN_AWAY, {"client": client})
        return set(cursor.fetchall())


@transaction.atomic
def _hand_over(request: AccessRequest, taken: set[tuple[str, int]]) -> None:
    """Stores that the answer is made. What takes something away holds the client's row: it is waited for."""
    Client.objects.select_for_update(of=("self",), no_key=True).filter(pk=request.client_id).first()
    found = AccessRequest.objects.select_for_update().get(pk=request.pk)
    if found.client_id != request.client_id or _taken_away(connection, request.client_id) != taken:
        raise Refused(_("While it was made, something in it was erased or parted. Make it again."))
    before = found.file.name or ""
    request.save(update_fields=["file", "bytes", "made_at", "expires_at"])
    if before:
        transaction.on_commit(lambda: found.file.storage.delete(before))


def note_download(*, request: AccessRequest, by: User) -> None:
    AccessDownload.objects.create(request=request, by=by)


def close(*, request: AccessRequest, state: str, on: dt.date, how: str, by: User) -> None:
    """Closes a request as answered or declined, with how or why. Raises Refused where it is closed."""
    with transaction.atomic():
        found = AccessRequest.objects.select_for_update().get(pk=request.pk)
        if not found.is_open:
            raise Refused(_("This request is closed."))
        found.state, found.closed_on, found.closed_by, found.closed_how = state, on, by, how
        found.save(update_fields=["state", "closed_on", "closed_by", "closed_how"])


def reopen(*, request: AccessRequest) -> None:
    """Opens a request again that was closed by mistake."""
    with transaction.atomic():
        found = AccessRequest.objects.select_for_update().get(pk=request.pk)
        found.state, found.closed_on, found.closed_by, found.closed_how = AccessState.OPEN, None, None, ""
        found.save(update_fields=["state", "closed_on", "closed_by", "closed_how"])


def forget_expired() -> int:
    """Removes answers whose time is over, and what a killed worker left; that they were made and who took
    them stays. Returns how many."""
    over = list(AccessRequest.objects.filter(expires_at__lte=timezone.now()).exclude(file=""))
    for request in over:
        forget_file(request=request)
    return len(over) + forget_strays(AccessRequest, "file", folder="access")


def forget_file(*, request: AccessRequest) -> None:
    with transaction.atomic():
        found = AccessRequest.objects.select_for_update().get(pk=request.pk)
        storage, name = found.file.storage, found.file.name or ""
        if name:
            found.file = ""
            found.save(update_fields=["file"])
            transaction.on_commit(lambda: storage.delete(name))


def forget_for(clients: Collection[int]) -> dict[int, int]:
    """Permission ended for clients: their answers that wait may hold a behavioral trigger, and go."""
    waiting = AccessRequest.objects.filter(client__in=clients).exclude(file="")
    found: dict[int, int] = {}
    for request in waiting:
        forget_file(request=request)
        found[request.client_id] = found.get(request.client_id, 0) + 1
    return found


def late_today() -> int:
    """Tells whoever keeps the data of open requests whose day has passed, once each; returns how many."""
    late = AccessRequest.objects.filter(state=AccessState.OPEN, due_on__lt=firm_today())
    text = _("A client's access request is late. Answer it today.")
    return tell(
        Tell(person, text, reverse("servicing:access_request", args=[pk]), f"access-late-{pk}")
        for pk in late.values_list("pk", flat=True)
        for person in keepers()
    )
