"""The client: the household relationship that is tagged, tiered and serviced."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import triggers
from clients.audit import tracked
from clients.models import permission_triggers, retention
from clients.models.changes import ChangeKind
from clients.querysets import ClientQuerySet


class ClientStatus(models.TextChoices):
    PROSPECT = "prospect", _("Prospect")
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    FORMER = "former", _("Former")


class Permission(models.TextChoices):
    """The client's recorded yes or no to being communicated with in a tailored way."""

    NOT_ASKED = "not_asked", _("Not asked")
    ASKED = "asked", _("Asked")
    GRANTED = "granted", _("Granted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


RATING = [MinValueValidator(1), MaxValueValidator(5)]


@tracked(by="pgh_obj")
class Client(models.Model):
    """A household relationship. Money is in the firm's currency."""

    # Ordered by its bytes, whatever the database's language: it breaks ties in the tier rules.
    external_id = models.CharField(
        _("client number"),
        max_length=64,
        unique=True,
        db_collation="C",
        help_text=_("The client's key in the CRM and in every file."),
    )
    name = models.CharField(_("name"), max_length=160)
    status = models.CharField(
        _("status"), max_length=10, choices=ClientStatus.choices, default=ClientStatus.ACTIVE
    )
    client_since = models.DateField(_("client since"), null=True, blank=True)

    complexity_driver = models.ForeignKey(
        "clients.ComplexityDriver", models.PROTECT, null=True, blank=True, verbose_name=_("complexity driver")
    )
    attention_constraint = models.ForeignKey(
        "clients.AttentionConstraint",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("attention constraint"),
    )
    persona = models.ForeignKey(
        "clients.Persona", models.PROTECT, null=True, blank=True, verbose_name=_("persona")
    )
    income_structure = models.ForeignKey(
        "clients.IncomeStructure", models.PROTECT, null=True, blank=True, verbose_name=_("income structure")
    )
    permission = models.CharField(
        _("permission"), max_length=10, choices=Permission.choices, default=Permission.NOT_ASKED
    )

    assets_under_management = models.DecimalField(
        _("assets under management"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    investable_assets = models.DecimalField(
        _("investable assets, here and elsewhere"),
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("What the firm manages as a part of it is the share of wallet."),
    )
    expected_years = models.PositiveSmallIntegerField(
        _("years expected to stay"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(60)],
        help_text=_("With the yearly profit it gives the lifetime value."),
    )
    potential_revenue = models.DecimalField(
        _("potential revenue a year"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    growth_potential = models.PositiveSmallIntegerField(
        _("growth potential"), null=True, blank=True, validators=RATING
    )
    alignment = models.PositiveSmallIntegerField(_("alignment"), null=True, blank=True, validators=RATING)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)

    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                name="clients_client_growth_1_to_5",
                condition=models.Q(growth_potential__isnull=True) | models.Q(growth_potential__range=(1, 5)),
            ),
            models.CheckConstraint(
                name="clients_client_alignment_1_to_5",
                condition=models.Q(alignment__isnull=True) | models.Q(alignment__range=(1, 5)),
            ),
            models.CheckConstraint(
                name="clients_client_status_known", condition=models.Q(status__in=ClientStatus.values)
            ),
            models.CheckConstraint(
                name="clients_client_permission_known", condition=models.Q(permission__in=Permission.values)
            ),
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="clients_client_by_name"),  # the list's default order
            models.Index(fields=["status", "name", "id"], name="clients_client_by_status"),
            # the few whom nobody has tagged: the filter, and the figures of dashboards
            models.Index(
                fields=["status", "name", "id"],
                name="clients_client_untagged",
                condition=Q(
                    complexity_driver=None, attention_constraint=None, persona=None, income_structure=None
                ),
            ),
            GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="clients_client_name_trgm"),  # search
            GinIndex(OpClass(Upper("external_id"), "gin_trgm_ops"), name="clients_client_number_trgm"),
        ]
        triggers = [
            permission_triggers.NEW_CLIENT,
            permission_triggers.CHANGED,
            triggers.SUMMARY_FOR_EACH_CLIENT,
            *retention.DEPARTURES,
            retention.held_rows_stay(client="id"),
            *triggers.notes_changes(
                ChangeKind.FACTS,
                ChangeKind.SERVICE,
                key="id",
                columns=(
                    "status",
                    "potential_revenue",
                    "growth_potential",
                    "alignment",
                    "client_since",
                    "assets_under_management",
                    "investable_assets",
                    "expected_years",
                ),
            ),
            # a new client has no task that its tags could change
            *triggers.notes_changes(
                ChangeKind.SERVICE,
                key="id",
                columns=(
                    "persona_id",
                    "complexity_driver_id",
                    "attention_constraint_id",
                    "income_structure_id",
                ),
                updates_alone="note_tags",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("clients:detail", args=[self.pk])


@tracked(by="client", exclude=("trigger",))
class BehavioralTag(models.Model):
    """A client's behavioral trigger, apart from the client so that history never copies it.

    The database itself refuses a row while permission is not granted, and erases the row in the same
    transaction in which permission ends.
    """

    client = models.OneToOneField(Client, models.CASCADE, primary_key=True, related_name="behavioral_tag")
    trigger = models.ForeignKey(
        "clients.BehavioralTrigger", models.PROTECT, related_name="+", verbose_name=_("behavioral trigger")
    )

    class Meta:
        verbose_name = _("behavioral tag")
        verbose_name_plural = _("behavioral tags")
        triggers = [
            *triggers.BEHAVIORAL_TAG_NEEDS_PERMISSION,
            *triggers.notes_changes(ChangeKind.SERVICE, row="client_id"),
        ]

    def __str__(self) -> str:
        return str(_("Behavioral tag of client %(id)s") % {"id": self.client_id})


@tracked(by="client")
class Member(models.Model):
    """A person of the client's household."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="members")
    name = models.CharField(_("name"), max_length=160)
    relation = models.CharField(_("relation"), max_length=40, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    external_id = models.CharField(_("number in the CRM"), max_length=64, blank=True, db_collation="C")

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "external_id"],
                name="clients_member_once",
                condition=~models.Q(external_id=""),
            ),
        ]
        triggers = [retention.held_rows_stay()]

    def __str__(self) -> str:
        return self.name


class ClientSummary(models.Model):
    """What the list shows of a client beside its record: derived, rebuilt by one command, not audited.

    Written set-based by the apps above. Narrow, and a row is updated only where it differs.
    """

    client = models.OneToOneField(Client, models.CASCADE, primary_key=True, related_name="summary")
    tier = models.ForeignKey("clients.Tier", models.PROTECT, null=True, related_name="+", db_index=False)
    tier_position = models.PositiveSmallIntegerField(null=True)
    last_touch_on = models.DateField(null=True)
    next_due_on = models.DateField(null=True)
    late_after = models.DateField(null=True, help_text="The earliest window end of the open tasks.")
    open_tasks = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("client summary")
        verbose_name_plural = _("client summaries")
        indexes = [
            # one for each order that the client list offers
            models.Index(fields=["tier_position", "client"], name="clients_summary_by_tier"),
            models.Index(fields=["next_due_on", "client"], name="clients_summary_by_due"),
            models.Index(fields=["last_touch_on", "client"], name="clients_summary_by_touch"),
            # the late filter
            models.Index(
                fields=["late_after"], condition=Q(late_after__isnull=False), name="clients_summary_is_late"
            ),
        ]

    def __str__(self) -> str:
        return f"Summary of client {self.client_id}"


class ClientScore(models.Model):
    """A client's score in the latest run, as the list shows it: derived, rebuilt by one command, not audited.

    Apart from the summary: every night gives everybody a new one, and here that changes one index.
    """

    client = models.OneToOneField(Client, models.CASCADE, primary_key=True, related_name="scored")
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    scored_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("client score")
        verbose_name_plural = _("client scores")
        indexes = [models.Index(fields=["score", "client"], name="clients_score_by_score")]

    def __str__(self) -> str:
        return f"Score of client {self.client_id}"
