"""The calendar: what a person's own calendar program reads at a secret address, and how the address ends."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import time_machine
from django.test import Client as Browser
from django.utils import timezone

from clients.models import Firm, Touch, TouchKind, TouchOutcome, User
from clients.models import ServiceRole as Role
from segmentation_crm.logs import withhold_secret_addresses
from servicing.calendar import services
from servicing.models import CalendarEntry, CalendarFeed, ServiceKind, ServiceTask
from tests.factories import ClientFactory, UserFactory

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")
START = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)  # a Monday
TODAY = START.date()
SUNDAY = dt.date(2026, 3, 8)  # clocks go forward in New York


@pytest.fixture
def at() -> Any:
    """The clock, which a test moves on."""
    with time_machine.travel(START, tick=False) as clock:
        yield clock


@pytest.fixture
def ann(at) -> User:
    return UserFactory(username="ann", groups=["advisor"])


@pytest.fixture
def okafor(ann) -> Any:
    return ClientFactory(name="Okafor household", external_id="C-17", lead=ann)


@pytest.fixture
def address(ann) -> str:
    return address_of(ann)


def address_of(person: User) -> str:
    return f"/calendar/{services.make_address(user=person)}.ics"


def task(client: Any, to: User | None, **fields: Any) -> ServiceTask:
    due = fields.pop("due_on", TODAY + dt.timedelta(days=7))
    fields.setdefault("kind", ServiceKind.objects.get(code="review_meeting"))
    if fields.get("scheduled_at"):
        fields.setdefault("status", "scheduled")
    return ServiceTask.objects.create(
        client=client, assigned_to=to, due_on=due, window_start=due, window_end=due, **fields
    )


def change(task: ServiceTask, **fields: Any) -> None:
    ServiceTask.objects.filter(pk=task.pk).update(**fields)


def read(address: str, **headers: str) -> Any:
    return Browser().get(address, headers=headers)


def events(address: str) -> dict[int, Any]:
    """The events by the number of their task, as a real parser reads them."""
    answer = read(address)
    assert answer.status_code == 200
    calendar = icalendar.Calendar.from_ical(answer.content)
    assert not calendar.errors
    return {int(str(event["uid"]).rpartition("-")[2]): event for event in calendar.walk("VEVENT")}


def one(address: str) -> Any:
    (event,) = events(address).values()
    return event


# --- The file -----------------------------------------------------------------------------------------------


def test_it_is_icalendar_to_the_letter(ann, okafor, address):
    long = "Gespräch über die Nachfolge, die Steuern; und alles, was sonst " * 2 + "ist"
    task(okafor, ann, title=long, kind=None)
    task(okafor, ann, scheduled_at=START + dt.timedelta(days=1))
    services.show_names(user=ann, shown=True)
    answer = read(address)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    lines = answer.content.split(b"\r\n")
    assert lines[-1] == b""
    assert not any(b"\n" in line for line in lines)
    assert max(map(len, lines)) <= 75  # octets; longer ones are folded
    assert lines[:1] + lines[-2:-1] == [b"BEGIN:VCALENDAR", b"END:VCALENDAR"]
    calendar = icalendar.Calendar.from_ical(answer.content)
    assert (calendar["version"], calendar["method"]) == ("2.0", "PUBLISH")
    assert calendar["prodid"]
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H" in lines
    assert calendar.to_ical() == answer.content
    titles = set()
    for event in calendar.walk("VEVENT"):
        for name in ("uid", "dtstamp", "dtstart", "dtend", "summary", "sequence", "last-modified", "url"):
            assert event.get(name) is not None, name
        assert event["dtstamp"].dt.tzinfo is not None
        assert event["dtend"].dt > event["dtstart"].dt
        titles.add(str(event["summary"]))
    assert f"{long} · Okafor household" in titles
    assert not calendar.walk("VTODO")


def test_an_appointment_has_its_hours_and_a_due_task_its_day_and_leaves_the_person_free(ann, okafor, address):
    moment = dt.datetime(2026, 3, 6, 9, 30, tzinfo=NEW_YORK)
    booked = task(okafor, ann, scheduled_at=moment, planned_minutes=45, channel="video")
    due = task(okafor, ann, due_on=SUNDAY, kind=None, title="Call about the divorce")
    found = events(address)
    appointment, day = found[booked.pk], found[due.pk]
    assert (appointment["dtstart"].dt, appointment["dtend"].dt) == (moment, moment + dt.timedelta(minutes=45))
    assert (appointment["transp"], appointment["location"]) == ("OPAQUE", "Video")
    assert (day["dtstart"].dt, day["dtend"].dt) == (SUNDAY, SUNDAY + dt.timedelta(days=1))
    assert day["dtstart"].params["VALUE"] == "DATE"
    assert day["transp"] == "TRANSPARENT"
    assert appointment["url"] == f"http://testserver/tasks/{booked.pk}/"


@pytest.mark.parametrize("day", [dt.date(2026, 3, 7), SUNDAY, dt.date(2026, 11, 1), dt.date(2026, 11, 2)])
@pytest.mark.parametrize("fold", [0, 1])
def test_the_hour_is_right_on_both_sides_of_a_clock_change(ann, okafor, address, day, fold):
    moment = dt.datetime.combine(day, dt.time(1, 30), tzinfo=NEW_YORK).replace(fold=fold)
    task(okafor, ann, scheduled_at=moment, planned_minutes=120)
    event = one(address)
    assert event["dtstart"].dt.timestamp() == moment.timestamp()
    assert (event["dtend"].dt - event["dtstart"].dt) == dt.timedelta(hours=2)
    assert event["dtstart"].dt.utcoffset() == dt.timedelta(0)  # told in UTC, which needs no zone's rules


def test_names_places_and_typed_titles_are_told_only_where_the_person_wants_it(ann, okafor, address):
    task(okafor, ann, kind=None, title="Call about the divorce", channel="phone", place="12 Elm Street")
    event = one(address)
    assert (event["summary"], event["location"]) == ("Task · C-17", "Phone")
    assert b"Okafor" not in read(address).content
    services.show_names(user=ann, shown=True)
    event = one(address)
    assert event["summary"] == "Call about the divorce · Okafor household"
    assert event["location"] == "12 Elm Street"


def test_it_holds_the_persons_own_work_alone_and_what_a_person_has_to_do(ann, okafor, address):
    own = task(okafor, ann)
    task(okafor, UserFactory(groups=["advisor"]), kind=None)
    task(okafor, None, kind=None)
    task(okafor, ann, kind=None, automated=True)
    task(okafor, ann, kind=None, due_on=TODAY - dt.timedelta(days=61))
    task(okafor, ann, kind=None, due_on=TODAY + dt.timedelta(days=367))
    assert set(events(address)) == {own.pk}


def test_a_large_book_is_cut_and_read_in_few_queries(ann, okafor, address, django_assert_max_num_queries):
    first = task(okafor, ann, kind=None, due_on=TODAY)
    for n in range(1, 6):
        task(okafor, ann, kind=None, due_on=TODAY + dt.timedelta(days=n))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("servicing.calendar.events.LARGEST", 3)
        found = events(address)
        assert len(found) == 3
        assert first.pk in found
    assert len(events(address)) == 6
    assert all(event["status"] == "CONFIRMED" for event in events(address).values())
    with django_assert_max_num_queries(10):
        read(address)


# --- What changes -----------------------------------------------------------------------------------------


def test_a_change_grows_its_sequence_and_nothing_else_changes(ann, okafor, address, at):
    moved, other = task(okafor, ann), task(okafor, ann, kind=None, due_on=SUNDAY)
    before = events(address)
    at.shift(dt.timedelta(minutes=5))
    again = events(address)
    assert [event.to_ical() for event in before.values()] == [event.to_ical() for event in again.values()]
    for fields in (
        {"due_on": SUNDAY},
        {"scheduled_at": START, "status": "scheduled"},
        {"scheduled_at": None},
    ):
        change(moved, **fields)
        after = events(address)  # in the same second
        assert after[moved.pk]["uid"] == before[moved.pk]["uid"]
        assert after[moved.pk]["sequence"] > before[moved.pk]["sequence"]
        assert after[moved.pk]["last-modified"].dt > before[moved.pk]["last-modified"].dt
        assert after[other.pk]["sequence"] == again[other.pk]["sequence"]
        before = after


@pytest.mark.parametrize(
    "gone",
    [
        {"status": "cancelled"},
        {"status": "missed"},
        {"status": "declined"},
        {"assigned_to": None},
        {"automated": True},
        {},
    ],
    ids=str,
)
def test_what_is_gone_is_told_as_cancelled_for_ninety_days(ann, okafor, address, at, gone):
    services.show_names(user=ann, shown=True)
    subject = task(okafor, ann, scheduled_at=START + dt.timedelta(days=1))
    before = one(address)
    change(subject, **gone) if gone else subject.delete()
    at.shift(dt.timedelta(days=1))
    event = one(address)
    assert (event["status"], event["transp"], event["uid"]) == ("CANCELLED", "TRANSPARENT", before["uid"])
    assert event["sequence"] > before["sequence"]
    assert event["dtstart"].dt == before["dtstart"].dt
    assert event["summary"] == "Review meeting · C-17"  # whatever became of the client, its name is not kept
    at.shift(dt.timedelta(days=89))
    assert one(address)["sequence"] == event["sequence"]
    at.shift(dt.timedelta(days=2))
    assert not events(address)
    assert not CalendarEntry.objects.exists()


def test_what_comes_back_is_told_anew(ann, okafor, address, at):
    subject = task(okafor, ann)
    one(address)
    change(subject, assigned_to=None)
    gone = one(address)
    change(subject, assigned_to=ann)
    back = one(address)
    assert (back["status"], back["uid"]) == ("CONFIRMED", gone["uid"])
    assert back["sequence"] > gone["sequence"]


def test_what_nobody_was_told_of_is_not_cancelled(ann, okafor, address):
    task(okafor, ann, status="cancelled")
    task(okafor, ann, kind=None, status="done", completed_on=TODAY)
    assert not events(address)


def test_what_is_put_off_moves_to_the_day_on_which_it_comes_back(ann, okafor, address):
    subject = task(okafor, ann)
    assert one(address)["dtstart"].dt == subject.due_on
    change(subject, snoozed_until=subject.due_on + dt.timedelta(days=9))
    assert one(address)["dtstart"].dt == subject.due_on + dt.timedelta(days=9)
    change(subject, snoozed_until=TODAY + dt.timedelta(days=1))
    assert one(address)["dtstart"].dt == subject.due_on


def touch(client: Any, by: User) -> Touch:
    return Touch.objects.create(
        client=client,
        kind=TouchKind.objects.get(code="review_meeting"),
        role=Role.objects.get(code="lead_advisor"),
        occurred_at=timezone.now(),
        occurred_on=TODAY,
        outcome=TouchOutcome.REACHED,
        by=by,
    )


def test_what_is_done_stays_on_its_day_and_is_gone_where_it_was_done_otherwise(ann, okafor, address, at):
    held = task(okafor, ann, scheduled_at=START - dt.timedelta(days=1))
    early = task(okafor, ann, kind=None, due_on=TODAY + dt.timedelta(days=20))
    ahead = task(okafor, ann, kind=None, scheduled_at=START + dt.timedelta(days=4))
    elsewhere = task(okafor, ann, kind=None)
    assert len(events(address)) == 4
    done = {"status": "done", "completed_on": TODAY}
    for each in (held, early, ahead):
        change(each, **done, touch=touch(okafor, ann).pk)
        at.shift(dt.timedelta(seconds=1))
    change(elsewhere, **done, touch=touch(okafor, UserFactory(groups=["advisor"])).pk)
    found = events(address)
    assert found[held.pk]["dtstart"].dt == START - dt.timedelta(days=1)
    assert found[early.pk]["dtstart"].dt == TODAY
    assert str(found[early.pk]["summary"]).startswith("Done: ")
    status = {pk: str(event["status"]) for pk, event in found.items()}
    assert status == {
        held.pk: "CONFIRMED",
        early.pk: "CONFIRMED",
        ahead.pk: "CANCELLED",
        elsewhere.pk: "CANCELLED",
    }


# --- The address ------------------------------------------------------------------------------------------


def test_only_a_digest_of_the_secret_is_kept_and_every_other_address_is_unknown(
    ann, address, django_assert_num_queries
):
    secret = address.removeprefix("/calendar/").removesuffix(".ics")
    assert len(secret) == 43  # 256 bits
    stored = CalendarFeed.objects.values().get()
    assert secret not in str(stored)
    assert read(address).status_code == 200
    for wrong in ("x" * 43, secret.swapcase(), secret[:-1], stored["digest"][:43], stored["digest"]):
        answer = read(f"/calendar/{wrong}.ics")
        assert answer.status_code == 404, wrong
    with django_assert_num_queries(2):  # the firm, and one look-up
        read(f"/calendar/{'x' * 43}.ics")


def test_an_address_ends_when_it_is_revoked_renewed_or_its_person_leaves(ann, okafor, address):
    task(okafor, ann)
    one(address)
    User.objects.filter(pk=ann.pk).update(is_active=False)
    assert read(address).status_code == 404
    User.objects.filter(pk=ann.pk).update(is_active=True)
    uid = one(address)["uid"]
    renewed = address_of(ann)
    assert read(address).status_code == 404
    assert one(renewed)["uid"] == uid
    services.end_address(user=ann)
    assert read(renewed).status_code == 404
    assert not CalendarEntry.objects.exists()


def test_it_is_private_and_an_unchanged_one_is_not_sent_again(ann, okafor, address, at):
    task(okafor, ann)
    answer = read(address)
    assert "private" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]
    assert not answer.cookies
    at.shift(dt.timedelta(minutes=30))
    unchanged = read(address, **{"If-None-Match": answer["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged["ETag"] == answer["ETag"]
    ServiceTask.objects.update(due_on=SUNDAY)
    assert read(address, **{"If-None-Match": answer["ETag"]}).status_code == 200
    assert Browser().head(address).status_code == 200
    assert Browser().post(address).status_code == 405


def test_reading_without_end_is_refused_for_the_rest_of_the_hour(ann, address, at, monkeypatch):
    monkeypatch.setattr(services, "READS_AN_HOUR", 3)
    assert [read(address).status_code for _each in range(4)] == [200, 200, 200, 429]
    assert int(read(address)["Retry-After"]) > 0
    at.shift(dt.timedelta(hours=1))
    assert read(address).status_code == 200


def test_the_secret_is_not_in_the_log(ann, address):
    line = withhold_secret_addresses(None, "", {"event": f"Not Found: {address}"})
    assert line["event"] == "Not Found: /calendar/[withheld].ics"


def test_a_person_makes_it_on_the_own_settings_sees_it_once_and_ends_it(ann, okafor):
    Firm.objects.update(name="Harbor & Pine")
    task(okafor, ann)
    browser = Browser()
    browser.force_login(ann, backend="django.contrib.auth.backends.ModelBackend")
    assert "Make an address" in browser.get("/account/settings/").content.decode()
    shown = browser.post("/calendar/address/")
    assert shown["Cache-Control"] == "no-store"
    (secret,) = set(re.findall(r"/calendar/([\w-]{43})\.ics", shown.content.decode()))
    text = browser.get("/account/settings/").content.decode()
    assert secret not in text
    assert "It has not been read yet." in text
    assert len(events(f"/calendar/{secret}.ics")) == 1
    assert b"Harbor & Pine: my tasks" in read(f"/calendar/{secret}.ics").content
    assert "It was last read" in browser.get("/account/settings/").content.decode()
    browser.post("/calendar/names/", {"show_names": "on"})
    assert "Okafor" in str(one(f"/calendar/{secret}.ics")["summary"])
    browser.post("/calendar/names/")
    assert "Okafor" not in str(one(f"/calendar/{secret}.ics")["summary"])
    assert browser.post("/calendar/address/end/").status_code == 302
    assert read(f"/calendar/{secret}.ics").status_code == 404
