"""Which touch a task naturally becomes when it is worked."""

from __future__ import annotations

from clients.models import TouchKind, TouchOutcome
from servicing.models import Channel, ServiceTask
from servicing.modifiers.words import MEETINGS

_BY_CHANNEL = {
    Channel.IN_PERSON: "meeting",
    Channel.VIDEO: "meeting",
    Channel.PHONE: "call",
    Channel.DIGITAL: "digital_check_in",
    Channel.EMAIL: "email_reply",
}
_ATTEMPT_BY_CHANNEL = {Channel.DIGITAL: "email", Channel.EMAIL: "email"}


def fulfilling_kind(task: ServiceTask) -> TouchKind:
    """The touch kind that completing `task` logs: of those that fulfil its kind the one of the same name,
    else the one of its channel, else the first in the firm's order. A task that no touch fulfils logs the
    kind of its channel."""
    kinds = list(TouchKind.objects.filter(pk__in=_fulfilling_ids(task)).order_by("position", "id"))
    of_channel = _BY_CHANNEL.get(Channel(task.channel), "meeting") if task.channel else "meeting"
    if not kinds:
        return TouchKind.objects.filter(code=of_channel).first() or _first(TouchOutcome.REACHED)
    named = [kind for kind in kinds if task.kind and kind.code == task.kind.code]
    return (named or [kind for kind in kinds if kind.code == of_channel] or kinds)[0]


def is_conversation(task: ServiceTask) -> bool:
    """Whether people talk in it, and so agree on what comes next: a meeting, a call, a task of no channel."""
    return not task.automated and task.channel not in (Channel.DIGITAL, Channel.EMAIL)


def is_meeting(task: ServiceTask) -> bool:
    """Whether people sit together or talk in it: in person, by video or by phone. An appointment says how by
    itself; without one the answer to a client's request is none."""
    if task.scheduled_channel:
        return task.scheduled_channel in MEETINGS
    return not task.automated and task.source != "request" and task.channel in MEETINGS


def attempt_kinds() -> list[TouchKind]:
    """The kinds of touch that are attempts by default, in the firm's order."""
    kinds = TouchKind.objects.active().filter(default_outcome=TouchOutcome.ATTEMPTED)
    return list(kinds.order_by("position", "id"))


def likely_attempt(task: ServiceTask, kinds: list[TouchKind]) -> TouchKind | None:
    """The attempt that goes with the task's channel: a mail for a digital one, else a voicemail."""
    code = _ATTEMPT_BY_CHANNEL.get(Channel(task.channel), "voicemail") if task.channel else "voicemail"
    return next((kind for kind in kinds if kind.code == code), kinds[0] if kinds else None)


def _fulfilling_ids(task: ServiceTask) -> list[int]:
    from servicing.models import FulfilmentRule

    rules = FulfilmentRule.objects.filter(service_kind_id=task.kind_id)
    return list(rules.values_list("touch_kind_id", flat=True))


def _first(outcome: str) -> TouchKind:
    kind = TouchKind.objects.filter(default_outcome=outcome).order_by("position", "id").first()
    assert kind is not None  # a migration ships them  # noqa: S101
    return kind
