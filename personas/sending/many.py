"""One e-mail to many clients: who would get it and who not, why, and its queue."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.firm import firm_today
from clients.models import User
from clients.querysets import ClientQuerySet
from clients.sent_once import take_turns
from personas.models import BulkMessage, Message, MessageState, ScriptVersion, Topic
from personas.scripts import matching, merge_fields, recipients
from personas.sending.addresses import ADDRESS, HAS_ADDRESS, IS_REFUSED
from personas.sending.readiness import obstacles
from personas.sending.writing import Writer
from personas.topics import interested, spared

MOST = 5_000  # clients of one message
BATCH = 500

_WHO = f"""
    SELECT c.id, c.status = 'active', {ADDRESS}, {HAS_ADDRESS}, {IS_REFUSED}, coalesce((
        SELECT u.email FROM clients_teammember t JOIN clients_user u ON u.id = t.user_id
        JOIN clients_servicerole r ON r.id = t.role_id AND r.code = 'lead_advisor' WHERE t.client_id = c.id
    ), '')
    FROM clients_client c WHERE c.id = ANY(%s) ORDER BY c.name, c.id
"""  # noqa: S608


class BulkRefused(Exception):
    """It cannot be sent to these clients; the text says why."""


@dataclass
class Reckoned:
    """Who would get the message, and why the others would not: numbers of clients by reason."""

    version: int
    asked: int
    going: list[tuple[int, str, merge_fields.Filled, str]] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    spared: dict[str, int] = field(default_factory=dict)  # by the label of their persona

    def leave(self, reason: str) -> None:
        self.left_out[reason] = self.left_out.get(reason, 0) + 1

    @property
    def digest(self) -> str:
        """Stands for the words and for who gets them: the same digest, the same e-mails."""
        going = sorted(f"{client} {address}" for client, address, _filled, _reply_to in self.going)
        return hashlib.sha256("\n".join([str(self.version), *going]).encode()).hexdigest()


class BulkChanged(BulkRefused):
    """It is not what the person saw. `found`: who would get it now."""

    def __init__(self, found: Reckoned) -> None:
        number = len(found.going)
        text = ngettext(
            "The list or the script changed since you looked: %(n)s client would get it now. Look again, "
            "then send it.",
            "The list or the script changed since you looked: %(n)s clients would get it now. Look again, "
            "then send it.",
            number,
        )
        super().__init__(text % {"n": number})
        self.found = found


def reckon(*, clients: ClientQuerySet, version: ScriptVersion, topic: Topic | None) -> Reckoned:
    """Looks at each of `clients` without storing anything; a fixed number of queries for each 500.

    Raises BulkRefused where they are too many.
    """
    asked = list(clients.order_by().values_list("pk", flat=True)[: MOST + 1])
    if len(asked) > MOST:
        raise BulkRefused(_("These are more than %(most)s clients. Narrow the list.") % {"most": MOST})
    found = Reckoned(version=version.pk, asked=len(asked))
    if topic is not None:
        found.spared = spared(clients, topic)
    ids = list(interested(clients, topic).order_by("name", "pk").values_list("pk", flat=True))
    room = _room(version)
    most = recipients.LIMIT - recipients.forgotten([version.script_id]).get(version.script_id, 0)
    for first in range(0, len(ids), BATCH):
        for client, address, filled, reply_to in _of(ids[first : first + BATCH], version, found):
            if client not in room and len(room) >= most and not version.is_approved_for_many:
                found.leave(_("over the limit of %(limit)s clients in 30 days") % {"limit": recipients.LIMIT})
            else:
                room.add(client)
                found.going.append((client, address, filled, reply_to))
    return found


def _room(version: ScriptVersion) -> set[int]:
    if version.is_approved_for_many:
        return set()
    return {client for _script, client in recipients.everyone_reached([version.script_id])}


def _of(
    ids: list[int], version: ScriptVersion, found: Reckoned
) -> Iterator[tuple[int, str, merge_fields.Filled, str]]:
    fits = matching.clients_that_fit(version_id=version.pk, clients=ids, today=firm_today())
    wanted = merge_fields.used_in(version.subject, version.body)
    values = merge_fields.values_of(ids, wanted=wanted)
    with connection.cursor() as cursor:
        cursor.execute(_WHO, [ids])
        rows = cursor.fetchall()
    for client, active, address, has_address, refused, reply_to in rows:
        filled = merge_fields.fill(version.subject, version.body, values[client])
        if not active:
            found.leave(_("not an active client"))
        elif address is None and refused:
            found.leave(_("the mail server refuses their address"))
        elif address is None:
            found.leave(_("want no e-mails") if has_address else _("no e-mail address"))
        elif client not in fits:
            found.leave(_("the script is for others, or permission is missing"))
        elif filled.missing:
            fields = ", ".join(each.written for each in filled.missing)
            found.leave(_("no value for %(fields)s") % {"fields": fields})
        else:
            yield client, address, filled, reply_to


@transaction.atomic
def send(
    *,
    clients: ClientQuerySet,
    version: ScriptVersion,
    topic: Topic | None,
    by: User,
    asked: str,
    key: UUID | None = None,
    seen: str = "",
) -> BulkMessage:
    """Queues the message for everyone who may get it; what was sent with the same `key` before is returned
    and not sent again. Raises BulkRefused where nobody may get it, or nothing is sent at all now, BulkChanged
    where it is not what was `seen` (its digest)."""
    if key is not None:
        take_turns(f"bulk:{key}")  # a second click waits until the first is done
        if sent := BulkMessage.objects.filter(key=key, by=by).first():
            return sent
    if reasons := obstacles():
        raise BulkRefused(" ".join(reasons))
    found = reckon(clients=clients, version=version, topic=topic)
    if not found.going:
        raise BulkRefused(_("None of these clients may get it."))
    if seen and seen != found.digest:
        raise BulkChanged(found)
    bulk = BulkMessage.objects.create(
        version=version, topic=topic, by=by, asked=asked[:2000], clients=len(found.going), key=key
    )
    writer = Writer.now()
    Message.objects.bulk_create(
        (
            writer.write(
                client_id=client,
                version=version,
                recipient=address,
                filled=filled,
                once=f"bulk:{bulk.pk}:{client}",
                reply_to=reply_to,
                bulk_id=bulk.pk,
            )
            for client, address, filled, reply_to in found.going
        ),
        batch_size=BATCH,
    )
    return bulk


def stop(*, bulk: BulkMessage, by: User) -> int:
    """Takes back what has not been handed over yet; returns how many."""
    waiting = bulk.messages.filter(state=MessageState.QUEUED)
    return waiting.update(state=MessageState.CANCELLED, decided_by=by, decided_at=timezone.now())
