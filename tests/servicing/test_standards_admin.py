"""Editing a service item: shown before it is saved, followed by open tasks, refused where it cannot be."""

import datetime as dt

import pghistory
import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.urls import reverse

from clients.firm import firm_today
from clients.models import Change, TouchKind, User
from servicing.models import (
    CadenceOverride,
    ClosingDay,
    FollowedItem,
    FulfilmentRule,
    ServiceClock,
    ServiceItem,
    ServiceKind,
    ServiceStandard,
    ServiceStep,
    ServiceTask,
    StandingPromise,
    Waiver,
)
from servicing.planning import plan, sweeps
from servicing.standards.a_year import counted, hours_by_role
from servicing.standards.impact import by_role, footing, of_item

DAY = dt.timedelta(days=1)


@pytest.fixture
def admin_browser(client, firm):
    boss = User.objects.create_user("boss", is_staff=True)
    boss.groups.add(Group.objects.get(name="administrator"))
    client.force_login(boss)
    return client


@pytest.fixture
def item(firm):
    return ServiceItem.objects.get(standard__tier__code="A", kind__code="review_meeting")


def typed(item, **changes):
    """What the item's form sends, with changes."""
    steps = list(item.steps.all())
    values = {
        "interval_months": item.interval_months,
        "basis": item.basis,
        "role": item.role_id,
        "channel": item.channel,
        "duration_minutes": item.duration_minutes,
        "preparation_minutes": item.preparation_minutes,
        "lead_days": item.lead_days,
        "window_before_days": item.window_before_days,
        "window_after_days": item.window_after_days,
        "first_offset_months": "",
        "allowed_months": ",".join(str(month) for month in item.allowed_months),
        "starts_on": "",
        "ended_on": "",
        "fulfilled_by": list(
            FulfilmentRule.objects.filter(service_kind=item.kind).values_list("touch_kind", flat=True)
        ),
        "checklist": item.checklist,
        "agenda": item.agenda,
        "position": item.position,
        "steps-TOTAL_FORMS": len(steps),
        "steps-INITIAL_FORMS": len(steps),
    }
    for n, step in enumerate(steps):
        values |= {
            f"steps-{n}-id": step.pk,
            f"steps-{n}-item": item.pk,
            f"steps-{n}-text": step.text,
            f"steps-{n}-position": step.position,
            f"steps-{n}-role": step.role_id or "",
            f"steps-{n}-minutes": "" if step.minutes is None else step.minutes,
        }
    return values | changes


def save(browser, item, *, confirmed=False, **changes):
    extra = {"_confirmed": "1"} if confirmed else {}
    address = reverse("admin:servicing_serviceitem_change", args=[item.pk])
    return browser.post(address, typed(item, **changes, **extra))


def role(firm, code):
    return firm.roles[code].pk


def test_a_change_is_shown_before_it_is_saved_and_saved_when_confirmed(admin_browser, firm, item):
    associate = role(firm, "associate")
    answer = save(admin_browser, item, role=associate, duration_minutes=30)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "1 open task takes the new role" in page
    assert "6 h freed" in page  # 4 times a year 60 + 30 minutes, by the lead advisor
    assert "4 h more" in page  # 4 times a year 30 + 30 minutes, by the associate
    item.refresh_from_db()
    assert (item.duration_minutes, item.role.code) == (60, "lead_advisor")
    assert save(admin_browser, item, confirmed=True, role=associate, duration_minutes=30).status_code == 302
    item.refresh_from_db()
    assert (item.duration_minutes, item.role.code) == (30, "associate")


def test_what_was_typed_is_on_the_page_in_between_and_nothing_is_said_to_be_saved(admin_browser, item):
    before = item.events.count()
    answer = save(admin_browser, item, duration_minutes=30, checklist="A new line", _continue="1")
    page = answer.content.decode()
    assert ("checklist", "A new line") in answer.context["typed"]
    assert ("_continue", "1") in answer.context["typed"]
    assert "changed successfully" not in page
    assert item.events.count() == before


def test_a_change_of_words_alone_needs_no_page_in_between(admin_browser, item):
    step = item.steps.first()
    answer = save(admin_browser, item, **{"agenda": "One decision", "steps-0-text": "Call a week ahead"})
    assert answer.status_code == 302
    item.refresh_from_db()
    step.refresh_from_db()
    assert (item.agenda_points, step.text) == (["One decision"], "Call a week ahead")


