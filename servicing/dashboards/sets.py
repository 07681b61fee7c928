"""The sets of tasks and clients that figures of the dashboard count and lists behind them show.

Each is one condition in SQL of a task `t`, or of a client `c` with its tiers then and now, between two days
(after `since`, up to `until`). Figures and lists read the same text, so that both agree.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from servicing.planning.session import OPEN

LEAD_ROLE = "(SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')"


@dataclass(frozen=True)
class TaskSet:
    """Tasks. `weekly`: of the last seven days, and compared with the seven before."""

    title: str | Promise
    condition: str
    weekly: bool = True


# Late is whatever was not done when its window ended, whether it was done since or not.
TASKS = {
    "overdue": TaskSet(
        _("Overdue now"),
        f"t.item_id IS NOT NULL AND t.{OPEN} AND t.window_end < %(until)s",
        weekly=False,
    ),
    "unassigned": TaskSet(
        _("Nobody's task"), f"t.{OPEN} AND t.assigned_to_id IS NULL AND NOT t.automated", weekly=False
    ),
    "done": TaskSet(
        _("Delivered in the last seven days"),
        "t.item_id IS NOT NULL AND t.status = 'done'"
        " AND t.completed_on > %(since)s AND t.completed_on <= %(until)s",
    ),
    "late": TaskSet(
        _("Became late in the last seven days"),
        "t.item_id IS NOT NULL AND t.window_end >= %(since)s AND t.window_end < %(until)s"
        f" AND (t.{OPEN} OR t.status = 'missed' OR (t.status = 'done' AND t.completed_on > t.window_end))",
    ),
    "missed": TaskSet(
        _("Closed as missed in the last seven days"),
        "t.item_id IS NOT NULL AND t.status = 'missed'"
        " AND (t.closed_at AT TIME ZONE %(zone)s)::date > %(since)s"
        " AND (t.closed_at AT TIME ZONE %(zone)s)::date <= %(until)s",
    ),
}
JOINED = "c.client_since > %(since)s AND c.client_since <= %(until)s"

# A client's tier at the end of a day: NULL where it had none.
TIER_AT = """LEFT JOIN tiers_tierassignment {name} ON {name}.client_id = c.id AND {name}.starts_on <= {day}
    AND ({name}.ends_on IS NULL OR {name}.ends_on > {day})"""
