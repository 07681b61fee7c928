"""While somebody is away: whose work it is, when it is due, who is woken, and where it is entered."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from clients.changes import take_changes
from clients.firm import firm_today
from clients.models import Change, ChangeKind, Touch, User
from servicing.absences import services
from servicing.models import Absence, ServiceItem, ServiceTask
from servicing.planning import plan, sweeps
from tests.servicing.world import noon

DAY = dt.timedelta(days=1)
TEAM = {"lead_advisor": "ann", "associate": "bob"}


@pytest.fixture
def away(world, people):
    """Ann's review is due in about three weeks; `away(before, after)` is an absence around it."""
    world.users.update(people)
    today = firm_today()
    client = world.client(tier="A", since=today - 200 * DAY, team=TEAM)
    world.touch(client, "review_meeting", today - 70 * DAY)
    plan(as_of=today)
    world.review = ServiceTask.objects.open().get(kind__code="review_meeting")

    def enter(before: int = 3, after: int = 3, stand_in: str = "", whose: str = "ann") -> Absence:
        due = world.review.due_on
        return Absence.objects.create(
            user=people[whose], first_on=due - before * DAY, last_on=due + after * DAY,
            stand_in=people[stand_in] if stand_in else None,
        )  # fmt: skip

    Change.objects.all().delete()
    enter.world = world
    return enter


def planned(world, on: dt.date | None = None) -> ServiceTask:
    plan(as_of=on or firm_today())
    return ServiceTask.objects.get(pk=world.review.pk)


def who(task: ServiceTask) -> tuple[str, str]:
    return task.assigned_to.username, task.stood_in.username if task.stood_in else ""


def test_work_due_in_an_absence_goes_to_the_stand_in_and_back_when_it_is_taken_back(away):
    absence = away(stand_in="bob")
    task = planned(away.world)
    assert who(task) == ("bob", "ann")
    assert task.due_on == away.world.review.due_on
    absence.delete()
    assert who(planned(away.world)) == ("ann", "")


def test_it_comes_back_when_the_absence_is_shortened_or_over(away):
    absence = away(stand_in="bob")
    plan(as_of=firm_today())
    assert who(planned(away.world, absence.last_on)) == ("bob", "ann")
    assert who(planned(away.world, absence.last_on + DAY)) == ("ann", "")
    Absence.objects.filter(pk=absence.pk).update(last_on=away.world.review.due_on - DAY)
    assert who(planned(away.world)) == ("ann", "")


def test_a_task_created_in_an_absence_begins_with_the_stand_in(away):
    ServiceTask.objects.all().delete()
    away(stand_in="bob")
    plan(as_of=firm_today())
    assert who(ServiceTask.objects.open().get(kind__code="review_meeting")) == ("bob", "ann")


def test_what_a_person_decided_stands(away, people):
    review = ServiceTask.objects.filter(pk=away.world.review.pk)
    review.update(assigned_to=people["olga"], reassigned=True)
    away(stand_in="bob")
    assert who(planned(away.world)) == ("olga", "")
    at = noon(away.world.review.due_on)
    review.update(assigned_to=people["ann"], reassigned=False, status="scheduled", scheduled_at=at)
    Absence.objects.update(note="Wedding")
    assert who(planned(away.world)) == ("ann", "")


def test_an_appointment_that_the_stand_in_made_stays_with_the_stand_in_until_the_person_is_back(away):
    absence = away(stand_in="bob")
    task = planned(away.world)
    ServiceTask.objects.filter(pk=task.pk).update(status="scheduled", scheduled_at=noon(task.due_on))
    assert who(planned(away.world)) == ("bob", "ann")
    assert who(planned(away.world, absence.last_on + DAY)) == ("ann", "")


def test_without_a_stand_in_the_date_moves_after_the_absence_and_stays_there(away):
    due = away.world.review.due_on
    absence = away()
    task = planned(away.world)
    assert absence.last_on < task.due_on <= due + 14 * DAY
    assert (task.window_start, task.window_end) == (task.due_on - 14 * DAY, task.due_on + 14 * DAY)
    assert task.due_on.weekday() < 5
    absence.delete()
    assert planned(away.world).due_on == task.due_on


def test_it_moves_before_the_absence_where_after_it_leaves_the_window(away):
    due = away.world.review.due_on
    absence = away(before=2, after=16)
    task = planned(away.world)
    assert due - 14 * DAY <= task.due_on < absence.first_on


def test_it_moves_beyond_its_window_where_the_absence_takes_that_up(away):
    absence = away(before=40, after=40)
    assert planned(away.world).due_on > absence.last_on


def test_it_never_leaves_the_allowed_months(away):
    due = away.world.review.due_on
    ServiceItem.objects.filter(kind__code="review_meeting").update(
        interval_months=12, allowed_months=[due.month]
    )
    plan(as_of=firm_today())
    first = due.replace(day=1)
    Absence.objects.create(user_id=away.world.review.assigned_to_id, first_on=first, last_on=first + 31 * DAY)
    assert planned(away.world).due_on.month == due.month


