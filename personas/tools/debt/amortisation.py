"""Amortisation to the cent, on plain values: one loan by its own payment, or several with an extra amount.

A month's interest is the principal times a twelfth of the yearly rate, rounded half up to the cent. A
payment pays interest first, the rest principal; the last payment is what is left. Interest that a payment
does not cover is owed and bears no interest itself. Months are counted from now: the first payment is in
month 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")
MOST_MONTHS = 1200


class NeverEnds(Exception):
    """A loan would last longer than a hundred years; its text is the loan's name."""


class Order(Enum):
    """Which loan the extra amount goes to first: the dearest, or the smallest."""

    AVALANCHE = "avalanche"
    SNOWBALL = "snowball"


@dataclass(frozen=True)
class Debt:
    """A loan now. `yearly_rate` in percent; `unpaid`: interest owed from before; `left`: payments until the
    rest is forgiven, None without a plan."""

    key: int
    name: str
    principal: Decimal
    yearly_rate: Decimal
    payment: Decimal
    left: int | None = None
    unpaid: Decimal = NOTHING

    @property
    def balance(self) -> Decimal:
        return self.principal + self.unpaid


@dataclass(frozen=True)
class Line:
    """One month of one loan. `interest`, `principal`: what the payment went to; `balance`: left after it."""

    month: int
    payment: Decimal
    interest: Decimal
    principal: Decimal
    balance: Decimal
    forgiven: Decimal = NOTHING


@dataclass(frozen=True)
class Course:
    """How loans end: their lines by the loan's key, an empty list for one that owes nothing."""

    debts: Sequence[Debt]
    lines: dict[int, list[Line]]

    @property
    def months(self) -> int:
        """Until nothing is owed."""
        return max((self.ends(debt) for debt in self.debts), default=0)

    @property
    def interest(self) -> Decimal:
        return sum((line.interest for lines in self.lines.values() for line in lines), NOTHING)

    @property
    def paid(self) -> Decimal:
        return sum((line.payment for lines in self.lines.values() for line in lines), NOTHING)

    @property
    def forgiven(self) -> Decimal:
        return sum((self.forgiven_of(debt) for debt in self.debts), NOTHING)

    def ends(self, debt: Debt) -> int:
        """The month of its last payment or of its forgiveness; 0 where nothing is owed."""
        lines = self.lines[debt.key]
        return lines[-1].month if lines else 0

    def forgiven_of(self, debt: Debt) -> Decimal:
        lines = self.lines[debt.key]
        return lines[-1].forgiven if lines else NOTHING

    def interest_of(self, debt: Debt) -> Decimal:
        return sum((line.interest for line in self.lines[debt.key]), NOTHING)

    def balances(self, debt: Debt) -> list[Decimal]:
        """What is owed after each month, from now to the end of all loans."""
        found = [NOTHING] * (self.months + 1)
        found[0] = debt.balance
        for line in self.lines[debt.key]:
            found[line.month] = line.balance
        return found


def month_interest(principal: Decimal, yearly_rate: Decimal) -> Decimal:
    """A month's interest, rounded half up to the cent. `yearly_rate` in percent."""
    return (principal * yearly_rate / 1200).quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass
class _Running:
    """A loan on its way."""

    debt: Debt
    principal: Decimal
    unpaid: Decimal
    left: int | None
    lines: list[Line] = field(default_factory=list)

    @property
    def owed(self) -> Decimal:
        return self.principal + self.unpaid

    def accrue(self) -> None:
        self.unpaid += month_interest(self.principal, self.debt.yearly_rate)

    def pay(self, amount: Decimal) -> tuple[Decimal, Decimal]:
        """Takes at most `amount`; returns what of it was interest and what principal."""
        interest = min(amount, self.unpaid)
        principal = min(amount - interest, self.principal)
        self.unpaid -= interest
        self.principal -= principal
        return interest, principal

    def forgive(self, month: int) -> None:
        """Ends it in `month` where its qualifying payments are made."""
        if self.left == 0 and self.owed:
            last = self.lines.pop() if self.lines and self.lines[-1].month == month else None
            base = last or Line(month, NOTHING, NOTHING, NOTHING, NOTHING)
            self.lines.append(replace(base, balance=NOTHING, forgiven=self.owed))
            self.principal = self.unpaid = NOTHING


