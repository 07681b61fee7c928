"""Where a data folder keeps its servers, and the addresses that follow from it.

Everything here is a function of the data folder's path, the account and what is on disk, so that the
settings can name the servers before anyone has started them. Standard library only, nothing is started.
"""

import contextlib
import hashlib
import os
import re
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from .account import server_account
from .errors import CannotStart

PROJECT = Path(__file__).resolve().parent.parent.parent
DATABASE = "segmentation_crm"
# A socket's whole path must stay under 104 bytes on macOS and 108 on Linux; PostgreSQL adds 13.
LONGEST_SOCKET_FOLDER = 85
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")


@dataclass(frozen=True)
class Addresses:
    """What `DATABASE_URL` and `REDIS_URL` would say for the embedded servers of a data folder."""

    database_url: str
    redis_url: str


@dataclass(frozen=True)
class Layout:
    """The folders of one installation: `data` is what the person named, `servers` where the servers write."""

    data: Path
    servers: Path
    sockets: Path

    @property
    def postgres(self) -> Path:
        return self.servers / "postgres"

    @property
    def valkey(self) -> Path:
        return self.servers / "valkey"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def backups(self) -> Path:
        return self.data / "backups"

    @property
    def lock(self) -> Path:
        return self.data / "lock"

    @property
    def postgres_log(self) -> Path:
        return self.logs / "postgres.log"

    @property
    def valkey_log(self) -> Path:
        return self.logs / "valkey.log"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def moved(self) -> bool:
        """True where the server account cannot reach the data folder, so that the servers write elsewhere."""
        return self.servers != self.data


def data_dir() -> Path:
    """The data folder that `DATA_DIR` names, or `.data` in the project."""
    return Path(os.environ.get("DATA_DIR") or PROJECT / ".data").absolute()


def is_production() -> bool:
    """True with `DEBUG=no` (or any other spelling of no): nothing embedded is ever started then."""
    return os.environ.get("DEBUG", "yes").strip().lower() not in {"yes", "y", "true", "1", "on", "ok"}


def layout(data: Path | str) -> Layout:
    """The folders for the data folder `data`; the same answer every time for the same path and account."""
    data = Path(data).absolute()
    servers = data
    if server_account() is not None:
        note = data / "servers-are-in"
        if note.exists():
            servers = Path(note.read_text(encoding="utf-8").strip())
        elif not (data / "postgres").exists() and not open_to_all(data):
            servers = Path("/var/lib/segmentation-crm") / fingerprint(data)
    sockets = servers / "run"
    if len(os.fsencode(sockets)) > LONGEST_SOCKET_FOLDER or not PLAIN_PATH.fullmatch(str(sockets)):
        sockets = Path("/tmp") / f"segmentation-crm-{os.geteuid()}-{fingerprint(data)}"  # noqa: S108
    return Layout(data=data, servers=servers, sockets=sockets)


def addresses(data: Path | str) -> Addresses:
    """The URLs of the embedded servers of the data folder `data`, whether they are up or not."""
    where = layout(data)
    return Addresses(
        database_url=f"postgresql://{DATABASE}@/{DATABASE}?host={quote(str(where.sockets), safe='')}",
        redis_url=f"unix://{where.valkey_socket}?db=0",
    )


def broker_url(redis_url: str) -> str:
    """`redis_url` as Celery spells it: a Unix socket has another scheme there."""
    if not redis_url.startswith("unix://"):
        return redis_url
    path, _, query = redis_url.removeprefix("unix://").partition("?")
    number = next((part[3:] for part in query.split("&") if part.startswith("db=")), "0")
    return f"redis+socket://{path}?virtual_host={number}"


def fingerprint(path: Path) -> str:
    """A short name for a path, always the same."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def open_to_all(path: Path) -> bool:
    """True when any account may pass through every folder above `path` (folders yet to be made are ours)."""
    for folder in path.resolve().parents:
        try:
            mode = folder.stat().st_mode
        except FileNotFoundError:
            continue
        except OSError:
            return False
        if not mode & stat.S_IXOTH:
            return False
    return True


def make_folder(path: Path, mode: int = 0o755) -> Path:
    """`path`, made where it is missing; raises CannotStart with the reason and a way out."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=mode)
        if not os.access(path, os.W_OK | os.X_OK):
            raise PermissionError
    except OSError as error:
        raise CannotStart(
            f"The folder {path} cannot be written to ({error.strerror or 'permission denied'}): "
            "make it writable, or name another one, as in `make run DATA_DIR=/path/to/folder`."
        ) from None
    return path


def local_secret_key(data: Path | str) -> str:
    """The secret key of a local installation: made once, kept in the data folder for its owner alone."""
    file = Path(data) / "secret_key"
    with contextlib.suppress(FileNotFoundError):
        try:
            if key := file.read_text(encoding="ascii").strip():
                return key
        except PermissionError:
            raise SystemExit(
                f"{file} belongs to another account: run as that account, or name another folder in DATA_DIR."
            ) from None
    try:
        make_folder(file.parent)
        draft = file.with_name(f"secret_key.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="ascii") as out:
            out.write(secrets.token_urlsafe(50))
        # The first of several processes that start together wins; all read what it wrote.
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    except (CannotStart, OSError) as error:
        raise SystemExit(f"No place to keep the secret key: {error} (or set SECRET_KEY)") from None
    return file.read_text(encoding="ascii").strip()
