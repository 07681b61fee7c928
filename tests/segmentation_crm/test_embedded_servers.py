"""The servers that come along: never orphaned, never losing an acknowledged row, wherever the folder is."""

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import redis

from segmentation_crm.embedded import machine, postgres
from segmentation_crm.embedded.paths import addresses, broker_url, layout
from segmentation_crm.embedded.processes import is_alive, wait_until

PROJECT = Path(__file__).resolve().parent.parent.parent
HOLD = (
    "import sys, time; from pathlib import Path; from segmentation_crm.embedded.servers import *\n"
    "with owned(Path(sys.argv[1]), purpose='the test', need=Need()):\n"
    "    print('up', flush=True); time.sleep(600)"
)

WATCH = (
    "import sys; from pathlib import Path; from segmentation_crm.embedded import launcher\n"
    "from segmentation_crm.embedded.servers import *\n"
    "data = Path(sys.argv[1])\n"
    "with owned(data, purpose='the test', need=Need()) as (family, _):\n"
    "    print('up', flush=True); sys.exit(launcher._watch(family, launcher._servers(family, layout(data))))"
)


def as_nobody_names_servers() -> dict[str, str]:
    """The environment of a fresh clone: no server named, the project importable."""
    dropped = {"DATABASE_URL", "REDIS_URL", "DATA_DIR", "DEBUG"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return kept | {"PYTHONPATH": str(PROJECT)}


@pytest.mark.parametrize(
    ("gigabytes", "limit", "shared"),
    [(1, "max", "256MB"), (8, "max", "1024MB"), (64, "max", "4096MB"), (64, str(4 << 30), "512MB")],
)
def test_the_database_takes_a_share_of_the_memory_that_there_is(
    gigabytes, limit, shared, tmp_path, monkeypatch
):
    named = {"SC_PHYS_PAGES": gigabytes << 18, "SC_PAGE_SIZE": 4096}
    monkeypatch.setattr(machine.os, "sysconf", named.__getitem__)
    monkeypatch.setattr(machine, "LIMIT", tmp_path / "memory.max")
    machine.LIMIT.write_text(limit + "\n")
    assert machine.database_settings(tmp_path)["shared_buffers"] == shared


@pytest.mark.parametrize(("free", "ahead"), [(1, "1024MB"), (40, "2048MB"), (900, "8192MB")])
def test_the_database_writes_ahead_as_far_as_the_disk_allows(free, ahead, tmp_path, monkeypatch):
    disk = shutil.disk_usage(tmp_path)._replace(free=free << 30)
    monkeypatch.setattr(machine.shutil, "disk_usage", {tmp_path: disk}.__getitem__)
    assert machine.database_settings(tmp_path / "data" / "postgres")["max_wal_size"] == ahead


@pytest.fixture
def folder():
    """A folder that any account may pass through, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="crm-", ignore_cleanup_errors=True) as path:
        Path(path).chmod(0o755)
        yield Path(path)


@contextlib.contextmanager
def holder(data: Path, code: str = HOLD):
    """A process that owns running servers on `data`; killed at the end, should it still live."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(data)],
        env=as_nobody_names_servers(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == "up\n", process.stderr.read()
        yield process
    finally:
        process.kill()
        process.communicate()
        assert wait_until(lambda: not servers_of(data), 20)
        moved = layout(data)
        if moved.moved:
            shutil.rmtree(moved.servers, ignore_errors=True)


def servers_of(data: Path) -> list[int]:
    """Every process that works for this data folder."""
    where = layout(data)
    marks = (str(where.postgres).encode(), str(where.sockets).encode())
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                command = (entry / "cmdline").read_bytes()
                if any(mark in command for mark in marks):
                    found.append(int(entry.name))
    return found


def postmaster(data: Path) -> int:
    return int((layout(data).postgres / "postmaster.pid").read_text().split()[0])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_it_leaves_no_orphan_when_the_launcher_is_killed(folder):
    with holder(folder / "data") as process:
        assert len(servers_of(folder / "data")) >= 2
        process.kill()
        assert wait_until(lambda: not servers_of(folder / "data"), 15)


def test_it_keeps_every_acknowledged_row_when_postgres_is_killed(folder):
    data = folder / "data"
    with holder(data), psycopg.connect(addresses(data).database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (number int)")
        for number in range(200):
            connection.execute("INSERT INTO kept VALUES (%s)", [number])
        os.kill(postmaster(data), signal.SIGKILL)
    with holder(data), psycopg.connect(addresses(data).database_url) as connection:
        assert connection.execute("SELECT count(*), max(number) FROM kept").fetchone() == (200, 199)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)


def test_make_run_brings_a_server_back_that_was_killed(folder):
    data = folder / "data"
    with holder(data, WATCH) as process:
        at = addresses(data)
        with psycopg.connect(at.database_url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (number int)")
        redis.Redis.from_url(at.redis_url).set("kept", "yes")
        time.sleep(1.1)  # the queue forces to the disk every second
        first = postmaster(data)
        os.kill(first, signal.SIGKILL)
        redis.Redis.from_url(at.redis_url).shutdown(nosave=True)

        def all_is_back() -> bool:
            with (
                contextlib.suppress(psycopg.OperationalError, redis.RedisError),
                psycopg.connect(at.database_url) as connection,
            ):
                connection.execute("SELECT * FROM kept")
                return redis.Redis.from_url(at.redis_url).get("kept") == b"yes"
            return False

        assert wait_until(all_is_back, 30)
        assert postmaster(data) != first
        # Once more at once: something is wrong with it, and a person has to look.
        os.kill(postmaster(data), signal.SIGKILL)
        assert process.wait(30) == 1
        said = process.stderr.read()
    assert "PostgreSQL was started again." in said
    assert "Valkey was started again." in said
    assert "PostgreSQL ended unexpectedly (status -9)." in said
    assert said.rstrip().endswith("Stopping the rest.")


def test_it_starts_beside_the_lock_file_of_a_stranger(folder):
    data = folder / "data"
    with holder(data):
        pass
    # A process that lives, is ours, and is no PostgreSQL has the number that the file names.
    lock = layout(data).postgres / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{layout(data).postgres}\n0\n5432\n\n\n\nready\n")
    with holder(data):
        assert postmaster(data) != os.getpid()
    assert is_alive(os.getpid())


def test_it_says_in_one_sentence_who_owns_the_folder(folder):
    data = folder / "data"
    with holder(data) as process:
        second = subprocess.run(
            [sys.executable, "-m", "segmentation_crm.embedded", "run"],
            env=as_nobody_names_servers() | {"DATA_DIR": str(data), "PORT": "0"},
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert second.returncode == 1
        assert second.stderr.count("\n") == 1
        assert f"in use by the test (process {process.pid})" in second.stderr


def test_it_lends_running_servers_to_a_command(folder):
    data = folder / "data"
    ask = "import os, psycopg; print(psycopg.connect(os.environ['DATABASE_URL']).info.backend_pid)"
    with holder(data) as process:
        lent = subprocess.run(
            [sys.executable, "-m", "segmentation_crm.embedded", "with", "--", sys.executable, "-c", ask],
            env=as_nobody_names_servers() | {"DATA_DIR": str(data)},
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert lent.returncode == 0, lent.stderr
        assert lent.stdout.strip().isdigit()
        assert process.poll() is None


def test_it_works_in_a_long_folder_with_spaces(folder):
    data = folder / "a folder with spaces" / ("long" * 30) / ".data"
    with holder(data):
        at = addresses(data)
        with psycopg.connect(at.database_url) as connection:
            assert connection.execute("SELECT current_database()").fetchone() == ("segmentation_crm",)
        assert redis.Redis.from_url(at.redis_url).config_get("maxmemory-policy") == {
            "maxmemory-policy": "noeviction"
        }
        assert redis.Redis.from_url(at.redis_url).config_get("appendonly") == {"appendonly": "yes"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends an account to the servers")
def test_as_root_it_keeps_the_database_where_the_lent_account_can_reach(folder):
    hidden = folder / "only-root"
    hidden.mkdir(mode=0o700)
    data = hidden / "data"
    with holder(data):
        where = layout(data)
        assert where.moved
        assert (data / "servers-are-in").read_text().strip() == str(where.servers)
        assert stat.S_IMODE(where.postgres.stat().st_mode) == 0o700
        assert where.postgres.stat().st_uid != 0
        assert postgres.is_ready(where)


def test_two_data_folders_do_not_share_a_socket(folder):
    one, two = addresses(folder / "one"), addresses(folder / "two")
    assert one.database_url != two.database_url
    assert one.redis_url != two.redis_url
    assert one == addresses(folder / "one")
    assert broker_url(one.redis_url).startswith("redis+socket:///")
    assert broker_url("redis://host:6379/0") == "redis://host:6379/0"


def test_a_command_with_temporary_servers_passes_on_its_status_and_leaves_nothing(run_module):
    started = time.monotonic()
    said = run_module(
        "-m",
        "segmentation_crm.embedded",
        "test",
        "--",
        sys.executable,
        "-c",
        "import os; print(os.environ['DATABASE_URL'], os.environ['DATA_DIR']); raise SystemExit(7)",
        env=as_nobody_names_servers(),
    )
    assert said.returncode == 7
    sockets = parse_qs(urlsplit(said.stdout.split()[0]).query)["host"][0]
    assert not Path(sockets).parent.exists()
    assert not Path(said.stdout.split()[1]).exists()
    assert time.monotonic() - started < 20
