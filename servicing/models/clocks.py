"""Service clocks: for each client and promised service, when it is due next and why."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ServiceClock(models.Model):
    """The clock of one service kind for one client; derived from the standard and from what happened.

    Planning creates a task from it when `due_on` less the item's lead has come. A clock is set anew only
    when its item or its base changes, so a date once given stays.
    """

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="clocks", db_index=False)
    kind = models.ForeignKey(
        "servicing.ServiceKind", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    item = models.ForeignKey(
        "servicing.ServiceItem", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    terms = models.IntegerField(
        help_text="A digest of the item's terms that the date was counted with; another one dates it anew."
    )
    started_on = models.DateField(help_text="When service of this kind started for this client.")
    anchor_on = models.DateField(
        help_text="The first due date given at the start; calendar slots count from it."
    )
    base_on = models.DateField(null=True, help_text="When it was last done, or counted as done.")
    due_on = models.DateField(help_text="The next due date, on a working day in an allowed month.")
    create_on = models.DateField(help_text="The day on which its task appears: due_on less the lead.")

    class Meta:
        verbose_name = _("service clock")
        verbose_name_plural = _("service clocks")
        constraints = [models.UniqueConstraint(fields=["client", "kind"], name="servicing_clock_once")]
        indexes = [models.Index(fields=["create_on"], name="servicing_clock_by_creation")]  # the daily sweep

    def __str__(self) -> str:
        return f"Client {self.client_id}, kind {self.kind_id}: due {self.due_on}"
