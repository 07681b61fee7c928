"""Requests of clients: an answer within the promised time, told before it is broken, and measured."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
import time_machine
from django.core import mail as outgoing
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from clients.models import Client, Notice, TeamMember, Touch, User
from servicing.models import Absence, ClientRequest, ServiceTask, StandingPromise
from servicing.reminders import mail, waiting
from servicing.requests import lists, services, telling
from servicing.requests.promises import RequestRefused
from servicing.work import services as work
from servicing.work.words import answer_by
from tests.servicing.world import World

NEW_YORK = zoneinfo.ZoneInfo("America/New_York")
MONDAY = dt.date(2026, 3, 2)
BEFORE = dt.date(2026, 2, 2)  # since when clients are in their tier
HTMX = {"HTTP_HX_REQUEST": "true"}


def at(text: str) -> dt.datetime:
    """A moment in New York."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.fixture
def clock():
    """Stands at Tuesday, 10:00."""
    with time_machine.travel(at("2026-03-03 10:00"), tick=False) as traveller:
        yield traveller


@pytest.fixture
def ideal(clock, world: World, people: dict[str, User]) -> Client:
    """A client of tier A, led by ann; bob is its associate."""
    world.users.update(people)
    pk = world.client(tier="A", since=BEFORE, team={"lead_advisor": "ann", "associate": "bob"})
    return Client.objects.get(pk=pk)


def log(client: Client, by: User, text: str = "May we move the closing date?", **more) -> ClientRequest:
    return services.log_request(client=client, text=text, by=by, **more)[0]


def told(person: User) -> list[str]:
    return list(Notice.objects.filter(user=person).order_by("pk").values_list("text", flat=True))


# --- Logging -------------------------------------------------------------------------------------------


def test_it_has_a_task_at_the_lead_advisor_by_the_promised_time(ideal, people):
    asked = log(ideal, people["olga"], channel="phone")
    assert (asked.promised_hours, asked.answer_by) == (4, at("2026-03-03 14:00"))
    assert asked.warn_at == at("2026-03-03 13:00")
    task = asked.task
    assert (task.source, task.assigned_to, task.due_on) == ("request", people["ann"], dt.date(2026, 3, 3))
    assert (task.title, task.channel, task.tier.code) == ("May we move the closing date?", "phone", "A")
    assert told(people["ann"]) == [
        f"{ideal.name} asks: May we move the closing date? Answer by Tue 3 Mar, 14:00."
    ]
    ideal.summary.refresh_from_db()
    assert ideal.summary.next_due_on == dt.date(2026, 3, 3)  # planning minds it at once


def test_hours_begin_when_it_was_received_and_pass_over_closed_days(ideal, people):
    asked = log(ideal, people["ann"], received_at=at("2026-02-27 16:30"))  # the Friday before
    assert asked.answer_by == at("2026-03-02 12:30")
    assert asked.task.due_on == MONDAY
    assert told(people["ann"]) == []  # whoever logs it for themselves knows


def test_any_tier_may_promise_a_time_and_without_one_it_is_due_the_next_working_day(world, people, ideal):
    other = Client.objects.get(pk=world.client(tier="B", since=BEFORE, team={"lead_advisor": "bob"}))
    asked = log(other, people["ann"], received_at=at("2026-02-27 11:00"))
    assert (asked.promised_hours, asked.answer_by, asked.warn_at) == (None, None, None)
    assert asked.task.due_on == MONDAY
    StandingPromise.objects.create(
        standard=world.tiers["B"].standard, text="We call back", answer_within_hours=16
    )
    assert log(other, people["ann"]).answer_by == at("2026-03-05 10:00")


def test_the_stand_in_answers_while_the_lead_is_away(ideal, people):
    Absence.objects.create(user=people["ann"], first_on=MONDAY, last_on=MONDAY, stand_in=people["outsider"])
    assert log(ideal, people["olga"]).task.assigned_to == people["ann"]
    Absence.objects.update(last_on=dt.date(2026, 3, 6))
    assert log(ideal, people["olga"]).task.assigned_to == people["outsider"]
    assert log(ideal, people["olga"], to=people["bob"]).task.assigned_to == people["bob"]


