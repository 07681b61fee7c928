"""Fields whose period is over before the client's: they go by the same lists, out of history too."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import reverse

from clients.firm import firm_today
from clients.jobs import untold
from clients.models import (
    BehavioralTag,
    BehavioralTrigger,
    Client,
    Departure,
    Erasure,
    FieldEntry,
    Member,
    Permission,
    Persona,
)
from clients.register.fields import tracked_fields
from personas.models import Loan
from servicing.models import AnonymisingBatch, ConfidenceAnswer, RowOutcome
from servicing.retention import periods, services, short_lived
from servicing.retention.tables import tables_of_clients
from tests.factories import ClientFactory, UserFactory

pytestmark = pytest.mark.django_db


def left(months: int, **facts) -> Client:
    client = ClientFactory(**facts)
    return leave(client, months)


def leave(client: Client, months: int) -> Client:
    Client.objects.filter(pk=client.pk).update(status="former")
    day = firm_today() - dt.timedelta(days=31 * months)
    Departure.objects.filter(client=client).update(left_on=day)
    client.refresh_from_db()
    return client


@pytest.fixture
def keepers(db):
    return UserFactory(groups=["compliance"]), UserFactory(groups=["administrator"])


def decided(keepers) -> AnonymisingBatch:
    services.propose()
    batch = AnonymisingBatch.objects.get(state="proposed")
    services.review(batch=batch, by=keepers[0])
    services.approve(batch=batch, by=keepers[1])
    batch.refresh_from_db()
    return batch


def words_in(table: str, column: str, client: Client) -> list:
    owned = tables_of_clients()[table]
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM {table} WHERE {owned.rows("%(ids)s")}', {"ids": [client.pk]})
        return [row[0] for row in cursor.fetchall() if row[0] not in (None, "")]


def test_the_trigger_goes_after_a_year_and_the_persona_after_two_while_the_client_stays(keepers):
    persona = Persona.objects.get(code="physician")
    client = ClientFactory(permission=Permission.GRANTED, persona=persona, email="ada@example.com")
    BehavioralTag.objects.create(client=client, trigger=BehavioralTrigger.objects.first())
    Member.objects.create(client=client, name="Ada", birth_date=dt.date(1960, 1, 1))
    leave(client, 13)
    assert periods.over(most=10) == []
    (found,) = short_lived.over(most=10)
    assert (found.client, found.fields) == (client.pk, ["behavioral_trigger"])
    services.run(batch=decided(keepers), report=untold)
    assert not BehavioralTag.objects.exists()
    assert Erasure.objects.get().swept_at
    client.refresh_from_db()
    assert client.persona == persona
    assert short_lived.over(most=10) == []
    assert services.propose() == 0

    leave_day = firm_today() - dt.timedelta(days=31 * 25)
    Departure.objects.filter(client=client).update(left_on=leave_day)
    batch = decided(keepers)
    assert batch.rows.get().fields == ["persona"]
    services.run(batch=batch, report=untold)
    batch.refresh_from_db()
    assert batch.counts == {RowOutcome.ERASED: 1}
    client.refresh_from_db()
    assert client.persona is None
    assert words_in("clients_clientevent", "persona_id", client) == []
    assert (client.email, Member.objects.get().birth_date) == ("ada@example.com", dt.date(1960, 1, 1))
    assert client.name in words_in("clients_clientevent", "name", client)


def test_rows_go_with_their_history_and_a_value_that_history_alone_knows_goes_too(keepers):
    client = ClientFactory(persona=Persona.objects.get(code="general"))
    Client.objects.filter(pk=client.pk).update(persona=None)
    ConfidenceAnswer.objects.create(client=client, value=4, blocker="Rates", asked_on=firm_today())
    Loan.objects.create(
        client=client,
        kind="student",
        name="School",
        balance=Decimal(1000),
        as_of=firm_today(),
        yearly_rate=Decimal(5),
        monthly_payment=Decimal(50),
    )
    leave(client, 25)
    batch = decided(keepers)
    assert batch.rows.get().fields == ["confidence", "confidence_blocker", "persona"]
    services.run(batch=batch, report=untold)
    assert not ConfidenceAnswer.objects.exists()
    assert words_in("servicing_confidenceanswerevent", "blocker", client) == []
    assert words_in("clients_clientevent", "persona_id", client) == []
    assert Loan.objects.exists()  # for six years


def test_every_promise_of_the_register_is_kept_by_one_way_or_the_other():
    """A field goes by itself, or is promised for as long as the record stays."""
    alone = {field.code: field for field in short_lived.short_lived()}
    with_the_record = {code for codes in periods.FIELDS.values() for code in codes}
    assert with_the_record == {code for code, field in tracked_fields().items() if field.least_months}
    assert with_the_record | set(alone) == set(tracked_fields())
    for line in FieldEntry.objects.all():
        if line.field not in alone:
            assert line.retention_months >= 72, line.field
    # one that the register keeps longer than all others keeps the client's record with it
    client = leave(ClientFactory(), 80)
    assert periods.due_of(client.pk).due_on <= firm_today() + dt.timedelta(days=366)
    FieldEntry.objects.filter(field="channel_opt_outs").update(retention_months=120)
    assert periods.due_of(client.pk).due_on > firm_today() + dt.timedelta(days=1000)
    # each can be erased of a client, in one transaction, whatever hangs on what
    client = ClientFactory()
    with transaction.atomic():
        short_lived.erase({client.pk: list(alone)})


def test_a_hold_an_open_list_and_a_reason_keep_fields_but_not_the_end_of_the_client(keepers):
    client = left(25, persona=Persona.objects.get(code="general"))
    held = left(25, persona=Persona.objects.get(code="general"))
    services.place_hold(client=held, reason="A complaint", by=keepers[0])
    assert [each.client for each in short_lived.over(most=10)] == [client.pk]
    batch = decided(keepers)
    services.place_hold(client=client, reason="Another", by=keepers[0])
    services.run(batch=batch, report=untold)
    assert batch.rows.get().outcome == RowOutcome.HELD
    client.refresh_from_db()
    assert client.persona
    services.release_hold(hold=client.holds.get(), why="Settled", by=keepers[0])
    services.propose()
    again = AnonymisingBatch.objects.latest("pk")
    services.exclude(row=again.rows.get(), by=keepers[0], why="A sister comes")
    services.drop(batch=again)
    assert services.propose() == 0  # kept for a year
    Departure.objects.filter(client=client).update(left_on=dt.date(2012, 1, 1))
    assert services.propose() == 1
    assert AnonymisingBatch.objects.latest("pk").rows.get().fields == []


def test_pages_say_what_goes_and_the_register_refuses_a_promise_that_the_law_breaks(
    signed_in, people, keepers
):
    left(25, persona=Persona.objects.get(code="general"))
    services.propose()
    batch = AnonymisingBatch.objects.get()
    browser = signed_in("carl")
    page = reverse("servicing:anonymising", args=[batch.pk])
    assert "Erase: Persona" in " ".join(browser.get(page).content.decode().split())
    browser.post(reverse("servicing:anonymising_reviewed", args=[batch.pk]))
    text = browser.get(page).content.decode()
    assert "1 client loses the fields" in text
    assert "becomes a number" not in text
    shown = browser.get(reverse("servicing:retention_periods")).content.decode()
    assert "After 12 months" in shown
    assert "Behavioral trigger" in shown
    boss = Browser()
    boss.force_login(keepers[1])
    values = {"purpose": "advice", "reason": "We must keep records.", "retention_months": 12}
    refused = boss.post("/clients/register/touch_notes/", values)
    assert refused.status_code == 422
    assert "72 months or more" in refused.content.decode()
    assert boss.post("/clients/register/touch_notes/", values | {"retention_months": 72}).status_code == 302
