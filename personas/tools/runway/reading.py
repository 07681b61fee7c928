"""What is known of a household on one income, and what follows from it, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Client, Member
from clients.register.active import is_active
from personas.models import (
    CheckState,
    HouseholdDuty,
    OtherIncome,
    RedundancyCheck,
    RedundancyItem,
    Reserve,
    SoloPlan,
)
from personas.tools.at_once import at_once
from personas.tools.runway import charts
from personas.tools.runway.computing import Income, Money, Month, Runway, runway

COSTS, RESERVES, INCOMES = "household_costs", "household_reserves", "household_incomes"
CHECKLIST, DUTIES = "household_redundancy", "household_duties"
NEEDED, ALL = "needed", "all"
SCENARIOS = ((NEEDED, gettext_lazy("What is needed")), (ALL, gettext_lazy("All spending")))
STALE = dt.timedelta(days=366)
WHOLE = 36  # up to so many months the table has a line for each


@dataclass
class Scenario:
    """One way of spending, and how long the reserves last with it."""

    code: str
    label: str
    spending: Decimal
    runway: Runway

    @property
    def lines(self) -> list[Month]:
        """Each month of a short runway; of a long one the first of each year, and the last."""
        table = self.runway.table
        if len(table) <= WHOLE:
            return list(table)
        return [month for month in table if month.number % 12 == 1 or month is table[-1]]


@dataclass
class Picture:
    """What the runway says; `missing`: why it says nothing."""

    plan: SoloPlan | None
    reserves: list[Reserve]
    incomes: list[OtherIncome]
    start: dt.date
    scenarios: list[Scenario] = field(default_factory=list)
    chart: dict[str, Any] | None = None
    missing: str = ""

    @property
    def total(self) -> Decimal:
        """What counts."""
        return sum((each.amount for each in self.counted), Decimal(0))

    @property
    def counted(self) -> list[Reserve]:
        return [each for each in self.reserves if each.counts]

    @property
    def left_out(self) -> list[Reserve]:
        return [each for each in self.reserves if not each.counts]

    @property
    def stale(self) -> list[Reserve]:
        """Those whose amount is older than a year."""
        return [each for each in self.counted if each.as_of < self.start - STALE]

    @property
    def ongoing(self) -> list[OtherIncome]:
        """Incomes that still come."""
        return [each for each in self.incomes if each.until is None or each.until >= self.start]


def picture_of(client: Client, on: dt.date) -> Picture:
    """The runway were the income to end on a day; one query."""
    plans, earners, reserves, incomes = at_once(
        _plans().filter(client=client),
        Member.objects.filter(pk__in=SoloPlan.objects.filter(client=client).values("earner")),
        Reserve.objects.filter(client=client) if is_active(RESERVES) else Reserve.objects.none(),
        OtherIncome.objects.filter(client=client) if is_active(INCOMES) else OtherIncome.objects.none(),
    )
    plan = plans[0] if plans else None
    if plan is not None:
        plan.earner = earners[0] if earners else None
    found = Picture(plan, reserves, incomes, on)
    if not (is_active(COSTS) and is_active(RESERVES)):
        found.missing = _("The field register keeps no living costs or reserves, so nothing is computed.")
    elif plan is None or plan.needed is None:
        found.missing = _("Enter what the household spends a month.")
    else:
        found.scenarios = _scenarios(found, plan, plan.needed)
        found.chart = charts.chart([(each.code, each.label, each.runway) for each in found.scenarios])
    return found


def _plans() -> QuerySet[SoloPlan]:
    """With how many points of the checklist are settled and open, how many duties there are, and how many of
    them lack somebody."""

    def count(rows: QuerySet[Any]) -> Coalesce:
        mine = rows.filter(client=OuterRef("client")).order_by().values("client")
        return Coalesce(Subquery(mine.annotate(number=Count("pk")).values("number")), 0)

    earner = OuterRef("earner")
    nobody = (Q(person=None) | Q(person=earner)) & Q(outside="")
    no_backup = (Q(backup=None) | Q(backup=earner)) & Q(backup_outside="")
    return SoloPlan.objects.annotate(
        settled=count(RedundancyCheck.objects.exclude(state=CheckState.OPEN)),
        open_points=count(RedundancyCheck.objects.filter(state=CheckState.OPEN)),
        duties=count(HouseholdDuty.objects.all()),
        gaps=count(HouseholdDuty.objects.filter(nobody | no_backup)),
    )


def _scenarios(found: Picture, plan: SoloPlan, needed: Decimal) -> list[Scenario]:
    """Needed only, and all spending where more is wished."""
    spendings = {NEEDED: needed} | ({ALL: needed + plan.wished} if plan.wished else {})
    return [
        Scenario(
            code,
            str(label),
            spendings[code],
            runway(
                start=found.start,
                spending=spendings[code],
                reserves=[Money(each.amount, each.usable_after) for each in found.counted],
                incomes=[Income(each.amount, each.until) for each in found.incomes],
                inflation=plan.inflation,
            ),
        )
        for code, label in SCENARIOS
        if code in spendings
    ]


# --- The checklist -----------------------------------------------------------------------------------


@dataclass
class Point:
    """A point of the checklist and how the household stands with it."""

    item: RedundancyItem
    check: RedundancyCheck | None
    late: bool = False

    @property
    def label(self) -> str:
        return self.check.get_state_display() if self.check else str(_("Not looked at"))


@dataclass
class Checklist:
    points: list[Point]

    def number(self, state: str | None) -> int:
        return sum((point.check.state if point.check else None) == state for point in self.points)

    @property
    def done(self) -> int:
        return self.number(CheckState.DONE)

    @property
    def open(self) -> int:
        return self.number(CheckState.OPEN)

    @property
    def not_needed(self) -> int:
        return self.number(CheckState.NOT_NEEDED)

    @property
    def unseen(self) -> int:
        return self.number(None)

    @property
    def late(self) -> int:
        return sum(point.late for point in self.points)

    @property
    def settled(self) -> int:
        return self.done + self.not_needed


def checklist_of(client: Client, on: dt.date) -> Checklist:
    """Every point that is asked today, and retired ones that were answered; two queries."""
    checks = {check.item_id: check for check in RedundancyCheck.objects.filter(client=client)}
    items = RedundancyItem.objects.filter(Q(retired_at__isnull=True) | Q(pk__in=checks))
    return Checklist([Point(item, check := checks.get(item.pk), _is_late(check, on)) for item in items])


def _is_late(check: RedundancyCheck | None, on: dt.date) -> bool:
    return bool(check and check.due_on and check.due_on < on)


# --- Who does what -----------------------------------------------------------------------------------


@dataclass
class Duty:
    """A thing to be done, by whom, and who steps in. `gap`: what is missing; empty: nothing."""

    duty: HouseholdDuty
    who: str
    backup: str
    gap: str


def duties_of(client: Client, plan: SoloPlan | None) -> list[Duty]:
    """Each with its gaps, in one query: the earner cannot be the one who does it instead."""
    earner = plan.earner_id if plan else None
    found = HouseholdDuty.objects.filter(client=client).select_related("person", "backup")
    return [_duty(each, client.pk, earner) for each in found]


def _duty(duty: HouseholdDuty, client: int, earner: int | None) -> Duty:
    def name(person: Any, outside: str) -> str:
        """Nobody: a person who left the household, or the earner."""
        here = person is not None and person.client_id == client and person.pk != earner
        return person.name if here else outside

    who, backup = name(duty.person, duty.outside), name(duty.backup, duty.backup_outside)
    if not who and not backup:
        gap = _("Nobody")
    elif not who:
        gap = _("Nobody does it, somebody only steps in")
    else:
        gap = "" if backup else _("Nobody steps in")
    return Duty(duty, who, backup, gap)
