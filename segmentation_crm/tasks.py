"""Tasks of the wiring itself."""

from celery import shared_task

from clients import sweeps
from segmentation_crm import health


@shared_task(name="segmentation_crm.heartbeat", expires=120)
def heartbeat() -> None:
    """Sent by beat every minute and run by a worker: /readyz reads that both live."""
    health.beat_heart()
    sweeps.note_heartbeat()
