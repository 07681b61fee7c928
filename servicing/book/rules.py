"""What becomes of each table's rows when a record goes into another: one rule a table.

A rule is a function of a `Merging`. What it moves is noted row by row and what it drops is kept as it was, so
that the two records can be parted again. A test finds every table with a key to the client and fails for
one that has no rule here.
"""

# ruff: noqa: S608  (table and column names of our own models only)
from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from servicing.planning.session import OPEN

Rows = list[dict[str, Any]]


@dataclass
class Merging:
    """One merge at work: which record stays, which goes, and what was moved and dropped so far."""

    merge_id: int
    kept: int
    gone: int
    number: int  # id of the former number, by which facts without a number of their own are told apart
    parameters: dict[str, Any] = field(default_factory=dict)
    moved: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    dropped: dict[str, Rows] = field(default_factory=lambda: defaultdict(list))

    def run(self, sql: str) -> int:
        """Sends one statement; returns how many rows it wrote."""
        with connection.cursor() as cursor:
            cursor.execute(sql, self._values())
            return max(cursor.rowcount, 0)

    def _values(self) -> dict[str, Any]:
        own = {"merge": self.merge_id, "kept": self.kept, "gone": self.gone, "number": self.number}
        return own | self.parameters

    def move(
        self,
        table: str,
        *,
        where: str = "true",
        column: str = "client_id",
        change: str = "",
        before: str = "NULL",
    ) -> None:
        """Gives the gone record's rows `t` to the one that stays.

        `change`: further assignments; `before`: an expression of what they replace.
        """
        more = f", {change}" if change else ""
        self.moved[table] += self.run(
            f"WITH picked AS (SELECT t.id, {before}::jsonb AS before FROM {table} t "
            f"WHERE t.{column} = %(gone)s AND {where} FOR UPDATE), "
            f"moved AS (UPDATE {table} t SET {column} = %(kept)s{more} FROM picked "
            "WHERE t.id = picked.id RETURNING t.id, picked.before) "
            'INSERT INTO clients_mergedrow (merge_id, "table", record_id, before) '
            f"SELECT %(merge)s, '{table}', id, before FROM moved ON CONFLICT DO NOTHING"
        )

    def drop(self, table: str, *, where: str = "true", remember: bool = True) -> None:
        """Deletes the gone record's rows `t`, and remembers them as they were."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH gone AS (DELETE FROM {table} t WHERE t.client_id = %(gone)s AND {where} "
                "RETURNING to_jsonb(t) AS row) SELECT coalesce(jsonb_agg(row), '[]'::jsonb)::text FROM gone",
                self._values(),
            )
            if remember:
                self.dropped[table] += json.loads(cursor.fetchone()[0])


Rule = Callable[[Merging, str], None]


def moves(work: Merging, table: str) -> None:
    """All rows go along."""
    work.move(table)


def drops(work: Merging, table: str) -> None:
    """The rows go with the record, and come back if the two are parted."""
    work.drop(table)


def stays_behind(work: Merging, table: str) -> None:
    """Derived, or of the past, without a constraint: it is the gone record's again if that comes back."""


def derived(work: Merging, table: str) -> None:
    """Derived from the record, and derived anew if it comes back."""
    work.run(f"DELETE FROM {table} WHERE client_id = %(gone)s")


def members(work: Merging, table: str) -> None:
    """The same person (the same number in the CRM; or the same name, and no two dates of birth or numbers)
    stays once, with what only the other record knew."""
    same = (
        "twin.client_id = %(kept)s AND t.client_id = %(gone)s AND CASE "
        "WHEN twin.external_id <> '' AND t.external_id <> '' THEN twin.external_id = t.external_id "
        "ELSE lower(btrim(twin.name)) = lower(btrim(t.name)) "
        "AND coalesce(twin.birth_date = t.birth_date, true) END"
    )
    work.run("DROP TABLE IF EXISTS pg_temp.same_member")
    work.run(
        "CREATE TEMP TABLE same_member ON COMMIT DROP AS "
        "SELECT DISTINCT ON (twin_id) * FROM ("
        "SELECT DISTINCT ON (t.id) t.id AS gone_id, twin.id AS twin_id "
        f"FROM {table} t JOIN {table} twin ON {same} ORDER BY t.id, twin.id) pairs ORDER BY twin_id, gone_id"
    )
    texts = ("relation", "email", "phone", "external_id")
    filled = ", ".join(f"{name} = coalesce(nullif(twin.{name}, ''), t.{name})" for name in texts)
    lacks = " OR ".join(f"(twin.{name} = '' AND t.{name} <> '')" for name in texts)
    work.run(
        f"UPDATE {table} twin SET {filled}, birth_date = coalesce(twin.birth_date, t.birth_date) "
        f"FROM same_member same JOIN {table} t ON t.id = same.gone_id WHERE twin.id = same.twin_id "
        f"AND ({lacks} OR (twin.birth_date IS NULL AND t.birth_date IS NOT NULL))"
    )
    work.drop(table, where="t.id IN (SELECT gone_id FROM same_member)")
    work.move(table)


