"""Times a workload and its floor, alternating, and takes medians."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction

Work = Callable[[], object]
PEAK_FROM = 1000  # clients; below, a process takes what Django takes


@dataclass(frozen=True)
class Goal:
    """What is promised: at most so many times the floor, such a growth exponent, so many queries; at most so
    many seconds for up to so many clients."""

    ratio: float | None = None
    growth: float | None = None
    queries: int | None = None
    peak_mb: float | None = None
    of: str = ""  # a second workload that it may take at most `share` of
    share: float | None = None
    seconds: float | None = None
    up_to: int = 0


@dataclass
class Workload:
    """One line of the table. `repeat`: how often the work is done within one sample."""

    name: str
    product: Work
    floor: Work | None = None
    goal: Goal = Goal()
    writes: bool = False
    repeat: int = 1
    count_queries: Callable[[], int] | None = None
    peak_of: list[str] | None = None  # the command whose process memory is measured
    before: Work | None = None  # untimed, before each sample


@dataclass
class Measurement:
    """Seconds of the product and the floor; queries; peak memory in MB."""

    workload: str
    clients: int
    seconds: float | None
    floor: float | None
    goal: Goal
    queries: int | None = None
    peak_mb: float | None = None
    problem: str = ""

    @property
    def ratio(self) -> float | None:
        return self.seconds / self.floor if self.seconds and self.floor else None

    @property
    def in_words(self) -> str:
        """What was measured, for whoever watches a run of hours."""
        if self.seconds is None:
            return self.problem
        words = f"{self.seconds:.3f} s"
        return f"{words}, {self.ratio:.2f} times the floor" if self.ratio else words


def measure(workload: Workload, *, clients: int, samples: int, address: str) -> Measurement:
    """Median seconds of `samples` runs of the workload and of its floor, in turn, after one of each."""
    sides = [workload.product] + ([workload.floor] if workload.floor else [])
    taken: list[list[float]] = [[] for _ in sides]
    for sample in range(samples + 1):
        for side, work in enumerate(sides):
            if workload.before:
                workload.before()
            seconds = _timed(work, workload)
            if sample:
                taken[side].append(seconds)
    medians = [statistics.median(seconds) for seconds in taken]
    return Measurement(
        workload=workload.name,
        clients=clients,
        seconds=medians[0],
        floor=medians[1] if len(medians) > 1 else None,
        goal=workload.goal,
        queries=workload.count_queries() if workload.count_queries else None,
        peak_mb=_peak(workload.peak_of, address) if workload.peak_of and clients >= PEAK_FROM else None,
    )


def _timed(work: Work, workload: Workload) -> float:
    if workload.writes:
        return _rolled_back(work)
    start = time.perf_counter()
    for _ in range(workload.repeat):
        work()
    return (time.perf_counter() - start) / workload.repeat


def _rolled_back(work: Work) -> float:
    """Seconds of `work` with its deferred constraints checked; then everything is as before."""
    with transaction.atomic():
        start = time.perf_counter()
        work()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        seconds = time.perf_counter() - start
        transaction.set_rollback(True)
    return seconds


def _peak(command: list[str], address: str) -> float:
    """The most memory, in MB, that a process of its own takes for a command of manage.py."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.peak", *command],
        env=os.environ | {"DATABASE_URL": address},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {done.stderr.strip()[-1000:]}")
    return json.loads(done.stdout.splitlines()[-1])["peak_mb"]
