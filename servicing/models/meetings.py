"""What meetings are about: the one decision of each, and how confident the client is in the path."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.audit import tracked
from clients.firm import firm_today
from clients.models import Term
from clients.models.retention import held_rows_stay

MOST_LETTERS = 200  # of a decision
HIGHEST = 10


class ReadyDecision(Term):
    """A decision that comes up again and again, ready to be chosen for a meeting."""

    changes = models.TextField(
        _("what to have ready"),
        blank=True,
        max_length=300,
        help_text=_("What helps to decide it, in one line. Shown on the meeting's page and its brief."),
    )
    persona = models.ForeignKey(
        "clients.Persona",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("persona"),
        db_index=False,
        help_text=_("Offered for clients of this persona. Empty: for everyone."),
    )

    class Meta(Term.Meta):
        verbose_name = _("decision to choose from")
        verbose_name_plural = _("decisions to choose from")


class DecisionResult(models.TextChoices):
    DECIDED = "decided", _("Decided")
    NOT_DECIDED = "not_decided", _("Not decided")


@tracked(by="client")
class MeetingDecision(models.Model):
    """The one decision that a meeting is about, and what came of it; the database holds that it is one.

    Without a task it is noted for a meeting to come. `result` counts once the meeting's task is closed.
    """

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="+", db_index=False)
    task = models.ForeignKey(
        "servicing.ServiceTask",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="decisions",
        db_index=False,
        verbose_name=_("meeting"),
    )
    chosen = models.ForeignKey(
        ReadyDecision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("chosen from the list"),
    )
    text = models.CharField(_("decision"), max_length=MOST_LETTERS)
    result = models.CharField(_("outcome"), max_length=11, choices=DecisionResult.choices, blank=True)
    answer = models.TextField(_("what was decided, or why not"), blank=True, max_length=1000)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("chosen by"),
    )
    created_at = models.DateTimeField(_("chosen"), default=timezone.now)

    class Meta:
        verbose_name = _("decision of a meeting")
        verbose_name_plural = _("decisions of meetings")
        constraints = [
            models.UniqueConstraint(fields=["task"], name="servicing_decision_one_a_meeting"),
            models.CheckConstraint(name="servicing_decision_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="servicing_decision_result",
                condition=Q(result="", answer="")
                | (Q(result__in=DecisionResult.values, task__isnull=False) & ~Q(answer="")),
            ),
        ]
        indexes = [
            # the meeting's page: what waits for a meeting of the client, and what was decided before
            models.Index(fields=["client", "-id"], name="servicing_decision_client"),
        ]
        triggers = [held_rows_stay()]

    def __str__(self) -> str:
        return self.text

    @property
    def in_full(self) -> str:
        """All that it holds, as the client reads it."""
        if not self.result:
            return self.text
        return f"{self.text} ({str(self.get_result_display()).lower()}): {self.answer}"


@tracked(by="client")
class ConfidenceAnswer(models.Model):
    """How confident a client is in the path, from zero to ten, and what keeps it from being higher.

    One for a meeting; without a meeting one a day.
    """

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="+", db_index=False)
    task = models.ForeignKey(
        "servicing.ServiceTask",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("meeting"),
    )
    value = models.PositiveSmallIntegerField(
        _("confidence, 0 to 10"), validators=[MaxValueValidator(HIGHEST)]
    )
    blocker = models.CharField(_("what keeps it from being higher"), max_length=500, blank=True)
    asked_on = models.DateField(_("asked"), default=firm_today)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("asked by"),
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("confidence in the path")
        verbose_name_plural = _("confidence in the path")
        constraints = [
            models.UniqueConstraint(fields=["task"], name="servicing_confidence_one_a_meeting"),
            models.UniqueConstraint(
                fields=["client", "asked_on"],
                name="servicing_confidence_one_a_day",
                condition=Q(task__isnull=True),
            ),
            models.CheckConstraint(
                name="servicing_confidence_to_ten", condition=Q(value__gte=0, value__lte=HIGHEST)
            ),
        ]
        indexes = [
            # a client's trend; the newest answer of each client for operations
            models.Index(fields=["client", "-asked_on", "-id"], name="servicing_confidence_client"),
        ]
        triggers = [held_rows_stay()]

    def __str__(self) -> str:
        return f"{self.value}, {self.asked_on}"
