"""Makes, hands out and removes copies of all data."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.core.files import File
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.access import is_administrator
from clients.commands import Refused
from clients.jobs import Report, start_job
from clients.models import Job, User
from clients.notices import Tell, tell
from clients.strays import forget_strays
from servicing.exports.writing import one_moment, write_all
from servicing.models import DataExport, ExportDownload
from servicing.models.exports import ExportOf

HOURS = 24  # that a copy can be downloaded
# One number for all: a copy that is begun waits for what is being erased, and that for its row.
EXPORTS_LOCK = 7_308_014
NEVER_MADE = Q(file="", bytes=0)  # it is being made, or its worker was killed


def ask_for_export(*, by: User, of: str = ExportOf.ALL) -> Job:
    """Queues a copy for a worker."""
    title = _("Exporting all data") if of == ExportOf.ALL else _("Exporting what the dashboards show")
    return start_job(task="servicing.export_all", title=title, by=by, arguments=[str(of)])


def exports_for(user: User) -> QuerySet[DataExport]:
    """The copies that `user` may see and take: administrators all, who sees the firm those of dashboards."""
    every = DataExport.objects.exclude(NEVER_MADE)
    return every if is_administrator(user) else every.filter(of=ExportOf.DASHBOARDS)


@contextmanager
def being_made(*, by: User, of: str = ExportOf.ALL) -> Iterator[DataExport]:
    """The row of a copy that is to be made, stored at once: what is erased meanwhile finds it and marks it as
    removed. Row and file are gone at the end where no copy came of it.

    Outside of any transaction: the copy is as of a moment after this one.
    """
    now = timezone.now()
    with transaction.atomic():
        with connection.cursor() as cursor:  # what is being erased is waited for, and then seen as erased
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [EXPORTS_LOCK])
        export = DataExport.objects.create(
            of=of, made_by=by, made_at=now, expires_at=now + dt.timedelta(hours=HOURS)
        )
    try:
        yield export
    finally:
        unmade, _by_model = DataExport.objects.filter(NEVER_MADE, pk=export.pk).delete()
        if unmade and export.file:
            export.file.delete(save=False)


def make_export(*, export: DataExport, report: Report) -> None:
    """Makes the copy: of everything that is stored, or of what the dashboards show, as of one moment.

    Raises Refused where something in it was erased while it was made.
    """
    with tempfile.TemporaryFile() as file, one_moment() as reader:
        export.files, export.rows = write_all(file, report, reader, export.of)
        export.bytes = file.tell()
        file.seek(0)
        export.file.save("all.zip", File(file), save=False)
    if not DataExport.objects.filter(pk=export.pk, removed_at=None).update(
        file=export.file.name, files=export.files, rows=export.rows, bytes=export.bytes
    ):
        raise Refused(_("While it was made, something in it was erased. Make it again."))


def note_download(*, export: DataExport, by: User) -> None:
    ExportDownload.objects.create(export=export, by=by)


def remove(*, export: DataExport) -> None:
    """Removes a copy's file, or sees to it that there will be none; that there was one, and who took it,
    stays."""
    with transaction.atomic():
        found = DataExport.objects.select_for_update().filter(pk=export.pk).first()
        if found is None:
            return  # nothing came of making it
        storage, name = found.file.storage, found.file.name or ""
        if not found.removed_at:
            found.file, found.removed_at = "", timezone.now()
            found.save(update_fields=["file", "removed_at"])
        if name:
            transaction.on_commit(lambda: storage.delete(name))


def forget_expired() -> int:
    """Removes the files of copies whose time is over, and what a killed worker left; returns how many."""
    over = DataExport.objects.filter(expires_at__lte=timezone.now())
    over.filter(NEVER_MADE).delete()
    waiting = list(over.exclude(file=""))
    for export in waiting:
        remove(export=export)
    return len(waiting) + forget_strays(DataExport, "file", folder="exports")


def forget_for(clients: Collection[int]) -> dict[int, int]:
    """Permission ended for `clients`: every copy of all data that waits, or is being made, may hold their
    behavioral triggers, and goes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [EXPORTS_LOCK])
    waiting = list(DataExport.objects.filter(of=ExportOf.ALL, removed_at=None).select_related("made_by"))
    for export in waiting:
        remove(export=export)
        text = _("Your export of all data was removed: a client in it ended the permission. Make it again.")
        tell([Tell(export.made_by_id, text, reverse("servicing:exports"), f"export-erased-{export.pk}")])
    return dict.fromkeys(clients, len(waiting)) if waiting else {}
