"""The firm and the people who work in it."""

import datetime as dt
import zoneinfo

import holidays
import pgtrigger
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients import triggers
from clients.audit import tracked
from clients.models.changes import ChangeKind
from clients.summaries import LOCK as SUMMARIES_LOCK


def validate_time_zone(value: str) -> None:
    """Raises ValidationError when `value` is no time zone of the IANA database."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError(
            _("%(value)s is no time zone. Write it as America/New_York."), params={"value": value}
        )


def holiday_trouble(country: str, subdivision: str) -> dict[str, str | Promise]:
    """What is wrong with a firm's country or state, by field: public holidays are known for the others."""
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known:
        return {
            "country": _("Public holidays of this country are not known. Write two letters, as US or DE.")
        }
    states = known[country]
    if subdivision and subdivision not in states:
        if not states:
            return {"subdivision": _("Leave this empty: this country has the same holidays everywhere.")}
        some = ", ".join(states[:8])
        return {"subdivision": _("This country has no such part. Leave it empty or write one as %s.") % some}
    return {}


class Group:
    """Names of the Django groups that a migration creates; a person's role in the product."""

    ADVISOR = "advisor"
    OPERATIONS = "operations"
    COMPLIANCE = "compliance"
    ADMINISTRATOR = "administrator"
    ALL = (ADVISOR, OPERATIONS, COMPLIANCE, ADMINISTRATOR)


class User(AbstractUser):
    """A person of the firm who signs in. What they may see follows from their groups and teams."""

    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        validators=[validate_time_zone],
        help_text=_("Empty: the firm's own."),
    )
    is_demo = models.BooleanField(_("demo sign-in"), default=False, editable=False)
    wants_digest = models.BooleanField(
        _("morning e-mail"),
        default=True,
        help_text=_("What is late and what is due today, only on days when there is something."),
    )
    wants_escalations = models.BooleanField(
        _("e-mail about overdue work"),
        default=True,
        help_text=_("For operations: work that is later than the firm accepts."),
    )
    wants_notices = models.BooleanField(
        _("notices"),
        default=True,
        help_text=_("Behind the bell: work handed over, requests, what escalated."),
    )
    digest_sent_on = models.DateField(null=True, blank=True, editable=False)
    # of the client list, by name, between spaces; empty until the person chooses
    hidden_columns = models.CharField(max_length=250, blank=True, default="", db_default="", editable=False)

    @property
    def display_name(self) -> str:
        return self.get_full_name() or self.username

    def __str__(self) -> str:
        return self.display_name


# A touch falls on the date that its moment has where the firm is, whenever the firm says where that is.
_DATES_FOLLOW_TIME_ZONE = pgtrigger.Trigger(
    name="dates_follow_time_zone",
    when=pgtrigger.After,
    level=pgtrigger.Row,
    operation=pgtrigger.UpdateOf("time_zone"),
    condition=pgtrigger.Condition("OLD.time_zone IS DISTINCT FROM NEW.time_zone"),
    func=f"""
        UPDATE clients_touch SET occurred_on = (occurred_at AT TIME ZONE NEW.time_zone)::date
        WHERE occurred_on <> (occurred_at AT TIME ZONE NEW.time_zone)::date;
        PERFORM pg_advisory_xact_lock({SUMMARIES_LOCK});
        UPDATE clients_clientsummary s SET last_touch_on = l.last_touch_on
        FROM (
            SELECT client_id, max(occurred_on) AS last_touch_on
            FROM clients_touch WHERE outcome = 'reached' GROUP BY client_id
        ) l
        WHERE s.client_id = l.client_id AND s.last_touch_on <> l.last_touch_on;
        RETURN NULL;
    """,  # noqa: S608  (a constant)
)


class Firm(models.Model):
    """The one firm of this installation (the row with id 1)."""

    name = models.CharField(_("name"), max_length=120, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="America/New_York", validators=[validate_time_zone]
    )
    country = models.CharField(
        _("country"), max_length=2, default="US", help_text=_("Two letters; decides the public holidays.")
    )
    subdivision = models.CharField(
        _("state or province"),
        max_length=6,
        blank=True,
        help_text=_("For holidays of a state, for example NY."),
    )
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    postal_address = models.TextField(_("postal address"), blank=True)
    opens_at = models.TimeField(
        _("office opens"),
        default=dt.time(9),
        help_text=_("Business hours count from here, on working days."),
    )
    closes_at = models.TimeField(_("office closes"), default=dt.time(17))
    digest_hour = models.PositiveSmallIntegerField(
        _("hour of the morning e-mail"),
        default=7,
        validators=[MaxValueValidator(23)],
        help_text=_("In each person's own time zone."),
    )
    escalate_after_days = models.PositiveSmallIntegerField(
        _("escalate after, days"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_("Work so many days past its window is reported to operations."),
    )
    set_up_at = models.DateTimeField(_("set up"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("firm")
        verbose_name_plural = _("firm")
        constraints = [
            models.CheckConstraint(name="clients_firm_is_one", condition=models.Q(id=1)),
            models.CheckConstraint(
                name="clients_firm_opens_before_it_closes",
                condition=models.Q(opens_at__lt=models.F("closes_at")),
                violation_error_message=_("The office must open before it closes."),
            ),
        ]
        triggers = [_DATES_FOLLOW_TIME_ZONE]

    def __str__(self) -> str:
        return self.name or str(_("The firm"))

    def clean(self) -> None:
        """Letters in capitals, and only a country and a state whose public holidays are known."""
        self.country, self.subdivision = self.country.upper(), self.subdivision.strip().upper()
        if trouble := holiday_trouble(self.country, self.subdivision):
            raise ValidationError(trouble)


@tracked(by="client")
class TeamMember(models.Model):
    """One role on a client's service team, held by one person."""

    client = models.ForeignKey("clients.Client", on_delete=models.CASCADE, related_name="team")
    role = models.ForeignKey(
        "clients.ServiceRole", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    user = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        related_name="team_memberships",
        verbose_name=_("person"),
        db_index=False,
    )

    class Meta:
        verbose_name = _("service team member")
        verbose_name_plural = _("service team")
        constraints = [
            models.UniqueConstraint(fields=["client", "role"], name="clients_team_one_person_a_role"),
        ]
        indexes = [
            # visible_to(user) and the list's advisor filter
            models.Index(fields=["user", "client"], name="clients_team_by_user"),
        ]
        triggers = triggers.notes_changes(ChangeKind.SERVICE)

    def __str__(self) -> str:
        return f"{self.user} · {self.role}"
