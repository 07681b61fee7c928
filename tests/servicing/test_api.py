"""The API: who gets in, what a token sees, and that what is sent follows the rules of pages and files."""

from __future__ import annotations

import datetime as dt
import json
import threading
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client as Browser
from django.utils import timezone

from clients.models import (
    BehavioralTag,
    BehavioralTrigger,
    Client,
    ImportBatch,
    Revenue,
    ServiceRole,
    TeamMember,
    TimeEntry,
    Touch,
    User,
)
from servicing.api import tokens
from servicing.api.document import document, groups
from servicing.models import ApiToken, ApiTokenUse, Scope, ServiceTask, WebhookEvent
from tests.factories import ClientFactory, UserFactory

ALL = [scope.value for scope in Scope]
DAY = dt.date(2026, 3, 3)


class Caller:
    """Calls the API as another system does: no session, a token, JSON."""

    def __init__(self, user: User, *scopes: str, days: int = 30) -> None:
        self.user = user
        self.token, self.secret = tokens.make_token(
            name="Planner",
            scopes=scopes or ALL,
            acting_as=user,
            expires_at=timezone.now() + dt.timedelta(days=days),
            by=user,
        )
        self.browser = Browser(enforce_csrf_checks=True)

    def __call__(self, method: str, path: str, body: Any = None, *, key: str = "", **query: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.secret}"} | ({"Idempotency-Key": key} if key else {})
        sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return self.browser.generic(
            method,
            f"/api/v1{path}",
            sent.get("data", ""),
            sent.get("content_type", "application/octet-stream"),
            headers=headers,
            query_params=query,
        )


def wrong(response: Any) -> set[tuple[Any, str]]:
    return {(each.get("record"), each["field"]) for each in response.json()["errors"]}


@pytest.fixture
def boss(db: Any) -> User:
    return UserFactory(username="boss", groups=["operations", "administrator"])


@pytest.fixture
def advisor(db: Any) -> User:
    return UserFactory(username="ada", groups=["advisor"])


@pytest.fixture
def firm(boss: User) -> Caller:
    return Caller(boss)


def test_it_opens_to_a_live_token_alone(firm, boss):
    """A session opens nothing; a wrong, ended or expired token, or one of a person who left, is told so."""
    session = Browser()
    session.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    refused = session.get("/api/v1/clients")
    assert (refused.status_code, refused["Content-Type"]) == (401, "application/problem+json")
    assert refused["WWW-Authenticate"] == "Bearer"
    assert firm("GET", "/me").json()["acting_as"] == "boss"
    assert firm("GET", "/nowhere").status_code == 404
    assert firm("GET", "/nowhere")["Content-Type"] == "application/problem+json"
    assert firm.secret not in str(list(ApiToken.objects.values_list()))
    assert ApiTokenUse.objects.get(token=firm.token).last_used_at
    ApiToken.objects.filter(pk=firm.token.pk).update(
        made_at=timezone.now() - dt.timedelta(days=9), expires_at=timezone.now() - dt.timedelta(seconds=1)
    )
    assert firm("GET", "/me").status_code == 401
    other = Caller(boss)
    assert tokens.end_token(token=other.token, by=boss)
    assert other("GET", "/me").status_code == 401
    third = Caller(boss)
    User.objects.filter(pk=boss.pk).update(is_active=False)
    assert third("GET", "/me").status_code == 401


def test_it_slows_down_who_calls_too_often(firm, monkeypatch):
    cache.clear()
    monkeypatch.setattr("servicing.api.auth.A_MINUTE", 2)
    with time_machine.travel(timezone.now().replace(second=0), tick=False) as clock:
        with_token = [firm("GET", "/me").status_code for _call in range(3)]
        without = [Browser().get("/api/v1/me").status_code for _call in range(31)]
        assert (with_token, without[29:]) == ([200, 200, 429], [401, 429])
        assert firm("GET", "/me")["Retry-After"] == "60"
        clock.shift(60)
        assert firm("GET", "/me").status_code == 200
        assert Browser().get("/api/v1/me").status_code == 401


