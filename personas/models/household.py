"""A household and its incomes: how long it lives without one, who does what, and what its partners want."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clients.audit import tracked
from clients.formats import money
from clients.models import Term
from clients.models.retention import held_rows_stay

NOT_NEGATIVE = [MinValueValidator(Decimal(0), _("Give an amount of 0 or more."))]
ABOVE_ZERO = [MinValueValidator(Decimal("0.01"), _("Give an amount above 0."))]


def _amount(label: object, about: object = "", **more: object) -> models.DecimalField:
    return models.DecimalField(label, max_digits=12, decimal_places=2, help_text=about, **more)  # type: ignore[arg-type]


def _client(**more: object) -> models.ForeignKey:
    return models.ForeignKey("clients.Client", models.CASCADE, **more)  # type: ignore[arg-type]


def _person(label: object, about: object = "") -> models.ForeignKey:
    return models.ForeignKey(
        "clients.Member",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=label,  # type: ignore[arg-type]
        help_text=about,  # type: ignore[arg-type]
    )


# --- One income --------------------------------------------------------------------------------------


@tracked(by="client")
class SoloPlan(models.Model):
    """What a household that lives on one income spends, and whose income that is. One row a client."""

    client = models.OneToOneField("clients.Client", models.CASCADE, related_name="solo_plan")
    earner = _person(_("whose income would end"))
    needed = _amount(
        _("needed a month"),
        _("What the household cannot do without: housing, food, insurance, debt."),
        null=True,
        blank=True,
        validators=ABOVE_ZERO,
    )
    wished = _amount(
        _("wished a month, on top"),
        _("What it spends beyond that and could leave for a time."),
        default=0,
        validators=NOT_NEGATIVE,
    )
    inflation = models.DecimalField(
        _("prices rise, percent a year"),
        max_digits=4,
        decimal_places=2,
        default=0,
        validators=[*NOT_NEGATIVE, MaxValueValidator(Decimal(20), _("Give at most 20 percent."))],
        help_text=_("0 unless you have a reason for another figure."),
    )

    class Meta:
        verbose_name = _("living costs")
        verbose_name_plural = _("living costs")
        constraints = [
            models.CheckConstraint(
                name="personas_soloplan_spends", condition=Q(needed__isnull=True) | Q(needed__gt=0)
            ),
            models.CheckConstraint(
                name="personas_soloplan_amounts",
                condition=Q(wished__gte=0, inflation__gte=0, inflation__lte=20),
            ),
        ]
        triggers = [held_rows_stay()]

    def __str__(self) -> str:
        return f"Living costs of client {self.client_id}"

    @property
    def in_full(self) -> str:
        """All that it holds, as the client reads it."""
        known = [
            _("%s a month needed") % money(self.needed, cents=True) if self.needed is not None else "",
            _("%s a month wished on top") % money(self.wished, cents=True) if self.wished else "",
            _("prices rise by %s %% a year") % f"{self.inflation.normalize():f}" if self.inflation else "",
            _("whose income would end: %s") % self.earner if self.earner else "",
        ]
        return "; ".join(str(each) for each in known if each)


class ReserveKind(models.TextChoices):
    CASH = "cash", _("Cash and current accounts")
    SAVINGS = "savings", _("Savings and money market")
    BONDS = "bonds", _("Bonds and fixed deposits")
    SHARES = "shares", _("Shares and funds")
    RETIREMENT = "retirement", _("Retirement account")
    CREDIT = "credit", _("Agreed line of credit")
    OTHER = "other", _("Other")


@tracked(by="client")
class Reserve(models.Model):
    """Money that a household can fall back on."""

    client = _client(related_name="reserves")
    name = models.CharField(_("what it is"), max_length=80)
    kind = models.CharField(
        _("kind"), max_length=10, choices=ReserveKind.choices, default=ReserveKind.SAVINGS
    )
    amount = _amount(
        _("amount"),
        _("What would be there after tax, costs and penalties. Nothing that would be sold at a loss."),
        validators=NOT_NEGATIVE,
    )
    as_of = models.DateField(_("as of"))
    usable_after = models.PositiveSmallIntegerField(
        _("days until it can be used"),
        default=0,
        validators=[MaxValueValidator(3650, _("Give at most 3,650 days."))],
        help_text=_("From the day on which the income ends. 0: at once."),
    )
    counts = models.BooleanField(
        _("counts"), default=True, help_text=_("Off: it is shown and left out of the months.")
    )

    class Meta:
        verbose_name = _("reserve")
        verbose_name_plural = _("reserves")
        ordering = ["usable_after", "id"]
        constraints = [
            models.CheckConstraint(name="personas_reserve_not_negative", condition=Q(amount__gte=0)),
        ]
        indexes = [
            # the reserves of a household, in the order in which they can be used
            models.Index(fields=["client", "usable_after"], name="personas_reserve_by_client"),
        ]
        triggers = [held_rows_stay()]

    def __str__(self) -> str:
        return self.name

    @property
    def in_full(self) -> str:
        """All that it holds, as the client reads it."""
        said = _("%(name)s (%(kind)s): %(amount)s on %(day)s") % {
            "name": self.name,
            "kind": str(self.get_kind_display()).lower(),
            "amount": money(self.amount, cents=True),
            "day": date_format(self.as_of, "F j, Y"),
        }
        more: list[Any] = []
        if self.usable_after:
            more.append(
                ngettext("usable after %(n)s day", "usable after %(n)s days", self.usable_after)
                % {"n": self.usable_after}
            )
        if not self.counts:
            more.append(_("not counted in the months"))
        return "; ".join([str(said), *map(str, more)])


@tracked(by="client")
class OtherIncome(models.Model):
    """Income of a household that goes on when the earner's ends."""

    client = _client(related_name="other_incomes")
    name = models.CharField(
        _("what it is"), max_length=80, help_text=_("The partner's pay, disability insurance, rent…")
    )
    amount = _amount(_("a month, after tax"), validators=ABOVE_ZERO)
    until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The last day on which it is paid. Empty: it goes on.")
    )

    class Meta:
        verbose_name = _("other income")
        verbose_name_plural = _("other incomes")
        ordering = ["id"]
        constraints = [models.CheckConstraint(name="personas_otherincome_pays", condition=Q(amount__gt=0))]
        triggers = [held_rows_stay()]

    def __str__(self) -> str:
        return self.name

    @property
    def in_full(self) -> str:
        """All that it holds, as the client reads it."""
        said = _("%(name)s: %(amount)s a month") % {
            "name": self.name,
            "amount": money(self.amount, cents=True),
        }
        return f"{said}, {_('until %s') % date_format(self.until, 'F j, Y')}" if self.until else str(said)


