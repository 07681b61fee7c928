"""Pay in equity, computed: vests to the share, windows, cooling-off, withholding, AMT, limits, concentration.

Hand-worked from the published rules; each names its source.
"""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas.tools.equity import taxes
from personas.tools.equity.holdings import (
    Move,
    TooMany,
    choices,
    first_too_many,
    gain_still_held,
    position,
)
from personas.tools.equity.selling import cooling_off
from personas.tools.equity.vesting import Part, ScheduleRefused, numbered, schedule
from personas.tools.equity.windows import Rule, Stated, next_open_day, spans, turns

D = Decimal
DAY = dt.date

# Rev. Proc. 2024-40, section 2.11, for 2025.
SINGLE = taxes.Figures(2025, D(88_100), D(626_350), D("0.25"), D(239_100))
JOINT = replace(SINGLE, exemption=D(137_000), phase_out_from=D(1_252_700))
# Rev. Proc. 2025-32 and Public Law 119-21, for 2026.
SINGLE_2026 = taxes.Figures(2026, D(90_100), D(500_000), D("0.5"), D(244_500))


def test_it_vests_a_quarter_at_the_cliff_and_the_rest_by_quarters():
    parts = schedule(start=DAY(2024, 2, 29), shares=1000, cliff=12, period=3, total=48)
    assert [part.shares for part in parts] == [250, 62, 63, 62, 63, 62, 63, 62, 63, 62, 63, 62, 63]
    assert [part.on for part in parts[:3]] == [DAY(2025, 2, 28), DAY(2025, 5, 29), DAY(2025, 8, 29)]
    assert parts[-1].on == DAY(2028, 2, 29)
    assert schedule(start=DAY(2026, 1, 31), shares=7, cliff=0, period=1, total=0) == [
        Part(1, DAY(2026, 1, 31), 7)
    ]
    with pytest.raises(ScheduleRefused):
        schedule(start=DAY(2026, 1, 31), shares=7, cliff=13, period=1, total=12)
    with pytest.raises(ScheduleRefused):
        numbered([(DAY(2026, 5, 1), 3), (DAY(2026, 4, 1), 4)])


@given(
    shares=st.integers(1, 10**7),
    total=st.integers(0, 120),
    period=st.integers(1, 24),
    cliff=st.integers(0, 120),
    start=st.dates(DAY(1990, 1, 1), DAY(2060, 1, 1)),
)
def test_it_vests_every_share_once_and_in_order(shares, total, period, cliff, start):
    parts = schedule(start=start, shares=shares, cliff=min(cliff, total), period=period, total=total)
    assert sum(part.shares for part in parts) == shares
    assert all(part.shares > 0 for part in parts)
    assert all(earlier.on < later.on for earlier, later in pairwise(parts))
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))


# Results on Thursday 29 January: Friday and Monday are the two full trading days. Those of the first quarter
# are expected 35 days after 31 March: Tuesday 5 May.
RULE = Rule(14, 2, 35, 12, {DAY(2025, 12, 31): DAY(2026, 1, 29)})


def test_it_closes_trading_around_the_quarters_end_until_two_full_days_after_results():
    every = spans(RULE, [], DAY(2025, 12, 1), DAY(2026, 5, 31))
    assert [(span.first, span.last, span.open, span.expected) for span in every] == [
        (DAY(2025, 12, 1), DAY(2025, 12, 16), True, True),
        (DAY(2025, 12, 17), DAY(2026, 2, 2), False, False),
        (DAY(2026, 2, 3), DAY(2026, 3, 16), True, False),
        (DAY(2026, 3, 17), DAY(2026, 5, 7), False, True),
        (DAY(2026, 5, 8), DAY(2026, 5, 31), True, True),
    ]
    assert [(turn.on, turn.opens, turn.key) for turn in turns(every)] == [
        (DAY(2025, 12, 16), False, "2025-09-30-1"),
        (DAY(2026, 2, 3), True, "2025-12-31-1"),
        (DAY(2026, 3, 16), False, "2025-12-31-1"),
        (DAY(2026, 5, 8), True, "2026-03-31-1"),
    ]
    assert next_open_day(every, DAY(2026, 1, 5)) == DAY(2026, 2, 3)
    assert next_open_day(every, DAY(2026, 2, 14)) == DAY(2026, 2, 17)  # Saturday, then Presidents' Day
    # a fiscal year that ends in January has its quarters a month later
    assert spans(replace(RULE, fiscal_year_end=1), [], DAY(2026, 4, 17), DAY(2026, 4, 17))[0].open is False


