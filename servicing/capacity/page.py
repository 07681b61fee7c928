"""What the capacity page and the page of one person show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.firm import firm_today
from clients.formats import hours, short_date
from clients.models import ServiceRole, Tier
from servicing.capacity import reading, what_if
from servicing.capacity.drawing import chart
from servicing.capacity.forms import WhatIfForm
from servicing.capacity.what_if import Line, Present
from servicing.models import CapacityFigures, PersonLoad

PAGE = 25
OPENS = "what-if"  # in the address: draws the form of what if, which most visits leave closed
ASKED = ("people", "hours", "clients", "minutes", "every", "away")
PERSON = (
    "user_id",
    "user__username",
    "user__first_name",
    "user__last_name",
    "user__is_active",
    "user__client_hours__hours_a_week",
    "clients",
    "promised_year",
    "promised_soon",
    "busiest",
    "available_year",
    "available_soon",
    "overloaded",
    "first_overloaded",
    "load",
    "load_soon",
)


def overview(figures: CapacityFigures, query: QueryDict) -> dict[str, Any]:
    """The page: the figures one would act on, the chart, roles, tiers and what if."""
    present, roles, tiers = reading.present(figures)
    form, supposed = None, None
    if OPENS in query or any(name.partition("_")[0] in ASKED for name in query):
        served = _served(tiers, present)
        form = WhatIfForm(query, present=present, roles=roles, tiers=served, today=firm_today())
        if form.is_asked and form.is_valid():
            supposed = what_if.suppose(present, form.wish())
    firm = what_if.totals(present.roles)
    drawn = chart(
        present.first_week,
        reading.by_tier([(each.tier_id, each.minutes) for each in present.services], tiers),
        firm.measured,
        firm.available if any(firm.available) else None,
        _lines(supposed) if supposed else None,
    )
    return {
        "figures": figures,
        "chart": drawn,
        "roles": _roles(present, roles),
        "tiers": _tiers(present, tiers),
        "form": form,
        "supposed": _compared(present, roles, supposed) if supposed else None,
        **first_figures(figures, firm),
    }


def first_figures(figures: CapacityFigures, firm: Line | None = None) -> dict[str, Any]:
    """The figures above the chart. `firm`: all roles together, where they are at hand."""
    if firm is None:
        firm = what_if.totals(reading.present(figures)[0].roles)
    read = what_if.read(firm)
    first = read["first_overloaded"]
    return {
        "read": read,
        "measured": any(firm.available),
        **reading.counts(),
        "first_overloaded": reading.monday(figures, first) if first is not None else None,
        "overloaded": len(read["overloaded"]),
    }


def _served(tiers: list[Tier], present: Present) -> list[Tier]:
    """Tiers that one may get more clients of: those with a standard or with clients."""
    asked = {promise.tier_id for promise in present.promises} | set(present.clients)
    return [tier for tier in tiers if tier.pk in asked]


def _lines(roles: dict[int | None, Line]) -> tuple[list[float], list[float]]:
    line = what_if.totals(roles)
    return line.promised, line.available


def _roles(present: Present, roles: list[ServiceRole]) -> list[dict[str, Any]]:
    rows = []
    for role in [*roles, None]:
        line = present.roles.get(role.pk if role else None)
        if line is None or not (any(line.promised) or any(line.available)):
            continue
        name = role.label if role else _("Outside the roles")
        rows.append({"name": name, "line": line, "cost": _cost(role, line), **what_if.read(line)})
    return rows


def _cost(role: ServiceRole | None, line: Line) -> float | None:
    return float(role.hourly_cost) * sum(line.promised) / 60 if role else None


def _tiers(present: Present, tiers: list[Tier]) -> list[dict[str, Any]]:
    sums: dict[int | None, int] = {}
    for service in present.services:
        sums[service.tier_id] = sums.get(service.tier_id, 0) + sum(service.minutes)
    whole = sum(sums.values())
    rows = []
    for tier in [*tiers, None]:
        key = tier.pk if tier else None
        minutes, clients = sums.get(key, 0), present.clients.get(key or 0, 0)
        if minutes or clients:
            rows.append(
                {
                    "code": tier.code if tier else "",
                    "clients": clients,
                    "minutes": minutes,
                    "share": minutes / whole if whole else None,
                    "a_client": minutes / clients if clients else None,
                }
            )
    return rows


# --- People --------------------------------------------------------------------------------------------


def people(figures: CapacityFigures, show: str, page: int) -> dict[str, Any]:
    """A page of the table of people."""
    rows = list(reading.people(show).values(*PERSON)[page * PAGE : (page + 1) * PAGE + 1])
    return {
        "people": [person_row(figures, row) for row in rows[:PAGE]],
        "next_page": page + 2 if len(rows) > PAGE else None,
        "previous_page": page if page else None,
    }


def person_row(figures: CapacityFigures, row: Mapping[str, Any]) -> dict[str, Any]:
    """A person's figures as plain values, overload in words."""
    stated = row["user__client_hours__hours_a_week"]
    return {
        **row,
        "name": f"{row['user__first_name']} {row['user__last_name']}".strip() or row["user__username"],
        "url": reverse("servicing:person_capacity", args=[row["user_id"]]),
        "stated": stated,
        "measured": row["available_year"] is not None,
        "is_over": row["available_soon"] is not None and row["promised_soon"] > row["available_soon"],
        "mean": row["promised_year"] / len(figures.working_days),
        "busiest_on": reading.monday(figures, row["busiest"]),
        "busiest_url": _work_of(figures, row["busiest"]),
        "first_url": _work_of(figures, row["first_overloaded"]),
        "over_words": _over_words(figures, row["overloaded"], row["first_overloaded"]),
        "first_on": reading.monday(figures, row["first_overloaded"])
        if row["first_overloaded"] is not None
        else None,
    }


