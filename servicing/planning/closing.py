"""Close what was missed, and what is promised no longer."""

from __future__ import annotations

from servicing.planning.scope import NEXT_CREATED
from servicing.planning.session import OPEN, STANDS, Session

# Its window has passed, and the day has come on which the next one would be created. One that goes on under
# another item with the date that it has is judged by that item.
MISSED = f"""
    UPDATE servicing_servicetask task
    SET status = 'missed', outcome = 'firm_missed', closed_at = %(moment)s
    FROM plan_promise promise
    WHERE task.client_id = promise.client_id AND task.kind_id = promise.kind_id
        AND NOT promise.waived AND task.{OPEN} AND task.due_on + promise.window_after_days < %(day)s
        AND {NEXT_CREATED} <= %(day)s AND (task.item_id = promise.item_id OR {STANDS})
"""

# A waiver waives; anything else cancels, with its reason: the client is not active, is served another tier
# that lacks the kind, or the standard of its own tier dropped it.
UNPROMISED = f"""
    WITH closed AS (
    UPDATE servicing_servicetask task
    SET status = CASE WHEN gone.reason = 'waiver' THEN 'waived' ELSE 'cancelled' END,
        closed_at = %(moment)s, closed_reason = gone.reason
    FROM (
        SELECT t.id, CASE WHEN c.status <> 'active' THEN 'status' WHEN promise.waived THEN 'waiver'
            WHEN tier.tier_id = t.tier_id THEN 'standard' ELSE 'tier' END AS reason
        FROM plan_scope
        JOIN servicing_servicetask t USING (client_id)
        JOIN clients_client c ON c.id = t.client_id
        LEFT JOIN plan_promise promise ON promise.client_id = t.client_id AND promise.kind_id = t.kind_id
        LEFT JOIN LATERAL (
            SELECT a.tier_id FROM tiers_tierassignment a
            WHERE a.client_id = t.client_id AND promise.client_id IS NULL AND a.serviced_from <= %(day)s
                AND (a.ends_on IS NULL OR a.ends_on > a.serviced_from)
            ORDER BY a.serviced_from DESC, a.id DESC LIMIT 1
        ) tier ON true
        WHERE t.item_id IS NOT NULL AND t.{OPEN} AND (promise.client_id IS NULL OR promise.waived)
    ) gone
    WHERE task.id = gone.id
    RETURNING task.status
    )
    SELECT count(*) FILTER (WHERE status = 'cancelled'), count(*) FILTER (WHERE status = 'waived') FROM closed
"""


def close_missed(session: Session) -> int:
    """Returns how many tasks were missed."""
    return session.run(MISSED)


def close_unpromised(session: Session) -> tuple[int, int]:
    """Returns how many tasks were cancelled and how many waived."""
    cancelled, waived = session.fetch(UNPROMISED)[0]
    return cancelled, waived
