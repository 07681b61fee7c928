"""Movement between tiers, and how revenue is spread over clients, for those who watch over the firm."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.access import require, sees_all_clients
from clients.firm import firm_today
from clients.models import Tier
from clients.requests import SignedInRequest
from servicing.dashboards import movement as moves
from servicing.dashboards import rollups
from servicing.dashboards.flow import flow
from servicing.dashboards.links import number_of
from servicing.dashboards.movement import NONE
from servicing.dashboards.operations import PAGE, advisor_of, as_file, asked, figures, page_of, pager
from servicing.dashboards.tables import SHARE, TEXT, Cell, Table, columns
from servicing.delivery import periods
from servicing.delivery.files import download, lines
from servicing.models import DashboardRefresh, MovementRollup
from tiers.simulation_page import curve

FIRST_DAY = dt.date(1970, 1, 1)
IN_FILE = {
    "client": "external_id", "name": "name", "from": "was", "to": "now", "since": "starts_on",
    "advisor": "advisor",
}  # fmt: skip


@require(sees_all_clients)
@require_GET
def movement(request: SignedInRequest) -> HttpResponse:
    """Who moved from which tier to which between two days, as a matrix and as a picture."""
    today = firm_today()
    first, last, wrong = _days(request, today)
    advisor = advisor_of(request.GET.get("advisor", ""))
    found, order = _moves(first, last, advisor)
    to = _Cells(first, last, advisor)
    table = _matrix(found, order, to)
    if "file" in request.GET:
        return as_file("movement", table.as_csv())
    kept = MovementRollup.objects.filter(first_on=first, last_on=last).first() if not advisor else None
    read = figures(asked(request))
    return render(
        request,
        "servicing/dashboards/movement.html",
        {
            "section": "movement",
            "first": first,
            "last": last,
            "wrong": wrong,
            "today": today,
            "presets": _presets(today),
            "advisor": advisor,
            "leads": read.leads,
            "table": table,
            "flow": flow(found, order, to.link),
            "figures": _turned(found, order, to),
            "made_at": kept.made_at if kept else None,
            "kept": urlencode({"from": first, "to": last} | ({"advisor": advisor} if advisor else {})),
        },
    )


def _moves(first: dt.date, last: dt.date, advisor: str = "") -> tuple[list[moves.Move], list[str | None]]:
    """Who moved where, by the codes of tiers; and the tiers in their order, untiered at the end."""
    tiers = list(Tier.objects.order_by("position", "id"))
    codes: dict[int | None, str | None] = {tier.pk: tier.code for tier in tiers} | {None: None}
    found = [(codes.get(a), codes.get(b), n) for a, b, n in moves.cells_of(first, last, advisor)]
    there = {code for a, b, _n in found for code in (a, b)}
    order: list[str | None] = [*(tier.code for tier in tiers if tier.code in there or not tier.retired_at)]
    return found, order + ([None] if None in there else [])


def matrix_of(first: dt.date, last: dt.date) -> Table:
    """The firm's movement between two days as a table."""
    return _matrix(*_moves(first, last), _Cells(first, last, ""))


class _Cells:
    """The lists behind the cells of one movement."""

    def __init__(self, first: dt.date, last: dt.date, advisor: str) -> None:
        self.own = {"from": first.isoformat(), "to": last.isoformat()}
        if advisor:
            self.own["advisor"] = advisor

    def to(self, **parts: str) -> str:
        return f"{reverse('servicing:movement_clients')}?{urlencode(self.own | parts)}"

    def link(self, old: str | None, new: str | None) -> str:
        return self.to(was=old or NONE, now=new or NONE)


def _matrix(found: list[moves.Move], order: list[str | None], to: _Cells) -> Table:
    """A row for each tier before, a column for each after."""
    counts = {(a, b): n for a, b, n in found}
    names = [(code or NONE, _("Tier %(code)s") % {"code": code} if code else _("Untiered")) for code in order]
    head = columns(("from", _("From")), *((f"to_{code}", label) for code, label in names), ("all", _("All")))
    table = Table("movement", _("From the tier at the left to the tier above"), head)
    for old in order:
        row = [number_of(counts.get((old, new), 0), to.link(old, new)) for new in order]
        whole = sum(cell.value for cell in row)
        if whole:
            head_cell = Cell(old, "tier")
            table.rows.append([head_cell, *row, Cell(whole, href=to.to(was=old or NONE))])
    sums = [sum(n for _a, b, n in found if b == new) for new in order]
    table.foot = [
        Cell(_("All"), TEXT),
        *(number_of(n, to.to(now=new or NONE)) for n, new in zip(sums, order, strict=True)),
        Cell(sum(sums), href=to.to()),
    ]
    return table


def _turned(found: list[moves.Move], order: list[str | None], to: _Cells) -> list[dict[str, Any]]:
    """The three figures of a movement: up, down, first tiers."""
    place = {code: n for n, code in enumerate(order)}
    both = [(place[a], place[b], n) for a, b, n in found if a is not None and b is not None]
    up, down = (sum(n for a, b, n in both if (b - a) * way > 0) for way in (-1, 1))
    first = sum(n for a, b, n in found if a is None and b is not None)
    return [
        {"label": _("To more service"), "value": up, "href": to.to(way="up")},
        {"label": _("To lighter service"), "value": down, "href": to.to(way="down")},
        {"label": _("First tiers"), "value": first, "href": to.to(way="first")},
    ]


