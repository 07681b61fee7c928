"""Today: the person's queue, and working through it without leaving the page."""

import datetime as dt
import zoneinfo

import pytest
from django.urls import reverse
from django.utils import timezone

from clients.firm import firm_date, firm_today
from clients.models import TeamMember, Touch
from servicing.models import ClosingDay, ServiceTask
from servicing.work.delivery import service_of

HTMX = {"HTTP_HX_REQUEST": "true"}
DAY = dt.timedelta(days=1)


def work_url(task, step):
    return reverse("servicing:work", args=[task.pk, step])


def undo_url(response):
    import json

    return json.loads(response["HX-Trigger"])["toast"]["undo"]["url"]


def test_it_shows_the_persons_open_tasks(signed_in, review):
    page = signed_in("ann").get(f"/?task={review.pk}")
    assert page.status_code == 200
    assert b"Review meeting" in page.content
    assert b"Client 1" in page.content
    assert "Review meeting every 3 months" in page.content.decode()


def test_it_shows_nobody_elses_tasks(signed_in, review):
    page = signed_in("outsider").get("/")
    assert page.status_code == 200
    assert b"Client 1" not in page.content
    assert b"Nothing is waiting for you" in page.content


def test_operations_may_look_at_somebodys_queue_and_an_advisor_may_not(signed_in, review, people):
    ann = people["ann"].pk
    assert b"Client 1" in signed_in("olga").get(f"/?advisor={ann}").content
    assert signed_in("bob").get(f"/?advisor={ann}").status_code == 404
    assert signed_in("olga").get("/?advisor=999999").status_code == 404
    assert signed_in("olga").get("/?advisor=x").status_code == 404


def test_it_takes_at_most_eight_queries(signed_in, review, django_assert_max_num_queries):
    client = signed_in("ann")
    client.get("/")
    with django_assert_max_num_queries(8):
        client.get("/")


def group_of(page, task):
    """The block of the queue that the task's row is in."""
    head = page[: page.index(f'id="task-row-{task.pk}"')]
    return head.rpartition('data-group="')[2].partition('"')[0]


def test_lateness_has_words(signed_in, review):
    today = firm_today()
    ServiceTask.objects.filter(pk=review.pk).update(
        due_on=today - 23 * DAY, window_start=today - 37 * DAY, window_end=today - 9 * DAY
    )
    assert "9 days late" in signed_in("ann").get("/").content.decode()


def test_whoever_runs_an_empty_firm_is_led_to_its_set_up(signed_in, people):
    page = signed_in("olga").get("/")
    assert page.status_code == 302
    assert page.url == reverse("clients:welcome")
    assert signed_in("ann").get("/").status_code == 200


STEPS = ["done", "attempt", "book", "unbook", "reschedule", "snooze", "reassign"]


@pytest.mark.parametrize("name", STEPS)
def test_every_step_has_a_form_as_a_page_and_in_place(signed_in, review, name):
    client = signed_in("ann")
    page = client.get(work_url(review, name))
    part = client.get(work_url(review, name), **HTMX)
    assert b"<!doctype html>" in page.content
    assert b"<form" in part.content
    assert b"<!doctype html>" not in part.content


def test_the_day_that_a_form_proposes_is_a_working_day(signed_in, review):
    today = firm_today()
    ahead = [max(review.due_on, today) + dt.timedelta(days=n) for n in range(7, 40)]
    ClosingDay.objects.bulk_create(ClosingDay(date=day) for day in ahead[:-7])
    form = signed_in("ann").get(work_url(review, "reschedule")).context["form"]
    proposed = form["to"].value()
    assert proposed in ahead[-7:]
    assert proposed.isoweekday() < 6


def test_completing_logs_the_touch_and_says_what_comes_next(signed_in, review):
    today = firm_today()
    answer = signed_in("ann").post(
        work_url(review, "done"),
        {"outcome": "delivered", "on": today.isoformat(), "minutes": "55", "note": "Agreed the plan"},
        **HTMX,
    )
    assert answer.status_code == 200
    review.refresh_from_db()
    assert (review.status, review.outcome, review.completed_on) == ("done", "delivered", today)
    touch = Touch.objects.get(pk=review.touch_id)
    assert (touch.kind.code, touch.minutes, touch.note, touch.outcome) == (
        "review_meeting",
        55,
        "Agreed the plan",
        "reached",
    )
    assert "Next review meeting" in answer.content.decode()
    assert f'id="task-row-{review.pk}"' in answer.content.decode()


