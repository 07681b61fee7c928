"""What a transfer moves and to whom, in temporary tables that both the preview and the transfer read.

- `book_row`: the team roles that move, with who holds them;
- `book_deal`: for each client the receiver that it goes to;
- `book_task`: the open tasks that go along, with who has them, and to whom;
- `book_promise`: what the clients looked at are promised in a year, in minutes, and whether it moves.
"""

# ruff: noqa: S608  (the statements are put together from texts of this module)
from __future__ import annotations

import datetime as dt

from django.utils import timezone

from clients.firm import firm_today
from servicing.book.choosing import keep_chosen
from servicing.models import BookTransfer, Share
from servicing.planning import scope
from servicing.planning.session import OPEN, Session

LEAD = "(SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')"

# The roles asked for that the person holds (no person: that anybody holds) for the clients chosen.
ROWS = """
    SELECT t.id AS team_id, t.client_id, t.role_id, t.user_id
    FROM clients_teammember t JOIN book_client USING (client_id)
    WHERE t.role_id = ANY(%(roles)s::bigint[])
        AND CASE WHEN %(from)s::bigint IS NULL THEN true ELSE t.user_id = %(from)s::bigint END
"""

# Who a promise falls to: the holder of its role, else the lead advisor. It moves where that role moves.
PROMISES = f"""
    SELECT promise.client_id, promise.minutes * 12.0 / promise.interval_months AS minutes_a_year,
        promise.person_id, moved.team_id IS NOT NULL AS moves
    FROM plan_promise promise
    LEFT JOIN clients_teammember holder
        ON holder.client_id = promise.client_id AND holder.role_id = promise.role_id
    LEFT JOIN book_row moved ON moved.client_id = promise.client_id
        AND moved.role_id = CASE WHEN holder.id IS NULL THEN {LEAD} ELSE promise.role_id END
    WHERE NOT promise.waived
"""

# Dealt like cards, there and back again, the largest client first: no receiver gets more hours than another
# by more than the largest client has. By number: one after the other, in the order of client numbers.
DEAL = """
    SELECT client_id,
        (%(receivers)s::bigint[])[1 + CASE WHEN {even} THEN place %% many ELSE many - 1 - place %% many END]
            AS to_id
    FROM (
        SELECT c.id AS client_id, %(many)s::int AS many,
            (row_number() OVER (ORDER BY {first}c.external_id) - 1)::int AS place
        FROM (SELECT DISTINCT client_id FROM book_row) mine
        JOIN clients_client c ON c.id = mine.client_id
        LEFT JOIN (
            SELECT client_id, sum(minutes_a_year) AS minutes FROM book_promise WHERE moves GROUP BY client_id
        ) heavy USING (client_id)
    ) placed
"""
FIRST = {Share.HOURS.value: "coalesce(heavy.minutes, 0) DESC, ", Share.COUNT.value: ""}
EVEN = {Share.HOURS.value: "(place / many) %% 2 = 0", Share.COUNT.value: "true"}

# Tasks that follow the team go where the team goes. A task given to somebody by hand goes along where that
# somebody gives the client away, unless they keep another role for it; with everything, always.
TASKS = f"""
    SELECT t.id, t.client_id, t.assigned_to_id AS before_id, t.reassigned AS before_reassigned,
        deal.to_id, t.reassigned, t.planned_minutes
    FROM book_deal deal
    JOIN servicing_servicetask t ON t.client_id = deal.client_id AND t.{OPEN}
    LEFT JOIN clients_teammember holder ON holder.client_id = t.client_id AND holder.role_id = t.role_id
    LEFT JOIN book_row moved ON moved.client_id = t.client_id
        AND moved.role_id = CASE WHEN holder.id IS NULL THEN {LEAD} ELSE t.role_id END
    WHERE t.assigned_to_id IS DISTINCT FROM deal.to_id AND CASE
        WHEN t.role_id IS NOT NULL AND NOT t.reassigned THEN moved.team_id IS NOT NULL
        ELSE EXISTS (
            SELECT 1 FROM book_row r WHERE r.client_id = t.client_id AND r.user_id = t.assigned_to_id
        ) AND (%(everything)s OR NOT EXISTS (
            SELECT 1 FROM clients_teammember kept
            WHERE kept.client_id = t.client_id AND kept.user_id = t.assigned_to_id
                AND NOT EXISTS (SELECT 1 FROM book_row r WHERE r.team_id = kept.id)
        ))
    END
"""

