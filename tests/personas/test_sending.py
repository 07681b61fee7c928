"""E-mails that go out by themselves: to whom, with which words, once, and what becomes of the others."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.contact import opt_out
from clients.firm import firm_today
from clients.models import (
    ChannelOptOut,
    Client,
    Firm,
    HowOptedOut,
    Member,
    Notice,
    Persona,
    TeamMember,
    Touch,
    User,
)
from personas.models import (
    BulkMessage,
    Message,
    MessageState,
    ScriptUse,
    ScriptVersion,
    SendingSettings,
    SequenceStep,
    Situation,
    Topic,
)
from personas.scripts import services as scripts
from personas.sending import many, queue
from segmentation_crm.celery import app
from segmentation_crm.embedded.processes import wait_until
from servicing.models import ServiceItem, ServiceKind, ServiceTask, TaskStatus
from servicing.sending.due import due_mails
from servicing.sending.sweep import send_due
from tests.factories import ClientFactory, UserFactory
from tests.live_worker import LiveWorker, unacknowledged
from tests.personas.mail_sink import Sink, running
from tests.test_scorer_beside_planner import start, waiting

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    with running() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.PUBLIC_URL = "https://crm.example"
        yield server


def ready_to_send() -> None:
    Firm.objects.update(name="Harbor & Pine", postal_address="1 Pier Road\nPortland, ME 04101")
    SendingSettings.objects.update(switched_on=True, sender_address="post@firm.example", rate_per_minute=600)


@pytest.fixture
def firm(sink: Sink, db: None) -> Sink:
    ready_to_send()
    return sink


def owed(client: Client | None = None, *, due: dt.date | None = None, **more: Any) -> ServiceTask:
    """An automated update that is due."""
    if client is None:
        client = ClientFactory(**({"email": f"c{Client.objects.count()}@home.example"} | more))
    day = due or firm_today()
    kind = ServiceKind.objects.get(code="automated_update")
    item = ServiceItem.objects.filter(kind=kind).first()
    return ServiceTask.objects.create(
        client=client,
        kind=kind,
        item=item,
        due_on=day,
        window_start=day - 14 * DAY,
        window_end=day + 14 * DAY,
        automated=True,
        channel="email",
    )


def troubles() -> list[str]:
    return [mail.trouble for batch in due_mails(firm_today()) for mail in batch]


def status(task: ServiceTask) -> str:
    return ServiceTask.objects.get(pk=task.pk).status


# --- What is sent ------------------------------------------------------------------------------------------


def test_a_due_update_goes_once_whole_with_a_way_out_and_completes_its_task(firm):
    grace = UserFactory(first_name="Grace", last_name="Marin")
    client = ClientFactory(email="ada@home.example", lead=grace)
    Member.objects.create(client=client, name="Ada Okafor")
    task, later = owed(client), owed(due=firm_today() + DAY)
    counts = send_due()
    assert (counts["queued"], counts["sent"], counts["completed"]) == (1, 1, 1)
    (mail,) = firm.taken
    message = Message.objects.get()
    assert (mail["To"], mail["From"]) == ("ada@home.example", "Harbor & Pine <post@firm.example>")
    assert mail["Message-ID"] == message.message_id
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip() == f"<{message.unsubscribe_url}>"
    assert message.unsubscribe_url.startswith("https://crm.example/personas/messages/unsubscribe/")
    text = mail.get_content()
    assert text.replace("\r\n", "\n").strip() == message.text.strip()
    for said in ("Dear Ada,", "1 Pier Road", "Portland, ME", message.unsubscribe_url):
        assert said in text, said
    assert message.state == MessageState.SENT
    assert (status(task), status(later)) == (TaskStatus.DONE, TaskStatus.PLANNED)
    touch = Touch.objects.get(tasks=task)
    assert (touch.kind.code, touch.outcome, touch.by) == ("automated_email", "reached", None)
    use = ScriptUse.objects.get()
    assert (use.client, use.version, use.service_task, use.by) == (client, message.version, task.pk, None)
    assert "completed" in counts
    assert send_due()["queued"] == 0
    assert len(firm.taken) == 1
    for change in ({"text": "Other"}, {"state": "queued"}, {"recipient": "b@home.example"}):
        with pytest.raises(DatabaseError, match="stays as it was made"), transaction.atomic():
            Message.objects.update(**change)
    with pytest.raises(DatabaseError, match="kept for five years"), transaction.atomic():
        Message.objects.all().delete()


def test_nothing_goes_without_switch_sender_postal_address_and_server(sink, settings, client):
    task = owed()
    olga = UserFactory(groups=["operations"])
    client.force_login(olga)

    def page() -> str:
        return client.get(reverse("servicing:sending")).content.decode()

    assert "Sending is switched off" in page()
    assert "sender&#x27;s address" in page()
    assert "postal address is missing" in page()
    SendingSettings.objects.update(switched_on=True, sender_address="post@firm.example")
    assert "queued" not in send_due()
    Firm.objects.update(name="Harbor & Pine", postal_address="1 Pier Road")
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert "No mail server" in page()
    assert "queued" not in send_due()
    assert (status(task), Message.objects.count(), sink.taken) == (TaskStatus.PLANNED, 0, [])
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    html = page()
    assert "Nothing is sent now" not in html
    assert task.client.email in html  # the dry run stores nothing
    assert Message.objects.count() == 0


def test_each_that_may_not_go_is_named_with_its_reason(firm, client):
    no_address = owed(email="")
    out = owed(email="out@home.example")
    opt_out(client=out.client, channels=["email"], how=HowOptedOut.PHONE, by=None)
    twin = owed(email="OUT@home.example ".strip())  # the same address in another household
    by_member = owed(email="")
    Member.objects.create(client=by_member.client, name="Ada", email="ada@home.example")
    paused = owed()
    Client.objects.filter(pk=paused.client_id).update(status="paused")
    snoozed = owed()
    ServiceTask.objects.filter(pk=snoozed.pk).update(snoozed_until=firm_today() + DAY)
    found = {mail.task_id: mail.trouble for batch in due_mails(firm_today()) for mail in batch}
    assert found == {
        no_address.pk: "There is no e-mail address.",
        out.pk: "The client wants no e-mails.",
        twin.pk: "The client wants no e-mails.",
        by_member.pk: "",
    }
    assert send_due()["sent"] == 1
    assert firm.to() == ["ada@home.example"]
    Firm.objects.update(name="")  # a field without a value
    owed()
    assert "{firm} has no value: name the firm in admin." in " ".join(troubles())
    ScriptVersion.objects.filter(state="approved").update(state="replaced")  # nothing approved is left
    assert set(troubles()) == {"No approved e-mail script fits this client."}
    client.force_login(UserFactory(groups=["operations"]))
    assert client.get(reverse("servicing:sending_preview", args=[no_address.pk, 0])).status_code == 200


def test_an_unapproved_script_stops_after_25_clients_and_goes_on_when_a_person_approved_it(firm):
    version = ScriptVersion.objects.get(script__code="update-everyone")
    ScriptUse.objects.bulk_create(
        ScriptUse(script_id=version.script_id, version=version, client=client)
        for client in ClientFactory.create_batch(24)
    )
    for _number in range(3):
        owed()
    assert send_due()["sent"] == 1
    assert [trouble[:34] for trouble in troubles()] == ["The script reached 25 clients in 3"] * 2
    assert send_due().get("sent", 0) == 0
    checker = UserFactory(groups=["compliance"])
    number = scripts.approve_shipped(by=checker, situation="update", review_on=firm_today() + 90 * DAY)
    assert number == 6
    assert send_due()["sent"] == 2
    assert len(set(firm.to())) == 3


def test_a_sequence_sends_its_steps_on_their_days_and_the_last_completes_the_task(firm):
    check_in, update = Situation.objects.get(code="check_in"), Situation.objects.get(code="update")
    writer, checker = UserFactory(groups=["advisor"]), UserFactory(groups=["compliance"])
    version = scripts.new_script(
        by=writer,
        content={
            "title": "n",
            "situation": check_in,
            "channel": "email",
            "subject": "Still well?",
            "body": "Yes?",
        },
    )
    scripts.submit(version=version, by=writer)
    scripts.approve(version=version, by=checker, review_on=firm_today() + 90 * DAY)
    SequenceStep.objects.create(service="automated_update", day=0, situation=update)
    SequenceStep.objects.create(service="automated_update", day=7, situation=check_in)
    task = owed()
    assert send_due()["sent"] == 1
    assert status(task) == TaskStatus.PLANNED
    assert send_due()["queued"] == 0
    with time_machine.travel(timezone.now() + 7 * DAY):
        assert send_due()["sent"] == 1
        assert send_due().get("sent", 0) == 0
    assert firm.taken[1]["Subject"] == "Still well?"
    assert status(task) == TaskStatus.DONE


def test_the_rate_holds_over_sweeps(firm):
    SendingSettings.objects.update(rate_per_minute=2)
    for _number in range(5):
        owed()
    assert send_due()["sent"] == 2
    assert "sent" not in send_due()
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=61)):
        assert send_due()["sent"] == 2


# --- What does not arrive ----------------------------------------------------------------------------------


def test_a_refusal_for_now_is_tried_again_with_longer_waits_then_shown_and_told(firm, client):
    olga = UserFactory(groups=["operations"])
    task = owed()
    firm.on_recipient = lambda line: "451 later"
    now, waits = timezone.now(), []
    with time_machine.travel(now, tick=False) as clock:
        for attempt in range(5):
            counts = send_due()
            assert counts.get("later", 0) + counts.get("failed", 0) == 1, attempt
            assert "sent" not in send_due()  # not before its time
            message = Message.objects.get()
            if message.state == MessageState.QUEUED:
                waits.append(round((message.next_try_at - timezone.now()).total_seconds() / 60))
                clock.move_to(message.next_try_at + dt.timedelta(seconds=1))
        assert waits == [5, 20, 80, 320]
        assert (message.state, message.error, message.attempts) == (MessageState.FAILED, "SMTP 451", 5)
        assert "sent" not in send_due()
        assert status(task) == TaskStatus.PLANNED
        told = Notice.objects.get(user=olga)
        assert told.text == "1 e-mail to a client waits for your decision."
        client.force_login(olga)
        assert "SMTP 451" in client.get(told.url).content.decode()
        firm.on_recipient = lambda line: "250 fine"
        client.post(reverse("servicing:sending_decide", args=[message.pk]), {"what": "again"})
        assert send_due()["sent"] == 1
    assert status(task) == TaskStatus.DONE
    assert firm.to() == [task.client.email]


def test_a_refused_address_fails_at_once_and_is_written_anew_to_the_right_one(firm):
    task = owed(email="typo@home.example")
    firm.on_recipient = lambda line: "550 nobody" if "typo" in line else "250 fine"
    assert send_due()["failed"] == 1
    message = Message.objects.get()
    assert (message.state, message.error, message.refused) == (MessageState.FAILED, "SMTP 550", True)
    Client.objects.filter(pk=task.client_id).update(email="right@home.example")
    queue.decide(message=message, what=queue.WRITE_ANEW, by=UserFactory())
    assert send_due()["sent"] == 1
    assert firm.to() == ["right@home.example"]


def test_nothing_more_goes_to_an_address_that_the_server_refuses_until_somebody_says_so(firm, client):
    lead = UserFactory(groups=["advisor"])
    ada = ClientFactory(email="gone@home.example", lead=lead)
    owed(ada)
    firm.on_recipient = lambda line: "550 nobody"
    assert send_due()["failed"] == 1
    firm.on_recipient = lambda line: "250 fine"
    ServiceTask.objects.all().delete()
    owed(ada)
    assert "sent" not in send_due()
    assert troubles() == ["The mail server refuses the address. Correct it on the client's page."]
    ben = Member.objects.create(client=ada, name="Ben", email="ben@home.example")
    assert send_due()["sent"] == 1  # to the next person of the household
    ben.delete()
    ServiceTask.objects.all().delete()
    owed(ada)
    client.force_login(lead)
    tab = reverse("clients:tab", args=[ada.pk, "conversation"])
    assert (
        "The mail server refuses <strong>gone@home.example</strong> (SMTP 550"
        in client.get(tab).content.decode()
    )
    refused = Message.objects.get(refused=True)
    client.post(reverse("personas:try_address", args=[refused.pk]))
    assert "refuses" not in client.get(tab).content.decode()
    assert send_due()["sent"] == 1
    assert firm.to() == ["ben@home.example", "gone@home.example"]


def test_a_server_that_hangs_up_over_a_message_leaves_it_to_a_person(firm):
    task = owed()
    firm.after_data = lambda mail: None
    assert send_due()["unclear"] == 1
    firm.after_data = lambda mail: "250 taken"
    assert "sent" not in send_due()
    message = Message.objects.get()
    assert (message.state, message.error) == (MessageState.UNCLEAR, "SMTPServerDisconnected")
    with pytest.raises(queue.MessageRefused):
        queue.decide(message=message, what=queue.WRITE_ANEW, by=UserFactory())
    queue.decide(message=message, what=queue.WAS_SENT, by=UserFactory())
    assert send_due()["completed"] == 1
    assert (status(task), len(firm.taken)) == (TaskStatus.DONE, 1)


def test_a_server_that_is_away_costs_nothing_but_time(firm, settings):
    owed()
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    counts = send_due()
    assert (counts["away"], counts["queued"]) == (1, 1)
    message = Message.objects.get()
    assert (message.state, message.attempts, ScriptUse.objects.count()) == (MessageState.QUEUED, 0, 0)
    settings.EMAIL_PORT = port
    assert send_due()["sent"] == 1


def test_what_must_not_go_any_more_is_taken_out_of_the_queue(firm, settings):
    out, done, fine = owed(), owed(), owed()
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    send_due()
    assert Message.objects.filter(state=MessageState.QUEUED).count() == 3
    opt_out(client=out.client, channels=["email"], how=HowOptedOut.PHONE, by=None)
    ServiceTask.objects.filter(pk=done.pk).update(status=TaskStatus.DONE, closed_at=timezone.now())
    settings.EMAIL_PORT = port
    assert send_due()["sent"] == 1
    assert firm.to() == [fine.client.email]
    assert Message.objects.count() == 1


# --- The way out -------------------------------------------------------------------------------------------


def test_the_link_works_without_an_account_and_only_a_post_counts(firm):
    task = owed()
    send_due()
    message = Message.objects.get()
    address = message.unsubscribe_url.removeprefix("https://crm.example")
    browser = Browser(enforce_csrf_checks=True)
    page = browser.get(address)
    assert "No more e-mails from us?" in page.content.decode()
    assert (page["X-Robots-Tag"], "no-store" in page["Cache-Control"]) == ("noindex, nofollow", True)
    assert not ChannelOptOut.objects.exists()  # scanners follow links
    answer = browser.post(
        address, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 200
    browser.post(address)
    said = ChannelOptOut.objects.get()
    assert (said.client_id, said.member, said.channel, said.how) == (task.client_id, None, "email", "link")
    assert "not get such e-mails any more" in browser.get(address).content.decode()
    owed(due=firm_today() - DAY, client=ClientFactory(email=message.recipient))
    assert troubles() == ["The client wants no e-mails."]
    forged = address.replace(address.split("/")[-2][:4], "0000")
    assert browser.post(forged).status_code == 404


def test_the_link_of_a_person_takes_out_that_person(firm):
    client = ClientFactory(email="")
    ada = Member.objects.create(client=client, name="Ada", email="ada@home.example")
    ben = Member.objects.create(client=client, name="Ben", email="ben@home.example")
    owed(client)
    send_due()
    Browser().post(Message.objects.get().unsubscribe_url.removeprefix("https://crm.example"))
    assert ChannelOptOut.objects.get().member == ada
    ServiceTask.objects.all().delete()
    owed(client)
    send_due()
    assert firm.to() == [ada.email, ben.email]


# --- Killed in mid-send ------------------------------------------------------------------------------------


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_mid_send_never_sends_it_again(sink, valkey, tmp_path, monkeypatch):
    """The text has arrived and the answer is on its way when the worker is killed: the message is unclear."""
    ready_to_send()
    first, second = owed(email="one@home.example"), owed(email="two@home.example")
    monkeypatch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{sink.port}")
    monkeypatch.setenv("PUBLIC_URL", "https://crm.example")
    sink.hold()
    with LiveWorker(tmp_path / "worker.log") as worker:
        app.send_task("servicing.send_messages")
        worker.wait_for(sink.has_one.is_set)
        message = Message.objects.get(service_task=first.pk)
        assert message.state == MessageState.SENDING  # committed before the server was spoken to
        assert ScriptUse.objects.filter(client=first.client).count() == 1
        worker.kill()
        sink.after_data = lambda mail: "250 taken"
        sink.go_on.set()
        valkey.zadd("unacked_index", dict.fromkeys(valkey.zrange("unacked_index", 0, -1), 0))
        worker.start()  # the message of the queue that nobody acknowledged comes again
        app.send_task("servicing.send_messages")
        worker.wait_for(lambda: Message.objects.get(service_task=second.pk).state == MessageState.SENT)
        worker.wait_for(lambda: status(second) == TaskStatus.DONE)
        worker.wait_for(lambda: not valkey.llen("celery") and not unacknowledged(valkey))
    assert sink.to() == ["one@home.example", "two@home.example"]
    assert Message.objects.get(pk=message.pk).state == MessageState.SENDING
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=16), tick=False):
        assert send_due()["unclear"] == 1
        assert "sent" not in send_due()
    assert Message.objects.get(pk=message.pk).state == MessageState.UNCLEAR
    assert len(sink.taken) == 2
    assert not Touch.objects.filter(client=first.client).exists()
    connection.close()


def people_who_see(message: Message) -> dict[str, int]:
    answers = {}
    for group in ("advisor", "operations", "compliance"):
        browser = Browser()
        browser.force_login(UserFactory(groups=[group]))
        answers[group] = browser.get(reverse("personas:message", args=[message.pk])).status_code
    return answers


def test_the_archive_shows_a_message_whole_to_those_who_see_the_client(firm):
    lead: User = UserFactory(groups=["advisor"])
    owed(ClientFactory(email="ada@home.example", lead=lead))
    send_due()
    message = Message.objects.get()
    assert people_who_see(message) == {"advisor": 404, "operations": 200, "compliance": 200}
    browser = Browser()
    browser.force_login(lead)
    assert (
        message.message_id.strip("<>")
        in browser.get(reverse("personas:message", args=[message.pk])).content.decode()
    )
    assert (
        "ada@home.example"
        in browser.get(reverse("personas:messages") + "?q=ada@home.example").content.decode()
    )


# --- One e-mail to many ------------------------------------------------------------------------------------


def test_one_email_goes_to_the_clients_of_a_filter_but_those_it_is_noise_to_or_who_may_not_get_it(firm):
    olga = UserFactory(groups=["operations"])
    browser = Browser()
    browser.force_login(olga)
    scripts.approve_shipped(
        by=UserFactory(groups=["compliance"]), situation="update", review_on=firm_today() + 90 * DAY
    )
    physician, tech = (Persona.objects.get(code=code) for code in ("physician", "tech_equity"))
    topic = Topic.objects.create(code="markets-weekly", label="Markets")
    topic.noise_for.add(tech)
    fine = [ClientFactory(email=f"p{n}@home.example", persona=physician) for n in range(3)]
    ClientFactory(email="t@home.example", persona=tech)
    ClientFactory(email="")
    out = ClientFactory(email="out@home.example")
    opt_out(client=out, channels=["email"], how=HowOptedOut.PHONE, by=None)
    ClientFactory(email="old@home.example", status="former")
    page = reverse("personas:write_many")
    asked = {"script": "update-everyone", "topic": "markets-weekly", "filter": ""}
    html = browser.get(page, asked).content.decode()
    for said in ("noise to them: Tech", "no e-mail address", "want no e-mails", "Send 3 e-mails"):
        assert said in html, said
    assert not Message.objects.exists()
    tailored = browser.get(page, asked | {"script": "update-physician"}).content.decode()
    assert "the script is for others, or permission is missing" in tailored
    answer = browser.post(page, asked)
    bulk = BulkMessage.objects.get()
    assert (answer.status_code, bulk.clients, bulk.by, bulk.topic) == (302, 3, olga, topic)
    SendingSettings.objects.update(rate_per_minute=2)
    assert send_due()["sent"] == 2
    browser.post(reverse("personas:stop_bulk", args=[bulk.pk]))
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=2)):
        assert "sent" not in send_due()
    assert firm.to() == [client.email for client in fine[:2]]
    assert "Not sent" in browser.get(reverse("personas:bulk", args=[bulk.pk])).content.decode()
    SendingSettings.objects.update(switched_on=False)
    assert browser.post(page, asked).status_code == 422


def test_one_email_to_many_lists_no_client_who_is_the_sender_s_no_more(firm):
    advisor: User = UserFactory(groups=["advisor"])
    clients = [
        ClientFactory(name=f"{name} family", email=f"{name}@home.example", lead=advisor)
        for name in ("Ash", "Birch", "Cedar")
    ]
    scripts.approve_shipped(
        by=UserFactory(groups=["compliance"]), situation="update", review_on=firm_today() + 90 * DAY
    )
    browser = Browser()
    browser.force_login(advisor)
    asked = {"script": "update-everyone", "topic": "", "filter": ""}
    page = browser.post(reverse("personas:write_many"), asked, follow=True).content.decode()
    assert all(client.name in page for client in clients)
    assert "no longer see" not in page
    TeamMember.objects.filter(client=clients[1]).update(user=UserFactory(groups=["advisor"]))
    answer = browser.get(reverse("personas:bulk", args=[BulkMessage.objects.get().pk]))
    page = answer.content.decode()
    assert "Ash family" in page
    assert "Birch" not in page
    assert "1 message is to a client whom you no longer see" in page
    assert [number for _label, number in answer.context["numbers"]] == [3]


def test_one_email_to_many_stops_at_the_25th_where_nobody_approved_it_for_many(firm):
    ClientFactory.create_batch(27, email="")
    Client.objects.update(email=Concat(Value("c"), Cast("pk", CharField()), Value("@home.example")))
    version = ScriptVersion.objects.get(script__code="update-everyone")
    found = many.reckon(clients=Client.objects.all(), version=version, topic=None)
    assert (len(found.going), found.left_out) == (25, {"over the limit of 25 clients in 30 days": 2})


def hidden_on(answer: Any) -> dict[str, str]:
    """What the button to send sends along."""
    return dict(re.findall(r'name="(key|seen|filter|script|topic)" value="([^"]*)"', answer.content.decode()))


def look_ahead(browser: Browser) -> dict[str, str]:
    return hidden_on(browser.get(reverse("personas:write_many"), {"script": "update-everyone"}))


def of_operations() -> Browser:
    browser = Browser()
    browser.force_login(UserFactory(groups=["operations"]))
    return browser


def test_a_list_that_changed_since_it_was_looked_at_is_shown_again_before_anything_is_sent(firm):
    ada = ClientFactory(email="ada@home.example")
    ClientFactory(email="ben@home.example")
    browser, page = of_operations(), reverse("personas:write_many")
    sent = look_ahead(browser)
    opt_out(client=ada, channels=["email"], how=HowOptedOut.PHONE, by=None)
    ClientFactory(email="cleo@home.example")  # as many as before, and others
    answer = browser.post(page, sent)
    assert answer.status_code == 422
    assert "2 clients would get it now" in answer.content.decode()
    assert not BulkMessage.objects.exists()
    browser.post(page, hidden_on(answer))
    assert set(Message.objects.values_list("recipient", flat=True)) == {
        "ben@home.example",
        "cleo@home.example",
    }


def test_the_button_pressed_again_leads_to_what_was_sent(firm):
    ClientFactory.create_batch(3, email="c@home.example")
    browser, page = of_operations(), reverse("personas:write_many")
    sent = look_ahead(browser)
    first = browser.post(page, sent)
    ClientFactory(email="new@home.example")
    again = browser.post(page, sent)
    assert first.url == again.url == reverse("personas:bulk", args=[BulkMessage.objects.get().pk])
    assert Message.objects.count() == 3
    assert browser.post(page, look_ahead(browser)).url != first.url  # looked at anew, it is another message


@pytest.mark.django_db(transaction=True)
def test_the_button_clicked_twice_at_once_sends_once(firm):
    ClientFactory.create_batch(3, email="c@home.example")
    browser, page = of_operations(), reverse("personas:write_many")
    sent, answers = look_ahead(browser), []
    failures: list[BaseException] = []
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE personas_bulkmessage IN SHARE ROW EXCLUSIVE MODE")
        clicks = [
            start(lambda: answers.append(browser.post(page, sent).url), failures) for _click in range(2)
        ]
        assert wait_until(lambda: waiting() == 2, 10)
    for click in clicks:
        click.join(20)
    assert not failures, failures
    assert set(answers) == {reverse("personas:bulk", args=[BulkMessage.objects.get().pk])}
    assert (len(answers), Message.objects.count()) == (2, 3)
