"""Scoring runs: proposing, applying, undoing; first tiers; and what the client list shows of them.

One scorer works at a time: each takes the same lock until its transaction ends, a second one waits. It is
taken before any row of a policy or an override, to which scorers refer: two never wait for each other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.changes import take_changes, wake_sweeps
from clients.commands import Refused
from clients.firm import firm_today
from clients.jobs import Report, untold
from clients.models import ChangeKind, Client, Revenue, Touch, User
from clients.summaries import take_turns
from tiers import facts, rules, runs, scoring
from tiers.models import (
    AssignmentSource,
    Policy,
    PolicyStatus,
    RunStatus,
    ScoringRun,
    TierAssignment,
    TierSettings,
)
from tiers.policies import publish_due, weaknesses
from tiers.thinning import prune_explanations

log = structlog.get_logger(__name__)
SCORER_LOCK = 7_305_001  # any number that nothing else in this database uses


@dataclass(frozen=True)
class Applied:
    """What applying changed: clients that moved between tiers, and clients that got their first."""

    moved: int
    first: int


def propose_run(
    *,
    as_of: dt.date,
    policy: Policy | None = None,
    by: User | None = None,
    automatic: bool = False,
    report: Report = untold,
) -> ScoringRun:
    """Scores every active client at `as_of` and proposes its tier. Nobody moves.

    Without `policy` it is the published one. `report` is told of each step. Raises Refused where there is no
    policy, or where it cannot score.
    """
    with transaction.atomic():
        report(_("Waiting for its turn"), 0, 4)
        wait_for_other_scorers()
        report(_("Measuring and ranking the clients"), 1, 4)
        policy = policy or published_policy()
        if problems := weaknesses(policy):
            raise Refused(*problems)
        measurement, totals = scoring.measure(policy, as_of)
        run = ScoringRun.objects.create(
            policy=policy,
            as_of=as_of,
            factors=list(measurement.factors),
            weights=list(measurement.weights),
            clients=totals.clients,
            scored=totals.scored,
            insufficient=totals.clients - totals.scored,
            total_revenue=totals.revenue,
            warnings=[
                {"factor": factor, "known": totals.known[factor]}
                for factor in measurement.hundredths
                if 2 * totals.known[factor] < totals.clients
            ],
            automatic=automatic,
            created_by=by,
        )
        report(_("Filling the tiers"), 2, 4)
        last_tier_id = rules.fill_tiers(policy, totals.revenue)
        report(_("Writing down the reasons"), 3, 4)
        scoring.explain(run, measurement, last_tier_id)
        run.tiers, run.moves = runs.summarize(run, policy)
        run.save(update_fields=["tiers", "moves"])
        refresh_tiers()
        refresh_scores()
    return run


def apply_run(
    *,
    run: ScoringRun,
    applied_by: User | None,
    clients: Sequence[int] | None = None,
    report: Report = untold,
) -> Applied:
    """Starts the proposed tiers at the run's date, as one; all of them, or those of `clients` (ids).

    Only clients whose tier differs are written. A client with an override for another tier stays, and so does
    one whose move a person rejected. `report` is told of each step. Raises Refused where the run was applied
    or undone, or where a later assignment or run was applied.
    """
    with transaction.atomic():
        report(_("Waiting for its turn"), 0, 2)
        wait_for_other_scorers()
        _refuse_unless_applicable(run)
        report(_("Starting the new tiers"), 1, 2)
        applied = _start_assignments(run, applied_by, clients=clients)
        run.status, run.applied_at, run.applied_by = RunStatus.APPLIED, timezone.now(), applied_by
        run.save(update_fields=["status", "applied_at", "applied_by"])
        if run.as_of > firm_today():
            refresh_scores()  # applied, a run for a day to come is the latest
        wake_sweeps(ChangeKind.SERVICE)
    return applied


def give_first_tiers(*, run: ScoringRun) -> Applied:
    """Starts the proposed tier of clients that have none. The run stays a proposal for the others."""
    with transaction.atomic():
        wait_for_other_scorers()
        _refuse_unless_applicable(run)
        applied = _start_assignments(run, None, only=AssignmentSource.FIRST)
        wake_sweeps(ChangeKind.SERVICE)
    return applied


def give_upgrades(*, run: ScoringRun) -> Applied:
    """Starts the proposed tier of clients for whom it comes before the one they have, as tiers are ordered.

    The run stays a proposal for the others, and can be undone.
    """
    with transaction.atomic():
        wait_for_other_scorers()
        _refuse_unless_applicable(run)
        applied = _start_assignments(run, None, only=AssignmentSource.UPGRADE)
        wake_sweeps(ChangeKind.SERVICE)
    return applied


def undo_run(*, run: ScoringRun, by: User | None, report: Report = untold) -> int:
    """Gives the clients that `run` moved the tier back that they had; returns how many.

    What the run moved up by itself is taken back too, also of a run that nobody applied; nothing more of it
    can be applied then. First tiers that clients were given without a person stay, and so do clients whom a
    person gave another tier since (`runs.staying`). `report` is told of each step. Raises Refused where the
    run moved nobody, or another run was applied on top of it.
    """
    with transaction.atomic():
        report(_("Waiting for its turn"), 0, 3)
        wait_for_other_scorers()
        run.refresh_from_db()
        if not runs.can_be_undone(run):
            raise Refused(_("Only an applied run can be undone."))
        if _later_run(run) or _replaced_by_a_run(run):
            raise Refused(_("Something was applied after this run. Undo that first."))
        run.status = RunStatus.UNDONE
        run.save(update_fields=["status"])
        report(_("Giving back the tiers from before"), 1, 3)
        undone = _take_back(run)
        report(_("Bringing the client list in line"), 2, 3)
        refresh_tiers()
        refresh_scores()  # those of the run before it again
        log.info("run_undone", run=run.pk, clients=undone, by=by and by.pk)
        wake_sweeps(ChangeKind.SERVICE)
    return undone


def first_tiers_of_changed_clients() -> ScoringRun | None:
    """Takes the noted changes of facts; where one of their clients can now get its first tier, it does.

    Returns the run that gave it. Nothing is given during onboarding, before clients, revenue and touches
    have arrived, nor where the firm gives first tiers by hand.
    """
    with transaction.atomic():
        wait_for_other_scorers()
        policy = Policy.objects.filter(status=PolicyStatus.PUBLISHED).first()
        today = firm_today()
        wanted, by_itself = False, TierSettings.current().automatic_first_tiers
        while client_ids := take_changes(ChangeKind.FACTS):
            wanted = wanted or bool(
                by_itself
                and policy
                and not weaknesses(policy)
                and is_past_onboarding()
                and scoring.any_can_be_scored(policy, today, client_ids)
            )
        return _automatic_run(today) if wanted else None


def nightly_run() -> ScoringRun:
    """Publishes policies whose date has come, ends expired overrides and proposes a run for today. First
    tiers, and upgrades where the firm wants them by themselves, are given; a person applies the rest."""
    from tiers.overrides import end_expired  # which uses this module

    with transaction.atomic():
        wait_for_other_scorers()
        publish_due(firm_today())
        end_expired(firm_today())
        facts.forget_old()
        return _automatic_run(firm_today(), upgrades=TierSettings.current().automatic_upgrades)


def is_past_onboarding() -> bool:
    """Whether a run was ever applied, or clients, revenue and touches have all arrived."""
    return ScoringRun.objects.filter(status=RunStatus.APPLIED).exists() or (
        Client.objects.exists() and Revenue.objects.exists() and Touch.objects.exists()
    )


def published_policy() -> Policy:
    """The policy in force. Raises Refused where none is published."""
    policy = Policy.objects.filter(status=PolicyStatus.PUBLISHED).first()
    if policy is None:
        raise Refused(_("No policy is published. Publish one first."))
    return policy


def refresh_tiers(*, moved_only: bool = False, client_id: int | None = None) -> int:
    """Rewrites the tiers in the client summaries where they differ; returns how many rows.

    For all clients, or `moved_only` those of the assignments just started, or one.
    """
    only = "AND s.client_id IN (SELECT client_id FROM tiers_move)" if moved_only else ""
    return _refreshed(_REFRESH_TIERS, only, client_id)


def refresh_scores(*, client_id: int | None = None) -> int:
    """Rewrites the scores that the client list shows where they differ; returns how many rows.

    For all clients, or one.
    """
    return _refreshed(_REFRESH_SCORES, "", client_id)


def _refreshed(statement: str, only: str, client_id: int | None) -> int:
    if client_id is not None:
        only = "AND s.client_id = %(client)s"
    take_turns()
    with connection.cursor() as cursor:
        cursor.execute(statement.format(only=only), {"client": client_id, "today": firm_today()})
        return cursor.rowcount


def wait_for_other_scorers() -> None:
    """Takes the scorers' lock until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SCORER_LOCK])


