"""The benchmark at a tiny size: every line is measured, and the table and the JSON say the same."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.measure import Goal, Measurement
from benchmarks.report import growth, lines, save, table

PROJECT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The whole benchmark for 60 and 120 clients, in a process and databases of its own."""
    out = tmp_path_factory.mktemp("benchmark") / "result.json"
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.run"],
        env=os.environ | {"N": "60,120", "SAMPLES": "1", "OUT": str(out)},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout, json.loads(out.read_text())["lines"]


def test_it_measures_every_workload_beside_its_floor(small):
    _, found = small
    names = {line["workload"] for line in found}
    assert {
        "score_clients",
        "apply a run that moves 5 %",
        "plan_service, first time",
        "plan_service, again",
        "plan_service, 5 % changed tier",
        "import of clients, new",
        "import of clients, unchanged",
        "import of clients, 5 % changed",
        "export of clients",
        "empty signed-in page",
        "list, as it opens",
        "search, rare",
        "today queue",
        "client, overview",
        "tier dashboard",
    } <= names
    for line in found:
        assert line["problem"] == "", line
        assert line["seconds"] > 0, line
        assert line["floor"] > 0, line
    assert all(line["growth"] is not None for line in found if line["clients"] == 120)


def test_it_prints_a_line_for_each(small):
    printed, found = small
    for line in found:
        assert line["workload"] in printed
    assert "As JSON" in printed


def test_it_leaves_no_database_behind(small):
    import django.db

    with django.db.connection._nodb_cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'benchmark%'")
        assert cursor.fetchone() == (0,)


def measured(clients, seconds, **more):
    return Measurement("list", clients, seconds, 0.1, Goal(ratio=2, growth=0.5), **more)


def test_it_marks_a_goal_that_is_missed(tmp_path):
    written = lines([measured(100, 0.1), measured(10_000, 0.3, queries=3)])
    assert written[0].missed == []
    assert written[1].missed == ["ratio over 2"]
    assert "MISSED: ratio over 2" in table(written)
    save(written, tmp_path / "new" / "result.json")
    assert json.loads((tmp_path / "new" / "result.json").read_text())["lines"][1]["missed"] == [
        "ratio over 2"
    ]


def test_it_gives_growth_as_an_exponent():
    assert math.isclose(growth(measured(100, 1), measured(10_000, 100)), 1)
    assert math.isclose(growth(measured(100, 1), measured(10_000, 1)), 0, abs_tol=1e-9)
