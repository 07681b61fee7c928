"""The debt timeline: amortisation to the cent, both orders, forgiveness, what is refused, the page."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.firm import firm_today
from clients.history import history_of
from clients.models import ComplexityDriver, Persona
from clients.register.entries import end_entry
from clients.register.statement import statement_of
from personas.models import ForgivenessPlan, ForgivenessTerms, Loan
from personas.tools.debt import months
from personas.tools.debt.amortisation import Debt, NeverEnds, Order, by_own_payments, with_extra
from personas.tools.debt.timeline import loans_of, picture
from personas.tools.registry import offers
from tests.factories import ClientFactory, UserFactory

D = Decimal
# An amortization table published with the manual of QTAwk (amortp.html): 100,000 at 13.25 % a year, 1,125.75
# a month; and one of a course on interest theory (Math 352): 150,000 at 3.625 %, 684.08. Each row: the number
# of the payment, its interest, its principal, the balance.
PUBLISHED = {
    ("100000", "13.25", "1125.75"): {
        1: ("1104.17", "21.58", "99978.42"),
        5: ("1103.20", "22.55", "99889.68"),
        17: ("1100.02", "25.73", "99598.81"),
        29: ("1096.40", "29.35", "99267.00"),
        35: ("1094.40", "31.35", "99083.95"),
    },
    ("150000", "3.625", "684.08"): {
        1: ("453.13", "230.95", "149769.05"),
        5: ("450.32", "233.76", "148838.24"),
        8: ("448.20", "235.88", "148132.73"),
    },
}

amounts = st.decimals(100, 500_000, places=2)
rates = st.decimals(0, 25, places=3)


def debt(key=1, principal="10000", rate="6", payment="200", left=None) -> Debt:
    return Debt(key, f"Loan {key}", D(principal), D(rate), D(payment), left)


@st.composite
def debts(draw):
    """Loans of which each ends within some years, by payments above the first month's interest."""
    found = []
    for key in range(draw(st.integers(1, 4))):
        principal, rate = draw(amounts), draw(rates)
        above = draw(st.decimals("0.01", "0.2", places=3))
        payment = (principal * (rate / 1200 + above)).quantize(D("0.01")) + 1
        found.append(debt(key, principal, rate, payment))
    return found


def test_it_agrees_with_published_schedules():
    for (principal, rate, payment), rows in PUBLISHED.items():
        lines = by_own_payments([debt(1, principal, rate, payment)]).lines[1]
        for number, told in rows.items():
            line = lines[number - 1]
            assert (str(line.interest), str(line.principal), str(line.balance)) == told


@settings(max_examples=60, deadline=None)
@given(debts())
def test_a_loan_follows_the_closed_form_and_its_principal_adds_up_to_the_cent(loans):
    course = by_own_payments(loans)
    for loan in loans:
        lines = course.lines[loan.key]
        assert sum(line.principal for line in lines) == loan.principal
        assert sum(line.payment for line in lines) == loan.principal + course.interest_of(loan)
        assert all(line.payment == loan.payment for line in lines[:-1])
        assert 0 < lines[-1].payment <= loan.payment
        rate = loan.yearly_rate / 1200
        for line in lines[:-1]:
            grown = (1 + rate) ** line.month
            paid = (grown - 1) / rate if rate else D(line.month)
            # each month's rounding is half a cent at most, and grows as the balance does
            assert abs(loan.principal * grown - loan.payment * paid - line.balance) <= D("0.005") * paid + D(
                "0.01"
            )


@settings(max_examples=60, deadline=None)
@given(debts(), st.decimals(1, 5000, places=2))
def test_the_dearest_first_never_costs_more_than_the_smallest_first(loans, extra):
    alone = by_own_payments(loans)
    avalanche, snowball = (with_extra(loans, extra, order) for order in Order)
    rounding = D("0.01") * (snowball.months + avalanche.months) * len(loans)
    assert avalanche.interest <= snowball.interest + rounding
    for way in (avalanche, snowball):
        assert way.interest <= alone.interest + rounding
        assert way.months <= alone.months
        budget = sum(loan.payment for loan in loans) + extra
        paid = [D(0)] * (way.months + 1)
        for lines in way.lines.values():
            for line in lines:
                paid[line.month] += line.payment
        assert paid[1:-1] == [budget] * (way.months - 1)  # what one loan frees goes on to the next
        assert 0 < paid[-1] <= budget
        assert sum(paid) == sum(loan.principal for loan in loans) + way.interest


