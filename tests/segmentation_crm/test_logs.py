"""Log lines name objects by id: what could hold a person or an amount does not get out."""

import datetime as dt
import json
import os
import runpy
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from gunicorn.config import Config

from segmentation_crm.logs import without_secret

IN_PRODUCTION = """
import logging.config, structlog
from segmentation_crm.logs import logging_config
logging.config.dictConfig(logging_config(json=True))
"""


@pytest.fixture
def lines(run_module):
    """What production writes while `code` runs, line by line."""

    def run(code: str) -> list[dict]:
        said = run_module("-c", IN_PRODUCTION + code, env=dict(os.environ))
        assert said.returncode == 0, said.stderr
        assert said.stdout == ""
        return [json.loads(line) for line in said.stderr.splitlines()]

    return run


def test_it_writes_one_json_object_a_line_on_standard_error(lines):
    ours, theirs = lines(
        "structlog.get_logger('clients').info('import finished', rows=3, batch=7)\n"
        "logging.getLogger('django.request').warning('Not Found: %s', '/nowhere')"
    )
    assert (ours["event"], ours["rows"], ours["batch"], ours["level"]) == ("import finished", 3, 7, "info")
    assert theirs["event"] == "Not Found: /nowhere"


def test_it_withholds_personal_fields_and_amounts(lines):
    (line,) = lines(
        "structlog.get_logger('clients').info('client changed', client_id=7, name='Ada Lovelace', "
        "email='ada@example.com', revenue=1200, password='secret')"
    )
    assert line["client_id"] == 7
    assert {line[field] for field in ("name", "email", "revenue", "password")} == {"[withheld]"}


@pytest.mark.parametrize("json", [True, False])
def test_a_traceback_shows_no_variables(run_module, json):
    code = IN_PRODUCTION.replace("json=True", f"json={json}") + (
        "name = 'Okafor ' + 'household'\n"
        "try: 1 / len('')\n"
        "except ZeroDivisionError: logging.getLogger('clients').exception('it failed')"
    )
    said = run_module("-c", code, env=dict(os.environ))
    assert "ZeroDivisionError" in said.stderr
    assert "Okafor household" not in said.stderr


def test_an_address_cannot_forge_a_line_of_the_log():
    settings = runpy.run_path(str(Path(__file__).parents[2] / "gunicorn.conf.py"))
    logger = settings["logger_class"](Config())
    response = SimpleNamespace(status="404 Not Found", sent=0, headers=[])
    environ = {
        "PATH_INFO": "/no\nFAKE\x1b[31m\x00",
        "REQUEST_METHOD": "GET",
        "RAW_URI": "/",
        "SERVER_PROTOCOL": "HTTP/1.1",
    }
    request = SimpleNamespace(headers=[])
    atoms = logger.atoms(response, request, environ, dt.timedelta(seconds=1))
    assert atoms["U"] == "/no%0AFAKE%1B%5B31m%00"


SECRETS = {"token", "secret", "key"}  # what a part of an address is called that opens something
SAMPLES = {
    "token": ["Qx" * 21 + "Z", f"{'0a' * 16}:{'Qx' * 20}"],
    "secret": ["Qx" * 21 + "Z"],
    "key": ["c1x9f-5f0a9bQxQx"],
    "uid": ["MTcQx"],
    "uidb36": ["1fQx"],
}


def with_a_secret(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, list[str]]]:
    """Each address with a secret in it: its name and the names of its parts."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from with_a_secret(
                pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            )
        elif isinstance(pattern, URLPattern) and SECRETS & pattern.pattern.regex.groupindex.keys():
            yield f"{namespace}{pattern.name}", list(pattern.pattern.regex.groupindex)


def address(name: str, parts: list[str]) -> tuple[str, dict[str, str]]:
    """An example of an address, with what stands in it; fails where SAMPLES has nothing that fits."""
    for values in product(*(SAMPLES[part] for part in parts)):
        given = dict(zip(parts, values, strict=True))
        try:
            return reverse(name, kwargs=given), given
        except NoReverseMatch:
            continue
    raise AssertionError(f"Add to SAMPLES what fits {name}.")


def test_no_address_that_opens_something_by_itself_is_logged_with_its_secret():
    found = dict(with_a_secret(get_resolver()))
    assert {"servicing:rating_answer", "clients:invitation", "personas:unsubscribe"} <= found.keys()
    for name, parts in found.items():
        path, given = address(name, parts)
        lines = [f"Gone: {path}", f'"GET {quote(path, safe="/")} HTTP/1.1" 200', f"Not Found: {path[:-1]}"]
        for line in lines:
            said = without_secret(line)
            assert "[withheld]" in said, line
            for value in given.values():
                assert value[:12] not in said, f"Add {name} to segmentation_crm.logs: {said}"


def test_other_addresses_are_logged_as_they_are():
    for path in ("/tasks/7/rating/link/", "/calendar/address/end/", "/accounts/password/reset/", "/goals/"):
        assert without_secret(f"Not Found: {path}") == f"Not Found: {path}"
