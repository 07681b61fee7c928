"""The table that `make bench` prints, and the same as JSON."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.measure import Measurement

HEAD = ("workload", "clients", "time", "floor", "ratio", "growth", "queries", "peak", "goals")


@dataclass(frozen=True)
class Line:
    """A measurement with its growth from the size before it and the goals that it misses."""

    measured: Measurement
    growth: float | None
    missed: list[str]


def lines(measurements: Sequence[Measurement]) -> list[Line]:
    """One line a measurement, in their order."""
    return [_line(measured, measurements) for measured in measurements]


def growth(small: Measurement, large: Measurement) -> float | None:
    """The exponent g in cost ~ N^g between two sizes; None where one has no time."""
    if not (small.seconds and large.seconds):
        return None
    return math.log(large.seconds / small.seconds) / math.log(large.clients / small.clients)


def _line(measured: Measurement, every: Sequence[Measurement]) -> Line:
    same = [m for m in every if m.workload == measured.workload and m.clients < measured.clients]
    exponent = growth(max(same, key=lambda m: m.clients), measured) if same else None
    goal, missed = measured.goal, []
    if measured.problem:
        missed.append(measured.problem)
    if goal.ratio and measured.ratio and measured.ratio > goal.ratio:
        missed.append(f"ratio over {goal.ratio:g}")
    if goal.growth and exponent and exponent > goal.growth:
        missed.append(f"growth over {goal.growth:g}")
    if goal.queries and measured.queries and measured.queries > goal.queries:
        missed.append(f"queries over {goal.queries}")
    if goal.seconds and measured.clients <= goal.up_to and (measured.seconds or 0) > goal.seconds:
        missed.append(f"over {goal.seconds:g} s")
    if goal.peak_mb and measured.peak_mb and measured.peak_mb > goal.peak_mb:
        missed.append(f"peak over {goal.peak_mb:g} MB")
    whole = next((m for m in every if m.workload == goal.of and m.clients == measured.clients), None)
    if whole and whole.seconds and measured.seconds and goal.share:
        part = measured.seconds / whole.seconds
        if part > goal.share:
            missed.append(f"{part:.0%} of {goal.of}, over {goal.share:.0%}")
    return Line(measured, exponent, missed)


def table(every: Sequence[Line]) -> str:
    """The lines as text, a column as wide as its widest cell; numbers to the right."""
    rows = [HEAD] + [_cells(line) for line in every]
    wide = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    text = []
    for row in rows:
        cells = [
            cell.ljust(width) if column in (0, len(HEAD) - 1) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, wide, strict=True))
        ]
        text.append("  ".join(cells).rstrip())
    text.insert(1, "-" * max(map(len, text)))
    return "\n".join(text)


def _cells(line: Line) -> tuple[str, ...]:
    m = line.measured
    return (
        m.workload,
        f"{m.clients:,}",
        duration(m.seconds),
        duration(m.floor),
        "" if m.ratio is None else f"{m.ratio:.2f}",
        "" if line.growth is None else f"{line.growth:.2f}",
        "" if m.queries is None else str(m.queries),
        "" if m.peak_mb is None else f"{m.peak_mb:.0f} MB",
        "MISSED: " + ", ".join(line.missed) if line.missed else "met",
    )


def duration(seconds: float | None) -> str:
    """Seconds from one second on, else milliseconds."""
    if seconds is None:
        return ""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def save(every: Sequence[Line], path: Path) -> None:
    """Writes the lines as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        {**asdict(line.measured), "ratio": line.measured.ratio, "growth": line.growth, "missed": line.missed}
        for line in every
    ]
    machine = {"python": platform.python_version(), "machine": platform.machine()}
    path.write_text(json.dumps({"machine": machine, "lines": rows}, indent=1), encoding="utf-8")