def test_who_stood_in_sees_an_answered_request_no_longer_than_it_can_be_taken_back(
    signed_in, ideal, people, clock
):
    asked = log(ideal, people["olga"], to=people["outsider"])
    page = reverse("servicing:request", args=[asked.pk])
    browser = signed_in("outsider")
    assert browser.get(page).status_code == 200
    services.answer(request=asked, by=people["outsider"], outcome="delivered")
    clock.move_to(at("2026-03-03 10:09"))
    assert browser.get(page).status_code == 200
    clock.move_to(at("2026-03-03 10:11"))
    assert browser.get(page).status_code == 404
    assert browser.get(reverse("servicing:requests"), {"state": "answered"}).context["rows"] == []
    assert lists.visible_to(people["ann"]).get() == asked


def test_where_nobody_is_there_operations_are_told(ideal, people):
    Absence.objects.create(user=people["ann"], first_on=MONDAY, last_on=dt.date(2026, 3, 6))
    assert log(ideal, people["bob"]).task.assigned_to is None
    assert "nobody is to give it" in told(people["olga"])[0]
    TeamMember.objects.all().delete()
    assert log(ideal, people["bob"]).task.assigned_to is None


def test_one_from_the_future_is_refused_and_stores_nothing(ideal, people):
    with pytest.raises(RequestRefused):
        log(ideal, people["ann"], received_at=at("2026-03-03 10:30"))
    assert not ClientRequest.objects.exists()


def test_a_promise_that_no_office_hours_can_hold_is_refused(ideal, people):
    StandingPromise.objects.filter(answer_within_hours=4).update(answer_within_hours=32_000)
    from clients.models import Firm

    Firm.objects.update(opens_at=dt.time(9), closes_at=dt.time(9, 30))
    with pytest.raises(RequestRefused, match="office hours"):
        log(ideal, people["ann"])


# --- Answering -----------------------------------------------------------------------------------------


def test_one_step_closes_both_and_logs_the_touch(ideal, people, clock, world):
    asked = log(ideal, people["olga"])
    clock.move_to(at("2026-03-03 13:20"))
    services.answer(
        request=asked,
        by=people["bob"],
        outcome="delivered",
        minutes=12,
        note="Moved to May",
        kind=world.touch_kinds["call"],
    )
    asked.refresh_from_db()
    assert (asked.answer_minutes, asked.answered_by, asked.is_late(at("2026-03-03 18:00"))) == (
        200,
        people["bob"],
        False,
    )
    touch = Touch.objects.get()
    assert (touch.kind.code, touch.minutes, touch.note) == ("call", 12, "Moved to May")
    assert ServiceTask.objects.get(pk=asked.task_id).status == "done"
    assert told(people["ann"]) == []  # nobody has to look at it any more


def test_completing_the_task_answers_the_request_and_undo_opens_it_again(ideal, people, clock):
    asked = log(ideal, people["olga"])
    clock.move_to(at("2026-03-04 09:10"))
    worked = work.complete(task=asked.task, by=people["ann"], outcome="delivered")
    asked.refresh_from_db()
    assert (asked.answered_at, asked.answered_by) == (at("2026-03-04 09:10"), people["ann"])
    assert asked.answer_minutes == 7 * 60 + 10
    work.undo(task=asked.task, token=worked.undo)
    asked.refresh_from_db()
    assert (asked.answered_at, asked.answered_by, asked.answer_minutes) == (None, None, None)
    work.complete(task=asked.task, by=people["ann"], outcome="declined")
    asked.refresh_from_db()
    assert asked.answered_at == at("2026-03-04 09:10")  # the client wanted it no longer: nobody waits


def test_an_answer_noted_later_for_an_earlier_day_counts_to_that_days_close(ideal, people, clock):
    asked = log(ideal, people["olga"])
    clock.move_to(at("2026-03-05 09:00"))
    work.complete(task=asked.task, by=people["ann"], outcome="delivered", on=dt.date(2026, 3, 3))
    asked.refresh_from_db()
    assert asked.answered_at == at("2026-03-03 17:00")
    assert asked.is_late(at("2026-03-05 09:00"))  # nobody can tell that it was quicker


def test_an_attempt_is_no_answer(ideal, people, world):
    asked = log(ideal, people["ann"])
    work.log_attempt(task=asked.task, by=people["ann"], kind=world.touch_kinds["voicemail"])
    asked.refresh_from_db()
    assert asked.answered_at is None


def test_one_logged_by_mistake_is_taken_back_and_is_nowhere(ideal, people, clock):
    asked, worked = services.log_request(client=ideal, text="Wrong client", by=people["olga"])
    work.undo(task=asked.task, token=worked.undo)
    assert told(people["ann"]) == []
    clock.move_to(at("2026-03-05 10:00"))
    assert telling.escalate() == {"soon": 0, "broken": 0}
    assert not lists.visible_to(people["olga"]).exists()


