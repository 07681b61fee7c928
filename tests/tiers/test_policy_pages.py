"""Policies on their pages: copied, compared, discarded, published by a second person, withdrawn."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from django.urls import reverse

from clients.models import RatingMeaning
from tests.factories import UserFactory
from tests.tiers.firm import D, case, current_tiers, store
from tiers.models import Policy, PolicyStatus, RankKey, TierSettings
from tiers.policies import change_draft, clone_policy
from tiers.stated import statement_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(dt.datetime(2026, 3, 31, 16, tzinfo=dt.UTC), tick=False)


def enter(client, *groups, **names):
    user = UserFactory(groups=list(groups), **names)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


@pytest.fixture
def operator(client):
    return enter(client, "operations", first_name="Ola", last_name="Berg")


@pytest.fixture
def shipped():
    return Policy.objects.get(status=PolicyStatus.PUBLISHED)


@pytest.fixture
def draft(shipped, operator):
    return clone_policy(policy=shipped, by=operator)


def text_of(answer):
    return answer.content.decode()


def page(client, name, policy, **query):
    return text_of(client.get(reverse(f"tiers:{name}", args=[policy.pk]), query))


# --- Drafts ------------------------------------------------------------------------------------------------


def test_a_draft_is_made_from_the_list_and_opens_in_the_studio(client, shipped, operator):
    assert "New draft from the published policy" in text_of(client.get(reverse("tiers:policies")))
    answer = client.post(reverse("tiers:copy_policy", args=[shipped.pk]))
    draft = Policy.objects.get(status=PolicyStatus.DRAFT)
    assert answer.url == reverse("tiers:studio", args=[draft.pk])
    assert draft.prepared_by == operator


def test_discarding_asks_first_and_leaves_the_others(client, shipped, draft):
    assert "cannot be undone" in page(client, "discard", draft)
    assert Policy.objects.filter(pk=draft.pk).exists()
    client.post(reverse("tiers:discard", args=[draft.pk]))
    client.post(reverse("tiers:discard", args=[shipped.pk]))
    assert list(Policy.objects.all()) == [shipped]


# --- Side by side ------------------------------------------------------------------------------------------


def test_what_differs_is_said_in_words_and_nothing_else_is(client, draft):
    draft.factors.filter(factor="revenue").update(weight=50)
    draft.rules.filter(tier__code="A").update(max_clients=60)
    Policy.objects.filter(pk=draft.pk).update(half_life_days=90)
    answer = client.get(reverse("tiers:compare", args=[draft.pk]))
    lines = {line.label: line for _title, lines in answer.context["sections"] for line in lines}
    assert lines["Revenue"].change == "11.7 points more"  # 50 of 120 instead of 30 of 100
    assert lines["Alignment"].change == "1.7 points less"
    assert lines["Tier A"].change == "changed"
    assert "at most 60 clients" in lines["Tier A"].second
    assert lines["Half-life of a touch"].change == "90 days less"
    assert lines["Tier B"].change == lines["Order"].change == lines["Minimum completeness"].change == ""
    assert "8 differences" in text_of(answer)


def test_a_factor_that_comes_or_goes_is_named_so(client, draft):
    draft.factors.filter(factor="alignment").delete()
    draft.factors.create(factor="tenure", weight=10)
    sections = client.get(reverse("tiers:compare", args=[draft.pk])).context["sections"]
    changes = {line.label: line.change for line in sections[0][1]}
    assert (changes["Alignment"], changes["Tenure"], changes["Revenue"]) == ("no longer counts", "new", "")


def test_it_compares_with_any_other_and_with_none(client, shipped, draft):
    other = clone_policy(policy=shipped)
    answer = client.get(reverse("tiers:compare", args=[draft.pk]), {"with": other.pk})
    assert answer.context["other"] == other
    assert "states the same" in text_of(answer)
    assert client.get(reverse("tiers:compare", args=[draft.pk]), {"with": "9" * 30}).status_code == 404
    assert client.get(reverse("tiers:compare", args=[draft.pk]), {"with": "x"}).status_code == 200
    Policy.objects.exclude(pk=shipped.pk).delete()
    assert "as soon as there is a second one" in page(client, "compare", shipped)


# --- Publishing --------------------------------------------------------------------------------------------


def publish(client, policy, *, reason="The partners decided it.", on=D, **more):
    data = {"reason": reason, "effective_on": on.isoformat()} | more
    return client.post(reverse("tiers:publish", args=[policy.pk]), data)


def test_the_page_says_in_numbers_what_publishing_does_and_moves_nobody(client, draft):
    store([case(f"c{n}", 1000 * n, tier="C") for n in range(10)])
    enter(client, "administrator")
    text = page(client, "publish", draft)
    assert "becomes the policy in force, and Shipped policy v1 is retired" in text
    assert "clients of 10." in text
    assert "Tier A would hold" in text
    publish(client, draft)
    draft.refresh_from_db()
    assert draft.status == PolicyStatus.PUBLISHED
    assert current_tiers() == {f"c{n}": "C" for n in range(10)}


def seen(text):
    return re.search(r'name="seen" value="([^"]+)"', text).group(1)


def test_what_changed_while_it_was_read_is_shown_again_and_not_published(client, draft, operator):
    store([case(f"c{n}", 1000 * n, tier="C") for n in range(10)])
    enter(client, "administrator")
    read = seen(page(client, "publish", draft))
    change_draft(policy=draft, stated=replace(statement_of(draft), half_life_days=90), by=operator)
    answer = publish(client, draft, seen=read)
    text = text_of(answer)
    assert answer.status_code == 422
    assert "changed while you were reading" in text
    assert answer.context["simulation"].digest == seen(text)  # the numbers are those of the draft as it is
    assert "The partners decided it." in text  # nothing typed is lost
    assert seen(text) != read
    draft.refresh_from_db()
    assert draft.is_draft
    assert publish(client, draft, seen=seen(text)).status_code == 302
    draft.refresh_from_db()
    assert (draft.status, draft.half_life_days) == (PolicyStatus.PUBLISHED, 90)


def test_whoever_changed_it_last_is_told_who_may_publish(client, draft):
    enter(client, "administrator", first_name="Nia", last_name="Okafor")
    client.force_login(draft.prepared_by, backend="django.contrib.auth.backends.ModelBackend")
    text = page(client, "publish", draft)
    assert "These people may publish it: Nia Okafor." in text
    assert 'name="reason"' not in text
    answer = publish(client, draft)
    assert answer.status_code == 422
    draft.refresh_from_db()
    assert draft.is_draft


def test_where_nobody_else_may_it_says_what_to_do(client, draft):
    assert "nobody else may publish" in page(client, "publish", draft)
    TierSettings.objects.create(pk=1, second_person=False)
    assert 'name="reason"' in page(client, "publish", draft)


def test_a_day_in_the_past_and_a_missing_reason_are_refused_at_their_fields(client, draft):
    enter(client, "administrator")
    answer = publish(client, draft, reason=" ", on=D - DAY)
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert set(errors) == {"reason", "effective_on"}
    assert (D - DAY).isoformat() in text_of(answer)


def test_a_later_day_makes_it_wait_and_it_can_be_withdrawn(client, shipped, draft):
    enter(client, "administrator")
    publish(client, draft, on=D + DAY)
    draft.refresh_from_db()
    assert draft.status == PolicyStatus.SCHEDULED
    text = page(client, "policy", draft)
    assert "does not change until then" in text
    assert "Withdraw to a draft" in text
    client.post(reverse("tiers:withdraw", args=[draft.pk]))
    draft.refresh_from_db()
    assert draft.is_draft
    client.post(reverse("tiers:withdraw", args=[shipped.pk]))
    shipped.refresh_from_db()
    assert shipped.status == PolicyStatus.PUBLISHED


def test_what_is_wrong_with_it_stands_in_place_of_the_form(client, draft):
    enter(client, "administrator")
    draft.rules.filter(tier__code="A").update(max_clients=0)
    text = page(client, "publish", draft)
    assert "Tier A takes no client" in text
    assert 'name="reason"' not in text
    assert publish(client, draft).status_code == 422


def test_a_published_policy_leads_away_from_publishing(client, shipped, operator):
    assert client.get(reverse("tiers:publish", args=[shipped.pk])).status_code == 302


# --- Reading -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", ["advisor", "compliance"])
def test_readers_see_policies_in_words_and_no_way_to_change_them(client, draft, group):
    enter(client, group)
    listed = text_of(client.get(reverse("tiers:policies")))
    assert "New draft" not in listed
    assert "Copy" not in listed
    text = page(client, "policy", draft)
    assert "takes clients in the order of score" in text
    assert "Publish" not in text
    assert client.get(reverse("tiers:compare", args=[draft.pk])).status_code == 200
    for name in ("publish", "discard"):
        assert client.get(reverse(f"tiers:{name}", args=[draft.pk])).status_code == 403
    for name in ("copy_policy", "withdraw"):
        assert client.post(reverse(f"tiers:{name}", args=[draft.pk])).status_code == 403


@pytest.mark.parametrize("key", RankKey.values)
def test_every_factor_can_be_ranked_by_and_asked_for(client, draft, key):
    draft.rules.filter(tier__code="B").update(rank_key=key, minimum_key=key, minimum_value=1)
    if key != RankKey.SCORE:
        draft.factors.get_or_create(factor=key, defaults={"weight": 0})
    store([case("a", 1000)])
    text = page(client, "policy", draft)
    assert f"in the order of {RankKey(key).label.lower()}, with {RankKey(key).label.lower()} of" in text
    assert client.get(reverse("tiers:studio", args=[draft.pk])).context["result"]["clients"] == 1
    assert client.get(reverse("tiers:compare", args=[draft.pk])).status_code == 200


def test_the_rubric_is_printed_with_the_policy(client, shipped, operator):
    text = page(client, "policy", shipped)
    assert RatingMeaning.objects.count() == 10
    for row in RatingMeaning.objects.all():
        assert row.meaning in text
        assert row.example in text


def test_the_settings_say_on_the_list_whether_a_second_person_is_needed(client, operator):
    assert "a second person from operations" in text_of(client.get(reverse("tiers:policies")))
    TierSettings.objects.create(pk=1, second_person=False)
    assert "by whoever prepared it" in text_of(client.get(reverse("tiers:policies")))
