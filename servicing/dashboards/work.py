"""Parts about the work: what changed, delivery, people's weeks, what went beyond the standard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clients.formats import hours, money, short_date
from clients.templatetags.crm import percent
from servicing.dashboards import drawing, reading
from servicing.dashboards.links import Links, difference, number_of
from servicing.dashboards.reading import Figures
from servicing.dashboards.tables import (
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
from servicing.delivery.promised import LABELS, MEANT, Became
from servicing.delivery.reading import NOBODY, Overview, Sums

STATES = (
    Became.ON_TIME,
    Became.LATE,
    Became.MISSED,
    Became.DECLINED,
    Became.NO_RESPONSE,
    Became.OVERDUE,
    Became.OPEN,
)


def week(figures: Figures, to: Links) -> Part:
    """What the last seven days brought, beside the seven days before."""
    seven = dt.timedelta(days=7)
    days = [(figures.as_of - seven, figures.as_of), (figures.as_of - 2 * seven, figures.as_of - seven)]
    moves: Callable[[int, str], str] = lambda place, way: to.moved(*days[place], way)  # noqa: E731
    lines: list[tuple[str, str, str, str, bool]] = [
        ("done", _("Delivered"), to.tasks("done"), to.tasks("done", before=True), False),
        ("late", _("Became late"), to.tasks("late"), to.tasks("late", before=True), True),
        ("missed", _("Missed"), to.tasks("missed"), to.tasks("missed", before=True), True),
        ("up", _("Moved to more service"), moves(0, "up"), moves(1, "up"), False),
        ("down", _("Moved to lighter service"), moves(0, "down"), moves(1, "down"), False),
        ("joined", _("Clients who joined"), to.tasks("joined"), to.tasks("joined", before=True), False),
    ]
    rows = []
    for name, label, now_href, before_href, alarming in lines:
        now, before = figures.book(f"{name}_week"), figures.book(f"{name}_before")
        rows.append(
            [
                Cell(label, TEXT),
                number_of(now, now_href, calls=alarming and now > before),
                number_of(before, before_href),
                Cell(difference(now - before), TEXT),
            ]
        )
    head = columns(
        ("what", _("What")),
        ("last_7_days", _("Last 7 days")),
        ("7_days_before", _("7 days before")),
        ("change", _("Change")),
    )
    head[-1] = replace(head[-1], number=False)
    table = Table("week", _("What changed since last week"), head, rows)
    says = _("From %(first)s to %(last)s.") % {
        "first": short_date(days[0][0] + dt.timedelta(days=1)),
        "last": short_date(days[0][1]),
    }
    return Part("week", TITLES["week"], [table], says=says)


def delivered(found: Overview, advisors: list[dict[str, Any]], to: Links) -> Part:
    """What became of what was promised, by tier, by service and by lead advisor."""
    part = Part("delivery", TITLES["delivery"], wide=True, more=(_("All of delivery"), _delivery_page(to)))
    if not any(line["sums"].promised for line in found.tiers):
        part.empty = (
            _("What was promised and what became of it shows here once tasks fall due."),
            reverse("servicing:promises"),
            _("See what each tier is promised"),
        )
        return part
    tiers = [line for line in found.tiers if line["sums"].promised]
    part.tables = [
        _states(
            "delivery-tiers",
            _("By tier"),
            ("tier", _("Tier")),
            [([Cell(line["tier"], TIER)], line["sums"], {"tier": line["tier"] or ""}) for line in tiers],
            to,
            total=found.total,
        ),
        _states(
            "delivery-items",
            _("By service"),
            ("service", _("Service")),
            [
                (
                    [Cell(f"{line['tier']} · {line['label']}", TEXT)],
                    line["sums"],
                    {"tier": line["tier"] or "", "kind": line["kind"]},
                )
                for line in found.items
                if line["sums"].promised
            ],
            to,
        ),
        advisors_table(advisors, to),
    ]
    part.chart = drawing.stacked(
        [(line["tier"] or _("Untiered"), line["sums"]) for line in tiers],
        _("What became of what was promised"),
    )
    part.drawing = "servicing/dashboards/stacked.html"
    before = found.before.on_time_share
    part.says = _("%(share)s of what was delivered or missed came on time") % {
        "share": percent(found.total.on_time_share)
    }
    if before is not None:
        part.says += _(", %(share)s in the period before") % {"share": percent(before)}
    part.says += "."
    return part


def advisors_table(advisors: list[dict[str, Any]], to: Links) -> Table:
    """Delivery by lead advisor, most late and missed first."""
    lines = []
    for line in advisors:
        if line["sums"].promised:
            number = str(line["person"]) if line["person"] else NOBODY
            name = line["name"] if line["person"] else _("Nobody leads")
            href = f"?{to.asked.query(advisor=number)}" if not to.asked.advisor else ""
            lines.append(([Cell(name, TEXT, href)], line["sums"], {"advisor": number}))
    table = _states("delivery-advisors", _("By advisor"), ("advisor", _("Lead advisor")), lines, to)
    if len(lines) >= reading.ADVISORS:
        table.note = _("Those with most that is overdue, late or missed this week; the file has all.")
    return table


def _delivery_page(to: Links) -> str:
    return f"{reverse('servicing:delivery')}?{to.asked.query()}"


def _states(
    code: str,
    caption: str,
    head: tuple[str, str],
    lines: list[tuple[list[Cell], Sums, dict[str, str]]],
    to: Links,
    total: Sums | None = None,
) -> Table:
    named = [(state.value, LABELS[state]) for state in STATES]
    cols = columns(head, ("promised", _("Promised")), *named, ("on_time_share", _("On time, share")))
    rows = [[*cells, *_of_states(sums, to, own)] for cells, sums, own in lines]
    foot = [Cell(_("Together"), TEXT), *_of_states(total, to, {})] if total else []
    return Table(code, caption, cols, rows, foot)


def _of_states(sums: Sums, to: Links, own: dict[str, str]) -> list[Cell]:
    alarming = (Became.MISSED, Became.OVERDUE)
    meant = sum(sums[state] for state in STATES)
    return [
        number_of(meant, to.delivered(MEANT, **own)),
        *(
            number_of(sums[state], to.delivered(state, **own) if sums[state] else "", calls=state in alarming)
            for state in STATES
        ),
        Cell(sums.on_time_share, SHARE),
    ]


def workload(figures: Figures, people: list[dict[str, Any]], to: Links) -> Part:
    """What is promised to each person in the next weeks, as a share of the hours that the person has."""
    page = reverse("servicing:capacity")
    part = Part("workload", TITLES["workload"], wide=True, more=(_("All of capacity"), page))
    if not people or figures.first_week is None:
        part.empty = (
            _("Each person's weeks show here once work is promised and hours for clients are stated."),
            page,
            _("State hours"),
        )
        return part
    mondays = [figures.first_week + dt.timedelta(weeks=n) for n in range(reading.WEEKS)]
    own = f"&{urlencode({'tier': to.asked.tier})}" if to.asked.tier else ""
    pattern = reverse("servicing:person_capacity", args=[0]).removesuffix("0/")
    rows = []
    for person in people:
        address = f"{pattern}{person['user_id']}/"
        cells = []
        for place, monday in enumerate(mondays):
            owed = person["promised"][place]
            there = person["available"][place] if person["available"] else None
            href = f"{address}?week={monday.isoformat()}{own}#work" if owed else ""
            cells.append(Cell(owed, HOURS, href, calls=there is not None and owed > there))
        stated = sum(person["available"]) if person["available"] else None
        rows.append([Cell(person["name"], TEXT, address), Cell(stated, HOURS), *cells])
    head = columns(
        ("person", _("Person")),
        ("available", _("Available, 12 weeks")),
        *((f"week_{monday.isoformat()}", date_format(monday, "j M")) for monday in mondays),
    )
    part.tables = [Table("workload", _("Promised hours by week, the fullest first"), head, rows)]
    part.chart = drawing.heat(people, mondays)
    part.drawing = "servicing/dashboards/heat.html"
    part.says = _("The next 12 weeks, whatever the period.")
    if to.asked.tier:
        part.says += " " + _("Promised for this tier alone.")
    return part


def creep(found: Overview, to: Links) -> Part:
    """What was given beyond the standard, in times, time and money."""
    part = Part("creep", TITLES["creep"])
    if not found.total.beyond:
        part.empty = (
            _("Nothing went beyond the standard in this period."),
            reverse("servicing:delivery"),
            _("How it is counted"),
        )
        return part
    tiers = [(line["tier"], line["sums"]) for line in found.tiers if line["sums"].beyond]
    head = [("times", _("Times")), ("time", _("Time")), ("cost", _("Cost"))]
    part.tables = [
        Table(
            "creep-tiers",
            _("By tier"),
            columns(("tier", _("Tier")), *head),
            [
                [
                    Cell(tier, TIER),
                    number_of(sums.beyond, to.beyond(tier or "")),
                    Cell(sums.beyond_minutes, HOURS, to.beyond(tier or "")),
                    Cell(sums.beyond_cost, MONEY, to.beyond(tier or "")),
                ]
                for tier, sums in tiers
            ],
        ),
        Table(
            "creep-ways",
            _("By what it was"),
            columns(("what", _("What")), *head),
            [
                [
                    Cell(str(way["label"]), TEXT),
                    number_of(way["number"], to.beyond(what=way["what"])),
                    Cell(way["minutes"], HOURS, to.beyond(what=way["what"])),
                    Cell(way["cost"], MONEY, to.beyond(what=way["what"])),
                ]
                for way in found.total.ways
                if way["number"]
            ],
        ),
    ]
    part.chart = drawing.single(
        [(tier or _("Untiered"), sums.beyond_minutes) for tier, sums in tiers],
        _("Time given beyond the standard by tier"),
        hours,
    )
    part.drawing = "servicing/dashboards/pairs.html"
    part.says = _("%(time)s beyond the standard, at a cost of %(cost)s.") % {
        "time": hours(found.total.beyond_minutes),
        "cost": money(found.total.beyond_cost),
    }
    return part
