"""Import and export of the firm's clients, on a file that holds all of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from benchmarks.floors import importing as floor
from benchmarks.measure import Goal, Workload
from clients import exporting
from clients.importing.engine import run_import
from clients.models.imports import ImportKind

IMPORT = Goal(ratio=2, growth=1.05, peak_mb=300)
EXPORT = Goal(ratio=2, growth=1.05, peak_mb=300)
CHANGE_EVERY = 20
WRITTEN = [
    "clients_client",
    "clients_clientevent",
    "clients_clientscore",
    "clients_clientsummary",
    "clients_teammember",
    "clients_teammemberevent",
    "clients_behavioraltag",
]


def workloads(folder: Path) -> Iterator[Workload]:
    """Export, then the file imported again: unchanged, with 5 % changed, and where nothing is stored yet."""
    exported, changed, new = (folder / f"{name}.csv" for name in ("exported", "changed", "new"))
    call_command("export_clients", output=str(exported), stdout=io.StringIO())
    _write_files(exported, changed, new)
    yield Workload(
        "export of clients",
        product=lambda: call_command("export_clients", output=str(folder / "out.csv"), stdout=io.StringIO()),
        floor=lambda: floor.copy_out(
            exporting.export_query() + " ORDER BY c.external_id", folder / "floor.csv"
        ),
        goal=EXPORT,
        peak_of=["export_clients", "--output", str(folder / "peak.csv")],
    )
    yield _import("import of clients, unchanged", exported, [str(exported)])
    yield _import("import of clients, 5 % changed", changed, [str(changed), "--dry-run"])
    yield _import("import of clients, new", new, [str(new), "--dry-run"])
    tidy()


def _import(name: str, path: Path, peak: list[str]) -> Workload:
    return Workload(
        name,
        product=lambda: run_import(kind=ImportKind.CLIENTS, path=path, file_name=path.name),
        floor=lambda: floor.upsert(path),
        goal=IMPORT,
        writes=True,
        before=tidy,
        peak_of=["import_clients", *peak],
    )


def _write_files(exported: Path, changed: Path, new: Path) -> None:
    """From the export: native columns alone; every twentieth with another potential; all with new numbers."""
    with exported.open(encoding="utf-8", newline="") as file:
        rows = [{name: row[name] for name in floor.COLUMNS} for row in csv.DictReader(file)]
    for path, change in ((exported, _same), (changed, _every_twentieth), (new, _new_number)):
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, floor.COLUMNS)
            writer.writeheader()
            writer.writerows(change(number, row) for number, row in enumerate(rows))


def _same(number: int, row: dict[str, str]) -> dict[str, str]:
    return row


def _every_twentieth(number: int, row: dict[str, str]) -> dict[str, str]:
    return row | {"potential_revenue": "7777.00"} if number % CHANGE_EVERY == 0 else row


def _new_number(number: int, row: dict[str, str]) -> dict[str, str]:
    return row | {"external_id": "N" + row["external_id"]}


def tidy() -> None:
    """Lets the database tidy up after rows that were taken back."""
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM {', '.join(WRITTEN)}")
