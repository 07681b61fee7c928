"""What is stored about a client's equity pay, in one query: grants, basis of estimates, figures."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from clients.models import Client
from personas.models import (
    CompanyResults,
    EquityCompany,
    EquityGrant,
    EquityPlan,
    EquityProfile,
    EquityTaxYear,
    EquityTransaction,
    EquityVest,
    EquityWindow,
    Filing,
    WindowState,
)
from personas.tools.at_once import at_once
from personas.tools.equity import taxes
from personas.tools.equity.holdings import Move, Position, position
from personas.tools.equity.vesting import Part
from personas.tools.equity.windows import Rule, Span, Stated, spans

ZERO = Decimal(0)
LOOKED_BACK = dt.timedelta(days=200)  # so that the openings of a quarter are counted from its first
LOOKED_AHEAD = dt.timedelta(days=400)


@dataclass(frozen=True)
class Lot:
    """A grant with its parts and what happened to them."""

    grant: EquityGrant
    parts: list[Part]
    moves: list[Move]

    def position(self, on: dt.date) -> Position:
        return position(self.parts, self.moves, option=self.grant.is_option, on=on)

    def coming(self, first: dt.date, last: dt.date) -> list[Part]:
        """What vests after `first`, up to `last`."""
        return [part for part in self.parts if first < part.on <= last]

    def worth(self, shares: int, price: Decimal | None) -> Decimal:
        """Of so many shares: their price, or what the price is above the exercise price."""
        if price is None:
            return ZERO
        strike = self.grant.exercise_price or ZERO
        return shares * (max(ZERO, price - strike) if self.grant.is_option else price)

    @property
    def value_at_grant(self) -> Decimal:
        """Of a share at the grant; an ISO's exercise price is at least that."""
        return self.grant.price_at_grant or self.grant.exercise_price or ZERO


@dataclass(frozen=True)
class Company:
    """A company as the client's grants have it: its rule, and the client's sell rule (None: none)."""

    row: EquityCompany
    rule: Rule
    stated: list[Stated]
    plan: EquityPlan | None = None

    def spans(self, today: dt.date) -> list[Span]:
        """Open and closed days around a day."""
        return spans(self.rule, self.stated, today - LOOKED_BACK, today + LOOKED_AHEAD)


@dataclass
class Book:
    """All of a client's equity pay."""

    client: Client
    lots: list[Lot]
    companies: dict[int, Company]
    profile: EquityProfile
    years: list[EquityTaxYear] = field(default_factory=list)

    @property
    def wealth(self) -> Decimal | None:
        """What the household owns: as entered for this, else the investable assets of the record."""
        return self.profile.wealth or self.client.investable_assets or None

    @cached_property
    def own_rate(self) -> Decimal | None:
        rate = self.profile.marginal_rate
        return None if rate is None else rate / 100

    def lots_of(self, company: int) -> list[Lot]:
        return [lot for lot in self.lots if lot.grant.company_id == company]

    def figures(self, year: int) -> taxes.Figures | None:
        """The federal figures of a year, or of the last year before it that has any. None: none at all."""
        rows = sorted(self.years, key=lambda each: each.year)
        found = next((each for each in reversed(rows) if each.year <= year), rows[0] if rows else None)
        return figures_of(found, self.profile.filing) if found else None


def figures_of(row: EquityTaxYear, filing: str) -> taxes.Figures:
    """A year's row for one kind of tax return."""
    joint = filing == Filing.JOINT
    return taxes.Figures(
        year=row.year,
        exemption=row.exemption_joint if joint else row.exemption_single,
        phase_out_from=row.phase_out_joint if joint else row.phase_out_single,
        phase_out_rate=row.phase_out_rate / 100,
        upper_rate_from=row.upper_rate_from,
        amt=row.amt_percent / 100,
        amt_above=row.amt_percent_above / 100,
        withheld=row.withheld_percent / 100,
        withheld_above=row.withheld_percent_above / 100,
        withheld_up_to=row.withheld_up_to,
        iso_limit=row.iso_limit,
        espp_limit=row.espp_limit,
        source=row.source,
        confirmed=row.confirmed,
    )


