"""Whether a client may be contacted by a channel: the one rule that whatever sends must ask.

An opt-out of the household holds for all its people; one of a person for that person. Both hold for the
address or number that they were said of, wherever it is on record. There is no way around it: no right, no
setting, no parameter. It ends only when the client says so, and that is recorded (`lift`).
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, transaction
from django.db.models import CharField, F
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import ChannelOptOut, Client, ContactChannel, Member, User
from clients.models.permission_channels import NOBODY
from clients.prepared import prepared

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

# What the channels of tasks and the kinds of touches are; the others (a meeting, a video call) reach nobody
# who did not agree to them.
_CHANNELS = {
    "email": ContactChannel.EMAIL,
    "automated_email": ContactChannel.EMAIL,
    "digital": ContactChannel.EMAIL,
    "digital_check_in": ContactChannel.EMAIL,
    "phone": ContactChannel.PHONE,
    "call": ContactChannel.PHONE,
    "voicemail": ContactChannel.PHONE,
    "text": ContactChannel.SMS,
    "sms": ContactChannel.SMS,
    "post": ContactChannel.POST,
    "letter": ContactChannel.POST,
}
_NOT_BY = {
    ContactChannel.EMAIL: gettext_lazy("no e-mail"),
    ContactChannel.SMS: gettext_lazy("no text messages"),
    ContactChannel.PHONE: gettext_lazy("no phone"),
    ContactChannel.POST: gettext_lazy("no post"),
}
_DIGITS = 10  # by so many last digits two numbers are the same one, however they are written


def channel_of(word: str) -> ContactChannel | None:
    """The contact channel of a task's channel or a touch's kind; None where it needs no leave."""
    return _CHANNELS.get(word)


# --- The rule ----------------------------------------------------------------------------------------


def may_contact_sql(channel: str, client: str = "clients_client", *, member: str = "") -> str:
    """The condition as SQL, for a row named `client` of the clients' table, or `member` of that of members.

    Raises ValueError for a channel that does not exist: the text goes into a statement.
    """
    channel = ContactChannel(channel).value
    person = member or client
    x = f"clients_channeloptout x WHERE x.lifted_at IS NULL AND x.channel = '{channel}'"
    whose = f"x.client_id = {client}.id AND x.member_id IS NULL"
    parts = [f"NOT EXISTS (SELECT FROM {x} AND {whose})"]
    if member:
        parts.append(f"NOT EXISTS (SELECT FROM {x} AND x.member_id = {member}.id)")
    if channel != ContactChannel.POST:
        said_of = f"x.address <> '' AND x.address = {_address_sql(channel, person)}"
        parts.append(f"NOT EXISTS (SELECT FROM {x} AND {said_of})")
    return f"({' AND '.join(parts)})"


def _address_sql(channel: str, person: str) -> str:
    if channel == ContactChannel.EMAIL:
        return f"lower(btrim({person}.email))"
    return f"right(regexp_replace({person}.phone, '[^0-9]', '', 'g'), {_DIGITS})"


def address_of(person: Client | Member, channel: str) -> str:
    """The address that an opt-out of `person` is said of, written so that the same ones are equal."""
    if channel == ContactChannel.EMAIL:
        return person.email.strip().lower()
    if channel == ContactChannel.POST:
        return ""
    return re.sub(r"[^0-9]", "", person.phone)[-_DIGITS:]


def closed_sql(channel: str, client: str) -> str:
    """The contact channel that is closed for a task, as SQL; NULL where it may be used.

    `channel`: an expression for the task's channel; `client`: the row of its client.
    """
    cases = "".join(
        f" WHEN {channel} = '{word}' THEN CASE WHEN NOT {may_contact_sql(contact, client)} "
        f"THEN '{contact.value}' END"
        for word, contact in _CHANNELS.items()
        if word in ("email", "digital", "phone")
    )
    return f"CASE{cases} END"


def not_by(channel: str | None) -> str:
    """How a closed channel is said beside a task; empty for none."""
    return str(_NOT_BY[ContactChannel(channel)]) if channel else ""


def may_contact(client: Client | int, channel: str, *, member: Member | int | None = None) -> bool:
    """Whether the firm may reach `client` (or that person of its household) by `channel` now.

    Asks the database, so that an opt-out recorded a moment ago holds. An unknown client may not be contacted.
    """
    ids: dict[str, Any] = {"client": getattr(client, "pk", client)}
    beside, condition = "", may_contact_sql(channel, "c")
    if member is not None:
        ids["member"] = getattr(member, "pk", member)
        beside = "JOIN clients_member m ON m.client_id = c.id AND m.id = %(member)s"
        condition = may_contact_sql(channel, "c", member="m")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM clients_client c {beside} WHERE c.id = %(client)s AND {condition}",  # noqa: S608
            ids,
        )
        return cursor.fetchone() is not None


def closed_channels(client_id: int) -> list[ContactChannel]:
    """Channels by which the client may not be contacted now, in one query."""
    parts = ", ".join(f"{may_contact_sql(channel, 'c')}" for channel in ContactChannel)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {parts} FROM clients_client c WHERE c.id = %s", [client_id])  # noqa: S608
        row = cursor.fetchone()
    return [channel for channel, open in zip(ContactChannel, row or (), strict=False) if not open]


_CLOSED = ", ".join(
    f"CASE WHEN NOT {may_contact_sql(channel)} THEN '{channel.value}' END" for channel in ContactChannel
)
CLOSED = RawSQL(f"array_remove(ARRAY[{_CLOSED}], NULL)", [], output_field=ArrayField(CharField()))  # noqa: S611


def closed_for_members(client_id: int) -> dict[int, list[str]]:
    """For each person of a household what is closed for them, as it is said; in one query."""
    parts = ", ".join(may_contact_sql(channel, "c", member="m") for channel in ContactChannel)
    with prepared() as cursor:
        cursor.execute(
            f"SELECT m.id, {parts} FROM clients_member m JOIN clients_client c ON c.id = m.client_id "  # noqa: S608
            "WHERE m.client_id = %s",
            [client_id],
        )
        rows = cursor.fetchall()
    return {
        member: [not_by(channel) for channel, open in zip(ContactChannel, free, strict=True) if not open]
        for member, *free in rows
    }


# --- Recording ---------------------------------------------------------------------------------------


class OptOutRefused(Exception):
    """It cannot be recorded; the text says why."""


@transaction.atomic
def opt_out(
    *,
    client: Client,
    channels: Iterable[str],
    how: str,
    by: User | None,
    member: Member | None = None,
    since: dt.datetime | None = None,
    note: str = "",
) -> list[ChannelOptOut]:
    """Records that the client does not want `channels` any more, since the moment at which it said so.

    Of a channel that is closed already, for the same address, the earlier moment stays. Returns the opt-outs
    in force. Raises OptOutRefused where the moment has not come yet or the person is not of this household.
    """
    now = timezone.now()
    since = since or now
    if since > now:
        raise OptOutRefused(_("This moment has not come yet. Give the one at which the client said so."))
    if member is not None and member.client_id != client.pk:
        raise OptOutRefused(_("This person is not of this household."))
    held = []
    for channel in dict.fromkeys(ContactChannel(each) for each in channels):
        row, new = ChannelOptOut.objects.get_or_create(
            client=client,
            member=member,
            channel=channel,
            address=address_of(member or client, channel),
            lifted_at=None,
            defaults={
                "since": since,
                "how": how,
                "note": note,
                "recorded_by": by,
            },
        )
        if not new and since < row.since:
            row.since = since
            row.save(update_fields=["since"])
        held.append(row)
    return held


def lift(*, opt_out: ChannelOptOut, how: str, by: User, note: str = "") -> None:
    """Records that the client, or the person, wants to be reached by the channel again, at any address.
    Raises OptOutRefused where it was lifted before."""
    same = ChannelOptOut.objects.filter(
        client=opt_out.client_id, member=opt_out.member_id, channel=opt_out.channel, lifted_at=None
    )
    if opt_out.member_id == NOBODY:  # may be several people
        same = same.filter(address=opt_out.address)
    said = {"lifted_at": timezone.now(), "lifted_by": by, "lifted_how": how, "lifted_note": note}
    if not same.filter(pk=opt_out.pk).update(**said):
        raise OptOutRefused(_("This was lifted before."))
    same.update(**said)


def hold_on(member: Member) -> bool:
    """What a person who leaves the household opted out of holds on, for the address and number of now too.
    Returns whether there is anything."""
    held = list(ChannelOptOut.objects.filter(member=member, lifted_at=None).select_related("recorded_by"))
    for row in held:
        opt_out(
            client=member.client,
            member=member,
            channels=[row.channel],
            how=row.how,
            by=row.recorded_by,
            since=row.since,
            note=row.note,
        )
    return bool(held)


_ADDRESSES = " UNION ALL ".join(
    f"SELECT '{channel.value}' AS channel, {_address_sql(channel, 't')} AS address, t.{key} AS client_id "  # noqa: S608
    f"FROM {table} t WHERE NOT t.{key} = ANY(%(ids)s)"
    for channel in ContactChannel
    if channel != ContactChannel.POST
    for table, key in (("clients_client", "id"), ("clients_member", "client_id"))
)
_HAND_ON = f"""
    INSERT INTO clients_channeloptout (client_id, member_id, channel, address, since, how, note,
        recorded_by_id, recorded_at, lifted_how, lifted_note)
    SELECT DISTINCT ON (x.channel, x.address) other.client_id, {NOBODY}, x.channel, x.address, x.since, x.how,
        '', x.recorded_by_id, x.recorded_at, '', ''
    FROM clients_channeloptout x
    JOIN ({_ADDRESSES}) other ON other.channel = x.channel AND other.address = x.address
    WHERE x.client_id = ANY(%(ids)s) AND x.lifted_at IS NULL AND x.address <> ''
    ORDER BY x.channel, x.address, x.since, other.client_id
    ON CONFLICT DO NOTHING
"""  # noqa: S608


def hand_on(clients: Collection[int]) -> None:
    """What these clients opted out of holds on for addresses that other records have, when theirs go."""
    with connection.cursor() as cursor:
        cursor.execute(_HAND_ON, {"ids": list(clients)})


def opt_outs_of(client: Client) -> list[ChannelOptOut]:
    """All opt-outs of a client and its people, those in force first."""
    return list(
        ChannelOptOut.objects.filter(client=client)
        .select_related("member", "recorded_by", "lifted_by")
        .order_by(F("lifted_at").desc(nulls_first=True), "-since", "-id")
    )
