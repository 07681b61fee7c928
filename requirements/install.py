"""Makes `.venv` with everything of requirements/dev.txt in it; in no time when nothing changed.

Run by whatever Python the system has, so it uses the standard library only and old syntax.
"""

import fcntl
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


def usable():
    """True when `.venv` is of this place and Python and can take packages: it need not be made anew."""
    probe = "import sys, pip; print(sys.prefix, sys.version_info[:2])"
    if shutil.which("uv"):
        probe = probe.replace(", pip", "")
    try:
        told = subprocess.check_output([PYTHON, "-c", probe], stderr=subprocess.DEVNULL, text=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return told.strip() == f"{VENV} {tuple(sys.version_info[:2])}"


def make_venv():
    """The command that makes the virtual environment; removes a broken or moved one first."""
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
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "-qq"]
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
    # Of two that start together, the second waits and then finds everything done.
    with open(os.path.join(PROJECT, ".install-lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not installed():
            install()


def install():
    """Makes or completes the environment and stamps it; others that use it meanwhile keep their packages."""
    sys.stderr.write("Installing into .venv (once; some seconds)\n")
    sys.stderr.flush()
    # A virtual environment of this project that was active must not decide where things go.
    os.environ.pop("VIRTUAL_ENV", None)
    if not usable():
        run(make_venv())
    run(install_requirements())
    with open(STAMP, "w") as file:
        file.write(wanted())


def run(command):
    status = subprocess.call(command, cwd=PROJECT)
    if status:
        sys.exit(
            f"The installation failed (status {status}); the reason is above. "
            "Run the same command again when it is solved."
        )


if __name__ == "__main__":
    main()
