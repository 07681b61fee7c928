"""The complete data set: every table that people filled, none of the secrets, gone when its time is over."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from html import unescape

import pghistory
import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone

from clients.firm import firm_today
from clients.jobs import untold
from clients.models import BehavioralTag, BehavioralTrigger, Client, Departure, Job, Member, Revenue
from clients.permission.answers import record_answer
from servicing.exports import services
from servicing.exports.tables import APPS, DERIVED, SECRET, tables
from servicing.exports.writing import write_all
from servicing.goals.services import set_goals
from servicing.models import AnonymisingBatch, DataExport
from servicing.retention import services as retention
from servicing.tasks import export_all, forget_exports
from tests.factories import ClientFactory, UserFactory

# What a person signs in with, Django's own log, migrations, counts of sign-ins; the names of groups leave.
OF_FRAMEWORKS = ("auth_", "django_", "account_", "mfa_", "segmentation_crm_cache")
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
def test_who_changed_what_and_why_leaves_too_and_what_is_linked_with_what(administrator):
    made = ClientFactory()
    with pghistory.context(user=administrator.pk, why="told on the phone"):
        Client.objects.filter(pk=made.pk).update(name="Renamed")
    files, contents = whole()
    changed = next(row for row in files["history/clients/client.csv"] if row["name"] == "Renamed")
    contexts = {row["id"]: json.loads(row["metadata"]) for row in files["history/pghistory/context.csv"]}
    assert contexts[changed["pgh_context_id"]] == {"user": administrator.pk, "why": "told on the phone"}
    groups = {row["id"]: row["name"] for row in files["data/auth/group.csv"]}
    of_user = [
        row for row in files["data/clients/user_groups.csv"] if row["user_id"] == str(administrator.pk)
    ]
    assert [groups[row["group_id"]] for row in of_user] == ["administrator"]
    assert "data/servicing/transition_leaving_reasons.csv" in contents


@pytest.mark.django_db
def test_no_table_is_forgotten_and_no_secret_leaves():
    files, _contents = whole()
    left_out = {
        model._meta.db_table
        for app in APPS
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        if getattr(model, "pgh_tracked_model", model).__name__ in DERIVED[app]
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        stored = {table for (table,) in cursor.fetchall() if not table.startswith(OF_FRAMEWORKS)}
    assert {table.table for table in tables()} == (stored - left_out) | {"auth_group"}
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


def withdrawn(administrator):
    client = Client.objects.get(external_id="K-1")
    record_answer(client=client, answer="withdrawn", on=firm_today(), how="phone", by=administrator)


def anonymised(administrator):
    Client.objects.filter(external_id="K-1").update(status="former")
    Departure.objects.update(left_on=dt.date(2010, 1, 1))
    retention.propose()
    batch = AnonymisingBatch.objects.get()
    retention.review(batch=batch, by=UserFactory(groups=["compliance"]))
    retention.approve(batch=batch, by=administrator)
    batch.refresh_from_db()
    retention.run(batch=batch, report=untold)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ends", [withdrawn, anonymised])
def test_what_is_erased_while_a_copy_is_made_leaves_with_none(
    ends, client, administrator, folder, monkeypatch
):
    """The copy sees the record as of its beginning, which may be minutes ago."""
    made = ClientFactory(external_id="K-1", permission="granted")
    BehavioralTag.objects.create(client=made, trigger=BehavioralTrigger.objects.order_by("pk")[0])
    real = services.write_all

    def written(*arguments):
        found = real(*arguments)
        meanwhile(lambda: ends(administrator))
        return found

    monkeypatch.setattr(services, "write_all", written)
    job = Job.objects.create(task="servicing.export_all", title="x", requested_by=administrator)
    export_all(job.pk)
    job.refresh_from_db()
    assert (job.state, "Make it again" in job.error) == ("failed", True)
    assert not DataExport.objects.exists()
    assert not list(folder.iterdir())
    client.force_login(administrator, backend=BACKEND)
    assert "No export was made yet" in client.get(reverse("servicing:exports")).content.decode()
    monkeypatch.undo()
    again = Job.objects.create(task="servicing.export_all", title="x", requested_by=administrator)
    export_all(again.pk)
    assert DataExport.objects.get().file


def meanwhile(work):
    """Does the work in a connection of its own, as another process would."""

    def run():
        try:
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as others:
        others.submit(run).result(timeout=60)


@pytest.mark.django_db
def test_all_data_is_for_administrators_and_dashboards_for_who_sees_the_firm(client, administrator):
    person = UserFactory(groups=["operations"])
    client.force_login(person, backend=BACKEND)
    page = reverse("servicing:exports")
    whole = DataExport.objects.create(
        made_by=administrator, expires_at=timezone.now() + dt.timedelta(hours=1), file="exports/all"
    )
    text = client.get(page).content.decode()
    assert "Export the dashboards" in text
    assert "Make the export" not in text
    assert str(administrator.display_name) not in text
    for name in ("download", "remove"):
        assert client.post(reverse(f"servicing:{name}_export", args=[whole.pk])).status_code == 404
    assert client.post(reverse("servicing:make_export")).status_code == 403
    assert client.post(reverse("servicing:make_export"), {"of": "all"}).status_code == 403
    assert not Job.objects.exists()
    assert client.post(reverse("servicing:make_export"), {"of": "dashboards"}).status_code == 302
    assert Job.objects.get().requested_by == person
    client.force_login(UserFactory(groups=["advisor"]), backend=BACKEND)
    assert client.get(page).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_what_every_dashboard_shows_leaves_as_its_page_has_it(client, folder):
    person = UserFactory(groups=["operations"], username="=olga")
    made = ClientFactory(external_id="+K-1", lead=person, client_since=firm_today())
    Revenue.objects.create(client=made, date=firm_today(), amount="1200.50")
    set_goals(year=firm_today().year, targets={"revenue": Decimal(5000)})
    client.force_login(person, backend=BACKEND)
    job = Job.objects.create(task="servicing.export_all", title="x", requested_by=person)
    export_all(job.pk, "dashboards")
    export = DataExport.objects.get()
    answer = client.post(reverse("servicing:download_export", args=[export.pk]))
    assert "dashboards-" in answer["Content-Disposition"]
    files = read(b"".join(answer.streaming_content))
    assert sum(map(len, files.values())) == export.rows
    assert not [name for name in files if not name.startswith("dashboards/")]
    for period in ("12m", "year", "quarter"):
        page = client.get("/operations/", {"period": period}).content.decode()
        for address in re.findall(r'href="(/operations/file/[^"]+)"', page):
            table = address.rpartition("table=")[2]
            name = table if table in ("goals", "now") else f"{period}/{table}"
            own = list(csv.DictReader(io.StringIO(client.get(unescape(address)).content.decode())))
            assert files[f"dashboards/{name}.csv"] == own, name
    for address, name in (
        ("/operations/movement/?file=1", "movement"),
        ("/operations/revenue/?file=1", "revenue-by-clients"),
        (reverse("servicing:ratings_file"), "ratings"),
        (reverse("servicing:confidence_file") + "?months=12", "confidence"),
    ):
        own = list(csv.DictReader(io.StringIO(client.get(address).content.decode())))
        assert files[f"dashboards/{name}.csv"] == own, name
    results = files["dashboards/figures/clients-by-result.csv"]
    assert {row["period"] for row in results} == {"12m", "year", "quarter"}
    assert {(row["client"], row["lead"], row["revenue"]) for row in results} == {
        ("'+K-1", "'=olga", "1200.50")
    }
    assert len(files["dashboards/now.csv"]) == 7  # requests that wait among them
    assert {"dashboards/figures/fees-beside-bills.csv", "dashboards/capacity-by-week.csv"} <= set(files)


@pytest.mark.django_db
def test_the_clients_of_a_copy_imported_again_change_nothing(tmp_path):
    """Whatever a client's texts begin with, and whoever leads it."""
    lead = UserFactory(username="-ann", groups=["advisor"])
    odd = {"name": "'=Moor", "email": "ann@example.com", "phone": "+1 555 01", "potential_revenue": "12.50"}
    ClientFactory(external_id="+1", lead=lead, client_since=dt.date(2020, 2, 29), **odd)
    ClientFactory(external_id="@2", name='"Quoted", and\ttabbed')
    out = io.BytesIO()
    write_all(out, lambda step, done, total: None, connection)
    with zipfile.ZipFile(out) as archive:
        (tmp_path / "clients.csv").write_bytes(archive.read("clients.csv"))
    said = io.StringIO()
    call_command("import_clients", str(tmp_path / "clients.csv"), "--json", stdout=said)
    found = json.loads(said.getvalue())
    assert (found["rows"], found["unchanged"], found["rejected"]) == (2, 2, 0)
