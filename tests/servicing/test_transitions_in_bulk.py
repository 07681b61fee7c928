"""Cases for many clients at once, two people at one case, and forms drawn before the case changed."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.firm import firm_today
from clients.models import Client, Tier, User
from servicing.models import ServiceTask, Transition, TransitionStage
from servicing.planning.engine import plan
from servicing.planning.sweeps import plan_changed
from servicing.transitions import in_bulk
from servicing.transitions import services as cases
from servicing.transitions.services import TransitionRefused
from servicing.work import services as work
from tests.factories import ClientFactory, UserFactory
from tiers.models import ScoringRun, TierAssignment

DAY = dt.timedelta(days=1)
BACKEND = "django.contrib.auth.backends.ModelBackend"
START = reverse("servicing:start_transitions")


@pytest.fixture
def ann(db, client: Any) -> User:
    person = UserFactory(username="ann", groups=["advisor"])
    client.force_login(person, backend=BACKEND)
    return person


def served(lead: User | None, tier: str = "A", **values: Any) -> Client:
    made = ClientFactory(lead=lead, **values)
    since = firm_today() - 300 * DAY
    TierAssignment.objects.create(
        client=made, tier=Tier.objects.get(code=tier), starts_on=since, serviced_from=since, source="run"
    )
    return made


def open_cases() -> dict[int, Transition]:
    return {case.client_id: case for case in Transition.objects.filter(closed_on=None)}


def test_it_opens_a_case_for_each_chosen_client_once_and_leaves_out_who_has_one(client, ann):
    first, second = served(ann, "A"), served(ann, "B")
    busy, gone, foreign = served(ann), served(ann, status="former"), served(None)
    standing = cases.start(client=busy, by=ann, reason="wish")
    ids = [each.pk for each in (first, second, busy, gone, foreign)]
    asks = client.post(START, {"client": ids})
    assert asks.status_code == 200
    text = asks.content.decode()
    assert "Start transitions for 4 clients" in text  # the one of another's team is not seen
    assert "1 of them has an open case" in text
    assert client.post(START, {"client": ids, "sure": "1", "reason": ""}).status_code == 422
    past = {"client": ids, "sure": "1", "reason": "fit", "until": firm_today() - DAY}
    assert client.post(START, past).status_code == 422
    assert len(open_cases()) == 1

    sent = {"client": ids, "sure": "1", "reason": "fit", "reason_text": "Less to do."}
    answer = client.post(START, sent, follow=True)
    assert "2 cases opened. 2 clients have an open case" in answer.content.decode()
    found = open_cases()
    assert set(found) == {first.pk, second.pk, busy.pk}
    assert found[busy.pk] == standing
    assert [found[each.pk].from_tier.code for each in (first, second)] == ["A", "B"]
    assert {found[each.pk].owner for each in (first, second)} == {ann}
    tasks = ServiceTask.objects.filter(source="transition", client__in=[first, second])
    assert [task.assigned_to for task in tasks] == [ann, ann]
    again = client.post(START, sent, follow=True).content.decode()  # sent twice
    assert "0 cases opened" in again
    assert len(open_cases()) == 3
    listed = client.get(reverse("clients:list")).content.decode()
    assert f'formaction="{START}"' in listed


def test_it_takes_all_that_match_but_no_more_than_people_can_talk_with(client, ann, monkeypatch):
    for tier in "ABB":
        served(ann, tier)
    Client.objects.update(attention_constraint=None)
    refused = client.post(START, {"client": ["x", "9" * 30, "-1"]}, follow=True).content.decode()
    assert "Choose at least one client first." in refused
    assert client.post(START, {"client": ["x"], "back": "zzz"}).status_code == 302  # no name of a page
    everyone = client.post(START, {"all": "1", "filter": "status=active"})
    assert "Start transitions for 3 clients" in everyone.content.decode()
    monkeypatch.setattr("servicing.transitions.bulk_views.MOST", 2)
    many = client.post(START, {"all": "1", "filter": ""}, follow=True).content.decode()
    assert "Choose at most 2 clients at once" in many
    assert not Transition.objects.exists()


def test_it_costs_the_same_however_many_and_is_taken_back_where_nobody_worked_on_it(client, ann):
    few, many = [served(ann).pk], [served(ann).pk for _each in range(12)]
    in_bulk.start_many(clients=few, by=ann, reason="fit")
    with CaptureQueriesContext(connection) as small:
        started = in_bulk.start_many(clients=many[:2], by=ann, reason="fit")
    with CaptureQueriesContext(connection) as large:
        later = in_bulk.start_many(clients=many[2:], by=ann, reason="fit")
    assert len(large) <= len(small)
    assert (started.opened, later.opened) == (2, 10)
    worked = Transition.objects.get(client=many[2])
    cases.choose(case=worked, by=ann, route="digital")
    begun = ServiceTask.objects.get(source="transition", client=many[3])
    work.snooze(task=begun, until=firm_today() + 2 * DAY, reason="other")
    undo = reverse("servicing:undo_start_transitions")
    assert "8 cases taken back" in client.post(f"{undo}?token={later.undo}", follow=True).content.decode()
    assert set(open_cases()) == {*few, *many[:4]}
    gone = ServiceTask.objects.filter(source="transition", client__in=many[4:])
    assert {task.status for task in gone} == {"cancelled"}
    assert not TransitionStage.objects.exclude(case__in=open_cases().values()).exists()
    for token in ("", "forged", later.undo + "x"):
        client.post(undo + f"?token={token}")
    client.force_login(UserFactory(groups=["advisor"]), backend=BACKEND)
    client.post(f"{undo}?token={started.undo}")
    assert len(open_cases()) == 5


def test_a_form_drawn_before_another_changed_the_case_is_sent_back_once(client, ann):
    case = cases.start(client=served(ann), by=ann, reason="fit")
    page = reverse("servicing:transition_step", args=[case.pk, "way"])
    seen = client.get(page).context["form"]["seen"].value()
    cases.choose(case=case, by=ann, route="fee", new_fee=900)
    sent = {"route": "digital", "digital_service": "Portal", "seen": seen}
    refused = client.post(page, sent)
    assert refused.status_code == 422
    assert "Somebody changed this case meanwhile" in refused.content.decode()
    assert "Portal" in refused.content.decode()
    case.refresh_from_db()
    assert case.route == "fee"
    assert client.post(page, sent | {"seen": refused.context["form"]["seen"].value()}).status_code == 302
    case.refresh_from_db()
    assert (case.route, case.digital_service) == ("digital", "Portal")


def test_a_consent_ends_with_the_referral_that_it_was_given_to(ann):
    case = cases.start(client=served(ann), by=ann, reason="fit")
    case = cases.choose(case=case, by=ann, route="referral")
    said = {"consent_by": "Ada", "consent_on": firm_today(), "consent_how": "signed"}
    case = cases.record_consent(case=case, by=ann, **said)
    with pytest.raises(TransitionRefused, match="to whom"):
        cases.close(case=case, by=ann, outcome="referred")
    case = cases.choose(case=case, by=ann, route="referral", referred_to="Hill & Co")
    assert case.consent_by == "Ada"  # it is now said to whom
    case = cases.choose(case=case, by=ann, route="referral", referred_to="Dale & Co")
    assert (case.consent_by, case.consent_on) == ("", None)
    with pytest.raises(TransitionRefused, match="consent"):
        cases.close(case=case, by=ann, outcome="referred")
    cases.record_consent(case=case, by=ann, **said)
    cases.choose(case=case, by=ann, route="fee")
    case = cases.choose(case=case, by=ann, route="referral", referred_to="Dale & Co")
    assert case.consent_on is None
    cases.record_consent(case=case, by=ann, **said)
    cases.close(case=case, by=ann, outcome="referred", former=True)
    assert Client.objects.get(pk=case.client_id).status == "former"


def test_it_is_about_a_lighter_tier_and_not_about_who_is_served_no_more(client, ann):
    held, gone = served(ann, "B"), served(ann, status="former")
    page = reverse("servicing:start_transition", args=[held.pk])
    tiers = {tier.code: tier.pk for tier in Tier.objects.all()}
    for heavier in "AB":
        assert client.post(page, {"reason": "fit", "to_tier": tiers[heavier]}).status_code == 422
    assert client.post(page, {"reason": "fit", "to_tier": tiers["C"]}).status_code == 302
    refused = client.post(reverse("servicing:start_transition", args=[gone.pk]), {"reason": "fit"})
    assert refused.status_code == 422
    assert "former client" in refused.content.decode()
    assert set(open_cases()) == {held.pk}


# --- Two connections --------------------------------------------------------------------------------------


def at_once(*works: Any) -> list[Any]:
    """What each of `works` gave or raised, all begun together in connections of their own."""
    together, said = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, do: Any) -> None:
        try:
            together.wait(timeout=20)
            said[place] = do()
        except Exception as raised:
            said[place] = raised
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return said


@pytest.mark.django_db(transaction=True)
def test_of_several_who_open_a_case_of_one_client_at_once_one_does():
    """People, a sweep after an applied run, and a start for many."""
    ann = UserFactory(groups=["operations"])
    made = served(ann, "A")
    run = ScoringRun.objects.create(policy=_policy(), as_of=firm_today(), factors=[], weights=[])
    TierAssignment.objects.filter(client=made).update(ends_on=firm_today())
    TierAssignment.objects.create(
        client=made,
        tier=Tier.objects.get(code="C"),
        starts_on=firm_today(),
        serviced_from=firm_today(),
        source="run",
        run=run,
    )
    said = at_once(
        lambda: cases.start(client=made, by=ann, reason="wish"),
        lambda: in_bulk.start_many(clients=[made.pk], by=ann, reason="fit").opened,
        plan_changed,
        lambda: plan(as_of=firm_today(), clients=[made.pk]),
    )
    odd = [each for each in said if isinstance(each, Exception) and not isinstance(each, TransitionRefused)]
    assert not odd
    case = Transition.objects.get(client=made)
    assert (case.reason, case.to_tier.code) == ("tier", "C")  # whoever came first found that the tier fell
    assert isinstance(said[0], TransitionRefused)
    assert said[1] == 0
    plan_changed()
    assert ServiceTask.objects.filter(client=made, source="transition").count() == 1

    closed = at_once(*[lambda: cases.close(case=case, by=ann, outcome="not_needed")] * 2)
    assert [isinstance(each, TransitionRefused) for each in closed].count(True) == 1
    opened = at_once(*[lambda: cases.start(client=made, by=ann, reason="wish")] * 2)
    assert [isinstance(each, Transition) for each in opened].count(True) == 1
    assert Transition.objects.filter(client=made, closed_on=None).count() == 1


def _policy() -> Any:
    from tests.tiers.firm import BY_REVENUE, store_policy

    return store_policy(BY_REVENUE)
