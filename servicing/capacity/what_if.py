"""What if: the weeks of the firm with more people or clients, another standard, or somebody away.

Worked out from the figures as they are kept; nothing is stored. All minutes by week.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from servicing.capacity.weeks import SOON
from servicing.planning.cover import covering_pairs
from servicing.standards.a_year import Promise, promises, times_a_year

DAYS_A_YEAR = 365.25
MINUTES_A_DAY = 12  # of one stated hour a week: 60 / 5


@dataclass
class Line:
    """One role's weeks: promised to anybody, to people with stated hours, and what those have for it."""

    promised: list[float]
    measured: list[float]
    available: list[float]

    def copy(self) -> Line:
        return Line(list(self.promised), list(self.measured), list(self.available))


@dataclass(frozen=True)
class Service:
    """The whole firm's weeks of one item and role."""

    item_id: int | None
    role_id: int | None
    tier_id: int | None
    minutes: list[int]


@dataclass
class Present:
    """The figures as they are kept. `clients`: how many each tier serves; `rates`: cost of a role's hour."""

    first_week: dt.date
    working_days: list[int]
    roles: dict[int | None, Line]
    services: list[Service]
    clients: dict[int, int]
    rates: dict[int, Decimal]

    @cached_property
    def promises(self) -> list[Promise]:
        return promises()

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        return covering_pairs()


@dataclass(frozen=True)
class Away:
    """Somebody who leaves, or is away until a day: available minutes by week, and the part of each role."""

    first_on: dt.date
    last_on: dt.date | None
    available: list[int]
    shares: dict[int | None, float]


@dataclass(frozen=True)
class Wish:
    """What is asked: more people of a role (how many, hours a week), more clients of a tier, other minutes or
    another interval of an item, somebody away."""

    people: dict[int, tuple[int, Decimal]] = field(default_factory=dict)
    clients: dict[int, int] = field(default_factory=dict)
    minutes: dict[int, int] = field(default_factory=dict)
    every: dict[int, int] = field(default_factory=dict)
    away: Away | None = None


def suppose(present: Present, wish: Wish) -> dict[int | None, Line]:
    """The roles' weeks if it were so. The rhythm of the year of a changed service stays as it is; what comes
    with more clients lies level over the weeks, or over those of the allowed months."""
    roles = {role: line.copy() for role, line in present.roles.items()}
    _change_services(present, wish, roles)
    for role, (people, hours) in wish.people.items():
        line = roles.setdefault(role, _empty(present))
        for week, days in enumerate(present.working_days):
            line.available[week] += people * float(hours) * MINUTES_A_DAY * days
        if not any(line.measured):  # from now on somebody of this role is measured
            line.measured = list(line.promised)
    if wish.away:
        _send_away(present, wish.away, roles)
    return roles


def _empty(present: Present) -> Line:
    weeks = len(present.working_days)
    return Line([0.0] * weeks, [0.0] * weeks, [0.0] * weeks)


def _change_services(present: Present, wish: Wish, roles: dict[int | None, Line]) -> None:
    before = {each.item_id: each for each in present.promises}
    after = {
        key: each.changed(minutes=wish.minutes.get(key), interval=wish.every.get(key))
        for key, each in before.items()
    }
    times, then = times_a_year(before.values(), present.pairs), times_a_year(after.values(), present.pairs)
    weeks = range(len(present.working_days))
    for key, each in before.items():
        now_asked, then_asked = each.minutes * times[key], after[key].minutes * then[key]
        clients = present.clients.get(each.tier_id, 0)
        more = level(after[key], then_asked * wish.clients.get(each.tier_id, 0), present)
        if then_asked != now_asked and not now_asked:  # nothing of it is in the weeks yet
            started = level(after[key], then_asked * clients, present)
            more = [more[week] + started[week] for week in weeks]
        _add(roles, each.role_id, more, present)
        if then_asked == now_asked or not now_asked:
            continue
        for service in present.services:
            if service.item_id == key:
                share = then_asked / now_asked - 1
                _add(roles, service.role_id, [minutes * share for minutes in service.minutes], present)


def level(promise: Promise, minutes: float, present: Present) -> list[float]:
    """`minutes` a year, level over the weeks; within the allowed months where there are some."""
    days = [7.0] * len(present.working_days)
    days[0] = 7 * present.working_days[0] / 5
    if promise.months:
        for week in range(len(days)):
            middle = present.first_week + dt.timedelta(days=7 * week + 3)
            days[week] *= middle.month in promise.months
    whole = sum(days) if promise.months else DAYS_A_YEAR
    return [minutes * part / whole if whole else 0.0 for part in days]


def _add(roles: dict[int | None, Line], role: int | None, minutes: list[float], present: Present) -> None:
    """Work of a role goes to people with stated hours in the part in which they have it now."""
    if not any(minutes):
        return
    line = roles.setdefault(role, _empty(present))
    promised = sum(line.promised)
    share = sum(line.measured) / promised if promised else 1.0
    for week, amount in enumerate(minutes):
        line.promised[week] = max(line.promised[week] + amount, 0.0)
        line.measured[week] = max(line.measured[week] + amount * share, 0.0)


def _send_away(present: Present, away: Away, roles: dict[int | None, Line]) -> None:
    """The hours are gone; the work stays with those who are there."""
    for week in range(len(present.working_days)):
        monday = present.first_week + dt.timedelta(days=7 * week)
        friday = monday + dt.timedelta(days=4)
        first, last = max(monday, away.first_on), min(friday, away.last_on or friday)
        part = max((last - first).days + 1, 0) / 5
        for role, share in away.shares.items():
            line = roles.setdefault(role, _empty(present))
            line.available[week] -= away.available[week] * share * part


# --- What one reads off the weeks ------------------------------------------------------------------------


def totals(roles: dict[int | None, Line]) -> Line:
    """All roles together."""
    lines = list(roles.values())
    return Line(
        *([sum(week) for week in zip(*(getattr(line, name) for line in lines), strict=True)]
          for name in ("promised", "measured", "available"))
    )  # fmt: skip


def cost(roles: dict[int | None, Line], rates: dict[int, Decimal]) -> Decimal:
    """What the promised hours of the 52 weeks cost at the roles' rates; work without a role has none."""
    return sum(
        (Decimal(sum(line.promised)) / 60 * rates[role] for role, line in roles.items() if role in rates),
        Decimal(0),
    )


def read(line: Line) -> dict[str, Any]:
    """The figures of one line: minutes of the 52 weeks and of the first ones, load, overloaded weeks."""
    overloaded = [
        week
        for week, (owed, there) in enumerate(zip(line.measured, line.available, strict=True))
        if round(owed) > round(there)
    ]
    year, soon = sum(line.available), sum(line.available[:SOON])
    return {
        "promised_year": sum(line.promised),
        "promised_soon": sum(line.promised[:SOON]),
        "measured_year": sum(line.measured),
        "measured_soon": sum(line.measured[:SOON]),
        "available_year": year,
        "available_soon": soon,
        "load": sum(line.measured) / year if year else None,
        "load_soon": sum(line.measured[:SOON]) / soon if soon else None,
        "overloaded": overloaded,
        "first_overloaded": overloaded[0] if overloaded else None,
    }
