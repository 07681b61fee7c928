"""Taking an import back as one, and the reasons why it cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core import serializers
from django.db import connection
from django.utils import timezone

from clients.importing.undo import UndoRefused, undo_import
from clients.models import (
    BehavioralTag,
    BehavioralTrigger,
    Client,
    ClientSummary,
    ImportBatch,
    ImportedRecord,
    Member,
    Revenue,
    ServiceRole,
    TeamMember,
    Tier,
    TimeEntry,
    Touch,
)
from servicing.models import ClientRequest
from tests.clients.files import NATIVE, OKAFOR, client, done, person, write
from tests.clients.test_import_formats import WEALTHBOX
from tiers.models import TierAssignment

pytestmark = pytest.mark.django_db
STATE = (Client, TeamMember, Member, Revenue, Touch, ClientSummary, BehavioralTag)


def everything() -> list[str]:
    return [serializers.serialize("json", model.objects.order_by("pk")) for model in STATE]


def undo(result: dict) -> None:
    undo_import(batch=ImportBatch.objects.get(pk=result["import"]), by=None)


def test_it_takes_back_created_clients_with_team_and_tag(tmp_path: Path) -> None:
    person()
    before = everything()
    result = done("clients", write(tmp_path, f"{NATIVE}\n{OKAFOR}\n"))
    undo(result)
    assert everything() == before
    assert ImportBatch.objects.get().state == "undone"
    assert not ImportedRecord.objects.exists()


def test_it_gives_changed_clients_their_earlier_values(tmp_path: Path) -> None:
    person()
    person("bob")
    done("clients", write(tmp_path, f"{NATIVE}\n{OKAFOR}\nC-2,Other,,,ann{',' * 12}\n"))
    before = everything()
    text = (
        "external_id,name,advisor,persona,client_since,phone\n"
        "C-1,New name,bob,business_owner,-,-\nC-2,Other,-,,,\nC-3,New,,,,\n"
    )
    result = done("clients", write(tmp_path, text))
    assert result["updated"] == 2
    undo(result)
    assert everything() == before


def test_it_takes_back_members(tmp_path: Path) -> None:
    person(first_name="Ann", last_name="Lee")
    before = everything()
    first = done("clients", write(tmp_path, WEALTHBOX))
    between = everything()
    second = done("clients", write(tmp_path, WEALTHBOX.replace("Ben Okafor", "Benjamin Okafor")))
    undo(second)
    assert everything() == between
    undo(first)
    assert everything() == before


def test_it_takes_back_revenue_and_touches(tmp_path: Path) -> None:
    client("C-1")
    done("revenue", write(tmp_path, "external_id,date,amount\nC-1,2026-01-31,100\n"))
    done("touches", write(tmp_path, "external_id,occurred_at,kind\nC-1,2026-01-31,call\n"))
    before = everything()
    revenue = done(
        "revenue", write(tmp_path, "external_id,date,amount\nC-1,2026-01-31,7\nC-1,2026-02-28,1\n")
    )
    touches = done(
        "touches",
        write(
            tmp_path,
            "external_id,occurred_at,kind,outcome\nC-1,2026-01-31,call,attempted\nC-1,2026-03-01,call,\n",
        ),
    )
    undo(touches)
    undo(revenue)
    assert everything() == before


def test_it_refuses_once_something_was_changed_since(tmp_path: Path) -> None:
    result = done("clients", write(tmp_path, "external_id,name\nA,A\nB,B\n"))
    Client.objects.filter(external_id="A").update(phone="5")
    before = everything()
    with pytest.raises(UndoRefused, match=r"1 record .*changed or removed"):
        undo(result)
    assert everything() == before


def test_it_refuses_once_something_was_built_on_it(tmp_path: Path) -> None:
    result = done("clients", write(tmp_path, "external_id,name\nA,A\n"))
    today = timezone.now().date()
    TierAssignment.objects.create(
        client=Client.objects.get(),
        tier=Tier.objects.first(),
        starts_on=today,
        serviced_from=today,
        source="first",
    )
    with pytest.raises(UndoRefused, match="tier assignments"):
        undo(result)


def test_it_refuses_clients_with_logged_time_or_a_request(tmp_path: Path) -> None:
    ann = person()
    result = done("clients", write(tmp_path, f"{NATIVE}\n{OKAFOR}\n"))
    lead = ServiceRole.objects.get(code="lead_advisor")
    okafor = Client.objects.get()
    entry = TimeEntry.objects.create(client=okafor, spent_on="2026-01-05", minutes=5, role=lead, by=ann)
    with pytest.raises(UndoRefused, match=r"1 client created by it has time spent by now\."):
        undo(result)
    entry.delete()
    request = ClientRequest.objects.create(client=okafor, text="Wire the deposit")
    with pytest.raises(UndoRefused, match=r"1 client created by it has requests by now\."):
        undo(result)
    request.delete()
    undo(result)
    assert not Client.objects.exists()


def test_it_refuses_clients_with_revenue_until_that_is_undone(tmp_path: Path) -> None:
    clients = done("clients", write(tmp_path, "external_id,name\nA,A\n"))
    revenue = done("revenue", write(tmp_path, "external_id,date,amount\nA,2026-01-31,7\n"))
    with pytest.raises(UndoRefused, match="revenue"):
        undo(clients)
    undo(revenue)
    undo(clients)
    assert not Client.objects.exists()


def test_it_refuses_a_second_time(tmp_path: Path) -> None:
    result = done("clients", write(tmp_path, "external_id,name\nA,A\n"))
    undo(result)
    with pytest.raises(UndoRefused):
        undo(result)


def test_it_refuses_where_the_earlier_values_are_kept_no_longer(tmp_path: Path) -> None:
    result = done("clients", write(tmp_path, "external_id,name\nA,A\n"))
    ImportedRecord.objects.all().delete()
    with pytest.raises(UndoRefused, match="kept no longer"):
        undo(result)
    assert Client.objects.get().external_id == "A"
    assert ImportBatch.objects.get().state == "applied"


class TestBehavioralTrigger:
    HEADER = "external_id,name,permission,behavioral_trigger\n"

    def test_no_undo_record_holds_its_value(self, tmp_path: Path) -> None:
        done("clients", write(tmp_path, f"{self.HEADER}A,A,granted,avoidance\n"))
        done("clients", write(tmp_path, f"{self.HEADER}A,A,,status_pressure\n"))
        ids = set(BehavioralTrigger.objects.values_list("pk", flat=True))
        for record in ImportedRecord.objects.filter(table="tag"):
            assert record.after_hash is None
            assert not record.before
        others = json.dumps(
            list(ImportedRecord.objects.exclude(table="tag").values_list("before", flat=True))
        )
        assert "trigger" not in others
        assert ids

    def test_undo_erases_what_the_import_set(self, tmp_path: Path) -> None:
        client("A", permission="granted")
        result = done("clients", write(tmp_path, f"{self.HEADER}A,Someone,,avoidance\n"))
        undo(result)
        assert not BehavioralTag.objects.exists()

    def test_it_refuses_where_it_was_changed_since(self, tmp_path: Path) -> None:
        client("A", permission="granted")
        result = done("clients", write(tmp_path, f"{self.HEADER}A,Someone,,avoidance\n"))
        ImportBatch.objects.update(applied_at=timezone.now() - timezone.timedelta(hours=1))
        BehavioralTag.objects.update(trigger=BehavioralTrigger.objects.get(code="status_pressure"))
        with pytest.raises(UndoRefused, match="behavioral trigger"):
            undo(result)


@pytest.mark.thorough
def test_an_undone_import_comes_back_as_quickly(tmp_path: Path) -> None:
    """A table that was just emptied looks empty to the planner: the joins must not go row by row."""
    person()
    rows = "".join(f"C-{n},Name {n},ann\n" for n in range(20_000))
    path = write(tmp_path, "external_id,name,advisor\n" + rows)
    first = done("clients", path)
    with connection.cursor() as cursor:
        undo(first)
        cursor.execute("ANALYZE clients_client; ANALYZE clients_teammember")
        cursor.execute("SET LOCAL statement_timeout = '15s'")
        done("clients", path)
        # What follows are checks of 20,000 deletions, by plans that this session made for a few rows.
        cursor.execute("SET LOCAL statement_timeout = 0")
    assert TeamMember.objects.count() == 20_000
