"""A book goes from one person to others with its open tasks, as one step, and comes back as one."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from django.utils import timezone

from clients.commands import Refused
from clients.firm import firm_today
from clients.history import history_of
from clients.models import Client, ClientSummary, Notice, TeamMember, Tier, User
from servicing.book import transfer as book
from servicing.book.preview import preview
from servicing.models import Absence, BookTransfer, ServiceTask, TransferState
from servicing.planning import plan
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
LEAD, ASSOCIATE = "lead_advisor", "associate"


def a_book(world, people, sizes: str = "AABBC") -> list[int]:
    """Clients of ann's, each with bob as associate, served since half a year and planned today."""
    world.users.update(people)
    since = firm_today() - dt.timedelta(days=200)
    ids = [world.client(tier=tier, since=since, team={LEAD: "ann", ASSOCIATE: "bob"}) for tier in sizes]
    tiers = {tier.code: tier for tier in Tier.objects.all()}
    for pk, tier in zip(ids, sizes, strict=True):
        ClientSummary.objects.filter(client=pk).update(tier=tiers[tier], tier_position=tiers[tier].position)
    world.plan(firm_today())
    return ids


def draft(people, *, to, roles=(LEAD,), giver="ann", **more) -> BookTransfer:
    more.setdefault("selection", {"all": True})
    return book.make_draft(
        by=people["olga"],
        from_user=people[giver] if giver else None,
        role_ids=book.roles_of(roles),
        receiver_ids=[person.pk for person in to],
        **more,
    )


def leads(ids: list[int]) -> Counter:
    held = TeamMember.objects.filter(client__in=ids, role__code=LEAD)
    return Counter(held.values_list("user__username", flat=True))


def test_it_moves_roles_and_open_tasks_and_access_follows(world, people):
    ids = a_book(world, people)
    receiver = UserFactory(username="rita", groups=["advisor"])
    third = UserFactory(username="theo", groups=["advisor"])
    mine = ServiceTask.objects.open().filter(assigned_to=people["ann"])
    assert mine.count() > 2
    kept = mine.filter(client=ids[0]).first()
    book_task = mine.filter(client=ids[1]).first()
    ServiceTask.objects.filter(pk=kept.pk).update(assigned_to=third, reassigned=True)
    ServiceTask.objects.filter(pk=book_task.pk).update(reassigned=True)
    of_bob = set(ServiceTask.objects.filter(assigned_to=people["bob"]).values_list("pk", flat=True))
    before = mine.count()
    transfer = draft(people, to=[receiver], reason="Ann goes on leave")
    seen = preview(transfer)
    assert (seen.clients, seen.tasks, seen.tiers) == (5, before, [("A", 2), ("B", 2), ("C", 1)])
    assert seen.stay == 1
    assert seen.minutes > 0
    assert (seen.receivers[0].before, seen.receivers[0].after) == (0, seen.minutes)

    done = book.hand_over(transfer=transfer, by=people["olga"], seen=seen.seen)

    assert (done.clients, done.tasks, done.state) == (5, before, TransferState.DONE)
    assert leads(ids) == {"rita": 5}
    assert not mine.exists()
    assert ServiceTask.objects.get(pk=kept.pk).assigned_to == third
    assert ServiceTask.objects.get(pk=book_task.pk).assigned_to == receiver
    assert set(ServiceTask.objects.filter(assigned_to=people["bob"]).values_list("pk", flat=True)) == of_bob
    assert not Client.objects.visible_to(people["ann"]).exists()
    assert Client.objects.visible_to(User.objects.get(pk=receiver.pk)).count() == 5
    assert plan(as_of=firm_today()).reassigned == 0, "planning agrees with where the tasks went"
    told = history_of(Client.objects.get(pk=ids[0]))
    assert {entry.who for entry in told if "Ann goes on leave" in entry.note} == {"olga"}
    told = Notice.objects.get()  # the receiver alone, and not who did it
    assert (told.user, told.text) == (receiver, f"5 clients are yours now, with {before} open tasks.")
    assert told.url.endswith("?advisor=rita")


def test_it_comes_back_as_one_while_nobody_changed_the_roles(world, people):
    ids = a_book(world, people)
    rita = UserFactory(username="rita", groups=["advisor"])
    quiet = UserFactory(groups=["advisor"], wants_notices=False)
    was = set(ServiceTask.objects.values_list("pk", "assigned_to", "reassigned"))
    done = book.hand_over(transfer=draft(people, to=[rita, quiet], share="count"), by=people["olga"])
    assert Notice.objects.get().user == rita  # the other one has switched notices off
    closed = ServiceTask.objects.open().filter(assigned_to=rita).first()
    ServiceTask.objects.filter(pk=closed.pk).update(status="declined", closed_at=timezone.now())

    assert book.take_back(transfer=done, by=people["olga"]) == 1
    assert not Notice.objects.exists()  # what they had not seen of it
    assert leads(ids) == {"ann": 5}
    now = set(ServiceTask.objects.values_list("pk", "assigned_to", "reassigned"))
    assert {pk for pk, *_rest in was ^ now if pk in {row[0] for row in was}} == {closed.pk}
    with pytest.raises(Refused):
        book.take_back(transfer=done, by=people["olga"])

    again = book.hand_over(transfer=draft(people, to=[rita]), by=people["olga"])
    TeamMember.objects.filter(client=ids[0], role__code=LEAD).update(user=people["bob"])
    with pytest.raises(Refused, match="1 role went to somebody else"):
        book.take_back(transfer=again, by=people["olga"])
    assert leads(ids) == {"rita": 4, "bob": 1}
    TeamMember.objects.filter(client=ids[0], role__code=LEAD).update(user=rita)
    BookTransfer.objects.filter(pk=again.pk).update(done_at=timezone.now() - dt.timedelta(days=15))
    with pytest.raises(Refused, match="14 days"):
        book.take_back(transfer=again, by=people["olga"])
    BookTransfer.objects.filter(pk=again.pk).update(done_at=timezone.now())
    User.objects.filter(username="ann").update(is_active=False)
    with pytest.raises(Refused, match="no longer sign in"):
        book.take_back(transfer=again, by=people["olga"])