# The person's other open tasks, at clients that stay with others: back to that client's team, and where
# nobody active is on it, to the receivers in turn.
ELSEWHERE = f"""
    INSERT INTO book_task
    SELECT other.id, other.client_id, other.assigned_to_id, other.reassigned,
        coalesce(other.team_id, (%(receivers)s::bigint[])[
            1 + (row_number() OVER (PARTITION BY other.team_id ORDER BY other.id) - 1)
                %% greatest(%(many)s, 1)
        ]),
        other.team_id IS NULL OR other.role_id IS NULL, other.planned_minutes
    FROM (
        SELECT t.*, coalesce(
            (SELECT holder.user_id FROM clients_teammember holder JOIN clients_user u ON u.id = holder.user_id
                WHERE holder.client_id = t.client_id AND holder.role_id = t.role_id AND u.is_active
                    AND u.id <> t.assigned_to_id),
            (SELECT lead.user_id FROM clients_teammember lead JOIN clients_user u ON u.id = lead.user_id
                WHERE lead.client_id = t.client_id AND lead.role_id = {LEAD} AND u.is_active
                    AND u.id <> t.assigned_to_id)
        ) AS team_id
        FROM servicing_servicetask t
        WHERE t.assigned_to_id = %(from)s AND t.{OPEN}
            AND NOT EXISTS (SELECT 1 FROM book_task known WHERE known.id = t.id)
    ) other
    WHERE other.team_id IS NOT NULL OR %(many)s > 0
"""


def work_out(transfer: BookTransfer, *, receivers_too: bool = False, day: dt.date | None = None) -> Session:
    """Fills the temporary tables, as of `day` or today. `receivers_too`: `book_promise` holds the receivers'
    own clients too."""
    session = Session(
        day=day or firm_today(),
        moment=timezone.now(),
        parameters={
            "from": transfer.from_user_id,
            "roles": transfer.role_ids,
            "receivers": transfer.receiver_ids,
            "many": len(transfer.receiver_ids),
            "everything": transfer.everything,
        },
    )
    keep_chosen(transfer)
    session.keep("book_row", ROWS, analyzed="team_id, client_id, role_id, user_id")
    _read_promises(session, receivers_too=receivers_too)
    deal = DEAL.format(even=EVEN[transfer.share], first=FIRST[transfer.share])
    if not transfer.receiver_ids:
        deal = "SELECT NULL::bigint AS client_id, NULL::bigint AS to_id WHERE false"
    session.keep("book_deal", deal, analyzed="client_id, to_id")
    session.keep("book_task", TASKS, analyzed="id, client_id")
    if transfer.everything and transfer.from_user_id:
        session.run(ELSEWHERE)
    return session


def _read_promises(session: Session, *, receivers_too: bool) -> None:
    whose = "SELECT client_id FROM book_row"
    if receivers_too:
        whose += (
            " UNION SELECT client_id FROM clients_teammember WHERE user_id = ANY(%(receivers)s::bigint[])"
        )
    session.keep("plan_scope", f"SELECT DISTINCT client_id FROM ({whose}) whose", analyzed="client_id")
    scope.read_items(session)
    scope.read_promises(session)
    session.keep("book_promise", PROMISES, analyzed="client_id, person_id, moves")


def fingerprint(session: Session) -> str:
    """A short text that differs once other rows would move, or to others: what a preview was of."""
    rows, tasks = session.fetch(
        """
        SELECT (SELECT count(*) || '.' || coalesce(sum(hashtextextended(concat_ws(
                    '.', r.team_id, r.user_id, d.to_id), 0)::numeric), 0)
                FROM book_row r LEFT JOIN book_deal d USING (client_id)),
            (SELECT count(*) || '.' || coalesce(sum(hashtextextended(concat_ws(
                    '.', id, before_id, to_id), 0)::numeric), 0) FROM book_task)
        """
    )[0]
    return f"{rows}-{tasks}"
