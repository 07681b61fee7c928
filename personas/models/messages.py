"""Messages that the product sends: the settings, the messages themselves, which are their own archive."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.audit import tracked
from clients.models.retention import held_rows_stay
from personas.models.scripts import ENDED, keeps_records


@tracked()
class SendingSettings(models.Model):
    """Whether messages go out by themselves, and from whom (the row with id 1)."""

    switched_on = models.BooleanField(
        _("send e-mails to clients by themselves"),
        default=False,
        help_text=_("Nothing is sent without the address below and the firm's postal address."),
    )
    sender_name = models.CharField(
        _("sender's name"), max_length=80, blank=True, help_text=_("Empty: the firm's name.")
    )
    sender_address = models.EmailField(
        _("sender's address"),
        blank=True,
        help_text=_("An address that the firm's mail server sends for, and that somebody reads."),
    )
    rate_per_minute = models.PositiveSmallIntegerField(
        _("messages a minute, at most"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(6000)],
        help_text=_("Mail providers hold back whoever sends faster than they allow."),
    )

    class Meta:
        verbose_name = _("sending settings")
        verbose_name_plural = _("sending settings")
        constraints = [models.CheckConstraint(name="personas_sending_is_one", condition=Q(id=1))]

    def __str__(self) -> str:
        return str(_("Sending"))


@tracked()
class SequenceStep(models.Model):
    """One of the e-mails that a service sends by itself; a service without steps sends one on the day."""

    service = models.SlugField(
        _("service"), help_text=_("The code of the service kind, for example automated_update.")
    )
    day = models.PositiveSmallIntegerField(
        _("days after it is due"),
        validators=[MaxValueValidator(90)],
        help_text=_("0: on the day. The task is completed with the last one, so keep within its window."),
    )
    situation = models.ForeignKey(
        "personas.Situation", models.PROTECT, related_name="+", verbose_name=_("situation")
    )

    class Meta:
        verbose_name = _("step of an e-mail sequence")
        verbose_name_plural = _("e-mail sequences")
        ordering = ["service", "day"]
        constraints = [models.UniqueConstraint(fields=["service", "day"], name="personas_step_once_a_day")]

    def __str__(self) -> str:
        return f"{self.service} + {self.day}"


class MessageState(models.TextChoices):
    QUEUED = "queued", _("Waits")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    UNCLEAR = "unclear", _("Unclear")
    CANCELLED = "cancelled", _("Not sent")


# What may change even when it was sent: two records of a client become one, its task is completed.
_FOLLOWS = "ARRAY['client_id', 'served']"
# What becomes of a message; what it says stays as it was made.
_GOES_ON = (
    "ARRAY['client_id', 'state', 'next_try_at', 'attempts', 'claimed_at', 'sent_at', 'error', 'refused', "
    "'decided_by_id', 'decided_at']"
)
# What goes when a permission ends; `once` names the message to many that it was a part of.
_FORGOTTEN = "ARRAY['version_id', 'bulk_id', 'once']"
# From here on a message may have reached somebody: what it said is a record.
_SPOKEN = "OLD.state IN ('sending', 'sent', 'unclear')"


class BulkMessage(models.Model):
    """One script sent to many clients at once by a person."""

    version = models.ForeignKey("personas.ScriptVersion", models.PROTECT, related_name="+")
    topic = models.ForeignKey(
        "personas.Topic", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("topic")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("when"), default=timezone.now)
    asked = models.CharField(_("which clients"), max_length=2000, blank=True)
    clients = models.PositiveIntegerField(_("clients"), default=0)
    key = models.UUIDField(
        null=True, unique=True, help_text="Of the page that it was sent from, which sends once."
    )

    class Meta:
        verbose_name = _("message to many")
        verbose_name_plural = _("messages to many")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.version} · {self.clients}"


class Message(models.Model):
    """One e-mail to one client, whole: queued, claimed before it is sent, and archived by staying as it is.

    At most once: `sending` is stored before the mail server is spoken to. Where nobody came back to say how
    it went the message is `unclear`, and a person decides. `version` and `bulk` are empty where they would
    tell of a behavioral trigger that the client no longer lets us keep.
    """

    client = models.ForeignKey("clients.Client", models.PROTECT, related_name="messages", db_index=False)
    version = models.ForeignKey(
        "personas.ScriptVersion", models.PROTECT, null=True, related_name="+", db_index=False
    )
    service_task = models.BigIntegerField(null=True, help_text="The number of the task that it is a part of.")
    step = models.PositiveSmallIntegerField(default=0, help_text="Its day in the sequence.")
    last_step = models.BooleanField(default=True, help_text="Whether sending it completes the task.")
    bulk = models.ForeignKey(BulkMessage, models.PROTECT, null=True, related_name="messages", db_index=False)
    once = models.CharField(
        max_length=80, help_text="What it is: a step of a task, or a client's part of a message to many."
    )
    state = models.CharField(
        _("state"), max_length=10, choices=MessageState.choices, default=MessageState.QUEUED
    )
    message_id = models.CharField(_("message id"), max_length=255, unique=True)
    recipient = models.EmailField(_("to"))
    sender = models.CharField(_("from"), max_length=340)
    reply_to = models.EmailField(_("answers to"), blank=True)
    subject = models.CharField(_("subject"), max_length=998)
    text = models.TextField(_("text"))
    unsubscribe_url = models.CharField(_("address to unsubscribe at"), max_length=500)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    next_try_at = models.DateTimeField(_("next try"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claimed_at = models.DateTimeField(_("handed to the mail server"), null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    error = models.CharField(_("what went wrong"), max_length=300, blank=True)
    refused = models.BooleanField(
        _("address refused"),
        default=False,
        db_default=False,
        help_text="The mail server refused the address itself for good; nothing more is sent to it.",
    )
    served = models.BooleanField(
        default=False, db_default=False, help_text="Its task was completed with it, or closed otherwise."
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["once"], name="personas_message_once"),
            models.CheckConstraint(
                name="personas_message_sent_at", condition=~Q(state="sent") | Q(sent_at__isnull=False)
            ),
        ]
        indexes = [
            # the sweep: what waits, in the order in which it is due
            models.Index(
                fields=["next_try_at", "id"], name="personas_message_waiting", condition=Q(state="queued")
            ),
            # how many went in the last minute; what was claimed and never came back
            models.Index(
                fields=["claimed_at"], name="personas_message_claimed", condition=Q(claimed_at__isnull=False)
            ),
            # what a person has to look at
            models.Index(
                fields=["state", "id"],
                name="personas_message_trouble",
                condition=Q(state__in=["failed", "unclear"]),
            ),
            # sent messages whose task is still to be completed
            models.Index(
                fields=["id"],
                name="personas_message_to_serve",
                condition=Q(state="sent", last_step=True, served=False, service_task__isnull=False),
            ),
            # a client's messages, the archive page
            models.Index(fields=["client", "created_at"], name="personas_message_by_client"),
            models.Index(fields=["created_at", "id"], name="personas_message_by_date"),
            # addresses of a client to which nothing more is sent
            models.Index(fields=["client"], name="personas_message_refused", condition=Q(refused=True)),
            # the messages of a task: on its panel, and which steps are still to come
            models.Index(
                fields=["service_task"],
                name="personas_message_by_task",
                condition=Q(service_task__isnull=False),
            ),
        ]
        triggers = [
            keeps_records("message_kept", "claimed_at", always=_SPOKEN),
            held_rows_stay(condition=_SPOKEN),
            pgtrigger.Trigger(
                name="message_stays",
                when=pgtrigger.Before,
                level=pgtrigger.Row,
                operation=pgtrigger.Update,
                func=f"""
                    IF to_jsonb(NEW) - {_FOLLOWS} = to_jsonb(OLD) - {_FOLLOWS}
                        OR OLD.state <> 'sent' AND to_jsonb(NEW) - {_GOES_ON} = to_jsonb(OLD) - {_GOES_ON}
                    THEN
                        RETURN NEW;
                    END IF;
                    IF (NEW.version_id IS NULL OR NEW.version_id = OLD.version_id)
                        AND (NEW.bulk_id IS NULL OR NEW.bulk_id = OLD.bulk_id)
                        AND to_jsonb(NEW) - {_FORGOTTEN} = to_jsonb(OLD) - {_FORGOTTEN} AND {ENDED}
                    THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'A message stays as it was made.'
                        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'personas_message_stays';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"Message {self.pk} to client {self.client_id}"
