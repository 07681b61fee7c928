"""What the charts of a client's score are drawn from: the parts of one score, and scores over time.

Lengths are in the units of the SVG's view box.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from clients.formats import short_date

History = Sequence[tuple[dt.date, Decimal | None]]
BAR = 640  # length of a score of 100


@dataclass(frozen=True)
class Part:
    """A factor's points in the bar of a score. `number` stands in the bar and in the table."""

    number: int
    label: str | Promise
    points: float
    x: float
    width: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def has_room(self) -> bool:
        return self.width >= 16


@dataclass(frozen=True)
class Cut:
    """Where a tier that is filled by score began in the run."""

    tier: str
    score: Decimal
    x: float


def parts(factors: Sequence[Any]) -> list[Part]:
    """The known factors' points side by side, from rows with `label` and `contribution` (None: unknown)."""
    found, x = [], 0.0
    for number, factor in enumerate(factors, 1):
        if not factor.contribution:
            continue
        width = BAR * factor.contribution / 100
        found.append(Part(number, factor.label, factor.contribution, round(x, 1), round(width, 1)))
        x += width
    return found


def cuts(tiers: Sequence[dict[str, Any]], by_score: Collection[str]) -> list[Cut]:
    """The cuts that a run noted in its `tiers`, of those that are filled `by_score` (codes)."""
    return [
        Cut(row["tier"], Decimal(row["cut"]), round(BAR * float(row["cut"]) / 100, 1))
        for row in tiers
        if row.get("cut") and row["tier"] in by_score
    ]


@dataclass(frozen=True)
class Trend:
    """Scores over time, the oldest first; at least two of them."""

    scores: tuple[tuple[dt.date, Decimal], ...]

    @classmethod
    def of(cls, history: History) -> Trend | None:
        """None where fewer than two dates have a score."""
        known = tuple((on, score) for on, score in history if score is not None)
        return cls(known) if len(known) > 1 else None

    @property
    def change(self) -> Decimal:
        return self.scores[-1][1] - self.scores[0][1]

    @property
    def words(self) -> str:
        """How the score went, in a few words."""
        since = short_date(self.scores[0][0])
        if not self.change:
            return _("unchanged since %(since)s") % {"since": since}
        points = number_format(abs(self.change), decimal_pos=1)
        text = _("up %(points)s since %(since)s") if self.change > 0 else _("down %(points)s since %(since)s")
        return text % {"points": points, "since": since}

    @property
    def lowest(self) -> int:
        """The lower end of the axis, a multiple of ten."""
        return math.floor(min(score for _on, score in self.scores) / 10) * 10

    @property
    def highest(self) -> int:
        """The upper end of the axis, a multiple of ten above the lower."""
        top = math.ceil(max(score for _on, score in self.scores) / 10) * 10
        return max(top, self.lowest + 10)

    def places(self, width: int, height: int, *, low: Decimal, high: Decimal) -> list[tuple[float, float]]:
        """The points in a box: dates from left to right, `low` at its foot and `high` at its top."""
        first, last = self.scores[0][0], self.scores[-1][0]
        days = max((last - first).days, 1)
        span = max(high - low, Decimal(1))
        return [
            (
                round(width * (on - first).days / days, 1),
                round(height - height * float((score - low) / span), 1),
            )
            for on, score in self.scores
        ]

    @property
    def line(self) -> str:
        """The line of the large chart, in a box of 640 by 120."""
        return _line(self.places(BAR, 120, low=Decimal(self.lowest), high=Decimal(self.highest)))

    @property
    def spark(self) -> str:
        """The small line in a table, in a box of 96 by 20 that is at least twenty points high."""
        scores = [score for _on, score in self.scores]
        middle = (min(scores) + max(scores)) / 2
        reach = max((max(scores) - min(scores)) / 2, Decimal(10))
        return _line(self.places(96, 20, low=middle - reach, high=middle + reach))


def _line(places: list[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in places)