def team(work: Merging, table: str) -> None:
    """The staying record's team stays; a role that nobody holds for it is taken over with its person."""
    held = f"(SELECT role_id FROM {table} WHERE client_id = %(kept)s)"
    work.move(table, where=f"t.role_id NOT IN {held}")
    work.drop(table)


def revenue(work: Merging, table: str) -> None:
    """All money is kept: rows of the same day and source in both records are different money. Rows without a
    number in their source get one made of the gone record's, by which the import finds them again."""
    work.move(
        table,
        where="t.source_id = ''",
        change="source_id = 'merged-' || %(number)s || '-' || t.date",
        before="jsonb_build_object('source_id', '')",
    )
    work.move(table)


def touches(work: Merging, table: str) -> None:
    """Without a number in its source a touch is told apart by client, moment and kind. The same in both
    records is the same touch: it stays once, with what only the other record knew of it."""
    work.run("DROP TABLE IF EXISTS pg_temp.same_touch")
    work.run(
        "CREATE TEMP TABLE same_touch ON COMMIT DROP AS SELECT t.id AS gone_id, twin.id AS twin_id "
        f"FROM {table} t JOIN {table} twin ON twin.client_id = %(kept)s AND twin.source_id = '' "
        "AND twin.occurred_at = t.occurred_at AND twin.kind_id = t.kind_id "
        "WHERE t.client_id = %(gone)s AND t.source_id = ''"
    )
    work.run(
        "UPDATE servicing_servicetask task SET touch_id = same.twin_id FROM same_touch same "
        "WHERE task.touch_id = same.gone_id"
    )
    work.run(
        f"""
        UPDATE {table} twin SET minutes = better.minutes, outcome = better.outcome, by_id = better.by_id,
            note = better.note
        FROM (
            SELECT same.twin_id, greatest(mine.minutes, t.minutes) AS minutes,
                CASE WHEN 'reached' IN (mine.outcome, t.outcome) THEN 'reached' ELSE mine.outcome END
                    AS outcome,
                coalesce(mine.by_id, t.by_id) AS by_id,
                CASE WHEN t.note IN ('', mine.note) THEN mine.note WHEN mine.note = '' THEN t.note
                    ELSE mine.note || E'\n' || t.note END AS note
            FROM same_touch same JOIN {table} mine ON mine.id = same.twin_id
            JOIN {table} t ON t.id = same.gone_id
        ) better
        WHERE twin.id = better.twin_id AND (twin.minutes, twin.outcome, twin.by_id, twin.note)
            IS DISTINCT FROM (better.minutes, better.outcome, better.by_id, better.note)
        """
    )
    work.drop(table, where="t.id IN (SELECT gone_id FROM same_touch)")
    work.move(table)


_TASK_BEFORE = (
    "jsonb_build_object('client_id', t.client_id, 'status', t.status, 'closed_at', t.closed_at, "
    "'closed_reason', t.closed_reason, 'touch_id', t.touch_id, 'scheduled_at', t.scheduled_at)"
)