def _automatic_run(today: dt.date, *, upgrades: bool = False) -> ScoringRun:
    run = propose_run(as_of=today, automatic=True)
    try:
        if TierSettings.current().automatic_first_tiers:
            give_first_tiers(run=run)
        if upgrades:
            give_upgrades(run=run)
    except Refused as refusal:  # a run or an assignment of a later date: a person works ahead
        log.info("automatic_tiers_refused", run=run.pk, reasons=refusal.reasons)
    prune_explanations()
    return run


def overtaken(run: ScoringRun) -> str:
    """Why nobody can apply the run any more, as a sentence; empty where it is still the newest word."""
    if TierAssignment.objects.filter(starts_on__gt=run.as_of).exists():
        return _("A tier that starts after %(date)s was already applied.") % {"date": run.as_of}
    return _("A later run was already applied.") if _later_run(run) else ""


def _refuse_unless_applicable(run: ScoringRun) -> None:
    run.refresh_from_db()
    if run.status != RunStatus.PROPOSED:
        raise Refused(_("This run was already applied or undone."))
    if over := overtaken(run):
        raise Refused(over)
    if not run.has_details:
        raise Refused(_("The details of this run are gone. Make a new run."))


def _later_run(run: ScoringRun) -> bool:
    later = Q(as_of__gt=run.as_of) | Q(as_of=run.as_of, id__gt=run.pk)
    return ScoringRun.objects.filter(later, status=RunStatus.APPLIED).exists()


