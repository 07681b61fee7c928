"""Reminders: one morning e-mail a day where there is something, and late work reported once."""

from __future__ import annotations

import datetime as dt
import socketserver
import threading
import zoneinfo
from collections.abc import Iterator
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from django.core import mail as outgoing
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse

from clients.models import Client, Firm, Notice, User
from clients.people import set_active
from servicing.models import Absence, ClosingDay, Escalation, ServiceTask
from servicing.reminders import mail
from servicing.reminders.digest import send_digests, waiting_for
from servicing.reminders.escalation import report_late_work
from servicing.requests.services import log_request
from tests.factories import ClientFactory, UserFactory

NEW_YORK = zoneinfo.ZoneInfo("America/New_York")
TODAY = dt.date(2026, 3, 3)  # a Tuesday
DAY = dt.timedelta(days=1)
pytestmark = pytest.mark.django_db


def at(text: str, zone: str = "America/New_York") -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(zone))


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(at("2026-03-03 07:05"), tick=False) as traveller:
        yield traveller


@pytest.fixture
def ann(clock: Any) -> User:
    return UserFactory(username="ann", first_name="Ann", last_name="Lee", groups=["advisor"])


@pytest.fixture
def olga(clock: Any) -> User:
    """Of operations; has no tasks of her own, so no morning e-mail."""
    return UserFactory(username="olga", groups=["operations"])


def task(person: User | None, *, due: dt.date = TODAY, **more: Any) -> ServiceTask:
    window = {"window_start": due, "window_end": due}
    client = more.pop("client", None) or ClientFactory(name="The Okafors")
    values = {"client": client, "title": "Ask Mrs Okafor", "assigned_to": person, "due_on": due, **window}
    return ServiceTask.objects.create(**(values | more))


def sent_to() -> list[str]:
    return [address for message in outgoing.outbox for address in message.to]


# --- The morning e-mail ----------------------------------------------------------------------------------


def test_it_says_what_waits_and_names_no_client(ann, settings):
    settings.PUBLIC_URL = "https://crm.example"
    late = task(ann, due=TODAY - 9 * DAY)
    task(ann)
    task(ann, due=TODAY + 3 * DAY)  # not today
    task(ann, due=TODAY + 9 * DAY, status="scheduled", scheduled_at=at("2026-03-03 14:00"))
    task(ann, status="scheduled", scheduled_at=at("2026-03-02 14:00"))
    task(ann, due=TODAY - DAY, snoozed_until=TODAY + DAY)
    task(ann, automated=True)
    client = ClientFactory(name="The Lindqvists", lead=ann)
    log_request(client=client, text="Sell the Acme shares", by=ann, received_at=at("2026-03-02 16:00"))
    assert send_digests() == {"sent": 1, "nothing": 0, "failed": 0}
    (message,) = outgoing.outbox
    html = message.alternatives[0][0]
    assert (message.to, message.subject) == ([ann.email], "5 things wait for you today")
    for body in (message.body, html):
        for said in ("Good morning Ann Lee", "9 days late", "14:00", "Late: 1", "Due today: 1"):
            assert said in body, said
        assert "Clients wait for an answer: 1" in body
        assert "Appointments today: 1" in body
        assert "say how they went: 1" in body
        for private in ("Okafor", "Lindqvist", "Acme"):
            assert private not in body, private
        assert f"https://crm.example/tasks/{late.pk}/" in body
        assert "https://crm.example/account/settings/" in body
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_it_goes_once_a_day_and_only_where_there_is_something(ann, olga, clock):
    task(ann)
    assert send_digests()["sent"] == 1
    assert send_digests() == {"sent": 0, "nothing": 0, "failed": 0}
    task(olga)  # came after her morning was looked at: no mail in the middle of the day
    clock.move_to(at("2026-03-03 08:20"))
    assert send_digests()["sent"] == 0
    clock.move_to(at("2026-03-04 07:00"))
    assert send_digests()["sent"] == 2
    assert sent_to() == [ann.email, ann.email, olga.email]


def test_it_comes_in_the_morning_where_the_person_is(ann, clock):
    User.objects.filter(pk=ann.pk).update(time_zone="America/Los_Angeles")
    task(ann)
    assert send_digests()["sent"] == 0  # 04:05 there
    clock.move_to(at("2026-03-03 06:59", "America/Los_Angeles"))
    assert send_digests()["sent"] == 0
    clock.move_to(at("2026-03-03 07:00", "America/Los_Angeles"))
    assert send_digests()["sent"] == 1
    far = UserFactory(time_zone="Asia/Tokyo")
    task(far, status="scheduled", scheduled_at=at("2026-03-04 15:00", "Asia/Tokyo"))
    clock.move_to(at("2026-03-04 07:10", "Asia/Tokyo"))
    assert send_digests()["sent"] == 1
    assert "15:00" in outgoing.outbox[-1].body


