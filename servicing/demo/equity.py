"""Pay in equity of the demo firm's tech clients: three made-up companies, grants, sales, sell rules."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count

from clients.models import Client, TeamMember
from personas.models import (
    EquityCompany,
    EquityGrant,
    EquityPlan,
    EquityProfile,
    EquityTransaction,
    EquityVest,
    GrantKind,
    TransactionKind,
)
from personas.tools.equity.vesting import add_months, schedule
from servicing.equity import open_tasks
from servicing.planning import plan

MOST_CLIENTS = 12


class Paid(NamedTuple):
    """A grant. `months` before the demo's last day it was granted; `price` of an option or of a purchase."""

    kind: str
    months: int
    shares: int
    price: str = ""
    total: int = 48
    period: int = 3
    sold: int = 0  # of what has vested, in percent


# name, ticker, price, days before the quarter's end, full trading days after results
COMPANIES = [
    ("Larkspur Systems", "LKSP", "148.20", 14, 2),
    ("Tidewater Robotics", "TIDE", "62.75", 21, 1),
    ("Quillon Software", "QLLN", "311.40", 14, 2),
]
PACKAGES = [
    [Paid("rsu", 26, 2_400, sold=60), Paid("rsu", 11, 1_600), Paid("iso", 38, 9_000, "31.50", 48, 1)],
    [Paid("rsu", 14, 6_200, sold=30), Paid("espp", 7, 180, "44.10")],
    [
        Paid("nso", 45, 3_000, "96.00", 48, 1),
        Paid("rsu", 20, 900, sold=100),
        Paid("iso", 20, 1_400, "140.25"),
    ],
    [Paid("rsu", 8, 3_200), Paid("espp", 13, 120, "38.90"), Paid("espp", 7, 140, "44.10")],
]
# own rate, income, regular tax, tax return, what the household owns; empty: not entered
BASES = [
    ("42.30", 310_000, 74_500, "joint", 2_600_000),
    ("35.00", 245_000, None, "single", 1_150_000),
    ("46.30", 520_000, 151_000, "joint", 4_900_000),
    (None, None, None, "single", None),
]


def pay_in_equity(*, as_of: dt.date) -> None:
    """Stores the grants of a dozen tech clients, and opens the tasks that follow from them."""
    companies = [
        EquityCompany.objects.create(
            name=name,
            ticker=ticker,
            price=Decimal(price),
            priced_on=as_of,
            closed_before_days=before,
            full_days_after=after,
        )
        for name, ticker, price, before, after in COMPANIES
    ]
    clients = first_of("tech_equity", MOST_CLIENTS)
    for number, client in enumerate(clients):
        company = companies[number % len(companies)]
        for paid in PACKAGES[number % len(PACKAGES)]:
            _grant(client, company, paid, as_of, number)
        rate, income, tax, filing, wealth = BASES[number % len(BASES)]
        EquityProfile.objects.create(
            client=client,
            marginal_rate=rate,
            income=income,
            regular_tax=tax,
            filing=filing,
            wealth=wealth,
        )
        if number % 2 == 0:
            EquityPlan.objects.create(
                client=client,
                company=company,
                sell_percent=50 if number % 4 else 100,
                adopted_on=as_of - dt.timedelta(days=20) if number % 4 == 0 else None,
            )
    open_tasks(day=as_of)
    plan(as_of=as_of, clients=[client.pk for client in clients])


def first_of(persona: str, most: int) -> list[Client]:
    """Active clients of a persona in the order of their numbers; first those of whoever leads the most."""
    leads = TeamMember.objects.filter(role__code="lead_advisor")
    busiest = leads.values("user").annotate(number=Count("id")).order_by("-number", "user").first()
    own = set(leads.filter(user=busiest["user"]).values_list("client", flat=True)) if busiest else set()
    found = Client.objects.filter(persona__code=persona, status="active").order_by("external_id")[:200]
    return sorted(found, key=lambda client: client.pk not in own)[:most]


def _grant(client: Client, company: EquityCompany, paid: Paid, as_of: dt.date, number: int) -> None:
    """A grant that began so many months ago, a few days apart for each client, with what was sold of it."""
    granted = add_months(as_of, -paid.months) + dt.timedelta(days=3 * number + 5)
    bought = paid.kind == GrantKind.ESPP
    total = 0 if bought else paid.total
    start = add_months(granted, 6) if bought else granted
    grant = EquityGrant.objects.create(
        client=client,
        company=company,
        kind=paid.kind,
        label=f"{GrantKind(paid.kind).label} {granted.year}",
        granted_on=granted,
        shares=paid.shares,
        exercise_price=Decimal(paid.price) if paid.price else None,
        vest_from=start,
        cliff_months=0 if bought else 12,
        period_months=paid.period,
        total_months=total,
        expires_on=add_months(granted, 120) if paid.kind in ("iso", "nso") else None,
    )
    parts = schedule(
        start=start, shares=paid.shares, cliff=0 if bought else 12, period=paid.period, total=total
    )
    EquityVest.objects.bulk_create(
        EquityVest(grant=grant, number=part.number, vests_on=part.on, shares=part.shares) for part in parts
    )
    vested = sum(part.shares for part in parts if part.on <= as_of - dt.timedelta(days=30))
    if paid.sold and vested:
        EquityTransaction.objects.create(
            client=client,
            grant=grant,
            kind=TransactionKind.SALE,
            happened_on=as_of - dt.timedelta(days=20),
            shares=max(1, vested * paid.sold // 100),
            price=company.price,
        )
