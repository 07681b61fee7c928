"""Annual reviews for tests."""

from __future__ import annotations

import datetime as dt

from clients.firm import firm_today
from clients.models import User
from servicing.delivery.periods import last_day, shifted
from servicing.models import AnnualReview
from servicing.review import services
from tests.factories import UserFactory


def begun_review(by: User | None = None) -> AnnualReview:
    """A review of the last twelve months, led by whoever begins it."""
    today, by = firm_today(), by or UserFactory(groups=["operations"])
    return services.begin(
        year=today.year,
        first_on=shifted(today, -11),
        last_on=last_day(today),
        lead=by,
        due_on=today + dt.timedelta(days=40),
        by=by,
    )
