"""The Celery application; each app's `tasks.py` is found by itself."""

import logging.config
import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segmentation_crm.settings")

app = Celery("segmentation_crm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def log_as_the_web_does(**kwargs: object) -> None:
    """First thing in a worker or beat: it ends where the settings cannot serve, and logs like the web."""
    from django.conf import settings

    from segmentation_crm import checks

    checks.refuse_wrong_settings()
    logging.config.dictConfig(settings.LOGGING)
