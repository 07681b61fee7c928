"""What the demo firm wants to reach in the year of its last day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db.models import Sum

from clients.models import Revenue
from servicing.goals import services
from servicing.models import GoalKind

GROWTH = Decimal("1.08")  # of the revenue of the last twelve months
STEP = 10_000  # what a goal of revenue is rounded to


def set_goals(as_of: dt.date) -> None:
    """Stores the goals; the same revenue, the same goals."""
    since = as_of - dt.timedelta(days=365)
    earned = Revenue.objects.filter(date__gt=since, date__lte=as_of).aggregate(all=Sum("amount"))["all"]
    growth = round((earned or 0) * GROWTH / STEP) * STEP
    targets = {
        GoalKind.REVENUE.value: Decimal(max(growth, STEP)),
        GoalKind.AN_HOUR.value: Decimal(1000),
        GoalKind.LOAD.value: Decimal(85),
        GoalKind.ON_TIME.value: Decimal(95),
    }
    services.set_goals(year=as_of.year, targets=targets)
