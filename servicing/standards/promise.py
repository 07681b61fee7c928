"""The client promise: a standard in the words of the client who reads it, without what is ours alone.

Tiers, minutes of preparation, steps, checklists and reasons of exceptions stay inside the firm.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import Client
from servicing.models import (
    OPEN_STATUSES,
    CadenceOverride,
    Channel,
    ServiceClock,
    ServiceItem,
    ServiceStandard,
    ServiceTask,
    Waiver,
)
from servicing.standards.months import month_names
from servicing.work.delivery import served_tier
from servicing.work.words import often


@dataclass(frozen=True)
class Line:
    """One promise. `how`: how long, over which channel, with whom. `agreed`: how it differs by agreement."""

    service: str
    often: str
    how: str
    covers: list[str] = field(default_factory=list)
    agreed: str = ""
    next: str = ""


@dataclass(frozen=True)
class Promise:
    """What the page prints. `left_out`: what is not done for this client, by agreement."""

    summary: str
    lines: list[Line]
    always: list[str]
    asks: list[str]
    team: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.lines or self.always)


def of_tier(standard: ServiceStandard, today: dt.date) -> Promise:
    """What every client of the standard's tier can expect."""
    return Promise(
        summary=standard.summary,
        lines=[_line(item, item.interval_months, item.role.label) for item in _items(standard, today)],
        always=[promise.text for promise in standard.promises.all()],
        asks=standard.asked,
    )


def of_client(client: Client, today: dt.date) -> Promise | None:
    """What this client can expect, its exceptions counted; None where its tier has no standard."""
    standard = ServiceStandard.objects.filter(tier_id__in=served_tier(client, today)).first()
    if standard is None:
        return None
    members = list(client.team.select_related("user", "role").order_by("role__position"))
    team = {member.role_id: (member.user.display_name, member.role.label) for member in members}
    lead = next((member.user.display_name for member in members if member.role.code == "lead_advisor"), "")
    waivers = Waiver.objects.in_force(today).filter(client=client).order_by("ends_on")
    waived = {waiver.kind_id: waiver for waiver in waivers}
    cadences = CadenceOverride.objects.in_force(today).filter(client=client)
    own = {cadence.kind_id: cadence for cadence in cadences}
    dates = _next_dates(client)
    lines, left_out = [], []
    for item in _items(standard, today):
        if waiver := waived.get(item.kind_id):
            left_out.append(
                _("%(service)s, until %(last)s")
                % {"service": item.kind.label, "last": date_format(waiver.ends_on, "F j, Y")}
            )
            continue
        cadence = own.get(item.kind_id)
        months = cadence.interval_months if cadence else item.interval_months
        person, role = team.get(item.role_id) or (lead, _("lead advisor") if lead else item.role.label)
        agreed = _agreed(cadence, item) if cadence and months != item.interval_months else ""
        lines.append(_line(item, months, role, person, agreed, dates.get(item.kind_id)))
    return Promise(
        summary=standard.summary,
        lines=lines,
        always=[promise.text for promise in standard.promises.all()],
        asks=standard.asked,
        team=list(team.values()),
        left_out=left_out,
    )


def _items(standard: ServiceStandard, today: dt.date) -> list[ServiceItem]:
    in_force = standard.items.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=today), Q(starts_on__isnull=True) | Q(starts_on__lte=today)
    )
    return list(in_force.select_related("kind", "role").order_by("position", "id"))


def _next_dates(client: Client) -> dict[int, dt.date]:
    """By service kind: the open task's due date, else the date that its clock gives."""
    clocks = ServiceClock.objects.filter(client=client).values_list("kind", "due_on")
    tasks = ServiceTask.objects.filter(client=client, item__isnull=False, status__in=OPEN_STATUSES)
    return dict(clocks) | {kind: due for kind, due in tasks.values_list("kind", "due_on") if kind}


def _line(
    item: ServiceItem,
    months: int,
    role: str,
    person: str = "",
    agreed: str = "",
    next_on: dt.date | None = None,
) -> Line:
    return Line(
        service=item.kind.label,
        often=_("%(often)s, in %(months)s")
        % {"often": often(months), "months": month_names(item.allowed_months, _("or"))}
        if item.allowed_months
        else often(months),
        how=_how(item, role, person),
        covers=item.agenda_points,
        agreed=agreed,
        next=date_format(next_on, "F Y") if next_on and not item.automated else "",
    )


def _how(item: ServiceItem, role: str, person: str) -> str:
    """about 60 minutes, in person, with Ann Lee, your lead advisor."""
    channel = {
        Channel.IN_PERSON: _("in person"),
        Channel.VIDEO: _("by video"),
        Channel.PHONE: _("by phone"),
        Channel.DIGITAL: _("online"),
        Channel.EMAIL: _("by e-mail"),
    }[Channel(item.channel)]
    if item.automated:
        return _("sent to you %(channel)s") % {"channel": channel}
    length = ngettext("about %(n)s minute", "about %(n)s minutes", item.duration_minutes) % {
        "n": item.duration_minutes
    }
    whom = {"person": person, "role": role[:1].lower() + role[1:]}
    company = _("with %(person)s, your %(role)s") % whom if person else _("with your %(role)s") % whom
    return f"{length}, {channel}, {company}"


def _agreed(cadence: CadenceOverride, item: ServiceItem) -> str:
    words = {"standard": often(item.interval_months)}
    if cadence.ends_on:
        return _("As agreed with you until %(last)s, in place of %(standard)s.") % {
            **words,
            "last": date_format(cadence.ends_on, "F j, Y"),
        }
    return _("As agreed with you, in place of %(standard)s.") % words
