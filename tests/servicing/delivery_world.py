"""Random histories for the tests of delivery: whatever rows the database takes."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

from clients.models import Client, ServiceRole, TeamMember, Tier, TimeEntry, Touch, TouchKind, User
from servicing.models import CadenceOverride, ServiceItem, ServiceKind, ServiceTask, Waiver
from tiers.models import TierAssignment

CLOSED = ("done", "done", "done", "done", "declined", "no_response", "missed", "waived", "cancelled")


def random_firm(seed: int, today: dt.date, *, clients: int = 12) -> None:
    """Clients of three people over thirty months, with whatever may happen to them."""
    draw = random.Random(seed)
    roles = list(ServiceRole.objects.order_by("id"))
    ServiceRole.objects.filter(code="planner").update(hourly_cost=Decimal("99.99"))
    people = [User.objects.create_user(f"person{n}") for n in range(3)]
    items = list(ServiceItem.objects.select_related("standard").order_by("id"))
    items[0].interval_months = 24
    items[0].save(update_fields=["interval_months"])
    items[1].ended_on = today - dt.timedelta(days=200)
    items[1].save(update_fields=["ended_on"])
    for number in range(clients):
        client = Client.objects.create(external_id=f"R{number}", name=f"Client {number}")
        for role in draw.sample(roles, draw.randint(0, 3)):
            TeamMember.objects.create(client=client, role=role, user=draw.choice(people))
        _serve(client, draw, today)
        touches = [_touch(client, draw, today, roles, n) for n in range(draw.randint(10, 40))]
        _tasks(client, draw, today, items, touches)
        for _n in range(draw.randint(0, 8)):
            TimeEntry.objects.create(
                client=client,
                spent_on=_day(draw, today),
                minutes=draw.choice((1, 20, 45, 300)),
                role=draw.choice(roles),
                by=draw.choice(people),
            )


def _day(draw: random.Random, today: dt.date) -> dt.date:
    return today - dt.timedelta(days=draw.randint(0, 900))


def _serve(client: Client, draw: random.Random, today: dt.date) -> None:
    tiers = list(Tier.objects.all())
    days = sorted({_day(draw, today) for _n in range(draw.choice((1, 1, 2, 3)))})
    ends = [*days[1:], None][: len(days)]
    for first, last in zip(days, ends, strict=True):
        TierAssignment.objects.create(
            client=client,
            tier=draw.choice(tiers),
            starts_on=first,
            ends_on=last,
            serviced_from=first + dt.timedelta(days=draw.choice((0, 0, 400))),
            source="run",
        )
    for kind in draw.sample(list(ServiceKind.objects.all()), 2):
        first = _day(draw, today)
        Waiver.objects.create(
            client=client, kind=kind, reason="w", starts_on=first, ends_on=first + dt.timedelta(days=150)
        )
    for kind in draw.sample(list(ServiceKind.objects.all()), 2):
        CadenceOverride.objects.create(
            client=client,
            kind=kind,
            interval_months=draw.choice((1, 4, 6, 24)),
            reason="w",
            starts_on=_day(draw, today),
        )


def _touch(
    client: Client, draw: random.Random, today: dt.date, roles: list[ServiceRole], number: int
) -> Touch:
    day = _day(draw, today)
    return Touch.objects.create(
        client=client,
        kind=draw.choice(list(TouchKind.objects.filter(position__lte=60))),
        occurred_at=dt.datetime.combine(day, dt.time(15), dt.UTC) + dt.timedelta(seconds=number),
        occurred_on=day,
        outcome=draw.choice(("reached", "reached", "reached", "attempted")),
        minutes=draw.choice((None, 0, 30, 61, 200)),
        role=draw.choice(roles),
    )


def _tasks(
    client: Client, draw: random.Random, today: dt.date, items: list[ServiceItem], touches: list[Touch]
) -> None:
    reached = [touch for touch in touches if touch.outcome == "reached"]
    still_open = set()
    for item in draw.sample(items, 5):
        for _n in range(draw.randint(0, 4)):
            due = _day(draw, today) + dt.timedelta(days=40)
            status = draw.choice(("planned", "scheduled", *CLOSED))
            if status in ("planned", "scheduled"):
                if item.kind_id in still_open:
                    continue
                still_open.add(item.kind_id)
            touch = draw.choice(reached) if status == "done" and reached and draw.random() < 0.9 else None
            ServiceTask.objects.create(
                client=client,
                item=item if draw.random() < 0.9 or status in ("planned", "scheduled") else None,
                kind=item.kind,
                tier_id=item.standard.tier_id,
                title="",
                status=status,
                due_on=due,
                window_start=due - dt.timedelta(days=14),
                window_end=due + dt.timedelta(days=14),
                planned_minutes=draw.choice((0, 20, 90, 150)),
                touch=touch,
                completed_on=touch.occurred_on if touch else due if status == "done" else None,
            )
