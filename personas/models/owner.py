"""Of business owners: what hangs on what, what would make an exit a win, and the steps agreed on."""

from __future__ import annotations

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from clients import formats, triggers
from clients.audit import tracked
from clients.models.changes import ChangeKind
from clients.models.retention import held_rows_stay
from personas.models.debt import NOT_NEGATIVE

ONE_TO_FIVE = [MinValueValidator(1), MaxValueValidator(5)]


class HoldingKind(models.TextChoices):
    """What a household owns and owes; the kinds after `OTHER_ASSET` are debts."""

    BUSINESS = "business", _("Business")
    REAL_ESTATE = "real_estate", _("Real estate")
    RETIREMENT = "retirement", _("Retirement account")
    INVESTMENTS = "investments", _("Investments")
    CASH = "cash", _("Cash")
    OTHER_ASSET = "other_asset", _("Other asset")
    MORTGAGE = "mortgage", _("Mortgage")
    BUSINESS_LOAN = "business_loan", _("Business loan")
    OTHER_DEBT = "other_debt", _("Other debt")


DEBTS = (HoldingKind.MORTGAGE, HoldingKind.BUSINESS_LOAN, HoldingKind.OTHER_DEBT)


@tracked(by="client")
class Holding(models.Model):
    """A line of the household's balance sheet, as of a day. `hangs_on`: the asset with which it stands and
    falls, as the hall that is let to the family's own business."""

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="holdings", db_index=False)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=16, choices=HoldingKind.choices)
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=2, validators=NOT_NEGATIVE)
    as_of = models.DateField(_("value as of"))
    hangs_on = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="hanging",
        db_index=False,
        verbose_name=_("hangs on"),
    )

    class Meta:
        verbose_name = _("holding")
        verbose_name_plural = _("holdings")
        ordering = ["-value", "id"]
        constraints = [
            models.CheckConstraint(name="personas_holding_not_negative", condition=Q(value__gte=0)),
            models.CheckConstraint(
                name="personas_holding_not_on_itself",
                condition=Q(hangs_on__isnull=True) | ~Q(hangs_on=F("id")),
            ),
        ]
        indexes = [
            models.Index(fields=["client"], name="personas_holding_by_client"),  # the client's page
            # what hangs on one that is removed
            models.Index(
                fields=["hangs_on"], name="personas_holding_hanging", condition=Q(hangs_on__isnull=False)
            ),
        ]
        triggers = [held_rows_stay()]

    def __str__(self) -> str:
        return f"{self.name}: {formats.money(self.value, cents=True)}"

    @property
    def in_full(self) -> str:
        """All that it holds, as the client reads it."""
        said = _("%(name)s (%(kind)s): %(value)s on %(day)s") % {
            "name": self.name,
            "kind": str(self.get_kind_display()).lower(),
            "value": formats.money(self.value, cents=True),
            "day": date_format(self.as_of, "F j, Y"),
        }
        return f"{said}; {_('hangs on %s') % self.hangs_on.name}" if self.hangs_on else str(said)

    @property
    def is_debt(self) -> bool:
        return self.kind in DEBTS


@tracked(by="client")
class WinCondition(models.Model):
    """What would make an exit feel like a win, in the owner's own words, and how much it matters."""

    client = models.ForeignKey(
        "clients.Client", models.CASCADE, related_name="win_conditions", db_index=False
    )
    title = models.CharField(_("what would make it a win"), max_length=160)
    importance = models.PositiveSmallIntegerField(_("importance, 1 to 5"), validators=ONE_TO_FIVE)

    class Meta:
        verbose_name = _("win condition")
        verbose_name_plural = _("win conditions")
        ordering = ["-importance", "id"]
        constraints = [
            models.CheckConstraint(name="personas_win_importance", condition=Q(importance__range=(1, 5)))
        ]
        indexes = [models.Index(fields=["client"], name="personas_win_by_client")]  # the client's page
        triggers = [held_rows_stay()]

    def __str__(self) -> str:
        return self.title

    @property
    def in_full(self) -> str:
        """All that it holds, as the client reads it."""
        return f"{self.title} ({_('importance %s of 5') % self.importance})"


class Letter(models.TextChoices):
    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    D = "D", "D"


