"""Facts apart from weighing: what is known of every active client at a date, measured once and weighed often.

A snapshot holds each factor's value and percentile. Weights, rules, completeness and margin change neither,
so a simulation or a search for routes under other ones reads a snapshot and only weighs.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from clients.models import ServiceRole, TouchKind
from clients.whole_firm import give_room
from tiers import scoring
from tiers.models import ClientFacts, FactSnapshot, Policy

FRESH_FOR = dt.timedelta(minutes=15)
KEPT = 4  # snapshots, the newest; each has a row for every client
_LOCK = 7_305_002  # of whoever takes one, until its transaction ends
PLACES = {factor: place for place, factor in enumerate(scoring.FACTORS, 1)}  # in the arrays, from 1

_TAKE = """
INSERT INTO tiers_clientfacts (snapshot_id, client_id, external_id, cost, "values", percentiles)
WITH {facts}, measured AS (
    SELECT client_id, external_id, cost, {values} FROM facts
), {ranking}
SELECT
    %(snapshot)s, client_id, external_id, cost,
    ARRAY[{columns}]::numeric(30, 9)[], ARRAY[{percentiles}]::float8[]
FROM ranked
ORDER BY client_id"""

_NEWEST = """
SELECT * FROM tiers_factsnapshot
WHERE as_of = %s AND digest = %s AND taken_at >= %s
ORDER BY taken_at DESC LIMIT 1 FOR KEY SHARE"""

# A snapshot as the queries that scoring weighs from.
_RANKED = """measured AS MATERIALIZED (
    SELECT client_id, external_id, {revenue} AS revenue, {values}
    FROM tiers_clientfacts
    WHERE snapshot_id = %(snapshot)s
), {ranking}"""


def digest_of(policy: Policy) -> str:
    """What engagement and cost to serve are measured by: half-life, touch weights, hourly costs."""
    weights = dict(TouchKind.objects.values_list("pk", "engagement_weight"))
    weights |= dict(policy.touch_weights.values_list("kind_id", "weight"))
    stated = [
        policy.half_life_days,
        sorted((kind, plain(weight)) for kind, weight in weights.items()),
        sorted((role, plain(cost)) for role, cost in ServiceRole.objects.values_list("pk", "hourly_cost")),
    ]
    return hashlib.sha256(json.dumps(stated).encode()).hexdigest()


def snapshot(policy: Policy, as_of: dt.date, *, fresh: bool = False) -> FactSnapshot:
    """The facts for `as_of` as the policy measures them, held until the transaction ends.

    Taken anew where there is none, where it is older than a quarter of an hour, or when `fresh` is asked for.
    Whoever asks for the same at the same time waits and shares it.
    """
    digest = digest_of(policy)
    since = timezone.now() - (dt.timedelta(0) if fresh else FRESH_FOR)
    with transaction.atomic():
        found = _newest(as_of, digest, since)
        if found is None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            found = _newest(as_of, digest, since)
        return found or _take(policy, as_of, digest)


def forget_old() -> int:
    """Deletes snapshots out of date or beyond those kept, but for those in use; returns how many."""
    newest = FactSnapshot.objects.order_by("-taken_at", "-pk").values("pk")[:KEPT]
    with transaction.atomic():
        old = FactSnapshot.objects.filter(
            Q(taken_at__lt=timezone.now() - FRESH_FOR) | ~Q(pk__in=newest)
        ).select_for_update(skip_locked=True)
        ids = list(old.values_list("pk", flat=True))
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM tiers_clientfacts WHERE snapshot_id = ANY(%s)", [ids])
        FactSnapshot.objects.filter(pk__in=ids).delete()
    return len(ids)


def measure(
    policy: Policy,
    taken: FactSnapshot,
    *,
    client_id: int | None = None,
    instead: Mapping[str, Decimal | None] | None = None,
) -> tuple[scoring.Measurement, scoring.Totals]:
    """Fills `tiers_scoring` from a snapshot; `instead` replaces values (by factor) of one client.

    Where values are replaced, everyone's percentiles of those factors are ranked anew.
    """
    measurement = scoring.Measurement.of(policy)
    replaced = dict(instead or {})
    parameters: dict[str, Any] = {"snapshot": taken.pk, "client": client_id}
    parameters |= {f"new_{factor}": value for factor, value in replaced.items()}
    ranked_anew = [factor for factor in measurement.factors if factor in replaced]
    columns = [f"{_value(f, replaced)} AS v_{f}" for f in measurement.needed]
    columns += [f"percentiles[{PLACES[f]}] AS p_{f}" for f in measurement.factors if f not in replaced]
    sql = _RANKED.format(
        revenue=_value("revenue", replaced),
        values=", ".join(columns),
        ranking=scoring.ranking_sql(ranked_anew) if ranked_anew else "ranked AS (SELECT * FROM measured)",
    )
    return scoring.measure(policy, taken.as_of, ranked=sql, parameters=parameters)


def facts_of(taken: FactSnapshot, client_id: int) -> ClientFacts | None:
    """What the snapshot knows of one client; None where it was not active."""
    return ClientFacts.objects.filter(snapshot=taken, client_id=client_id).first()


def plain(value: Decimal) -> str:
    """The number as text, the same however many zeros it was written with."""
    return f"{value.normalize():f}"


def _newest(as_of: dt.date, digest: str, since: dt.datetime) -> FactSnapshot | None:
    """The newest such snapshot, which nobody deletes until the transaction ends."""
    return next(iter(FactSnapshot.objects.raw(_NEWEST, [as_of, digest, since])), None)


def _take(policy: Policy, as_of: dt.date, digest: str) -> FactSnapshot:
    forget_old()
    taken = FactSnapshot.objects.create(as_of=as_of, digest=digest)
    sql = _TAKE.format(
        facts=scoring.facts_sql(scoring.FACTORS),
        values=", ".join(f"{sql} AS v_{f}" for f, sql in scoring.FACTORS.items()),
        ranking=scoring.ranking_sql(scoring.FACTORS),
        columns=", ".join(f"v_{f}" for f in scoring.FACTORS),
        percentiles=", ".join(f"p_{f}" for f in scoring.FACTORS),
    )
    parameters = scoring.Measurement.of(policy).parameters(as_of) | {"snapshot": taken.pk}
    with connection.cursor() as cursor:
        give_room()
        cursor.execute(sql, parameters)
        cursor.execute("ANALYZE tiers_clientfacts (snapshot_id, client_id)")
    if digest_of(policy) != digest:  # edited meanwhile: good for this use and for no other
        taken.digest = ""
        taken.save(update_fields=["digest"])
    return taken


def _value(factor: str, replaced: Mapping[str, Any]) -> str:
    kept = f'"values"[{PLACES[factor]}]'
    if factor not in replaced:
        return kept
    return f"CASE WHEN client_id = %(client)s THEN %(new_{factor})s::numeric ELSE {kept} END"
