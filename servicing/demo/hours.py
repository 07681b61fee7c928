"""How many hours a week the people of the demo firm have for the work that is promised to clients."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from servicing.demo.staff import Staff
from servicing.models import ClientHours

# In turn; None: a person who has not stated any.
TURNS: dict[str, Sequence[str | None]] = {
    "advisors": ("5", "6", "4.5", "5.5", "6.5"),
    "associates": ("4", None, "3.5"),
    "planners": ("4.5", "5"),
    "client_service": ("8",),
}


def state_hours(staff: Staff) -> None:
    """Stores the hours of everybody who has stated some; the same people, the same hours."""
    ClientHours.objects.bulk_create(
        [
            ClientHours(user_id=user_id, hours_a_week=Decimal(hours))
            for kind, turn in TURNS.items()
            for place, user_id in enumerate(getattr(staff, kind))
            if (hours := turn[place % len(turn)]) is not None
        ],
        batch_size=5000,
    )
