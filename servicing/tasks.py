"""Celery adapters of planning."""

from celery import shared_task
from django.db import OperationalError

from servicing.planning import sweeps

RETRY = {"autoretry_for": (OperationalError,), "retry_backoff": 5, "max_retries": 5}


@shared_task(name="servicing.plan_changed", **RETRY)
def plan_changed() -> None:
    """Plans for clients whose facts changed."""
    sweeps.plan_changed()


@shared_task(name="servicing.plan_all", **RETRY)
def plan_all() -> None:
    """Plans what is due today, for all clients."""
    sweeps.plan_today()
