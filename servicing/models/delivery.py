"""Promise and delivery, added up: what was given beyond the standard, and the figures of each month."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

_COPY: dict[str, Any] = {"null": True, "related_name": "+", "db_index": False, "db_constraint": False}


class Beyond(models.TextChoices):
    """In which way something went beyond the standard."""

    EXTRA = "extra", _("More often than promised")
    UNPROMISED = "unpromised", _("Not promised to the tier")
    OVERRUN = "overrun", _("Longer than planned")
    TIME = "time", _("Time beside touches, above the plan")


class BeyondStandard(models.Model):
    """One piece of service beyond the standard: a touch, or time logged beside touches. Derived.

    `of`: the number of the touch, or of the time entry where `what` says so.
    """

    client = models.ForeignKey(
        "clients.Client", models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    on = models.DateField(_("date"))
    what = models.CharField(_("what"), max_length=10, choices=Beyond.choices)
    of = models.BigIntegerField()
    tier = models.ForeignKey("clients.Tier", models.DO_NOTHING, verbose_name=_("tier"), **_COPY)
    kind = models.ForeignKey("servicing.ServiceKind", models.DO_NOTHING, verbose_name=_("service"), **_COPY)
    minutes = models.PositiveIntegerField(_("minutes"))
    cost = models.DecimalField(_("cost"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = _("service beyond the standard")
        verbose_name_plural = _("service beyond the standard")
        constraints = [models.UniqueConstraint(fields=["what", "of"], name="servicing_beyond_once")]
        indexes = [
            # lists of a period
            models.Index(fields=["on", "id"], name="servicing_beyond_by_day"),
            # a client's rows, and the clients of one advisor
            models.Index(fields=["client", "on"], name="servicing_beyond_by_client"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.what} {self.minutes}"


class DeliveryScope(models.TextChoices):
    """Whose figures a row holds: the firm's and a person's by tier and service, a lead advisor's in all."""

    FIRM = "firm", "firm"
    TEAM = "team", "team"
    LEAD = "lead", "lead"


class DeliveryRollup(models.Model):
    """Promise and delivery of one month, added up so that no page has to. Derived, written where it differs.

    Tasks count in the month in which they are due, what is beyond the standard in that in which it happened.
    `scope` team: the clients on whose team `person` is; `leads`: those of them that `person` leads (nobody:
    clients without a lead advisor).
    """

    scope = models.CharField(max_length=4, choices=DeliveryScope.choices)
    month = models.DateField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, **_COPY)
    leads = models.BooleanField(default=False)
    tier = models.ForeignKey("clients.Tier", models.DO_NOTHING, **_COPY)
    kind = models.ForeignKey("servicing.ServiceKind", models.DO_NOTHING, **_COPY)
    on_time = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    missed = models.PositiveIntegerField()
    declined = models.PositiveIntegerField()
    no_response = models.PositiveIntegerField()
    waived = models.PositiveIntegerField()
    cancelled = models.PositiveIntegerField()
    overdue = models.PositiveIntegerField()
    open = models.PositiveIntegerField()
    extra = models.PositiveIntegerField()
    extra_minutes = models.PositiveBigIntegerField()
    extra_cost = models.DecimalField(max_digits=16, decimal_places=2)
    unpromised = models.PositiveIntegerField()
    unpromised_minutes = models.PositiveBigIntegerField()
    unpromised_cost = models.DecimalField(max_digits=16, decimal_places=2)
    overrun = models.PositiveIntegerField()
    overrun_minutes = models.PositiveBigIntegerField()
    overrun_cost = models.DecimalField(max_digits=16, decimal_places=2)
    time = models.PositiveIntegerField()
    time_minutes = models.PositiveBigIntegerField()
    time_cost = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        verbose_name = _("delivery figures")
        verbose_name_plural = _("delivery figures")
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "person", "leads", "month", "tier", "kind"],
                name="servicing_delivery_once",
                nulls_distinct=False,
            ),
        ]
        indexes = [
            # the firm in a period, and its lead advisors side by side
            models.Index(fields=["scope", "month"], name="servicing_delivery_by_month"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.month}"


class DeliveryRefresh(models.Model):
    """When the figures were added up, for which day, and how long it took (the row with id 1)."""

    as_of = models.DateField()
    first_month = models.DateField()
    refreshed_at = models.DateTimeField()
    took_ms = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("refresh of delivery figures")
        verbose_name_plural = _("refreshes of delivery figures")

    def __str__(self) -> str:
        return f"as of {self.as_of}"
