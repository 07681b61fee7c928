"""Which stages a route has, as the firm keeps them, and which comes next."""

from __future__ import annotations

import datetime as dt

from clients.firm import firm_settings
from servicing.models import Route, Step, TransitionStep
from servicing.planning.working_days import working_day_from

ORDER = [step.value for step in Step]
SHIPPED_DAYS = 14  # for a stage that the firm has taken out of a route while a case was in it


class Ways:
    """All stages of all routes; one query."""

    def __init__(self) -> None:
        rows = TransitionStep.objects.select_related("situation", "role")
        self._rows = {(row.route, row.step): row for row in rows}

    def of(self, route: str, step: str) -> TransitionStep | None:
        """The stage as the firm works it; choosing and closing are the same on every route."""
        return self._rows.get(("" if step in (Step.DECIDE, Step.CLOSE) else route, step))

    def steps(self, route: str) -> list[str]:
        """The stages of a route in their order, choosing and closing with them."""
        return [step for step in ORDER if step in (Step.DECIDE, Step.CLOSE) or (route, step) in self._rows]

    def next(self, route: str, step: str) -> str:
        """The stage after `step`; the last one stays. Empty where no route is chosen."""
        if route not in Route.values:
            return ""
        place = ORDER.index(step)
        return next((each for each in self.steps(route) if ORDER.index(each) > place), Step.CLOSE.value)

    def due(self, route: str, step: str, began_on: dt.date) -> dt.date:
        """When a stage that began on a day is to be done: a working day of the firm."""
        found = self.of(route, step)
        days = found.days if found else SHIPPED_DAYS
        return working_day_from(firm_settings(), began_on + dt.timedelta(days=days))
