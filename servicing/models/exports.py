"""Complete copies of the firm's data, made to be taken away, and who took them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models.imports import private_storage


def random_name(export: DataExport, file_name: str) -> str:
    return f"exports/{uuid.uuid4().hex}"


class ExportOf(models.TextChoices):
    """What a copy holds."""

    ALL = "all", _("All data")
    DASHBOARDS = "dashboards", _("What the dashboards show")


class DataExport(models.Model):
    """One copy as a zip of CSV files, until it expires. Without a file it is being made, or is gone."""

    of = models.CharField(_("what"), max_length=10, choices=ExportOf.choices, default=ExportOf.ALL)
    file = models.FileField(upload_to=random_name, storage=private_storage, blank=True, max_length=120)
    bytes = models.BigIntegerField(_("size"), default=0)
    rows = models.BigIntegerField(_("rows"), default=0)
    files = models.PositiveIntegerField(_("files"), default=0)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    expires_at = models.DateTimeField(_("can be downloaded until"))
    removed_at = models.DateTimeField(_("removed"), null=True)

    class Meta:
        verbose_name = _("export of all data")
        verbose_name_plural = _("exports of all data")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Export of {self.made_at}"


class ExportDownload(models.Model):
    """Who took a copy away, and when: kept when the copy is gone."""

    export = models.ForeignKey(DataExport, models.CASCADE, related_name="downloads")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("download of an export")
        verbose_name_plural = _("downloads of exports")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.by}, {self.at}"