# --- Telling before it is broken ------------------------------------------------------------------------


def test_it_is_told_when_an_hour_of_four_is_left_and_again_when_it_is_broken_each_once(ideal, people, clock):
    asked = log(ideal, people["olga"], to=people["bob"])
    Notice.objects.all().delete()
    clock.move_to(at("2026-03-03 12:59"))
    assert telling.escalate() == {"soon": 0, "broken": 0}
    clock.move_to(at("2026-03-03 13:01"))
    assert telling.escalate() == {"soon": 1, "broken": 0}
    assert telling.escalate() == {"soon": 0, "broken": 0}
    for name in ("ann", "bob", "olga"):  # the lead advisor, who is to answer, operations
        assert told(people[name]) == [
            f"{ideal.name} still waits. Answer by Tue 3 Mar, 14:00. “May we move the closing date?”"
        ]
    assert told(people["outsider"]) == []
    clock.move_to(at("2026-03-03 14:05"))
    assert telling.escalate() == {"soon": 0, "broken": 1}
    assert telling.escalate() == {"soon": 0, "broken": 0}
    assert told(people["olga"])[1].startswith(f"No answer in time for {ideal.name}.")
    Notice.objects.all().delete()  # seen, and cleared up long after
    assert telling.escalate() == {"soon": 0, "broken": 0}
    asked.refresh_from_db()
    assert (asked.escalated_at, asked.broken_at) == (at("2026-03-03 13:01"), at("2026-03-03 14:05"))


def away(*_args, **_options) -> None:
    raise mail.ServerAway


def test_it_is_mailed_as_it_is_told_once_each_to_who_wants_it(ideal, people, clock, settings, monkeypatch):
    settings.PUBLIC_URL = "https://crm.example"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    User.objects.filter(username__in=("ann", "bob")).update(email=F("username"))
    User.objects.filter(username="bob").update(wants_escalations=False)
    User.objects.filter(username="olga").update(email="olga")
    asked = log(ideal, people["ann"], to=people["bob"])
    log(ideal, people["ann"], received_at=at("2026-02-20 10:00"), to=people["bob"])
    ClientRequest.objects.exclude(pk=asked.pk).update(broken_at=at("2026-02-23 09:00"))  # long known
    assert waiting.mail_waiting() == {"mailed": 0}
    clock.move_to(at("2026-03-03 13:01"))
    telling.escalate()
    with monkeypatch.context() as patch:
        patch.setattr(mail, "send", away)
        assert waiting.mail_waiting() == {"mailed": 0}
    assert waiting.mail_waiting() == {"mailed": 1}
    assert waiting.mail_waiting() == {"mailed": 0}
    (message,) = outgoing.outbox
    assert (message.subject, message.to) == ("1 answer is due soon", ["ann", "olga"])
    for body in (message.body, message.alternatives[0][0]):
        assert ideal.external_id in body
        assert "Answer by 14:00, in 59 min" in body
        assert f"https://crm.example/service/requests/{asked.pk}/" in body
        assert ideal.name not in body
        assert "closing date" not in body
    clock.move_to(at("2026-03-03 14:05"))
    telling.escalate()
    assert waiting.mail_waiting() == {"mailed": 1}
    assert outgoing.outbox[1].subject == "1 answer is overdue"
    other = log(ideal, people["ann"])
    clock.move_to(at("2026-03-04 10:50"))
    telling.escalate()
    services.answer(request=other, by=people["ann"], outcome="delivered")
    assert waiting.mail_waiting() == {"mailed": 0}  # answered before it went


def test_one_that_was_broken_before_it_was_logged_is_told_as_broken_alone(ideal, people):
    log(ideal, people["olga"], received_at=at("2026-03-02 09:00"))
    assert telling.escalate() == {"soon": 0, "broken": 1}


def test_nothing_is_told_of_what_was_answered(ideal, people, clock):
    asked = log(ideal, people["olga"])
    services.answer(request=asked, by=people["ann"], outcome="delivered")
    clock.move_to(at("2026-03-04 12:00"))
    assert telling.escalate() == {"soon": 0, "broken": 0}


