"""The way to the next tier: for each factor, the smallest value that would seat the client there.

Computed, not guessed: a candidate is found from the facts of all clients, and then the engine itself ranks
everybody with the client's value replaced and fills the tiers. Where the client does not sit where it was
expected, the search steps on; the value just before the one found was tried too, and was not enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from clients.models import Client
from tiers import facts, rules, scoring
from tiers.models import (
    ClientFacts,
    Factor,
    FactSnapshot,
    FoundRoutes,
    Policy,
    RankKey,
    ScoringRun,
    TierRule,
)
from tiers.ways import Others, Replaced, Way, way_of

IN_REQUEST = 20_000  # clients of the run; above, a page leaves the search to a worker

_STANDING = f"""
SELECT proposal.proposed_tier_id, proposal.rule, proposal.score, proposal.override_tier_id,
    proposal.current_tier_id, proposal.current_position
FROM ({scoring.PROPOSAL}
) proposal WHERE client_id = %(client)s"""  # noqa: S608  (constants of this package)

# Where the client sits; and whether somebody sits in the wanted tier by score with less.
_SEAT = """
SELECT mine.tier_id, me.score, EXISTS (
    SELECT FROM tiers_seat seat JOIN tiers_scoring s ON s.client_id = seat.client_id
    WHERE seat.tier_id = %(tier)s AND seat.rule IN ('score', 'kept by margin') AND s.score < me.score
)
FROM tiers_scoring me LEFT JOIN tiers_seat mine ON mine.client_id = me.client_id
WHERE me.client_id = %(client)s"""

# The last whom the rule itself seated, in the rule's order; and how far the tier is filled.
_LAST_SEATED = """
SELECT {key}::float8, s.score::float8
FROM tiers_seat seat JOIN tiers_scoring s ON s.client_id = seat.client_id
WHERE seat.tier_id = %(tier)s AND seat.rule = %(rule)s
ORDER BY {key} NULLS FIRST, s.score, s.revenue NULLS FIRST, s.external_id DESC LIMIT 1"""
_FILLED = """
SELECT count(*), coalesce(sum(s.revenue), 0)
FROM tiers_seat seat JOIN tiers_scoring s ON s.client_id = seat.client_id WHERE seat.tier_id = %(tier)s"""


@dataclass(frozen=True)
class Route:
    """What one factor would have to be, everyone else and every other fact unchanged.

    `now` is None where it is unknown. `verified`: the engine, given the value, seated the client in the tier
    or in one before it. Where this factor alone is not enough, `needed` and `difference` are None and
    `impossible` says why.
    """

    tier: str
    factor: str
    now: Decimal | None
    needed: Decimal | None
    difference: Decimal | None
    verified: bool
    impossible: str = ""


def nearest_routes(*, client: Client, run: ScoringRun) -> list[Route]:
    """Routes to the tier before the one that the client would be proposed for, the factors in the policy's
    order; those that the tier's rule asks for behind them.

    Under the run's policy and date, with what is known now. Empty where the client sits in the first tier,
    was pinned by a person, or is not active.
    """
    with transaction.atomic():
        search = _Search.of(client, run)
        if search is None:
            return []
        weighed = [f for f in search.measurement.factors if search.measurement.hundredths.get(f)]
        asked = [key for key in (search.wanted.rank_key, search.wanted.minimum_key) if key in Factor.values]
        return [search.route(factor) for factor in dict.fromkeys([*weighed, *asked])]


def find_and_keep(*, client: Client, run: ScoringRun) -> FoundRoutes:
    """The routes, kept for the client's page; in place of those found before."""
    found = [_as_text(route) for route in nearest_routes(client=client, run=run)]
    kept, _created = FoundRoutes.objects.update_or_create(client=client, run=run, defaults={"routes": found})
    return kept


def kept_routes(*, client: Client, run: ScoringRun) -> list[Route] | None:
    """What a worker found; None where it has not searched."""
    kept = FoundRoutes.objects.filter(client=client, run=run).first()
    return None if kept is None else [_from_text(row) for row in kept.routes]


