"""Admin of policies and overrides: drafts can be edited and published, a published policy only be read."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group as DjangoGroup
from django.urls import reverse

from clients.models import Client, RatingMeaning, User
from tests.factories import UserFactory
from tests.tiers.firm import D, case, current_tiers, store, tier
from tiers import services
from tiers.models import Override, Policy, TierAssignment
from tiers.policies import clone_policy

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def administrator(client):
    user = User.objects.create_user("admin", password="x" * 12, is_staff=True, is_superuser=True)
    user.groups.add(DjangoGroup.objects.get(name="administrator"))
    client.force_login(user)
    return user


@pytest.fixture
def shipped():
    return Policy.objects.get(status="published")


def act(client, model, action, *rows):
    return client.post(
        reverse(f"admin:tiers_{model}_changelist"),
        {"action": action, "_selected_action": [row.pk for row in rows]},
        follow=True,
    )


def test_a_published_policy_can_be_read_and_not_changed(client, shipped):
    page = client.get(reverse("admin:tiers_policy_change", args=[shipped.pk])).content.decode()
    assert 'name="name"' not in page
    assert "factors-TOTAL_FORMS" not in page or 'name="factors-0-weight"' not in page
    assert (
        client.post(reverse("admin:tiers_policy_change", args=[shipped.pk]), {"name": "x"}).status_code == 403
    )


def test_a_copy_can_be_changed_and_published(client, shipped, administrator):
    act(client, "policy", "copy", shipped)
    draft = Policy.objects.get(status="draft")
    page = client.get(reverse("admin:tiers_policy_change", args=[draft.pk])).content.decode()
    assert 'name="factors-0-weight"' in page
    assert "Say why this policy is published." in act(client, "policy", "publish", draft).content.decode()
    Policy.objects.filter(pk=draft.pk).update(reason="The board decided it.")
    assert "a second person publishes it" in act(client, "policy", "publish", draft).content.decode()
    second = UserFactory(groups=["administrator"], is_staff=True, is_superuser=True)
    client.force_login(second, backend="django.contrib.auth.backends.ModelBackend")
    act(client, "policy", "publish", draft)
    draft.refresh_from_db()
    assert (draft.status, draft.prepared_by, draft.published_by) == ("published", administrator, second)


def test_whoever_changes_a_draft_here_has_prepared_it(client, shipped, administrator):
    draft = clone_policy(policy=shipped)
    url = reverse("admin:tiers_policy_change", args=[draft.pk])
    form = client.get(url).context["adminform"].form
    values = {name: value for name, value in form.initial.items() if value is not None}
    empty = {
        f"{part}-{count}": "0"
        for part in ("factors", "rules", "touch_weights")
        for count in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
    }
    assert client.post(url, values | empty | {"name": "Another"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.name, draft.prepared_by) == ("Another", administrator)


def test_the_settings_are_one_row_that_the_list_leads_to(client):
    page = client.get(reverse("admin:tiers_tiersettings_changelist"), follow=True)
    assert page.redirect_chain[0][0] == reverse("admin:tiers_tiersettings_change", args=[1])
    assert "Whoever changed a draft cannot publish it." in page.content.decode()
    assert client.get(reverse("admin:tiers_tiersettings_add")).status_code == 403
    assert client.post(reverse("admin:tiers_tiersettings_delete", args=[1])).status_code == 403


def test_the_words_of_a_rating_can_be_changed(client):
    row = RatingMeaning.objects.get(rated="alignment", rating=5)
    url = reverse("admin:clients_ratingmeaning_change", args=[row.pk])
    assert client.post(url, {"meaning": "Ours", "example": ""}).status_code == 302
    row.refresh_from_db()
    assert (row.meaning, row.rating) == ("Ours", 5)


def test_a_new_policy_gets_the_next_version(client, shipped):
    page = client.get(reverse("admin:tiers_policy_add")).content.decode()
    assert f'name="version" value="{shipped.version + 1}"' in page


def test_pinning_in_admin_starts_the_tier_and_may_replace_a_pin(client, time_machine, administrator):
    time_machine.move_to(dt.datetime(2026, 3, 31, 16, tzinfo=dt.UTC))
    store([case("a", 1)])
    form = {
        "client": Client.objects.get().pk,
        "tier": tier("A").pk,
        "reason": "family",
        "text": "Child of an A household.",
        "starts_on": "2026-03-31",
        "expires_on": "2027-03-31",
    }
    url = reverse("admin:tiers_override_add")
    assert client.post(url, form).status_code == 302
    assert current_tiers() == {"a": "A"}
    assert client.post(url, {**form, "tier": tier("B").pk}).status_code == 302
    assert current_tiers() == {"a": "B"}
    assert Override.objects.filter(ended_on=None).get().created_by == administrator
    page = client.post(url, {**form, "expires_on": "2026-03-01"}).content.decode()
    assert "Choose a day from today on" in page
    act(client, "override", "end_today", Override.objects.get(ended_on=None))
    assert not Override.objects.filter(ended_on=None).exists()


@pytest.mark.parametrize("model", ["policy", "override", "scoringrun", "tierassignment"])
def test_lists_cost_the_same_for_few_rows_and_many(
    client, shipped, model, django_assert_max_num_queries, administrator
):
    store([case(str(n), n, tier="A", pinned="A") for n in range(30)])
    for _ in range(3):
        services.propose_run(as_of=D)
        clone_policy(policy=shipped)
    assert TierAssignment.objects.count() == 30
    with django_assert_max_num_queries(14):
        assert client.get(reverse(f"admin:tiers_{model}_changelist")).status_code == 200