def test_what_was_done_before_it_was_due_was_last_done_when_it_was(signed_in, review):
    today = firm_today()
    signed_in("ann").post(work_url(review, "done"), {"outcome": "delivered", "on": today.isoformat()}, **HTMX)
    promises = {promise["name"]: promise for promise in service_of(review.client, today)["promises"]}
    assert review.due_on > today
    assert promises["Review meeting"]["last_on"] == today


def test_completing_works_as_a_plain_form(signed_in, review):
    answer = signed_in("ann").post(
        work_url(review, "done"), {"outcome": "delivered", "on": firm_today().isoformat(), "minutes": ""}
    )
    assert answer.status_code == 302
    review.refresh_from_db()
    assert review.status == "done"


def test_undo_opens_the_task_again_and_takes_the_touch_back(signed_in, review):
    client = signed_in("ann")
    before = (review.status, review.due_on, review.window_end)
    touches = Touch.objects.count()
    answer = client.post(
        work_url(review, "done"), {"outcome": "delivered", "on": firm_today().isoformat()}, **HTMX
    )
    assert Touch.objects.count() == touches + 1
    undone = client.post(undo_url(answer), **HTMX)
    assert undone.status_code == 200
    review.refresh_from_db()
    assert (review.status, review.due_on, review.window_end) == before
    assert review.touch_id is None
    assert Touch.objects.count() == touches
    assert ServiceTask.objects.open().filter(kind=review.kind).count() == 1


def test_undo_is_refused_after_the_task_was_changed(signed_in, review):
    client = signed_in("ann")
    until = firm_today() + 9 * DAY
    answer = client.post(
        work_url(review, "snooze"), {"until": until.isoformat(), "reason": "on holiday"}, **HTMX
    )
    client.post(work_url(review, "attempt"), {"kind": Touch.objects.first().kind_id, "minutes": ""}, **HTMX)
    ServiceTask.objects.filter(pk=review.pk).update(attempts=5)
    refused = client.post(undo_url(answer), **HTMX)
    assert refused.status_code == 409
    assert (
        client.post(reverse("servicing:undo", args=[review.pk]) + "?step=forged", **HTMX).status_code == 409
    )


@pytest.mark.parametrize("outcome", ["declined", "no_response"])
def test_a_declined_task_fulfils_nothing_and_the_next_is_counted_from_its_due_date(
    signed_in, review, outcome
):
    signed_in("ann").post(
        work_url(review, "done"), {"outcome": outcome, "on": firm_today().isoformat(), "minutes": "5"}
    )
    review.refresh_from_db()
    assert review.status == outcome
    assert Touch.objects.latest("id").outcome == "attempted"
    clock = review.client.clocks.get(kind=review.kind)
    assert clock.base_on == review.due_on


def test_an_attempt_leaves_the_task_open(signed_in, review, world):
    answer = signed_in("ann").post(
        work_url(review, "attempt"), {"kind": world.touch_kinds["voicemail"].pk, "minutes": "2"}, **HTMX
    )
    assert answer.status_code == 200
    review.refresh_from_db()
    assert (review.status, review.attempts) == ("planned", 1)
    assert Touch.objects.latest("id").outcome == "attempted"


def test_an_appointment_is_kept(signed_in, review):
    at = timezone.localtime() + dt.timedelta(days=5)
    signed_in("ann").post(work_url(review, "book"), {"at": at.strftime("%Y-%m-%dT%H:%M")}, **HTMX)
    review.refresh_from_db()
    assert review.status == "scheduled"
    assert review.scheduled_at is not None


