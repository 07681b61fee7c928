"""The upload page's imports: a stored file with its preview, until it is applied or let go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.importing.client_records import AMOUNTS
from clients.importing.columns import FORMATS, Mapping, fields_for
from clients.importing.engine import ImportResult, NoPreview, hold_preview, run_import
from clients.importing.files import CSV_LIMIT, FileRefused
from clients.importing.records import VOCABULARY
from clients.models import ImportBatch, ImportKind, ImportState, User
from clients.strays import forget_strays

SAMPLE = 20
SHOWN_ERRORS = 100
KEEP = dt.timedelta(days=1)
STATES = {
    "created": gettext_lazy("new"),
    "updated": gettext_lazy("changed"),
    "unchanged": gettext_lazy("unchanged"),
    "rejected": gettext_lazy("rejected"),
}


def store_upload(*, kind: str, upload: UploadedFile, format_name: str, by: User) -> ImportBatch:
    """Stores an upload under a random name and previews it. Raises FileRefused, and stores nothing."""
    if (upload.size or 0) > CSV_LIMIT:
        raise FileRefused(_("The file is larger than 200 MB. Split it and import the parts."))
    forget_stale_uploads()
    batch = ImportBatch(
        kind=kind, state=ImportState.PREVIEW, file_name=(upload.name or "")[-255:], created_by=by
    )
    batch.upload.save(batch.file_name, upload, save=False)
    try:
        preview_upload(batch=batch, format_name=format_name)
    except BaseException:
        batch.upload.delete(save=False)
        raise
    return batch


def preview_upload(
    *, batch: ImportBatch, format_name: str, chosen: dict[str, str | None] | None = None
) -> ImportBatch:
    """Tries the import and keeps what the preview page shows. `chosen` corrects the mapping.

    Raises NoPreview where it was imported or removed meanwhile.
    """
    with transaction.atomic():  # until it is kept nobody imports it
        result = _run(batch, format_name=format_name, chosen=chosen, dry_run=True, sample=SAMPLE)
        batch.format = result.mapping.format.name
        batch.mapping = result.mapping.as_json()
        for name in ("rows", "created", "updated", "unchanged", "rejected"):
            setattr(batch, name, getattr(result, name))
        batch.preview = _shown(result)
        batch.save()
    return batch


def apply_upload(*, batch: ImportBatch, partial: bool, by: User) -> ImportResult:
    """Imports a previewed file as its preview showed it, and removes the file.

    Raises FileRefused where records are wrong and not `partial`, NoPreview where it was applied before.
    """
    if batch.state != ImportState.PREVIEW:
        raise NoPreview(_("This file was already imported."))
    if not partial and batch.rejected:
        raise FileRefused(
            _("The file has wrong records. Tick the box to take the good ones, or correct the file.")
        )
    batch.created_by = by
    result = _run(batch, format_name=batch.format, chosen=chosen_of(batch), dry_run=False, partial=partial)
    if result.batch is None:
        raise FileRefused(_("The record changed since the preview: some records are wrong now. Look again."))
    _forget_file(batch)
    return result


def discard_upload(*, batch: ImportBatch) -> None:
    """Removes a preview and its file. Raises NoPreview where it was imported or removed meanwhile."""
    with transaction.atomic():
        hold_preview(batch)
        batch.upload.delete(save=False)
        batch.delete()


def errors_of(*, batch: ImportBatch) -> ImportResult:
    """The import tried once more, for all of its errors."""
    return _run(batch, format_name=batch.format, chosen=chosen_of(batch), dry_run=True)


def forget_stale_uploads() -> int:
    """Removes previews that nobody applied within a day, and files that were left without one; returns how
    many. They hold personal data."""
    stale = ImportBatch.objects.filter(state=ImportState.PREVIEW, created_at__lt=timezone.now() - KEEP)
    count = 0
    for batch in stale:
        with suppress(NoPreview):
            discard_upload(batch=batch)
            count += 1
    return count + forget_strays(ImportBatch, "upload", folder="imports")


def chosen_of(batch: ImportBatch) -> dict[str, str | None]:
    return {str(position): column["field"] for position, column in enumerate(batch.mapping)}


def mapping_rows(batch: ImportBatch, chosen: dict[str, str | None] | None = None) -> list[dict[str, Any]]:
    """The file's columns with the fields that each may be mapped to, for the page's dropdowns."""
    chosen = chosen_of(batch) if chosen is None else chosen
    choices = [
        (field.name, field.label, field.required)
        for field in fields_for(ImportKind(batch.kind), FORMATS[batch.format])
    ]
    return [
        {
            "position": position,
            "column": column["column"],
            "field": chosen.get(str(position)),
            "choices": choices,
        }
        for position, column in enumerate(batch.mapping)
    ]


def _run(stored: ImportBatch, **options: Any) -> ImportResult:
    path = Path(stored.upload.path)
    try:
        return run_import(
            kind=ImportKind(stored.kind),
            path=path,
            file_name=stored.file_name,
            batch=stored if stored.pk else None,
            **options,
        )
    except NoPreview:
        raise
    except FileRefused:
        if path.exists():
            raise
        raise FileRefused(_("The stored file is gone. Upload it again.")) from None


def _forget_file(batch: ImportBatch) -> None:
    batch.upload.delete(save=False)
    batch.preview = {}
    batch.save(update_fields=["upload", "preview"])


# --- What the preview shows ------------------------------------------------------------------------------


BEHAVIORAL = "behavioral_trigger"


def _shown(result: ImportResult) -> dict[str, Any]:
    """What is stored for the page: never a behavioral trigger, whether permission is granted or not."""
    fields = [
        field
        for field in fields_for(result.mapping.kind, result.mapping.format)
        if field.name in result.mapping.positions and _column(field.name) in _known(result)
    ]
    labels = _labels(result.mapping, result.sample)
    errors = []
    for error in shown_errors(result):
        errors.append(error)
        if len(errors) == SHOWN_ERRORS:
            break
    return {
        "columns": [str(field.label) for field in fields],
        "sample": [
            {
                "record": row["row"],
                "state": row["state"],
                "cells": [_text(field.name, row, labels) for field in fields],
            }
            for row in result.sample
        ],
        "errors": errors,
        "error_count": len(result.errors),
        "members": result.members,
        "ignored": result.mapping.ignored,
    }


def shown_errors(result: ImportResult) -> Iterator[dict[str, Any]]:
    """The errors as a page may show them: without what the file said of a behavioral trigger."""
    hidden = result.mapping.header_of(BEHAVIORAL)
    for error in result.errors:
        yield error | {"value": ""} if error["column"] == hidden else error


def _known(result: ImportResult) -> set[str]:
    return set(result.sample[0]) if result.sample else set()


def _column(name: str) -> str:
    """Where `import_rows` has the value of a field."""
    if name == "behavioral_trigger":
        return "trigger_id"
    return f"{name}_id" if name in (*VOCABULARY, "advisor", "by") else name


def _labels(mapping: Mapping, sample: list[dict[str, Any]]) -> dict[str, dict[int, str]]:
    labels = {
        name: dict(model.objects.values_list("pk", "label"))
        for name, model in VOCABULARY.items()
        if name in mapping.positions
    }
    for name in {"advisor", "by"} & mapping.positions.keys():
        ids = {row[f"{name}_id"] for row in sample if row.get(f"{name}_id")}
        labels[name] = {user.pk: user.display_name for user in User.objects.filter(pk__in=ids)}
    return labels


def _text(name: str, row: dict[str, Any], labels: dict[str, dict[int, str]]) -> str:
    value = row.get(_column(name))
    if value is None:
        return ""
    if name == BEHAVIORAL:
        return _("given; not shown before it is stored")
    if name in labels:
        return labels[name].get(value, "")
    if name == "occurred_at":
        moment = dt.datetime.fromisoformat(value)
        return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")
    if name in AMOUNTS or name == "amount":
        return f"{value:.2f}"
    return str(value)
