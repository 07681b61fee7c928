"""The chart of the weeks: what is promised as bars by tier, what is available as a line; and its table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.formats import hours, short_date

# The drawing: 960 by 300, with room for the numbers at its left and below.
LEFT, TOP, WIDTH, HEIGHT = 72, 24, 880, 228
GAP = 4
SHADES = 4  # further tiers look like the last


def chart(
    first_week: dt.date,
    tiers: Sequence[tuple[str, Sequence[float]]],
    measured: Sequence[float],
    available: Sequence[float] | None,
    supposed: tuple[Sequence[float], Sequence[float]] | None = None,
) -> dict[str, Any]:
    """What the template draws, and the rows of its table.

    `measured` against `available` says whether a week is overloaded; no `available`: nobody is measured.
    `supposed`: promised and available as they would be.
    """
    weeks = len(measured)
    promised = [sum(minutes[week] for _code, minutes in tiers) for week in range(weeks)]
    highest = max([60, *promised, *(available or ()), *(line for both in supposed or () for line in both)])
    top = _nice(highest / 60) * 60
    over = [week for week in range(weeks) if available and round(measured[week]) > round(available[week])]
    step = WIDTH / weeks

    def height(minutes: float) -> float:
        return round(HEIGHT * minutes / top, 1)

    def line(minutes: Sequence[float]) -> str:
        """A line that is level within each week."""
        parts = [f"M{LEFT} {TOP + HEIGHT - height(minutes[0]):.1f}"]
        for week, amount in enumerate(minutes):
            parts.append(f"V{TOP + HEIGHT - height(amount):.1f}H{LEFT + step * (week + 1):.1f}")
        return "".join(parts)

    below = [0.0] * weeks
    layers = []
    for place, (code, minutes) in enumerate(tiers):
        path = []
        for week, amount in enumerate(minutes):
            if amount <= 0:
                continue
            x, tall = LEFT + step * week + GAP / 2, height(amount)
            y = TOP + HEIGHT - below[week] - tall
            path.append(f"M{x:.1f} {y:.1f}h{step - GAP:.1f}v{tall}h-{step - GAP:.1f}z")
            below[week] += tall
        layers.append({"code": code, "shade": min(place, SHADES - 1) + 1, "path": "".join(path)})
    marks = "".join(
        f"M{LEFT + step * (week + 0.5):.1f} {TOP + HEIGHT - below[week] - 14:.1f}l5 9h-10z" for week in over
    )
    mondays = [first_week + dt.timedelta(weeks=week) for week in range(weeks)]
    return {
        "layers": layers,
        "available": line(available) if available else "",
        "supposed": [line(each) for each in supposed] if supposed else [],
        "marks": marks,
        "steps": [
            {"y": round(TOP + HEIGHT * (1 - part / 4), 1), "label": hours(top * part / 4)}
            for part in range(5)
        ],
        "months": [
            {
                "x": round(LEFT + step * week, 1),
                "label": date_format(monday, "M Y" if monday.month == 1 else "M"),
            }
            for week, monday in enumerate(mondays)
            if monday.day <= 7 and week < weeks - 1
        ],
        "says": _in_words(mondays, promised, over, available),
        "codes": [code for code, _minutes in tiers],
        "rows": [
            {
                "monday": monday,
                "tiers": [minutes[week] for _code, minutes in tiers],
                "promised": promised[week],
                "available": available[week] if available else None,
                "load": measured[week] / available[week] if available and available[week] else None,
                "over": week in over,
            }
            for week, monday in enumerate(mondays)
        ],
    }


def _nice(hours_: float) -> int:
    """The next number of hours that four steps share evenly."""
    size = 1
    while True:
        for step in (1, 2, 3, 5):
            if 4 * step * size >= hours_:
                return 4 * step * size
        size *= 10


def _in_words(
    mondays: list[dt.date], promised: list[float], over: list[int], available: Sequence[float] | None
) -> str:
    busiest = max(range(len(promised)), key=lambda week: promised[week])
    said = _("The busiest week is that of %(week)s with %(hours)s promised.") % {
        "week": short_date(mondays[busiest]),
        "hours": hours(promised[busiest]),
    }
    if available is None:
        return said
    if not over:
        return f"{said} {_('No week is overloaded.')}"
    text = ngettext(
        "%(n)s week is overloaded: that of %(week)s.",
        "%(n)s weeks are overloaded, the first is that of %(week)s.",
        len(over),
    )
    return f"{said} {text % {'n': len(over), 'week': short_date(mondays[over[0]])}}"
