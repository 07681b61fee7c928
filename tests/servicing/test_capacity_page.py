"""The capacity pages: figures that one would act on, hours stated in the table, what if, hours of a draft."""

import csv
import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from clients.firm import firm_today
from clients.formats import hours
from clients.templatetags.crm import percent
from servicing.capacity import weeks
from servicing.capacity.what_if import Away, Line, Present, Service, Wish, read, suppose, totals
from servicing.models import AnnualReview, ClientHours, PersonLoad, RoleWeeks, ServiceItem, ServiceTask
from servicing.planning import plan
from servicing.review import results
from servicing.standards.a_year import Promise, times_a_year
from tests.tiers.firm import SHIPPED, D, case, store, store_policy
from tiers import services
from tiers.policies import clone_policy
from tiers.simulation import simulate

PAGE = "/operations/capacity/"
DAY = dt.timedelta(days=1)


# --- What if, on plain figures -------------------------------------------------------------------------


def promise(item, *, kind=1, interval=3, minutes=60, months=(), tier=1):
    return Promise(
        item_id=item,
        service="x",
        kind_id=kind,
        tier_id=tier,
        tier="A",
        role_id=1,
        interval=interval,
        minutes=minutes,
        automated=not minutes,
        months=months,
    )


def firm_of(promises, *, clients=10, available=600, pairs=()):
    minutes = [60] * 52
    present = Present(
        first_week=dt.date(2026, 3, 2),
        working_days=[5] * 52,
        roles={1: Line(list(minutes), list(minutes), [available] * 52)},
        services=[Service(each.item_id, 1, 1, minutes) for each in promises[:1]],
        clients={1: clients},
        rates={1: Decimal(150)},
    )
    present.__dict__.update(promises=promises, pairs=list(pairs))
    return present


def year(lines):
    return totals(lines).promised


def test_a_service_asks_for_its_own_time_only_between_those_that_fulfil_it_too():
    review, check = promise(1, kind=1, interval=6), promise(2, kind=2, interval=3)
    assert times_a_year([review, check], []) == {1: 2, 2: 4}
    assert times_a_year([review, check], [(1, 2)]) == {1: 2, 2: 2}
    monthly = promise(2, kind=2, interval=1)
    assert times_a_year([review, monthly], [(1, 2)]) == {1: 2, 2: 10}
    assert times_a_year([promise(1, kind=1, interval=1), check], [(1, 2)]) == {1: 12, 2: 0}


def test_more_people_clients_and_other_standards_change_what_they_should():
    present = firm_of([promise(1)])
    assert suppose(present, Wish())[1] == present.roles[1]
    more = suppose(present, Wish(people={1: (2, Decimal(10))}))[1]
    assert more.available == [600 + 2 * 600] * 52
    assert sum(suppose(present, Wish(minutes={1: 90}))[1].promised) == 52 * 90
    assert sum(suppose(present, Wish(every={1: 6}))[1].promised) == 52 * 30
    grown = year(suppose(present, Wish(clients={1: 20})))
    assert sum(grown) == pytest.approx(52 * 60 + 20 * 4 * 60 * 364 / 365.25)
    assert max(grown) == pytest.approx(min(grown))
    seasonal = firm_of([promise(1, interval=12, months=(10, 11))])
    autumn = year(suppose(seasonal, Wish(clients={1: 5})))
    assert sum(autumn) - 52 * 60 == pytest.approx(5 * 60)
    assert {week for week, minutes in enumerate(autumn) if minutes > 60} == set(range(30, 39))


def test_a_change_of_one_service_reaches_the_one_that_it_covers_and_one_with_no_time_yet_begins_level():
    review, check = promise(1, kind=1, interval=6), promise(2, kind=2, interval=6, minutes=20)
    present = firm_of([review, check], pairs=[(1, 2)])
    rarer = suppose(present, Wish(every={1: 12}))
    # half the reviews; between two of them now one check-in a year for each of ten clients
    assert sum(year(rarer)) == pytest.approx(52 * 30 + 10 * 20 * 364 / 365.25)


def test_somebody_away_takes_hours_and_leaves_the_work():
    present = firm_of([promise(1)], available=100)
    first = dt.date(2026, 3, 11)  # a Wednesday
    away = Away(first_on=first, last_on=first + 7 * DAY, available=[50] * 52, shares={1: 1.0})
    line = suppose(present, Wish(away=away))[1]
    assert line.available[:4] == [100, pytest.approx(70), pytest.approx(70), 100]
    assert line.promised == present.roles[1].promised
    gone = suppose(present, Wish(away=Away(first, None, [50] * 52, {1: 1.0})))
    assert read(totals(gone))["first_overloaded"] == 2
    assert read(totals(present.roles))["first_overloaded"] is None


# --- The pages --------------------------------------------------------------------------------------------


@pytest.fixture
def counted(firm):
    """The firm of one A client, with ann's five hours a week, added up."""
    ClientHours.objects.create(user=firm.users["ann"], hours_a_week=5)
    weeks.refresh()
    return firm


