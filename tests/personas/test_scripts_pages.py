"""Pages of the script library, and the library as a file."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse
from openpyxl import load_workbook

from clients.firm import firm_today
from clients.models import Member
from personas.models import Script, ScriptState, ScriptUse, ScriptVersion, Situation
from personas.scripts import files, services
from tests.factories import ClientFactory, UserFactory
from tests.page_forms import form_of
from tests.personas.test_scripts import DAY, approved, in_year

pytestmark = pytest.mark.django_db


def signed_in(*groups: str) -> Browser:
    browser = Browser()
    browser.force_login(UserFactory(groups=list(groups)))
    return browser


def values(**more: Any) -> dict[str, Any]:
    situation = Situation.objects.get(code="review")
    return {
        "title": "Say good day",
        "situation": situation.pk,
        "reach": "one",
        "body": "Good day, {greeting}.",
        "channel": "",
    } | more


def test_a_script_is_written_submitted_returned_changed_and_approved_on_its_page():
    writer, checker = signed_in("advisor"), signed_in("compliance")
    refused = writer.post(reverse("personas:new_script"), values(body="Good day, {name}.", channel="email"))
    assert refused.status_code == 422
    html = refused.content.decode()
    assert "There is no merge field {name}" in html
    assert "An e-mail needs a subject." in html
    assert "Good day, {name}." in html  # nothing typed is lost
    writer.post(reverse("personas:new_script"), values())
    code = "say-good-day"
    page = reverse("personas:script", args=[code])
    writer.post(reverse("personas:script_step", args=[code, "submit"]))
    assert "Say good day" in checker.get(reverse("personas:script_queue")).content.decode()
    decide = "personas:decide_script"
    assert checker.post(reverse(decide, args=[code, "return"]), {"comment": ""}).status_code == 422
    checker.post(reverse(decide, args=[code, "return"]), {"comment": "Shorter, please."})
    assert "Shorter, please." in writer.get(page).content.decode()
    writer.post(reverse("personas:edit_script", args=[code]), values(body="Hello, {greeting}."))
    writer.post(reverse("personas:script_step", args=[code, "submit"]))
    late = checker.post(reverse(decide, args=[code, "approve"]), {"review_on": firm_today().isoformat()})
    assert late.status_code == 422
    assert "within two years" in late.content.decode()
    checker.post(reverse(decide, args=[code, "approve"]), {"review_on": in_year().isoformat()})
    version = ScriptVersion.objects.get(script__code=code)
    assert (version.state, version.body, version.review_on) == ("approved", "Hello, {greeting}.", in_year())
    writer.post(reverse("personas:edit_script", args=[code]), values(body="Hello there, {greeting}."))
    html = writer.get(page).content.decode()
    assert "<del>Hello,</del><ins>Hello there,</ins>" in html
    assert "What changed from version 1 to 2" in html
    writer.post(reverse("personas:script_step", args=[code, "discard"]))
    writer.post(reverse("personas:script_step", args=[code, "retire"]))
    assert Script.objects.get(code=code).retired_at
    assert ScriptVersion.objects.filter(script__code=code).count() == 1


def seen_on(answer: Any) -> str:
    return re.findall(r'name="seen" value="([^"]+)"', answer.content.decode())[-1]


@pytest.mark.parametrize(
    ("decision", "said"), [("approve", {"review_on": in_year}), ("return", {"comment": lambda: "Shorter."})]
)
def test_words_that_changed_while_compliance_read_them_are_shown_again_and_not_decided(decision, said):
    writer, checker = signed_in("advisor"), signed_in("compliance")
    filled = {name: value() for name, value in said.items()}
    writer.post(reverse("personas:new_script"), values())
    decide = reverse("personas:decide_script", args=["say-good-day", decision])
    writer.post(reverse("personas:script_step", args=["say-good-day", "submit"]))
    read = seen_on(checker.get(reverse("personas:script", args=["say-good-day"])))
    writer.post(reverse("personas:script_step", args=["say-good-day", "take-back"]))
    writer.post(reverse("personas:edit_script", args=["say-good-day"]), values(body="Buy now, {greeting}."))
    writer.post(reverse("personas:script_step", args=["say-good-day", "submit"]))
    answer = checker.post(decide, filled | {"seen": read})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "changed while you were reading" in html
    assert "Buy now, {greeting}." in html
    version = ScriptVersion.objects.get(script__code="say-good-day")
    assert version.state == ScriptState.SUBMITTED
    assert checker.post(decide, filled | {"seen": seen_on(answer)}).status_code == 302
    version.refresh_from_db()
    assert version.state == ("approved" if decision == "approve" else "returned")


def test_what_was_approved_in_between_is_not_approved_for_another_while_by_who_read_the_one_before():
    writer, checker = UserFactory(groups=["advisor"]), UserFactory(groups=["compliance"])
    first = approved(writer, checker)
    reader, code = signed_in("compliance"), first.script.code
    read = seen_on(reader.get(reverse("personas:script", args=[code])))
    second = services.edit(script=first.script, by=writer, content={"body": "Other words."})
    services.submit(version=second, by=writer)
    services.approve(version=second, by=checker, review_on=in_year())
    again = {"review_on": in_year().isoformat()}
    answer = reader.post(
        reverse("personas:decide_script", args=[code, "approve-again"]), again | {"seen": read}
    )
    assert "changed while you were reading" in answer.content.decode()
    assert first.script.versions.count() == 2


def test_a_script_is_copied_for_a_client_and_its_use_noted_once_a_click():
    lead = UserFactory(groups=["advisor"])
    client = ClientFactory(name="Okafor household", lead=lead)
    Member.objects.create(client=client, name="Ada Okafor")
    Member.objects.create(client=client, name="Tim Okafor", relation="child")
    browser, outsider = Browser(), signed_in("advisor")
    browser.force_login(lead)
    version = ScriptVersion.objects.get(script__code="review-everyone-advisor")
    html = browser.get(
        reverse("personas:scripts_for", args=[client.pk]) + "?service=review_meeting&task=9"
    ).content
    assert b"Thank you for making the time, Ada." in html
    assert b"Separate the two risks" not in html  # tailored, and there is no permission
    part = browser.get(
        reverse("personas:scripts_for", args=[client.pk]) + "?service=review_meeting", HTTP_HX_REQUEST="true"
    )
    assert b"<html" not in part.content
    tab = browser.get(reverse("clients:tab", args=[client.pk, "conversation"]))
    assert b"Thank you for making the time, Ada." in tab.content
    address = reverse("personas:use_script", args=[client.pk, version.pk])
    assert outsider.post(address).status_code == 404
    answer = browser.post(address, {"task": "9"})
    assert b"Thank you for making the time, Ada." in answer.content
    answer = browser.post(address, HTTP_HX_REQUEST="true")
    assert "toast" in answer.headers["HX-Trigger"]
    uses = ScriptUse.objects.filter(client=client).order_by("pk")
    assert [(use.by, use.service_task, use.version) for use in uses] == [
        (lead, 9, version),
        (lead, None, version),
    ]
    services.set_retired(script=version.script, retired=True)
    assert browser.post(address, HTTP_HX_REQUEST="true").status_code == 409


# --- The library as a file ---------------------------------------------------------------------------------


def exported() -> list[dict[str, str]]:
    answer = signed_in("operations").get(reverse("personas:export_scripts", args=["csv"]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def as_file(rows: list[dict[str, str]]) -> SimpleUploadedFile:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return SimpleUploadedFile("scripts.csv", text.getvalue().encode("utf-8-sig"), content_type="text/csv")


def load(rows: list[dict[str, str]]) -> Any:
    return signed_in("operations").post(reverse("personas:import_scripts"), {"file": as_file(rows)})


def test_an_export_imported_again_changes_nothing_and_what_was_changed_becomes_a_draft():
    rows = exported()
    assert len(rows) == ScriptVersion.objects.count()
    assert load(rows).status_code == 302
    assert not ScriptVersion.objects.exclude(state=ScriptState.APPROVED).exists()
    rows[0]["body"] = "=1+1, said {greeting}"
    new = {**rows[1], "code": "of-our-own", "title": "'+ plus", "persona": "physician"}
    assert load([*rows, new]).status_code == 302
    changed = ScriptVersion.objects.get(script__code=rows[0]["code"], number=2)
    made = ScriptVersion.objects.get(script__code="of-our-own")
    assert (changed.state, changed.body) == ("draft", "=1+1, said {greeting}")
    assert (made.state, made.title, made.persona.code) == ("draft", "+ plus", "physician")
    again = {row["code"]: row for row in exported()}
    assert again[rows[0]["code"]]["body"] == "'=1+1, said {greeting}"  # no formula in a spreadsheet
    assert again["of-our-own"]["title"] == "'+ plus"
    assert load(list(again.values())).status_code == 302
    assert ScriptVersion.objects.exclude(state=ScriptState.APPROVED).count() == 2
    book = load_workbook(io.BytesIO(signed_in("advisor").get(
        reverse("personas:export_scripts", args=["xlsx"]) + "?situation=tax"
    ).content))  # fmt: skip
    assert [row[0].value for row in book.active.rows] == [
        "code",
        "tax-everyone-advisor",
        "tax-everyone-associate",
    ]


def test_one_bad_line_refuses_the_file_and_every_error_is_named_with_its_line(tmp_path):
    good = exported()[0]
    rows = [
        good | {"code": "fine", "body": "Hello."},
        good | {"code": "no spaces", "situation": "gossip"},
        good | {"code": "fine", "persona": "dentist"},
        good | {"code": "three", "body": "Hello {nobody}.", "channel": "email", "subject": ""},
        good | {"code": "four", "title": "", "reach": "all"},
    ]
    answer = load(rows)
    assert answer.status_code == 422
    assert not Script.objects.filter(code__in=["fine", "three", "four"]).exists()
    path = Path(tmp_path) / "scripts.csv"
    path.write_bytes(as_file(rows).read())
    with pytest.raises(files.ImportRefused) as refused:
        files.load(path=path, by=UserFactory())
    found = {(problem.line, problem.column) for problem in refused.value.problems}
    assert found == {
        (3, "code"), (3, "situation"), (4, "code"), (4, "persona"), (5, "body"), (5, "subject"), (6, "title"),
        (6, "reach"),
    }  # fmt: skip
    path.write_text("code,title\nx,y\n")
    with pytest.raises(files.ImportRefused, match="situation, body is missing"):
        files.load(path=path, by=UserFactory())
    version = ScriptVersion.objects.get(script__code=good["code"])
    draft = services.edit(script=version.script, by=UserFactory(), content={"body": "Mine."})
    services.submit(version=draft, by=draft.written_by)
    path.write_bytes(as_file([good]).read())
    with pytest.raises(files.ImportRefused, match="Compliance looks"):
        files.load(path=path, by=UserFactory())


def test_a_person_of_compliance_approves_what_was_shipped_by_situation():
    checker = signed_in("compliance")
    day = firm_today() + 200 * DAY
    address = reverse("personas:approve_shipped")
    checker.post(address, {"situation": "referral", "review_on": day.isoformat()})
    versions = ScriptVersion.objects.newest().filter(situation__code="referral")
    assert {(v.number, v.state, v.review_on, v.is_shipped) for v in versions} == {(2, "approved", day, False)}
    assert ScriptVersion.objects.filter(situation__code="referral", state="replaced").count() == len(versions)
    checker.post(address, {"situation": "referral", "review_on": day.isoformat()})
    assert ScriptVersion.objects.filter(situation__code="referral", number=3).count() == 0


def test_nonsense_in_an_address_or_a_form_is_answered_and_never_an_error():
    browser, big = signed_in("operations"), "9" * 18
    client = ClientFactory().pk
    for address in (
        "scripts/?q=%00&persona=%00x&page=99999999999&state=%00",
        "scripts/?q=%25_%5C&role=" + "x" * 300,
        "scripts/of/review-everyone-advisor/?version=%00&with=" + big,
        f"scripts/for/{client}/?situation=%00&service=%00&task={big}0&role=%00",
        "scripts/export.csv?q=%00",
        f"messages/?client={big}0&state=x&q=%00&before={big}",
        "messages/many/?script=%00&topic=%00&filter=%00",
        "messages/many/?filter=tier%3D%2500%26q%3D%2500&script=update-everyone",
    ):
        assert browser.get(f"/personas/{address}").status_code == 200, address
    for address in (f"sending/{big}/1/", f"scripts/for/{big}9/", f"messages/{big}9/", "scripts/of/none/"):
        assert browser.get(f"/personas/{address}").status_code == 404, address
    for address, sent, status in (
        ("messages/many/", {"script": "\x00", "topic": "\x00", "filter": "\x00"}, 200),
        ("scripts/new/", {"title": "a\x00", "body": "\x00", "situation": big, "persona": "x"}, 422),
        ("scripts/new/", {}, 422),
        ("scripts/import/", {}, 422),
        (f"scripts/for/{client}/{big}/use/", {"task": "\x00"}, 404),
    ):
        assert browser.post(f"/personas/{address}", sent).status_code == status, address
    for data in (
        b"",
        b"\x00\x01",
        b'code,title,situation,body\n"x',
        b"PK\x03\x04junk",
        b"code\n" + b"x," * 5,
    ):
        sent = {"file": SimpleUploadedFile("scripts.csv", data)}
        assert browser.post("/personas/scripts/import/", sent).status_code == 422, data


def test_two_writers_with_one_draft_open_keep_each_other_s_words():
    first, second = signed_in("advisor"), signed_in("advisor")
    lines = "Good day, {greeting}.\n\nIt is about time."
    first.post(reverse("personas:new_script"), values(body=lines))
    edit = reverse("personas:edit_script", args=["say-good-day"])
    sent = form_of(first.get(edit).content.decode(), "body")
    other = form_of(second.get(edit).content.decode(), "body")
    assert first.post(edit, sent | {"title": "Say hello"}).status_code == 302
    assert second.post(edit, other | {"body": "Hello, {greeting}."}).status_code == 302
    version = ScriptVersion.objects.get(script__code="say-good-day")
    assert (version.title, version.body) == ("Say hello", "Hello, {greeting}.")
    refused = first.post(edit, sent | {"body": lines + " At last."})
    assert list(refused.context["form"].errors) == ["body"]
    assert "Somebody changed this to “Hello, {greeting}.” meanwhile" in refused.content.decode()
    assert first.post(edit, form_of(refused.content.decode(), "body")).status_code == 302
    version.refresh_from_db()
    assert (version.title, version.body.endswith("At last.")) == ("Say hello", True)


def test_what_became_a_shipped_script_again_since_the_queue_was_read_is_not_approved_with_it():
    checker, writer = signed_in("compliance"), UserFactory(groups=["advisor"])
    found = ScriptVersion.objects.shipped().filter(situation__code="referral")
    number, script = found.count(), found[0].script
    draft = services.edit(script=script, by=writer, content={"body": "Mine."})
    read = seen_on(checker.get(reverse("personas:script_queue")))
    services.discard(version=draft)
    chosen = {"situation": "referral", "review_on": in_year().isoformat(), "seen": read}
    checker.post(reverse("personas:approve_shipped"), chosen)
    assert found.get().script == script
    approved_now = ScriptVersion.objects.filter(situation__code="referral", decided_by__isnull=False)
    assert approved_now.count() == number - 1
