"""What a change of the standards does to open tasks, dates and hours: shown before it is saved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.formats import hours
from servicing.models import OPEN_STATUSES, FulfilmentRule, ServiceClock, ServiceItem, ServiceTask
from servicing.standards.a_year import Counted, Hours, counted, promises, times_a_year
from servicing.standards.rules import Moves
from servicing.work.words import often


@dataclass(frozen=True)
class Footing:
    """What one item promises, as it is stored. `beside`: a touch of another service of its tier fulfils it
    too, so that it asks for less time of its own, or for none."""

    service: str
    tier: str
    often: str
    basis: str
    months: tuple[int, ...]
    role: str
    channel: str
    minutes: int
    automated: bool
    window: tuple[int, int]
    lead: int
    fulfilled_by: tuple[str, ...]
    ended: bool
    beside: bool
    clients: Counted
    open_tasks: int
    clocks: int


def footing(item_id: int) -> Footing | None:
    """The item as it stands, or None where there is none."""
    item = ServiceItem.objects.filter(pk=item_id).select_related("standard__tier", "kind", "role").first()
    if item is None:
        return None
    times = times_a_year(promises(that_last=True)).get(item_id, 0)
    return Footing(
        service=item.kind.label,
        tier=item.standard.tier.code,
        often=often(item.interval_months),
        basis=item.basis,
        months=(item.first_offset_months or 0, *item.allowed_months),
        role=item.role.label,
        channel=item.channel,
        minutes=item.planned_minutes,
        automated=item.automated,
        window=(item.window_before_days, item.window_after_days),
        lead=item.lead_days,
        fulfilled_by=fulfilling(item.kind_id),
        ended=item.ended_on is not None,
        beside=item.ended_on is None and times < 12 / item.interval_months,
        clients=counted([item_id])[item_id],
        open_tasks=ServiceTask.objects.filter(item=item, status__in=OPEN_STATUSES).count(),
        clocks=ServiceClock.objects.filter(item=item).count(),
    )


def fulfilling(kind_id: int) -> tuple[str, ...]:
    """The touch kinds that fulfil a service, in their order."""
    rules = FulfilmentRule.objects.filter(service_kind=kind_id)
    return tuple(
        rules.order_by("touch_kind__position", "touch_kind").values_list("touch_kind__label", flat=True)
    )


@dataclass(frozen=True)
class Impact:
    """What a change does, in sentences; `roles`: rows (role, before, after, difference) in hours a year."""

    tasks: list[str]
    roles: list[tuple[str, str, str, str]] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)


def of_item(before: Footing | None, after: Footing | None, moves: Moves | None = None) -> list[str]:
    """What happens to open tasks and to the dates that are given already. `moves`: what is moved by other
    touches that fulfil it."""
    if before is None or after is None:
        return [_("No open task changes; the first ones are made at the next planning.")] if after else []
    said = []
    if after.ended and not before.ended:
        text = ngettext(
            "%(n)s open task is cancelled on the day on which the service ends.",
            "%(n)s open tasks are cancelled on the day on which the service ends.",
            before.open_tasks,
        )
        return [text % {"n": before.open_tasks}]
    how = ("role", "channel", "minutes", "automated", "window")
    if any(getattr(before, name) != getattr(after, name) for name in how):
        text = ngettext(
            "%(n)s open task takes the new role, channel, minutes and window at the next planning.",
            "%(n)s open tasks take the new role, channel, minutes and window at the next planning.",
            before.open_tasks,
        )
        said.append(text % {"n": before.open_tasks})
    elif not moves:
        said.append(_("No open task changes."))
    when = ("often", "basis", "months", "lead")
    if any(getattr(before, name) != getattr(after, name) for name in when):
        text = ngettext(
            "The next date of %(n)s client is given anew at the next planning; an open task keeps its own.",
            "The next dates of %(n)s clients are given anew at the next planning; open tasks keep theirs.",
            before.clocks,
        )
        said.append(text % {"n": before.clocks})
    return said + (of_rules(after.service, after.fulfilled_by, moves) if moves else [])


def of_rules(service: str, fulfilled_by: tuple[str, ...], moves: Moves) -> list[str]:
    """What other fulfilling touches do, in every tier that promises the service."""
    touches = ", ".join(fulfilled_by) or _("nothing")
    said = [
        _("In every tier that promises %(service)s, it is fulfilled by: %(touches)s.")
        % {"service": service, "touches": touches}
    ]
    if moves.done:
        text = ngettext(
            "%(n)s open task is closed as done at the next planning: a touch on record fulfils it now.",
            "%(n)s open tasks are closed as done at the next planning: touches on record fulfil them now.",
            moves.done,
        )
        said.append(text % {"n": moves.done})
    if moves.dates:
        text = ngettext(
            "The next date of %(n)s client is given anew at the next planning.",
            "The next dates of %(n)s clients are given anew at the next planning.",
            moves.dates,
        )
        said.append(text % {"n": moves.dates})
    if not (moves.done or moves.dates):
        said.append(_("No open task and no date changes."))
    return [*said, _("Other open tasks keep their dates, and what was done stays done.")]


def of_waiver(closed: int, opened: int) -> list[str]:
    """What a waiver, or another end of one, does to open tasks."""
    said = []
    if closed:
        text = ngettext(
            "%(n)s open task is waived at the next planning.",
            "%(n)s open tasks are waived at the next planning.",
            closed,
        )
        said.append(text % {"n": closed})
    if opened:
        text = ngettext(
            "%(n)s task is open at the next planning.", "%(n)s tasks are open at the next planning.", opened
        )
        said.append(text % {"n": opened})
    return said or [_("No open task changes.")]


def by_role(before: Hours, after: Hours) -> list[tuple[str, str, str, str]]:
    """Rows (role, now, then, difference) of hours a year."""
    now, then = dict(before), dict(after)
    return [
        (
            role,
            hours(now.get(role, 0)),
            hours(then.get(role, 0)),
            _difference(then.get(role, 0) - now.get(role, 0)),
        )
        for role in sorted(now | then)
    ]


def _difference(minutes: float) -> str:
    if round(minutes) == 0:
        return _("as before")
    words = _("%(time)s more") if minutes > 0 else _("%(time)s freed")
    return words % {"time": hours(abs(minutes))}


def how_counted(each: Footing) -> list[str]:
    """With whom the hours were counted."""
    numbers = each.clients
    parts: dict[str, Any] = {
        "n": numbers.clients,
        "tier": each.tier,
        "waived": numbers.waived,
        "own": numbers.own,
    }
    said = [
        _(
            "Counted with %(n)s active clients served by tier %(tier)s today: %(waived)s of them are waived "
            "this service, %(own)s have it at their own interval."
        )
        % parts
    ]
    if each.beside:
        said.append(
            _(
                "A touch of another service of this tier fulfils it too: it asks for time of its own only "
                "between two of those."
            )
        )
    return said
