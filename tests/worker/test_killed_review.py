"""A worker killed amid what follows a signed review: it goes on where it stopped, and nothing comes twice."""

from __future__ import annotations

from typing import Any

import pytest

from clients.firm import firm_today
from clients.models import Job, JobState
from servicing.models import (
    AnnualReview,
    ReviewState,
    ServiceClock,
    ServiceTask,
    WrittenPolicy,
)
from servicing.planning import plan
from servicing.review import carrying_out, graduation, services
from servicing.review.carrying_out import APPLY, CLOSE, PLAN, PUBLISH
from servicing.review.graduation import Choice
from tests.factories import UserFactory
from tests.live_worker import LiveWorker, unacknowledged
from tests.servicing.reviews import begun_review
from tests.servicing.test_review import all_done, firm_of, sign
from tests.worker.test_killed_worker import backend_that_waits, hold, is_gone, let_the_visibility_timeout_pass
from tiers import simulation
from tiers.models import Policy, PolicyStatus, RejectedMove, ScoringRun, TierAssignment

pytestmark = pytest.mark.worker

# What a stage writes last, or nearly: the worker has done the rest of it and waits there.
STOPS_AT = {
    PUBLISH: "LOCK TABLE servicing_reviewstep IN SHARE ROW EXCLUSIVE MODE",
    APPLY: "LOCK TABLE tiers_tierassignment IN SHARE ROW EXCLUSIVE MODE",
    PLAN: "SELECT FROM clients_clientsummary FOR UPDATE",
    CLOSE: "LOCK TABLE servicing_reviewstep IN SHARE ROW EXCLUSIVE MODE",
}
STAGES = list(STOPS_AT)


def signed_review() -> tuple[AnnualReview, Policy]:
    """With a draft, and three clients on the graduation list of whom one is to wait."""
    olga, carl = UserFactory(groups=["operations"]), UserFactory(groups=["compliance"])
    review = begun_review(olga)
    first, second, third = firm_of()
    graduation.decide(
        review=review,
        run=graduation.latest_run(),
        which="up",
        chosen=[
            Choice(first.pk, "waits", "Moves abroad in spring."),
            *(Choice(client.pk, "graduates") for client in (second, third)),
        ],
        by=olga,
    )
    draft = services.make_draft(review=review, by=olga)
    simulation.simulate(policy=draft, as_of=firm_today(), by=olga)
    all_done(review, olga)
    sign(review, olga, carl)
    return AnnualReview.objects.get(), draft


def as_it_stands(draft: Policy) -> dict[str, Any]:
    """All that the stages write."""
    review = AnnualReview.objects.get()
    return {
        "done": carrying_out.done(review),
        "draft": Policy.objects.get(pk=draft.pk).status,
        "in force": Policy.objects.filter(status=PolicyStatus.PUBLISHED).count(),
        "runs": ScoringRun.objects.count(),
        "assignments": set(TierAssignment.objects.values_list("client_id", "tier__code", "ends_on")),
        "kept back": RejectedMove.objects.count(),
        "tasks": set(ServiceTask.objects.values_list("pk", "status")),
        "clocks": ServiceClock.objects.count(),
        "versions": WrittenPolicy.objects.count(),
    }


@pytest.mark.parametrize("stage", STAGES)
def test_a_review_is_carried_out_once_though_its_worker_is_killed(live: LiveWorker, valkey: Any, stage: str):
    live.kill()
    adam = UserFactory(groups=["administrator"])
    review, draft = signed_review()
    for _before in STAGES[: STAGES.index(stage)]:
        review = carrying_out.carry_out(review=review, by=adam)
    valkey.flushdb()  # nobody plans or scores but the review
    before = as_it_stands(draft)
    assert carrying_out.next_stage(review) == stage
    with hold() as held:
        held.run(f"BEGIN; {STOPS_AT[stage]}")
        job = carrying_out.start(review=review, by=adam, whole=True)
        live.start()
        live.wait_for(backend_that_waits)
        backend = backend_that_waits() or 0
        assert Job.objects.get(pk=job.pk).state == JobState.WORKING
        live.kill()
        held.run("ROLLBACK")
        live.wait_for(lambda: is_gone(backend))
    assert as_it_stands(draft) == before

    let_the_visibility_timeout_pass(valkey)
    live.start()
    live.wait_for(lambda: AnnualReview.objects.get().state == ReviewState.CLOSED)
    live.wait_for(lambda: not unacknowledged(valkey))
    jobs = Job.objects.filter(task=carrying_out.TASK)
    assert set(jobs.values_list("state", flat=True)) == {JobState.DONE}
    assert jobs.count() == len(STAGES) - STAGES.index(stage)

    after = as_it_stands(draft)
    assert (after["draft"], after["in force"]) == (PolicyStatus.PUBLISHED, 1)
    assert (after["runs"], after["kept back"], after["versions"]) == (3, 1, 1)
    open_ones = [client for client, _tier, ends in after["assignments"] if ends is None]
    assert len(open_ones) == len(set(open_ones)) == 6
    review = AnnualReview.objects.get()
    assert (review.carried_out["moved"], review.carried_out["graduated"]) == (2, 2)
    kinds = list(ServiceTask.objects.open().values_list("client_id", "kind_id"))
    assert len(kinds) == len(set(kinds)) > 0
    again = plan(as_of=firm_today())
    assert (again.created, again.moved, again.cancelled) == (0, 0, 0)
