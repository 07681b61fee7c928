"""Options side by side, measured by the owner's own win conditions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from clients.models import Client
from personas.models import OptionRating, OwnerOption, WinCondition
from personas.tools.at_once import at_once

FEWEST = 2  # one option compares with nothing


@dataclass(frozen=True)
class Column:
    """An option. `mean`: its ratings weighted by importance, from 1 to 5; None where nothing is rated."""

    option: OwnerOption
    mean: Decimal | None
    rated: int

    @property
    def width(self) -> str:
        """Of the bar that shows the mean, of 100."""
        return f"{(self.mean or 0) * 20:.1f}"


@dataclass(frozen=True)
class Line:
    """A win condition with the rating of each option, in the options' order; None where it is not rated."""

    condition: WinCondition
    ratings: list[OptionRating | None]


@dataclass(frozen=True)
class Comparison:
    columns: list[Column]
    lines: list[Line]

    @property
    def is_enough(self) -> bool:
        return len(self.columns) >= FEWEST and bool(self.lines)

    @property
    def missing(self) -> int:
        """Ratings that nobody gave yet."""
        return sum(rating is None for line in self.lines for rating in line.ratings)

    @property
    def closest(self) -> list[OwnerOption]:
        """Those with the highest mean, once everything is rated; none where all are alike."""
        means = {column.mean for column in self.columns}
        if self.missing or not self.is_enough or len(means) == 1:
            return []
        best = max(mean for mean in means if mean is not None)
        return [column.option for column in self.columns if column.mean == best]


def comparison_of(client: Client) -> Comparison:
    """What is compared for a client; one query."""
    conditions, options, ratings = at_once(
        WinCondition.objects.filter(client=client),
        OwnerOption.objects.filter(client=client),
        OptionRating.objects.filter(client=client),
    )
    return compared(conditions, options, {(each.option_id, each.condition_id): each for each in ratings})


def compared(
    conditions: list[WinCondition],
    options: list[OwnerOption],
    ratings: dict[tuple[int, int], OptionRating],
) -> Comparison:
    """`ratings` by the ids of option and condition."""
    return Comparison(
        columns=[_column(option, conditions, ratings) for option in options],
        lines=[
            Line(condition, [ratings.get((option.pk, condition.pk)) for option in options])
            for condition in conditions
        ],
    )


def _column(
    option: OwnerOption, conditions: list[WinCondition], ratings: dict[tuple[int, int], OptionRating]
) -> Column:
    """The weighted mean: each rating counts as often as its condition is important."""
    weighed = [
        (each.importance, ratings[option.pk, each.pk].rating)
        for each in conditions
        if (option.pk, each.pk) in ratings
    ]
    if not weighed:
        return Column(option, None, 0)
    total = sum(importance * rating for importance, rating in weighed)
    mean = Decimal(total) / sum(importance for importance, _rating in weighed)
    return Column(option, mean.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP), len(weighed))


def picture(client: Client, today: dt.date) -> dict[str, Any]:
    """For the client's tab and the meeting brief; one query."""
    return {"comparison": comparison_of(client)}
