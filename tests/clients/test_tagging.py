"""Tagging one client takes a choice; tagging many is one change that can be undone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from clients import services, sweeps
from clients.history import history_of
from clients.models import (
    BehavioralTag,
    BehavioralTrigger,
    BulkBehavioralRow,
    BulkChange,
    Client,
    Persona,
    TeamMember,
)
from tests.factories import ClientFactory, UserFactory

HTMX = {"HTTP_HX_REQUEST": "true"}


def persona(code: str) -> Persona:
    return Persona.objects.get(code=code)


def trigger(code: str) -> BehavioralTrigger:
    return BehavioralTrigger.objects.get(code=code)


# --- One cell ----------------------------------------------------------------------------------------


def test_it_draws_the_dropdown_when_it_is_opened(signed_in, okafor, advisor):
    text = signed_in(advisor).get(f"/clients/{okafor.pk}/tag/persona/", **HTMX).content.decode()
    assert "<select" in text
    assert "Business owner" in text


def test_it_saves_on_choice_and_offers_undo(signed_in, okafor, advisor):
    browser = signed_in(advisor)
    url = f"/clients/{okafor.pk}/tag/persona/"
    text = browser.post(url, {"value": persona("physician").pk}, **HTMX).content.decode()
    okafor.refresh_from_db()
    assert okafor.persona.code == "physician"
    assert "Saved" in text
    assert 'data-value=""' in text
    browser.post(url, {"value": "", "undo": "1"}, **HTMX)
    okafor.refresh_from_db()
    assert okafor.persona is None


def test_it_refuses_a_behavioral_value_without_permission(signed_in, okafor, advisor):
    url = f"/clients/{okafor.pk}/tag/behavioral_trigger/"
    response = signed_in(advisor).post(url, {"value": trigger("avoidance").pk}, **HTMX)
    assert response.status_code == 422
    assert "permission is granted" in response.content.decode()
    assert not BehavioralTag.objects.exists()


@pytest.mark.parametrize("value", ["999999", "rubbish", "99999999999999999999"])
def test_it_refuses_a_value_that_is_none(signed_in, okafor, advisor, value):
    response = signed_in(advisor).post(f"/clients/{okafor.pk}/tag/persona/", {"value": value}, **HTMX)
    assert response.status_code == 422


def test_it_refuses_a_retired_value(signed_in, okafor, advisor):
    from django.utils import timezone

    word = persona("physician")
    Persona.objects.filter(pk=word.pk).update(retired_at=timezone.now())
    assert (
        signed_in(advisor).post(f"/clients/{okafor.pk}/tag/persona/", {"value": word.pk}).status_code == 422
    )


def test_it_works_as_a_plain_form_too(signed_in, okafor, advisor):
    form = {
        "name": okafor.name,
        "external_id": okafor.external_id,
        "status": "active",
        "persona": persona("general").pk,
    }
    response = signed_in(advisor).post(f"/clients/{okafor.pk}/edit/", form)
    assert response.url == f"/clients/{okafor.pk}/"
    okafor.refresh_from_db()
    assert okafor.persona.code == "general"


def test_it_does_not_write_over_a_withdrawal_while_the_form_was_open(okafor):
    from clients.forms import ClientForm

    Client.objects.filter(pk=okafor.pk).update(permission="granted")
    opened = Client.objects.get(pk=okafor.pk)
    form = ClientForm(
        {
            "name": "New name",
            "external_id": okafor.external_id,
            "status": "active",
            "behavioral_trigger": trigger("avoidance").pk,
        },
        instance=opened,
    )
    assert form.is_valid()
    Client.objects.filter(pk=okafor.pk).update(permission="withdrawn")
    with pytest.raises(services.TagRefused):
        services.save_client(form=form)
    okafor.refresh_from_db()
    assert okafor.permission == "withdrawn"
    assert okafor.name == "Okafor household"


# --- Many --------------------------------------------------------------------------------------------


@pytest.fixture
def three(advisor: Any) -> list[Client]:
    return [ClientFactory(lead=advisor) for _n in range(3)]


def ids(clients: list[Client]) -> list[int]:
    return [client.pk for client in clients]


def personas(clients: list[Client]) -> list[str | None]:
    found = dict(Client.objects.values_list("pk", "persona__code"))
    return [found[client.pk] for client in clients]


def test_it_tags_the_selected_and_gives_back_what_they_had(signed_in, advisor, three):
    Client.objects.filter(pk=three[0].pk).update(persona=persona("physician"))
    browser = signed_in(advisor)
    browser.post("/clients/bulk/", {"client": ids(three), "change": f"persona:{persona('general').pk}"})
    assert personas(three) == ["general"] * 3
    change = BulkChange.objects.get()
    assert change.changed == 3
    browser.post(f"/clients/bulk/{change.pk}/undo/")
    assert personas(three) == ["physician", None, None]


def test_it_tags_all_that_match_and_nobody_else(signed_in, advisor, three):
    elsewhere = ClientFactory(name="Household of another team")
    former = ClientFactory(lead=advisor, status="former")
    signed_in(advisor).post(
        "/clients/bulk/", {"all": "1", "filter": "persona=none", "change": f"persona:{persona('general').pk}"}
    )
    assert personas([*three, elsewhere, former]) == ["general"] * 3 + [None] * 2


def test_it_changes_nobody_whom_the_person_may_not_see(signed_in, outsider, three):
    change = f"persona:{persona('general').pk}"
    signed_in(outsider).post("/clients/bulk/", {"client": ids(three), "change": change})
    assert personas(three) == [None] * 3


def test_its_undo_keeps_what_was_changed_since_and_says_so(signed_in, advisor, three):
    browser = signed_in(advisor)
    browser.post("/clients/bulk/", {"client": ids(three), "change": f"persona:{persona('general').pk}"})
    Client.objects.filter(pk=three[1].pk).update(persona=persona("physician"))
    change = BulkChange.objects.get()
    response = browser.post(f"/clients/bulk/{change.pk}/undo/", follow=True)
    assert personas(three) == [None, "physician", None]
    assert "2 clients restored. 1 stays: it was changed since." in response.content.decode()
    assert services.undo_change(change=change) == services.Undone(0, 0)


def test_its_undo_ends_after_ten_minutes_and_what_it_kept_goes_at_night(signed_in, advisor, three):
    Client.objects.filter(pk__in=ids(three)).update(permission="granted")
    browser = signed_in(advisor)
    browser.post("/clients/bulk/", {"client": ids(three), "change": f"persona:{persona('general').pk}"})
    value = trigger("avoidance").pk
    browser.post("/clients/bulk/", {"client": ids(three), "change": f"behavioral_trigger:{value}"})
    assert sweeps.forget_old_runs() == 0
    BulkChange.objects.update(created_at=timezone.now() - dt.timedelta(minutes=11))
    for change in BulkChange.objects.all():
        answer = browser.post(f"/clients/bulk/{change.pk}/undo/", follow=True)
        assert "can no longer be undone" in answer.content.decode()
    assert personas(three) == ["general"] * 3
    assert BehavioralTag.objects.count() == 3
    assert sweeps.forget_old_runs() == 6
    assert not BulkBehavioralRow.objects.exists()


def test_its_undo_leaves_the_tags_of_clients_who_went_to_another_team(signed_in, advisor, three):
    browser = signed_in(advisor)
    browser.post("/clients/bulk/", {"client": ids(three), "change": f"persona:{persona('general').pk}"})
    TeamMember.objects.filter(client=three[0]).update(user=UserFactory(groups=["advisor"]))
    browser.post(f"/clients/bulk/{BulkChange.objects.get().pk}/undo/")
    assert personas(three) == ["general", None, None]


def test_it_gives_a_behavioral_trigger_only_with_permission_and_counts_the_rest(signed_in, advisor, three):
    Client.objects.filter(pk__in=ids(three[:2])).update(permission="granted")
    BehavioralTag.objects.create(client_id=three[0].pk, trigger=trigger("avoidance"))
    value = trigger("volatility_fear")
    response = signed_in(advisor).post(
        "/clients/bulk/", {"client": ids(three), "change": f"behavioral_trigger:{value.pk}"}, follow=True
    )
    assert "2 clients changed. 1 skipped: permission is not granted." in response.content.decode()
    change = BulkChange.objects.get()
    assert change.value is None
    services.undo_change(change=change)
    assert list(BehavioralTag.objects.values_list("client_id", "trigger__code")) == [
        (three[0].pk, "avoidance")
    ]


def test_nothing_of_a_behavioral_trigger_outlives_the_permission(advisor, three):
    Client.objects.filter(pk__in=ids(three)).update(permission="granted")
    everyone = Client.objects.filter(pk__in=ids(three))
    change = services.change_many(
        clients=everyone, field="behavioral_trigger", value=trigger("avoidance").pk, by=advisor
    )
    Client.objects.filter(pk=three[0].pk).update(permission="withdrawn")
    kept = BulkBehavioralRow.objects.filter(change=change).values_list("tag_id", flat=True)
    assert set(kept) == set(ids(three[1:]))
    assert services.undo_change(change=change) == services.Undone(2, 1)


def test_it_asks_in_numbers_before_it_erases_behavioral_triggers(signed_in, advisor, three):
    Client.objects.filter(pk__in=ids(three)).update(permission="granted")
    BehavioralTag.objects.create(client_id=three[0].pk, trigger=trigger("avoidance"))
    browser = signed_in(advisor)
    form = {"client": ids(three), "change": "behavioral_trigger:clear"}
    assert "of 1 client will be erased" in browser.post("/clients/bulk/", form).content.decode()
    assert BehavioralTag.objects.exists()
    browser.post("/clients/bulk/", {**form, "sure": "1"})
    assert not BehavioralTag.objects.exists()


def test_it_hands_clients_to_another_lead_advisor_and_back(signed_in, operations, advisor, three):
    other = UserFactory(groups=["advisor"])
    alone = ClientFactory()
    TeamMember.objects.create(client=three[0], role_id=_role("associate"), user=advisor)
    form = {"client": ids([*three, alone]), "change": "advisor:", "advisor": other.email.upper()}
    signed_in(operations).post("/clients/bulk/", form)
    leads = TeamMember.objects.filter(role__code="lead_advisor")
    assert set(leads.values_list("user_id", flat=True)) == {other.pk}
    services.undo_change(change=BulkChange.objects.get())
    assert set(leads.values_list("client_id", "user_id")) == {(client.pk, advisor.pk) for client in three}
    assert TeamMember.objects.filter(role__code="associate").count() == 1


def _role(code: str) -> int:
    from clients.models import ServiceRole

    return ServiceRole.objects.get(code=code).pk


@pytest.mark.parametrize("change", ["", "persona:", "persona:999999", "password:1", "advisor:"])
def test_it_refuses_in_words_what_it_cannot_do(signed_in, advisor, three, change):
    response = signed_in(advisor).post(
        "/clients/bulk/", {"client": ids(three), "change": change}, follow=True
    )
    assert response.status_code == 200
    assert 'data-toast="late"' in response.content.decode()
    assert not BulkChange.objects.filter(changed__gt=0).exists()


def test_its_history_says_who_changed_many_at_once(signed_in, advisor, three):
    change = f"persona:{persona('general').pk}"
    signed_in(advisor).post("/clients/bulk/", {"client": ids(three), "change": change})
    # The test is one transaction: all it did was at one moment, the making of its clients too.
    (newest,) = [entry for entry in history_of(three[0]) if entry.who == advisor.display_name]
    assert newest.note == "with others, from the client list"
    assert [(each.label, each.before, each.after) for each in newest.changes] == [
        ("Persona", "nothing", "General")
    ]


def test_it_exports_the_selected_alone(signed_in, advisor, outsider, three):
    answer = signed_in(advisor).post("/clients/bulk/export/", {"client": ids(three[:2])})
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert len(lines) == 3
    assert three[2].external_id not in "".join(lines)
    others = signed_in(outsider).post("/clients/bulk/export/", {"client": ids(three)})
    assert len(b"".join(others.streaming_content).splitlines()) == 1
