"""The score: facts, percentiles, score and completeness of every active client, in one statement.

`measure` fills the temporary table `tiers_scoring` (one row a client, gone at the end of the transaction);
`tiers.rules` then fills the tiers from it, and `explain` writes what was found.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from clients.models import TimeEntry
from clients.whole_firm import give_room
from tiers.models import Policy, PolicyFactor, RankKey, ScoringRun

# How each factor is measured, from the columns of `facts`; NULL is unknown. One more factor is one more line.
FACTORS: dict[str, str] = {
    "revenue": "revenue",
    "potential": "potential_revenue",
    "profitability": "revenue - cost",
    "engagement": "engagement",
    "growth": "growth_potential",
    "alignment": "alignment",
    "share_of_wallet": """CASE WHEN investable_assets <> 0 AND assets_under_management IS NOT NULL
        THEN least(round(assets_under_management / investable_assets, 9), 1) END""",
    "referrals": "referrals",
    "tenure": """CASE WHEN client_since <= %(as_of)s
        THEN round((%(as_of)s::date - client_since) / 365.25, 9) END""",
    "lifetime_value": "(revenue - cost) * expected_years",
    "assets": "assets_under_management",
}

# What `facts` holds besides, for those factors alone that need it.
_FURTHER_COLUMNS: dict[str, tuple[str, ...]] = {
    "share_of_wallet": ("c.assets_under_management", "c.investable_assets"),
    "referrals": ("coalesce(referral.touches, 0) AS referrals",),
    "tenure": ("c.client_since",),
    "lifetime_value": ("c.expected_years",),
    "assets": ("c.assets_under_management",),
}

# Weights and rates are looked up by id in small arrays: a join per touch costs half as much again.
# Cost to serve counts every touch and the time logged beside touches; engagement only touches that reached
# the client. Division comes last and engagement is rounded, so that equal facts give equal values whatever
# the order of the rows.
_FACTS = """
touch_weight AS (
    SELECT array_agg(coalesce(p.weight, k.engagement_weight, 0)::float8 ORDER BY n) AS of_kind
    FROM generate_series(1, (SELECT max(id) FROM clients_touchkind)) n
    LEFT JOIN clients_touchkind k ON k.id = n
    LEFT JOIN tiers_policytouchweight p ON p.kind_id = k.id AND p.policy_id = %(policy)s
), hourly_cents AS (
    SELECT array_agg(coalesce(100 * r.hourly_cost, 0)::int8 ORDER BY n) AS of_role
    FROM generate_series(1, (SELECT max(id) FROM clients_servicerole)) n
    LEFT JOIN clients_servicerole r ON r.id = n
), fading AS (
    SELECT array_agg(power(0.5::float8, age / %(half_life)s::float8) ORDER BY age) AS after_days
    FROM generate_series(0, 366) age
), revenue AS (
    SELECT client_id, sum(amount) AS amount
    FROM clients_revenue
    WHERE date > (%(as_of)s::date - interval '1 year')::date AND date <= %(as_of)s {only_client_id}
    GROUP BY client_id
), touches AS (
    SELECT
        client_id,
        sum(minutes * ((SELECT of_role FROM hourly_cents))[role_id]) AS minute_cents,
        sum(
            CASE WHEN outcome = 'reached' THEN
                ((SELECT of_kind FROM touch_weight))[kind_id]
                * ((SELECT after_days FROM fading))[%(as_of)s - occurred_on + 1]
            END
        ) AS engagement
    FROM clients_touch
    WHERE occurred_on > (%(as_of)s::date - interval '1 year')::date AND occurred_on <= %(as_of)s
        {only_client_id}
    GROUP BY client_id
){spent}{referral}, facts AS MATERIALIZED (
    SELECT
        c.id AS client_id,
        c.external_id,
        CASE
            WHEN r.client_id IS NOT NULL THEN r.amount
            -- no revenue in the window: 0 where there ever was any, else unknown
            WHEN (SELECT true FROM clients_revenue ever WHERE ever.client_id = c.id LIMIT 1) THEN 0
        END AS revenue,
        coalesce(round({minute_cents} / 6000.000000000, 9), 0) AS cost,
        coalesce(round(t.engagement::numeric, 9), 0) AS engagement,
        c.potential_revenue,
        c.growth_potential,
        c.alignment
        {further}
    FROM clients_client c
    LEFT JOIN revenue r ON r.client_id = c.id
    LEFT JOIN touches t ON t.client_id = c.id
    {spent_join}
    {referral_join}
    WHERE c.status = 'active' {only_id}
)"""

# Time logged beside touches; left out of the statement in a firm that logs none.
_SPENT = """, spent AS (
    SELECT client_id, sum(minutes * ((SELECT of_role FROM hourly_cents))[role_id]) AS minute_cents
    FROM clients_timeentry
    WHERE spent_on > (%(as_of)s::date - interval '1 year')::date AND spent_on <= %(as_of)s
        {only_client_id}
    GROUP BY client_id
)"""
_BOTH_TIMES = "coalesce(t.minute_cents, 0) + coalesce(s.minute_cents, 0)"

# Referrals of three years that reached the firm.
_REFERRAL = """, referral AS (
    SELECT client_id, count(*) AS touches
    FROM clients_touch
    WHERE kind_id = (SELECT id FROM clients_touchkind WHERE code = 'referral') AND outcome = 'reached'
        AND occurred_on > (%(as_of)s::date - interval '3 years')::date AND occurred_on <= %(as_of)s
        {only_client_id}
    GROUP BY client_id
)"""

# With the clients sorted by a value, below = rank - 1 and below and equal = the running count; so
# 100 (below + (equal - 1) / 2) / (n - 1) takes one sort. Unknown values sort last and count for nobody.
_PERCENTILE = """
CASE
    WHEN v_{factor} IS NULL THEN NULL
    WHEN (SELECT n_{factor} FROM known) = 1 THEN 50
    ELSE 50 * (rank() OVER by_{factor} + count(*) OVER by_{factor} - 2)::float8
        / (SELECT n_{factor} - 1 FROM known)
