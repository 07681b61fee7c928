"""What a policy would do at a date: who moves and why, revenue and clients per tier. Nobody moves by it.

The draft and the policy in force are weighed from the same facts (`tiers.facts`) and filled by the same
rules as a run; the result is kept as one `Simulation` a policy and date.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from clients.commands import Refused
from clients.jobs import Report, untold
from clients.models import TeamMember, Tier, User
from tiers import facts, rules, scoring
from tiers.models import FactSnapshot, Policy, PolicyStatus, SimulatedMove, Simulation
from tiers.policies import weaknesses
from tiers.stated import rules_of

IN_REQUEST = 20_000  # clients; above, pages leave it to a worker
LEAD = "lead_advisor"
HARDLY = 0.005  # points: a smaller change of a contribution decides nothing
CURVE_POINTS = 200
_LOCK = 7_305_003  # of whoever writes a policy's simulation; with the policy's id

_KEEP_PROPOSAL = f"""
CREATE TEMPORARY TABLE {{name}} ON COMMIT DROP AS
SELECT client_id, revenue, score, current_tier_id, proposed_tier_id AS tier_id, rule,
    ARRAY[{{contributions}}]::float8[] AS contributions
FROM ({scoring.PROPOSAL}
) proposal"""  # noqa: S608  (constants of this package)

# One row a client: where it is, where the draft and where the policy in force would have it. A tier that
# comes earlier has a smaller place; no tier comes last.
_COMPARE = """
CREATE TEMPORARY TABLE tiers_compared ON COMMIT DROP AS
SELECT
    d.client_id, coalesce(d.revenue, 0) AS revenue, d.score, d.rule, d.contributions,
    d.current_tier_id AS old_id, d.tier_id AS new_id, p.tier_id AS published_id,
    p.score AS published_score, p.contributions AS published_contributions,
    coalesce(now.position, 32767) AS old_place, coalesce(new.position, 32767) AS new_place,
    coalesce(published.position, 32767) AS published_place
FROM tiers_draft d
LEFT JOIN tiers_published p ON p.client_id = d.client_id
LEFT JOIN clients_tier now ON now.id = d.current_tier_id
LEFT JOIN clients_tier new ON new.id = d.tier_id
LEFT JOIN clients_tier published ON published.id = p.tier_id"""

_COUNTS = """
SELECT old_id, new_id, published_id, count(*), sum(revenue), count(score)
FROM tiers_compared GROUP BY old_id, new_id, published_id"""

_CUTS = """
SELECT d.new_id, min(d.score)::text
FROM tiers_compared d
JOIN tiers_tierrule rule ON rule.policy_id = %(policy)s AND rule.tier_id = d.new_id AND rule.rank_key = d.rule
GROUP BY d.new_id"""

# Clients by falling revenue, every so many of them: which share of the clients brings which share of revenue.
_CURVE = """
SELECT place, running FROM (
    SELECT row_number() OVER ranks AS place, sum(revenue) OVER ranks AS running
    FROM tiers_compared WINDOW ranks AS (ORDER BY revenue DESC, client_id ROWS UNBOUNDED PRECEDING)
) ranked
WHERE place %% %(step)s = 0 OR place = %(clients)s
ORDER BY place"""

_ADVISORS = """
SELECT
    u.id, coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username), count(*),
    count(*) FILTER (WHERE d.new_id IS DISTINCT FROM d.old_id),
    count(*) FILTER (WHERE d.old_id IS NOT NULL AND d.new_place < d.old_place),
    count(*) FILTER (WHERE d.old_id IS NOT NULL AND d.new_place > d.old_place)
FROM tiers_compared d
LEFT JOIN clients_teammember lead ON lead.client_id = d.client_id
    AND lead.role_id = (SELECT id FROM clients_servicerole WHERE code = %(lead)s)
LEFT JOIN clients_user u ON u.id = lead.user_id
GROUP BY u.id
ORDER BY u.id IS NULL, 2, u.id"""

# A move decides itself by the factors whose contribution changed most in its direction: from what the policy
# in force would propose where that differs, else from the tier that the client has. Up is towards a smaller
# place. Where a score is missing, or hardly changed, no factor decided: the rule tells.
_MOVES = """
INSERT INTO tiers_simulatedmove (
    simulation_id, client_id, old_tier_id, new_tier_id, published_tier_id, score, rule, factors, changes
)
SELECT
    %(simulation)s, d.client_id, d.old_id, d.new_id, d.published_id, d.score, d.rule,
    coalesce(decided.factors, '{}'), coalesce(decided.changes, '{}')
