"""What a client's tags change in its tasks: the firm's rules, and what they make of each open task."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clients.audit import tracked
from clients.models import Term
from servicing.models.standards import Channel

# The tags that can change a task; a modifier is of exactly one.
TAGS = (
    "persona",
    "complexity_driver",
    "behavioral_trigger",
    "attention_constraint",
    "income_structure",
)
EFFECTS = (
    "channel",
    "most_minutes",
    "length_percent",
    "booking_days",
    "time_of_day",
    "prepare",
    "follow_up_days",
)


class TimeOfDay(models.TextChoices):
    MORNING = "morning", _("in the morning")
    MIDDAY = "midday", _("around midday")
    AFTERNOON = "afternoon", _("in the afternoon")
    EVENING = "evening", _("in the evening")


def _tag(to: str, label: Any) -> models.ForeignKey:
    return models.ForeignKey(
        to, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label, db_index=False
    )


def _exactly_one_tag() -> Q:
    one = Q()
    for name in TAGS:
        one |= Q(**{f"{each}__isnull": each != name for each in TAGS})
    return one


def _changes_something() -> Q:
    texts = ("channel", "time_of_day", "prepare")
    return ~Q(**{name: "" if name in texts else None for name in EFFECTS})


@tracked()
class TaskModifier(models.Model):
    """What one value of an axis, persona or income structure changes in the tasks of clients who have it.

    All but the channel is about meetings: tasks that the standard gives in person, by video or by phone.
    """

    persona = _tag("clients.Persona", _("persona"))
    complexity_driver = _tag("clients.ComplexityDriver", _("complexity driver"))
    behavioral_trigger = _tag("clients.BehavioralTrigger", _("behavioral trigger"))
    attention_constraint = _tag("clients.AttentionConstraint", _("attention constraint"))
    income_structure = _tag("clients.IncomeStructure", _("income structure"))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, blank=True)
    replaces = ArrayField(
        models.CharField(max_length=10, choices=Channel.choices),
        verbose_name=_("in place of"),
        default=list,
        blank=True,
        help_text=_("The standard's channels that it takes the place of. None: any other."),
    )
    most_minutes = models.PositiveSmallIntegerField(
        _("minutes, at most"),
        null=True,
        blank=True,
        validators=[MinValueValidator(5), MaxValueValidator(480)],
        help_text=_("How long the meeting lasts at most. Preparation is not counted."),
    )
    length_percent = models.PositiveSmallIntegerField(
        _("length, percent"),
        null=True,
        blank=True,
        validators=[MinValueValidator(25), MaxValueValidator(200)],
        help_text=_("Of the standard's length: 50 halves a meeting."),
    )
    booking_days = models.PositiveSmallIntegerField(
        _("booking begins earlier, days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
        help_text=_("The client is offered dates from so many days before the window. Its end stays."),
    )
    time_of_day = models.CharField(_("time of day"), max_length=10, choices=TimeOfDay.choices, blank=True)
    prepare = models.CharField(
        _("to prepare"), max_length=300, blank=True, help_text=_("One point. Shown on the task.")
    )
    follow_up_days = models.PositiveSmallIntegerField(
        _("follow-up after, days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_("A task to follow up is made so many days after the meeting was held."),
    )
    follow_up_channel = models.CharField(
        _("channel of the follow-up"), max_length=10, choices=Channel.choices, default=Channel.EMAIL
    )
    reason = models.CharField(
        _("reason"), max_length=200, help_text=_("One sentence. Shown on the task beside what it changes.")
    )
    order = models.PositiveSmallIntegerField(
        _("order"), default=50, help_text=_("Where two differ, the lower number decides.")
    )
    retired_at = models.DateTimeField(
        _("retired"), null=True, blank=True, help_text=_("A retired one changes nothing.")
    )

    class Meta:
        verbose_name = _("what a tag changes in tasks")
        verbose_name_plural = _("what tags change in tasks")
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                name="servicing_modifier_one_tag",
                condition=_exactly_one_tag(),
                violation_error_message=_("Choose exactly one persona, axis value or income structure."),
            ),
            models.CheckConstraint(
                name="servicing_modifier_changes",
                condition=_changes_something(),
                violation_error_message=_("Fill in at least one change."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.word)

    @property
    def word(self) -> Term | None:
        """The value that it belongs to."""
        return next((word for name in TAGS if (word := getattr(self, name)) is not None), None)


class TaskTailoring(models.Model):
    """What an open task becomes for its client, beside what the standard says, which stays on the task.

    Derived by planning, kept for tasks that differ. The database deletes the row in the transaction in which
    the behavioral tag that it rests on is erased.
    """

    # The constraints in the migration follow deletes in the database.
    task = models.OneToOneField(
        "servicing.ServiceTask",
        models.DO_NOTHING,
        primary_key=True,
        related_name="tailoring",
        db_constraint=False,
    )
    client = models.ForeignKey("clients.Client", models.DO_NOTHING, related_name="+", db_constraint=False)
    tag = models.ForeignKey(
        "clients.BehavioralTag", models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True)
    time_of_day = models.CharField(_("time of day"), max_length=10, choices=TimeOfDay.choices, blank=True)
    booking_from = models.DateField(_("booking from"), null=True)
    modifiers = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        verbose_name = _("tailored task")
        verbose_name_plural = _("tailored tasks")

    def __str__(self) -> str:
        return f"Tailoring of task {self.task_id}"


class TailoredWith(models.Model):
    """By which modifiers all open tasks were last gone through (the row with id 1)."""

    digest = models.CharField(max_length=32)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(name="servicing_tailoredwith_one", condition=Q(id=1))]

    def __str__(self) -> str:
        return self.digest
