"""A fulfilling touch that reached the client closes the open task of its kind, early or late."""

from __future__ import annotations

from servicing.planning.session import OPEN, Session

# The earliest touch that came after the task's base (or, never served before, since service started) and has
# closed no task of this kind yet. One touch may close tasks of several kinds.
FULFILLED = f"""
    UPDATE servicing_servicetask task
    SET status = 'done', outcome = 'delivered', completed_on = found.occurred_on, touch_id = found.touch_id,
        closed_at = %(moment)s
    FROM (
        SELECT DISTINCT ON (t.id) t.id, touch.id AS touch_id, touch.occurred_on
        FROM plan_scope
        JOIN servicing_servicetask t USING (client_id)
        JOIN servicing_fulfilmentrule rule ON rule.service_kind_id = t.kind_id
        JOIN clients_touch touch ON touch.client_id = t.client_id AND touch.kind_id = rule.touch_kind_id
        LEFT JOIN servicing_serviceclock clock ON clock.client_id = t.client_id AND clock.kind_id = t.kind_id
        WHERE t.item_id IS NOT NULL AND t.{OPEN}
            AND touch.outcome = 'reached' AND touch.occurred_on <= %(day)s
            AND CASE WHEN t.base_on IS NULL
                THEN touch.occurred_on >= coalesce(clock.started_on, touch.occurred_on)
                ELSE touch.occurred_on > t.base_on END
            AND NOT EXISTS (
                SELECT 1 FROM servicing_servicetask other
                WHERE other.touch_id = touch.id AND other.kind_id = t.kind_id
            )
        ORDER BY t.id, touch.occurred_on, touch.occurred_at, touch.id
    ) found
    WHERE task.id = found.id
"""


def close_fulfilled(session: Session) -> int:
    """Returns how many tasks a touch closed."""
    return session.run(FULFILLED)
