"""A large firm is planned at night in parts: the same work, each part once, none forgotten."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction

from clients.firm import firm_today
from clients.models import Change, ServiceRole, TeamMember
from servicing.models import FollowedItem, PlanningRange, ServiceClock, ServiceItem, ServiceTask
from servicing.planning import plan, ranges, sweeps
from tests.servicing.test_planning_promises import many_clients
from tests.servicing.world import World

DAY = dt.timedelta(days=1)


@pytest.fixture
def firm(transactional_db, settings):
    """Seven advisors with five clients each, one with more than a part holds, and six clients whom nobody
    leads. No book is so large that planning would look for the best days to begin it."""
    settings.PLANNING_PART_CLIENTS = 12
    world = World()
    clients = many_clients(world, 65, "B", firm_today() - 100 * DAY)
    role = ServiceRole.objects.get(code="lead_advisor")
    TeamMember.objects.filter(client__in=clients[59:]).delete()
    for number in range(7):
        TeamMember.objects.filter(client__in=clients[number:35:7], role=role).update(
            user=world.person(f"lead {number}")
        )
    for client in clients[::3]:
        world.touch(client, "review_meeting", firm_today() - 95 * DAY)
    return clients


def night() -> list[int]:
    """The parts of tonight, split as the nightly task does."""
    sweeps.plan_tonight()
    return ranges.left(night=firm_today())


def open_work() -> list[tuple[int, str]]:
    return sorted(ServiceTask.objects.open().values_list("client_id", "kind__code"))


def promises() -> list[tuple[int, str]]:
    return sorted(ServiceClock.objects.values_list("client_id", "kind__code"))


def dates(clients: list[int]) -> list[tuple[int, str, dt.date]]:
    clocks = ServiceClock.objects.filter(client__in=clients)
    return sorted(clocks.values_list("client_id", "kind__code", "due_on"))


def test_parts_give_the_work_that_one_run_gives(firm):
    whole = firm[:35]  # the books that no part cuts; one that is cut may begin in another order
    with transaction.atomic():
        plan(as_of=firm_today())
        together, promised, dated = open_work(), promises(), dates(whole)
        transaction.set_rollback(True)
    numbers = night()
    assert len(numbers) > 3
    created = sum(sweeps.plan_part(night=firm_today(), number=number).created for number in numbers)
    assert created == len(open_work()) > 0
    assert promises() == promised
    assert dates(whole) == dated
    assert [row for row in open_work() if row[0] in whole] == [row for row in together if row[0] in whole]
    assert plan(as_of=firm_today()).created == 0
    assert not Change.objects.filter(kind="service").exists()


def test_parts_are_whole_books_and_take_everybody_once(firm):
    night()
    seen = []
    leads_of = dict(TeamMember.objects.values_list("client_id", "user_id"))
    parts_of: dict[int, set[int]] = {}
    for part in PlanningRange.objects.all():
        with connection.cursor() as cursor:
            cursor.execute(ranges.MEMBERS, {name: getattr(part, name) for name in
                           ("first_lead", "first_client", "end_lead", "end_client")})  # fmt: skip
            members = [row[0] for row in cursor.fetchall()]
        assert len(members) == part.clients <= 24
        seen += members
        for client in members:
            parts_of.setdefault(leads_of.get(client, 0), set()).add(part.number)
    assert sorted(seen) == sorted(firm)
    cut = [lead for lead, numbers in parts_of.items() if len(numbers) > 1]
    # only the book that is larger than a part by itself
    assert [TeamMember.objects.filter(user=lead).count() for lead in cut] == [24]


def test_a_repeated_message_costs_nothing_and_the_night_is_split_once(firm):
    numbers = night()
    assert sweeps.plan_part(night=firm_today(), number=numbers[0])
    assert sweeps.plan_part(night=firm_today(), number=numbers[0]) is None
    assert sweeps.plan_part(night=firm_today() - DAY, number=numbers[1]) is None
    assert night() == numbers[1:]


def test_a_part_whose_worker_died_is_planned_by_the_next_sweep(firm, monkeypatch):
    numbers = night()
    with monkeypatch.context() as patch:
        patch.setattr(ranges, "finish", None)  # the power goes after the planning, before the commit
        with pytest.raises(TypeError):
            sweeps.plan_part(night=firm_today(), number=numbers[0])
    assert not ServiceTask.objects.exists()
    assert ranges.left(night=firm_today()) == numbers
    assert sweeps.plan_parts_left() == len(numbers)
    assert ranges.left(night=firm_today()) == []
    assert sweeps.plan_parts_left() == 0


def test_two_workers_never_plan_one_part_twice(firm):
    numbers = night()
    start, done, failures = threading.Barrier(3), [], []

    def work() -> None:
        try:
            start.wait()
            done.extend(n for n in numbers if sweeps.plan_part(night=firm_today(), number=n))
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failures
    sweeps.plan_parts_left()  # one that all three passed by, because another held it then
    assert len(done) == len(set(done))
    assert ranges.left(night=firm_today()) == []
    assert ServiceTask.objects.values("client", "kind").distinct().count() == ServiceTask.objects.count()


def test_what_is_edited_between_two_parts_is_followed_with_the_last(firm):
    plan(as_of=firm_today())
    numbers = night()
    sweeps.plan_part(night=firm_today(), number=numbers[0])
    item = ServiceItem.objects.get(standard__tier__code="B", kind__code="review_meeting")
    ServiceItem.objects.filter(pk=item.pk).update(duration_minutes=50)
    for number in numbers[1:]:
        sweeps.plan_part(night=firm_today(), number=number)
    assert set(ServiceTask.objects.open().filter(item=item).values_list("planned_minutes", flat=True)) == {70}
    assert FollowedItem.objects.filter(item=item).exists()


def test_who_asks_for_it_has_a_planned_night_planned_once_more(firm):
    numbers = night()
    assert sweeps.plan_parts_left() == len(numbers)
    item = ServiceItem.objects.get(standard__tier__code="B", kind__code="review_meeting")
    ServiceItem.objects.filter(pk=item.pk).update(duration_minutes=50)
    assert sweeps.plan_tonight()["parts"] == 0
    for _twice in range(2):  # parts that nobody planned yet are not planned twice
        assert sweeps.plan_tonight(anew=True)["parts"] == len(numbers)
    again = ranges.left(night=firm_today())
    assert min(again) > max(numbers)
    assert sweeps.plan_part(night=firm_today(), number=numbers[0]) is None
    assert sweeps.plan_parts_left() == len(again)
    assert set(ServiceTask.objects.open().filter(item=item).values_list("planned_minutes", flat=True)) == {70}


def test_a_part_that_somebody_plans_is_left_to_them_when_all_is_planned_once_more(firm):
    first, *rest = night()
    held, over = threading.Event(), threading.Event()

    def work() -> None:
        try:
            with transaction.atomic():
                assert ranges.claim(night=firm_today(), number=first)
                held.set()
                over.wait(20)
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    held.wait(20)
    sweeps.plan_tonight(anew=True)
    over.set()
    worker.join()
    left = ranges.left(night=firm_today())
    assert left[0] == first
    assert len(left) == 2 + len(rest)
    assert min(left[1:]) > max(rest)
