"""Cases open by themselves when an applied run lowers a tier, and hold the old tier's service back.

It happens at the start of planning, under its lock: before a task of the old tier is cancelled. What a case
holds back is the assignment's `serviced_from`; the planner knows nothing else of transitions. Of two planners
the second finds the case open.
"""

# ruff: noqa: S608  (statements put together from this module's own constants)
from __future__ import annotations

from collections.abc import Iterable

from clients.models import ChangeKind
from clients.whole_firm import as_array
from servicing.models import Step
from servicing.planning.session import OPEN, Session
from servicing.transitions.stages import Ways

SOURCE = "transition"  # of the tasks of stages

# Whom to look at: the given clients, or those with changes that no planner has taken.
_GIVEN = "SELECT unnest(%(clients)s::bigint[]) AS client_id"
_CHANGED = "SELECT DISTINCT client_id FROM clients_change WHERE kind = %(kind)s"

# A tier that a run gave in place of a higher one, and that has had no case: `position` counts downward.
# One look-up by client each (`OFFSET 0` keeps it so): few are looked at, and all assignments are many.
_FALLEN = """
    FROM {whose} s
    CROSS JOIN LATERAL (
        SELECT * FROM tiers_tierassignment WHERE client_id = s.client_id AND ends_on IS NULL OFFSET 0
    ) a
    JOIN servicing_transitionsettings firm ON a.id > firm.cases_after
    JOIN tiers_tierassignment old ON old.client_id = a.client_id AND old.ends_on = a.starts_on
    JOIN clients_tier now ON now.id = a.tier_id
    JOIN clients_tier was ON was.id = old.tier_id AND was.position < now.position
    WHERE a.run_id IS NOT NULL AND a.source <> 'first'
        AND NOT EXISTS (
            SELECT FROM servicing_transition t
            WHERE t.client_id = a.client_id AND t.assignment_id = a.id OFFSET 0
        )
"""
# The small questions first: where no tier was ever replaced and no case is open, nobody is looked at.
_ANYTHING = f"""
    WITH looked_at AS MATERIALIZED ({{whose}})
    SELECT (
            EXISTS (SELECT FROM tiers_tierassignment WHERE ends_on IS NOT NULL)
            AND EXISTS (SELECT {_FALLEN.format(whose="looked_at")})
        ) OR (
            EXISTS (SELECT FROM servicing_transition WHERE closed_on IS NULL)
            AND EXISTS (
                SELECT FROM servicing_transition t JOIN looked_at USING (client_id)
                WHERE t.closed_on IS NULL
            )
        )
"""

# The tier that the client was served by when an assignment began.
_SERVED_BEFORE = """
    SELECT b.tier_id, tier.position FROM tiers_tierassignment b JOIN clients_tier tier ON tier.id = b.tier_id
    WHERE b.client_id = {this}.client_id AND b.id < {this}.id AND b.serviced_from <= {this}.starts_on
        AND b.ends_on > b.serviced_from
    ORDER BY b.serviced_from DESC, b.id DESC LIMIT 1
"""

# The same with that tier, of clients that are served at all.
_FELL = f"""
    SELECT fell.*, served.tier_id AS from_tier_id
    FROM (
        SELECT DISTINCT a.id, a.client_id, a.tier_id AS to_tier_id, a.run_id, a.starts_on, now.position,
            firm.days_by_old_standard AS days
        {_FALLEN.format(whose="transition_scope")}
    ) fell
    JOIN clients_client c ON c.id = fell.client_id AND c.status = 'active'
    CROSS JOIN LATERAL ({_SERVED_BEFORE.format(this="fell")}) served
    WHERE served.position < fell.position
"""

# Open cases whose tier is not the client's any more, and what became of it: a tier that is still lower than
# the one that the client had before the case (`lower`), or none: the run was undone, or the client moved up
# again. `falls`: the tier is lower than the one served when it began, too. `came_back`: what had replaced it
# was undone. `worked`: a person has worked on the case or on its task.
_GONE = f"""
    SELECT t.id, now.id AS assignment_id, now.tier_id, now.starts_on, now.serviced_from,
        coalesce(tier.position > origin.position, false) AS lower,
        coalesce(tier.position > served.position, false) AS falls,
        CASE WHEN tier.position > served.position THEN served.tier_id ELSE origin.tier_id END AS from_tier_id,
        now.id < t.assignment_id AS came_back,
        t.touched OR EXISTS (
            SELECT FROM servicing_servicetask task
            WHERE task.client_id = t.client_id AND task.source = '{SOURCE}'
                AND split_part(task.source_id, '-', 1) = t.id::text
                AND (task.attempts > 0 OR task.status NOT IN ('planned', 'cancelled')
                    OR task.rescheduled_from IS NOT NULL OR task.snoozed_until IS NOT NULL)
        ) AS worked
    FROM servicing_transition t
    JOIN transition_scope s USING (client_id)
    LEFT JOIN tiers_tierassignment now ON now.client_id = t.client_id AND now.ends_on IS NULL
    LEFT JOIN clients_tier tier ON tier.id = now.tier_id
    LEFT JOIN LATERAL (
        SELECT * FROM tiers_tierassignment a
        WHERE a.client_id = t.client_id AND a.run_id = t.run_id AND a.id <= now.id
        ORDER BY a.id DESC LIMIT 1
    ) began ON true
    LEFT JOIN LATERAL ({_SERVED_BEFORE.format(this="began")}) origin ON true
    LEFT JOIN LATERAL ({_SERVED_BEFORE.format(this="now")}) served ON true
    WHERE t.closed_on IS NULL AND t.assignment_id IS NOT NULL AND t.assignment_id IS DISTINCT FROM now.id
"""
_FORGET = """
    DELETE FROM servicing_transition t USING transition_gone g
    WHERE t.id = g.id AND NOT g.lower AND NOT g.worked
"""
_LET_GO = """
    UPDATE servicing_transition t SET assignment_id = NULL, to_tier_id = NULL, until = NULL
    FROM transition_gone g WHERE t.id = g.id AND NOT g.lower
"""
# Another tier, still lower than before the case. One that came back is served from its own day again. One
# that is not lower than what is served now is served from its first day. Where the tier fell once more, a
# case that a person works on keeps its date while that is ahead: the client may have been told.
_FOLLOW = """
    UPDATE servicing_transition t
    SET assignment_id = g.assignment_id, from_tier_id = g.from_tier_id, to_tier_id = g.tier_id,
        until = CASE
            WHEN g.came_back AND (t.touched AND t.until > %(day)s AND t.from_tier_id <> g.tier_id) IS NOT TRUE
                THEN g.serviced_from
            WHEN NOT g.falls THEN g.starts_on
            WHEN t.touched AND t.until >= g.starts_on THEN t.until
            ELSE greatest(t.until, g.starts_on + firm.days_by_old_standard)
        END
    FROM transition_gone g, servicing_transitionsettings firm
    WHERE t.id = g.id AND g.lower
"""