@pytest.mark.django_db(transaction=True)
def test_two_look_outs_at_the_same_time_tell_it_once(clock):
    """The second skips what the first holds, and does not wait for it."""
    from django.contrib.auth.models import Group
    from django.db import connection, connections, transaction

    world = World()
    ann = world.person("ann")
    ann.groups.add(Group.objects.get(name="advisor"))
    client = Client.objects.get(pk=world.client(tier="A", since=BEFORE, team={"lead_advisor": "ann"}))
    log(client, world.person("bob"))
    clock.move_to(at("2026-03-03 13:30"))
    beside = connections.create_connection("default")
    try:
        with transaction.atomic():
            assert telling.escalate()["soon"] == 1
            with beside.cursor() as cursor:
                cursor.execute(telling._SOON, {"now": at("2026-03-03 13:30"), "most": 10})
                assert cursor.fetchall() == []
    finally:
        beside.close()
    assert connection.queries_limit  # the usual connection is still whole
    assert telling.escalate()["soon"] == 0


# --- Pages -----------------------------------------------------------------------------------------------


def test_it_is_logged_from_a_form_and_answered_from_its_page(signed_in, ideal, people, clock):
    browser = signed_in("ann")
    url = reverse("servicing:new_request")
    assert ideal.external_id in browser.get(f"{url}?client={ideal.pk}").content.decode()
    sent = {
        "client": ideal.external_id,
        "text": "May we call today?",
        "channel": "email",
        "received_at": "2026-03-03T09:30",
    }
    answer = browser.post(url, sent)
    assert (answer.status_code, answer.url) == (302, "/")
    asked = ClientRequest.objects.get()
    assert (asked.answer_by, asked.task.assigned_to) == (at("2026-03-03 13:30"), people["ann"])
    page = reverse("servicing:request", args=[asked.pk])
    text = browser.get(page).content.decode()
    assert "Answer by 13:30, in 3 h 30." in text
    kind = asked.task.touch_id or browser.get(page).context["form"].fields["kind"].initial.pk
    refused = browser.post(
        page, {"outcome": "delivered", "kind": kind, "at": "2026-03-03T09:00", "minutes": "5"}
    )
    assert refused.status_code == 422
    assert "cannot come before" in refused.content.decode()
    done = browser.post(
        page, {"outcome": "delivered", "kind": kind, "at": "2026-03-03T09:45", "minutes": "5", "note": ""}
    )
    assert done.status_code == 302
    asked.refresh_from_db()
    assert (asked.answer_minutes, asked.answered_at) == (15, at("2026-03-03 09:45"))
    again = browser.post(page, {"outcome": "delivered", "kind": kind, "at": "2026-03-03T09:50"})
    assert again.status_code == 302
    assert "Answered after 15 min, of 4 h promised" in browser.get(page).content.decode()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("client", "nobody", "No client of yours"),
        ("text", "", "required"),
        ("text", "x" * 301, "300"),
        ("received_at", "2026-03-03T18:00", "not come yet"),
        ("received_at", "2024-01-01T18:00", "more than a year ago"),
        ("received_at", "soon", "valid date"),
        ("to", "99999", "valid choice"),
    ],
)
def test_what_is_wrong_stands_at_its_field(signed_in, ideal, field, value, says):
    sent = {"client": ideal.external_id, "text": "Hello", "received_at": "2026-03-03T09:30", field: value}
    answer = signed_in("ann").post(reverse("servicing:new_request"), sent, **HTMX)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not ClientRequest.objects.exists()


def test_the_list_has_what_waits_by_urgency_and_what_was_late(signed_in, world, ideal, people, clock):
    plain = Client.objects.get(pk=world.client(tier="B", since=BEFORE, team={"lead_advisor": "bob"}))
    log(plain, people["olga"], "No hurry")
    log(ideal, people["olga"], "Later", received_at=at("2026-03-03 09:50"))
    late = log(ideal, people["olga"], "Sooner", received_at=at("2026-03-02 09:00"))
    quick = log(ideal, people["olga"], "Quick")
    services.answer(request=quick, by=people["ann"], outcome="delivered")
    url = reverse("servicing:requests")
    ann = signed_in("ann")
    shown = [row["text"] for row in ann.get(url).context["rows"]]
    assert shown == ["Sooner", "Later"]  # not bob's client
    assert [row["text"] for row in ann.get(f"{url}?state=late").context["rows"]] == ["Sooner"]
    assert [row["text"] for row in ann.get(f"{url}?state=answered").context["rows"]] == ["Quick"]
    olga = signed_in("olga")
    assert [row["text"] for row in olga.get(url).context["rows"]] == ["Sooner", "Later", "No hurry"]
    assert [row["text"] for row in olga.get(f"{url}?tier=B").context["rows"]] == ["No hurry"]
    nobody = olga.get(f"{url}?person=none")
    assert (nobody.context["rows"], b"Remove one of them" in nobody.content) == ([], True)
    assert olga.get(f"{url}?state=nonsense&tier=Z&person=x&after=never_x").status_code == 200
    services.answer(request=late, by=people["ann"], outcome="delivered")
    times = olga.get(reverse("servicing:answer_times")).context["rows"]
    assert [(row["tier"], row["requests"], row["in_time"], row["late"], row["median"]) for row in times] == [
        ("A", 2, 1, 1, 270.0)
    ]