def test_a_date_that_a_person_gave_stands_and_what_is_late_stays_late(away):
    review = ServiceTask.objects.filter(pk=away.world.review.pk)
    due = away.world.review.due_on
    review.update(rescheduled_from=due - 5 * DAY)
    absence = away()
    assert planned(away.world).due_on == due
    review.update(rescheduled_from=None)
    Absence.objects.filter(pk=absence.pk).update(first_on=due - DAY, last_on=due + 40 * DAY)
    assert planned(away.world, due + 20 * DAY).due_on == due


def test_a_stand_in_who_is_away_too_makes_the_date_move_never_a_third_person(away):
    absence = away(stand_in="bob")
    away(whose="bob", stand_in="olga")
    task = planned(away.world)
    assert who(task) == ("ann", "")
    assert task.due_on > absence.last_on


def test_a_stand_in_who_left_is_none(away, people):
    away(stand_in="bob")
    people["bob"].is_active = False
    people["bob"].save()
    assert who(planned(away.world)) == ("ann", "")


def test_it_wakes_planning_for_exactly_the_clients_concerned(away, people):
    world = away.world
    others = world.client(tier="A", since=firm_today(), team={"lead_advisor": "bob"})
    later = world.client(tier="A", since=firm_today() - 30 * DAY, team={"lead_advisor": "ann"})
    world.touch(later, "review_meeting", firm_today() - 2 * DAY)
    plan(as_of=firm_today())
    Change.objects.all().delete()
    absence = away()
    mine = world.review.client_id
    assert take_changes(ChangeKind.SERVICE) == [mine]
    absence.note = "Wedding"
    absence.save()
    assert take_changes(ChangeKind.SERVICE) == []
    absence.stand_in = people["bob"]
    absence.save()
    assert take_changes(ChangeKind.SERVICE) == [mine]
    plan(as_of=firm_today(), clients=[mine])
    # the stand-in's own absence concerns those whom the stand-in serves
    away(before=0, after=0, whose="bob")
    assert mine in take_changes(ChangeKind.SERVICE)
    assert others not in take_changes(ChangeKind.SERVICE)
    absence.delete()
    assert mine in take_changes(ChangeKind.SERVICE)


def test_the_next_sweep_moves_what_was_open_already(away):
    away(stand_in="bob")
    assert sweeps.plan_changed() == 1
    assert who(ServiceTask.objects.get(pk=away.world.review.pk)) == ("bob", "ann")


def test_nothing_more_is_asked_where_nobody_is_away(away):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    plan(as_of=firm_today())
    with CaptureQueriesContext(connection) as sent:
        plan(as_of=firm_today(), clients=[away.world.review.client_id])
    assert len([each for each in sent if "absence" in each["sql"]]) == 1
    assert not [each for each in sent if "plan_away" in each["sql"] or "plan_there" in each["sql"]]


# --- the page


def fields(task: ServiceTask, **more) -> dict[str, str]:
    return {
        "first_on": (task.due_on - 2 * DAY).isoformat(),
        "last_on": (task.due_on + 2 * DAY).isoformat(),
        "stand_in": "",
        "note": "",
        **more,
    }


def test_it_shows_what_becomes_of_the_work_before_it_saves(away, people, signed_in):
    ServiceTask.objects.open().exclude(pk=away.world.review.pk).delete()
    browser = signed_in("ann")
    address = reverse("servicing:new_absence")
    sent = fields(away.world.review, stand_in=str(people["bob"].pk))
    page = browser.post(address, sent)
    assert page.status_code == 200
    assert "1 open task falls due in these days" in page.content.decode()
    assert "1 goes to" in page.content.decode()
    assert not Absence.objects.exists()
    assert not Change.objects.exists()
    assert who(ServiceTask.objects.get(pk=away.world.review.pk)) == ("ann", "")
    # other values than those that were shown are shown first, too
    moved = browser.post(address, {**sent, "stand_in": "", "seen": page.context["seen"]})
    assert "1 moves to another day within its window" in moved.content.decode()
    assert not Absence.objects.exists()
    saved = browser.post(address, {**sent, "seen": page.context["seen"]}, follow=True)
    assert "Saved" in saved.content.decode()
    absence = Absence.objects.get()
    assert (absence.user, absence.stand_in) == (people["ann"], people["bob"])
    plan(as_of=firm_today())
    tab = browser.get(reverse("clients:tab", args=[away.world.review.client_id, "service"]))
    assert "stands in for" in tab.content.decode()


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"last_on": "2020-01-01"}, "This day has passed"),
        ({"first_on": "2019-01-01"}, "Check the year"),
        ({"last_on": "2999-01-01"}, "Check the year"),
        ({"first_on": ""}, "Say which day is the first"),
        ({"first_on": "2031-02-31"}, "Enter a valid date"),
        ({"stand_in": "0"}, "Select a valid choice"),
    ],
)
def test_bad_input_is_refused_with_a_sentence_at_its_field(away, signed_in, values, text):
    answer = signed_in("ann").post(reverse("servicing:new_absence"), fields(away.world.review, **values))
    assert answer.status_code == 422
    assert text in answer.content.decode()