# A person had opened the case before the tier fell: it takes the tier, and keeps the person's date.
_TAKE_UP = """
    UPDATE servicing_transition t
    SET assignment_id = fell.id, run_id = fell.run_id, from_tier_id = fell.from_tier_id,
        to_tier_id = fell.to_tier_id,
        until = CASE WHEN t.until IS NULL THEN fell.starts_on + fell.days
            ELSE greatest(t.until, fell.starts_on) END
    FROM transition_fell fell
    WHERE t.client_id = fell.client_id AND t.closed_on IS NULL AND t.assignment_id IS NULL
"""
_OPEN_NEW = """
    WITH opened AS (
        INSERT INTO servicing_transition (
            client_id, from_tier_id, to_tier_id, assignment_id, run_id, reason, reason_text, opened_on,
            owner_id, touched, until, route, step, number, due_on, referred_to, digital_service, consent_by,
            consent_how, outcome, outcome_text, created_at
        )
        SELECT fell.client_id, fell.from_tier_id, fell.to_tier_id, fell.id, fell.run_id, 'tier', '', %(day)s,
            lead.user_id, false, fell.starts_on + fell.days, '', 'decide', 1,
            %(due_on)s, '', '', '', '', '', '', %(moment)s
        FROM transition_fell fell
        LEFT JOIN clients_teammember lead ON lead.client_id = fell.client_id
            AND lead.role_id = (SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')
        ORDER BY fell.client_id
        ON CONFLICT DO NOTHING
        RETURNING id, opened_on, due_on
    )
    INSERT INTO servicing_transitionstage (case_id, number, route, step, began_on, due_on, done)
    SELECT id, 1, '', 'decide', opened_on, due_on, false FROM opened
"""

# Service of the new tier begins at the case's date, and not before the tier itself does.
_HOLD = """
    UPDATE tiers_tierassignment a SET serviced_from = greatest(a.starts_on, t.until)
    FROM servicing_transition t {whose}
    AND a.id = t.assignment_id AND t.until IS NOT NULL
        AND a.serviced_from <> greatest(a.starts_on, t.until)
"""
_HOLD_OPEN = _HOLD.format(whose="JOIN transition_scope s USING (client_id) WHERE t.closed_on IS NULL")
_HOLD_THESE = _HOLD.format(whose="WHERE t.id = ANY(%(cases)s::bigint[])")

# A case that was taken back takes the task of its stage along.
_TAKE_BACK_TASKS = f"""
    UPDATE servicing_servicetask task
    SET status = 'cancelled', closed_at = %(moment)s, closed_reason = 'taken_back'
    FROM transition_scope s
    WHERE task.client_id = s.client_id AND task.source = '{SOURCE}' AND task.{OPEN}
        AND NOT EXISTS (
            SELECT FROM servicing_transition t WHERE t.id::text = split_part(task.source_id, '-', 1)
        )
"""


def open_cases(session: Session, ids: Iterable[int] | None) -> int:
    """Opens the cases that are due, for the clients with the given ids or for all that changed; returns how
    many. Takes those back whose tier is gone and that nobody has worked on. Whoever calls holds the planning
    lock and plans next.
    """
    whose = _CHANGED if ids is None else _GIVEN
    given = None if ids is None else as_array(sorted(set(ids)))
    values = {"clients": given, "kind": ChangeKind.SERVICE.value}
    if not session.fetch(_ANYTHING.format(whose=whose), **values)[0][0]:
        return 0
    session.keep("transition_scope", whose, analyzed="client_id", **values)
    if session.keep("transition_gone", _GONE):
        session.run(_FORGET)
        session.run(_LET_GO)
        session.run(_FOLLOW)
        session.run(_TAKE_BACK_TASKS)
    opened = 0
    if session.keep("transition_fell", _FELL):
        session.run(_TAKE_UP)
        opened = session.run(_OPEN_NEW, due_on=Ways().due("", Step.DECIDE, session.day))
    session.run(_HOLD_OPEN)
    return opened


def hold(session: Session, cases: Iterable[int]) -> None:
    """Lets the service of the new tier begin at the dates of the cases with the given ids."""
    session.run(_HOLD_THESE, cases=list(cases))
