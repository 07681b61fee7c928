"""Many open cases at once: another owner, closing them; and the start of one from the board."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.firm import firm_today
from clients.models import Client, Tier, User
from servicing.models import BulkStep, ServiceTask, Transition
from servicing.planning.engine import plan
from servicing.transitions import many
from servicing.transitions import services as cases
from servicing.transitions.stages import Ways
from tests.factories import ClientFactory, UserFactory
from tests.servicing.test_transitions_in_bulk import served
from tiers.models import TierAssignment

DAY = dt.timedelta(days=1)
BACKEND = "django.contrib.auth.backends.ModelBackend"
BOARD = reverse("servicing:transitions")
GIVE, CLOSE = reverse("servicing:give_transitions"), reverse("servicing:close_transitions")


@pytest.fixture
def olga(db, client: Any) -> User:
    person = UserFactory(username="olga", groups=["operations"])
    client.force_login(person, backend=BACKEND)
    return person


@pytest.fixture
def ann(db) -> User:
    return UserFactory(username="ann", groups=["advisor"])


def opened(lead: User, number: int = 1, **choice: Any) -> list[Transition]:
    """Open cases of as many clients of `lead`, on the way of `choice`."""
    found = [cases.start(client=served(lead), by=lead, reason="fit") for _each in range(number)]
    return [cases.choose(case=case, by=lead, **choice) for case in found] if choice else found


def tasks_of(chosen: list[Transition]) -> list[ServiceTask]:
    found = ServiceTask.objects.filter(source="transition", client__in=[case.client_id for case in chosen])
    return list(found.order_by("id"))


def test_cases_go_to_another_owner_with_their_tasks_and_back(client, olga, ann):
    bob = UserFactory(username="bob", groups=["advisor"])
    ClientFactory(lead=bob)
    chosen, other = opened(ann, 3), opened(ann)[0]
    page = client.get(BOARD).content.decode()
    assert page.count('name="case"') == 4
    sent = {"case": [case.pk for case in chosen], "to": bob.pk, "back": f"{BOARD}?route=none"}
    answer = client.post(GIVE, sent, follow=True)
    assert answer.redirect_chain == [(f"{BOARD}?route=none", 302)]
    assert "3 cases are Person" in answer.content.decode()
    owners = dict(Transition.objects.values_list("pk", "owner__username"))
    assert owners == {case.pk: "bob" for case in chosen} | {other.pk: "ann"}
    assert {task.assigned_to for task in tasks_of(chosen)} == {bob}
    plan(as_of=firm_today())
    assert {task.assigned_to for task in tasks_of(chosen)} == {bob}
    client.post(reverse("servicing:bulk_undo", args=[BulkStep.objects.get().pk]))
    assert set(Transition.objects.values_list("owner__username", flat=True)) == {"ann"}
    assert {task.assigned_to for task in tasks_of(chosen)} == {ann}


def test_what_a_filter_matches_is_taken_beyond_the_page_and_too_many_are_refused(
    client, olga, ann, monkeypatch
):
    digital = opened(ann, 2, route="digital", digital_service="Portal")
    opened(ann, 1)
    monkeypatch.setattr("servicing.transitions.reading.A_COLUMN", 1)
    assert "all 3 that match" in client.get(BOARD).content.decode()
    everyone = {"all": "1", "filter": "route=digital", "to": olga.pk}
    assert "2 cases are" in client.post(GIVE, everyone, follow=True).content.decode()
    assert set(Transition.objects.filter(owner=olga)) == set(digital)
    for sent, says in (
        ({"to": olga.pk}, "Choose at least one case first."),
        ({"case": ["x", "-1", "9" * 30], "to": olga.pk}, "Choose at least one case first."),
        ({"case": [digital[0].pk]}, "Choose the new owner first."),
        ({"case": [digital[0].pk], "to": olga.pk, "back": "//evil.example/"}, "0 cases are"),
    ):
        assert says in client.post(GIVE, sent, follow=True).content.decode()
    monkeypatch.setattr("servicing.transitions.many_views.MOST", 1)
    refused = client.post(CLOSE, {"all": "1", "filter": "", "sure": "1", "outcome": "agreed"}, follow=True)
    assert "Choose at most 1 cases at once." in refused.content.decode()
    assert not Transition.objects.exclude(closed_on=None).exists()


def test_cases_are_closed_as_one_with_what_follows_said_before(client, olga, ann):
    today = firm_today()
    held = served(ann, "A")
    before = TierAssignment.objects.get(client=held)
    TierAssignment.objects.filter(pk=before.pk).update(ends_on=today)
    lower = TierAssignment.objects.create(
        client=held, tier=Tier.objects.get(code="C"), starts_on=today, serviced_from=today, source="override"
    )
    case = cases.start(client=held, by=ann, reason="fit")
    Transition.objects.filter(pk=case.pk).update(
        from_tier=before.tier, to_tier=lower.tier, assignment=lower, until=today + 30 * DAY
    )
    TierAssignment.objects.filter(pk=lower.pk).update(serviced_from=today + 30 * DAY)
    digital = opened(ann, 1, route="digital", digital_service="Portal")[0]
    referral = opened(ann, 1, route="referral", referred_to="Hill & Co")[0]  # without a consent
    fee = opened(ann, 1, route="fee")[0]  # without a new fee
    ids = [case.pk, digital.pk, referral.pk, fee.pk]
    asks = client.post(CLOSE, {"case": ids}).content.decode()
    assert "Close 4 cases" in asks
    assert "1 of them is served by the old standard still" in asks
    assert client.post(CLOSE, {"case": ids, "sure": "1"}).status_code == 422
    assert client.post(CLOSE, {"case": ids, "sure": "1", "outcome": "left"}).status_code == 422
    sent = {"case": ids, "sure": "1", "outcome": "agreed", "outcome_text": "Spoken with all."}
    said = client.post(CLOSE, sent, follow=True).content.decode()
    assert "2 cases closed. 2 lack something for this outcome" in said
    assert set(Transition.objects.filter(closed_on=None)) == {referral, fee}
    for closed in Transition.objects.filter(pk__in=[case.pk, digital.pk]):
        assert (closed.closed_on, closed.closed_by, closed.outcome) == (today, olga, "agreed")
        assert closed.outcome_text == "Spoken with all."
        assert not closed.stages.filter(ended_on=None).exists()
    lower.refresh_from_db()
    assert lower.serviced_from == today  # the old standard ended with the case
    assert {task.status for task in tasks_of([case, digital])} <= {"done", "cancelled"}
    assert all(task.is_open for task in tasks_of([referral, fee])[-1:])


@pytest.mark.parametrize("outcome", ["agreed", "exception", "not_needed"])
def test_a_case_closed_with_others_stands_as_one_closed_by_itself(olga, ann, outcome):
    one, other = opened(ann, 2, route="digital", digital_service="Portal")
    for case in (one, other):
        cases.move(case=case, by=ann, step="close")
        cases.set_date(case=case, by=ann, until=firm_today() + 9 * DAY)
    cases.close(case=one, by=olga, outcome=outcome, outcome_text="So")
    many.close_many(cases=[other.pk], by=olga, outcome=outcome, outcome_text="So")

    def seen(pk: int) -> Any:
        case = Transition.objects.get(pk=pk)
        of_case = [
            case.closed_on,
            case.closed_by_id,
            case.outcome,
            case.outcome_text,
            case.until,
            case.touched,
        ]
        stages = list(case.stages.order_by("number").values_list("step", "ended_on", "done", "by"))
        tasks = ServiceTask.objects.filter(source="transition", client=case.client_id).order_by("source_id")
        return of_case, stages, list(tasks.values_list("status", "outcome", "completed_on", "closed_reason"))

    assert seen(one.pk) == seen(other.pk)


def test_it_costs_the_same_however_many(olga, ann):
    counts = []
    for number in (2, 9):
        chosen = [case.pk for case in opened(ann, number)]
        with CaptureQueriesContext(connection) as captured:
            many.give_many(cases=chosen, to=olga, by=olga)
            many.close_many(cases=chosen, by=olga, outcome="not_needed")
        counts.append(len(captured))
    assert counts[1] <= counts[0]
    assert not Transition.objects.filter(closed_on=None).exists()


def test_nobody_else_acts_on_many_and_closed_ones_are_not_chosen(client, olga, ann):
    chosen = opened(ann)
    many.close_many(cases=[chosen[0].pk], by=olga, outcome="not_needed")
    assert 'name="case"' not in client.get(f"{BOARD}?state=closed").content.decode()
    client.force_login(ann, backend=BACKEND)
    assert 'name="case"' not in client.get(BOARD).content.decode()
    assert client.post(GIVE, {"case": [chosen[0].pk], "to": ann.pk}).status_code == 403


def test_a_transition_is_started_from_the_board(client, ann):
    client.force_login(ann, backend=BACKEND)
    address = reverse("servicing:new_transition")
    mine, _foreign = served(ann, name="Okafor household"), served(None, name="Okonkwo")
    assert f'href="{address}"' in client.get(BOARD).content.decode()
    assert client.get(address).status_code == 200
    led = client.get(address, {"client": "okafor"})
    assert led["Location"] == reverse("servicing:start_transition", args=[mine.pk])
    for nobody in ("", "Okonkwo", "\x00"):
        assert client.get(address, {"client": nobody}).status_code == 422
    compliance = UserFactory(groups=["compliance"])
    client.force_login(compliance, backend=BACKEND)
    assert f'href="{address}"' not in client.get(BOARD).content.decode()


def test_a_stage_is_due_on_a_working_day(ann, time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 14, 17, tzinfo=dt.UTC))  # a Saturday
    (case,) = opened(ann)
    assert case.due_on.isoweekday() < 6
    task = ServiceTask.objects.get(source="transition")
    assert task.due_on == case.due_on
    ways = Ways()
    for back in range(14):
        due = ways.due("", "decide", firm_today() - back * DAY)
        assert due.isoweekday() < 6
        assert due != dt.date(2026, 11, 26)  # Thanksgiving
    assert Client.objects.count() == 1
