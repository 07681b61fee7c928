"""The life of data: holds that hold, former clients of whom no word is left, figures that stay."""

import datetime as dt
import json

import pghistory
import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from clients.history import history_of
from clients.models import (
    Anonymised,
    AttentionConstraint,
    Client,
    ComplexityDriver,
    Departure,
    IncomeStructure,
    LegalHold,
    Member,
    Notice,
    Permission,
    Persona,
    Revenue,
    SavedFilter,
    TeamMember,
    Touch,
    TouchKind,
)
from clients.permission.answers import record_answer
from servicing.book.merging import merge
from servicing.book.parting import part
from servicing.retention import short_lived
from servicing.retention.anonymising import anonymise
from servicing.retention.fates import ELSEWHERE, FATES, LET_GO
from servicing.retention.tables import tables_of_clients
from tests.factories import ClientFactory
from tests.servicing.filled_tables import fill_tables, found_in_database

WORD = "Quetzalcoatl"

pytestmark = pytest.mark.django_db


def long_gone(**facts):
    """A client who left ten years ago."""
    client = ClientFactory(status="former", **facts)
    Departure.objects.filter(client=client).update(left_on=dt.date(2015, 6, 1))
    return client


def test_each_table_and_each_text_of_a_client_has_a_rule():
    tables = {table: owned for table, owned in tables_of_clients().items() if not owned.is_history}
    owed = set(tables)
    history = {owned.of for owned in tables_of_clients().values() if owned.is_history}
    assert not owed - set(FATES), "Say in servicing/retention/fates.py what becomes of these tables."
    assert not set(FATES) - owed, "These tables no longer belong to a client."
    assert history <= set(FATES)
    silent = {
        table: sorted(set(owned.texts) - set(FATES[table].columns))
        for table, owned in tables.items()
        if not FATES[table].erased and set(owned.texts) - set(FATES[table].columns)
    }
    assert not silent, "Say in servicing/retention/fates.py what becomes of these texts."
    with connection.cursor() as cursor:
        known = set(connection.introspection.table_names(cursor))
    assert set(ELSEWHERE) <= known