END AS p_{factor}"""

_RANKED = """{facts}, measured AS NOT MATERIALIZED (
    SELECT client_id, external_id, revenue, {values} FROM facts
), {ranking}"""

# Every client of `measured` with its percentiles.
_RANKING = """known AS (
    SELECT {counts} FROM measured
), ranked AS (
    SELECT measured.*, {percentiles}
    FROM measured
    WINDOW {windows}
)"""

_MEASURE = """
CREATE TEMPORARY TABLE tiers_scoring ON COMMIT DROP AS
WITH {ranked}, weighed AS (
    SELECT *, {weights} AS known_weight, {points} AS points FROM ranked
), pinned AS (
    SELECT DISTINCT ON (client_id) client_id, tier_id
    FROM tiers_override
    WHERE starts_on <= %(as_of)s AND expires_on >= %(as_of)s AND (ended_on IS NULL OR ended_on > %(as_of)s)
    ORDER BY client_id, starts_on DESC, id DESC
)
SELECT
    w.*,
    CASE WHEN known_weight > 0 AND known_weight >= %(minimum)s * %(total_weight)s
        THEN round(round((points / known_weight)::numeric, 9), 2)
    END AS score,
    round(known_weight::numeric / %(total_weight)s, 5) AS completeness,
    a.tier_id AS current_tier_id,
    t.position AS current_position,
    pinned.tier_id AS override_tier_id
FROM weighed w
LEFT JOIN tiers_tierassignment a ON a.client_id = w.client_id AND a.ends_on IS NULL
LEFT JOIN clients_tier t ON t.id = a.tier_id
LEFT JOIN pinned ON pinned.client_id = w.client_id"""

_TOTALS = """
SELECT count(*), count(score), coalesce(sum(revenue), 0), {counts} FROM tiers_scoring"""

# Every scored client with the tier that it is proposed for and the rule that says so.
PROPOSAL = """
    SELECT s.*,
        CASE
            WHEN seat.client_id IS NOT NULL THEN seat.tier_id
            WHEN s.score IS NULL THEN s.current_tier_id
            ELSE %(last_tier)s
        END AS proposed_tier_id,
        CASE
            WHEN seat.client_id IS NOT NULL THEN seat.rule
            WHEN s.score IS NULL THEN 'insufficient data'
            ELSE 'rest'
        END AS rule
    FROM tiers_scoring s
    LEFT JOIN tiers_seat seat ON seat.client_id = s.client_id"""

_EXPLAIN = f"""
INSERT INTO tiers_explanation (
    run_id, client_id, score, completeness, current_tier_id, proposed_tier_id, moves, rule,
    "values", percentiles, contributions
)
SELECT
    %(run)s, client_id, score, completeness, current_tier_id, proposed_tier_id,
    proposed_tier_id IS DISTINCT FROM current_tier_id, rule,
    ARRAY[{{values}}]::numeric(30, 9)[], ARRAY[{{percentiles}}]::float8[], ARRAY[{{contributions}}]::float8[]
