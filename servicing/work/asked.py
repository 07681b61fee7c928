"""The request of a client that a task answers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from servicing.models import ServiceTask
from servicing.models.requests import is_late
from servicing.work import words


def request_of(task: ServiceTask, asked: dict[str, Any] | None) -> dict[str, Any] | None:
    """The request, whole, and by when it is to be answered. `asked`: its row, with moments as the database
    writes them in JSON."""
    if not asked:
        return None
    now, by = timezone.now(), _moment(asked["answer_by"])
    return {
        "id": asked["id"],
        "text": asked["text"],
        "received_at": _moment(asked["received_at"]),
        "answer": words.answer_by(by, now) if by and task.is_open else "",
        "late": is_late(by, _moment(asked["answered_at"]), now),
    }


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
