"""The people who do the work: their absences, their hours for clients, their calendar feed."""

from __future__ import annotations

import datetime as dt
import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.contrib.postgres.functions import RandomUUID
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.audit import tracked


class Days(Func):
    """From the first day to the last, both included; no last day: open."""

    function = "daterange"
    output_field = DateRangeField()


# Planning is woken for the clients whose open tasks or next dates fall in the days of an absence that began,
# changed or ended, or in those of an absence whose stand-in it takes away. A next date is its role's: that
# of the role's holder on the client's team, else of the lead advisor.
_CONCERNED = """
    INSERT INTO clients_change (kind, client_id)
    WITH changed AS ({changed}), days AS (
        SELECT user_id, first_on, last_on FROM changed
        UNION
        SELECT a.user_id, a.first_on, a.last_on
        FROM servicing_absence a JOIN changed c ON a.stand_in_id = c.user_id
            AND a.first_on <= c.last_on AND a.last_on >= c.first_on
    )
    SELECT 'service', client_id FROM (
        SELECT task.client_id
        FROM days JOIN servicing_servicetask task ON task.assigned_to_id = days.user_id
            AND task.due_on BETWEEN days.first_on AND days.last_on
        WHERE task.status IN ('planned', 'scheduled') AND task.role_id IS NOT NULL AND NOT task.reassigned
        UNION
        SELECT task.client_id
        FROM days JOIN servicing_servicetask task ON task.stands_in_for_id = days.user_id
        WHERE task.status IN ('planned', 'scheduled') AND NOT task.reassigned
        UNION
        SELECT clock.client_id
        FROM (SELECT DISTINCT user_id FROM days) person
        JOIN clients_teammember member ON member.user_id = person.user_id
        JOIN clients_servicerole role ON role.id = member.role_id
        JOIN servicing_serviceclock clock ON clock.client_id = member.client_id
        JOIN servicing_serviceitem item ON item.id = clock.item_id
        JOIN days ON days.user_id = person.user_id AND clock.due_on BETWEEN days.first_on AND days.last_on
        WHERE item.role_id = member.role_id OR (role.code = 'lead_advisor' AND NOT EXISTS (
            SELECT FROM clients_teammember holder
            WHERE holder.client_id = clock.client_id AND holder.role_id = item.role_id
        ))
    ) concerned;
    RETURN NULL;
"""


def _notes_absences() -> list[pgtrigger.Trigger]:
    """Triggers that note the clients whom an absence concerns, whatever path it was entered by."""
    new = "SELECT user_id, first_on, last_on, stand_in_id FROM new_rows"
    old = "SELECT user_id, first_on, last_on, stand_in_id FROM old_rows"
    changed = f"(({new} EXCEPT {old}) UNION ({old} EXCEPT {new}))"
    rows = {
        "insert": (pgtrigger.Insert, pgtrigger.Referencing(new="new_rows"), new),
        "update": (pgtrigger.Update, pgtrigger.Referencing(old="old_rows", new="new_rows"), changed),
        "delete": (pgtrigger.Delete, pgtrigger.Referencing(old="old_rows"), old),
    }
    return [
        pgtrigger.Trigger(
            name=f"note_{name}",
            when=pgtrigger.After,
            level=pgtrigger.Statement,
            operation=operation,
            referencing=referencing,
            func=_CONCERNED.format(changed=changed),
        )
        for name, (operation, referencing, changed) in rows.items()
    ]


@tracked()
class Absence(models.Model):
    """Days on which a person does no client work. Work that falls due in them goes to the stand-in; without
    one it moves to a day on which the person is there."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="absences", verbose_name=_("person")
    )
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    stand_in = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("stand-in"),
        help_text=_("Empty: the work moves to days when the person is there."),
    )
    note = models.CharField(_("note"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["first_on"]
        constraints = [
            models.CheckConstraint(
                name="servicing_absence_dates",
                condition=Q(last_on__gte=F("first_on")),
                violation_error_message=_("An absence cannot end before it starts."),
            ),
            models.CheckConstraint(
                name="servicing_absence_stand_in",
                condition=Q(stand_in__isnull=True) | ~Q(stand_in=F("user")),
                violation_error_message=_("Nobody stands in for themselves."),
            ),
            ExclusionConstraint(
                name="servicing_absence_one_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (
                        Days("first_on", "last_on", RangeBoundary(inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("The person is absent in some of these days already."),
            ),
        ]
        indexes = [models.Index(fields=["last_on"], name="servicing_absence_by_end")]  # planning, the page
        triggers = _notes_absences()

    def __str__(self) -> str:
        return f"{self.user}: {self.first_on} – {self.last_on}"

    def is_in_force(self, on: dt.date) -> bool:
        return self.first_on <= on <= self.last_on


@tracked()
class ClientHours(models.Model):
    """How many hours a week a person has for clients. Nobody is measured against hours they never stated."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="client_hours", verbose_name=_("person")
    )
    hours_a_week = models.DecimalField(
        _("hours a week for clients"), max_digits=4, decimal_places=1, validators=[MaxValueValidator(80)]
    )

    class Meta:
        verbose_name = _("hours for clients")
        verbose_name_plural = _("hours for clients")
        constraints = [
            models.CheckConstraint(
                name="servicing_hours_a_week", condition=Q(hours_a_week__gte=0, hours_a_week__lte=80)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.hours_a_week}"


class CalendarFeed(models.Model):
    """The secret address at which a person's calendar program reads appointments and due tasks.

    Only a digest of the secret is kept: the address is shown once, and a new one ends the old one.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed")
    digest = models.CharField(max_length=64, unique=True)
    uid = models.UUIDField(
        default=uuid.uuid4, db_default=RandomUUID(), help_text="What the numbers of its events begin with."
    )
    show_names = models.BooleanField(
        _("show client names"),
        default=False,
        db_default=False,
        help_text=_("Off: an event has the client's number. The calendar's provider reads what is in it."),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    read_at = models.DateTimeField(_("last read"), null=True, blank=True)
    hour_began_at = models.DateTimeField(null=True, blank=True, help_text="Of the hour that reads are of.")
    reads = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return str(self.user)


class CalendarEntry(models.Model):
    """A task that a calendar was told of, so that what changes or goes is told too.

    `plain`: the event without any name, shown once it is cancelled, when its task may be gone.
    """

    feed = models.ForeignKey(CalendarFeed, models.CASCADE, related_name="entries", db_index=False)
    task = models.BigIntegerField(help_text="Its number; the task itself may be gone.")
    told = models.CharField(max_length=64, help_text="A digest of the event as it was told.")
    plain = models.JSONField()
    cancelled = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("calendar entry")
        verbose_name_plural = _("calendar entries")
        constraints = [models.UniqueConstraint(fields=["feed", "task"], name="servicing_calendar_entry_once")]

    def __str__(self) -> str:
        return f"Task {self.task} in calendar {self.feed_id}"
