"""Making a message: the script's words, the firm's address, the way to unsubscribe."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from email.utils import formataddr

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from clients.firm import firm_settings
from clients.models import Firm
from personas.models import Message, ScriptVersion, SendingSettings
from personas.scripts.merge_fields import Filled
from personas.sending.readiness import sending_settings

_SALT = "personas.unsubscribe"


def site() -> str:
    """What links begin with: PUBLIC_URL. Where none is named nothing is sent, and a preview shows another."""
    return settings.PUBLIC_URL or "http://localhost:8000"


def token_of(name: str) -> str:
    """The signed token of a message's name; nobody can make one for another message."""
    return signing.Signer(salt=_SALT).sign(name)


def name_of(token: str) -> str | None:
    """The message's name that a token was made of; None where it was changed or made up."""
    try:
        return signing.Signer(salt=_SALT).unsign(token)
    except signing.BadSignature:
        return None


@dataclass
class Writer:
    """Writes messages of one batch: the firm and the settings are read once."""

    firm: Firm
    sending: SendingSettings

    @classmethod
    def now(cls) -> Writer:
        return cls(firm_settings(), sending_settings())

    @property
    def sender(self) -> str:
        return formataddr((self.sending.sender_name or self.firm.name, self.sending.sender_address))

    def write(
        self,
        *,
        client_id: int,
        version: ScriptVersion,
        recipient: str,
        filled: Filled,
        once: str,
        reply_to: str = "",
        service_task: int | None = None,
        step: int = 0,
        last_step: bool = True,
        bulk_id: int | None = None,
        name: str = "",
    ) -> Message:
        """A message ready to be queued, not stored. `filled` has no field without a value.

        `name`: 32 letters by which its link is known (default: drawn).
        """
        name = name or uuid.uuid4().hex
        address = site() + reverse("personas:unsubscribe", args=[token_of(name)])
        return Message(
            client_id=client_id,
            version=version,
            once=once,
            service_task=service_task,
            step=step,
            last_step=last_step,
            bulk_id=bulk_id,
            message_id=f"<{name}@{self.sending.sender_address.rpartition('@')[2]}>",
            recipient=recipient,
            sender=self.sender,
            reply_to=reply_to,
            subject=" ".join(filled.subject.split()),
            text=self._whole(filled.body, address),
            unsubscribe_url=address,
        )

    def _whole(self, body: str, address: str) -> str:
        why = _("You receive this e-mail as a client of %(firm)s. If you would rather not have such e-mails:")
        return "\n".join(
            [
                body.strip(),
                "",
                "-- ",
                self.firm.name,
                self.firm.postal_address.strip(),
                "",
                why % {"firm": self.firm.name},
                address,
                "",
            ]
        )
