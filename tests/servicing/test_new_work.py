"""From the first page: a touch logged and a task made for a client that is named by typing."""

import datetime as dt
import json

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from clients.firm import firm_today
from clients.models import Client, Touch
from servicing.models import ServiceTask

HTMX = {"HTTP_HX_REQUEST": "true"}
DAY = dt.timedelta(days=1)
TASK = reverse("servicing:new_task")
TOUCH = reverse("servicing:new_touch")


def task_data(people, household: Client, **other):
    return {
        "client": household.external_id,
        "title": "Send the estate checklist",
        "due_on": firm_today().isoformat(),
        "to": people["ann"].pk,
        "planned_minutes": "20",
        "channel": "email",
    } | other


def undo_of(answer) -> str:
    return next(message.extra_tags for message in get_messages(answer.wsgi_request))


@pytest.fixture
def household(review):
    Client.objects.filter(pk=review.client_id).update(name="Okafor household", external_id="C-100")
    return Client.objects.get(pk=review.client_id)


@pytest.mark.parametrize("address", [TASK, TOUCH])
def test_the_form_is_a_page_and_opens_in_place(signed_in, household, address):
    client = signed_in("ann")
    assert b"<!doctype html>" in client.get(address).content
    part = client.get(address, **HTMX).content
    assert b"<form" in part
    assert b"<!doctype html>" not in part


def test_a_task_made_by_hand_waits_in_the_persons_queue(signed_in, people, household):
    client = signed_in("ann")
    answer = client.post(TASK, task_data(people, household))
    assert answer.status_code == 302
    task = ServiceTask.objects.get(title="Send the estate checklist")
    assert (task.client, task.item, task.kind, task.assigned_to) == (household, None, None, people["ann"])
    assert (task.source, len(task.source_id), task.planned_minutes) == ("person", 36, 20)
    assert task.window_start == task.window_end == task.due_on == firm_today()
    assert "Send the estate checklist" in client.get("/").content.decode()
    household.summary.refresh_from_db()
    assert household.summary.next_due_on == task.due_on


def test_planning_leaves_a_task_made_by_hand_alone(signed_in, people, household, firm):
    signed_in("ann").post(TASK, task_data(people, household))
    firm.plan(firm_today() + 9 * DAY)
    task = ServiceTask.objects.get(title="Send the estate checklist")
    assert (task.status, task.due_on, task.assigned_to) == ("planned", firm_today(), people["ann"])


def test_a_new_task_can_be_taken_back(signed_in, people, household):
    client = signed_in("ann")
    answer = client.post(TASK, task_data(people, household), **HTMX)
    assert answer.headers["HX-Redirect"] == "/"
    assert client.post(undo_of(answer), **HTMX).status_code == 200
    task = ServiceTask.objects.get(title="Send the estate checklist")
    assert task.status == "cancelled"
    assert f'id="task-row-{task.pk}"' not in client.get("/").content.decode()


def test_completing_it_asks_which_touch_it_was_and_takes_any(signed_in, people, household, world):
    client = signed_in("ann")
    client.post(TASK, task_data(people, household))
    task = ServiceTask.objects.get(title="Send the estate checklist")
    done = reverse("servicing:work", args=[task.pk, "done"])
    kind = world.touch_kinds["voicemail"]
    assert f'value="{kind.pk}"' in client.get(done, **HTMX).content.decode()
    data = {"outcome": "delivered", "on": firm_today().isoformat(), "minutes": "5", "kind": kind.pk}
    answer = client.post(done, data, **HTMX)
    assert answer.status_code == 200
    assert "Nothing of this kind" not in answer.content.decode()
    task.refresh_from_db()
    assert (task.status, task.touch.kind) == ("done", kind)
    undo = json.loads(answer["HX-Trigger"])["toast"]["undo"]["url"]
    assert client.post(undo, **HTMX).status_code == 200
    task.refresh_from_db()
    assert (task.status, task.touch) == ("planned", None)


