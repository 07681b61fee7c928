"""The board, a case's page and its forms: what they show, refuse and let through, and to whom."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.firm import firm_today
from clients.models import Client, ClientSummary, Revenue, Tier, User
from servicing.book.merging import merge
from servicing.book.parting import part
from servicing.book.splitting import Parts, split
from servicing.models import LeavingReason, ServiceTask, Transition, TransitionStage
from servicing.planning.sweeps import plan_changed
from servicing.transitions import services as cases
from servicing.transitions.reading import A_COLUMN
from tests.factories import ClientFactory, UserFactory
from tiers.fees.services import Stated, add_schedule
from tiers.models import Override, TierAssignment

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
BOARD = "/operations/transitions/"


@pytest.fixture
def operations(client: Any) -> User:
    person = UserFactory(groups=["operations"])
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return person


@pytest.fixture
def case(operations: User) -> Transition:
    """A case of a client in tier A with a lead advisor."""
    household = ClientFactory(lead=UserFactory(groups=["advisor"]), name="Okafor household")
    since = firm_today() - 300 * DAY
    TierAssignment.objects.create(
        client=household, tier=Tier.objects.get(code="A"), starts_on=since, serviced_from=since, source="run"
    )
    tier = Tier.objects.get(code="C")
    return cases.start(client=household, by=operations, reason="fit", reason_text="Wants less.", to_tier=tier)


def send(client: Any, case: Transition, what: str, **values: Any) -> Any:
    answer = client.post(reverse("servicing:transition_step", args=[case.pk, what]), values)
    case.refresh_from_db()
    return answer


def page(client: Any, case: Transition) -> str:
    return client.get(reverse("servicing:transition", args=[case.pk])).content.decode()


def many_cases(number: int, **values: Any) -> None:
    households = ClientFactory.create_batch(number)
    made = Transition.objects.bulk_create(
        Transition(client=household, opened_on=firm_today(), due_on=firm_today() + DAY, **values)
        for household in households
    )
    TransitionStage.objects.bulk_create(
        TransitionStage(case=each, number=1, step=each.step, began_on=each.opened_on, due_on=each.due_on)
        for each in made
    )


def test_the_board_shows_stages_caps_them_and_costs_the_same_however_many(client, case):
    client.get(BOARD)
    with CaptureQueriesContext(
        connection,
    ) as few:
        text = client.get(BOARD).content.decode()
    assert "Okafor household" in text
    assert "1 open case" in text
    many_cases(A_COLUMN + 40)
    many_cases(3, step="talk", route="fee", owner=case.owner)
    Transition.objects.filter(pk=case.pk).update(due_on=firm_today() - 3 * DAY)
    with CaptureQueriesContext(connection) as more:
        text = client.get(BOARD).content.decode()
    assert len(more) == len(few) <= 10
    assert text.count('class="case-card"') == A_COLUMN + 3
    assert "3 days late" in text
    assert "41 more" in text
    assert "1 late" in text
    stage = client.get(BOARD, {"step": "decide"}).content.decode()
    assert stage.count('class="row-link"') == 50
    following = stage.split("after=")[1].split('"')[0]
    assert client.get(f"{BOARD}?step=decide&after={following}").content.decode().count("row-link") == 11
    shown = client.get(BOARD, {"route": "fee", "owner": case.owner_id}).content.decode()
    assert shown.count('class="case-card"') == 3
    assert client.get(BOARD, {"late": "1"}).content.decode().count('class="case-card"') == 1
    assert client.get(BOARD, {"tier": "A"}).content.decode().count('class="case-card"') == 1
    nothing = client.get(BOARD, {"route": "referral"}).content.decode()
    assert "No case fits these filters" in nothing
    for odd in ("?after=x_1", "?owner=x&step=x", "?state=closed&after=2026-01-01_\x00"):
        assert client.get(BOARD + odd).status_code == 200


def test_an_advisor_works_cases_of_own_clients_and_compliance_reads(client, case, operations):
    address = reverse("servicing:transition", args=[case.pk])
    step = reverse("servicing:transition_step", args=[case.pk, "way"])
    backend = "django.contrib.auth.backends.ModelBackend"
    for person, reads, works in (
        (case.owner, 200, 302),
        (UserFactory(groups=["advisor"]), 404, 404),
        (UserFactory(groups=["compliance"]), 200, 403),
    ):
        client.force_login(person, backend=backend)
        assert client.get(address).status_code == reads
        assert ("Okafor" in client.get(BOARD).content.decode()) == (reads == 200)
        assert client.post(step, {"route": "digital"}).status_code == works
        assert client.get(reverse("servicing:start_transition", args=[case.client_id])).status_code == works


def test_the_forms_lead_a_case_from_the_choice_to_its_end(client, case, operations):
    assert send(client, case, "way", route="").status_code == 422  # there is something to choose
    assert send(client, case, "way", route="digital", digital_service="Portal").status_code == 302
    assert (case.route, case.step) == ("digital", "prepare")
    assert send(client, case, "owner", owner=operations.pk).status_code == 302
    assert send(client, case, "stage", step="talk").status_code == 302
    text = page(client, case)
    assert "Propose another way of being served" in text  # the words of the stage, approved
    assert "Case opened" in text
    assert "Stage: Talk with the client" in text
    assert "Portal" in text
    assert send(client, case, "consent").status_code == 404  # of a referral alone
    assert send(client, case, "agreement").status_code == 404
    assert send(client, case, "close", outcome="left").status_code == 422  # without a reason
    moved = LeavingReason.objects.get(code="moved")
    odd = send(client, case, "close", outcome="agreed", leaving_reasons=[moved.pk])
    assert odd.status_code == 422
    assert case.is_open
    done = send(client, case, "close", outcome="left", leaving_reasons=[moved.pk], former="on")
    assert done.status_code == 302
    assert case.outcome == "left"
    assert "Moved away" in page(client, case)
    assert Client.objects.get(pk=case.client_id).status == "former"
    assert not ServiceTask.objects.filter(client=case.client_id, status__in=["planned", "scheduled"]).exists()
    assert send(client, case, "owner", owner=operations.pk).status_code == 302  # says that it is closed
    closed = client.get(BOARD, {"state": "closed"}).content.decode()
    assert "Okafor household" in closed
    assert "Left the firm" in closed
    assert client.post(reverse("servicing:reopen_transition", args=[case.pk])).status_code == 302
    case.refresh_from_db()
    assert case.is_open


def test_a_referral_is_refused_at_the_field_until_consent_is_recorded_whole(client, case):
    send(client, case, "way", route="referral", referred_to="Hill & Co")
    refused = send(client, case, "close", outcome="referred")
    assert refused.status_code == 422
    assert "consent" in refused.content.decode()
    assert case.is_open
    today = firm_today()
    said = {"consent_by": "Ada Okafor", "consent_on": today, "consent_how": "signed"}
    for lacking in (
        {"consent_by": " "},
        {"consent_how": ""},
        {"consent_on": today + DAY},
        {"consent_on": ""},
    ):
        assert send(client, case, "consent", **(said | lacking)).status_code == 422
    assert case.consent_on is None
    assert send(client, case, "consent", **said).status_code == 302
    assert "Consent given by Ada Okafor" in page(client, case)
    assert send(client, case, "close", outcome="referred").status_code == 302
    assert case.outcome == "referred"


def test_fees_and_dates_that_do_not_fit_are_refused_at_the_field(client, case):
    today = firm_today()
    fee = {"route": "fee", "old_fee": "9600", "new_fee": "7200.50", "notice_on": today + 20 * DAY}
    send(client, case, "date", until=today + 10 * DAY)
    for wrong in ({"new_fee": "-1"}, {"new_fee": "9600"}, {"new_fee": "x"}, {}, {"referred_to": "Hill"}):
        assert send(client, case, "way", **(fee | wrong)).status_code == 422
    assert case.route == ""
    for wrong in (today - DAY, today + 900 * DAY, "x", ""):
        assert send(client, case, "date", until=wrong).status_code == 422
    assert send(client, case, "date", until=today + 60 * DAY).status_code == 302
    assert send(client, case, "way", **fee).status_code == 302
    assert (str(case.new_fee), case.step) == ("7200.50", "prepare")
    assert send(client, case, "date", until=today + 5 * DAY).status_code == 422  # before the notice
    assert send(client, case, "way", **(fee | {"new_fee": ""})).status_code == 302
    assert send(client, case, "close", outcome="agreed").status_code == 422  # without the new fee


def test_the_fee_form_says_what_was_billed_and_what_the_schedule_of_the_tier_asks(client, case):
    form = reverse("servicing:transition_step", args=[case.pk, "way"])
    assert "Billed in the last" not in client.get(form).content.decode()
    Client.objects.filter(pk=case.client_id).update(assets_under_management=500_000)
    ClientSummary.objects.filter(client=case.client_id).update(tier=case.to_tier)
    Revenue.objects.create(client_id=case.client_id, date=firm_today(), amount="2400.50")
    stated = Stated("marginal", Decimal(0), Decimal(5), [(Decimal(0), Decimal("0.5"))])
    add_schedule(tier=case.to_tier, effective_on=firm_today() - DAY, stated=stated, by=None)
    text = client.get(form).content.decode()
    assert "Billed in the last twelve months: $2,400.50." in text
    assert "By the schedule of tier C: $2,500.00." in text


def test_an_exception_pins_the_old_tier_where_the_person_may(client, case, operations):
    until = firm_today() + 200 * DAY
    assert send(client, case, "close", outcome="agreed", pin_until=until).status_code == 422
    assert send(client, case, "close", outcome="exception", pin_until=until).status_code == 422  # why?
    done = send(client, case, "close", outcome="exception", pin_until=until, outcome_text="Sells in spring.")
    assert done.status_code == 302
    pin = Override.objects.get(client=case.client_id)
    assert (pin.tier.code, pin.text, pin.expires_on) == ("A", "Sells in spring.", until)


def test_the_clients_page_and_the_task_lead_to_the_case(client, case):
    address = reverse("servicing:transition", args=[case.pk])
    assert address in client.get(case.client.get_absolute_url()).content.decode()
    task = ServiceTask.objects.get(source="transition")
    assert address in client.get(reverse("servicing:task", args=[task.pk])).content.decode()
    assert "Transition" in client.get(f"/clients/{case.client_id}/history/").content.decode()
    other = ClientFactory()
    start = reverse("servicing:start_transition", args=[other.pk])
    assert start in client.get(other.get_absolute_url()).content.decode()
    assert client.post(start, {"reason": "tier"}).status_code == 422  # that is the data's to say
    answer = client.post(start, {"reason": "leaving"})
    assert answer.url == reverse("servicing:transition", args=[Transition.objects.latest("pk").pk])


def test_of_two_records_that_become_one_the_staying_one_keeps_its_case(case, operations):
    gone = ClientFactory()
    theirs = cases.start(client=gone, by=operations, reason="wish")
    theirs = cases.choose(case=theirs, by=operations, route="fee")
    kept = Client.objects.get(pk=case.client_id)
    merged = merge(kept=kept.pk, gone=gone.pk, take=(), by=operations)
    assert list(kept.transitions.filter(closed_on=None)) == [case]
    theirs.refresh_from_db()
    assert (theirs.client_id, theirs.outcome) == (kept.pk, "not_needed")
    part(merge=merged, by=operations)
    theirs.refresh_from_db()
    assert (theirs.client_id, theirs.outcome, theirs.route, theirs.step) == (gone.pk, "", "fee", "prepare")


def test_a_case_that_goes_on_in_another_record_has_its_own_records_tier_no_longer(client, operations):
    since, today = firm_today() - 300 * DAY, firm_today()
    best, last = Tier.objects.get(code="A"), Tier.objects.get(code="C")
    kept, gone = ClientFactory(name="Okafor household"), ClientFactory()
    for each, ends_on in ((kept, None), (gone, today)):
        TierAssignment.objects.create(
            client=each, tier=best, starts_on=since, ends_on=ends_on, serviced_from=since, source="run"
        )
    until = today + 60 * DAY
    given = TierAssignment.objects.create(
        client=gone, tier=last, starts_on=today, serviced_from=until, source="run"
    )
    case = cases.start(client=gone, by=operations, reason="fit")
    Transition.objects.filter(pk=case.pk).update(assignment=given, to_tier=last, until=until)
    plan_changed()
    merged = merge(kept=kept.pk, gone=gone.pk, take=(), by=operations)
    case.refresh_from_db()
    assert (case.client_id, case.is_open, case.to_tier, case.until) == (kept.pk, True, None, None)
    for shown in (page(client, case), client.get(BOARD).content.decode()):
        assert "Okafor household" in shown
        assert "until then as tier" not in shown
        assert "as A until" not in shown
    part(merge=merged, by=operations)
    case.refresh_from_db()
    assert (case.client_id, case.to_tier, case.until) == (gone.pk, last, until)
    assert case.assignment_id == given.pk
    assert TierAssignment.objects.get(pk=given.pk).serviced_from == until


def test_the_cases_of_a_board_leave_as_a_file_of_who_may_see_them(client, case):
    Client.objects.filter(pk=case.client_id).update(name="=Okafor", external_id="+7")
    send(client, case, "way", route="fee", old_fee="9600", new_fee="7200.50", notice_on=firm_today())
    many_cases(3)

    def lines(query: str) -> list[str]:
        return b"".join(client.get(f"{BOARD}?file=1&{query}").streaming_content).decode().splitlines()

    assert len(lines("")) == 5
    (_head, own) = lines("route=fee")
    assert own.startswith("'+7,'=Okafor,A,C,Another service fits better,Fee adjustment,Prepare,")
    assert "9600.00,7200.50" in own
    assert len(lines("state=closed")) == 1
    client.force_login(case.owner, backend="django.contrib.auth.backends.ModelBackend")
    assert lines("") == [_head, own]
    reasons = LeavingReason.objects.filter(code__in=["moved", "fees"]).order_by("label")
    cases.close(case=case, by=case.owner, outcome="left", leaving_reasons=list(reasons))
    (_head, own) = lines("state=closed")
    assert own.endswith(f"Left the firm,{firm_today()},{'; '.join(each.label for each in reasons)}")


def test_a_record_that_is_split_keeps_its_case_with_the_task_of_its_stage(case, operations):
    parts = Parts(name="Apart", external_id="APART", tasks_since=firm_today() - DAY)
    made = split(client=case.client_id, parts=parts, by=operations, reason="They parted")
    plan_changed()
    case.refresh_from_db()
    tasks = ServiceTask.objects.filter(source="transition", status__in=["planned", "scheduled"])
    assert [(task.client_id, task.source_id) for task in tasks] == [(case.client_id, f"{case.pk}-1")]
    assert not made.transitions.exists()
    cases.close(case=case, by=operations, outcome="not_needed")
    assert not tasks.all().exists()


def test_a_client_who_leaves_otherwise_takes_the_task_along_and_the_case_waits_for_its_outcome(client, case):
    Client.objects.filter(pk=case.client_id).update(status="former")
    plan_changed()
    assert not ServiceTask.objects.filter(source="transition", status="planned").exists()
    assert "former client" in page(client, case).lower()
    moved = LeavingReason.objects.get(code="moved")
    assert send(client, case, "close", outcome="left", leaving_reasons=[moved.pk]).status_code == 302
    assert case.outcome == "left"
