"""Dates of equity pay become tasks ahead of time, follow their dates, and are taken back with them.

A vest is known by its grant and its number, a window by its company and quarter, so that a date that moves
takes its task along, and no date has two. What is done stays done. All statements are sent under the planning
lock: of two workers at once the second finds nothing to do.
"""

# ruff: noqa: S608  (statements put together from this module's own constants)
from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.firm import firm_settings
from clients.models import ChangeKind
from clients.whole_firm import as_array
from personas.models import EquityCompany
from personas.tools.equity.reading import companies_with_rules
from personas.tools.equity.windows import turns
from servicing.models.equity import MOST_LEAD
from servicing.planning.session import OPEN, Session
from servicing.planning.working_days import CALENDAR, days_off

VEST, OPENS, CLOSES, EXPIRES = "equity_vest", "equity_opens", "equity_closes", "equity_expires"
SOURCES = (VEST, OPENS, CLOSES, EXPIRES)
AFTER_DAYS = 7  # a vest or an opening is still in time so many days after its day
LOOKED_BACK = 150  # days that windows are computed back; a task older than that stays as it is

# The open tasks of such dates, with what their numbers say: the grant or the company, and which of its dates.
_OPEN = f"""
    SELECT task.id, task.client_id, task.source, task.source_id, task.due_on,
        CASE WHEN task.source IN ('{VEST}', '{EXPIRES}')
            THEN split_part(task.source_id, '-', 1)::bigint END AS grant_id,
        CASE WHEN task.source = '{VEST}' THEN split_part(task.source_id, '-', 2)::int END AS number
    FROM servicing_servicetask task
    WHERE task.source = ANY(%(sources)s) AND task.source_id <> '' AND task.{OPEN} {{narrow}}
"""

# Days on which trading opens or closes, by company, as the pages compute them.
_TURNS = """
    SELECT * FROM jsonb_to_recordset(%(turns)s::jsonb)
        AS turn (company_id bigint, key text, opens boolean, on_date date)
"""

# What a client has of a company on a day that can be traded or exercised: vested, and not sold or kept back.
_LEFT = """
    coalesce((
        SELECT sum(v.shares) FROM personas_equityvest v WHERE v.grant_id = g.id AND v.vests_on <= {day}
    ), 0) - coalesce((
        SELECT sum(t.shares) FROM personas_equitytransaction t WHERE t.grant_id = g.id AND t.kind {gone}
    ), 0)
"""
_TO_TRADE = f"""
    EXISTS (
        SELECT FROM personas_equitygrant g
        WHERE g.client_id = p.client_id AND g.company_id = turn.company_id
            AND (g.expires_on IS NULL OR g.expires_on >= turn.on_date)
            AND {_LEFT.format(day="turn.on_date", gone="<> 'exercise'")} > 0
    )
"""

# Every date that is near, or that an open task stands for, of active clients: when it is, and its words.
_EVENTS = f"""
    SELECT event.client_id, event.source, event.source_id, event.on_date, left(event.title, 160) AS title,
        lead.lead_days, lead.minutes, lead.channel,
        coalesce(CASE WHEN event.ahead THEN day.previous_on ELSE day.next_on END, event.on_date) AS due_on,
        CASE WHEN event.ahead THEN 0 ELSE {AFTER_DAYS} END AS after_days
    FROM (
        SELECT g.client_id, '{VEST}' AS source, g.id || '-' || v.number AS source_id, v.vests_on AS on_date,
            CASE WHEN g.kind IN ('iso', 'nso') THEN 'option_vest' ELSE 'vest' END AS kind, false AS ahead,
            format(
                CASE WHEN g.kind IN ('iso', 'nso') THEN %(options_vest)s ELSE %(shares_vest)s END,
                to_char(v.shares, 'FM999,999,999,999'), company.name
            ) AS title
        FROM (
            SELECT v.id FROM personas_equityvest v
            JOIN personas_equitygrant g ON g.id = v.grant_id
            WHERE v.vests_on BETWEEN %(day)s AND %(farthest)s {{of_grant}}
            UNION
            SELECT v.id FROM equity_open o
            JOIN personas_equityvest v ON v.grant_id = o.grant_id AND v.number = o.number
        ) p
        JOIN personas_equityvest v ON v.id = p.id
        JOIN personas_equitygrant g ON g.id = v.grant_id
        JOIN personas_equitycompany company ON company.id = g.company_id
        UNION ALL
        SELECT p.client_id, p.source, p.client_id || '-' || turn.company_id || '-' || turn.key, turn.on_date,
            CASE WHEN turn.opens THEN 'opens' ELSE 'closes' END, NOT turn.opens,
            format(CASE WHEN turn.opens THEN %(opens)s ELSE %(closes)s END, company.name)
        FROM equity_turn turn
        JOIN personas_equitycompany company ON company.id = turn.company_id
        CROSS JOIN LATERAL (
            SELECT DISTINCT g.client_id, CASE WHEN turn.opens THEN '{OPENS}' ELSE '{CLOSES}' END AS source
            FROM personas_equitygrant g
            WHERE g.company_id = turn.company_id
                AND turn.on_date BETWEEN %(day)s AND %(farthest)s {{of_grant}}
            UNION
            SELECT o.client_id, o.source FROM equity_open o
            WHERE o.source = CASE WHEN turn.opens THEN '{OPENS}' ELSE '{CLOSES}' END
                AND o.source_id = o.client_id || '-' || turn.company_id || '-' || turn.key
        ) p
        WHERE {_TO_TRADE}
        UNION ALL
        SELECT g.client_id, '{EXPIRES}', g.id::text, g.expires_on, 'expires', true,
            format(%(ends)s, to_char({_LEFT.format(day="g.expires_on", gone="= 'exercise'")},
                'FM999,999,999,999'), company.name)
        FROM (
            SELECT g.id FROM personas_equitygrant g
            WHERE g.expires_on BETWEEN %(day)s AND %(farthest)s {{of_grant}}
            UNION
            SELECT o.grant_id FROM equity_open o WHERE o.source = '{EXPIRES}'
        ) p
        JOIN personas_equitygrant g ON g.id = p.id
        JOIN personas_equitycompany company ON company.id = g.company_id
        WHERE g.expires_on IS NOT NULL AND {_LEFT.format(day="g.expires_on", gone="= 'exercise'")} > 0
    ) event
    JOIN clients_client client ON client.id = event.client_id AND client.status = 'active'
    JOIN servicing_equitylead lead ON lead.kind = event.kind AND lead.is_on
    LEFT JOIN equity_day day ON day.day = event.on_date
"""