def _started(debts: Sequence[Debt]) -> list[_Running]:
    return [_Running(debt, debt.principal, debt.unpaid, debt.left) for debt in debts]


def by_own_payments(debts: Sequence[Debt]) -> Course:
    """Each loan by its own payment alone, until it is paid or forgiven. Raises NeverEnds."""
    running = _started(debts)
    for loan in running:
        loan.forgive(0)
        month = 0
        while loan.owed:
            month += 1
            if month > MOST_MONTHS:
                raise NeverEnds(loan.debt.name)
            _one_payment(loan, month)
    return Course(debts, {loan.debt.key: loan.lines for loan in running})


def _one_payment(loan: _Running, month: int) -> None:
    loan.accrue()
    interest, principal = loan.pay(loan.debt.payment)
    loan.lines.append(Line(month, interest + principal, interest, principal, loan.owed))
    if loan.left is not None:
        loan.left -= 1
    loan.forgive(month)


def carried(debt: Debt, months: int) -> Debt:
    """The loan after `months` further payments of its own, at most until it is paid or its plan ends it."""
    [loan] = _started([debt])
    for _month in range(months):
        if not loan.owed or loan.left == 0:
            break
        loan.accrue()
        loan.pay(debt.payment)
        loan.left = None if loan.left is None else loan.left - 1
    return replace(debt, principal=loan.principal, unpaid=loan.unpaid, left=loan.left)


def with_extra(debts: Sequence[Debt], extra: Decimal, order: Order) -> Course:
    """All payments and `extra` a month, kept up until every loan ends: what one loan frees goes to the next.

    A loan that its plan will end gets its own payment and nothing on top, which would only lessen what is
    forgiven. Raises NeverEnds.
    """
    alone = by_own_payments(debts)
    running = _started(debts)
    targets = sorted(
        (loan for loan in running if not alone.forgiven_of(loan.debt)),
        key=lambda loan: _place(loan.debt, order),
    )
    budget = sum((debt.payment for debt in debts), extra)
    for loan in running:
        loan.forgive(0)
    month = 0
    while any(loan.owed for loan in running):
        month += 1
        _one_month(running, targets, budget, month)
    return Course(debts, {loan.debt.key: loan.lines for loan in running})


def _place(debt: Debt, order: Order) -> tuple[Decimal, Decimal, int]:
    if order is Order.AVALANCHE:
        return (-debt.yearly_rate, debt.balance, debt.key)
    return (debt.balance, -debt.yearly_rate, debt.key)


def _one_month(running: list[_Running], targets: list[_Running], budget: Decimal, month: int) -> None:
    """First each loan its own payment, then what is left of the budget to the targets in their order."""
    paid: dict[int, tuple[Decimal, Decimal]] = {}
    for loan in running:
        if loan.owed:
            loan.accrue()
            paid[loan.debt.key] = loan.pay(loan.debt.payment)
            budget -= sum(paid[loan.debt.key])
    for loan in targets:
        if loan.owed and budget > 0:
            interest, principal = loan.pay(budget)
            budget -= interest + principal
            before = paid[loan.debt.key]
            paid[loan.debt.key] = (before[0] + interest, before[1] + principal)
    for loan in running:
        if loan.debt.key in paid:
            interest, principal = paid[loan.debt.key]
            loan.lines.append(Line(month, interest + principal, interest, principal, loan.owed))
            loan.left = None if loan.left is None else loan.left - 1
            loan.forgive(month)