def test_an_end_before_the_start_an_overlap_and_oneself_are_refused(away, people, signed_in):
    browser, address = signed_in("ann"), reverse("servicing:new_absence")
    task = away.world.review
    late = fields(task, last_on=(task.due_on - 3 * DAY).isoformat())
    assert "cannot end before it starts" in browser.post(address, late).content.decode()
    oneself = fields(task, stand_in=str(people["ann"].pk))
    assert "Nobody stands in for themselves" in browser.post(address, oneself).content.decode()
    away()
    twice = browser.post(address, fields(task))
    assert twice.status_code == 422
    assert "absent in some of these days already" in twice.content.decode()
    olga = signed_in("olga").post(address, fields(task, user=str(people["ann"].pk)))
    assert "absent in some of these days already" in olga.content.decode()
    assert Absence.objects.count() == 1


def test_each_enters_their_own_and_operations_anybodys(away, people, signed_in):
    absence = away(stand_in="bob")
    address = reverse("servicing:absence", args=[absence.pk])
    assert signed_in("outsider").get(address).status_code == 404
    assert signed_in("bob").get(address).status_code == 404  # who stands in sees it, and leaves it
    assert signed_in("bob").get(reverse("servicing:absences")).context["rows"][0]["may_change"] is False
    assert signed_in("outsider").get(reverse("servicing:absences")).context["rows"] == []
    assert signed_in("olga").get(address).status_code == 200
    browser = signed_in("ann")
    assert "user" not in browser.get(reverse("servicing:new_absence")).context["form"].fields
    sent = fields(away.world.review, stand_in="")
    seen = browser.post(address, sent).context["seen"]
    browser.post(address, {**sent, "seen": seen})
    assert Absence.objects.get().stand_in is None


def test_admin_shows_what_becomes_of_the_work_before_it_saves_or_deletes(away, people, client):
    ServiceItem.objects.exclude(pk=away.world.review.item_id).update(ended_on=firm_today())
    plan(as_of=firm_today())
    boss = User.objects.create_user("boss", is_staff=True)
    boss.groups.add(Group.objects.get(name="administrator"))
    client.force_login(boss)
    task, ann, bob = away.world.review, people["ann"].pk, people["bob"].pk
    sent = fields(task, user=str(ann), stand_in=str(bob))
    address = reverse("admin:servicing_absence_add")
    page = client.post(address, sent).content.decode()
    assert "1 open task falls due in these days." in page
    assert "1 goes to bob, and comes back when the absence ends." in page
    assert "Hours a year" not in page
    assert "1 moves to another day within its window." in client.post(
        address, sent | {"stand_in": ""}
    ).content.decode()  # fmt: skip
    assert not Absence.objects.exists()
    assert not Change.objects.exists()
    assert client.post(address, sent | {"_confirmed": "1"}).status_code == 302
    sweeps.plan_changed()
    absence, later = Absence.objects.get(), (task.due_on + 9 * DAY).isoformat()
    change = reverse("admin:servicing_absence_change", args=[absence.pk])
    shorter = sent | {"first_on": later, "last_on": later}
    assert "1 open task goes back to ann." in client.post(change, shorter).content.decode()
    # nothing moves: no page in between
    assert client.post(change, sent | {"note": "Wedding"}).status_code == 302
    remove = reverse("admin:servicing_absence_delete", args=[absence.pk])
    assert "1 open task goes back to ann." in client.get(remove).content.decode()
    assert who(ServiceTask.objects.get(pk=task.pk)) == ("bob", "ann")
    assert client.post(remove, {"post": "yes"}).status_code == 302
    sweeps.plan_changed()
    assert who(ServiceTask.objects.get(pk=task.pk)) == ("ann", "")


def test_an_end_can_be_undone(away, people, signed_in):
    absence = away(stand_in="bob")
    browser = signed_in("ann")
    page = browser.post(reverse("servicing:end_absence", args=[absence.pk]), follow=True)
    assert not Absence.objects.exists()
    undo = next(str(message.extra_tags) for message in page.context["messages"])
    assert signed_in("outsider").post(undo).status_code == 302
    assert not Absence.objects.exists()
    signed_in("ann").post(undo)
    restored = Absence.objects.get()
    assert (restored.first_on, restored.last_on, restored.stand_in) == (
        absence.first_on, absence.last_on, people["bob"]
    )  # fmt: skip


def test_whoever_is_back_early_ends_it_yesterday(people, db):
    today = firm_today()
    absence = Absence.objects.create(user=people["ann"], first_on=today - 3 * DAY, last_on=today + 9 * DAY)
    token = services.end_absence(absence=absence)
    assert Absence.objects.get().last_on == today - DAY
    services.undo_end(token=token, by=people["ann"].pk)
    assert Absence.objects.get().last_on == today + 9 * DAY
    assert not Touch.objects.exists()
