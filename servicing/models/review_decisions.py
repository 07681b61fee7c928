"""What an annual review decides about single clients: who gets another tier next, and who waits."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.audit import tracked
from servicing.models.review import AnnualReview
from servicing.models.review_triggers import part_stays


class Decided(models.TextChoices):
    GRADUATES = "graduates", _("With the next run")
    WAITS = "waits", _("Waits, keeps its tier")


class DecidedList(models.TextChoices):
    UP = "up", _("Ready to graduate")
    WATCH = "watch", _("On watch")


@tracked(by="client")
class GraduationDecision(models.Model):
    """What was decided about one client of the graduation list: one a client while the review is open.

    `tier`, `proposed`: the client's tier then, and the one that fits the data. `final`: the review has ended;
    two records that became one since then may both have had a decision.
    """

    review = models.ForeignKey(AnnualReview, models.CASCADE, related_name="decisions", db_index=False)
    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="+", db_index=False)
    of_list = models.CharField(_("list"), max_length=5, choices=DecidedList.choices)
    tier = models.ForeignKey(
        "clients.Tier", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("tier")
    )
    proposed = models.ForeignKey(
        "clients.Tier",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("tier that fits the data"),
    )
    decision = models.CharField(_("decision"), max_length=9, choices=Decided.choices)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("by")
    )
    at = models.DateTimeField(_("when"), default=timezone.now)
    final = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("decision of an annual review")
        verbose_name_plural = _("decisions of annual reviews")
        constraints = [
            models.UniqueConstraint(
                fields=["review", "client"], name="servicing_decision_once", condition=Q(final=False)
            ),
            models.CheckConstraint(
                name="servicing_decision_known",
                condition=Q(decision__in=Decided.values, of_list__in=DecidedList.values),
            ),
        ]
        indexes = [
            # the decisions of a review, and its record
            models.Index(fields=["review", "of_list", "id"], name="servicing_decision_of_review"),
            # a client's: its statement, a merge
            models.Index(fields=["client", "-id"], name="servicing_decision_of_client"),
        ]
        triggers = part_stays("client_id", may_go="reason")

    def __str__(self) -> str:
        return f"{self.get_decision_display()}, {self.at:%Y-%m-%d}"
