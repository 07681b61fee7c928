"""The client's statement: every registered field with a value, nothing erased, nothing of others."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape
from django.utils.timezone import localdate

from clients.contact import opt_out
from clients.models import (
    BehavioralTag,
    BehavioralTrigger,
    Client,
    FieldEntry,
    Member,
    Revenue,
    ServiceRole,
    TimeEntry,
    Touch,
    TouchKind,
)
from clients.permission.answers import record_answer
from clients.register.entries import end_entry
from clients.register.fields import tracked_fields
from clients.register.statement import statement_of
from clients.words import AXES
from tests.factories import ClientFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(okafor: Client, advisor: Any) -> Client:
    """A client with a value in every field of the register."""
    for axis, model in AXES.items():
        if axis != "behavioral_trigger":
            setattr(okafor, axis, model._default_manager.first())
    okafor.permission = "granted"
    okafor.client_since = dt.date(2014, 5, 2)
    okafor.email, okafor.phone = "ok@example.com", "212 555 0100"
    okafor.assets_under_management = okafor.investable_assets = Decimal("1234500.50")
    okafor.potential_revenue, okafor.expected_years = Decimal("12000.25"), 17
    okafor.growth_potential, okafor.alignment = 4, 5
    okafor.save()
    BehavioralTag.objects.create(client=okafor, trigger=BehavioralTrigger.objects.get(code="avoidance"))
    Member.objects.create(
        client=okafor,
        name="Ada Okafor",
        relation="partner",
        birth_date=dt.date(1980, 1, 2),
        email="ada@example.com",
        phone="212 555 0101",
        external_id="P-7",
    )
    opt_out(client=okafor, channels=["post"], how="phone", by=advisor)
    role = ServiceRole.objects.get(code="lead_advisor")
    day = dt.date(2026, 1, 5)
    Touch.objects.create(
        client=okafor,
        kind=TouchKind.objects.get(code="call"),
        occurred_at=dt.datetime(2026, 1, 5, 17, tzinfo=dt.UTC),
        occurred_on=day,
        outcome="reached",
        role=role,
        note="Her sister Zelda owes her money",
    )
    Revenue.objects.create(client=okafor, date=day, amount=100, source="custodian")
    TimeEntry.objects.create(client=okafor, spent_on=day, minutes=30, role=role, by=advisor)
    return okafor


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_every_registered_field_with_a_value_is_on_it_with_its_reason(signed_in, full, advisor):
    page = text_of(signed_in(advisor).get(f"/clients/{full.pk}/statement/"))
    reasons = dict(FieldEntry.objects.values_list("field", "reason"))
    for code, field in tracked_fields().items():
        if not field.model.startswith("clients.") or code == "channel_opt_outs":
            continue  # opt-outs have a part of their own; fields of other apps have values of their own
        assert f"<h3>{escape(field.on_statement)}</h3>" in page, code
        assert escape(reasons[code]) in page, code
    for value in (
        "Avoidance",
        "$1,234,500.50",
        "4 of 5",
        "Ada Okafor: partner",
        "January 2, 1980",
        "May 2, 2014",
        "Post</strong>",
        "1 record, from January 5, 2026",
    ):
        assert value in page, value


def test_it_gives_neither_notes_nor_anything_of_other_clients(signed_in, full, advisor):
    other = ClientFactory(name="Quillfeather household", lead=advisor, email="quill@example.com")
    page = text_of(signed_in(advisor).get(f"/clients/{full.pk}/statement/"))
    assert "Zelda" not in page
    assert other.name not in page
    assert other.email not in page
    assert "Ask us if you want to read them" in page


def test_an_erased_value_is_not_on_it_and_that_it_was_erased_is(signed_in, full, advisor):
    record_answer(client=full, answer="withdrawn", on=localdate(), how="phone", by=advisor)
    page = text_of(signed_in(advisor).get(f"/clients/{full.pk}/statement/"))
    assert "Avoidance" not in page
    assert "What can lead to a decision one regrets" not in page
    assert "Behavioral trigger erased" in page
    assert "Withdrawn" in page


def test_it_says_since_when_and_who(signed_in, full, advisor, teammate):
    browser = signed_in(teammate)
    browser.post(f"/clients/{full.pk}/tag/persona/", {"value": AXES["persona"]._default_manager.last().pk})
    held = {
        kept.field.code: kept.values[0]
        for _group, fields in statement_of(Client.objects.get(pk=full.pk)).groups
        for kept in fields
        if kept.values
    }
    assert held["persona"].by == teammate.display_name
    assert held["email"].by != teammate.display_name  # another column of the same row was changed
    assert all(value.since is not None for value in held.values())


def test_a_field_that_ended_is_named_without_its_value(signed_in, full, advisor):
    end_entry(code="member_birth_date")
    page = text_of(signed_in(advisor).get(f"/clients/{full.pk}/statement/"))
    assert not re.search(r"\b1980\b", page)  # the year, not a person's number
    assert "What we no longer use" in page
    assert "Date of birth" in page


def test_it_takes_a_fixed_number_of_queries(signed_in, full, advisor):
    browser = signed_in(advisor)
    counts = []
    for more in (0, 30):
        Member.objects.bulk_create(Member(client=full, name=f"Person {more} {n}") for n in range(more))
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(f"/clients/{full.pk}/statement/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 34, counts
