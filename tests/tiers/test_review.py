"""Reviewing a run: moves with reasons, some rejected, the rest applied and undone as one."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from clients.commands import Refused
from clients.firm import firm_today
from clients.models import Client, ServiceRole, TeamMember
from tests.factories import UserFactory
from tests.tiers.firm import BY_REVENUE, D, case, current_tiers, store, store_policy, tier
from tiers import overrides, review, services
from tiers.models import Override, Policy, RejectedMove, ScoringRun

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def run(time_machine) -> ScoringRun:
    """a and b change places with c and d: four moves, and e stays."""
    time_machine.move_to(dt.datetime(2026, 3, 31, 16, tzinfo=dt.UTC))
    store(
        [
            case("a", 100, tier="A"),
            case("b", 200, tier="B"),
            case("c", 400, tier="C"),
            case("d", 300, tier="C"),
            case("e", 50, tier="C"),
        ]
    )
    return services.propose_run(as_of=D, policy=store_policy(BY_REVENUE))


@pytest.fixture
def operations(client):
    person = UserFactory(groups=["operations"], first_name="Olga", last_name="Ops")
    client.force_login(person, backend=BACKEND)
    return person


def of(run: ScoringRun, *names: str) -> Any:
    return review.moves(run).filter(client__external_id__in=names)


def reject(run: ScoringRun, *names: str, reason: str = "Not now.", by: Any = None) -> dt.datetime:
    return review.reject(run=run, chosen=of(run, *names), reason=reason, by=by)


def rejected(run: ScoringRun) -> set[str]:
    return set(run.rejected_moves.values_list("client__external_id", flat=True))


def shown(page: Any) -> list[str]:
    return [move.name for move in page.context["moves"]]


def pk(name: str) -> int:
    return Client.objects.get(external_id=name).pk


# --- Rejecting ------------------------------------------------------------------------------------------


def test_applying_leaves_out_what_was_rejected_and_undoing_gives_the_rest_back(run):
    reject(run, "c")
    applied = services.apply_run(run=run, applied_by=None)
    assert (applied.moved, applied.first) == (3, 0)
    assert current_tiers() == {"a": "C", "b": "C", "c": "C", "d": "B", "e": "C"}
    services.undo_run(run=run, by=None)
    assert current_tiers() == {"a": "A", "b": "B", "c": "C", "d": "C", "e": "C"}
    assert rejected(run) == {"c"}


def test_a_rejection_needs_a_reason_and_a_move(run):
    with pytest.raises(Refused, match="Say why"):
        reject(run, "c", reason="  ")
    with pytest.raises(Refused, match="at least one move"):
        reject(run, "e")  # who stays
    with pytest.raises(Refused, match="under 300"):
        reject(run, "c", reason="x" * 301)
    assert rejected(run) == set()


def test_a_move_rejected_before_keeps_its_first_reason(run):
    reject(run, "c", reason="First.")
    reject(run, "c", "d", reason="Second.")
    assert dict(run.rejected_moves.values_list("client__external_id", "reason")) == {
        "c": "First.",
        "d": "Second.",
    }


def test_nothing_is_rejected_or_taken_back_once_the_run_is_applied(run):
    reject(run, "c")
    services.apply_run(run=run, applied_by=None)
    with pytest.raises(Refused, match="already applied or undone"):
        reject(run, "d")
    with pytest.raises(Refused, match="already applied or undone"):
        review.restore(run=run, rejected=run.rejected_moves.all())


def test_only_the_moves_of_this_run_can_be_taken_back(run):
    other = services.propose_run(as_of=D, policy=run.policy)
    reject(run, "c")
    assert review.restore(run=other, rejected=RejectedMove.objects.all()) == 0
    assert rejected(run) == {"c"}


# --- The page -------------------------------------------------------------------------------------------


def page(client: Any, run: ScoringRun, query: str = "") -> Any:
    return client.get(reverse("tiers:run", args=[run.pk]) + query)


def test_the_page_counts_what_applying_would_do(client, operations, run):
    reject(run, "c")
    text = page(client, run).content.decode()
    assert "Apply 3 moves, 1 rejected" in text
    cells = {(cell.old, cell.new): (cell.clients, cell.rejected, cell.open) for cell in review.cells(run)}
    assert cells == {
        ("A", "C"): (1, 0, 1),
        ("B", "C"): (1, 0, 1),
        ("C", "A"): (1, 1, 0),
        ("C", "B"): (1, 0, 1),
    }


def test_moves_are_narrowed_by_cell_tier_advisor_and_review(client, operations, run):
    ada = UserFactory(username="ada", groups=["advisor"])
    lead = ServiceRole.objects.get(code="lead_advisor")
    TeamMember.objects.create(client_id=pk("b"), role=lead, user=ada)
    reject(run, "c")
    assert shown(page(client, run)) == ["a", "b", "c", "d"]
    assert shown(page(client, run, "?from=C")) == ["c", "d"]
    assert shown(page(client, run, "?to=C")) == ["a", "b"]
    assert shown(page(client, run, "?from=C&to=B")) == ["d"]
    assert shown(page(client, run, "?advisor=ada")) == ["b"]
    assert shown(page(client, run, "?advisor=none")) == ["a", "c", "d"]
    assert shown(page(client, run, "?shown=rejected")) == ["c"]
    assert shown(page(client, run, "?shown=open&from=C")) == ["d"]


@pytest.mark.parametrize(
    "query", ["?from=%00", "?advisor=%00x", "?shown=9", "?after=x", "?after=99999999999999999999", "?to=none"]
)
def test_an_address_that_makes_no_sense_is_no_fault(client, operations, run, query):
    assert page(client, run, query).status_code == 200


def test_each_move_says_why_in_figures(client, operations, run):
    reasons = {move.name: move.reason for move in page(client, run).context["moves"]}
    assert reasons["c"] == "score 100.00, tier A took from 100.00"
    assert reasons["a"] == "score 25.00, tier A took from 100.00"


def test_what_people_said_of_the_same_move_before_is_shown_beside_it(client, operations, run):
    reject(run, "c", "d", reason="Wait for the correction.", by=operations)
    later = services.propose_run(as_of=D, policy=run.policy)
    moves = {move.name: move for move in page(client, later).context["moves"]}
    assert [past.reason for past in moves["c"].earlier] == ["Wait for the correction."]
    assert moves["a"].earlier == []
    assert moves["c"].state == "open"
    text = page(client, later).content.decode()
    assert "by Olga Ops: Wait for the correction." in text
    assert page(client, run).context["moves"][2].earlier == []


def test_it_is_still_shown_when_nights_have_replaced_the_run(client, operations, run, time_machine):
    reject(run, "c", reason="Wait for the correction.", by=operations)
    shipped = Policy.objects.filter(status="published")
    shipped.update(status="retired")
    Policy.objects.filter(pk=run.policy_id).update(status="published")
    for day in (1, 2):
        time_machine.move_to(dt.datetime(2026, 3, 31, 16, tzinfo=dt.UTC) + day * DAY)
        night = services.nightly_run()
    assert list(run.explanations.values_list("client__external_id", flat=True)) == ["c"]
    moves = {move.name: move for move in page(client, night).context["moves"]}
    assert [past.reason for past in moves["c"].earlier] == ["Wait for the correction."]
    assert "no longer kept" in page(client, run).content.decode()


def test_a_rejection_for_another_tier_is_not_shown(client, operations, run):
    reject(run, "c", by=operations)
    Client.objects.get(external_id="c").revenue.update(amount=350)
    Client.objects.get(external_id="d").revenue.update(amount=500)
    later = services.propose_run(as_of=D, policy=run.policy)
    moves = {move.name: move for move in page(client, later).context["moves"]}
    assert moves["c"].new == "B"
    assert moves["c"].earlier == []


def test_a_pin_that_ended_since_the_tier_began_is_named(client, operations, run):
    for name, expires_on, ended_on in (
        ("a", D - 29 * DAY, None),
        ("b", D + 9 * DAY, D - DAY),
        ("c", D + 9 * DAY, D + DAY),
    ):
        Override.objects.create(
            client_id=pk(name),
            tier=tier("A"),
            reason="other",
            text="x",
            starts_on=D - 90 * DAY,
            expires_on=expires_on,
            ended_on=ended_on,
        )
    run = services.propose_run(as_of=D, policy=run.policy)
    ended = {move.name: move.pin_ended for move in page(client, run).context["moves"]}
    assert ended == {"a": D - 29 * DAY, "b": D - 2 * DAY, "d": None} | ({"c": None} if "c" in ended else {})
    assert "pin ended" in page(client, run).content.decode()


def test_one_move_is_rejected_in_its_row_and_taken_back(client, operations, run):
    url = reverse("tiers:reject", args=[run.pk])
    row = client.get(url, {"client": pk("c")}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in row
    assert "Why the move of c is rejected" in row
    whole = client.get(url, {"client": pk("c")}).content.decode()
    assert "Reject the move of c" in whole
    answer = client.post(url, {"client": pk("c"), "reason": "Not now.", "filters": "from=C"})
    assert answer.url == f"{reverse('tiers:run', args=[run.pk])}?from=C#movers"
    assert rejected(run) == {"c"}
    client.post(reverse("tiers:restore", args=[run.pk]), {"client": pk("c")})
    assert rejected(run) == set()


def test_a_form_without_a_reason_keeps_what_was_chosen(client, operations, run):
    answer = client.post(reverse("tiers:reject", args=[run.pk]), {"client": [pk("c"), pk("d")], "reason": ""})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Say why" in text
    assert "Reject 2 moves" in text
    assert f'name="client" value="{pk("c")}"' in text


def test_all_that_the_filters_match_are_rejected_and_the_batch_is_undone_from_the_notice(
    client, operations, run
):
    reject(run, "a", reason="Earlier.")
    answer = client.post(
        reverse("tiers:reject", args=[run.pk]),
        {"all": "1", "filters": "from=C", "reason": "Not now."},
        follow=True,
    )
    assert rejected(run) == {"a", "c", "d"}
    (message,) = answer.context["messages"]
    assert str(message) == "2 moves rejected."
    client.post(message.extra_tags)
    assert rejected(run) == {"a"}


def test_only_the_chosen_moves_are_applied_and_undone_as_one(client, operations, run):
    client.post(reverse("tiers:apply", args=[run.pk]), {"chosen": "1", "client": [pk("c"), pk("a")]})
    assert current_tiers() == {"a": "C", "b": "B", "c": "A", "d": "C", "e": "C"}
    states = {move.name: move.state for move in page(client, run).context["moves"]}
    assert states == {"a": "applied", "b": "open", "c": "applied", "d": "open"}
    text = page(client, run).content.decode()
    assert "Apply 2 moves" not in text
    assert "Not applied" in text
    client.post(reverse("tiers:undo", args=[run.pk]))
    assert current_tiers() == {"a": "A", "b": "B", "c": "C", "d": "C", "e": "C"}


def test_applying_none_of_them_is_refused_in_words(client, operations, run):
    answer = client.post(reverse("tiers:apply", args=[run.pk]), {"chosen": "1"}, follow=True)
    assert "Choose at least one move." in answer.content.decode()
    assert run.assignments.count() == 0


def test_who_only_reads_sees_no_button(client, run):
    client.force_login(UserFactory(groups=["compliance"]), backend=BACKEND)
    text = page(client, run).content.decode()
    assert shown(page(client, run)) == ["a", "b", "c", "d"]
    for word in ("Apply", "Take back", ">Reject<", "moves-reason"):
        assert word not in text


def test_a_proposal_that_a_later_run_has_overtaken_is_only_read(client, operations, run):
    later = services.propose_run(as_of=D, policy=run.policy)
    services.apply_run(run=later, applied_by=None)
    page = client.get(reverse("tiers:run", args=[run.pk])).content.decode()
    assert "A later run was already applied." in page
    assert reverse("tiers:apply", args=[run.pk]) not in page


def test_first_tiers_that_the_run_gave_wait_for_nobody(client, operations, time_machine):
    time_machine.move_to(dt.datetime(2026, 3, 31, 16, tzinfo=dt.UTC))
    known = {"potential": Decimal(1000), "growth": 3, "alignment": 3}
    store([case("a", 400, **known), case("b", 300, **known)])
    run = services.nightly_run()
    assert set(current_tiers()) == {"a", "b"}
    answer = page(client, run)
    assert answer.context["open"] == 0
    assert shown(answer) == []
    text = answer.content.decode()
    assert "Apply" not in text
    assert "2 clients were given their tier by the run itself." in text
    given = page(client, run, "?from=none")
    assert {move.state for move in given.context["moves"]} == {"given"}
    assert ">Reject<" not in given.content.decode()


def test_a_page_of_moves_takes_a_fixed_number_of_queries(
    client, operations, run, django_assert_max_num_queries
):
    reject(run, "c", by=operations)
    later = services.propose_run(as_of=D, policy=run.policy)
    with django_assert_max_num_queries(20):
        page(client, later)


# --- Overrides that expire and the run after them ---------------------------------------------------------


def test_an_expired_pin_ends_by_itself_and_its_move_is_proposed_the_night_after(time_machine, run):
    overrides.pin_tier(
        client=Client.objects.get(external_id="e"),
        tier=tier("A"),
        reason="family",
        text="x",
        starts_on=D,
        expires_on=D + DAY,
        by=None,
    )
    assert current_tiers()["e"] == "A"
    time_machine.move_to(dt.datetime(2026, 4, 2, 16, tzinfo=dt.UTC))
    assert firm_today() == D + 2 * DAY
    nightly = services.nightly_run()
    pin = Override.objects.get()
    assert (pin.ended_on, pin.last_day) == (D + 2 * DAY, D + DAY)
    (move,) = [move for move in review.page(nightly, review.Narrowed())[0] if move.name == "e"]
    assert move.pin_ended == D + DAY
