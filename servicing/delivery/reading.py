"""What the pages of delivery read: sums over few rows of figures, and the lists behind each number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Sum

from clients.models import Client, TeamMember
from servicing.delivery.figures import NUMBERS, WAYS_KEPT
from servicing.delivery.periods import Period
from servicing.delivery.promised import Became, that_became
from servicing.models import Beyond, BeyondStandard, DeliveryRollup, DeliveryScope, ServiceTask
from servicing.remembered import remembered

LEAD = "lead_advisor"
NOBODY = "none"  # clients that nobody leads
# The parts of a bar, in its order; their sum is what was promised.
BARS = (
    ("on-time", (Became.ON_TIME,)),
    ("late", (Became.LATE,)),
    ("missed", (Became.MISSED,)),
    ("client", (Became.DECLINED, Became.NO_RESPONSE)),
    ("off", (Became.WAIVED, Became.CANCELLED)),
    ("open", (Became.OVERDUE, Became.OPEN)),
)


@dataclass(frozen=True)
class Chosen:
    """What somebody looks at. `advisor`: who leads the clients, or NOBODY; `team`: on whose team they are."""

    period: Period
    tier: str = ""
    kind: str = ""
    advisor: str = ""
    team: int | None = None


@dataclass
class Sums:
    """The numbers of some tasks and of some service beyond the standard."""

    of: dict[str, Any] = field(default_factory=lambda: dict.fromkeys(NUMBERS, 0))

    def add(self, row: Mapping[str, Any]) -> None:
        for name in NUMBERS:
            self.of[name] += row[name]

    def __getitem__(self, name: str) -> Any:
        return self.of[name]

    @property
    def promised(self) -> int:
        return sum(self.of[state] for state in Became)

    @property
    def on_time_share(self) -> Decimal | None:
        """Of what was delivered or missed, how much came on time; None where there is nothing of it."""
        counted = self.of["on_time"] + self.of["late"] + self.of["missed"]
        return Decimal(self.of["on_time"]) / counted if counted else None

    @property
    def beyond(self) -> int:
        return sum(self.of[way] for way in WAYS_KEPT)

    @property
    def beyond_minutes(self) -> int:
        return sum(self.of[f"{way}_minutes"] for way in WAYS_KEPT)

    @property
    def beyond_cost(self) -> Decimal:
        return sum((self.of[f"{way}_cost"] for way in WAYS_KEPT), Decimal(0))

    @property
    def ways(self) -> list[dict[str, Any]]:
        return [
            {
                "what": way.value,
                "label": way.label,
                "number": self.of[way.value],
                "minutes": self.of[f"{way.value}_minutes"],
                "cost": self.of[f"{way.value}_cost"],
            }
            for way in Beyond
        ]

    @property
    def bar(self) -> list[dict[str, Any]]:
        """The parts of the promised with their share in hundredths and where each begins."""
        parts, start, whole = [], Decimal(0), self.promised
        for name, states in BARS:
            number = sum(self.of[state] for state in states)
            share = Decimal(100 * number) / whole if whole else Decimal(0)
            parts.append({"name": name, "number": number, "start": start, "share": share})
            start += share
        return parts


@dataclass
class Overview:
    total: Sums
    before: Sums
    items: list[dict[str, Any]]
    tiers: list[dict[str, Any]]


def overview(chosen: Chosen) -> Overview:
    """All sums of a period by tier and service, and the total of the period before, in one query."""
    before = chosen.period.before
    months = (before.first, chosen.period.last_month)
    rows = (
        _rollup(chosen)
        .filter(month__range=months)
        .values(
            "tier__code", "tier__position", "kind__code", "kind__label", "kind__position",
            now=_whether(month__gte=chosen.period.first),
            earlier=_whether(month__lte=before.last_month),
        )
        .annotate(**{name: Sum(name) for name in NUMBERS})
        .order_by("tier__position", "kind__position", "kind__code")
    )  # fmt: skip
    found = Overview(Sums(), Sums(), [], [])
    for row in rows:
        if row["earlier"]:
            found.before.add(row)
        if row["now"]:
            found.total.add(row)
            _put(found.items, row, "tier__code", "kind__code", "kind__label")
            _put(found.tiers, row, "tier__code")
    return found


def _whether(**condition: Any) -> ExpressionWrapper:
    return ExpressionWrapper(Q(**condition), output_field=BooleanField())


def _put(lines: list[dict[str, Any]], row: Mapping[str, Any], *keys: str) -> None:
    """Adds a row to the line of its keys, which stand in the order of the rows."""
    names = [key.split("__")[0] if key != "kind__label" else "label" for key in keys]
    key = {name: row[column] for name, column in zip(names, keys, strict=True)}
    line = next((line for line in lines if all(line[name] == key[name] for name in names)), None)
    if line is None:
        line = key | {"sums": Sums()}
        lines.append(line)
    line["sums"].add(row)


def _rollup(chosen: Chosen) -> QuerySet[DeliveryRollup]:
    rows = DeliveryRollup.objects.all()
    if chosen.team is not None:
        rows = rows.filter(scope=DeliveryScope.TEAM, person=chosen.team)
    elif chosen.advisor:
        led = None if chosen.advisor == NOBODY else int(chosen.advisor)
        rows = rows.filter(scope=DeliveryScope.TEAM, leads=True, person=led)
    else:
        rows = rows.filter(scope=DeliveryScope.FIRM)
    return _of_promise(rows, chosen)


def _of_promise(rows: QuerySet, chosen: Chosen) -> QuerySet:
    if chosen.tier:
        rows = rows.filter(tier__code=chosen.tier)
    return rows.filter(kind__code=chosen.kind) if chosen.kind else rows


def most_trouble(chosen: Chosen, *, added_up: dt.datetime, limit: int) -> list[int | None]:
    """The lead advisors with most that was missed, is overdue or came late, in figures that were `added_up`
    then."""
    if chosen.advisor:
        return [None if chosen.advisor == NOBODY else int(chosen.advisor)]
    return list(_most_trouble(chosen, added_up, limit))


@remembered
def _most_trouble(chosen: Chosen, added_up: dt.datetime, limit: int) -> tuple[int | None, ...]:
    rows = _of_leads(chosen).values("person").annotate(trouble=Sum("missed") + Sum("overdue") + Sum("late"))
    return tuple(row["person"] for row in rows.order_by("-trouble", "person")[:limit])


def _of_leads(chosen: Chosen) -> QuerySet[DeliveryRollup]:
    """What the lead advisors' clients were promised, in the period."""
    narrowed = bool(chosen.tier or chosen.kind)
    rows = DeliveryRollup.objects.filter(
        scope=DeliveryScope.TEAM if narrowed else DeliveryScope.LEAD,
        leads=True,
        month__range=(chosen.period.first, chosen.period.last_month),
    )
    return _of_promise(rows, chosen)


