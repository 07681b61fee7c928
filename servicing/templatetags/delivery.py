"""The cells of the tables of delivery: many numbers, each a link to what it counts, so written in one go."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from clients.formats import hours, money
from servicing.delivery.promised import Became
from servicing.delivery.reading import Sums

register = template.Library()

_ALARMING = (Became.MISSED, Became.OVERDUE)
_NOTHING = '<span class="soft">0</span>'


@register.simple_tag
def delivery_cells(sums: Sums, kept: str, **narrower: str) -> SafeString:
    """The cells of one line: promised, each state, and what went beyond. `kept`: the address of the page's
    choice, which the line narrows by tier, kind, advisor, or what went beyond."""
    scope = escape(kept + "".join(f"&{name}={value}" for name, value in narrower.items() if value))
    tasks, beyond = f"{reverse('servicing:delivery_tasks')}?{scope}", reverse("servicing:delivery_beyond")
    cells = [_cell(sums.promised, tasks)]
    for state in Became:
        cells.append(_cell(sums[state], f"{tasks}&amp;state={state}", late=state in _ALARMING))
    cells.append(_cell(sums.beyond, f"{beyond}?{scope}"))
    minutes, cost = sums.beyond_minutes, sums.beyond_cost
    cells.append(f'<td class="number text-nowrap">{escape(hours(minutes)) if minutes else _NOTHING}</td>')
    cells.append(f'<td class="number">{escape(money(cost)) if cost else _NOTHING}</td>')
    return mark_safe("".join(cells))  # noqa: S308  (numbers, and an address that is escaped)


def _cell(number: int, address: str, *, late: bool = False) -> str:
    if not number:
        return f'<td class="number">{_NOTHING}</td>'
    marked = ' class="late"' if late else ""
    written = number_format(number, force_grouping=True)
    return f'<td class="number"><a{marked} href="{address}">{written}</a></td>'
