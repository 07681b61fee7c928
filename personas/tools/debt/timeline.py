"""A client's debt timeline: the loans as they are this month, how they end, what an extra amount changes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from personas.models import ForgivenessPlan, ForgivenessTerms, Loan
from personas.tools.at_once import at_once, hang
from personas.tools.debt import months
from personas.tools.debt.amortisation import (
    Course,
    Debt,
    NeverEnds,
    Order,
    by_own_payments,
    carried,
    month_interest,
    with_extra,
)
from personas.tools.debt.chart import Chart, draw

STALE_MONTHS = 6  # a balance older than this is marked
STEP = Decimal(50)  # the amount that is shown for example is a multiple of this
ORDERS: dict[Order, tuple[str | Promise, str | Promise]] = {
    Order.AVALANCHE: (_("Dearest loan first"), _("avalanche")),
    Order.SNOWBALL: (_("Smallest loan first"), _("snowball")),
}


@dataclass(frozen=True)
class LoanNow:
    """A loan as it stands this month. `carried`: by how many payments its balance was carried here; `terms`:
    of its forgiveness plan, in force today."""

    loan: Loan
    debt: Debt
    carried: int
    terms: ForgivenessTerms | None

    @property
    def is_stale(self) -> bool:
        return self.carried > STALE_MONTHS

    @property
    def rate(self) -> str:
        """Percent a year without idle noughts."""
        return number_format(self.debt.yearly_rate.normalize())

    @property
    def interest(self) -> Decimal:
        """Of the next month."""
        return month_interest(self.debt.principal, self.debt.yearly_rate)

    @property
    def payments_made(self) -> int:
        """Qualifying payments up to this month."""
        if self.terms is None or self.debt.left is None:
            return 0
        return self.terms.payments_required - self.debt.left


@dataclass(frozen=True)
class Ending:
    """How one loan ends."""

    now: LoanNow
    on: dt.date
    forgiven: Decimal
    interest: Decimal


@dataclass(frozen=True)
class Way:
    """Paying the extra amount in one order, against paying nothing extra."""

    label: str
    field_word: str
    course: Course
    ends_on: dt.date
    saved_interest: Decimal
    saved_months: int
    endings: list[Ending]

    @property
    def saved_time(self) -> str:
        return months.long(self.saved_months)


@dataclass(frozen=True)
class Timeline:
    """Everything on the page; an estimate. `ways`: both orders, none where there is no extra amount."""

    loans: list[LoanNow]
    course: Course
    endings: list[Ending]
    extra: Decimal
    ways: list[Way]
    chart: Chart | None
    today: dt.date

    @property
    def owed(self) -> Decimal:
        return sum((now.debt.balance for now in self.loans), Decimal(0))

    @property
    def payment(self) -> Decimal:
        return sum((now.debt.payment for now in self.loans if now.debt.balance), Decimal(0))

    @property
    def ends_on(self) -> dt.date:
        return months.after(self.today, self.course.months)

    @property
    def lasts(self) -> str:
        return months.long(self.course.months)

    @property
    def all_forgiven(self) -> bool:
        """Every loan is ended by its plan: an extra amount has nowhere to go."""
        open_loans = [debt for debt in self.course.debts if debt.balance]
        return bool(open_loans) and all(self.course.forgiven_of(debt) for debt in open_loans)

    @property
    def stale(self) -> list[LoanNow]:
        return [now for now in self.loans if now.is_stale]


def terms_of(plan: ForgivenessPlan, on: dt.date) -> ForgivenessTerms | None:
    """The plan's terms in force on a day, out of those that were read with it."""
    return next((terms for terms in plan.terms.all() if terms.applies_from <= on), None)


def loans_of(client: Client, today: dt.date) -> list[LoanNow]:
    """The client's loans, each carried to this month by a payment a month since its balance; one query."""
    own = Loan.objects.filter(client=client)
    named = own.order_by().values("plan")
    loans, plans, terms = at_once(
        own, ForgivenessPlan.objects.filter(pk__in=named), ForgivenessTerms.objects.filter(plan__in=named)
    )
    for plan in plans:
        hang(plan, "terms", [each for each in terms if each.plan_id == plan.pk])
    by_id = {plan.pk: plan for plan in plans}
    for loan in loans:
        loan.plan = by_id.get(loan.plan_id)
    return [as_of_now(loan, today) for loan in loans]


def as_of_now(loan: Loan, today: dt.date) -> LoanNow:
    """A loan, stored or about to be, as it stands this month."""
    passed = months.between(loan.as_of, today)
    terms = terms_of(loan.plan, today) if loan.plan else None
    left = max(0, terms.payments_required - loan.payments_made) if terms else None
    debt = Debt(loan.pk or 0, loan.name, loan.balance, loan.yearly_rate, loan.monthly_payment, left=left)
    return LoanNow(loan, carried(debt, passed), passed, terms)


def timeline(loans: list[LoanNow], today: dt.date, extra: Decimal) -> Timeline:
    """Raises NeverEnds where a loan would last longer than a hundred years."""
    debts = [now.debt for now in loans]
    alone = by_own_payments(debts)
    found = Timeline(loans, alone, _endings(loans, alone, today), extra, [], None, today)
    ways = []
    if extra and alone.months and not found.all_forgiven:
        ways = [_way(order, loans, alone, extra, today) for order in Order]
    chart = draw(alone, [way.course for way in ways], today) if alone.months else None
    return Timeline(loans, alone, found.endings, extra, ways, chart, today)


def _way(order: Order, loans: list[LoanNow], alone: Course, extra: Decimal, today: dt.date) -> Way:
    course = with_extra([now.debt for now in loans], extra, order)
    label, word = ORDERS[order]
    return Way(
        label=str(label),
        field_word=str(word),
        course=course,
        ends_on=months.after(today, course.months),
        saved_interest=alone.interest - course.interest,
        saved_months=alone.months - course.months,
        endings=_endings(loans, course, today),
    )


def _endings(loans: list[LoanNow], course: Course, today: dt.date) -> list[Ending]:
    return [
        Ending(
            now,
            months.after(today, course.ends(now.debt)),
            course.forgiven_of(now.debt),
            course.interest_of(now.debt),
        )
        for now in loans
    ]


def example_extra(loans: list[LoanNow]) -> Decimal:
    """What is shown before somebody names an amount: a tenth of the payments, up to a multiple of 50."""
    paid = sum((now.debt.payment for now in loans if now.debt.balance), Decimal(0))
    return (paid / 10 / STEP).to_integral_value(rounding=ROUND_CEILING) * STEP


def picture(client: Client, today: dt.date) -> dict[str, Any]:
    """For the client's tab and the meeting brief: the timeline with an example of an extra amount."""
    loans = loans_of(client, today)
    try:
        return {"timeline": timeline(loans, today, example_extra(loans))}
    except NeverEnds as loan:
        return {"never": str(loan)}