FROM ({PROPOSAL}
) proposal
ORDER BY client_id"""  # noqa: S608  (constants of this module)


@dataclass(frozen=True)
class Totals:
    """What a measurement found: `known` counts the clients for whom each factor is known."""

    clients: int
    scored: int
    revenue: Decimal
    known: dict[str, int]


@dataclass(frozen=True)
class Measurement:
    """The SQL of one policy, which must weigh something."""

    policy: Policy
    factors: tuple[str, ...]  # those that the policy weighs, in the order of its rows
    weights: tuple[Decimal, ...]
    needed: tuple[str, ...]  # and those that only a tier rule asks for

    @classmethod
    def of(cls, policy: Policy) -> Measurement:
        rows: Sequence[PolicyFactor] = list(policy.factors.order_by("id"))
        factors = tuple(row.factor for row in rows)
        asked = {key for rule in policy.rules.all() for key in (rule.rank_key, rule.minimum_key)}
        asked -= {"", RankKey.SCORE, *factors}
        return cls(policy, factors, tuple(row.weight for row in rows), factors + tuple(sorted(asked)))

    @property
    def hundredths(self) -> dict[str, int]:
        """Factor to weight, for those that count. Whole numbers: completeness compares exactly."""
        pairs = zip(self.factors, self.weights, strict=True)
        return {factor: int(weight * 100) for factor, weight in pairs if weight}

    def parameters(self, as_of: dt.date) -> dict[str, Any]:
        return {
            "policy": self.policy.pk,
            "half_life": self.policy.half_life_days,
            "as_of": as_of,
            "minimum": self.policy.minimum_completeness,
            "total_weight": sum(self.hundredths.values()),
        }

    def ranked_sql(self) -> str:
        """The measured values and their percentiles as the query `ranked`, from the tables of facts."""
        values = _columns(f"{FACTORS[f]} AS v_{f}" for f in self.needed)
        return _RANKED.format(facts=facts_sql(self.needed), values=values, ranking=ranking_sql(self.factors))

    def measure_sql(self, ranked: str) -> str:
        """Fills `tiers_scoring` from a query `ranked`."""
        weights = self.hundredths
        return _MEASURE.format(
            ranked=ranked,
            weights=_sum(f"CASE WHEN v_{f} IS NULL THEN 0 ELSE {w} END" for f, w in weights.items()),
            points=_sum(f"coalesce({w} * p_{f}, 0)" for f, w in weights.items()),
        )

    def contribution(self, factor: str) -> str:
        """Points of the score that the factor adds; NULL where it, or the score, is unknown."""
        weight = self.hundredths.get(factor, 0)
        return f"CASE WHEN score IS NOT NULL THEN {weight} * p_{factor} / known_weight END"


def measure(
    policy: Policy, as_of: dt.date, *, ranked: str = "", parameters: dict[str, Any] | None = None
) -> tuple[Measurement, Totals]:
    """Fills `tiers_scoring` for every active client under `policy` at `as_of`.

    From the tables of facts; or from the query `ranked` with its `parameters`, which has the same columns.
    """
    measurement = Measurement.of(policy)
    sql = measurement.measure_sql(ranked or measurement.ranked_sql())
    with connection.cursor() as cursor:
        give_room()
        cursor.execute("DROP TABLE IF EXISTS tiers_scoring")
        cursor.execute(sql, measurement.parameters(as_of) | (parameters or {}))
        cursor.execute("ANALYZE tiers_scoring (client_id, score, current_tier_id, override_tier_id)")
        cursor.execute(_TOTALS.format(counts=_columns(f"count(v_{f})" for f in measurement.factors)))
        clients, scored, revenue, *known = cursor.fetchone()
    return measurement, Totals(clients, scored, revenue, dict(zip(measurement.factors, known, strict=True)))


def facts_sql(factors: Collection[str], *, only_client_id: str = "", only_id: str = "") -> str:
    """The query `facts`: what `factors` are measured from, for every active client or for some."""
    referrals = "referrals" in factors
    timed = bool(only_client_id) or TimeEntry.objects.exists()
    further = sorted({column for f in factors for column in _FURTHER_COLUMNS.get(f, ())})
    return _FACTS.format(
        only_client_id=only_client_id,
        only_id=only_id,
        further="".join(f", {column}" for column in further),
        spent=_SPENT.format(only_client_id=only_client_id) if timed else "",
        spent_join="LEFT JOIN spent s ON s.client_id = c.id" if timed else "",
        minute_cents=f"({_BOTH_TIMES})" if timed else "t.minute_cents",
        referral=_REFERRAL.format(only_client_id=only_client_id) if referrals else "",
        referral_join="LEFT JOIN referral ON referral.client_id = c.id" if referrals else "",
    )


def ranking_sql(factors: Iterable[str]) -> str:
    """The query `ranked`: the clients of `measured` with percentiles of `factors`, one at least."""
    factors = list(factors)
    return _RANKING.format(
        counts=_columns(f"count(v_{f}) AS n_{f}" for f in factors),
        percentiles=_columns(_PERCENTILE.format(factor=f) for f in factors),
        windows=_columns(f"by_{f} AS (ORDER BY v_{f})" for f in factors),
    )


def explain(run: ScoringRun, measurement: Measurement, last_tier_id: int) -> None:
    """Writes the run's explanations from `tiers_scoring` and `tiers_seat`."""
    factors = measurement.factors
    sql = _EXPLAIN.format(
        values=_columns(f"v_{f}" for f in factors),
        percentiles=_columns(f"p_{f}" for f in factors),
        contributions=_columns(measurement.contribution(f) for f in factors),
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {"run": run.pk, "last_tier": last_tier_id})


