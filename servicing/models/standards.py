"""Service standards: what each tier is promised."""

import re

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.audit import tracked
from clients.models import Term


@tracked()
class ServiceKind(Term):
    """A kind of service that a standard can promise."""

    class Meta(Term.Meta):
        verbose_name = _("service kind")
        verbose_name_plural = _("service kinds")


def _notes_rules() -> list[pgtrigger.Trigger]:
    """Triggers that wake planning for clients with a touch that now fulfils a service, or no longer does,
    whatever path the rules were changed by."""
    rules = "SELECT service_kind_id, touch_kind_id FROM {rows}"
    new, old = rules.format(rows="new_rows"), rules.format(rows="old_rows")
    changed = {
        "insert": (pgtrigger.Insert, pgtrigger.Referencing(new="new_rows"), new),
        "update": (
            pgtrigger.Update,
            pgtrigger.Referencing(old="old_rows", new="new_rows"),
            f"({new} EXCEPT {old}) UNION ({old} EXCEPT {new})",
        ),
        "delete": (pgtrigger.Delete, pgtrigger.Referencing(old="old_rows"), old),
    }
    return [
        pgtrigger.Trigger(
            name=f"note_{name}",
            when=pgtrigger.After,
            level=pgtrigger.Statement,
            operation=operation,
            referencing=referencing,
            func=f"""
                INSERT INTO clients_change (kind, client_id)
                SELECT DISTINCT 'service', clock.client_id
                FROM ({rows}) changed
                JOIN servicing_serviceclock clock ON clock.kind_id = changed.service_kind_id
                JOIN clients_touch touch ON touch.client_id = clock.client_id
                    AND touch.kind_id = changed.touch_kind_id AND touch.outcome = 'reached';
                RETURN NULL;
            """,  # noqa: S608  (texts of this module)
        )
        for name, (operation, referencing, rows) in changed.items()
    ]


@tracked()
class FulfilmentRule(models.Model):
    """A touch of this kind that reached the client fulfils a task of this service kind."""

    service_kind = models.ForeignKey(
        ServiceKind, models.CASCADE, related_name="fulfilled_by", verbose_name=_("service kind")
    )
    touch_kind = models.ForeignKey(
        "clients.TouchKind", models.PROTECT, related_name="+", verbose_name=_("touch kind")
    )

    class Meta:
        verbose_name = _("fulfilment rule")
        verbose_name_plural = _("fulfilment rules")
        constraints = [
            models.UniqueConstraint(fields=["service_kind", "touch_kind"], name="servicing_fulfilment_once"),
        ]
        triggers = _notes_rules()

    def __str__(self) -> str:
        return f"{self.touch_kind} → {self.service_kind}"


class Channel(models.TextChoices):
    IN_PERSON = "in_person", _("in person")
    VIDEO = "video", _("video")
    PHONE = "phone", _("phone")
    DIGITAL = "digital", _("digital")
    EMAIL = "email", _("e-mail")


class Basis(models.TextChoices):
    ROLLING = "rolling", _("Rolling: from the last time it was done")
    CALENDAR = "calendar", _("Calendar: fixed slots from when service started")


@tracked()
class ServiceStandard(models.Model):
    """What a tier is promised."""

    tier = models.OneToOneField(
        "clients.Tier", models.PROTECT, related_name="standard", verbose_name=_("tier")
    )
    summary = models.TextField(
        _("summary"), blank=True, help_text=_("Opens the client promise. Written to the client.")
    )
    asks = models.TextField(
        _("what we ask of the client"),
        blank=True,
        help_text=_("One line each, written to the client. Closes the client promise."),
    )

    class Meta:
        verbose_name = _("service standard")
        verbose_name_plural = _("service standards")
        ordering = ["tier__position"]

    def __str__(self) -> str:
        return str(_("Standard of tier %(tier)s") % {"tier": self.tier})

    @property
    def asked(self) -> list[str]:
        return _lines(self.asks)


