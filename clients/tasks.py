"""Celery adapters of the record."""

from celery import shared_task

from clients import notices, sweeps
from clients.importing import uploads
from clients.permission import erasing
from clients.register import check


@shared_task(name="clients.forget_stale_uploads")
def forget_stale_uploads() -> None:
    """Removes uploaded files that were previewed and never imported."""
    with sweeps.noted("clients.forget_stale_uploads") as counts:
        counts["removed"] = uploads.forget_stale_uploads()


@shared_task(name="clients.forget_old_runs")
def forget_old_runs() -> None:
    """Thins the log of scheduled work."""
    with sweeps.noted("clients.forget_old_runs") as counts:
        counts["removed"] = sweeps.forget_old_runs()


@shared_task(name="clients.forget_old_notices")
def forget_old_notices() -> None:
    """Removes notices that were seen long ago."""
    with sweeps.noted("clients.forget_old_notices") as counts:
        counts["removed"] = notices.forget_old()


@shared_task(name="clients.sweep_erasures")
def sweep_erasures() -> None:
    """Erases behavioral triggers outside the record, where permission ended."""
    with sweeps.noted("clients.sweep_erasures") as counts:
        counts["swept"] = erasing.sweep()


@shared_task(name="clients.ask_about_fields")
def ask_about_fields() -> None:
    """Asks the owners of fields that nobody looked at for a year."""
    with sweeps.noted("clients.ask_about_fields") as counts:
        counts["asked"] = check.ask_owners()
