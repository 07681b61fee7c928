"""The task list and the client's service tab."""

import datetime as dt

import pytest
from django.urls import reverse

from clients.firm import firm_today
from clients.models import Touch
from servicing.models import BulkStep, ServiceTask, Waiver
from servicing.work import listing

DAY = dt.timedelta(days=1)


def test_it_lists_the_tasks_of_clients_that_one_may_see(signed_in, review):
    assert b"Client 1" in signed_in("ann").get("/tasks/").content
    assert b"Client 1" in signed_in("olga").get("/tasks/").content
    assert b"Client 1" not in signed_in("outsider").get("/tasks/").content


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=late", False),
        ("status=any", True),
        ("status=done", False),
        ("tier=A", True),
        ("tier=B", False),
        ("kind=review_meeting", True),
        ("kind=check_in", False),
        ("advisor=none", False),
        ("status=nonsense&tier=nonsense&kind=%00&advisor=x&after=x_y&before=9999-99-99_1", True),
        ("after=2999-01-01_1", False),
        ("after=0001-01-01_99999999999999999999999", True),
    ],
)
def test_its_filters_find_what_they_say(signed_in, review, query, found):
    page = signed_in("olga").get(f"/tasks/?{query}")
    assert page.status_code == 200
    assert (b"Client 1" in page.content) is found


def test_it_pages_both_ways_without_losing_or_repeating_a_task(signed_in, world, people, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 3)
    world.users.update(people)
    today = firm_today()
    for tier in "AAABBBCCC":
        world.client(tier=tier, since=today - 300 * DAY, team={"lead_advisor": "ann"})
    world.plan(today)
    for number, pk in enumerate(ServiceTask.objects.values_list("id", flat=True)):
        if number % 3:
            status = ("done", "missed", "waived", "cancelled")[number % 4]
            ServiceTask.objects.filter(pk=pk).update(status=status)
    in_order = ServiceTask.objects.order_by("due_on", "id")
    by_status = {"": in_order.open(), "any": in_order, "done": in_order.filter(status="done")}
    browser = signed_in("olga")
    sorts = [("", sort) for sort in ("", "-due", "client", "-client", "service", "status", "-person")]
    for status, sort in [*sorts, ("any", ""), ("any", "-due"), ("any", "-client"), ("done", "due")]:
        wanted = list(by_status[status].values_list("id", flat=True))
        assert len(wanted) > 1
        seen, query = [], {"sort": sort, "status": status}
        while True:
            context = browser.get("/tasks/", query).context
            seen += [row["id"] for row in context["rows"]]
            if not context["page"].after:
                break
            query = {"sort": sort, "status": status, "after": context["page"].after}
        assert sorted(seen) == sorted(wanted)
        if sort in ("", "due", "-due"):
            assert seen == (wanted[::-1] if sort == "-due" else wanted)
        back = []
        while context["page"].before:
            query = {"sort": sort, "status": status, "before": context["page"].before}
            context = browser.get("/tasks/", query).context
            back = [row["id"] for row in context["rows"]] + back
        assert back == seen[: len(back)]
        assert len(back) >= len(wanted) - 3


def test_more_than_can_be_sorted_in_time_come_by_due_date(signed_in, world, people, monkeypatch):
    world.users.update(people)
    today = firm_today()
    for _ in range(6):
        world.client(tier="A", since=today - 300 * DAY, team={"lead_advisor": "ann"})
    world.plan(today)
    browser = signed_in("ann")
    assert b"sorted by due date only" not in browser.get("/tasks/?sort=client").content
    monkeypatch.setattr(listing, "SORTED", 2)
    page = browser.get("/tasks/?sort=-client")
    assert b"sorted by due date only" in page.content
    wanted = ServiceTask.objects.open().order_by("due_on", "id").values_list("id", flat=True)
    assert [row["id"] for row in page.context["rows"]] == list(wanted)


def bulk(browser, **data):
    return browser.post(reverse("servicing:bulk"), {"back": "/tasks/?sort=client", **data})


