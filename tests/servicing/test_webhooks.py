"""Webhooks: nothing that changed is passed by, and messages arrive at least once, at the open internet."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import ipaddress
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.models import BehavioralTag, BehavioralTrigger, Client, Notice, Persona, Tier, User
from clients.permission.answers import record_answer
from servicing.models import (
    DeliveryState,
    ServiceTask,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
    WebhookReader,
)
from servicing.webhooks import addresses, posting, sending, services
from servicing.webhooks.forms import EndpointForm
from servicing.webhooks.reading import read_changes
from servicing.work.services import complete
from tests.factories import ClientFactory, UserFactory
from tiers.models import TierAssignment

DAY = dt.date(2026, 3, 3)
EVERYTHING = [event.value for event in WebhookEvent]


class Listener:
    """A real server of another system; `answers` are what it does next: a status, `hang up` or `wait`."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.answers: list[Any] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.raw = body
                listener.got.append((dict(self.headers), json.loads(body)))
                answer = listener.answers.pop(0) if listener.answers else 200
                if answer == "hang up":
                    self.connection.close()
                    return
                if answer == "wait":
                    time.sleep(1.5)
                    return
                self.send_response(answer)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook?for=crm"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for _headers, body in self.got for event in body["events"]]


@pytest.fixture
def listener(settings: Any) -> Iterator[Listener]:
    settings.DEBUG = True  # a developer's machine may be told
    found = Listener()
    yield found
    found.server.shutdown()


@pytest.fixture
def boss(db: Any) -> User:
    return UserFactory(groups=["operations", "administrator"])


def listening(boss: User, url: str, *topics: str) -> WebhookEndpoint:
    endpoint, _secret = services.make_endpoint(name="Planner", url=url, topics=topics or EVERYTHING, by=boss)
    return endpoint


def delivery(endpoint: WebhookEndpoint, **more: Any) -> WebhookDelivery:
    return WebhookDelivery.objects.create(endpoint=endpoint, events=[{"id": "x:1", "type": "x"}], **more)


def told(kind: str) -> list[dict[str, Any]]:
    """The events of a kind that were written down, in their order."""
    events = [event for row in WebhookDelivery.objects.order_by("pk") for event in row.events]
    return [event["data"] for event in events if event["type"] == kind]


def when_others_ended() -> None:
    """A reading waits for whatever is under way in the database, be it a vacuum of tables just filled."""
    until = time.monotonic() + 60
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND (backend_xid IS NOT NULL OR backend_type LIKE 'autovacuum%')"
            )
            if not cursor.fetchone()[0]:
                return
            assert time.monotonic() < until, "a transaction beside the test goes on for a minute"
            time.sleep(0.05)


@pytest.mark.django_db(transaction=True)
def test_it_tells_what_happened_and_never_a_name_or_a_behavioral_trigger(transactional_db):
    boss = UserFactory(groups=["operations", "administrator"])
    listening(boss, "https://example.com/")
    assert read_changes() == 0
    client = ClientFactory(name="Okafor household", external_id="N-1", lead=boss)
    about = {"id": client.pk, "external_id": "N-1"}
    Client.objects.filter(pk=client.pk).update(
        persona=Persona.objects.get(code="physician"), email="ada@okafor.example"
    )
    record_answer(client=client, answer="granted", by=boss, on=DAY, how="phone")
    BehavioralTag.objects.create(client=client, trigger=BehavioralTrigger.objects.get(code="avoidance"))
    record_answer(client=client, answer="withdrawn", by=boss, on=DAY, how="phone")
    first, second = Tier.objects.order_by("position")[:2]
    began = {"client": client, "serviced_from": DAY, "starts_on": DAY, "source": "run"}
    had = TierAssignment.objects.create(tier=second, **began)
    TierAssignment.objects.filter(pk=had.pk).update(ends_on=DAY)
    now = TierAssignment.objects.create(tier=first, **began)
    now.delete()
    TierAssignment.objects.filter(pk=had.pk).update(ends_on=None)
    task = ServiceTask.objects.create(
        client=client, title="Call Okafor", due_on=DAY, window_start=DAY, window_end=DAY, assigned_to=boss
    )
    complete(task=task, by=boss, outcome="delivered", minutes=5)
    gone = ClientFactory(external_id="N-2")
    gone.delete()
    when_others_ended()
    assert read_changes() == 1
    assert told("client.created")[0] == {"client": about}
    assert {"client": about, "fields": ["email", "persona"]} in told("client.updated")
    assert told("permission.granted") == [{"client": about}]
    assert told("permission.ended") == [{"client": about, "permission": "withdrawn"}]
    assert [(each["from"], each["to"]) for each in told("client.tier_changed")] == [
        (None, second.code), (second.code, first.code), (first.code, second.code),
    ]  # fmt: skip
    assert [each["task"] for each in told("task.created")] == [task.pk]
    assert [(each["task"], each["status"]) for each in told("task.completed")] == [(task.pk, "done")]
    assert told("client.removed") == [{"client": {"id": gone.pk or told("client.removed")[0]["client"]["id"],
                                                 "external_id": "N-2"}}]  # fmt: skip
    text = json.dumps([row.events for row in WebhookDelivery.objects.all()])
    for private in ("Okafor", "avoidance", "ada@", "behavioral"):
        assert private not in text
    assert read_changes() == 0


