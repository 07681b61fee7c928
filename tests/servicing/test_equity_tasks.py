"""Dates of equity pay become tasks ahead of time, once each, and follow their dates."""

import datetime as dt
from decimal import Decimal
from threading import Thread

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from clients.models import Client, TeamMember
from personas.models import EquityCompany, EquityGrant, EquityTransaction
from personas.tools.equity import services
from personas.tools.equity.vesting import schedule
from servicing.equity import open_tasks
from servicing.models import ClosingDay, EquityLead, ServiceTask
from servicing.planning import plan
from servicing.planning.sweeps import plan_changed, plan_tonight
from tests.factories import ClientFactory, UserFactory

DAY = dt.date
FEB_1 = DAY(2026, 2, 1)
A_YEAR_BEFORE = DAY(2025, 2, 16)  # the first part vests on Monday 16 February 2026


@pytest.fixture
def lead(db):
    return UserFactory(groups=["advisor"])


@pytest.fixture
def client_(lead):
    return ClientFactory(lead=lead)


@pytest.fixture
def company(db):
    """Without a blackout rule, so that vests are alone."""
    return EquityCompany.objects.create(
        name="Northwind", price=Decimal(100), priced_on=FEB_1, closed_before_days=None
    )


def grant(client, company, *, kind="rsu", vest_from=A_YEAR_BEFORE, shares=1600, **values):
    row = EquityGrant(
        client=client, company=company, kind=kind, granted_on=DAY(2025, 1, 2), shares=shares,
        vest_from=vest_from, cliff_months=12, period_months=3, total_months=48, **values,
    )  # fmt: skip
    parts = schedule(start=vest_from, shares=shares, cliff=12, period=3, total=48)
    return services.save_grant(grant=row, parts=parts)


def tasks(**where):
    return list(ServiceTask.objects.filter(source__startswith="equity", **where).order_by("due_on", "source"))


def test_its_task_leads_to_the_equity_calendar(client, client_, company, lead):
    grant(client_, company)
    open_tasks(day=DAY(2026, 2, 4))
    [task] = tasks()
    client.force_login(lead)
    page = client.get(reverse("servicing:task", args=[task.pk])).content.decode()
    link = f'<a href="{reverse("personas:equity", args=[client_.pk])}">Equity calendar</a>'
    assert link in page
    stranger = UserFactory(groups=["advisor"])  # does the task, and does not see the client
    ServiceTask.objects.update(assigned_to=stranger, reassigned=True)
    client.force_login(stranger)
    answer = client.get(reverse("servicing:task", args=[task.pk]))
    assert answer.status_code == 200
    assert link not in answer.content.decode()


def test_a_vest_becomes_a_task_ahead_of_it_once_on_a_working_day(client_, company, lead):
    ClosingDay.objects.create(date=DAY(2026, 2, 17), name="Moving")
    row = grant(client_, company)  # Monday 16 February: Presidents' Day; the firm is closed on Tuesday
    assert open_tasks(day=DAY(2026, 2, 3)).made == 0
    assert open_tasks(day=DAY(2026, 2, 4)).made == 1
    assert open_tasks(day=DAY(2026, 2, 4)).made == 0
    (task,) = tasks()
    assert (task.title, task.due_on) == ("400 shares of Northwind vest", DAY(2026, 2, 18))
    assert (task.window_start, task.window_end) == (DAY(2026, 2, 4), DAY(2026, 2, 25))
    assert (task.assigned_to, task.role.code, task.source_id) == (lead, "lead_advisor", f"{row.pk}-1")
    assert (task.channel, task.planned_minutes) == ("phone", 20)


def test_its_task_moves_with_the_vest_unless_a_person_moved_it(client_, company):
    row = grant(client_, company)
    open_tasks(day=DAY(2026, 2, 10))
    row.vest_from = DAY(2025, 3, 16)
    services.save_grant(
        grant=row, parts=schedule(start=row.vest_from, shares=1600, cliff=12, period=3, total=48)
    )
    assert open_tasks(day=DAY(2026, 2, 10)).moved == 1
    (task,) = tasks()
    assert (task.status, task.due_on) == ("planned", DAY(2026, 3, 16))
    ServiceTask.objects.update(due_on=DAY(2026, 3, 20), rescheduled_from=task.due_on)
    row.vest_from = DAY(2025, 3, 2)
    services.save_grant(
        grant=row, parts=schedule(start=row.vest_from, shares=1600, cliff=12, period=3, total=48)
    )
    assert open_tasks(day=DAY(2026, 2, 10)).moved == 0
    assert tasks()[0].due_on == DAY(2026, 3, 20)


def test_it_is_taken_back_with_its_grant_and_what_is_done_stays(client_, company):
    done, gone = grant(client_, company), grant(client_, company, vest_from=DAY(2025, 2, 12))
    open_tasks(day=DAY(2026, 2, 5))
    ServiceTask.objects.filter(source_id=f"{done.pk}-1").update(status="done")
    for each in (done, gone):
        services.remove_grant(grant=each)
    assert open_tasks(day=DAY(2026, 2, 5)).taken_back == 1
    assert [(task.status, task.closed_reason) for task in tasks()] == [
        ("cancelled", "taken_back"),
        ("done", ""),
    ]


