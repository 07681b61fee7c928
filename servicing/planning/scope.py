"""Whom a run looks at, and what they are promised at its date."""

from __future__ import annotations

from django.forms.models import model_to_dict

from clients.models import ChangeKind
from clients.whole_firm import as_array
from servicing.models import PlanningRange
from servicing.planning.absences import TO_GIVE_BACK
from servicing.planning.cover import COVERED, OPEN_TASKS, cover_parameters
from servicing.planning.ranges import MEMBERS
from servicing.planning.session import OPEN, Session

EDGES = ("first_lead", "first_client", "end_lead", "end_client")

# Tier served at D: that of the newest assignment whose service has begun. One that ended before its service
# began (replaced or undone on its first day, or while a transition still held it back) was never served.
# Only an active client is.
SERVED = """
    SELECT DISTINCT ON (a.client_id) a.client_id, a.tier_id, a.serviced_from
    FROM tiers_tierassignment a
    JOIN clients_client c ON c.id = a.client_id AND c.status = 'active' {narrow}
    WHERE a.serviced_from <= %(day)s AND (a.ends_on IS NULL OR a.ends_on > a.serviced_from)
    ORDER BY a.client_id, a.serviced_from DESC, a.id DESC
"""

# Exceptions in force at D: this client is given this service at another interval.
CADENCES = """
    SELECT client_id, kind_id, interval_months FROM servicing_cadenceoverride
    WHERE starts_on <= %(day)s AND (ends_on IS NULL OR ends_on >= %(day)s)
"""

# The service items in force at D, each once with its own interval (`standard`) and once for each other one
# that some client has instead; `line_id` names the row. `terms`: a digest of what a due date is counted with;
# a clock whose digest differs is dated anew; `how`: of the rest, which open tasks follow. Computed for each
# line, not for each client that it is promised to.
ITEMS = """
    SELECT row_number() OVER ()::int AS line_id, i.id AS item_id, standard.tier_id, i.kind_id, i.starts_on,
        often.interval_months, often.interval_months = i.interval_months AS standard, i.basis,
        coalesce(i.first_offset_months, often.interval_months) AS offset_months, i.window_before_days,
        i.window_after_days, i.lead_days, i.duration_minutes + i.preparation_minutes AS minutes, i.role_id,
        i.channel, i.automated, i.allowed_months::int[] AS allowed_months,
        hashtext(ROW(
            i.window_before_days, i.window_after_days, i.duration_minutes + i.preparation_minutes, i.role_id,
            i.channel, i.automated
        )::text) AS how,
        hashtext(
            ROW(often.interval_months, i.basis, i.first_offset_months, i.allowed_months)::text
        ) AS terms
    FROM servicing_serviceitem i
    JOIN servicing_servicestandard standard ON standard.id = i.standard_id
    CROSS JOIN LATERAL (
        SELECT i.interval_months
        UNION SELECT own.interval_months FROM plan_cadence own WHERE own.kind_id = i.kind_id
    ) often
    WHERE (i.ended_on IS NULL OR i.ended_on > %(day)s) AND (i.starts_on IS NULL OR i.starts_on <= %(day)s)
"""

# A part of the firm: the joins and conditions that narrow the look at all clients to it.
WHOLE = {"narrow": "", "tasks": ""}
PART = {
    "narrow": "JOIN plan_part ON plan_part.client_id = a.client_id",
    "tasks": "AND client_id IN (SELECT client_id FROM plan_part)",
}

# Items whose role, channel, minutes or window changed since their open tasks were last brought in line.
CHANGED_ITEMS = """
    SELECT DISTINCT i.item_id, i.how FROM plan_item i
    LEFT JOIN servicing_followeditem followed ON followed.item_id = i.item_id
    WHERE followed.how IS DISTINCT FROM i.how
"""
OF_CHANGED_ITEMS = f"""
    INSERT INTO plan_scope
    SELECT task.client_id
    FROM servicing_servicetask task
    JOIN plan_changed_item USING (item_id)
    JOIN plan_item i ON i.item_id = task.item_id AND i.standard
    WHERE task.{OPEN} {{tasks}} AND (task.role_id, task.channel, task.planned_minutes, task.automated,
        task.due_on - task.window_start, task.window_end - task.due_on)
        IS DISTINCT FROM (i.role_id, i.channel, i.minutes, i.automated,
            i.window_before_days, i.window_after_days)
    EXCEPT SELECT client_id FROM plan_scope
"""

# What every active client is promised at D, waived or not. `own`: nothing, or OWN_INTERVAL where some client
# has one; a firm without such exceptions joins nothing more.
PROMISED = f"""
    FROM ({SERVED}) served
    JOIN plan_item i ON i.tier_id = served.tier_id
    {{own}}
"""
OWN_INTERVAL = """
    LEFT JOIN plan_cadence own ON own.client_id = served.client_id AND own.kind_id = i.kind_id
"""
ITS_LINE = "CASE WHEN own.client_id IS NULL THEN i.standard ELSE i.interval_months = own.interval_months END"

WAIVED = """(served.client_id, i.kind_id) IN (
    SELECT client_id, kind_id FROM servicing_waiver WHERE %(day)s BETWEEN starts_on AND ends_on
)"""

# Who holds a role, and who leads.
TEAM = """
    LEFT JOIN clients_teammember holder ON holder.client_id = served.client_id AND holder.role_id = i.role_id
    LEFT JOIN clients_teammember lead ON lead.client_id = served.client_id
        AND lead.role_id = (SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')
"""