@pytest.mark.parametrize(
    "typed", ["C-100", "okafor household", "Okafor household · C-100", "kafor", " C-100 "]
)
def test_a_client_is_found_by_name_or_number(signed_in, people, household, typed):
    assert signed_in("ann").post(TASK, task_data(people, household, client=typed)).status_code == 302


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "required"),
        ("Nobody at all", "No client of yours"),
        ("hold", "Several clients match"),
        ("a\x00b", "Null characters"),
        ("x" * 5000, "at most 240"),
    ],
)
def test_a_client_that_is_not_clear_is_said_beside_the_field(
    signed_in, people, household, world, typed, said
):
    other = world.client(tier="A", since=firm_today(), team={"lead_advisor": "ann"})
    Client.objects.filter(pk=other).update(name="Household of Marin", external_id="C-200")
    for headers in ({}, HTMX):
        answer = signed_in("ann").post(TASK, task_data(people, household, client=typed), **headers)
        assert answer.status_code == 422
        assert said in answer.content.decode()
    assert not ServiceTask.objects.filter(source="person").exists()


def test_nobody_reaches_a_client_of_others(signed_in, people, household):
    client = signed_in("outsider")
    answer = client.post(TASK, task_data(people, household))
    assert answer.status_code == 422
    options = reverse("clients:client_options")
    assert b"Okafor" not in client.get(options, {"client": "kafor"}).content
    assert b"Okafor household \xc2\xb7 C-100" in signed_in("ann").get(options, {"client": "kafor"}).content


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "x" * 161},
        {"due_on": "2001-01-01"},
        {"due_on": "9999-12-31"},
        {"due_on": "soon"},
        {"to": "0"},
        {"planned_minutes": "-1"},
        {"planned_minutes": "99999"},
        {"channel": "pigeon"},
    ],
)
def test_bad_input_is_said_beside_the_field_and_makes_nothing(signed_in, people, household, wrong):
    answer = signed_in("ann").post(TASK, task_data(people, household, **wrong))
    assert answer.status_code == 422
    assert b"invalid-feedback" in answer.content
    assert not ServiceTask.objects.filter(source="person").exists()


def test_a_touch_from_the_first_page_closes_what_it_fulfils_and_can_be_taken_back(
    signed_in, household, review, world
):
    client = signed_in("ann")
    data = {
        "client": "Okafor",
        "kind": world.touch_kinds["review_meeting"].pk,
        "on": firm_today().isoformat(),
        "minutes": "50",
    }
    answer = client.post(TOUCH, data, **HTMX)
    assert answer.headers["HX-Redirect"] == "/"
    review.refresh_from_db()
    assert review.status == "done"
    touch = Touch.objects.latest("id")
    assert (touch.client, touch.by.username, touch.minutes) == (household, "ann", 50)
    assert client.post(undo_of(answer), **HTMX).headers["HX-Refresh"] == "true"
    review.refresh_from_db()
    assert review.status == "planned"


def test_what_goes_out_by_itself_is_counted_and_not_queued(signed_in, review, people):
    ServiceTask.objects.filter(pk=review.pk).update(automated=True, planned_minutes=0)
    client = signed_in("ann")
    page = client.get("/").content.decode()
    assert f'id="task-row-{review.pk}"' not in page
    assert "1 automated update due" in page
    found = client.get(reverse("servicing:tasks"), {"advisor": people["ann"].pk, "done_by": "itself"})
    assert "1 task" in found.content.decode()
    assert f"/tasks/{review.pk}/" in found.content.decode()


def test_the_service_tab_brings_the_touch_form_when_it_is_wanted(signed_in, household, world):
    client = signed_in("ann")
    tab = client.get(reverse("clients:tab", args=[household.pk, "service"])).content.decode()
    form_url = reverse("servicing:log_touch", args=[household.pk])
    assert f'href="{form_url}"' in tab  # also a page of its own, without JavaScript
    part = client.get(form_url, **HTMX).content.decode()
    assert f'action="{form_url}"' in part
    assert "<html" not in part
    data = {"kind": world.touch_kinds["call"].pk, "on": firm_today().isoformat(), "minutes": "10"}
    assert client.post(form_url, data).status_code == 302
    assert Touch.objects.filter(client=household, minutes=10).exists()