def values_of(run: ScoringRun, as_of: dt.date, client_id: int) -> dict[str, Decimal | None]:
    """The factors of `run` for one client as they would be measured now, at `as_of`; None for unknown.

    Empty where the client is not active.
    """
    factors = tuple(run.factors)
    measurement = Measurement(run.policy, factors, tuple(run.weights), factors)
    facts = facts_sql(factors, only_client_id="AND client_id = %(client)s", only_id="AND c.id = %(client)s")
    values = _columns(f"round(({FACTORS[f]})::numeric, 9)" for f in factors)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {facts} SELECT {values} FROM facts",  # noqa: S608  (constants of this module)
            {**measurement.parameters(as_of), "client": client_id},
        )
        row = cursor.fetchone()
    return {} if row is None else dict(zip(factors, row, strict=True))


def any_can_be_scored(policy: Policy, as_of: dt.date, client_ids: Sequence[int]) -> bool:
    """Whether enough is known of one of these clients, active and without a tier, for a score."""
    measurement = Measurement.of(policy)
    weight = _sum(
        f"CASE WHEN {FACTORS[f]} IS NULL THEN 0 ELSE {w} END" for f, w in measurement.hundredths.items()
    )
    facts = facts_sql(
        measurement.factors,
        only_client_id="AND client_id = ANY(%(clients)s)",
        only_id="""AND c.id = ANY(%(clients)s) AND NOT EXISTS (
            SELECT FROM tiers_tierassignment a WHERE a.client_id = c.id AND a.ends_on IS NULL
        )""",
    )
    sql = f"""WITH {facts}, weighed AS (SELECT {weight} AS known_weight FROM facts)
        SELECT EXISTS (
            SELECT FROM weighed WHERE known_weight > 0 AND known_weight >= %(minimum)s * %(total_weight)s
        )"""  # noqa: S608  (constants of this module)
    with connection.cursor() as cursor:
        cursor.execute(sql, {**measurement.parameters(as_of), "clients": list(client_ids)})
        return bool(cursor.fetchone()[0])


def _columns(parts: Any) -> str:
    return ", ".join(parts)


def _sum(parts: Any) -> str:
    return " + ".join(parts) or "0"
