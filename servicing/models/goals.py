"""What the firm wants to reach in a year."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.audit import tracked

MOST_LOAD = 200
FIRST_YEAR, LAST_YEAR = 2000, 2199


class GoalKind(models.TextChoices):
    REVENUE = "revenue", _("Growth: revenue of the year")
    AN_HOUR = "an_hour", _("Revenue an hour of service")
    LOAD = "load", _("Capacity: load of the team at most")
    ON_TIME = "on_time", _("Service: delivered on time")


@tracked()
class FirmGoal(models.Model):
    """One goal of one year: money for the first two kinds, percent for the others."""

    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
    )
    kind = models.CharField(_("goal"), max_length=8, choices=GoalKind.choices)
    target = models.DecimalField(_("target"), max_digits=14, decimal_places=2)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("goal of the firm")
        verbose_name_plural = _("goals of the firm")
        ordering = ["year", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["year", "kind"], name="servicing_goal_once"),
            models.CheckConstraint(name="servicing_goal_kind_known", condition=Q(kind__in=GoalKind.values)),
            models.CheckConstraint(name="servicing_goal_above_nothing", condition=Q(target__gt=0)),
            models.CheckConstraint(
                name="servicing_goal_percent",
                condition=~Q(kind=GoalKind.ON_TIME) | Q(target__lte=100),
            ),
            models.CheckConstraint(
                name="servicing_goal_load", condition=~Q(kind=GoalKind.LOAD) | Q(target__lte=MOST_LOAD)
            ),
            models.CheckConstraint(
                name="servicing_goal_year", condition=Q(year__range=(FIRST_YEAR, LAST_YEAR))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.kind}"