@pytest.fixture
def taken_back(db):
    """What the test does is taken back before keys are looked at: rows of its own lead nowhere."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_no_word_of_a_former_client_is_left_in_any_table(people, taken_back):
    client = long_gone(
        name=f"{WORD} household", external_id=f"{WORD}-7", email=f"{WORD}@example.com", phone=f"1 {WORD}"
    )
    twin = ClientFactory(name=f"{WORD} again", external_id=f"{WORD}-8")
    Member.objects.create(client=twin, name=f"Ada {WORD}")
    other = ClientFactory(name="Somebody else", email="else@example.com")
    record_answer(
        client=client,
        answer=Permission.GRANTED,
        on=dt.date(2014, 1, 1),
        how="phone",
        by=people["olga"],
        note=f"{WORD} said yes",
    )
    merge(kept=client.pk, gone=twin.pk, take=[], by=people["olga"], reason=f"{WORD} twice")
    Notice.objects.create(user=people["olga"], text=f"{WORD} household waits", key="one")
    gone = ContentType.objects.get_for_model(TeamMember)
    entry = {"user": people["olga"], "content_type": gone, "object_id": "987654", "action_flag": 3}
    LogEntry.objects.create(object_repr=f"{WORD} household · Lead", **entry)
    changed = json.dumps([{"deleted": {"name": "contact", "object": f"{WORD} household: Ada"}}])
    LogEntry.objects.create(object_repr="x", change_message=changed, **entry)
    for user, name, query in (
        ("olga", "Family", f"status=any&q={WORD.lower()}"),
        ("olga", f"All of {WORD} household", "tier=A"),
        ("ann", "Households", "q=house"),
    ):
        SavedFilter.objects.create(user=people[user], name=name, query=query)
    ClientFactory(name="Another household")
    client.name = f"{WORD} of old"
    client.save(update_fields=["name"])
    fill_tables(client=client.pk, word=WORD)
    assert len(found_in_database(WORD)) > 60  # the word was nearly everywhere

    with pghistory.context(by="anonymise"):  # as the worker does
        anonymise([client.pk])

    left = found_in_database(WORD)
    allowed = {"servicing_reviewactionevent", "servicing_reviewaction"}  # the firm's own review
    kept = {table for table in left if table not in allowed}
    for table in list(kept):
        owned = tables_of_clients().get(table)
        fate = FATES.get(owned.of) if owned else None
        stays = [name for name in owned.texts if name not in fate.changes] if fate else []
        if stays and _only_in(table, stays):
            kept.discard(table)
    assert not kept, {table: left[table] for table in kept}
    client.refresh_from_db()
    assert (client.name, client.external_id) == (f"Former client {client.pk}", f"former-{client.pk}")
    other.refresh_from_db()
    assert (other.name, other.email) == ("Somebody else", "else@example.com")
    assert [kept.name for kept in SavedFilter.objects.all()] == ["Households"]


def test_no_word_is_left_of_a_former_client_that_was_one_with_another_for_a_while(people):
    client = long_gone(name=f"{WORD} household", external_id=f"{WORD}-7", email=f"{WORD}@example.com")
    ada = Member.objects.create(client=client, name=f"Ada {WORD}")
    kept = ClientFactory(name="Somebody else", email="")
    merged = merge(kept=kept.pk, gone=client.pk, take=["email"], by=people["olga"], reason=f"{WORD} twice")
    Member.objects.filter(pk=ada.pk).update(email=f"ada@{WORD}.example.com")
    part(merge=merged, by=people["olga"], reason=f"{WORD} is a client of its own")
    Departure.objects.filter(client=client).update(left_on=dt.date(2015, 6, 1))
    assert f"number {WORD}-7" in str([entry.what for entry in history_of(kept)])
    with pghistory.context(by="anonymise"):
        anonymise([client.pk])
    assert found_in_database(WORD) == {}
    kept.refresh_from_db()
    assert kept.name == "Somebody else"


def _only_in(table, columns):
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {table} t WHERE (to_jsonb(t) - %s::text[])::text ILIKE %s",
            [columns, f"%{WORD}%"],
        )
        return cursor.fetchone()[0] == 0


def test_no_value_of_a_field_is_left_once_it_was_erased_alone(people, taken_back):
    client = long_gone(
        name="Okafor",
        complexity_driver=ComplexityDriver.objects.first(),
        attention_constraint=AttentionConstraint.objects.first(),
        persona=Persona.objects.first(),
        income_structure=IncomeStructure.objects.first(),
    )
    fill_tables(client=client.pk, word=WORD)
    today = dt.date(2035, 1, 1)
    held = {each.client: each.fields for each in short_lived.over(clients=[client.pk], today=today, most=9)}
    assert set(held[client.pk]) == {each.code for each in short_lived.short_lived()}
    with pghistory.context(by="anonymise"):
        short_lived.erase(held)
    assert short_lived.over(clients=[client.pk], today=today, most=9) == []
    client.refresh_from_db()
    assert client.name == "Okafor"
    assert Touch.objects.filter(client=client, note__contains=WORD).exists()


def test_what_the_figures_rest_on_stays(people):
    client = long_gone(client_since=dt.date(2003, 5, 9))
    Revenue.objects.create(
        client=client, date=dt.date(2015, 1, 1), amount="1200.50", source="billing", source_id="INV-9"
    )
    Touch.objects.create(
        client=client,
        kind=TouchKind.objects.get(code="call"),
        occurred_at=dt.datetime(2015, 2, 1, tzinfo=dt.UTC),
        occurred_on=dt.date(2015, 2, 1),
        outcome="reached",
        minutes=25,
        role_id=1,
        note="Their daughter marries.",
    )
    anonymise([client.pk])
    money = Revenue.objects.get(client=client)
    assert (str(money.amount), money.date, money.source) == ("1200.50", dt.date(2015, 1, 1), "billing")
    assert "INV" not in money.source_id
    touch = Touch.objects.get(client=client)
    assert (touch.minutes, touch.outcome, touch.note) == (25, "reached", "")
    client.refresh_from_db()
    assert client.client_since == dt.date(2003, 1, 1)


def test_a_hold_stands_whatever_way_is_tried(people):
    client, other = long_gone(), long_gone()
    Touch.objects.create(
        client=client,
        kind=TouchKind.objects.get(code="call"),
        occurred_on=dt.date(2015, 2, 1),
        outcome="reached",
        role_id=1,
    )
    hold = LegalHold.objects.create(client=client, reason="A complaint", placed_by=people["carl"])

    def refused(sql, *values):
        with pytest.raises(IntegrityError, match="legal hold"), transaction.atomic():
            connection.cursor().execute(sql, values)

    for table in ("clients_touch", "clients_client"):
        column = "id" if table == "clients_client" else "client_id"
        refused(f"DELETE FROM {table} WHERE {column} = %s", client.pk)
    refused("INSERT INTO clients_anonymised (client_id, at) VALUES (%s, now())", client.pk)
    with pytest.raises(IntegrityError, match="legal hold"):
        anonymise([client.pk, other.pk])
    assert not Anonymised.objects.exists()
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        hold.delete()
    # of everybody
    over = {"released_at": timezone.now(), "released_by": people["carl"], "release_reason": "Settled"}
    LegalHold.objects.filter(pk=hold.pk).update(**over)
    every = LegalHold.objects.create(reason="An examination", placed_by=people["carl"])
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalHold.objects.create(reason="Once more", placed_by=people["carl"])
    with pytest.raises(IntegrityError, match="legal hold"), transaction.atomic():
        anonymise([other.pk])
    LegalHold.objects.filter(pk=every.pk).update(**over)
    anonymise([client.pk, other.pk])
    assert Anonymised.objects.count() == 2


# Some tables keep what was begun, spoken or worked on; the rest may be taken back.
BEGUN = {
    "servicing_waiver": "starts_on = '2015-01-01'",
    "servicing_cadenceoverride": "starts_on = '2015-01-01'",
    "servicing_transition": "touched = true",
    "personas_message": "state = 'sent'",
}


def test_nothing_recorded_about_a_held_client_can_be_deleted(people, taken_back):
    client = long_gone()
    fill_tables(client=client.pk, word=WORD)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, value in BEGUN.items():
            cursor.execute(f"UPDATE {table} SET {value} WHERE client_id = %s", [client.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    LegalHold.objects.create(client=client, reason="A complaint", placed_by=people["carl"])
    let_go = []
    for owned in tables_of_clients().values():
        if owned.is_history or owned.table == "clients_legalhold":
            continue
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    f"DELETE FROM {owned.table} WHERE {owned.rows('%(ids)s')}", {"ids": [client.pk]}
                )
                let_go.append(owned.table)
                transaction.set_rollback(True)
        except IntegrityError as error:
            assert "legal hold" in str(error), owned.table  # noqa: PT017
        except DatabaseError as error:  # another rule keeps it, hold or not
            assert owned.table in ("personas_scriptuse", "personas_message"), (owned.table, error)  # noqa: PT017
    assert set(let_go) - set(LET_GO) == set()
    assert set(LET_GO) <= set(FATES)


def test_the_day_of_leaving_follows_the_status(db):
    client = ClientFactory()
    assert not Departure.objects.exists()
    Client.objects.filter(pk=client.pk).update(status="former")
    Departure.objects.filter(client=client).update(left_on=dt.date(2020, 1, 1))
    Client.objects.filter(pk=client.pk).update(name="Another name", status="former")
    assert Departure.objects.get().left_on == dt.date(2020, 1, 1)
    Client.objects.filter(pk=client.pk).update(status="active")
    assert not Departure.objects.exists()
