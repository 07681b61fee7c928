"""Permission: asked, answered, withdrawn; and nothing of a behavioral trigger is anywhere without it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from clients.firm import firm_today
from clients.models import (
    BehavioralTag,
    BehavioralTrigger,
    BulkChange,
    Client,
    Erasure,
    ImportBatch,
    Notice,
    Permission,
    PermissionAnswer,
)
from clients.permission import erasing, scripts
from clients.permission.answers import possible_answers, record_answer
from clients.permission.scripts import AskingWords
from personas.models import Script
from servicing.book import merging
from tests.clients.files import done, run, write
from tests.factories import ClientFactory

HEADER = "external_id,name,permission,behavioral_trigger"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def word(db: Any) -> BehavioralTrigger:
    """A value that occurs nowhere else: neither its words nor its number."""
    return BehavioralTrigger.objects.create(
        pk=918273645, code="zq-secret", label="Zq hidden label", changes="Zq hidden change"
    )


def answer(browser: Any, client: Client, says: str, **more: Any) -> Any:
    form = {"answer": says, "on": firm_today().isoformat(), "how": "phone", **more}
    return browser.post(f"/clients/{client.pk}/permission/", form)


# --- The withdrawal -----------------------------------------------------------------------------------


def places_with(word: BehavioralTrigger) -> list[str]:
    """Every column of every table in which the word's code, label or number is found."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c "
            "JOIN information_schema.tables t USING (table_schema, table_name) "
            "WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'"
        )
        for table, column, kind in cursor.fetchall():
            if table == "clients_behavioraltrigger":
                continue
            text = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            cursor.execute(
                f'SELECT count(*) FROM "{table}" WHERE {text} ILIKE ANY(%s)',
                [[f"%{part}%" for part in (word.code, word.label, word.changes, str(word.pk))]],
            )
            if count := cursor.fetchone()[0]:
                found.append(f"{table}.{column}: {count}")
    found += [
        f"session {session.pk}" for session in Session.objects.all() if "zq" in str(session.get_decoded())
    ]
    return sorted(found)


def files_with(word: BehavioralTrigger, media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file() and word.code.encode() in path.read_bytes()]


def test_a_withdrawal_erases_the_value_in_every_place_that_holds_it(
    signed_in, okafor, advisor, operations, word, media, tmp_path, django_capture_on_commit_callbacks
):
    browser, office = signed_in(advisor), signed_in(operations)
    other = BehavioralTrigger.objects.get(code="avoidance")
    answer(browser, okafor, "granted", asked_by=advisor.username)
    form = {"name": okafor.name, "external_id": okafor.external_id, "status": "active"}
    browser.post(f"/clients/{okafor.pk}/edit/", {**form, "behavioral_trigger": word.pk})
    for value in (other, word, other, word):
        browser.post("/clients/bulk/", {"client": okafor.pk, "change": f"behavioral_trigger:{value.pk}"})
    browser.post(f"/clients/{okafor.pk}/tag/behavioral_trigger/", {"value": other.pk})
    browser.post(f"/clients/{okafor.pk}/tag/behavioral_trigger/", {"value": word.pk})
    browser.post(f"/clients/bulk/{BulkChange.objects.last().pk}/undo/")
    text = f"{HEADER}\n{okafor.external_id},Okafor household,granted,{{}}\n"
    for value in (other, word):
        done("clients", write(tmp_path, text.format(value.code)))
    twin = ClientFactory(name="Okafor twin", permission="granted", lead=advisor)
    BehavioralTag.objects.create(client=twin, trigger=word)
    merging.merge(kept=okafor.pk, gone=twin.pk, take={"behavioral_trigger"}, by=operations)
    # waiting uploads: one of this client, one under the number of the record that went into it
    stranger = ClientFactory()
    for number in (okafor.external_id, twin.external_id):
        lines = f"{HEADER}\n{number},,granted,{word.code}\n{stranger.external_id},,,{word.code}\n"
        upload = SimpleUploadedFile("list.csv", lines.encode())
        office.post("/clients/import/", {"kind": "clients", "file": upload, "format": "auto"})
    assert len(files_with(word, media)) == 2
    assert "Zq hidden label" in browser.get(f"/clients/{okafor.pk}/").content.decode()
    held = {place.partition(":")[0] for place in places_with(word)}
    assert held == {
        "clients_behavioraltag.trigger_id",
        "clients_bulkbehavioralrow.given",
        "clients_bulkbehavioralrow.previous",
    }, "only these may hold it even while permission is granted"

    with django_capture_on_commit_callbacks(execute=True):
        response = answer(browser, okafor, "withdrawn", asked_by=advisor.username, note="changed her mind")
    assert response.status_code == 302
    assert places_with(word) == []
    assert files_with(word, media) == []
    assert Notice.objects.filter(user=operations, key__startswith="upload-erased-").count() == 2

    erased = Erasure.objects.get(client=okafor)
    assert erased.by == advisor
    assert erased.swept_at
    assert erased.places["record"] == 1
    assert erased.places["bulk"] >= 3
    assert erased.places["uploads"] == 2
    pages = [f"/clients/{okafor.pk}/{tab}" for tab in ("", "permission/", "history/", "statement/", "edit/")]
    for address in (*pages, "/clients/", "/"):
        shown = browser.get(address, follow=True).content.decode()
        assert "Zq hidden" not in shown.replace("Zq hidden label</option>", ""), address
    assert word.code.encode() not in b"".join(office.get("/clients/export/?status=any").streaming_content)
    page = browser.get(f"/clients/{okafor.pk}/permission/").content.decode()
    for said in ("Behavioral trigger erased", "the client&#x27;s record: 1", "changed her mind", "by phone"):
        assert said in page


