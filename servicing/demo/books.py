"""Book transfers of the demo firm: one that is long done, and one that can still be undone."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.db.models import Count, Q

from clients.commands import Refused
from clients.firm import firm_zone
from clients.models import TeamMember, User
from servicing.book import transfer as book
from servicing.models import OPEN_STATUSES

LEAD, HELPER = "lead_advisor", "associate"
FEW = 6

# Days before the last one: which role, whether few clients or a tier, and why.
TRANSFERS: dict[int, tuple[str, str, str]] = {
    40: (HELPER, "B", "Evens out the check-ins between the associates."),
    10: (LEAD, "", "They moved across the river, near the other office."),
}


def hand_over_books(*, days_before: int, day: dt.date, by: User | None) -> None:
    """Does what the firm did on that day: who holds a role for the most clients gives some to who holds it
    for the fewest; a few are those with the most open work."""
    if by is None or days_before not in TRANSFERS:
        return
    code, tier, reason = TRANSFERS[days_before]
    held = TeamMember.objects.filter(role__code=code)
    people = list(
        held.values_list("user", flat=True).annotate(number=Count("id")).order_by("-number", "user")
    )
    if len(people) < 2:
        return
    selection: dict[str, Any] = {"tiers": [tier]}
    if not tier:
        waiting = Count("client__tasks", filter=Q(client__tasks__status__in=OPEN_STATUSES))
        of_giver = held.filter(user=people[0]).annotate(waiting=waiting)
        of_giver = of_giver.order_by("-waiting", "client__external_id")
        selection = {"clients": sorted(of_giver.values_list("client", flat=True)[:FEW])}
    at = dt.datetime.combine(day, dt.time(11, 20), tzinfo=firm_zone())
    with suppress(Refused), transaction.atomic():  # in a small firm nobody may be left to hand over
        draft = book.make_draft(
            by=by,
            from_user_id=people[0],
            receiver_ids=[people[-1]],
            role_ids=book.roles_of([code]),
            selection=selection,
            reason=reason,
            made_at=at,
        )
        book.hand_over(transfer=draft, by=by, at=at)
