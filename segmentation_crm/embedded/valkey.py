"""One Valkey (or Redis) on one data folder: it keeps what it was given, and never throws work away."""

import contextlib
import socket
from pathlib import Path

from .account import server_account
from .binaries import valkey_program
from .errors import CannotStart
from .paths import Layout
from .processes import Child, Family, Manners, wait_until

READY_WITHIN = 30  # seconds, the reading of a long append-only file included


def start(family: Family, where: Layout, *, durable: bool = True) -> Child:
    """Starts Valkey for `where` and waits until it answers; raises CannotStart with the end of its log."""
    program = valkey_program()
    folder = where.valkey
    if not folder.exists():
        folder.mkdir(mode=0o700)
        if account := server_account():
            account.own(folder)
    wait_until(lambda: not answers(where.valkey_socket), 15)  # one that is being stopped right now
    if answers(where.valkey_socket):
        raise CannotStart(
            f"Another Valkey answers on {where.valkey_socket}: stop it, or name another DATA_DIR."
        )
    where.valkey_socket.unlink(missing_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(where.valkey_socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "daemonize": "no",
        "appendonly": "yes" if durable else "no",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        # The append-only file is the record; a cut-off last command after a crash is dropped.
        "aof-load-truncated": "yes",
        "save": "",
        "databases": "16",
        # Checked by Redis 7 on kernels that it mistrusts; it concerns snapshots only.
        "stop-writes-on-bgsave-error": "no",
    }
    command: list[str | Path] = [program]
    for name, value in options.items():
        command += [f"--{name}", value]
    child = family.start(
        "Valkey",
        command,
        log=where.valkey_log,
        env={"LC_ALL": "C", "TZ": "UTC"},
        cwd=Path("/"),
        account=server_account(),
        manners=Manners(patience=10),
    )
    if not wait_until(lambda: child.ended() or answers(where.valkey_socket), READY_WITHIN) or child.ended():
        family.stop(child)
        raise CannotStart(f"Valkey did not start; the end of {where.valkey_log}:\n{child.last_lines(8)}")
    return child


def answers(path: Path) -> bool:
    """True when a server behind the socket `path` says PONG: it is up and has read its file."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
        line.settimeout(2)
        line.connect(str(path))
        line.sendall(b"PING\r\n")
        return line.recv(16).startswith(b"+PONG")
    return False
