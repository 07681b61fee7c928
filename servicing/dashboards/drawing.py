"""What the drawings of the dashboard take: places and lengths in the units of their view boxes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clients.formats import hours, short_date
from clients.templatetags.crm import percent
from servicing.delivery.reading import Sums

# Bars: 480 wide, names to the left of at most 132, bars up to 364, values to their right.
LEFT, RIGHT, BAND = 132, 364, 44
# People and weeks: 960 wide.
NAMES, CELL, ROW = 192, 64, 28
# The trend: 640 by 220.
EDGE, TOP, WIDE, HIGH = 40, 12, 584, 168
_SHADES = ((0.0001, 0), (0.5, 1), (0.75, 2), (0.9, 3), (1, 4))  # up to which load, how dark


def pairs(
    rows: Sequence[tuple[str, Any, Any]],
    title: str,
    names: tuple[str, str],
    written: Callable[[Any], str],
) -> dict[str, Any]:
    """Two bars for each row, on one scale."""
    most = max((max(float(a), float(b)) for _name, a, b in rows), default=0) or 1
    left = _left(name for name, _a, _b in rows)
    lines = [
        {
            "name": name,
            "y": place * BAND,
            "bars": [_bar(a, most, written, 4, "bar", left), _bar(b, most, written, 22, "bar-soft", left)],
        }
        for place, (name, a, b) in enumerate(rows)
    ]
    says = "; ".join(
        f"{name}: {written(a)} {names[0]}, {written(b)} {names[1]}" for name, a, b in rows
    )  # fmt: skip
    return {"title": title, "says": says, "lines": lines, "height": BAND * len(rows) or 1, "names": names}


def single(
    rows: Sequence[tuple[str, Any]], title: str, written: Callable[[Any], str], *, most: float = 0
) -> dict[str, Any]:
    """One bar for each row. `most`: what the whole length stands for; the longest where it is not given."""
    whole = most or max((float(value) for _name, value in rows), default=0) or 1
    band, left = 30, _left(name for name, _value in rows)
    lines = [
        {"name": name, "y": place * band, "bars": [_bar(value, whole, written, 6, "bar", left)]}
        for place, (name, value) in enumerate(rows)
    ]
    says = "; ".join(f"{name}: {written(value)}" for name, value in rows)
    return {"title": title, "says": says, "lines": lines, "height": band * len(rows) or 1, "names": ()}


def _left(names: Iterable[str]) -> int:
    """Where bars begin: beside the longest of their names."""
    return min(LEFT, 16 + 8 * max(map(len, names), default=0))


def _bar(
    value: Any, most: float, written: Callable[[Any], str], y: int, kind: str, left: int
) -> dict[str, Any]:
    length = round((RIGHT - left) * max(float(value), 0) / most, 1)
    return {"x": left, "y": y, "length": length, "text_x": round(left + length + 6, 1), "kind": kind,
            "text": written(value)}  # fmt: skip


def stacked(rows: Sequence[tuple[str, Sums]], title: str) -> dict[str, Any]:
    """A bar of all that was promised for each row, in parts of what became of it."""
    lines = []
    left = _left(name for name, _sums in rows)
    for place, (name, sums) in enumerate(rows):
        parts = [
            {"name": part["name"], "x": round(left + (RIGHT - left) * float(part["start"]) / 100, 1),
             "length": round((RIGHT - left) * float(part["share"]) / 100, 1)}
            for part in sums.bar if part["number"]
        ]  # fmt: skip
        lines.append(
            {"name": name, "y": place * 30, "parts": parts,
             "text": _("%(share)s on time") % {"share": percent(sums.on_time_share)}}
        )  # fmt: skip
    says = "; ".join(
        _("%(name)s: %(n)s promised, %(share)s on time")
        % {"name": name, "n": sums.promised, "share": percent(sums.on_time_share)}
        for name, sums in rows
    )
    return {"title": title, "says": says, "lines": lines, "height": 30 * len(rows) or 1}


def heat(people: Sequence[dict[str, Any]], mondays: Sequence[dt.date]) -> dict[str, Any]:
    """A square for each person and week, the darker the fuller; more than there is has a frame and a mark."""
    lines, over = [], 0
    for place, person in enumerate(people):
        cells = []
        for week, owed in enumerate(person["promised"]):
            there = person["available"][week] if person["available"] else None
            load = Decimal(owed) / there if there else None
            too_much = there is not None and owed > there
            over += too_much
            cells.append(
                {
                    "x": NAMES + week * CELL,
                    "shade": _shade(load) if not too_much else "over",
                    "text": percent(load) if load is not None else (hours(owed) if owed else "–"),
                    "over": too_much,
                }
            )
        lines.append({"name": person["name"][:26], "y": 24 + place * ROW, "cells": cells})
    busiest = _("%(n)s weeks of %(people)s people hold more than the person has hours for.") % {
        "n": over,
        "people": len(people),
    }
    return {
        "lines": lines,
        "height": 28 + ROW * len(people),
        "weeks": [{"x": NAMES + n * CELL, "label": date_format(day, "j M")} for n, day in enumerate(mondays)],
        "says": busiest,
        "title": _("Load of each person by week from %(day)s") % {"day": short_date(mondays[0])},
    }


def _shade(load: Decimal | None) -> str:
    if load is None:
        return "unknown"
    return str(next((shade for most, shade in _SHADES if load <= most), 4))


def trend(points: Sequence[tuple[dt.date, float]], title: str) -> dict[str, Any]:
    """A line through the months, on the scale from 0 to 10."""
    step = WIDE / max(len(points) - 1, 1)
    dots = [
        {
            "x": round(EDGE + step * place, 1),
            "y": round(TOP + HIGH * (1 - value / 10), 1),
            "text": f"{value:.1f}",
            "month": date_format(month, "M" if len(points) > 6 else "M Y"),
        }
        for place, (month, value) in enumerate(points)
    ]
    return {
        "title": title,
        "says": "; ".join(f"{date_format(month, 'M Y')}: {value:.1f}" for month, value in points),
        "dots": dots,
        "line": " ".join(f"{dot['x']},{dot['y']}" for dot in dots),
        "grid": [{"y": round(TOP + HIGH * (1 - each / 10), 1), "label": each} for each in (0, 5, 10)],
        "left": EDGE,
        "right": EDGE + WIDE,
        "bottom": TOP + HIGH + 22,
    }
