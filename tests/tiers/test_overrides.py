"""Overrides on pages: pinned with a reason and a last day, listed, ended, and ended by themselves."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from clients.commands import Refused
from clients.history import history_of
from clients.models import Client, ServiceRole, TeamMember
from tests.factories import UserFactory
from tests.tiers.firm import D, case, current_tiers, store, tier
from tiers import overrides
from tiers.models import Override
from tiers.views import overrides as pages

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def firm(time_machine) -> dict[str, Client]:
    time_machine.move_to(dt.datetime(2026, 3, 31, 16, tzinfo=dt.UTC))
    store([case("a", 400, tier="C"), case("b", 300, tier="C"), case("c", 200, tier="C")])
    return {client.external_id: client for client in Client.objects.all()}


@pytest.fixture
def operations(client):
    person = UserFactory(groups=["operations"])
    client.force_login(person, backend=BACKEND)
    return person


def stored(client: Client, **fields: Any) -> Override:
    values = {
        "tier": tier("B"),
        "reason": "family",
        "text": "Child of an A household.",
        "starts_on": D - 30 * DAY,
        "expires_on": D + 300 * DAY,
    }
    return Override.objects.create(client=client, **values | fields)


def send(client: Any, of: Client, **fields: Any) -> Any:
    values = {
        "tier": tier("A").pk,
        "reason": "referrer",
        "text": "Brought three households.",
        "starts_on": "2026-03-31",
        "expires_on": "2026-12-31",
    }
    return client.post(reverse("client_tier:pin", args=[of.pk]), values | fields)


def names(answer: Any) -> list[str]:
    return [row.client.external_id for row in answer.context["rows"]]


def listed(client: Any, query: str = "") -> list[str]:
    return names(client.get(reverse("tiers:overrides") + query))


# --- Pinning and ending ---------------------------------------------------------------------------------


def test_a_tier_is_pinned_today_with_who_and_why(client, operations, firm):
    assert send(client, firm["a"]).url == reverse("clients:tab", args=[firm["a"].pk, "tier"])
    pin = Override.objects.get()
    assert (pin.tier.code, pin.reason, pin.created_by) == ("A", "referrer", operations)
    assert current_tiers()["a"] == "A"
    text = client.get(reverse("clients:tab", args=[firm["a"].pk, "tier"])).content.decode()
    assert "Pinned to tier A" in text
    assert "Brought three households." in text
    assert "End the pin" in text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"expires_on": "2026-03-30"}, "Choose a day from today on, not before the first day."),
        ({"starts_on": "2026-03-30"}, "This day has passed."),
        ({"expires_on": "2199-01-01"}, "within five years"),
        ({"expires_on": "31.13.2026"}, "Enter a valid date."),
        ({"text": " "}, "This field is required."),
        ({"tier": "999"}, "Select a valid choice."),
        ({"reason": "mood"}, "Select a valid choice."),
    ],
)
def test_nonsense_is_refused_at_its_field_and_what_was_typed_stays(client, operations, firm, fields, said):
    answer = send(client, firm["a"], **fields)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    assert "text" in fields or "Brought three households." in text
    assert not Override.objects.exists()


def test_a_pin_over_a_tier_of_a_later_day_is_refused_in_words(client, operations, firm):
    firm["a"].assignments.update(starts_on=D + 5 * DAY)
    answer = send(client, firm["a"])
    assert answer.status_code == 422
    assert "starts after today was already applied" in answer.content.decode()
    assert not Override.objects.exists()


@pytest.mark.parametrize(("first", "last"), [(0, -1), (-9, -1)])
def test_a_pin_that_is_over_before_it_begins_or_by_now_is_refused(firm, first, last):
    with pytest.raises(Refused, match="has passed"):
        overrides.pin_tier(
            client=firm["a"],
            tier=tier("B"),
            reason="other",
            text="",
            starts_on=D + first * DAY,
            expires_on=D + last * DAY,
            by=None,
        )
    assert not Override.objects.exists()


def test_a_pin_ends_without_moving_anyone_and_its_end_can_be_taken_back(client, operations, firm):
    send(client, firm["a"])
    pin = Override.objects.get()
    answer = client.post(reverse("client_tier:end_pin", args=[firm["a"].pk, pin.pk]), follow=True)
    assert current_tiers()["a"] == "A"
    pin.refresh_from_db()
    assert pin.ended_on == D
    told = [(entry.what, entry.who) for entry in history_of(firm["a"]) if "verride" in entry.what]
    assert told == [
        ("Override (A · Ideal) changed", operations.display_name),
        ("Override (A · Ideal) added", operations.display_name),
    ]
    *_pinned, message = answer.context["messages"]
    client.post(message.extra_tags)
    pin.refresh_from_db()
    assert pin.ended_on is None


def test_the_end_of_a_pin_is_not_taken_back_over_another(firm):
    first = stored(firm["a"], ended_on=D)
    stored(firm["a"])
    with pytest.raises(Refused, match="Another pin"):
        overrides.reopen_override(override=first)
    past = stored(firm["b"], expires_on=D - DAY, ended_on=D)
    with pytest.raises(Refused, match="has passed"):
        overrides.reopen_override(override=past)


@pytest.mark.parametrize("group", ["advisor", "compliance"])
def test_who_may_not_pin_is_told_who_may(client, firm, group):
    person = UserFactory(groups=[group])
    client.force_login(person, backend=BACKEND)
    role = ServiceRole.objects.get(code="lead_advisor")
    TeamMember.objects.create(client=firm["a"], role=role, user=person)
    answer = send(client, firm["a"])
    assert answer.status_code == 403
    assert "Operations and administrators can do this." in answer.content.decode()
    tab = client.get(reverse("clients:tab", args=[firm["a"].pk, "tier"])).content.decode()
    assert "Pin a tier</a>" not in tab


def test_another_clients_pin_is_not_found_under_this_client(client, operations, firm):
    pin = stored(firm["a"])
    answer = client.post(reverse("client_tier:end_pin", args=[firm["b"].pk, pin.pk]))
    assert answer.status_code == 404


# --- Ending by themselves -------------------------------------------------------------------------------


def test_what_expired_ends_the_day_after_its_last_and_nothing_else_does(firm):
    expired = stored(firm["a"], expires_on=D - 3 * DAY)
    last_day = stored(firm["b"], expires_on=D)
    assert overrides.end_expired(D) == 1
    assert overrides.end_expired(D) == 0
    expired.refresh_from_db()
    last_day.refresh_from_db()
    assert expired.ended_on == D - 2 * DAY
    assert expired.last_day == D - 3 * DAY
    assert last_day.ended_on is None


# --- The list -------------------------------------------------------------------------------------------


def test_they_are_listed_by_state_with_the_soonest_end_first(client, operations, firm):
    stored(firm["a"], expires_on=D + 200 * DAY)
    stored(firm["b"], expires_on=D + 10 * DAY)
    stored(firm["c"], expires_on=D - DAY)
    stored(firm["b"], expires_on=D + 100 * DAY, ended_on=D - 5 * DAY)
    assert listed(client) == ["b", "a"]
    assert listed(client, "?state=soon") == ["b"]
    assert listed(client, "?state=ended") == ["c", "b"]
    assert listed(client, "?state=to_come") == []
    Override.objects.filter(client=firm["a"]).update(starts_on=D + DAY)
    assert listed(client, "?state=to_come") == ["a"]


def test_they_are_narrowed_by_tier_and_reason(client, operations, firm):
    stored(firm["a"])
    stored(firm["b"], tier=tier("A"), reason="wish")
    assert listed(client, "?tier=A") == ["b"]
    assert listed(client, "?reason=family") == ["a"]
    assert listed(client, "?tier=A&reason=family") == []
    assert listed(client, "?tier=Z&reason=%00&state=x&after=99-99-99:1") == ["a", "b"]


def test_every_override_is_on_one_page_and_only_one(client, operations, firm, monkeypatch):
    monkeypatch.setattr(pages, "PAGE", 1)
    for name in "abc":
        stored(firm[name])
    for state in ("in_force", "ended"):
        if state == "ended":
            Override.objects.update(ended_on=D)
        seen, after = [], ""
        for _page in range(3):
            answer = client.get(reverse("tiers:overrides"), {"state": state, "after": after})
            seen += names(answer)
            after = answer.context["next"]
        assert sorted(seen) == ["a", "b", "c"]
        assert after == ""


def test_an_advisor_sees_those_of_own_clients(client, firm):
    person = UserFactory(groups=["advisor"])
    client.force_login(person, backend=BACKEND)
    role = ServiceRole.objects.get(code="lead_advisor")
    TeamMember.objects.create(client=firm["a"], role=role, user=person)
    stored(firm["a"])
    stored(firm["b"])
    assert listed(client) == ["a"]
    assert ">End<" not in client.get(reverse("tiers:overrides")).content.decode()


def test_the_list_takes_a_fixed_number_of_queries(client, operations, firm, django_assert_max_num_queries):
    for name in "abc":
        stored(firm[name])
    with django_assert_max_num_queries(8):
        client.get(reverse("tiers:overrides"))
