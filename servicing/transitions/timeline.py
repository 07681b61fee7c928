"""What happened in a case and who did it, read from its audit rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from clients.actors import actor
from clients.formats import money, short_date
from clients.models import Tier, User
from servicing.models import ConsentHow, Route, Step, Transition, TransitionOutcome

MOST = 200


@dataclass(frozen=True)
class Happened:
    """What was done at once: each in words, with more about it."""

    at: dt.datetime
    who: str
    what: list[tuple[str, str]]


def timeline(case: Transition) -> list[Happened]:
    """The newest first; three queries."""
    events: Any = Transition.pgh_event_model  # type: ignore[attr-defined]
    rows = list(
        events.objects.filter(client=case.client_id, pgh_obj=case.pk)
        .order_by("-pgh_id")
        .values(*_READ, "pgh_created_at", "pgh_context__metadata")[:MOST]
    )
    rows.reverse()
    people = {row["owner_id"] for row in rows} | {_by(row) for row in rows}
    known = User.objects.filter(pk__in=[person for person in people if person is not None])
    names: dict[Any, str] = {user.pk: user.display_name for user in known}
    tiers = dict(Tier.objects.values_list("pk", "code"))
    found: list[Happened] = []
    before: dict[str, Any] = {}
    for row in rows:
        who = names.get(_by(row)) or actor(row["pgh_context__metadata"] or {})
        if what := list(_said(before, row, names, tiers)):
            found.append(Happened(row["pgh_created_at"], who, what))
        before = row
    found.reverse()
    return found


_READ = (
    "from_tier_id",
    "to_tier_id",
    "reason_text",
    "owner_id",
    "until",
    "route",
    "step",
    "number",
    "new_fee",
    "notice_on",
    "referred_to",
    "digital_service",
    "consent_by",
    "consent_on",
    "consent_how",
    "outcome",
    "outcome_text",
    "closed_on",
)


def _by(row: dict[str, Any]) -> int | None:
    return (row["pgh_context__metadata"] or {}).get("user")


def _said(
    before: dict[str, Any], now: dict[str, Any], names: dict[Any, str], tiers: dict[Any, str]
) -> Iterator[tuple[str, str]]:
    """What differs between two rows, each as a sentence with more about it."""

    def differs(*fields: str) -> bool:
        return any(before.get(field) != now[field] for field in fields)

    if not before:
        yield _("Case opened"), now["reason_text"]
    if differs("to_tier_id") and now["to_tier_id"]:
        values = {"old": tiers.get(now["from_tier_id"], "–"), "new": tiers.get(now["to_tier_id"], "–")}
        yield _("From tier %(old)s to tier %(new)s") % values, ""
    elif before and differs("to_tier_id"):
        yield _("The change of tier was taken back"), ""
    if differs("until") and now["until"]:
        yield _("New standard from %(day)s") % {"day": short_date(now["until"])}, ""
    if differs("owner_id"):
        person = names.get(now["owner_id"], "")
        yield (_("Owner: %(person)s") % {"person": person} if person else _("Nobody owns the case")), ""
    if before and differs("route"):
        yield str(Route(now["route"]).label) if now["route"] else _("No way is chosen any more"), _detail(now)
    elif before and differs("new_fee", "notice_on", "referred_to", "digital_service"):
        yield _("Details changed"), _detail(now)
    if before and differs("number"):
        yield _("Stage: %(stage)s") % {"stage": Step(now["step"]).label}, ""
    if before and differs("consent_on", "consent_by", "consent_how"):
        if now["consent_on"]:
            values = {"person": now["consent_by"], "day": short_date(now["consent_on"])}
            how = str(ConsentHow(now["consent_how"]).label)
            yield _("Consent given by %(person)s on %(day)s") % values, how
        else:
            yield _("Consent taken out"), ""
    if before and differs("closed_on"):
        if now["closed_on"]:
            outcome = TransitionOutcome(now["outcome"]).label
            yield _("Closed: %(outcome)s") % {"outcome": outcome}, now["outcome_text"]
        else:
            yield _("Opened again"), ""


def _detail(row: dict[str, Any]) -> str:
    if row["route"] == Route.REFERRAL:
        return row["referred_to"]
    if row["route"] == Route.DIGITAL:
        return row["digital_service"]
    if row["route"] == Route.FEE and row["new_fee"] is not None:
        return _("new fee %(fee)s a year") % {"fee": money(row["new_fee"])}
    return ""
