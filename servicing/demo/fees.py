"""What the demo firm charges: rates that fall with the assets, and a minimum that rises with the service."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from clients.models import Tier
from tiers.fees.comparing import compare_all
from tiers.fees.services import Stated, add_schedule

BRACKETS = ((0, "1.00"), (1_000_000, "0.80"), (3_000_000, "0.60"))
LEAST = {"A": 12_000, "B": 2_400, "C": 1_200}


def charge_fees(*, as_of: dt.date) -> None:
    """A schedule for each tier since the year before, and everybody's bills beside it."""
    since = dt.date(as_of.year - 1, 1, 1)
    brackets = [(Decimal(start), Decimal(percent)) for start, percent in BRACKETS]
    for tier in Tier.objects.active():
        least = Decimal(LEAST.get(tier.code, 0))
        stated = Stated("marginal", least, Decimal(10), brackets)
        add_schedule(tier=tier, effective_on=since, stated=stated, by=None)
    compare_all(as_of=as_of)
