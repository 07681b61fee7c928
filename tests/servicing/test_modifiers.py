"""What tags change in tasks: beside the standard, with the reason, and gone when the tag goes."""

import datetime as dt

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from clients import services
from clients.models import (
    AttentionConstraint,
    BehavioralTag,
    BehavioralTrigger,
    Change,
    Client,
    ClientSummary,
    ComplexityDriver,
    IncomeStructure,
    Persona,
    Touch,
    User,
)
from clients.permission.answers import record_answer
from servicing.models import ServiceTask, TaskModifier, TaskTailoring
from servicing.models.modifiers import TAGS
from servicing.modifiers.sweeps import follow_changes
from servicing.planning import plan

TODAY = dt.date(2026, 3, 3)  # a Tuesday
STANDARD = ("due_on", "base_on", "window_start", "window_end", "channel", "planned_minutes", "status")


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel(dt.datetime(2026, 3, 3, 15, tzinfo=dt.UTC)):
        yield


@pytest.fixture
def served(world, people):
    """A client of tier A and one of tier B, planned for today."""
    world.users.update(people)
    a = world.client(tier="A", since=TODAY - dt.timedelta(days=200), team={"lead_advisor": "ann"})
    b = world.client(tier="B", since=TODAY - dt.timedelta(days=200), team={"lead_advisor": "ann"})
    world.touch(a, "review_meeting", TODAY - dt.timedelta(days=80))
    world.touch(b, "review_meeting", TODAY - dt.timedelta(days=80))
    plan(as_of=TODAY)
    return Client.objects.get(pk=a), Client.objects.get(pk=b)


def tag(client: Client, **codes: str) -> None:
    models = {
        "persona": Persona,
        "complexity_driver": ComplexityDriver,
        "attention_constraint": AttentionConstraint,
        "income_structure": IncomeStructure,
        "behavioral_trigger": BehavioralTrigger,
    }
    for field, code in codes.items():
        services.set_tag(
            client=client, field=field, term=models[field].objects.get(code=code) if code else None
        )


def grant(client: Client, permission: str = "granted") -> None:
    Client.objects.filter(pk=client.pk).update(permission=permission)


def tailored(client: Client) -> dict[str, tuple]:
    rows = TaskTailoring.objects.filter(client=client).select_related("task__kind")
    return {row.task.kind.code: (row.channel, row.minutes, row.time_of_day, row.booking_from) for row in rows}


def standard(client: Client) -> list[tuple]:
    return list(ServiceTask.objects.filter(client=client).order_by("pk").values_list(*STANDARD))


def test_it_changes_a_task_beside_the_standard_and_a_rerun_changes_nothing(served):
    a, b = served
    before = standard(a), standard(b)
    tag(a, attention_constraint="travel_schedule", income_structure="dual_income")
    tag(b, attention_constraint="time_poverty")
    plan(as_of=TODAY)
    review = ServiceTask.objects.get(client=a, kind__code="review_meeting")
    # 21 days of one tag count, the other's 7 are within them; what is by video already stays so
    assert tailored(a)["review_meeting"] == ("video", None, "", review.window_start - dt.timedelta(days=21))
    assert {kind: row[0] for kind, row in tailored(a).items()}.get("tax_coordination", "") == ""
    # a check-in is digital and short: only a meeting is shortened
    assert "check_in" not in tailored(b)
    assert (standard(a), standard(b)) == before
    plan(as_of=TODAY)
    rows = list(TaskTailoring.objects.order_by("pk").values())
    assert not Change.objects.filter(kind="service").exists()
    with CaptureQueriesContext(connection) as queries:
        plan(as_of=TODAY)
    assert list(TaskTailoring.objects.order_by("pk").values()) == rows
    assert not any("INTO servicing_tasktailoring" in query["sql"] for query in queries)


def test_it_shortens_a_meeting_and_keeps_its_preparation(served):
    a, _b = served
    tag(a, attention_constraint="time_poverty")
    plan(as_of=TODAY)
    assert tailored(a)["review_meeting"][:3] == ("", 30 + 30, "")
    # two that differ: the shorter length, the first time of day in the firm's order
    physician = TaskModifier.objects.get(persona__code="physician")
    TaskModifier.objects.filter(pk=physician.pk).update(length_percent=25, time_of_day="evening", order=1)
    time_poverty = TaskModifier.objects.filter(attention_constraint__code="time_poverty")
    time_poverty.update(time_of_day="morning")
    tag(a, persona="physician")
    plan(as_of=TODAY)
    assert tailored(a)["review_meeting"][:3] == ("", 15 + 30, "evening")
    modifiers = TaskTailoring.objects.get(task__kind__code="review_meeting").modifiers
    assert modifiers == [physician.pk, time_poverty.get().pk]


