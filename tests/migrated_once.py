"""One migrated database for all test processes: each copies it, which takes a second in place of a minute."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

PROJECT = Path(__file__).resolve().parent.parent
NAME = "MIGRATED_DATABASE"  # in the environment of every test process


def make(config: pytest.Config) -> None:
    """Where several test processes are to come: migrates the database that they will copy."""
    if os.environ.get("PYTEST_XDIST_WORKER") or not getattr(config.option, "numprocesses", None):
        return
    os.environ[NAME] = name = f"migrated_{os.getpid()}"
    with _server() as server:
        server.execute(f"CREATE DATABASE {name}")
    config.add_cleanup(_drop)
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    environment = os.environ | {"DATABASE_URL": address}
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, env=environment, cwd=PROJECT, check=True)


def copy() -> None:
    """Lets Django make the test database as a copy of it."""
    from django.db import connection

    if name := os.environ.get(NAME):
        connection.settings_dict["TEST"]["TEMPLATE"] = name


def _drop() -> None:
    with _server() as server:
        server.execute(f"DROP DATABASE IF EXISTS {os.environ.pop(NAME)} WITH (FORCE)")


@contextmanager
def _server() -> Iterator[Any]:
    """A connection beside Django's, which tests may use only where they say so."""
    import psycopg

    address = urlsplit(os.environ["DATABASE_URL"])._replace(path="/postgres").geturl()
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection
