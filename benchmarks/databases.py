"""A database of its own for each firm: copied from one that was migrated once, dropped when measured."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

# Two benchmarks on one server do not meet.
MIGRATED = f"benchmark_{os.getpid()}"


def _administer(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


def _switch_to(name: str) -> None:
    connections.close_all()
    connection.settings_dict["NAME"] = name


@contextmanager
def migrated() -> Iterator[None]:
    """Makes the database that the others are copies of. `MIGRATED_DATABASE` in the environment: itself a copy
    of that one, which has the tables already."""
    before = connection.settings_dict["NAME"]
    _administer(f"DROP DATABASE IF EXISTS {MIGRATED} WITH (FORCE)")
    template = os.environ.get("MIGRATED_DATABASE", "template1")
    _administer(f"CREATE DATABASE {MIGRATED} TEMPLATE {template}")
    try:
        _switch_to(MIGRATED)
        call_command("migrate", verbosity=0)
        yield
    finally:
        _switch_to(before)
        _administer(f"DROP DATABASE IF EXISTS {MIGRATED} WITH (FORCE)")


@contextmanager
def fresh(name: str) -> Iterator[str]:
    """Uses an empty copy called `name` until the block ends; gives its address for other processes."""
    name = f"{MIGRATED}_{name}"
    _switch_to(MIGRATED)
    _administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    connections.close_all()
    _administer(f"CREATE DATABASE {name} TEMPLATE {MIGRATED}")
    try:
        _switch_to(name)
        yield address(name)
    finally:
        _switch_to(MIGRATED)
        _administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def address(name: str) -> str:
    """The DATABASE_URL of the database `name` on the server in use."""
    return urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}").geturl()
