"""Two imports at once, and an import beside an edit: each record once, nothing half written."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.db import connection

from clients.importing.engine import ImportResult, run_import
from clients.models import Client, ImportKind
from tests.clients.files import write


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_file_wait_for_each_other(tmp_path: Path) -> None:
    rows = "".join(f"C-{n},Name {n}\n" for n in range(3_000))
    path = write(tmp_path, "external_id,name\n" + rows)
    results: list[ImportResult] = []
    ready = threading.Barrier(2)

    def work() -> None:
        try:
            ready.wait()
            results.append(run_import(kind=ImportKind.CLIENTS, path=path, file_name="file.csv"))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((result.created, result.unchanged) for result in results) == [(0, 3_000), (3_000, 0)]
    assert Client.objects.count() == 3_000
