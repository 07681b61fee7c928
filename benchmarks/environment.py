"""Production settings for the benchmark: no debugging, cached templates, static files with a manifest."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import django

HOST = "localhost"


def set_up(folder: Path) -> None:
    """Configures Django as in production, on the servers that the environment names. Call it first."""
    os.environ |= {
        "DEBUG": "no",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": HOST,
        "PUBLIC_URL": f"https://{HOST}",
        "SECURE_SSL_REDIRECT": "no",
        "STATIC_ROOT": str(folder / "static"),
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "segmentation_crm.settings",
    }
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    # Nothing that a workload queues may run beside it: messages go to a queue that nobody reads.
    settings.CELERY_TASK_DEFAULT_QUEUE = "benchmarks"
    settings.ROOT_URLCONF = "benchmarks.floors.pages"
    call_command("collectstatic", interactive=False, verbosity=0)