@pytest.mark.parametrize(
    "moment",
    ["2026-03-03 06:55", "2026-03-03 11:00", "2026-03-07 07:05", "2026-03-05 07:05", "2026-07-03 07:05"],
    ids=["too early", "no morning any more", "a Saturday", "a closing day", "a public holiday"],
)
def test_it_comes_at_no_other_time(ann, clock, moment):
    ClosingDay.objects.create(date=dt.date(2026, 3, 5))
    task(ann)
    clock.move_to(at(moment))
    assert send_digests() == {"sent": 0, "nothing": 0, "failed": 0}


def test_the_firm_sets_the_hour(ann, clock):
    Firm.objects.update(digest_hour=6)
    task(ann)
    clock.move_to(at("2026-03-03 06:00"))
    assert send_digests()["sent"] == 1


def test_it_never_goes_to_who_left_switched_it_off_is_away_or_has_no_address(clock):
    left, off, away, without = (UserFactory() for _ in range(4))
    for person in (left, off, away, without):
        task(person)
    set_active(user=left, active=False)
    User.objects.filter(pk=off.pk).update(wants_digest=False)
    User.objects.filter(pk=without.pk).update(email="")
    Absence.objects.create(user=away, first_on=TODAY, last_on=TODAY)
    assert send_digests() == {"sent": 0, "nothing": 0, "failed": 0}


def test_demo_people_get_mail_only_where_a_server_is_named(ann, settings):
    User.objects.update(is_demo=True)
    task(ann)
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert not mail.is_configured()
    assert send_digests() == {"sent": 0, "nothing": 0, "failed": 0}
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert mail.is_configured()
    assert list(mail.reachable()) == [ann]


def test_a_long_section_names_the_first_and_counts_the_rest(ann):
    client = ClientFactory()
    for number in range(14):
        task(ann, client=client, due=TODAY - number * DAY)
    sections = waiting_for(ann, at("2026-03-03 07:05"))
    assert [(section.title, section.number, len(section.lines), section.more) for section in sections] == [
        ("Late", 13, 10, 3),
        ("Due today", 1, 1, 0),
    ]


# --- When the sending breaks -------------------------------------------------------------------------------


class Breaking(EmailBackend):
    """Keeps mails as locmem does, and raises `error` at the mail with the number `at`."""

    error: type[BaseException] | BaseException = KeyboardInterrupt
    at = 3
    count = 0

    def send_messages(self, messages: Any) -> int:
        type(self).count += 1
        if self.count == self.at:
            raise self.error
        return super().send_messages(messages)


@pytest.fixture
def breaking(settings: Any) -> type[Breaking]:
    Breaking.count = 0
    settings.EMAIL_BACKEND = f"{__name__}.Breaking"
    return Breaking


@pytest.fixture
def five(clock: Any) -> list[User]:
    people = [UserFactory(groups=["advisor"]) for _ in range(5)]
    for person in people:
        task(person)
    return people


def test_a_sweep_that_is_killed_leaves_the_rest_to_the_next_and_nobody_gets_two(five, breaking):
    breaking.error = KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        send_digests()
    assert len(sent_to()) == 2
    assert send_digests()["sent"] == 3
    assert sorted(sent_to()) == sorted(person.email for person in five)


def test_a_server_that_hangs_up_is_not_asked_again_until_the_next_sweep(five, breaking):
    breaking.error = SMTPServerDisconnected("gone")
    assert send_digests() == {"sent": 2, "nothing": 0, "failed": 1}
    assert send_digests() == {"sent": 3, "nothing": 0, "failed": 0}
    assert sorted(sent_to()) == sorted(person.email for person in five)


def test_an_address_that_is_refused_stops_nobody_else(five, breaking):
    breaking.error = SMTPRecipientsRefused({})
    assert send_digests() == {"sent": 4, "nothing": 0, "failed": 1}
    assert send_digests() == {"sent": 1, "nothing": 0, "failed": 0}
    assert sorted(sent_to()) == sorted(person.email for person in five)


def test_two_sweeps_at_the_same_time_send_one_mail(ann, monkeypatch):
    """The second starts while the first writes the mail."""
    task(ann)
    from servicing.reminders import digest

    write = digest.mail.send

    def write_slowly(*args: Any, **kwargs: Any) -> None:
        monkeypatch.setattr(digest.mail, "send", write)
        assert send_digests() == {"sent": 0, "nothing": 0, "failed": 0}
        write(*args, **kwargs)

    monkeypatch.setattr(digest.mail, "send", write_slowly)
    assert send_digests()["sent"] == 1
    assert sent_to() == [ann.email]


