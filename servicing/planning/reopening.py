"""Open again what was closed on grounds that no longer stand: an undone tier change, a touch taken back."""

from __future__ import annotations

from servicing.planning.session import OPEN, Session

# A task cancelled by a change of tier, whose item is promised again under an assignment that began before the
# cancellation: the change was undone. The latest of its kind opens again with the date that it had.
UNDONE_TIER_CHANGE = f"""
    UPDATE servicing_servicetask task
    SET status = CASE WHEN task.scheduled_at IS NULL THEN 'planned' ELSE 'scheduled' END,
        closed_at = NULL, closed_reason = ''
    FROM (
        SELECT DISTINCT ON (t.client_id, t.kind_id) t.id
        FROM plan_promise promise
        JOIN servicing_servicetask t ON t.client_id = promise.client_id AND t.kind_id = promise.kind_id
        WHERE t.item_id = promise.item_id AND t.status = 'cancelled' AND t.closed_reason = 'tier'
            AND NOT promise.waived
            AND (t.closed_at AT TIME ZONE %(zone)s)::date >= promise.serviced_from
            AND NOT EXISTS (
                SELECT 1 FROM servicing_servicetask other
                WHERE other.client_id = t.client_id AND other.kind_id = t.kind_id
                    AND other.item_id IS NOT NULL
                    AND (other.{OPEN} OR (other.status <> 'cancelled' AND other.id > t.id))
            )
        ORDER BY t.client_id, t.kind_id, t.id DESC
    ) latest
    WHERE task.id = latest.id
"""

# Done tasks whose touch was deleted, moved to another client or turned out to have reached nobody. `newer`:
# a later task of the kind was closed on its own grounds, or has an appointment; then this one was missed.
UNLOGGED = """
    SELECT DISTINCT ON (t.client_id, t.kind_id, stands.newer) t.id, t.client_id, t.kind_id, stands.newer
    FROM plan_scope
    JOIN servicing_servicetask t USING (client_id)
    LEFT JOIN clients_touch touch ON touch.id = t.touch_id
    CROSS JOIN LATERAL (SELECT EXISTS (
        SELECT 1 FROM servicing_servicetask other
        WHERE other.client_id = t.client_id AND other.kind_id = t.kind_id AND other.item_id IS NOT NULL
            AND other.id > t.id AND other.status NOT IN ('planned', 'cancelled')
    ) OR NOT EXISTS (
        SELECT 1 FROM plan_promise promise
        WHERE promise.client_id = t.client_id AND promise.kind_id = t.kind_id
            AND promise.item_id = t.item_id AND NOT promise.waived
    ) AS newer) stands
    WHERE t.status = 'done' AND t.item_id IS NOT NULL
        AND (touch.id IS NULL OR touch.client_id <> t.client_id OR touch.outcome <> 'reached')
    ORDER BY t.client_id, t.kind_id, stands.newer, t.id DESC
"""


def reopen(session: Session) -> int:
    """Returns how many tasks are open again."""
    from clients.firm import firm_settings

    reopened = session.run(UNDONE_TIER_CHANGE, zone=firm_settings().time_zone)
    if not session.keep("plan_unlogged", UNLOGGED):
        return reopened
    session.run(
        f"""
        UPDATE servicing_servicetask task
        SET status = 'cancelled', closed_at = %(moment)s, closed_reason = 'unlogged'
        FROM plan_unlogged u
        WHERE NOT u.newer AND task.client_id = u.client_id AND task.kind_id = u.kind_id
            AND task.item_id IS NOT NULL AND task.{OPEN}
        """
    )
    session.run(
        """
        UPDATE servicing_servicetask task
        SET status = 'missed', outcome = 'firm_missed', completed_on = NULL, touch_id = NULL
        FROM plan_unlogged u WHERE u.newer AND task.id = u.id
        """
    )
    return reopened + session.run(
        """
        UPDATE servicing_servicetask task
        SET status = CASE WHEN task.scheduled_at IS NULL THEN 'planned' ELSE 'scheduled' END, outcome = '',
            completed_on = NULL, touch_id = NULL, closed_at = NULL
        FROM plan_unlogged u WHERE NOT u.newer AND task.id = u.id
        """
    )
