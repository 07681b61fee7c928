"""The components that pages share: tier badge, icons, and how money, time and dates are written."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clients import formats

register = template.Library()

_SHAPES = {"A": "tier-a", "B": "tier-b", "C": "tier-c"}

# Paths on a grid of 16 by 16, drawn with a line of 1.5.
_ICONS = {
    "today": "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM8 4.5V8l2.5 2",
    "clients": "M6 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 6 8ZM1.5 13.5c0-2.2 2-3.5 4.5-3.5s4.5 1.3 4.5 3.5"
    "M11 3a2.4 2.4 0 0 1 0 4.7M12 10.2c1.5.4 2.5 1.5 2.5 3.3",
    "tiers": "M8 1.75 14 5 8 8.25 2 5l6-3.25ZM2 8l6 3.25L14 8M2 11l6 3.25L14 11",
    "conversations": "M2 3.5h12v8H7l-3.5 2.75V11.5H2v-8Z",
    "service": "M2 4l1.25 1.25L5.5 3M2 10.5l1.25 1.25L5.5 9.5M8 4.25h6M8 10.75h6",
    "operations": "M2 14V9.5M6 14V5.5M10 14V8M14 14V2.5",
    "review": "M13.5 8A5.5 5.5 0 1 1 11.6 3.8M13.5 2v3h-3",
    "search": "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.75 10.75 14.25 14.25",
    "import": "M8 10.5v-8M5 5l3-3 3 3M2 10.5V14h12v-3.5",
    "connections": "M6.5 9.5 9.5 6.5M7 4.5l1.5-1.5a3 3 0 0 1 4.5 4.5L11.5 9"
    "M9 11.5 7.5 13A3 3 0 0 1 3 8.5L4.5 7",
    "export": "M8 2v8M5 7.5l3 3 3-3M2 10.5V14h12v-3.5",
    "register": "M3.5 2h9v12h-9V2ZM6 5h4M6 8h4M6 11h2",
    "people": "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2.5 14c0-2.5 2.4-4 5.5-4s5.5 1.5 5.5 4",
    "settings": "M2 4.5h7M12.5 4.5H14M2 11.5h1.5M7 11.5h7"
    "M10.75 6.25a1.75 1.75 0 1 0 0-3.5 1.75 1.75 0 0 0 0 3.5Z"
    "M5.25 13.25a1.75 1.75 0 1 0 0-3.5 1.75 1.75 0 0 0 0 3.5Z",
    "bell": "M3.5 11.5h9l-1-1.75V7a3.5 3.5 0 0 0-7 0v2.75l-1 1.75ZM6.5 13.5h3",
    "start": "M3 14V2M3 2.75h9L10 5.5l2 2.75H3",
    "close": "M4 4l8 8M12 4l-8 8",
    "plus": "M8 3v10M3 8h10",
    "menu": "M2 4h12M2 8h12M2 12h12",
    "down": "M4 6l4 4 4-4",
    "lock": "M4 7.5h8v6H4v-6ZM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
    "archive": "M2 2.5h12v3H2v-3ZM3 5.5v8h10v-8M6.5 8.5h3",
    "print": "M4.5 6V2h7v4M4.5 11.5H2V6h12v5.5h-2.5M4.5 9.5h7V14h-7V9.5Z",
}


@register.simple_tag
@lru_cache(maxsize=64)
def icon(name: str) -> SafeString:
    """A small drawing beside a word; hidden from screen readers."""
    return format_html(
        '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d="{}"/></svg>',
        _ICONS[name],
    )


@register.simple_tag
def tier_badge(code: str | None, score: Decimal | float | None = None) -> SafeString:
    """A tier by letter and shape, with its score beside it where one is given."""
    if not code:
        return format_html('<span class="tier tier-none">{}</span>', _("Untiered"))
    badge = _badge(code, _("Tier %(code)s") % {"code": code})
    if score is None:
        return badge
    return format_html('{}<span class="tier-score">{}</span>', badge, f"{score:.1f}")


@lru_cache(maxsize=64)
def _badge(code: str, name: str) -> SafeString:
    return format_html(
        '<span class="tier {}" title="{}" role="img" aria-label="{}">{}</span>',
        _SHAPES.get(code, "tier-other"),
        name,
        name,
        code,
    )


@register.filter
def money(value: Decimal | float | None) -> str:
    """Money without cents, as lists show it."""
    return formats.money(value)


@register.filter
def money_exact(value: Decimal | float | None) -> str:
    """Money with cents, as details show it."""
    return formats.money(value, cents=True)


@register.filter
def hours(minutes: float | None) -> str:
    """Minutes as 45 min or 1 h 30."""
    return formats.hours(minutes)


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """A date the way people say it, exact on hover: Tue 3 Mar, in 6 days."""
    if not value:
        return formats.NOTHING
    date, today = formats.as_date(value), timezone.localdate()
    return _time(date, f"{formats.short_date(date, today=today)}, {formats.distance((date - today).days)}")


@register.filter
def day_short(value: dt.date | dt.datetime | None) -> str:
    """A date as Tue 3 Mar, exact on hover."""
    return _time(value, formats.short_date(value)) if value else formats.NOTHING


@register.filter
def day_distance(value: dt.date | dt.datetime | None) -> str:
    """How far a date is from today: in 6 days, exact on hover."""
    if not value:
        return formats.NOTHING
    days = (formats.as_date(value) - timezone.localdate()).days
    return _time(value, formats.distance(days))


@register.filter
def moment(value: dt.datetime | None) -> str:
    """A moment as Tue 3 Mar, 14:05, exact on hover."""
    if not value:
        return formats.NOTHING
    return _time(value, f"{formats.short_date(value)}, {timezone.localtime(value):%H:%M}")


@register.filter
def late(late_after: dt.date | None) -> str:
    """9 days late, counted from the day after `late_after`; empty while it is not late."""
    return formats.late_words(late_after)


def _time(value: dt.date | dt.datetime, text: str) -> SafeString:
    date = formats.as_date(value)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', date.isoformat(), formats.long_date(date), text
    )


@register.filter
def percent(value: Decimal | float | None, places: int = 0) -> str:
    """A share from 0 to 1 as 42 %."""
    return formats.NOTHING if value is None else f"{value * 100:.{places}f} %"


@register.filter
def plain(value: Decimal | int | None) -> str:
    """A number with the places that it needs: 2.5, not 2.50."""
    return formats.NOTHING if value is None else number_format(Decimal(f"{Decimal(value).normalize():f}"))


@register.filter
def capped(count: int, cap: int = 10_000) -> str:
    """A count that stopped at `cap` as 10,000+."""
    from django.utils.formats import number_format

    text = number_format(min(count, cap), force_grouping=True)
    return f"{text}+" if count > cap else text


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """The page's query string with `changes`; an empty value takes a parameter out."""
    return _with(context["request"].GET, changes)


