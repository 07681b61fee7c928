"""Movement between tiers, and revenue over clients."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from html import unescape
from itertools import pairwise

import pytest
from django.test import Client as Browser

from clients.models import Client, ClientSummary, Revenue, Tier
from servicing.dashboards import movement, operations, rollups
from servicing.models import ClientResult, DashboardRefresh, MovementRollup
from tests.factories import ClientFactory, UserFactory
from tiers.models import TierAssignment

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 8, 19)
DAY = dt.timedelta(days=1)


@pytest.fixture
def firm(time_machine):
    time_machine.move_to(dt.datetime(2026, 8, 19, 16, tzinfo=dt.UTC))
    ann = UserFactory(username="ann")
    # Tiers with the days on which they began, counted back from today.
    ways = [[("A", 300)], [("A", 300), ("B", 20)], [("B", 300), ("A", 10), ("B", 5)], [("C", 8)],
            [("C", 300), ("B", 30), ("A", 1)], [], [("B", 0)]]  # fmt: skip
    for number, way in enumerate(ways):
        client = ClientFactory(lead=ann if number < 3 else None, name=f"Client {number}")
        days = [TODAY - back * DAY for _code, back in way]
        for (code, _back), first, last in zip(way, days, [*days[1:], None], strict=False):
            tier = Tier.objects.get(code=code)
            TierAssignment.objects.create(
                client=client, tier=tier, starts_on=first, ends_on=last, serviced_from=first, source="run"
            )
            ClientSummary.objects.filter(client=client).update(tier=tier, tier_position=tier.position)
        Revenue.objects.create(client=client, date=TODAY, amount=Decimal(1000 - 100 * number))
    ClientFactory(status="former")
    rollups.refresh()
    return ann


@pytest.fixture
def browser(firm) -> Browser:
    browser = Browser()
    boss = UserFactory(groups=["compliance"])
    browser.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def cells(first: dt.date, last: dt.date, advisor: str = "") -> dict[tuple[str, str], int]:
    codes = dict(Tier.objects.values_list("pk", "code"))
    return {(codes.get(a, ""), codes.get(b, "")): n for a, b, n in movement.cells_of(first, last, advisor)}


def test_it_compares_the_tiers_of_two_days_whatever_lay_between(firm):
    assert cells(TODAY - 100 * DAY, TODAY) == {
        ("A", "A"): 1, ("A", "B"): 1, ("B", "B"): 1, ("", "C"): 1, ("C", "A"): 1, ("", ""): 1, ("", "B"): 1,
    }  # fmt: skip
    assert cells(TODAY - 11 * DAY, TODAY - 6 * DAY)[("B", "A")] == 1
    assert cells(TODAY - 100 * DAY, TODAY, str(firm.pk)) == {("A", "A"): 1, ("A", "B"): 1, ("B", "B"): 1}


def test_each_cell_ribbon_and_figure_opens_as_many_clients(firm, browser):
    for query in ("", f"from={TODAY - 11 * DAY}&to={TODAY - 6 * DAY}", f"advisor={firm.pk}"):
        context = browser.get(f"/operations/movement/?{query}").context
        table = context["table"]
        for row in [*table.rows, table.foot]:
            for cell in row[1:]:
                if not cell.href:
                    assert cell.value == 0
                    continue
                assert browser.get(cell.href).context["count"] == cell.value
                file = browser.get(f"{cell.href}&file=1").getvalue().decode().splitlines()
                assert file[0] == "client,name,from,to,since,advisor"
                assert len(file) == 1 + cell.value
        for figure in context["figures"]:
            assert figure["value"] or "advisor" in query or "from" in query
            assert browser.get(figure["href"]).context["count"] == figure["value"]
        for ribbon in context["flow"]["ribbons"]:
            count = browser.get(ribbon["href"]).context["count"]
            assert ribbon["says"].endswith(f": {count}")
        whole = table.foot[-1].value
        assert whole == sum(cell.value for cell in table.foot[1:-1]) == (3 if "advisor" in query else 7)


def test_a_movement_is_kept_until_the_figures_are_added_up_again(firm):
    first, last = TODAY - 50 * DAY, TODAY
    before = cells(first, last)
    Client.objects.filter(name="Client 0").update(status="former")
    assert cells(first, last) == before
    rollups.refresh()
    assert list(MovementRollup.objects.values_list("first_on", "last_on")) == [movement.usual(TODAY)]
    assert sum(cells(first, last).values()) == 6


def test_days_that_make_no_sense_are_said_and_mended(firm, browser):
    page = browser.get("/operations/movement/?from=2026-99-01&to=2099-01-01")
    assert page.status_code == 200
    assert page.context["wrong"]
    assert page.context["last"] == TODAY
    turned = browser.get(f"/operations/movement/?from={TODAY}&to={TODAY - 9 * DAY}").context
    assert turned["first"] < turned["last"]
    file = browser.get("/operations/movement/?file=1").content.decode().splitlines()
    assert file[0].startswith("from,to_A,to_B,to_C")


def test_the_curve_is_that_of_the_clients_with_the_cuts_of_their_tiers(firm, browser):
    found = DashboardRefresh.objects.get().pareto
    assert found["clients"] == 7
    assert found["revenue"] == "4900.00"
    assert found["curve"][0] == [0.0, 0.0]
    assert found["curve"][-1] == [1.0, 1.0]
    shares = [point[1] for point in found["curve"]]
    steps = [later - earlier for earlier, later in pairwise(shares)]
    assert all(a >= b - 1e-4 for a, b in pairwise(steps))  # it never bends upwards
    half = next(mark for mark in found["marks"] if mark["share"] == 0.5)
    assert half["clients"] == 3  # 1,000 + 900 + 800 of 4,900
    page = browser.get("/operations/revenue/")
    assert unescape(page.content.decode()).count("<polyline") == 1
    for figure in page.context["figures"]:
        assert browser.get(figure["href"]).context["count"] == figure["clients"]
    assert [cell.value for cell in page.context["table"].foot] == ["Together", 7, 1, 4900, 1, 700]
    assert 'href="?file=curve"' in page.content.decode()
    curve = browser.get("/operations/revenue/?file=curve").content.decode().splitlines()
    assert len(curve) == 1 + len(found["curve"])
    for row in page.context["table"].rows:
        assert browser.get(row[1].href).context["count"] == row[1].value
        assert browser.get(row[3].href).context["sums"]["revenue"] == row[3].value


def test_the_clients_who_bring_most_are_opened_however_many_they_are(firm, browser, monkeypatch):
    """Also where they are more than can be paged to."""
    monkeypatch.setattr(operations, "PAGE", 1)
    monkeypatch.setattr(operations, "DEEPEST", 2)
    second, third = ClientResult.objects.filter(period="12m").order_by("-revenue")[1:3]
    ClientResult.objects.filter(pk=third.pk).update(
        revenue=second.revenue
    )  # by number where they bring as much
    by_revenue = list(ClientResult.objects.filter(period="12m").order_by("-revenue", "client_id"))
    for sort, column in (("revenue", "revenue"), ("margin", "margin")):
        ordered = (
            by_revenue if sort == "revenue" else sorted(by_revenue, key=lambda r: (r.margin, r.client_id))
        )
        for number in range(1, 9):
            page = f"/operations/clients/?period=12m&sort={sort}&top={number}"
            shown = browser.get(page).context
            assert shown["count"] == min(number, 7)
            assert shown["sums"][column] == sum(getattr(row, column) for row in ordered[:number])
            assert len(shown["rows"]) == 1
            lines = b"".join(browser.get(f"{page}&file=1").streaming_content).decode().splitlines()
            numbers = [row.client.external_id for row in ordered[:number]]
            assert [line.split(",")[0] for line in lines[1:]] == numbers
    assert browser.get(f"/operations/clients/?top={10**18 - 1}").context["count"] == 7
