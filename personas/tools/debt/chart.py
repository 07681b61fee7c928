"""The debt chart: what is owed over time, stacked by loan, with a line for each way of paying more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, log10

from django.utils.translation import gettext as _

from clients import formats
from personas.tools.debt import months
from personas.tools.debt.amortisation import Course, Debt

WIDE, TOP, BOTTOM = 628, 40, 244  # paths are stretched to the width that there is; words and marks are not
BANDS = 5  # the last band is all further loans
STEPS = 4
MOST_POINTS = 120
MOST_YEARS = 8


@dataclass(frozen=True)
class Band:
    shade: int
    label: str
    path: str


@dataclass(frozen=True)
class Tick:
    """`at`: of the height in pixels, or of the width in percent."""

    at: str
    label: str


@dataclass(frozen=True)
class End:
    """Where nothing is owed any more: percent of the width. `left`: its words stand left of its mark."""

    x: str
    text_y: int
    left: bool
    label: str
    extra: bool


@dataclass(frozen=True)
class Row:
    on: dt.date
    owed: Decimal
    ways: list[Decimal]


@dataclass(frozen=True)
class Chart:
    """All that the drawing shows, in its own coordinates, and the same as rows of a table."""

    bands: list[Band]
    lines: list[str]
    amounts: list[Tick]
    years: list[Tick]
    ends: list[End]
    rows: list[Row]
    says: str


@dataclass(frozen=True)
class _Scale:
    months: int
    most: float

    def x(self, month: float) -> float:
        return WIDE * month / max(self.months, 1)

    def percent(self, month: float) -> str:
        return f"{100 * month / max(self.months, 1):.2f}"

    def y(self, amount: Decimal | float) -> float:
        return BOTTOM - (BOTTOM - TOP) * float(amount) / self.most

    def point(self, month: int, amount: Decimal | float) -> str:
        return f"{self.x(month):.1f} {self.y(amount):.1f}"


def draw(alone: Course, ways: Sequence[Course], today: dt.date) -> Chart:
    """The chart of `alone`, with a line for each of `ways`; `alone` lasts at least a month."""
    totals = _totals(alone)
    scale = _Scale(alone.months, _round_up(float(max(totals))))
    return Chart(
        bands=_bands(alone, scale),
        lines=[_line(way, scale) for way in ways],
        amounts=[
            Tick(f"{scale.y(scale.most * step / STEPS):.1f}", formats.money(scale.most * step / STEPS))
            for step in range(STEPS + 1)
        ],
        years=_years(scale, today),
        ends=_ends(alone, ways, scale, today),
        rows=_rows(alone, ways, today),
        says=_says(alone, ways, today),
    )


def _totals(course: Course) -> list[Decimal]:
    balances = [course.balances(debt) for debt in course.debts]
    return [sum(each, Decimal(0)) for each in zip(*balances, strict=True)]


def _round_up(value: float) -> float:
    """The next amount that is easy to divide by four."""
    if value <= 0:
        return 4.0
    power = 10 ** floor(log10(value))
    return next(power * step for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10) if power * step >= value)


def _months_drawn(course: Course) -> list[int]:
    """So many that the line is smooth, and each in which a loan ends."""
    step = ceil(course.months / MOST_POINTS)
    ends = {course.ends(debt) for debt in course.debts}
    return sorted({*range(0, course.months, step), *ends, *(max(0, end - 1) for end in ends), course.months})


def _bands(course: Course, scale: _Scale) -> list[Band]:
    """The loan that lasts longest lies lowest."""
    debts = sorted((debt for debt in course.debts if debt.balance), key=course.ends, reverse=True)
    groups: list[list[Debt]] = [[debt] for debt in debts[: BANDS - 1]]
    if rest := debts[BANDS - 1 :]:
        groups.append(rest)
    drawn = _months_drawn(course)
    floor_of = [Decimal(0)] * (course.months + 1)
    bands = []
    for number, group in enumerate(groups, start=1):
        ceiling = list(floor_of)
        for debt in group:
            ceiling = [low + own for low, own in zip(ceiling, course.balances(debt), strict=True)]
        above = " L".join(scale.point(month, ceiling[month]) for month in drawn)
        below = " L".join(scale.point(month, floor_of[month]) for month in reversed(drawn))
        label = group[0].name if len(group) == 1 else _("Other loans")
        bands.append(Band(number, label, f"M{above} L{below}Z"))
        floor_of = ceiling
    return bands


def _line(course: Course, scale: _Scale) -> str:
    totals = _totals(course)
    return "M" + " L".join(scale.point(month, totals[month]) for month in _months_drawn(course))


def _years(scale: _Scale, today: dt.date) -> list[Tick]:
    """The beginnings of years, at most a few."""
    whole = scale.months // 12 + 1
    step = ceil(whole / MOST_YEARS)
    first = 13 - today.month  # months until January
    return [
        Tick(scale.percent(month), str(today.year + 1 + number))
        for number, month in enumerate(range(first, scale.months + 1, 12))
        if number % step == 0
    ]


def _ends(alone: Course, ways: Sequence[Course], scale: _Scale, today: dt.date) -> list[End]:
    """The end without an extra amount, and the soonest with one."""
    marks = [(alone.months, False)]
    if ways and (soonest := min(way.months for way in ways)) < alone.months:
        marks.append((soonest, True))
    return [
        End(
            x=scale.percent(month),
            text_y=30 if extra else 14,
            left=scale.x(month) > WIDE / 4,
            label=months.name(months.after(today, month)),
            extra=extra,
        )
        for month, extra in marks
    ]


def _rows(alone: Course, ways: Sequence[Course], today: dt.date) -> list[Row]:
    """What is owed now, after each year, and at the end."""
    totals, others = _totals(alone), [_totals(way) for way in ways]
    return [
        Row(
            months.after(today, month),
            totals[month],
            [other[month] if month < len(other) else Decimal(0) for other in others],
        )
        for month in sorted({*range(0, alone.months, 12), alone.months})
    ]


def _says(alone: Course, ways: Sequence[Course], today: dt.date) -> str:
    owed = _("%(amount)s is owed now; nothing from %(end)s on.") % {
        "amount": formats.money(_totals(alone)[0]),
        "end": months.name(months.after(today, alone.months)),
    }
    if not ways:
        return owed
    soonest = min(way.months for way in ways)
    more = _("With the extra amount nothing is owed from %(end)s on.") % {
        "end": months.name(months.after(today, soonest))
    }
    return f"{owed} {more}"
