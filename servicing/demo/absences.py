"""Absences of the demo firm: one with a stand-in, one that work moves around, one that is over."""

from __future__ import annotations

import datetime as dt

from clients.models import TeamMember
from servicing.models import Absence

# First day from today, number of days, whether a colleague stands in, what for.
AWAY = [(11, 12, True, "Family holiday"), (4, 3, False, "Conference"), (-40, 5, True, "")]


def enter_absences(*, as_of: dt.date) -> None:
    """Stores them, of the first lead advisors; each stand-in is the one before."""
    leads = TeamMember.objects.filter(role__code="lead_advisor").order_by("user_id")
    people = list(leads.values_list("user_id", flat=True).distinct()[: len(AWAY)])
    Absence.objects.bulk_create(
        Absence(
            user_id=person,
            first_on=as_of + dt.timedelta(days=ahead),
            last_on=as_of + dt.timedelta(days=ahead + days - 1),
            stand_in_id=people[place - 1] if stood_in and len(people) > 1 else None,
            note=note,
        )
        for place, (person, (ahead, days, stood_in, note)) in enumerate(zip(people, AWAY, strict=False))
    )
