"""The lists behind the figures of the dashboard, and cells that open them."""

from __future__ import annotations

import datetime as dt
from functools import cache
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from servicing.dashboards.reading import NO_TIER, Asked
from servicing.dashboards.tables import (
    NUMBER,
    Cell,
)
from servicing.delivery.reading import NOBODY


@cache
def address(name: str) -> str:
    """The address of a page: a dashboard asks for few, hundreds of times."""
    return reverse(name)


class Links:
    """The lists behind figures, for what the page was asked for."""

    def __init__(self, asked: Asked, username: str = "") -> None:
        self.asked, self.username = asked, username

    def _to(self, name: str, **parts: str) -> str:
        return f"{address(name)}?{urlencode({key: value for key, value in parts.items() if value})}"

    def _own(self, tier: str) -> dict[str, str]:
        return {"tier": tier or self.asked.tier, "advisor": self.asked.advisor}

    def tasks(self, what: str, tier: str = "", *, before: bool = False) -> str:
        week = "before" if before else ""
        return self._to("servicing:dashboard_tasks", what=what, **self._own(tier), week=week)

    def results(self, sort: str = "", tier: str = "", show: str = "") -> str:
        period = self.asked.period.code
        return self._to("servicing:dashboard_clients", period=period, **self._own(tier), sort=sort, show=show)

    def delivered(self, state: str, tier: str = "", kind: str = "", advisor: str = "") -> str:
        own = self._own(tier) | ({"advisor": advisor} if advisor else {})
        period = self.asked.period.code
        return self._to("servicing:delivery_tasks", period=period, **own, kind=kind, state=state)

    def beyond(self, tier: str = "", what: str = "") -> str:
        period = self.asked.period.code
        return self._to("servicing:delivery_beyond", period=period, **self._own(tier), what=what)

    def clients(self, tier: str = "", **filters: str) -> str:
        lead = NOBODY if self.asked.advisor == NOBODY else self.username
        chosen = {"tier": tier or self.asked.tier, "advisor": lead} | filters
        return self._to("clients:list", **chosen)

    def moved(self, first: dt.date, last: dt.date, way: str) -> str:
        days = {"from": first.isoformat(), "to": last.isoformat(), "way": way}
        return self._to(
            "servicing:movement_clients", **days, today=self.asked.tier, advisor=self.asked.advisor
        )

    def confident(self, month: dt.date, low: str = "") -> str:
        own = {"tier": self.asked.tier, "advisor": self.asked.advisor}
        return self._to("servicing:confidence_clients", month=f"{month:%Y-%m}", low=low, **own)


def number_of(value: int, href: str, *, calls: bool = False) -> Cell:
    """A number with its list; nothing has no list to open."""
    return Cell(value, NUMBER, href if value else "", calls and value > 0)


def tier_of(code: str | None) -> str:
    """How addresses name a tier."""
    return code or NO_TIER


def difference(number: int) -> str:
    if not number:
        return _("as many")
    words = _("%(n)s more") if number > 0 else _("%(n)s fewer")
    return words % {"n": abs(number)}
