"""Periods of whole months, and the period that each is compared with."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

YEAR, TWELVE, QUARTER, MONTHS = "year", "12m", "quarter", "months"
CHOICES: list[tuple[str, str | Promise]] = [
    (TWELVE, _("Last 12 months")),
    (YEAR, _("This year")),
    (QUARTER, _("This quarter")),
    (MONTHS, _("Months from … to …")),
]
_MONTH = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True)
class Period:
    """From the first day of a month to the last day of one; `code` is how it was asked for."""

    code: str
    first: dt.date
    last: dt.date

    @property
    def months(self) -> int:
        return _number(self.last) - _number(self.first) + 1

    @property
    def before(self) -> Period:
        """What it is compared with: as many months before; of this year the same months a year before."""
        back = 12 if self.code == YEAR else self.months
        return Period(self.code, shifted(self.first, -back), last_day(shifted(self.last, -back)))

    def over(self, as_of: dt.date) -> Period | None:
        """Its months that are over at the end of a day; None where the first one is not."""
        last = shifted(as_of + dt.timedelta(days=1), 0) - dt.timedelta(days=1)
        return Period(self.code, self.first, min(self.last, last)) if last >= self.first else None

    @property
    def last_month(self) -> dt.date:
        return self.last.replace(day=1)


def period_of(code: str, today: dt.date, *, first: str = "", last: str = "", since: dt.date) -> Period:
    """The period that the words say, within the months from `since` to today's. Words that say none: the last
    12 months."""
    this_month = today.replace(day=1)
    if code == YEAR:
        return Period(YEAR, today.replace(month=1, day=1), last_day(today))
    if code == QUARTER:
        return Period(
            QUARTER, today.replace(month=today.month - (today.month - 1) % 3, day=1), last_day(today)
        )
    start, end = month_of(first), month_of(last)
    if code == MONTHS and start and end:
        start, end = sorted((start, end))
        end = max(since, min(end, this_month))
        return Period(MONTHS, min(max(start, since), end), last_day(end))
    return Period(TWELVE, shifted(this_month, -11), last_day(today))


def shifted(day: dt.date, months: int) -> dt.date:
    """The first day of the month so many months after that of `day`."""
    year, month = divmod(_number(day) + months, 12)
    return dt.date(year, month + 1, 1)


def last_day(day: dt.date) -> dt.date:
    """The last day of the month of `day`."""
    return shifted(day, 1) - dt.timedelta(days=1)


def _number(day: dt.date) -> int:
    return 12 * day.year + day.month - 1


def month_of(text: str) -> dt.date | None:
    """The first day of the month that is written as 2026-03; None for anything else."""
    found = _MONTH.fullmatch(text)
    if not found:
        return None
    year, month = int(found[1]), int(found[2])
    return dt.date(year, month, 1) if 1970 < year < 2200 and 1 <= month <= 12 else None
