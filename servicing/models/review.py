"""The annual review: its steps with what was seen and decided, who signs, and what came of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.audit import tracked
from clients.models.people import Group
from servicing.models.review_triggers import REVIEW_STAYS, part_stays

MOST_SIGNERS = 10


def _person(label: Any, *, null: bool = False, blank: bool = False) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=null,
        blank=blank,
        related_name="+",
        db_index=False,
        verbose_name=label,
    )


class ReviewState(models.TextChoices):
    OPEN = "open", _("Under way")
    CLOSED = "closed", _("Closed")
    ABANDONED = "abandoned", _("Abandoned")


class ReviewCode(models.TextChoices):
    """The steps, in their order."""

    RESULTS = "results", _("Profitability and growth")
    VALUED = "valued", _("What each segment valued")
    GRADUATION = "graduation", _("Graduation list")
    CAPACITY = "capacity", _("Capacity and responsibilities")
    POLICY = "policy", _("Draft policy")
    STANDARDS = "standards", _("Standards changes")
    SIGN = "sign", _("Sign-off")
    CARRY_OUT = "carry_out", _("Publish, apply, plan")


# What people look at and decide before anybody signs.
TO_DECIDE = tuple(ReviewCode)[:6]


class ReviewStepState(models.TextChoices):
    WAITING = "waiting", _("Not begun")
    UNDER_WAY = "under_way", _("Under way")
    DONE = "done", _("Done")


class Verdict(models.TextChoices):
    SIGNED = "signed", _("Signed")
    DECLINED = "declined", _("Declined")


@tracked()
class ReviewSettings(models.Model):
    """How many people sign a review. Always the row with id 1; who must sign is in `ReviewSigner`."""

    signers = models.PositiveSmallIntegerField(
        _("people who sign at least"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_SIGNERS)],
        help_text=_("Each person counts once. Where fewer people have the right, all of them sign."),
    )

    class Meta:
        verbose_name = _("sign-off of reviews")
        verbose_name_plural = _("sign-off of reviews")
        constraints = [
            models.CheckConstraint(name="servicing_reviewsettings_one_row", condition=Q(pk=1)),
            models.CheckConstraint(
                name="servicing_reviewsettings_signers", condition=Q(signers__range=(1, MOST_SIGNERS))
            ),
        ]

    def __str__(self) -> str:
        return str(_("Sign-off of reviews"))

    @classmethod
    def current(cls) -> ReviewSettings:
        """The firm's; the shipped ones until somebody changes them."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


@tracked()
class ReviewSigner(models.Model):
    """A person, or anybody of a group, without whose signature no review is carried out."""

    GROUPS = [
        (Group.OPERATIONS, _("Operations")),
        (Group.COMPLIANCE, _("Compliance")),
        (Group.ADMINISTRATOR, _("Administrators")),
    ]

    person = _person(_("person"), null=True, blank=True)
    group = models.CharField(_("group"), max_length=20, choices=GROUPS, blank=True)

    class Meta:
        verbose_name = _("required signature")
        verbose_name_plural = _("required signatures")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "group"], name="servicing_reviewsigner_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="servicing_reviewsigner_one_of_both",
                condition=Q(person__isnull=True) & ~Q(group="") | Q(person__isnull=False, group=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.person) if self.person_id else str(self.get_group_display())


