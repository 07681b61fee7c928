"""`make run` answers what is in the way with one sentence, before it starts anything."""

import os
import socket
from pathlib import Path

import pytest

from segmentation_crm.embedded.launcher import is_loopback

PROJECT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def run(run_module, tmp_path):
    dropped = {"DATABASE_URL", "REDIS_URL", "DEBUG"}
    base = {name: value for name, value in os.environ.items() if name not in dropped}

    def start(**changes: str):
        env = base | {"PYTHONPATH": str(PROJECT), "DATA_DIR": str(tmp_path / "data"), "PORT": "0"} | changes
        return run_module("-m", "segmentation_crm.embedded", "run", env=env)

    return start


def one_sentence(said) -> str:
    assert said.returncode == 1
    assert "Traceback" not in said.stderr
    assert said.stderr.count("\n") == 1, said.stderr
    return said.stderr


def test_it_names_a_port_that_is_taken(run):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = one_sentence(run(PORT=str(port)))
    assert f"Port {port} on 127.0.0.1 is taken" in said
    assert "make run PORT=" in said


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "eighty"), ("PORT", "70000"), ("HOST", "no.such.host.invalid")]
)
def test_it_names_a_setting_that_it_does_not_understand(run, name, value):
    assert f"{name}={value}" in one_sentence(run(**{name: value}))


def test_it_names_a_folder_that_cannot_be_made(run, tmp_path):
    (tmp_path / "file").write_text("in the way")
    said = one_sentence(run(DATA_DIR=str(tmp_path / "file" / "data")))
    assert str(tmp_path / "file" / "data") in said
    assert "DATA_DIR=" in said


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("crm.example.com", False)],  # noqa: S104
)
def test_it_knows_what_only_this_machine_reaches(host, loopback):
    assert is_loopback(host) is loopback
