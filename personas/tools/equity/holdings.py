"""What a client has of a grant on a day, and how much of the household hangs on one company."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from personas.tools.equity.vesting import Part

ZERO = Decimal(0)
EXERCISE = "exercise"


@dataclass(frozen=True)
class Move:
    """An exercise, or shares that were sold or kept back for tax."""

    kind: str
    on: dt.date
    shares: int
    pk: int = 0
    price: Decimal | None = None


@dataclass(frozen=True)
class Position:
    """Of one grant on a day, in shares. `held`: owned; `exercisable`: vested options not exercised yet."""

    vested: int
    unvested: int
    held: int
    exercisable: int


def position(parts: Sequence[Part], moves: Sequence[Move], *, option: bool, on: dt.date) -> Position:
    """Where a grant stands at the end of a day."""
    vested = sum(part.shares for part in parts if part.on <= on)
    exercised = sum(move.shares for move in moves if move.kind == EXERCISE and move.on <= on)
    gone = sum(move.shares for move in moves if move.kind != EXERCISE and move.on <= on)
    return Position(
        vested=vested,
        unvested=sum(part.shares for part in parts) - vested,
        held=(exercised if option else vested) - gone,
        exercisable=vested - exercised if option else 0,
    )


@dataclass(frozen=True)
class TooMany:
    """On a day more was exercised than had vested, or more sold than was held: by that day so many."""

    on: dt.date
    exercise: bool
    asked: int
    there: int


def first_too_many(parts: Sequence[Part], moves: Sequence[Move], *, option: bool) -> TooMany | None:
    """The first day on which a history is impossible; None where it is possible throughout."""
    for day in sorted({move.on for move in moves}):
        vested = sum(part.shares for part in parts if part.on <= day)
        exercised = sum(move.shares for move in moves if move.kind == EXERCISE and move.on <= day)
        gone = sum(move.shares for move in moves if move.kind != EXERCISE and move.on <= day)
        if exercised > (vested if option else 0):
            return TooMany(day, True, exercised, vested if option else 0)
        owned = exercised if option else vested
        if gone > owned:
            return TooMany(day, False, gone, owned)
    return None


def gain_still_held(moves: Sequence[Move], strike: Decimal, year: int) -> Decimal:
    """What ISO exercises of a year count for AMT: their gain, but of shares that were sold in the same year
    (Code 56(b)(3)). Shares that were exercised in years before count as sold first."""
    before = [move for move in moves if move.on.year < year]
    sign = {True: 1, False: -1}
    older = sum(sign[move.kind == EXERCISE] * move.shares for move in before)
    this_year = [move for move in moves if move.on.year == year]
    sold = max(0, sum(move.shares for move in this_year if move.kind != EXERCISE) - older)
    gain = ZERO
    for move in this_year:
        if move.kind == EXERCISE:
            kept = max(0, move.shares - sold)
            sold -= move.shares - kept
            gain += kept * max(ZERO, (move.price or ZERO) - strike)
    return gain


# --- Concentration -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """What becomes of one company's part of the household: value, share of the whole (None: not known), and
    what is sold for it."""

    value: Decimal
    share: Decimal | None
    sold: Decimal = ZERO
    sold_shares: int = 0


@dataclass(frozen=True)
class Choices:
    """Today, and after the next vests: all of it kept, sold by the rule, sold down to the wanted share."""

    today: Choice
    keep: Choice
    rule: Choice
    target: Choice


def choices(
    *,
    value: Decimal,
    arriving: Decimal,
    by_rule: Decimal,
    wealth: Decimal | None,
    target: Decimal,
    price: Decimal,
) -> Choices:
    """`value`: of the company's shares and vested options today; `arriving`: what vests, after withholding;
    `by_rule`: what of it the rule sells; `wealth`: all that the household owns, with the shares; `target`: a
    share of 1. What is sold stays in the household as money: the tax on its gain is not counted."""
    whole = None if wealth is None else max(wealth, value) + arriving

    def choice(sold: Decimal) -> Choice:
        left = value + arriving - sold
        return Choice(left, _share(left, whole), sold, _shares(sold, price))

    too_much = ZERO if whole is None else max(ZERO, value + arriving - target * whole)
    return Choices(
        today=Choice(value, _share(value, None if wealth is None else max(wealth, value))),
        keep=choice(ZERO),
        rule=choice(min(by_rule, value + arriving)),
        target=choice(too_much),
    )


def _share(value: Decimal, whole: Decimal | None) -> Decimal | None:
    return value / whole if whole else None


def _shares(amount: Decimal, price: Decimal) -> int:
    return int((amount / price).to_integral_value(rounding=ROUND_CEILING)) if price else 0
