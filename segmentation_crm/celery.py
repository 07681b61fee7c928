"""The Celery application; each app's `tasks.py` is found by itself."""

import os

from celery import Celery
from celery.signals import user_preload_options

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segmentation_crm.settings")

app = Celery("segmentation_crm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@user_preload_options.connect
def refuse_wrong_settings(**kwargs: object) -> None:
    """A worker or beat ends at once, in one sentence each, where the settings cannot serve."""
    from segmentation_crm import checks

    checks.refuse_wrong_settings()