def _replaced_by_a_run(run: ScoringRun) -> bool:
    """Whether a tier that the run gave was replaced by another run that still stands."""
    after = TierAssignment.objects.filter(client=OuterRef("client"), id__gt=OuterRef("pk")).order_by("id")
    ended = run.assignments.exclude(source=AssignmentSource.FIRST).filter(ends_on__isnull=False)
    replaced = ended.alias(by_run=Subquery(after.values("run__status")[:1]))
    return replaced.filter(by_run__isnull=False).exclude(by_run=RunStatus.UNDONE).exists()


def _start_assignments(
    run: ScoringRun,
    applied_by: User | None,
    *,
    clients: Sequence[int] | None = None,
    only: AssignmentSource = AssignmentSource.RUN,
) -> Applied:
    """Starts the run's tiers: all, or `only` the FIRST ones or the UPGRADEs."""
    parameters: dict[str, Any] = {
        "run": run.pk,
        "as_of": run.as_of,
        "clients": None if clients is None else list(clients),
        "source": only.value,
        "by": applied_by and applied_by.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS tiers_move")
        cursor.execute(_MOVES, parameters)
        cursor.execute("ANALYZE tiers_move")
        cursor.execute(_CLOSE_OLD, parameters)
        moved = cursor.rowcount
        cursor.execute(_OPEN_NEW, parameters)
        opened = cursor.rowcount
    refresh_tiers(moved_only=True)
    return Applied(moved=moved, first=opened - moved)


def _take_back(run: ScoringRun) -> int:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS tiers_move")
        cursor.execute(_TAKEN_BACK, {"run": run.pk, "as_of": run.as_of})
        cursor.execute("DELETE FROM tiers_tierassignment a USING tiers_move m WHERE a.id = m.id")
        undone = cursor.rowcount
        cursor.execute(_REOPEN)
    return undone


# Moves of the run that still are moves: a client that left, that a person pinned elsewhere since, or whose
# move a person rejected, stays.
_MOVES = """
CREATE TEMPORARY TABLE tiers_move ON COMMIT DROP AS
WITH pinned AS (
    SELECT DISTINCT ON (client_id) client_id, id, tier_id
    FROM tiers_override
    WHERE starts_on <= %(as_of)s AND expires_on >= %(as_of)s AND (ended_on IS NULL OR ended_on > %(as_of)s)
    ORDER BY client_id, starts_on DESC, id DESC
)
SELECT e.client_id, e.proposed_tier_id AS tier_id, e.score, a.id AS old_id, pinned.id AS override_id
FROM tiers_explanation e
JOIN clients_client c ON c.id = e.client_id AND c.status = 'active'
LEFT JOIN tiers_tierassignment a ON a.client_id = e.client_id AND a.ends_on IS NULL
LEFT JOIN pinned ON pinned.client_id = e.client_id
LEFT JOIN clients_tier now ON now.id = a.tier_id
LEFT JOIN clients_tier proposed ON proposed.id = e.proposed_tier_id
WHERE e.run_id = %(run)s AND e.moves
    AND e.proposed_tier_id IS DISTINCT FROM a.tier_id
    AND (pinned.id IS NULL OR pinned.tier_id = e.proposed_tier_id)
    AND NOT EXISTS (
        SELECT FROM tiers_rejectedmove r WHERE r.run_id = e.run_id AND r.client_id = e.client_id
    )
    AND (%(clients)s::bigint[] IS NULL OR e.client_id = ANY(%(clients)s::bigint[]))
    AND CASE %(source)s
        WHEN 'first' THEN a.id IS NULL
        WHEN 'upgrade' THEN proposed.position < now.position
        ELSE true
    END"""

_CLOSE_OLD = """
UPDATE tiers_tierassignment a SET ends_on = %(as_of)s FROM tiers_move m WHERE a.id = m.old_id"""

_OPEN_NEW = """
INSERT INTO tiers_tierassignment (
    client_id, tier_id, score, starts_on, serviced_from,
    source, run_id, override_id, applied_by_id, created_at
)
SELECT
    client_id, tier_id, score, %(as_of)s, %(as_of)s,
    CASE WHEN override_id IS NOT NULL THEN 'override' ELSE %(source)s END,
    %(run)s, override_id, %(by)s, now()
FROM tiers_move ORDER BY client_id"""

# The assignments that the run started and nobody replaced since, each with the one that it closed.
_TAKEN_BACK = """
CREATE TEMPORARY TABLE tiers_move ON COMMIT DROP AS
SELECT a.id, a.client_id, (
    SELECT old.id FROM tiers_tierassignment old
    WHERE old.client_id = a.client_id AND old.id < a.id AND old.ends_on = %(as_of)s
    ORDER BY old.id DESC LIMIT 1
) AS old_id
FROM tiers_tierassignment a
WHERE a.run_id = %(run)s AND a.source <> 'first' AND a.ends_on IS NULL"""

_REOPEN = """
UPDATE tiers_tierassignment a SET ends_on = NULL FROM tiers_move m WHERE a.id = m.old_id"""

_REFRESH_TIERS = """
UPDATE clients_clientsummary s
SET tier_id = f.tier_id, tier_position = f.tier_position
FROM (
    SELECT s.client_id, a.tier_id, t.position AS tier_position
    FROM clients_clientsummary s
    LEFT JOIN tiers_tierassignment a ON a.client_id = s.client_id AND a.ends_on IS NULL
    LEFT JOIN clients_tier t ON t.id = a.tier_id
    WHERE true {only}
) f
WHERE s.client_id = f.client_id
    AND (s.tier_id, s.tier_position) IS DISTINCT FROM (f.tier_id, f.tier_position)"""

_REFRESH_SCORES = f"""
WITH latest AS MATERIALIZED ({runs.LATEST_RUN}), found AS (
    SELECT
        s.client_id, e.score,
        CASE WHEN e.score IS NOT NULL THEN (SELECT as_of FROM latest) END AS scored_on
    FROM clients_clientscore s
    LEFT JOIN tiers_explanation e ON e.client_id = s.client_id AND e.run_id = (SELECT id FROM latest)
    WHERE true {{only}}
)
UPDATE clients_clientscore s
SET score = f.score, scored_on = f.scored_on
FROM found f
WHERE s.client_id = f.client_id AND (s.score, s.scored_on) IS DISTINCT FROM (f.score, f.scored_on)"""  # noqa: S608
