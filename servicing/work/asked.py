"""What a client asked for, of a task that answers a request."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from servicing.models import ClientRequest, ServiceTask
from servicing.work import words


def request_of(task: ServiceTask) -> dict[str, Any] | None:
    """The request, whole, and by when it is to be answered; one query, and none for other tasks."""
    if task.source != "request" or not (asked := ClientRequest.objects.filter(task=task.pk).first()):
        return None
    now, by = timezone.now(), asked.answer_by
    return {
        "id": asked.pk,
        "text": asked.text,
        "received_at": asked.received_at,
        "answer": words.answer_by(by, now) if by and task.is_open else "",
        "late": asked.is_late(now),
    }