def week_row(figures: CapacityFigures, row: Mapping[str, Any]) -> dict[str, Any]:
    """A person's share of one week: `owed` and `there` in minutes; None of nobody."""
    if row["user_id"] is None:
        named = {"name": _("Nobody"), "url": reverse("servicing:person_capacity", args=[0]), "nobody": True}
    else:
        named = person_row(figures, row)
    owed, there = row["owed"], row["there"]
    return {
        **named,
        "owed": owed,
        "there": there,
        "part": owed / there if there else None,
        "is_over": there is not None and owed > there,
    }


def _work_of(figures: CapacityFigures, week: int | None) -> str:
    """Where a person's page opens the work of a week; empty without one."""
    return f"?week={reading.monday(figures, week).isoformat()}#work" if week is not None else ""


def _over_words(figures: CapacityFigures, overloaded: int | None, first: int | None) -> str:
    if overloaded is None:
        return ""
    if not overloaded or first is None:
        return _("none")
    text = ngettext("%(n)s week, that of %(week)s", "%(n)s weeks, first that of %(week)s", overloaded)
    return text % {"n": overloaded, "week": short_date(reading.monday(figures, first))}


def one_person(figures: CapacityFigures, user_id: int | None) -> dict[str, Any] | None:
    """One person's weeks by tier with the hours for them, or None of somebody without figures."""
    which = PersonLoad.objects.filter(user_id=user_id) if user_id else PersonLoad.objects.filter(user=None)
    row = which.values(*PERSON, "promised", "available").first()
    if row is None:
        return None
    parts = [(tier, minutes) for _role, tier, minutes in reading.weeks_of(user_id)]
    tiers = list(Tier.objects.order_by("position", "id"))
    return {
        "person": person_row(figures, row) if user_id else row,
        "chart": chart(figures.first_week, reading.by_tier(parts, tiers), row["promised"], row["available"]),
    }


# --- What if -------------------------------------------------------------------------------------------


def _compared(present: Present, roles: list[ServiceRole], supposed: dict[int | None, Line]) -> dict[str, Any]:
    """Now beside what would be: rows (name, now, then, difference) as texts, and the roles."""
    now, then = what_if.read(what_if.totals(present.roles)), what_if.read(what_if.totals(supposed))
    costs = [float(what_if.cost(lines, present.rates)) for lines in (present.roles, supposed)]
    rows = [
        _minutes(_("Promised in 52 weeks"), now["promised_year"], then["promised_year"]),
        _minutes(_("Available in 52 weeks"), now["available_year"], then["available_year"]),
        _minutes(_("Promised in the next 4 weeks"), now["promised_soon"], then["promised_soon"]),
        _minutes(_("Available in the next 4 weeks"), now["available_soon"], then["available_soon"]),
        {"name": _("Load over 52 weeks"), "kind": "percent", "now": now["load"], "then": then["load"]},
        {
            "name": _("First overloaded week"),
            "kind": "week",
            "now": _week(present, now["first_overloaded"]),
            "then": _week(present, then["first_overloaded"]),
        },
        {
            "name": _("Overloaded weeks"),
            "kind": "number",
            "now": len(now["overloaded"]),
            "then": len(then["overloaded"]),
        },
        {
            "name": _("Cost of the promised hours in 52 weeks"),
            "kind": "money",
            "now": costs[0],
            "then": costs[1],
            "difference": costs[1] - costs[0],
        },
    ]
    names = {role.pk: role.label for role in roles}
    by_role = []
    for key in [*names, None]:
        line = supposed.get(key)
        before = present.roles.get(key)
        if line is None or not (any(line.promised) or any(line.available)):
            continue
        by_role.append(
            {
                "name": names.get(key or 0, _("Outside the roles")),
                "now": what_if.read(before) if before else None,
                "then": what_if.read(line),
            }
        )
    return {"rows": rows, "roles": by_role, "says": _conclusion(present, now, then)}


def _minutes(name: str, now: float, then: float) -> dict[str, Any]:
    return {"name": name, "kind": "hours", "now": now, "then": then, "difference": then - now}


def _week(present: Present, number: int | None) -> dt.date | None:
    return None if number is None else present.first_week + dt.timedelta(weeks=number)


def _conclusion(present: Present, now: dict[str, Any], then: dict[str, Any]) -> str:
    """The answer in a sentence or two."""
    more = then["promised_year"] - now["promised_year"]
    there = then["available_year"] - now["available_year"]
    said = []
    if round(more):
        words = (
            _("%(time)s more promised in 52 weeks.") if more > 0 else _("%(time)s less promised in 52 weeks.")
        )
        said.append(words % {"time": hours(abs(more))})
    if round(there):
        words = (
            _("%(time)s more available in 52 weeks.")
            if there > 0
            else _("%(time)s less available in 52 weeks.")
        )
        said.append(words % {"time": hours(abs(there))})
    if not said:
        said.append(_("Nothing changes by it."))
    first, before = then["first_overloaded"], now["first_overloaded"]
    if first is None:
        said.append(_("No week is overloaded.") if before is None else _("No week is overloaded any more."))
    elif first != before:
        said.append(
            _("The first overloaded week is that of %s.") % short_date(_week(present, first) or dt.date.min)
        )
    return " ".join(said)
