"""What the client list shows of a client's service: next due date, since when late, how many open tasks."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from clients.firm import firm_today
from clients.summaries import take_turns
from servicing.planning import scope
from servicing.planning.session import OPEN, Session

# Next due: the earliest open task; where none is open, the earliest date that a clock has given.
WRITE = f"""
    UPDATE clients_clientsummary summary
    SET next_due_on = found.next_due_on, late_after = found.late_after, open_tasks = found.open_tasks
    FROM (
        SELECT plan_scope.client_id, coalesce(tasks.due_on, clocks.due_on) AS next_due_on, tasks.late_after,
            coalesce(tasks.number, 0) AS open_tasks
        FROM plan_scope
        LEFT JOIN (
            SELECT task.client_id, min(task.due_on) AS due_on, min(task.window_end) AS late_after,
                count(*) AS number
            FROM plan_scope JOIN servicing_servicetask task USING (client_id)
            WHERE task.{OPEN}
            GROUP BY task.client_id
        ) tasks USING (client_id)
        LEFT JOIN (
            SELECT promise.client_id, min(clock.due_on) AS due_on
            FROM plan_promise promise
            JOIN servicing_serviceclock clock
                ON clock.client_id = promise.client_id AND clock.kind_id = promise.kind_id
            WHERE NOT promise.waived
            GROUP BY promise.client_id
        ) clocks USING (client_id)
    ) found
    WHERE summary.client_id = found.client_id
        AND (summary.next_due_on, summary.late_after, summary.open_tasks)
            IS DISTINCT FROM (found.next_due_on, found.late_after, found.open_tasks)
"""


def write(session: Session) -> int:
    """Writes the summaries of the clients in scope that differ; returns how many did.

    A single client, as after a click, waits for nobody: with one row nobody can wait for it in turn.
    """
    if session.fetch("SELECT count(*) > 1 FROM plan_scope")[0][0]:
        take_turns()
    return session.run(WRITE)


@transaction.atomic
def rebuild_summaries() -> int:
    """Writes servicing's part of every client's summary anew; returns how many rows differed."""
    session = Session(day=firm_today(), moment=timezone.now())
    session.keep("plan_scope", "SELECT id AS client_id FROM clients_client")
    scope.read_items(session)
    scope.read_promises(session)
    return write(session)
