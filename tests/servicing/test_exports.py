"""The complete data set: every table that people filled, none of the secrets, gone when its time is over."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from clients.firm import firm_today
from clients.models import BehavioralTag, BehavioralTrigger, Job, Member, Revenue
from clients.permission.answers import record_answer
from servicing.exports import services
from servicing.exports.tables import APPS, DERIVED, SECRET, tables
from servicing.exports.writing import write_all
from servicing.models import DataExport
from servicing.tasks import export_all, forget_exports
from tests.factories import ClientFactory, UserFactory

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "exports"


@pytest.fixture
def administrator(db):
    return UserFactory(username="ada", groups=["administrator"])


def read(written: bytes) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        assert archive.testzip() is None
        return {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode())))
            for name in archive.namelist()
            if name.endswith(".csv")
        }


def whole() -> tuple[dict[str, list[dict[str, str]]], str]:
    out = io.BytesIO()
    write_all(out, lambda step, done, total: None, connection)
    with zipfile.ZipFile(out) as archive:
        return read(out.getvalue()), archive.read("README.txt").decode()


@pytest.mark.django_db
def test_every_row_leaves_with_its_history_and_can_be_read_by_the_list_of_contents():
    made = ClientFactory(name='Quote "and", comma\nand a line', external_id="Q-1", email="=cmd()")
    Member.objects.create(client=made, name="Ana")
    Revenue.objects.create(client=made, date=dt.date(2026, 1, 5), amount="-12.50", source="=book")
    files, contents = whole()
    client = next(row for row in files["data/clients/client.csv"] if row["id"] == str(made.pk))
    assert client["name"] == made.name
    assert client["email"] == "'=cmd()"
    assert [row["amount"] for row in files["data/clients/revenue.csv"]] == ["-12.50"]
    assert files["data/clients/member.csv"][0]["client_id"] == str(made.pk)
    assert any(row["pgh_label"] == "insert" for row in files["history/clients/client.csv"])
    assert [row["external_id"] for row in files["clients.csv"]] == ["Q-1"]
    for name, rows in files.items():
        assert f"\n{name}: {len(rows)}\n" in contents, name


@pytest.mark.django_db
def test_no_table_is_forgotten_and_no_secret_leaves():
    files, _contents = whole()
    models = {model for app in APPS for model in apps.get_app_config(app).get_models()}
    left_out = {
        model
        for model in models
        if getattr(model, "pgh_tracked_model", model).__name__ in DERIVED[model._meta.app_label]
    }
    assert {table.model for table in tables()} == models - left_out
    for app, names in DERIVED.items():
        for name in names:
            assert apps.get_model(app, name), f"{name} is no table any more"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND column_name ~ '(password|token|secret)'"
        )
        secrets = {column for _table, column in cursor.fetchall()}
    assert "password" in secrets
    with zipfile.ZipFile(io.BytesIO(_zip())) as archive:
        for name in archive.namelist():
            if name.endswith(".csv"):
                header = archive.read(name).decode().splitlines()[0].split(",")
                assert not secrets & set(header), name
                assert not any(SECRET.search(column) for column in header), name
    assert set(files) > {"data/clients/user.csv"}


def _zip() -> bytes:
    out = io.BytesIO()
    write_all(out, lambda step, done, total: None, connection)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_an_administrator_asks_downloads_and_removes_and_each_is_noted(client, administrator, folder):
    client.force_login(administrator, backend=BACKEND)
    ClientFactory(external_id="K-1")
    page = reverse("servicing:exports")
    assert "No export was made yet" in client.get(page).content.decode()
    job = Job.objects.create(task="servicing.export_all", title="x", requested_by=administrator)
    export_all(job.pk)
    export_all(job.pk)  # the message came twice
    export = DataExport.objects.get()
    job.refresh_from_db()
    assert (job.state, job.result_url) == ("done", page)
    assert (folder / export.file.name.removeprefix("exports/")).stat().st_mode & 0o777 == 0o600
    answer = client.post(reverse("servicing:download_export", args=[export.pk]))
    assert "all-data-" in answer["Content-Disposition"]
    files = read(b"".join(answer.streaming_content))
    assert [row["external_id"] for row in files["clients.csv"]] == ["K-1"]
    assert sum(map(len, files.values())) == export.rows
    assert str(administrator.display_name) in client.get(page).content.decode()
    assert export.downloads.get().by == administrator

    client.post(reverse("servicing:remove_export", args=[export.pk]))
    assert not list(folder.iterdir())
    assert client.post(reverse("servicing:download_export", args=[export.pk])).status_code == 404
    assert "removed" in client.get(page).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_copy_ends_with_its_day_and_strays_of_a_killed_worker_go_too(client, administrator, folder):
    client.force_login(administrator, backend=BACKEND)
    job = Job.objects.create(task="servicing.export_all", title="x", requested_by=administrator)
    export_all(job.pk)
    export = DataExport.objects.get()
    stray = folder / "left-behind"
    stray.write_bytes(b"half a zip")
    forget_exports()
    assert stray.exists()
    assert DataExport.objects.exclude(file="").exists()
    with time_machine.travel(timezone.now() + dt.timedelta(hours=services.HOURS, minutes=5), tick=False):
        client.force_login(administrator, backend=BACKEND)
        assert client.post(reverse("servicing:download_export", args=[export.pk])).status_code == 404
        forget_exports()
    assert not list(folder.iterdir())


@pytest.mark.django_db(transaction=True)
def test_permission_that_ends_takes_every_waiting_copy_with_it(administrator, folder):
    made = ClientFactory()
    said = {"client": made, "on": firm_today(), "how": "in_person", "by": administrator}
    record_answer(answer="granted", **said)
    BehavioralTag.objects.create(client=made, trigger=BehavioralTrigger.objects.order_by("pk")[0])
    job = Job.objects.create(task="servicing.export_all", title="x", requested_by=administrator)
    export_all(job.pk)
    assert len(list(folder.iterdir())) == 1
    record_answer(answer="withdrawn", **said)
    assert not list(folder.iterdir())
    assert administrator.notices.filter(text__contains="export of all data was removed").exists()


@pytest.mark.django_db
def test_nobody_but_an_administrator_sees_it(client):
    person = UserFactory(groups=["operations"])
    client.force_login(person, backend=BACKEND)
    assert client.get(reverse("servicing:exports")).status_code == 403
