"""`make bench`: measures the product and its floors at 10,000 and 100,000 clients, or at N.

`N=1000000` (or several, with commas) names other sizes, `ONLY=list` the workloads whose name begins so,
`SAMPLES` how many (five, three at a million), and `OUT=file` where the JSON goes.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.environment import set_up

SIZES = "10000,100000"
SEED = 1
RESULTS = Path(__file__).parent / "results" / "latest.json"


def main() -> None:
    # Also where it was started in the background, whose interrupts the shell switches off.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sizes = [int(size) for size in os.environ.get("N", SIZES).split(",")]
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        set_up(Path(folder))
        every: list = []
        try:
            for measured in measure_sizes(
                sizes,
                Path(folder),
                only=os.environ.get("ONLY", ""),
                samples=int(os.environ.get("SAMPLES", "0")),
            ):
                every.append(measured)
                say(f"  {measured.in_words}")
        except KeyboardInterrupt:
            say("stopped: what was measured until here")
    from benchmarks.report import lines, save, table

    written = lines(every)
    print(table(written))
    out = Path(os.environ.get("OUT") or RESULTS)
    save(written, out)
    print(f"\n{sum(bool(line.missed) for line in written)} lines miss a goal. As JSON: {out}")


def measure_sizes(sizes: Iterable[int], folder: Path, *, only: str = "", samples: int = 0) -> Iterator:
    """The measurements of all workloads at each size, one by one."""
    from benchmarks import databases

    with databases.migrated():
        for clients in sizes:
            with databases.fresh(str(clients)) as address:
                yield from _measured(clients, address, folder, only, samples or (3 if clients >= 1e6 else 5))


def _measured(clients: int, address: str, folder: Path, only: str, samples: int) -> Iterator:
    from benchmarks import firm
    from benchmarks.measure import measure
    from benchmarks.workloads import crowd, engine, facts, pages, studio
    from clients.firm import firm_today

    say(f"{clients:,} clients: building the firm")
    as_of = firm_today()
    firm.build(clients=clients, seed=SEED, as_of=as_of)
    for stage in (engine.workloads(as_of), facts.workloads(folder), pages.workloads(), studio.workloads()):
        for workload in stage:
            if not workload.name.startswith(only):
                continue
            say(f"{clients:,} clients: {workload.name}")
            try:
                yield measure(workload, clients=clients, samples=samples, address=address)
            except LookupError as error:
                yield pages.unreachable(workload, clients, error)
    if crowd.NAME.startswith(only):
        say(f"{clients:,} clients: {crowd.NAME}")
        yield crowd.measured(clients, address)


def say(message: str) -> None:
    """Progress, beside the table."""
    print(f"{time.strftime('%H:%M:%S')} {message}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