def test_a_longer_meeting_is_longer_only_where_nothing_shortens_it(served):
    a, _b = served
    TaskModifier.objects.filter(persona__code="general").update(length_percent=150)
    tag(a, persona="general")
    plan(as_of=TODAY)
    assert tailored(a)["review_meeting"][1] == 90 + 30
    tag(a, attention_constraint="time_poverty")
    plan(as_of=TODAY)
    assert tailored(a)["review_meeting"][1] == 30 + 30


def test_the_behavioral_part_goes_with_permission_in_the_same_transaction(served):
    a, b = served
    for client in served:
        grant(client)
    tag(a, behavioral_trigger="volatility_fear", attention_constraint="decision_fatigue")
    tag(b, behavioral_trigger="volatility_fear")
    plan(as_of=TODAY)
    assert tailored(b)["check_in"][0] == "phone"
    assert TaskTailoring.objects.filter(client=a, tag=a.pk).exists()
    with transaction.atomic():
        grant(a, "withdrawn")
        assert not TaskTailoring.objects.filter(client=a).exists()
        grant(b, "declined")
    assert not TaskTailoring.objects.exists()
    plan(as_of=TODAY)
    # what needs no permission is back, without the rest
    behavioral = TaskModifier.objects.get(behavioral_trigger__code="volatility_fear").pk
    rows = TaskTailoring.objects.filter(client=a)
    assert {row.time_of_day for row in rows} == {"morning"}
    assert not any(behavioral in row.modifiers or row.tag_id for row in rows)
    assert not tailored(b)


@pytest.mark.parametrize("how", ["tag", "status", "retired", "word"])
def test_it_is_undone_when_its_ground_goes(served, how):
    a, _b = served
    tag(a, attention_constraint="travel_schedule")
    plan(as_of=TODAY)
    assert tailored(a)
    if how == "tag":
        tag(a, attention_constraint="")
    elif how == "word":
        tag(a, attention_constraint="cognitive_load")
    elif how == "status":
        Client.objects.filter(pk=a.pk).update(status="paused")
    else:
        TaskModifier.objects.update(retired_at="2026-01-01T00:00Z")
    plan(as_of=TODAY)
    assert not any(row[0] or row[3] for row in tailored(a).values())
    assert bool(tailored(a)) == (how == "word")


def test_changed_modifiers_are_followed_by_the_whole_firm_without_planning(served):
    a, b = served
    tag(a, attention_constraint="travel_schedule")
    tag(b, attention_constraint="travel_schedule")
    plan(as_of=TODAY)
    TaskModifier.objects.filter(attention_constraint__code="travel_schedule").update(
        replaces=[], channel="phone"
    )
    follow_changes()
    assert tailored(a)["review_meeting"][0] == "phone"
    assert tailored(b)["check_in"][0] == "phone"
    rows = list(TaskTailoring.objects.order_by("pk").values())
    with CaptureQueriesContext(connection) as queries:
        follow_changes()
    assert len(queries) < 12
    assert list(TaskTailoring.objects.order_by("pk").values()) == rows


def test_untagged_clients_and_no_modifiers_cost_one_look(served):
    a, _b = served
    TaskModifier.objects.all().delete()
    plan(as_of=TODAY)
    with CaptureQueriesContext(connection) as queries:
        plan(as_of=TODAY, clients=[a.pk])
    ours = [query["sql"] for query in queries if "plan_acting" in query["sql"] or "tailor" in query["sql"]]
    assert len(ours) == 1


def hold(world, client: Client, on: dt.date = TODAY) -> ServiceTask:
    """The review of the client is held on a day; planning sees it."""
    touch = world.touch(client.pk, "review_meeting", on)
    plan(as_of=TODAY)
    return ServiceTask.objects.get(touch=touch, kind__code="review_meeting")


def follow_up(held: ServiceTask) -> ServiceTask:
    return ServiceTask.objects.get(source="follow_up", source_id=str(held.pk))


