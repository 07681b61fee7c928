"""The rollups of the dashboard against plain Python that reads rows and counts, over random firms."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

import pytest

from clients.models import (
    Client,
    ClientScore,
    ClientSummary,
    Revenue,
    ServiceRole,
    TeamMember,
    Tier,
    TimeEntry,
    Touch,
)
from servicing.dashboards import lists, movement, rollups
from servicing.dashboards.reading import Asked
from servicing.delivery import figures, periods
from servicing.models import (
    BookRollup,
    ClientResult,
    ConfidenceAnswer,
    DashboardRefresh,
    MonthRollup,
    ServiceTask,
)
from tests.servicing.delivery_world import random_firm
from tiers.models import TierAssignment

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 30)  # the last day of a month: tomorrow's facts are another's
DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)
ZONE = dt.timezone(dt.timedelta(hours=-5))
OPEN = ("planned", "scheduled")
Key = tuple[str, int | None, int | None]


def a_firm(seed: int) -> None:
    """A random firm, with money, answers and statuses, and days on both sides of every bound."""
    draw = random.Random(seed)
    random_firm(seed, TODAY, clients=15)
    tiers = [None, *Tier.objects.all()]
    edges = [TODAY, TODAY + DAY, TODAY - WEEK, TODAY - 2 * WEEK, TODAY.replace(day=1), dt.date(2026, 1, 1),
             dt.date(2025, 12, 31), dt.date(2025, 12, 1), dt.date(2025, 11, 30), dt.date(2024, 1, 1),
             dt.date(2023, 12, 31), dt.date(2026, 10, 1), dt.date(2026, 9, 30)]  # fmt: skip
    for client in Client.objects.order_by("id"):
        client.status = draw.choice(("active", "active", "active", "paused", "prospect", "former"))
        client.permission = draw.choice(("not_asked", "granted", "declined"))
        client.client_since = draw.choice((None, *(TODAY - n * DAY for n in (-1, 0, 6, 7, 8, 13, 14, 99))))
        client.save()
        tier = draw.choice(tiers)
        ClientSummary.objects.filter(client=client).update(tier=tier, tier_position=tier and tier.position)
        ClientScore.objects.filter(client=client).update(score=draw.choice((None, 40)))
        if draw.random() < 0.9:
            _moves(client, draw)
        for number in range(12):
            day = draw.choice((*edges, TODAY - draw.randint(0, 1000) * DAY))
            amount = Decimal(draw.randint(-3_000, 20_000)) / 100
            Revenue.objects.create(client=client, date=day, amount=amount, source_id=f"{client.pk}-{number}")
            said = {"value": draw.randint(0, 10), "client": client, "asked_on": min(day, TODAY)}
            ConfidenceAnswer.objects.bulk_create([ConfidenceAnswer(**said)], ignore_conflicts=True)
    for task in ServiceTask.objects.order_by("id"):
        _closed(task, draw)


def _moves(client: Client, draw: random.Random) -> None:
    """Tiers that changed in the last weeks, on the days that bound them too."""
    TierAssignment.objects.filter(client=client).delete()
    back = sorted(draw.sample((0, 1, 6, 7, 8, 13, 14, 15, 90), draw.randint(1, 4)), reverse=True)
    days = [TODAY - each * DAY for each in back]
    for first, last in zip(days, [*days[1:], None][: len(days)], strict=True):
        TierAssignment.objects.create(
            client=client, tier=draw.choice(list(Tier.objects.all())), starts_on=first, ends_on=last,
            serviced_from=first, source="run",
        )  # fmt: skip


def _closed(task: ServiceTask, draw: random.Random) -> None:
    """Closed on days around the last two weeks, however long ago the task was due."""
    if task.status == "done":
        task.completed_on = draw.choice((task.completed_on, *(TODAY - n * DAY for n in (0, 6, 7, 13, 14))))
    if task.status not in OPEN:
        late = dt.time(draw.choice((2, 23)), 59)  # another day elsewhere
        day = TODAY - draw.choice((0, 1, 6, 7, 13, 14, 40)) * DAY
        task.closed_at = dt.datetime.combine(day, late, dt.UTC)
    if draw.random() < 0.3:
        task.due_on -= 600 * DAY  # of a service that comes every two years
        task.window_start -= 600 * DAY
        task.window_end = draw.choice((task.window_end - 600 * DAY, TODAY - draw.randint(0, 15) * DAY))
    task.save()


# --- By the definitions ------------------------------------------------------------------------------------


def leads() -> dict[int, int]:
    role = ServiceRole.objects.get(code="lead_advisor")
    return dict(TeamMember.objects.filter(role=role).values_list("client", "user"))


def books(client: int, tier: int | None, led: dict[int, int]) -> Iterator[Key]:
    yield ("firm", None, tier)
    yield ("lead", led.get(client), tier)


@cache
def facts(client: int) -> list[tuple[dt.date, Decimal, int, Decimal]]:
    """(day, revenue, minutes, cost) of each row; read once for the counts of all periods."""
    revenue = Revenue.objects.filter(client=client).values_list("date", "amount")
    found = [(day, amount, 0, Decimal(0)) for day, amount in revenue]
    touches = Touch.objects.filter(client=client, minutes__gt=0).select_related("role")
    entries = TimeEntry.objects.filter(client=client).select_related("role")
    for day, each in [*((t.occurred_on, t) for t in touches), *((e.spent_on, e) for e in entries)]:
        cost = (each.minutes * each.role.hourly_cost / 60).quantize(Decimal("0.01"), ROUND_HALF_UP)
        found.append((day, Decimal(0), each.minutes, cost))
    return found


def tier_at(client: int, day: dt.date) -> int | None:
    for row in TierAssignment.objects.filter(client=client, starts_on__lte=day).select_related("tier"):
        if row.ends_on is None or row.ends_on > day:
            return row.tier.position
    return None


def sets_of(task: ServiceTask) -> Iterator[str]:
    """The names of the figures that count the task."""
    if task.status in OPEN and task.item_id and task.window_end < TODAY:
        yield "overdue"
    if task.status in OPEN and task.assigned_to_id is None and not task.automated:
        yield "unassigned"
    if not task.item_id:
        return
    for part, since, until in (("week", TODAY - WEEK, TODAY), ("before", TODAY - 2 * WEEK, TODAY - WEEK)):
        done = task.status == "done"
        if done and since < task.completed_on <= until:
            yield f"done_{part}"
        unkept = (
            task.status in OPEN or task.status == "missed" or (done and task.completed_on > task.window_end)
        )
        if unkept and since <= task.window_end < until:
            yield f"late_{part}"
        if task.status == "missed" and since < task.closed_at.astimezone(ZONE).date() <= until:
            yield f"missed_{part}"


def books_by_definition() -> dict[Key, dict[str, int]]:
    led, found = leads(), defaultdict(lambda: defaultdict(int))
    summaries = {row.client_id: row for row in ClientSummary.objects.all()}
    for client in Client.objects.filter(status="active").prefetch_related("team"):
        summary, names = summaries[client.pk], ["clients"]
        words = (client.complexity_driver_id, client.attention_constraint_id, client.persona_id,
                 client.income_structure_id)  # fmt: skip
        names += ["untagged"] * (not any(words) and not hasattr(client, "behavioral_tag"))
        names += ["not_asked"] * (client.permission == "not_asked") + ["unscored"] * (
            client.scored.score is None
        )
        names += ["without_lead"] * (client.pk not in led) + ["without_team"] * (not client.team.exists())
        for part, until in (("week", TODAY), ("before", TODAY - WEEK)):
            since = client.client_since
            names += [f"joined_{part}"] * bool(since and until - WEEK < since <= until)
            was, now = tier_at(client.pk, until - WEEK), tier_at(client.pk, until)
            if was is not None and now is not None and was != now:
                names.append(f"{'up' if now < was else 'down'}_{part}")
        for code, first, last in PERIODS:
            margin = sum(r - cost for day, r, _m, cost in facts(client.pk) if first <= day <= last)
            names += [f"costly_{code}"] * (margin < 0)
        for key in books(client.pk, summary.tier_id, led):
            for name in names:
                found[key][name] += 1
    for task in ServiceTask.objects.all():
        for key in books(task.client_id, task.tier_id or summaries[task.client_id].tier_id, led):
            for name in sets_of(task):
                found[key][name] += 1
    return found


PERIODS = [
    ("12m", dt.date(2025, 12, 1), TODAY),
    ("year", dt.date(2026, 1, 1), TODAY),
    ("quarter", dt.date(2026, 10, 1), TODAY),
]


def months_by_definition() -> dict[tuple[Key, dt.date], dict[str, Any]]:
    led, found = leads(), defaultdict(lambda: defaultdict(Decimal))
    tiers = dict(ClientSummary.objects.values_list("client", "tier"))
    first = dt.date(2024, 1, 1)

    def add(client: int, tier: int | None, day: dt.date, **numbers: Any) -> None:
        if first <= day <= TODAY:
            for key in books(client, tier, led):
                for name, number in numbers.items():
                    found[key, day.replace(day=1)][name] += number

    for client in Client.objects.values_list("pk", flat=True):  # of any status
        for day, revenue, minutes, cost in facts(client):
            if first <= day <= TODAY:
                month = found[("all", None, None), day.replace(day=1)]
                for name, number in (("revenue", revenue), ("minutes", minutes), ("cost", cost)):
                    month[name] += number
    for client in Client.objects.filter(status="active").values_list("pk", flat=True):
        for day, revenue, minutes, cost in facts(client):
            add(client, tiers[client], day, revenue=revenue, minutes=minutes, cost=cost)
        newest: dict[dt.date, int] = {}
        for answer in ConfidenceAnswer.objects.filter(client=client).order_by("asked_on", "id"):
            newest[answer.asked_on.replace(day=1)] = answer.value
        for month, value in newest.items():
            add(client, tiers[client], month, answered=1, confidence=value, low=int(value <= 4))
    meant = ServiceTask.objects.exclude(item=None).exclude(status__in=("waived", "cancelled"))
    for task in meant.filter(client__status="active"):
        add(task.client_id, task.tier_id, task.due_on, planned=1, planned_minutes=task.planned_minutes)
    return found


# --- The comparison ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [5])
def test_every_figure_is_what_counting_row_by_row_gives(seed, time_machine):
    time_machine.move_to(dt.datetime.combine(TODAY, dt.time(17), dt.UTC))
    facts.cache_clear()
    a_firm(seed)
    figures.refresh()
    rollups.refresh()

    numbers = [field.name for field in BookRollup._meta.fields][4:]
    kept = {(row.scope, row.person_id, row.tier_id): row for row in BookRollup.objects.all()}
    wanted = books_by_definition()
    for key in {*kept, *wanted}:
        said = {name: getattr(kept[key], name) if key in kept else 0 for name in numbers}
        assert said == {name: wanted[key][name] for name in numbers}, key
    summed = {name: sum(row[name] for key, row in wanted.items() if key[0] == "firm") for name in numbers}
    assert sum(not summed[name] for name in numbers) <= 2, "the firm has some of nearly everything"

    names = [field.name for field in MonthRollup._meta.fields][5:]
    months = {((r.scope, r.person_id, r.tier_id), r.month): r for r in MonthRollup.objects.all()}
    by_month = months_by_definition()
    for key in {*months, *by_month}:
        said = {name: getattr(months[key], name) if key in months else 0 for name in names}
        assert said == {name: by_month[key][name] for name in names}, key

    others = set(ClientResult.objects.filter(period=ClientResult.OTHERS).values_list("client", flat=True))
    of_year = {
        client
        for client in Client.objects.exclude(status="active").values_list("pk", flat=True)
        if any(dt.date(2026, 1, 1) <= day <= TODAY for day, *_sums in facts(client))
    }
    assert others
    assert others == of_year
    for row in ClientResult.objects.select_related("client"):
        period = "year" if row.period == ClientResult.OTHERS else row.period
        assert (row.client.status == "active") == (row.period in ("12m", "year", "quarter"))
        first = next(begin for code, begin, _end in PERIODS if code == period)
        of_client = [fact for fact in facts(row.client_id) if first <= fact[0] <= TODAY]
        sums = [sum((fact[place] for fact in of_client), Decimal(0)) for place in (1, 2, 3)]
        assert [row.revenue, row.minutes, row.cost] == sums
        assert row.margin == sums[0] - sums[2]

    asked = Asked(periods.period_of("12m", TODAY, since=figures.first_month(TODAY)), today=TODAY)
    for name in ("overdue", "unassigned", "done_week", "late_week", "missed_week"):
        _rows, number = lists.tasks(name.removesuffix("_week"), asked, TODAY, limit=5)
        assert number == summed[name], name

    # the matrix of any two days has the clients of the curve, each once
    clients = DashboardRefresh.objects.get().pareto["clients"]
    assert clients == Client.objects.filter(status="active").count()
    for first, last in ((TODAY - WEEK, TODAY), (TODAY, TODAY), (dt.date(1999, 1, 1), dt.date(2000, 1, 1))):
        cells = movement.cells_of(first, last)
        assert sum(cell[2] for cell in cells) == clients
        assert first != last or all(was == now for was, now, _n in cells)