def test_another_interval_says_that_dates_are_given_anew(admin_browser, item):
    page = save(admin_browser, item, interval_months=6).content.decode()
    assert "The next date of 1 client is given anew at the next planning" in page
    assert "3 h freed" in page


def test_an_end_says_how_many_open_tasks_it_cancels(admin_browser, item):
    page = save(admin_browser, item, ended_on=firm_today().isoformat()).content.decode()
    assert "1 open task is cancelled on the day on which the service ends" in page
    assert "6 h freed" in page


def test_an_added_item_is_shown_before_it_is_saved(admin_browser, firm, item):
    values = typed(item) | {
        "standard": item.standard_id,
        "kind": firm.kinds["check_in"].pk,
        "interval_months": 1,
        "fulfilled_by": [],  # not asked for until it is there
        "steps-TOTAL_FORMS": 0,
        "steps-INITIAL_FORMS": 0,
    }
    address = reverse("admin:servicing_serviceitem_add")
    page = admin_browser.post(address, values).content.decode()
    assert "12 h more" in page  # two between each review and the next, 8 times a year 90 minutes
    assert "only between two of those" in page
    assert not ServiceItem.objects.filter(standard=item.standard, kind__code="check_in").exists()
    assert admin_browser.post(address, values | {"_confirmed": "1"}).status_code == 302
    assert ServiceItem.objects.filter(standard=item.standard, kind__code="check_in").exists()


def test_hours_count_waivers_and_own_intervals(world):
    today = firm_today()
    clients = [world.client(tier="A", since=today - 90 * DAY, team={"lead_advisor": "ann"}) for _ in range(4)]
    world.waive(clients[0], "review_meeting", today, today + 30 * DAY)
    world.give(clients[1], "review_meeting", 12, today)
    item = ServiceItem.objects.get(standard__tier__code="A", kind__code="review_meeting")
    found = counted([item.pk])[item.pk]
    assert (found.clients, found.waived, found.own, found.times) == (4, 1, 1, 1 + 4 + 4)
    of_all = dict(hours_by_role())
    assert of_all["Lead advisor"] == (1 + 4 + 4) * 90 + 4 * 150  # with the wealth plan review once a year
    world.set_status(clients[3], "paused")
    assert counted([item.pk])[item.pk].times == 1 + 4
    ServiceItem.objects.filter(pk=item.pk).update(ended_on=today + 30 * DAY)
    assert dict(hours_by_role())["Lead advisor"] == 3 * 150


def test_open_tasks_follow_their_item_at_the_next_planning_and_keep_their_dates(firm, review, item):
    due = review.due_on
    plan(as_of=firm_today())
    ServiceItem.objects.filter(pk=item.pk).update(
        role=firm.roles["associate"], channel="video", duration_minutes=45, window_after_days=20
    )
    counts = plan(as_of=firm_today())
    review.refresh_from_db()
    assert counts.followed == 1
    assert (review.role.code, review.channel, review.planned_minutes) == ("associate", "video", 75)
    assert (review.due_on, review.window_end) == (due, due + 20 * DAY)
    assert review.assigned_to.username == "bob"
    assert plan(as_of=firm_today()).followed == 0


def test_a_task_that_was_handed_over_stays_with_that_person(firm, review, people, item):
    ServiceTask.objects.filter(pk=review.pk).update(assigned_to=people["outsider"], reassigned=True)
    ServiceItem.objects.filter(pk=item.pk).update(role=firm.roles["associate"])
    plan(as_of=firm_today())
    review.refresh_from_db()
    assert (review.role.code, review.assigned_to.username) == ("associate", "outsider")


def test_a_plan_for_one_client_follows_without_taking_it_from_the_others(firm, review, item):
    plan(as_of=firm_today())
    ServiceItem.objects.filter(pk=item.pk).update(channel="video")
    other = firm.client(tier="A", since=firm_today() - 400 * DAY, team={"lead_advisor": "ann"})
    plan(as_of=firm_today(), clients=[other])
    review.refresh_from_db()
    assert review.channel == "in_person"
    plan(as_of=firm_today())
    review.refresh_from_db()
    assert review.channel == "video"
    assert FollowedItem.objects.filter(item=item).exists()


