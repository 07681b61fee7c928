"""What was closed on grounds that no longer stand opens again: an undone tier change, a touch taken back or
corrected. A touch that only moved takes the day of its task with it."""

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

# Its touch fell on another day than was known when it closed the task.
_MOVED = "t.status = 'done' AND t.item_id IS NOT NULL AND t.completed_on <> touch.occurred_on"
_IN_TIME = """CASE WHEN t.base_on IS NULL
    THEN touch.occurred_on >= coalesce(clock.started_on, touch.occurred_on)
    ELSE touch.occurred_on > t.base_on END"""
_CLOCK = """LEFT JOIN servicing_serviceclock clock
        ON clock.client_id = t.client_id AND clock.kind_id = t.kind_id"""
FOLLOW_TOUCH = f"""
    UPDATE servicing_servicetask task SET completed_on = moved.occurred_on
    FROM (
        SELECT t.id, touch.occurred_on
        FROM plan_scope
        JOIN servicing_servicetask t USING (client_id)
        JOIN clients_touch touch ON touch.id = t.touch_id
        {_CLOCK}
        WHERE {_MOVED} AND touch.occurred_on <= %(day)s AND {_IN_TIME}
    ) moved
    WHERE task.id = moved.id
"""

# Its touch is of another kind than it was: imports alone correct that, of touches with a number. A task that
# a rule closed stays closed when the firm drops the rule, which the history of the rules tells.
_OTHER_KIND = """touch.source_id <> '' AND NOT EXISTS (
    SELECT FROM servicing_fulfilmentrule rule
    WHERE rule.service_kind_id = t.kind_id AND rule.touch_kind_id = touch.kind_id
) AND NOT EXISTS (
    SELECT FROM servicing_fulfilmentruleevent rule
    WHERE rule.service_kind_id = t.kind_id AND rule.touch_kind_id = touch.kind_id
)"""

# Done tasks whose touch was deleted, moved to another client or before the task, turned out to have reached
# nobody or to be of a kind that does not fulfil it. `newer`: a later task of the kind was closed on its own
# grounds, or has an appointment; then this one was missed.
UNLOGGED = f"""
    SELECT DISTINCT ON (t.client_id, t.kind_id, stands.newer) t.id, t.client_id, t.kind_id, stands.newer
    FROM plan_scope
    JOIN servicing_servicetask t USING (client_id)
    LEFT JOIN clients_touch touch ON touch.id = t.touch_id
    {_CLOCK}
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
        AND (touch.id IS NULL OR touch.client_id <> t.client_id OR touch.outcome <> 'reached'
            OR {_MOVED} AND NOT {_IN_TIME} OR {_OTHER_KIND})
    ORDER BY t.client_id, t.kind_id, stands.newer, t.id DESC
"""


def reopen(session: Session) -> int:
    """Returns how many tasks are open again."""
    from clients.firm import firm_settings

    session.run(FOLLOW_TOUCH)
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
        SET status = 'missed', outcome = 'firm_missed', completed_on = NULL, touch_id = NULL,
            closed_at = %(moment)s
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