@require(sees_all_clients)
@require_GET
def movement_clients(request: SignedInRequest) -> HttpResponseBase:
    """The clients of a cell of a movement; all of them as a file with `file`."""
    first, last, _wrong = _days(request, firm_today())
    query, page = request.GET, page_of(request)
    narrow = {name: query.get(name, "").replace("\x00", "")[:60] for name in ("was", "now", "way")}
    tier = query.get("today", "").replace("\x00", "")[:60]
    advisor = advisor_of(query.get("advisor", ""))
    if "file" in query:
        everybody = moves.every_client(first, last, **narrow, tier=tier, advisor=advisor)
        cells = ([row[name] for name in IN_FILE.values()] for row in everybody)
        return download("clients-by-movement", lines(IN_FILE, cells))
    rows, count = moves.clients_of(
        first, last, **narrow, tier=tier, advisor=advisor, limit=PAGE, offset=(page - 1) * PAGE
    )
    own = urlencode({"from": first, "to": last} | ({"advisor": advisor} if advisor else {}))
    return render(
        request,
        "servicing/dashboards/movement_clients.html",
        {
            "section": "movement",
            "rows": rows,
            "first": first,
            "last": last,
            "back": f"{reverse('servicing:movement')}?{own}",
            **narrow,
            **pager(count, page),
        },
    )


def _days(request: SignedInRequest, today: dt.date) -> tuple[dt.date, dt.date, str]:
    """The two days that the address names, in their order, and what is wrong with them in words."""
    usual_first, usual_last = moves.usual(today)
    texts = request.GET.get("from", ""), request.GET.get("to", "")
    days, wrong = [], ""
    for text, usual in zip(texts, (usual_first, usual_last), strict=True):
        try:
            day = dt.date.fromisoformat(text) if text else usual
        except ValueError:
            day, wrong = usual, _("That is no date. Write it as 2026-03-31.")
        if day > today:
            day, wrong = today, _("Tiers of days to come are not known yet: today was taken.")
        days.append(max(day, FIRST_DAY))
    return min(days), max(days), wrong


def _presets(today: dt.date) -> list[tuple[str, dt.date]]:
    quarter = today.replace(month=today.month - (today.month - 1) % 3, day=1) - dt.timedelta(days=1)
    return [
        (_("Last week"), today - dt.timedelta(days=7)),
        (_("Last month"), today - dt.timedelta(days=30)),
        (_("This quarter"), quarter),
        (_("13 weeks"), moves.usual(today)[0]),
        (_("This year"), dt.date(today.year - 1, 12, 31)),
        (_("12 months"), periods.shifted(today, -12).replace(day=1)),
    ]


@require(sees_all_clients)
@require_GET
def pareto(request: SignedInRequest) -> HttpResponse:
    """The cumulative curve of revenue over clients with the cuts of the tiers."""
    refresh = DashboardRefresh.objects.first()
    if refresh is None:
        rollups.refresh()
        refresh = DashboardRefresh.objects.get()
    found = refresh.pareto
    table = revenue_by_tier(found)
    if request.GET.get("file") == "curve":
        return as_file("revenue-curve", curve_table(found).as_csv())
    if "file" in request.GET:
        return as_file("revenue-by-clients", table.as_csv())
    return render(
        request,
        "servicing/dashboards/pareto.html",
        {
            "section": "pareto",
            "refreshed_at": refresh.refreshed_at,
            "curve": curve(found) if found.get("curve") else None,
            "table": table,
            "figures": [
                {
                    "share": mark["share"],
                    "clients": mark["clients"],
                    "part": Decimal(mark["clients"]) / found["clients"],
                    "href": _results(sort="revenue", top=str(mark["clients"])),
                }
                for mark in found.get("marks", [])
            ],
        },
    )


def _results(**parts: str) -> str:
    return f"{reverse('servicing:dashboard_clients')}?{urlencode({'period': periods.TWELVE} | parts)}"


def revenue_by_tier(found: dict[str, Any]) -> Table:
    """The table below the curve, of what `DashboardRefresh.pareto` keeps."""
    head = columns(
        ("tier", _("Tier")),
        ("clients", _("Clients")),
        ("clients_share", _("Part of clients")),
        ("revenue", _("Revenue")),
        ("revenue_share", _("Part of revenue")),
        ("a_client", _("Revenue a client")),
    )
    table = Table("pareto", _("Clients and revenue by tier"), head)
    clients, revenue = found.get("clients", 0), Decimal(found.get("revenue", 0))
    for row in found.get("tiers", []):
        brought, tier = Decimal(row["revenue"]), row["tier"] or NONE
        table.rows.append(
            [
                Cell(row["tier"], "tier"),
                Cell(row["clients"], href=_results(tier=tier)),
                Cell(Decimal(row["clients"]) / clients if clients else None, SHARE),
                Cell(brought, "money", _results(tier=tier, sort="revenue")),
                Cell(brought / revenue if revenue else None, SHARE),
                Cell(brought / row["clients"] if row["clients"] else None, "money"),
            ]
        )
    if clients:
        table.foot = [
            Cell(_("Together"), TEXT),
            Cell(clients, href=_results()),
            Cell(Decimal(1), SHARE),
            Cell(revenue, "money", _results(sort="revenue")),
            Cell(Decimal(1) if revenue else None, SHARE),
            Cell(revenue / clients, "money"),
        ]
    return table


def curve_table(found: dict[str, Any]) -> Table:
    """The points of the curve, of what `DashboardRefresh.pareto` keeps."""
    head = columns(("clients_share", "clients_share"), ("revenue_share", "revenue_share"))
    points = found.get("curve", [])
    return Table("revenue-curve", "", head, [[Cell(a, SHARE), Cell(b, SHARE)] for a, b in points])
