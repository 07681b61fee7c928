"""The runway: exact months under stated assumptions, and what is not allowed in."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from dateutil.relativedelta import relativedelta
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from clients.firm import firm_today
from clients.history import history_of
from clients.models import FieldEntry, IncomeStructure, Member
from clients.register.statement import statement_of
from personas.models import HouseholdDuty, OtherIncome, RedundancyCheck, RedundancyItem, Reserve, SoloPlan
from personas.tools.registry import pictures
from personas.tools.runway import charts
from personas.tools.runway.computing import MONTHS, CannotCompute, Income, Money, runway
from personas.tools.runway.reading import checklist_of, duties_of, picture_of
from tests.factories import ClientFactory, UserFactory

START = dt.date(2026, 1, 31)

cents = st.decimals(Decimal("0"), Decimal("90000"), places=2)
wages = st.builds(
    Income,
    st.decimals(Decimal("0"), Decimal("4000"), places=2),
    st.none() | st.dates(START, START.replace(2040)),
)
figures = st.fixed_dictionaries(
    {
        "spending": st.decimals(Decimal("0.01"), Decimal("9000"), places=2),
        "reserves": st.lists(st.builds(Money, cents, st.integers(0, 900)), max_size=4),
        "incomes": st.lists(wages, max_size=3),
        "inflation": st.sampled_from([Decimal(0), Decimal("2.5"), Decimal(7)]),
    }
)


def by_hand(spending, reserves, incomes, inflation):
    """The same months by another way: running totals since the start, in whole cents."""
    spent, got = 0, 0
    price = int(spending * 100)
    for month in range(MONTHS):
        on = START + relativedelta(months=month)
        if month and month % 12 == 0:
            exact = Fraction(price) * (1 + Fraction(inflation) / 100)
            price = int(Decimal(exact.numerator * 10) / Decimal(exact.denominator) / 10 + Decimal("0.5"))
        spent += price
        usable = sum(int(each.amount * 100) for each in reserves if (on - START).days >= each.after)
        got += sum(int(each.amount * 100) for each in incomes if not each.until or each.until >= on)
        if spent > usable + got:
            return month, spent - usable - got
    return None, 0


@given(figures)
def test_it_agrees_with_running_totals_to_the_cent(figures):
    found = runway(start=START, **figures)
    months, short = by_hand(**figures)
    assert (found.months, int(found.short * 100)) == (months, short)


@given(figures, st.decimals(Decimal("0"), Decimal("50000"), places=2))
def test_more_money_or_less_spending_never_shortens_it(figures, more):
    def months(**changed):
        found = runway(start=START, **(figures | changed)).months
        return MONTHS + 1 if found is None else found

    assert months(reserves=[*figures["reserves"], Money(more)]) >= months()
    assert months(incomes=[*figures["incomes"], Income(more)]) >= months()
    assert months(spending=figures["spending"] + more) <= months()
    assert months(inflation=figures["inflation"] + 1) <= months()


@given(figures)
def test_each_month_begins_with_what_the_one_before_left(figures):
    found = runway(start=START, **figures)
    left = Decimal(0)
    for month in found.table:
        there = left + month.freed + month.income
        if found.months is not None and month.number > found.months:
            assert there + found.short == month.spending
            assert month.on == found.ends_on
        else:
            assert there - month.spending == month.left >= 0
        left = month.left
    line = charts.chart([("needed", "needed", found)])["lines"][0]
    assert line["ended"] is (found.months is not None)


def test_it_counts_whole_months_and_says_what_is_locked():
    reserves = [Money(Decimal("10000")), Money(Decimal("50000"), after=200)]
    found = runway(start=dt.date(2026, 3, 5), spending=Decimal("3000"), reserves=reserves)
    assert (found.months, found.ends_on) == (3, dt.date(2026, 6, 5))
    assert (found.short, found.locked) == (Decimal("2000"), Decimal("50000"))
    rising = runway(
        start=START, spending=Decimal("999.99"), reserves=[Money(Decimal("13000"))], inflation=Decimal("3.33")
    )
    price = (Decimal("999.99") * Decimal("1.0333")).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert rising.table[12].spending == price
    assert runway(start=START, spending=Decimal(1), reserves=[Money(Decimal(480))]).months is None
    assert runway(start=START, spending=Decimal(1), reserves=[Money(Decimal("479.99"))]).months == 479


@pytest.mark.parametrize(
    "wrong",
    [
        {"spending": Decimal(0)},
        {"spending": Decimal(-1)},
        {"reserves": [Money(Decimal("-0.01"))]},
        {"incomes": [Income(Decimal(-5))]},
    ],
)
def test_it_refuses_figures_without_an_answer(wrong):
    with pytest.raises(CannotCompute):
        runway(start=START, **({"spending": Decimal(1), "reserves": []} | wrong))


# --- Pages -------------------------------------------------------------------------------------------


@pytest.fixture
def advisor(db):
    browser = Browser()
    browser.person = UserFactory(groups=["advisor"])
    browser.force_login(browser.person)
    return browser


@pytest.fixture
def household(advisor):
    income = IncomeStructure.objects.get(code="solo_earner")
    client = ClientFactory(lead=advisor.person, income_structure=income)
    client.ada = Member.objects.create(client=client, name="Ada Okafor")
    client.ben = Member.objects.create(client=client, name="Ben Okafor")
    return client


def test_it_is_entered_shown_and_kept_in_history_and_statement(advisor, household):
    today = firm_today()
    pk = household.pk
    costs = {"earner": household.ada.pk, "needed": "4000", "wished": "1000", "inflation": "0"}
    assert advisor.post(reverse("personas:runway_costs", args=[pk]), costs).status_code == 302
    reserve = {"name": "Savings", "kind": "savings", "amount": "24000", "as_of": today, "usable_after": 0}
    new = reverse("personas:new_runway_line", args=[pk, "reserve"])
    assert advisor.post(new, reserve | {"counts": "on"}).status_code == 302
    assert advisor.post(new, reserve | {"name": "Old plan", "amount": "90000"}).status_code == 302
    found = picture_of(household, today)
    assert [each.runway.months for each in found.scenarios] == [6, 4]
    page = advisor.get(reverse("personas:runway", args=[pk])).content.decode()
    for words in ("6 months", "4 months", "Ada Okafor", "Prices stay as they are", "Old plan", "<svg"):
        assert words in page
    advisor.post(reverse("personas:runway_costs", args=[pk]), costs | {"inflation": "2.5"})
    page = advisor.get(reverse("personas:runway", args=[pk])).content.decode()
    assert "Prices rise by 2.5 percent once a year" in page
    advisor.post(reverse("personas:runway_costs", args=[pk]), costs)
    income = reverse("personas:new_runway_line", args=[pk, "income"])
    assert advisor.post(income, {"name": "Ben's pay", "amount": "4000"}).status_code == 302
    assert "Beyond 40 years" in advisor.get(reverse("personas:runway", args=[pk])).content.decode()
    tab = advisor.get(reverse("clients:tab", args=[pk, "tools"])).content.decode()
    assert "Runway" in tab
    assert "Beyond 40 years" in tab
    told = " ".join(entry.what for entry in history_of(household))
    assert "Living costs added" in told
    assert "Reserve (Savings and money market) added" in told
    paper = {kept.field.code: kept for _group, lines in statement_of(household).groups for kept in lines}
    assert paper["household_costs"].values[0].value.startswith("$4,000.00 a month needed; ")
    assert len(paper["household_reserves"].values) == 2


def test_it_says_at_the_field_what_is_wrong(advisor, household):
    tomorrow = firm_today() + dt.timedelta(days=1)
    pk = household.pk
    wrong = [
        ("runway_costs", [], {"needed": "0", "wished": "0", "inflation": "0"}, "above 0"),
        ("runway_costs", [], {"needed": "", "wished": "0", "inflation": "0"}, "without spending"),
        ("runway_costs", [], {"needed": "5", "wished": "-1", "inflation": "0"}, "0 or more"),
        ("runway_costs", [], {"needed": "5", "wished": "0", "inflation": "21"}, "at most 20"),
        ("new_runway_line", ["reserve"], {"amount": "-1", "name": "x", "kind": "cash"}, "0 or more"),
        ("new_runway_line", ["reserve"], {"amount": "1", "as_of": tomorrow}, "has not come yet"),
        ("new_runway_line", ["income"], {"amount": "0", "name": "x"}, "above 0"),
        ("new_runway_line", ["income"], {"amount": "1", "until": "2020-01-01"}, "has passed"),
        (
            "new_runway_line",
            ["duty"],
            {"title": "Pay", "person": household.ben.pk, "backup": household.ben.pk},
            "somebody else",
        ),
        (
            "new_runway_line",
            ["duty"],
            {"title": "Pay", "person": household.ben.pk, "outside": "Mr Low"},
            "not both",
        ),
    ]
    for name, more, data, words in wrong:
        response = advisor.post(reverse(f"personas:{name}", args=[pk, *more]), data)
        assert (response.status_code, words in response.content.decode()) == (422, True), (name, data)
    assert not Reserve.objects.exists()
    today = firm_today()
    for row in (
        Reserve(client=household, name="x", amount=-1, as_of=today),
        OtherIncome(client=household, name="x", amount=0),
        SoloPlan(client=household, needed=0),
        RedundancyCheck(client=household, item=RedundancyItem.objects.first(), state="not_needed"),
        RedundancyCheck(client=household, item=RedundancyItem.objects.first(), state="open"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_the_checklist_wants_a_reason_or_a_day(advisor, household):
    first, second, third = RedundancyItem.objects.all()[:3]
    url = reverse("personas:runway_checklist", args=[household.pk])
    answers = {f"state_{first.pk}": "done", f"state_{second.pk}": "not_needed", f"state_{third.pk}": "open"}
    page = advisor.post(url, answers).content.decode()
    assert "Say why it is not needed." in page
    assert "Give the day" in page
    tomorrow = firm_today() + dt.timedelta(days=1)
    full = answers | {f"note_{second.pk}": "No children", f"due_{third.pk}": tomorrow.isoformat()}
    assert advisor.post(url, full).status_code == 302
    found = checklist_of(household, firm_today() + dt.timedelta(days=2))
    assert (found.done, found.not_needed, found.open, found.late) == (1, 1, 1, 1)
    assert found.unseen == RedundancyItem.objects.count() - 3
    assert advisor.post(url, full | {f"state_{first.pk}": ""}).status_code == 302
    assert RedundancyCheck.objects.filter(client=household).count() == 2


def test_a_duty_shows_its_gap_when_the_person_is_the_earner_or_gone(advisor, household):
    SoloPlan.objects.create(client=household, earner=household.ada)
    for person, backup in ((household.ben, None), (household.ada, household.ben)):
        HouseholdDuty.objects.create(client=household, title="Pay", person=person, backup=backup)
    HouseholdDuty.objects.create(
        client=household, title="Call", person=household.ben, backup_outside="Mr Low"
    )

    def gaps():
        return [each.gap for each in duties_of(household, SoloPlan.objects.get())]

    assert gaps() == ["Nobody steps in", "Nobody does it, somebody only steps in", ""]
    assert picture_of(household, firm_today()).plan.gaps == 2
    household.ben.delete()
    assert gaps() == ["Nobody", "Nobody", "Nobody does it, somebody only steps in"]


def test_the_picture_costs_three_queries_and_ended_entries_hide_it(household, advisor):
    SoloPlan.objects.create(client=household, needed=100)
    Reserve.objects.create(client=household, name="Cash", amount=250, as_of=firm_today())
    ((_tool, picture),) = [each for each in pictures(household, firm_today()) if each[0].code == "runway"]
    assert picture["runway"].scenarios[0].runway.months == 2
    with CaptureQueriesContext(connection) as queries:
        advisor.get(reverse("clients:tab", args=[household.pk, "tools"]))
    assert len(queries) <= 15
    FieldEntry.objects.filter(field="household_reserves").update(active_until=firm_today())
    page = advisor.get(reverse("personas:runway", args=[household.pk])).content.decode()
    assert "Cash" not in page
    assert "nothing is computed" in page
    assert advisor.get(reverse("personas:new_runway_line", args=[household.pk, "reserve"])).status_code == 404