@tracked(by="client")
class OwnerOption(models.Model):
    """A way to go. A client has at most one of each letter, so at most four."""

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="owner_options", db_index=False)
    letter = models.CharField(_("letter"), max_length=1, choices=Letter.choices)
    title = models.CharField(_("option"), max_length=80)
    about = models.CharField(_("what it means"), max_length=300, blank=True)
    leaves_open = models.CharField(_("what it leaves open"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        ordering = ["letter"]
        constraints = [
            models.UniqueConstraint(fields=["client", "letter"], name="personas_option_letter_once"),
            models.CheckConstraint(name="personas_option_letter", condition=Q(letter__in=Letter.values)),
        ]
        triggers = [held_rows_stay()]

    def __str__(self) -> str:
        return f"{self.letter} · {self.title}"

    @property
    def in_full(self) -> str:
        """All that it holds, as the client reads it, with how well it meets each win condition."""
        rated = [
            f"{_('%(condition)s: %(rating)s of 5') % {'condition': each.condition, 'rating': each.rating}}"
            + (f" ({each.note})" if each.note else "")
            for each in self.ratings.all()
        ]
        leaves = _("leaves open: %s") % self.leaves_open if self.leaves_open else ""
        return "; ".join(str(part) for part in (self, self.about, leaves, *rated) if part)


@tracked(by="client")
class OptionRating(models.Model):
    """How well an option meets a win condition, from 1 (not at all) to 5 (fully)."""

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="+")
    option = models.ForeignKey(OwnerOption, models.CASCADE, related_name="ratings", db_index=False)
    condition = models.ForeignKey(WinCondition, models.CASCADE, related_name="ratings")
    rating = models.PositiveSmallIntegerField(_("rating, 1 to 5"), validators=ONE_TO_FIVE)
    note = models.CharField(_("note"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("rating of an option")
        verbose_name_plural = _("ratings of options")
        constraints = [
            models.UniqueConstraint(fields=["option", "condition"], name="personas_rating_once"),
            models.CheckConstraint(name="personas_rating_1_to_5", condition=Q(rating__range=(1, 5))),
        ]

    def __str__(self) -> str:
        return f"{self.rating}"


class StepState(models.TextChoices):
    PROPOSED = "proposed", _("Not agreed yet")
    ACTIVE = "active", _("Agreed, under way")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")


# Closed steps come first, then the one under way, then those that nobody agreed to. The lock on the client
# makes two writers wait for each other, so that each sees what the other did.
_IN_ORDER = """
    PERFORM 1 FROM clients_client WHERE id = NEW.client_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM personas_commitmentstep earlier
        JOIN personas_commitmentstep later ON later.client_id = earlier.client_id
            AND later.position > earlier.position
        WHERE earlier.client_id = NEW.client_id AND earlier.state IN ('proposed', 'active')
            AND later.state <> 'proposed'
    ) THEN
        RAISE EXCEPTION 'A step follows only when those before it are done or stopped.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'personas_step_in_order';
    END IF;
    RETURN NULL;
"""


@tracked(by="client")
class CommitmentStep(models.Model):
    """A small step, agreed on by itself. Only one is under way, and none before those that come first."""

    client = models.ForeignKey("clients.Client", models.CASCADE, related_name="steps", db_index=False)
    position = models.IntegerField(_("place"))
    title = models.CharField(_("step"), max_length=140)
    about = models.CharField(_("what it is for"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=StepState.choices, default=StepState.PROPOSED)
    agreed_on = models.DateField(_("agreed on"), null=True, blank=True)
    agreed_by = models.CharField(_("agreed by"), max_length=120, blank=True)
    due_on = models.DateField(_("to be done by"), null=True, blank=True)
    closed_on = models.DateField(_("done or stopped on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "position"],
                name="personas_step_place_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=["client"], name="personas_step_one_active", condition=Q(state="active")
            ),
            models.CheckConstraint(
                name="personas_step_agreed",
                condition=~Q(state__in=["active", "done"]) | Q(agreed_on__isnull=False) & ~Q(agreed_by=""),
            ),
            models.CheckConstraint(
                name="personas_step_closed",
                condition=Q(state__in=["done", "stopped"], closed_on__isnull=False)
                | Q(state__in=["proposed", "active"], closed_on__isnull=True),
            ),
            models.CheckConstraint(
                name="personas_step_stopped_with_reason", condition=~Q(state="stopped") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="personas_step_due_after_agreed",
                condition=Q(due_on__isnull=True) | Q(agreed_on__isnull=True) | Q(due_on__gte=F("agreed_on")),
            ),
        ]
        triggers = [
            held_rows_stay(),
            pgtrigger.Trigger(
                name="in_order",
                when=pgtrigger.After,
                level=pgtrigger.Row,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_IN_ORDER,
            ),
            *triggers.notes_changes(ChangeKind.SERVICE),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def in_full(self) -> str:
        """All that it holds, as the client reads it."""
        days = (
            (_("agreed on %s"), self.agreed_on),
            (_("to be done by %s"), self.due_on),
            (_("done on %s") if self.state == StepState.DONE else _("stopped on %s"), self.closed_on),
        )
        said = [str(text) % date_format(day, "F j, Y") for text, day in days if day]
        agreed_by = _("by %s") % self.agreed_by if self.agreed_by else ""
        state = "" if self.is_closed else str(self.get_state_display()).lower()
        return "; ".join(
            str(part) for part in (self.title, self.about, state, *said, agreed_by, self.reason) if part
        )

    @property
    def is_closed(self) -> bool:
        return self.state in (StepState.DONE, StepState.STOPPED)


@tracked()
class StarterStep(models.Model):
    """A step of the list that a client's own steps may begin with."""

    position = models.PositiveSmallIntegerField(_("place"))
    title = models.CharField(_("step"), max_length=140)
    about = models.CharField(_("what it is for"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("step to begin with")
        verbose_name_plural = _("steps to begin with")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.title