@pytest.mark.django_db
def test_the_page_says_what_one_would_act_on_and_opens_what_is_behind(
    counted, signed_in, django_assert_max_num_queries
):
    olga = signed_in("olga")
    olga.get(PAGE)
    with django_assert_max_num_queries(12):
        page = olga.get(PAGE).content.decode()
    ann, bob = (PersonLoad.objects.get(user__username=name) for name in ("ann", "bob"))
    assert f'href="/operations/capacity/people/{ann.user_id}/"' in page
    assert "Hours not stated" in page  # bob's
    assert "not measured" in page
    assert bob.available is None
    busiest = ann.busiest
    monday = weeks.CapacityFigures.objects.get().first_week + busiest * 7 * DAY
    week = olga.get(reverse("servicing:capacity_week", args=[monday])).content.decode()
    assert "Review meeting" in week or "Wealth plan review" in week
    rows = olga.get(reverse("servicing:person_capacity", args=[ann.user_id]), {"week": monday})
    assert sum(row["minutes"] for row in rows.context["rows"]) == ann.promised[busiest]
    lines = olga.get("/operations/capacity/export/", {"what": "people"}).content.decode().splitlines()
    assert lines[0].startswith("person,clients_led,hours_a_week")
    assert any(line.startswith("bob,0,,") for line in lines)
    file = list(csv.DictReader(olga.get("/operations/capacity/export/").content.decode().splitlines()))
    assert len(file) == 52
    for row in file:
        for part in ("tier_", "role_"):
            parts = [float(cell) for name, cell in row.items() if name.startswith(part)]
            assert sum(parts) == pytest.approx(float(row["promised"]), abs=0.03)
    led = next(row for row in file if row["week"] == monday.isoformat())
    then = RoleWeeks.objects.get(role__code="lead_advisor").promised[busiest]
    assert float(led["role_lead_advisor"]) == pytest.approx(then / 60, abs=0.006)
    by_role = page.split('aria-label="Weeks by role"')[1].split("</table>")[0]
    assert by_role.count("<tr>") == 53
    assert hours(then) in by_role
    assert "overloaded" in by_role
    assert olga.get("/operations/capacity/weeks/2026-13-45/").status_code == 404


@pytest.mark.django_db
def test_the_annual_review_tells_the_load_that_the_page_tells(counted, signed_in):
    """Work of people without stated hours is promised, but no part of anybody's hours."""
    counted.client(tier="B", since=firm_today() - 300 * DAY, team={"lead_advisor": "bob"})
    plan(as_of=firm_today())
    weeks.refresh()
    page = signed_in("olga").get(PAGE).context
    seen = results.capacity(AnnualReview())
    table = seen.table("roles")
    assert 0 < page["read"]["measured_year"] < page["read"]["promised_year"]
    assert float(table.foot[3].value) == pytest.approx(page["read"]["load"], abs=0.0001)
    assert table.foot[1].value == page["read"]["promised_year"]
    loads = {row[0].value: row[3].value for row in table.rows}
    named = {row["name"]: row["load"] for row in page["roles"] if row["name"] in loads}
    assert named
    for name, load in named.items():
        assert (loads[name] is None) == (load is None)
        assert load is None or float(loads[name]) == pytest.approx(load, abs=0.0001)
    assert "to people who have stated hours" in seen.says[0]
    assert percent(table.foot[3].value) in seen.says[0]


@pytest.mark.django_db
def test_a_count_of_people_is_that_of_its_list(counted, signed_in):
    olga, ann = signed_in("olga"), PersonLoad.objects.get(user__username="ann")
    PersonLoad.objects.filter(pk=ann.pk).update(available_soon=ann.promised_soon - 1)
    left = PersonLoad.objects.get(user__username="bob").user
    for active in (True, False):  # whoever left states no hours any more
        left.is_active = active
        left.save()
        for figure in ("over", "unstated"):
            page = olga.get(PAGE, {"show": figure}).context
            assert page[figure] == len(page["people"]), figure
            assert (left.pk in {row["user_id"] for row in page["people"]}) == (
                figure == "unstated" and active
            )
        assert page["over"] == 1


@pytest.mark.django_db
def test_an_advisor_sees_the_own_load_and_not_the_firms(counted, signed_in):
    ann = signed_in("ann")
    assert ann.get(PAGE).status_code == 403
    page = ann.get("/service/load/")
    assert page.context["shown"]["person"]["promised_year"] > 0
    assert "Okafor" not in page.content.decode()


