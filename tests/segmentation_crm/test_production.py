"""What production's own web server sends: https alone, secure cookies, a strict policy."""

import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live_worker import test_database_url as database_url

PROJECT = Path(__file__).resolve().parent.parent.parent
HOST = "crm.example.com"
THROUGH_PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
Answer = tuple[int, dict[str, str], str]


class Production:
    """The web server with production's settings, asked as its proxy asks it."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, path: str, *, host: str = HOST, headers: dict[str, str] = THROUGH_PROXY) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        line.request("GET", path, headers={"Host": host, **headers})
        answer = line.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()

    def is_up(self) -> bool:
        try:
            return self.ask("/healthz")[0] == 200
        except OSError:
            return False


@pytest.fixture
def production(transactional_db: None, tmp_path: Path) -> Iterator[Production]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    env = os.environ | {
        "DEBUG": "no",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": HOST,
        "DATABASE_URL": database_url(),
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "TRUST_PROXY": "yes",
        "DATA_DIR": str(tmp_path),
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
    }
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, env=env, cwd=PROJECT, check=True)
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py"]
    with subprocess.Popen([*gunicorn, "segmentation_crm.wsgi:application"], env=env, cwd=PROJECT) as web:
        try:
            served = Production(port)
            limit = time.monotonic() + 30
            while not served.is_up():
                assert web.poll() is None
                assert time.monotonic() < limit
                time.sleep(0.1)
            yield served
        finally:
            web.terminate()


def test_it_serves_https_alone_and_keeps_its_pages_to_itself(production):
    status, headers, _ = production.ask("/accounts/login/", headers={})
    assert (status, headers["Location"]) == (301, f"https://{HOST}/accounts/login/")

    status, headers, page = production.ask("/accounts/login/")
    assert status == 200
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert {"Secure", "SameSite=Lax"} <= set(headers["Set-Cookie"].split("; "))
    policy = dict(each.split(" ", 1) for each in headers["Content-Security-Policy"].split("; "))
    assert (policy["default-src"], policy["script-src"], policy["style-src"]) == (
        "'none'",
        "'self'",
        "'self'",
    )
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "no-store" in headers["Cache-Control"]

    style = next(part for part in page.split('"') if part.endswith(".css") and "/base." in part)
    status, headers, _ = production.ask(style)
    assert status == 200
    assert "immutable" in headers["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in headers

    status, headers, page = production.ask("/", host="evil.example")
    assert status == 400
    assert "Location" not in headers
    assert "Traceback" not in page
    assert "evil.example" not in page