class Sink(socketserver.StreamRequestHandler):
    """A mail server that speaks just enough SMTP and keeps what it is given."""

    def handle(self) -> None:
        self._say("220 sink")
        while line := self.rfile.readline().decode().strip():
            word = line[:4].upper()
            if word in ("EHLO", "HELO"):
                self._say("250 sink")
            elif word == "DATA":
                self._say("354 go on")
                text = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    text += part
                self.server.kept.append(text.decode())  # type: ignore[attr-defined]
                self._say("250 taken")
            elif word == "RCPT" and "refused" in line:
                self._say("550 no such person")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 fine")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


def test_a_real_server_gets_text_and_html_over_one_connection_and_may_refuse_one(clock, settings):
    people = [UserFactory(email=f"{name}@firm.example") for name in ("one", "refused", "three")]
    for person in people:
        task(person)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Sink) as server:
        server.kept = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        assert send_digests() == {"sent": 2, "nothing": 0, "failed": 1}
        server.shutdown()
    first = server.kept[0]  # type: ignore[attr-defined]
    assert "To: one@firm.example" in first
    assert "multipart/alternative" in first
    assert "Good morning" in first
    assert len(server.kept) == 2  # type: ignore[attr-defined]
    settings.EMAIL_PORT = 1  # nothing listens there
    assert send_digests() == {"sent": 0, "nothing": 0, "failed": 1}
    assert User.objects.get(email="refused@firm.example").digest_sent_on is None


# --- Late work, to operations -----------------------------------------------------------------------------


def test_each_late_task_is_reported_once_in_one_mail_a_day_without_names(ann, olga, clock, settings):
    settings.PUBLIC_URL = "https://crm.example"
    first = task(ann, due=TODAY - 6 * DAY)
    task(ann, due=TODAY - 5 * DAY)  # five days are what the firm accepts
    task(ann, due=TODAY - 60 * DAY, automated=True)
    done = task(ann, due=TODAY - 60 * DAY, status="done")
    assert report_late_work() == {"reported": 1, "mailed": 1}
    assert report_late_work() == {"reported": 0, "mailed": 0}
    (message,) = outgoing.outbox
    assert (message.to, message.subject) == ([olga.email], "1 task is too late")
    for body in (message.body, message.alternatives[0][0]):
        assert first.client.external_id in body
        assert "6 days late" in body
        assert "Ann Lee" in body
        assert f"https://crm.example/tasks/{first.pk}/" in body
        assert "Okafor" not in body
    notice = Notice.objects.get()
    assert (notice.user, notice.text) == (olga, "1 task is more than 5 days late.")
    assert notice.url == f"{reverse('servicing:tasks')}?status=too_late"
    task(ann, due=TODAY - 30 * DAY)  # imported in the day: behind the bell now, in the mail tomorrow
    clock.move_to(at("2026-03-03 15:00"))
    assert report_late_work() == {"reported": 1, "mailed": 0}
    clock.move_to(at("2026-03-04 07:10"))
    assert report_late_work() == {"reported": 1, "mailed": 2}
    assert not Escalation.objects.filter(task=done).exists()


def test_what_was_done_before_the_mail_went_is_not_in_it(ann, olga, breaking, clock):
    breaking.at, breaking.error = 1, SMTPServerDisconnected("gone")
    gone, stays = task(ann, due=TODAY - 10 * DAY), task(ann, due=TODAY - 11 * DAY)
    assert report_late_work() == {"reported": 2, "mailed": 0}
    assert Notice.objects.count() == 1  # behind the bell, whatever the mail server does
    ServiceTask.objects.filter(pk=gone.pk).update(status="done")
    assert report_late_work() == {"reported": 0, "mailed": 1}
    assert f"/tasks/{stays.pk}/" in outgoing.outbox[0].body
    assert f"/tasks/{gone.pk}/" not in outgoing.outbox[0].body
    breaking.at = 3


def test_only_operations_who_want_it_get_the_mail_and_only_on_working_days(ann, olga, clock):
    quiet = UserFactory(groups=["operations"], wants_escalations=False, wants_notices=False)
    task(ann, due=TODAY - 30 * DAY)
    clock.move_to(at("2026-03-07 10:00"))
    assert report_late_work() == {"reported": 0, "mailed": 0}
    clock.move_to(at("2026-03-09 06:50"))
    assert report_late_work() == {"reported": 0, "mailed": 0}
    clock.move_to(at("2026-03-09 07:10"))
    assert report_late_work() == {"reported": 1, "mailed": 1}
    assert sent_to() == [olga.email]
    assert not Notice.objects.filter(user=quiet).exists()


def test_a_neglected_firm_gets_a_table_that_ends(ann, olga):
    client = Client.objects.get(pk=ClientFactory().pk)
    for number in range(45):
        task(ann, client=client, due=TODAY - (10 + number) * DAY)
    report_late_work()
    body = outgoing.outbox[0].body
    assert body.count("days late") == 40
    assert "and 5 more" in body
