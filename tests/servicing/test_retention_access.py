"""What a client is given who asks what is held: all of it, and nothing of anybody else."""

import datetime as dt
import io
import os
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone

from clients.firm import firm_today
from clients.jobs import untold
from clients.models import ClientMerge, Job, Member, Notice, Permission, Revenue
from clients.permission.answers import record_answer
from servicing.book.merging import merge
from servicing.book.parting import part
from servicing.models import AccessDownload, AccessRequest
from servicing.retention import access
from servicing.retention.giving import tables_given
from servicing.tasks import answer_access, forget_exports
from tests.factories import ClientFactory
from tests.servicing.test_exports import meanwhile


def asked(client, people, **facts):
    values = {"asked_on": firm_today(), "asked_how": "email", "asked_by": "Ada herself", "note": ""}
    return access.record(client=client, by=people["carl"], **(values | facts))


@pytest.mark.django_db(transaction=True)  # the answer is read by a connection of its own
def test_the_answer_holds_all_of_the_client_and_nobody_else(people, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client = ClientFactory(name="Okafor household", email="ada@example.com")
    other = ClientFactory(name="Lindqvist household", email="bo@example.com")
    twin = ClientFactory(name="Okafor twice", external_id="TWIN-1")
    Member.objects.create(client=client, name="Ada Okafor")
    Member.objects.create(client=other, name="Bo Lindqvist")
    Revenue.objects.create(client=client, date=dt.date(2026, 1, 1), amount="77.25")
    Revenue.objects.create(client=other, date=dt.date(2026, 1, 1), amount="99.75")
    merge(kept=client.pk, gone=twin.pk, take=[], by=people["ann"])
    record_answer(
        client=client, answer=Permission.GRANTED, on=dt.date(2026, 1, 1), how="phone", by=people["ann"]
    )
    request = asked(client, people)
    access.make_answer(request=request, report=untold)
    with zipfile.ZipFile(request.file.open("rb")) as archive:
        names = archive.namelist()
        text = "\n".join(archive.read(name).decode() for name in names)
    assert {"statement.html", "data/clients/client.csv", "data/clients/member.csv"} <= set(names)
    assert "history/clients/client.csv" in names
    for held in ("Okafor household", "Ada Okafor", "ada@example.com", "77.25", "What we hold about you"):
        assert held in text
    assert "Okafor twice" in text  # what is known of the record that went into it
    for foreign in ("Lindqvist", "bo@example.com", "99.75", "token", "password"):
        assert foreign not in text
    assert not {name for name in names if "hold" in name or "behavioral" in name}
    given = {table.table for table in tables_given()}
    assert "servicing_transition_leaving_reasons" in given
    assert not given & {"pghistory_context", "clients_user_groups", "auth_group"}
    columns = {field.name for table in tables_given() for field in table.fields}
    assert not {name for name in columns if "token" in name or "hash" in name}
    # permission ends: an answer that waits may tell of what is erased
    record_answer(client=client, answer=Permission.WITHDRAWN, on=firm_today(), how="phone", by=people["ann"])
    request.refresh_from_db()
    assert not request.file


@pytest.mark.django_db(transaction=True)
def test_nothing_of_a_record_that_was_parted_again_is_in_the_answer(people, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client = ClientFactory(name="Okafor household", email="")
    twin = ClientFactory(name="Lindqvist household", email="both@lindqvist.example")
    ada = Member.objects.create(client=client, name="Ada Okafor")
    bo = Member.objects.create(client=twin, name="Bo Lindqvist")
    merged = merge(kept=client.pk, gone=twin.pk, take=["email"], by=people["ann"])
    Member.objects.filter(pk=bo.pk).update(email="bo@example.com")
    Member.objects.filter(pk=ada.pk).update(email="ada@example.com")
    part(merge=merged, by=people["ann"])

    def answer(of):
        request = asked(of, people)
        access.make_answer(request=request, report=untold)
        with zipfile.ZipFile(request.file.open("rb")) as archive:
            return {name: archive.read(name).decode() for name in archive.namelist()}

    own = answer(client)
    for foreign in ("Lindqvist", "bo@example.com", "both@lindqvist.example"):
        assert not [name for name, text in own.items() if foreign in text]
    assert "ada@example.com" in own["history/clients/member.csv"]
    other = answer(twin)
    assert "bo@example.com" in other["history/clients/member.csv"]
    assert "Okafor" not in "".join(other.values())


@pytest.mark.django_db
def test_a_request_is_led_to_its_end(
    people, signed_in, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    client = ClientFactory(name="Okafor household")
    browser = signed_in("carl")
    form = {"client": client.external_id, "asked_how": "phone", "asked_by": "Ada", "note": ""}
    new = reverse("servicing:new_access_request")
    wrong = browser.post(new, form | {"asked_on": firm_today() + dt.timedelta(days=1)})
    assert wrong.status_code == 422
    browser.post(new, form | {"asked_on": firm_today() - dt.timedelta(days=31)})
    request = AccessRequest.objects.get()
    assert request.due_on == firm_today() - dt.timedelta(days=1)
    assert "1 day late" in browser.get(reverse("servicing:access_requests")).content.decode()
    access.late_today()
    access.late_today()
    assert Notice.objects.filter(key=f"access-late-{request.pk}").count() == 1
    download = reverse("servicing:download_access_answer", args=[request.pk])
    assert browser.post(download).status_code == 404
    access.make_answer(request=request, report=untold)
    answer = browser.post(download)
    assert zipfile.is_zipfile(io.BytesIO(b"".join(answer.streaming_content)))
    assert AccessDownload.objects.get().by == people["carl"]
    assert signed_in("ann").post(download).status_code == 403
    browser = signed_in("carl")
    AccessRequest.objects.update(expires_at=timezone.now())
    assert browser.post(download).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert access.forget_expired() == 1
    assert not list(tmp_path.rglob("access/*"))
    close = reverse("servicing:close_access_request", args=[request.pk])
    assert browser.post(close, {"state": "declined", "on": firm_today(), "how": ""}).status_code == 422
    browser.post(close, {"state": "fulfilled", "on": firm_today(), "how": "Handed over to Ada"})
    request.refresh_from_db()
    assert (request.state, request.closed_by) == ("fulfilled", people["carl"])
    page = browser.get(request.get_absolute_url()).content.decode()
    assert "Handed over to Ada" in page
    browser.post(reverse("servicing:reopen_access_request", args=[request.pk]))
    request.refresh_from_db()
    assert request.is_open


def withdrawn(client, people):
    record_answer(client=client, answer="withdrawn", on=firm_today(), how="phone", by=people["ann"])


def parted(client, people):
    part(merge=ClientMerge.objects.get(client=client), by=people["ann"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ends", [withdrawn, parted])
def test_what_goes_while_an_answer_is_made_is_in_none(ends, people, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    client, twin = ClientFactory(permission="granted"), ClientFactory(permission="granted")
    merge(kept=client.pk, gone=twin.pk, take=[], by=people["ann"])
    request = asked(client, people)
    job = Job.objects.create(task="servicing.answer_access", title="x", requested_by=people["carl"])
    real = access.write_answer

    def written(*arguments):
        found = real(*arguments)
        meanwhile(lambda: ends(client, people))
        return found

    monkeypatch.setattr(access, "write_answer", written)
    answer_access(job.pk, request.pk)
    job.refresh_from_db()
    request.refresh_from_db()
    assert (job.state, "Make it again" in job.error) == ("failed", True)
    assert not request.file
    assert not list(tmp_path.rglob("access/*"))
    monkeypatch.undo()
    access.make_answer(request=request, report=untold)
    assert request.file


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_waits_goes_when_its_record_is_parted(people, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client, twin = ClientFactory(), ClientFactory()
    merged = merge(kept=client.pk, gone=twin.pk, take=[], by=people["ann"])
    request = asked(client, people)
    access.make_answer(request=request, report=untold)
    part(merge=merged, by=people["ann"])
    request.refresh_from_db()
    assert not request.file
    assert not list(tmp_path.rglob("access/*"))


@pytest.mark.django_db(transaction=True)
def test_no_answer_is_left_behind_on_disk(people, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    request = asked(ClientFactory(), people)
    job = access.ask_for_answer(request=request, by=people["carl"])
    assert access.ask_for_answer(request=request, by=people["carl"]) == job  # a double click
    Job.objects.filter(pk=job.pk).update(state="failed")
    assert access.ask_for_answer(request=request, by=people["carl"]) != job
    one, two = AccessRequest.objects.get(), AccessRequest.objects.get()  # the message came twice
    access.make_answer(request=one, report=untold)
    access.make_answer(request=two, report=untold)
    (file,) = tmp_path.rglob("access/*")
    assert file.name == two.file.name.removeprefix("access/")
    stray, young = file.with_name("left-behind"), file.with_name("being-made")
    for path in (stray, young):
        path.write_bytes(b"half a zip")
    two_days_ago = (timezone.now() - dt.timedelta(days=2)).timestamp()
    for path in (stray, file):
        os.utime(path, (two_days_ago, two_days_ago))
    forget_exports()
    assert set(tmp_path.rglob("access/*")) == {file, young}