# The date is gone, nothing is left to trade, the kind makes no tasks any more; or the client is not active.
_TAKE_BACK = f"""
    UPDATE servicing_servicetask task
    SET status = 'cancelled', closed_at = %(moment)s,
        closed_reason = CASE WHEN client.status = 'active' THEN 'taken_back' ELSE 'status' END
    FROM equity_open o
    JOIN clients_client client ON client.id = o.client_id
    LEFT JOIN equity_event event ON event.source = o.source AND event.source_id = o.source_id
        AND event.client_id = o.client_id
    WHERE task.id = o.id AND event.source IS NULL
        AND (client.status <> 'active' OR o.source NOT IN ('{OPENS}', '{CLOSES}')
            OR o.due_on >= %(day)s - {LOOKED_BACK})
    RETURNING task.client_id
"""

# The date moved, or its shares did. What a person moved or made an appointment for keeps its date.
_MOVE = """
    UPDATE servicing_servicetask task
    SET title = event.title, due_on = dated.due_on, window_start = dated.window_start,
        window_end = dated.window_end
    FROM equity_open o
    JOIN equity_event event USING (source, source_id, client_id)
    JOIN servicing_servicetask old ON old.id = o.id
    CROSS JOIN LATERAL (
        SELECT old.status = 'scheduled' OR old.rescheduled_from IS NOT NULL AS stands
    ) kept
    CROSS JOIN LATERAL (
        SELECT CASE WHEN kept.stands THEN old.due_on ELSE event.due_on END AS due_on,
            CASE WHEN kept.stands OR old.due_on = event.due_on THEN old.window_start
                ELSE event.due_on - event.lead_days END AS window_start,
            CASE WHEN kept.stands THEN old.window_end ELSE event.due_on + event.after_days END AS window_end
    ) dated
    WHERE task.id = o.id AND (task.title, task.due_on, task.window_start, task.window_end)
        IS DISTINCT FROM (event.title, dated.due_on, dated.window_start, dated.window_end)
    RETURNING task.client_id
"""

# Due date - lead has come and its day has not passed. One that was taken back, or cancelled while the client
# was not active, opens again; one that is done stays done.
_MAKE = """
    INSERT INTO servicing_servicetask AS made (
        client_id, tier_id, title, status, due_on, window_start, window_end, role_id, assigned_to_id,
        reassigned, channel, planned_minutes, automated, snooze_reason, attempts, outcome, closed_reason,
        source, source_id, created_at
    )
    SELECT event.client_id, summary.tier_id, event.title, 'planned', event.due_on,
        event.due_on - event.lead_days, event.due_on + event.after_days, role.id, lead.user_id, false,
        event.channel, event.minutes, false, '', 0, '', '', event.source, event.source_id, %(moment)s
    FROM equity_event event
    JOIN clients_servicerole role ON role.code = 'lead_advisor'
    LEFT JOIN clients_teammember lead ON lead.client_id = event.client_id AND lead.role_id = role.id
    LEFT JOIN clients_clientsummary summary ON summary.client_id = event.client_id
    WHERE event.on_date >= %(day)s AND event.due_on - event.lead_days <= %(day)s
    ON CONFLICT (source, source_id) WHERE source_id <> '' DO UPDATE
        SET status = CASE WHEN made.scheduled_at IS NULL THEN 'planned' ELSE 'scheduled' END,
            closed_at = NULL, closed_reason = '', client_id = excluded.client_id, title = excluded.title,
            due_on = excluded.due_on, window_start = excluded.window_start, window_end = excluded.window_end
        WHERE made.status = 'cancelled' AND made.closed_reason IN ('taken_back', 'status')
    RETURNING client_id
"""