@tracked()
class StandingPromise(models.Model):
    """A promise without a date, shown and printed with the standard."""

    standard = models.ForeignKey(ServiceStandard, models.CASCADE, related_name="promises")
    text = models.CharField(_("promise"), max_length=200)
    answer_within_hours = models.PositiveSmallIntegerField(
        _("answer within, business hours"), null=True, blank=True
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("standing promise")
        verbose_name_plural = _("standing promises")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        """The client reads the text, and requests are counted by the field: both say the same."""
        named = {int(number) for number in re.findall(r"\d+", self.text)}
        if self.answer_within_hours is not None and named and self.answer_within_hours not in named:
            raise ValidationError(
                {"answer_within_hours": _("The promise names another number. Let both say the same.")}
            )
        if self.answer_within_hours == 0:
            raise ValidationError(
                {"answer_within_hours": _("Give at least one hour, or leave it empty for no promised time.")}
            )


# Months between one time and the next, with their words.
INTERVALS = [
    (1, _("every month")),
    (2, _("every 2 months")),
    (3, _("every 3 months")),
    (4, _("every 4 months")),
    (6, _("every 6 months")),
    (12, _("once a year")),
    (24, _("every 2 years")),
]


def _kept_within_months() -> Q:
    """An item below a year falls in allowed months alone, if it begins in the right one."""
    fits = Q(allowed_months=[]) | Q(interval_months__gte=12)
    for interval in (1, 2, 3, 4, 6):
        for start in range(1, interval + 1):
            ring = list(range(start, 13, interval))
            fits |= Q(interval_months=interval, allowed_months__contains=ring)
    return fits


@tracked()
class ServiceItem(models.Model):
    """One promise of a standard: so often, so long, by this role, over this channel."""

    standard = models.ForeignKey(ServiceStandard, models.CASCADE, related_name="items")
    kind = models.ForeignKey(ServiceKind, models.PROTECT, related_name="items", verbose_name=_("service"))
    interval_months = models.PositiveSmallIntegerField(_("how often"), choices=INTERVALS)
    basis = models.CharField(_("basis"), max_length=10, choices=Basis.choices, default=Basis.ROLLING)
    first_offset_months = models.PositiveSmallIntegerField(
        _("first within, months"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(24)],
        help_text=_("A client never served gets the first one within so many months. Empty: one interval."),
    )
    window_before_days = models.PositiveSmallIntegerField(_("window before, days"), default=14)
    window_after_days = models.PositiveSmallIntegerField(_("window after, days"), default=14)
    lead_days = models.PositiveSmallIntegerField(
        _("lead, days"), default=30, help_text=_("The task appears so many days before it is due.")
    )
    duration_minutes = models.PositiveSmallIntegerField(_("duration, minutes"))
    preparation_minutes = models.PositiveSmallIntegerField(_("preparation, minutes"), default=0)
    role = models.ForeignKey("clients.ServiceRole", models.PROTECT, related_name="+", verbose_name=_("role"))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    automated = models.BooleanField(_("automated"), default=False)
    allowed_months = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(12)]),
        verbose_name=_("allowed months"),
        default=list,
        blank=True,
        help_text=_("Month numbers, for example 10,11. Empty: any month."),
    )
    checklist = models.TextField(
        _("checklist"), blank=True, help_text=_("What to prepare, one a line. Shown on the task.")
    )
    agenda = models.TextField(
        _("default agenda"), blank=True, help_text=_("Its points, one a line. Shown on the task.")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    starts_on = models.DateField(
        _("promised from"),
        null=True,
        blank=True,
        help_text=_("Service of it starts on this date at the earliest. Empty: with the client's tier."),
    )
    ended_on = models.DateField(
        _("ended"), null=True, blank=True, help_text=_("No longer promised from this date on.")
    )

    class Meta:
        verbose_name = _("service item")
        verbose_name_plural = _("service items")
        ordering = ["standard__tier__position", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["standard", "kind"],
                name="servicing_item_one_a_kind",
                condition=Q(ended_on__isnull=True),
            ),
            models.CheckConstraint(
                name="servicing_item_takes_time",
                condition=Q(automated=True) | Q(duration_minutes__gt=0),
                violation_error_message=_("An item of no minutes must be automated."),
            ),
            models.CheckConstraint(
                name="servicing_item_interval",
                condition=Q(interval_months__in=[months for months, _label in INTERVALS]),
                violation_error_message=_("Choose how often from the list."),
            ),
            models.CheckConstraint(
                name="servicing_item_months",
                condition=Q(allowed_months__contained_by=list(range(1, 13))),
                violation_error_message=_("Months are numbers from 1 (January) to 12 (December)."),
            ),
            models.CheckConstraint(
                name="servicing_item_months_hold_interval",
                condition=_kept_within_months(),
                violation_error_message=_("The allowed months cannot hold it that often."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="keep_what_is_in_use",
                when=pgtrigger.After,
                level=pgtrigger.Statement,
                operation=pgtrigger.Delete,
                referencing=pgtrigger.Referencing(old="old_rows"),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM old_rows o
                        WHERE EXISTS (SELECT 1 FROM servicing_servicetask t WHERE t.item_id = o.id)
                            OR EXISTS (SELECT 1 FROM servicing_serviceclock k WHERE k.item_id = o.id)
                    ) THEN
                        RAISE EXCEPTION 'A service item in use is ended at a date, not deleted.'
                            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'servicing_item_in_use';
                    END IF;
                    RETURN NULL;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.standard.tier.code} · {self.kind}"

    @property
    def planned_minutes(self) -> int:
        return self.duration_minutes + self.preparation_minutes

    @property
    def to_prepare(self) -> list[str]:
        return _lines(self.checklist)

    @property
    def agenda_points(self) -> list[str]:
        return _lines(self.agenda)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


@tracked()
class ServiceStep(models.Model):
    """One step of an item's procedure, which a new team member can follow."""

    item = models.ForeignKey(
        ServiceItem, models.CASCADE, related_name="steps", verbose_name=_("service item")
    )
    text = models.TextField(_("what to do"))
    role = models.ForeignKey(
        "clients.ServiceRole",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("role"),
        help_text=_("Empty: the item's role."),
    )
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.text


class FollowedItem(models.Model):
    """What an item's open tasks follow so far; planning brings them in line where it changed since."""

    item = models.OneToOneField(
        ServiceItem, models.CASCADE, primary_key=True, related_name="+", db_constraint=False
    )
    how = models.IntegerField(help_text="A digest of the item's role, channel, minutes and window.")

    def __str__(self) -> str:
        return f"Item {self.item_id}"


@tracked()
class ClosingDay(models.Model):
    """A day on which the firm is closed beside the public holidays."""

    date = models.DateField(_("date"), unique=True)
    name = models.CharField(_("name"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("closing day")
        verbose_name_plural = _("closing days")
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.name}".strip()
