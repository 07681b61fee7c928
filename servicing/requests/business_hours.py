"""Business hours: when so much office time will have passed, and how much passed between two moments.

Office time runs from the opening to the closing hour of working days where the firm is. It is counted as it
really passes: an office that is open while the clocks change has an hour less, or more, on that day.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from clients.models import Firm
from servicing.planning.working_days import days_off

YEARS = 20  # so far ahead an end is looked for
DAY = dt.timedelta(days=1)
NONE = dt.timedelta(0)


class NeverOpen(Exception):
    """The office is not open long enough in the years ahead."""


@dataclass(frozen=True)
class OfficeHours:
    """When the office is open. `days_off`: the days of a year on which it is closed, weekends aside."""

    opens_at: dt.time
    closes_at: dt.time
    zone: zoneinfo.ZoneInfo
    days_off: Callable[[int], frozenset[dt.date]]

    def works_on(self, day: dt.date) -> bool:
        return day.isoweekday() < 6 and day not in self.days_off(day.year)

    def open_on(self, day: dt.date) -> tuple[dt.datetime, dt.datetime] | None:
        """When the office opens and closes on a day, in UTC; None where it stays closed."""
        if not self.works_on(day):
            return None
        opens, closes = (
            dt.datetime.combine(day, at, tzinfo=self.zone).astimezone(dt.UTC)
            for at in (self.opens_at, self.closes_at)
        )
        return (opens, closes) if opens < closes else None  # the clocks may skip all of it

    def _open_from(self, moment: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """The office's days from `moment` on, without what of the first has passed by then."""
        moment = moment.astimezone(dt.UTC)
        first = moment.astimezone(self.zone).date()
        for number in range(366 * YEARS):
            if (hours := self.open_on(first + number * DAY)) and hours[1] > moment:
                yield max(hours[0], moment), hours[1]

    def after(self, moment: dt.datetime, business: dt.timedelta) -> dt.datetime:
        """The moment (UTC) at which `business` hours have passed since `moment`; where none are asked for,
        the first moment from then on at which the office is open. Raises NeverOpen."""
        for opens, closes in self._open_from(moment):
            if business <= closes - opens:
                return opens + business
            business -= closes - opens
        raise NeverOpen

    def between(self, first: dt.datetime, last: dt.datetime) -> dt.timedelta:
        """How long the office was open from `first` until `last`; nothing where `last` comes first."""
        passed = NONE
        for opens, closes in self._open_from(first):
            if opens >= last:
                break
            passed += min(closes, last) - opens
        return passed


def office_hours(firm: Firm) -> OfficeHours:
    """Those of the firm. Each year's days off are read once."""

    @cache
    def off(year: int) -> frozenset[dt.date]:
        return days_off(firm, dt.date(year, 1, 1), dt.date(year, 12, 31))

    return OfficeHours(firm.opens_at, firm.closes_at, zoneinfo.ZoneInfo(firm.time_zone), off)


def whole_minutes(passed: dt.timedelta) -> int:
    return passed // dt.timedelta(minutes=1)
