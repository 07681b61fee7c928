"""Service clocks: wound anew where the item, its terms or the base changed, or a date passed unused."""

from __future__ import annotations

from clients.models import ChangeKind, Firm
from servicing.planning.cover import COVERED, OPEN_TASKS, cover_parameters
from servicing.planning.dating import DATES, DATES_OF_BATCHES
from servicing.planning.levelling import keep_places
from servicing.planning.session import OPEN, Session
from servicing.planning.working_days import keep_calendar

# Base: the latest of
# - a fulfilling touch that closed no task of this kind, at its date;
# - a task done inside its window, at its due date; done outside it, at the touch's date;
# - a task declined, unanswered, missed or waived, at its due date.
# `later`: the client has fulfilling touches after D, which a run for a later date must find.
BASES = """
    SELECT client_id, kind_id, max(on_day) AS base_on, bool_or(later) AS later
    FROM (
        SELECT touch.client_id, rule.service_kind_id AS kind_id,
            max(touch.occurred_on) FILTER (WHERE touch.occurred_on <= %(day)s) AS on_day,
            bool_or(touch.occurred_on > %(day)s) AS later
        FROM plan_scope
        JOIN clients_touch touch USING (client_id)
        JOIN servicing_fulfilmentrule rule ON rule.touch_kind_id = touch.kind_id
        WHERE touch.outcome = 'reached' AND NOT EXISTS (
            SELECT 1 FROM servicing_servicetask task
            WHERE task.touch_id = touch.id AND task.kind_id = rule.service_kind_id
                AND task.item_id IS NOT NULL
        )
        GROUP BY touch.client_id, rule.service_kind_id
        UNION ALL
        SELECT task.client_id, task.kind_id,
            max(CASE WHEN task.status = 'done'
                AND task.completed_on NOT BETWEEN task.window_start AND task.window_end
                THEN task.completed_on ELSE task.due_on END),
            false
        FROM plan_scope
        JOIN servicing_servicetask task USING (client_id)
        WHERE task.item_id IS NOT NULL
            AND task.status IN ('done', 'declined', 'no_response', 'missed', 'waived')
        GROUP BY task.client_id, task.kind_id
    ) facts
    GROUP BY client_id, kind_id
"""

# Each promise with its base and its clock, if it has one: read once, looked at several times. `wound_*`: what
# the clock was wound by.
CLOCKS = """
    SELECT promise.client_id, promise.kind_id, promise.line_id, promise.item_id, promise.terms,
        promise.starts_on, promise.person_id, promise.waived, promise.window_after_days, promise.lead_days,
        base.base_on, clock.id AS clock_id, clock.anchor_on, clock.due_on, clock.create_on,
        clock.item_id AS wound_item_id, clock.terms AS wound_terms, clock.base_on AS wound_base_on
    FROM plan_promise promise
    LEFT JOIN plan_base base ON base.client_id = promise.client_id AND base.kind_id = promise.kind_id
    LEFT JOIN servicing_serviceclock clock
        ON clock.client_id = promise.client_id AND clock.kind_id = promise.kind_id
"""

# A date that passed before its task could be created, and that nothing covers.
EXPIRED = f"""(
        promise.due_on < %(day)s AND NOT promise.waived AND NOT EXISTS (
            SELECT 1 FROM servicing_servicetask task
            WHERE task.client_id = promise.client_id AND task.kind_id = promise.kind_id
                AND task.item_id IS NOT NULL AND task.{OPEN}
        ) AND NOT {COVERED.format(tasks=OPEN_TASKS, due="promise.due_on")}
    )"""

# `expired_on`: nothing changed, but the date passed before its task could be created.
_TO_DATE = """
    SELECT promise.client_id, promise.kind_id, promise.line_id, promise.starts_on, promise.person_id,
        promise.base_on, promise.anchor_on, promise.clock_id, {expired_on} AS expired_on
    FROM plan_clock promise"""
ANEW = f"""{
    _TO_DATE.format(
        expired_on="CASE WHEN wound_item_id = item_id AND wound_terms = terms "
        "AND wound_base_on IS NOT DISTINCT FROM base_on THEN due_on END"
    )
}
    WHERE clock_id IS NULL OR wound_item_id <> item_id OR wound_terms <> terms
        OR wound_base_on IS DISTINCT FROM base_on OR {EXPIRED}
"""

# The same after tasks have moved: what this run has wound already is no longer past.
UNCOVERED = f"""{_TO_DATE.format(expired_on="promise.due_on")}
    WHERE {EXPIRED} AND EXISTS (
        SELECT FROM servicing_serviceclock clock
        WHERE clock.id = promise.clock_id AND clock.due_on = promise.due_on
    )
"""

# One planner works at a time: a clock that was not there is still not there.
WIND_NEW = """
    INSERT INTO servicing_serviceclock
        (client_id, kind_id, item_id, terms, started_on, anchor_on, base_on, due_on, create_on)
    SELECT client_id, kind_id, item_id, terms, starts_on, due_on, base_on, due_on, due_on - lead_days
    FROM plan_date WHERE clock_id IS NULL
"""
WIND_AGAIN = """
    UPDATE servicing_serviceclock clock
    SET item_id = dated.item_id, terms = dated.terms, base_on = dated.base_on, due_on = dated.due_on,
        create_on = dated.due_on - dated.lead_days
    FROM plan_date dated WHERE clock.id = dated.clock_id
"""

# Another lead moves the day on which the task appears, never the date. What another item gives is wound anew.
NEW_LEAD = """
    UPDATE servicing_serviceclock clock SET create_on = clock.due_on - promise.lead_days
    FROM plan_clock promise
    WHERE clock.id = promise.clock_id AND promise.wound_item_id = promise.item_id
        AND promise.create_on <> promise.due_on - promise.lead_days
"""


def wind(session: Session, firm: Firm) -> None:
    """Computes the due dates that have to be given, and leaves all others as they were given."""
    session.keep("plan_base", BASES, analyzed="client_id, kind_id")
    session.keep("plan_clock", CLOCKS, analyzed="client_id, kind_id, clock_id")
    session.run(NEW_LEAD)
    _give_dates(session, firm, ANEW)


def wind_uncovered(session: Session, firm: Firm) -> int:
    """Gives dates anew that had passed while another task covered their own, and whose cover has moved away;
    returns how many."""
    if not session.fetch(f"SELECT EXISTS ({UNCOVERED})", **cover_parameters())[0][0]:
        return 0
    return _give_dates(session, firm, UNCOVERED)


def _give_dates(session: Session, firm: Firm, anew: str) -> int:
    given = session.keep("plan_anew", anew, **cover_parameters())
    if given:
        off = keep_calendar(session, firm)
        session.keep("plan_date", DATES_OF_BATCHES if keep_places(session, off) else DATES)
        session.run(WIND_AGAIN)
        wound = session.run(WIND_NEW)
        session.refresh_statistics("servicing_serviceclock", wound, "(client_id, kind_id, create_on)")
    return given


def put_back_later_facts(session: Session) -> None:
    """Notes again the clients with touches after this run's date: a run for a later date acts on them."""
    session.run(
        "INSERT INTO clients_change (kind, client_id) "
        "SELECT %(kind)s, client_id FROM plan_base WHERE later "
        "EXCEPT SELECT kind, client_id FROM clients_change",
        kind=ChangeKind.SERVICE.value,
    )
