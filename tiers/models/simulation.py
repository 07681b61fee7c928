"""Simulations: what a policy would do at a date. Nobody's tier changes by one."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Simulation(models.Model):
    """The result of simulating a policy at a date, as it was when `digest` was what the policy stated.

    `result` holds what the page shows of it (tiers, matrix, curve, advisors); `moves` are its clients.
    """

    policy = models.ForeignKey("tiers.Policy", models.CASCADE, related_name="simulations")
    as_of = models.DateField(_("as of"))
    digest = models.CharField(max_length=64)
    result = models.JSONField(default=dict)
    facts_at = models.DateTimeField(_("facts taken"))
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("simulation")
        verbose_name_plural = _("simulations")
        constraints = [models.UniqueConstraint(fields=["policy", "as_of"], name="tiers_simulation_once")]

    def __str__(self) -> str:
        return f"{self.policy} at {self.as_of}"


class SimulatedMove(models.Model):
    """A client whose tier would differ. `published_tier`: what the policy in force would propose.

    `factors` are those that decided, the strongest first, and `changes` their change in points of the score.
    """

    simulation = models.ForeignKey(Simulation, models.CASCADE, related_name="moves", db_index=False)
    client = models.ForeignKey(
        "clients.Client", models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    old_tier = models.ForeignKey(
        "clients.Tier", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    new_tier = models.ForeignKey(
        "clients.Tier", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    published_tier = models.ForeignKey(
        "clients.Tier", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    rule = models.CharField(max_length=40)
    factors = ArrayField(models.CharField(max_length=20), default=list)
    changes = ArrayField(models.FloatField(), default=list)

    class Meta:
        verbose_name = _("simulated move")
        verbose_name_plural = _("simulated moves")
        constraints = [
            models.UniqueConstraint(fields=["simulation", "client"], name="tiers_simulatedmove_once")
        ]

    def __str__(self) -> str:
        return f"Client {self.client_id} in simulation {self.simulation_id}"
