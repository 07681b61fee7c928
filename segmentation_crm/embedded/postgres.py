"""One PostgreSQL on one data folder: made once, started, found dead or alive, stopped."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from . import machine
from .account import server_account
from .binaries import postgres_programs, version_of
from .errors import CannotStart
from .paths import DATABASE, Layout
from .processes import Child, Family, Manners, is_alive, wait_until

PORT = 5432  # of the socket's name; nothing listens on the network
READY_WITHIN = 300  # seconds, a recovery after a crash included

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "100",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
}
# For servers whose data is thrown away: an operating system crash may lose everything.
THROW_AWAY = {
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "2GB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}


def start(family: Family, where: Layout, *, durable: bool = True) -> Child:
    """Starts PostgreSQL for `where`, made first where it is missing, and waits until it answers.

    With `durable` false nothing is forced to the disk: for servers that live as long as one command.
    Raises CannotStart with the end of the server's log.
    """
    programs = postgres_programs()
    _make(programs, where, durable=durable)
    _check_version(programs, where)
    _clear_way(where)
    settings = SETTINGS | (machine.database_settings(where.postgres) if durable else THROW_AWAY)
    settings["unix_socket_directories"] = str(where.sockets)
    command: list[str | Path] = [programs / "postgres", "-D", where.postgres]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    child = family.start(
        "PostgreSQL",
        command,
        log=where.postgres_log,
        env=_environment(),
        cwd=Path("/"),
        account=server_account(),
        manners=Manners(stop=signal.SIGINT if durable else signal.SIGQUIT, patience=30),
    )
    if not wait_until(lambda: child.ended() or is_ready(where, child.pid), READY_WITHIN) or child.ended():
        family.stop(child)
        raise CannotStart(
            f"PostgreSQL did not start; the end of {where.postgres_log}:\n{child.last_lines(8)}"
        )
    return child


def is_ready(where: Layout, pid: int | None = None) -> bool:
    """True when the server on this data folder accepts connections (it says so in its lock file)."""
    lines = _lock_file(where)
    return (
        len(lines) >= 8
        and lines[7].strip() == "ready"
        and (int(lines[0]) == pid if pid is not None else _is_our_postmaster(where, int(lines[0])))
    )


def _environment() -> dict[str, str]:
    """Nothing of ours (PGDATA, PGOPTIONS, languages) reaches the server."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def _make(programs: Path, where: Layout, *, durable: bool) -> None:
    """A new cluster with our database in it; made aside and renamed, so that there is never half of one."""
    if (where.postgres / "PG_VERSION").exists():
        return
    account = server_account()
    draft = where.servers / "postgres.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if account is not None:
        account.own(draft)
    locale = (
        ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if version_of(programs / "postgres") >= 17
        else ["--locale=C.UTF-8"]
    )
    options = ["--username", DATABASE, "--auth=trust", "--encoding=UTF8", *locale]
    _run([programs / "initdb", "-D", draft, *options, *([] if durable else ["--no-sync"])])
    _run(
        [
            programs / "postgres",
            "--single",
            "-D",
            draft,
            "-c",
            f"fsync={'on' if durable else 'off'}",
            "postgres",
        ],
        given=f"CREATE DATABASE {DATABASE}\n",
    )
    draft.rename(where.postgres)


def _run(command: list[str | Path], given: str = "") -> None:
    account = server_account()
    done = subprocess.run(
        command,
        input=given,
        capture_output=True,
        text=True,
        errors="replace",
        env=_environment(),
        cwd="/",
        start_new_session=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    if done.returncode:
        reason = (done.stderr or done.stdout).strip().splitlines()
        raise CannotStart(f"PostgreSQL could not be set up: {reason[-1] if reason else 'no reason given'}")


def _check_version(programs: Path, where: Layout) -> None:
    made_by = int((where.postgres / "PG_VERSION").read_text().split(".")[0])
    present = version_of(programs / "postgres")
    if made_by != present:
        raise CannotStart(
            f"{where.postgres} was made by PostgreSQL {made_by} and this installation brings {present}: "
            "see 'A new PostgreSQL' in docs/operations.md, or start afresh with another DATA_DIR."
        )


# --- What an earlier server left behind ------------------------------------------------------------


def _lock_file(where: Layout) -> list[str]:
    with contextlib.suppress(OSError):
        lines = (where.postgres / "postmaster.pid").read_text(errors="replace").splitlines()
        if lines and lines[0].strip().isdigit():
            return lines
    return []


def _is_our_postmaster(where: Layout, pid: int) -> bool:
    """True when process `pid` is a PostgreSQL of this data folder, not just any with its number."""
    if not is_alive(pid):
        return False
    if sys.platform.startswith("linux"):
        try:
            return os.path.samefile(f"/proc/{pid}/cwd", where.postgres)
        except OSError:
            return False
    answer = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)
    return "postgres" in answer.stdout and str(where.postgres) in answer.stdout


def _still_at_work(where: Layout) -> list[int]:
    """Processes whose working folder is this data folder: a server, or what a killed server left (Linux)."""
    if not sys.platform.startswith("linux"):
        lines = _lock_file(where)
        pid = int(lines[0]) if lines else 0
        return [pid] if pid and _is_our_postmaster(where, pid) else []
    found = []
    target = os.path.realpath(where.postgres)
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if os.readlink(f"/proc/{entry.name}/cwd") == target:
                    found.append(int(entry.name))
    return found


def _clear_way(where: Layout) -> None:
    """Waits for, then ends, a server that an ended launcher left; removes lock files of ended processes.

    Only the owner of the data folder's lock gets here, so no living launcher relies on that server.
    """
    # A launcher killed a moment ago: its server is being stopped in an orderly way right now.
    for number, seconds in ((0, 15), (signal.SIGINT, 20), (signal.SIGKILL, 10)):
        pids = _still_at_work(where)
        if not pids:
            break
        for pid in pids:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        wait_until(lambda: not _still_at_work(where), seconds)
    else:
        if _still_at_work(where):
            raise CannotStart(
                f"Another PostgreSQL works in {where.postgres} and could not be stopped: "
                f"end process {_still_at_work(where)[0]}, or name another DATA_DIR."
            )
    # No process works in the folder, so a number in these files is a dead process's or a stranger's.
    (where.postgres / "postmaster.pid").unlink(missing_ok=True)
    for left in where.sockets.glob(f".s.PGSQL.{PORT}*"):
        left.unlink(missing_ok=True)
