"""Which explanations are kept: all of applied runs and of the latest; of older nights, where scores moved."""

from __future__ import annotations

from decimal import Decimal

from django.db import connection, transaction

from clients.firm import firm_today
from tiers import runs
from tiers.models import RunStatus, ScoringRun

# Points: a nightly score is kept where it differs so much from the client's last kept one.
MOVED = Decimal(1)

# What a person said of a move is shown beside the next one to the same tier: what the move was is kept.
_NOT_REJECTED = """AND NOT EXISTS (
        SELECT FROM tiers_rejectedmove r WHERE r.run_id = e.run_id AND r.client_id = e.client_id
    )"""

# A client's last kept score is looked for no further back than the last run that is kept whole.
_THIN = f"""
WITH this AS (
    SELECT as_of, id FROM tiers_scoringrun WHERE id = %(run)s
), before AS (
    SELECT r.id, r.as_of FROM tiers_scoringrun r, this
    WHERE (r.as_of, r.id) < (this.as_of, this.id) AND r.status <> 'undone'
), whole AS (
    SELECT as_of, id FROM tiers_scoringrun
    WHERE id IN (SELECT id FROM before) AND NOT thinned
    ORDER BY as_of DESC, id DESC LIMIT 1
), last_kept AS (
    SELECT DISTINCT ON (e.client_id) e.client_id, e.score
    FROM tiers_explanation e
    JOIN before ON before.id = e.run_id
    WHERE (before.as_of, before.id) >= (SELECT as_of, id FROM whole) OR NOT EXISTS (SELECT FROM whole)
    ORDER BY e.client_id, before.as_of DESC, before.id DESC
)
DELETE FROM tiers_explanation e USING last_kept
WHERE e.run_id = %(run)s AND last_kept.client_id = e.client_id
    AND (e.score IS NOT DISTINCT FROM last_kept.score OR abs(e.score - last_kept.score) < %(moved)s)
    {_NOT_REJECTED}"""  # noqa: S608  (constants of this module)

_EMPTY = f"""
DELETE FROM tiers_explanation e WHERE e.run_id = %(run)s {_NOT_REJECTED}"""  # noqa: S608


def prune_explanations() -> int:
    """Deletes explanations that no page needs any more; returns how many.

    Of a night that a newer run replaced before anyone applied it, what remains is where the score had moved.
    Of what a person proposed and nobody applied, and of runs undone, nothing remains but rejected moves.
    """
    latest = runs.latest_run()
    replaced = ScoringRun.objects.exclude(status=RunStatus.APPLIED).filter(thinned=False)
    if latest:
        replaced = replaced.exclude(pk=latest.pk)
    with transaction.atomic():
        return sum(_prune(run) for run in replaced.order_by("as_of", "id"))


def _prune(run: ScoringRun) -> int:
    keeps = run.automatic and run.status == RunStatus.PROPOSED and run.as_of <= firm_today()
    with connection.cursor() as cursor:
        if keeps:
            cursor.execute(_THIN, {"run": run.pk, "moved": MOVED})
        else:
            cursor.execute(_EMPTY, {"run": run.pk})
        deleted = cursor.rowcount
    run.thinned = True
    run.save(update_fields=["thinned"])
    return deleted