def test_whatever_path_ends_it_the_value_goes_and_the_fact_stays(okafor, word, tmp_path, advisor):
    def held() -> bool:
        return BehavioralTag.objects.filter(client=okafor).exists()

    def grant() -> None:
        Client.objects.filter(pk=okafor.pk).update(permission="granted")
        BehavioralTag.objects.create(client=okafor, trigger=word)

    grant()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clients_client SET permission = 'declined' WHERE id = %s", [okafor.pk])
    assert not held()
    grant()
    done("clients", write(tmp_path, f"{HEADER}\n{okafor.external_id},,withdrawn,\n"))
    assert not held()
    sources = PermissionAnswer.objects.filter(client=okafor).order_by("id").values_list("answer", "source")
    assert list(sources) == [
        ("granted", "database"),
        ("declined", "database"),
        ("granted", "database"),
        ("withdrawn", "file"),
    ]
    assert [erasure.places for erasure in Erasure.objects.all()] == [{"record": 1}] * 2
    assert erasing.sweep() == 2  # the places outside the record wait for the sweep
    assert erasing.sweep() == 0


def test_places_of_other_apps_are_erased_and_counted(okafor, word, advisor, monkeypatch):
    asked: list[set[int]] = []

    def erase(clients):
        asked.append(set(clients))
        return dict.fromkeys(clients, 7)

    monkeypatch.setattr(erasing, "_places", {})
    erasing.register_place(erasing.Place("reasons", "reasons on tasks", erase))
    Client.objects.filter(pk=okafor.pk).update(permission="granted")
    okafor.refresh_from_db()
    record_answer(client=okafor, answer="withdrawn", on=firm_today(), how="letter", by=advisor)
    assert asked == [{okafor.pk}]
    assert ("reasons on tasks", 7) in erasing.in_words(Erasure.objects.get().places)


def test_an_upload_of_others_stays_where_it_is(signed_in, okafor, advisor, operations, media, word):
    office = signed_in(operations)
    stranger = ClientFactory(permission="granted")
    lines = f"{HEADER}\n{stranger.external_id},,granted,avoidance\n".encode()
    file = SimpleUploadedFile("list.csv", lines)
    office.post("/clients/import/", {"kind": "clients", "file": file, "format": "auto"})
    Client.objects.filter(pk=okafor.pk).update(permission="granted")
    okafor.refresh_from_db()
    record_answer(client=okafor, answer="withdrawn", on=firm_today(), how="email", by=advisor)
    assert ImportBatch.objects.count() == 1
    # and its preview never stored the value, whether permission is granted or not
    assert "voidance" not in str(ImportBatch.objects.get().preview)


# --- Without it -----------------------------------------------------------------------------------------


def test_no_path_stores_a_value_without_permission(signed_in, okafor, advisor, word, tmp_path, media):
    browser = signed_in(advisor)
    form = {"name": okafor.name, "external_id": okafor.external_id, "status": "active"}
    browser.post(f"/clients/{okafor.pk}/edit/", {**form, "behavioral_trigger": word.pk})
    browser.post(f"/clients/{okafor.pk}/tag/behavioral_trigger/", {"value": word.pk})
    browser.post("/clients/bulk/", {"client": okafor.pk, "change": f"behavioral_trigger:{word.pk}"})
    code, result = run(
        "clients", write(tmp_path, f"{HEADER}\n{okafor.external_id},,,{word.code}\n"), "--partial"
    )
    assert code == 1
    assert [(error["row"], error["column"]) for error in result["errors"]] == [(2, "behavioral_trigger")]
    for statement in (
        "INSERT INTO clients_behavioraltag (client_id, trigger_id) VALUES (%s, %s)",
        "WITH c AS (UPDATE clients_client SET permission = 'declined' WHERE id = %s) "
        "INSERT INTO clients_behavioraltag SELECT client_id, %s FROM clients_member",
    ):
        with transaction.atomic(), connection.cursor() as cursor:
            try:
                cursor.execute(statement, [okafor.pk, word.pk])
            except IntegrityError:
                transaction.set_rollback(True)
    assert places_with(word) == []


