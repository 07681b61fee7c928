"""What the capacity pages show, read from the figures that `weeks` keeps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from clients.models import ServiceRole, Tier
from servicing.capacity.what_if import Line, Present, Service
from servicing.models import CapacityFigures, PersonLoad, PersonWeeks, PromisedWeeks, RoleWeeks

OVER, UNSTATED, EVERYBODY = "over", "unstated", ""


def present(figures: CapacityFigures) -> tuple[Present, list[ServiceRole], list[Tier]]:
    """The firm's weeks, and the roles and tiers in their order."""
    roles = list(ServiceRole.objects.order_by("position", "id"))
    lines: dict[int | None, Line] = {}
    for row in RoleWeeks.objects.values("role_id", "promised", "measured", "available"):
        lines[row["role_id"]] = Line(row["promised"], row["measured"], row["available"])
    if not lines:
        nothing = [0.0] * len(figures.working_days)
        lines = {None: Line(nothing, list(nothing), list(nothing))}
    found = Present(
        first_week=figures.first_week,
        working_days=figures.working_days,
        roles=lines,
        services=[
            Service(*row)
            for row in PromisedWeeks.objects.values_list("item_id", "role_id", "tier_id", "minutes")
        ],
        clients={int(tier): clients for tier, clients in figures.clients.items()},
        rates={role.pk: role.hourly_cost for role in roles},
    )
    return found, roles, list(Tier.objects.order_by("position", "id"))


def by_tier(
    rows: Iterable[tuple[int | None, list[int]]], tiers: Iterable[Tier]
) -> list[tuple[str, list[int]]]:
    """Weeks added up by tier, in the order of `tiers`; work for clients in no tier comes last.

    `rows`: (tier id, minutes by week).
    """
    sums: dict[int | None, list[int]] = {}
    for tier, minutes in rows:
        before = sums.get(tier) or [0] * len(minutes)
        sums[tier] = [a + b for a, b in zip(before, minutes, strict=True)]
    found = [(tier.code, sums[tier.pk]) for tier in tiers if tier.pk in sums]
    return found + ([("", sums[None])] if None in sums else [])


def people(show: str = EVERYBODY) -> QuerySet[PersonLoad]:
    """People by their load of the first four weeks, the fullest first; those who are not measured last."""
    rows = PersonLoad.objects.filter(user__isnull=False)
    if show == OVER:
        rows = rows.filter(OVERFULL)
    elif show == UNSTATED:
        rows = rows.filter(UNSTATED_HOURS)
    return rows.order_by(F("load_soon").desc(nulls_last=True), "user_id")


OVERFULL = Q(promised_soon__gt=F("available_soon"))
UNSTATED_HOURS = Q(available_soon=None, user__is_active=True)  # whoever left states none any more

_COUNTS = """
    SELECT
        (SELECT count(*) FROM servicing_personload
            WHERE user_id IS NOT NULL AND promised_soon > available_soon) AS over,
        (SELECT count(*) FROM servicing_personload l JOIN clients_user u ON u.id = l.user_id
            WHERE l.available_soon IS NULL AND u.is_active) AS unstated,
        coalesce(nobody.promised_soon, 0) AS unassigned_soon,
        coalesce(nobody.promised_year, 0) AS unassigned_year
    FROM (VALUES (1)) one (line) LEFT JOIN servicing_personload nobody ON nobody.user_id IS NULL
"""


def counts() -> dict[str, int]:
    """How many people `people` lists as `over` and as `unstated`.

    `unassigned_soon` and `unassigned_year`: minutes that are promised though nobody is there for them.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        names = [column.name for column in cursor.description]
        return dict(zip(names, cursor.fetchone(), strict=True))


def in_week(number: int) -> QuerySet[PersonLoad]:
    """People with something promised in week `number` (from 0), those furthest beyond their hours first.

    Adds `owed` and `there`, minutes of that week.
    """
    rows = PersonLoad.objects.annotate(owed=F(f"promised__{number}"), there=F(f"available__{number}"))
    beyond = (F("owed") - F("there")).desc(nulls_last=True)
    return rows.filter(**{f"promised__{number}__gt": 0}).order_by(beyond, "user_id")


def weeks_of(user_id: int | None) -> list[tuple[int | None, int | None, list[int]]]:
    """A person's weeks as (role id, tier id, minutes)."""
    rows = PersonWeeks.objects.filter(user_id=user_id) if user_id else PersonWeeks.objects.filter(user=None)
    return list(rows.values_list("role_id", "tier_id", "minutes"))


def monday(figures: CapacityFigures, number: int) -> dt.date:
    return figures.first_week + dt.timedelta(weeks=number)


def number_of(figures: CapacityFigures, day: dt.date) -> int | None:
    """The week of the figures in which `day` lies, from 0; None outside them."""
    number = (day - figures.first_week).days // 7
    return number if 0 <= number < len(figures.working_days) else None


def services_of_week(number: int) -> list[dict[str, Any]]:
    """What is promised in week `number` (from 0) by tier, service and role: tasks and minutes."""
    names = ("tier__code", "item__kind__label", "role__label", "minutes_then", "tasks_then")
    rows = PromisedWeeks.objects.annotate(
        minutes_then=F(f"minutes__{number}"), tasks_then=F(f"tasks__{number}")
    ).filter(**{f"tasks__{number}__gt": 0})
    rows = rows.order_by(
        F("tier__position").asc(nulls_last=True), F("item__position").asc(nulls_last=True), "id"
    )
    return [dict(zip(names, row, strict=True)) for row in rows.values_list(*names)]