FROM tiers_compared d
CROSS JOIN LATERAL (
    SELECT sign(CASE WHEN %(compares)s AND d.new_place <> d.published_place
        THEN d.published_place - d.new_place ELSE d.old_place - d.new_place END) AS up
) direction
LEFT JOIN LATERAL (
    SELECT array_agg(factor ORDER BY strength DESC, factor) AS factors,
        array_agg(change ORDER BY strength DESC, factor) AS changes
    FROM (
        SELECT factor, round((draft - published)::numeric, 4)::float8 AS change,
            direction.up * (draft - published) AS strength
        FROM unnest(%(factors)s::text[], d.contributions, d.published_contributions)
            AS part (factor, draft, published)
        WHERE direction.up * (draft - published) >= %(hardly)s
        ORDER BY strength DESC, factor LIMIT 3
    ) strongest
) decided ON d.score IS NOT NULL AND d.published_score IS NOT NULL
WHERE d.new_id IS DISTINCT FROM d.old_id
    OR (%(compares)s AND d.new_id IS DISTINCT FROM d.published_id)
ORDER BY d.client_id"""

_DECIDED = """
SELECT factors[1], count(*) FROM tiers_simulatedmove
WHERE simulation_id = %s AND factors <> '{}' GROUP BY 1 ORDER BY 2 DESC, 1"""


def simulate(
    *,
    policy: Policy,
    as_of: dt.date,
    by: User | None,
    fresh: bool = False,
    report: Report = untold,
) -> Simulation:
    """What `policy` would do at `as_of`, beside what the policy in force would do; kept in place of its
    former simulation at that date.

    From facts at most a quarter of an hour old, or taken now when `fresh`. `report` is told of each step.
    Raises Refused with what to mend where the policy cannot score.

    `result` of the simulation: `clients`, `scored`, `insufficient`, `total_revenue`; `tiers` [{tier, clients,
    revenue, share, published_clients, published_revenue, cut}] in the policy's order; `matrix` (now to draft)
    and `from_published` [{from, to, clients}] with those who stay, null for no tier; `moving`,
    `moving_under_published`; `curve` [[share of clients, share of revenue], ...] by falling revenue; `cuts`
    [{tier, clients_share, revenue_share}], the tiers up to it; `advisors` [{user_id, name, clients, moving,
    up, down, share}] and `decided` [{factor, clients}] by the strongest factor of each move. Money is text,
    shares are 0 to 1, null without revenue. What concerns the policy in force is null where there is none.
    """
    if problems := weaknesses(policy):
        raise Refused(*problems)
    published = _published(policy)
    with transaction.atomic():
        digest = digest_of(policy)
        report(_("Gathering the facts"), 0, 4)
        taken = facts.snapshot(policy, as_of, fresh=fresh)
        factors = _all_factors(policy, published)
        report(_("Ranking by the policy in force"), 1, 4)
        if published:
            again = fresh and facts.digest_of(published) != taken.digest
            _propose(published, facts.snapshot(published, as_of, fresh=again), factors, "tiers_published")
        else:
            _propose_nothing()
        report(_("Ranking by the draft"), 2, 4)
        totals = _propose(policy, taken, factors, "tiers_draft")
        report(_("Comparing"), 3, 4)
        return _keep(policy, as_of, by, digest, taken, totals, factors, compares=published is not None)


def digest_of(policy: Policy) -> str:
    """Stands for everything that the policy states (not its name): the same digest, the same proposals."""
    stated = {
        "half_life": policy.half_life_days,
        "completeness": facts.plain(Decimal(policy.minimum_completeness)),
        "margin": facts.plain(Decimal(policy.stability_margin)),
        "factors": sorted((row.factor, facts.plain(row.weight)) for row in policy.factors.all()),
        "touches": sorted((row.kind_id, facts.plain(row.weight)) for row in policy.touch_weights.all()),
        "rules": [
            [
                rule.tier_id,
                rule.rank_key,
                rule.minimum_key,
                rule.max_clients,
                *(
                    None if limit is None else facts.plain(limit)
                    for limit in (rule.revenue_share, rule.minimum_value)
                ),
            ]
            for rule in rules_of(policy)
        ],
    }
    return hashlib.sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()


def current(policy: Policy, as_of: dt.date) -> Simulation | None:
    """The policy's simulation at the date, where it is of what the policy states now."""
    return Simulation.objects.filter(policy=policy, as_of=as_of, digest=digest_of(policy)).first()


