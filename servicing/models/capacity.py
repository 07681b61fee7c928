"""Hours promised and hours available by week, added up by a job so that no page has to.

All rows are derived and replaced whole. Arrays hold one number for each of the 52 weeks from
`CapacityFigures.first_week` on, in minutes unless they say otherwise.
"""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


def _of_weeks() -> ArrayField:
    return ArrayField(models.IntegerField())


def _to(model: str) -> Any:
    """A link of a derived row: neither indexed nor held by the database."""
    return models.ForeignKey(
        model, models.CASCADE, null=True, related_name="+", db_index=False, db_constraint=False
    )


class CapacityFigures(models.Model):
    """What the other rows of this module are figures of: one row."""

    as_of = models.DateField()
    first_week = models.DateField(help_text="The Monday of the week of `as_of`.")
    working_days = ArrayField(
        models.SmallIntegerField(),
        help_text="The firm's in each week; of the first week those still to come.",
    )
    clients = models.JSONField(default=dict, help_text="Clients served by tier: {id of the tier: how many}.")
    refreshed_at = models.DateTimeField()
    took_ms = models.PositiveIntegerField(default=0, help_text="How long adding it up took.")

    class Meta:
        verbose_name = _("capacity figures")
        verbose_name_plural = _("capacity figures")

    def __str__(self) -> str:
        return f"Capacity as of {self.as_of}"


class PromisedWeeks(models.Model):
    """The whole firm's promised minutes of one service item, done by one role for one tier.

    Without an item: work that came from elsewhere than a standard.
    """

    item = _to("servicing.ServiceItem")
    role = _to("clients.ServiceRole")
    tier = _to("clients.Tier")
    minutes = _of_weeks()
    tasks = _of_weeks()

    class Meta:
        verbose_name = _("promised weeks of a service")
        verbose_name_plural = _("promised weeks of services")

    def __str__(self) -> str:
        return f"Item {self.item_id}, role {self.role_id}, tier {self.tier_id}"


class PersonWeeks(models.Model):
    """One person's promised minutes in one role for one tier; without a person: what nobody is there for."""

    user = _to(settings.AUTH_USER_MODEL)
    role = _to("clients.ServiceRole")
    tier = _to("clients.Tier")
    minutes = _of_weeks()

    class Meta:
        verbose_name = _("promised weeks of a person")
        verbose_name_plural = _("promised weeks of people")
        indexes = [models.Index(fields=["user"], name="servicing_personweeks_of")]  # a person's page

    def __str__(self) -> str:
        return f"Person {self.user_id}, role {self.role_id}, tier {self.tier_id}"


class PersonLoad(models.Model):
    """One person's weeks, promised beside available. Whoever has not stated hours has none of the latter.

    Soon: the first four weeks. A week is overloaded when more is promised than is available.
    """

    user = _to(settings.AUTH_USER_MODEL)
    clients = models.PositiveIntegerField(default=0, help_text="Active clients that the person leads.")
    promised = _of_weeks()
    promised_year = models.PositiveIntegerField(default=0)
    promised_soon = models.PositiveIntegerField(default=0)
    busiest = models.PositiveSmallIntegerField(default=0, help_text="Which week, from 0.")
    available = ArrayField(models.IntegerField(), null=True)
    available_year = models.PositiveIntegerField(null=True)
    available_soon = models.PositiveIntegerField(null=True)
    overloaded = models.PositiveSmallIntegerField(null=True, help_text="How many weeks.")
    first_overloaded = models.PositiveSmallIntegerField(null=True, help_text="Which week, from 0.")
    load = models.FloatField(null=True, help_text="Promised to available of the 52 weeks; 1 is full.")
    load_soon = models.FloatField(null=True)

    class Meta:
        verbose_name = _("load of a person")
        verbose_name_plural = _("loads of people")
        constraints = [
            models.UniqueConstraint(fields=["user"], name="servicing_load_once", nulls_distinct=False),
        ]
        indexes = [
            # the fullest first
            models.Index(models.F("load_soon").desc(nulls_last=True), "user", name="servicing_load_fullest"),
            # how many hold too much, and how many state no hours: found, not looked for among everybody
            models.Index(
                fields=["user"],
                condition=models.Q(promised_soon__gt=models.F("available_soon")),
                name="servicing_load_over",
            ),
            models.Index(
                fields=["user"],
                condition=models.Q(available_soon__isnull=True),
                name="servicing_load_unstated",
            ),
        ]

    def __str__(self) -> str:
        return f"Load of person {self.user_id}"


class RoleWeeks(models.Model):
    """One role's minutes: promised to anybody, to people with stated hours, and what those have for it.

    A person's hours go to the roles as what is promised to them in the 52 weeks; the row without a role has
    work without a role, and the hours of people to whom nothing is promised.
    """

    role = _to("clients.ServiceRole")
    promised = _of_weeks()
    measured = _of_weeks()
    available = _of_weeks()

    class Meta:
        verbose_name = _("weeks of a role")
        verbose_name_plural = _("weeks of roles")
        constraints = [
            models.UniqueConstraint(fields=["role"], name="servicing_roleweeks_once", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"Role {self.role_id}"
