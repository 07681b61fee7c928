"""Planning for a day long past, as a slip of the finger asks for it, would undo work of today."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from clients.firm import firm_today
from servicing.planning.session import OPEN

# Open tasks whose tier the client was first served after D, and is by now: at D nobody promised them. Whoever
# plans one day after the other never has any.
OF_LATER_TIERS = f"""
    SELECT count(*)
    FROM servicing_servicetask task
    CROSS JOIN LATERAL (
        SELECT min(a.serviced_from) AS first_on FROM tiers_tierassignment a
        WHERE a.client_id = task.client_id AND a.tier_id = task.tier_id
    ) served
    WHERE task.item_id IS NOT NULL AND task.{OPEN} AND served.first_on > %s AND served.first_on <= %s
"""


def tasks_of_later_tiers(as_of: dt.date) -> int:
    """How many open tasks planning for `as_of` would cancel or move only because their tier came after it."""
    with connection.cursor() as cursor:
        cursor.execute(OF_LATER_TIERS, [as_of, firm_today()])
        return int(cursor.fetchone()[0])