def _rows(query: QuerySet, **names: str) -> ArraySubquery:
    return ArraySubquery(query.values(row=JSONObject(**names)))


def _with_windows(prefix: str) -> dict[str, Any]:
    """Annotations: the stated windows and the dates of results of the company at `prefix`."""
    company = OuterRef(prefix)
    return {
        "stated": _rows(
            EquityWindow.objects.filter(company=company), first="first_on", last="last_on", state="state"
        ),
        "published": _rows(
            CompanyResults.objects.filter(company=company), end="quarter_end", on="published_on"
        ),
    }


def read(client: Client) -> Book:
    """Everything of a client; one query."""
    own = EquityGrant.objects.filter(client=client)
    grants, paying, profiles, years = at_once(
        own.annotate(
            parts=_rows(
                EquityVest.objects.filter(grant=OuterRef("pk")),
                number="number",
                on="vests_on",
                shares="shares",
            ),
            moves=_rows(
                EquityTransaction.objects.filter(grant=OuterRef("pk")),
                pk="pk",
                kind="kind",
                on="happened_on",
                shares="shares",
                price="price",
            ),
            plans=_rows(
                EquityPlan.objects.filter(client=OuterRef("client"), company=OuterRef("company")),
                id="pk",
                sell_percent="sell_percent",
                adopted_on="adopted_on",
                insider="insider",
                report_on="report_on",
            ),
            **_with_windows("company"),
        ).order_by("company__name", "granted_on", "id"),
        EquityCompany.objects.filter(pk__in=own.order_by().values("company")),
        EquityProfile.objects.filter(client=client),
        EquityTaxYear.objects.all(),
    )
    by_id = {company.pk: company for company in paying}
    lots, companies = [], {}
    for row in grants:
        row.company = by_id[row.company_id]
        lots.append(Lot(row, _parts(row.parts), _moves(row.moves)))
        if row.company_id not in companies:
            companies[row.company_id] = _company(row.company, row, _plan(row))
    profile = (
        profiles[0]
        if profiles
        else EquityProfile(client=client, other_supplemental=Decimal(0), target_percent=Decimal(10))
    )
    return Book(client, lots, companies, profile, years)


def companies_with_rules(companies: QuerySet[EquityCompany]) -> list[Company]:
    """Companies with what their windows are computed from; one query."""
    return [_company(row, row, None) for row in companies.annotate(**_with_windows("pk"))]


def _company(company: EquityCompany, row: Any, plan: EquityPlan | None) -> Company:
    rule = Rule(
        closed_before=company.closed_before_days,
        full_days_after=company.full_days_after,
        results_after=company.results_after_days,
        fiscal_year_end=company.fiscal_year_end,
        results={_day(each["end"]): _day(each["on"]) for each in row.published},
    )
    stated = [
        Stated(_day(each["first"]), _day(each["last"]), each["state"] == WindowState.OPEN)
        for each in row.stated
    ]
    return Company(company, rule, stated, plan)


def _plan(row: Any) -> EquityPlan | None:
    if not row.plans:
        return None
    values = dict(row.plans[0])
    for name in ("adopted_on", "report_on"):
        values[name] = values[name] and _day(values[name])
    return EquityPlan(client_id=row.client_id, company=row.company, **values)


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _parts(rows: list[dict[str, Any]]) -> list[Part]:
    parts = [Part(row["number"], _day(row["on"]), row["shares"]) for row in rows]
    return sorted(parts, key=lambda part: (part.on, part.number))


def _moves(rows: list[dict[str, Any]]) -> list[Move]:
    moves = [
        Move(
            row["kind"],
            _day(row["on"]),
            row["shares"],
            row["pk"],
            None if row["price"] is None else Decimal(str(row["price"])),
        )
        for row in rows
    ]
    return sorted(moves, key=lambda move: (move.on, move.pk))


def lot_of(grant: EquityGrant) -> Lot:
    """One grant, read by itself."""
    parts = [Part(row.number, row.vests_on, row.shares) for row in grant.vests.all()]
    moves = [
        Move(row.kind, row.happened_on, row.shares, row.pk, row.price) for row in grant.transactions.all()
    ]
    return Lot(grant, parts, moves)
