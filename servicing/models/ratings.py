"""What clients say a service was worth to them: one rating for each task that was delivered."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.audit import tracked
from clients.firm import firm_today
from clients.models.retention import held_rows_stay

LOWEST, HIGHEST = 1, 5


class RatingQuerySet(models.QuerySet):
    def counting(self) -> RatingQuerySet:
        """Those whose task is delivered: one that was opened again keeps its rating, and waits."""
        return self.filter(task__status="done")


@tracked(by="client")
class Rating(models.Model):
    """How valuable one delivered service was to the client, from one to five, in the client's own view.

    `noted_by`: who asked and wrote it down; nobody where the client answered by a link.
    """

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="+", db_index=False)
    task = models.ForeignKey(
        "servicing.ServiceTask",
        models.CASCADE,
        related_name="ratings",
        db_index=False,
        verbose_name=_("service"),
    )
    value = models.PositiveSmallIntegerField(
        _("rating, 1 to 5"), validators=[MinValueValidator(LOWEST), MaxValueValidator(HIGHEST)]
    )
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    rated_on = models.DateField(_("rated"), default=firm_today)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("noted by"),
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating of a service")
        verbose_name_plural = _("ratings of services")
        constraints = [
            models.UniqueConstraint(fields=["task"], name="servicing_rating_one_a_task"),
            models.CheckConstraint(
                name="servicing_rating_one_to_five", condition=Q(value__gte=LOWEST, value__lte=HIGHEST)
            ),
        ]
        indexes = [
            # a client's ratings, the newest first
            models.Index(fields=["client", "-rated_on", "-id"], name="servicing_rating_client"),
        ]
        triggers = [held_rows_stay()]

    def __str__(self) -> str:
        return f"{self.value}, {self.rated_on}"


class RatingLink(models.Model):
    """The way to rate one task without an account. `token_hash`: of the secret in the link, which itself is
    stored nowhere; a new one takes the old one's place."""

    task = models.OneToOneField("servicing.ServiceTask", models.CASCADE, related_name="rating_link")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("made by"),
    )
    expires_at = models.DateTimeField(_("holds until"))

    class Meta:
        verbose_name = _("link to rate a service")
        verbose_name_plural = _("links to rate services")
        constraints = [
            models.CheckConstraint(
                name="servicing_ratinglink_expires", condition=Q(expires_at__gt=F("made_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"Link to rate task {self.task_id}"