def test_a_plan_forgives_what_is_left_and_gets_nothing_extra():
    # 1,000.00 of interest a month, 600 paid: 400 a month stay owed, and bear no interest themselves
    student = debt(1, "200000", "6", "600", left=74)
    car = debt(2, "6000", "0", "500")
    alone = by_own_payments([student, car])
    assert alone.ends(student) == 74
    assert alone.forgiven_of(student) == D("200000") + 74 * D("400")
    assert alone.interest_of(student) == 74 * D("600")
    more = with_extra([student, car], D("100"), Order.AVALANCHE)
    assert more.forgiven_of(student) == alone.forgiven_of(student)
    assert more.ends(car) == 10
    # with a payment that ends it sooner nothing is forgiven, and it is a loan as any other
    quick = debt(3, "1000", "5", "300", left=60)
    assert with_extra([quick], D("300"), Order.SNOWBALL).ends(quick) == 2
    assert by_own_payments([debt(4, "5000", "5", "0", left=0)]).forgiven == D("5000")
    with pytest.raises(NeverEnds):
        by_own_payments([debt(5, "120000", "0", "99")])


# --- The record -----------------------------------------------------------------------------------------


@pytest.fixture
def advisor(db):
    return UserFactory(groups=["advisor"])


@pytest.fixture
def physician(advisor):
    return ClientFactory(lead=advisor, persona=Persona.objects.get(code="physician"))


@pytest.fixture
def browser(advisor):
    browser = Browser()
    browser.force_login(advisor, backend="django.contrib.auth.backends.ModelBackend")
    return browser


@pytest.fixture
def pslf(db):
    return ForgivenessPlan.objects.get(code="pslf")


def values(**more):
    return {
        "name": "Direct loan", "kind": "federal_student", "balance": "20000", "as_of": str(firm_today()),
        "yearly_rate": "6", "monthly_payment": "400", "plan": "", "payments_made": "0",
    } | more  # fmt: skip


def store(client, **more) -> Loan:
    row = {"name": "Loan", "kind": "other", "balance": D(20000), "as_of": firm_today(), "yearly_rate": D(6),
           "monthly_payment": D(400)} | more  # fmt: skip
    return Loan.objects.create(client=client, **row)


def test_bad_figures_are_refused_at_the_field_with_the_reason(browser, physician, pslf):
    tomorrow = str(firm_today() + dt.timedelta(days=1))
    refused = [
        ({"balance": "-1"}, "balance", "This cannot be negative."),
        ({"yearly_rate": "41"}, "yearly_rate", "less than or equal to 40"),
        ({"yearly_rate": "-0.1"}, "yearly_rate", "This cannot be negative."),
        ({"monthly_payment": "100"}, "monthly_payment", "the first month's interest alone is $100.00"),
        ({"monthly_payment": "0.50", "yearly_rate": "0"}, "monthly_payment", "longer than a hundred years"),
        ({"as_of": tomorrow}, "as_of", "cannot be of a day to come"),
        ({"as_of": "1926-01-01"}, "as_of", "too long ago"),
        ({"plan": pslf.pk, "payments_made": "121"}, "payments_made", "The plan needs 120 payments"),
        ({"payments_made": "3"}, "payments_made", "Choose the plan"),
        ({"balance": "lots"}, "balance", "Enter a number."),
    ]
    for more, field, reason in refused:
        answer = browser.post(reverse("personas:new_loan", args=[physician.pk]), values(**more))
        assert answer.status_code == 422, more
        assert reason in answer.context["form"].errors[field][0], more
    assert not Loan.objects.exists()
    # a plan ends what a payment alone never would
    taken = values(monthly_payment="0", plan=pslf.pk, payments_made="120")
    answer = browser.post(reverse("personas:new_loan", args=[physician.pk]), taken)
    assert answer.status_code == 302
    assert physician.loans.get().payments_made == 120