def test_an_appointment_is_changed_and_cancelled_apart_from_the_due_date(signed_in, review, people):
    people["ann"].time_zone = "Europe/Berlin"
    people["ann"].save()
    client, due_on = signed_in("ann"), review.due_on
    day = (firm_today() + 6 * DAY).isoformat()
    data = {"at": f"{day}T15:00", "channel": "video", "place": "https://meet.example/abc"}
    client.post(work_url(review, "book"), data, **HTMX)
    review.refresh_from_db()
    berlin = zoneinfo.ZoneInfo("Europe/Berlin")
    assert review.scheduled_at.astimezone(berlin).strftime("%Y-%m-%dT%H:%M") == f"{day}T15:00"
    assert (review.scheduled_channel, review.place) == ("video", "https://meet.example/abc")
    page = client.get(f"/?task={review.pk}").content.decode()
    assert "15:00 CE" in page  # the zone is named where it is another than the firm's
    assert 'href="https://meet.example/abc"' in page
    form = client.get(work_url(review, "book"), **HTMX).content.decode()
    assert f'value="{day}T15:00"' in form
    client.post(work_url(review, "book"), data | {"at": f"{day}T16:30"}, **HTMX)
    cancelled = client.post(work_url(review, "unbook"), **HTMX)
    review.refresh_from_db()
    assert (review.status, review.scheduled_at, review.place, review.due_on) == ("planned", None, "", due_on)
    client.post(undo_url(cancelled), **HTMX)
    review.refresh_from_db()
    assert review.scheduled_at.astimezone(berlin).strftime("%H:%M") == "16:30"
    client.post(work_url(review, "unbook"))
    assert client.post(work_url(review, "unbook"), **HTMX).status_code == 409


def test_a_past_appointment_asks_how_it_went(signed_in, review):
    held = timezone.now() - dt.timedelta(days=2)
    ServiceTask.objects.filter(pk=review.pk).update(status="scheduled", scheduled_at=held)
    client = signed_in("ann")
    page = client.get("/").content.decode()
    assert page.index("Held? Say how it went") < page.index(f'id="task-row-{review.pk}"')
    form = client.get(work_url(review, "done"), **HTMX).content.decode()
    assert f'value="{firm_date(held).isoformat()}"' in form


def earliest(client):
    return min(ServiceTask.objects.open().filter(client=client).values_list("due_on", flat=True))


def test_a_person_moves_the_due_date_with_its_window_and_takes_it_back(signed_in, review):
    client, to = signed_in("ann"), review.due_on + 11 * DAY
    answer = client.post(
        work_url(review, "reschedule"), {"to": to.isoformat(), "reason": "Client travels"}, **HTMX
    )
    moved = ServiceTask.objects.get(pk=review.pk)
    assert (moved.due_on, moved.rescheduled_from) == (to, review.due_on)
    assert moved.window_end - review.window_end == moved.window_start - review.window_start == 11 * DAY
    assert "Client travels" in answer.content.decode()
    assert moved.client.summary.next_due_on == earliest(review.client)
    same = client.post(work_url(review, "reschedule"), {"to": to.isoformat()}, **HTMX)
    assert same.status_code == 422
    client.post(undo_url(answer), **HTMX)
    back = ServiceTask.objects.get(pk=review.pk)
    assert (back.due_on, back.window_end, back.rescheduled_from) == (review.due_on, review.window_end, None)
    assert back.client.summary.next_due_on == earliest(review.client)


def action(number, title, on, **more):
    return {f"next-{number}-title": title, f"next-{number}-on": on} | {
        f"next-{number}-{name}": value for name, value in more.items()
    }


def delivered(**more):
    return {"outcome": "delivered", "on": firm_today().isoformat(), "minutes": "50"} | more


def test_a_meeting_leaves_next_actions_to_their_owners_and_says_where_they_were_agreed(
    signed_in, review, people
):
    client, soon = signed_in("ann"), (firm_today() + 3 * DAY).isoformat()
    answer = client.post(
        work_url(review, "done"),
        delivered()
        | action(1, "Send the plan", soon)
        | action(3, "Ask the attorney", soon, to=people["bob"].pk)
        | action(4, "  ", "", to=people["olga"].pk),
        **HTMX,
    )
    made = list(ServiceTask.objects.filter(follows=review).order_by("id"))
    assert [(task.title, task.assigned_to.username, task.source) for task in made] == [
        ("Send the plan", "ann", "next_action"),
        ("Ask the attorney", "bob", "next_action"),
    ]
    assert "2 next actions made" in answer.content.decode()
    closed = client.get(reverse("servicing:task", args=[review.pk])).content.decode()
    assert "Send the plan" in closed
    assert "Ask the attorney" in closed
    assert "1 task waits for somebody else" in client.get("/").content.decode()
    assert "Ask the attorney" in client.get("/tasks/", {"made_by": people["ann"].pk}).content.decode()
    of_bob = signed_in("bob").get("/", {"task": made[1].pk}).content.decode()
    assert f'id="task-row-{made[1].pk}"' in of_bob
    assert f'href="{reverse("servicing:task", args=[review.pk])}"' in of_bob  # where it was agreed


