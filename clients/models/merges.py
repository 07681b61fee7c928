"""Client records that became one, and one that became two: what is needed to find and to part them again."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models.retention import held_rows_stay


class ClientMerge(models.Model):
    """A record that was taken up by another. The gone record's own id and number still lead to `client`.

    `before`: the columns of the gone record and of what was dropped with it, never a behavioral trigger;
    `filled`: what the staying record had in the fields that it took over. `counts`: what moved, by table.
    """

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="merges")
    absorbed_id = models.BigIntegerField(help_text="The id of the record that is gone.")
    external_id = models.CharField(_("client number"), max_length=64, db_collation="C")
    name = models.CharField(_("name"), max_length=160)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    before = models.JSONField(default=dict)
    filled = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    merged_at = models.DateTimeField(_("merged"), default=timezone.now)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    parted_at = models.DateTimeField(_("parted again"), null=True)
    parted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("merged record")
        verbose_name_plural = _("merged records")
        constraints = [
            models.UniqueConstraint(
                fields=["absorbed_id"],
                name="clients_merge_gone_once",  # the address of a gone record finds the one that stayed
                condition=Q(parted_at__isnull=True),
            ),
        ]
        triggers = [held_rows_stay()]

    def __str__(self) -> str:
        return f"{self.external_id} in client {self.client_id}"


class MergedRow(models.Model):
    """A row that went from the gone record to the one that stayed. `before`: columns that changed with it."""

    merge = models.ForeignKey(ClientMerge, models.CASCADE, related_name="rows", db_index=False)
    table = models.CharField(max_length=63)
    record_id = models.BigIntegerField()
    before = models.JSONField(null=True)

    class Meta:
        verbose_name = _("moved row")
        verbose_name_plural = _("moved rows")
        constraints = [
            models.UniqueConstraint(fields=["merge", "table", "record_id"], name="clients_mergedrow_once"),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.record_id}"


class FormerNumber(models.Model):
    """A client number that is no record's own any more: files that still use it mean `client`."""

    external_id = models.CharField(_("client number"), max_length=64, unique=True, db_collation="C")
    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="former_numbers")

    class Meta:
        verbose_name = _("former number")
        verbose_name_plural = _("former numbers")
        triggers = [held_rows_stay()]

    def __str__(self) -> str:
        return self.external_id


class ClientSplit(models.Model):
    """A record that was made out of another: who went, when and why. `counts`: what went along, by table."""

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="splits")
    made = models.ForeignKey("clients.Client", models.CASCADE, related_name="split_from")
    reason = models.CharField(_("reason"), max_length=300)
    counts = models.JSONField(default=dict)
    split_at = models.DateTimeField(_("split"), default=timezone.now)
    split_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("split record")
        verbose_name_plural = _("split records")
        triggers = [held_rows_stay()]

    def __str__(self) -> str:
        return f"Client {self.made_id} out of {self.client_id}"
