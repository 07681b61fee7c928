"""Reads of scoring runs: the latest, a run's totals, and why one client is where it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.firm import firm_today
from clients.models import Client
from tiers.models import AssignmentSource, Explanation, Factor, Policy, RunStatus, ScoringRun

PAGE = 50
YEAR_BACK = 400  # runs that a client's history looks through: a year of nights, and some
LIST_BACK = 60  # and that of each client of a list

_TIERS = """
SELECT
    t.code, count(e.client_id), coalesce(sum(s.revenue), 0),
    min(e.score) FILTER (WHERE e.rule = rule.rank_key)::text
FROM tiers_tierrule rule
JOIN clients_tier t ON t.id = rule.tier_id
LEFT JOIN tiers_explanation e ON e.run_id = %(run)s AND e.proposed_tier_id = t.id
LEFT JOIN tiers_scoring s ON s.client_id = e.client_id
WHERE rule.policy_id = %(policy)s
GROUP BY t.code, rule.position
ORDER BY rule.position"""

# Who was seated last by a factor: the lowest value, of those with the same one the lowest score.
_LAST_BY_FACTOR = """
SELECT e."values"[%(factor)s], e.score FROM tiers_explanation e
WHERE e.run_id = %(run)s AND e.proposed_tier_id = %(tier)s AND e.rule = %(rule)s
ORDER BY 1 NULLS FIRST, 2 LIMIT 1"""

_MOVES = """
SELECT old.code, new.code, count(*)
FROM tiers_explanation e
LEFT JOIN clients_tier old ON old.id = e.current_tier_id
LEFT JOIN clients_tier new ON new.id = e.proposed_tier_id
WHERE e.run_id = %(run)s AND e.moves
GROUP BY old.code, old.position, new.code, new.position
ORDER BY old.position NULLS LAST, new.position NULLS LAST"""


# The newest run whose scores are all kept; one only proposed for a day to come yields to those known today.
LATEST_RUN = """
SELECT id, as_of FROM tiers_scoringrun r
WHERE status <> 'undone' AND NOT thinned AND EXISTS (SELECT FROM tiers_explanation e WHERE e.run_id = r.id)
ORDER BY status = 'applied' OR as_of <= %(today)s DESC, as_of DESC, id DESC LIMIT 1"""

# Goes back from run to run and looks each client up by the key (run, client): 10 to 20 milliseconds for a
# client over a year, or for a list over sixty nights. An index of clients would make it one, and cost every
# run: its entries go to all of its pages, those of the key to the last.
_HISTORY = """
WITH newest AS MATERIALIZED (
    SELECT as_of, id FROM tiers_scoringrun
    WHERE status <> 'undone' AND as_of <= %(today)s
    ORDER BY as_of DESC, id DESC LIMIT %(runs)s
)
SELECT client.id, score.as_of, score.score
FROM unnest(%(clients)s::bigint[]) AS client (id)
CROSS JOIN LATERAL (
    SELECT DISTINCT ON (newest.as_of) newest.as_of, e.score
    FROM newest
    JOIN tiers_explanation e ON e.run_id = newest.id AND e.client_id = client.id
    ORDER BY newest.as_of DESC, newest.id DESC LIMIT %(limit)s
) score
ORDER BY client.id, score.as_of"""

# Text that a spreadsheet would take for a formula gets an apostrophe before it; numbers are plain decimals.
_EXPORT = """
COPY (
    SELECT
        CASE WHEN c.external_id ~ '^[=+@-]' THEN $$'$$ || c.external_id ELSE c.external_id END AS external_id,
        e.score, trim_scale(e.completeness) AS completeness,
        old.code AS current_tier, new.code AS proposed_tier, e.rule{factors}
    FROM tiers_explanation e
    JOIN clients_client c ON c.id = e.client_id
    LEFT JOIN clients_tier old ON old.id = e.current_tier_id
    LEFT JOIN clients_tier new ON new.id = e.proposed_tier_id
    WHERE e.run_id = %s
    ORDER BY c.external_id
) TO STDOUT (FORMAT csv, HEADER)"""

_EXPORT_FACTOR = """,
        trim_scale(e."values"[{n}]) AS {factor}_value,
        round(e.percentiles[{n}]::numeric, 9) AS {factor}_percentile,
        round(e.contributions[{n}]::numeric, 9) AS {factor}_contribution"""


def summarize(run: ScoringRun, policy: Policy) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The run's proposed tiers and its moves, as the run keeps them. Needs the run's `tiers_scoring`."""
    parameters = {"run": run.pk, "policy": policy.pk}
    with connection.cursor() as cursor:
        cursor.execute(_TIERS, parameters)
        tiers = [
            {
                "tier": code,
                "clients": clients,
                "revenue": str(revenue),
                "cut": None if cut is None else str(cut),
            }
            for code, clients, revenue, cut in cursor.fetchall()
        ]
        _note_edges(cursor, run, policy, tiers)
        cursor.execute(_MOVES, parameters)
        moves = [{"from": old, "to": new, "clients": clients} for old, new, clients in cursor.fetchall()]
    return tiers, moves