_ANYTHING = f"""
    SELECT EXISTS (SELECT FROM personas_equitygrant WHERE client_id = ANY(%(clients)s::bigint[]))
        OR EXISTS (SELECT FROM servicing_servicetask WHERE client_id = ANY(%(clients)s::bigint[])
            AND source = ANY(%(sources)s) AND {OPEN})
"""

# The next run of planning counts their open tasks, and gives what is due in an absence to the stand-in.
_NOTE_CLIENTS = """
    INSERT INTO clients_change (kind, client_id) SELECT %(kind)s, unnest(%(clients)s::bigint[])
"""


@dataclass
class Swept:
    """How many tasks were made or opened again, followed their date, and were taken back."""

    made: int = 0
    moved: int = 0
    taken_back: int = 0

    def counted(self) -> dict[str, int]:
        """By words of the log of scheduled work."""
        return {
            "equity_made": self.made,
            "equity_moved": self.moved,
            "equity_taken_back": self.taken_back,
        }


@transaction.atomic
def open_tasks(*, day: dt.date, clients: Iterable[int] | None = None) -> Swept:
    """Brings the tasks of equity dates in line with them, for all clients or for those with the given ids.

    Takes the planning lock. A run over all clients notes those concerned for planning; whoever gives ids
    plans for them next.
    """
    from servicing.planning import lock

    lock()
    session = Session(day=day, moment=timezone.now())
    ids = None if clients is None else sorted(set(clients))
    given = None if ids is None else as_array(ids)
    session.parameters |= {"clients": given, "sources": list(SOURCES)}
    if ids is not None and not session.fetch(_ANYTHING)[0][0]:
        return Swept()
    _keep(session, ids)
    taken_back = session.fetch(_TAKE_BACK)
    moved = session.fetch(_MOVE)
    made = session.fetch(_MAKE)
    if ids is None:
        concerned = sorted({client for (client,) in [*taken_back, *moved, *made]})
        session.run(_NOTE_CLIENTS, kind=ChangeKind.SERVICE.value, clients=concerned)
    return Swept(len(made), len(moved), len(taken_back))


def _keep(session: Session, ids: list[int] | None) -> None:
    """Fills `equity_open`, `equity_turn`, `equity_day` and `equity_event`."""
    first = session.day - dt.timedelta(days=LOOKED_BACK + 60)
    last = session.day + dt.timedelta(days=4 * MOST_LEAD)
    farthest = session.day + dt.timedelta(days=MOST_LEAD)
    session.keep("equity_open", _OPEN.format(narrow=_narrow("task", ids)))
    session.keep("equity_turn", _TURNS, turns=_turns(session.day, ids))
    off = list(days_off(firm_settings(), first, last))
    session.keep("equity_day", CALENDAR, first=first, last=last, days_off=off)
    session.keep(
        "equity_event",
        _EVENTS.format(of_grant=_narrow("g", ids)),
        farthest=farthest,
        shares_vest=_("%1$s shares of %2$s vest"),
        options_vest=_("%1$s options of %2$s vest"),
        opens=_("%1$s: trading opens"),
        closes=_("%1$s: last day before the blackout"),
        ends=_("%1$s options of %2$s end"),
    )


def _narrow(table: str, ids: list[int] | None) -> str:
    return "" if ids is None else f"AND {table}.client_id = ANY(%(clients)s::bigint[])"


def _turns(day: dt.date, ids: list[int] | None) -> str:
    """The openings and closings of the companies that the clients have grants of, as JSON."""
    companies = EquityCompany.objects.filter(grants__isnull=False).distinct()
    if ids is not None:
        companies = companies.filter(grants__client__in=ids)
    rows = [
        {
            "company_id": company.row.pk,
            "key": turn.key,
            "opens": turn.opens,
            "on_date": turn.on.isoformat(),
        }
        for company in companies_with_rules(companies)
        for turn in turns(company.spans(day))
    ]
    return json.dumps(rows)