@pytest.mark.django_db(transaction=True)
def test_it_passes_nothing_by_that_was_under_way_and_costs_nothing_where_nobody_listens(
    transactional_db, django_assert_num_queries
):
    boss = UserFactory(groups=["operations"])
    ClientFactory.create_batch(3)
    with django_assert_num_queries(5):  # begin, the lock, who listens, the place forgotten, commit
        assert read_changes() == 0
    assert not WebhookReader.objects.exists()
    endpoint = listening(boss, "https://example.com/", "client.updated")
    slow, quick = ClientFactory(), ClientFactory()
    began, may_end = threading.Event(), threading.Event()

    def change_slowly() -> None:
        try:
            with transaction.atomic():
                Client.objects.filter(pk=slow.pk).update(phone="1")
                began.set()
                may_end.wait(20)
                with transaction.atomic():  # a part of it with a number of its own
                    Client.objects.filter(pk=slow.pk).update(email="a@b.example")
        finally:
            connection.close()

    writer = threading.Thread(target=change_slowly)
    writer.start()
    assert began.wait(20)
    for number in range(3):
        Client.objects.filter(pk=quick.pk).update(phone=str(number))
        read_changes()
    may_end.set()
    writer.join()
    when_others_ended()
    for _again in range(3):
        read_changes()
    found = [(each["client"]["id"], each["fields"]) for each in told("client.updated")]
    assert sorted(found, key=str) == sorted(
        [(slow.pk, ["phone"]), (slow.pk, ["email"]), *[(quick.pk, ["phone"])] * 3], key=str
    )
    with transaction.atomic():
        Client.objects.filter(pk=quick.pk).update(phone="9")
        transaction.set_rollback(True)
    when_others_ended()
    read_changes()
    assert len(told("client.updated")) == 5
    services.change_endpoint(
        endpoint=endpoint, name="P", url=endpoint.url, topics=["client.updated"], is_on=False
    )
    Client.objects.filter(pk=quick.pk).update(phone="10")
    assert read_changes() == 0
    assert not WebhookReader.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_it_tells_of_a_mass_change_in_one_statement(transactional_db, django_assert_num_queries):
    boss = UserFactory(groups=["operations"])
    listening(boss, "https://example.com/", "client.created", "client.updated")
    other = listening(boss, "https://example.org/", "client.updated")
    Client.objects.bulk_create(Client(external_id=f"M{n}", name=f"M {n}") for n in range(1010))
    when_others_ended()
    with django_assert_num_queries(9):  # the last but two writes all messages
        assert read_changes() == 11
    Client.objects.update(phone="1")
    when_others_ended()
    assert read_changes() == 22
    sizes = [len(row.events) for row in WebhookDelivery.objects.filter(endpoint=other)]
    assert sorted(sizes) == [10, *[100] * 10]
    ids = [event["id"] for row in WebhookDelivery.objects.filter(endpoint=other) for event in row.events]
    assert len(set(ids)) == 1010


def test_it_signs_each_message_as_standard_webhooks_has_it(boss, listener):
    endpoint, secret = services.make_endpoint(name="P", url=listener.url, topics=EVERYTHING, by=boss)
    sent = delivery(endpoint)
    assert sending.deliver(endpoint.pk) == 1
    headers, body = listener.got[0]
    signed = f"{headers['Webhook-Id']}.{headers['Webhook-Timestamp']}.".encode() + listener.raw
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["Webhook-Signature"] == f"v1,{expected}"
    assert headers["Webhook-Id"] == f"msg_{sent.pk}"
    assert body == {"events": [{"id": "x:1", "type": "x"}]}
    assert secret not in str(WebhookEndpoint.objects.values().get())
    another = services.new_secret(endpoint=endpoint)
    assert another != secret
    sent.refresh_from_db()
    assert (sent.state, sent.attempts, sent.status) == (DeliveryState.DELIVERED, 1, 200)


