"""Mails that go out by themselves: whether they go at all, what their links begin with, and the sending.

Clients' names, what they asked for and amounts are never in them: a mail travels and stays where nobody
watches over it. Links lead to the page, behind the sign-in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from clients.accounts import MAIL_FAILURES
from clients.firm import firm_settings
from clients.models import User

log = structlog.get_logger(__name__)
_WITHOUT_A_SERVER = ("console", "dummy", "filebased")


class NotTaken(Exception):
    """The server did not take this mail; others may go."""


class ServerAway(Exception):
    """The server does not answer, or refuses everything: the rest waits for the next time."""


def is_configured() -> bool:
    """Whether mails leave this installation: a server is named, and not the log."""
    return settings.EMAIL_BACKEND.rsplit(".", 2)[-2] not in _WITHOUT_A_SERVER


def reachable() -> QuerySet[User]:
    """People to whom a mail may go: they can sign in and have an address. Demo people have invented ones and
    are written to only where a mail server is named, as somebody wants to see it."""
    people = User.objects.filter(is_active=True).exclude(email="")
    return people if is_configured() else people.filter(is_demo=False)


def site() -> str:
    """What links begin with: PUBLIC_URL; on a machine that names none, the address of `make run`."""
    return settings.PUBLIC_URL or "http://localhost:8000"


@contextmanager
def post_office() -> Iterator[Any]:
    """A connection to the mail server, opened with the first mail and kept for all of them."""
    office = get_connection()
    try:
        yield office
    finally:
        try:
            office.close()
        except MAIL_FAILURES:
            log.warning("mail_server_hung_up")


def send(office: Any, *, template: str, subject: str, to: list[str], context: dict[str, Any]) -> None:
    """Sends the text and the HTML of a template in one mail. Raises NotTaken or ServerAway."""
    context = {
        **context,
        "firm": firm_settings(),
        "site": site(),
        "settings_url": site() + reverse("clients:own_settings"),
    }
    message = EmailMultiAlternatives(
        subject,
        render_to_string(f"servicing/mail/{template}.txt", context),
        to=to,
        connection=office,
        headers={"Auto-Submitted": "auto-generated"},  # no out-of-office answers
    )
    message.attach_alternative(render_to_string(f"servicing/mail/{template}.html", context), "text/html")
    try:
        message.send()
    except (SMTPRecipientsRefused, SMTPResponseException) as error:
        log.warning("mail_not_taken", kind=template, error=type(error).__name__)
        if _about_this_mail(error):
            raise NotTaken from error
        raise ServerAway from error
    except MAIL_FAILURES as error:
        log.warning("mail_server_away", kind=template, error=type(error).__name__)
        raise ServerAway from error


def _about_this_mail(error: Exception) -> bool:
    """Not a refusal to speak at all (421), to let us in (530-538), or to be asked (the greeting)."""
    if isinstance(error, SMTPRecipientsRefused):
        return True
    code = getattr(error, "smtp_code", 0)
    return 450 <= code < 530 or 550 <= code < 560
