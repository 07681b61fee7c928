"""The ledger of the nightly planning of a large firm: which part of its clients was planned, and when."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PlanningRange(models.Model):
    """Clients that one transaction plans in one night: whole books, in the order of lead advisor and client.

    From (`first_lead`, `first_client`) on, before the next range's first; the last one has no end. Clients
    without a lead advisor count under 0. Whoever plans a range holds its row; a worker that dies lets it go.
    """

    night = models.DateField(_("night"))
    number = models.PositiveIntegerField(_("range"))
    first_lead = models.BigIntegerField()
    first_client = models.BigIntegerField()
    end_lead = models.BigIntegerField(null=True)
    end_client = models.BigIntegerField(null=True)
    clients = models.PositiveIntegerField(_("clients"))
    made_at = models.DateTimeField(_("split"), default=timezone.now)
    finished_at = models.DateTimeField(_("planned"), null=True)
    created = models.PositiveIntegerField(_("tasks created"), default=0)

    class Meta:
        verbose_name = _("planning range")
        verbose_name_plural = _("planning ranges")
        ordering = ["-night", "number"]
        constraints = [
            models.UniqueConstraint(fields=["night", "number"], name="servicing_range_once_a_night")
        ]

    def __str__(self) -> str:
        return f"{self.night}, {self.number}"
