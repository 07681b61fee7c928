"""Parts about clients: what they bring and take, what is not known of them, how confident they are."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.formats import hours, money
from clients.templatetags.crm import percent
from servicing.dashboards import drawing, reading
from servicing.dashboards.links import Links, number_of, tier_of
from servicing.dashboards.reading import Asked, Figures
from servicing.dashboards.tables import (
    DECIMAL,
    HOURS,
    MONEY,
    SHARE,
    TEXT,
    TIER,
    Cell,
    Part,
    Table,
    columns,
)
from servicing.dashboards.titles import TITLES
from servicing.delivery.periods import Period, last_day, shifted
from servicing.delivery.promised import MEANT_OF_ACTIVE
from servicing.delivery.reading import NOBODY


def profit(figures: Figures, to: Links) -> Part:
    """Revenue, cost to serve and what remains, by tier."""
    part = Part("profit", TITLES["profit"], wide=True, more=(_("Client by client"), to.results("margin")))
    months = reading.by_tier(figures.months, to.asked.period)
    shown = [row for row in figures.books if row["clients"]]
    sums = {row["tier"]: months.get(row["tier"], dict.fromkeys(reading.MONTH, 0)) for row in shown}
    total = reading.added(sums.values())
    if not (total["revenue"] or total["minutes"]):
        part.empty = (
            _("Revenue and time of clients show here. Import revenue, and log the time that service takes."),
            reverse("clients:imports"),
            _("Import revenue"),
        )
        return part
    costly = f"costly_{to.asked.period.code}"
    rows = []
    for row in shown:
        tier = tier_of(row["tier"])
        rows.append(
            [Cell(row["tier"], TIER), *_money(row["clients"], row[costly], sums[row["tier"]], to, tier)]
        )
    head = columns(
        ("tier", _("Tier")),
        ("clients", _("Clients")),
        ("revenue", _("Revenue")),
        ("cost", _("Cost to serve")),
        ("margin", _("Margin")),
        ("revenue_an_hour", _("Revenue an hour")),
        ("cost_more_than_they_bring", _("At a loss")),
    )
    foot = _money(figures.book("clients"), figures.book(costly), total, to, "")
    part.tables = [
        Table("profit", _("Profitability by tier"), head, rows, [Cell(_("Together"), TEXT), *foot])
    ]
    part.chart = drawing.pairs(
        [
            (row["tier"] or _("Untiered"), sums[row["tier"]]["revenue"], sums[row["tier"]]["cost"])
            for row in shown
        ],
        _("Revenue and cost to serve by tier"),
        (_("revenue"), _("cost to serve")),
        money,
    )
    part.drawing = "servicing/dashboards/pairs.html"
    part.says = _compared(figures, to.asked)
    return part


def _money(clients: int, costly: int, sums: dict[str, Any], to: Links, tier: str) -> list[Cell]:
    margin, minutes = sums["revenue"] - sums["cost"], sums["minutes"]
    an_hour = sums["revenue"] * 60 / Decimal(minutes) if minutes else None
    return [
        number_of(clients, to.results("", tier)),
        Cell(sums["revenue"], MONEY, to.results("revenue", tier)),
        Cell(sums["cost"], MONEY, to.results("cost", tier)),
        Cell(margin, MONEY, to.results("margin", tier), calls=margin < 0),
        Cell(an_hour, MONEY, to.results("time", tier) if an_hour is not None else ""),
        number_of(costly, to.results("margin", tier, "costly")),
    ]


def _compared(figures: Figures, asked: Asked) -> str:
    """Revenue of the months that are over against as many of the period before; nothing where it is not known
    as far back."""
    period, before = asked.period, asked.period.before
    over = period.over(figures.as_of)
    if over is None or before.first < figures.first_month:
        return ""
    then = Period(period.code, before.first, last_day(shifted(before.first, over.months - 1)))
    now, earlier = (
        Decimal(reading.added(reading.by_tier(figures.months, each).values())["revenue"])
        for each in (over, then)
    )
    if earlier <= 0:
        return ""
    share = now / earlier - 1
    if over == period:
        words = (
            _("%(share)s more revenue than in the period before.")
            if share >= 0
            else _("%(share)s less revenue than in the period before.")
        )
    else:
        words = (
            _("%(share)s more revenue than in the period before, up to the last month that is over.")
            if share >= 0
            else _("%(share)s less revenue than in the period before, up to the last month that is over.")
        )
    return words % {"share": percent(abs(share))}


def time(figures: Figures, to: Links) -> Part:
    """Hours that the standards planned beside hours that were logged, by tier."""
    part = Part("time", TITLES["time"])
    months = reading.by_tier(figures.months, to.asked.period)
    total = reading.added(months.values())
    if not (total["planned_minutes"] or total["minutes"]):
        part.empty = (
            _("Planned and spent time show here once work is planned and its minutes are logged."),
            reverse("servicing:time"),
            _("Log time"),
        )
        return part
    lines = [(tier, sums) for tier, sums in months.items() if sums["planned"] or sums["minutes"]]
    rows = [[Cell(tier, TIER), *_times(sums, total, to, tier_of(tier))] for tier, sums in lines]
    head = columns(
        ("tier", _("Tier")),
        ("tasks", _("Tasks")),
        ("planned", _("Planned")),
        ("spent", _("Spent")),
        ("difference", _("Difference")),
        ("share_planned", _("Share planned")),
        ("share_spent", _("Share spent")),
    )
    part.tables = [
        Table(
            "time", _("Time by tier"), head, rows, [Cell(_("Together"), TEXT), *_times(total, total, to, "")]
        )
    ]
    part.chart = drawing.pairs(
        [(tier or _("Untiered"), sums["planned_minutes"], sums["minutes"]) for tier, sums in lines],
        _("Planned and spent time by tier"),
        (_("planned"), _("spent")),
        hours,
    )
    part.drawing = "servicing/dashboards/pairs.html"
    part.says = _(
        "Planned is what the promised tasks of active clients due in the period take; spent is all time "
        "logged for them."
    )
    return part


def _times(sums: dict[str, Any], total: dict[str, Any], to: Links, tier: str) -> list[Cell]:
    planned, spent = sums["planned_minutes"], sums["minutes"]
    tasks = to.delivered(MEANT_OF_ACTIVE, tier)
    return [
        number_of(sums["planned"], tasks),
        Cell(planned, HOURS, tasks if sums["planned"] else ""),
        Cell(spent, HOURS, to.results("time", tier) if spent else ""),
        Cell(spent - planned, HOURS),
        Cell(Decimal(planned) / total["planned_minutes"] if total["planned_minutes"] else None, SHARE),
        Cell(Decimal(spent) / total["minutes"] if total["minutes"] else None, SHARE),
    ]


# Name, label in the drawing and above its column, and the filter of the client list.
COVERED: tuple[tuple[str, Any, Any, dict[str, str]], ...] = (
    ("untagged", gettext_lazy("Untagged"), gettext_lazy("Untagged"), {"untagged": "1"}),
    (
        "not_asked",
        gettext_lazy("No permission asked"),
        gettext_lazy("Not asked"),
        {"permission": "not_asked"},
    ),
    ("unscored", gettext_lazy("Unscored"), gettext_lazy("Unscored"), {"score": "none"}),
    ("without_lead", gettext_lazy("No lead advisor"), gettext_lazy("No lead"), {"advisor": NOBODY}),
    ("without_team", gettext_lazy("No team"), gettext_lazy("No team"), {"team": "none"}),
)


def coverage(figures: Figures, to: Links) -> Part:
    """What is not known about active clients as they stand, by tier."""
    part = Part("coverage", TITLES["coverage"])
    shown = [row for row in figures.books if row["clients"]]
    if not shown:
        part.empty = (
            _("What is not known about clients yet shows here once there are clients."),
            reverse("clients:imports"),
            _("Import clients"),
        )
        return part
    rows = [
        [
            Cell(row["tier"], TIER),
            number_of(row["clients"], to.clients(tier_of(row["tier"]))),
            *(
                number_of(row[name], to.clients(tier_of(row["tier"]), **narrow))
                for name, _l, _s, narrow in COVERED
            ),
        ]
        for row in shown
    ]
    foot = [
        Cell(_("Together"), TEXT),
        number_of(figures.book("clients"), to.clients()),
        *(number_of(figures.book(name), to.clients(**narrow)) for name, _l, _s, narrow in COVERED),
    ]
    head = columns(
        ("tier", _("Tier")), ("clients", _("Clients")), *((name, short) for name, _l, short, _n in COVERED)
    )
    part.tables = [Table("coverage", _("Coverage by tier"), head, rows, foot)]
    whole = figures.book("clients")
    part.chart = drawing.single(
        [(str(label), figures.book(name)) for name, label, _s, _n in COVERED],
        _("Clients of whom something is not known"),
        lambda n: f"{n} ({percent(n / whole, 1)})",
        most=whole,
    )
    part.drawing = "servicing/dashboards/pairs.html"
    part.says = _("Active clients as they stand now, whatever the period.")
    return part


def confidence(figures: Figures, to: Links) -> Part:
    """How confident clients were, month by month: each client's newest answer of the month."""
    page = reverse("servicing:confidence_spread")
    part = Part("confidence", TITLES["confidence"], more=(_("All of confidence"), page))
    period = to.asked.period
    months: dict[dt.date, dict[str, Any]] = {}
    for row in figures.months:
        if period.first <= row["month"] <= period.last and row["answered"]:
            line = months.setdefault(row["month"], dict.fromkeys(("answered", "confidence", "low"), 0))
            for name in line:
                line[name] += row[name]
    if not months:
        part.empty = (
            _("How confident clients are shows here once they are asked in their meetings."),
            reverse("servicing:today"),
            _("Go to today's work"),
        )
        return part
    points = [(month, sums["confidence"] / sums["answered"]) for month, sums in sorted(months.items())]
    rows = [
        [
            Cell(date_format(month, "M Y"), TEXT),
            number_of(months[month]["answered"], to.confident(month)),
            Cell(round(mean, 1), DECIMAL, to.confident(month)),
            number_of(months[month]["low"], to.confident(month, "1")),
        ]
        for month, mean in points
    ]
    head = columns(
        ("month", _("Month")),
        ("clients_asked", _("Clients asked")),
        ("mean", _("Mean")),
        ("four_or_lower", _("Four or lower")),
    )
    part.tables = [Table("confidence", _("Confidence by month"), head, rows)]
    part.chart = drawing.trend(points, _("Mean confidence by month, from 0 to 10"))
    part.drawing = "servicing/dashboards/trend.html"
    first, last = points[0][1], points[-1][1]
    if len(points) > 1:
        part.says = _("From %(first)s to %(last)s on a scale of 0 to 10.") % {
            "first": f"{first:.1f}",
            "last": f"{last:.1f}",
        }
    return part