@tracked()
class AnnualReview(models.Model):
    """One review of the firm's segmentation; one is open at a time, and one that has ended never changes.

    `first_on`, `last_on`: the whole months that it looks at. `draft`: the policy that it decides on, none
    where the one in force stays. The last fields say what was carried out, each once.
    """

    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(2000), MaxValueValidator(2199)]
    )
    first_on = models.DateField(_("from"))
    last_on = models.DateField(_("to"))
    lead = _person(_("lead"))
    due_on = models.DateField(_("due"))
    state = models.CharField(_("state"), max_length=10, choices=ReviewState.choices, default=ReviewState.OPEN)
    begun_at = models.DateTimeField(_("begun"), default=timezone.now)
    begun_by = _person(_("begun by"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_by = _person(_("ended by"), null=True)
    reason = models.TextField(_("why it was abandoned"), max_length=2000, blank=True)
    draft = models.ForeignKey(
        "tiers.Policy",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("draft policy"),
    )
    job = models.ForeignKey(
        "clients.Job", models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )
    published_at = models.DateTimeField(_("policy published"), null=True)
    run = models.ForeignKey(
        "tiers.ScoringRun", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("run")
    )
    applied_at = models.DateTimeField(_("tiers applied"), null=True)
    planned_at = models.DateTimeField(_("service planned"), null=True)
    carried_out = models.JSONField(
        _("what was carried out"), default=dict, blank=True, help_text="{what: number}, as it was counted."
    )
    written = models.ForeignKey(
        "servicing.WrittenPolicy",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("written policy"),
    )

    class Meta:
        verbose_name = _("annual review")
        verbose_name_plural = _("annual reviews")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], name="servicing_review_one_open", condition=Q(state=ReviewState.OPEN)
            ),
            models.CheckConstraint(
                name="servicing_review_state_known", condition=Q(state__in=ReviewState.values)
            ),
            models.CheckConstraint(
                name="servicing_review_ended_whole",
                condition=Q(state=ReviewState.OPEN, ended_at__isnull=True, ended_by__isnull=True)
                | (~Q(state=ReviewState.OPEN) & Q(ended_at__isnull=False, ended_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="servicing_review_abandoned_with_reason",
                condition=Q(state=ReviewState.ABANDONED) & ~Q(reason="")
                | ~Q(state=ReviewState.ABANDONED) & Q(reason=""),
            ),
            models.CheckConstraint(
                name="servicing_review_closed_whole",
                condition=~Q(state=ReviewState.CLOSED)
                | Q(applied_at__isnull=False, planned_at__isnull=False, written__isnull=False),
            ),
            models.CheckConstraint(
                name="servicing_review_applied_a_run",
                condition=Q(applied_at__isnull=True) | Q(run__isnull=False),
            ),
            models.CheckConstraint(name="servicing_review_period", condition=Q(last_on__gt=F("first_on"))),
        ]
        triggers = REVIEW_STAYS

    def __str__(self) -> str:
        return str(_("Annual review %(year)s") % {"year": self.year})

    @property
    def is_open(self) -> bool:
        return self.state == ReviewState.OPEN

    @property
    def is_being_carried_out(self) -> bool:
        """Whether something of it is in force already: from then on it is carried through."""
        return self.is_open and bool(self.published_at or self.applied_at)


@tracked()
class ReviewStep(models.Model):
    """One step of a review. `figures`: what it rested on, as it was when the step was done; else nothing."""

    review = models.ForeignKey(AnnualReview, models.CASCADE, related_name="steps", db_index=False)
    code = models.CharField(_("step"), max_length=10, choices=ReviewCode.choices)
    number = models.PositiveSmallIntegerField()
    owner = _person(_("owner"), null=True, blank=True)
    due_on = models.DateField(_("due"))
    state = models.CharField(
        _("state"), max_length=10, choices=ReviewStepState.choices, default=ReviewStepState.WAITING
    )
    seen = models.TextField(_("what we saw"), max_length=8000, blank=True)
    decided = models.TextField(_("what we decided"), max_length=8000, blank=True)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)
    changed_by = _person(_("changed by"), null=True)
    done_at = models.DateTimeField(_("done"), null=True)
    done_by = _person(_("done by"), null=True)
    figures = models.JSONField(_("figures"), default=dict, blank=True)

    class Meta:
        verbose_name = _("step of a review")
        verbose_name_plural = _("steps of reviews")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["review", "code"], name="servicing_reviewstep_once"),
            models.CheckConstraint(
                name="servicing_reviewstep_done_whole",
                condition=Q(state=ReviewStepState.DONE, done_at__isnull=False, done_by__isnull=False)
                | (~Q(state=ReviewStepState.DONE) & Q(done_at__isnull=True, done_by__isnull=True)),
            ),
            models.CheckConstraint(
                name="servicing_reviewstep_known",
                condition=Q(code__in=ReviewCode.values, state__in=ReviewStepState.values),
            ),
        ]
        indexes = [
            # what waits for a person: Today, the morning mail
            models.Index(
                fields=["owner", "due_on"],
                name="servicing_reviewstep_waits",
                condition=~Q(state=ReviewStepState.DONE),
            ),
        ]
        triggers = part_stays()

    def __str__(self) -> str:
        return f"{self.number}. {self.get_code_display()}"

    @property
    def is_done(self) -> bool:
        return self.state == ReviewStepState.DONE

    @property
    def is_decided_by_people(self) -> bool:
        """Whether a person says that it is done; the last two are done by signatures and by carrying out."""
        return self.code in TO_DECIDE

    def is_late(self, on: dt.date) -> bool:
        return not self.is_done and self.due_on < on


@tracked()
class ReviewAction(models.Model):
    """What was agreed in a step, who does it and until when. One about a client is a task of that client, and
    done when that is; the others wait for their owner here."""

    review = models.ForeignKey(AnnualReview, models.CASCADE, related_name="actions")
    step = models.ForeignKey(ReviewStep, models.CASCADE, related_name="actions", db_index=False)
    text = models.CharField(_("what"), max_length=160)
    owner = _person(_("who"))
    due_on = models.DateField(_("until"))
    task = models.ForeignKey(
        "servicing.ServiceTask",
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("task"),
    )
    made_by = _person(_("made by"))
    made_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(_("done"), null=True)
    done_by = _person(_("done by"), null=True)

    class Meta:
        verbose_name = _("action of a review")
        verbose_name_plural = _("actions of reviews")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="servicing_reviewaction_done_whole",
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False, task__isnull=True),
            ),
        ]
        indexes = [
            # what waits for a person: Today, the morning mail
            models.Index(
                fields=["owner", "due_on"],
                name="servicing_reviewaction_waits",
                condition=Q(done_at__isnull=True, task__isnull=True),
            ),
        ]
        triggers = part_stays("done_at", "done_by_id", "owner_id")

    def __str__(self) -> str:
        return self.text


@tracked()
class ReviewSignature(models.Model):
    """A person's word on a review as it read then. `digest`: stands for all that was signed, so that a later
    change shows. `stands`: the person's newest word."""

    review = models.ForeignKey(AnnualReview, models.CASCADE, related_name="signatures", db_index=False)
    person = _person(_("person"))
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict.choices)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(_("when"), default=timezone.now)
    stands = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("signature under a review")
        verbose_name_plural = _("signatures under reviews")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "person"], name="servicing_signature_one_stands", condition=Q(stands=True)
            ),
            models.CheckConstraint(
                name="servicing_signature_declined_with_reason",
                condition=Q(verdict=Verdict.SIGNED) | (Q(verdict=Verdict.DECLINED) & ~Q(reason="")),
            ),
        ]
        triggers = part_stays()

    def __str__(self) -> str:
        return f"{self.person} {self.get_verdict_display()}"
