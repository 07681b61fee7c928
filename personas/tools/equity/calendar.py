"""The calendar of the next twelve months: vests, windows, dates of tax and of plans, by their days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import holidays
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from personas.models import GrantKind
from personas.tools.equity import taxes
from personas.tools.equity.estimates import Estimates
from personas.tools.equity.reading import Company, Lot
from personas.tools.equity.selling import cooling_off
from personas.tools.equity.windows import Span, next_open_day, turns

VEST, OPENS, CLOSES, TAX, OTHER = "vest", "opens", "closes", "tax", "other"


@dataclass(frozen=True)
class Entry:
    """A line of the calendar. `amount`: money at today's price, an estimate; `detail`: what belongs to it."""

    on: dt.date
    kind: str
    what: str
    detail: str = ""
    amount: Decimal | None = None
    company: str = ""
    expected: bool = False


def entries(found: Estimates) -> list[Entry]:
    """Everything from today on, up to the end of the twelve months."""
    book = found.book
    every = {pk: company.spans(found.today) for pk, company in book.companies.items()}
    lines: list[Entry] = []
    for lot in book.lots:
        lines += _vests(found, lot, every[lot.grant.company_id])
        lines += _of_lot(lot)
    for pk, company in book.companies.items():
        lines += _windows(company, every[pk])
        lines += _plan(company)
    if lines:
        lines += _tax_dates(found.today, found.until)
    kept = [line for line in lines if found.today <= line.on <= found.until]
    order = {VEST: 0, OPENS: 1, CLOSES: 2, OTHER: 3, TAX: 4}
    return sorted(kept, key=lambda line: (line.on, order[line.kind], line.company, line.what))


def _vests(found: Estimates, lot: Lot, spans: list[Span]) -> list[Entry]:
    company = found.book.companies[lot.grant.company_id]
    lines = []
    for part in lot.coming(found.today - dt.timedelta(days=1), found.until):
        what = _("%(shares)s of %(grant)s vest") % {"shares": f"{part.shares:,}", "grant": lot.grant.title}
        lines.append(
            Entry(
                part.on,
                VEST,
                what,
                _selling(company, lot, part.on, spans),
                taxes.cents(lot.worth(part.shares, company.row.price)) if company.row.price else None,
                company.row.name,
            )
        )
    return lines


def _selling(company: Company, lot: Lot, vests_on: dt.date, spans: list[Span]) -> str:
    """The next day on which one may trade, and what the sell rule does on it."""
    if lot.grant.is_option:
        return ""
    day = next_open_day(spans, vests_on)
    if day is None:
        return ""
    percent = company.plan.sell_percent if company.plan else 0
    where = {"day": date_format(day, "j M"), "percent": percent}
    if percent:
        return _("by the sell rule %(percent)s %% of it is sold from %(day)s on") % where
    return _("can be sold from %(day)s on") % where


def _of_lot(lot: Lot) -> list[Entry]:
    """When its options end, and when its shares qualify."""
    grant, company = lot.grant, lot.grant.company.name
    lines = []
    if grant.is_option and grant.expires_on:
        lines.append(
            Entry(
                grant.expires_on,
                OTHER,
                _("The options of %(grant)s end") % {"grant": grant.title},
                company=company,
            )
        )
    if grant.kind == GrantKind.ESPP:
        received = [(part.on, part.shares) for part in lot.parts]
    elif grant.kind == GrantKind.ISO:
        received = [(move.on, move.shares) for move in lot.moves if move.kind == "exercise"]
    else:
        received = []
    for on, shares in received:
        text = ngettext(
            "%(shares)s share of %(grant)s qualifies for the lower tax on a sale",
            "%(shares)s shares of %(grant)s qualify for the lower tax on a sale",
            shares,
        ) % {"shares": f"{shares:,}", "grant": grant.title}
        lines.append(Entry(taxes.qualifies_from(grant.granted_on, on), TAX, text, company=company))
        if grant.kind == GrantKind.ISO:
            lines.append(
                Entry(
                    dt.date(on.year, 12, 31),
                    TAX,
                    _("Last day to sell what was exercised from %(grant)s in %(year)s without AMT on it")
                    % {"grant": grant.title, "year": on.year},
                    company=company,
                )
            )
    return lines


def _windows(company: Company, spans: list[Span]) -> list[Entry]:
    return [
        Entry(
            turn.on,
            OPENS if turn.opens else CLOSES,
            _("Trading opens") if turn.opens else _("Last day before the blackout"),
            company=company.row.name,
            expected=turn.expected,
        )
        for turn in turns(spans)
    ]


def _plan(company: Company) -> list[Entry]:
    plan = company.plan
    if plan is None or plan.adopted_on is None:
        return []
    cooling = cooling_off(plan.adopted_on, insider=plan.insider, report=plan.report_on)
    return [
        Entry(
            cooling.trades_from,
            OTHER,
            _("The 10b5-1 plan may trade"),
            _("its cooling-off period ends the trading day before"),
            company=company.row.name,
            expected=cooling.report_unknown,
        )
    ]


def _tax_dates(first: dt.date, last: dt.date) -> list[Entry]:
    """Payments of estimated tax (Code 6654), the return, the end of the tax year; on the next working day."""
    lines = []
    for year in range(first.year, last.year + 1):
        for month, what in (
            (1, _("Estimated tax, fourth payment of the year before")),
            (4, _("Tax return, and estimated tax, first payment")),
            (6, _("Estimated tax, second payment")),
            (9, _("Estimated tax, third payment")),
        ):
            lines.append(Entry(_federal_working_day(dt.date(year, month, 15)), TAX, what))
        lines.append(Entry(dt.date(year, 12, 31), TAX, _("End of the tax year")))
    return lines


def _federal_working_day(day: dt.date) -> dt.date:
    """The day itself, or the next that is neither a weekend nor a public holiday."""
    public = holidays.country_holidays("US", years=day.year)
    while day.weekday() >= 5 or day in public:
        day += dt.timedelta(days=1)
    return day
