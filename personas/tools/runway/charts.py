"""The picture of the reserves over the months, as numbers for an SVG."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.formats import money
from personas.tools.runway.computing import MONTHS, YEARS, Runway, month_after

WIDTH, HEIGHT = 560, 176  # of the lines, which are stretched to the width that there is


def chart(lines: list[tuple[str, str, Runway]]) -> dict[str, Any]:
    """`lines`: code, label and runway of each scenario, the one with the lower spending first.

    The x axis ends a little after the last month that is reached, or after `MONTHS` where none ends.
    """
    ends = [each.months for _code, _label, each in lines if each.months is not None]
    span = max(6, min(MONTHS, math.ceil(max(ends) * 1.15) + 1)) if ends else MONTHS
    top = _round_up(max((_most(each, span) for _code, _label, each in lines), default=Decimal(1)))
    start = lines[0][2].table[0].on
    step = _step(span)
    return {
        "lines": [
            _line(code, label, each, span, top) | {"mark": 18 * place - 24}
            for place, (code, label, each) in enumerate(lines)
        ],
        "ticks": [
            {"x": _percent(number, span), "months": number, "on": month_after(start, number)}
            for number in range(0, span + 1, step)
        ],
        "top": money(top),
        "half": money(top / 2),
    }


def _line(code: str, label: str, each: Runway, span: int, top: Decimal) -> dict[str, Any]:
    """At the start of a month the line stands at what can be used, at its end at what is left."""
    points, before = [], Decimal(0)
    for month in each.table[:span]:
        points.append((_x(month.number - 1, span), _y(before + month.freed, top)))
        if each.months is not None and month.number > each.months:
            break
        points.append((_x(month.number, span), _y(month.left, top)))
        before = month.left
    ended = each.months is not None and each.months <= span
    x, y = points[-1]
    return {
        "code": code,
        "label": label,
        "points": " ".join(f"{px},{py}" for px, py in points),
        "months": each.months,
        "ends_on": each.ends_on,
        "x": f"{100 * x / WIDTH:.2f}",
        "y": y,
        "ended": ended,
        "words": _words(each),
        "turns": x > WIDTH / 2,  # its mark is written to the left
    }


def _words(each: Runway) -> str:
    if each.months is None:
        return _("beyond %(n)s years") % {"n": YEARS}
    return ngettext("%(n)s month", "%(n)s months", each.months) % {"n": each.months}


def _most(each: Runway, span: int) -> Decimal:
    most, before = Decimal(1), Decimal(0)
    for month in each.table[:span]:
        most = max(most, before + month.freed, month.left)
        before = month.left
    return most


def _x(number: int, span: int) -> float:
    return round(number * WIDTH / span, 1)


def _percent(number: int, span: int) -> str:
    return f"{100 * number / span:.2f}"


def _y(amount: Decimal, top: Decimal) -> float:
    return round(HEIGHT - float(amount / top) * HEIGHT, 1)


def _round_up(amount: Decimal) -> Decimal:
    """The next 1, 2, 4 or 5 with zeros behind it."""
    scale = Decimal(10) ** (len(str(int(amount))) - 1)
    return next(step * scale for step in (1, 2, 4, 5, 10) if step * scale >= amount)


def _step(span: int) -> int:
    return next(step for step in (1, 3, 6, 12, 24, 60, 120) if span / step <= 8)