def test_it_delivers_at_least_once_whatever_breaks_in_between(boss, listener, monkeypatch):
    """The other side hangs up, fails, is silent or leads elsewhere; the worker dies after sending."""
    monkeypatch.setattr(posting, "SECONDS", 0.5)
    endpoint = listening(boss, listener.url)
    sent = delivery(endpoint)
    listener.answers = ["hang up", 500, "wait", 302, 200]
    for tries in range(1, 5):
        assert sending.deliver(endpoint.pk) == 0
        sent.refresh_from_db()
        assert (sent.state, sent.attempts) == (DeliveryState.WAITING, tries)
        assert sent.due_at > timezone.now()
        assert sending.deliver(endpoint.pk) == 0  # not before its time
        WebhookDelivery.objects.update(due_at=timezone.now())
        WebhookEndpoint.objects.update(resting_until=None)
    noted = sending._note_taken

    def die(*_: Any) -> None:
        raise SystemExit

    monkeypatch.setattr(sending, "_note_taken", die)
    with pytest.raises(SystemExit):
        sending.deliver(endpoint.pk)
    monkeypatch.setattr(sending, "_note_taken", noted)
    assert sending.deliver(endpoint.pk) == 1
    assert len(listener.got) == 6
    assert {event["id"] for event in listener.events} == {"x:1"}
    assert sending.deliver(endpoint.pk) == 0
    endpoint.refresh_from_db()
    assert (endpoint.failing_since, endpoint.busy_until) == (None, None)


def test_one_that_does_not_answer_holds_nobody_up(boss, listener, monkeypatch):
    """It rests after one try, a second worker leaves it alone, and the others get theirs."""
    monkeypatch.setattr(posting, "SECONDS", 0.3)
    silent, lively = listening(boss, listener.url), listening(boss, listener.url + "&b")
    waiting = [delivery(silent), delivery(silent), delivery(lively)]
    listener.answers = ["wait"]
    sent: list[int] = []
    monkeypatch.setattr(sending, "send_task", lambda _name, *args: sent.extend(args))
    assert sending.sweep()["endpoints"] == 2
    assert sent == [silent.pk, lively.pk]
    assert [sending.deliver(pk) for pk in sent] == [0, 1]
    assert len(listener.got) == 2
    assert sending.due_endpoints() == []
    WebhookEndpoint.objects.update(busy_until=timezone.now() + sending.CLAIM, resting_until=None)
    assert sending.deliver(silent.pk) == 0
    WebhookEndpoint.objects.update(busy_until=timezone.now() - dt.timedelta(seconds=1))  # its worker died
    listener.answers = [400]  # it does not want this one; the next may be welcome
    WebhookDelivery.objects.update(due_at=timezone.now())
    assert sending.deliver(silent.pk) == 1
    states = list(WebhookDelivery.objects.order_by("pk").values_list("state", flat=True))
    assert sorted(states[:2]) == ["delivered", "waiting"]
    assert len(waiting) == 3


def test_it_says_what_fails_and_pauses_after_five_days(boss, listener):
    endpoint = listening(boss, listener.url)
    now = timezone.now()
    old = delivery(endpoint, first_tried_at=now - dt.timedelta(hours=23), attempts=7)
    listener.answers = [503] * 5
    WebhookEndpoint.objects.update(failing_since=now - dt.timedelta(days=2))
    sending.deliver(endpoint.pk)
    old.refresh_from_db()
    assert (old.state, old.status) == (DeliveryState.GIVEN_UP, 503)
    assert "fails" in Notice.objects.get(user=boss).text
    delivery(endpoint)
    WebhookEndpoint.objects.update(failing_since=now - dt.timedelta(days=5), resting_until=None)
    sending.deliver(endpoint.pk)
    endpoint.refresh_from_db()
    assert endpoint.paused_at
    assert Notice.objects.filter(user=boss).count() == 2
    assert sending.due_endpoints() == []
    door = Browser()
    door.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    listener.answers = []
    assert "Paused" in door.get(reverse("servicing:webhook", args=[endpoint.pk])).content.decode()
    door.post(reverse("servicing:webhook_step", args=[endpoint.pk, "resume"]))
    door.post(reverse("servicing:send_again", args=[endpoint.pk, old.pk]))
    door.post(reverse("servicing:webhook_step", args=[endpoint.pk, "try"]))
    WebhookDelivery.objects.update(due_at=now)
    assert sending.deliver(endpoint.pk) == 3
    WebhookDelivery.objects.update(made_at=now - dt.timedelta(days=31))
    assert services.forget_old() == 3


