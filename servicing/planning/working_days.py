"""The firm's working days: no weekends, no public holidays of its country, none of its own closing days."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import holidays

from clients.models import Firm
from servicing.models import ClosingDay
from servicing.planning.session import Session

# Dates that a run can give lie within: base or start + 24 months, moved to an allowed month a year later.
YEARS_AHEAD = 5


def public_holidays(country: str, subdivision: str, first: dt.date, last: dt.date) -> frozenset[dt.date]:
    """The country's public holidays from `first` to `last`; raises NotImplementedError for an unknown one."""
    return frozenset(
        day
        for year in range(first.year, last.year + 1)
        for day in _holidays_of_year(country, subdivision, year)
        if first <= day <= last
    )


@lru_cache(maxsize=64)
def _holidays_of_year(country: str, subdivision: str, year: int) -> frozenset[dt.date]:
    return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=year))


def days_off(firm: Firm, first: dt.date, last: dt.date) -> frozenset[dt.date]:
    """Public holidays and closing days from `first` to `last`.

    A country that the calendar does not know (the firm's form refuses it) has none.
    """
    try:
        public = public_holidays(firm.country, firm.subdivision, first, last)
    except NotImplementedError:
        public = frozenset()
    own = ClosingDay.objects.filter(date__range=(first, last)).values_list("date", flat=True)
    return public | frozenset(own)


def working_day_from(firm: Firm, day: dt.date) -> dt.date:
    """`day`, or the next working day after it; `day` itself where the firm is closed for two months."""
    ahead = [day + dt.timedelta(days=n) for n in range(62)]
    off = days_off(firm, ahead[0], ahead[-1])
    return next((each for each in ahead if each.isoweekday() < 6 and each not in off), day)


# Each day with the next and the previous working day, itself where it is one.
CALENDAR = """
    SELECT day,
        min(day) FILTER (WHERE works) OVER (ORDER BY day DESC) AS next_on,
        max(day) FILTER (WHERE works) OVER (ORDER BY day) AS previous_on
    FROM (
        SELECT d::date AS day, extract(isodow FROM d) < 6 AND d::date <> ALL(%(days_off)s::date[]) AS works
        FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') d
    ) days
"""

# Months that still have a working day after D.
MONTHS = """
    SELECT date_trunc('month', day)::date AS starts_on, max(day) AS ends_on,
        extract(month FROM min(day))::int AS number
    FROM plan_calendar
    GROUP BY date_trunc('month', day)
    HAVING bool_or(next_on = day AND day > %(day)s)
"""


def keep_calendar(session: Session, firm: Firm) -> frozenset[dt.date]:
    """Fills `plan_calendar` and `plan_month` around the session's date; returns the days off in it."""
    first = session.day - dt.timedelta(days=40)
    last = session.day + dt.timedelta(days=366 * YEARS_AHEAD)
    off = days_off(firm, first, last)
    session.keep("plan_calendar", CALENDAR, first=first, last=last, days_off=list(off))
    session.keep("plan_month", MONTHS)
    return off
