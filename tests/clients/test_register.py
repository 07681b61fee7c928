"""The field register: what has no entry is not asked for, not shown, not taken; the rest says why."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.html import escape

from clients.firm import firm_today
from clients.models import (
    BulkChange,
    Client,
    FieldEntry,
    FieldReview,
    Member,
    Notice,
    Persona,
    SavedFilter,
    Tier,
    TouchKind,
)
from clients.register import entries
from clients.register.active import active_fields, is_active
from clients.register.check import ask_owners, check
from clients.register.entries import EntryRefused, end_entry, record_review
from clients.register.fields import tracked_fields
from clients.services_facts import log_touch
from personas.models import Loan, Message, ScriptUse, ScriptVersion
from tests.clients.files import NATIVE, OKAFOR, done, exported_rows, write
from tests.factories import ClientFactory
from tiers.models import FeeBracket, FeeSchedule
from tiers.services import propose_run

pytestmark = pytest.mark.django_db


def shown(response: Any) -> str:
    return response.content.decode()


def physician() -> Persona:
    return Persona.objects.get(code="physician")


def test_every_field_that_the_product_knows_ships_with_an_entry_and_a_reason():
    held = entries.reasons()
    assert set(tracked_fields()) - set(held) == set()
    assert all(len(entry.reason) > 20 and entry.retention_months for entry in held.values())


def test_a_form_shows_the_why_beside_each_field_without_script(signed_in, okafor, advisor):
    browser = signed_in(advisor)
    reasons = dict(FieldEntry.objects.values_list("field", "reason"))
    page = shown(browser.get(f"/clients/{okafor.pk}/edit/"))
    for code in ("name", "persona", "email", "growth_potential", "expected_years"):
        assert f'<summary id="why-{code}">' in page
        assert escape(reasons[code]) in page
        assert f'href="/clients/register/#{code}"' in page
    page = shown(browser.get(f"/clients/{okafor.pk}/people/new/"))
    assert escape(reasons["member_birth_date"]) in page


def test_a_field_whose_entry_ended_is_nowhere_and_taken_by_nothing(
    signed_in, okafor, advisor, operations, administrator, tmp_path
):
    Client.objects.filter(pk=okafor.pk).update(persona=physician(), email="ok@example.com")
    Member.objects.create(client=okafor, name="Ada", birth_date=dt.date(1980, 1, 2))
    browser, office, boss = signed_in(advisor), signed_in(operations), signed_in(administrator)
    for code in ("email", "member_birth_date"):
        boss.post(f"/clients/register/{code}/end/")
    FieldEntry.objects.filter(field="persona").update(active_until=firm_today())
    assert not is_active("persona")

    # the form
    page = shown(browser.get(f"/clients/{okafor.pk}/edit/"))
    assert 'name="persona"' not in page
    assert 'name="email"' not in page
    form = {"name": "Okafor", "external_id": okafor.external_id, "status": "active"}
    general = Persona.objects.get(code="general").pk
    browser.post(f"/clients/{okafor.pk}/edit/", {**form, "persona": general, "email": "new@example.com"})
    browser.post(f"/clients/{okafor.pk}/people/new/", {"name": "Ben", "birth_date": "1990-01-02"})
    assert not Member.objects.filter(birth_date=dt.date(1990, 1, 2)).exists()
    # the cell, and many at once
    assert browser.post(f"/clients/{okafor.pk}/tag/persona/", {"value": general}).status_code == 404
    browser.post("/clients/bulk/", {"client": okafor.pk, "change": f"persona:{general}"})
    assert not BulkChange.objects.exists()
    # the import reports the column and leaves it out
    result = done(
        "clients", write(tmp_path, f"external_id,name,persona\n{okafor.external_id},Okafor,general\n")
    )
    assert result["ignored"] == ["persona"]
    okafor.refresh_from_db()
    assert (okafor.persona, okafor.email) == (physician(), "ok@example.com")
    # the list, its filters, the client's page, its history, the admin
    page = shown(office.get("/clients/?persona=physician"))
    assert "Persona: Physician" not in page
    assert '<th scope="col">Persona</th>' not in page
    assert 'data-cell="persona"' not in page
    assert 'name="persona"' not in shown(office.get("/clients/filters/"))
    for tab in ("", "people/", "history/"):
        page = shown(browser.get(f"/clients/{okafor.pk}/{tab}"))
        for value in ("Physician", "ok@example.com", "2 Jan 1980"):
            assert value not in page, (tab, value)
    assert "By persona" not in shown(boss.get("/admin/clients/client/"))
    # the export keeps its columns for those who read them, empty
    (row,) = exported_rows(tmp_path)
    assert (row["persona"], row["email"], row["name"]) == ("", "", "Okafor")

    # tracked again, all is as it was
    boss.post(
        "/clients/register/persona/",
        {"purpose": "advice", "reason": "We speak to it.", "retention_months": 12},
    )
    assert "Physician" in shown(browser.get(f"/clients/{okafor.pk}/"))


def test_a_foreign_file_brings_nothing_that_is_not_tracked(tmp_path):
    for code in ("member_birth_date", "member_email"):
        end_entry(code=code)
    text = (
        "ID,First Name,Last Name,Household,Household Title,Birthdate,Primary Email Address\n"
        "7,Ada,Okafor,Okafor,Head,01/02/1980,ada@example.com\n"
    )
    done("clients", write(tmp_path, text))
    member = Member.objects.get()
    assert (member.name, member.relation, member.birth_date, member.email) == ("Ada Okafor", "Head", None, "")


def test_a_change_of_the_register_holds_at_once_in_every_process(okafor):
    # nothing is kept between requests: the database is asked, whoever changed it
    assert is_active("persona")
    FieldEntry.objects.filter(field="persona").update(active_until=firm_today())
    assert not is_active("persona")
    FieldEntry.objects.filter(field="persona").update(active_until=firm_today() + dt.timedelta(days=1))
    assert is_active("persona")
    FieldEntry.objects.all().delete()
    assert active_fields() == {code for code, field in tracked_fields().items() if field.needed}


@pytest.mark.parametrize("code", ["name", "channel_opt_outs", "growth_potential", "persona", "nonsense"])
def test_what_the_record_needs_or_the_policy_weighs_does_not_end(code, signed_in, administrator):
    before = active_fields()
    signed_in(administrator).post(f"/clients/register/{code}/end/")
    assert active_fields() == before


def test_it_says_which_rule_stands_in_the_way():
    with pytest.raises(EntryRefused, match="published policy weighs growth potential with 10"):
        end_entry(code="growth_potential")
    with pytest.raises(EntryRefused, match="cannot be kept without"):
        end_entry(code="name")
    with pytest.raises(EntryRefused, match="has to be changed first") as no:
        end_entry(code="behavioral_trigger")
    assert all(word in str(no.value) for word in ("message map", "approved script", "of clients' tasks"))


def test_one_entry_at_a_time_and_none_that_ends_before_it_began():
    today = firm_today()
    for first, last in ((today, None), (today - dt.timedelta(days=400), today)):
        with pytest.raises(IntegrityError), transaction.atomic():
            FieldEntry.objects.create(
                field="persona",
                purpose="advice",
                reason="Again",
                retention_months=1,
                active_from=first,
                active_until=last,
            )
    with pytest.raises(IntegrityError), transaction.atomic():
        FieldEntry.objects.filter(field="email").update(active_until=dt.date(1999, 1, 1))


def test_everyone_reads_the_register_and_administrators_alone_change_it(signed_in, advisor, administrator):
    page = shown(signed_in(advisor).get("/clients/register/"))
    for field in tracked_fields().values():
        assert escape(str(field.label)) in page
    assert "/clients/register/persona/" not in page
    boss = signed_in(administrator)
    assert "/clients/register/persona/" in shown(boss.get("/clients/register/"))
    wrong = {"purpose": "curiosity", "reason": "", "retention_months": 0}
    response = boss.post("/clients/register/persona/", wrong)
    assert response.status_code == 422
    right = {"purpose": "advice", "reason": "New words", "retention_months": 12, "owner": administrator.pk}
    boss.post("/clients/register/persona/", right)
    entry = FieldEntry.objects.get(field="persona")
    assert (entry.reason, entry.owner) == ("New words", administrator)


def test_the_yearly_check_counts_real_uses_and_puts_the_unused_first(
    signed_in, okafor, advisor, administrator
):
    Client.objects.filter(pk=okafor.pk).update(persona=physician(), expected_years=7)
    ClientFactory()
    SavedFilter.objects.create(user=advisor, name="Doctors", query="persona=physician&sort=-score")
    clients, rows = check()
    found = {row.field.code: row for row in rows}
    assert clients == 2
    assert (found["persona"].filled, found["name"].filled, found["email"].filled) == (1, 2, 0)
    assert "1 saved filter asks for it" in [use.text for use in found["persona"].uses]
    assert found["expected_years"].unused
    assert [row.unused for row in rows] == sorted((row.unused for row in rows), reverse=True)
    boss = signed_in(administrator)
    page = shown(boss.get("/clients/register/check/"))
    assert "1 of 2 clients have a value" in page
    assert boss.post("/clients/register/review/", {"field": "expected_years"}).status_code == 422
    outcome = {"field": "expected_years", "outcome": "kept", "reason": "The next policy weighs it"}
    boss.post("/clients/register/review/", outcome)
    review = FieldReview.objects.get()
    assert (review.facts["filled"], review.reviewed_by) == (1, administrator)
    assert "The next policy weighs it" in shown(boss.get("/clients/register/check/"))
    boss.post("/clients/register/review/", {**outcome, "outcome": "retired", "reason": "Nothing used it"})
    assert not is_active("expected_years")
    refused = boss.post(
        "/clients/register/review/",
        {"field": "alignment", "outcome": "retired", "reason": "We do not need it"},
    )
    assert refused.status_code == 422
    assert "has to be changed first" in shown(refused)


def test_a_rule_that_used_nothing_in_the_year_counts_as_no_use(advisor):
    def of(code: str) -> Any:
        return next(row for row in check()[1] if row.field.code == code)

    growth = of("growth_potential")
    assert growth.unused
    # the policy in force weighs it, and nobody ran it
    assert {(use.rule, use.idle) for use in growth.uses} == {(True, True)}
    propose_run(as_of=firm_today() - dt.timedelta(days=400))
    assert of("growth_potential").unused
    propose_run(as_of=firm_today())
    assert not of("growth_potential").unused
    with pytest.raises(EntryRefused):  # whether or not it was used
        end_entry(code="alignment")

    assert of("assets_under_management").unused
    schedule = FeeSchedule.objects.create(tier=Tier.objects.get(code="A"), effective_on=firm_today())
    assert of("assets_under_management").unused  # a flat fee charges by nothing
    FeeBracket.objects.create(schedule=schedule, starts_at=0, percent=1)
    (charged,) = of("assets_under_management").uses
    assert (charged.text, charged.rule, charged.idle) == ("1 fee schedule charges by it", True, True)

    assert of("persona").unused
    client = ClientFactory(lead=advisor, persona=physician(), email="own@home.example")
    assert not of("persona").unused  # a row of the map speaks of it now
    assert of("loans").uses == []
    Loan.objects.create(
        client=client, name="School", kind="student", balance=9, as_of=firm_today(),
        yearly_rate=5, monthly_payment=1,
    )  # fmt: skip
    assert [use.text for use in of("loans").uses] == ["0 of 1 client with it was spoken with"]
    assert of("loans").unused
    person = Member.objects.create(client=client, name="Ada", email="ada@home.example", phone="555 0100")
    assert of("member_email").unused
    assert of("member_phone").unused
    call = TouchKind.objects.get(code="call")
    log_touch(client=client, kind=call, occurred_at=timezone.now(), by=advisor)
    assert not of("loans").unused
    assert not of("member_phone").unused
    assert of("member_email").unused
    assert of("member_birth_date").uses[0].idle  # scripts greet by it; none was used
    script = ScriptVersion.objects.filter(state="approved", body__contains="{greeting}").earliest("pk")
    ScriptUse.objects.create(script=script.script, version=script, client=client, text="Good day, Ada")
    assert not of("member_birth_date").unused
    assert not of("member_relation").unused
    for number, (address, code) in enumerate(
        [(person.email, "member_email"), ("Own@home.example", "email")], start=1
    ):
        assert of(code).unused
        Message.objects.create(
            client=client, version=script, once=f"{number}", message_id=f"<{number}@firm.example>",
            recipient=address, sender="post@firm.example", subject="s", text="t", state="sent",
            unsubscribe_url="https://crm.example/u", sent_at=timezone.now(),
        )  # fmt: skip
        assert not of(code).unused


def test_owners_are_asked_once_a_year_and_operations_for_what_nobody_answers_for(
    advisor, operations, administrator
):
    FieldEntry.objects.update(active_from=firm_today())
    assert ask_owners() == 0
    long_ago = firm_today() - dt.timedelta(days=366)
    FieldEntry.objects.filter(field__in=["persona", "email", "phone"]).update(active_from=long_ago)
    FieldEntry.objects.filter(field="persona").update(owner=advisor)
    assert ask_owners() == 2
    assert ask_owners() == 0
    told = {notice.user: notice.text for notice in Notice.objects.all()}
    assert told[advisor].startswith("1 tracked field waits")
    assert told[operations].startswith("2 tracked fields wait")
    Notice.objects.all().delete()
    for code in ("email", "phone"):
        record_review(code=code, outcome="kept", reason="In use", by=administrator, facts={})
    assert ask_owners() == 1  # what was looked at is not asked for again


def test_the_shipped_columns_still_come_in_whole(tmp_path: Path):
    from tests.clients.files import person

    person(first_name="Ann", last_name="Lee")
    result = done("clients", write(tmp_path, f"{NATIVE}\n{OKAFOR}\n"))
    assert result["ignored"] == []


def test_the_field_template_goes_out_and_comes_back_and_one_bad_record_refuses_it(
    signed_in, advisor, administrator
):
    office = signed_in(administrator)
    before = list(FieldEntry.objects.values())

    def send(text: str | bytes, name: str = "template.csv") -> Any:
        file = SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())
        return office.post("/clients/register/import/", {"file": file})

    for kind in ("csv", "xlsx"):  # what goes out changes nothing when it comes back
        sheet = office.get(f"/clients/register/file/{kind}/").content
        assert send(sheet, f"template.{kind}").status_code == 302
        assert list(FieldEntry.objects.values()) == before
    rows = {
        row["field"]: row
        for row in csv.DictReader(io.StringIO(office.get("/clients/register/file/csv/").content.decode()))
    }
    assert "physician, tech_equity" in rows["persona"]["values"]
    assert (rows["persona"]["tracked"], rows["persona"]["purpose"]) == ("yes", "advice")
    assert set(rows) == set(tracked_fields())
    head = "field,tracked,purpose,reason,owner,retention_months\n"
    wrong = send(
        head
        + "persona,yes,fun,Because,nobody,0\nastronaut,yes,,,,\nname,no,,,,\nphone,maybe,,,,\nphone,,,,,\n"
    )
    assert wrong.status_code == 422
    page = wrong.content.decode()
    for said in ("Line 2", "purpose", "retention_months", "Nobody has this username", "no field of this code",
                 "cannot be kept without", "Write yes or no", "has this field already"):  # fmt: skip
        assert said in page, said
    assert list(FieldEntry.objects.values()) == before
    changes = head + f"phone,no,,,,\nemail,,Implementation,To write to you,{administrator.username},24\n"
    assert send(changes).status_code == 302
    entry = entries.in_force().get(field="email")
    assert (entry.reason, entry.owner, entry.retention_months) == ("To write to you", administrator, 24)
    assert not is_active("phone")
    assert send(head + "phone,yes,,,,\n").status_code == 302
    assert is_active("phone")
    assert send("name,reason\nx,y\n").status_code == 422
    assert signed_in(advisor).get("/clients/register/import/").status_code == 403