@pytest.mark.django_db
def test_hours_are_stated_in_the_table_and_on_a_page_of_their_own(counted, signed_in):
    olga = signed_in("olga")
    bob = counted.users["bob"]
    url = reverse("servicing:hours", args=[bob.pk])
    row = olga.post(url, {"hours": "12.5"}, headers={"hx-request": "true"}).content.decode()
    assert 'value="12.5"' in row
    assert 'hx-swap-oob="true"' in row
    assert PersonLoad.objects.get(user=bob).available[1] in (12.5 * 60, 12.5 * 48)
    wrong = olga.post(url, {"hours": "90"}, headers={"hx-request": "true"})
    assert (wrong.status_code, 'value="90"' in wrong.content.decode()) == (422, True)
    assert "less than or equal to 80" in wrong.content.decode()
    assert olga.post(url, {"hours": "many"}).status_code == 422
    assert ClientHours.objects.get(user=bob).hours_a_week == Decimal("12.5")
    assert olga.post(url, {"hours": ""}).url == PAGE
    assert not ClientHours.objects.filter(user=bob).exists()
    assert PersonLoad.objects.get(user=bob).available is None


@pytest.mark.django_db
def test_what_if_is_in_the_address_stores_nothing_and_refuses_in_words(counted, signed_in):
    olga = signed_in("olga")
    before = sorted(PersonLoad.objects.values_list())
    tier, role = counted.tiers["A"].pk, counted.roles["lead_advisor"].pk
    asked = {"try": "1", f"clients_{tier}": "20", f"people_{role}": "1", "away": "", f"hours_{role}": ""}
    short = olga.get(PAGE, asked).url
    assert short == f"{PAGE}?clients_{tier}=20&people_{role}=1#what-if"
    answer = olga.get(short)
    rows = {row["name"]: row for row in answer.context["supposed"]["rows"]}
    assert rows["Promised in 52 weeks"]["difference"] / 60 == pytest.approx(20 * 11.25, rel=0.01)
    assert rows["Available in 52 weeks"]["difference"] == pytest.approx(
        30 * 12 * sum(weeks.CapacityFigures.objects.get().working_days)
    )
    assert rows["Cost of the promised hours in 52 weeks"]["difference"] > 20 * 8.5 * 149
    assert sorted(PersonLoad.objects.values_list()) == before
    tax = ServiceItem.objects.get(kind__code="tax_coordination")
    wrong = olga.get(
        PAGE,
        {
            f"clients_{tier}": "-2",
            f"people_{role}": "x",
            f"every_{tax.pk}": "1",
            f"minutes_{tax.pk}": "0",
            "away": "nobody",
            "away_from": "2026-05-02",
            "away_until": "2026-05-01",
        },
    )
    text = wrong.content.decode()
    assert wrong.status_code == 422
    for said in (
        "Tier A has 1 clients",
        "whole number",
        "also falls in",
        "only what is automated has none",
        "Nobody has this",
        "before the first",
    ):
        assert said in text
    left = olga.get(PAGE, {"away": "ann"})
    assert left.context["supposed"]["rows"][1]["then"] == pytest.approx(0, abs=1e-6)
    assert "has not stated hours" in olga.get(PAGE, {"away": "bob"}).content.decode()


@pytest.mark.django_db
def test_a_firm_without_clients_is_told_what_will_be_here(signed_in):
    page = signed_in("olga").get(PAGE).content.decode()
    assert "appears here once clients have a tier" in page


# --- A draft ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_studio_shows_the_hours_that_a_draft_would_promise(
    time_machine, signed_in, django_assert_max_num_queries
):
    time_machine.move_to(dt.datetime(2026, 3, 31, 16, tzinfo=dt.UTC))
    store([case(f"c{n}", 900 - 10 * n, growth=n % 5 + 1, alignment=3, tier="C") for n in range(8)])
    services.refresh_tiers()
    olga = signed_in("olga")
    published = store_policy(SHIPPED)
    draft = clone_policy(policy=published, by=None)
    first = draft.rules.get(position=1)
    first.max_clients, first.revenue_share = 2, None
    first.save()
    found = simulate(policy=draft, as_of=D, by=None)
    page = olga.get(reverse("tiers:studio", args=[draft.pk]), {"on": D.isoformat()})
    panel = next(each for each in page.context["panels"] if "draft_panel" in each["template"])["context"]
    hours = {row["tier"]: row["draft"] / 60 for row in panel["tiers"]}
    clients = {row["tier"]: row["clients"] for row in found.result["tiers"]}
    assert clients["A"] == 2
    # a year of A: four reviews of 90, a plan of 150, tax 90, estate 75 minutes
    assert hours["A"] == pytest.approx(2 * 11.25)
    assert hours["B"] == pytest.approx(clients["B"] * (2 * 65 + 2 * 20) / 60)
    assert hours["C"] == pytest.approx(clients["C"] * 40 / 60)
    assert {row["tier"]: row["now"] for row in panel["tiers"]}["C"] == 8 * 40
    assert panel["total"]["available"] is None
    assert "Hours promised against hours available" in page.content.decode()
    assert "Hours promised against" in olga.get(reverse("tiers:policy", args=[draft.pk])).content.decode()
    assert not ServiceTask.objects.exists()
    assert firm_today() == D
