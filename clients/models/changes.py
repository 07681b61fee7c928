"""Change rows: what a lower app changed and an upper app acts on, written in the same transaction."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ChangeKind(models.TextChoices):
    """What happened. Each kind is taken by exactly one sweep of an upper app."""

    FACTS = "facts", _("Facts arrived or changed: the client may get its first tier")
    SERVICE = "service", _("Something that service planning depends on changed")


class Change(models.Model):
    """One client for which something changed. Sweeps take rows with SKIP LOCKED and delete them."""

    kind = models.CharField(max_length=10, choices=ChangeKind.choices)
    client_id = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        indexes = [models.Index(fields=["kind", "id"], name="clients_change_by_kind")]  # the sweeps

    def __str__(self) -> str:
        return f"{self.kind} of client {self.client_id}"
