"""Importing revenue and touches: their keys, defaults, and the date of the last touch."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from clients.firm import firm_today
from clients.models import Change, Client, ClientSummary, Firm, Revenue, ServiceRole, TeamMember, Touch
from clients.models.changes import ChangeKind
from tests.clients.files import client, counts, done, person, run, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def okafor() -> Client:
    return client("C-1", "Okafor")


class TestRevenue:
    def test_it_upserts_by_source_and_number(self, tmp_path: Path) -> None:
        header = "external_id,date,amount,source,source_id\n"
        done("revenue", write(tmp_path, f"{header}C-1,2026-01-31,100.50,bank,1\nC-1,2026-01-31,-7,bank,2\n"))
        result = done(
            "revenue", write(tmp_path, f"{header}C-1,2026-02-01,99,bank,1\nC-1,2026-01-31,-7,bank,2\n")
        )
        assert counts(result) == (0, 1, 1, 0)
        assert Revenue.objects.get(source_id="1").amount == Decimal(99)
        assert Revenue.objects.get(source_id="1").date == dt.date(2026, 2, 1)

    def test_it_upserts_by_client_date_and_source_without_a_number(self, tmp_path: Path) -> None:
        path = write(tmp_path, "external_id,date,amount\nC-1,2026-01-31,100\nC-1,2026-02-28,100\n")
        assert counts(done("revenue", path)) == (2, 0, 0, 0)
        Change.objects.all().delete()
        assert counts(done("revenue", path)) == (0, 0, 2, 0)
        assert not Change.objects.exists()
        again = write(
            tmp_path, "external_id,date,amount,source\nC-1,2026-01-31,101,\nC-1,2026-01-31,5,bank\n"
        )
        assert counts(done("revenue", again)) == (1, 1, 0, 0)

    def test_it_refuses_wrong_records(self, tmp_path: Path) -> None:
        text = (
            "external_id,date,amount,source,source_id\n"
            "C-9,2026-01-31,1,,\nC-1,2026-13-01,1,,\nC-1,2026-01-01,abc,,\nC-1,2026-01-02,,,\n,2026-01-02,1,,\n"
            "C-1,2026-03-01,1,,\nC-1,2026-03-01,2,,\nC-1,2026-04-01,1,s,7\nC-1,2026-05-01,1,s,7\nC-1,,1,s,8\n"
        )
        code, result = run("revenue", write(tmp_path, text))
        assert code == 1
        assert {(error["row"], error["column"]) for error in result["errors"]} == {
            (2, "external_id"),
            (3, "date"),
            (4, "amount"),
            (5, "amount"),
            (6, "external_id"),
            (8, "external_id"),
            (10, "source_id"),
            (11, "date"),
        }
        assert not Revenue.objects.exists()

    def test_it_needs_its_columns(self, tmp_path: Path) -> None:
        _code, result = run("revenue", write(tmp_path, "external_id,date\nC-1,2026-01-01\n"))
        assert "no column amount" in result["error"]


class TestTouches:
    HEADER = "external_id,occurred_at,kind,outcome,minutes,role,by,note,source,source_id"

    def test_it_gives_the_defaults_of_the_kind_and_of_the_team(self, tmp_path: Path, okafor: Client) -> None:
        ann = person()
        person("bob")
        TeamMember.objects.create(client=okafor, user=ann, role=ServiceRole.objects.get(code="planner"))
        text = (
            "external_id,occurred_at,kind,by\nC-1,2026-01-05 10:00,Voicemail,ann\n"
            "C-1,2026-01-06,review_meeting,bob\nC-1,2026-01-07,call,\n"
        )
        done("touches", write(tmp_path, text))
        first, second, third = Touch.objects.order_by("occurred_at")
        assert (first.outcome, first.role.code, first.by) == ("attempted", "planner", ann)
        assert (second.outcome, second.role.code) == ("reached", "lead_advisor")
        assert (third.by, third.role.code) == (None, "lead_advisor")

    @pytest.mark.parametrize(
        ("text", "moment", "day"),
        [
            ("2026-01-05", "2026-01-05T05:00:00+00:00", "2026-01-05"),
            ("2026-01-05 23:30", "2026-01-06T04:30:00+00:00", "2026-01-05"),
            ("2026-01-05T23:30:15.5", "2026-01-06T04:30:15.5+00:00", "2026-01-05"),
            ("2026-01-05T02:00:00Z", "2026-01-05T02:00:00+00:00", "2026-01-04"),
            ("2026-01-05 02:00 +01:00", "2026-01-05T01:00:00+00:00", "2026-01-04"),
            ("2026-07-05T02:00-0400", "2026-07-05T06:00:00+00:00", "2026-07-05"),
        ],
    )
    def test_a_moment_falls_on_its_date_in_the_firms_time_zone(
        self, tmp_path: Path, text: str, moment: str, day: str
    ) -> None:
        with time_machine.travel("2026-12-01", tick=False):
            done("touches", write(tmp_path, f"external_id,occurred_at,kind\nC-1,{text},call\n"))
        touch = Touch.objects.get()
        assert touch.occurred_at == dt.datetime.fromisoformat(moment)
        assert touch.occurred_on.isoformat() == day

    def test_it_upserts_by_client_moment_and_kind(self, tmp_path: Path) -> None:
        path = write(tmp_path, "external_id,occurred_at,kind,note\nC-1,2026-01-05 10:00,call,hello\n")
        done("touches", path)
        assert counts(done("touches", path)) == (0, 0, 1, 0)
        other = write(tmp_path, "external_id,occurred_at,kind,note\nC-1,2026-01-05T15:00:00Z,Call,changed\n")
        assert counts(done("touches", other)) == (0, 1, 0, 0)
        assert Touch.objects.get().note == "changed"

    def test_it_upserts_by_source_and_number_and_moves_a_touch(self, tmp_path: Path) -> None:
        other = client("C-2", "Other")
        done("touches", write(tmp_path, f"{self.HEADER}\nC-1,2026-01-05,call,,30,,,note,crm,7\n"))
        path = write(tmp_path, f"{self.HEADER}\nC-2,2026-01-06,meeting,attempted,-,associate,,-,crm,7\n")
        assert counts(done("touches", path)) == (0, 1, 0, 0)
        touch = Touch.objects.get()
        assert (touch.client, touch.minutes, touch.note, touch.role.code) == (other, None, "", "associate")
        assert ClientSummary.objects.get(client__external_id="C-1").last_touch_on is None
        assert counts(done("touches", path)) == (0, 0, 1, 0)

    def test_it_refuses_wrong_records(self, tmp_path: Path) -> None:
        ahead = (timezone.now() + dt.timedelta(days=3)).date().isoformat()
        rows = [
            "C-1,2026-02-30,call,,,,,,,",
            "C-1,2026-01-01 25:00,call,,,,,,,",
            "C-1,2026-01-01 10:00:60,call,,,,,,,",
            f"C-1,{ahead},call,,,,,,,",
            "C-1,2026-01-02,telepathy,,,,,,,",
            "C-1,2026-01-03,call,perhaps,,,,,,",
            "C-1,2026-01-04,call,,a,,,,,",
            "C-1,2026-01-05,call,,9999,,,,,",
            "C-1,2026-01-06,call,,,boss,,,,",
            "C-1,2026-01-07,call,,,,nobody,,,",
            "C-7,2026-01-08,call,,,,,,,",
            "C-1,2026-01-09,call,,,,,,,",
            "C-1,2026-01-09 00:00,call,,,,,,,",
        ]
        code, result = run("touches", write(tmp_path, "\n".join([self.HEADER, *rows])))
        assert code == 1
        assert [(error["row"], error["column"]) for error in result["errors"]] == [
            (2, "occurred_at"),
            (3, "occurred_at"),
            (4, "occurred_at"),
            (5, "occurred_at"),
            (6, "kind"),
            (7, "outcome"),
            (8, "minutes"),
            (9, "minutes"),
            (10, "role"),
            (11, "by"),
            (12, "external_id"),
            (14, "external_id"),
        ]
        kinds = next(error for error in result["errors"] if error["column"] == "kind")
        assert "review_meeting" in kinds["message"]

    def test_it_takes_todays_date_where_the_firm_is_and_refuses_tomorrows(self, tmp_path: Path) -> None:
        today = firm_today()
        days = f"C-1,{today},call\nC-1,{today + dt.timedelta(days=1)},call\n"
        code, result = run("touches", write(tmp_path, f"external_id,occurred_at,kind\n{days}"))
        assert (code, [(error["row"], error["column"]) for error in result["errors"]]) == (
            1,
            [(3, "occurred_at")],
        )

    def test_it_keeps_the_date_of_the_last_touch_that_reached_the_client(
        self, tmp_path: Path, okafor: Client
    ) -> None:
        days = "C-1,2026-01-05,call\nC-1,2026-03-05,voicemail\nC-1,2025-12-05,call\n"
        text = f"external_id,occurred_at,kind\n{days}"
        done("touches", write(tmp_path, text))
        assert okafor.summary.last_touch_on == dt.date(2026, 1, 5)

    def test_a_dash_in_the_role_gives_the_default_again(self, tmp_path: Path, okafor: Client) -> None:
        header = "external_id,occurred_at,kind,role,by,source,source_id\n"
        touch = "C-1,2026-01-05,call,{},{},crm,1\n"
        done("touches", write(tmp_path, header + touch.format("planner", "")))
        cleared = write(tmp_path, header + touch.format("-", ""))
        assert counts(done("touches", cleared)) == (0, 1, 0, 0)
        assert Touch.objects.get().role.code == "lead_advisor"
        assert counts(done("touches", cleared)) == (0, 0, 1, 0)
        ann = person()
        TeamMember.objects.create(client=okafor, user=ann, role=ServiceRole.objects.get(code="associate"))
        assert counts(done("touches", write(tmp_path, header + touch.format("-", "ann")))) == (0, 1, 0, 0)
        assert Touch.objects.get().role.code == "associate"

    def test_without_a_number_the_source_is_a_value_like_any_other(self, tmp_path: Path) -> None:
        header = "external_id,occurred_at,kind,source,minutes\n"
        touch = "C-1,2026-01-05,call,{},{}\n"

        def read(source: str, minutes: str = "") -> tuple[tuple[int, int, int, int], str]:
            result = done("touches", write(tmp_path, header + touch.format(source, minutes)))
            return counts(result), Touch.objects.get().source

        assert read("") == ((1, 0, 0, 0), "")
        assert read("crm") == ((0, 1, 0, 0), "crm")
        assert read("crm") == ((0, 0, 1, 0), "crm")
        assert read("", "5") == ((0, 1, 0, 0), "crm")
        without = write(tmp_path, "external_id,occurred_at,kind,minutes\nC-1,2026-01-05,call,6\n")
        assert counts(done("touches", without)) == (0, 1, 0, 0)
        assert Touch.objects.get().source == "crm"
        assert read("-") == ((0, 1, 0, 0), "")

    def test_its_date_follows_the_firms_time_zone(self, tmp_path: Path, okafor: Client) -> None:
        late = "external_id,occurred_at,kind\nC-1,2026-01-05T23:30:00-05:00,call\nC-1,2026-01-03,email\n"
        path = write(tmp_path, late)
        done("touches", path)
        Change.objects.all().delete()
        Firm.objects.filter(pk=1).update(time_zone="Europe/Berlin")
        call = Touch.objects.get(kind__code="call")
        okafor.summary.refresh_from_db()
        assert call.occurred_on == okafor.summary.last_touch_on == dt.date(2026, 1, 6)
        assert set(Change.objects.values_list("client_id", "kind")) == {
            (okafor.pk, ChangeKind.FACTS.value),
            (okafor.pk, ChangeKind.SERVICE.value),
        }
        assert Touch.objects.get(kind__code="email").occurred_on == dt.date(2026, 1, 3)
