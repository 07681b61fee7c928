"""The account that the servers run under: PostgreSQL refuses to run as root, so root lends them `nobody`."""

import os
import pwd
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .errors import CannotStart


@dataclass(frozen=True)
class Account:
    """An account without rights of its own."""

    name: str
    uid: int
    gid: int

    def own(self, path: Path) -> None:
        """Hands `path` to this account."""
        os.chown(path, self.uid, self.gid)


@cache
def server_account() -> Account | None:
    """The account that servers are lowered to, or None where we are an ordinary user already."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise CannotStart(
            "PostgreSQL does not run as root and this system has no account `nobody`: run this as an "
            "ordinary user, or set DATABASE_URL and REDIS_URL to servers of your own."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
