"""Transitions: the guided move of a client whose tier falls or who leaves, with stages and outcomes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import triggers
from clients.audit import tracked
from clients.models import ChangeKind, Term
from clients.models.retention import held_rows_stay

MOST_DAYS = 730


class Route(models.TextChoices):
    """The ways on which a client is moved."""

    FEE = "fee", _("Fee adjustment")
    REFERRAL = "referral", _("Referral")
    DIGITAL = "digital", _("Lighter digital service")


class Step(models.TextChoices):
    """What every route is made of, in this order; a route may lack some."""

    DECIDE = "decide", _("Choose the way")
    PREPARE = "prepare", _("Prepare")
    TALK = "talk", _("Talk with the client")
    AGREE = "agree", _("Agree")
    CARRY_OUT = "carry_out", _("Carry out")
    CLOSE = "close", _("Record the outcome")


class TransitionReason(models.TextChoices):
    """Why a case was opened."""

    TIER = "tier", _("Another tier fits the data")
    FIT = "fit", _("Another service fits better")
    WISH = "wish", _("Client's wish")
    LEAVING = "leaving", _("The client leaves the firm")
    OTHER = "other", _("Other")


class TransitionOutcome(models.TextChoices):
    AGREED = "agreed", _("Agreed")
    EXCEPTION = "exception", _("Stays, with an exception")
    REFERRED = "referred", _("Referred")
    LEFT = "left", _("Left the firm")
    NOT_NEEDED = "not_needed", _("Not needed any more")


class ConsentHow(models.TextChoices):
    SIGNED = "signed", _("Signed form")
    EMAIL = "email", _("By e-mail")
    PHONE = "phone", _("By telephone")
    IN_PERSON = "in_person", _("In person")
    VIDEO = "video", _("By video")


class LeavingReason(Term):
    """Why a client left, in the firm's own words."""

    class Meta(Term.Meta):
        verbose_name = _("reason for leaving")
        verbose_name_plural = _("reasons for leaving")


@tracked()
class TransitionSettings(models.Model):
    """How cases begin. Always the row with id 1."""

    days_by_old_standard = models.PositiveSmallIntegerField(
        _("days by the old standard"),
        default=0,
        validators=[MaxValueValidator(MOST_DAYS)],
        help_text=_(
            "For so many days after a tier falls service continues by the old tier's standard, while nobody "
            "has given a date. A person's date goes before it. From 0 to 730."
        ),
    )
    cases_after = models.BigIntegerField(
        default=0, editable=False, help_text="Tiers given before transitions were kept open no case."
    )

    class Meta:
        verbose_name = _("transition settings")
        verbose_name_plural = _("transition settings")
        constraints = [
            models.CheckConstraint(name="servicing_transitionsettings_one_row", condition=Q(pk=1)),
            models.CheckConstraint(
                name="servicing_transitionsettings_days", condition=Q(days_by_old_standard__lte=MOST_DAYS)
            ),
        ]

    def __str__(self) -> str:
        return str(_("Transition settings"))


@tracked()
class TransitionStep(models.Model):
    """A stage of a route as the firm works it: what is done, within how many days, with which scripts."""

    route = models.CharField(_("route"), max_length=8, choices=Route.choices, blank=True)
    step = models.CharField(_("stage"), max_length=9, choices=Step.choices)
    title = models.CharField(_("task"), max_length=120, help_text=_("As it stands in the queue."))
    purpose = models.TextField(_("what is done"), blank=True)
    days = models.PositiveSmallIntegerField(
        _("days"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_("Due so many days after the stage began. From 1 to 365."),
    )
    minutes = models.PositiveSmallIntegerField(
        _("planned minutes"), default=15, validators=[MaxValueValidator(480)]
    )
    situation = models.ForeignKey(
        "personas.Situation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("situation"),
        help_text=_("Its approved scripts are offered at this stage."),
    )
    role = models.ForeignKey(
        "clients.ServiceRole",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who speaks"),
        help_text=_("Scripts for this role are offered; empty: for every role."),
    )

    class Meta:
        verbose_name = _("stage of a transition")
        verbose_name_plural = _("stages of transitions")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["route", "step"], name="servicing_transitionstep_once"),
            models.CheckConstraint(
                name="servicing_transitionstep_days", condition=Q(days__gte=1, days__lte=365)
            ),
            # before a way is chosen there is the choice alone, and after it the rest
            models.CheckConstraint(
                name="servicing_transitionstep_route",
                condition=Q(route="", step__in=[Step.DECIDE, Step.CLOSE])
                | (~Q(route="") & ~Q(step__in=[Step.DECIDE, Step.CLOSE])),
            ),
        ]

    def __str__(self) -> str:
        return self.title


