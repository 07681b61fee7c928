"""How gunicorn serves the product, in `make run` and in a container alike."""

import os
from pathlib import Path

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 5
max_requests = 10_000
max_requests_jitter = 1_000
accesslog = "-"
# Address, status and time; no query string, which may hold a client's name.
access_log_format = '%(t)s "%(m)s %(U)s" %(s)s %(b)s bytes %(M)s ms'
if Path("/dev/shm").is_dir():  # noqa: S108  (a worker's heartbeat file must not wait for a disk)
    worker_tmp_dir = "/dev/shm"  # noqa: S108


def on_starting(server: object) -> None:
    """Ends at once, in one sentence each, where the settings cannot serve."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segmentation_crm.settings")
    django.setup()
    from segmentation_crm.checks import refuse_wrong_settings

    refuse_wrong_settings()