def test_an_item_in_use_is_not_deleted_by_any_path(admin_browser, firm, review, item):
    address = reverse("admin:servicing_serviceitem_delete", args=[item.pk])
    assert admin_browser.post(address, {"post": "yes"}).status_code == 403
    page = admin_browser.get(reverse("admin:servicing_serviceitem_change", args=[item.pk])).content.decode()
    assert "give it the date from which it is no longer promised" in page
    assert "Open tasks follow it at the next planning" in page
    with pytest.raises(ProtectedError):
        item.delete()
    item.steps.all().delete()
    with pytest.raises(IntegrityError, match="ended at a date"), transaction.atomic():
        ServiceItem.objects.filter(pk=item.pk)._raw_delete("default")
    assert ServiceItem.objects.filter(pk=item.pk).exists()


def test_an_item_that_nobody_has_can_be_deleted(admin_browser, firm):
    unused = ServiceItem.objects.get(standard__tier__code="C", kind__code="review_meeting")
    address = reverse("admin:servicing_serviceitem_delete", args=[unused.pk])
    assert admin_browser.post(address, {"post": "yes"}).status_code == 302
    assert not ServiceItem.objects.filter(pk=unused.pk).exists()


def delete_at_once(rows):
    """As a script that knows nothing of Django: the database is asked alone."""
    rows.objects.all()._raw_delete("default")
    connection.check_constraints()


def test_neither_its_standard_nor_its_kind_takes_an_item_in_use_along(admin_browser, item):
    address = reverse("admin:servicing_servicestandard_delete", args=[item.standard_id])
    assert admin_browser.post(address, {"post": "yes"}).status_code == 403
    for model, pk in (("servicestandard", item.standard_id), ("servicekind", item.kind_id)):
        sent = {"action": "delete_selected", "_selected_action": [pk], "post": "yes"}
        admin_browser.post(reverse(f"admin:servicing_{model}_changelist"), sent)
    sent = {"action": "delete_selected", "_selected_action": [item.pk], "post": "yes"}
    admin_browser.post(reverse("admin:servicing_serviceitem_changelist"), sent)
    for rows in (ServiceItem, ServiceStandard, ServiceKind):
        with pytest.raises((ProtectedError, IntegrityError)), transaction.atomic():
            rows.objects.all().delete()
        with pytest.raises(IntegrityError), transaction.atomic():
            delete_at_once(rows)
    assert ServiceItem.objects.filter(pk=item.pk, standard=item.standard_id, kind=item.kind_id).exists()


