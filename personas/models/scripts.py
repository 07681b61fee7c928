"""Scripts: what is said in a situation, in versions that compliance approves, and each use of one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.audit import tracked
from clients.models import Term
from clients.models.retention import held_rows_stay
from personas.models.mapping import TAILORED, condition
from personas.scripts.querysets import ScriptVersionQuerySet

if TYPE_CHECKING:
    from clients.models import User


class Situation(Term):
    """An occasion on which something is said: a review, a market fall, a change of fees."""

    changes = models.TextField(_("when it comes up"), blank=True)
    services = ArrayField(
        models.SlugField(),
        verbose_name=_("services"),
        default=list,
        blank=True,
        help_text=_(
            "Codes of the services whose tasks call for it, separated by commas. Their scripts are offered "
            "on the task, and e-mails that go out by themselves are taken from them."
        ),
    )

    class Meta(Term.Meta):
        verbose_name = _("situation")
        verbose_name_plural = _("situations")


class ScriptChannel(models.TextChoices):
    ANY = "", _("any")
    IN_PERSON = "in_person", _("in person")
    VIDEO = "video", _("video")
    PHONE = "phone", _("phone")
    EMAIL = "email", _("e-mail")
    TEXT = "text", _("text message")
    LETTER = "letter", _("letter")


class Reach(models.TextChoices):
    """Whether a script is meant for one client at a time or for many (a retail communication)."""

    ONE = "one", _("one to one")
    MANY = "many", _("to many")


class ScriptState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned")
    APPROVED = "approved", _("Approved")
    REPLACED = "replaced", _("Replaced")


IN_WORK = (ScriptState.DRAFT, ScriptState.SUBMITTED, ScriptState.RETURNED)
DECIDED = (ScriptState.APPROVED, ScriptState.REPLACED)


@tracked()
class Script(models.Model):
    """What its versions have in common: the number in files, and whether it is still in use."""

    code = models.SlugField(
        _("code"),
        max_length=80,
        unique=True,
        help_text=_("Its key in files. It stays when the title changes."),
    )
    retired_at = models.DateTimeField(
        _("taken out of use"), null=True, blank=True, help_text=_("It is no longer offered or sent.")
    )

    class Meta:
        verbose_name = _("script")
        verbose_name_plural = _("scripts")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


@tracked(by="script")
class ScriptVersion(models.Model):
    """One wording of a script. What was approved never changes: the database refuses it."""

    script = models.ForeignKey(Script, models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(
        _("state"), max_length=10, choices=ScriptState.choices, default=ScriptState.DRAFT
    )
    title = models.CharField(_("title"), max_length=120)
    situation = models.ForeignKey(
        Situation, models.PROTECT, related_name="+", verbose_name=_("situation"), db_index=False
    )
    role = models.ForeignKey(
        "clients.ServiceRole",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who says it"),
        db_index=False,
    )
    channel = models.CharField(
        _("channel"), max_length=10, choices=ScriptChannel.choices, blank=True, default=ScriptChannel.ANY
    )
    persona = condition("clients.Persona", _("persona"))
    complexity_driver = condition("clients.ComplexityDriver", _("complexity driver"))
    behavioral_trigger = condition("clients.BehavioralTrigger", _("behavioral trigger"))
    attention_constraint = condition("clients.AttentionConstraint", _("attention constraint"))
    income_structure = condition("clients.IncomeStructure", _("income structure"))
    tier = condition("clients.Tier", _("tier"))
    reach = models.CharField(_("meant for"), max_length=4, choices=Reach.choices, default=Reach.ONE)
    subject = models.CharField(
        _("subject"), max_length=150, blank=True, help_text=_("Of an e-mail. May hold merge fields.")
    )
    body = models.TextField(_("text"), max_length=8000)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("written by"),
        help_text="Empty: shipped with the product.",
    )
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("last edited by"),
    )
    edited_at = models.DateTimeField(_("edited"), default=timezone.now)
    editors = ArrayField(
        models.BigIntegerField(),
        default=list,
        db_default=[],
        blank=True,
        help_text="Everybody who changed this version.",
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="Who approved or returned it; empty for what was shipped.",
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    comment = models.TextField(_("comment of compliance"), blank=True)
    review_on = models.DateField(
        _("to be reviewed on"), null=True, blank=True, help_text=_("From this day on it counts as expired.")
    )

    objects = ScriptVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("script version")
        verbose_name_plural = _("script versions")
        ordering = ["situation__position", "position", "title", "id"]
        constraints = [
            # also a script's versions on its page
            models.UniqueConstraint(fields=["script", "number"], name="personas_version_once"),
            models.UniqueConstraint(
                fields=["script"], name="personas_version_one_approved", condition=Q(state="approved")
            ),
            models.UniqueConstraint(
                fields=["script"], name="personas_version_one_in_work", condition=Q(state__in=IN_WORK)
            ),
            models.CheckConstraint(
                name="personas_version_approved_until",
                condition=~Q(state="approved") | Q(review_on__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="personas_version_second_person",
                condition=~Q(state__in=DECIDED)
                | Q(decided_by__isnull=True)
                | (
                    (Q(written_by__isnull=True) | ~Q(written_by=models.F("decided_by")))
                    & (Q(edited_by__isnull=True) | ~Q(edited_by=models.F("decided_by")))
                ),
                violation_error_message=_("Whoever wrote or edited a script cannot approve it."),
            ),
            models.CheckConstraint(
                name="personas_version_no_editor",
                condition=~Q(state__in=DECIDED)
                | Q(decided_by__isnull=True)
                | ~Q(editors__contains=[models.F("decided_by")]),
                violation_error_message=_("Whoever wrote or edited a script cannot approve it."),
            ),
        ]
        indexes = [
            # search by part of a title or of the text
            GinIndex(OpClass(Upper("title"), "gin_trgm_ops"), name="personas_version_title_trgm"),
            GinIndex(OpClass(Upper("body"), "gin_trgm_ops"), name="personas_version_body_trgm"),
            # what is offered for a client or a task
            models.Index(
                fields=["situation", "position"],
                name="personas_version_offered",
                condition=Q(state="approved"),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="decided_stays",
                when=pgtrigger.Before,
                level=pgtrigger.Row,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.state IN ('approved', 'replaced')"),
                func="""
                    IF TG_OP = 'UPDATE' THEN
                        IF to_jsonb(NEW) - 'state' = to_jsonb(OLD) - 'state'
                                AND (NEW.state = OLD.state OR NEW.state = 'replaced') THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'An approved version of a script never changes; a new version is made.'
                        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'personas_version_decided_stays';
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.number}"

    def is_expired(self, on: dt.date) -> bool:
        """Whether its review is due: it is offered to nobody from that day on."""
        return self.state == ScriptState.APPROVED and self.review_on is not None and self.review_on <= on

    @property
    def is_in_work(self) -> bool:
        return self.state in IN_WORK

    @property
    def is_shipped(self) -> bool:
        """Approved by nobody of the firm: it came with the product."""
        return self.state in DECIDED and self.decided_by_id is None

    @property
    def is_approved_for_many(self) -> bool:
        """Approved by a person as a retail communication: no limit of recipients."""
        return (
            self.reach == Reach.MANY and self.state == ScriptState.APPROVED and self.decided_by_id is not None
        )

    @property
    def is_tailored(self) -> bool:
        """Whether it asks for more of the client than a tier: offered only with permission."""
        return any(getattr(self, f"{name}_id") for name in TAILORED)

    def may_be_approved_by(self, person: User) -> bool:
        """Whether `person` is another than those who wrote and edited it."""
        return person.pk not in (self.written_by_id, self.edited_by_id, *self.editors)


