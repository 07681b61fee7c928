"""Exceptions to the standards: of one client, and of all clients that a person may see."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client, User
from servicing.client_has import has
from servicing.models import CadenceOverride, ServiceItem, Waiver
from servicing.querysets import ExceptionQuerySet
from servicing.work.words import often

OPEN_END = dt.date(9999, 12, 31)  # stands for no last day where rows are put in order
IN_FORCE, TO_COME, ENDED = "in_force", "to_come", "ended"
WAIVED, OTHER_INTERVAL = "waiver", "interval"
ROW = (
    "what",
    "id",
    "client_id",
    "client__name",
    "client__summary__tier__code",
    "kind__label",
    "months",
    "standard_months",
    "starts_on",
    "ends_on",
    "end",
    "reason",
    "created_by__first_name",
    "created_by__last_name",
    "created_by__username",
)


@dataclass(frozen=True)
class Asked:
    """What the list is asked for; empty: any. `after`: the end, what and number of the row before."""

    state: str = IN_FORCE
    what: str = ""
    kind: str = ""
    tier: str = ""
    advisor: int | None = None
    client: int | None = None
    after: tuple[dt.date, str, int] | None = None


def listed(asked: Asked, user: User, today: dt.date) -> QuerySet[Any, dict[str, Any]]:
    """Rows of waivers and own intervals, soonest to end first; of those that ended, the last first."""
    parts = []
    if asked.what != OTHER_INTERVAL:
        waivers = Waiver.objects.annotate(
            what=Value(WAIVED),
            months=Value(None, output_field=IntegerField()),
            standard_months=Value(None, output_field=IntegerField()),
            end=F("ends_on"),
        )
        parts.append(_narrowed(waivers, asked, user, today))
    if asked.what != WAIVED:
        standard = ServiceItem.objects.filter(
            standard__tier=OuterRef("client__summary__tier"), kind=OuterRef("kind"), ended_on__isnull=True
        )
        cadences = CadenceOverride.objects.annotate(
            what=Value(OTHER_INTERVAL),
            months=F("interval_months"),
            standard_months=Subquery(standard.values("interval_months")[:1]),
            end=Coalesce("ends_on", Value(OPEN_END)),
        )
        parts.append(_narrowed(cadences, asked, user, today))
    rows = [part.order_by().values(*ROW) for part in parts]
    together = rows[0].union(rows[1], all=True) if len(rows) == 2 else rows[0]
    sign = "-" if asked.state == ENDED else ""
    return together.order_by(f"{sign}end", f"{sign}what", f"{sign}id")


def _narrowed(rows: ExceptionQuerySet, asked: Asked, user: User, today: dt.date) -> QuerySet[Any]:
    if asked.state == IN_FORCE:
        rows = rows.in_force(today)
    else:
        rows = rows.filter(Q(starts_on__gt=today) if asked.state == TO_COME else Q(ends_on__lt=today))
    rows = rows.visible_to(user)
    if asked.kind:
        rows = rows.filter(kind__code=asked.kind)
    if asked.tier:
        rows = rows.filter(client__summary__tier__code=asked.tier)
    if asked.advisor:
        rows = rows.filter(client__team__user=asked.advisor, client__team__role__code="lead_advisor")
    if asked.client:
        rows = rows.filter(client=asked.client)
    if asked.after:
        end, what, pk = asked.after
        way = "lt" if asked.state == ENDED else "gt"
        rows = rows.filter(
            Q(**{f"end__{way}": end})
            | Q(**{"end": end, f"what__{way}": what})
            | Q(**{"end": end, "what": what, f"id__{way}": pk})
        )
    return rows


def in_words(row: dict[str, Any]) -> str:
    """What an exception of the list does: waived; every 6 months instead of every 3 months."""
    if row["what"] == WAIVED:
        return _("waived")
    if row["standard_months"] is None:
        return _("%(often)s; the client's tier does not promise it") % {"often": often(row["months"])}
    if row["standard_months"] == row["months"]:
        return _("%(often)s, as the standard says by now") % {"often": often(row["months"])}
    return _("%(often)s instead of %(standard)s") % {
        "often": often(row["months"]),
        "standard": often(row["standard_months"]),
    }


def differences(request: HttpRequest, client: Client) -> dict[str, Any]:
    """What differs today for one client: the overview's panel. Most clients have nothing, quickly found."""
    if not has(client).exceptions:
        return {"differs": []}
    today = timezone.localdate()
    rows = listed(Asked(client=client.pk), request.user, today)  # type: ignore[arg-type]
    return {"differs": [row | {"words": in_words(row)} for row in rows]}
