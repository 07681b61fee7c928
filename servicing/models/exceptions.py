"""Exceptions of one client to what its tier is promised: a service waived, or given at another interval."""

import datetime as dt

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import triggers
from clients.audit import tracked
from clients.models import ChangeKind
from clients.models.retention import held_rows_stay
from servicing.models.people import Days
from servicing.models.standards import INTERVALS, ServiceKind
from servicing.querysets import ExceptionQuerySet

# One that began today or later may be taken back as if it never was.
_BEGAN = "OLD.starts_on < current_date - 1"


@tracked(by="client")
class Waiver(models.Model):
    """An exception: this client is not owed this service until `ends_on` (included)."""

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="waivers")
    kind = models.ForeignKey(ServiceKind, models.PROTECT, related_name="+", verbose_name=_("service"))
    reason = models.TextField(_("reason"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ExceptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                name="servicing_waiver_dates",
                condition=Q(ends_on__gte=models.F("starts_on")),
                violation_error_message=_("A waiver cannot end before it starts."),
            ),
        ]
        indexes = [models.Index(fields=["ends_on", "id"], name="servicing_waiver_by_end")]  # exceptions page
        triggers = [*triggers.notes_changes(ChangeKind.SERVICE), held_rows_stay(condition=_BEGAN)]

    def __str__(self) -> str:
        return f"{self.client}: {self.kind}"

    def is_in_force(self, on: dt.date) -> bool:
        return self.starts_on <= on <= self.ends_on


@tracked(by="client")
class CadenceOverride(models.Model):
    """An exception: this client is given this service at another interval than its tier's standard says.

    It counts for whichever tier the client is in that promises the service, from `starts_on` until `ends_on`
    (included), or until somebody ends it.
    """

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="cadences", db_index=False)
    kind = models.ForeignKey(ServiceKind, models.PROTECT, related_name="+", verbose_name=_("service"))
    interval_months = models.PositiveSmallIntegerField(_("how often"), choices=INTERVALS)
    reason = models.TextField(_("reason"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The last day. Empty: until somebody ends it.")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ExceptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("another interval")
        verbose_name_plural = _("other intervals")
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                name="servicing_cadence_dates",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("An exception cannot end before it starts."),
            ),
            models.CheckConstraint(
                name="servicing_cadence_interval",
                condition=Q(interval_months__in=[months for months, _label in INTERVALS]),
            ),
            ExclusionConstraint(
                name="servicing_cadence_one_at_a_time",
                expressions=[
                    ("client", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (
                        Days("starts_on", "ends_on", RangeBoundary(inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_(
                    "Another interval of this service already holds in these days. "
                    "Go back to the standard first, or choose other dates."
                ),
            ),
        ]
        indexes = [models.Index(fields=["ends_on", "id"], name="servicing_cadence_by_end")]  # exceptions page
        triggers = [*triggers.notes_changes(ChangeKind.SERVICE), held_rows_stay(condition=_BEGAN)]

    def __str__(self) -> str:
        return f"{self.client}: {self.kind}, {self.get_interval_months_display()}"

    def is_in_force(self, on: dt.date) -> bool:
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)
