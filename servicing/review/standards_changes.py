"""What changed in the service standards since the last sign-off, who changed it, and what it asks in hours.

Read from the audit rows: what each service promised on the day of the sign-off, beside what it promises now.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils.translation import gettext as _

from clients.actors import actor
from clients.firm import firm_date, firm_today, firm_zone
from clients.formats import short_date
from clients.models import ServiceRole, Tier, User
from servicing.dashboards.tables import HOURS, TEXT, TIER, Cell, Column, Table
from servicing.models import (
    AnnualReview,
    ReviewState,
    ServiceItem,
    ServiceKind,
    ServiceStandard,
    ServiceStep,
    StandingPromise,
    WrittenPolicy,
)
from servicing.models.standards import Channel
from servicing.review.frozen import Seen
from servicing.standards.a_year import Promise, promises, times_a_year
from servicing.work.words import often

MOST = 200  # rows of a table
_WORDS = {StandingPromise: "text", ServiceStep: "text", ServiceStandard: "summary"}

# For each row that was changed since the sign-off: as it was then (nothing where it is new), as it was left,
# and who changed it last. What nobody entered, such as what is shipped, counts as if it had always stood.
_CHANGED = """
SELECT last.pgh_obj_id, to_json(before)::text, to_json(last)::text, context.metadata::text
FROM (
    SELECT DISTINCT ON (pgh_obj_id) * FROM {table} WHERE pgh_created_at > %(since)s
    ORDER BY pgh_obj_id, pgh_id DESC
) last
LEFT JOIN LATERAL (
    SELECT * FROM {table} e
    WHERE e.pgh_obj_id = last.pgh_obj_id
        AND (e.pgh_created_at <= %(since)s OR (e.pgh_label <> 'update' AND e.pgh_context_id IS NULL))
    ORDER BY e.pgh_id DESC LIMIT 1
) before ON true
LEFT JOIN pghistory_context context ON context.id = last.pgh_context_id
ORDER BY last.pgh_id LIMIT %(most)s
"""


def last_sign_off() -> AnnualReview | None:
    """The review that was closed last."""
    return AnnualReview.objects.filter(state=ReviewState.CLOSED).order_by("-ended_at").first()


def line() -> tuple[dt.datetime, str] | None:
    """Since when changes count, with its name: the last sign-off, else the version of the written policy that
    was kept last."""
    if (review := last_sign_off()) and review.ended_at:
        return review.ended_at, str(review)
    if kept := WrittenPolicy.objects.defer("content").first():
        return kept.kept_at, str(kept)
    return None


def standards(review: AnnualReview) -> Seen:
    """The changes since the last sign-off, and their hours a year."""
    since = line()
    if since is None:
        return Seen(says=[_("Nothing was signed off before, so that there is nothing to compare with.")])
    at, name = since
    items, others = _items(at), _others(at)
    words = {"what": name, "on": short_date(firm_date(at))}
    if not items.rows and not others.rows:
        return Seen(says=[_("The standards did not change since %(what)s (%(on)s).") % words])
    seen = Seen(says=[_("What changed since %(what)s (%(on)s).") % words], tables=[items, others])
    seen.notes.append(
        _("Hours a year of the clients that each tier has now, without exceptions of single clients.")
    )
    return seen


def _read(
    model: type, since: dt.datetime
) -> list[tuple[dict[str, Any] | None, dict[str, Any], str, dt.date]]:
    """(before, after, who, when) of each changed row; `after` has `gone` where it was removed."""
    event = apps.get_model(model._meta.app_label, f"{model.__name__}Event")  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED.format(table=event._meta.db_table), {"since": since, "most": MOST})
        found = [
            (
                json.loads(before) if before else None,
                json.loads(after),
                json.loads(context) if context else {},
            )
            for _pk, before, after, context in cursor.fetchall()
        ]
    acted = {context["user"] for *_rest, context in found if context.get("user")}
    people = {user.pk: user.display_name for user in User.objects.filter(pk__in=acted)} if acted else {}
    zone = firm_zone()
    rows = []
    for before, after, context in found:
        gone = after["pgh_label"] == "delete"
        when = dt.datetime.fromisoformat(after["pgh_created_at"]).astimezone(zone).date()
        who = people.get(context.get("user", 0)) or actor(context)
        if not (gone and before is None):
            rows.append((before, after | {"gone": gone}, who, when))
    return rows


# --- Services ---------------------------------------------------------------------------------------------


def _items(since: dt.datetime) -> Table:
    found = _read(ServiceItem, since)
    head = [
        Column("tier", _("Tier"), number=False),
        Column("service", _("Service"), number=False),
        Column("before", _("Before"), number=False),
        Column("now", _("Now"), number=False),
        Column("hours", _("Hours a year")),
        Column("changed", _("Changed"), number=False),
    ]
    table = Table("services", _("Services that changed"), head)
    roles = dict(ServiceRole.objects.values_list("id", "label")) if found else {}
    then_on, today = firm_date(since), firm_today()
    changed = []
    for before, after, who, when in found:
        then = _said(before, roles, then_on)
        now = _said(None if after["gone"] else after, roles, today)
        if then != now:
            changed.append(
                (after, then, now, _("%(who)s, %(when)s") % {"who": who, "when": short_date(when)})
            )
    if not changed:
        return table
    tiers = dict(ServiceStandard.objects.values_list("id", "tier__code"))
    kinds = dict(ServiceKind.objects.values_list("id", "label"))
    effects, total = _effects(found), 0.0
    for after, then, now, said in changed:
        effect = effects.get(after["pgh_obj_id"], 0.0)
        total += effect
        table.rows.append(
            [
                Cell(tiers.get(after["standard_id"]), TIER),
                Cell(kinds.get(after["kind_id"], ""), TEXT),
                Cell(then or _("not promised"), TEXT),
                Cell(now or _("not promised"), TEXT),
                Cell(round(effect), HOURS),
                Cell(said, TEXT),
            ]
        )
    blank = [Cell("", TEXT)] * 3
    table.foot = [Cell(_("Together"), TEXT), *blank, Cell(round(total), HOURS), Cell("", TEXT)]
    return table


def _said(row: dict[str, Any] | None, roles: dict[int, str], on: dt.date) -> str:
    """What a row of services promises on a day, in words; empty where it promises nothing then."""
    if row is None or not _in_force(row, on):
        return ""
    parts = [
        often(row["interval_months"]),
        _("by itself")
        if row["automated"]
        else f"{row['duration_minutes']} + {row['preparation_minutes']} min",
        roles.get(row["role_id"], ""),
        str(Channel(row["channel"]).label),
        _("%(before)s to %(after)s days around")
        % {"before": row["window_before_days"], "after": row["window_after_days"]},
    ]
    return ", ".join(filter(None, parts))


def _in_force(row: dict[str, Any], on: dt.date) -> bool:
    starts, ends = row["starts_on"], row["ended_on"]
    return not (starts and dt.date.fromisoformat(starts) > on) and not (
        ends and dt.date.fromisoformat(ends) <= on
    )


def _effects(found: list[tuple[dict[str, Any] | None, dict[str, Any], str, dt.date]]) -> dict[int, float]:
    """Minutes a year more (or less) by the item's id, for the clients that its tier has now."""
    now = promises()
    as_now = {each.item_id: each for each in now}
    standard_tiers = dict(ServiceStandard.objects.values_list("id", "tier_id"))
    codes = dict(Tier.objects.values_list("id", "code"))
    then = dict(as_now)
    for before, after, _who, when in found:
        then.pop(after["pgh_obj_id"], None)
        if before is not None and _in_force(before, when):
            then[after["pgh_obj_id"]] = _promise(before, standard_tiers, codes)
    clients = _clients()
    sides = []
    for each in (list(then.values()), now):
        times = times_a_year(each)
        sides.append(
            {one.item_id: times[one.item_id] * one.minutes * clients.get(one.tier_id, 0) for one in each}
        )
    before_sides, after_sides = sides
    return {
        pk: after_sides.get(pk, 0.0) - before_sides.get(pk, 0.0)
        for pk in before_sides.keys() | after_sides.keys()
    }


