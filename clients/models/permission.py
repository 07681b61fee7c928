"""Permission: every answer of a client to being spoken to in a tailored way, and what its end erased."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models.client import Permission
from clients.models.retention import held_rows_stay


class How(models.TextChoices):
    """How something was said to the firm."""

    IN_PERSON = "in_person", _("In person")
    PHONE = "phone", _("By phone")
    EMAIL = "email", _("By e-mail")
    LETTER = "letter", _("By letter")


class AnswerSource(models.TextChoices):
    """What brought an answer, where no person recorded it on the client's page."""

    PERSON = "person", _("Recorded by a person")
    FILE = "file", _("Came with a file")
    FILE_UNDONE = "file_undone", _("A file was taken back")
    MERGE = "merge", _("Two records became one, or were parted")
    COMMAND = "command", _("Set by a command")
    DATABASE = "database", _("Set directly in the database")


class PermissionAnswer(models.Model):
    """One answer. The newest is the client's state; the database adds a row for whatever path changed that.

    `on`: the day on which the client answered, empty where nobody said. `script`: the text that was used to
    ask, by its name and version.
    """

    # no constraint: written for each client of an import, with the client
    client = models.ForeignKey(
        "clients.Client",
        models.CASCADE,
        related_name="permission_answers",
        db_constraint=False,
        db_index=False,
    )
    answer = models.CharField(_("answer"), max_length=10, choices=Permission.choices)
    on = models.DateField(_("answered on"), null=True)
    how = models.CharField(_("how"), max_length=10, choices=How.choices, blank=True, default="")
    note = models.CharField(_("note"), max_length=300, blank=True, default="")
    script = models.CharField(_("script"), max_length=200, blank=True, default="")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)
    source = models.CharField(
        max_length=12, choices=AnswerSource.choices, default=AnswerSource.PERSON, db_default="database"
    )

    class Meta:
        verbose_name = _("answer about permission")
        verbose_name_plural = _("answers about permission")
        ordering = ["-id"]
        indexes = [
            # a client's history of answers, and the newest one
            models.Index(fields=["client", "-id"], name="clients_answer_by_client"),
        ]
        triggers = [
            # An answer stays as it was given; only its record can become another client's, in a merge.
            pgtrigger.Trigger(
                name="answer_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF to_jsonb(NEW) - 'client_id' = to_jsonb(OLD) - 'client_id' THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'An answer about permission stays as it was given.'
                        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'clients_answer_stays';
                """,
            ),
            held_rows_stay(),
        ]

    def __str__(self) -> str:
        return f"{self.get_answer_display()}: client {self.client_id}"


class Erasure(models.Model):
    """That a permission ended and what was erased with it: kinds of places and how many, never the value.

    `places`: counts by the code of a place. `swept_at`: when the places outside the record's own tables, the
    stored uploads among them, were gone through.
    """

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="erasures", db_constraint=False)
    answer = models.CharField(_("answer"), max_length=10, choices=Permission.choices)
    at = models.DateTimeField(_("erased"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    places = models.JSONField(default=dict)
    swept_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-id"]
        indexes = [
            # what the sweep has not gone through yet
            models.Index(fields=["id"], name="clients_erasure_unswept", condition=models.Q(swept_at=None)),
        ]

    def __str__(self) -> str:
        return f"Erasure of client {self.client_id}"
