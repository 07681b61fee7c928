"""Rollups: figures of the dashboards, added up by a job so that no page has to."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from servicing.models.delivery import DeliveryScope

_COPY: dict[str, Any] = {"null": True, "related_name": "+", "db_index": False, "db_constraint": False}


class FirmRollup(models.Model):
    """Figures of the operations page that take a look at every client. One row, replaced whole.

    All count active clients.
    """

    as_of = models.DateField()
    without_tier = models.PositiveIntegerField(default=0)
    without_score = models.PositiveIntegerField(default=0, help_text="Too little is known of them.")
    without_lead = models.PositiveIntegerField(default=0, help_text="Nobody is their lead advisor.")
    roles_not_held = ArrayField(
        models.BigIntegerField(), default=list, help_text="Roles that the standards ask for and nobody has."
    )
    refreshed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("firm figures")
        verbose_name_plural = _("firm figures")

    def __str__(self) -> str:
        return f"As of {self.as_of}"


class TierRollup(models.Model):
    """The figures of one tier; the row without a tier is that of active clients who have none.

    Revenue, time and closed tasks are those of the twelve months up to `as_of`. Derived, and replaced whole.
    """

    tier = models.ForeignKey(
        "clients.Tier", models.CASCADE, null=True, related_name="+", db_index=False, db_constraint=False
    )
    as_of = models.DateField()
    clients = models.PositiveIntegerField(default=0)
    untagged = models.PositiveIntegerField(default=0, help_text="Clients without a value on any dropdown.")
    revenue = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    minutes = models.PositiveBigIntegerField(default=0, help_text="Logged on touches.")
    done_on_time = models.PositiveIntegerField(default=0, help_text="Completed by the end of the window.")
    done_late = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    open_tasks = models.PositiveIntegerField(default=0)
    late_tasks = models.PositiveIntegerField(default=0, help_text="Open, and the window has passed.")
    refreshed_at = models.DateTimeField()
    took_ms = models.PositiveIntegerField(default=0, help_text="How long adding it up took.")

    class Meta:
        verbose_name = _("tier figures")
        verbose_name_plural = _("tier figures")
        constraints = [
            models.UniqueConstraint(fields=["tier"], name="servicing_rollup_once", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.tier or '-'} as of {self.as_of}"


class BookRollup(models.Model):
    """Clients and work as they stand, and what the last seven days changed. Derived.

    `scope` firm: everybody; lead: the clients that `person` leads (nobody: those without a lead advisor).
    Clients are active ones and count for the tier that they have, tasks for the tier that promised them.
    """

    scope = models.CharField(max_length=4, choices=DeliveryScope.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, **_COPY)
    tier = models.ForeignKey("clients.Tier", models.DO_NOTHING, **_COPY)
    clients = models.PositiveIntegerField(default=0)
    untagged = models.PositiveIntegerField(default=0)
    not_asked = models.PositiveIntegerField(default=0)
    unscored = models.PositiveIntegerField(default=0)
    without_lead = models.PositiveIntegerField(default=0)
    without_team = models.PositiveIntegerField(default=0)
    costly_12m = models.PositiveIntegerField(default=0, help_text="Clients who cost more than they bring.")
    costly_year = models.PositiveIntegerField(default=0)
    costly_quarter = models.PositiveIntegerField(default=0)
    overdue = models.PositiveIntegerField(default=0)
    unassigned = models.PositiveIntegerField(default=0)
    done_week = models.PositiveIntegerField(default=0)
    done_before = models.PositiveIntegerField(default=0, help_text="In the seven days before those.")
    late_week = models.PositiveIntegerField(default=0)
    late_before = models.PositiveIntegerField(default=0)
    missed_week = models.PositiveIntegerField(default=0)
    missed_before = models.PositiveIntegerField(default=0)
    joined_week = models.PositiveIntegerField(default=0)
    joined_before = models.PositiveIntegerField(default=0)
    up_week = models.PositiveIntegerField(default=0, help_text="Clients who moved to more service.")
    up_before = models.PositiveIntegerField(default=0)
    down_week = models.PositiveIntegerField(default=0)
    down_before = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("figures of a book")
        verbose_name_plural = _("figures of books")
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "person", "tier"], name="servicing_book_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.person_id} {self.tier_id}"


class MonthScope(models.TextChoices):
    """Whose figures a month holds: of the active clients the firm's and a lead advisor's by tier; and what
    clients of any status brought and took together."""

    FIRM = "firm", "firm"
    LEAD = "lead", "lead"
    EVERYBODY = "all", "clients of any status"


class MonthRollup(models.Model):
    """Revenue, time and confidence of one month, for the same books. Derived, written where it differs.

    Clients are active ones, but for what everybody brought and took; `planned` are promised tasks due in the
    month, neither waived nor cancelled.
    """

    scope = models.CharField(max_length=4, choices=MonthScope.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, **_COPY)
    tier = models.ForeignKey("clients.Tier", models.DO_NOTHING, **_COPY)
    month = models.DateField()
    revenue = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    minutes = models.PositiveBigIntegerField(default=0, help_text="Logged on touches and beside them.")
    cost = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    planned = models.PositiveIntegerField(default=0)
    planned_minutes = models.PositiveBigIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0, help_text="Clients asked for their confidence.")
    confidence = models.PositiveIntegerField(default=0, help_text="Sum of each client's newest answer.")
    low = models.PositiveIntegerField(default=0, help_text="Clients who answered four or lower.")

    class Meta:
        verbose_name = _("figures of a month")
        verbose_name_plural = _("figures of months")
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "person", "month", "tier"], name="servicing_month_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.person_id} {self.month}"


class ClientResult(models.Model):
    """What one active client brought and took in one period of the dashboard. Derived.

    `OTHERS` in place of a period: what a client who is not active any more, or not now, brought and took this
    year; the goals of the year count it too.
    """

    OTHERS = "others"

    client = models.ForeignKey("clients.Client", models.DO_NOTHING, db_constraint=False, db_index=False,
                               related_name="+")  # fmt: skip
    period = models.CharField(max_length=7)
    tier = models.ForeignKey("clients.Tier", models.DO_NOTHING, **_COPY)
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, **_COPY)
    revenue = models.DecimalField(max_digits=16, decimal_places=2)
    minutes = models.PositiveIntegerField()
    cost = models.DecimalField(max_digits=14, decimal_places=2)
    margin = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        verbose_name = _("result of a client")
        verbose_name_plural = _("results of clients")
        constraints = [
            models.UniqueConstraint(fields=["client", "period"], name="servicing_result_once"),
        ]
        indexes = [
            # the clients with least and with most margin
            models.Index(fields=["period", "margin", "client"], name="servicing_result_by_margin"),
            # the clients of one advisor
            models.Index(fields=["lead", "period"], name="servicing_result_by_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.period}"


class DashboardRefresh(models.Model):
    """When the operations dashboard was added up (the row with id 1), and the curve of revenue.

    `pareto`: {clients, revenue, curve [[share of clients, share of revenue], ...], cuts [{tier,
    clients_share, revenue_share}], tiers [{tier, clients, revenue}], marks [{share, clients, revenue}]}.
    """

    as_of = models.DateField()
    first_month = models.DateField()
    refreshed_at = models.DateTimeField()
    took_ms = models.PositiveIntegerField()
    pareto = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("refresh of the dashboard")
        verbose_name_plural = _("refreshes of the dashboard")

    def __str__(self) -> str:
        return f"as of {self.as_of}"


class MovementRollup(models.Model):
    """How many clients moved from which tier to which between two days, kept until the next refresh.

    `cells`: [[id of the tier before, id of the tier after, clients], ...], null for no tier.
    """

    first_on = models.DateField()
    last_on = models.DateField()
    cells = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("movement between two days")
        verbose_name_plural = _("movements between two days")
        constraints = [
            models.UniqueConstraint(fields=["first_on", "last_on"], name="servicing_movement_once"),
        ]

    def __str__(self) -> str:
        return f"{self.first_on} to {self.last_on}"
