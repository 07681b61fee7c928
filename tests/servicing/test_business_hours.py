"""Business hours: office time on working days, counted as it passes, whatever the clocks do."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.firm import firm_settings
from servicing.models import ClosingDay
from servicing.requests.business_hours import NeverOpen, OfficeHours, office_hours, whole_minutes

NEW_YORK = zoneinfo.ZoneInfo("America/New_York")
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


def at(text: str, zone: zoneinfo.ZoneInfo = NEW_YORK) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


def office(
    opens: str = "09:00", closes: str = "17:00", zone: zoneinfo.ZoneInfo = NEW_YORK, off: tuple[str, ...] = ()
) -> OfficeHours:
    days = frozenset(dt.date.fromisoformat(day) for day in off)
    return OfficeHours(dt.time.fromisoformat(opens), dt.time.fromisoformat(closes), zone, lambda year: days)


@pytest.mark.parametrize(
    ("received", "by"),
    [
        ("2026-03-03 10:30", "2026-03-03 14:30"),  # within the day
        ("2026-03-03 13:00", "2026-03-03 17:00"),  # to the minute of closing, not the next morning
        ("2026-03-03 15:00", "2026-03-04 11:00"),  # the rest the next morning
        ("2026-03-03 06:00", "2026-03-03 13:00"),  # before the office opens
        ("2026-03-03 22:00", "2026-03-04 13:00"),  # after it closed
        ("2026-03-06 16:00", "2026-03-09 12:00"),  # over the weekend, on which the clocks change too
        ("2026-03-07 12:00", "2026-03-09 13:00"),  # on a Saturday
        ("2026-12-31 16:00", "2027-01-04 12:00"),  # over New Year, a holiday, and the weekend after it
        ("2026-07-02 16:30", "2026-07-06 12:30"),  # a holiday that is kept on another day
    ],
)
def test_four_hours_end_when_a_person_would_say(received, by):
    hours = office(off=("2027-01-01", "2026-07-03"))
    assert hours.after(at(received), 4 * HOUR) == at(by)
    assert hours.between(at(received), at(by)) == 4 * HOUR


def test_nothing_asked_for_is_the_next_open_moment():
    assert office().after(at("2026-03-07 12:00"), 0 * HOUR) == at("2026-03-09 09:00")


def test_the_minutes_of_an_office_that_is_open_while_the_clocks_change_really_pass():
    night = office("00:00", "06:00", zoneinfo.ZoneInfo("Asia/Amman"))  # clocks changed on Fridays there
    spring, autumn = "2021-03-26", "2021-10-29"
    zone = night.zone
    for day, length in ((spring, 5), (autumn, 7)):
        hours = night.open_on(dt.date.fromisoformat(day))
        assert hours is not None
        assert hours[1] - hours[0] == length * HOUR
        assert night.between(at(f"{day} 00:00", zone), at(f"{day} 12:00", zone)) == length * HOUR


def test_hours_that_the_clocks_skip_are_a_closed_day():
    skipped = office("00:00", "01:00", zoneinfo.ZoneInfo("Asia/Amman"))
    assert skipped.open_on(dt.date(2021, 3, 26)) is None
    assert skipped.open_on(dt.date(2021, 3, 25)) is not None


def test_what_ends_before_it_began_took_no_time():
    assert office().between(at("2026-03-04 10:00"), at("2026-03-03 10:00")) == 0 * HOUR


def test_an_office_that_never_opens_gives_no_moment():
    with pytest.raises(NeverOpen):
        office("00:00", "00:00").after(at("2026-03-03 10:00"), HOUR)


ZONES = ["America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns"]
MOMENTS = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2026, 12, 31), timezones=st.just(dt.UTC))  # noqa: DTZ001
OFFICES = st.builds(
    lambda opens, length, zone, off: OfficeHours(
        dt.time(opens // 60, opens % 60),
        dt.time(min(opens + length, 1439) // 60, min(opens + length, 1439) % 60),
        zoneinfo.ZoneInfo(zone),
        lambda year: off,
    ),
    st.integers(0, 1200),
    st.integers(60, 900),
    st.sampled_from(ZONES),
    st.frozensets(st.dates(dt.date(2024, 1, 1), dt.date(2029, 12, 31)), max_size=30),
)


@settings(max_examples=80, deadline=None)
@given(hours=OFFICES, moment=MOMENTS, minutes=st.integers(0, 3_000))
def test_both_ways_agree_and_the_end_is_in_office_time(hours, moment, minutes):
    business = minutes * MINUTE
    end = hours.after(moment, business)
    assert end >= moment
    assert hours.between(moment, end) == business
    local = end.astimezone(hours.zone)
    assert hours.works_on(local.date())
    opens, closes = hours.open_on(local.date())
    assert opens <= end <= closes
    assert minutes == 0 or hours.between(moment, end - MINUTE) < business  # and no sooner


@settings(max_examples=60, deadline=None)
@given(hours=OFFICES, moments=st.tuples(MOMENTS, MOMENTS, MOMENTS).map(sorted))
def test_parts_of_a_time_add_up(hours, moments):
    first, middle, last = moments
    assert hours.between(first, middle) + hours.between(middle, last) == hours.between(first, last)


@settings(max_examples=20, deadline=None)
@given(hours=OFFICES, moment=MOMENTS, minutes=st.integers(1, 3000))
def test_it_counts_the_same_minutes_as_a_clock_that_is_looked_at_each_minute(hours, moment, minutes):
    moment = moment.replace(second=0, microsecond=0)
    last = moment + minutes * MINUTE
    looked = 0
    for number in range(minutes):
        local = (moment + number * MINUTE).astimezone(hours.zone)
        inside = hours.opens_at <= local.time().replace(tzinfo=None) < hours.closes_at
        looked += hours.works_on(local.date()) and inside
    assert whole_minutes(hours.between(moment, last)) == looked


@pytest.mark.django_db
def test_the_firm_says_when_it_is_open_and_on_which_days_it_is_not():
    firm = firm_settings()
    firm.opens_at, firm.closes_at = dt.time(8, 30), dt.time(12)
    ClosingDay.objects.create(date=dt.date(2026, 11, 27), name="The day after")
    hours = office_hours(firm)
    # Thanksgiving, the closing day after it, and a weekend lie between
    assert hours.after(at("2026-11-25 11:00"), 2 * HOUR) == at("2026-11-30 09:30")
