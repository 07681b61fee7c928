"""How long records are kept, what is proposed and approved to be anonymised, and what clients ask to see."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.audit import tracked
from clients.firm import firm_today
from clients.formats import short_date
from clients.models.imports import private_storage
from clients.models.permission import How
from clients.models.retention import held_rows_stay

PERSON = settings.AUTH_USER_MODEL


@tracked()
class RetentionSettings(models.Model):
    """What the firm decided about keeping and giving data (the row with id 1)."""

    fiscal_year_ends = models.PositiveSmallIntegerField(
        _("the firm's fiscal year ends with month"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
        help_text=_("1 to 12. Years of keeping are counted from the end of this month."),
    )
    second_person = models.BooleanField(
        _("a second person approves"),
        default=True,
        help_text=_("Who looked through a list of former clients cannot approve it too."),
    )
    answer_within_days = models.PositiveSmallIntegerField(
        _("a client's request for data is answered within, days"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )

    class Meta:
        verbose_name = _("settings of keeping data")
        verbose_name_plural = _("settings of keeping data")
        constraints = [
            models.CheckConstraint(name="servicing_retention_is_one", condition=Q(id=1)),
            models.CheckConstraint(
                name="servicing_retention_month",
                condition=Q(fiscal_year_ends__gte=1, fiscal_year_ends__lte=12),
            ),
            models.CheckConstraint(name="servicing_retention_answer", condition=Q(answer_within_days__gte=1)),
        ]

    def __str__(self) -> str:
        return str(_("Keeping data"))


class RecordKind(models.TextChoices):
    RECORD = "record", _("Client record and its people")
    NOTES = "notes", _("Contacts and their notes")
    WORK = "work", _("Tasks, time, decisions and requests")
    MESSAGES = "messages", _("Sent messages and use of scripts")
    RATINGS = "ratings", _("Ratings and answers of confidence")
    TIERS = "tiers", _("Tiers, overrides and transitions")
    HISTORY = "history", _("History of changes")
    UNDO = "undo", _("Copies kept to take imports back")


@tracked()
class RetentionPeriod(models.Model):
    """For how many years records of a kind are kept, from the end of the fiscal year in which they were made,
    or in which the client left. `minimum_years`: what the law asks at least; nobody goes below."""

    kind = models.CharField(_("kind of record"), max_length=10, choices=RecordKind.choices, unique=True)
    years = models.PositiveSmallIntegerField(_("years kept"), validators=[MaxValueValidator(50)])
    minimum_years = models.PositiveSmallIntegerField(_("at least, years"), default=0, editable=False)
    from_departure = models.BooleanField(
        _("counted from the client's leaving"),
        default=False,
        editable=False,
        help_text=_("Else from the year in which the record was made."),
    )
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("period of keeping")
        verbose_name_plural = _("periods of keeping")
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                name="servicing_period_not_below_the_law",
                condition=Q(years__gte=F("minimum_years")),
                violation_error_message=_("The law asks for more years than that."),
            ),
            models.CheckConstraint(name="servicing_period_years", condition=Q(years__lte=50)),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class BatchState(models.TextChoices):
    PROPOSED = "proposed", _("To be looked through")
    REVIEWED = "reviewed", _("To be approved")
    APPROVED = "approved", _("Being anonymised")
    DONE = "done", _("Anonymised")
    DROPPED = "dropped", _("Dropped")


@tracked()
class AnonymisingBatch(models.Model):
    """Former clients whose periods are over, as the night found them: looked through by one person, approved
    by another, then anonymised by a worker in small steps."""

    state = models.CharField(
        _("state"), max_length=10, choices=BatchState.choices, default=BatchState.PROPOSED
    )
    proposed_at = models.DateTimeField(_("proposed"), default=timezone.now)
    reviewed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", db_index=False)
    reviewed_at = models.DateTimeField(_("looked through"), null=True)
    approved_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", db_index=False)
    approved_at = models.DateTimeField(_("approved"), null=True)
    job = models.ForeignKey("clients.Job", models.SET_NULL, null=True, related_name="+", db_index=False)
    finished_at = models.DateTimeField(_("finished"), null=True)
    counts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("list of clients to anonymise")
        verbose_name_plural = _("lists of clients to anonymise")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"],
                name="servicing_anonymising_one_to_look_through",
                condition=Q(state="proposed"),
            ),
            models.CheckConstraint(
                name="servicing_anonymising_approved_whole",
                condition=~Q(state__in=["approved", "done"])
                | Q(reviewed_by__isnull=False, approved_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(_("List of %(day)s") % {"day": short_date(self.proposed_at)})

    @property
    def is_open(self) -> bool:
        return self.state in (BatchState.PROPOSED, BatchState.REVIEWED)


class RowOutcome(models.TextChoices):
    ANONYMISED = "anonymised", _("Anonymised")
    ERASED = "erased", _("Fields erased")
    HELD = "held", _("Kept: a legal hold")
    NOT_DUE = "not_due", _("Kept: no longer over")


class AnonymisingRow(models.Model):
    """One client of a list. `due_on`: the first day after the last of the client's periods. `fields`: where
    the client stays and these alone go, their codes; `due_on` is then the day after the first of theirs."""

    batch = models.ForeignKey(AnonymisingBatch, models.CASCADE, related_name="rows", db_index=False)
    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="+")
    left_on = models.DateField(_("left on"))
    due_on = models.DateField(_("period over on"))
    fields = ArrayField(models.SlugField(max_length=60), default=list, blank=True, db_default=[])
    excluded_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", db_index=False)
    excluded_at = models.DateTimeField(null=True)
    excluded_why = models.CharField(_("why it stays"), max_length=300, blank=True)
    ask_again_on = models.DateField(_("asked again on"), null=True)
    outcome = models.CharField(max_length=10, choices=RowOutcome.choices, blank=True, default="")
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("client to anonymise")
        verbose_name_plural = _("clients to anonymise")
        constraints = [
            models.UniqueConstraint(fields=["batch", "client"], name="servicing_anonymisingrow_once"),
            models.CheckConstraint(
                name="servicing_anonymisingrow_excluded_whole",
                condition=Q(excluded_at__isnull=True, excluded_why="")
                | (Q(excluded_at__isnull=False, ask_again_on__isnull=False) & ~Q(excluded_why="")),
            ),
        ]
        indexes = [
            # a list's page, the longest over first
            models.Index(fields=["batch", "due_on", "id"], name="servicing_anonrow_page"),
            # what the worker has still to do
            models.Index(
                fields=["batch", "id"],
                name="servicing_anonrow_todo",
                condition=Q(done_at__isnull=True, excluded_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Client {self.client_id} in list {self.batch_id}"


class AccessState(models.TextChoices):
    OPEN = "open", _("Open")
    FULFILLED = "fulfilled", _("Answered")
    DECLINED = "declined", _("Declined")


def random_name(request: AccessRequest, file_name: str) -> str:
    return f"access/{uuid.uuid4().hex}"


@tracked(by="client", exclude=("file",))
class AccessRequest(models.Model):
    """A client asked what the firm holds. `file`: the answer as a zip, until it expires."""

    client = models.ForeignKey("clients.Client", models.PROTECT, related_name="+", verbose_name=_("client"))
    asked_on = models.DateField(_("asked on"), default=firm_today)
    asked_how = models.CharField(_("how"), max_length=10, choices=How.choices)
    asked_by = models.CharField(
        _("who asked"), max_length=160, help_text=_("The person, and how you made sure of who it is.")
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    due_on = models.DateField(_("to be answered by"))
    state = models.CharField(_("state"), max_length=10, choices=AccessState.choices, default=AccessState.OPEN)
    recorded_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)
    closed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", db_index=False)
    closed_on = models.DateField(_("closed on"), null=True)
    closed_how = models.CharField(_("how it was answered, or why not"), max_length=500, blank=True)
    job = models.ForeignKey("clients.Job", models.SET_NULL, null=True, related_name="+", db_index=False)
    file = models.FileField(upload_to=random_name, storage=private_storage, blank=True, max_length=120)
    bytes = models.BigIntegerField(_("size"), default=0)
    made_at = models.DateTimeField(_("made"), null=True)
    expires_at = models.DateTimeField(_("can be downloaded until"), null=True)

    class Meta:
        verbose_name = _("access request")
        verbose_name_plural = _("access requests")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="servicing_access_due_after_asked",
                condition=Q(due_on__gte=F("asked_on")),
                violation_error_message=_("It cannot be due before it was asked."),
            ),
            models.CheckConstraint(
                name="servicing_access_closed_whole",
                condition=Q(state="open", closed_on__isnull=True, closed_by__isnull=True)
                | Q(state__in=["fulfilled", "declined"], closed_on__isnull=False, closed_by__isnull=False),
            ),
        ]
        indexes = [
            # the worklist, the most urgent first
            models.Index(fields=["due_on", "id"], name="servicing_access_open", condition=Q(state="open")),
            # what was closed, the newest first
            models.Index(fields=["-closed_on", "-id"], name="servicing_access_closed"),
        ]
        triggers = [held_rows_stay()]

    def __str__(self) -> str:
        return f"Request of client {self.client_id}, {self.asked_on}"

    def get_absolute_url(self) -> str:
        return reverse("servicing:access_request", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == AccessState.OPEN


class AccessDownload(models.Model):
    """Who took the answer to a request away, and when: kept when the file is gone."""

    request = models.ForeignKey(AccessRequest, models.CASCADE, related_name="downloads")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("download of an access request")
        verbose_name_plural = _("downloads of access requests")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.by}, {self.at}"
