"""The benchmark at a tiny size: every line is measured, and the table and the JSON say the same."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from benchmarks.measure import Goal, Measurement
from benchmarks.report import growth, lines, save, table

PROJECT = Path(__file__).resolve().parent.parent.parent


def databases(django_db_blocker):
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'benchmark%'")
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture(scope="module")
def small(tmp_path_factory, django_db_blocker):
    """The whole benchmark for 60 clients, in a process and databases of its own."""
    before = databases(django_db_blocker)
    out = tmp_path_factory.mktemp("benchmark") / "result.json"
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.run"],
        env=os.environ | {"N": "60", "SAMPLES": "1", "OUT": str(out)},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    left = databases(django_db_blocker) - before
    return done.stdout, left, json.loads(out.read_text())["lines"]


@pytest.mark.thorough
def test_it_measures_every_workload_beside_its_floor(small):
    _, _, found = small
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


@pytest.mark.thorough
def test_it_prints_a_line_for_each(small):
    printed, _, found = small
    for line in found:
        assert line["workload"] in printed
    assert "As JSON" in printed


@pytest.mark.thorough
def test_it_leaves_no_database_behind(small):
    assert small[1] == set()


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


def test_a_goal_in_seconds_holds_up_to_its_size():
    goal = Goal(seconds=1, up_to=10_000)
    written = lines([Measurement("simulate", clients, 1.2, None, goal) for clients in (10_000, 100_000)])
    assert [line.missed for line in written] == [["over 1 s"], []]


def test_it_gives_growth_as_an_exponent():
    assert math.isclose(growth(measured(100, 1), measured(10_000, 100)), 1)
    assert math.isclose(growth(measured(100, 1), measured(10_000, 1)), 0, abs_tol=1e-9)
