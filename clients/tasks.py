"""Celery adapters of the record."""

from celery import shared_task

from clients.importing import uploads


@shared_task(name="clients.forget_stale_uploads")
def forget_stale_uploads() -> None:
    """Removes uploaded files that were previewed and never imported."""
    uploads.forget_stale_uploads()
