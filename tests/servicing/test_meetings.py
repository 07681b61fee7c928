"""Meetings: exactly one decision each, what came of it, confidence, and the brief to prepare by."""

from __future__ import annotations

import csv
import datetime as dt
import io
import statistics
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from clients.firm import firm_today
from clients.models import (
    BehavioralTag,
    BehavioralTrigger,
    Client,
    ComplexityDriver,
    IncomeStructure,
    Persona,
    TeamMember,
    Touch,
)
from clients.permission.answers import record_answer
from clients.register.entries import end_entry
from personas.models import CommitmentStep, Holding, Loan, MapRow, SoloPlan, WinCondition
from servicing.book import merging
from servicing.book.splitting import Parts, split
from servicing.meetings import services
from servicing.meetings.rules import options_for
from servicing.meetings.services import Asked, SecondDecision
from servicing.meetings.spread import LOW, clients_behind, spread
from servicing.meetings.trend import answers_of, drawing
from servicing.models import ConfidenceAnswer, MeetingDecision, ReadyDecision, ServiceTask
from tests.factories import ClientFactory, UserFactory

DAY = dt.timedelta(days=1)


def address(task, name="meeting", **more):
    return reverse(f"servicing:{name}", args=[task.pk, *more.values()])


def values_of(groups):
    return [option.text for group in groups for option in group.each]


def grant(client, persona=None):
    client.persona = persona
    client.save(update_fields=["persona"])
    Client.objects.filter(pk=client.pk).update(permission="granted")
    client.refresh_from_db()


def make_meeting(client, on=None, person=None, **more):
    on = on or firm_today()
    more = {"title": "Review", "channel": "video", **more}
    return ServiceTask.objects.create(
        client=client, due_on=on, window_start=on, window_end=on, assigned_to=person, **more
    )


# --- One decision -------------------------------------------------------------------------------------------


