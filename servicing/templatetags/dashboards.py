"""Tables of the dashboard, drawn in Python for their many cells."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from clients.formats import NOTHING, hours, money
from clients.templatetags.crm import percent, tier_badge
from servicing.dashboards.tables import AMOUNT, DECIMAL, HOURS, MONEY, SHARE, TEXT, TIER, Cell, Table

register = template.Library()


@register.simple_tag
def rows_of(table: Table) -> SafeString:
    """The rows of a table."""
    write = lru_cache(None, typed=True)(written)  # the same few numbers stand in many cells
    return mark_safe("".join(_row(row, write) for row in table.rows))  # noqa: S308  (every text is escaped)


@register.simple_tag
def foot_of(table: Table) -> SafeString:
    """The row below a table that adds it up."""
    return mark_safe(_row(table.foot, written))  # noqa: S308  (every text is escaped)


def _row(row: list[Cell], write: Callable[[str, Any], str]) -> str:
    head, *cells = row
    drawn = "".join(f"<td{_class(cell)}>{_drawn(cell, write)}</td>" for cell in cells)
    return f'<tr><th scope="row" class="text-nowrap">{_drawn(head, write)}</th>{drawn}</tr>'


def _class(cell: Cell) -> str:
    return "" if cell.kind in (TEXT, TIER) else ' class="number text-nowrap"'


def _drawn(cell: Cell, write: Callable[[str, Any], str]) -> str:
    text = write(cell.kind, cell.value)
    if cell.kind not in (TEXT, TIER) and not cell.value:
        text = f'<span class="soft">{text}</span>'
    late = ' class="late"' if cell.calls else ""
    if cell.href:
        said = f'<span class="visually-hidden"> ({_("look here")})</span>' if cell.calls else ""
        return f'<a{late} href="{escape(cell.href)}">{text}{said}</a>'
    return f"<span{late}>{text}</span>" if late else text


def written(kind: str, value: Any) -> str:
    """The value of a cell of that kind as HTML."""
    if kind == TIER:
        return str(tier_badge(value))
    if value is None:
        return NOTHING
    if kind == TEXT:
        return str(escape(value))
    return str(escape(_WRITTEN.get(kind, _number)(value)))


def _number(value: int) -> str:
    return number_format(value, force_grouping=True)


_WRITTEN: dict[str, Callable[[Any], str]] = {
    MONEY: money,
    HOURS: hours,
    SHARE: percent,
    DECIMAL: lambda value: f"{value:.1f}",
    AMOUNT: str,
}


# --- Drawings: many small marks, each with a text -----------------------------------------------------------


def _text(x: float, y: float, words: object, more: str = "") -> str:
    return f'<text x="{x}" y="{y}"{more}>{escape(words)}</text>'


_MIDDLE = ' text-anchor="middle"'


@register.simple_tag
def draw_pairs(chart: dict[str, Any]) -> SafeString:
    """Bars by name."""
    drawn = []
    for line in chart["lines"]:
        y = line["y"]
        drawn.append(_text(0, y + (25 if len(line["bars"]) == 2 else 18), line["name"]))
        for bar in line["bars"]:
            top = y + bar["y"]
            drawn.append(
                f'<rect class="{bar["kind"]}" x="{bar["x"]}" y="{top}" width="{bar["length"]}" height="14"/>'
            )
            drawn.append(_text(bar["text_x"], top + 12, bar["text"]))
    return mark_safe("".join(drawn))  # noqa: S308  (numbers, and texts that are escaped)


@register.simple_tag
def draw_stacked(chart: dict[str, Any]) -> SafeString:
    """A bar of parts for each name."""
    drawn = []
    for line in chart["lines"]:
        y = line["y"]
        drawn.append(_text(0, y + 19, line["name"]) + _text(372, y + 19, line["text"]))
        drawn += [
            f'<rect class="became became-{part["name"]}" x="{part["x"]}" y="{y + 6}" width="{part["length"]}"'
            ' height="16"/>'
            for part in line["parts"]
        ]
    return mark_safe("".join(drawn))  # noqa: S308  (numbers, and texts that are escaped)


@register.simple_tag
def draw_heat(chart: dict[str, Any]) -> SafeString:
    """A cell for each person and week."""
    drawn = [_text(week["x"] + 30, 14, week["label"], _MIDDLE) for week in chart["weeks"]]
    for line in chart["lines"]:
        y = line["y"]
        drawn.append(_text(0, y + 17, line["name"]))
        for cell in line["cells"]:
            over = " heat-text-over" if cell["over"] else ""
            drawn.append(
                f'<rect class="heat-{cell["shade"]}" x="{cell["x"]}" y="{y}" width="60" height="24" rx="3"/>'
                + _text(cell["x"] + 30, y + 17, cell["text"], f' class="heat-text{over}"{_MIDDLE}')
            )
    return mark_safe("".join(drawn))  # noqa: S308  (numbers, and texts that are escaped)


@register.simple_tag
def draw_trend(chart: dict[str, Any]) -> SafeString:
    """A line through months, with its scale."""
    drawn = [
        f'<path class="grid-line" d="M{chart["left"]} {step["y"]}H{chart["right"]}"/>'
        + _text(32, step["y"] + 4, step["label"], ' text-anchor="end"')
        for step in chart["grid"]
    ]
    drawn.append(f'<polyline class="trend-line" points="{chart["line"]}"/>')
    for dot in chart["dots"]:
        x, y = dot["x"], dot["y"]
        drawn.append(f'<circle class="trend-dot" cx="{x}" cy="{y}" r="4"/>')
        drawn.append(_text(x, y - 9, dot["text"], _MIDDLE))
        drawn.append(_text(x, chart["bottom"], dot["month"], f' class="trend-month"{_MIDDLE}'))
    return mark_safe("".join(drawn))  # noqa: S308  (numbers, and texts that are escaped)