def _promise(row: dict[str, Any], tiers: dict[int, int], codes: dict[int, str]) -> Promise:
    tier = tiers.get(row["standard_id"], 0)
    return Promise(
        item_id=row["pgh_obj_id"],
        service="",
        kind_id=row["kind_id"],
        tier_id=tier,
        tier=codes.get(tier, ""),
        role_id=row["role_id"],
        interval=row["interval_months"],
        minutes=0 if row["automated"] else row["duration_minutes"] + row["preparation_minutes"],
        automated=row["automated"],
        months=tuple(row["allowed_months"]),
    )


def _clients() -> dict[int, int]:
    """Active clients by their tier, from the dashboard's figures."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tier_id, clients FROM servicing_bookrollup WHERE scope = 'firm' AND tier_id IS NOT NULL"
        )
        return dict(cursor.fetchall())


# --- Words ------------------------------------------------------------------------------------------------


def _others(since: dt.datetime) -> Table:
    """Promises at all times, steps and summaries: the words then and now."""
    head = [
        Column("what", _("What"), number=False),
        Column("before", _("Before"), number=False),
        Column("now", _("Now"), number=False),
        Column("changed", _("Changed"), number=False),
    ]
    table = Table("words", _("Promises and procedures that changed"), head)
    for model, name in _WORDS.items():
        for before, after, who, when in _read(model, since):
            then, now = before[name] if before else "", "" if after["gone"] else after[name]
            if then != now:
                table.rows.append(
                    [
                        Cell(str(model._meta.verbose_name).capitalize(), TEXT),
                        Cell(then or "–", TEXT),
                        Cell(now or "–", TEXT),
                        Cell(_("%(who)s, %(when)s") % {"who": who, "when": short_date(when)}, TEXT),
                    ]
                )
    return table