def test_administrators_see_who_added_what_was_taken_last_and_switch_it_off_at_once(boss, listener):
    endpoint = listening(boss, listener.url)
    door = Browser()
    door.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    page = reverse("servicing:connections")
    shown = door.get(page).content.decode()
    assert f"added by {boss.display_name}" in shown
    assert "nothing yet" in shown
    delivery(endpoint)
    assert sending.deliver(endpoint.pk) == 1
    assert "nothing yet" not in door.get(page).content.decode()
    delivery(endpoint)
    door.post(reverse("servicing:webhook_step", args=[endpoint.pk, "off"]))
    assert sending.deliver(endpoint.pk) == 0
    assert len(listener.got) == 1
    assert "Switch on" in door.get(page).content.decode()
    door.post(reverse("servicing:webhook_step", args=[endpoint.pk, "on"]))
    assert sending.deliver(endpoint.pk) == 1
    ann = Browser()
    ann.force_login(UserFactory(groups=["operations"]), backend="django.contrib.auth.backends.ModelBackend")
    assert ann.post(reverse("servicing:webhook_step", args=[endpoint.pk, "off"])).status_code == 403


REFUSED = (
    "http://example.com/",
    "ftp://example.com/",
    "https://user:pass@93.184.216.34/",
    "https://127.0.0.1/",
    "https://localhost/",
    "https://[::1]/",
    "https://10.1.2.3/",
    "https://192.168.0.9:8443/",
    "https://169.254.169.254/latest",
    "https://[fe80::1]/",
    "https://[fd00::1]/",
    "https://0.0.0.0/",
    "https://[::ffff:10.0.0.1]/",
    "https://[64:ff9b::a00:1]/",
    "https://2130706433/",
    "https://100.64.0.1/",
    "https://no-such-host.invalid/",
    "https://",
    "no address",
    "https://93.184.216.34/#part",
    "https://[bad",
    "https://93.184.216.34:99999/",
)


def test_it_refuses_addresses_that_are_not_of_the_open_internet(boss, settings):
    settings.DEBUG = False
    door = Browser()
    door.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    for url in REFUSED:
        form = EndpointForm({"name": "P", "url": url, "topics": ["client.created"]})
        assert not form.is_valid(), url
        assert list(form.errors) == ["url"], url
    sent = {"name": "P", "url": REFUSED[0], "topics": ["client.created"]}
    assert door.post(reverse("servicing:new_webhook"), sent).status_code == 422
    assert not WebhookEndpoint.objects.exists()


def test_it_looks_again_where_a_message_goes(boss, listener, settings, monkeypatch):
    """A host may have become another machine since it was saved."""
    endpoint = listening(boss, listener.url)
    settings.DEBUG = False
    delivery(endpoint)
    assert sending.deliver(endpoint.pk) == 0
    assert listener.got == []
    assert "https://" in WebhookDelivery.objects.get().error
    assert addresses.may_be_called(ipaddress.ip_address("93.184.216.34"))
    monkeypatch.setattr(
        addresses.socket,
        "getaddrinfo",
        lambda *_a, **_k: [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.7", 443))],
    )
    with pytest.raises(addresses.AddressRefused):
        addresses.machines_of(addresses.parsed("https://two-faced.example/"))


def test_an_administrator_makes_and_ends_what_connects(boss, listener):
    door = Browser()
    door.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    sent = {"name": "Portfolio", "acting_as": boss.pk, "scopes": ["clients:read"], "days": "90"}
    shown = door.post(reverse("servicing:new_token"), sent)
    secret = shown.context["secret"]
    assert secret in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    headers = {"Authorization": f"Bearer {secret}"}
    assert Browser().get("/api/v1/me", headers=headers).status_code == 200
    page = door.get(reverse("servicing:connections")).content.decode()
    assert "Portfolio" in page
    assert secret not in page
    token = shown.context["token"]
    door.post(reverse("servicing:end_token", args=[token.pk]))
    assert Browser().get("/api/v1/me", headers=headers).status_code == 401
    labels = list(token.events.order_by("pgh_id").values_list("pgh_label", "pgh_context__metadata__user"))
    assert labels == [("insert", boss.pk), ("update", boss.pk)]
    assert door.post(reverse("servicing:new_token"), {"name": "x"}).status_code == 422
    hook = {"name": "Planner", "url": listener.url, "topics": ["client.created"]}
    made = door.post(reverse("servicing:new_webhook"), hook)
    endpoint = WebhookEndpoint.objects.get()
    assert made.context["secret"] == posting.secret_of(endpoint.secret_salt)
    door.post(reverse("servicing:webhook_step", args=[endpoint.pk, "secret"]))
    salt, endpoint.secret_salt = endpoint.secret_salt, ""
    endpoint.refresh_from_db()
    assert endpoint.secret_salt != salt
    changed = {**hook, "name": "Other"}
    assert door.post(reverse("servicing:edit_webhook", args=[endpoint.pk]), changed).status_code == 302
    endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.is_on) == ("Other", False)