def test_it_gives_a_token_its_scopes_and_its_person_s_rights_and_no_more(advisor, boss):
    own, foreign = ClientFactory(lead=advisor), ClientFactory()
    task = ServiceTask.objects.create(
        client=foreign, title="Call", due_on=DAY, window_start=DAY, window_end=DAY
    )
    theirs = Caller(advisor)
    assert [each["id"] for each in theirs("GET", "/clients").json()["clients"]] == [own.pk]
    for path in ("", "/tags", "/permission", "/tier"):
        assert theirs("GET", f"/clients/{own.pk}{path}").status_code == 200, path
        assert theirs("GET", f"/clients/{foreign.pk}{path}").status_code == 404, path
    assert theirs("GET", "/tasks").json()["tasks"] == []
    assert theirs("POST", f"/tasks/{task.pk}/complete", {"outcome": "delivered"}).status_code == 404
    assert theirs("PATCH", f"/clients/{foreign.pk}/tags", {"persona": "physician"}).status_code == 404
    record = {"external_id": foreign.external_id, "name": "Taken"}
    assert wrong(theirs("PUT", "/clients", {"records": [record]})) == {(0, "external_id")}
    assert theirs("PUT", "/revenue", {"records": [{"external_id": own.external_id, "date": "2026-01-01",
                                                   "amount": "1"}]}).status_code == 403  # fmt: skip
    assert theirs("GET", "/tiers").status_code == 403
    once_mine = ServiceTask.objects.create(
        client=foreign, title="Call", due_on=DAY, window_start=DAY, window_end=DAY, assigned_to=advisor,
        status="done", closed_at=timezone.now() - dt.timedelta(days=1),
    )  # fmt: skip
    assert theirs("GET", f"/tasks/{once_mine.pk}").status_code == 404
    assert theirs("GET", "/tasks", state="any").json()["tasks"] == []
    reader = Caller(boss, "clients:read")
    assert reader("GET", "/clients").status_code == 200
    for method, path in (
        ("PUT", "/clients"), ("PUT", "/revenue"), ("PUT", "/touches"), ("PUT", "/time"), ("GET", "/tasks"),
        ("GET", "/tiers"), ("PATCH", f"/clients/{own.pk}/tags"), ("GET", f"/clients/{own.pk}/tier"),
    ):  # fmt: skip
        sent = {"records": [{}]} if method == "PUT" else {}
        assert reader(method, path, sent).status_code in (403, 422), path
    compliance = Caller(UserFactory(groups=["compliance"]))
    assert compliance("PATCH", f"/clients/{own.pk}/tags", {"persona": "physician"}).status_code == 403
    foreign.refresh_from_db()
    assert foreign.name != "Taken"
    assert foreign.persona is None


def test_it_shows_a_behavioral_trigger_only_by_scope_and_permission(firm, boss):
    client = ClientFactory(permission="granted")
    trigger = BehavioralTrigger.objects.get(code="avoidance")
    BehavioralTag.objects.create(client=client, trigger=trigger)
    plain = Caller(boss, "clients:read", "clients:write")
    for path in (f"/clients/{client.pk}", f"/clients/{client.pk}/tags"):
        assert firm("GET", path).json()["behavioral_trigger"] == "avoidance"
        assert "behavioral" not in plain("GET", path).content.decode()
    assert plain("GET", "/clients", behavioral="avoidance").status_code == 403
    assert plain("PATCH", f"/clients/{client.pk}/tags", {"behavioral_trigger": None}).status_code == 403
    record = {"external_id": client.external_id, "behavioral_trigger": "avoidance"}
    assert plain("PUT", "/clients", {"records": [record]}).status_code == 403
    without = ClientFactory()
    refused = firm("PATCH", f"/clients/{without.pk}/tags", {"behavioral_trigger": "avoidance"})
    assert (refused.status_code, wrong(refused)) == (409, {(None, "behavioral_trigger")})
    record["external_id"] = without.external_id
    assert firm("PUT", "/clients", {"records": [record]}).status_code == 422
    Client.objects.filter(pk=client.pk).update(permission="withdrawn")
    assert firm("GET", f"/clients/{client.pk}").json()["behavioral_trigger"] is None
    assert firm("GET", f"/clients/{client.pk}/permission").json()["state"] == "withdrawn"