def test_many_tasks_are_handed_over_moved_and_put_off_from_the_list(signed_in, review, people):
    browser, today = signed_in("olga"), firm_today()
    chosen = {"task": [review.pk, "x", "9" * 40]}
    assert bulk(browser, action="reassign", to=people["bob"].pk, **chosen).url == "/tasks/?sort=client"
    review.refresh_from_db()
    assert review.assigned_to == people["bob"]
    step = BulkStep.objects.get()
    browser.post(reverse("servicing:bulk_undo", args=[step.pk]))
    review.refresh_from_db()
    assert review.assigned_to == people["ann"]
    due_on = review.due_on
    bulk(browser, action="reschedule", days="14", reason="Office move", **chosen)
    until = today + 9 * DAY
    bulk(browser, action="snooze", until=until.isoformat(), all="1", filter="kind=review_meeting")
    review.refresh_from_db()
    assert review.due_on >= due_on + 14 * DAY
    assert review.snoozed_until == until
    assert not ServiceTask.objects.exclude(pk=review.pk).filter(snoozed_until=until).exists()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"action": "delete"},
        {"action": "reassign"},
        {"action": "reassign", "to": "999999"},
        {"action": "reschedule", "days": "0"},
        {"action": "reschedule", "days": "soon"},
        {"action": "reschedule", "days": "99999"},
        {"action": "snooze", "until": "2001-01-01"},
        {"action": "snooze", "until": ""},
    ],
)
def test_a_step_with_many_that_makes_no_sense_is_refused_with_its_reason(signed_in, review, data):
    browser = signed_in("olga")
    answer = bulk(browser, task=review.pk, **data)
    assert answer.status_code == 302
    assert 'data-toast="late"' in browser.get(answer.url).content.decode()
    assert not BulkStep.objects.exists()


def test_a_step_with_many_is_for_those_who_run_the_firm_and_undone_by_who_did_it(signed_in, review, people):
    assert bulk(signed_in("ann"), action="reassign", to=people["bob"].pk, task=review.pk).status_code == 403
    assert b"bulk-bar" not in signed_in("ann").get("/tasks/").content
    bulk(signed_in("olga"), action="reassign", to=people["bob"].pk, task=review.pk)
    other = people["carl"]
    other.groups.add(people["olga"].groups.get())
    undo = reverse("servicing:bulk_undo", args=[BulkStep.objects.get().pk])
    assert signed_in("carl").post(undo).status_code == 403


def test_the_service_tab_shows_promise_and_delivery(signed_in, review, django_assert_max_num_queries):
    browser = signed_in("ann")
    url = reverse("clients:tab", args=[review.client_id, "service"])
    page = browser.get(url)
    assert "Review meeting every 3 months" in page.content.decode()
    assert "Direct access" in page.content.decode()
    with django_assert_max_num_queries(15):
        browser.get(url)


def test_a_logged_touch_closes_what_it_fulfils_and_taken_back_opens_it_again(signed_in, review, world):
    browser = signed_in("ann")
    browser.post(
        reverse("servicing:log_touch", args=[review.client_id]),
        {"kind": world.touch_kinds["review_meeting"].pk, "on": firm_today().isoformat()},
    )
    review.refresh_from_db()
    assert review.status == "done"
    touch = Touch.objects.latest("id")
    browser.post(reverse("servicing:remove_touch", args=[review.client_id, touch.pk]))
    review.refresh_from_db()
    assert review.status == "planned"
    assert ServiceTask.objects.open().filter(kind=review.kind).count() == 1


def test_a_waiver_closes_the_task_and_its_end_brings_it_back(signed_in, review, world):
    browser = signed_in("ann")
    today = firm_today()
    data = {"kind": review.kind_id, "starts_on": today, "ends_on": today + 90 * DAY, "reason": "sabbatical"}
    assert browser.post(reverse("servicing:waive", args=[review.client_id]), data).status_code == 302
    review.refresh_from_db()
    assert (review.status, review.closed_reason) == ("waived", "waiver")
    waiver = Waiver.objects.get()
    browser.post(reverse("servicing:end_waiver", args=[review.client_id, waiver.pk]))
    assert not Waiver.objects.exists()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("log_touch", {"kind": "0", "on": "2999-01-01"}),
        ("log_touch", {}),
        ("waive", {"starts_on": "2026-05-01", "ends_on": "2026-04-01", "reason": "x"}),
        ("waive", {}),
    ],
)
def test_bad_input_is_said_beside_the_field(signed_in, review, name, data):
    answer = signed_in("ann").post(reverse(f"servicing:{name}", args=[review.client_id]), data)
    assert answer.status_code == 422
    assert b"invalid-feedback" in answer.content
    assert (
        signed_in("outsider").post(reverse(f"servicing:{name}", args=[review.client_id]), data).status_code
        == 404
    )