def test_days_that_the_company_named_go_before_its_rule():
    stated = [
        Stated(DAY(2026, 2, 10), DAY(2026, 2, 13), False),
        Stated(DAY(2026, 3, 17), DAY(2026, 3, 20), True),
    ]
    every = spans(RULE, stated, DAY(2026, 2, 1), DAY(2026, 4, 1))
    assert [(span.first, span.open) for span in every] == [
        (DAY(2026, 2, 1), False),
        (DAY(2026, 2, 3), True),
        (DAY(2026, 2, 10), False),
        (DAY(2026, 2, 14), True),
        (DAY(2026, 3, 21), False),
    ]
    keys = [(turn.on, turn.key) for turn in turns(every) if turn.opens]
    assert keys == [(DAY(2026, 2, 3), "2025-12-31-1"), (DAY(2026, 2, 17), "2025-12-31-2")]
    assert [span.open for span in spans(Rule(None), [], DAY(2026, 1, 1), DAY(2026, 12, 31))] == [True]


# SEC Release 33-11138.
@pytest.mark.parametrize(
    ("insider", "report", "until", "trades_from"),
    [
        (False, None, DAY(2026, 4, 1), DAY(2026, 4, 2)),
        (True, DAY(2026, 5, 7), DAY(2026, 5, 31), DAY(2026, 6, 1)),  # 90 days are later
        (True, DAY(2026, 6, 12), DAY(2026, 6, 16), DAY(2026, 6, 17)),  # two business days after a Friday
        (True, DAY(2026, 7, 10), DAY(2026, 6, 30), DAY(2026, 7, 1)),  # at most 120 days
        (True, None, DAY(2026, 6, 30), DAY(2026, 7, 1)),
    ],
)
def test_a_plan_cools_off(insider, report, until, trades_from):
    found = cooling_off(DAY(2026, 3, 2), insider=insider, report=report)
    assert (found.until, found.trades_from) == (until, trades_from)
    assert found.report_unknown is (insider and report is None)


def test_it_withholds_22_percent_up_to_a_million_a_year_and_37_above():
    # IRS Publication 15, section 7: 50,000 x 22 % + 50,000 x 37 %
    found = taxes.reserve(D(100_000), D(950_000), SINGLE, D("0.463"))
    assert (found.withheld, found.liability, found.missing) == (D(29_500), D(46_300), D(16_800))
    assert taxes.withheld(D("0.25"), D(0), SINGLE) == D("0.06")  # 5.5 cents, half up
    assert taxes.withheld(D(100), D(2_000_000), SINGLE) == D(37)
    assert taxes.reserve(D(100), D(0), SINGLE, None).missing is None


@pytest.mark.parametrize(
    ("figures", "amti", "tax"),
    [
        (SINGLE, 88_100, 0),
        (SINGLE, 300_000, "55094"),  # 26 % of 211,900
        # 137,000 less a quarter of 147,300 leaves 100,175; Form 6251, line 7: 28 % of 1,299,825 less 4,782
        (JOINT, 1_400_000, "359169"),
        # nothing is left of the exemption from 978,750 on: 28 % less 4,782
        (SINGLE, 978_750, "269268"),
        # 90,100 less half of 100,000 leaves 40,100: 26 % of 244,500 and 28 % of 315,400
        (SINGLE_2026, 600_000, "151882"),
    ],
)
def test_its_minimum_tax_is_that_of_form_6251(figures, amti, tax):
    assert taxes.minimum_tax(D(amti), figures) == D(tax)


def test_an_exercise_of_isos_adds_its_spread_to_the_minimum_tax():
    # Code 56(b)(3): 1,000 shares with a gain of 100: 26 % of 161,900 is 42,094; before, of 61,900, 16,094.
    found = taxes.exposure(shares=1000, gain=D(100), income=D(150_000), regular_tax=D(28_000), figures=SINGLE)
    assert (found.spread, found.at_most, found.amt) == (D(100_000), D(26_000), D(14_094))
    # 457 shares bring the minimum tax to 27,976, the 458th to 28,002
    assert found.free_shares == 457
    unknown = taxes.exposure(shares=1000, gain=D(100), income=D(150_000), regular_tax=None, figures=SINGLE)
    assert (unknown.at_most, unknown.amt, unknown.free_shares) == (D(26_000), None, None)
    under_water = taxes.exposure(shares=9, gain=D(-3), income=D(150_000), regular_tax=D(0), figures=SINGLE)
    assert (under_water.spread, under_water.amt, under_water.free_shares) == (D(0), D(0), 9)


