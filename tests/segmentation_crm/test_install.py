"""Where the installation cannot work, one sentence says what is missing and what to do."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from segmentation_crm.embedded import binaries
from segmentation_crm.embedded.errors import CannotStart

INSTALL = Path(__file__).resolve().parents[2] / "requirements" / "install.py"


@pytest.fixture
def fresh(tmp_path):
    """A clone in which nothing is installed yet: where its `requirements/install.py` is."""
    folder = tmp_path / "clone" / "requirements"
    folder.mkdir(parents=True)
    shutil.copy(INSTALL, folder)
    (folder / "dev.txt").write_text("")
    return folder / "install.py"


def run(script: Path, *, python: str = sys.executable, missing: str = "", **settings: str):
    """Runs it without uv, and without the module `missing`."""
    shadows = script.parents[1] / "shadows"
    shadows.mkdir(exist_ok=True)
    if missing:
        (shadows / f"{missing}.py").write_text(f"raise ImportError('No module named {missing}')\n")
    environment = {**os.environ, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(shadows), **settings}
    return subprocess.run([python, str(script)], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.skipif(shutil.which("uv", path="/usr/bin:/bin") is not None, reason="uv needs no venv module")
@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_it_says_that_the_venv_module_is_missing_and_where_to_get_it(fresh, missing):
    done = run(fresh, missing=missing)
    assert done.returncode == 1
    assert "has no `venv` module: install it" in done.stderr
    assert "apt install python3-venv" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (fresh.parents[1] / ".venv").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="everything is writable for root")
def test_it_says_that_the_folder_is_not_writable(fresh):
    folder = fresh.parents[1]
    (folder / "shadows").mkdir()
    folder.chmod(0o555)
    try:
        done = run(fresh)
    finally:
        folder.chmod(0o755)
    assert done.returncode == 1
    assert f"{folder} is not writable: make it so, or clone" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("find", "name"), [(binaries.postgres_programs, "PostgreSQL"), (binaries.valkey_program, "Valkey")]
)
def test_it_says_what_to_do_on_a_system_for_which_no_server_came_along(find, name, monkeypatch):
    monkeypatch.setattr(binaries, "_runs", lambda program: False)
    monkeypatch.setattr(binaries.platform, "machine", lambda: "sparc64")
    find.cache_clear()
    with pytest.raises(CannotStart) as said:
        find()
    assert f"No {name} for this system (" in str(said.value)
    assert "sparc64) came with the installation: install" in str(said.value)
    assert "or set DATABASE_URL and REDIS_URL" in str(said.value)