def test_it_pages_through_all_clients_at_a_fixed_number_of_queries(
    firm, django_assert_num_queries, django_assert_max_num_queries
):
    ClientFactory.create_batch(30, lead=firm.user)
    Client.objects.filter(name__endswith="7").update(status="former")
    for size in (2, 30):
        with django_assert_num_queries(8):  # firm, token, person, rights, moment, words, clients, teams
            firm("GET", "/clients", limit=size)
    seen, cursor, moments = [], "", set()
    while cursor is not None:
        page = firm("GET", "/clients", limit=7, cursor=cursor).json()
        seen += [each["id"] for each in page["clients"]]
        cursor = page["next_cursor"]
        moments.add(page["as_of"])
    assert seen == sorted(Client.objects.values_list("pk", flat=True))
    assert len(moments) == 1
    with django_assert_max_num_queries(6):
        firm("GET", "/tasks")
    assert wrong(firm("GET", "/clients", persona="zebra")) == {(None, "persona")}
    assert wrong(firm("GET", "/clients", cursor="zzz")) == {(None, "cursor")}
    assert wrong(firm("GET", "/clients", limit="9999")) == {(None, "limit")}
    assert wrong(firm("GET", "/clients", updated_since="2026-01-01")) == {(None, "updated_since")}
    former = firm("GET", "/clients", status="former").json()["clients"]
    assert {each["status"] for each in former} == {"former"}
    assert len(former) == 3
    number = Client.objects.first().external_id
    assert len(firm("GET", "/clients", external_id=number).json()["clients"]) == 1


def test_it_takes_clients_by_the_rules_of_an_import(firm):
    records = [
        {"external_id": "N1", "name": "Okafor", "persona": "physician", "advisor": "boss",
         "assets_under_management": "1200000.50", "client_since": "2019-05-01", "permission": "granted",
         "behavioral_trigger": "avoidance"},
        {"external_id": "N2", "name": "=Lindqvist", "growth_potential": 5},
    ]  # fmt: skip
    first = firm("PUT", "/clients", {"records": records})
    assert first.json() == {"records": 2, "created": 2, "updated": 0, "unchanged": 0}
    again = firm("PUT", "/clients", {"records": records})
    assert again.json() == {"records": 2, "created": 0, "updated": 0, "unchanged": 2}
    assert ImportBatch.objects.count() == 1
    told = firm("GET", "/clients", external_id="N1").json()["clients"][0]
    assert told["lead_advisor"] == "boss"
    assert told["assets_under_management"] == "1200000.50"
    assert told["behavioral_trigger"] == "avoidance"
    assert Client.objects.get(external_id="N2").name == "=Lindqvist"
    cleared = firm("PUT", "/clients", {"records": [{"external_id": "N1", "persona": None}]})
    assert cleared.json()["updated"] == 1
    one = Client.objects.get(external_id="N1")
    assert (one.persona, one.name) == (None, "Okafor")
    session = Browser()
    session.force_login(firm.user, backend="django.contrib.auth.backends.ModelBackend")
    assert "through the API, by Planner" in session.get(f"/clients/{one.pk}/history/").content.decode()
    event = one.events.latest("pgh_id")
    assert (event.pgh_context.metadata["user"], event.pgh_context.metadata["connection"]) == (
        firm.user.pk,
        "Planner",
    )


def test_it_refuses_all_records_where_one_is_wrong_and_names_each_error(firm):
    client = ClientFactory()
    number = client.external_id
    refused = firm(
        "PUT",
        "/clients",
        {"records": [{"external_id": "N1", "name": "Good"}, {"external_id": "N2", "name": "B",
         "persona": "zebra", "growth_potential": 9}, {"external_id": "N3"}]},
    )  # fmt: skip
    assert refused.status_code == 422
    assert wrong(refused) == {(1, "persona"), (1, "growth_potential"), (2, "name")}
    assert not Client.objects.filter(external_id="N1").exists()
    typo = firm("PUT", "/clients", {"records": [{"external_id": number, "pesona": "physician"}]})
    assert wrong(typo) == {(0, "pesona")}
    row = {"external_id": number, "date": "2026-01-31", "amount": "10.00", "source": "p"}
    rows = [{**row, "source_id": str(n)} for n in range(1001)]
    assert firm("PUT", "/revenue", {"records": rows}).status_code == 413
    big = {
        "records": [{"external_id": number, "occurred_at": "2026-01-01", "kind": "call", "note": "x" * 4900}]
        * 600
    }
    assert firm("PUT", "/touches", big).status_code == 413
    assert firm("PUT", "/revenue", {"records": []}).status_code == 422
    assert wrong(firm("PUT", "/revenue", {"records": [{**rows[0], "external_id": "none"}]})) == {
        (0, "external_id")
    }
    garbage = firm.browser.put(
        "/api/v1/revenue",
        b"\xff{",
        content_type="application/json",
        headers={"Authorization": f"Bearer {firm.secret}"},
    )
    assert garbage.status_code == 400
    assert not Revenue.objects.exists()
    both = {"records": rows[:1000]}
    assert firm("PUT", "/revenue", both).json()["created"] == 1000
    assert firm("PUT", "/revenue", both).json()["unchanged"] == 1000


