"""The first sign-ins of an installation: the demo firm's people, or one administrator."""

import secrets
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet

from clients.models import User

# The groups that a migration makes, in the order in which their sign-ins are shown.
ROLES = {
    "advisor": "advisor (today's queue, own clients)",
    "operations": "operations (all clients, imports, dashboards)",
    "compliance": "compliance (reads everything)",
    "administrator": "administrator (standards, policies, admin)",
}
ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class SignIn:
    """What a person types to come in, shown once and not kept."""

    role: str
    username: str
    password: str


def generated_password() -> str:
    """A password with 71 bits of chance in it, without letters that are mistaken for others."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(3))


def standing_demo_sign_ins() -> QuerySet[User]:
    """Demo people who can sign in: while there are any, only this machine may reach the server."""
    return User.objects.filter(is_demo=True, is_active=True).exclude(password__startswith="!")  # noqa: S106


def someone_can_sign_in() -> bool:
    """True as soon as any person has a password; the first start is over then."""
    return User.objects.filter(is_active=True).exclude(password__startswith="!").exists()  # noqa: S106


@transaction.atomic
def open_demo_sign_ins() -> list[SignIn]:
    """Gives one demo person of each role a new password, and returns them.

    Of the advisors, the one who leads the most clients: the queue that shows the most.
    """
    opened = []
    for group, role in ROLES.items():
        people = User.objects.filter(is_demo=True, is_active=True, groups__name=group)
        person = min(people, key=_fewest_clients_last, default=None)
        if person is not None:
            opened.append(_give_password(person, role))
    return opened


@transaction.atomic
def create_administrator(username: str = ADMINISTRATOR) -> SignIn:
    """The one person of a clean installation, who invites the others."""
    person = User.objects.create_user(username, is_staff=True, is_superuser=True)
    person.groups.add(Group.objects.get(name=ADMINISTRATOR))
    return _give_password(person, ROLES[ADMINISTRATOR])


@transaction.atomic
def renew_passwords() -> list[SignIn]:
    """New passwords for the demo people, or without any for the first administrator."""
    if User.objects.filter(is_demo=True).exists():
        return open_demo_sign_ins()
    person = User.objects.filter(groups__name=ADMINISTRATOR, is_active=True).order_by("pk").first()
    return [_give_password(person, ROLES[ADMINISTRATOR])] if person else [create_administrator()]


def _give_password(person: User, role: str) -> SignIn:
    password = generated_password()
    person.set_password(password)
    person.save(update_fields=["password"])
    return SignIn(role=role, username=person.get_username(), password=password)


def _fewest_clients_last(person: User) -> tuple[int, int]:
    from clients.models import TeamMember

    leads = TeamMember.objects.filter(user=person, role__code="lead_advisor").count()
    return (-leads, person.pk)
