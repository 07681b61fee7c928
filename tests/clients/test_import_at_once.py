"""Two imports at once, and an import beside an edit: each record once, nothing half written."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client as Browser

from clients.importing.engine import ImportResult, run_import
from clients.models import Client, ImportBatch, ImportKind, User
from segmentation_crm.embedded.processes import wait_until
from tests.clients.files import write
from tests.test_scorer_beside_planner import start, waiting


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


@pytest.mark.parametrize("then", ["apply", "columns", "discard"])
@pytest.mark.django_db(transaction=True)
def test_what_is_clicked_while_a_file_is_imported_leaves_the_import_and_its_undo(
    then: str, operations: User, signed_in: Any, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    browsers: list[Browser] = [signed_in(operations), signed_in(operations)]
    file = SimpleUploadedFile("list.csv", b"external_id,name\nC-1,Okafor\n")
    browsers[0].post("/clients/import/", {"kind": "clients", "file": file, "format": "auto"})
    batch = ImportBatch.objects.get()
    answers: list[str] = []

    def click(browser: Browser, step: str) -> None:
        sent = {"column-0": "external_id", "column-1": "name"} if step == "columns" else {}
        answer = browser.post(f"/clients/import/{batch.pk}/{step}/", sent, follow=True)
        answers.append(answer.content.decode())

    failures: list[BaseException] = []
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE clients_client IN SHARE ROW EXCLUSIVE MODE")
        threads = [start(lambda: click(browsers[0], "apply"), failures)]
        assert wait_until(lambda: waiting() == 1, 10)
        threads.append(start(lambda: click(browsers[1], then), failures))
        assert wait_until(lambda: waiting() == 2, 10)
    for thread in threads:
        thread.join(20)
    assert not failures, failures
    batch.refresh_from_db()
    assert (batch.state, batch.created, Client.objects.count()) == ("applied", 1, 1)
    assert all("Undo this import" in text for text in answers)
    assert sum("already imported" in text for text in answers) == 1