def test_a_second_decision_is_refused_with_the_reason_and_can_be_noted_for_the_next_meeting(
    signed_in, review
):
    ann = signed_in("ann")
    ready = ReadyDecision.objects.get(code="risk_taken")
    chosen = ann.post(address(review, "choose_decision"), {"choice": f"ready:{ready.pk}"})
    assert chosen.status_code == 302
    refused = ann.post(address(review, "choose_decision"), {"text": "Sell the boat"})
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "One decision a meeting: the next one gets its own meeting." in page
    assert 'value="Sell the boat"' in page  # what was typed waits to be noted
    assert MeetingDecision.objects.get(task=review).text == ready.label
    ann.post(address(review, "note_decision"), {"text": "Sell the boat"})
    after = make_meeting(review.client)
    assert values_of(options_for(review.client))[0] == "Sell the boat"
    noted = MeetingDecision.objects.get(task=None)
    ann.post(address(after, "choose_decision"), {"choice": f"noted:{noted.pk}"})
    noted.refresh_from_db()
    assert noted.task == after
    assert ready.label in ann.get(reverse("servicing:task", args=[review.pk])).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_people_who_choose_at_once_leave_one_decision():
    task, people = make_meeting(ClientFactory()), [UserFactory(), UserFactory()]
    gate, refused = threading.Barrier(2), []

    def choose(person):
        gate.wait()
        try:
            services.choose(task=task, by=person, text=f"What {person.username} wants")
        except SecondDecision as error:
            refused.append(error.had.text)
        finally:
            connection.close()

    threads = [threading.Thread(target=choose, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    kept = MeetingDecision.objects.get(task=task)
    assert refused == [kept.text]


def test_the_database_holds_one_decision_a_meeting_and_a_whole_outcome(review):
    MeetingDecision.objects.create(client=review.client, task=review, text="The first")
    for wrong in (
        {"task": review, "text": "A second"},
        {"text": ""},
        {"text": "Decided in no meeting", "result": "decided", "answer": "Yes"},
        {"task": make_meeting(review.client), "text": "Decided how?", "result": "decided"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            MeetingDecision.objects.create(client=review.client, **wrong)
    for value in (-1, 11):
        with pytest.raises(IntegrityError), transaction.atomic():
            ConfidenceAnswer.objects.create(client=review.client, value=value)


def test_a_decision_is_chosen_or_written_and_never_both_or_neither(signed_in, review):
    ann, ready = signed_in("ann"), ReadyDecision.objects.get(code="insurance")
    url = address(review, "choose_decision")
    for sent, says in (
        ({}, "Choose the decision that this meeting is about"),
        ({"choice": f"ready:{ready.pk}", "text": "Sell the boat"}, "a meeting has one decision"),
        ({"choice": "ready:0"}, "Select a valid choice"),
        ({"text": "x" * 201}, "at most 200 characters"),
    ):
        answer = ann.post(url, sent)
        assert answer.status_code == 422
        assert says in answer.content.decode()
    assert not MeetingDecision.objects.exists()
    ann.post(url, {"text": "  Sell the boat  "})
    ann.post(address(review, "change_decision"), {"choice": f"ready:{ready.pk}"})
    decision = MeetingDecision.objects.get()
    assert (decision.text, decision.chosen) == (ready.label, ready)


def test_decisions_of_a_persona_are_offered_with_permission_alone_and_retired_ones_never(review):
    client = review.client
    client.persona = Persona.objects.get(code="physician")
    client.save(update_fields=["persona"])
    loans = ReadyDecision.objects.get(code="loan_extra")
    assert loans.label not in values_of(options_for(client))
    grant(client, client.persona)
    assert loans.label in values_of(options_for(client))
    ReadyDecision.objects.filter(pk=loans.pk).update(retired_at=timezone.now())
    offered = values_of(options_for(client))
    assert loans.label not in offered
    assert "How much risk the portfolio takes" in offered
    assert "Have the business valued now, or in a year" not in offered


def test_each_persona_and_everyone_has_decisions_to_choose_from(db):
    by_persona = dict.fromkeys(Persona.objects.values_list("code", flat=True), 0) | {None: 0}
    for ready in ReadyDecision.objects.select_related("persona"):
        by_persona[ready.persona and ready.persona.code] += 1
    assert all(number >= 3 for number in by_persona.values())


def test_a_task_that_is_no_meeting_has_no_page_of_one(signed_in, review):
    mail = make_meeting(review.client, channel="email")
    asked = make_meeting(review.client, channel="phone", source="request", source_id="1")
    ann = signed_in("ann")
    for task in (mail, asked):
        for name in ("meeting", "brief"):
            assert ann.get(address(task, name)).status_code == 404
        assert 'data-key="o"' not in ann.get(reverse("servicing:task", args=[task.pk])).content.decode()
    asked.scheduled_channel = "video"
    asked.save(update_fields=["scheduled_channel"])
    assert ann.get(address(asked)).status_code == 200


# --- Holding it ---------------------------------------------------------------------------------------------


def held(**more):
    on = (firm_today() + 7 * DAY).isoformat()
    return {
        "result": "decided",
        "answer": "Two hundred more a month",
        "confidence": "6",
        "blocker": "The loans",
        "on": firm_today().isoformat(),
        "minutes": "50",
        "next-1-title": "Set up the payment",
        "next-1-on": on,
        **more,
    }


def test_holding_a_meeting_records_outcome_confidence_and_next_actions_as_one(signed_in, review, people):
    ann = signed_in("ann")
    services.choose(task=review, by=people["ann"], text="Pay extra?")
    answer = ann.post(address(review, "hold_meeting"), held())
    assert answer.status_code == 302
    review.refresh_from_db()
    decision, asked = MeetingDecision.objects.get(), ConfidenceAnswer.objects.get()
    action = ServiceTask.objects.get(follows=review)
    assert (review.status, decision.result, decision.answer) == (
        "done",
        "decided",
        "Two hundred more a month",
    )
    assert (asked.value, asked.blocker, asked.task, asked.asked_on) == (6, "The loans", review, firm_today())
    assert (action.title, action.assigned_to, action.due_on) == (
        "Set up the payment",
        people["ann"],
        firm_today() + 7 * DAY,
    )
    page = ann.get(reverse("servicing:task", args=[review.pk])).content.decode()
    assert "Two hundred more a month" in page
    assert "6 of 10" in page


def test_undoing_a_held_meeting_opens_it_and_loses_nothing_typed(review, people):
    services.choose(task=review, by=people["ann"], text="Pay extra?")
    worked = services.close(
        task=review,
        by=people["ann"],
        outcome="delivered",
        came_of=services.CameOf("not_decided", "Sleeps on it"),
        asked=Asked(4),
    )
    from servicing.work.services import undo

    assert undo(task=worked.task, token=worked.undo).is_open
    from servicing.meetings.forms import closing_form

    form = closing_form(task=ServiceTask.objects.get(pk=review.pk), by=people["ann"], strict=True)
    assert (form.initial["result"], form.initial["answer"]) == ("not_decided", "Sleeps on it")
    assert form.initial["confidence"] == 4


def test_what_is_missing_or_wrong_is_said_and_nothing_is_half_saved(signed_in, review, people):
    services.choose(task=review, by=people["ann"], text="Pay extra?")
    ann = signed_in("ann")
    for wrong, says in (
        ({"result": ""}, "Say whether it was decided"),
        ({"answer": ""}, "Say what was decided"),
        ({"result": "not_decided", "answer": ""}, "Say why not"),
        ({"confidence": "11"}, "The scale ends at 10"),
        ({"confidence": "-1"}, "The scale begins at 0"),
        ({"confidence": "6.5"}, "Write a whole number"),
        ({"confidence": ""}, "Say the number that goes with it"),
        ({"next-1-on": ""}, "Look at the next actions"),
        ({"next-1-on": "2020-01-01"}, "This day has passed"),
    ):
        answer = ann.post(address(review, "hold_meeting"), held(**wrong))
        assert answer.status_code == 422, wrong
        assert says in answer.content.decode()
    review.refresh_from_db()
    assert review.is_open
    assert not ConfidenceAnswer.objects.exists()
    assert not Touch.objects.filter(client=review.client, occurred_on=firm_today()).exists()


def test_completing_from_the_queue_takes_the_same_path(signed_in, review):
    url = reverse("servicing:work", args=[review.pk, "done"])
    sent = held(outcome="delivered")
    refused = signed_in("ann").post(url, sent)
    assert refused.status_code == 422  # which decision was it?
    assert "Say which decision it was" in refused.content.decode()
    assert signed_in("ann").post(url, sent | {"decision": "Pay extra?"}).status_code == 302
    assert MeetingDecision.objects.get(task=review).result == "decided"
    assert ConfidenceAnswer.objects.get(task=review).value == 6


def test_what_was_not_decided_is_offered_again_and_the_outcome_can_be_corrected(signed_in, review, people):
    services.choose(task=review, by=people["ann"], text="Pay extra?")
    ann = signed_in("ann")
    ann.post(address(review, "hold_meeting"), held(result="not_decided", answer="Sleeps on it"))
    client = Client.objects.get(pk=review.client_id)
    (group, *_rest) = options_for(client)
    assert (str(group.label), values_of([group])) == ("Not decided last time", ["Pay extra?"])
    ann.post(
        address(review, "hold_meeting"), {"result": "decided", "answer": "Yes after all", "confidence": "7"}
    )
    assert MeetingDecision.objects.get(task=review).answer == "Yes after all"
    assert ConfidenceAnswer.objects.get(task=review).value == 7
    assert "Pay extra?" not in values_of(options_for(client))


def test_a_decision_of_a_meeting_that_was_cancelled_waits_for_the_next(review, people):
    services.choose(task=review, by=people["ann"], text="Pay extra?")
    ServiceTask.objects.filter(pk=review.pk).update(status="cancelled", closed_at=timezone.now())
    (first, *_rest) = options_for(review.client)
    assert values_of([first]) == ["Pay extra?"]
    after = make_meeting(review.client)
    services.choose(task=after, by=people["ann"], noted=MeetingDecision.objects.get())
    assert MeetingDecision.objects.get().task == after


# --- Confidence ---------------------------------------------------------------------------------------------


def test_an_answer_is_one_a_meeting_and_one_a_day_and_its_corrections_are_kept(signed_in, review, people):
    client, ann = review.client, signed_in("ann")
    for value in (3, 5):
        services.ask(client=client, task=review, by=people["ann"], asked=Asked(value, "The loans"))
        services.ask(client=client, by=people["ann"], asked=Asked(value + 1))
    assert ConfidenceAnswer.objects.filter(client=client).count() == 2
    of_meeting = ConfidenceAnswer.objects.get(task=review)
    url = reverse("servicing:correct_confidence", args=[client.pk, of_meeting.pk])
    ann.post(url, {"confidence": "8", "blocker": ""})
    page = ann.get(reverse("servicing:confidence", args=[client.pk])).content.decode()
    assert "was 5 until" in page
    assert "corrected by" in page
    of_meeting.refresh_from_db()
    assert (of_meeting.value, of_meeting.blocker) == (8, "")
    assert "Confidence in the path changed" in ann.get(f"/clients/{client.pk}/history/").content.decode()


def test_the_trend_says_in_words_what_its_line_draws(review, people):
    today = firm_today()
    for months, value in ((12, 4), (6, 3), (0, 7)):
        ConfidenceAnswer.objects.create(
            client=review.client, value=value, asked_on=today - 30 * months * DAY, blocker="The loans"
        )
    chart = drawing(answers_of(review.client_id))
    assert [point["value"] for point in chart["points"]] == [4, 3, 7]
    xs = [point["x"] for point in chart["points"]]
    assert xs[1] - xs[0] == pytest.approx(xs[2] - xs[1])  # as far apart as their days
    assert chart["points"][2]["y"] < chart["points"][0]["y"] < chart["points"][1]["y"]
    assert "3 up from" in chart["says"]
    assert drawing([]) is None


def test_the_conversation_tab_draws_it_within_fifteen_queries(
    signed_in, review, django_assert_max_num_queries
):
    ConfidenceAnswer.objects.create(client=review.client, value=6, blocker="The loans")
    ann = signed_in("ann")
    url = f"/clients/{review.client_id}/conversation/"
    ann.get(url)
    with django_assert_max_num_queries(15):
        page = ann.get(url).content.decode()
    assert "6 of 10" in page


@pytest.fixture
def answered(db):
    """Clients of two personas and two advisors with what they last answered, and an older answer each."""
    today, people = firm_today(), [UserFactory(first_name="Ada"), UserFactory(first_name="Bo")]
    physician = Persona.objects.get(code="physician")
    newest = {"physician": [2, 3, 4, 9], "": [6, 7, 10]}
    for code, values in newest.items():
        for number, value in enumerate(values):
            client = ClientFactory(lead=people[number % 2], persona=physician if code else None)
            ConfidenceAnswer.objects.create(client=client, value=5, asked_on=today - 90 * DAY)
            ConfidenceAnswer.objects.create(client=client, value=value, asked_on=today - DAY, blocker="Loans")
    gone = ClientFactory(status="former")
    ConfidenceAnswer.objects.create(client=gone, value=0, asked_on=today)
    return people


def test_the_spread_is_that_of_the_newest_answers_and_each_figure_has_its_clients(answered):
    today, chosen = firm_today(), {"months": 12}
    found = spread(today=today, **chosen)
    (physicians, without) = found.personas
    lower, median, upper = statistics.quantiles([2, 3, 4, 9], n=4, method="inclusive")
    assert (physicians.lower, physicians.median, physicians.upper) == (lower, median, upper)
    assert (physicians.clients, physicians.low, physicians.fell) == (4, 3, 3)
    assert (without.clients, without.median, found.all.clients) == (3, 7, 7)
    assert physicians.counts[9] == 1
    assert [each.clients for each in found.advisors] == [4, 3]
    for asked, number in (
        ({"persona": "physician"}, physicians.clients),
        ({"persona": "physician", "low": "1"}, physicians.low),
        ({"persona": "physician", "fell": "1"}, physicians.fell),
        ({"persona": "none"}, without.clients),
        ({"advisor": str(answered[0].pk)}, 4),
        ({"value": "9"}, 1),
        ({"value": "nine"}, 0),
    ):
        rows, count = clients_behind(today=today, chosen=asked, limit=50, **chosen)
        assert (len(rows), count) == (number, number), asked
    rows, _count = clients_behind(today=today, chosen={}, limit=50, **chosen)
    assert [row["value"] for row in rows] == [2, 3, 4, 6, 7, 9, 10]


def test_operations_reads_the_spread_follows_a_figure_and_takes_the_file(
    signed_in, people, answered, django_assert_max_num_queries
):
    olga = signed_in("olga")
    olga.get(reverse("servicing:confidence_spread"))
    with django_assert_max_num_queries(8):
        page = olga.get(reverse("servicing:confidence_spread")).content.decode()
    assert "persona=physician&amp;low=1" in page
    assert f"At {LOW} or lower" in page
    behind = olga.get(reverse("servicing:confidence_clients"), {"persona": "physician", "low": "1"})
    assert "3 clients" in behind.content.decode()
    lines = list(csv.DictReader(io.StringIO(olga.get(reverse("servicing:confidence_file")).content.decode())))
    assert [(line["by"], line["clients"]) for line in lines] == [
        ("all", "7"),
        ("persona", "4"),
        ("persona", "3"),
        ("advisor", "4"),
        ("advisor", "3"),
    ]
    assert lines[1]["median"] == "3.5"
    odd = olga.get(reverse("servicing:confidence_clients"), {"advisor": "x", "page": "-1", "months": "y"})
    assert odd.status_code == 200


# --- The brief ----------------------------------------------------------------------------------------------


@pytest.fixture
def prepared(review, people):
    """A booked meeting of a physician who granted permission, with everything that a brief shows."""
    client = review.client
    grant(client, Persona.objects.get(code="physician"))
    trigger = BehavioralTrigger.objects.get(code="avoidance")
    BehavioralTag.objects.create(client=client, trigger=trigger)
    MapRow.objects.create(
        behavioral_trigger=trigger, framing="Zq small steps", words_to_use="Zq gently", order=1
    )
    services.choose(task=review, by=people["ann"], ready=ReadyDecision.objects.get(code="loan_extra"))
    services.note_for_next(client=client, by=people["ann"], text="Sell the boat")
    services.ask(client=client, by=people["ann"], asked=Asked(4, "Zq loans"), on=firm_today() - 90 * DAY)
    services.ask(client=client, by=people["ann"], asked=Asked(6, "Zq no time"))
    make_meeting(client, title="Send the form", channel="", person=people["bob"])
    review.status, review.scheduled_at = "scheduled", timezone.now() + 2 * DAY
    review.scheduled_channel, review.place = "video", "Room Harbor"
    review.save(update_fields=["status", "scheduled_at", "scheduled_channel", "place"])
    return review


def test_the_brief_has_all_that_is_read_before_a_meeting_within_fifteen_queries(
    signed_in, prepared, django_assert_max_num_queries
):
    ann = signed_in("ann")
    ann.get(address(prepared, "brief"))
    with django_assert_max_num_queries(15):
        page = ann.get(address(prepared, "brief")).content.decode()
    for text in (
        "Review meeting every 3 months",
        "Room Harbor",
        "Pay extra on the loans, or keep the plan",
        "end dates, with and without an extra payment",  # what the decision needs
        "Sell the boat",
        "Zq small steps",
        "Zq gently",
        "6 of 10",
        "2 up from",
        "Zq no time",
        "Send the form",
        "granted",
        "One page on the decision",  # of the checklist
        "lead advisor",
    ):
        assert text in page, text


def test_without_permission_the_brief_shows_nothing_behavioral(signed_in, prepared, people):
    ann = signed_in("ann")
    assert "avoidance" in ann.get(address(prepared, "brief")).content.decode()
    record_answer(client=prepared.client, answer="withdrawn", on=firm_today(), how="phone", by=people["ann"])
    for url in (address(prepared, "brief"), reverse("servicing:briefs"), address(prepared)):
        page = ann.get(url).content.decode()
        assert "avoidance" not in page.lower()
        assert "Zq small steps" not in page
        assert "Zq gently" not in page
    assert "withdrawn" in ann.get(address(prepared, "brief")).content.decode()
    assert "Pay extra on the loans" in ann.get(address(prepared, "brief")).content.decode()  # a fact


def test_the_week_has_a_sheet_for_each_of_the_persons_coming_meetings_and_is_bounded(
    signed_in, prepared, people, django_assert_max_num_queries
):
    client, today, ann = prepared.client, firm_today(), people["ann"]
    # what the season brings, such as tax work in November
    ServiceTask.objects.filter(client=client, item__isnull=False).exclude(pk=prepared.pk).delete()
    make_meeting(client, title="Late one", on=today - 3 * DAY, person=ann)
    make_meeting(client, title="Next month", on=today + 30 * DAY, person=ann)
    make_meeting(client, title="Somebody else's", person=people["bob"])
    make_meeting(client, title="A letter", channel="email", person=ann)
    browser = signed_in("ann")
    page = browser.get(reverse("servicing:briefs")).content.decode()
    assert page.count('<article class="brief"') == 2
    assert page.index("Late one") < page.index("Room Harbor")
    for title in ("Next month", "A letter"):
        assert f"<strong>{title}</strong>" not in page
    for number in range(14):
        make_meeting(ClientFactory(lead=ann), title=f"Review {number}", person=ann)
    with django_assert_max_num_queries(10 + 4 * 12):
        page = browser.get(reverse("servicing:briefs")).content.decode()
    assert page.count('<article class="brief"') == 12
    assert "The first 12 are here" in page
    assert signed_in("olga").get(reverse("servicing:briefs") + f"?advisor={ann.pk}").status_code == 200
    assert signed_in("bob").get(reverse("servicing:briefs") + f"?advisor={ann.pk}").status_code == 404


# --- The record ---------------------------------------------------------------------------------------------


def test_what_the_field_register_ended_is_neither_asked_for_nor_shown(signed_in, prepared):
    for code in ("confidence", "confidence_blocker", "meeting_decisions"):
        end_entry(code=code)
    ann = signed_in("ann")
    for url in (
        address(prepared),
        address(prepared, "brief"),
        reverse("servicing:task", args=[prepared.pk]),
        reverse("servicing:work", args=[prepared.pk, "done"]),
    ):
        page = ann.get(url).content.decode()
        assert "Pay extra on the loans" not in page, url
        assert "6 of 10" not in page
        assert 'name="confidence"' not in page
    assert ann.get(reverse("servicing:confidence", args=[prepared.client_id])).status_code == 404
    assert ann.post(address(prepared, "choose_decision"), {"text": "x"}).status_code == 404


def test_decisions_and_answers_go_where_their_client_goes(review, people):
    olga, today = people["olga"], firm_today()
    gone = ClientFactory(name="Twice", external_id="TWICE")
    old = make_meeting(gone)
    services.choose(task=old, by=olga, text="Pay extra?")
    for client, value in ((gone, 3), (review.client, 8)):
        services.ask(client=client, by=olga, asked=Asked(value))
    services.ask(client=gone, by=olga, asked=Asked(4), on=today - DAY)
    merging.merge(kept=review.client_id, gone=gone.pk, take=(), by=olga)
    kept = ConfidenceAnswer.objects.filter(client=review.client_id).order_by("asked_on")
    assert [answer.value for answer in kept] == [4, 8]
    assert MeetingDecision.objects.get().client_id == review.client_id
    TeamMember.objects.filter(client=review.client).exclude(role__code="lead_advisor").delete()
    made = split(
        client=review.client_id,
        parts=Parts(name="Apart", external_id="APART", tasks_since=old.due_on),
        by=olga,
        reason="They parted",
    )
    old.refresh_from_db()
    assert (old.client_id, MeetingDecision.objects.get().client_id) == (made.pk, made.pk)


def test_the_brief_of_an_owner_with_every_tool_stays_within_fifteen_queries(
    signed_in, prepared, django_assert_max_num_queries
):
    owner, today = prepared.client, firm_today()
    owner.persona = Persona.objects.get(code="business_owner")
    owner.complexity_driver = ComplexityDriver.objects.get(code="debt_structure")
    owner.income_structure = IncomeStructure.objects.get(code="solo_earner")
    owner.save(update_fields=["persona", "complexity_driver", "income_structure"])
    Holding.objects.create(client=owner, name="Mill", kind="business", value=900_000, as_of=today)
    WinCondition.objects.create(client=owner, title="Fridays off", importance=4)
    CommitmentStep.objects.create(client=owner, position=1, title="List what is owned")
    Loan.objects.create(
        client=owner,
        name="Press",
        kind="other",
        balance=60_000,
        as_of=today,
        yearly_rate=6,
        monthly_payment=900,
    )
    SoloPlan.objects.create(client=owner, needed=5_000)
    ann = signed_in("ann")
    ann.get(address(prepared, "brief"))
    with django_assert_max_num_queries(15):
        page = ann.get(address(prepared, "brief")).content.decode()
    for tool in (
        "What hangs on one asset",
        "Win conditions",
        "Staged commitments",
        "Debt timeline",
        "Runway",
    ):
        assert tool in page
