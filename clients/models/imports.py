"""Imports: what was uploaded, what it did, and what is needed to take it back."""

import uuid

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ImportKind(models.TextChoices):
    CLIENTS = "clients", _("Clients")
    REVENUE = "revenue", _("Revenue")
    TOUCHES = "touches", _("Touches")


class ImportState(models.TextChoices):
    PREVIEW = "preview", _("Preview")
    APPLIED = "applied", _("Applied")
    UNDONE = "undone", _("Undone")


def private_storage() -> FileSystemStorage:
    """Uploads hold personal data: only this process's account can read them, and no address serves them."""
    return FileSystemStorage(file_permissions_mode=0o600, directory_permissions_mode=0o700)


def random_name(batch: "ImportBatch", file_name: str) -> str:
    return f"imports/{uuid.uuid4().hex}"


class ImportBatch(models.Model):
    """One import of one file. `rows` and `rejected` count records; the others what the records become."""

    kind = models.CharField(_("kind"), max_length=10, choices=ImportKind.choices)
    state = models.CharField(_("state"), max_length=10, choices=ImportState.choices)
    file_name = models.CharField(_("file"), max_length=255)
    upload = models.FileField(
        _("stored upload"), upload_to=random_name, storage=private_storage, blank=True, max_length=120
    )
    format = models.CharField(_("format"), max_length=12, default="native")
    mapping = models.JSONField(_("columns"), default=list, blank=True)
    preview = models.JSONField(
        default=dict, blank=True, help_text="What the preview page shows; emptied when the import is applied."
    )
    rows = models.PositiveIntegerField(_("records"), default=0)
    created = models.PositiveIntegerField(_("created"), default=0)
    updated = models.PositiveIntegerField(_("updated"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    rejected = models.PositiveIntegerField(_("rejected"), default=0)
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.file_name}"


class ImportedTable(models.TextChoices):
    """The tables that an import writes, in the order in which undo takes them back."""

    TAG = "tag", _("Behavioral trigger")
    MEMBER = "member", _("Member")
    TEAM = "team", _("Service team")
    TOUCH = "touch", _("Touch")
    REVENUE = "revenue", _("Revenue")
    CLIENT = "client", _("Client")


class ImportedRecord(models.Model):
    """One row that an import wrote.

    `before`: the row as it was; NULL where the import created it. `after_hash` tells whether it was
    changed since. A behavioral trigger's value is kept in neither.
    """

    # no constraint: written in one statement with what it describes, by the hundred thousand
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="records", db_constraint=False)
    table = models.CharField(max_length=8, choices=ImportedTable.choices)
    record_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    after_hash = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("imported record")
        verbose_name_plural = _("imported records")

    def __str__(self) -> str:
        return f"{self.table} {self.record_id}"