def test_a_client_who_pauses_is_left_alone_and_served_again_afterwards(client_, company):
    grant(client_, company)
    open_tasks(day=DAY(2026, 2, 5))
    Client.objects.update(status="paused")
    assert open_tasks(day=DAY(2026, 2, 6)).taken_back == 1
    assert [(task.status, task.closed_reason) for task in tasks()] == [("cancelled", "status")]
    assert open_tasks(day=DAY(2026, 2, 7)).made == 0
    Client.objects.update(status="active")
    assert open_tasks(day=DAY(2026, 2, 8)).made == 1
    (task,) = tasks()
    assert (task.status, task.closed_at) == ("planned", None)


def test_the_lead_time_of_a_kind_is_the_administrators(client_, company):
    grant(client_, company)
    grant(client_, company, kind="iso", exercise_price=Decimal(20))
    EquityLead.objects.filter(kind="option_vest").update(lead_days=40)
    open_tasks(day=DAY(2026, 1, 10))
    assert [task.title for task in tasks()] == ["400 options of Northwind vest"]
    EquityLead.objects.filter(kind="option_vest").update(is_on=False)
    assert open_tasks(day=DAY(2026, 1, 10)).taken_back == 1
    open_tasks(day=DAY(2026, 2, 10))
    assert [task.title for task in tasks(status="planned")] == ["400 shares of Northwind vest"]


def test_windows_become_tasks_of_whoever_has_something_to_trade(client_, company, lead):
    company.closed_before_days = 14
    services.save_company(company=company)
    vested, nothing = client_, ClientFactory(lead=lead)
    row = grant(vested, company, vest_from=DAY(2024, 11, 16))
    grant(nothing, company, vest_from=DAY(2025, 12, 16))
    # results are expected on 4 February; 5 and 6 are the full trading days, 9 is the opening
    assert open_tasks(day=DAY(2026, 2, 3)).made == 2
    opens = tasks(source="equity_opens")
    assert [(task.client, task.title, task.due_on) for task in opens] == [
        (vested, "Northwind: trading opens", DAY(2026, 2, 9))
    ]
    # the real date of the results comes in: the same task moves
    company.results.create(quarter_end=DAY(2025, 12, 31), published_on=DAY(2026, 2, 10))
    assert open_tasks(day=DAY(2026, 2, 3)).moved == 1
    assert [task.due_on for task in tasks(source="equity_opens")] == [DAY(2026, 2, 13)]
    open_tasks(day=DAY(2026, 3, 10))
    closes = tasks(source="equity_closes")
    assert [(task.due_on, task.window_end) for task in closes] == [(DAY(2026, 3, 16), DAY(2026, 3, 16))]
    # all of it is sold: nothing is left to trade
    with time_machine.travel(DAY(2026, 3, 3), tick=False):
        services.record(
            move=EquityTransaction(grant=row, kind="sale", happened_on=DAY(2026, 2, 16), shares=500)
        )
    assert open_tasks(day=DAY(2026, 3, 10), clients=[vested.pk]).taken_back == 2
    assert not tasks(source="equity_closes", status="planned")


def test_options_that_end_are_told_while_there_are_any(client_, company):
    row = grant(
        client_, company, kind="nso", exercise_price=Decimal(20), vest_from=DAY(2025, 1, 16),
        expires_on=DAY(2026, 3, 1),
    )  # fmt: skip
    open_tasks(day=DAY(2026, 2, 1))
    (task,) = tasks(source="equity_expires")
    assert (task.title, task.due_on) == (
        "400 options of Northwind end",
        DAY(2026, 2, 27),
    )  # before the weekend
    with time_machine.travel(DAY(2026, 2, 3), tick=False):
        services.record(
            move=EquityTransaction(
                grant=row, kind="exercise", happened_on=DAY(2026, 2, 2), shares=400, price=Decimal(90)
            )
        )
    open_tasks(day=DAY(2026, 2, 3))
    assert tasks(source="equity_expires")[0].status == "cancelled"


def test_an_edit_is_followed_by_the_sweep_and_the_night_by_itself(client_, company, lead):
    """The night's work and the sweep of changes make the tasks; the client's summary counts them."""
    with time_machine.travel(dt.datetime(2026, 2, 5, 15, tzinfo=dt.UTC), tick=False):
        row = grant(client_, company)
        plan_changed()
        assert len(tasks()) == 1
        assert Client.objects.get().summary.open_tasks == 1
        services.remove_grant(grant=row)
        plan_changed()
        assert Client.objects.get().summary.open_tasks == 0
        grant(client_, company)
        assert plan_tonight()["equity_made"] == 1
        assert Client.objects.get().summary.open_tasks == 1
        # who leads next takes it over, as with any other task
        other = UserFactory(groups=["advisor"])
        TeamMember.objects.filter(client=client_, role__code="lead_advisor").update(user=other)
        plan(as_of=DAY(2026, 2, 5), clients=[client_.pk])
        assert [task.assigned_to for task in tasks(status="planned")] == [other]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_nothing_twice():
    lead = UserFactory(groups=["advisor"])
    company = EquityCompany.objects.create(name="Northwind")
    for _ in range(5):
        grant(ClientFactory(lead=lead), company)
    made = []

    def work():
        try:
            made.append(open_tasks(day=DAY(2026, 2, 10)).made)
        finally:
            connection.close()

    workers = [Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    vests = ServiceTask.objects.filter(source="equity_vest")
    assert vests.count() == 5
    assert sorted(made)[:2] == [0, 0]


def test_only_those_who_changed_are_looked_at(client_, company, lead):
    other = ClientFactory(lead=lead)
    for each in (client_, other):
        grant(each, company)
    open_tasks(day=DAY(2026, 2, 10), clients=[client_.pk])
    assert [task.client for task in tasks()] == [client_]
