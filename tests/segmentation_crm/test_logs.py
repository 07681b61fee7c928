"""Log lines name objects by id: what could hold a person or an amount does not get out."""

import datetime as dt
import json
import os
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

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