def test_a_held_meeting_is_followed_up_once_on_a_working_day(world, served):
    a, _b = served
    grant(a)
    tag(a, behavioral_trigger="avoidance", attention_constraint="time_poverty")
    held = hold(world, a)
    made = follow_up(held)
    # two days of the one come before seven of the other
    first = TODAY + dt.timedelta(days=2)
    assert made.due_on >= first
    assert (made.due_on - first).days <= 4
    assert made.due_on.isoweekday() < 6
    assert (made.channel, made.assigned_to, made.follows_id) == ("email", held.assigned_to, held.pk)
    assert made.title == "Follow up: Review meeting"
    assert (
        ClientSummary.objects.get(client=a).open_tasks == ServiceTask.objects.filter(client=a).open().count()
    )
    plan(as_of=TODAY, clients=[a.pk])
    assert ServiceTask.objects.filter(source="follow_up").count() == 1


def test_a_follow_up_goes_with_its_ground_and_comes_back_with_it(world, served):
    a, _b = served
    grant(a)
    tag(a, behavioral_trigger="avoidance")
    held = hold(world, a)
    assert follow_up(held).status == "planned"
    grant(a, "withdrawn")
    plan(as_of=TODAY)
    taken = follow_up(held)
    assert (taken.status, taken.closed_reason) == ("cancelled", "taken_back")
    assert "avoid" not in taken.title.lower()
    tag(a, attention_constraint="time_poverty")
    plan(as_of=TODAY)
    assert follow_up(held).status == "planned"
    held.touch.delete()
    plan(as_of=TODAY)
    assert not ServiceTask.objects.filter(source="follow_up").open().exists()


def test_a_follow_up_that_a_person_closed_stays_closed_and_an_old_meeting_gets_none(world, served):
    a, _b = served
    tag(a, attention_constraint="time_poverty")
    held = hold(world, a)
    ServiceTask.objects.filter(pk=follow_up(held).pk).update(status="done", completed_on=TODAY)
    plan(as_of=TODAY, clients=[a.pk])
    assert follow_up(held).status == "done"
    ServiceTask.objects.filter(source="follow_up").delete()
    long_ago = TODAY - dt.timedelta(days=30)
    Touch.objects.filter(tasks=held).update(occurred_on=long_ago)
    ServiceTask.objects.filter(pk=held.pk).update(completed_on=long_ago)
    plan(as_of=TODAY, clients=[a.pk])
    assert not ServiceTask.objects.filter(source="follow_up").exists()


def test_the_shipped_modifiers_speak_of_every_value(db):
    for field, model in {
        "persona": Persona,
        "complexity_driver": ComplexityDriver,
        "attention_constraint": AttentionConstraint,
        "income_structure": IncomeStructure,
        "behavioral_trigger": BehavioralTrigger,
    }.items():
        spoken = set(TaskModifier.objects.exclude(**{field: None}).values_list(f"{field}__code", flat=True))
        assert spoken == set(model.objects.values_list("code", flat=True))
    assert not TaskModifier.objects.filter(reason="").exists()


def test_an_erased_tag_is_not_written_by_a_run_that_read_it_before(served):
    """The tag goes after it was read and before its effect is written."""
    from django.utils import timezone

    from servicing.modifiers import tailoring
    from servicing.planning.session import Session

    a, _b = served
    grant(a)
    tag(a, behavioral_trigger="volatility_fear")
    session = Session(day=TODAY, moment=timezone.now())
    with transaction.atomic():
        session.keep("plan_scope", f"SELECT {a.pk}::bigint AS client_id")
        session.keep("plan_concerned", "SELECT client_id FROM plan_scope")
        session.keep("plan_acting", tailoring.ACTING)
        session.keep("plan_tailored", tailoring.TAILORED)
        BehavioralTag.objects.all().delete()
        assert session.run(tailoring.WRITE) == 0


def test_the_panel_says_what_changes_and_why(served, people):
    from servicing.work.panel import panel_of, read_task

    a, _b = served
    grant(a)
    tag(
        a,
        attention_constraint="travel_schedule",
        behavioral_trigger="avoidance",
        income_structure="dual_income",
    )
    TaskModifier.objects.filter(income_structure__code="dual_income").update(most_minutes=45)
    plan(as_of=TODAY)

    def said() -> list[tuple[list[str], str]]:
        task = read_task(
            ServiceTask.objects.all(), ServiceTask.objects.get(client=a, kind__code="review_meeting").pk
        )
        lines = panel_of(task, TODAY, viewer=people["ann"])["tailored"]
        return [(line["changes"], line["reason"]) for line in lines]

    travel, avoidance, dual = said()
    first = ServiceTask.objects.get(client=a, kind__code="review_meeting").window_start - dt.timedelta(
        days=21
    )
    assert travel[0][0] == "video in place of in person"
    assert travel[0][1].startswith("offer dates from")
    assert f"{first.day} {first:%b}" in travel[0][1]
    assert avoidance[0][0] == "follow up 7 days after it"
    assert avoidance[1] == TaskModifier.objects.get(behavioral_trigger__code="avoidance").reason
    # booking is the other's; the length is its own
    assert dual[0][0] == "1 h 15 in place of 1 h 30"
    grant(a, "withdrawn")
    assert said() == []