def test_pages_of_the_list_follow_each_other_without_a_gap(signed_in, ideal, people, monkeypatch):
    monkeypatch.setattr("servicing.views.requests.PAGE", 2)
    for number in range(5):
        log(ideal, people["olga"], f"Number {number}", received_at=at(f"2026-03-03 09:0{number}"))
    browser, url, seen = signed_in("olga"), reverse("servicing:requests"), []
    while True:
        page = browser.get(url)
        seen += [row["text"] for row in page.context["rows"]]
        if not page.context["after"]:
            break
        from urllib.parse import quote

        url = f"{reverse('servicing:requests')}?after={quote(page.context['after'])}"
    assert seen == [f"Number {number}" for number in range(5)]


def test_the_clients_page_shows_what_waits_and_leads_to_the_form(signed_in, ideal, people):
    asked = log(ideal, people["olga"])
    text = signed_in("ann").get(ideal.get_absolute_url()).content.decode()
    assert asked.text in text
    assert "Answer by 14:00, in 4 h" in text
    assert f"{reverse('servicing:new_request')}?client={ideal.pk}" in text


def test_it_is_at_the_top_of_the_queue_with_its_time_and_whole_in_the_panel(signed_in, ideal, people, clock):
    asked = log(ideal, people["olga"], "Please " * 39 + "help", channel="email")
    soon = log(ideal, people["olga"], "Soon", received_at=at("2026-03-03 09:30"))
    log(ideal, people["olga"], "Since yesterday", received_at=at("2026-03-02 10:00"))
    browser = signed_in("ann")
    page = browser.get(f"/?task={asked.task_id}")
    group = page.context["queue"].groups[0]
    assert [row["name"] for row in group.rows][:2] == ["Since yesterday", "Soon"]
    assert [row["late"] or row["when"] for row in group.rows] == [
        "Answer was due Mon 2 Mar, 14:00",
        "Answer by 13:30, in 3 h 30",
        "Answer by 14:00, in 4 h",
    ]
    text = page.content.decode()
    assert asked.text in text  # more than its title holds
    assert reverse("servicing:request", args=[asked.pk]) in text
    work.book(task=soon.task, at=at("2026-03-09 10:00"))
    assert len(browser.get("/").context["queue"].groups[0].rows) == 2  # it waits for its appointment


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("12:30:00", "Answer by 14:00, in 1 h 30"),
        ("13:59:40", "Answer by 14:00, in 1 min"),
        ("14:00:10", "Answer was due 14:00, 1 min ago"),
        ("14:25:00", "Answer was due 14:00, 25 min ago"),
    ],
)
def test_it_says_how_far_away_an_answer_is(now, said):
    with timezone.override(NEW_YORK):
        assert answer_by(at("2026-03-03 14:00"), at(f"2026-03-03 {now}")) == said


# --- Handing over -----------------------------------------------------------------------------------------


def test_who_gets_work_is_told_and_an_undo_takes_it_back(ideal, people):
    task = log(ideal, people["ann"]).task
    worked = work.reassign(task=task, to=people["bob"], by=people["olga"])
    assert told(people["bob"]) == [f"olga handed over to you: {task.title} for {ideal.name}."]
    work.undo(task=task, token=worked.undo)
    assert told(people["bob"]) == []
    work.reassign(task=task, to=people["ann"], by=people["ann"])
    assert told(people["ann"]) == []


def test_many_tasks_that_are_handed_over_are_one_notice(ideal, people):
    from servicing.work.bulk import reassign_tasks, undo_step

    for number in range(3):
        log(ideal, people["ann"], f"Number {number}")
    tasks = ServiceTask.objects.filter(source="request")
    step = reassign_tasks(tasks=tasks, to=people["bob"], by=people["ann"])
    assert told(people["bob"]) == ["ann handed over 3 tasks to you."]
    undo_step(step=step)
    assert told(people["bob"]) == []