def tasks(work: Merging, table: str) -> None:
    """The history of tasks goes along. Of two open ones of a kind the earlier due stays, with the appointment
    of the other where it has none; the other is cancelled with the reason."""
    work.run("DROP TABLE IF EXISTS pg_temp.same_task")
    work.run(
        f"""
        CREATE TEMP TABLE same_task ON COMMIT DROP AS
        SELECT mine.id AS mine_id, t.id AS gone_id,
            CASE WHEN t.due_on < mine.due_on THEN t.id ELSE mine.id END AS stays_id,
            CASE WHEN t.due_on < mine.due_on THEN mine.id ELSE t.id END AS ends_id
        FROM {table} t JOIN {table} mine ON mine.client_id = %(kept)s AND mine.kind_id = t.kind_id
        WHERE t.client_id = %(gone)s AND t.item_id IS NOT NULL AND mine.item_id IS NOT NULL
            AND t.{OPEN} AND mine.{OPEN}
        """
    )
    work.run(
        f"""
        INSERT INTO clients_mergedrow (merge_id, "table", record_id, before)
        SELECT %(merge)s, '{table}', t.id, {_TASK_BEFORE} FROM {table} t
        WHERE t.client_id = %(gone)s OR t.id IN (SELECT mine_id FROM same_task)
        """
    )
    work.run(
        f"""
        UPDATE {table} stays SET status = ends.status, scheduled_at = ends.scheduled_at,
            scheduled_channel = ends.scheduled_channel, place = ends.place
        FROM same_task same JOIN {table} ends ON ends.id = same.ends_id
        WHERE stays.id = same.stays_id AND ends.scheduled_at IS NOT NULL AND stays.scheduled_at IS NULL
        """
    )
    work.moved["cancelled"] = work.run(
        f"""
        UPDATE {table} SET status = 'cancelled', closed_at = %(moment)s, closed_reason = 'merged'
        WHERE id IN (SELECT ends_id FROM same_task)
        """
    )
    work.moved[table] += work.run(f"UPDATE {table} SET client_id = %(kept)s WHERE client_id = %(gone)s")


def _without_overlap(table: str, *, open_end: bool) -> str:
    last = "coalesce({0}.ends_on, 'infinity'::date)" if open_end else "{0}.ends_on"
    return (
        f"EXISTS (SELECT 1 FROM {table} own WHERE own.client_id = %(kept)s AND own.kind_id = t.kind_id "
        f"AND own.starts_on <= {last.format('t')} AND t.starts_on <= {last.format('own')})"
    )


def waivers(work: Merging, table: str) -> None:
    """Exceptions of both hold; of two that overlap for the same service the staying record's."""
    work.drop(table, where=_without_overlap(table, open_end=False))
    work.move(table)


def cadences(work: Merging, table: str) -> None:
    """As waivers."""
    work.drop(table, where=_without_overlap(table, open_end=True))
    work.move(table)


def overrides(work: Merging, table: str) -> None:
    """A pin of the gone record ends with it and stays to be read: it was of another record."""
    work.move(
        table,
        change="ended_on = coalesce(t.ended_on, greatest(t.starts_on, %(today)s::date))",
        before="jsonb_build_object('ended_on', t.ended_on)",
    )


def assignments(work: Merging, table: str) -> None:
    """A client has one tier at any time: the staying record keeps its own. Those of the gone one end today
    and are read in the history."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]'::jsonb)::text FROM {table} t WHERE client_id = %s",
            [work.gone],
        )
        work.dropped[table] = json.loads(cursor.fetchone()[0])
    work.run(
        f"UPDATE {table} SET ends_on = greatest(starts_on, %(today)s::date) "
        "WHERE client_id = %(gone)s AND ends_on IS NULL"
    )
    work.drop(table, remember=False)


def opt_outs(work: Merging, table: str) -> None:
    """Opt-outs of both hold; one that the staying record has of the same address stays once. A person's own
    goes along to the twin with which the person became one."""
    twin = (
        "coalesce((SELECT same.twin_id FROM pg_temp.same_member same WHERE same.gone_id = t.member_id), "
        "t.member_id)"
    )
    work.drop(
        table,
        where=f"t.lifted_at IS NULL AND EXISTS (SELECT 1 FROM {table} own "
        "WHERE own.client_id = %(kept)s AND own.lifted_at IS NULL AND own.channel = t.channel "
        "AND own.address = t.address "
        f"AND own.member_id IS NOT DISTINCT FROM {twin})",
    )
    work.move(table, change=f"member_id = {twin}", before="jsonb_build_object('member_id', t.member_id)")


def confidence(work: Merging, table: str) -> None:
    """Answers of both are kept; of two without a meeting on the same day the staying record's."""
    same_day = f"SELECT own.asked_on FROM {table} own WHERE own.client_id = %(kept)s AND own.task_id IS NULL"
    work.drop(table, where=f"t.task_id IS NULL AND t.asked_on IN ({same_day})")
    work.move(table)


def options(work: Merging, table: str) -> None:
    """Options are compared among each other: those of the staying record stay, the other's only where it has
    none. Ratings go with their options, and are asked first."""
    work.drop(table, where="EXISTS (SELECT 1 FROM personas_owneroption own WHERE own.client_id = %(kept)s)")
    work.move(table)


