"""Scoring, applying and planning. Between the measurements the firm moves on, as it does in use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import connection, transaction

from benchmarks import firm
from benchmarks.floors import planning as planning_floor
from benchmarks.floors import scoring as scoring_floor
from benchmarks.floors import simulating as simulating_floor
from benchmarks.measure import Goal, Workload
from servicing.planning import plan
from servicing.planning.sweeps import plan_changed
from tiers import facts, services, simulation
from tiers.models import ScoringRun
from tiers.policies import clone_policy

SCORE = Goal(ratio=1.5, growth=1.15)
APPLY = Goal(ratio=2, growth=1.1)
FIRST = Goal(ratio=1.5, growth=1.1)
AGAIN = Goal(ratio=2, growth=1.1, of="plan_service, first time", share=0.1)
CHANGED = Goal(ratio=2, growth=1.1)
SIMULATE = Goal(seconds=1, up_to=10_000, growth=1.15)
DRAFT_GROWTH = 25  # the weight of growth in the draft that is simulated; the shipped policy has 10
WRITTEN = [
    "clients_change",
    "clients_clientscore",
    "clients_clientsummary",
    "servicing_serviceclock",
    "servicing_servicetask",
    "servicing_servicetaskevent",
    "tiers_clientfacts",
    "tiers_explanation",
    "tiers_scoringrun",
    "tiers_simulatedmove",
    "tiers_tierassignment",
    "tiers_tierassignmentevent",
]

# Every twentieth client goes one tier down, or from the last to the first.
MOVE_FIVE_PERCENT = """
UPDATE tiers_explanation e
SET proposed_tier_id = CASE WHEN c.turn = 0 THEN next.id ELSE e.current_tier_id END, moves = c.turn = 0
FROM (SELECT id, mod(row_number() OVER (ORDER BY external_id), 20) AS turn FROM clients_client) c,
     (SELECT id AS tier_id, coalesce(lead(id) OVER w, first_value(id) OVER w) AS id
      FROM clients_tier WINDOW w AS (ORDER BY position)) next
WHERE e.run_id = %s AND c.id = e.client_id AND next.tier_id = e.current_tier_id
"""


def workloads(as_of: dt.date) -> Iterator[Workload]:
    """The engine's workloads in the order of a firm's first days; each is taken back after it was timed."""
    policy = services.published_policy()
    yield Workload(
        "score_clients",
        product=lambda: services.propose_run(as_of=as_of),
        floor=lambda: scoring_floor.score(policy, as_of),
        goal=SCORE,
        writes=True,
        before=tidy,
        peak_of=["score_clients", "--as-of", as_of.isoformat()],
    )
    ScoringRun.objects.all().delete()
    services.apply_run(run=services.propose_run(as_of=as_of - dt.timedelta(days=1)), applied_by=None)
    tidy()
    yield _simulation(as_of)
    yield Workload(
        "plan_service, first time",
        product=lambda: plan(as_of=as_of),
        floor=lambda: planning_floor.first(as_of),
        goal=FIRST,
        writes=True,
        before=tidy,
    )
    plan(as_of=as_of)
    firm.settle()
    yield Workload(
        "plan_service, again",
        product=lambda: plan(as_of=as_of),
        floor=lambda: planning_floor.again(as_of),
        goal=AGAIN,
        writes=True,
        before=tidy,
    )
    run = _run_that_moves_five_percent(as_of)
    yield Workload(
        "apply a run that moves 5 %",
        product=lambda: services.apply_run(run=run, applied_by=None),
        floor=lambda: scoring_floor.apply(run.pk, as_of),
        goal=APPLY,
        writes=True,
        before=tidy,
    )
    services.apply_run(run=run, applied_by=None)
    tidy()
    yield Workload(
        "plan_service, 5 % changed tier",
        product=_plan_all_changed,
        floor=lambda: planning_floor.changed(as_of),
        goal=CHANGED,
        writes=True,
        before=tidy,
    )
    _plan_all_changed()
    tidy()


def _simulation(as_of: dt.date) -> Workload:
    """A draft with another weight, and everything that its page shows of it; the facts are at hand."""
    draft = clone_policy(policy=services.published_policy(), name="Simulated")
    draft.factors.filter(factor="growth").update(weight=DRAFT_GROWTH)
    found = simulation.simulate(policy=draft, as_of=as_of, by=None)
    taken = facts.snapshot(draft, as_of)
    return Workload(
        "simulate a draft, facts taken",
        product=lambda: simulation.simulate(policy=draft, as_of=as_of, by=None),
        floor=lambda: simulating_floor.simulate(draft, taken, found, DRAFT_GROWTH),
        goal=SIMULATE,
        writes=True,
        before=tidy,
    )


def _plan_all_changed() -> None:
    while plan_changed():
        pass


def _run_that_moves_five_percent(as_of: dt.date) -> ScoringRun:
    with transaction.atomic():
        run = services.propose_run(as_of=as_of)
        with connection.cursor() as cursor:
            cursor.execute(MOVE_FIVE_PERCENT, [run.pk])
    tidy()
    return run


def tidy() -> None:
    """Lets the database tidy up after rows that were taken back; noted changes stay noted."""
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE) {', '.join(WRITTEN)}")
