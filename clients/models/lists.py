"""What people do with the client list: filters kept under a name, and changes of many clients at once."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models.client import BehavioralTag, Client


class SavedFilter(models.Model):
    """A person's filter of the client list, as the query string that the list is called with."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=2000)

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="clients_savedfilter_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class BulkField(models.TextChoices):
    """What can be set for many clients at once."""

    COMPLEXITY = "complexity_driver", _("Complexity driver")
    BEHAVIORAL = "behavioral_trigger", _("Behavioral trigger")
    ATTENTION = "attention_constraint", _("Attention constraint")
    PERSONA = "persona", _("Persona")
    INCOME = "income_structure", _("Income structure")
    ADVISOR = "advisor", _("Lead advisor")


class BulkChange(models.Model):
    """One value given to many clients at once, kept so that it can be undone.

    `value` is the id that was set; empty where it was cleared, and always for the behavioral trigger, whose
    values are kept beside the tag alone and go with it.
    """

    field = models.CharField(_("field"), max_length=24, choices=BulkField.choices)
    value = models.BigIntegerField(null=True)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    skipped = models.PositiveIntegerField(_("skipped"), default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(_("when"), default=timezone.now)
    undone_at = models.DateTimeField(_("undone"), null=True)

    class Meta:
        verbose_name = _("bulk change")
        verbose_name_plural = _("bulk changes")

    def __str__(self) -> str:
        return f"{self.get_field_display()}: {self.changed}"


class BulkChangeRow(models.Model):
    """What a client had before a bulk change; empty: nothing."""

    change = models.ForeignKey(BulkChange, models.CASCADE, related_name="rows", db_index=False)
    client = models.ForeignKey(Client, models.CASCADE, related_name="+")
    previous = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "client"], name="clients_bulkchangerow_once"),
        ]

    def __str__(self) -> str:
        return f"Client {self.client_id} in bulk change {self.change_id}"


class BulkBehavioralRow(models.Model):
    """The same for the behavioral trigger. The database deletes the row with the tag it hangs on, so
    nothing of it outlives the permission."""

    change = models.ForeignKey(BulkChange, models.CASCADE, related_name="behavioral_rows", db_index=False)
    # The constraint in the migration cascades in the database: the tag is erased there, by a trigger.
    tag = models.ForeignKey(BehavioralTag, models.DO_NOTHING, related_name="+", db_constraint=False)
    given = models.BigIntegerField()
    previous = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "tag"], name="clients_bulkbehavioralrow_once"),
        ]

    def __str__(self) -> str:
        return f"Client {self.tag_id} in bulk change {self.change_id}"