class _Search:
    """One client's search: where it stands, the tier wanted, and the engine to ask."""

    def __init__(self, policy: Policy, taken: FactSnapshot, client: Client, fact: ClientFacts) -> None:
        self.policy, self.taken, self.client, self.fact = policy, taken, client, fact
        self.measurement = scoring.Measurement.of(policy)
        self.places_are_kept = False
        self.rules = list(policy.rules.select_related("tier").order_by("position"))
        self.values = dict(zip(scoring.FACTORS, fact.values, strict=True))

    @classmethod
    def of(cls, client: Client, run: ScoringRun) -> _Search | None:
        """None where there is no tier to go to."""
        taken = facts.snapshot(run.policy, run.as_of)
        fact = facts.facts_of(taken, client.pk)
        search = None if fact is None else cls(run.policy, taken, client, fact)
        return search if search and search._stand() else None

    def route(self, factor: str) -> Route:
        """The factor's route: first what a comparison with the others suggests, then what the engine says."""
        now = self.values[factor]
        way = way_of(factor, self.client, self.values, self.fact.cost, self.others)
        if way.closed:
            return self._closed(factor, now, way.closed)
        if reason := self._asks_for_more(factor):
            return self._closed(factor, now, reason)
        if not way:
            return self._closed(factor, now, _("It is as high as it can be."))
        place = self._first(way, self._expects)
        found = self._confirm(way, place)
        if found is None:
            return self._closed(factor, now, self._too_little)
        needed = way[found].value
        difference = needed if now is None else needed - now
        return Route(self.wanted.tier.code, factor, now, needed, difference, verified=True)

    @cached_property
    def others(self) -> Others:
        """The values of all other clients, by factor, sorted."""
        return Others.of(self.taken.pk, self.client.pk, self.measurement.needed)

    def _stand(self) -> bool:
        """Finds where the client would be proposed now and the tier before; False where there is none."""
        _measurement, totals = facts.measure(self.policy, self.taken)
        last_tier_id = rules.fill_tiers(self.policy, totals.revenue)
        with connection.cursor() as cursor:
            cursor.execute(_STANDING, {"client": self.client.pk, "last_tier": last_tier_id})
            tier_id, _rule, _score, pinned, current_id, position = cursor.fetchone()
            places = [rule.tier_id for rule in self.rules]
            at = places.index(tier_id) if tier_id in places else len(places)
            if pinned or at == 0:
                return False
            self.wanted: TierRule = self.rules[at - 1]
            self.incumbent = current_id is not None and (
                current_id == self.wanted.tier_id or position < self.wanted.tier.position
            )
            self._note_target(cursor, totals)
        return True

    def _note_target(self, cursor: Any, totals: scoring.Totals) -> None:
        """Whom the client would have to come before; nobody where the tier has room."""
        rule = self.wanted
        self.is_last = rule == self.rules[-1]
        cursor.execute(_FILLED, {"tier": rule.tier_id})
        clients, revenue = cursor.fetchone()
        full = (rule.max_clients is not None and clients >= rule.max_clients) or (
            rule.revenue_share is not None and revenue >= rule.revenue_share * totals.revenue
        )
        self.target = None
        if full:
            key = "s.score" if rule.rank_key == RankKey.SCORE else f"s.v_{rule.rank_key}"
            cursor.execute(_LAST_SEATED.format(key=key), {"tier": rule.tier_id, "rule": rule.rank_key})
            self.target = cursor.fetchone()

    # What is expected, from the others' values as they are; the engine has the last word.

    def _expects(self, replaced: Replaced) -> bool:
        values = self.values | replaced.values
        score = self._score(values)
        if score is None:
            return False
        if self.is_last:
            return True
        rule = self.wanted
        known: Mapping[str, Any] = values | {RankKey.SCORE: score}
        if rule.minimum_key and ((least := known[rule.minimum_key]) is None or least < rule.minimum_value):
            return False
        if self.target is None:
            return True
        key, last_score = self.target
        if rule.rank_key == RankKey.SCORE:
            slack = float(self.policy.stability_margin) if self.incumbent else 0.0
            return score >= last_score - slack
        mine = known[rule.rank_key]
        if mine is None or key is None:
            return key is None and score >= last_score
        return float(mine) > key or (float(mine) == key and (self.incumbent or score >= last_score))

    def _score(self, values: Mapping[str, Decimal | None]) -> float | None:
        """The client's score with these values, everyone else's percentiles aside; None: too little known."""
        weights = self.measurement.hundredths
        known = {f: weight for f, weight in weights.items() if values[f] is not None}
        weight = sum(known.values())
        least = float(self.policy.minimum_completeness) * sum(weights.values())
        if not weight or weight < least:
            return None
        points = sum(w * self.others.percentile(f, float(values[f] or 0)) for f, w in known.items())
        return round(points / weight, 2)

    @staticmethod
    def _first(steps: Way, holds: Any) -> int:
        """The first step from which on `holds`; the last one where none does."""
        low, high = 0, len(steps) - 1
        while low < high:
            middle = (low + high) // 2
            if holds(steps[middle]):
                high = middle
            else:
                low = middle + 1
        return low

    # What is so.

    def _confirm(self, steps: Way, place: int) -> int | None:
        """The first step at which the engine seats the client, searched around `place`; None: at none."""
        if self._seats(steps[place]):
            return self._back(steps, place)
        last = len(steps) - 1
        if place == last or not self._seats(steps[last]):
            return None
        failed, stride = place, 1
        while place + stride < last and not self._seats(steps[place + stride]):
            failed, stride = place + stride, stride * 4
        return self._between(steps, failed, min(place + stride, last))

    def _back(self, steps: Way, place: int) -> int:
        """From a step that is enough, back to the first that is."""
        enough, stride = place, 1
        while enough > 0:
            tried = max(place - stride, 0)
            if not self._seats(steps[tried]):
                return self._between(steps, tried, enough)
            enough, stride = tried, stride * 4
        return enough

    def _between(self, steps: Way, failed: int, enough: int) -> int:
        while enough - failed > 1:
            middle = (failed + enough) // 2
            if self._seats(steps[middle]):
                enough = middle
            else:
                failed = middle
        return enough

    def _seats(self, step: Replaced) -> bool:
        """Whether the engine seats the client in the tier wanted, or in one before it."""
        _measurement, totals = facts.measure(
            self.policy, self.taken, client_id=self.client.pk, instead=step.values
        )
        rules.fill_tiers(self.policy, totals.revenue, until=self.wanted.position)
        with connection.cursor() as cursor:
            cursor.execute(_SEAT, {"client": self.client.pk, "tier": self.wanted.tier_id})
            tier_id, score, behind = cursor.fetchone()
        self.places_are_kept = tier_id is None and behind and self.wanted.rank_key == RankKey.SCORE
        return tier_id is not None or (self.is_last and score is not None)

    # In words.

    def _closed(self, factor: str, now: Decimal | None, reason: str) -> Route:
        return Route(self.wanted.tier.code, factor, now, None, None, verified=False, impossible=reason)

    def _asks_for_more(self, factor: str) -> str:
        """The rule's minimum, where it is of another factor and the client does not meet it."""
        rule = self.wanted
        if self.is_last or rule.minimum_value is None or rule.minimum_key in (factor, RankKey.SCORE):
            return ""
        value = self.values[rule.minimum_key]
        if value is not None and value >= rule.minimum_value:
            return ""
        return _("Not by this alone: tier %(tier)s asks for %(factor)s of at least %(value)s.") % {
            "tier": rule.tier.code,
            "factor": str(RankKey(rule.minimum_key).label).lower(),
            "value": facts.plain(rule.minimum_value),
        }

    @property
    def _too_little(self) -> str:
        """Why the best value was not enough, as the engine found it last."""
        if self.places_are_kept:
            return _("Not now: everybody in tier %(tier)s keeps the place by the stability margin.") % {
                "tier": self.wanted.tier.code
            }
        return _("Not by this alone: even the highest value of any client would not be enough.")


def _as_text(route: Route) -> dict[str, Any]:
    numbers = ("now", "needed", "difference")
    return {
        name: str(value) if name in numbers and value is not None else value
        for name, value in asdict(route).items()
    }


def _from_text(row: dict[str, Any]) -> Route:
    numbers = ("now", "needed", "difference")
    read: dict[str, Any] = {
        name: Decimal(value) if name in numbers and value is not None else value
        for name, value in row.items()
    }
    return Route(**read)
