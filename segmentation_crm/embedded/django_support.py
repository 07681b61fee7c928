"""What `manage.py` does first where nobody else provides the servers; Django is started late, if at all."""

import os
from collections.abc import Sequence
from contextlib import ExitStack

from .console import notice
from .paths import data_dir
from .servers import Need, available


def bring_up(stack: ExitStack, arguments: Sequence[str]) -> None:
    """Servers of the data folder for the rest of `stack`, with a migrated database."""
    need = Need.from_environment()
    at = stack.enter_context(available(data_dir(), purpose=f"`manage.py {arguments[0]}`", need=need))
    # What this process starts itself (a reloading development server) finds them by name.
    if need.postgres:
        os.environ["DATABASE_URL"] = at.database_url
    if need.valkey:
        os.environ["REDIS_URL"] = at.redis_url
    if arguments[0] not in {"migrate", "makemigrations"} and _is_new():
        notice("The database is new: migrating it first.")
        _migrate()


def _is_new() -> bool:
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT to_regclass('django_migrations') IS NULL").fetchone()
    return bool(row and row[0])


def _migrate() -> None:
    import sys

    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, stdout=sys.stderr)
