"""Today: the person's queue, and working through it without leaving the page."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from clients.firm import firm_today
from clients.models import Touch
from servicing.models import ServiceTask
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


@pytest.mark.parametrize("name", ["done", "attempt", "book", "snooze", "reassign"])
def test_every_step_has_a_form_as_a_page_and_in_place(signed_in, review, name):
    client = signed_in("ann")
    page = client.get(work_url(review, name))
    part = client.get(work_url(review, name), **HTMX)
    assert b"<!doctype html>" in page.content
    assert b"<form" in part.content
    assert b"<!doctype html>" not in part.content


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


def test_a_snoozed_task_is_put_off_with_its_reason(signed_in, review):
    client = signed_in("ann")
    until = firm_today() + 9 * DAY
    answer = client.post(
        work_url(review, "snooze"), {"until": until.isoformat(), "reason": "on holiday"}, **HTMX
    )
    assert answer.status_code == 200
    review.refresh_from_db()
    assert (review.snoozed_until, review.snooze_reason) == (until, "on holiday")
    assert "Put off" in client.get("/").content.decode()
    client.post(undo_url(answer), **HTMX)
    review.refresh_from_db()
    assert review.snoozed_until is None


def test_a_task_handed_over_stays_there_when_the_team_changes(signed_in, review, people, firm):
    from clients.models import TeamMember

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


@pytest.mark.parametrize("step", ["done", "attempt", "book", "snooze", "reassign"])
def test_an_outsider_finds_no_task_and_compliance_reads_only(signed_in, review, step):
    assert signed_in("outsider").get(reverse("servicing:task", args=[review.pk])).status_code == 404
    assert signed_in("outsider").get(work_url(review, step)).status_code == 404
    assert signed_in("outsider").post(work_url(review, step), {}).status_code == 404
    reader = signed_in("carl")
    assert reader.get(reverse("servicing:task", args=[review.pk])).status_code == 200
    assert reader.post(work_url(review, step), {}).status_code == 403
    assert reader.post(reverse("servicing:undo", args=[review.pk])).status_code == 403