# The day on which the task after this one would be created: due + k months - lead.
NEXT_CREATED = "(task.due_on + make_interval(months => promise.interval_months))::date - promise.lead_days"

# Promises, clocks and open tasks side by side: the clients for whom they do not agree, or something is due.
DIFFERENCES = f"""
    SELECT coalesce(promise.client_id, task.client_id) AS client_id
    FROM (
        SELECT served.client_id, i.kind_id, i.item_id, i.interval_months, i.lead_days, i.window_after_days,
            i.terms, {WAIVED} AS waived
        {{promised}}
    ) promise
    LEFT JOIN servicing_serviceclock clock
        ON clock.client_id = promise.client_id AND clock.kind_id = promise.kind_id
    FULL JOIN (
        SELECT client_id, kind_id, item_id, due_on, window_end FROM servicing_servicetask
        WHERE item_id IS NOT NULL AND {OPEN} {{tasks}}
    ) task ON task.client_id = promise.client_id AND task.kind_id = promise.kind_id
    WHERE promise.client_id IS NULL  -- an open task that nobody promises any more
        -- a promise without a clock, or with one wound on other terms
        OR clock.id IS NULL OR clock.item_id <> promise.item_id OR clock.terms <> promise.terms
        OR clock.create_on <> clock.due_on - promise.lead_days
        -- a day that has come, unless another task's touch will do
        OR CASE WHEN task.client_id IS NULL THEN clock.create_on <= %(day)s AND NOT promise.waived
                AND NOT {COVERED.format(tasks=OPEN_TASKS, due="clock.due_on")}
            ELSE promise.waived OR task.item_id <> promise.item_id
                OR (task.window_end < %(day)s AND {NEXT_CREATED} <= %(day)s)
            END
"""


def read_items(session: Session) -> None:
    """Fills `plan_cadence`, `plan_item` (a row for each service item in force and interval of it) and
    `plan_changed_item` (the items that their open tasks do not follow yet)."""
    own = session.keep("plan_cadence", CADENCES, analyzed="client_id, kind_id")
    session.keep("plan_item", ITEMS)
    session.run("ANALYZE plan_item")  # few rows, and every estimate builds on how few
    session.own_intervals = own > 0
    session.items_changed = session.keep("plan_changed_item", CHANGED_ITEMS) > 0


def _promised(session: Session, *, narrow: str, joins: str = "") -> str:
    """The FROM of what clients are promised; `narrow` and `joins` are more of it."""
    if not session.own_intervals:
        return PROMISED.format(narrow=narrow, own="") + joins
    return PROMISED.format(narrow=narrow, own=OWN_INTERVAL) + f"{joins} WHERE {ITS_LINE}"


def find(
    session: Session, ids: list[int] | None, part: PlanningRange | None = None, last: bool = False
) -> int:
    """Fills `plan_scope`: the given clients, or all with changed facts or with something to do; of a part of
    the firm, where one is given.

    Returns how many they are. The change rows that a run over all clients acts on are deleted with it. What
    was edited while the parts of a night were planned is followed with the last one.
    """
    if ids is not None:
        return session.keep(
            "plan_scope",
            "SELECT unnest(%(clients)s::bigint[]) AS client_id",
            analyzed="client_id",
            clients=as_array(ids),
        )
    where = WHOLE
    if part:
        where = PART
        session.keep("plan_part", MEMBERS, analyzed="client_id", **model_to_dict(part, fields=EDGES))
    # Nearly every promise has a clock: one join of all with all, not a look-up for each.
    session.run("SET LOCAL enable_nestloop = off")
    promised = _promised(session, narrow=where["narrow"])
    differences = DIFFERENCES.format(promised=promised, tasks=where["tasks"])
    differ = f"SELECT DISTINCT client_id FROM ({differences}) differ ORDER BY client_id"
    found = session.keep("plan_scope", differ, **cover_parameters())
    session.run("SET LOCAL enable_nestloop = on")
    found += session.run(
        f"""
        WITH taken AS (
            DELETE FROM clients_change WHERE id IN (
                SELECT id FROM clients_change WHERE kind = %(kind)s {where["tasks"]} FOR UPDATE SKIP LOCKED
            ) RETURNING client_id
        )
        INSERT INTO plan_scope SELECT client_id FROM taken EXCEPT SELECT client_id FROM plan_scope
        """,
        kind=ChangeKind.SERVICE.value,
    )
    if session.items_changed:
        found += session.run(OF_CHANGED_ITEMS.format(tasks="" if last else where["tasks"]))
    if session.absences:
        found += session.run(
            f"INSERT INTO plan_scope {TO_GIVE_BACK} {where['tasks']} EXCEPT SELECT client_id FROM plan_scope"
        )
    session.run("ANALYZE plan_scope")
    return found


def read_promises(session: Session) -> None:
    """Fills `plan_promise`: one row for each client in scope and service kind that it is promised.

    `person_id` is who the role falls to: its holder on the client's team, else the lead advisor, else nobody.
    """
    promised = _promised(session, narrow="JOIN plan_scope ON plan_scope.client_id = a.client_id", joins=TEAM)
    session.keep(
        "plan_promise",
        f"""
        SELECT served.client_id, i.kind_id, i.line_id, i.item_id, served.tier_id, served.serviced_from,
            greatest(served.serviced_from, i.starts_on) AS starts_on, i.interval_months,
            i.window_before_days, i.window_after_days, i.lead_days, i.minutes, i.role_id, i.channel,
            i.automated, i.terms, {WAIVED} AS waived, coalesce(holder.user_id, lead.user_id) AS person_id
        {promised}
        """,
        analyzed="client_id, kind_id, item_id, waived",
    )
