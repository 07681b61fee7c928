"""The message map: how to speak with whom, row by row; and topics of bulk messages that are noise to some."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clients.audit import tracked
from clients.models import Term

# What a row of the map may ask of a client; each is a field of the row, empty for any. The tailored ones
# count only where the client has granted permission.
BEHAVIORAL = "behavioral_trigger"
TAILORED = (
    "persona",
    "complexity_driver",
    BEHAVIORAL,
    "attention_constraint",
    "income_structure",
)
CONDITIONS = (*TAILORED, "tier")

# What a row can give, in the order in which it is read.
WORDS = ("words_to_use", "words_to_avoid")
SINGLE_PARTS = ("framing", "channel", "meeting_format", "preparation")
PARTS = ("framing", *WORDS, "channel", "meeting_format", "preparation")
PART_LABELS = {
    "framing": _("Framing"),
    "words_to_use": _("Words to use"),
    "words_to_avoid": _("Words to avoid"),
    "channel": _("Channel"),
    "meeting_format": _("Meeting format"),
    "preparation": _("Preparation"),
}


class MessageChannel(models.TextChoices):
    """The way a message takes. The codes are those of the service standards, and post."""

    IN_PERSON = "in_person", _("in person")
    VIDEO = "video", _("video")
    PHONE = "phone", _("phone")
    DIGITAL = "digital", _("digital")
    EMAIL = "email", _("e-mail")
    POST = "post", _("post")


class MapRowQuerySet(models.QuerySet):
    def in_use(self) -> "MapRowQuerySet":
        return self.filter(retired_at__isnull=True)

    def for_any(self, values: Collection[Sequence[int | None]]) -> "MapRowQuerySet":
        """Rows that could speak to a client with one of `values`, ids in the order of `CONDITIONS`, with the
        words of their conditions."""
        rows = self.with_words()
        for place, name in enumerate(CONDITIONS):
            had = {each[place] for each in values} - {None}
            rows = rows.filter(Q(**{name: None}) | Q(**{f"{name}__in": had}))
        return rows

    def with_words(self) -> "MapRowQuerySet":
        """Rows with the words of their conditions, in one query."""
        return self.select_related(*CONDITIONS)


def condition(to: str, label: Any) -> models.ForeignKey:
    """A field that asks for one word; empty: any."""
    return models.ForeignKey(
        to, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label, db_index=False
    )


@tracked()
class MapRow(models.Model):
    """One row of the message map: for clients who meet all its conditions, how to speak with them."""

    persona = condition("clients.Persona", _("persona"))
    complexity_driver = condition("clients.ComplexityDriver", _("complexity driver"))
    behavioral_trigger = condition("clients.BehavioralTrigger", _("behavioral trigger"))
    attention_constraint = condition("clients.AttentionConstraint", _("attention constraint"))
    income_structure = condition("clients.IncomeStructure", _("income structure"))
    tier = condition("clients.Tier", _("tier"))
    framing = models.TextField(
        _("framing"), blank=True, max_length=600, help_text=_("How to put it, in one to three sentences.")
    )
    words_to_use = models.TextField(
        _("words to use"), blank=True, max_length=1000, help_text=_("One word or phrase a line.")
    )
    words_to_avoid = models.TextField(
        _("words to avoid"), blank=True, max_length=1000, help_text=_("One word or phrase a line.")
    )
    channel = models.CharField(_("channel"), max_length=10, choices=MessageChannel.choices, blank=True)
    meeting_format = models.TextField(_("meeting format"), blank=True, max_length=600)
    preparation = models.TextField(
        _("preparation"), blank=True, max_length=600, help_text=_("What is ready before the conversation.")
    )
    order = models.PositiveSmallIntegerField(
        _("order"),
        default=50,
        help_text=_("Between rows with as many conditions, the lower number comes first."),
    )
    retired_at = models.DateTimeField(
        _("retired"), null=True, blank=True, help_text=_("A retired row speaks for nobody.")
    )

    objects = MapRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of the message map")
        verbose_name_plural = _("message map")
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                name="personas_maprow_says_something",
                condition=~Q(**dict.fromkeys(PARTS, "")),
                violation_error_message=_("Fill in at least one part: an empty row says nothing."),
            ),
        ]

    def __str__(self) -> str:
        return " · ".join(str(word) for word in self.words) or str(_("Everyone"))

    @property
    def words(self) -> list[Term]:
        """The words of its conditions, in the order of the dropdowns; none: the row is for everyone."""
        return [word for name in CONDITIONS if (word := getattr(self, name)) is not None]

    @property
    def conditions(self) -> dict[str, int]:
        """Which condition asks for which word, by its id."""
        asked = {name: getattr(self, f"{name}_id") for name in CONDITIONS}
        return {name: id for name, id in asked.items() if id is not None}

    @property
    def to_use(self) -> list[str]:
        return lines(self.words_to_use)

    @property
    def to_avoid(self) -> list[str]:
        return lines(self.words_to_avoid)


def lines(text: str) -> list[str]:
    """The lines of a text that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class MapImport(models.Model):
    """A file of map rows that was read and looked at; `records` are kept as read until they are applied."""

    file_name = models.CharField(_("file"), max_length=200)
    records = models.JSONField(default=list)
    read_by = models.ForeignKey("clients.User", models.CASCADE, related_name="+", db_index=False)
    read_at = models.DateTimeField(_("read"), db_default=Now())
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)

    class Meta:
        verbose_name = _("import of the message map")
        verbose_name_plural = _("imports of the message map")

    def __str__(self) -> str:
        return self.file_name


class Topic(Term):
    """What a bulk message is about. Personas for whom it is noise are left out of its recipients."""

    changes = models.TextField(_("what it is about"), blank=True)
    noise_for = models.ManyToManyField(
        "clients.Persona",
        related_name="+",
        blank=True,
        verbose_name=_("noise for"),
        help_text=_("Clients of these personas are left out of bulk messages on this topic."),
    )

    class Meta(Term.Meta):
        verbose_name = _("topic of bulk messages")
        verbose_name_plural = _("topics of bulk messages")
