"""A client's confidence over time: what is read, and its drawing with its table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.formats import short_date
from clients.register.active import active_fields
from servicing.meetings.tracked import BLOCKER, CONFIDENCE
from servicing.models import ConfidenceAnswer
from servicing.models.meetings import HIGHEST

# The drawing: 640 by 200, with room for the scale at its left and the dates below.
LEFT, TOP, WIDTH, HEIGHT = 32, 16, 592, 144
SHOWN = 40  # answers in a trend, the newest


@dataclass(frozen=True)
class Answer:
    """One answer of a client: its value, what kept it from being higher, when, and in which meeting."""

    id: int
    value: int
    blocker: str
    on: dt.date
    task: int | None = None
    meeting: str = ""
    by: str = ""


def answers_of(client: int) -> list[Answer]:
    """A client's answers, the oldest first, as far as the field register lets them be shown; one query."""
    active = active_fields()
    if CONFIDENCE not in active:
        return []
    rows = ConfidenceAnswer.objects.filter(client=client).select_related("task__kind", "asked_by")
    found = [
        Answer(
            row.pk,
            row.value,
            row.blocker if BLOCKER in active else "",
            row.asked_on,
            row.task_id,
            row.task.name if row.task else "",
            row.asked_by.display_name if row.asked_by else "",
        )
        for row in rows.order_by("-asked_on", "-pk")[:SHOWN]
    ]
    return found[::-1]


def drawing(answers: Sequence[Answer]) -> dict[str, Any] | None:
    """What the chart's template draws: a point for each answer, joined by a line; None where there is none.

    Days are spread by their distance; a single answer stands at the right.
    """
    if not answers:
        return None
    first, last = answers[0].on, answers[-1].on
    days = (last - first).days
    points = []
    for place, answer in enumerate(answers):
        share = (answer.on - first).days / days if days else (place + 1) / len(answers)
        points.append(
            {
                "x": round(LEFT + 12 + share * (WIDTH - 24), 1),
                "y": round(TOP + HEIGHT * (1 - answer.value / HIGHEST), 1),
                "value": answer.value,
                "on": answer.on,
            }
        )
    return {
        "points": points,
        "line": " ".join(f"{point['x']},{point['y']}" for point in points) if len(points) > 1 else "",
        "steps": [
            {"y": TOP + HEIGHT * (HIGHEST - step) // HIGHEST, "label": step} for step in (0, 5, HIGHEST)
        ],
        "first": first,
        "last": last,
        "newest": answers[-1],
        "before": answers[-2] if len(answers) > 1 else None,
        "says": in_words(answers),
        "rows": list(reversed(answers)),
    }


def in_words(answers: Sequence[Answer]) -> str:
    """The trend in a sentence."""
    newest = answers[-1]
    now = _("%(value)s of 10 on %(day)s") % {"value": newest.value, "day": short_date(newest.on)}
    if len(answers) == 1:
        return now + "."
    since = answers[0]
    change = newest.value - since.value
    counted = ngettext("%(n)s answer", "%(n)s answers", len(answers)) % {"n": len(answers)}
    if not change:
        moved = _("as on %(day)s") % {"day": short_date(since.on)}
    else:
        words = _("%(n)s up from %(day)s") if change > 0 else _("%(n)s down from %(day)s")
        moved = words % {"n": abs(change), "day": short_date(since.on)}
    return f"{now}, {moved}; {counted}."