def steps(work: Merging, table: str) -> None:
    """What is done or stopped in both comes first. Of two steps under way the staying record's goes on, and
    the other is to be agreed again; so is one before which the staying record has a step to do."""
    own = f"SELECT {{}} FROM {table} own WHERE own.client_id = %(kept)s"
    closed = "t.state IN ('done', 'stopped')"
    waits = f"t.state = 'active' AND EXISTS ({own.format('1')} AND own.state IN ('proposed', 'active'))"
    of_gone = f"SELECT {{}}(g.position) FROM {table} g WHERE g.client_id = %(gone)s"
    work.move(
        table,
        change=f"position = t.position + CASE WHEN {closed} "
        f"THEN coalesce(({own.format('min(own.position)')}) - ({of_gone.format('max')}) - 1, 0) "
        f"ELSE coalesce(({own.format('max(own.position)')}) - ({of_gone.format('min')}) + 1, 0) END, "
        f"state = CASE WHEN {waits} THEN 'proposed' ELSE t.state END, "
        f"agreed_on = CASE WHEN {waits} THEN NULL ELSE t.agreed_on END, "
        f"agreed_by = CASE WHEN {waits} THEN '' ELSE t.agreed_by END",
        before="jsonb_build_object('state', t.state, 'agreed_on', t.agreed_on, 'agreed_by', t.agreed_by)",
    )


def behavioral(work: Merging, table: str) -> None:
    """Only where both gave permission, and never kept anywhere but in its own table."""
    if work.parameters["takes_trigger"]:
        work.run(
            f"INSERT INTO {table} (client_id, trigger_id) SELECT %(kept)s, t.trigger_id FROM {table} t "
            "WHERE t.client_id = %(gone)s ON CONFLICT (client_id) DO UPDATE "
            "SET trigger_id = excluded.trigger_id"
        )
    work.run(f"DELETE FROM {table} WHERE client_id = %(gone)s")


def numbers(work: Merging, table: str) -> None:
    """Former numbers of the gone record lead on to the one that stays."""
    work.move(table, where="t.id <> %(number)s")


def merges(work: Merging, table: str) -> None:
    """So do the addresses of the records that it had taken up."""
    work.move(table, where="t.id <> %(merge)s")


def splits(work: Merging, table: str) -> None:
    """What was split from it, or it from, goes along; a record split from the other is one with it again."""
    work.drop(
        table,
        where="t.made_id = %(kept)s",
    )
    work.run(f"DELETE FROM {table} WHERE made_id = %(gone)s AND client_id = %(kept)s")
    work.move(table)
    work.run(f"UPDATE {table} SET made_id = %(kept)s WHERE made_id = %(gone)s")


def equity_plans(work: Merging, table: str) -> None:
    """Sell rules of both hold; of two for the same company the staying record's."""
    work.move(table, where=f"t.company_id NOT IN (SELECT company_id FROM {table} WHERE client_id = %(kept)s)")
    work.drop(table)


def equity_basis(work: Merging, table: str) -> None:
    """What estimates rest on is one for a household: the staying record's, where it has one."""
    work.move(table, where=f"NOT EXISTS (SELECT FROM {table} WHERE client_id = %(kept)s)")
    work.drop(table)


def _twin_of(column: str) -> str:
    """The person of a row, or the twin in the staying record with which that person became one."""
    return (
        f"coalesce((SELECT same.twin_id FROM pg_temp.same_member same WHERE same.gone_id = t.{column}), "
        f"t.{column})"
    )


def living_costs(work: Merging, table: str) -> None:
    """The staying record's, where it has any."""
    work.drop(table, where=f"EXISTS (SELECT 1 FROM {table} own WHERE own.client_id = %(kept)s)")
    work.move(
        table,
        change=f"earner_id = {_twin_of('earner_id')}",
        before="jsonb_build_object('earner_id', t.earner_id)",
    )


def transitions(work: Merging, table: str) -> None:
    """The cases of both. Of two that are open the staying record's goes on; the other is closed as not needed
    any more. A case of the gone record has that record's tier no longer."""
    twice = (
        f"t.closed_on IS NULL AND EXISTS (SELECT 1 FROM {table} own "
        "WHERE own.client_id = %(kept)s AND own.closed_on IS NULL)"
    )
    work.move(
        table,
        where=twice,
        change="closed_on = greatest(t.opened_on, %(today)s::date), outcome = 'not_needed', route = '', "
        "step = 'close', assignment_id = NULL",
        before="jsonb_build_object('closed_on', t.closed_on, 'outcome', t.outcome, 'route', t.route, "
        "'step', t.step, 'assignment_id', t.assignment_id)",
    )
    led = "t.closed_on IS NULL AND t.assignment_id IS NOT NULL"  # by a tier that the gone record was given
    work.move(
        table,
        change=f"to_tier_id = CASE WHEN {led} THEN NULL ELSE t.to_tier_id END, "
        f"until = CASE WHEN {led} THEN NULL ELSE t.until END, assignment_id = NULL, touched = true",
        before="jsonb_build_object('assignment_id', t.assignment_id, 'touched', t.touched, "
        "'to_tier_id', t.to_tier_id, 'until', t.until)",
    )


