"""Handing work to a Celery worker from a page."""

from __future__ import annotations

from typing import Any

import structlog
from celery import current_app
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


def send(task_name: str, *arguments: Any) -> bool:
    """Queues the task; False where the queue does not answer."""
    try:
        current_app.send_task(task_name, args=arguments, retry=False)
    except (OperationalError, RedisError, OSError):
        log.warning("queue_did_not_answer", task=task_name)
        return False
    return True
