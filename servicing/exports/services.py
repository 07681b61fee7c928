"""Makes, hands out and removes copies of all data."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Collection
from pathlib import Path

from django.core.files import File
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.access import is_administrator
from clients.jobs import Report, start_job
from clients.models import Job, User
from clients.notices import Tell, tell
from servicing.exports.writing import one_moment, write_all
from servicing.models import DataExport, ExportDownload
from servicing.models.exports import ExportOf

HOURS = 24  # that a copy can be downloaded


def ask_for_export(*, by: User, of: str = ExportOf.ALL) -> Job:
    """Queues a copy for a worker."""
    title = _("Exporting all data") if of == ExportOf.ALL else _("Exporting what the dashboards show")
    return start_job(task="servicing.export_all", title=title, by=by, arguments=[str(of)])


def exports_for(user: User) -> QuerySet[DataExport]:
    """The copies that `user` may see and take: administrators all, who sees the firm those of dashboards."""
    every = DataExport.objects.all()
    return every if is_administrator(user) else every.filter(of=ExportOf.DASHBOARDS)


def make_export(*, by: User, report: Report, of: str = ExportOf.ALL) -> DataExport:
    """Makes a copy of everything that is stored, or of what the dashboards show, as of one moment."""
    now = timezone.now()
    export = DataExport(of=of, made_by=by, made_at=now, expires_at=now + dt.timedelta(hours=HOURS))
    with tempfile.TemporaryFile() as file, one_moment() as reader:
        export.files, export.rows = write_all(file, report, reader, of)
        export.bytes = file.tell()
        file.seek(0)
        export.file.save("all.zip", File(file), save=False)
    try:
        export.save()
    except BaseException:
        export.file.delete(save=False)
        raise
    return export


def note_download(*, export: DataExport, by: User) -> None:
    ExportDownload.objects.create(export=export, by=by)


def remove(*, export: DataExport) -> None:
    """Removes a copy's file; that there was one, and who took it, stays."""
    with transaction.atomic():
        found = DataExport.objects.select_for_update().get(pk=export.pk)
        storage, name = found.file.storage, found.file.name or ""
        if name:
            found.file, found.removed_at = "", timezone.now()
            found.save(update_fields=["file", "removed_at"])
            transaction.on_commit(lambda: storage.delete(name))


def forget_expired() -> int:
    """Removes the files of copies whose time is over, and files that no copy knows; returns how many."""
    over = list(DataExport.objects.filter(expires_at__lte=timezone.now()).exclude(file=""))
    for export in over:
        remove(export=export)
    return len(over) + _forget_strays()


def _forget_strays() -> int:
    """What a worker that was killed left behind: files older than a copy may be, which no row names."""
    storage = DataExport._meta.get_field("file").storage
    folder = Path(storage.path("exports"))
    known = set(DataExport.objects.exclude(file="").values_list("file", flat=True))
    since = (timezone.now() - dt.timedelta(hours=HOURS)).timestamp()
    strays = [
        path
        for path in (folder.iterdir() if folder.is_dir() else ())
        if f"exports/{path.name}" not in known and path.stat().st_mtime < since
    ]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(strays)


def forget_for(clients: Collection[int]) -> dict[int, int]:
    """Permission ended for `clients`: every copy of all data that waits may hold their behavioral triggers,
    and goes."""
    waiting = list(DataExport.objects.filter(of=ExportOf.ALL).exclude(file="").select_related("made_by"))
    for export in waiting:
        remove(export=export)
        text = _("Your export of all data was removed: a client in it ended the permission. Make it again.")
        tell([Tell(export.made_by_id, text, reverse("servicing:exports"), f"export-erased-{export.pk}")])
    return dict.fromkeys(clients, len(waiting)) if waiting else {}
