"""`make run`: servers, database, web, worker and beat, all stopped by one Ctrl-C."""

import contextlib
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from types import FrameType

from . import postgres, valkey
from .commands import environment, manage
from .console import notice
from .errors import CannotStart
from .paths import PROJECT, Layout, addresses, data_dir, is_production, layout
from .processes import Child, Family, Manners, wait_until
from .servers import Need, owned

WEB_READY_WITHIN = 60  # seconds
STOP_WITHIN = 6  # seconds for web, worker and beat; what a worker held then is delivered again
STEADY_AFTER = 60  # seconds; what ends again sooner than that after it was brought back stays down
Starters = dict[str, Callable[[], Child]]  # by the name of the child
NO_DEMO = {"no", "false", "0", "off"}


class Stop(Exception):
    """Ctrl-C, or a signal with the same wish."""


def _stop(*_: int | FrameType | None) -> None:
    raise Stop


def run() -> int:
    """Runs everything until Ctrl-C (0) or until a part ends by itself (1)."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    where = layout(data_dir())
    host, port = os.environ.get("HOST") or "127.0.0.1", _port()
    need = Need(False, False) if is_production() else Need.from_environment()
    try:
        with (
            _listening(host, port) as line,
            owned(where.data, purpose=f"`make run` at {_url(line)}", need=need) as (family, _),
        ):
            try:
                env = _prepare(where, host, need)
                programs = _programs(family, where, line, env)
                _start(programs, line)
                _announce(where, line, need)
                return _watch(family, _servers(family, where) | programs)
            finally:
                # From here on every second Ctrl-C is the same wish.
                for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                    signal.signal(number, signal.SIG_IGN)
                family.stop(*(child for child in family.children if child.name in {"web", "worker", "beat"}))
    except Stop:
        notice("Stopped.")
        return 0


# --- Where it listens ------------------------------------------------------------------------------


def _port() -> int:
    given = os.environ.get("PORT") or "8000"
    if not given.isdigit() or int(given) > 65535:
        raise CannotStart(f"PORT={given} is not a port: use a number such as 8000.")
    return int(given)


def is_loopback(host: str) -> bool:
    """True when only this machine reaches `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """The web server's socket, taken before anything else starts."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        line = socket.socket(family, kind, protocol)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        line.bind(address)
        line.listen(128)  # at once: of two that start together, the second hears of it here
    except OSError as error:
        if isinstance(error, socket.gaierror):
            sentence = f"HOST={host} is not an address of this machine: use 127.0.0.1."
        elif isinstance(error, PermissionError):
            sentence = f"Port {port} needs more rights: use one above 1023, as in `make run PORT=8000`."
        else:
            sentence = (
                f"Port {port} on {host} is taken ({error.strerror}): stop what listens there, or take "
                f"another one, as in `make run PORT={port + 1 if port < 65535 else 8001}`."
            )
        raise CannotStart(sentence) from None
    with line:
        yield line


def _url(line: socket.socket) -> str:
    host, port = line.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104
        host = socket.gethostname()
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _own_names(host: str) -> list[str]:
    """The names under which other machines reach `host`, for ALLOWED_HOSTS."""
    names = {"localhost", "127.0.0.1", "[::1]", socket.gethostname(), socket.getfqdn()}
    if host not in {"0.0.0.0", "::"}:  # noqa: S104
        names.add(host)
    else:
        with contextlib.suppress(OSError):
            names |= {str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None)}
    return sorted(f"[{name}]" if ":" in name and not name.startswith("[") else name for name in names)


# --- The database ------------------------------------------------------------------------------------


def _prepare(where: Layout, host: str, need: Need) -> dict[str, str]:
    """Migrates and fills a new database; returns the environment for the rest."""
    env = environment(addresses(where.data), need) | {"DATA_DIR": str(where.data), "PYTHONUNBUFFERED": "1"}
    if not is_production() and not is_loopback(host):
        env.setdefault("ALLOWED_HOSTS", ",".join(_own_names(host)))
    _manage(env, "migrate", "--verbosity", "0")
    demo = os.environ.get("DEMO", "yes").strip().lower() not in NO_DEMO and not is_production()
    guard = [] if is_loopback(host) else ["--reachable-from-outside"]
    _manage(env, "first_start", "--demo" if demo else "--no-demo", *guard)
    return env


def _manage(env: Mapping[str, str], *arguments: str) -> None:
    status = subprocess.run(manage(*arguments), env=dict(env), stdin=subprocess.DEVNULL).returncode
    if status:
        raise CannotStart(f"`manage.py {arguments[0]}` ended with status {status}; its reason is above.")


# --- Web, worker and beat ------------------------------------------------------------------------------


def _servers(family: Family, where: Layout) -> Starters:
    """How each server is brought back."""
    return {
        "PostgreSQL": lambda: postgres.start(family, where),
        "Valkey": lambda: valkey.start(family, where),
    }


def _programs(family: Family, where: Layout, line: socket.socket, env: Mapping[str, str]) -> Starters:
    """How web, worker and beat are started, the first time and again."""
    manners = Manners(stop=signal.SIGTERM, patience=STOP_WITHIN)
    celery = [sys.executable, "-m", "celery", "-A", "segmentation_crm"]

    def start(name: str, command: list[str], fds: tuple[int, ...] = ()) -> Child:
        log = where.logs / f"{name}.log"
        with contextlib.suppress(FileNotFoundError):
            if log.stat().st_size > 10 * 1024 * 1024:
                log.replace(log.with_suffix(".log.1"))
        return family.start(name, command, log=log, env=env, cwd=PROJECT, manners=manners, pass_fds=fds)

    gunicorn = [sys.executable, "-m", "gunicorn", "--config", str(PROJECT / "gunicorn.conf.py")]
    web = [*gunicorn, "--bind", f"fd://{line.fileno()}", "segmentation_crm.wsgi:application"]
    worker = [*celery, "worker", "--loglevel", "INFO", "--concurrency", "2", "--without-gossip"]
    beat = [*celery, "beat", "--loglevel", "INFO", "--pidfile", ""]
    return {
        "web": lambda: start("web", web, fds=(line.fileno(),)),
        "worker": lambda: start("worker", worker),
        "beat": lambda: start("beat", beat),
    }


def _start(starters: Starters, line: socket.socket) -> None:
    """Starts web, worker and beat, and waits until the web server answers or one of them ends."""
    children = [start() for start in starters.values()]
    asked = f"http://{_loopback(line)}/healthz"
    wait_until(
        lambda: any(child.ended() for child in children) or _answers(asked), WEB_READY_WITHIN, pause=0.1
    )


def _loopback(line: socket.socket) -> str:
    host, port = line.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as page:  # noqa: S310 (our own address)
            return bool(page.status == 200)
    except urllib.error.HTTPError:
        return True  # it answers; what it says is for /readyz to judge
    except OSError:
        return False


def _announce(where: Layout, line: socket.socket, need: Need) -> None:
    notice("")
    notice(f"Segmentation CRM is at {_url(line)}")
    notice(f"Logs and data are in {where.data}" + (f" and {where.servers}" if where.moved else ""))
    if not need:
        notice("The database and the queue are those that DATABASE_URL and REDIS_URL name.")
    notice("Ctrl-C stops everything.")


def _watch(family: Family, starters: Starters) -> int:
    """Brings back what ended. Returns 1 as soon as something does not last, having said which and why."""
    brought_back: dict[str, float] = {}
    while True:
        for child in family.children:
            if not child.ended():
                continue
            notice(f"{child.name} ended unexpectedly (status {child.process.returncode}).")
            now = time.monotonic()
            if now - brought_back.get(child.name, -STEADY_AFTER) < STEADY_AFTER:
                notice(f"Its last lines:\n{child.last_lines()}")
                notice(f"The whole log is {child.log}. Stopping the rest.")
                return 1
            family.stop(child)
            starters[child.name]()
            brought_back[child.name] = now
            notice(f"{child.name} was started again.")
            break
        time.sleep(0.25)