class RedundancyItem(Term):
    """A point of the redundancy checklist. `changes`: what is asked in full."""

    changes = models.TextField(_("what is asked"), blank=True)

    class Meta(Term.Meta):
        verbose_name = _("point of the redundancy checklist")
        verbose_name_plural = _("redundancy checklist")


class CheckState(models.TextChoices):
    DONE = "done", _("Done")
    OPEN = "open", _("Open")
    NOT_NEEDED = "not_needed", _("Not needed")


@tracked(by="client")
class RedundancyCheck(models.Model):
    """How a household stands with one point of the checklist. No row: nobody has looked yet."""

    client = _client(related_name="redundancy")
    item = models.ForeignKey(
        RedundancyItem, models.PROTECT, related_name="+", db_index=False, verbose_name=_("point")
    )
    state = models.CharField(_("state"), max_length=10, choices=CheckState.choices)
    note = models.CharField(_("note"), max_length=200, blank=True)
    due_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("redundancy")
        verbose_name_plural = _("redundancy")
        constraints = [
            models.UniqueConstraint(fields=["client", "item"], name="personas_redundancy_once"),
            models.CheckConstraint(
                name="personas_redundancy_says_why", condition=~Q(state="not_needed") | ~Q(note="")
            ),
            models.CheckConstraint(
                name="personas_redundancy_has_a_date",
                condition=Q(state="open", due_on__isnull=False) | (~Q(state="open") & Q(due_on__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.item)

    @property
    def in_full(self) -> str:
        """All that it holds, as the client reads it."""
        state = str(self.get_state_display()).lower()
        if self.due_on:
            state = f"{state}, {_('until %s') % date_format(self.due_on, 'F j, Y')}"
        return f"{self.item}: {state}" + (f" ({self.note})" if self.note else "")


@tracked(by="client")
class HouseholdDuty(models.Model):
    """Who does a thing when the earner cannot, and who does it when that one cannot either: a person of the
    household, or somebody outside by name."""

    client = _client(related_name="duties")
    title = models.CharField(_("what has to be done"), max_length=120)
    person = _person(_("who does it"))
    outside = models.CharField(_("or somebody outside"), max_length=80, blank=True)
    backup = _person(_("who steps in"))
    backup_outside = models.CharField(_("or somebody outside, to step in"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("who does what")
        verbose_name_plural = _("who does what")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="personas_duty_one_each",
                condition=(Q(person__isnull=True) | Q(outside=""))
                & (Q(backup__isnull=True) | Q(backup_outside="")),
                violation_error_message=_("Choose a person of the household or name somebody, not both."),
            ),
            models.CheckConstraint(
                name="personas_duty_two_people",
                condition=Q(person__isnull=True) | Q(backup__isnull=True) | ~Q(person=F("backup")),
                violation_error_message=_("Who steps in must be somebody else."),
            ),
        ]
        triggers = [held_rows_stay()]

    def __str__(self) -> str:
        return self.title

    @property
    def in_full(self) -> str:
        """All that it holds, as the client reads it."""
        who, steps_in = self.person or self.outside, self.backup or self.backup_outside
        said = f"{self.title}: {who or _('nobody yet')}"
        return f"{said}, {_('then %s') % steps_in}" if steps_in else said


# --- Two incomes -------------------------------------------------------------------------------------


class GoalKind(Term):
    """A goal that households have; a ranking offers it. `changes`: what it means, in a few words."""

    changes = models.TextField(_("what it means"), blank=True)

    class Meta(Term.Meta):
        verbose_name = _("goal")
        verbose_name_plural = _("goals")


@tracked()
class TradeOff(models.Model):
    """What to ask where one partner puts one of two goals first and the other the other."""

    one = models.ForeignKey(GoalKind, models.CASCADE, related_name="+", verbose_name=_("goal"))
    other = models.ForeignKey(GoalKind, models.CASCADE, related_name="+", verbose_name=_("other goal"))
    question = models.TextField(
        _("question"), max_length=400, help_text=_("Neutral: neither goal is the better one.")
    )

    class Meta:
        verbose_name = _("trade-off question")
        verbose_name_plural = _("trade-off questions")
        ordering = ["one__position", "other__position"]
        constraints = [
            models.CheckConstraint(
                name="personas_tradeoff_two_goals",
                condition=~Q(one=F("other")),
                violation_error_message=_("Choose two goals."),
            ),
            models.UniqueConstraint(
                Least("one", "other"),
                Greatest("one", "other"),
                name="personas_tradeoff_once_a_pair",
                violation_error_message=_("There is a question for these two goals."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.one} / {self.other}"


class GoalRoundQuerySet(models.QuerySet):
    def running(self) -> "GoalRoundQuerySet":
        """Those whose answers may still come, their links aside."""
        return self.filter(completed_at__isnull=True, ended_at__isnull=True)


@tracked(by="client")
class GoalRound(models.Model):
    """One time that two partners ranked the same goals apart. It stays when a new one begins."""

    client = _client(related_name="goal_rounds")
    begun_at = models.DateTimeField(_("begun"), default=timezone.now)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("begun by"),
    )
    expires_at = models.DateTimeField(_("links hold until"))
    answers = models.PositiveSmallIntegerField(_("answers"), default=0)
    completed_at = models.DateTimeField(_("both answered"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = GoalRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("goal ranking")
        verbose_name_plural = _("goal rankings")
        ordering = ["-begun_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["client"],
                name="personas_goalround_one_at_a_time",
                condition=Q(completed_at__isnull=True, ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="personas_goalround_answers",
                condition=Q(answers__lte=2) & (Q(completed_at__isnull=True) | Q(answers=2)),
            ),
            models.CheckConstraint(
                name="personas_goalround_expires", condition=Q(expires_at__gt=F("begun_at"))
            ),
        ]
        triggers = [held_rows_stay()]

    def __str__(self) -> str:
        return f"Goal ranking of client {self.client_id}"

    @property
    def in_full(self) -> str:
        """All that it holds, as the client reads it; what each answered once both have, as on their page."""
        partners, goals = list(self.partners.all()), list(self.goals.all())
        said = _("%(day)s, %(names)s: %(goals)s") % {
            "day": date_format(timezone.localtime(self.begun_at), "F j, Y"),
            "names": " + ".join(partner.first_name for partner in partners),
            "goals": ", ".join(
                f"{goal.label} ({' / '.join(str(partner.places[place]) for partner in partners)})"
                if self.completed_at
                else goal.label
                for place, goal in enumerate(goals)
            ),
        }
        return str(said)

    @property
    def takes_answers(self) -> bool:
        """Whether an answer may still be given or replaced."""
        return self.completed_at is None and self.ended_at is None and self.expires_at > timezone.now()


class RoundGoal(models.Model):
    """One of the goals of a round, as it was worded then; `kind` where it came from the firm's list."""

    round = models.ForeignKey(GoalRound, models.CASCADE, related_name="goals", db_index=False)
    position = models.PositiveSmallIntegerField()
    kind = models.ForeignKey(GoalKind, models.SET_NULL, null=True, related_name="+")
    label = models.CharField(_("goal"), max_length=80)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["round", "position"], name="personas_roundgoal_once"),
            models.CheckConstraint(
                name="personas_roundgoal_at_most_ten", condition=Q(position__gte=1, position__lte=10)
            ),
        ]

    def __str__(self) -> str:
        return self.label


class GoalPartner(models.Model):
    """One of the two who rank. `token_hash`: of the secret in the link, which itself is stored nowhere.
    `places`: the place that the partner gave to each goal, in the order of the goals; empty: no answer."""

    round = models.ForeignKey(GoalRound, models.CASCADE, related_name="partners", db_index=False)
    number = models.PositiveSmallIntegerField()
    first_name = models.CharField(_("first name"), max_length=60)
    token_hash = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001  (no link)
    places = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="personas_goalpartner_once"),
            models.CheckConstraint(name="personas_goalpartner_is_one_of_two", condition=Q(number__in=[1, 2])),
        ]

    def __str__(self) -> str:
        return self.first_name
