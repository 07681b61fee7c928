"""What pages show of fees: schedules tier by tier, sums of the comparison, and the clients behind a sum."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models import Sum as SumOf
from django.db.models.functions import Abs, Coalesce, Concat, NullIf, Trim

from clients.models import ClientStatus, TeamMember, Tier
from tiers.lists import LEAD, NONE, Echo, plain_cell
from tiers.models import FeeComparison, FeeRefresh, FeeSchedule, FeeStanding

PAGE = 50
COLUMNS = (
    "client_id",
    "client__external_id",
    "client__name",
    "tier__code",
    "assets",
    "fee",
    "expected",
    "billed",
    "difference",
    "standing",
    "advisor",
)
_AMOUNT = DecimalField(max_digits=14, decimal_places=2)


@dataclass
class TierFees:
    """One tier: the schedule in force, those to come (the nearest first), those before (the newest first)."""

    tier: Tier
    now: FeeSchedule | None = None
    coming: list[FeeSchedule] = field(default_factory=list)
    before: list[FeeSchedule] = field(default_factory=list)


def schedules(today: dt.date) -> list[TierFees]:
    """Every tier in use with its schedules; three queries."""
    found = {tier.pk: TierFees(tier) for tier in Tier.objects.active()}
    for schedule in FeeSchedule.objects.select_related("tier").prefetch_related("brackets"):
        fees = found.setdefault(schedule.tier_id, TierFees(schedule.tier))
        if schedule.effective_on > today:
            fees.coming.insert(0, schedule)
        elif fees.now is None:
            fees.now = schedule
        else:
            fees.before.append(schedule)
    return list(found.values())


@dataclass(frozen=True)
class Sum:
    """One standing of one tier, or of all: how many clients, and how far their bills are from the fees."""

    standing: str
    clients: int
    difference: Decimal

    @property
    def label(self) -> str:
        return str(FeeStanding(self.standing).label)


def sums_of(refresh: FeeRefresh, tier: str = "") -> list[Sum]:
    """A line for each standing that somebody has, in the order of the standings."""
    found: dict[str, Sum] = {}
    for row in refresh.sums:
        if tier and row["tier"] != tier:
            continue
        known = found.get(row["standing"], Sum(row["standing"], 0, Decimal(0)))
        found[row["standing"]] = Sum(
            row["standing"], known.clients + row["clients"], known.difference + Decimal(row["difference"])
        )
    return [found[standing] for standing in FeeStanding.values if standing in found]


def sums_of_advisor(advisor: str, tier: str = "") -> list[Sum]:
    """The same of the clients whom one advisor leads (or nobody, for `none`), counted now."""
    found = {}
    for standing in FeeStanding.values:
        rows = rows_of(standing=standing, tier=tier, advisor=advisor).order_by()
        counted = rows.aggregate(clients=Count("client"), all_of_it=SumOf("difference"))
        if counted["clients"]:
            found[standing] = Sum(standing, counted["clients"], counted["all_of_it"] or Decimal(0))
    return list(found.values())


def rows_of(*, standing: str, tier: str = "", advisor: str = "") -> QuerySet[FeeComparison]:
    """The clients of a standing, the largest difference first. `advisor`: the username of who leads them, or
    `none`. Annotated with all of COLUMNS and `size`."""
    rows = FeeComparison.objects.filter(standing=standing, client__status=ClientStatus.ACTIVE)
    if tier:
        rows = rows.filter(tier__code=tier)
    leads = TeamMember.objects.filter(client=OuterRef("client_id"), role__code=LEAD)
    led = TeamMember.objects.filter(role__code=LEAD)
    if advisor == NONE:
        rows = rows.exclude(client__in=led.values("client"))
    elif advisor:
        rows = rows.filter(client__in=led.filter(user__username=advisor).values("client"))
    full_name = Trim(Concat("user__first_name", Value(" "), "user__last_name"))
    named = leads.annotate(named=Coalesce(NullIf(full_name, Value("")), "user__username"))
    rows = rows.annotate(
        advisor=Subquery(named.values("named")[:1], output_field=CharField()),
        size=Abs("difference", output_field=_AMOUNT),
    )
    return rows.order_by(F("size").desc(nulls_last=True), "client_id")


def page_of(rows: QuerySet[FeeComparison], *, after: str = "") -> tuple[list[dict[str, Any]], str]:
    """Fifty rows as plain values after the position `after`, and the position where the next page begins."""
    match = re.fullmatch(r"(\d{1,12}\.\d{2}|-):(\d{1,18})", after, re.ASCII)
    if match and match[1] == "-":
        rows = rows.filter(difference__isnull=True, client_id__gt=int(match[2]))
    elif match:
        size, client = Decimal(match[1]), int(match[2])
        further = Q(size__lt=size) | Q(size=size, client_id__gt=client) | Q(difference__isnull=True)
        rows = rows.filter(further)
    found = list(rows.values(*COLUMNS, "size")[: PAGE + 1])
    page, more = found[:PAGE], len(found) > PAGE
    if not more:
        return page, ""
    last = page[-1]
    return page, f"{'-' if last['size'] is None else last['size']}:{last['client_id']}"


# --- As a file ------------------------------------------------------------------------------------------

TEXTS = ("client__external_id", "client__name", "advisor")
HEADER = ("client", "name", "tier", "assets", "fee", "due", "billed", "difference", "standing", "advisor")


def csv_lines(rows: QuerySet[FeeComparison]) -> Iterator[str]:
    """The whole list as CSV, a header and then a line a client."""
    writer = csv.writer(Echo())
    yield writer.writerow(HEADER)
    for row in rows.values(*COLUMNS).iterator(chunk_size=2000):
        line = {**row, **{name: plain_cell(row[name] or "") for name in TEXTS}}
        yield writer.writerow([line[name] for name in COLUMNS[1:]])
