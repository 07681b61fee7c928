"""What capacity pages draw often: a load, and the table of 52 weeks, drawn in Python for its 400 cells."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from clients.formats import NOTHING, hours, short_date
from clients.templatetags.crm import percent

register = template.Library()


@register.filter
def load(share: float | None) -> str:
    """A load as 85 %; one beyond what there is, is said to be so."""
    if share is None:
        return NOTHING
    if share <= 1:
        return percent(share)
    return format_html(
        '<span class="late">{}<span class="visually-hidden"> {}</span></span>',
        percent(share),
        _("more than there is"),
    )


@register.simple_tag
def week_rows(chart: dict[str, Any], links: bool = False) -> SafeString:
    """The rows of the chart's table. `links`: to the firm's weeks; else to the work of the page's person."""
    pattern = reverse("servicing:capacity_week", args=["2000-01-01"]) if links else ""
    overloaded = f'<span class="late">{_("overloaded")}</span>'
    rows = []
    for row in chart["rows"]:
        day, name = row["monday"].isoformat(), short_date(row["monday"])
        address = (
            pattern.replace("2000-01-01", day) if links else f"?week={day}#work" if row["promised"] else ""
        )
        head = f'<a href="{address}">{name}</a>' if address else name
        cells = [
            *(hours(minutes) if minutes else NOTHING for minutes in row["tiers"]),
            hours(row["promised"]),
        ]
        if chart["available"]:
            cells += [hours(row["available"]), percent(row["load"])]
        drawn = "".join(f'<td class="number">{cell}</td>' for cell in cells)
        last = f"<td>{overloaded if row['over'] else ''}</td>" if chart["available"] else ""
        rows.append(f'<tr><th scope="row">{head}</th>{drawn}{last}</tr>')
    return mark_safe("".join(rows))  # noqa: S308  (numbers and dates alone)


@register.simple_tag
def role_week_rows(chart: dict[str, Any], roles: list[dict[str, Any]]) -> SafeString:
    """The same weeks by role: what is promised of each, and where that is more than its people have."""
    pattern = reverse("servicing:capacity_week", args=["2000-01-01"])
    over = f'<br><span class="late">{_("overloaded")}</span>'
    lines = [(role["line"].promised, set(role["overloaded"])) for role in roles]
    rows = []
    for number, row in enumerate(chart["rows"]):
        address = pattern.replace("2000-01-01", row["monday"].isoformat())
        cells = "".join(
            f'<td class="number">{hours(promised[number]) if round(promised[number]) else NOTHING}'
            f"{over if number in weeks else ''}</td>"
            for promised, weeks in lines
        )
        rows.append(
            f'<tr><th scope="row"><a href="{address}">{short_date(row["monday"])}</a></th>{cells}'
            f'<td class="number">{hours(row["promised"])}</td></tr>'
        )
    return mark_safe("".join(rows))  # noqa: S308  (numbers and dates alone)
