"""A backup is one file of pg_dump's custom format; a restore replaces everything or nothing."""

import contextlib
import datetime as dt
import os
import subprocess
from pathlib import Path

from .binaries import postgres_programs
from .commands import manage, run_command
from .console import notice
from .errors import CannotStart
from .paths import layout, make_folder

START_AFRESH = """\
SET lock_timeout = '30s';
SET client_min_messages = warning;
DO $$
DECLARE
    folder name;
BEGIN
    FOR folder IN
        SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', folder);
    END LOOP;
END $$;
CREATE SCHEMA public;
"""
# Newer programs write this at the head of a restore, and a server of version 15 or 16 stops at it.
UNKNOWN_BEFORE_17 = b"SET transaction_timeout = 0;\n"
# Every version of the product has these.
OUR_TABLES = ("clients_client", "django_migrations")


def default_file(data: Path, prefix: str = "segmentation-crm") -> Path:
    """A new file name in the data folder's `backups`, by the hour in UTC."""
    folder = make_folder(layout(data).backups, mode=0o700)
    return folder / f"{prefix}-{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}.dump"


def backup(database_url: str, file: Path) -> Path:
    """Writes the whole database to `file`, readable by its owner alone; raises CannotStart."""
    draft = file.with_name(f"{file.name}.part")
    try:
        file.absolute().parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        _run(["pg_dump", "--format=custom", "--no-owner", f"--file={draft}", database_url], "The backup")
        draft.replace(file)
    except OSError as error:
        raise CannotStart(f"{file} cannot be written ({error.strerror}): name another FILE.") from None
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
    return file


def restore(database_url: str, file: Path) -> None:
    """Replaces the database by what `file` holds, in one transaction: on any error nothing has changed."""
    _check(file)
    programs = postgres_programs()
    dump = subprocess.Popen(
        [programs / "pg_restore", "--no-owner", "--no-privileges", "--file=-", file],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert dump.stdout is not None  # noqa: S101
    assert dump.stderr is not None  # noqa: S101
    target = subprocess.Popen(
        [
            programs / "psql",
            "--no-psqlrc",
            "--quiet",
            "--set=ON_ERROR_STOP=1",
            "--output=/dev/null",
            database_url,
        ],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert target.stdin is not None  # noqa: S101
    assert target.stderr is not None  # noqa: S101
    try:
        # The transaction is ours and not psql's: it is committed only after a dump that was read to its end.
        target.stdin.write(b"BEGIN;\n" + START_AFRESH.encode())
        start = dump.stdout.read(1 << 16)
        target.stdin.write(start.replace(UNKNOWN_BEFORE_17, b"", 1))
        while piece := dump.stdout.read(1 << 20):
            target.stdin.write(piece)
        read_well = dump.wait() == 0
        target.stdin.write(b"COMMIT;\n" if read_well else b"ROLLBACK;\n")
        target.stdin.close()
    except BrokenPipeError:  # psql has ended at an error, which it has printed
        read_well = True
        dump.kill()
    reasons = target.stderr.read().decode(errors="replace").strip().splitlines()
    if not read_well:
        reasons = dump.stderr.read().decode(errors="replace").strip().splitlines()
    if target.wait() or not read_well:
        raise CannotStart(
            f"{file} was not restored and nothing has changed: {reasons[0] if reasons else 'no reason given'}"
        )


def _check(file: Path) -> None:
    """Raises CannotStart where `file` is no backup of this product that can be read."""
    if not file.is_file():
        raise CannotStart(f"There is no backup {file}: name one, as in `make restore FILE=a.dump`.")
    try:
        with file.open("rb") as start:
            is_dump = start.read(5) == b"PGDMP"
    except OSError as error:
        raise CannotStart(f"{file} cannot be read ({error.strerror}).") from None
    if not is_dump:
        raise CannotStart(f"{file} is not a backup that `make backup` wrote (pg_dump, custom format).")
    holds = _run(
        ["pg_restore", "--list", str(file)], f"Nothing was restored and nothing has changed: reading {file}"
    )
    if any(f" TABLE public {name} " not in holds for name in OUR_TABLES):
        raise CannotStart(f"{file} is the backup of another database: nothing has changed.")


def backup_command(database_url: str, data: Path, file: str) -> int:
    """`make backup`."""
    print(backup(database_url, Path(file).expanduser() if file else default_file(data)))
    return 0


def restore_command(database_url: str, data: Path, file: str) -> int:
    """`make restore`: keeps what was there as a backup, then brings the old data up to this version."""
    if not file:
        raise CannotStart("Name the backup, as in `make restore FILE=path/to/file.dump`.")
    if not Path(file).expanduser().is_file():
        raise CannotStart(f"There is no backup {file}: look in {layout(data).backups}.")
    _check(Path(file).expanduser())
    kept = backup(database_url, default_file(data, "before-restore"))
    notice(f"What is there now is kept in {kept}.")
    restore(database_url, Path(file).expanduser())
    status = run_command(manage("migrate", "--verbosity", "0"), dict(os.environ))
    notice(f"Restored from {file}." if status == 0 else "Restored, but the migrations above failed.")
    return status


def _run(command: list[str], what: str) -> str:
    program, *arguments = command
    done = subprocess.run(
        [postgres_programs() / program, *arguments], capture_output=True, text=True, errors="replace"
    )
    if done.returncode:
        reasons = done.stderr.strip().splitlines()
        raise CannotStart(f"{what} failed: {reasons[-1] if reasons else 'no reason given'}")
    return done.stdout
