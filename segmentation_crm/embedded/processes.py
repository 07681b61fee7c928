"""Child processes that never outlive us, however we end.

Each child is its own process group, so that Ctrl-C reaches us alone and we stop them in order. Should
we be killed outright, the kernel tells each child (Linux), and the watchdog, which holds the other
end of a pipe to us, stops them one after the other (everywhere).
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .account import Account

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Manners:
    """How a kind of process is asked to leave: the signal, and the seconds before it is made to."""

    stop: signal.Signals = signal.SIGTERM
    patience: float = 10


class Child:
    """A process that we started."""

    def __init__(self, name: str, process: "subprocess.Popen[bytes]", manners: Manners, log: Path | None):
        self.name = name
        self.process = process
        self.manners = manners
        self.log = log

    @property
    def pid(self) -> int:
        return self.process.pid

    def ended(self) -> bool:
        return self.process.poll() is not None

    def ask_to_stop(self) -> None:
        if not self.ended():
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(self.manners.stop)

    def wait_or_kill(self) -> None:
        """Waits for the end, and after the patience of this kind of process ends its whole group."""
        try:
            self.process.wait(self.manners.patience)
        except subprocess.TimeoutExpired:
            kill_group(self.pid)
            self.process.wait()
        # Whatever the process started and left behind goes with it.
        kill_group(self.pid)

    def last_lines(self, count: int = 15) -> str:
        """The end of the log, for a person who asks why."""
        if self.log is None or not self.log.exists():
            return ""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-count:])


def kill_group(pid: int) -> None:
    """Ends every process of the group that `pid` leads."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def is_alive(pid: int) -> bool:
    """True when a process with this number exists, whoever owns it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def wait_until(true: Callable[[], bool], seconds: float, pause: float = 0.03) -> bool:
    """True as soon as `true()` is, False when it was not for `seconds`."""
    limit = time.monotonic() + seconds
    while not true():
        if time.monotonic() > limit:
            return False
        time.sleep(pause)
    return True


def leave_with_parent(stop: signal.Signals) -> Callable[[], None] | None:
    """What a child runs before its program: asks the kernel for `stop` when its parent ends (Linux)."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(stop), 0, 0, 0)
        if os.getppid() != parent:  # it ended in between
            os._exit(1)

    return ask


class Family:
    """The children of this process and the watchdog over them."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self._watchdog: subprocess.Popen[bytes] | None = None

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        account: Account | None = None,
        manners: Manners = Manners(),
        pass_fds: Sequence[int] = (),
    ) -> Child:
        """Starts `command`, with its output appended to `log`, under `account` where one is given."""
        self._wake_watchdog()
        output: IO[bytes] | int = subprocess.DEVNULL if log is None else open(log, "ab")  # noqa: SIM115
        try:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(env) if env is not None else None,
                cwd=cwd,
                start_new_session=True,
                preexec_fn=leave_with_parent(manners.stop),
                pass_fds=pass_fds,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )
        finally:
            if not isinstance(output, int):
                output.close()
        child = Child(name, process, manners, log)
        self.children.append(child)
        self._tell_watchdog(f"add {process.pid} {int(manners.stop)} {manners.patience}")
        return child

    def stop(self, *children: Child) -> None:
        """Asks all of `children` to stop, then waits for each."""
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.wait_or_kill()
            self._tell_watchdog(f"gone {child.pid}")
            if child in self.children:
                self.children.remove(child)

    def close(self) -> None:
        """Stops the children that still run, the youngest first, and then the watchdog."""
        for child in reversed(self.children.copy()):
            self.stop(child)
        if self._watchdog is not None and self._watchdog.stdin is not None:
            self._tell_watchdog("bye")
            with contextlib.suppress(OSError):
                self._watchdog.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._watchdog.wait(5)
            self._watchdog = None

    def _wake_watchdog(self) -> None:
        if self._watchdog is None:
            self._watchdog = subprocess.Popen(
                [sys.executable, "-I", "-S", str(Path(__file__).with_name("watchdog.py"))],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def _tell_watchdog(self, line: str) -> None:
        if self._watchdog is not None and self._watchdog.stdin is not None:
            with contextlib.suppress(OSError):
                self._watchdog.stdin.write(f"{line}\n".encode())
                self._watchdog.stdin.flush()
