"""One command with servers around it: temporary ones for tests, those of the data folder for the rest."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from .paths import PROJECT, Addresses, data_dir, is_production
from .servers import Need, available, temporary

# Commands of manage.py that never talk to a database.
WITHOUT_DATABASE = frozenset(
    {"help", "version", "--help", "-h", "--version", "check", "collectstatic", "findstatic", "diffsettings"}
    | {"compilemessages", "makemessages", "startapp", "startproject", "optimizemigration"}
)


def environment(at: Addresses, need: Need) -> dict[str, str]:
    """Our environment with the addresses of the servers that we provide."""
    given = dict(os.environ)
    if need.postgres:
        given["DATABASE_URL"] = at.database_url
    if need.valkey:
        given["REDIS_URL"] = at.redis_url
    return given


def run_command(command: Sequence[str], env: Mapping[str, str]) -> int:
    """Runs `command` to its end and returns its exit status; Ctrl-C is the command's to answer."""
    process = subprocess.Popen(list(command), env=dict(env))
    while True:
        try:
            status = process.wait()
            break
        except KeyboardInterrupt:
            continue  # the terminal told the command too
    return 128 - status if status < 0 else status


def with_temporary_servers(command: Sequence[str], *, durable: bool) -> int:
    """Runs `command` with empty servers of its own, at the addresses in its environment."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with temporary(durable=durable) as at:
        given = environment(at, Need())
        # What a person set for an installation of their own does not decide what is tested.
        for name in ("DEBUG", "SECRET_KEY", "ALLOWED_HOSTS"):
            given.pop(name, None)
        given["DATA_DIR"] = str(Path(tempfile.gettempdir()) / f"segmentation-crm-data-{os.getpid()}")
        try:
            return run_command(command, given)
        finally:
            shutil.rmtree(given["DATA_DIR"], ignore_errors=True)


def with_servers(command: Sequence[str]) -> int:
    """Runs `command` with the servers of the data folder up, unless the environment names others."""
    need = Need.from_environment()
    if is_production() or not need:
        return run_command(command, os.environ)
    with available(data_dir(), purpose=command[0], need=need) as at:
        return run_command(command, environment(at, need))


def needs_servers(arguments: Sequence[str]) -> bool:
    """True when `manage.py` with these arguments talks to a database that nobody else provides."""
    command = arguments[0] if arguments else "help"
    return not (
        is_production()
        or command in WITHOUT_DATABASE
        or {"--help", "-h"} & set(arguments)
        or not Need.from_environment()
    )


def manage(*arguments: str) -> list[str]:
    """The command line of `manage.py` with these arguments."""
    return [sys.executable, str(PROJECT / "manage.py"), *arguments]
