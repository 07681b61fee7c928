"""A published policy never changes; a draft is published when it can score."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from clients.commands import Refused
from clients.models import Tier, TouchKind
from tests.tiers.firm import D
from tiers.models import Policy, PolicyStatus, PolicyTouchWeight
from tiers.policies import clone_policy, publish_policy

NOW = "2026-01-01T00:00Z"
pytestmark = pytest.mark.django_db


@pytest.fixture
def shipped():
    return Policy.objects.get(status=PolicyStatus.PUBLISHED)


@pytest.fixture
def draft(shipped):
    return clone_policy(policy=shipped)


def publish(policy, reason="The board decided it."):
    return publish_policy(policy=policy, by=None, reason=reason, effective_on=D)


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
