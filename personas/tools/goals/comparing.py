"""How two rankings of the same goals differ.

The rank correlation is Spearman's (C. Spearman, The proof and measurement of association between two things,
American Journal of Psychology 15, 1904), for rankings without ties:
rho = 1 - 6 * sum(d^2) / (n * (n^2 - 1)), d the difference of the two places of a goal, n the number of goals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

FAR = 2  # from this difference on a goal counts as one of the largest gaps
LARGEST = 3


@dataclass(frozen=True)
class Gap:
    """A goal, by its number from 0, with the place that each partner gave it."""

    goal: int
    first: int
    second: int

    @property
    def size(self) -> int:
        return abs(self.first - self.second)


def check_places(places: Sequence[int], number: int) -> None:
    """Raises ValueError unless `places` gives each of `number` goals a place of its own, from 1 on."""
    if sorted(places) != list(range(1, number + 1)):
        raise ValueError("Each place from 1 on is given once.")


def spearman(first: Sequence[int], second: Sequence[int]) -> Fraction:
    """The rank correlation of two rankings without ties, from -1 (reversed) to 1 (the same), exact."""
    number = len(first)
    if number < 2:
        raise ValueError("Two goals at least are needed.")
    check_places(first, number)
    check_places(second, number)
    squares = sum((one - other) ** 2 for one, other in zip(first, second, strict=True))
    return 1 - Fraction(6 * squares, number * (number**2 - 1))


def gaps(first: Sequence[int], second: Sequence[int]) -> list[Gap]:
    """Every goal, the largest difference first; among equals the one that either partner ranks higher."""
    each = [Gap(goal, one, other) for goal, (one, other) in enumerate(zip(first, second, strict=True))]
    return sorted(each, key=lambda gap: (-gap.size, min(gap.first, gap.second), gap.goal))


def largest(first: Sequence[int], second: Sequence[int]) -> list[Gap]:
    """The largest gaps, three at most."""
    return [gap for gap in gaps(first, second) if gap.size >= FAR][:LARGEST]


def trade_offs(first: Sequence[int], second: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs of goals to ask about: one that the first partner ranks higher, one that the second does.

    The pairs with the largest gaps, three at most; no goal is in two of them.
    """
    every = gaps(first, second)
    mine = [gap for gap in every if gap.first < gap.second]
    theirs = [gap for gap in every if gap.first > gap.second]
    pairs = sorted(
        ((one, other) for one in mine for other in theirs if max(one.size, other.size) >= FAR),
        key=lambda pair: (-(pair[0].size + pair[1].size), pair[0].goal, pair[1].goal),
    )
    chosen: list[tuple[Gap, Gap]] = []
    for one, other in pairs:
        if all(one != before[0] and other != before[1] for before in chosen):
            chosen.append((one, other))
    return [(one.goal, other.goal) for one, other in chosen[:LARGEST]]
