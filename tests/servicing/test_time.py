"""The time log: one line, one's own week, undo."""

import datetime as dt

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from clients.firm import firm_today
from clients.models import Client, TimeEntry
from clients.services_time import log_time
from tests.factories import ClientFactory

HTMX = {"HTTP_HX_REQUEST": "true"}
NEW = reverse("servicing:new_time")
WEEK = reverse("servicing:time")


def undo_of(answer) -> str:
    return [message.extra_tags for message in get_messages(answer.wsgi_request)][-1]


@pytest.fixture
def household(review):
    Client.objects.filter(pk=review.client_id).update(name="Okafor household", external_id="C-100")
    return Client.objects.get(pk=review.client_id)


def line(**other):
    return {
        "client": "C-100",
        "minutes": "1h 30",
        "activity": "Rebuilt the cash plan",
        "spent_on": firm_today().isoformat(),
        "role": "",
    } | other


def test_it_is_logged_in_one_line_and_taken_back(signed_in, household, people):
    ann = signed_in("ann")
    assert b"<!doctype html>" not in ann.get(NEW, **HTMX).content
    answer = ann.post(NEW, line(back="/"), **HTMX)
    assert answer.headers["HX-Redirect"] == "/"
    entry = TimeEntry.objects.get()
    assert (entry.minutes, entry.role.code, entry.by) == (90, "lead_advisor", people["ann"])
    removed = ann.post(undo_of(answer), **HTMX)
    assert not TimeEntry.objects.exists()
    ann.post(undo_of(removed), **HTMX)
    back = TimeEntry.objects.get()
    assert (back.minutes, back.activity, back.by, back.role) == (90, entry.activity, entry.by, entry.role)


def test_a_change_can_be_taken_back(signed_in, household, people):
    entry = log_time(client=household, by=people["ann"], minutes=30, spent_on=firm_today(), activity="Prep")
    ann, address = signed_in("ann"), reverse("servicing:edit_time", args=[entry.pk])
    assert 'value="30"' in ann.get(address).content.decode()
    changed = ann.post(address, line(minutes="1:15"))
    entry.refresh_from_db()
    assert (entry.minutes, entry.activity) == (75, "Rebuilt the cash plan")
    ann.post(undo_of(changed))
    entry.refresh_from_db()
    assert (entry.minutes, entry.activity) == (30, "Prep")


def test_the_week_adds_touches_and_entries_and_says_what_was_planned(
    signed_in, household, people, world, review
):
    today = firm_today()
    log_time(client=household, by=people["ann"], minutes=50, spent_on=today)
    log_time(client=household, by=people["bob"], minutes=500, spent_on=today)
    touch = world.touch(household.pk, "call", today)
    type(touch).objects.filter(pk=touch.pk).update(by=people["ann"], minutes=25)
    type(review).objects.filter(pk=review.pk).update(due_on=today, window_start=today, window_end=today)
    week = signed_in("ann").get(WEEK).context["week"]
    assert (week.beside, week.on_touches, week.logged, week.planned) == (50, 25, 75, review.planned_minutes)
    assert [one["minutes"] for one in week.lines] in ([50, 25], [25, 50])
    before = signed_in("ann").get(WEEK, {"week": week.before.isoformat()}).context["week"]
    assert (before.last, before.logged) == (week.first - dt.timedelta(days=1), 0)
    assert signed_in("ann").get(WEEK, {"week": "9999-99-99"}).context["week"].first == week.first


@pytest.mark.parametrize(
    "wrong",
    [
        {"minutes": "soon"}, {"minutes": "0"}, {"minutes": ""}, {"spent_on": "2999-01-01"}, {"spent_on": "x"},
        {"spent_on": "1990-01-01"}, {"client": "nobody"}, {"role": "99999"}, {"activity": "x" * 161},
    ],
)  # fmt: skip
def test_bad_input_is_said_beside_the_field(signed_in, household, wrong):
    answer = signed_in("ann").post(NEW, line(**wrong))
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.content.decode()
    assert not TimeEntry.objects.exists()


def test_only_ones_own_entries_for_clients_one_sees_are_changed(signed_in, household, people):
    of_bob = log_time(client=household, by=people["bob"], minutes=30, spent_on=firm_today())
    elsewhere = log_time(client=ClientFactory(), by=people["ann"], minutes=30, spent_on=firm_today())
    ann = signed_in("ann")
    for entry in (of_bob, elsewhere):
        assert ann.get(reverse("servicing:edit_time", args=[entry.pk])).status_code == 404
        assert ann.post(reverse("servicing:remove_time", args=[entry.pk])).status_code == 404
    removed = signed_in("bob").post(reverse("servicing:remove_time", args=[of_bob.pk]))
    token = undo_of(removed)
    signed_in("ann").post(token)
    assert TimeEntry.objects.count() == 1  # another person's removal is not ann's to undo
    signed_in("bob").post(token)
    assert TimeEntry.objects.filter(by=people["bob"]).count() == 1


def test_the_client_page_has_the_line_and_the_timeline(signed_in, household, people):
    ann = signed_in("ann")
    address = reverse("servicing:log_time", args=[household.pk])
    assert b'hx-target="#touch-form"' in ann.get(address, **HTMX).content
    data = line(activity="Called the custodian")
    answer = ann.post(address, data)
    assert answer.status_code == 302
    for page in (household.get_absolute_url(), reverse("clients:tab", args=[household.pk, "service"])):
        text = ann.get(page).content.decode()
        assert "Called the custodian" in text
        assert "1 h 30" in text