def test_undoing_a_meeting_cancels_the_next_actions_that_nobody_touched(signed_in, review, people):
    client, soon = signed_in("ann"), (firm_today() + 3 * DAY).isoformat()
    answer = client.post(
        work_url(review, "done"), delivered() | action(1, "One", soon) | action(2, "Two", soon), **HTMX
    )
    one, two = ServiceTask.objects.filter(follows=review).order_by("id")
    client.post(work_url(two, "reassign"), {"to": people["bob"].pk}, **HTMX)
    assert client.post(undo_url(answer), **HTMX).status_code == 200
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.status, one.closed_reason) == ("cancelled", "taken_back")
    assert two.is_open
    assert ServiceTask.objects.get(pk=review.pk).is_open


@pytest.mark.parametrize(
    "wrong",
    [
        action(2, "Send it", ""),
        action(2, "", "2999-01-01"),
        action(2, "Send it", "2001-01-01"),
        action(2, "Send it", "soon"),
        action(2, "x" * 161, "2027-01-01"),
        action(2, "Send it", "2027-01-01", to="999999"),
        action(2, "Send it", "2027-01-01", to="1" * 5000),
    ],
)
def test_a_wrong_next_action_is_marked_and_loses_nothing(signed_in, review, wrong):
    soon = (firm_today() + 3 * DAY).isoformat()
    data = delivered(note="Agreed the plan") | action(1, "The first one", soon) | wrong
    for headers in ({}, HTMX):
        answer = signed_in("ann").post(work_url(review, "done"), data, **headers)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert page.count(" is-invalid") == page.count("invalid-feedback d-block") > 0
        assert "The first one" in page
        assert "Agreed the plan" in page
    assert ServiceTask.objects.get(pk=review.pk).is_open
    assert not ServiceTask.objects.filter(source="next_action").exists()


def test_somebody_outside_the_team_who_is_given_a_task_sees_it(signed_in, review, people):
    signed_in("ann").post(work_url(review, "reassign"), {"to": people["bob"].pk})
    from clients.models import TeamMember

    TeamMember.objects.filter(user=people["bob"]).delete()
    page = signed_in("bob").get(reverse("servicing:task", args=[review.pk]))
    assert page.status_code == 200
    assert reverse("clients:detail", args=[review.client_id]) not in page.content.decode()


def test_points_of_the_checklist_are_ticked_with_who_and_shown_in_the_row(signed_in, review):
    client, url = signed_in("ann"), reverse("servicing:prepare", args=[review.pk])
    first, *others = review.item.to_prepare
    part = client.post(url, {"ready": first}, **HTMX).content.decode()
    assert 'aria-checked="true"' in part
    assert f"1/{len(others) + 1}" in part  # the row beside it
    assert review.prepared.get().by.username == "ann"
    client.post(url, {"ready": first})
    assert review.prepared.count() == 1
    assert client.post(url, {"ready": "something else"}, **HTMX).status_code == 409
    client.post(url, {"open": first})
    assert not review.prepared.exists()


def test_the_behavioral_word_is_shown_with_permission_alone(signed_in, review):
    from clients.models import BehavioralTag, BehavioralTrigger, Client

    word = BehavioralTrigger.objects.get(code="avoidance")
    Client.objects.filter(pk=review.client_id).update(permission="granted")
    BehavioralTag.objects.create(client=review.client, trigger=word)
    client = signed_in("ann")
    assert word.changes in client.get("/").content.decode()
    Client.objects.filter(pk=review.client_id).update(permission="withdrawn")
    assert word.changes not in client.get("/").content.decode()


def test_a_stand_in_is_named_as_one(signed_in, review, people):
    from servicing.models import Absence

    ServiceTask.objects.filter(pk=review.pk).update(assigned_to=people["bob"], stands_in_for=people["ann"])
    Absence.objects.create(
        user=people["ann"],
        stand_in=people["bob"],
        first_on=review.due_on - DAY,
        last_on=review.due_on + 5 * DAY,
    )
    assert "stands in for ann, away until" in signed_in("bob").get("/").content.decode()
    Absence.objects.all().delete()
    assert signed_in("bob").get("/").status_code == 200


