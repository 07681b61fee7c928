"""The field register: what is tracked about clients, why, for how long, and who answers for it."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clients.audit import tracked


class Purpose(models.TextChoices):
    """What a field changes; one that changes none of these has no business being tracked."""

    ADVICE = "advice", _("The advice")
    CADENCE = "cadence", _("The cadence")
    IMPLEMENTATION = "implementation", _("The implementation")


@tracked()
class FieldEntry(models.Model):
    """Why one field is tracked, from a day until a day. A field without an entry in force is not asked for,
    not shown and not taken.

    `field`: its code in `clients.register.fields`. `active_until`: the first day on which it holds no more.
    """

    field = models.SlugField(_("field"), max_length=60, db_index=False)
    purpose = models.CharField(_("what it changes"), max_length=14, choices=Purpose.choices)
    reason = models.TextField(
        _("reason"), help_text=_("In words that the client understands: it stands on the client's statement.")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who answers for it"),
        help_text=_("Asked once a year whether it is still needed. Empty: operations."),
    )
    retention_months = models.PositiveSmallIntegerField(
        _("kept for, months"),
        validators=[MinValueValidator(1), MaxValueValidator(600)],
        help_text=_("After the client has left the firm."),
    )
    active_from = models.DateField(_("from"), default=timezone.localdate)
    active_until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("entry of the field register")
        verbose_name_plural = _("field register")
        ordering = ["field", "-active_from"]
        constraints = [
            models.CheckConstraint(
                name="clients_fieldentry_ends_after_start",
                condition=Q(active_until__isnull=True) | Q(active_until__gte=F("active_from")),
                violation_error_message=_("It cannot end before it began."),
            ),
            ExclusionConstraint(
                name="clients_fieldentry_one_at_a_time",
                expressions=[
                    ("field", RangeOperators.EQUAL),
                    (
                        Func(
                            F("active_from"),
                            F("active_until"),
                            Value("[)"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("The register has an entry of this field for these days."),
            ),
        ]

    def __str__(self) -> str:
        return self.field

    @property
    def kept_for(self) -> str:
        """How long it is kept, in words: in years where they are whole."""
        years, months = divmod(self.retention_months, 12)
        if months:
            return ngettext("%(n)s month", "%(n)s months", self.retention_months) % {
                "n": self.retention_months
            }
        return ngettext("%(n)s year", "%(n)s years", years) % {"n": years}


class ReviewOutcome(models.TextChoices):
    KEPT = "kept", _("Kept")
    RETIRED = "retired", _("Retired")


class FieldReview(models.Model):
    """The outcome of one yearly look at a field. `facts`: what was counted at that time."""

    field = models.SlugField(_("field"), max_length=60, db_index=False)
    outcome = models.CharField(_("outcome"), max_length=7, choices=ReviewOutcome.choices)
    reason = models.CharField(_("reason"), max_length=300)
    facts = models.JSONField(default=dict)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    reviewed_on = models.DateField(_("looked at"), default=timezone.localdate)

    class Meta:
        verbose_name = _("yearly look at a field")
        verbose_name_plural = _("yearly looks at fields")
        ordering = ["-reviewed_on", "-id"]
        indexes = [
            # the newest look at each field
            models.Index(fields=["field", "-reviewed_on"], name="clients_fieldreview_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.get_outcome_display()}"