def _note_edges(cursor: Any, run: ScoringRun, policy: Policy, tiers: list[dict[str, Any]]) -> None:
    """Adds to each tier that a factor fills its `edge`: value and score of who was seated last. None where
    the tier is empty, or those without a value came in too."""
    for rule, tier in zip(policy.rules.order_by("position"), tiers, strict=True):
        if rule.rank_key in run.factors:
            place = {"factor": run.factors.index(rule.rank_key) + 1, "rule": rule.rank_key}
            cursor.execute(_LAST_BY_FACTOR, {"run": run.pk, "tier": rule.tier_id, **place})
            value, score = cursor.fetchone() or (None, None)
            tier["edge"] = None if value is None else {"value": str(value), "score": str(score)}


def csv_lines(run: ScoringRun) -> Iterator[bytes]:
    """The run's explanations as CSV, a header and then a line a client; read as it is written."""
    columns = "".join(_EXPORT_FACTOR.format(n=n, factor=factor) for n, factor in enumerate(run.factors, 1))
    statement = _EXPORT.format(factors=columns)
    # The driver's own cursor: Django's, while it records queries, takes no parameters here.
    with connection.cursor() as cursor, cursor.cursor.copy(statement, [run.pk]) as copy:
        yield from (bytes(line) for line in copy)


def latest_run_here(today: dt.date | None) -> RawSQL:
    """The id of the latest run, to be looked up within another query."""
    newest = LATEST_RUN.replace("%(today)s", "%s")
    return RawSQL(f"(SELECT latest.id FROM ({newest}) latest)", [today or firm_today()])  # noqa: S608, S611  (our own text)


def latest_run_id(today: dt.date | None = None) -> int | None:
    """The id of what pages call "the latest" run. `today`: the firm's date, where it is at hand."""
    with connection.cursor() as cursor:
        cursor.execute(LATEST_RUN, {"today": today or firm_today()})
        found = cursor.fetchone()
    return found[0] if found else None


def latest_run(today: dt.date | None = None) -> ScoringRun | None:
    """The newest run whose explanations are all kept, with its policy."""
    return ScoringRun.objects.select_related("policy").filter(pk=latest_run_here(today)).order_by().first()


def score_history(
    client: Client, *, limit: int = 24, today: dt.date | None = None
) -> list[tuple[dt.date, Decimal | None]]:
    """The client's scores (None: too little known), a date once, the oldest first; the last `limit` kept.

    A night whose score had hardly moved is not kept: from one entry to the next the score stayed about
    what it was (`tiers.thinning.MOVED`).
    """
    return histories([client.pk], limit=limit, back=YEAR_BACK, today=today)[client.pk]


def histories(
    client_ids: Sequence[int],
    *,
    limit: int = 24,
    back: int = LIST_BACK,
    today: dt.date | None = None,
) -> dict[int, list[tuple[dt.date, Decimal | None]]]:
    """As `score_history`, for each of some clients, from the last `back` runs; an empty list for those that
    none of them ranked. `today`: where the caller knows it, which spares reading the firm."""
    found: dict[int, list[tuple[dt.date, Decimal | None]]] = {client_id: [] for client_id in client_ids}
    with connection.cursor() as cursor:
        cursor.execute(
            _HISTORY,
            {"clients": list(client_ids), "limit": limit, "runs": back, "today": today or firm_today()},
        )
        for client_id, as_of, score in cursor.fetchall():
            found[client_id].append((as_of, score))
    return found


def can_be_undone(run: ScoringRun) -> bool:
    """Whether it was applied, or moved clients up by itself; what was applied since may still refuse it."""
    if run.status == RunStatus.PROPOSED:
        return run.assignments.filter(source=AssignmentSource.UPGRADE).exists()
    return run.status == RunStatus.APPLIED


def staying(run: ScoringRun) -> int:
    """How many clients undoing the run left where they are: a person had given them another tier since."""
    if run.status != RunStatus.UNDONE:
        return 0
    return run.assignments.exclude(source=AssignmentSource.FIRST).count()


def staying_text(number: int) -> str:
    """The same in words; empty where nobody stayed."""
    if not number:
        return ""
    return ngettext(
        "%(n)s client stays where it is: a person pinned it since.",
        "%(n)s clients stay where they are: a person pinned them since.",
        number,
    ) % {"n": number_format(number, force_grouping=True)}


def warning_texts(run: ScoringRun) -> list[str]:
    """What the run warns of, a sentence each."""
    return [
        _("%(factor)s is known for only %(known)s of %(clients)s clients.")
        % {"factor": Factor(row["factor"]).label, "known": row["known"], "clients": run.clients}
        for row in run.warnings
    ]


def movers(run: ScoringRun, *, after: int = 0, old: str = "", new: str = "") -> QuerySet[Explanation]:
    """Clients whose proposal differs from the tier that they had, by client id from `after` on.

    `old` and `new`: only moves between these tiers (codes; "none" for no tier).
    """
    rows = Explanation.objects.filter(run=run, moves=True, client_id__gt=after)
    if old:
        rows = (
            rows.filter(current_tier__isnull=True) if old == "none" else rows.filter(current_tier__code=old)
        )
    if new:
        rows = rows.filter(proposed_tier__code=new)
    return rows.select_related("client", "current_tier", "proposed_tier").order_by("client_id")
