"""Tables of the dashboard, drawn in Python for their many cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from clients.formats import NOTHING, hours, money
from clients.templatetags.crm import percent, tier_badge
from servicing.dashboards.tables import DECIMAL, HOURS, MONEY, SHARE, TEXT, TIER, Cell, Table

register = template.Library()


@register.simple_tag
def rows_of(table: Table) -> SafeString:
    """The rows of a table."""
    return mark_safe("".join(_row(row) for row in table.rows))  # noqa: S308  (every text is escaped)


@register.simple_tag
def foot_of(table: Table) -> SafeString:
    """The row below a table that adds it up."""
    return mark_safe(_row(table.foot))  # noqa: S308  (every text is escaped)


def _row(row: list[Cell]) -> str:
    head, *cells = row
    drawn = "".join(f"<td{_class(cell)}>{_drawn(cell)}</td>" for cell in cells)
    return f'<tr><th scope="row" class="text-nowrap">{_drawn(head)}</th>{drawn}</tr>'


def _class(cell: Cell) -> str:
    return "" if cell.kind in (TEXT, TIER) else ' class="number text-nowrap"'


def _drawn(cell: Cell) -> str:
    text = written(cell)
    if cell.kind not in (TEXT, TIER) and not cell.value:
        text = f'<span class="soft">{text}</span>'
    late = ' class="late"' if cell.calls else ""
    if cell.href:
        said = f'<span class="visually-hidden"> ({_("look here")})</span>' if cell.calls else ""
        return f'<a{late} href="{escape(cell.href)}">{text}{said}</a>'
    return f"<span{late}>{text}</span>" if late else text


def written(cell: Cell) -> str:
    """A cell's value as HTML."""
    value = cell.value
    if cell.kind == TIER:
        return str(tier_badge(value))
    if value is None:
        return NOTHING
    if cell.kind == TEXT:
        return str(escape(value))
    return str(escape(_WRITTEN.get(cell.kind, _number)(value)))


def _number(value: int) -> str:
    return number_format(value, force_grouping=True)


_WRITTEN: dict[str, Callable[[Any], str]] = {
    MONEY: money,
    HOURS: hours,
    SHARE: percent,
    DECIMAL: lambda value: f"{value:.1f}",
}
