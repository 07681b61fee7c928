"""How gunicorn serves the product, in `make run` and in a container alike."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gunicorn.glogging import Logger


class OneLineLogger(Logger):
    """An address is logged as it was sent: a line break in it cannot forge a line of the log."""

    def atoms(self, *args: Any) -> dict[str, Any]:
        from segmentation_crm.logs import without_secret

        atoms: dict[str, Any] = super().atoms(*args)
        return {**atoms, "U": without_secret(quote(atoms["U"] or "", safe="/"))}


bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
control_socket_disable = True  # it would lie in the home folder, one for all installations
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 5
max_requests = 10_000
max_requests_jitter = 1_000
accesslog = "-"
logger_class = OneLineLogger
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
