"""The way out of e-mails: the link in each message works without an account, and holds at once."""

from __future__ import annotations

from clients.contact import may_contact, opt_out
from clients.models import ContactChannel, HowOptedOut, Member
from personas.models import Message
from personas.sending.writing import name_of


def message_of(token: str) -> Message | None:
    """The message whose link was followed; None for a token that nobody was given."""
    name = name_of(token)
    if name is None:
        return None
    found = Message.objects.filter(message_id__startswith=f"<{name}@").select_related("client")
    return found.first()


def unsubscribe(*, message: Message) -> None:
    """Records that the address wants no e-mail any more: of the client, or of the person whose it is."""
    client = message.client
    member: Member | None = None
    if client.email.strip().lower() != message.recipient.lower():
        member = client.members.filter(email__iexact=message.recipient).order_by("pk").first()
    if may_contact(client, ContactChannel.EMAIL, member=member):
        opt_out(
            client=client,
            channels=[ContactChannel.EMAIL],
            how=HowOptedOut.LINK,
            by=None,
            member=member,
        )
