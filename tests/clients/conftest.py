"""The standing actors: an advisor, a teammate, an outsider, and those who see the whole firm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from clients.models import Client, ServiceRole, TeamMember, User
from tests.factories import ClientFactory, UserFactory


@pytest.fixture
def advisor(db: Any) -> User:
    return UserFactory(groups=["advisor"])


@pytest.fixture
def teammate(db: Any) -> User:
    return UserFactory(groups=["advisor"])


@pytest.fixture
def outsider(db: Any) -> User:
    return UserFactory(groups=["advisor"])


@pytest.fixture
def operations(db: Any) -> User:
    return UserFactory(groups=["operations"])


@pytest.fixture
def administrator(db: Any) -> User:
    return UserFactory(groups=["administrator"])


@pytest.fixture
def okafor(advisor: User, teammate: User) -> Client:
    """A client that `advisor` leads and `teammate` is associate for."""
    client = ClientFactory(name="Okafor household", lead=advisor)
    TeamMember.objects.create(client=client, role=ServiceRole.objects.get(code="associate"), user=teammate)
    return client


@pytest.fixture
def signed_in() -> Callable[[User], Browser]:
    """A browser in which the person is signed in."""

    def sign_in(user: User) -> Browser:
        browser = Browser()
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return sign_in
