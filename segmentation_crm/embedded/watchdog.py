"""Stops what a launcher started when the launcher is gone; run as a script, with the standard library only.

Standard input is a pipe from the launcher: `add PID SIGNAL PATIENCE`, `gone PID`, `bye`. The pipe ends
when the launcher ends, also by SIGKILL; what is then left is stopped, the youngest first.
"""

import contextlib
import os
import signal
import sys
import time


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def stop(pid: int, number: int, patience: float) -> None:
    """Asks the process to leave, then ends its group; its number is its group's, so it stays ours."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
    limit = time.monotonic() + patience
    while is_alive(pid) and time.monotonic() < limit:
        time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def main() -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    watched: dict[int, tuple[int, float]] = {}
    for line in sys.stdin:
        match line.split():
            case ["add", pid, number, patience]:
                watched[int(pid)] = (int(number), float(patience))
            case ["gone", pid]:
                watched.pop(int(pid), None)
            case ["bye"]:
                return
    for pid in reversed(list(watched)):
        stop(pid, *watched[pid])


if __name__ == "__main__":
    main()