# A row of the firm's records: it moves with the client when records are merged, and stays five years, counted
# from the end of its year.
def keeps_records(name: str, moment: str, *, always: str = "true") -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        level=pgtrigger.Row,
        operation=pgtrigger.Delete,
        condition=pgtrigger.Condition(always),
        func=f"""
            IF now() < make_timestamptz(extract(year FROM OLD.{moment})::int + 6, 1, 1, 0, 0, 0) THEN
                RAISE EXCEPTION 'What was said to a client is kept for five years.'
                    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'personas_{name}';
            END IF;
            RETURN OLD;
        """,
    )


_FORGOTTEN = "ARRAY['script_id', 'version_id']"
# The client ended a permission, whichever day that was: what told of a behavioral trigger may go.
ENDED = "EXISTS (SELECT FROM clients_erasure e WHERE e.client_id = OLD.client_id)"


class ScriptUse(models.Model):
    """One use of a version on a client: copied by a person, or sent. Recipients are counted in these rows.

    `script` and `version` are empty where the script asked for a behavioral trigger and the client ended the
    permission: what was said stays, and no longer tells why it was chosen.
    """

    script = models.ForeignKey(Script, models.PROTECT, null=True, related_name="uses", db_index=False)
    version = models.ForeignKey(ScriptVersion, models.PROTECT, null=True, related_name="uses")
    client = models.ForeignKey("clients.Client", models.PROTECT, related_name="script_uses", db_index=False)
    channel = models.CharField(_("channel"), max_length=10, choices=ScriptChannel.choices, blank=True)
    service_task = models.BigIntegerField(null=True, help_text="The number of the task it was used for.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("by"),
    )
    text = models.TextField(_("what was said"), blank=True)
    used_at = models.DateTimeField(_("used"), default=timezone.now)

    class Meta:
        verbose_name = _("use of a script")
        verbose_name_plural = _("uses of scripts")
        ordering = ["-used_at", "-id"]
        indexes = [
            # recipients of a script within thirty days
            models.Index(fields=["script", "used_at", "client"], name="personas_use_recipients"),
            # what was said to a client, the newest first
            models.Index(fields=["client", "used_at"], name="personas_use_by_client"),
        ]
        constraints = [
            models.CheckConstraint(
                name="personas_use_of_a_version",
                condition=Q(script__isnull=True, version__isnull=True)
                | Q(script__isnull=False, version__isnull=False),
            ),
        ]
        triggers = [
            keeps_records("use_kept", "used_at"),
            held_rows_stay(),
            pgtrigger.Trigger(
                name="use_stays",
                when=pgtrigger.Before,
                level=pgtrigger.Row,
                operation=pgtrigger.Update,
                func=f"""
                    IF to_jsonb(NEW) - 'client_id' = to_jsonb(OLD) - 'client_id' THEN RETURN NEW; END IF;
                    IF NEW.version_id IS NULL AND to_jsonb(NEW) - {_FORGOTTEN} = to_jsonb(OLD) - {_FORGOTTEN}
                        AND {ENDED}
                    THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'What was said to a client is not changed afterwards.'
                        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'personas_use_stays';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.version_id} for client {self.client_id}"


class ForgottenRecipients(models.Model):
    """How many clients a script reached on a day whose own records no longer name it; whose they are is not
    kept. They count for the limit of recipients as before."""

    script = models.ForeignKey(Script, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    clients = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("recipients that are only counted")
        verbose_name_plural = _("recipients that are only counted")
        constraints = [
            # also what is counted for the limit
            models.UniqueConstraint(fields=["script", "day"], name="personas_forgotten_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"Script {self.script_id} on {self.day}: {self.clients}"