def test_a_long_queue_is_read_in_parts_and_counted_whole(signed_in, review, people):
    today = firm_today()
    ServiceTask.objects.bulk_create(
        ServiceTask(
            client=review.client,
            title=f"Errand {number}",
            due_on=today + number * DAY,
            window_start=today + number * DAY,
            window_end=today + number * DAY,
            assigned_to=people["ann"],
        )
        for number in range(-20, 110)
    )
    client = signed_in("ann")
    page = client.get("/").content.decode()
    assert page.count("data-task=") == 50
    assert '<strong class="late">20</strong>' in page
    assert "rows=100" in page
    more = client.get("/?rows=200")
    assert more.content.decode().count("data-task=") == more.context["queue"].total
    assert client.get("/?rows=99999999999999999999&rows=x").status_code == 200


def test_a_snoozed_task_is_put_off_with_its_reason(signed_in, review):
    client = signed_in("ann")
    until = firm_today() + 9 * DAY
    answer = client.post(
        work_url(review, "snooze"), {"until": until.isoformat(), "reason": "on holiday"}, **HTMX
    )
    assert answer.status_code == 200
    review.refresh_from_db()
    assert (review.snoozed_until, review.snooze_reason) == (until, "on holiday")
    assert group_of(client.get("/").content.decode(), review) == "asleep"
    client.post(undo_url(answer), **HTMX)
    review.refresh_from_db()
    assert review.snoozed_until is None


def test_a_row_says_where_it_belongs_after_each_step(signed_in, review, people):
    client, today = signed_in("ann"), firm_today()

    def row_after(step, **sent):
        answer = client.post(work_url(review, step), sent, **HTMX, HTTP_HX_CURRENT_URL="http://testserver/")
        text = answer.content.decode()
        return text[text.index(f'id="task-row-{review.pk}"') :], undo_url(answer)

    moved, undo = row_after("reschedule", to=(today + 3 * DAY).isoformat(), reason="")
    assert 'data-place="week"' in moved
    back = client.post(undo, **HTMX, HTTP_HX_CURRENT_URL="http://testserver/").content.decode()
    assert 'data-place="coming"' in back
    assert 'data-place="asleep"' in row_after("snooze", until=(today + 9 * DAY).isoformat(), reason="away")[0]
    handed = row_after("reassign", to=people["bob"].pk)[0].partition("</li>")[0]
    assert "data-place" not in handed
    assert "With bob now" in handed


def test_a_task_handed_over_stays_there_when_the_team_changes(signed_in, review, people, firm):
    signed_in("ann").post(work_url(review, "reassign"), {"to": people["bob"].pk}, **HTMX)
    TeamMember.objects.filter(user=people["ann"]).update(user=people["outsider"])
    firm.plan(firm_today())
    review.refresh_from_db()
    assert review.assigned_to == people["bob"]
    other = ServiceTask.objects.open().exclude(pk=review.pk).filter(role__code="lead_advisor").first()
    if other:
        assert other.assigned_to == people["outsider"]


@pytest.mark.parametrize(
    ("step", "data"),
    [
        ("done", {"outcome": "delivered", "on": "2999-01-01"}),
        ("done", {"outcome": "delivered", "on": "yesterday"}),
        ("done", {"outcome": "firm_missed", "on": "2026-01-01"}),
        ("done", {"outcome": "delivered", "on": "0001-01-01"}),
        ("done", {"outcome": "delivered", "minutes": "-4"}),
        ("attempt", {"kind": "999999"}),
        ("book", {"at": "2001-01-01T10:00"}),
        ("book", {"at": "9999-12-31T23:59"}),
        ("book", {"at": ""}),
        ("snooze", {"until": "2001-01-01", "reason": "x"}),
        ("snooze", {"until": "", "reason": ""}),
        ("book", {"at": "2026-12-01T10:00", "channel": "pigeon"}),
        ("reschedule", {"to": ""}),
        ("reschedule", {"to": "2001-01-01"}),
        ("reschedule", {"to": "9999-12-31"}),
        ("reschedule", {"to": "next week"}),
        ("reassign", {"to": "0"}),
    ],
)
def test_bad_input_is_said_beside_the_field_and_changes_nothing(signed_in, review, step, data):
    client = signed_in("ann")
    for headers in ({}, HTMX):
        answer = client.post(work_url(review, step), data, **headers)
        assert answer.status_code == 422
        assert b"invalid-feedback" in answer.content
    stored = ServiceTask.objects.get(pk=review.pk)
    assert stored.status == "planned"
    assert stored.attempts == 0


