"""Which decisions are offered for a meeting, and what waits for the next."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from clients.models import Client, Permission
from servicing.models import OPEN_STATUSES, DecisionResult, MeetingDecision, ReadyDecision, ServiceTask
from servicing.models.tasks import TaskStatus

# A decision can be chosen while the meeting is ahead, or noted after it was held.
TAKES_DECISION = (*OPEN_STATUSES, TaskStatus.DONE)


def decision_of(task: ServiceTask) -> MeetingDecision | None:
    """The one decision of a meeting; one query."""
    return MeetingDecision.objects.filter(task=task).select_related("chosen", "set_by").first()


def waiting(client: int) -> list[MeetingDecision]:
    """Decisions noted for a meeting to come, the oldest first: without a meeting yet, or of one that did not
    take place."""
    lost = Q(task__isnull=False) & ~Q(task__status__in=TAKES_DECISION)
    noted = MeetingDecision.objects.filter(Q(task__isnull=True) | lost, client=client, result="")
    return list(noted.order_by("id"))


def left_open(client: int) -> MeetingDecision | None:
    """The decision of the last meeting where it was not decided, and nothing was noted since."""
    held = MeetingDecision.objects.filter(client=client, task__status=TaskStatus.DONE).exclude(result="")
    last = held.order_by("-task__completed_on", "-id").first()
    return last if last and last.result == DecisionResult.NOT_DECIDED else None


@dataclass(frozen=True)
class Option:
    """A decision that can be chosen: `value`, as the form sends it; `ready`: what to have ready for it."""

    value: str
    text: str
    ready: str = ""


@dataclass
class Options:
    """A group of options under a heading."""

    label: str | Promise
    each: list[Option] = field(default_factory=list)


def options_for(client: Client) -> list[Options]:
    """What is offered for the next meeting of `client`: what waits for it first, then the firm's list.

    Decisions of a persona are offered with the client's permission alone. Three queries.
    """
    noted = waiting(client.pk)
    again = left_open(client.pk)
    words = ReadyDecision.objects.active().filter(Q(persona=None) | Q(persona=_persona(client)))
    own: list[tuple[ReadyDecision, Option]] = []
    general: list[tuple[ReadyDecision, Option]] = []
    for word in words.select_related("persona"):
        option = Option(f"ready:{word.pk}", word.label, word.changes)
        (own if word.persona_id else general).append((word, option))
    groups = [
        Options(_("Noted for this meeting"), [Option(f"noted:{each.pk}", each.text) for each in noted]),
        Options(
            _("Not decided last time"),
            [Option(f"again:{again.pk}", again.text)]
            if again and again.text not in {each.text for each in noted}
            else [],
        ),
        Options(
            str(own[0][0].persona) if own else "",
            [option for _word, option in own],
        ),
        Options(_("For everyone"), [option for _word, option in general]),
    ]
    return [group for group in groups if group.each]


def _persona(client: Client) -> int | None:
    return client.persona_id if client.permission == Permission.GRANTED else None