def test_a_row_of_today_shows_it_with_the_reason_and_the_figure_counts_it(served, signed_in):
    a, _b = served
    tag(a, attention_constraint="travel_schedule")
    time_poverty = TaskModifier.objects.get(attention_constraint__code="time_poverty")
    TaskModifier.objects.filter(attention_constraint__code="travel_schedule").update(
        most_minutes=30, time_of_day="morning"
    )
    ServiceTask.objects.filter(client=a, kind__code="review_meeting").update(due_on=TODAY, window_start=TODAY)
    plan(as_of=TODAY)
    text = signed_in("ann").get("/").content.decode()
    row = text.split('class="queue-row"')[1].split("</li>")[0]
    reason = TaskModifier.objects.get(attention_constraint__code="travel_schedule").reason
    assert "video, in the morning" in row
    assert reason in row
    assert time_poverty.reason not in text
    assert f'title="{reason}">1 h<' in row
    assert "1 h" in text.split("planned today")[0][-200:]


def test_no_modifier_leads_to_a_channel_that_the_client_opted_out_of(served):
    from django.utils import timezone

    from clients.models import ChannelOptOut

    a, _b = served
    TaskModifier.objects.filter(attention_constraint__code="travel_schedule").update(channel="phone")
    tag(a, attention_constraint="travel_schedule")
    plan(as_of=TODAY)
    assert tailored(a)["review_meeting"][0] == "phone"
    opt_out = ChannelOptOut.objects.create(client=a, channel="phone", since=timezone.now(), how="phone")
    plan(as_of=TODAY)
    assert tailored(a)["review_meeting"][0] == ""
    opt_out.delete()
    plan(as_of=TODAY)
    assert tailored(a)["review_meeting"][0] == "phone"


def test_what_a_tag_asks_to_prepare_is_ticked_like_the_checklist_and_forgotten_with_it(served, signed_in):
    a, _b = served
    grant(a)
    first, second = "The list that debts end", "Context before numbers"
    TaskModifier.objects.filter(complexity_driver__code="debt_structure").update(prepare=first)
    TaskModifier.objects.filter(behavioral_trigger__code="volatility_fear").update(prepare=second)
    tag(a, complexity_driver="debt_structure", behavioral_trigger="volatility_fear")
    plan(as_of=TODAY)
    review = ServiceTask.objects.get(client=a, kind__code="review_meeting")
    browser, url = signed_in("ann"), reverse("servicing:prepare", args=[review.pk])
    points = len(review.item.to_prepare) + 2
    for number, point in enumerate((first, second, review.item.to_prepare[0]), 1):
        part = browser.post(url, {"ready": point}, headers={"hx-request": "true"}).content.decode()
        assert f"{number}/{points}" in part
    assert browser.post(url, {"ready": "Another"}, headers={"hx-request": "true"}).status_code == 409
    page = browser.get(reverse("servicing:task", args=[review.pk])).content.decode()
    assert page.count('aria-checked="true"') == 3
    by = User.objects.get(username="ann")
    record_answer(client=Client.objects.get(pk=a.pk), answer="withdrawn", by=by, on=TODAY, how="phone")
    assert set(review.prepared.values_list("point", flat=True)) == {first, review.item.to_prepare[0]}
    tag(a, complexity_driver="")
    plan(as_of=TODAY)
    assert browser.post(url, {"ready": first}, headers={"hx-request": "true"}).status_code == 409


def test_everyone_reads_what_each_tag_changes_and_the_register_is_in_the_navigation(signed_in):
    page = signed_in("ann").get(reverse("servicing:tag_changes")).content.decode()
    for rule in TaskModifier.objects.filter(retired_at=None).select_related(*TAGS):
        assert str(rule.word) in page
        assert escape(rule.reason) in page
    assert "only while permission is granted" in page
    assert reverse("admin:servicing_taskmodifier_changelist") not in page
    entry = f'<a class="nav-entry" href="{reverse("clients:register")}"'
    assert entry not in page
    assert entry in signed_in("olga").get(reverse("servicing:tag_changes")).content.decode()