def test_a_closed_task_is_not_closed_twice(signed_in, review):
    client = signed_in("ann")
    data = {"outcome": "delivered", "on": firm_today().isoformat()}
    client.post(work_url(review, "done"), data, **HTMX)
    touches = Touch.objects.count()
    again = client.post(work_url(review, "done"), data, **HTMX)
    assert again.status_code == 409
    assert b"closed already" in again.content
    assert Touch.objects.count() == touches


@pytest.mark.parametrize("step", STEPS)
def test_an_outsider_finds_no_task_and_compliance_reads_only(signed_in, review, step):
    assert signed_in("outsider").get(reverse("servicing:task", args=[review.pk])).status_code == 404
    assert signed_in("outsider").get(work_url(review, step)).status_code == 404
    assert signed_in("outsider").post(work_url(review, step), {}).status_code == 404
    reader = signed_in("carl")
    assert reader.get(reverse("servicing:task", args=[review.pk])).status_code == 200
    assert reader.post(work_url(review, step), {}).status_code == 403
    assert reader.post(reverse("servicing:undo", args=[review.pk])).status_code == 403


def test_who_hands_on_a_task_seen_for_it_alone_is_led_back_to_today(signed_in, review, people):
    """Who is not on the client's team sees the task no more: no dead end, and it says what was done."""
    ServiceTask.objects.filter(pk=review.pk).update(assigned_to=people["outsider"], reassigned=True)
    browser = signed_in("outsider")
    answer = browser.post(work_url(review, "reassign"), {"to": people["ann"].pk}, **HTMX)
    assert (answer.status_code, answer.headers.get("HX-Redirect")) == (200, "/")
    review.refresh_from_db()
    assert review.assigned_to == people["ann"]
    page = browser.get("/").content.decode()
    assert "Handed to" in page
    assert browser.get(reverse("servicing:task", args=[review.pk])).status_code == 404


def test_a_stand_in_has_a_task_done_and_takes_it_back_while_that_can_be(signed_in, review, people):
    ServiceTask.objects.filter(pk=review.pk).update(assigned_to=people["outsider"], reassigned=True)
    browser, page = signed_in("outsider"), reverse("servicing:task", args=[review.pk])
    done = {"outcome": "delivered", "on": firm_today().isoformat()}
    answer = browser.post(work_url(review, "done"), done, **HTMX)
    assert (answer.status_code, browser.get(page).status_code) == (200, 200)
    assert browser.post(undo_url(answer), **HTMX).status_code == 200
    review.refresh_from_db()
    assert review.is_open
    browser.post(work_url(review, "done"), done, **HTMX)
    ServiceTask.objects.filter(pk=review.pk).update(closed_at=timezone.now() - dt.timedelta(minutes=11))
    assert browser.get(page).status_code == 404


def test_who_left_the_clients_team_keeps_no_way_in_through_what_was_closed(signed_in, review, people):
    """The page of a closed task tells of the client today: it goes with the client."""
    browser = signed_in("ann")
    browser.post(work_url(review, "done"), {"outcome": "delivered", "on": firm_today().isoformat()}, **HTMX)
    TeamMember.objects.filter(client=review.client_id, user=people["ann"]).delete()
    ServiceTask.objects.filter(client=review.client_id).open().update(assigned_to=people["bob"])
    ServiceTask.objects.filter(pk=review.pk).update(closed_at=timezone.now() - dt.timedelta(days=1))
    for name in ("task", "meeting", "brief", "rate"):
        assert browser.get(reverse(f"servicing:{name}", args=[review.pk])).status_code == 404, name
    for name in ("rate", "rating_link", "note_decision", "hold_meeting"):
        answer = browser.post(reverse(f"servicing:{name}", args=[review.pk]), {"text": "x", "value": "5"})
        assert answer.status_code == 404, name
    assert b"Client 1" not in browser.get("/tasks/?status=any").content
    assert b"Client 1" in signed_in("bob").get("/tasks/?status=any").content
