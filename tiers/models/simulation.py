"""What a policy would do at a date, and what it rests on: facts kept apart, simulations, routes.

Nobody's tier changes by any of them.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class FactSnapshot(models.Model):
    """The facts of all active clients for a date, measured once and weighed often. `digest` stands for what
    engagement and cost were measured by. Derived: its tables are not logged and are empty after a crash."""

    as_of = models.DateField()
    digest = models.CharField(max_length=64)
    taken_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["as_of", "digest", "-taken_at"], name="tiers_factsnapshot_newest")]

    def __str__(self) -> str:
        return f"Facts at {self.as_of}"


class ClientFacts(models.Model):
    """One client of a snapshot. Arrays are in the order of `scoring.FACTORS`; NULL is unknown."""

    pk = models.CompositePrimaryKey("snapshot_id", "client_id")
    snapshot = models.ForeignKey(
        FactSnapshot, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    client = models.ForeignKey(
        "clients.Client", models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    external_id = models.CharField(max_length=64, db_collation="C")
    cost = models.DecimalField(max_digits=30, decimal_places=9)
    values = ArrayField(models.DecimalField(max_digits=30, decimal_places=9, null=True))
    percentiles = ArrayField(models.FloatField(null=True))

    def __str__(self) -> str:
        return f"Facts of client {self.client_id}"


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


class FoundRoutes(models.Model):
    """A client's routes to the next tier after a run, found by a worker where the firm is large."""

    run = models.ForeignKey("tiers.ScoringRun", models.CASCADE, related_name="+")
    client = models.ForeignKey(
        "clients.Client", models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    routes = models.JSONField(default=list)
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "run"], name="tiers_foundroutes_once")]

    def __str__(self) -> str:
        return f"Routes of client {self.client_id} after run {self.run_id}"
