"""The score and the tiers by their definition, in plain Python with exact fractions; for comparison only.

Written from the definition and sharing nothing with the product's SQL.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, getcontext
from fractions import Fraction

getcontext().prec = 60
REFERRAL = Decimal(15)


@dataclass
class Case:
    """One client as the definition sees it. Dates are absolute, money is Decimal."""

    external_id: str
    active: bool = True
    potential: Decimal | None = None
    growth: int | None = None
    alignment: int | None = None
    revenue: list[tuple[dt.date, Decimal]] = field(default_factory=list)
    touches: list[tuple[dt.date, Decimal, bool, int, Decimal]] = field(default_factory=list)
    """(date, weight of its kind, reached, minutes, hourly cost of its role)"""
    """A touch whose kind weighs REFERRAL is a referral."""
    time: list[tuple[dt.date, int, Decimal]] = field(default_factory=list)
    """(date, minutes beside any touch, hourly cost of their role)"""
    assets: Decimal | None = None
    investable: Decimal | None = None
    years: int | None = None
    since: dt.date | None = None
    tier: str | None = None
    pinned: str | None = None


@dataclass
class Rule:
    tier: str
    key: str = "score"
    share: Decimal | None = None
    most: int | None = None
    minimum_key: str = ""
    minimum: Decimal | None = None


@dataclass
class Stated:
    """A policy. `ladder` has the tiers from the highest down."""

    weights: dict[str, Decimal]
    rules: list[Rule]
    half_life: int = 180
    completeness: Decimal = Decimal("0.5")
    margin: Decimal = Decimal(0)
    ladder: tuple[str, ...] = ("A", "B", "C")


@dataclass
class Found:
    values: dict[str, Fraction | None]
    percentiles: dict[str, Fraction | None] = field(default_factory=dict)
    score: Decimal | None = None
    completeness: Fraction = Fraction(0)
    tier: str | None = None
    rule: str = ""


def year_before(day: dt.date, years: int = 1) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def measured(case: Case, policy: Stated, on: dt.date) -> dict[str, Fraction | None]:
    since = year_before(on)
    revenue = None
    if case.revenue:
        revenue = sum((Fraction(a) for day, a in case.revenue if since < day <= on), Fraction(0))
    recent = [touch for touch in case.touches if since < touch[0] <= on]
    spent = [(minutes, rate) for *_, minutes, rate in recent]
    spent += [(minutes, rate) for day, minutes, rate in case.time if since < day <= on]
    cost = sum((Fraction(minutes, 60) * Fraction(rate) for minutes, rate in spent), Fraction(0))
    engagement = sum(
        (
            weight * Decimal("0.5") ** (Decimal((on - day).days) / policy.half_life)
            for day, weight, reached, *_ in recent
            if reached
        ),
        Decimal(0),
    )
    profit = None if revenue is None else revenue - cost
    referrals = [
        day
        for day, weight, reached, *_ in case.touches
        if weight == REFERRAL and reached and year_before(on, 3) < day <= on
    ]
    return {
        "revenue": revenue,
        "potential": known(case.potential),
        "profitability": profit,
        "engagement": nine_decimals(Fraction(engagement)),
        "growth": known(case.growth),
        "alignment": known(case.alignment),
        "share_of_wallet": (
            None
            if case.assets is None or not case.investable
            else min(Fraction(1), nine_decimals(Fraction(case.assets) / Fraction(case.investable)))
        ),
        "referrals": Fraction(len(referrals)),
        "tenure": (
            None
            if case.since is None or case.since > on
            else nine_decimals(Fraction((on - case.since).days) / Fraction("365.25"))
        ),
        "lifetime_value": None if profit is None or case.years is None else profit * case.years,
        "assets": known(case.assets),
    }


def known(value: Decimal | int | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def nine_decimals(value: Fraction) -> Fraction:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return Fraction(exact.quantize(Decimal("1e-9"), ROUND_HALF_UP))


def percentile(value: Fraction, among: list[Fraction]) -> Fraction:
    if len(among) == 1:
        return Fraction(50)
    below = sum(1 for other in among if other < value)
    equal = sum(1 for other in among if other == value)
    return 100 * (below + Fraction(equal - 1, 2)) / (len(among) - 1)


def half_up(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def evaluate(cases: list[Case], policy: Stated, on: dt.date) -> dict[str, Found]:
    """What the run must find, by external id."""
    population = {case.external_id: case for case in cases if case.active}
    found = {key: Found(measured(case, policy, on)) for key, case in population.items()}
    for factor in policy.weights:
        known = [one.values[factor] for one in found.values() if one.values[factor] is not None]
        for one in found.values():
            value = one.values[factor]
            one.percentiles[factor] = None if value is None else percentile(value, known)
    total = sum(Fraction(weight) for weight in policy.weights.values())
    for one in found.values():
        known_weights = {f: Fraction(w) for f, w in policy.weights.items() if one.values[f] is not None}
        known_weight = sum(known_weights.values(), Fraction(0))
        one.completeness = known_weight / total
        if known_weight and one.completeness >= Fraction(policy.completeness):
            points = sum(weight * one.percentiles[f] for f, weight in known_weights.items())
            one.score = half_up(points / known_weight)
    _fill(population, found, policy)
    return found


def _fill(population: dict[str, Case], found: dict[str, Found], policy: Stated) -> None:
    def revenue(key: str) -> Fraction:
        return found[key].values["revenue"] or Fraction(0)

    def key_of(key: str, name: str) -> Fraction | None:
        one = found[key]
        return Fraction(one.score) if name == "score" else one.values[name]

    def incumbent(key: str, tier: str) -> bool:
        now = population[key].tier
        return now is not None and policy.ladder.index(now) <= policy.ladder.index(tier)

    def order(key: str, rule: Rule) -> tuple:
        rank, rev = key_of(key, rule.key), found[key].values["revenue"]
        first = rule.key != "score" and incumbent(key, rule.tier)
        return (
            rank is None,
            -(rank or 0),
            not first,
            -found[key].score,
            rev is None,
            -(rev or 0),
            key.encode(),
        )

    whole = sum((revenue(key) for key in population), Fraction(0))
    for key, case in population.items():
        if case.pinned:
            found[key].tier, found[key].rule = case.pinned, "override"
    for rule in policy.rules[:-1]:
        candidates = [
            key
            for key, one in found.items()
            if one.score is not None
            and not one.rule
            and (
                not rule.minimum_key
                or (
                    key_of(key, rule.minimum_key) is not None
                    and key_of(key, rule.minimum_key) >= Fraction(rule.minimum)
                )
            )
        ]
        candidates.sort(key=lambda key: order(key, rule))
        there = [key for key, one in found.items() if one.tier == rule.tier]

        def sit(queue: list[str], before: list[str], rule: Rule = rule) -> list[str]:
            seated: list[str] = []
            for key in queue:
                so_far = before + seated
                if rule.most is not None and len(so_far) >= rule.most:
                    break
                if rule.share is not None and not (
                    sum((revenue(k) for k in so_far), Fraction(0)) < Fraction(rule.share) * whole
                ):
                    break
                seated.append(key)
            return seated

        seated = plain = sit(candidates, there)
        kept: list[str] = []
        if rule.key == "score" and plain:
            cut = min(found[key].score for key in plain)
            kept = [
                key
                for key in candidates
                if incumbent(key, rule.tier) and found[key].score >= cut - policy.margin
            ]
            seated = kept + sit([key for key in candidates if key not in kept], there + kept)
        for key in seated:
            found[key].tier = rule.tier
            found[key].rule = "kept by margin" if key in kept and key not in plain else rule.key
    for key, one in found.items():
        if one.rule:
            continue
        if one.score is None:
            one.tier, one.rule = population[key].tier, "insufficient data"
        else:
            one.tier, one.rule = policy.rules[-1].tier, "rest"
