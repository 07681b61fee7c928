"""When a 10b5-1 plan may trade first. Source: SEC Release 33-11138 (Rule 10b5-1(c)(1)(ii)(B))."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from personas.tools.equity.windows import DAY, is_trading_day, next_trading_day

OTHERS_DAYS = 30
INSIDER_DAYS, INSIDER_MOST_DAYS, AFTER_REPORT = 90, 120, 2


@dataclass(frozen=True)
class Cooling:
    """`until`: the last day of the cooling-off period; `trades_from`: the first trading day after it.

    `report_unknown`: the report's date would decide; the longest period is assumed.
    """

    until: dt.date
    trades_from: dt.date
    report_unknown: bool


def cooling_off(adopted: dt.date, *, insider: bool, report: dt.date | None = None) -> Cooling:
    """The cooling-off period of a plan adopted on a day.

    Directors and officers: the later of 90 days and two business days after the quarter's report, at most
    120 days. Others: 30 days. Business days are those on which the exchange trades.
    """
    if not insider:
        until = adopted + dt.timedelta(days=OTHERS_DAYS)
        return Cooling(until, next_trading_day(until + DAY), False)
    longest = adopted + dt.timedelta(days=INSIDER_MOST_DAYS)
    if report is None:
        return Cooling(longest, next_trading_day(longest + DAY), True)
    until = min(
        longest, max(adopted + dt.timedelta(days=INSIDER_DAYS), _business_days_after(report, AFTER_REPORT))
    )
    return Cooling(until, next_trading_day(until + DAY), False)


def _business_days_after(day: dt.date, number: int) -> dt.date:
    while number:
        day += DAY
        number -= is_trading_day(day)
    return day
