"""A published policy never changes; a draft is published when it can score."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from clients.commands import Refused
from clients.models import Tier, TouchKind
from tests.factories import UserFactory
from tests.tiers.firm import D
from tiers.models import Policy, PolicyStatus, PolicyTouchWeight, TierSettings
from tiers.policies import (
    change_draft,
    clone_policy,
    discard_draft,
    publish_due,
    publish_policy,
    who_may_publish,
    withdraw_policy,
)
from tiers.policy_checks import check
from tiers.services import propose_run
from tiers.simulation import digest_of
from tiers.stated import statement_of, whole_shares

DAY = dt.timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(dt.datetime(2026, 3, 31, 16, tzinfo=dt.UTC), tick=False)


@pytest.fixture
def shipped():
    return Policy.objects.get(status=PolicyStatus.PUBLISHED)


@pytest.fixture
def draft(shipped):
    return clone_policy(policy=shipped)


def publish(policy, reason="The board decided it.", by=None, on=D):
    return publish_policy(policy=policy, by=by, reason=reason, effective_on=on)


def refused(change):
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        change()


def test_the_database_refuses_every_change_of_a_published_policy(shipped):
    refused(lambda: Policy.objects.update(stability_margin=5))
    refused(lambda: shipped.factors.update(weight=1))
    refused(lambda: shipped.factors.all().delete())
    refused(lambda: shipped.rules.update(max_clients=1))
    refused(lambda: shipped.delete())
    kind = TouchKind.objects.first()
    refused(lambda: PolicyTouchWeight.objects.create(policy=shipped, kind=kind, weight=1))
    refused(lambda: Policy.objects.update(status="draft"))


def test_it_refuses_to_move_a_part_into_a_published_policy(shipped, draft):
    draft.factors.all().delete()
    refused(lambda: shipped.factors.update(policy=draft))


def test_a_copy_says_the_same_and_can_change(shipped, draft):
    assert draft.version == shipped.version + 1
    assert list(draft.factors.values_list("factor", "weight")) == list(
        shipped.factors.values_list("factor", "weight")
    )
    assert draft.rules.count() == 3
    draft.rules.update(max_clients=7)
    draft.delete()


def test_publishing_retires_the_policy_before(shipped, draft):
    published = publish(draft)
    shipped.refresh_from_db()
    assert shipped.status == PolicyStatus.RETIRED
    assert (published.status, published.effective_on) == (PolicyStatus.PUBLISHED, D)
    refused(lambda: Policy.objects.filter(pk=shipped.pk).update(reason="another"))
    with pytest.raises(Refused, match="Only a draft"):
        publish(published)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda draft: draft.factors.update(weight=0), "No factor has a weight"),
        (lambda draft: draft.rules.all().delete(), "There is no tier rule"),
        (lambda draft: draft.rules.filter(position=3).update(max_clients=5), "Tier C is the last"),
        (lambda draft: draft.factors.filter(factor="growth").delete(), "asks for Growth potential"),
        (
            lambda draft: Tier.objects.filter(code="B").update(retired_at="2026-01-01T00:00Z"),
            "Tier B is retired",
        ),
    ],
)
def test_it_says_in_words_what_keeps_a_draft_from_being_published(draft, spoil, sentence):
    spoil(draft)
    with pytest.raises(Refused, match=sentence):
        publish(draft)
    draft.refresh_from_db()
    assert draft.is_draft


def test_publishing_asks_for_a_reason(draft):
    with pytest.raises(Refused, match="Say why"):
        publish(draft, reason=" ")
    assert draft.stability_margin == Decimal(0)


# --- A date to come ----------------------------------------------------------------------------------------


def test_a_later_date_makes_it_wait_and_the_database_keeps_it_as_it_is(shipped, draft):
    waiting = publish(draft, on=D + DAY)
    shipped.refresh_from_db()
    assert (waiting.status, shipped.status) == (PolicyStatus.SCHEDULED, PolicyStatus.PUBLISHED)
    refused(lambda: Policy.objects.filter(pk=draft.pk).update(stability_margin=5))
    refused(lambda: Policy.objects.filter(pk=draft.pk).update(effective_on=D))
    refused(lambda: draft.factors.update(weight=1))
    refused(lambda: draft.rules.all().delete())
    refused(lambda: draft.delete())


def test_its_day_puts_it_in_force_once(shipped, draft):
    publish(draft, on=D + DAY)
    assert publish_due(D) == []
    assert publish_due(D + DAY) == [draft]
    assert publish_due(D + DAY) == []
    shipped.refresh_from_db()
    draft.refresh_from_db()
    assert (shipped.status, draft.status) == (PolicyStatus.RETIRED, PolicyStatus.PUBLISHED)
    assert draft.published_at is not None


def test_two_whose_days_were_missed_come_into_force_in_the_order_of_their_days(shipped, draft):
    later = clone_policy(policy=shipped)
    publish(later, on=D + 2 * DAY)
    publish(draft, on=D + DAY)
    assert publish_due(D + 5 * DAY) == [draft, later]
    statuses = dict(Policy.objects.values_list("pk", "status"))
    assert statuses == {shipped.pk: "retired", draft.pk: "retired", later.pk: "published"}


def test_one_that_can_no_longer_be_published_keeps_waiting(shipped, draft):
    publish(draft, on=D + DAY)
    Tier.objects.filter(code="B").update(retired_at="2026-01-01T00:00Z")
    assert publish_due(D + DAY) == []
    shipped.refresh_from_db()
    assert shipped.status == PolicyStatus.PUBLISHED


def test_it_can_be_withdrawn_to_a_draft_before_its_day(draft):
    publish(draft, on=D + DAY, by=UserFactory())
    withdrawn = withdraw_policy(policy=draft)
    withdrawn.refresh_from_db()
    assert (withdrawn.is_draft, withdrawn.effective_on, withdrawn.published_by) == (True, None, None)
    draft.rules.update(max_clients=None)
    with pytest.raises(Refused, match="waits for its date"):
        withdraw_policy(policy=draft)


def test_it_refuses_a_day_in_the_past_and_a_day_that_another_waits_for(shipped, draft):
    with pytest.raises(Refused, match="in the past"):
        publish(draft, on=D - DAY)
    publish(draft, on=D + DAY)
    with pytest.raises(Refused, match="waits for the same day"):
        publish(clone_policy(policy=shipped), on=D + DAY)


# --- A second person -------------------------------------------------------------------------------------


@pytest.fixture
def people():
    return UserFactory(groups=["operations"]), UserFactory(groups=["administrator"])


def test_whoever_changed_a_draft_last_does_not_publish_it(shipped, people):
    first, second = people
    draft = clone_policy(policy=shipped, by=first)
    with pytest.raises(Refused, match="second person"):
        publish(draft, by=first)
    stated = statement_of(draft)
    change_draft(policy=draft, stated=replace(stated, stability_margin=Decimal(3)), by=second)
    with pytest.raises(Refused, match="second person"):
        publish(draft, by=second)
    assert publish(draft, by=first).published_by == first


def test_nobody_who_changed_a_draft_publishes_it_whoever_changed_it_last(shipped, people):
    first, second = people
    third = UserFactory(groups=["administrator"])
    draft = clone_policy(policy=shipped, by=first)
    for by, margin in ((first, 3), (second, 4)):
        stated = replace(statement_of(draft), stability_margin=Decimal(margin))
        change_draft(policy=draft, stated=stated, by=by)
        draft.refresh_from_db()
    assert who_may_publish(draft) == [third]
    with pytest.raises(Refused, match="second person"):
        publish(draft, by=first)
    copied = clone_policy(policy=draft, by=second)
    with pytest.raises(Refused, match="second person"):
        publish(copied, by=first)
    assert publish(draft, by=third).published_by == third
    fresh = clone_policy(policy=Policy.objects.get(pk=draft.pk), by=third)
    assert set(who_may_publish(fresh)) == {first, second}


def test_what_somebody_else_changed_since_it_was_seen_is_not_written_over(shipped, people):
    first, second = people
    draft = clone_policy(policy=shipped, by=first)
    seen, stale = digest_of(draft), Policy.objects.get(pk=draft.pk)
    change_draft(policy=draft, stated=replace(statement_of(draft), half_life_days=90), by=first, seen=seen)
    mine = replace(statement_of(stale), stability_margin=Decimal(3))
    with pytest.raises(Refused, match="changed this draft meanwhile"):
        change_draft(policy=stale, stated=mine, by=second, seen=seen)
    draft.refresh_from_db()
    assert (draft.half_life_days, draft.prepared_by) == (90, first)


def test_storing_what_is_there_already_prepares_nothing(shipped, people):
    first, second = people
    draft = clone_policy(policy=shipped, by=first)
    assert not change_draft(policy=draft, stated=statement_of(draft), by=second)
    draft.refresh_from_db()
    assert draft.prepared_by == first


def test_a_firm_can_do_without_a_second_person(shipped, people):
    TierSettings.objects.create(pk=1, second_person=False)
    draft = clone_policy(policy=shipped, by=people[0])
    assert publish(draft, by=people[0]).status == PolicyStatus.PUBLISHED


def test_it_names_those_who_may_publish(shipped, people):
    first, second = people
    UserFactory(groups=["advisor"])
    UserFactory(groups=["administrator"], is_active=False)
    draft = clone_policy(policy=shipped, by=first)
    assert who_may_publish(draft) == [second]
    TierSettings.objects.create(pk=1, second_person=False)
    assert set(who_may_publish(draft)) == {first, second}


# --- Drafts ------------------------------------------------------------------------------------------------


def test_a_draft_can_be_discarded_and_nothing_else_can(shipped, draft):
    with pytest.raises(Refused, match="Only a draft"):
        discard_draft(policy=shipped)
    discard_draft(policy=draft)
    assert not Policy.objects.filter(pk=draft.pk).exists()


def test_a_draft_that_a_run_was_made_with_is_kept(draft):
    propose_run(as_of=D, policy=draft)
    with pytest.raises(Refused, match="is kept"):
        discard_draft(policy=draft)


def test_a_published_policy_takes_no_change(shipped, people):
    stated = replace(statement_of(shipped), half_life_days=90)
    with pytest.raises(Refused, match="Only a draft"):
        change_draft(policy=shipped, stated=stated, by=people[0])


def test_what_is_stored_is_what_was_stated(draft, people):
    stated = statement_of(draft)
    kind = TouchKind.objects.get(code="call")
    a, b, c = stated.rules
    wanted = replace(
        stated,
        name="Another",
        half_life_days=90,
        minimum_completeness=Decimal("0.255"),
        weights={"revenue": Decimal(2), "tenure": Decimal("0.5")},
        touch_weights={kind.pk: Decimal(7)},
        rules=(b, replace(a, revenue_share=None, max_clients=3), c),
    )
    assert change_draft(policy=draft, stated=wanted, by=people[0])
    draft.refresh_from_db()
    assert statement_of(draft) == wanted


# --- What is wrong with one --------------------------------------------------------------------------------


def rule(draft, code, **changes):
    draft.rules.filter(tier__code=code).update(**changes)


@pytest.mark.parametrize(
    ("spoil", "field", "sentence"),
    [
        (lambda d: d.factors.filter(factor="revenue").update(weight=-1), "weight_revenue", "below zero"),
        (lambda d: d.touch_weights.create(kind=TouchKind.objects.get(code="call"), weight=-1), "touch_", "b"),
        (lambda d: Policy.objects.filter(pk=d.pk).update(half_life_days=0), "half_life_days", "one day"),
        (
            lambda d: Policy.objects.filter(pk=d.pk).update(minimum_completeness="1.5"),
            "minimum_completeness",
            "100 %",
        ),
        (
            lambda d: Policy.objects.filter(pk=d.pk).update(stability_margin=101),
            "stability_margin",
            "100 points",
        ),
        (lambda d: rule(d, "A", revenue_share=0), "revenue_share", "Tier A takes no client"),
        (lambda d: rule(d, "A", max_clients=0), "max_clients", "at most 0"),
        (
            lambda d: rule(d, "A", revenue_share=None, max_clients=None),
            "revenue_share",
            "nobody is left for tier B",
        ),
        (lambda d: rule(d, "B", minimum_value=6), "minimum_value", "growth potential is at most 5"),
        (
            lambda d: rule(d, "B", minimum_key="score", minimum_value=101),
            "minimum_value",
            "score is at most 100",
        ),
        (lambda d: rule(d, "B", rank_key="tenure"), "rank_key", "asks for Tenure"),
        (lambda d: rule(d, "C", minimum_key="score", minimum_value=1), "rank_key", "is the last"),
        (lambda d: d.rules.filter(tier__code="B").delete(), "rules", "Tier B has no rule"),
    ],
)
def test_it_names_the_field_that_mends_it(draft, spoil, field, sentence):
    spoil(draft)
    draft.refresh_from_db()
    found = [finding for finding in check(draft) if field in finding.field and finding.stops]
    assert len(found) == 1, check(draft)
    assert sentence in found[0].text
    with pytest.raises(Refused):
        publish(draft)


def test_an_unusual_order_is_said_and_stops_nothing(draft):
    rule(draft, "A", position=9)
    rule(draft, "B", position=1)
    rule(draft, "A", position=2)
    assert [finding.text for finding in check(draft)] == [
        "Tier B is filled before tier A: a client who fits both sits in B."
    ]
    publish(draft)


@pytest.mark.parametrize(
    "weights", [[1, 1, 1], [30, 10, 25, 22, 40, 10], [1, 0, 0], [0.01, 9999.99], [7] * 11]
)
def test_shares_in_whole_percent_are_100_together(weights):
    weights = {str(number): Decimal(str(weight)) for number, weight in enumerate(weights)}
    shares = whole_shares(weights)
    total = sum(weights.values())
    assert sum(shares.values()) == 100
    assert all(abs(share - 100 * weights[name] / total) < 1 for name, share in shares.items())
    assert whole_shares(dict.fromkeys(weights, Decimal(0))) == dict.fromkeys(weights, 0)


def test_the_shipped_policy_has_nothing_wrong(shipped):
    assert check(shipped) == []
