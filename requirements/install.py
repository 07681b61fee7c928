"""Makes `.venv` with everything of requirements/dev.txt in it; in no time when nothing changed.

Run by whatever Python the system has, so it uses the standard library only and old syntax.
"""

import hashlib
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.dirname(HERE)
VENV = os.path.join(PROJECT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "installed")
REQUIREMENTS = os.path.join(HERE, "dev.txt")


def wanted():
    """What the stamp says when this installation is complete: its place, Python and requirements."""
    with open(REQUIREMENTS, "rb") as file:
        content = file.read()
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return hashlib.sha256(content + VENV.encode() + version.encode()).hexdigest()


def installed():
    """True when the last installation ended well, for the same requirements, and its Python still runs."""
    try:
        with open(STAMP) as file:
            same = file.read().strip() == wanted()
        return same and subprocess.call([PYTHON, "-c", "import django"]) == 0
    except OSError:
        return False


def make_venv():
    """A fresh virtual environment; a half-made or moved one is made anew."""
    shutil.rmtree(VENV, ignore_errors=True)
    if os.path.lexists(VENV):
        sys.exit(f"{VENV} cannot be replaced: remove it, or run this as the account that it belongs to.")
    uv = shutil.which("uv")
    if uv:
        return [uv, "venv", "--quiet", "--python", sys.executable, VENV]
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        sys.exit(
            f"This Python ({sys.executable}) has no `venv` module: install it "
            "(on Debian and Ubuntu `apt install python3-venv`), or install uv."
        )
    return [sys.executable, "-m", "venv", VENV]


def install_requirements():
    """The command that puts exactly the locked packages into the environment, hashes checked."""
    uv = shutil.which("uv")
    if uv:
        return [uv, "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "-r", REQUIREMENTS]
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    return [*pip, "--require-hashes", "--only-binary", ":all:", "-r", REQUIREMENTS]


def main():
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit(
            f"Python 3.11 or newer is needed and {sys.executable} is older: "
            "install one, or name it, as in `make run PYTHON=/path/to/python3.12`."
        )
    if installed():
        return
    if not os.access(PROJECT, os.W_OK):
        sys.exit(f"{PROJECT} is not writable: make it so, or clone the project where you may write.")
    sys.stderr.write("Installing into .venv (once; some seconds)\n")
    sys.stderr.flush()
    # A virtual environment of this project that was active must not decide where things go.
    os.environ.pop("VIRTUAL_ENV", None)
    for command in (make_venv(), install_requirements()):
        status = subprocess.call(command, cwd=PROJECT)
        if status:
            sys.exit(
                f"The installation failed (status {status}); the reason is above. "
                "Run the same command again when it is solved."
            )
    with open(STAMP, "w") as file:
        file.write(wanted())


if __name__ == "__main__":
    main()
