"""Handing one message to the mail server, and what its answer means."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
)
from typing import Any

import structlog
from django.core.mail import EmailMessage, get_connection

from personas.models import Message

log = structlog.get_logger(__name__)


class Answer(Enum):
    """TAKEN: the server has it. LATER: it said not now. NEVER: it said no. NOBODY: it refused the address for
    good. UNKNOWN: it said nothing, so the message may or may not have gone."""

    TAKEN = "taken"
    LATER = "later"
    NEVER = "never"
    NOBODY = "nobody"
    UNKNOWN = "unknown"


class ServerAway(Exception):
    """The server could not be reached or let nobody in: no message was handed over."""


@contextmanager
def post_office() -> Iterator[Any]:
    """An open connection to the mail server. Raises ServerAway; nothing was claimed for it yet."""
    office = get_connection()
    try:
        office.open()
    except (SMTPException, OSError) as error:
        log.warning("mail_server_away", error=type(error).__name__)
        raise ServerAway(type(error).__name__) from error
    try:
        yield office
    finally:
        try:
            office.close()
        except (SMTPException, OSError):
            log.warning("mail_server_hung_up")


def keep_open(office: Any) -> None:
    """Opens the connection again where the server closed it after a message. Raises ServerAway."""
    if getattr(getattr(office, "connection", None), "sock", office) is not None:
        return
    office.connection = None
    try:
        office.open()
    except (SMTPException, OSError) as error:
        raise ServerAway(type(error).__name__) from error


def hand_over(office: Any, message: Message) -> tuple[Answer, str]:
    """Hands the message over once; returns the answer and, where it was no, its code or kind."""
    mail = EmailMessage(
        message.subject,
        message.text,
        from_email=message.sender,
        to=[message.recipient],
        reply_to=[message.reply_to] if message.reply_to else None,
        connection=office,
        headers={
            "Message-ID": message.message_id,
            "Auto-Submitted": "auto-generated",
            # RFC 2369 and, for one click without a page, RFC 8058
            "List-Unsubscribe": f"<{message.unsubscribe_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    try:
        mail.send()
    except SMTPRecipientsRefused as error:
        code = max((code for code, _why in error.recipients.values()), default=550)
        answer, said = _refused(code)
        return (Answer.NOBODY if answer is Answer.NEVER else answer), said
    except (SMTPSenderRefused, SMTPDataError) as error:
        return _refused(error.smtp_code)
    except SMTPNotSupportedError:  # an address that this server cannot write, found before it was spoken to
        return Answer.NOBODY, "SMTPNotSupportedError"
    except (SMTPException, OSError) as error:
        # The line broke while it was being handed over: nobody knows on which side of the answer.
        return Answer.UNKNOWN, type(error).__name__
    return Answer.TAKEN, ""


def _refused(code: int) -> tuple[Answer, str]:
    return (Answer.NEVER if 500 <= code < 600 else Answer.LATER), f"SMTP {code}"
