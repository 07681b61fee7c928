"""Both servers on one data folder: one process owns them, others may lean on them while they are up."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from . import postgres, valkey
from .account import server_account
from .console import notice
from .errors import CannotStart
from .paths import Addresses, Layout, addresses, layout, make_folder
from .processes import Family, wait_until

BIGGEST_LOG = 10 * 1024 * 1024  # bytes; a longer one is set aside at the next start


class InUse(CannotStart):
    """Another process owns the data folder; the sentence says which."""


@dataclass(frozen=True)
class Need:
    """Which of the two servers nobody else provides."""

    postgres: bool = True
    valkey: bool = True

    @classmethod
    def from_environment(cls) -> "Need":
        """What `DATABASE_URL` and `REDIS_URL` leave to us."""
        return cls(postgres=not os.environ.get("DATABASE_URL"), valkey=not os.environ.get("REDIS_URL"))

    def __bool__(self) -> bool:
        return self.postgres or self.valkey


class Ownership:
    """The lock on a data folder; it falls with its process, however that ends."""

    def __init__(self, where: Layout, purpose: str):
        make_folder(where.data)
        make_folder(where.logs)
        self.where = where
        self.file: IO[str] = _opened(where.lock)
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = where.lock.read_text().strip() or "another process"
            self.file.close()
            raise InUse(
                f"{where.data} is in use by {owner}: wait for it or stop it, or name another folder with "
                "DATA_DIR (and another PORT)."
            ) from None
        self.say(f"{purpose} (process {os.getpid()})")

    def say(self, text: str) -> None:
        """Writes who owns the folder, for the next one who asks."""
        self.file.seek(0)
        self.file.truncate()
        self.file.write(text)
        self.file.flush()

    def release(self) -> None:
        self.say("")
        self.file.close()


def _opened(path: Path) -> IO[str]:
    try:
        return open(path, "a+", encoding="utf-8")
    except OSError as error:
        raise CannotStart(
            f"{path} cannot be written to ({error.strerror}): it was made by another account. Run as that "
            "account, or name another folder with DATA_DIR."
        ) from None


@contextlib.contextmanager
def owned(
    data: Path, *, purpose: str, need: Need, durable: bool = True, notices: bool = True
) -> Iterator[tuple[Family, Ownership]]:
    """Runs the servers that `need` asks for on the data folder `data` until the block ends.

    Yields the family of child processes, for others to be added, and the lock. Raises InUse where
    another process owns the folder, CannotStart where something else is in the way.
    """
    where = layout(data)
    ownership = Ownership(where, purpose)
    family = Family()
    try:
        if need:
            _prepare(where, notices=notices)
        if need.postgres:
            postgres.start(family, where, durable=durable)
        if need.valkey:
            valkey.start(family, where, durable=durable)
        yield family, ownership
    finally:
        family.close()
        ownership.release()


@contextlib.contextmanager
def available(data: Path, *, purpose: str, need: Need) -> Iterator[Addresses]:
    """Servers for one command: those that are up on `data`, or new ones that end with the block.

    The last of several commands that share them turns off the light.
    """
    where = layout(data)
    make_folder(where.data)
    limit = time.monotonic() + postgres.READY_WITHIN
    with contextlib.ExitStack() as stack:
        leaning = stack.enter_context(_opened(where.data / "lock.users"))
        while True:
            try:
                stack.enter_context(owned(data, purpose=purpose, need=need))
            except InUse as in_use:
                fcntl.flock(leaning, fcntl.LOCK_SH)
                if wait_until(lambda: are_up(where, need), 1):
                    yield addresses(data)
                    return
                # Its owner is still starting, or has just ended and the folder is free for us.
                fcntl.flock(leaning, fcntl.LOCK_UN)
                if time.monotonic() > limit:
                    raise CannotStart(f"The servers of {where.data} do not answer. {in_use}") from None
            else:
                break
        try:
            yield addresses(data)
        finally:
            fcntl.flock(leaning, fcntl.LOCK_EX)


@contextlib.contextmanager
def temporary(*, durable: bool = False) -> Iterator[Addresses]:
    """Empty servers in a folder of their own, gone with the block."""
    with tempfile.TemporaryDirectory(prefix="segmentation-crm-", ignore_cleanup_errors=True) as folder:
        data = Path(folder)
        data.chmod(0o755)
        with owned(data, purpose="tests", need=Need(), durable=durable, notices=False):
            yield addresses(data)
        moved = layout(data)
        if moved.moved:
            shutil.rmtree(moved.servers, ignore_errors=True)


def are_up(where: Layout, need: Need) -> bool:
    return (not need.postgres or postgres.is_ready(where)) and (
        not need.valkey or valkey.answers(where.valkey_socket)
    )


def _prepare(where: Layout, *, notices: bool) -> None:
    """The folders that the servers write to, handed to the account that they run under."""
    account = server_account()
    make_folder(where.servers)
    if where.moved and not (where.data / "servers-are-in").exists():
        (where.data / "servers-are-in").write_text(f"{where.servers}\n", encoding="utf-8")
        if notices:
            notice(
                f"PostgreSQL does not run as root, and the account {account.name if account else ''} cannot "
                f"reach {where.data}: the database is kept in {where.servers}."
            )
    try:
        where.sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"No place for the servers' sockets: {where.sockets} ({error.strerror}).") from None
    owner = where.sockets.stat().st_uid
    if owner not in {os.geteuid(), account.uid if account else os.geteuid()}:
        raise CannotStart(f"{where.sockets} belongs to another account: remove it, or name another DATA_DIR.")
    if account is not None:
        account.own(where.sockets)
    where.sockets.chmod(0o700)
    for log in (where.postgres_log, where.valkey_log):
        if log.exists() and log.stat().st_size > BIGGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