def movers(
    simulation: Simulation,
    *,
    after: int = 0,
    old: str = "",
    new: str = "",
    published: str = "",
    advisor: int | None = None,
) -> QuerySet[SimulatedMove]:
    """Clients whose tier would change, by client id from `after` on, with client and tiers.

    `old`, `new`, `published`: only from, to, or proposed by the policy in force for, this tier (codes; "none"
    for no tier). With `published`, those who differ from it, whatever tier they have now. `advisor`: only
    clients that this user leads; 0 for those without a lead advisor.
    """
    rows = SimulatedMove.objects.filter(simulation=simulation, client_id__gt=after)
    for field, code in (("old_tier", old), ("new_tier", new), ("published_tier", published)):
        if code:
            rows = rows.filter(**({f"{field}__isnull": True} if code == "none" else {f"{field}__code": code}))
    base = "published_tier" if published else "old_tier"
    stay = Q(**{f"{base}_id": F("new_tier_id")}) | Q(**{f"{base}__isnull": True, "new_tier__isnull": True})
    rows = rows.exclude(stay)
    if advisor is not None:
        led = TeamMember.objects.filter(client_id=OuterRef("client_id"), role__code=LEAD)
        rows = rows.filter(Exists(led.filter(user_id=advisor)) if advisor else ~Exists(led))
    return rows.select_related("client", "old_tier", "new_tier", "published_tier").order_by("client_id")


def _published(policy: Policy) -> Policy | None:
    """The policy in force where there is one that can score."""
    published = Policy.objects.filter(status=PolicyStatus.PUBLISHED).first()
    return None if published is None or weaknesses(published) else published


def _all_factors(*policies: Policy | None) -> list[str]:
    """What either policy weighs, each once."""
    rows = [row.factor for policy in policies if policy for row in policy.factors.order_by("id")]
    return list(dict.fromkeys(rows))


def _propose(policy: Policy, taken: FactSnapshot, factors: list[str], name: str) -> scoring.Totals:
    """Puts what the policy would propose, with the contributions of `factors`, into a table `name`."""
    measurement, totals = facts.measure(policy, taken)
    last_tier_id = rules.fill_tiers(policy, totals.revenue)
    contributions = ", ".join(
        f"coalesce({measurement.contribution(f)}, 0)" if f in measurement.factors else "0" for f in factors
    )
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {name}")
        cursor.execute(
            _KEEP_PROPOSAL.format(name=name, contributions=contributions), {"last_tier": last_tier_id}
        )
    return totals


def _propose_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS tiers_published")
        cursor.execute(
            """CREATE TEMPORARY TABLE tiers_published (
                client_id bigint, score numeric, tier_id bigint, contributions float8[]
            ) ON COMMIT DROP"""
        )


def _keep(
    policy: Policy,
    as_of: dt.date,
    by: User | None,
    digest: str,
    taken: FactSnapshot,
    totals: scoring.Totals,
    factors: list[str],
    *,
    compares: bool,
) -> Simulation:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS tiers_compared")
        cursor.execute(_COMPARE)
        result = _result(cursor, policy, totals, compares)
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, policy.pk])
        former = Simulation.objects.filter(policy=policy, as_of=as_of)
        cursor.execute(
            "DELETE FROM tiers_simulatedmove WHERE simulation_id = ANY(%s)",
            [list(former.values_list("pk", flat=True))],
        )
        former.delete()
        simulation = Simulation.objects.create(
            policy=policy, as_of=as_of, digest=digest, facts_at=taken.taken_at, made_by=by
        )
        cursor.execute(
            _MOVES,
            {"simulation": simulation.pk, "factors": factors, "hardly": HARDLY, "compares": compares},
        )
        cursor.execute(_DECIDED, [simulation.pk])
        result["decided"] = [{"factor": factor, "clients": clients} for factor, clients in cursor.fetchall()]
        simulation.result = result
        simulation.save(update_fields=["result"])
    return simulation


