"""Celery adapters of scoring."""

import pghistory
from celery import shared_task
from django.db import OperationalError

from tiers import services

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
