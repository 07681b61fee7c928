"""Two records become one and can be parted; one becomes two. Nothing is lost, nothing counts twice."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum

from clients.commands import Refused
from clients.firm import firm_today
from clients.history import history_of
from clients.models import (
    BehavioralTag,
    BehavioralTrigger,
    Client,
    ClientMerge,
    ClientSplit,
    FormerNumber,
    Member,
    Persona,
    Revenue,
    TeamMember,
    TimeEntry,
    Touch,
)
from servicing.book import merging, parting, splitting
from servicing.book.rules import RULES
from servicing.book.tables import belonging
from servicing.models import CadenceOverride, ClientRequest, ServiceClock, ServiceTask, Waiver
from servicing.planning import plan
from tests.servicing.world import noon
from tiers.models import Override, TierAssignment

pytestmark = pytest.mark.django_db
LEAD = "lead_advisor"
# What planning derives anew, and what says that there was a merge.
NOT_COMPARED = {"servicing_serviceclock", "clients_clientmerge", "clients_clientsummary"}


def test_each_table_of_a_client_has_a_rule():
    missing = set(belonging()) - set(RULES)
    assert not missing, f"Say in servicing/book/rules.py what becomes of {sorted(missing)} in a merge."
    assert not set(RULES) - set(belonging()), "These tables no longer belong to a client."


@pytest.fixture
def two(world, people):
    """An A household of ann's and a B household of bob's that turn out to be the same."""
    world.users.update(people)
    today = firm_today()
    since = today - dt.timedelta(days=300)
    kept = world.client(tier="A", since=since, team={LEAD: "ann"})
    gone = world.client(tier="B", since=since, team={LEAD: "bob", "associate": "olga"})
    for pk, amount in ((kept, 100), (gone, 40)):
        Revenue.objects.create(client_id=pk, date=today, amount=amount, source="custodian")
        Revenue.objects.create(
            client_id=pk, date=today, amount=amount, source="custodian", source_id=f"x{pk}"
        )
        world.touch(pk, "review_meeting", since + dt.timedelta(days=pk % 7))
        Touch.objects.create(
            client_id=pk,
            kind=world.touch_kinds["call"],
            occurred_at=noon(since),
            occurred_on=since,
            outcome="reached",
            minutes=pk % 2 + 5,
            note="" if pk == kept else "Both at the table",
            role=world.roles[LEAD],
        )
        TimeEntry.objects.create(
            client_id=pk, spent_on=today, minutes=30, role=world.roles[LEAD], by=people["ann"]
        )
    Member.objects.create(client_id=kept, name="Ada Okafor")
    Member.objects.create(client_id=gone, name="ada okafor ", email="ada@example.com")
    Member.objects.create(client_id=gone, name="Ben Okafor")
    Client.objects.filter(pk=gone).update(persona=Persona.objects.first(), email="both@example.com")
    world.waive(gone, "check_in", today, today + dt.timedelta(days=30))
    for pk in (kept, gone):
        world.give(pk, "wealth_plan_review", 6, today)
        Override.objects.create(
            client_id=pk, tier=world.tiers["A"], reason="wish", text="t", starts_on=today, expires_on=today
        )
    world.plan(today)
    for pk, days in ((kept, 3), (gone, 5)):  # a review is due at both
        ServiceClock.objects.filter(client=pk, kind__code="review_meeting").update(
            due_on=today + dt.timedelta(days=days), create_on=today
        )
    world.plan(today)
    return kept, gone


def rows(client: int) -> dict[str, list]:
    """Every row that belongs to a client, by table; what planning and the merge itself write is left out."""
    found = {}
    for table, (_model, columns) in belonging().items():
        if table not in NOT_COMPARED:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT (to_jsonb(t) - 'closed_at')::text FROM {table} t "
                    f"WHERE {columns[0]} = %s ORDER BY 1",
                    [client],
                )
                found[table] = [row[0] for row in cursor.fetchall()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(c)::text FROM clients_client c WHERE id = %s", [client])
        found["clients_client"] = [row[0] for row in cursor.fetchall()]
    return found


def test_it_puts_everything_in_the_record_that_stays(two, world, people):
    kept, gone = two
    total = Revenue.objects.aggregate(Sum("amount"))["amount__sum"]
    open_kinds = set(ServiceTask.objects.open().filter(client=kept).values_list("kind__code", flat=True))
    assert "review_meeting" in open_kinds
    seen = merging.merge_preview(kept=Client.objects.get(pk=kept), gone=Client.objects.get(pk=gone))
    assert (seen.same_touches, seen.same_people) == (1, ["ada okafor "])
    assert seen.same_day_money == (2, Decimal(80))
    assert {field.name for field in seen.fields if field.take} == {"persona", "email"}

    number = Client.objects.get(pk=gone).external_id
    merged = merging.merge(
        kept=kept, gone=gone, take={"persona", "email"}, by=people["olga"], reason="Twice", seen=seen.seen
    )

    client = Client.objects.get(pk=kept)
    assert not Client.objects.filter(pk=gone).exists()
    assert (client.email, client.persona) == ("both@example.com", Persona.objects.first())
    assert Revenue.objects.filter(client=kept).aggregate(Sum("amount"))["amount__sum"] == total
    assert Touch.objects.filter(client=kept).count() == 3
    call = Touch.objects.get(client=kept, kind__code="call")
    assert (call.note, call.minutes) == ("Both at the table", 6)
    assert sorted(client.members.values_list("name", "email")) == [
        ("Ada Okafor", "ada@example.com"),
        ("Ben Okafor", ""),
    ]
    assert dict(client.team.values_list("role__code", "user__username")) == {LEAD: "ann", "associate": "olga"}
    assert client.time_entries.count() == 2
    assert list(Waiver.objects.filter(client=kept).values_list("kind__code", flat=True)) == ["check_in"]
    assert CadenceOverride.objects.filter(client=kept).count() == 1
    assert Override.objects.filter(client=kept, ended_on=None).count() == 1
    assert list(TierAssignment.objects.values_list("client", "tier__code", "ends_on")) == [(kept, "A", None)]
    per_kind = ServiceTask.objects.open().filter(client=kept).values_list("kind__code", flat=True)
    assert len(set(per_kind)) == len(per_kind)
    assert ServiceTask.objects.filter(client=kept, closed_reason="merged").count() == 1
    assert FormerNumber.objects.get(external_id=number).client_id == kept
    assert merged.counts["clients_touch"] == 1
    told = [entry.what for entry in history_of(client)]
    assert any(number in what for what in told)
    tier = world.tiers["B"].label
    assert f"Tier assignment ({tier}) removed" in told
    again = plan(as_of=firm_today(), clients=[kept])
    assert (again.created, again.cancelled, again.moved) == (0, 0, 0)


def test_it_parts_them_again_with_all_that_each_had(two, people):
    kept, gone = two
    before = rows(kept), rows(gone)
    merged = merging.merge(kept=kept, gone=gone, take={"persona", "email"}, by=people["olga"])
    back = parting.part(merge=merged, by=people["olga"])
    assert back.pk == gone
    after = rows(kept), rows(gone)
    for was, now in zip(before, after, strict=True):
        for table in was:
            if table not in ("clients_member", "clients_touch"):
                assert now[table] == was[table], table
    # what one record had told the other stays known
    assert Member.objects.get(client=kept).email == "ada@example.com"
    assert Touch.objects.filter(client=gone).count() == 2
    assert Client.objects.get(pk=gone).summary.tier.code == "B"
    assert not FormerNumber.objects.exists()
    with pytest.raises(Refused, match="already"):
        parting.part(merge=merged, by=people["olga"])


@pytest.mark.parametrize(
    ("kept_says", "gone_says", "result"),
    [
        ("granted", "granted", "granted"),
        ("granted", "not_asked", "not_asked"),
        ("not_asked", "granted", "not_asked"),
        ("granted", "withdrawn", "withdrawn"),
        ("declined", "granted", "declined"),
    ],
)
def test_the_stricter_permission_wins(two, people, kept_says, gone_says, result):
    kept, gone = two
    triggers = list(BehavioralTrigger.objects.order_by("pk")[:2])
    for pk, says, trigger in zip((kept, gone), (kept_says, gone_says), triggers, strict=True):
        Client.objects.filter(pk=pk).update(permission=says)
        if says == "granted":
            BehavioralTag.objects.create(client_id=pk, trigger=trigger)
    merged = merging.merge(kept=kept, gone=gone, take={"behavioral_trigger"}, by=people["olga"])
    assert Client.objects.get(pk=kept).permission == result
    tags = list(BehavioralTag.objects.values_list("client", "trigger"))
    assert tags == ([(kept, triggers[1].pk)] if result == "granted" else [])
    assert "trigger" not in str(merged.before)
    # each gets its own answer back; a no that came after the merge holds for both
    if result == "withdrawn":
        parting.part(merge=merged, by=people["olga"])
        assert Client.objects.get(pk=kept).permission == kept_says
        assert Client.objects.get(pk=gone).permission == gone_says
    else:
        Client.objects.filter(pk=kept).update(permission="withdrawn")
        parting.part(merge=merged, by=people["olga"])
        assert set(Client.objects.values_list("permission", flat=True)) == {"withdrawn"}
    assert not BehavioralTag.objects.exists()


def test_it_refuses_the_same_record_a_gone_one_and_one_that_changed(two, people):
    kept, gone = two
    with pytest.raises(Refused, match="different"):
        merging.merge(kept=kept, gone=kept, take=(), by=people["olga"])
    seen = merging.fingerprint(kept, gone)
    Client.objects.filter(pk=gone).update(phone="555")
    with pytest.raises(merging.SomethingChanged):
        merging.merge(kept=kept, gone=gone, take=(), by=people["olga"], seen=seen)
    merging.merge(kept=kept, gone=gone, take=(), by=people["olga"])
    with pytest.raises(Refused, match="gone"):
        merging.merge(kept=kept, gone=gone, take=(), by=people["olga"])


def test_a_merge_of_a_merge_leads_on_and_parts_step_by_step(two, world, people):
    kept, gone = two
    third = world.client(tier="C", since=firm_today() - dt.timedelta(days=300), team={LEAD: "ann"})
    world.plan(firm_today())
    first = merging.merge(kept=kept, gone=gone, take=(), by=people["olga"])
    second = merging.merge(kept=third, gone=kept, take=(), by=people["olga"])
    assert set(FormerNumber.objects.values_list("client", flat=True)) == {third}
    assert set(ClientMerge.objects.values_list("client", flat=True)) == {third}
    assert Touch.objects.filter(client=third).count() == 3
    parting.part(merge=second, by=people["olga"])
    assert ClientMerge.objects.get(pk=first.pk).client_id == kept
    assert FormerNumber.objects.get().client_id == kept
    first.refresh_from_db()
    parting.part(merge=first, by=people["olga"])
    assert Client.objects.count() == 3
    assert {pk: Revenue.objects.filter(client=pk).count() for pk in (kept, gone, third)} == {
        kept: 2,
        gone: 2,
        third: 0,
    }


def test_it_splits_a_record_and_says_so_on_both(two, world, people):
    kept, _gone = two
    today = firm_today()
    ben = Member.objects.create(client_id=kept, name="Ben")
    Client.objects.filter(pk=kept).update(permission="granted", persona=Persona.objects.first())
    BehavioralTag.objects.create(client_id=kept, trigger=BehavioralTrigger.objects.first())
    new_touch = world.touch(kept, "review_meeting", today)
    world.plan(today)
    done = ServiceTask.objects.get(touch=new_touch)
    by_hand = ServiceTask.objects.create(
        client_id=kept, title="Send the form", due_on=today, window_start=today, window_end=today
    )
    asked = ClientRequest.objects.create(client_id=kept, text="Help", task=by_hand)
    promised = ServiceTask.objects.open().filter(client=kept, item__isnull=False).count()
    parts = splitting.Parts(
        name="Ben's household",
        external_id="N-BEN",
        members=[ben.pk],
        touches_since=today,
        tasks_since=today,
    )
    made = splitting.split(client=kept, parts=parts, by=people["olga"], reason="Divorce")
    assert (made.permission, made.persona) == ("not_asked", None)
    assert BehavioralTag.objects.filter(client=kept).exists()
    assert [m.name for m in made.members.all()] == ["Ben"]
    assert TeamMember.objects.get(client=made).user == people["ann"]
    for row in (new_touch, done, by_hand, asked):
        row.refresh_from_db()
        assert row.client_id == made.pk
    assert done.status == "done"
    assert Revenue.objects.filter(client=kept).count() == 2
    assert ServiceTask.objects.open().filter(client=kept, item__isnull=False).count() >= promised - 1
    assert not ServiceTask.objects.open().filter(client=made, item__isnull=False).exists()
    split = ClientSplit.objects.get()
    assert split.counts["clients_touch"] == 1
    assert any("was split off" in entry.what for entry in history_of(Client.objects.get(pk=kept)))
    assert any("Split off from" in entry.what for entry in history_of(made))
    # and the two may become one again
    merging.merge(kept=kept, gone=made.pk, take=(), by=people["olga"])
    assert Touch.objects.get(pk=new_touch.pk).client_id == kept
    assert FormerNumber.objects.get().external_id == "N-BEN"


def test_it_refuses_a_split_that_makes_no_sense(two, people):
    kept, gone = two
    everyone = list(Member.objects.filter(client=gone).values_list("pk", flat=True))
    number = Client.objects.get(pk=kept).external_id
    for parts, why in (
        (splitting.Parts("New", "N-1", members=everyone), "at least one person"),
        (splitting.Parts("New", number, members=everyone[:1]), "number"),
        (splitting.Parts("New", "N-1", members=[0]), "no longer"),
    ):
        with pytest.raises(Refused, match=why):
            splitting.split(client=gone, parts=parts, by=people["olga"], reason="x")
    assert Client.objects.count() == 2
