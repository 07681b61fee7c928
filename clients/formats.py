"""How money, time and dates are written for people: in templates, and in texts made in Python."""

from __future__ import annotations

import datetime as dt
from contextvars import ContextVar
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

NOTHING = "–"
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "CAD": "CA$", "AUD": "A$", "NZD": "NZ$", "JPY": "¥"}

# The firm's currency for the running request; the middleware sets it.
currency: ContextVar[str] = ContextVar("currency", default="USD")


def money(value: Decimal | float | int | None, *, cents: bool = False) -> str:
    """`value` in the firm's currency: $1,235, or $1,234.50 with `cents`."""
    if value is None:
        return NOTHING
    exact = Decimal(str(value)).quantize(Decimal("0.01") if cents else Decimal(1), rounding=ROUND_HALF_UP)
    code = currency.get()
    digits = number_format(abs(exact), decimal_pos=2 if cents else 0, use_l10n=True, force_grouping=True)
    return f"{'−' if exact < 0 else ''}{_SIGNS.get(code, code + ' ')}{digits}"


def hours(minutes: int | float | Decimal | None) -> str:
    """`minutes` as 45 min, 1 h 30 or 12 h; long times are rounded to the hour."""
    return NOTHING if minutes is None else _hours(round(minutes), get_language())


# A page writes the same few times and days in hundreds of places: each is put into words once a language.
@lru_cache(4096)
def _hours(whole: int, language: str | None) -> str:
    sign, whole = ("−", -whole) if whole < 0 else ("", whole)
    full, rest = divmod(whole, 60)
    if full == 0:
        return _("%(minutes)s min") % {"minutes": f"{sign}{rest}"}
    if full >= 100:
        return _("%(hours)s h") % {
            "hours": f"{sign}{number_format(full + (rest >= 30), force_grouping=True)}"
        }
    if rest == 0:
        return _("%(hours)s h") % {"hours": f"{sign}{full}"}
    return _("%(hours)s h %(minutes)s") % {"hours": f"{sign}{full}", "minutes": f"{rest:02d}"}


def distance(days: int) -> str:
    """`days` from today in words: today, tomorrow, in 6 days, 3 weeks ago, in 4 months."""
    return _distance(days, get_language())


@lru_cache(4096)
def _distance(days: int, language: str | None) -> str:
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if days == -1:
        return _("yesterday")
    far = abs(days)
    if far < 21:
        amount = ngettext("%(n)s day", "%(n)s days", far) % {"n": far}
    elif far < 60:
        amount = ngettext("%(n)s week", "%(n)s weeks", far // 7) % {"n": far // 7}
    elif far < 730:
        months = round(far / 30.44)
        amount = ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
    else:
        years = round(far / 365.25)
        amount = ngettext("%(n)s year", "%(n)s years", years) % {"n": years}
    return (_("in %(amount)s") if days > 0 else _("%(amount)s ago")) % {"amount": amount}


def as_date(value: dt.date | dt.datetime) -> dt.date:
    """The date that `value` has where the firm is."""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def short_date(value: dt.date | dt.datetime, *, today: dt.date | None = None) -> str:
    """Tue 3 Mar, with the year where it is another than today's."""
    value = as_date(value)
    today = today or timezone.localdate()
    return _date(value, "D j M" if value.year == today.year else "j M Y", get_language())


def long_date(value: dt.date | dt.datetime) -> str:
    """Tuesday, March 3, 2026."""
    return _date(as_date(value), "l, F j, Y", get_language())


@lru_cache(8192)
def _date(value: dt.date, pattern: str, language: str | None) -> str:
    return date_format(value, pattern)


def late_words(late_after: dt.date | None, *, today: dt.date | None = None) -> str:
    """How late something is whose time ended on `late_after`: 9 days late; empty while it is not."""
    if late_after is None:
        return ""
    days = ((today or timezone.localdate()) - late_after).days
    if days <= 0:
        return ""
    return ngettext("%(n)s day late", "%(n)s days late", days) % {"n": days}
