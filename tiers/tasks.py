"""Celery adapters of scoring."""

import pghistory
from celery import shared_task
from django.db import OperationalError

from clients.firm import firm_today
from clients.models import User
from tiers import services
from tiers.models import RunStatus, ScoringRun

RETRY = {"autoretry_for": (OperationalError,), "retry_backoff": 5, "max_retries": 5}


@shared_task(name="tiers.first_tiers", **RETRY)
def first_tiers() -> None:
    """Gives first tiers to clients whose facts arrived."""
    with pghistory.context(user=None, by="first tiers"):
        services.first_tiers_of_changed_clients()


@shared_task(name="tiers.nightly_run", **RETRY)
def nightly_run() -> None:
    """Proposes tiers for today and gives first tiers."""
    with pghistory.context(user=None, by="nightly run"):
        services.nightly_run()


@shared_task(name="tiers.propose_run", **RETRY)
def propose_run(user_id: int) -> None:
    """Proposes a run for today, asked for by a person."""
    with pghistory.context(user=user_id, by="page"):
        services.propose_run(as_of=firm_today(), by=User.objects.get(pk=user_id))


@shared_task(name="tiers.apply_run", **RETRY)
def apply_run(run_id: int, user_id: int) -> None:
    """Applies a run, asked for by a person; a second message finds it applied and ends."""
    with pghistory.context(user=user_id, by="page"):
        run = ScoringRun.objects.get(pk=run_id)
        if run.status == RunStatus.PROPOSED:
            services.apply_run(run=run, applied_by=User.objects.get(pk=user_id))