def _result(cursor: Any, policy: Policy, totals: scoring.Totals, compares: bool) -> dict[str, Any]:
    """What the page shows, but for the deciding factors. Reads `tiers_compared`."""
    cursor.execute(_COUNTS)
    counts = cursor.fetchall()
    cursor.execute(_CUTS, {"policy": policy.pk})
    cuts = dict(cursor.fetchall())
    order = _tiers_in_order(policy, {tier for row in counts for tier in row[:3] if tier})
    codes: dict[int | None, str | None] = {tier.pk: tier.code for tier in order} | {None: None}
    tiers = [_tier_row(tier, counts, totals, cuts, compares) for tier in order]
    return {
        "clients": totals.clients,
        "scored": totals.scored,
        "insufficient": totals.clients - totals.scored,
        "total_revenue": _money(totals.revenue),
        "tiers": tiers,
        "matrix": _matrix(counts, codes, 0, 1),
        "from_published": _matrix(counts, codes, 2, 1) if compares else None,
        "moving": sum(row[3] for row in counts if row[0] != row[1]),
        "moving_under_published": sum(row[3] for row in counts if row[0] != row[2]) if compares else None,
        "curve": _curve(cursor, totals),
        "cuts": _cuts(tiers, totals),
        "advisors": _advisors(cursor),
    }


def _tiers_in_order(policy: Policy, found: set[int]) -> list[Tier]:
    """The policy's tiers in its order, then others that clients are in, the highest first."""
    order = [rule.tier for rule in policy.rules.select_related("tier").order_by("position")]
    others = Tier.objects.filter(pk__in=found - {tier.pk for tier in order})
    return order + list(others.order_by("position"))


def _tier_row(
    tier: Tier, counts: list[Any], totals: scoring.Totals, cuts: dict[int, str], compares: bool
) -> dict[str, Any]:
    revenue = sum((row[4] for row in counts if row[1] == tier.pk), Decimal(0))
    row: dict[str, Any] = {
        "tier": tier.code,
        "clients": sum(row[3] for row in counts if row[1] == tier.pk),
        "revenue": _money(revenue),
        "share": _share(revenue, totals.revenue),
        "published_clients": None,
        "published_revenue": None,
        "cut": cuts.get(tier.pk),
    }
    if compares:
        row["published_clients"] = sum(row[3] for row in counts if row[2] == tier.pk)
        there = sum((row[4] for row in counts if row[2] == tier.pk), Decimal(0))
        row["published_revenue"] = _money(there)
    return row


def _matrix(
    counts: list[Any], codes: dict[int | None, str | None], old: int, new: int
) -> list[dict[str, Any]]:
    cells: Counter[tuple[int | None, int | None]] = Counter()
    for row in counts:
        cells[row[old], row[new]] += row[3]
    order = list(codes)
    return [
        {"from": codes[a], "to": codes[b], "clients": clients}
        for (a, b), clients in sorted(
            cells.items(), key=lambda cell: (order.index(cell[0][0]), order.index(cell[0][1]))
        )
    ]


def _curve(cursor: Any, totals: scoring.Totals) -> list[list[float]]:
    if totals.revenue <= 0:
        return []
    step = max(1, -(-totals.clients // (CURVE_POINTS - 2)))
    cursor.execute(_CURVE, {"step": step, "clients": totals.clients})
    points = [
        [round(place / totals.clients, 5), round(float(running / totals.revenue), 5)]
        for place, running in cursor.fetchall()
    ]
    return [[0.0, 0.0], *points]


def _cuts(tiers: list[dict[str, Any]], totals: scoring.Totals) -> list[dict[str, Any]]:
    clients, revenue, found = 0, Decimal(0), []
    for row in tiers:
        clients += row["clients"]
        revenue += Decimal(row["revenue"])
        found.append(
            {
                "tier": row["tier"],
                "clients_share": round(clients / totals.clients, 5) if totals.clients else None,
                "revenue_share": _share(revenue, totals.revenue),
            }
        )
    return found


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _share(revenue: Decimal, total: Decimal) -> float | None:
    return round(float(revenue / total), 5) if total > 0 else None


def _advisors(cursor: Any) -> list[dict[str, Any]]:
    cursor.execute(_ADVISORS, {"lead": LEAD})
    return [
        {
            "user_id": user_id,
            "name": name,
            "clients": clients,
            "moving": moving,
            "up": up,
            "down": down,
            "share": round(moving / clients, 5),
        }
        for user_id, name, clients, moving, up, down in cursor.fetchall()
    ]