@tracked(by="client")
class Transition(models.Model):
    """A case: at most one is open for a client, and a referral closes with the client's consent only.

    `assignment` is the tier that the client was given, with which the case began; its service starts at
    `until`, and the client is served by `from_tier` before. `touched`: a person has worked on it, so that
    undoing the run leaves it.
    """

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="transitions", db_index=False)
    from_tier = models.ForeignKey(
        "clients.Tier",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("from tier"),
    )
    to_tier = models.ForeignKey(
        "clients.Tier",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("to tier"),
    )
    assignment = models.ForeignKey(
        "tiers.TierAssignment",
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    run = models.ForeignKey(
        "tiers.ScoringRun", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("run")
    )
    reason = models.CharField(
        _("why"), max_length=8, choices=TransitionReason.choices, default=TransitionReason.TIER
    )
    reason_text = models.CharField(_("explanation"), max_length=500, blank=True)
    opened_on = models.DateField(_("opened"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("opened by"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("owner"),
    )
    touched = models.BooleanField(default=False)
    until = models.DateField(
        _("new standard from"),
        null=True,
        blank=True,
        help_text=_("Until the day before, the client is served by the old tier's standard."),
    )
    route = models.CharField(_("route"), max_length=8, choices=Route.choices, blank=True)
    step = models.CharField(_("stage"), max_length=9, choices=Step.choices, default=Step.DECIDE)
    number = models.PositiveSmallIntegerField(default=1, help_text="Of the stage at work.")
    due_on = models.DateField(_("stage due"), null=True)
    old_fee = models.DecimalField(
        _("old fee, a year"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    new_fee = models.DecimalField(
        _("new fee, a year"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    notice_on = models.DateField(_("notice given"), null=True, blank=True)
    referred_to = models.CharField(_("referred to"), max_length=160, blank=True)
    digital_service = models.CharField(_("digital service"), max_length=160, blank=True)
    consent_by = models.CharField(_("consent given by"), max_length=120, blank=True)
    consent_on = models.DateField(_("consent given"), null=True, blank=True)
    consent_how = models.CharField(
        _("how consent was given"), max_length=10, choices=ConsentHow.choices, blank=True
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=TransitionOutcome.choices, blank=True)
    outcome_text = models.CharField(_("how it ended"), max_length=500, blank=True)
    leaving_reasons = models.ManyToManyField(
        LeavingReason, blank=True, related_name="+", verbose_name=_("reasons for leaving")
    )
    closed_on = models.DateField(_("closed"), null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("closed by"),
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("transition")
        verbose_name_plural = _("transitions")
        constraints = [
            models.UniqueConstraint(
                fields=["client"], name="servicing_transition_one_open", condition=Q(closed_on__isnull=True)
            ),
            models.CheckConstraint(
                name="servicing_transition_closed_with_outcome",
                condition=Q(closed_on__isnull=True, outcome="")
                | (Q(closed_on__gte=F("opened_on")) & ~Q(outcome="")),
            ),
            # the assignment of an advisory contract needs the client's consent
            models.CheckConstraint(
                name="servicing_transition_referral_consent",
                condition=Q(closed_on__isnull=True) | ~Q(route=Route.REFERRAL) | Q(consent_on__isnull=False),
                violation_error_message=_("A referral cannot close without the client's consent."),
            ),
            models.CheckConstraint(
                name="servicing_transition_referred_by_referral",
                condition=~Q(outcome=TransitionOutcome.REFERRED) | Q(route=Route.REFERRAL),
            ),
            models.CheckConstraint(
                name="servicing_transition_consent_whole",
                condition=Q(consent_on__isnull=True, consent_by="", consent_how="")
                | (Q(consent_on__isnull=False) & ~Q(consent_by="") & ~Q(consent_how="")),
            ),
            models.CheckConstraint(
                name="servicing_transition_fees",
                condition=(Q(old_fee__isnull=True) | Q(old_fee__gte=0))
                & (Q(new_fee__isnull=True) | Q(new_fee__gte=0)),
            ),
            models.CheckConstraint(
                name="servicing_transition_fee_agreed",
                condition=~Q(route=Route.FEE, outcome=TransitionOutcome.AGREED)
                | Q(new_fee__isnull=False, notice_on__isnull=False),
            ),
            models.CheckConstraint(
                name="servicing_transition_way_before_stage",
                condition=~Q(route="") | Q(step__in=[Step.DECIDE, Step.CLOSE]),
            ),
        ]
        indexes = [
            # the cases of a client: its page, and what a run has opened already
            models.Index(fields=["client", "-id"], name="servicing_transition_client"),
            # a column of the board
            models.Index(
                fields=["step", "due_on", "id"],
                name="servicing_transition_board",
                condition=Q(closed_on__isnull=True),
            ),
            # closed ones, the newest first
            models.Index(
                fields=["-closed_on", "-id"],
                name="servicing_transition_closed",
                condition=Q(closed_on__isnull=False),
            ),
        ]
        triggers = [
            *triggers.notes_changes(
                ChangeKind.SERVICE,
                columns=("client_id", "assignment_id", "number", "due_on", "owner_id", "closed_on"),
            ),
            held_rows_stay(condition="OLD.touched"),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} of client {self.client_id}"

    @property
    def is_open(self) -> bool:
        return self.closed_on is None

    def is_late(self, on: dt.date) -> bool:
        """Whether on that day its stage should have been done."""
        return self.is_open and self.due_on is not None and self.due_on < on


class TransitionStage(models.Model):
    """A stage that a case is or was in: from when to when, on which route. A case comes to one stage twice
    where a person led it back, so that stages are numbered."""

    case = models.ForeignKey(Transition, models.CASCADE, related_name="stages", db_index=False)
    number = models.PositiveSmallIntegerField()
    route = models.CharField(max_length=8, choices=Route.choices, blank=True)
    step = models.CharField(max_length=9, choices=Step.choices)
    began_on = models.DateField()
    due_on = models.DateField()
    ended_on = models.DateField(null=True)
    done = models.BooleanField(default=False, help_text="It ended because its work was done.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="servicing_transitionstage_once"),
            models.UniqueConstraint(
                fields=["case"],
                name="servicing_transitionstage_one_at_work",
                condition=Q(ended_on__isnull=True),
            ),
            models.CheckConstraint(
                name="servicing_transitionstage_dates",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("began_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.get_step_display()}"
