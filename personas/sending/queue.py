"""The queue of messages: claimed one by one, each at most once, with what becomes of it.

A message is stored as `sending`, and that is committed, before the mail server is spoken to. Whoever is
killed in between leaves it so; after a while it counts as `unclear` and a person decides: it is never sent
again by itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.firm import firm_today
from clients.models import User
from personas.models import Message, MessageState, ScriptUse
from personas.scripts import matching, recipients
from personas.sending.addresses import STILL_OPEN, taken
from personas.sending.readiness import sending_settings

MAX_ATTEMPTS = 5
FIRST_WAIT = dt.timedelta(minutes=5)  # then 20 minutes, 80, a little over 5 hours
LOST_AFTER = dt.timedelta(minutes=15)  # longer than any mail server lets us wait
_OPEN = f"""
    SELECT 1 FROM personas_message message JOIN clients_client c ON c.id = message.client_id
    WHERE message.id = %s AND c.status = 'active' AND {STILL_OPEN} AND {taken("message.recipient")}
"""  # noqa: S608
_CLAIMING = 7_262_031  # any number; who claims takes turns, so that the rate holds

StillWanted = Callable[[Message], bool]


class MessageRefused(Exception):
    """It cannot be done; the text says why."""


def claim(*, still_wanted: StillWanted, now: dt.datetime | None = None) -> Message | None:
    """The next message that is due, stored as being sent; None where none is, or the rate is used up.

    What must not go any more is taken out on the way: its task is closed, its address is shut or gone, its
    script expired or the client no longer meets its conditions. What no one tried to send yet is forgotten
    (it is made anew when it is due and allowed); what was tried is shown as failed.
    """
    now = now or timezone.now()
    while True:
        with transaction.atomic():
            _take_turn()
            if not _room_in_this_minute(now):
                return None
            message = _next(now)
            if message is None:
                return None
            if _may_go(message, now) and still_wanted(message):
                _hold(message, now)
                return message
            _take_out(message)


def _take_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CLAIMING])


def _room_in_this_minute(now: dt.datetime) -> bool:
    rate = sending_settings().rate_per_minute
    return Message.objects.filter(claimed_at__gt=now - dt.timedelta(minutes=1)).count() < rate


def _next(now: dt.datetime) -> Message | None:
    waiting = Message.objects.filter(state=MessageState.QUEUED, next_try_at__lte=now)
    locked = waiting.select_related("version__script").order_by("next_try_at", "id")
    return locked.select_for_update(of=("self",), skip_locked=True).first()


def _may_go(message: Message, now: dt.datetime) -> bool:
    """Whether the client may still get it, by the database as it is now."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [message.pk])
        if cursor.fetchone() is None:
            return False
    if message.version is None:  # which script it was is no longer known: nobody can say whether it may go
        return False
    if not matching.fits(version_id=message.version.pk, client_id=message.client_id, today=firm_today()):
        return False
    return message.client_id in recipients.admit(
        version=message.version, clients=[message.client_id], now=now
    )


def _hold(message: Message, now: dt.datetime) -> None:
    """From here on it may have reached somebody: it counts as a use of its script."""
    message.state, message.claimed_at, message.error = MessageState.SENDING, now, ""
    message.attempts += 1
    message.save(update_fields=["state", "claimed_at", "error", "attempts"])
    assert message.version is not None  # noqa: S101
    ScriptUse.objects.create(
        script_id=message.version.script_id,
        version_id=message.version_id,
        client_id=message.client_id,
        channel="email",
        service_task=message.service_task,
        text=message.text,
        used_at=now,
    )


def _take_out(message: Message) -> None:
    if message.attempts == 0 and message.bulk_id is None:
        message.delete()
        return
    message.state = MessageState.FAILED
    message.error = _("It may no longer be sent: the address, the script or the task changed.")
    message.save(update_fields=["state", "error"])


# --- What became of it ----------------------------------------------------------------------------------


def mark_sent(*, message: Message, now: dt.datetime | None = None) -> None:
    """The server took it. Also where it was found unclear meanwhile: whoever handed it over knows.

    Where its address was refused before, it no longer is.
    """
    try_address(client=message.client_id, address=message.recipient)
    Message.objects.filter(pk=message.pk, state__in=[MessageState.SENDING, MessageState.UNCLEAR]).update(
        state=MessageState.SENT, sent_at=now or timezone.now(), error=""
    )


def try_address(*, client: int, address: str) -> int:
    """Lets e-mails go to an address again that the mail server had refused; how many it was refused for."""
    refused = Message.objects.filter(client=client, refused=True, recipient__iexact=address)
    return refused.update(refused=False)


def mark_refused(
    *, message: Message, error: str, for_good: bool, nobody: bool = False, now: dt.datetime | None = None
) -> bool:
    """The server said no: tried again later, or failed. Returns whether it failed. `nobody`: it said for good
    that there is no such address, to which nothing more is sent then."""
    now = now or timezone.now()
    failed = for_good or message.attempts >= MAX_ATTEMPTS
    wait = FIRST_WAIT * 4 ** (message.attempts - 1)
    Message.objects.filter(pk=message.pk, state=MessageState.SENDING).update(
        state=MessageState.FAILED if failed else MessageState.QUEUED,
        error=error,
        next_try_at=now + wait,
        refused=nobody,
    )
    return failed


def mark_unclear(*, message: Message, error: str) -> None:
    """Nobody knows whether the server took it."""
    Message.objects.filter(pk=message.pk, state=MessageState.SENDING).update(
        state=MessageState.UNCLEAR, error=error
    )


def find_lost(*, now: dt.datetime | None = None) -> int:
    """Messages whose sender was killed before it could say how it went are unclear; returns how many."""
    limit = (now or timezone.now()) - LOST_AFTER
    return Message.objects.filter(state=MessageState.SENDING, claimed_at__lt=limit).update(
        state=MessageState.UNCLEAR, error=_("The program ended while it was being sent.")
    )


# --- What a person decides -------------------------------------------------------------------------------

SEND_AGAIN, WAS_SENT, GIVE_UP, WRITE_ANEW = "again", "sent", "stop", "anew"


@transaction.atomic
def decide(*, message: Message, what: str, by: User) -> None:
    """What a person decides about a message that failed or is unclear.

    `again`: it is tried once more. `sent`: it did arrive (unclear alone). `stop`: it stays unsent, and its
    task is left to people. `anew`: it is forgotten, and made anew with the next sweep (failed alone). Raises
    MessageRefused where it stands otherwise by now.
    """
    message = Message.objects.select_for_update().get(pk=message.pk)
    allowed = {
        MessageState.FAILED: (SEND_AGAIN, GIVE_UP, WRITE_ANEW),
        MessageState.UNCLEAR: (SEND_AGAIN, WAS_SENT, GIVE_UP),
    }
    if what not in allowed.get(MessageState(message.state), ()):
        raise MessageRefused(_("This message stands otherwise by now. Look at it again."))
    if what == WRITE_ANEW and message.bulk_id is None:
        message.delete()
        return
    now = timezone.now()
    if what == SEND_AGAIN:
        try_address(client=message.client_id, address=message.recipient)
        message.refused = False
    if what in (SEND_AGAIN, WRITE_ANEW):
        message.state, message.attempts, message.next_try_at = MessageState.QUEUED, 0, now
    elif what == WAS_SENT:
        message.state, message.sent_at = MessageState.SENT, message.claimed_at
    else:
        message.state = MessageState.CANCELLED
    message.decided_by, message.decided_at = by, now
    message.save(
        update_fields=["state", "attempts", "next_try_at", "sent_at", "refused", "decided_by", "decided_at"]
    )
