"""A small firm with its standing actors: the advisor of a client, a teammate, an outsider, operations."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from clients.firm import firm_today
from clients.models import User
from tests.servicing.world import World


def _person(name: str, group: str) -> User:
    user = User.objects.create_user(name, password="a long password")
    user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def world(db) -> World:
    return World()


@pytest.fixture
def people(db) -> dict[str, User]:
    return {
        "ann": _person("ann", "advisor"),
        "bob": _person("bob", "advisor"),
        "outsider": _person("outsider", "advisor"),
        "olga": _person("olga", "operations"),
        "carl": _person("carl", "compliance"),
    }


@pytest.fixture
def firm(world, people):
    """One A client of ann's, last reviewed 80 days ago, planned for today."""
    world.users.update(people)
    today = firm_today()
    client = world.client(
        tier="A", since=today - dt.timedelta(days=200), team={"lead_advisor": "ann", "associate": "bob"}
    )
    world.touch(client, "review_meeting", today - dt.timedelta(days=80))
    world.touch(client, "plan_review", today - dt.timedelta(days=80))
    world.plan(today)
    return world


@pytest.fixture
def review(firm):
    from servicing.models import ServiceTask

    return ServiceTask.objects.get(kind__code="review_meeting")


@pytest.fixture
def signed_in(client, people):
    """`signed_in("ann")` gives a test client of that person."""

    def sign_in(name: str):
        client.force_login(people[name])
        return client

    return sign_in


@pytest.fixture
def now():
    return timezone.now()
