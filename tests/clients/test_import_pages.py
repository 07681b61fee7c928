"""The upload page: a preview, columns that can be corrected, one transaction, undo."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.utils import timezone

from clients import tasks
from clients.models import Client, ImportBatch, Revenue, User
from tests.clients.files import NATIVE, OKAFOR, client, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def browser(operations: User, signed_in: Any) -> Browser:
    return signed_in(operations)


def stored_files(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def upload(browser: Browser, text: str | bytes, kind: str = "clients", **extra: str) -> Any:
    content = text.encode() if isinstance(text, str) else text
    file = SimpleUploadedFile("list.csv", content)
    return browser.post(
        "/clients/import/", {"kind": kind, "file": file, "format": "auto", **extra}, follow=True
    )


def page(response: Any) -> str:
    return response.content.decode()


def test_it_shows_what_will_be_stored_before_anything_is(browser: Browser, media: Path) -> None:
    person(first_name="Ann", last_name="Lee")
    response = upload(browser, f"{NATIVE}\n{OKAFOR}\n")
    assert response.status_code == 200
    text = page(response)
    for shown in ("Okafor household", "Time poverty", "Ann Lee", "1234500.50", "Nothing is stored yet"):
        assert shown in text
    assert not Client.objects.exists()
    [stored] = stored_files(media)
    assert "list" not in stored.name
    assert stored.stat().st_mode & 0o077 == 0


def test_it_stores_it_in_one_go_and_removes_the_file(browser: Browser, media: Path, operations: User) -> None:
    person()
    upload(browser, f"{NATIVE}\n{OKAFOR}\n")
    batch = ImportBatch.objects.get()
    response = browser.post(f"/clients/import/{batch.pk}/apply/", follow=True)
    assert "Undo this import" in page(response)
    assert Client.objects.get().name == "Okafor household"
    batch.refresh_from_db()
    assert (batch.state, batch.created, batch.created_by) == ("applied", 1, operations)
    assert batch.preview == {}
    assert stored_files(media) == []
    assert "already imported" in page(browser.post(f"/clients/import/{batch.pk}/apply/", follow=True))


def test_it_lists_errors_with_what_is_allowed_and_offers_all_of_them(browser: Browser) -> None:
    rows = "\n".join(f"C-{n},Name,=bad" for n in range(150))
    response = upload(browser, f"external_id,name,persona\n{rows}\nGood,Good,\n")
    text = page(response)
    assert "100 of 150 are shown" in text
    assert "physician, tech_equity" in text
    batch = ImportBatch.objects.get()
    answer = browser.get(f"/clients/import/{batch.pk}/errors/")
    content = b"".join(answer.streaming_content).decode()
    assert "\r" not in content
    errors = list(csv.DictReader(io.StringIO(content)))
    assert len(errors) == 150
    assert errors[0]["value"] == "'=bad"
    assert "the file is refused as a whole: Import stores nothing of it" in text
    assert "Take the 1 good record and leave the wrong ones out" in text
    refused = browser.post(f"/clients/import/{batch.pk}/apply/")
    assert refused.status_code == 422
    assert 'href="#partial"' in page(refused)
    assert not Client.objects.exists()
    browser.post(f"/clients/import/{batch.pk}/apply/", {"partial": "1"})
    assert Client.objects.get().name == "Good"


def test_the_columns_can_be_corrected(browser: Browser) -> None:
    upload(browser, "client_id,name,whole name,since\nA,short,Okafor household,2014-01-01\n")
    batch = ImportBatch.objects.get()
    columns = {"column-0": "external_id", "column-1": "", "column-2": "name", "column-3": "client_since"}
    response = browser.post(f"/clients/import/{batch.pk}/columns/", columns, follow=True)
    assert "Okafor household" in page(response)
    browser.post(f"/clients/import/{batch.pk}/apply/")
    stored = Client.objects.get()
    assert (stored.name, stored.client_since) == ("Okafor household", dt.date(2014, 1, 1))


def test_a_wrong_correction_keeps_what_was_chosen(browser: Browser) -> None:
    upload(browser, "external_id,name,other\nA,A,B\n")
    batch = ImportBatch.objects.get()
    columns = {"column-0": "external_id", "column-1": "name", "column-2": "name"}
    response = browser.post(f"/clients/import/{batch.pk}/columns/", columns)
    assert response.status_code == 422
    assert "Two columns are mapped to Name" in page(response)
    assert page(response).count('value="name" selected') == 2
    missing = browser.post(f"/clients/import/{batch.pk}/columns/", {"column-1": "name"})
    assert "no column external_id" in page(missing)


def test_another_format_recognises_the_columns_anew(browser: Browser) -> None:
    upload(browser, "ID,Name,Household,Household ID\n1,Ada,Okafor,9\n2,Ben,Okafor,9\n")
    batch = ImportBatch.objects.get()
    assert batch.created == 2
    browser.post(f"/clients/import/{batch.pk}/columns/", {"format": "wealthbox"})
    batch.refresh_from_db()
    assert (batch.format, batch.created) == ("wealthbox", 1)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        ("external_id,name\nÄ".encode("latin-1"), "not UTF-8"),
        (b"name\nA\n", "no column external_id"),
    ],
)
def test_it_says_why_a_file_is_refused_and_keeps_nothing(
    browser: Browser, media: Path, content: bytes, says: str
) -> None:
    response = upload(browser, content)
    assert response.status_code == 422
    assert says in page(response)
    assert not ImportBatch.objects.exists()
    assert stored_files(media) == []


def test_it_undoes_an_import_or_says_why_not(browser: Browser) -> None:
    upload(browser, "external_id,name\nA,A\n")
    batch = ImportBatch.objects.get()
    browser.post(f"/clients/import/{batch.pk}/apply/")
    Revenue.objects.create(client=Client.objects.get(), date="2026-01-31", amount=1)
    response = browser.post(f"/clients/import/{batch.pk}/undo/")
    assert response.status_code == 409
    assert "1 client created by it has revenue by now." in page(response)
    Revenue.objects.all().delete()
    response = browser.post(f"/clients/import/{batch.pk}/undo/", follow=True)
    assert "Undone by" in page(response)
    assert not Client.objects.exists()


def test_it_says_when_a_file_changes_nothing(browser: Browser) -> None:
    client("A", "A")
    response = upload(browser, "external_id,name\nA,A\n")
    assert "importing it changes nothing" in page(response)
    response = browser.post(f"/clients/import/{ImportBatch.objects.get().pk}/apply/", follow=True)
    assert "Nothing changed" in page(response)


def test_it_previews_money_as_it_is_stored(browser: Browser) -> None:
    client("C-1", "Okafor")
    text = page(
        upload(
            browser,
            "external_id,date,amount\nC-1,2026-01-15,833\nC-1,2026-02-15,-35.7\n",
            kind="revenue",
        )
    )
    assert "<td>833.00</td>" in " ".join(text.split())
    assert "-35.70" in text


def test_it_previews_touches_in_the_firms_time(browser: Browser) -> None:
    client("A", "A")
    response = upload(browser, "external_id,occurred_at,kind\nA,2026-01-05T15:00:00Z,call\n", kind="touches")
    assert "2026-01-05 10:00" in page(response)
    assert "Call" in page(response)


def test_it_lets_a_preview_go(browser: Browser, media: Path) -> None:
    upload(browser, "external_id,name\nA,A\n")
    browser.post(f"/clients/import/{ImportBatch.objects.get().pk}/discard/")
    assert not ImportBatch.objects.exists()
    assert stored_files(media) == []


def test_a_forgotten_preview_is_removed_with_the_next_upload(browser: Browser, media: Path) -> None:
    upload(browser, "external_id,name\nA,A\n")
    ImportBatch.objects.update(created_at=timezone.now() - dt.timedelta(days=2))
    upload(browser, "external_id,name\nB,B\n")
    assert ImportBatch.objects.count() == 1
    assert len(stored_files(media)) == 1


def test_a_forgotten_preview_is_removed_by_night(browser: Browser, media: Path) -> None:
    upload(browser, "external_id,name\nA,A\n")
    upload(browser, "external_id,name\nB,B\n")
    forgotten = ImportBatch.objects.earliest("pk")
    ImportBatch.objects.filter(pk=forgotten.pk).update(created_at=timezone.now() - dt.timedelta(days=2))
    tasks.forget_stale_uploads()
    assert ImportBatch.objects.get().pk != forgotten.pk
    assert len(stored_files(media)) == 1


def test_a_file_that_a_killed_process_left_is_removed_after_a_day(browser: Browser, media: Path) -> None:
    upload(browser, "external_id,name\nA,A\n")
    [waits] = stored_files(media)
    stray, young = waits.with_name("left-behind"), waits.with_name("being-stored")
    two_days_ago = (timezone.now() - dt.timedelta(days=2)).timestamp()
    for path in (stray, young):
        path.write_text("external_id,name\n")
    for path in (stray, waits):
        os.utime(path, (two_days_ago, two_days_ago))
    tasks.forget_stale_uploads()
    assert set(stored_files(media)) == {waits, young}


def test_markup_in_a_file_stays_text(browser: Browser) -> None:
    response = upload(browser, "external_id,name,<b>x\nA,<script>alert(1)</script>,1\n")
    assert "<script>alert" not in page(response)
    assert "<b>x" not in page(response)