@given(
    income=st.decimals(0, 3_000_000, places=2),
    spread=st.decimals(0, 3_000_000, places=2),
    regular=st.decimals(0, 1_000_000, places=2),
)
def test_amt_is_never_more_than_the_most_that_is_named(income, spread, regular):
    found = taxes.exposure(shares=1, gain=spread, income=income, regular_tax=regular, figures=SINGLE)
    assert 0 <= found.amt <= found.at_most


def test_options_over_100_000_a_year_are_no_isos_and_older_grants_go_first():
    # Code 422(d): 12,000 options at 10 become exercisable in 2026, 9,000 of them of the older grant
    old = taxes.Exercisable(1, DAY(2024, 3, 1), DAY(2026, 9, 1), 9_000, D(10))
    new = taxes.Exercisable(2, DAY(2025, 3, 1), DAY(2026, 3, 1), 3_000, D(10))
    later = taxes.Exercisable(2, DAY(2025, 3, 1), DAY(2027, 3, 1), 3_000, D(10))
    parted = {
        (each.part.grant, each.part.on): (each.iso, each.nso)
        for each in taxes.part_isos([new, later, old], D(100_000))
    }
    assert parted == {
        (1, DAY(2026, 9, 1)): (9_000, 0),
        (2, DAY(2026, 3, 1)): (1_000, 2_000),
        (2, DAY(2027, 3, 1)): (3_000, 0),
    }


def test_a_sale_qualifies_two_years_after_the_grant_and_one_after_the_exercise():
    # Code 422(a)
    assert taxes.qualifies_from(DAY(2024, 1, 15), DAY(2025, 3, 1)) == DAY(2026, 3, 2)
    assert taxes.qualifies_from(DAY(2024, 2, 29), DAY(2024, 6, 1)) == DAY(2026, 3, 1)
    assert taxes.espp_used([(DAY(2026, 5, 31), 400, D("42.50")), (DAY(2026, 11, 30), 200, D("42.50"))]) == {
        2026: D(25_500)
    }


def test_it_knows_what_is_held_and_what_cannot_be():
    parts = [Part(1, DAY(2025, 1, 1), 100), Part(2, DAY(2026, 1, 1), 100)]
    moves = [Move("exercise", DAY(2025, 6, 1), 80), Move("sale", DAY(2025, 7, 1), 30)]
    found = position(parts, moves, option=True, on=DAY(2026, 2, 1))
    assert (found.vested, found.unvested, found.held, found.exercisable) == (200, 0, 50, 120)
    assert first_too_many(parts, moves, option=True) is None
    early = [Move("exercise", DAY(2025, 12, 31), 101)]
    assert first_too_many(parts, early, option=True) == TooMany(DAY(2025, 12, 31), True, 101, 100)
    sold = [*moves, Move("sale", DAY(2026, 1, 5), 51)]
    assert first_too_many(parts, sold, option=True) == TooMany(DAY(2026, 1, 5), False, 81, 80)
    assert first_too_many(parts, [Move("withheld", DAY(2025, 1, 1), 100)], option=False) is None
    assert first_too_many(parts, [Move("sale", DAY(2024, 12, 31), 1)], option=False) is not None


def test_isos_sold_in_the_year_of_their_exercise_count_for_no_amt():
    # Code 56(b)(3): 50 were held from the year before and count as sold first; then 40 of this year's 100
    moves = [
        Move("exercise", DAY(2025, 6, 1), 50, price=D(90)),
        Move("exercise", DAY(2026, 2, 1), 100, price=D(70)),
        Move("sale", DAY(2026, 3, 1), 90),
    ]
    assert gain_still_held(moves, D(20), 2026) == D(60 * 50)
    assert gain_still_held(moves, D(20), 2025) == D(50 * 70)
    assert gain_still_held(moves, D(95), 2026) == 0


def test_concentration_is_counted_before_and_after_each_choice():
    # 400,000 of 1,000,000 today; 200,000 arrive, the rule sells half of them; a tenth is wanted
    found = choices(
        value=D(400_000),
        arriving=D(200_000),
        by_rule=D(100_000),
        wealth=D(1_000_000),
        target=D("0.1"),
        price=D(125),
    )
    assert found.today.share == D("0.4")
    assert found.keep.share == D("0.5")
    assert found.rule.share == D(500_000) / D(1_200_000)
    assert (found.target.value, found.target.sold, found.target.sold_shares) == (
        D(120_000),
        D(480_000),
        3_840,
    )
    assert found.target.share == D("0.1")
    assert (
        choices(value=D(1), arriving=D(0), by_rule=D(0), wealth=None, target=D(0), price=D(1)).today.share
        is None
    )
