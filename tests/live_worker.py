"""A real Celery worker as a process of its own, to be killed in mid-job where a promise depends on that."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from segmentation_crm.embedded.processes import leave_with_parent

PROJECT = Path(__file__).resolve().parent.parent


class LiveWorker:
    """`with LiveWorker(log) as worker:` runs one until the block ends."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, seconds: float = 30) -> None:
        """Starts the worker and waits until it takes messages."""
        environment = os.environ | {
            "DATABASE_URL": test_database_url(),
            "REDIS_URL": settings.REDIS_URL,
            "PYTHONPATH": str(PROJECT),
        }
        command = [sys.executable, "-m", "celery", "-A", "segmentation_crm", "worker"]
        options = ["--concurrency", "1", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
        seen = self.said().count(" ready.")
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [*command, *options],
                env=environment,
                cwd=PROJECT,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=leave_with_parent(signal.SIGKILL),
            )
        self.wait_for(lambda: self.said().count(" ready.") > seen, seconds)

    def kill(self) -> None:
        """Ends the worker and its children with SIGKILL: nothing is tidied up."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def said(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def wait_for(self, true: "object", seconds: float = 30) -> None:
        """Waits until `true()` is; fails with the end of the worker's log."""
        limit = time.monotonic() + seconds
        while not true():
            if time.monotonic() > limit:
                raise AssertionError(
                    f"It did not come about in {seconds} s. The worker said:\n{self.said()[-3000:]}"
                )
            time.sleep(0.05)

    def __enter__(self) -> "LiveWorker":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


def test_database_url() -> str:
    """DATABASE_URL with the name of this test process's own database."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


test_database_url.__test__ = False


def unacknowledged(valkey: Any) -> list[str]:
    """Names of the tasks that a worker took and has not finished; those that are for later are left out."""
    taken = [json.loads(message)[0]["headers"] for message in valkey.hvals("unacked")]
    return [headers["task"] for headers in taken if not headers["eta"]]
