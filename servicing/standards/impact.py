"""What an item costs a year and which open tasks hang on it: a change is shown before it is saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.firm import firm_today
from clients.formats import hours
from servicing.models import OPEN_STATUSES, FulfilmentRule, ServiceClock, ServiceItem, ServiceTask
from servicing.planning.scope import SERVED
from servicing.work.words import often

# Active clients served by the tier today; how many are waived the service today or have an own interval; and
# how many times a year it falls due for all of them together.
TIMES_A_YEAR = f"""
    SELECT count(*), count(waiver.client_id),
        count(*) FILTER (WHERE waiver.client_id IS NULL AND own.interval_months <> %(interval)s),
        coalesce(sum(12.0 / coalesce(own.interval_months, %(interval)s)) FILTER (
            WHERE waiver.client_id IS NULL
        ), 0)
    FROM ({SERVED.format(narrow="")}) served
    LEFT JOIN servicing_cadenceoverride own ON own.client_id = served.client_id AND own.kind_id = %(kind)s
        AND own.starts_on <= %(day)s AND (own.ends_on IS NULL OR own.ends_on >= %(day)s)
    LEFT JOIN (
        SELECT DISTINCT client_id FROM servicing_waiver
        WHERE kind_id = %(kind)s AND %(day)s BETWEEN starts_on AND ends_on
    ) waiver ON waiver.client_id = served.client_id
    WHERE served.tier_id = %(tier)s
"""  # noqa: S608  (a constant of planning)


@dataclass(frozen=True)
class Footing:
    """What one item promises and asks for, as it is stored. `a_year`: minutes for all its clients."""

    service: str
    tier: str
    often: str
    basis: str
    months: tuple[int, ...]
    role: str
    channel: str
    minutes: int
    window: tuple[int, int]
    lead: int
    fulfilled_by: tuple[str, ...]
    ended: bool
    clients: int
    waived: int
    own: int
    a_year: float
    open_tasks: int
    clocks: int


def footing(item_id: int) -> Footing | None:
    """The item as it stands, or None where there is none."""
    item = ServiceItem.objects.filter(pk=item_id).select_related("standard__tier", "kind", "role").first()
    if item is None:
        return None
    today = firm_today()
    with connection.cursor() as cursor:
        cursor.execute(
            TIMES_A_YEAR,
            {
                "day": today,
                "kind": item.kind_id,
                "tier": item.standard.tier_id,
                "interval": item.interval_months,
            },
        )
        clients, waived, own, times = cursor.fetchone()
    return Footing(
        service=item.kind.label,
        tier=item.standard.tier.code,
        often=often(item.interval_months),
        basis=item.basis,
        months=(item.first_offset_months or 0, *item.allowed_months),
        role=item.role.label,
        channel=item.channel,
        minutes=item.planned_minutes,
        window=(item.window_before_days, item.window_after_days),
        lead=item.lead_days,
        fulfilled_by=tuple(
            FulfilmentRule.objects.filter(service_kind=item.kind_id)
            .order_by("touch_kind__position", "touch_kind")
            .values_list("touch_kind__label", flat=True)
        ),
        ended=item.ended_on is not None,
        clients=clients,
        waived=waived,
        own=own,
        a_year=0 if item.ended_on or item.automated else float(times) * item.planned_minutes,
        open_tasks=ServiceTask.objects.filter(item=item, status__in=OPEN_STATUSES).count(),
        clocks=ServiceClock.objects.filter(item=item).count(),
    )


@dataclass(frozen=True)
class Impact:
    """What a change does, in sentences; `roles`: rows (role, before, after, difference) in hours a year."""

    tasks: list[str]
    roles: list[tuple[str, str, str, str]]
    counted: str


def impact(before: Footing | None, after: Footing | None) -> Impact:
    """What the step from one footing to the other does."""
    return Impact(tasks=_tasks(before, after), roles=_roles(before, after), counted=_counted(after or before))


def _tasks(before: Footing | None, after: Footing | None) -> list[str]:
    """What happens to open tasks and to the dates that are given already."""
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
    how = ("role", "channel", "minutes", "window")
    if any(getattr(before, name) != getattr(after, name) for name in how):
        text = ngettext(
            "%(n)s open task takes the new role, channel, minutes and window at the next planning.",
            "%(n)s open tasks take the new role, channel, minutes and window at the next planning.",
            before.open_tasks,
        )
        said.append(text % {"n": before.open_tasks})
    else:
        said.append(_("No open task changes."))
    when = ("often", "basis", "months", "lead")
    if any(getattr(before, name) != getattr(after, name) for name in when):
        text = ngettext(
            "The next date of %(n)s client is given anew at the next planning; an open task keeps its own.",
            "The next dates of %(n)s clients are given anew at the next planning; open tasks keep theirs.",
            before.clocks,
        )
        said.append(text % {"n": before.clocks})
    if before.fulfilled_by != after.fulfilled_by:
        said.append(
            _(
                "In every tier that promises %(service)s, it is fulfilled by: %(touches)s. Dates that no "
                "longer fit are given anew at the next planning."
            )
            % {"service": after.service, "touches": ", ".join(after.fulfilled_by) or _("nothing")}
        )
    return said


def _roles(before: Footing | None, after: Footing | None) -> list[tuple[str, str, str, str]]:
    minutes: dict[str, list[float]] = {}
    for place, each in enumerate((before, after)):
        if each:
            minutes.setdefault(each.role, [0, 0])[place] += each.a_year
    return [
        (role, hours(first), hours(then), _difference(then - first))
        for role, (first, then) in sorted(minutes.items())
    ]


def _difference(minutes: float) -> str:
    if round(minutes) == 0:
        return _("as before")
    words = _("%(time)s more") if minutes > 0 else _("%(time)s freed")
    return words % {"time": hours(abs(minutes))}


def _counted(each: Footing | None) -> str:
    if each is None:
        return ""
    parts: dict[str, Any] = {"n": each.clients, "tier": each.tier, "waived": each.waived, "own": each.own}
    return (
        _(
            "Counted with %(n)s active clients served by tier %(tier)s today: %(waived)s of them are waived "
            "this service, %(own)s have it at their own interval."
        )
        % parts
    )