@pytest.mark.parametrize(
    ("changes", "field", "text"),
    [
        ({"duration_minutes": 0}, "duration_minutes", "An item of no minutes must be automated"),
        (
            {"interval_months": 1, "allowed_months": "10"},
            "allowed_months",
            "One every month, counted from October, also falls in January, February",
        ),
        ({"interval_months": 6, "allowed_months": "10,11"}, "allowed_months", "also falls in April"),
        ({"allowed_months": "13"}, "allowed_months", "Months are numbers from 1"),
        ({"lead_days": 900}, "lead_days", "At most a year"),
        ({"interval_months": 5}, "interval_months", "Select a valid choice"),
        ({"starts_on": "2026-05-02", "ended_on": "2026-05-01"}, "ended_on", "cannot end before"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field(admin_browser, item, changes, field, text):
    answer = save(admin_browser, item, **changes)
    assert answer.status_code == 200
    assert text in " ".join(answer.context["adminform"].form.errors[field])
    before = ServiceItem.objects.values().get(pk=item.pk)
    save(admin_browser, item, confirmed=True, **changes)
    assert ServiceItem.objects.values().get(pk=item.pk) == before


def test_a_service_is_promised_once_by_a_standard(admin_browser, item):
    values = typed(item) | {
        "standard": item.standard_id,
        "kind": item.kind_id,
        "steps-TOTAL_FORMS": 0,
        "steps-INITIAL_FORMS": 0,
    }
    answer = admin_browser.post(reverse("admin:servicing_serviceitem_add"), values)
    assert "End that item first" in " ".join(answer.context["adminform"].form.errors["kind"])


def test_touch_kinds_that_fulfil_it_are_edited_on_its_page_for_every_tier(admin_browser, firm, item):
    call = TouchKind.objects.get(code="call")
    both = [*typed(item)["fulfilled_by"], call.pk]
    page = save(admin_browser, item, fulfilled_by=both).content.decode()
    assert "In every tier that promises Review meeting, it is fulfilled by: Review meeting, Call" in page
    assert save(admin_browser, item, confirmed=True, fulfilled_by=both).status_code == 302
    assert FulfilmentRule.objects.filter(service_kind=item.kind, touch_kind=call).exists()
    assert save(admin_browser, item, confirmed=True, fulfilled_by=[call.pk]).status_code == 302
    assert FulfilmentRule.objects.get(service_kind=item.kind).touch_kind == call


def of_kind(kind, **changes):
    """What the form of a service kind sends, its fulfilment rules included; `also`: another touch kind."""
    rules = list(FulfilmentRule.objects.filter(service_kind=kind).order_by("pk"))
    also, without = changes.get("also"), changes.get("without")
    values = {
        "label": kind.label,
        "changes": "",
        "position": kind.position,
        "fulfilled_by-TOTAL_FORMS": len(rules) + (1 if also else 0),
        "fulfilled_by-INITIAL_FORMS": len(rules),
    }
    for n, rule in enumerate(rules):
        values |= {
            f"fulfilled_by-{n}-id": rule.pk,
            f"fulfilled_by-{n}-service_kind": kind.pk,
            f"fulfilled_by-{n}-touch_kind": rule.touch_kind_id,
        }
        if without and rule.touch_kind_id == without.pk:
            values[f"fulfilled_by-{n}-DELETE"] = "on"
    if also:
        values |= {
            f"fulfilled_by-{len(rules)}-service_kind": kind.pk,
            f"fulfilled_by-{len(rules)}-touch_kind": also.pk,
        }
    return values


def test_another_rule_of_fulfilment_shows_which_tasks_and_dates_move_and_planning_follows(
    admin_browser, firm, review, item
):
    call = firm.touch_kinds["call"]
    address = reverse("admin:servicing_servicekind_change", args=[item.kind_id])
    held = firm.touch(review.client_id, "call", firm_today() - 9 * DAY)
    firm.touch(review.client_id, "call", firm_today() - 5 * DAY, reached=False)
    plan(as_of=firm_today())
    sent = of_kind(item.kind, also=call)
    for page in (
        admin_browser.post(address, sent).content.decode(),
        save(admin_browser, item, fulfilled_by=[*typed(item)["fulfilled_by"], call.pk]).content.decode(),
    ):
        assert "it is fulfilled by: Review meeting, Call" in page
        assert "1 open task is closed as done at the next planning" in page
        assert "The next date of 1 client is given anew" in page
        assert "as before" in page  # the hours: a check-in needs its own time as before
    review.refresh_from_db()
    assert review.is_open
    assert not Change.objects.filter(kind="service").exists()
    assert admin_browser.post(address, sent | {"_confirmed": "1"}).status_code == 302
    assert sweeps.plan_changed() == 1
    review.refresh_from_db()
    assert (review.status, review.touch_id) == ("done", held.pk)
    # the rule goes again: what was done stays done, and a touch that closed nothing is a base no more
    earlier = of_kind(item.kind, without=TouchKind.objects.get(code="review_meeting"))
    page = admin_browser.post(address, earlier).content.decode()
    assert "it is fulfilled by: Call." in page
    assert "No open task and no date changes." in page
    wealth = ServiceItem.objects.get(standard=item.standard_id, kind__code="wealth_plan_review").kind
    FulfilmentRule.objects.filter(service_kind=wealth).delete()  # whatever path it takes
    assert sweeps.plan_changed() == 1
    assert ServiceClock.objects.get(client=review.client_id, kind=wealth).base_on is None
    assert admin_browser.post(address, of_kind(item.kind) | {"label": "Review"}).status_code == 302


def test_a_waiver_in_admin_shows_what_it_waives_and_frees_before_it_is_saved(admin_browser, firm, review):
    today = firm_today()
    sent = {
        "client": review.client_id,
        "kind": review.kind_id,
        "reason": "wish",
        "starts_on": today.isoformat(),
        "ends_on": (today + 30 * DAY).isoformat(),
    }
    address = reverse("admin:servicing_waiver_add")
    page = admin_browser.post(address, sent).content.decode()
    assert "1 open task is waived at the next planning." in page
    assert "6 h freed" in page
    review.refresh_from_db()
    assert review.is_open
    assert not Waiver.objects.exists()
    assert admin_browser.post(address, sent | {"_confirmed": "1"}).status_code == 302
    sweeps.plan_changed()
    review.refresh_from_db()
    assert review.status == "waived"


def test_the_task_shows_what_to_prepare_the_agenda_and_the_steps(firm, review, signed_in):
    ServiceItem.objects.filter(pk=review.item_id).update(
        checklist="Debt timeline\n\nPlan summary", agenda="One decision"
    )
    ServiceStep.objects.filter(item=review.item_id).delete()
    ServiceStep.objects.create(
        item=review.item, text="Send the summary", role=firm.roles["client_service"], minutes=15, position=1
    )
    panel = signed_in("ann").get(reverse("servicing:task", args=[review.pk])).context["panel"]
    assert [each["text"] for each in panel["points"]] == ["Debt timeline", "Plan summary"]
    assert panel["agenda"] == ["One decision"]
    text = signed_in("ann").get(reverse("servicing:task", args=[review.pk])).content.decode()
    assert "Send the summary" in text
    assert "client service, 15 min" in text


def test_shipped_procedures_are_steps_with_a_checklist_and_an_agenda(db):
    for item in ServiceItem.objects.all():
        assert item.steps.exists()
        assert item.automated or (item.to_prepare and item.agenda_points)


def test_no_difference_says_so(firm, item):
    same = footing(item.pk)
    assert of_item(same, same) == ["No open task changes."]
    hours = hours_by_role()
    assert {difference for *_, difference in by_role(hours, hours)} == {"as before"}
    assert not CadenceOverride.objects.exists()
    assert not Waiver.objects.exists()


def test_history_says_who_changed_rules_promises_and_closing_days_and_from_what(admin_browser, item):
    kind = item.kind
    rule = FulfilmentRule.objects.get(service_kind=kind, touch_kind__code="review_meeting")
    promise = StandingPromise.objects.get(standard=item.standard)
    with pghistory.context(user=User.objects.get(username="boss").pk):
        rule.delete()  # whatever path it is changed by
        StandingPromise.objects.filter(pk=promise.pk).update(answer_within_hours=2)
        day = ClosingDay.objects.create(date=dt.date(2031, 12, 24), name="Party")
        ClosingDay.objects.filter(pk=day.pk).update(date=dt.date(2031, 12, 23))
    for row, said in (
        (kind, "Fulfilment rule (Review meeting) removed"),
        (item.standard, "Answer within, business hours: from 4 to 2"),
        (day, "Date: from 24 Dec 2031 to 23 Dec 2031"),
    ):
        page = admin_browser.get(reverse(f"admin:servicing_{row._meta.model_name}_history", args=[row.pk]))
        text = " ".join(page.content.decode().split())
        assert said in text, row
        assert "<td>boss</td>" in text
    untouched = ServiceKind.objects.get(code="check_in")
    page = admin_browser.get(reverse("admin:servicing_servicekind_history", args=[untouched.pk]))
    assert "Nothing was changed since" in page.content.decode()


def test_a_form_that_a_browser_sends_back_unchanged_changes_nothing(admin_browser, item):
    before = item.events.count()
    answer = save(admin_browser, item, checklist=item.checklist.replace("\n", "\r\n"), agenda=item.agenda)
    assert "\n" in item.checklist
    assert answer.status_code == 302
    assert item.events.count() == before


def test_the_text_of_a_promise_and_its_hours_say_the_same(item):
    promise = StandingPromise.objects.get(standard=item.standard)
    assert (promise.answer_within_hours, "within 4 business hours" in promise.text) == (4, True)
    promise.full_clean()
    for hours in (3, 0):
        promise.answer_within_hours = hours
        with pytest.raises(ValidationError) as refused:
            promise.full_clean()
        assert "answer_within_hours" in refused.value.message_dict
    promise.text = "Direct access for urgent needs: an answer within 3 business hours"
    promise.answer_within_hours = 3
    promise.full_clean()