def test_it_takes_time_by_the_numbers_of_the_other_system(firm):
    client = ClientFactory(lead=firm.user)
    day = (timezone.localdate() - dt.timedelta(days=3)).isoformat()
    entry = {"external_id": client.external_id, "date": day, "minutes": 40, "by": "boss", "source": "clock"}
    sent = {"records": [{**entry, "source_id": "1"}, {**entry, "source_id": "2", "role": "planner"}]}
    assert firm("PUT", "/time", sent).json()["created"] == 2
    assert firm("PUT", "/time", sent).json()["unchanged"] == 2
    sent["records"][0]["minutes"] = 55
    assert firm("PUT", "/time", sent).json() == {"records": 2, "created": 0, "updated": 1, "unchanged": 1}
    stored = TimeEntry.objects.order_by("source_id").values_list("minutes", "role__code", "by__username")
    assert list(stored) == [(55, "lead_advisor", "boss"), (40, "planner", "boss")]
    assert wrong(firm("PUT", "/time", {"records": [{**entry, "source_id": "8", "minutes": 0}]})) == {
        (0, "minutes")
    }
    wrong_ones = [{"source_id": "3"}, {"source_id": "3"}, {"source_id": "4", "by": "nobody"},
                  {"source_id": "5", "external_id": "X"}, {"source_id": "6", "date": "2031-01-01"},
                  {"source_id": "7", "role": "zebra"}]  # fmt: skip
    refused = firm("PUT", "/time", {"records": [{**entry, **each} for each in wrong_ones]})
    assert wrong(refused) == {(1, "source_id"), (2, "by"), (3, "external_id"), (4, "date"), (5, "role")}
    assert TimeEntry.objects.count() == 2


def test_it_tags_all_or_nothing(firm):
    client = ClientFactory()
    sent = {"persona": "physician", "attention_constraint": "time_poverty"}
    assert firm("PATCH", f"/clients/{client.pk}/tags", sent).json()["persona"] == "physician"
    refused = firm("PATCH", f"/clients/{client.pk}/tags", {"persona": None, "complexity_driver": "zebra"})
    assert wrong(refused) == {(None, "complexity_driver")}
    assert "multi_entity_taxes" in refused.json()["errors"][0]["reason"]
    refused = firm(
        "PATCH", f"/clients/{client.pk}/tags", {"persona": None, "behavioral_trigger": "avoidance"}
    )
    assert refused.status_code == 409
    client.refresh_from_db()
    assert client.persona.code == "physician"


def test_it_completes_a_task_once_and_by_the_rules_of_the_page(firm):
    client = ClientFactory(lead=firm.user)
    task = ServiceTask.objects.create(
        client=client, title="Call about the plan", due_on=DAY, window_start=DAY, window_end=DAY,
        assigned_to=firm.user,
    )  # fmt: skip
    door = f"/tasks/{task.pk}"
    assert firm("POST", f"{door}/attempts", {"kind": "voicemail"}).status_code == 422  # without a key
    for _twice in range(2):
        told = firm("POST", f"{door}/attempts", {"kind": "voicemail", "minutes": 2}, key="a-1")
        assert told.json()["attempts"] == 1
    assert firm("POST", f"{door}/attempts", {"kind": "text"}, key="a-1").status_code == 409
    assert wrong(firm("POST", f"{door}/attempts", {"kind": "review_meeting"}, key="a-2")) == {(None, "kind")}
    tomorrow = (timezone.localdate() + dt.timedelta(days=2)).isoformat()
    refused = firm("POST", f"{door}/complete", {"outcome": "delivered", "on": tomorrow})
    assert wrong(refused) == {(None, "on")}
    assert wrong(firm("POST", f"{door}/complete", {"outcome": "lost"})) == {(None, "outcome")}
    for _twice in range(2):
        done = firm("POST", f"{door}/complete", {"outcome": "delivered", "minutes": 25}, key="c-1")
        assert (done.status_code, done.json()["status"]) == (200, "done")
    assert firm("POST", f"{door}/complete", {"outcome": "delivered"}).status_code == 409
    touches = Touch.objects.filter(client=client)
    assert sorted(touches.values_list("minutes", flat=True)) == [2, 25]
    assert {touch.by_id for touch in touches} == {firm.user.pk}
    assert firm("GET", "/tasks").json()["tasks"] == []
    closed = firm("GET", "/tasks", state="closed", external_id=client.external_id).json()["tasks"]
    assert [each["id"] for each in closed] == [task.pk]


