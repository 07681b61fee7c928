"""Move tasks under their client's new item, create those whose day has come, follow the service team."""

from __future__ import annotations

from clients.models import Firm
from servicing.planning import absences
from servicing.planning.cover import COVERED, cover_parameters, covering_pairs, creation_order
from servicing.planning.session import MANY, OPEN, STANDS, Session

# A kind that the new tier promises too: its open task goes on under the new item and is dated anew, except
# where its date stands.
_DUE = f"CASE WHEN {STANDS} THEN task.due_on ELSE clock.due_on END"
MOVE = f"""
    UPDATE servicing_servicetask task
    SET item_id = promise.item_id, tier_id = promise.tier_id, role_id = promise.role_id,
        channel = promise.channel, planned_minutes = promise.minutes, automated = promise.automated,
        assigned_to_id = CASE WHEN task.reassigned OR task.stands_in_for_id IS NOT NULL
            THEN task.assigned_to_id ELSE promise.person_id END,
        due_on = {_DUE}, base_on = CASE WHEN {STANDS} THEN task.base_on ELSE clock.base_on END,
        window_start = {_DUE} - promise.window_before_days, window_end = {_DUE} + promise.window_after_days,
        rescheduled_from = CASE WHEN {STANDS} THEN task.rescheduled_from END,
        reschedule_reason = CASE WHEN {STANDS} THEN task.reschedule_reason ELSE '' END
    FROM plan_promise promise
    JOIN servicing_serviceclock clock
        ON clock.client_id = promise.client_id AND clock.kind_id = promise.kind_id
    WHERE task.client_id = promise.client_id AND task.kind_id = promise.kind_id
        AND task.item_id <> promise.item_id AND task.{OPEN} AND NOT promise.waived
"""

# An item was edited: its open tasks take its role, channel, minutes and window, and keep their dates.
FOLLOW = f"""
    UPDATE servicing_servicetask task
    SET role_id = promise.role_id, channel = promise.channel, planned_minutes = promise.minutes,
        automated = promise.automated, window_start = task.due_on - promise.window_before_days,
        window_end = task.due_on + promise.window_after_days
    FROM plan_promise promise JOIN plan_changed_item USING (item_id)
    WHERE task.client_id = promise.client_id AND task.kind_id = promise.kind_id
        AND task.item_id = promise.item_id AND task.{OPEN}
        AND (task.role_id, task.channel, task.planned_minutes, task.automated, task.window_start,
            task.window_end)
        IS DISTINCT FROM (promise.role_id, promise.channel, promise.minutes, promise.automated,
            task.due_on - promise.window_before_days, task.due_on + promise.window_after_days)
"""

# The open tasks of the clients in scope, with those that this run adds.
OPEN_TASKS = f"""
    SELECT task.client_id, task.kind_id, task.due_on, task.item_id IS NOT NULL AS promised
    FROM plan_scope JOIN servicing_servicetask task USING (client_id)
    WHERE task.{OPEN}
"""

# Due date - lead has come, none of the kind is open, and none beside it would be fulfilled by the same touch.
# The unique constraint on open tasks is the last line of defence.
CREATE = """
    WITH created AS (
        INSERT INTO servicing_servicetask (
            client_id, tier_id, item_id, kind_id, title, status, due_on, window_start, window_end, base_on,
            role_id, assigned_to_id, reassigned, channel, planned_minutes, automated, snooze_reason, attempts,
            outcome, closed_reason, source, source_id, created_at{stood_in_column}
        )
        SELECT promise.client_id, promise.tier_id, promise.item_id, promise.kind_id, '', 'planned',
            clock.due_on, clock.due_on - promise.window_before_days, clock.due_on + promise.window_after_days,
            clock.base_on, promise.role_id, {person}, false, promise.channel, promise.minutes,
            promise.automated, '', 0, '', '', '', '', %(moment)s{stood_in}
        FROM plan_promise promise
        JOIN servicing_serviceclock clock
            ON clock.client_id = promise.client_id AND clock.kind_id = promise.kind_id
        {away}
        WHERE clock.create_on <= %(day)s AND NOT promise.waived AND {chosen}
            AND NOT EXISTS (
                SELECT 1 FROM plan_open task
                WHERE task.client_id = promise.client_id AND task.kind_id = promise.kind_id AND task.promised
            )
        ON CONFLICT DO NOTHING
        RETURNING client_id, kind_id, due_on
    )
    INSERT INTO plan_open SELECT client_id, kind_id, due_on, true FROM created
"""

# Whom a new task falls to; where somebody is absent, the stand-in of a task that is due then.
ROLES_PERSON = {"person": "promise.person_id", "stood_in_column": "", "stood_in": "", "away": ""}
OR_STAND_IN = {
    "person": "coalesce(away.stand_in_id, promise.person_id)",
    "stood_in_column": ", stands_in_for_id",
    "stood_in": ", CASE WHEN away.stand_in_id IS NOT NULL THEN promise.person_id END",
    "away": "LEFT JOIN plan_away away ON away.user_id = promise.person_id AND away.day = clock.due_on",
}

# The team changed: open tasks that nobody handed to somebody in person follow it.
REASSIGN = f"""
    UPDATE servicing_servicetask task SET assigned_to_id = team.person_id
    FROM (
        SELECT t.id, coalesce(holder.user_id, lead.user_id) AS person_id
        FROM plan_scope
        JOIN servicing_servicetask t USING (client_id)
        LEFT JOIN clients_teammember holder ON holder.client_id = t.client_id AND holder.role_id = t.role_id
        LEFT JOIN clients_teammember lead ON lead.client_id = t.client_id
            AND lead.role_id = (SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')
        WHERE t.{OPEN} AND t.role_id IS NOT NULL AND NOT t.reassigned
    ) team
    WHERE task.id = team.id AND task.assigned_to_id IS DISTINCT FROM team.person_id
"""


def move(session: Session) -> int:
    """Returns how many tasks went on under another item."""
    return session.run(MOVE)


def create(session: Session) -> int:
    """Returns how many tasks were created. Covering kinds first, so that those they cover see them."""
    session.keep("plan_open", OPEN_TASKS, analyzed="client_id, kind_id")
    groups = creation_order(covering_pairs())
    covered_kinds = [kind for group in groups for kind in group]
    falls_to = OR_STAND_IN if session.absences else ROLES_PERSON
    created = session.run(
        CREATE.format(chosen="promise.kind_id <> ALL(%(kinds)s::bigint[])", **falls_to), kinds=covered_kinds
    )
    for group in groups:
        if created > MANY:
            session.run("ANALYZE plan_open")
        created += session.run(
            CREATE.format(
                chosen="promise.kind_id = ANY(%(kinds)s::bigint[]) AND NOT "
                + COVERED.format(tasks="plan_open", due="clock.due_on"),
                **falls_to,
            ),
            kinds=sorted(group),
            **cover_parameters(),
        )
    session.refresh_statistics("servicing_servicetask", created)
    return created


def follow(session: Session) -> int:
    """Returns how many open tasks followed their edited item."""
    return session.run(FOLLOW) if session.items_changed else 0


def note_followed(session: Session) -> None:
    """After a run for all clients no open task is behind its item."""
    if session.items_changed:
        session.run(
            "INSERT INTO servicing_followeditem (item_id, how) SELECT item_id, how FROM plan_changed_item "
            "ON CONFLICT (item_id) DO UPDATE SET how = excluded.how"
        )


def reassign(session: Session, firm: Firm) -> int:
    """Returns how many open tasks went to another person."""
    return absences.assign(session, firm) if session.absences else session.run(REASSIGN)
