"""The firm's words: small tables that administrators edit. A word in use is retired, never deleted."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class TermQuerySet(models.QuerySet):
    def active(self):
        """Words that can be chosen today, in the firm's order."""
        return self.filter(retired_at__isnull=True)


class Term(models.Model):
    """A word of the vocabulary: a stable code for files and rules, a label for people."""

    code = models.SlugField(
        _("code"), unique=True, help_text=_("Used in files and rules. It stays when the label changes.")
    )
    label = models.CharField(_("label"), max_length=80)
    changes = models.TextField(
        _("what it changes"),
        blank=True,
        help_text=_(
            "What the firm does differently for a client with this value. Shown beside the dropdown."
        ),
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    retired_at = models.DateTimeField(
        _("retired"),
        null=True,
        blank=True,
        help_text=_("A retired value stays on the clients that have it and can no longer be chosen."),
    )

    objects = TermQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["position", "label"]

    def __str__(self) -> str:
        return self.label


class ComplexityDriver(Term):
    """Axis: what makes decisions hard."""

    class Meta(Term.Meta):
        verbose_name = _("complexity driver")
        verbose_name_plural = _("complexity drivers")


class BehavioralTrigger(Term):
    """Axis: what leads to bad decisions. Stored for a client only while permission is granted."""

    class Meta(Term.Meta):
        verbose_name = _("behavioral trigger")
        verbose_name_plural = _("behavioral triggers")


class AttentionConstraint(Term):
    """Axis: why follow-through slips."""

    class Meta(Term.Meta):
        verbose_name = _("attention constraint")
        verbose_name_plural = _("attention constraints")


class Persona(Term):
    """A group of clients spoken to alike."""

    class Meta(Term.Meta):
        verbose_name = _("persona")
        verbose_name_plural = _("personas")


class IncomeStructure(Term):
    """Solo earner or dual income."""

    class Meta(Term.Meta):
        verbose_name = _("income structure")
        verbose_name_plural = _("income structures")


class Tier(Term):
    """A level of service fit. `position` orders the tiers, the highest first (1)."""

    class Meta(Term.Meta):
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")


class ServiceRole(Term):
    """A role on a client's service team, with what an hour of it costs the firm."""

    hourly_cost = models.DecimalField(
        _("cost of an hour"), max_digits=8, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )

    class Meta(Term.Meta):
        verbose_name = _("service role")
        verbose_name_plural = _("service roles")


class TouchOutcome(models.TextChoices):
    REACHED = "reached", _("Reached")
    ATTEMPTED = "attempted", _("Attempted")


class TouchKind(Term):
    """A kind of contact with a client, with its default outcome and engagement weight."""

    engagement_weight = models.DecimalField(
        _("engagement weight"),
        max_digits=6,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("Points a fresh touch adds to engagement, where the policy names no weight of its own."),
    )
    default_outcome = models.CharField(
        _("default outcome"), max_length=10, choices=TouchOutcome.choices, default=TouchOutcome.REACHED
    )

    class Meta(Term.Meta):
        verbose_name = _("touch kind")
        verbose_name_plural = _("touch kinds")