def test_it_deals_hours_evenly_and_the_same_way_each_time(world, people):
    ids = a_book(world, people, sizes="AAAABBBBBBCCCCCCCC")
    receivers = [UserFactory(username=name, groups=["advisor"]) for name in ("r1", "r2", "r3")]
    by_hours = [preview(draft(people, to=receivers)) for _time in range(2)]
    assert [r.minutes for r in by_hours[0].receivers] == [r.minutes for r in by_hours[1].receivers]
    minutes = sorted(r.minutes for r in by_hours[0].receivers)
    largest = max(preview(draft(people, to=receivers[:1], selection={"clients": [pk]})).minutes for pk in ids)
    assert 0 <= minutes[-1] - minutes[0] <= largest
    assert sum(minutes) == by_hours[0].minutes
    book.hand_over(transfer=draft(people, to=receivers, share="count"), by=people["olga"])
    assert leads(ids) == {"r1": 6, "r2": 6, "r3": 6}


def test_it_takes_a_part_of_the_book_and_several_roles(world, people):
    ids = a_book(world, people)
    rita = UserFactory(username="rita", groups=["advisor"])
    held = TeamMember.objects.get(client=ids[0], role__code=ASSOCIATE)
    TeamMember.objects.filter(pk=held.pk).update(user=people["ann"])
    both = (LEAD, ASSOCIATE)
    book.hand_over(
        transfer=draft(people, to=[rita], roles=both, selection={"tiers": ["A"]}), by=people["olga"]
    )
    assert leads(ids) == {"rita": 2, "ann": 3}
    assert TeamMember.objects.get(pk=held.pk).user == rita
    # whoever holds the role, out of what the list's filter matches
    Client.objects.filter(pk=ids[4]).update(name="Needle")
    book.hand_over(
        transfer=draft(people, to=[people["bob"]], giver="", selection={"filter": "q=needle"}),
        by=people["olga"],
    )
    assert leads(ids) == {"rita": 2, "ann": 2, "bob": 1}


def test_it_leaves_a_hand_picked_task_where_the_giver_keeps_a_role(world, people):
    ids = a_book(world, people, sizes="A")
    rita = UserFactory(username="rita", groups=["advisor"])
    TeamMember.objects.filter(client=ids[0], role__code=ASSOCIATE).update(user=people["ann"])
    task = ServiceTask.objects.open().filter(assigned_to=people["ann"]).first()
    ServiceTask.objects.filter(pk=task.pk).update(reassigned=True)
    book.hand_over(transfer=draft(people, to=[rita]), by=people["olga"])
    task.refresh_from_db()
    assert task.assigned_to == people["ann"]


@pytest.mark.parametrize("who", ["inactive", "giver", "reader", "nobody"])
def test_it_refuses_a_receiver_who_cannot_work_with_clients(world, people, who):
    ids = a_book(world, people, sizes="C")
    receivers = {
        "inactive": [UserFactory(is_active=False, groups=["advisor"])],
        "giver": [people["ann"]],
        "reader": [people["carl"]],
        "nobody": [],
    }[who]
    with pytest.raises(Refused):
        book.hand_over(transfer=draft(people, to=receivers), by=people["olga"])
    assert leads(ids) == {"ann": 1}


def test_it_refuses_when_something_changed_since_the_preview(world, people):
    ids = a_book(world, people)
    rita = UserFactory(username="rita", groups=["advisor"])
    transfer = draft(people, to=[rita])
    seen = preview(transfer).seen
    TeamMember.objects.filter(client=ids[0], role__code=LEAD).update(user=people["bob"])
    with pytest.raises(book.SomethingChanged):
        book.hand_over(transfer=transfer, by=people["olga"], seen=seen)
    assert leads(ids) == {"ann": 4, "bob": 1}
    assert preview(transfer).seen != seen
    book.hand_over(transfer=transfer, by=people["olga"], seen=preview(transfer).seen)
    with pytest.raises(Refused, match="already"):
        book.hand_over(transfer=transfer, by=people["olga"])


def test_work_that_a_stand_in_has_goes_along_and_planning_finds_the_next_stand_in(world, people):
    a_book(world, people)
    today = firm_today()
    rita = UserFactory(username="rita", groups=["advisor"])
    days = {"first_on": today, "last_on": today + dt.timedelta(days=120)}
    Absence.objects.create(user=people["ann"], stand_in=people["outsider"], **days)
    plan(as_of=today)
    stood_in = set(
        ServiceTask.objects.open().filter(stands_in_for=people["ann"]).values_list("pk", flat=True)
    )
    assert stood_in
    done = book.hand_over(transfer=draft(people, to=[rita]), by=people["olga"])
    now = ServiceTask.objects.filter(pk__in=stood_in)
    assert set(now.values_list("assigned_to__username", "stands_in_for")) == {("rita", None)}
    assert plan(as_of=today).reassigned == 0
    book.take_back(transfer=done, by=people["olga"])
    assert set(now.values_list("assigned_to__username", "stands_in_for__username")) == {("outsider", "ann")}