def test_it_walks_tasks_by_due_date(firm):
    client = ClientFactory()
    days = [DAY + dt.timedelta(days=n % 3) for n in range(7)]
    ServiceTask.objects.bulk_create(
        ServiceTask(client=client, title=f"T{n}", due_on=day, window_start=day, window_end=day)
        for n, day in enumerate(days)
    )
    seen, cursor = [], ""
    while cursor is not None:
        page = firm("GET", "/tasks", limit=2, cursor=cursor).json()
        seen += [(each["due_on"], each["id"]) for each in page["tasks"]]
        cursor = page["next_cursor"]
    assert seen == sorted(seen)
    assert len(seen) == 7
    assert len(firm("GET", "/tasks", due_from="2026-03-04", due_to="2026-03-04").json()["tasks"]) == 2
    assert firm("GET", "/tasks", assigned_to="boss").json()["tasks"] == []
    assert len(firm("GET", "/tasks", assigned_to="none", state="late").json()["tasks"]) == 7


def test_its_document_says_what_every_operation_needs_and_answers(firm, boss):
    assert Browser().get("/api/v1/openapi.json").status_code == 401
    told = firm("GET", "/openapi.json").json()
    assert told["openapi"].startswith("3.")
    assert told == json.loads(json.dumps(document()))
    operations = [each for _group, found in groups() for each in found]
    assert len(operations) == sum(len(methods) for methods in told["paths"].values())
    known = {*ALL}
    for each in operations:
        assert each.title
        assert each.about
        assert set(each.scopes) <= known
        assert each.scopes or each.name == "me"
        assert each.answered, each.name
    session = Browser()
    session.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    assert session.get("/api/v1/openapi.json").status_code == 200
    page = session.get("/api/v1/reference/").content.decode()
    written = (Path(__file__).parents[2] / "docs/api.md").read_text()
    for each in operations:
        assert each.path in page
        assert f"`{each.method} {each.path}`" in written
    assert all(f"`{word}`" in written for word in (*ALL, *WebhookEvent.values))


@pytest.mark.django_db(transaction=True)
def test_who_asks_from_the_last_answer_on_misses_nothing_that_was_under_way(transactional_db):
    """A change is seen when its transaction ends, with the moment at which it began."""
    boss = UserFactory(groups=["operations"])
    call = Caller(boss)
    slow, quick = ClientFactory(), ClientFactory()
    began, may_end = threading.Event(), threading.Event()

    def change_slowly() -> None:
        try:
            with transaction.atomic():
                Client.objects.filter(pk=slow.pk).update(name="Changed slowly")
                began.set()
                may_end.wait(20)
        finally:
            connection.close()

    writer = threading.Thread(target=change_slowly)
    writer.start()
    assert began.wait(20)
    Client.objects.filter(pk=quick.pk).update(name="Changed quickly")
    early = (timezone.now() - dt.timedelta(minutes=1)).isoformat()
    first = call("GET", "/clients", updated_since=early).json()
    assert "Changed quickly" in [each["name"] for each in first["clients"]]
    assert "Changed slowly" not in [each["name"] for each in first["clients"]]
    may_end.set()
    writer.join()
    second = call("GET", "/clients", updated_since=first["as_of"]).json()
    assert "Changed slowly" in [each["name"] for each in second["clients"]]
    later = (timezone.now() + dt.timedelta(seconds=1)).isoformat()
    assert call("GET", "/clients", updated_since=later).json()["clients"] == []
    role = ServiceRole.objects.get(code="associate")
    moment = timezone.now().isoformat()
    TeamMember.objects.create(client=quick, role=role, user=boss)
    found = call("GET", "/clients", updated_since=moment).json()["clients"]
    assert [each["id"] for each in found] == [quick.pk]
