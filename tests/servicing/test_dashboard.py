"""The operations dashboard: figures by filters, each with a list that has as many rows."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.firm import firm_today
from clients.models import (
    Client,
    ClientScore,
    ClientSummary,
    Revenue,
    ServiceRole,
    TeamMember,
    Tier,
    TimeEntry,
    Touch,
    TouchKind,
    User,
)
from servicing.capacity import weeks
from servicing.capacity.hours import state_hours
from servicing.dashboards import parts, reading, rollups
from servicing.dashboards.links import Links
from servicing.dashboards.operations import PERIODS
from servicing.dashboards.reading import Asked
from servicing.dashboards.tables import HOURS, MONEY, NUMBER, SHARE, Cell, links
from servicing.delivery import figures, periods
from servicing.delivery import reading as delivery
from servicing.models import (
    BookRollup,
    ClientResult,
    ConfidenceAnswer,
    DeliveryRefresh,
    DeliveryRollup,
    MonthRollup,
    ServiceItem,
    ServiceTask,
)
from tests.factories import ClientFactory, UserFactory
from tiers.models import TierAssignment

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 8, 19, 16, tzinfo=dt.UTC)
TODAY = dt.date(2026, 8, 19)
CLIENTS = 10


@pytest.fixture
def firm(time_machine) -> dict[str, User]:
    """Two advisors with clients of every tier and none, clients nobody leads, a former one; of each state of
    a task some, some of them this week; revenue, time and answers in months before and after the periods."""
    time_machine.move_to(NOON)
    ann, bob = UserFactory(username="ann"), UserFactory(username="bob")
    state_hours(user=ann, hours=Decimal(1))
    tiers = [Tier.objects.get(code=code) for code in "ABC"]
    for number in range(CLIENTS):
        lead = (ann, bob, None)[number % 3]
        client = ClientFactory(lead=lead, client_since=TODAY - dt.timedelta(days=number * 3))
        _tiered(client, None if number == CLIENTS - 1 else tiers[number % 3], number, tiers)
        _facts(client, number, lead or ann)
        _work(client, number, lead)
    TeamMember.objects.create(
        client=Client.objects.earliest("pk"), role=ServiceRole.objects.get(code="associate"), user=bob
    )
    gone = ClientFactory(status="former", lead=ann)
    Revenue.objects.create(client=gone, date=TODAY, amount=9999)
    Client.objects.filter(pk__in=Client.objects.order_by("pk")[:5].values("pk")).update(permission="granted")
    figures.refresh()
    rollups.refresh()
    weeks.refresh()
    return {"ann": ann, "bob": bob, "olga": UserFactory(username="olga", groups=["operations"])}


def _tiered(client: Client, tier: Tier | None, number: int, tiers: list[Tier]) -> None:
    if tier is None:
        return
    since = TODAY - dt.timedelta(days=400)
    moved = TODAY - dt.timedelta(days=3 if number % 2 else 10) if number % 4 < 2 else None
    if moved:
        before = tiers[(number + 1) % 3]
        TierAssignment.objects.create(
            client=client, tier=before, starts_on=since, ends_on=moved, serviced_from=since, source="run"
        )
    start = moved or since
    TierAssignment.objects.create(
        client=client, tier=tier, starts_on=start, serviced_from=start, source="run"
    )
    ClientSummary.objects.filter(client=client).update(tier=tier, tier_position=tier.position)
    ClientScore.objects.filter(client=client).update(score=None if number == 4 else 50)


def _facts(client: Client, number: int, by: User) -> None:
    role = ServiceRole.objects.get(code="lead_advisor")
    for back in (0, 4, 13):
        day = TODAY - dt.timedelta(days=30 * back + number)
        Revenue.objects.create(client=client, date=day, amount=Decimal("80.25") * (number + 1))
        Touch.objects.create(
            client=client,
            kind=TouchKind.objects.get(code="review_meeting"),
            occurred_at=dt.datetime.combine(day, dt.time(15), dt.UTC),
            occurred_on=day,
            outcome="reached",
            minutes=20 * number + 7,
            role=role,
        )
        TimeEntry.objects.create(client=client, spent_on=day, minutes=11, role=role, by=by)
        ConfidenceAnswer.objects.create(client=client, value=(number + back) % 11, asked_on=day)
    earlier = TODAY.replace(day=1)  # an earlier answer of the same month does not count
    ConfidenceAnswer.objects.create(client=client, value=0, asked_on=earlier)


def _work(client: Client, number: int, lead: User | None) -> None:
    items = list(ServiceItem.objects.select_related("standard").order_by("id"))
    states = ("done", "done", "missed", "declined", "no_response", "waived", "cancelled", "planned")
    for place, status in enumerate(states):
        item = items[(number + place) % len(items)]
        end = TODAY - dt.timedelta(days=(number * 7 + place * 5) % 40 - 2)
        late = (number + place) % 2 == 0
        done = end + dt.timedelta(days=2 if late else -1) if status == "done" else None
        ServiceTask.objects.create(
            client=client,
            item=item,
            kind=item.kind,
            tier_id=item.standard.tier_id,
            role=item.role,
            status=status,
            due_on=end - dt.timedelta(days=14),
            window_start=end - dt.timedelta(days=28),
            window_end=end,
            planned_minutes=45,
            completed_on=min(done, TODAY) if done else None,
            closed_at=NOON - dt.timedelta(days=number) if status == "missed" else None,
            assigned_to=lead,
        )


@pytest.fixture
def browser(firm) -> Browser:
    browser = Browser()
    browser.force_login(firm["olga"], backend="django.contrib.auth.backends.ModelBackend")
    return browser


def behind(browser: Browser, href: str) -> dict[str, Any]:
    """The list at an address: how many rows it says to have, and the sums of money and time."""
    answer = browser.get(href)
    assert answer.status_code == 200, href
    context = answer.context
    if href.startswith(reverse("clients:list")):
        return {"count": context["count"] if "count" in context else context["total"]}
    if "/capacity/people/" in href:
        rows = context.get("rows") or []
        if context.get("monday"):
            assert in_file(browser, href) == len(rows)
        return {"minutes": sum(row["minutes"] for row in rows)}
    found = {"count": context["number" if "number" in context else "count"], "sums": context.get("sums")}
    assert "data-prints" in answer.content.decode(), href
    assert in_file(browser, href) == found["count"], href
    return found


def in_file(browser: Browser, href: str) -> int:
    """How many rows the file of a list has; the list itself leads to it."""
    page, _hash, _place = href.partition("#")
    assert "file=1" in browser.get(page).content.decode(), href
    file = browser.get(f"{page}&file=1")
    assert file["Content-Type"].startswith("text/csv"), href
    head, *rows = csv.reader(io.StringIO(file.getvalue().decode()))
    assert head[:2] == ["client", "name"]
    assert all(len(row) == len(head) for row in rows)
    return len(rows)


def agree(browser: Browser, cell: Cell, column: str, seen: dict[str, dict[str, Any]]) -> None:
    """The list behind a cell has as many rows, or comes to as much, as the cell says."""
    href = re.sub(r"&sort=\w+", "", cell.href)  # which does not change what is in it
    found = seen[href] if href in seen else seen.setdefault(href, behind(browser, href))
    if cell.kind == NUMBER:
        assert found["count"] == cell.value, (column, cell)
    elif cell.kind == MONEY and found.get("sums"):
        name = {"revenue_an_hour": "an_hour"}.get(column, column)
        assert round(found["sums"][name], 2) == round(cell.value, 2), (column, cell)
    elif cell.kind == HOURS and "minutes" in found:
        assert found["minutes"] == cell.value, (column, cell)
    elif cell.kind == HOURS and found.get("sums"):
        assert found["sums"]["minutes"] == cell.value, (column, cell)


def walk(browser: Browser, asked: Asked) -> int:
    """Follows every link of every table of the dashboard; returns how many lists there were."""
    read = reading.read(asked)
    assert read
    seen: dict[str, dict[str, Any]] = {}
    for part in parts.build(asked, read, everybody=True):
        for table in part.tables:
            for row in [*table.rows, *([table.foot] if table.foot else [])]:
                for column, cell in zip(table.columns, row, strict=True):
                    if cell in links(row) and not cell.href.startswith("?"):
                        agree(browser, cell, column.code, seen)
    return len(seen)


@pytest.mark.parametrize(
    ("period", "tier", "advisor"),
    [("12m", "", ""), ("quarter", "A", "ann"), ("year", "B", ""), ("12m", "none", "ann")],
)
def test_each_number_opens_a_list_that_has_as_many_rows(firm, browser, period, tier, advisor):
    number = str(firm[advisor].pk) if advisor in firm else advisor
    chosen = periods.period_of(period, TODAY, since=figures.first_month(TODAY))
    asked = Asked(chosen, today=TODAY, tier=tier, advisor=number)
    assert walk(browser, asked) > (100 if asked.whole else 1)


def test_on_a_new_day_each_number_has_its_list_until_the_figures_are_added_up(firm, time_machine):
    time_machine.move_to(dt.datetime(2026, 10, 1, 16, tzinfo=dt.UTC))  # another month and quarter
    browser = Browser()
    browser.force_login(firm["olga"], backend="django.contrib.auth.backends.ModelBackend")
    for period in ("12m", "quarter"):
        page = browser.get(f"/operations/?period={period}").context
        assert page["asked"].period.last == dt.date(2026, 8, 31)
        followed = 0
        for part in page["parts"]:
            for table in part.tables if part.code in ("profit", "delivery", "time") else []:
                for column, cell in zip(table.columns, table.foot, strict=False):
                    if cell.href:
                        agree(browser, cell, column.code, {})
                        followed += 1
        assert followed > 12


def test_the_clients_file_has_every_client_of_its_list(firm, browser):
    page = "/operations/clients/?period=year&sort=revenue"
    lines = b"".join(browser.get(f"{page}&file=1").streaming_content).decode().splitlines()
    assert len(lines) == 1 + browser.get(page).context["count"] == 1 + CLIENTS
    assert lines[0].startswith("client,name,tier,advisor,revenue")


@pytest.mark.parametrize("query", ["", "tier=B", "advisor=none&tier=C"])
def test_each_figure_above_opens_its_list_too(firm, browser, query):
    page = browser.get(f"/operations/?{query}")
    cards = page.context["cards"]
    text = unescape(page.content.decode())
    for card in cards:
        if not card["value"]:
            assert f'href="{card["href"]}"' not in text.split("dashboard-now")[1].split("</section>")[0]
            continue
        answer = browser.get(card["href"].partition("#")[0])
        context = answer.context
        count = next((context[key] for key in ("count", "total", "number") if key in context), None)
        if "capacity" in card["href"]:
            count = len(context["people"]) if "people" in context else 1
        assert count == card["value"], card["label"]
    assert any(card["value"] for card in cards)


def test_a_list_of_tasks_offers_no_period_that_would_change_nothing(firm, browser):
    page = browser.get("/operations/tasks/?what=overdue&period=year").content.decode()
    assert 'id="dashboard-period"' not in page
    assert '<input type="hidden" name="period" value="year">' in page  # the way back keeps it
    assert "days late" in page
    assert 'id="dashboard-period"' in browser.get("/operations/clients/?period=year").content.decode()


def test_the_figures_are_those_of_plain_counting(firm):
    """The rollups against the facts, one by one."""
    active = Client.objects.filter(status="active")
    whole = BookRollup.objects.filter(scope="firm")
    assert sum(row.clients for row in whole) == active.count() == CLIENTS
    assert sum(row.not_asked for row in whole) == active.filter(permission="not_asked").count()
    assert sum(row.without_team for row in whole) == active.filter(team=None).count()
    assert (
        sum(row.costly_12m for row in whole)
        == ClientResult.objects.filter(period="12m", margin__lt=0).count()
    )
    this_month = list(MonthRollup.objects.filter(scope="firm", month=TODAY.replace(day=1)))
    revenue = Revenue.objects.filter(client__status="active", date__gte=TODAY.replace(day=1))
    assert sum(row.revenue for row in this_month) == sum(each.amount for each in revenue)
    touches = Touch.objects.filter(occurred_on__gte=TODAY.replace(day=1))
    entries = TimeEntry.objects.filter(spent_on__gte=TODAY.replace(day=1))
    minutes = [each.minutes or 0 for each in [*touches, *entries]]
    assert sum(row.minutes for row in this_month) == sum(minutes)
    assert sum(row.cost for row in this_month) == sum(
        (Decimal(each) * 150 / 60).quantize(Decimal("0.01")) for each in minutes
    )
    by_lead = BookRollup.objects.filter(scope="lead")
    assert sum(row.clients for row in by_lead) == CLIENTS


def test_a_second_refresh_writes_nothing_and_a_change_is_followed(firm):
    before = {model: set(model.objects.values_list("pk", flat=True)) for model in (BookRollup, MonthRollup)}
    rollups.refresh()
    for model, keys in before.items():
        assert set(model.objects.values_list("pk", flat=True)) == keys
    client = Client.objects.filter(status="active").latest("pk")
    Revenue.objects.create(client=client, date=TODAY, amount=Decimal("12345.67"), source="x")
    rollups.refresh()
    assert ClientResult.objects.get(client=client, period="quarter").revenue > 12345
    assert ClientResult.objects.exclude(period=ClientResult.OTHERS).count() == CLIENTS * len(PERIODS)
    assert ClientResult.objects.filter(period=ClientResult.OTHERS).count() == 1  # the former one's year


def test_what_goes_through_everybody_is_read_again_once_figures_are_added_up(firm, browser):
    """A process keeps it; the list of advisors and the sums are those of the figures that the page names."""
    asked = Asked(periods.period_of("12m", TODAY, since=figures.first_month(TODAY)), TODAY)
    first = reading.read(asked)
    with CaptureQueriesContext(connection) as captured:
        again = reading.read(asked)
    assert (again, len(captured)) == (first, 1)
    chosen = delivery.Chosen(asked.period)
    added_up = DeliveryRefresh.objects.get().refreshed_at
    assert set(delivery.most_trouble(chosen, added_up=added_up, limit=9)) == {
        firm["ann"].pk, firm["bob"].pk, None,
    }  # fmt: skip

    TeamMember.objects.filter(role__code="lead_advisor", user=firm["bob"]).update(user=firm["olga"])
    Revenue.objects.create(
        client=Client.objects.earliest("pk"), date=TODAY, amount=Decimal("12345.67"), source="x"
    )
    assert reading.read(asked) == first
    for refresh in (figures.refresh, rollups.refresh):
        refresh()
    then = reading.read(asked)
    assert Decimal(str(then.year["revenue"])) == Decimal(str(first.year["revenue"])) + Decimal("12345.67")
    assert set(then.worst) == {firm["ann"].pk, firm["olga"].pk, None}
    added_up = DeliveryRefresh.objects.get().refreshed_at
    assert firm["olga"].pk in delivery.most_trouble(chosen, added_up=added_up, limit=9)


def test_tables_that_were_filled_a_moment_ago_are_not_taken_for_empty(firm, monkeypatch):
    """Without statistics the next refresh compares each row with each: hours in a large firm."""
    monkeypatch.setattr("servicing.planning.session.MANY", 5)
    for table in (ClientResult, MonthRollup, BookRollup, DeliveryRollup):
        table.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {table._meta.db_table}")
    figures.refresh()
    rollups.refresh()
    with connection.cursor() as cursor:
        for table in (ClientResult, MonthRollup, BookRollup, DeliveryRollup):
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [table._meta.db_table])
            assert cursor.fetchone()[0] == table.objects.count() > 5


def test_the_page_takes_few_queries_and_says_when_its_figures_were_added_up(firm, browser):
    browser.get("/operations/")
    with CaptureQueriesContext(connection) as captured:
        page = browser.get("/operations/").content.decode()
    assert len(captured) <= 12
    assert "figures as of" in page
    assert "Aug, 12:00" in page
    for address in ("/operations/revenue/", "/operations/movement/"):
        browser.get(address)
        with CaptureQueriesContext(connection) as captured:
            browser.get(address)
        assert len(captured) <= 12


def test_each_drawing_has_its_words_and_each_part_its_file_and_its_own_page(firm, browser):
    page = browser.get("/operations/?period=year").content.decode()
    drawings = re.findall(r'<svg class="chart.*?</svg>', page, re.S)
    assert len(drawings) == 7
    assert all("<title" in each and re.search(r"<desc[^>]*>\S", each) for each in drawings)
    assert "style=" not in page.split("<main")[1]
    tables = re.findall(r'href="(/operations/file/[^"]+)"', page)
    assert len(tables) == 12
    for address in tables:
        file = browser.get(unescape(address))
        assert file["Content-Type"].startswith("text/csv")
        assert len(file.content.decode().splitlines()) > 1
    assert {f"table={name}" for name in ("now", "week")} <= {each.rpartition(";")[2] for each in tables}
    for code in ("week", "delivery", "workload", "confidence"):
        alone = browser.get(f"/operations/?period=year&part={code}").content.decode()
        assert alone.count('class="panel dashboard-part') == 1


def test_the_share_of_time_and_money_is_of_the_whole(firm):
    asked = Asked(periods.period_of("12m", TODAY, since=figures.first_month(TODAY)), today=TODAY)
    read = reading.read(asked)
    assert read
    (time,) = parts.build(asked, read, only="time")
    shares = [cell.value for row in time.tables[0].rows for cell in row if cell.kind == SHARE]
    assert round(sum(shares), 6) == 2
    assert Links(asked).results("time", "A").endswith("tier=A&sort=time")


def test_a_running_month_is_not_compared_with_a_whole_one(time_machine):
    """Even revenue is even on each day of a month: of the running one nothing is compared."""
    client, october = ClientFactory(), dt.date(2026, 10, 1)
    for back in range(28):
        first = periods.shifted(october, -back)
        for day, amount in ((first, 3_000), (first.replace(day=20), 97_000)):
            Revenue.objects.create(client=client, date=day, amount=Decimal(amount), source="x")
    even, so_far = "0 % more revenue than in the period before", ", up to the last month that is over."
    for today, said in (
        (dt.date(2026, 10, 1), {"12m": so_far, "year": so_far, "quarter": None}),
        (dt.date(2026, 10, 31), {"12m": ".", "year": ".", "quarter": "."}),
        (dt.date(2026, 11, 12), {"12m": so_far, "year": so_far, "quarter": so_far}),
    ):
        time_machine.move_to(dt.datetime.combine(today, dt.time(16), dt.UTC))
        figures.refresh()
        rollups.refresh()
        for code, words in said.items():
            asked = Asked(periods.period_of(code, today, since=figures.first_month(today)), today=today)
            (profit,) = parts.build(asked, reading.read(asked), only="profit")
            assert profit.tables
            assert profit.says == ("" if words is None else f"{even}{words}"), (today, code)


def test_planned_and_spent_time_are_of_the_same_clients(firm, browser):
    """Of active ones; what became of the work of a client who is paused now is still told by delivery."""
    Client.objects.filter(pk=Client.objects.earliest("pk").pk).update(status="paused")
    figures.refresh()
    rollups.refresh()
    period = periods.period_of("12m", TODAY, since=figures.first_month(TODAY))
    (time,) = parts.build(Asked(period, today=TODAY), reading.read(Asked(period, today=TODAY)), only="time")
    _name, tasks, planned, spent, *_rest = time.tables[0].foot
    meant = ServiceTask.objects.filter(due_on__range=(period.first, period.last)).exclude(
        status__in=("waived", "cancelled")
    )
    of_active = meant.filter(client__status="active").count()
    assert (tasks.value, planned.value) == (of_active, 45 * of_active)
    touches = Touch.objects.filter(client__status="active", occurred_on__range=(period.first, period.last))
    entries = TimeEntry.objects.filter(client__status="active", spent_on__range=(period.first, period.last))
    assert spent.value == sum(each.minutes for each in [*touches, *entries])
    agree(browser, tasks, "tasks", {})
    agree(browser, spent, "spent", {})
    assert "to active clients" in browser.get(tasks.href).content.decode()
    everything = f"{reverse('servicing:delivery_tasks')}?period=12m&state=meant"
    assert behind(browser, everything)["count"] == meant.count() > of_active


def test_an_empty_firm_is_told_what_brings_each_part_to_life(client):
    boss = UserFactory(groups=["operations"])
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/operations/").content.decode()
    assert "There are no active clients yet" in page
    assert page.count('class="empty"') == 8  # all but what changed: seven parts, and the goals
    assert (
        "shows here once revenue of the last 12 months is imported"
        in client.get("/operations/revenue/").content.decode()
    )
    assert (
        "shows here once there are clients with tiers" in client.get("/operations/movement/").content.decode()
    )


def test_filters_that_make_no_sense_are_left_out(firm, browser):
    for query in (
        "period=x&tier=%00&advisor=nobody.like.this",
        "advisor=99999999999999999999&page=99999",
        "tier=ZZ&page=0&part=nothing",
        "advisor=-1",
    ):
        assert browser.get(f"/operations/?{query}").status_code == 200
        assert browser.get(f"/operations/tasks/?what=nothing&{query}").status_code == 200
        assert browser.get(f"/operations/clients/?sort=x&top=0&{query}").status_code == 200
    assert browser.get("/operations/file/?table=nothing").status_code == 404
    page = browser.get("/operations/?advisor=ann").context["asked"]
    assert page.advisor == str(firm["ann"].pk)  # a username that somebody typed
    assert firm_today() == TODAY