@pytest.mark.parametrize(
    "more",
    [{"balance": -1}, {"yearly_rate": 41}, {"monthly_payment": 100}, {"payments_made": 1}, {"counted": 121}],
    ids=["negative", "rate", "never ends", "no plan", "more payments than needed"],
)
def test_the_database_refuses_it_too(physician, pslf, more):
    if counted := more.pop("counted", 0):
        more |= {"plan": pslf, "payments_made": counted}
    with pytest.raises(IntegrityError), transaction.atomic():
        store(physician, **more)


def test_the_page_draws_the_end_and_what_more_changes(browser, physician):
    url = reverse("personas:debt", args=[physician.pk])
    assert "Loans will be drawn here" in browser.get(url).content.decode()
    store(physician, name="Large", balance=D(60000), yearly_rate=D(7), monthly_payment=D(900))
    store(physician, name="Small", balance=D(5000), yearly_rate=D(4), monthly_payment=D(100))
    today = firm_today()
    plain = browser.get(url, {"extra": "500"})
    shown = plain.context["timeline"]
    end = months.after(today, shown.course.months)
    assert shown.course.months == 85  # ln(1 / (1 - 60000 * 0.07 / 12 / 900)) / ln(1 + 0.07 / 12)
    assert f"<strong>{end:%B %Y}</strong>" in plain.content.decode()
    avalanche, snowball = shown.ways
    assert avalanche.saved_interest > snowball.saved_interest > 0
    page = plain.content.decode()
    assert "<desc" in page
    assert "style=" not in page
    part = browser.get(url, {"extra": "500"}, headers={"HX-Request": "true"})
    assert part.content.decode().strip().startswith('<div id="what-if"')
    assert part.content.decode().strip() in page.replace("\r", "")
    wrong = browser.get(url, {"extra": "-5"})
    assert wrong.status_code == 422
    assert "This cannot be negative." in wrong.content.decode()
    payments = browser.get(reverse("personas:loan_payments", args=[physician.pk, physician.loans.first().pk]))
    assert payments.content.decode().count("<tr>") == 85 + 2


def test_an_older_balance_is_carried_to_this_month_and_marked(physician):
    today = firm_today()
    eight_ago = months.after(today, -8)
    store(physician, as_of=eight_ago, balance=D("10000"), yearly_rate=D(0), monthly_payment=D(100))
    [now] = loans_of(physician, today)
    assert (now.debt.principal, now.is_stale) == (D("9200"), True)


def test_terms_of_a_plan_hold_from_their_day(physician, pslf):
    store(physician, plan=pslf, payments_made=90)
    ForgivenessTerms.objects.create(
        plan=pslf, applies_from=firm_today(), payments_required=100, source="A later rule"
    )
    [now] = loans_of(physician, firm_today())
    assert now.debt.left == 10
    [before] = loans_of(physician, firm_today() - dt.timedelta(days=1))
    assert before.debt.left == 30


def test_it_is_offered_to_physicians_and_where_debt_makes_decisions_hard(browser, physician):
    store(physician)
    driven = ClientFactory(complexity_driver=ComplexityDriver.objects.get(code="debt_structure"))
    other = ClientFactory()
    fits = [
        next(offer.fits for offer in offers(client) if offer.tool.code == "debt")
        for client in (physician, driven, other)
    ]
    assert fits == [True, True, False]
    with CaptureQueriesContext(connection) as queries:
        drawn = picture(physician, firm_today())
    assert len(queries) == 2
    assert drawn["timeline"].chart
    tab = browser.get(reverse("clients:tab", args=[physician.pk, "tools"]))
    assert "The price of entry" in tab.content.decode()


def test_loans_are_on_the_statement_and_in_history_and_end_with_their_entry(browser, physician):
    loan = store(physician, name="Direct loan", yearly_rate=D("6.8"))
    loan.balance = D("19000")
    loan.save(update_fields=["balance"])
    kept = {each.field.code: each for _group, rows in statement_of(physician).groups for each in rows}
    (held,) = kept["loans"].values
    assert held.value.startswith("Direct loan: $19,000.00 at 6.8 %, $400.00 a month; other loan; as of ")
    assert "Loan (Other loan) changed" in [entry.what for entry in history_of(physician)]
    end_entry(code="loans")
    assert browser.get(reverse("personas:debt", args=[physician.pk])).status_code == 403
    tab = browser.get(reverse("clients:tab", args=[physician.pk, "tools"])).content.decode()
    assert "Debt timeline" not in tab
    assert "Your loans" in statement_of(physician).ended
