"""Celery adapters of planning."""

from celery import shared_task
from django.db import OperationalError

from clients.sweeps import noted
from servicing.dashboards import rollups
from servicing.planning import sweeps

RETRY = {"autoretry_for": (OperationalError,), "retry_backoff": 5, "max_retries": 5}


@shared_task(name="servicing.plan_changed", **RETRY)
def plan_changed() -> None:
    """Plans for clients whose facts changed, and brings the figures of the dashboards up to date."""
    with noted("servicing.plan_changed") as counts:
        counts["planned"] = sweeps.plan_changed()
        rollups.refresh_when_due()


@shared_task(name="servicing.plan_all", **RETRY)
def plan_all() -> None:
    """Plans what is due today, for all clients."""
    with noted("servicing.plan_all") as counts:
        counts.update(sweeps.plan_today().counted())
        rollups.refresh()
