"""Celery adapters of scoring."""

import datetime as dt
from contextlib import suppress

import pghistory
from celery import shared_task
from django.db import OperationalError
from django.urls import reverse

from clients.firm import firm_today
from clients.jobs import AlreadyDone, working_on
from clients.models import Client, User
from clients.sweeps import noted
from tiers import review, routes, services, simulation
from tiers.fees.comparing import compare_all
from tiers.models import Policy, ScoringRun

RETRY = {"autoretry_for": (OperationalError,), "retry_backoff": 5, "max_retries": 5}


@shared_task(name="tiers.first_tiers", **RETRY)
def first_tiers() -> None:
    """Gives first tiers to clients whose facts arrived."""
    with noted("tiers.first_tiers") as counts, pghistory.context(user=None, by="first tiers"):
        run = services.first_tiers_of_changed_clients()
        counts["scored"] = run.clients if run else 0


@shared_task(name="tiers.nightly_run", **RETRY)
def nightly_run() -> None:
    """Proposes tiers for today and gives first tiers."""
    with noted("tiers.nightly_run") as counts, pghistory.context(user=None, by="nightly run"):
        counts["scored"] = services.nightly_run().clients


@shared_task(name="tiers.compare_fees", **RETRY)
def compare_fees() -> None:
    """Sets everybody's fee by schedule beside what was billed."""
    with noted("tiers.compare_fees") as counts:
        counts["compared"] = compare_all(as_of=firm_today())


@shared_task(name="tiers.compare_fees_now")
def compare_fees_now(job_id: int) -> None:
    """The same, asked for by a person."""
    with suppress(AlreadyDone), working_on(job_id) as (job, _report):
        compare_all(as_of=firm_today())
        job.result_url = reverse("tiers:fee_differences")


@shared_task(name="tiers.propose_run")
def propose_run(job_id: int, user_id: int) -> None:
    """Proposes a run for today, asked for by a person."""
    with (
        pghistory.context(user=user_id, by="page"),
        suppress(AlreadyDone),
        working_on(job_id) as (job, report),
    ):
        run = services.propose_run(as_of=firm_today(), by=User.objects.get(pk=user_id), report=report)
        job.result_url = reverse("tiers:run", args=[run.pk])


@shared_task(name="tiers.apply_run")
def apply_run(job_id: int, run_id: int, user_id: int, filters: str | None = None) -> None:
    """Applies a run, asked for by a person: all of it, or the moves that `filters` (of its page) match."""
    with (
        pghistory.context(user=user_id, by="page"),
        suppress(AlreadyDone),
        working_on(job_id) as (job, report),
    ):
        run = ScoringRun.objects.get(pk=run_id)
        clients = None if filters is None else review.clients_of(run, filters)
        services.apply_run(run=run, applied_by=User.objects.get(pk=user_id), clients=clients, report=report)
        job.result_url = reverse("tiers:run", args=[run_id])


@shared_task(name="tiers.undo_run")
def undo_run(job_id: int, run_id: int, user_id: int) -> None:
    """Undoes a run, asked for by a person."""
    with (
        pghistory.context(user=user_id, by="page"),
        suppress(AlreadyDone),
        working_on(job_id) as (job, report),
    ):
        run = ScoringRun.objects.get(pk=run_id)
        services.undo_run(run=run, by=User.objects.get(pk=user_id), report=report)
        job.result_url = reverse("tiers:run", args=[run_id])


@shared_task(name="tiers.simulate")
def simulate(job_id: int, policy_id: int, as_of: str, user_id: int) -> None:
    """Simulates a policy at a date, asked for by a person."""
    with suppress(AlreadyDone), working_on(job_id) as (job, report):
        policy, by = Policy.objects.get(pk=policy_id), User.objects.get(pk=user_id)
        simulation.simulate(policy=policy, as_of=dt.date.fromisoformat(as_of), by=by, report=report)
        page = "tiers:studio" if policy.is_draft else "tiers:policy"
        job.result_url = f"{reverse(page, args=[policy_id])}?on={as_of}"


@shared_task(name="tiers.find_routes")
def find_routes(job_id: int, client_id: int, run_id: int) -> None:
    """Looks for a client's routes to the next tier, asked for by a person."""
    with suppress(AlreadyDone), working_on(job_id) as (job, _report):
        routes.find_and_keep(
            client=Client.objects.get(pk=client_id),
            run=ScoringRun.objects.select_related("policy").get(pk=run_id),
        )
        job.result_url = reverse("clients:tab", args=[client_id, "tier"])