def test_the_errors_of_an_upload_do_not_show_it(signed_in, operations, okafor, word, media):
    office = signed_in(operations)
    lines = f"{HEADER}\n{okafor.external_id},,,{word.code}\n".encode()
    file = SimpleUploadedFile("list.csv", lines)
    page = office.post("/clients/import/", {"kind": "clients", "file": file, "format": "auto"}, follow=True)
    assert "permission is granted" in page.content.decode()
    assert word.code not in page.content.decode()
    batch = ImportBatch.objects.get()
    errors = b"".join(office.get(f"/clients/import/{batch.pk}/errors/").streaming_content).decode()
    assert "behavioral_trigger" in errors
    assert word.code not in errors


# --- Asking and answering ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "says", "field", "why"),
    [
        ("not_asked", "withdrawn", "answer", "Nothing is granted"),
        ("granted", "declined", "answer", "Record “Withdrawn”"),
        ("not_asked", "not_asked", "answer", ""),
        ("withdrawn", "granted", "on", "An earlier answer no longer counts"),
        ("not_asked", "granted", "on", "has not come yet"),
    ],
)
def test_it_refuses_an_answer_that_cannot_be(signed_in, okafor, advisor, now, says, field, why):
    Client.objects.filter(pk=okafor.pk).update(permission=now)
    days = {"granted": -30 if now == "withdrawn" else 1}.get(says, 0) if field == "on" else 0
    on = (firm_today() + dt.timedelta(days=days)).isoformat()
    response = answer(signed_in(advisor), okafor, says, asked_by=advisor.username, on=on)
    assert response.status_code == 422
    assert why in response.content.decode()
    okafor.refresh_from_db()
    assert okafor.permission == now


def test_each_answer_stays_with_who_when_how_and_the_words_used(
    signed_in, okafor, advisor, teammate, monkeypatch
):
    monkeypatch.setattr(
        scripts, "_sources", [lambda client, person: AskingWords("Asking, version 3", f"Dear {client.name}")]
    )
    browser = signed_in(advisor)
    assert "Dear Okafor household" in browser.get(f"/clients/{okafor.pk}/permission/").content.decode()
    told = {"asked_by": teammate.username, "how": "in_person", "on": "2026-01-05"}
    answer(browser, okafor, "asked", used_script="on", **told)
    answer(browser, okafor, "granted", **{**told, "on": "2026-01-09"})
    rows = PermissionAnswer.objects.filter(client=okafor).order_by("id")
    assert [(row.answer, row.on.day, row.asked_by, row.recorded_by, row.script) for row in rows] == [
        ("asked", 5, teammate, advisor, "Asking, version 3"),
        ("granted", 9, teammate, advisor, ""),
    ]
    page = browser.get(f"/clients/{okafor.pk}/").content.decode()
    for said in ("2 entries in the history of answers", "asked with: Asking, version 3", "in person"):
        assert said in page
    assert "Not asked → Asked" in browser.get(f"/clients/{okafor.pk}/history/").content.decode()


def test_the_script_library_gives_the_words_and_the_product_its_own_without_one(okafor, advisor):
    offered = scripts.words_for_asking(okafor, advisor)
    assert offered.name == "Ask whether messages may be tailored, version 1"
    assert "{" not in offered.text
    Script.objects.update(retired_at=timezone.now())
    assert scripts.words_for_asking(okafor, advisor).name == "The product's own words"


def test_an_answer_is_never_rewritten(okafor):
    Client.objects.filter(pk=okafor.pk).update(permission="declined")
    row = PermissionAnswer.objects.get(client=okafor)
    with pytest.raises(IntegrityError), transaction.atomic():
        PermissionAnswer.objects.filter(pk=row.pk).update(answer="granted")


def test_those_who_read_alone_see_the_answers_and_record_none(signed_in, okafor):
    from tests.factories import UserFactory

    reader = signed_in(UserFactory(groups=["compliance"]))
    assert "Record an answer" not in reader.get(f"/clients/{okafor.pk}/permission/").content.decode()
    assert answer(reader, okafor, "granted").status_code == 403


def test_every_state_leads_on_and_none_to_not_asked():
    for state in Permission:
        assert possible_answers(state)
        assert Permission.NOT_ASKED not in possible_answers(state)
