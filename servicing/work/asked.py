"""What a task is for, of one that answers a request or is a stage of a transition."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from servicing.models import ClientRequest, ServiceTask, Transition
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


def case_of(task: ServiceTask) -> int | None:
    """The number of the case whose stage it is, where that is still there; one query, and none for other
    tasks."""
    if task.source != "transition":
        return None
    case = int(task.source_id.partition("-")[0])
    return Transition.objects.filter(pk=case, client=task.client_id).values_list("pk", flat=True).first()
