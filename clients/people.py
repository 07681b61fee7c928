"""The firm's people: finding them, inviting them, their roles, and when they leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import structlog
from django.contrib.auth.models import Group as DjangoGroup
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _

from clients.accounts import MAIL_FAILURES
from clients.firm import firm_settings
from clients.models import User

log = structlog.get_logger(__name__)


# What an upper app knows a person to hold: phrases such as "12 clients". Registered in its `AppConfig.ready`.
_holdings: list[Callable[[User], list[str]]] = []


def register_holdings(phrases: Callable[[User], list[str]]) -> None:
    """`phrases`: of what would be without hands if the person could no longer sign in."""
    _holdings.append(phrases)


def holds(user: User) -> list[str]:
    """In phrases, what the person has in hand."""
    return [phrase for phrases in _holdings for phrase in phrases(user)]


class NotMailed(Exception):
    """The mail server did not take the invitation; everything else is stored."""


def search(text: str) -> QuerySet[User]:
    """People in whose name, username or e-mail address every word of `text` occurs."""
    people = User.objects.all()
    for word in text.replace("\x00", "").split():
        people = people.filter(
            Q(username__icontains=word)
            | Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(email__icontains=word)
        )
    return people


def called(text: str) -> User | None:
    """The active person with exactly this username or e-mail address, in any case."""
    if not text or "\x00" in text:
        return None
    exact = Q(username__iexact=text) | Q(email__iexact=text)
    return User.objects.filter(exact, is_active=True).order_by("pk").first()


def has_joined(user: User) -> bool:
    """Whether the invited person has chosen a password."""
    return user.has_usable_password()


def set_groups(*, user: User, groups: Iterable[str]) -> None:
    """Gives `user` exactly these roles."""
    user.groups.set(DjangoGroup.objects.filter(name__in=set(groups)))


@transaction.atomic
def invite(*, first_name: str, last_name: str, email: str, groups: Iterable[str], site: str) -> User:
    """Makes a person who cannot sign in yet and mails them a one-time link to choose a password.

    `site`: scheme and host that the link begins with. The mail goes when the transaction commits; raises
    NotMailed where the mail server does not take it.
    """
    user = User(username=_free_username(email), email=email, first_name=first_name, last_name=last_name)
    user.set_unusable_password()
    user.save()
    set_groups(user=user, groups=groups)
    send_invitation(user=user, site=site)
    return user


def _free_username(email: str) -> str:
    base = email.partition("@")[0].lower()[:140] or "person"
    taken = set(User.objects.filter(username__startswith=base).values_list("username", flat=True))
    number, username = 1, base
    while username in taken:
        number += 1
        username = f"{base}{number}"
    return username


def send_invitation(*, user: User, site: str) -> None:
    """Mails the one-time link. A new link makes no older one invalid; the first use makes all of them so.

    Raises NotMailed where the mail server does not take it.
    """
    path = reverse("clients:invitation", args=[urlsafe_base64_encode(force_bytes(user.pk)), _token(user)])
    context = {"person": user, "firm": firm_settings(), "link": site + path}
    text = render_to_string("clients/mail/invitation.txt", context)
    subject = _("Your sign-in for %(firm)s") % {"firm": context["firm"]}
    transaction.on_commit(lambda: _mail(subject, text, user))


def _mail(subject: str, text: str, user: User) -> None:
    try:
        send_mail(subject, text, None, [user.email])
    except MAIL_FAILURES as error:
        log.error("invitation_not_mailed", person=user.pk, error=type(error).__name__)
        raise NotMailed from error


def _token(user: User) -> str:
    return default_token_generator.make_token(user)


def invited(uid: str, token: str) -> User | None:
    """The person whom an invitation link is for; None where it was used, is too old, or was never ours."""
    try:
        user = User.objects.filter(pk=int(urlsafe_base64_decode(uid)), is_active=True).first()
    except (ValueError, OverflowError):
        return None
    if user is None or has_joined(user) or not default_token_generator.check_token(user, token):
        return None
    return user


@transaction.atomic
def update_person(*, user: User, first_name: str, last_name: str, email: str, groups: Iterable[str]) -> None:
    """Stores a person's name, address and roles."""
    user.first_name, user.last_name, user.email = first_name, last_name, email
    user.save(update_fields=["first_name", "last_name", "email"])
    set_groups(user=user, groups=groups)


def set_active(*, user: User, active: bool) -> None:
    """Takes the sign-in away or gives it back. The name stays on what they did, and on their teams."""
    user.is_active = active
    user.save(update_fields=["is_active"])
