"""Channel opt-outs: by which ways a client, or a person of the household, does not want to be reached."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients import triggers
from clients.audit import tracked
from clients.models.changes import ChangeKind


class ContactChannel(models.TextChoices):
    """Ways in which the firm reaches a client by itself."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text messages")
    PHONE = "phone", _("Phone")
    POST = "post", _("Post")


class HowOptedOut(models.TextChoices):
    """How an opt-out, or its end, was said to the firm."""

    IN_PERSON = "in_person", _("In person")
    PHONE = "phone", _("By phone")
    EMAIL = "email", _("By e-mail")
    LETTER = "letter", _("By letter")
    REPLY = "reply", _("By a reply to a message")
    LINK = "link", _("By the link in a message")


NOBODY = 0  # the member of an opt-out that holds for an address alone: its own record is no more


@tracked(by="client")
class ChannelOptOut(models.Model):
    """One opt-out: it holds from `since`, the moment at which the client said so, until the client lifts it.

    Without a member it holds for the whole household. `address`: the e-mail address, or the last ten digits
    of the number, that it was said of; it holds for that address wherever it is on record. It outlasts the
    row of its person, which may leave the household.
    """

    client = models.ForeignKey(
        "clients.Client", models.CASCADE, related_name="opt_outs", verbose_name=_("client"), db_index=False
    )
    member = models.ForeignKey(
        "clients.Member",
        models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="opt_outs",
        verbose_name=_("person"),
        db_index=False,
        db_constraint=False,
    )
    channel = models.CharField(_("channel"), max_length=5, choices=ContactChannel.choices)
    address = models.CharField(_("address"), max_length=254, blank=True, default="")
    since = models.DateTimeField(_("since"))
    how = models.CharField(_("how"), max_length=10, choices=HowOptedOut.choices)
    note = models.CharField(_("note"), max_length=300, blank=True, default="")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    lifted_how = models.CharField(
        _("how it was lifted"), max_length=10, choices=HowOptedOut.choices, blank=True, default=""
    )
    lifted_note = models.CharField(_("why it was lifted"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("channel opt-out")
        verbose_name_plural = _("channel opt-outs")
        ordering = ["-since", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "channel", "member", "address"],
                name="clients_optout_once",
                condition=Q(lifted_at__isnull=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="clients_optout_channel_known", condition=Q(channel__in=ContactChannel.values)
            ),
            models.CheckConstraint(
                name="clients_optout_lifted_how",
                condition=Q(lifted_at__isnull=True) | ~Q(lifted_how=""),
            ),
        ]
        indexes = [
            # the client's page, and whether a client may be contacted
            models.Index(fields=["client", "channel"], name="clients_optout_by_client"),
            # the same address in another record
            # whether this person may be contacted, of a household that may
            models.Index(
                fields=["member", "channel"],
                name="clients_optout_by_member",
                condition=Q(lifted_at__isnull=True, member__isnull=False),
            ),
            models.Index(
                fields=["address", "channel"],
                name="clients_optout_by_address",
                condition=Q(lifted_at__isnull=True) & ~Q(address=""),
            ),
        ]
        triggers = triggers.notes_changes(ChangeKind.SERVICE)

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: client {self.client_id}"

    @property
    def whose(self) -> str:
        """The person that it is of, read with it; empty for the whole household."""
        if self.member_id is None:
            return ""
        if self.member_id == NOBODY:
            return str(_("somebody with this address"))
        return str(self.member or _("a person no longer of the household"))
