"""What tags make of a task, said to people: each change with the reason of the tag that made it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Func
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.formats import hours, short_date
from servicing.models import ServiceTask, TaskModifier, TaskTailoring
from servicing.models.modifiers import TimeOfDay
from servicing.models.standards import Channel

_CHANNELS = dict(Channel.choices)
_TIMES = dict(TimeOfDay.choices)

# Of the task `t`: its tailoring with the modifiers that made it, the deciding one first, as one JSON object.
TAILORED = """
    SELECT jsonb_build_object(
        'channel', tailored.channel, 'minutes', tailored.minutes, 'time_of_day', tailored.time_of_day,
        'booking_from', tailored.booking_from, 'by', ARRAY(
            SELECT jsonb_build_object(
                'reason', m.reason, 'channel', m.channel, 'most_minutes', m.most_minutes,
                'length_percent', m.length_percent, 'booking_days', m.booking_days,
                'time_of_day', m.time_of_day, 'prepare', m.prepare, 'follow_up_days', m.follow_up_days
            )
            FROM unnest(tailored.modifiers) WITH ORDINALITY acting (id, place)
            JOIN servicing_taskmodifier m ON m.id = acting.id
            ORDER BY acting.place
        )
    )
    FROM servicing_tasktailoring tailored
    WHERE tailored.task_id = t.id AND t.status IN ('planned', 'scheduled')
"""
# Of the task `t` and its tailoring `tailored`, if any: what it takes and how it is held. An appointment says
# how by itself.
MINUTES = "coalesce(tailored.minutes, t.planned_minutes)"
CHANNEL = "coalesce(nullif(t.scheduled_channel, ''), nullif(tailored.channel, ''), t.channel)"
# How many points tags ask to prepare for it.
POINTS = """(
    SELECT count(DISTINCT m.prepare) FROM servicing_taskmodifier m
    WHERE m.id = ANY(tailored.modifiers) AND m.prepare <> '' AND t.channel IN ('in_person', 'video', 'phone')
)"""
REASONS = """(
    SELECT string_agg(m.reason, ' ' ORDER BY m."order", m.id) FROM servicing_taskmodifier m
    WHERE m.id = ANY(tailored.modifiers) AND (
        m.channel <> '' AND m.channel = tailored.channel OR m.time_of_day <> ''
        OR tailored.minutes IS NOT NULL AND (m.most_minutes IS NOT NULL OR m.length_percent IS NOT NULL)
    )
)"""
MEETINGS = (Channel.IN_PERSON, Channel.VIDEO, Channel.PHONE)


def time_of_day(code: str | None) -> str:
    """When in the day a meeting is best held; empty for whenever."""
    return str(_TIMES[code]) if code else ""


def said(task: ServiceTask, tailored: dict[str, Any] | None, today: dt.date) -> list[dict[str, Any]]:
    """The changes of a task, one line for each tag that decided something: `changes`, its words; `reason`;
    `prepare`: the point to prepare among them.

    `tailored`: as the statement above gives it; None: nothing is changed.
    """
    if tailored is None:
        return []
    left = _decided(task, tailored, today)
    lines = []
    for modifier in tailored["by"]:
        changes = [words for name, words in left.items() if name in _decides(task, modifier, tailored)]
        left = {name: words for name, words in left.items() if words not in changes}
        point = modifier["prepare"] if task.channel in MEETINGS else ""
        if point:
            changes.append(prepare(point))
        if changes:
            lines.append({"changes": changes, "reason": modifier["reason"], "prepare": point})
    return lines


def points(lines: list[dict[str, Any]]) -> dict[str, str]:
    """The points to prepare among the changes that `said` gave, each with its reason."""
    found: dict[str, str] = {}
    for line in lines:
        if line["prepare"]:
            found.setdefault(line["prepare"], line["reason"])
    return found


def without_points(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The other changes, for where the points stand beside them as points to tick."""
    left = [
        line | {"changes": [each for each in line["changes"] if each != prepare(line["prepare"])]}
        for line in lines
    ]
    return [line for line in left if line["changes"]]


def points_of(task: ServiceTask) -> list[str]:
    """What tags ask to prepare for an open task; one query."""
    if task.channel not in MEETINGS or not task.is_open:
        return []
    acting = TaskTailoring.objects.filter(task=task).values(acting=Func("modifiers", function="unnest"))
    asked = TaskModifier.objects.filter(pk__in=acting).exclude(prepare="")
    return list(asked.values_list("prepare", flat=True))


def prepare(point: str) -> str:
    """How a point to prepare is said among the changes of a task."""
    return _("prepare: %(point)s") % {"point": point}


def _decided(task: ServiceTask, tailored: dict[str, Any], today: dt.date) -> dict[str, str]:
    """What is different from the standard, in words."""
    found = {}
    if tailored["channel"]:
        instead = {"new": _CHANNELS[tailored["channel"]], "old": _CHANNELS.get(task.channel, "")}
        found["channel"] = _("%(new)s in place of %(old)s") % instead
    if tailored["minutes"] is not None:
        instead = {"new": hours(tailored["minutes"]), "old": hours(task.planned_minutes)}
        found["minutes"] = _("%(new)s in place of %(old)s") % instead
    if tailored["time_of_day"]:
        found["time_of_day"] = str(_TIMES[tailored["time_of_day"]])
    if tailored["booking_from"]:
        first = short_date(dt.date.fromisoformat(tailored["booking_from"]), today=today)
        found["booking"] = _("offer dates from %(day)s") % {"day": first}
    if days := _follow_up_days(task, tailored):
        found["follow_up"] = ngettext(
            "follow up %(n)s day after it", "follow up %(n)s days after it", days
        ) % {"n": days}
    return found


def _follow_up_days(task: ServiceTask, tailored: dict[str, Any]) -> int:
    asked = [modifier["follow_up_days"] for modifier in tailored["by"] if modifier["follow_up_days"]]
    return min(asked) if asked and task.channel in MEETINGS else 0


def _decides(task: ServiceTask, modifier: dict[str, Any], tailored: dict[str, Any]) -> set[str]:
    """Which of the differences this modifier asked for."""
    asked = set()
    if modifier["channel"] and modifier["channel"] == tailored["channel"]:
        asked.add("channel")
    if tailored["minutes"] is not None and _length(task, modifier) == _tailored_length(task, tailored):
        asked.add("minutes")
    if modifier["time_of_day"] and modifier["time_of_day"] == tailored["time_of_day"]:
        asked.add("time_of_day")
    most = max((each["booking_days"] or 0 for each in tailored["by"]), default=0)
    if tailored["booking_from"] and modifier["booking_days"] == most:
        asked.add("booking")
    if modifier["follow_up_days"] and modifier["follow_up_days"] == _follow_up_days(task, tailored):
        asked.add("follow_up")
    return asked


def _tailored_length(task: ServiceTask, tailored: dict[str, Any]) -> int:
    """Minutes without preparation."""
    preparation = task.planned_minutes - task.item.duration_minutes if task.item else 0
    return int(tailored["minutes"]) - preparation


def _length(task: ServiceTask, modifier: dict[str, Any]) -> int | None:
    """Minutes without preparation that the modifier asks for; None where it asks for none."""
    if task.item is None:
        return None
    of_standard = task.item.duration_minutes
    asked = []
    if modifier["most_minutes"] is not None:
        asked += [modifier["most_minutes"], of_standard]
    if modifier["length_percent"] is not None:
        asked.append((of_standard * modifier["length_percent"] + 50) // 100)
    return min(asked) if asked else None