def advisors(chosen: Chosen, *, people: Iterable[int | None] | None = None) -> list[dict[str, Any]]:
    """Lead advisors with their sums: those with most that was missed, is overdue or came late first.
    `people`: these alone (None: clients nobody leads)."""
    rows = _of_leads(chosen)
    if chosen.advisor:
        rows = rows.filter(person=None if chosen.advisor == NOBODY else int(chosen.advisor))
    elif people is not None:
        chosen_people = list(people)
        nobody = Q(person=None) if None in chosen_people else Q()
        rows = rows.filter(Q(person__in=[person for person in chosen_people if person]) | nobody)
    ordered = (
        rows.values("person", "person__first_name", "person__last_name", "person__username")
        .annotate(**{name: Sum(name) for name in NUMBERS})
        .annotate(trouble=F("missed") + F("overdue") + F("late"))
        .order_by("-trouble", "person")
    )
    lines = []
    for row in ordered:
        sums = Sums()
        sums.add(row)
        name = f"{row['person__first_name'] or ''} {row['person__last_name'] or ''}".strip()
        lines.append({"person": row["person"], "name": name or row["person__username"] or "", "sums": sums})
    return lines


# --- The lists behind the numbers --------------------------------------------------------------------------


def tasks_of(chosen: Chosen, state: str, as_of: dt.date) -> QuerySet[ServiceTask]:
    """The promised tasks that a number counts."""
    tasks = ServiceTask.objects.filter(
        that_became(state, as_of),
        item__isnull=False,
        due_on__range=(chosen.period.first, chosen.period.last),
    )
    return _of_people(_of_promise(tasks, chosen), chosen)


def beyond_rows(chosen: Chosen, what: str) -> QuerySet[BeyondStandard]:
    """What went beyond the standard, that a number counts."""
    rows = BeyondStandard.objects.filter(on__range=(chosen.period.first, chosen.period.last))
    if what in WAYS_KEPT:
        rows = rows.filter(what=what)
    return _of_people(_of_promise(rows, chosen), chosen)


def clients_beyond(chosen: Chosen, *, by: str, limit: int) -> list[dict[str, Any]]:
    """Clients who were given most beyond the standard, by `cost` or `minutes`; what took none is left out."""
    rows = (
        beyond_rows(chosen, "")
        .values("client")
        .annotate(number=Count("id"), minutes=Sum("minutes"), cost=Sum("cost"))
        .filter(**{f"{by}__gt": 0})
        .order_by(f"-{by}", "client")
    )
    return _named(rows[:limit])


def clients_missed(chosen: Chosen, *, limit: int) -> list[dict[str, Any]]:
    """Clients for whom most was missed."""
    rows = tasks_of(chosen, Became.MISSED, chosen.period.last).values("client").annotate(number=Count("id"))
    return _named(rows.order_by("-number", "client")[:limit])


def _named(rows: Iterable[Any]) -> list[dict[str, Any]]:
    found = list(rows)
    names = Client.objects.filter(pk__in=[row["client"] for row in found]).values(
        "pk", "name", "external_id", "summary__tier__code"
    )
    by_id = {row["pk"]: row for row in names}
    return [row | by_id[row["client"]] for row in found if row["client"] in by_id]


def _of_people(rows: QuerySet, chosen: Chosen) -> QuerySet:
    members = TeamMember.objects.filter(client_id=OuterRef("client_id"))
    if chosen.team is not None:
        return rows.filter(Exists(members.filter(user=chosen.team)))
    led = members.filter(role__code=LEAD)
    if chosen.advisor == NOBODY:
        return rows.filter(~Exists(led))
    return rows.filter(Exists(led.filter(user=int(chosen.advisor)))) if chosen.advisor else rows
