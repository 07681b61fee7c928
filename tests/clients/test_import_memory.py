"""An import's memory does not grow with its file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live_worker import test_database_url as database_url

CLIENTS = 200_000
LIMIT_MB = 300
PROGRAM = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "segmentation_crm.settings"
from django.core.management import execute_from_command_line
try:
    execute_from_command_line(["manage.py", *sys.argv[1:]])
except SystemExit:
    pass
# Its own peak: what getrusage tells begins with that of the process that started it.
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(int(status["VmHWM"].split()[0]) // 1024, file=sys.stderr)
"""


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
def test_it_stays_under_300_mb_however_many_records_are_wrong(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("w") as file:
        file.write("external_id,name,persona,email\n")
        for number in range(CLIENTS):
            persona = "unheard of" if number % 2 else "physician"
            file.write(f"C-{number},Household {number},{persona},c{number}@example.com\n")
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, "import_clients", str(path), "--dry-run", "--json"],
        env={**os.environ, "DATABASE_URL": database_url()},
        capture_output=True,
        text=True,
        check=False,
    )
    result = json.loads(ran.stdout)
    assert (result["rows"], result["rejected"]) == (CLIENTS, CLIENTS // 2)
    assert len(result["errors"]) == CLIENTS // 2
    assert int(ran.stderr.split()[-1]) < LIMIT_MB
