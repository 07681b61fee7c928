"""Loans of the demo firm's physicians; what its business owners own, weigh and agreed to."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import NamedTuple

from clients.models import Client
from personas.models import (
    CommitmentStep,
    ForgivenessPlan,
    Holding,
    HoldingKind,
    Loan,
    LoanKind,
    OptionRating,
    OwnerOption,
    StarterStep,
    StepState,
    WinCondition,
)
from servicing.demo.equity import first_of
from servicing.owner_steps import open_tasks
from servicing.planning import plan

PHYSICIANS, OWNERS = 10, 8


class Owed(NamedTuple):
    """A loan. `days` since its statement; `made`: qualifying payments, None without a plan."""

    name: str
    kind: str
    balance: str
    rate: str
    payment: str
    days: int
    made: int | None = None


LOANS = [
    [
        Owed("Direct consolidation", LoanKind.FEDERAL_STUDENT, "186400.00", "6.8", "820.00", 12, 46),
        Owed("Private refinance", LoanKind.PRIVATE_STUDENT, "64250.75", "5.45", "698.00", 40),
        Owed("Car", LoanKind.CAR, "9300.00", "4.9", "310.00", 12),
    ],
    [
        Owed("Refinanced school loans", LoanKind.PRIVATE_STUDENT, "143900.00", "5.1", "1980.00", 25),
        Owed("Practice buy-in", LoanKind.PRACTICE, "212000.00", "7.25", "2890.00", 25),
    ],
    [
        Owed("Direct unsubsidized", LoanKind.FEDERAL_STUDENT, "97120.40", "6.54", "1105.00", 8),
        Owed("Direct Grad PLUS", LoanKind.FEDERAL_STUDENT, "58210.10", "7.54", "690.00", 8),
        Owed("Credit card", LoanKind.CARD, "6480.00", "21.9", "420.00", 5),
    ],
    [Owed("Direct consolidation", LoanKind.FEDERAL_STUDENT, "241300.00", "6.1", "1240.00", 220, 88)],
]

# name, kind, value of a hundred of the household's, days since it was valued, place of what it hangs on
SHEETS: list[list[tuple[str, str, int, int, int | None]]] = [
    [
        ("The business", HoldingKind.BUSINESS, 62, 60, None),
        ("Hall, let to the business", HoldingKind.REAL_ESTATE, 13, 540, 0),
        ("Bank loan with a personal guarantee", HoldingKind.BUSINESS_LOAN, 9, 60, 0),
        ("Home", HoldingKind.REAL_ESTATE, 14, 200, None),
        ("Mortgage on the home", HoldingKind.MORTGAGE, 4, 30, None),
        ("Retirement accounts", HoldingKind.RETIREMENT, 8, 30, None),
        ("Savings", HoldingKind.CASH, 3, 10, None),
    ],
    [
        ("Share of the partnership", HoldingKind.BUSINESS, 41, 120, None),
        ("Investments", HoldingKind.INVESTMENTS, 27, 15, None),
        ("Home", HoldingKind.REAL_ESTATE, 22, 90, None),
        ("Retirement accounts", HoldingKind.RETIREMENT, 10, 15, None),
    ],
]
WEALTH = [6_800_000, 3_100_000, 4_400_000]

# in the owner's words, and how much each matters
WINS = [
    ("Nobody on the team loses the job in the first two years", 5),
    ("We can live as now without the business", 5),
    ("Fridays off from 58 on", 4),
    ("The name stays on the building", 2),
]
# title, what it means, what it leaves open, ratings in the order of the wins
OPTIONS = [
    ("Sell to a competitor", "The whole price at closing.", "What becomes of the second site.", (2, 5, 5, 1)),
    (
        "Sell to the managers",
        "Paid out of profits over seven years.",
        "Whether the bank goes along.",
        (5, 3, 3, 5),
    ),
    (
        "Keep it, with a hired manager",
        "Ownership stays in the family.",
        "Who decides when it goes badly.",
        (4, 3, 4, 5),
    ),
]


def owe_and_own(*, as_of: dt.date) -> None:
    """The same each time: clients in the order of their numbers, first those of whoever leads the most."""
    forgiveness = ForgivenessPlan.objects.filter(code="pslf").first()
    for number, client in enumerate(first_of("physician", PHYSICIANS)):
        Loan.objects.bulk_create(
            _loan(client, owed, as_of, forgiveness) for owed in LOANS[number % len(LOANS)]
        )
    owners = first_of("business_owner", OWNERS)
    for number, client in enumerate(owners):
        _sheet(client, number, as_of)
        if number % 2 == 0:
            _options(client)
        _steps(client, number, as_of)
    ids = [client.pk for client in owners]
    open_tasks(day=as_of, clients=ids)
    plan(as_of=as_of, clients=ids)


def _loan(client: Client, owed: Owed, as_of: dt.date, forgiveness: ForgivenessPlan | None) -> Loan:
    on_plan = owed.made is not None and forgiveness is not None
    payment = Decimal(owed.payment)
    return Loan(
        client=client,
        name=owed.name,
        kind=owed.kind,
        balance=Decimal(owed.balance),
        as_of=as_of - dt.timedelta(days=owed.days),
        yearly_rate=Decimal(owed.rate),
        monthly_payment=payment if on_plan or owed.made is None else 2 * payment,
        plan=forgiveness if on_plan else None,
        payments_made=owed.made or 0 if on_plan else 0,
    )


def _sheet(client: Client, number: int, as_of: dt.date) -> None:
    whole = WEALTH[number % len(WEALTH)]
    made: list[Holding] = []
    for name, kind, hundredths, days, on in SHEETS[number % len(SHEETS)]:
        made.append(
            Holding.objects.create(
                client=client,
                name=name,
                kind=kind,
                value=Decimal(whole) * hundredths / 100,
                as_of=as_of - dt.timedelta(days=days),
                hangs_on=None if on is None else made[on],
            )
        )


def _options(client: Client) -> None:
    wins = WinCondition.objects.bulk_create(
        WinCondition(client=client, title=title, importance=importance) for title, importance in WINS
    )
    options = OwnerOption.objects.bulk_create(
        OwnerOption(client=client, letter=letter, title=title, about=about, leaves_open=leaves_open)
        for letter, (title, about, leaves_open, _ratings) in zip("ABC", OPTIONS, strict=True)
    )
    OptionRating.objects.bulk_create(
        OptionRating(client=client, option=option, condition=win, rating=rating)
        for option, (*_words, ratings) in zip(options, OPTIONS, strict=True)
        for win, rating in zip(wins, ratings, strict=True)
    )


def _steps(client: Client, number: int, as_of: dt.date) -> None:
    """So many of the firm's steps are done; the next is under way, the others wait."""
    done = number % 3
    for place, starter in enumerate(StarterStep.objects.all()):
        agreed = as_of - dt.timedelta(days=30 * (done - place) + 10)
        step = CommitmentStep(client=client, position=place + 1, title=starter.title, about=starter.about)
        if place <= done:
            step.agreed_on, step.agreed_by, step.state = agreed, client.name, StepState.ACTIVE
            step.due_on = agreed + dt.timedelta(days=25)
        if place < done:
            step.state, step.closed_on = StepState.DONE, agreed + dt.timedelta(days=20)
        step.save()
