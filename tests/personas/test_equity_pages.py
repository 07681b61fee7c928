"""Pages of pay in equity: what is refused and why, what they show, what the record keeps."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.history import history_of
from clients.models import Persona
from clients.register.entries import end_entry
from clients.register.statement import statement_of
from personas.models import (
    EquityCompany,
    EquityGrant,
    EquityPlan,
    EquityProfile,
    EquityTaxYear,
    EquityTransaction,
    EquityVest,
    EquityWindow,
)
from personas.tools.equity.services import save_grant
from personas.tools.equity.tool import picture
from personas.tools.equity.vesting import schedule
from personas.tools.registry import offers
from servicing.book import merging
from tests.factories import ClientFactory, UserFactory

D, DAY = Decimal, dt.date
TODAY = DAY(2026, 3, 3)
GRANTED = DAY(2025, 1, 15)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(dt.datetime(2026, 3, 3, 15, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def boss(db):
    return UserFactory(groups=["operations"])


@pytest.fixture
def browser(boss):
    signed_in = Browser()
    signed_in.force_login(boss)
    return signed_in


@pytest.fixture
def client_(boss):
    return ClientFactory(
        name="Ada Okafor",
        lead=boss,
        persona=Persona.objects.get(code="tech_equity"),
        investable_assets=900_000,
    )


@pytest.fixture
def company(db):
    return EquityCompany.objects.create(name="Northwind", ticker="NW", price=D(100), priced_on=TODAY)


def grant(client, company, kind="rsu", *, start=GRANTED, shares=1600, price=None, **more):
    row = EquityGrant(
        client=client, company=company, kind=kind, granted_on=start, vest_from=start, shares=shares,
        exercise_price=price, **more,
    )  # fmt: skip
    return save_grant(grant=row, parts=schedule(start=start, shares=shares, cliff=12, period=3, total=48))


def values(company, **more):
    return {
        "kind": "rsu", "company": company.pk, "granted_on": "2025-01-15", "shares": "1600", "vest_from": "",
        "cliff_months": "12", "period_months": "3", "total_months": "48", "rows": "",
    } | more  # fmt: skip


def test_a_grant_that_cannot_be_is_refused_at_its_field(browser, client_, company):
    own = {"rows": "2026-01-15 800\n2025-07-15 800"}
    refused = [
        (own, "rows", "Line 2: 15 July 2025 does not come after 15 January 2026"),
        ({"rows": "2025-07-15 800\n2026-01-15 801"}, "rows", "1,601 shares would vest, which is more than"),
        ({"rows": "2025-07-15 800\n2026-01-15 700"}, "rows", "Only 1,500 of the 1,600 shares"),
        ({"rows": "soon: all of it"}, "rows", "Line 1 is not a date and a number of shares"),
        (
            {"rows": "2024-12-31 1600"},
            "rows",
            "The first vest, on 31 December 2024, would lie",
        ),
        ({"vest_from": "2023-11-01"}, "vest_from", "would lie before the grant"),
        ({"cliff_months": "60"}, "cliff_months", "The cliff lies within the months in all"),
        ({"exercise_price": "3"}, "exercise_price", "RSUs have no exercise price"),
        ({"kind": "iso"}, "exercise_price", "options and ESPP shares have one"),
        ({"expires_on": "2030-01-01"}, "expires_on", "Only options end"),
        ({"ended_on": "2024-01-01"}, "ended_on", "Nothing of a grant ends before it is granted"),
        ({"company": ""}, "company", "Choose the company, or name another"),
        ({"shares": "0"}, "shares", "greater than or equal to 1"),
        ({"granted_on": "0225-01-15"}, "granted_on", "Check the year"),
        ({"period_months": "0"}, "period_months", "A period takes a month or more"),
    ]
    url = reverse("personas:equity_grant_new", args=[client_.pk])
    for more, field, reason in refused:
        answer = browser.post(url, values(company) | more)
        assert answer.status_code == 422, more
        assert reason in " ".join(answer.context["form"].errors[field]), more
    assert not EquityGrant.objects.exists()
    rows = "2026-03-15 1,000\n2026-06-15 600"
    answer = browser.post(url, values(company) | {"company": "", "new_company": "Fabrikam", "rows": rows})
    assert answer.status_code == 302, answer.context["form"].errors
    stored = EquityGrant.objects.get()
    assert (stored.company.name, stored.own_dates) == ("Fabrikam", True)
    assert list(stored.vests.values_list("number", "vests_on", "shares")) == [
        (1, DAY(2026, 3, 15), 1000),
        (2, DAY(2026, 6, 15), 600),
    ]


def test_more_than_there_is_cannot_be_exercised_or_sold(browser, client_, company):
    option = grant(client_, company, "iso", price=D(20))  # 400 have vested on 15 January 2026

    def record(kind, day, shares, **more):
        data = {"kind": kind, "happened_on": day, "shares": shares, "price": "90", **more}
        sent = {f"move-{name}": value for name, value in data.items()}
        return browser.post(reverse("personas:equity_record", args=[client_.pk, option.pk]), sent)

    refused = [
        (
            ("exercise", "2026-01-20", 401),
            "shares",
            "401 options would be exercised, and only 400",
        ),
        (("exercise", "2026-01-14", 1), "shares", "only 0 have vested"),
        (("sale", "2026-02-01", 1), "shares", "there are only 0"),
        (("sale", "2026-03-04", 1), "happened_on", "still to come"),
        (("exercise", "2024-12-31", 1), "happened_on", "before the grant"),
    ]
    for given, field, reason in refused:
        answer = record(*given)
        assert answer.status_code == 422, given
        assert reason in " ".join(answer.context["move_form"].errors[field]), given
    assert "needs the price" in str(record("exercise", "2026-01-20", 1, price="").context["move_form"].errors)
    assert record("exercise", "2026-01-20", 300).status_code == 302
    assert record("sale", "2026-01-21", 301).status_code == 422
    assert record("sale", "2026-01-21", 100).status_code == 302
    # what the sale rests on can neither be taken back nor be planned away
    exercise = EquityTransaction.objects.get(kind="exercise")
    browser.post(reverse("personas:equity_take_back", args=[client_.pk, option.pk, exercise.pk]))
    assert EquityTransaction.objects.count() == 2
    later = values(company, kind="iso", exercise_price="20", cliff_months="24")
    answer = browser.post(reverse("personas:equity_grant", args=[client_.pk, option.pk]), later)
    assert "only 0 have vested" in str(answer.context["form"].non_field_errors())


def test_the_database_refuses_it_too(client_, company):
    option, stock = grant(client_, company, "nso", price=D(20)), grant(client_, company)
    last = {"client": client_, "happened_on": TODAY, "price": D(1)}
    for impossible in (
        lambda: EquityGrant.objects.filter(pk=stock.pk).update(shares=1599),
        lambda: EquityGrant.objects.filter(pk=stock.pk).update(exercise_price=3),
        lambda: EquityVest.objects.create(grant=stock, number=99, vests_on=TODAY, shares=1),
        lambda: EquityTransaction.objects.create(grant=option, kind="exercise", shares=1601, **last),
        lambda: EquityTransaction.objects.create(grant=option, kind="sale", shares=1, **last),
        lambda: EquityTransaction.objects.create(grant=stock, kind="sale", shares=1601, **last),
        lambda: EquityTransaction.objects.create(grant=stock, kind="exercise", shares=1, **last),
        # 400 have vested by then, and none before 15 January
        lambda: EquityTransaction.objects.create(grant=option, kind="exercise", shares=401, **last),
        lambda: EquityTransaction.objects.create(grant=stock, kind="sale", shares=401, **last),
        lambda: EquityTransaction.objects.create(
            grant=stock, kind="sale", shares=1, **last | {"happened_on": DAY(2026, 1, 14)}
        ),
        lambda: EquityCompany.objects.create(name="Half", price=3),
        lambda: EquityCompany.objects.create(name="NORTHWIND"),
        lambda: EquityWindow.objects.create(
            company=company, state="open", first_on=TODAY, last_on=DAY(2026, 3, 2)
        ),
        lambda: EquityPlan.objects.create(client=client_, company=company, report_on=TODAY),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            impossible()


def test_a_companys_price_and_days_are_checked(browser, company):
    url = reverse("personas:equity_company", args=[company.pk])
    rule = {"name": "Northwind", "fiscal_year_end": 12, "closed_before_days": 14, "full_days_after": 2,
            "results_after_days": 35}  # fmt: skip

    def problem(data, form, field):
        answer = browser.post(url, data)
        assert answer.status_code == 422
        return " ".join(answer.context[form].errors[field])

    assert "of which day" in problem(rule | {"price": "5"}, "form", "priced_on")
    assert "is not known" in problem(rule | {"price": "5", "priced_on": "2026-03-04"}, "form", "priced_on")
    window = {"what": "window", "window-state": "closed", "window-first_on": "2026-04-10"}
    assert "or later" in problem(window | {"window-last_on": "2026-04-09"}, "window_form", "last_on")
    assert browser.post(url, window | {"window-last_on": "2026-04-12"}).status_code == 302
    assert "overlap" in problem(window | {"window-last_on": "2026-04-20"}, "window_form", "__all__")
    results = {"what": "results", "results-quarter_end": "2026-03-31", "results-published_on": "2026-05-06"}
    assert "No quarter" in problem(
        results | {"results-quarter_end": "2026-03-30"}, "results_form", "quarter_end"
    )
    early = results | {"results-published_on": "2026-03-31"}
    assert "after the end" in problem(early, "results_form", "published_on")
    assert browser.post(url, results).status_code == 302
    assert "have a date already" in problem(results, "results_form", "__all__")
    spans = browser.get(url).context["spans"]
    closed = [(span.first, span.last, span.expected) for span in spans if not span.open]
    assert closed[0] == (DAY(2026, 3, 17), DAY(2026, 5, 10), False)


def test_the_calendar_says_what_comes_and_what_to_set_aside(browser, client_, company):
    grant(client_, company)
    grant(client_, company, "iso", price=D(20), shares=8000)
    grant(client_, company, "espp", price=D(80))
    EquityProfile.objects.create(client=client_, marginal_rate=D("40"), wealth=D(1_000_000))
    EquityPlan.objects.create(client=client_, company=company, sell_percent=50, adopted_on=DAY(2026, 2, 2))
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(reverse("personas:equity", args=[client_.pk]))
    assert len(queries) <= 12
    page = answer.content.decode()
    found = answer.context["estimates"]
    first = found.vests[0]
    assert (first.part.on, first.reserve.value) == (DAY(2026, 4, 15), D(10_000))
    assert (first.reserve.withheld, first.reserve.missing) == (D(2_200), D(1_800))
    assert [line.what for line in answer.context["lines"]][:2] == [
        "The 10b5-1 plan may trade",
        "Last day before the blackout",
    ]
    assert "by the sell rule 50 % of it is sold from 8 May on" in page
    for said in ("not tax advice", "Federal figures of 2026", "unconfirmed", "Rev. Proc. 2025-32", "<desc"):
        assert said in page
    assert "style=" not in page
    nothing = browser.get(reverse("personas:equity", args=[ClientFactory().pk])).content.decode()
    assert "Add the first grant" in nothing


def test_dates_of_the_next_year_are_reckoned_with_its_own_figures(browser, client_, company):
    grant(client_, company)  # 100 vest on 15 January 2027
    grant(client_, company, "iso", price=D(20))
    EquityProfile.objects.create(client=client_, income=D(80_000))
    url = reverse("personas:equity", args=[client_.pk])
    page = browser.get(url)
    last = page.context["estimates"].vests[-1]
    assert (last.part.on, last.reserve.withheld) == (DAY(2027, 1, 15), D(2_200))
    assert "For 2027 there are none yet: those of 2026" in page.content.decode()
    EquityTaxYear.objects.create(
        year=2027, exemption_single=50_000, exemption_joint=70_000, phase_out_single=500_000,
        phase_out_joint=900_000, phase_out_rate=50, upper_rate_from=250_000, withheld_percent=25,
        amt_percent=24,
        source="Rev. Proc. of next year",
    )  # fmt: skip
    page = browser.get(url)
    found = page.context["estimates"]
    assert [each.reserve.withheld for each in found.vests][-2:] == [D(2_200), D(2_500)]
    # 700 of them in 2026 lie under 90,100; 100 in 2027 raise what is over 50,000 by 8,000
    assert {year: each.at_most for year, each in found.exposures.items()} == {
        2026: (D(80_000 + 56_000 - 90_100) * D("0.26")),
        2027: D(8_000) * D("0.24"),
    }
    assert "Rev. Proc. of next year" in page.content.decode()


def test_the_flow_is_a_picture_with_its_table(browser, client_, company):
    grant(client_, company)
    grant(client_, company, "nso", price=D(40))
    grant(client_, company, "iso", price=D(20), shares=8000)
    EquityProfile.objects.create(
        client=client_, marginal_rate=D(40), income=D(300_000), regular_tax=D(60_000), wealth=D(1_000_000)
    )
    EquityPlan.objects.create(client=client_, company=company, sell_percent=50)
    answer = browser.get(reverse("personas:equity_flow", args=[client_.pk]))
    page, totals = answer.content.decode(), answer.context["flow"]["totals"]
    assert totals["gross"] == sum(totals[name] for name in ("withheld", "set_aside", "amt", "sold", "kept"))
    # RSUs of 400 shares, 800 NSOs with a gain of 60; 4,000 ISOs with a gain of 80
    assert totals["gross"] == D(40_000 + 48_000 + 320_000)
    assert totals["withheld"] == D(88_000) * D("0.22")
    assert totals["set_aside"] == D(88_000) * D("0.18")
    # 3,500 ISOs in 2026, AMTI 580,000: 90,100 less half of 80,000 leaves 50,100; 26 % of 244,500 and
    # 28 % of 285,400.
    # 500 ISOs in 2027, AMTI 340,000: 26 % of 244,500, 28 % of 5,400; 60,000 of regular tax in each year
    assert totals["amt"] == D(63_570 + 79_912 - 60_000) + D(63_570 + 1_512 - 60_000)
    bars = {bar["name"]: bar["choice"] for bar in answer.context["flow"]["bars"]}
    # 400 held at 100, 400 NSOs at 60, 2,000 ISOs at 80
    assert bars["Today"].value == D(40_000 + 24_000 + 160_000)
    assert bars["Today"].share == D("0.224")
    assert bars["Sold down to 10 %"].share == D("0.1")
    for said in ("<title id=", "<desc id=", "As tables", "not tax advice", "AMT exposure"):
        assert said in page


def test_an_exercise_is_tried_out_live_and_plainly(browser, client_, company):
    option = grant(client_, company, "iso", price=D(20))
    url = reverse("personas:equity_what_if", args=[client_.pk])
    asked = {"grant": option.pk, "shares": 400, "price": 270, "income": 150_000, "year": 2025}
    asked["regular_tax"] = 28_000
    plain = browser.get(url, asked)
    tried = plain.context["tried"]
    assert (tried.exposure.spread, tried.exposure.amt) == (D(100_000), D(14_094))
    assert tried.qualifies_from == DAY(2027, 3, 4)
    part = browser.get(url, asked, headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith("<section")
    assert "$14,094.00" in part
    assert "unconfirmed" not in part
    sold = browser.get(url, asked | {"sold": "on"}).context["tried"]
    assert (sold.exposure, sold.wages) == (None, D(100_000))
    more = browser.get(url, asked | {"shares": 401})
    assert more.status_code == 422
    assert "Only 400 of these options have vested" in more.content.decode()
    assert browser.get(url, asked | {"grant": 0, "price": "x"}).status_code == 422
    assert browser.get(url).status_code == 200


def test_options_over_the_yearly_limit_are_tried_as_nsos(browser, client_, company):
    option = grant(client_, company, "iso", price=D(50), shares=16_000)  # 4,000 at 50 so far in 2026
    url = reverse("personas:equity_what_if", args=[client_.pk])
    asked = {"grant": option.pk, "shares": 3_000, "price": 60, "income": 150_000, "year": 2026}
    tried = browser.get(url, asked).context["tried"]
    assert (tried.iso, tried.nso, tried.wages, tried.withheld) == (2_000, 1_000, D(10_000), D(2_200))


def test_its_picture_is_cheap_and_the_record_tells_of_it(browser, boss, client_, company):
    row = grant(client_, company, label="RSU 2025")
    EquityPlan.objects.create(client=client_, company=company, sell_percent=50)
    with CaptureQueriesContext(connection) as queries:
        drawn = picture(client_, TODAY)
    assert len(queries) == 1
    assert drawn["next"]
    offer = next(offer for offer in offers(client_) if offer.tool.code == "equity")
    assert (offer.fits, offer.used) == (True, True)
    tab = browser.get(reverse("clients:tab", args=[client_.pk, "tools"])).content.decode()
    assert "Vests, trading windows and dates of tax" in tab
    kept = {each.field.code: each for _group, rows in statement_of(client_).groups for each in rows}
    assert [held.value for held in kept["equity_grants"].values] == [
        "RSU 2025: 1,600 of Northwind, granted on January 15, 2025; vests: 400 on January 15, 2026, "
        "100 on each of 12 days from April 15, 2026 to January 15, 2029"
    ]
    assert "Equity grant (RSU) added" in [entry.what for entry in history_of(client_)]
    # two records of the client become one: grants go along, of two sell rules the staying one holds
    other = ClientFactory(lead=boss)
    grant(other, company)
    EquityPlan.objects.create(client=other, company=company, sell_percent=10)
    EquityProfile.objects.create(client=other, marginal_rate=D(35))
    merging.merge(kept=client_.pk, gone=other.pk, take=(), by=boss)
    assert EquityGrant.objects.filter(client=client_).count() == 2
    assert EquityPlan.objects.get().sell_percent == 50
    assert EquityProfile.objects.get().client == client_
    end_entry(code="equity_grants")
    assert browser.get(reverse("personas:equity_grant", args=[client_.pk, row.pk])).status_code == 403
