"""The twelve months as a strip: open windows and blackouts by company, vests on them, dates of tax below."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from personas.tools.equity.calendar import TAX, VEST, Entry
from personas.tools.equity.estimates import Estimates
from personas.tools.equity.vesting import add_months

# The drawing: as wide as there is room, places in percent; months above, the bands of each company below.
TOP, ROW, BAND = 28, 52, 18


def strip(found: Estimates, lines: Sequence[Entry]) -> dict[str, Any]:
    """What the template draws: rows, months, marks; and the same in words."""
    days = (found.until - found.today).days

    def x(day: dt.date) -> float:
        return round(100 * min(max((day - found.today).days, 0), days) / days, 2)

    rows = []
    for place, company in enumerate(found.book.companies.values()):
        y = TOP + ROW * place
        rows.append(
            {
                "name": company.row.ticker or company.row.name,
                "y": y + 20,
                "label_y": y + 34,
                "spans": [
                    {
                        "x": x(span.first),
                        "width": round(max(0.1, x(span.last + dt.timedelta(days=1)) - x(span.first)), 2),
                        "open": span.open,
                        "says": _said(span.open, span.first, span.last),
                    }
                    for span in company.spans(found.today)
                    if span.last >= found.today and span.first <= found.until
                ],
                "vests": _marks(company.row.name, lines, x),
            }
        )
    bottom = TOP + ROW * len(rows)
    return {
        "rows": rows,
        "tax": [
            {"x": x(line.on), "says": f"{date_format(line.on, 'j M')}: {line.what}"}
            for line in lines
            if line.kind == TAX
        ],
        "tax_y": bottom + 22,
        "months": [
            {"x": x(day), "label": date_format(day, "Y" if day.month == 1 else "M")}
            for number in range(13)
            if (day := add_months(found.today.replace(day=1), number)) >= found.today
        ],
        "bottom": bottom + 36,
        "height": bottom + 44,
        "band": BAND,
        "says": _in_words(found, lines),
    }


def _marks(company: str, lines: Sequence[Entry], x: Any) -> list[dict[str, Any]]:
    """A mark for each day on which something of the company vests."""
    days: dict[dt.date, list[str]] = {}
    for line in lines:
        if line.kind == VEST and line.company == company:
            days.setdefault(line.on, []).append(line.what)
    return [
        {"x": x(day), "says": f"{date_format(day, 'j M')}: {'; '.join(what)}"} for day, what in days.items()
    ]


def _said(is_open: bool, first: dt.date, last: dt.date) -> str:
    words = _("Open from %(first)s to %(last)s") if is_open else _("Blackout from %(first)s to %(last)s")
    return words % {"first": date_format(first, "j M"), "last": date_format(last, "j M")}


def _in_words(found: Estimates, lines: Sequence[Entry]) -> str:
    vests = [line for line in lines if line.kind == VEST]
    if not vests:
        return _("Nothing vests in the next twelve months.")
    text = ngettext(
        "%(n)s vest in the next twelve months, on %(day)s.",
        "%(n)s vests in the next twelve months, the first on %(day)s.",
        len(vests),
    )
    return text % {"n": len(vests), "day": date_format(vests[0].on, "j F Y")}
