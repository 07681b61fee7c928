"""Whether a client's score still says what the data says: measured anew, as scoring would, and compared."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists
from django.utils.functional import Promise

from clients.models import Client, Revenue, TimeEntry, Touch
from tiers import scoring
from tiers.models import Explanation, Factor, ScoringRun

# Factors that new revenue, a new touch, or time logged beside touches changes. The others are as of the
# record, whatever the day.
BY_REVENUE = {Factor.REVENUE, Factor.PROFITABILITY, Factor.LIFETIME_VALUE}
BY_TOUCHES = {Factor.PROFITABILITY, Factor.ENGAGEMENT, Factor.REFERRALS, Factor.LIFETIME_VALUE}
BY_TIME = {Factor.PROFITABILITY, Factor.LIFETIME_VALUE}


@dataclass(frozen=True)
class Difference:
    """A factor whose value is another than the run saw; None for unknown."""

    factor: str
    now: Decimal | None
    scored: Decimal | None

    @property
    def label(self) -> str | Promise:
        return Factor(self.factor).label


def differences(
    *, client: Client, run: ScoringRun, explanation: Explanation, today: dt.date
) -> list[Difference]:
    """Which factors of the client changed since `run` measured them, in the policy's order.

    Counted as of the run's date, so that the mere passing of time changes nothing; where revenue, touches or
    time came after that date, what rests on them is counted as of `today`.
    """
    now = scoring.values_of(run, run.as_of, client.pk)
    if later := _touched_by_later_facts(client, run.as_of, today) & set(now):
        current = scoring.values_of(run, today, client.pk)
        now |= {factor: current[factor] for factor in later}
    then = dict(zip(run.factors, explanation.values, strict=True))
    return [
        Difference(factor, now[factor], then[factor])
        for factor in run.factors
        if factor in now and now[factor] != then[factor]
    ]


def _touched_by_later_facts(client: Client, since: dt.date, today: dt.date) -> set[str]:
    """The factors that revenue, touches or time after `since`, up to `today`, have a part in."""
    if today <= since:
        return set()
    revenue = Revenue.objects.filter(client=client, date__gt=since, date__lte=today)
    touches = Touch.objects.filter(client=client, occurred_on__gt=since, occurred_on__lte=today)
    time = TimeEntry.objects.filter(client=client, spent_on__gt=since, spent_on__lte=today)
    came = (
        Client.objects.filter(pk=client.pk).values_list(Exists(revenue), Exists(touches), Exists(time)).get()
    )
    factors = zip(came, (BY_REVENUE, BY_TOUCHES, BY_TIME), strict=True)
    return {factor for there, touched in factors if there for factor in touched}