def _with(asked: QueryDict, changes: dict[str, Any]) -> str:
    params = asked.copy()
    for name, value in changes.items():
        if value in (None, ""):
            params.pop(name, None)
        else:
            params[name] = str(value)
    return "?" + params.urlencode()


@register.inclusion_tag("partials/pager.html", takes_context=True)
def pager(
    context: dict[str, Any],
    *,
    by: str = "page",
    next: Any = None,
    previous: Any = None,
    back: str = "",
    first: bool = False,
    forth_label: str = "",
    anchor: str = "",
    page: Page[Any] | None = None,
) -> dict[str, Any]:
    """Ways to the neighbouring pages of a list, and on paper the word that there are more.

    `by`: the parameter that leads forth with the value `next`; `back`: the one that leads back with
    `previous`, where it is another. `first`: a way to the beginning. `page`: one that counts for itself.
    """
    if page:
        next = page.next_page_number() if page.has_next() else None
        previous = page.previous_page_number() if page.has_previous() else None
    asked, neither = context["request"].GET, {by: None, back or by: None}
    return {
        "next": _with(asked, neither | {by: next}) + anchor if next else "",
        "previous": _with(asked, neither | {back or by: previous}) + anchor if previous else "",
        "first": _with(asked, neither) + anchor if first else "",
        "forth_label": forth_label,
    }


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    """`mapping[key]`, or nothing."""
    return mapping.get(key)