def review_decisions(work: Merging, table: str) -> None:
    """What reviews decided about both; of two decisions of the one under way the staying record's."""
    same = f"SELECT own.review_id FROM {table} own WHERE own.client_id = %(kept)s AND NOT own.final"
    work.drop(table, where=f"NOT t.final AND t.review_id IN ({same})")
    work.move(table)


def redundancy(work: Merging, table: str) -> None:
    """Of a point that both looked at the staying record's."""
    same = f"SELECT 1 FROM {table} own WHERE own.client_id = %(kept)s AND own.item_id = t.item_id"
    work.drop(table, where=f"EXISTS ({same})")
    work.move(table)


def duties(work: Merging, table: str) -> None:
    """Who does what in both; people who became one are one here too, and nobody steps in for himself."""
    person, backup = _twin_of("person_id"), _twin_of("backup_id")
    work.move(
        table,
        change=f"person_id = {person}, backup_id = nullif({backup}, {person})",
        before="jsonb_build_object('person_id', t.person_id, 'backup_id', t.backup_id)",
    )


def goal_rounds(work: Merging, table: str) -> None:
    """All rankings; the gone record's that still ran ends, its links with it."""
    work.move(
        table,
        change="ended_at = CASE WHEN t.completed_at IS NULL THEN coalesce(t.ended_at, now()) END",
        before="jsonb_build_object('ended_at', t.ended_at)",
    )


# In the order in which they are carried out: tasks before the touches that closed them. Which tables there
# are is found in `tables`.
RULES: dict[str, Rule] = {
    "clients_member": members,
    "clients_channeloptout": opt_outs,
    "clients_permissionanswer": moves,
    "clients_erasure": moves,
    "clients_teammember": team,
    "clients_revenue": revenue,
    "servicing_servicetask": tasks,
    "clients_touch": touches,
    "clients_timeentry": moves,
    "servicing_clientrequest": moves,
    "servicing_meetingdecision": moves,
    "servicing_confidenceanswer": confidence,
    "servicing_transition": transitions,
    "servicing_rating": moves,
    "servicing_graduationdecision": review_decisions,
    "servicing_waiver": waivers,
    "servicing_cadenceoverride": cadences,
    "servicing_serviceclock": drops,
    "servicing_tasktailoring": derived,
    "tiers_tierassignment": assignments,
    "tiers_override": overrides,
    "tiers_rejectedmove": drops,
    "tiers_feecomparison": derived,
    "tiers_explanation": stays_behind,
    "tiers_clientfacts": stays_behind,
    "tiers_simulatedmove": stays_behind,
    "tiers_foundroutes": stays_behind,
    "clients_bulkbehavioralrow": stays_behind,
    "clients_bulkchangerow": derived,
    "servicing_beyondstandard": derived,
    "servicing_clientresult": derived,
    "clients_behavioraltag": behavioral,
    "clients_clientscore": derived,
    "clients_clientsummary": derived,
    "clients_departure": drops,
    "clients_legalhold": moves,
    "clients_anonymised": drops,
    "servicing_anonymisingrow": drops,
    "servicing_accessrequest": moves,
    "clients_formernumber": numbers,
    "clients_clientmerge": merges,
    "clients_clientsplit": splits,
    "personas_scriptuse": moves,
    "personas_message": moves,
    "personas_soloplan": living_costs,
    "personas_reserve": moves,
    "personas_otherincome": moves,
    "personas_redundancycheck": redundancy,
    "personas_householdduty": duties,
    "personas_goalround": goal_rounds,
    "personas_loan": moves,
    "personas_holding": moves,
    "personas_wincondition": moves,
    "personas_optionrating": options,
    "personas_owneroption": options,
    "personas_commitmentstep": steps,
    "personas_equitygrant": moves,
    "personas_equitytransaction": moves,
    "personas_equityplan": equity_plans,
    "personas_equityprofile": equity_basis,
}
