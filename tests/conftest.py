"""Servers, queue, worker and browser for every test; an app's own fixtures live in tests/<app>/conftest.py.

Tests run on a real PostgreSQL and a real Valkey. Where the environment names none, pytest starts itself again
with temporary ones around it.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import migrated_once, shipped_rows
from tests.live_worker import LiveWorker

PROJECT = Path(__file__).resolve().parent.parent
NO_BROWSER = "no Chromium was found: install it, or name it in CHROMIUM"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_FLAGS = [
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# How fast a machine draws examples says nothing about the property.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


def pytest_configure(config: pytest.Config) -> None:
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        _start_again_with_servers(config)
    _take_own_queue()
    _hash_passwords_quickly()
    migrated_once.make(config)


def _start_again_with_servers(config: pytest.Config) -> None:
    """Replaces this process by the launcher of temporary servers, which runs the same pytest once more."""
    if capture := config.pluginmanager.getplugin("capturemanager"):
        capture.stop_global_capturing()
    pytest_again = [sys.executable, "-m", "pytest", *config.invocation_params.args]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")]))
    launcher = [sys.executable, "-m", "segmentation_crm.embedded", "test", "--", *pytest_again]
    os.execv(sys.executable, launcher)  # noqa: S606


def _hash_passwords_quickly() -> None:
    """The real hash takes half a second on purpose, for each of the hundreds of people that tests make."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def _take_own_queue() -> None:
    """Gives each test process a numbered database of Valkey to itself, from 1 on."""
    from django.conf import settings

    from segmentation_crm.celery import app
    from segmentation_crm.embedded.paths import broker_url

    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw") or 0) % 15 + 1
    url = os.environ["REDIS_URL"]
    url = (
        f"{url.partition('?')[0]}?db={number}"
        if url.startswith("unix://")
        else f"{'/'.join(url.split('/')[:3])}/{number}"
    )
    settings.REDIS_URL = url
    settings.CELERY_BROKER_URL = broker_url(url)
    app.conf.broker_url = settings.CELERY_BROKER_URL


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files begin first, so that the test processes end together."""
    items.sort(key=lambda item: item.get_closest_marker("thorough") is None)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = terminalreporter.stats.get("skipped", [])
    skipped = [report for report in reports if NO_BROWSER in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(
            f"!!! {len(skipped)} BROWSER TESTS DID NOT RUN: {NO_BROWSER}. REQUIRE_BROWSER=1 makes it fail.",
            red=True,
            bold=True,
        )


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Test databases are copies of the one that was migrated before."""
    migrated_once.copy()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database, with the shipped rows remembered for tests that commit."""
    with django_db_blocker.unblock():
        shipped_rows.remember()
    shipped_rows.restore_after_each()


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Where time stands still, figures of one test were added up at the moment of those of another."""
    from servicing.remembered import forget

    forget()


@pytest.fixture(autouse=True)
def client_numbers(request: pytest.FixtureRequest) -> None:
    """Each test numbers its clients from the same number on: the phase of their services follows from it."""
    asked = {"db", "transactional_db"} & set(request.fixturenames)
    if not asked and not request.node.get_closest_marker("django_db"):
        return
    request.getfixturevalue("db")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval('clients_client_id_seq', (SELECT GREATEST(1000, MAX(id)) FROM clients_client))"
        )


@pytest.fixture
def valkey() -> Iterator[Any]:
    """A client of the real Valkey, on a database of this test process, empty."""
    import redis
    from django.conf import settings

    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
        yield client
        client.flushdb()


@pytest.fixture
def live(transactional_db: None, valkey: Any, tmp_path: Path) -> Iterator[LiveWorker]:
    """A real Celery worker on the test database and the real Valkey; it may be killed and started again."""
    with LiveWorker(tmp_path / "worker.log") as worker:
        yield worker


# --- Browser -----------------------------------------------------------------------------------------


def find_browser() -> str | None:
    """The Chromium to drive: the one that CHROMIUM names, or the first on the path."""
    names = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else BROWSERS
    return next((found for name in names if (found := shutil.which(name))), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A running Chromium; skips, or fails with REQUIRE_BROWSER=1, where there is none."""
    program = find_browser()
    if program is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(NO_BROWSER)
        pytest.skip(NO_BROWSER)
    from playwright.sync_api import sync_playwright

    # Playwright's event loop lives in this thread while its browser does; Django would refuse to query.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as driver:
            flags = [*BROWSER_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
            chromium = driver.chromium.launch(executable_path=program, args=flags)
            yield chromium
            chromium.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def page(browser: Any, live_server: Any) -> Iterator[Any]:
    """A fresh page on the live server; a script error or a breach of the security policy fails the test."""
    context = browser.new_context(base_url=live_server.url)
    context.set_default_timeout(10_000)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None,
    )
    yield page
    context.close()
    assert not problems, problems


# --- Commands ------------------------------------------------------------------------------------------


@pytest.fixture
def run_module() -> Any:
    """Runs `python -m ...` in the project with an environment of its own, and returns what it said."""

    def run(*arguments: str, env: dict[str, str], timeout: float = 60) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, *arguments],
            env=env,
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    return run
