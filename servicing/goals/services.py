"""Setting the firm's goals of a year."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from servicing.models import FirmGoal


@transaction.atomic
def set_goals(*, year: int, targets: Mapping[str, Decimal | None]) -> None:
    """Stores the targets of a year by kind; None takes a goal back. What stays as it was is not written.

    Raises ValidationError for a target that makes no sense.
    """
    stored = {goal.kind: goal for goal in FirmGoal.objects.select_for_update().filter(year=year)}
    for kind, target in targets.items():
        goal = stored.get(kind)
        if target is None:
            if goal:
                goal.delete()
        elif goal is None or goal.target != target:
            goal = goal or FirmGoal(year=year, kind=kind)
            goal.target, goal.changed_at = target, timezone.now()
            goal.full_clean()
            goal.save()
