"""Every date on which a promise asks for somebody's time, from today to the end of the 52nd week.

The dates are those of the open tasks, and behind them the ones that planning will give if everything is done
on its due day and nobody's tier, team or status changes. For each client and promised service:

- an open task stands at its appointment, else at its due date; one that is late stands today (on Monday,
  where today is a weekend);
- no open task: the first date is that of the clock;
- the next date follows from the base as planning counts it (`planning.dating`): rolling or calendar, the
  interval of the item or the client's own one, the nearest allowed month, a working day. Where planning
  spreads a batch level, each client stands at its own fixed place of the stretch;
- a touch of a covering service (`planning.cover`) fulfils what is due up to then, or, where its task was
  there first, until the window of the covered one ends: this asks for no time, and the base is the touch;
- while a waiver holds no task appears. One that a waiver ends counts as waived at its due date; one that it
  holds back is dated anew on the day after;
- an item that ends gives no date from that day on. One that starts later begins there, level over its first
  offset; this also holds for one that replaces another of the same kind.

Open tasks stand with whom and where planning has put them. Of the others, whoever is absent on a date does
not do it: the stand-in does, or, without one, the same person on the working day after the absence. Automated
services ask for no time. Tasks that came from elsewhere than a standard stand at their own dates, and have no
successor.

Minutes are duration and preparation; those of an open task are its own.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from clients.firm import firm_settings, firm_zone
from clients.whole_firm import give_room
from servicing.planning.cover import covering_pairs, creation_order
from servicing.planning.dating import CLIENTS_PLACE, SLOT
from servicing.planning.scope import SERVED
from servicing.planning.session import OPEN, Session
from servicing.planning.working_days import CALENDAR, days_off

WEEKS = 52
AROUND = dt.timedelta(days=400)  # beyond the last week: wishes that an allowed month pulls back
PLACE = CLIENTS_PLACE.replace("p.client_id", "{client}")


@dataclass(frozen=True)
class Horizon:
    """From `day` to the end (excluded) of the 52nd week. The first week is that of `day`; of a Saturday or
    Sunday it is the next one."""

    day: dt.date

    @property
    def first_week(self) -> dt.date:
        days = self.day.weekday()
        return self.day + dt.timedelta(days=7 - days if days > 4 else -days)

    @property
    def from_day(self) -> dt.date:
        """Where work stands that is late: today, or at a weekend the next Monday."""
        return max(self.day, self.first_week)

    @property
    def end(self) -> dt.date:
        return self.first_week + dt.timedelta(weeks=WEEKS)

    def week(self, number: int) -> dt.date:
        """The Monday of week `number`, from 0."""
        return self.first_week + dt.timedelta(weeks=number)


def open_session(horizon: Horizon) -> Session:
    """Must run inside a transaction: what is kept on the way goes with it."""
    session = Session(day=horizon.day, moment=timezone.now())
    give_room()
    session.parameters = {
        "first_week": horizon.first_week,
        "from_day": horizon.from_day,
        "end": horizon.end,
        "zone": str(firm_zone()),
    }
    return session


def project(session: Session, horizon: Horizon, *, clients: list[int] | None = None) -> None:
    """Fills `promised_date` for the given clients, or for all: client_id, kind_id, item_id, tier_id, role_id,
    person_id, task_id (of an open task), title (of one from elsewhere), due_on, opened_on, day_on, automated,
    minutes. `day_on` is when the time is asked for; `opened_on` when its task appears or appeared.
    """
    keep_calendar(session, horizon)
    session.keep("promised_item", ITEMS)
    session.keep("promised_own", OWN)
    session.keep("promised_waiver", WAIVERS)
    session.run("ANALYZE promised_place, promised_work, promised_item, promised_own, promised_waiver")
    narrow = "" if clients is None else "AND c.id = ANY(%(clients)s::bigint[])"
    session.keep(
        "promised_stand", STAND.format(narrow=narrow), analyzed="client_id, kind_id", clients=clients
    )
    session.keep("promised_first", FIRST_DATES, analyzed="client_id, kind_id")
    session.run("DROP TABLE IF EXISTS pg_temp.promised_date")
    session.run(DATES)
    _follow(session)
    elsewhere = FROM_ELSEWHERE.format(narrow=narrow.replace("c.id", "task.client_id"))
    session.run(elsewhere, clients=clients)
    session.run(STAND_IN)


def _follow(session: Session) -> None:
    """From date to date, covering services before those that they cover."""
    pairs = covering_pairs()
    parameters: dict[str, Any] = {
        "covering": [kind for kind, _other in pairs],
        "covered": [other for _kind, other in pairs],
    }
    groups = creation_order(pairs)
    later = [kind for group in groups for kind in group]
    # Nobody can estimate how many dates follow: each step joins all with all, never one by one.
    session.run("SET LOCAL enable_nestloop = off")
    session.run(_chains("NOT s.kind_id = ANY(%(kinds)s::bigint[])", covered=False), kinds=later)
    for group in groups:
        session.keep(
            "promised_beside", BESIDE, analyzed="client_id, kind_id", kinds=sorted(group), **parameters
        )
        session.run(_chains("s.kind_id = ANY(%(kinds)s::bigint[])", covered=True), kinds=sorted(group))
    session.run("SET LOCAL enable_nestloop = on")


# --- The calendar --------------------------------------------------------------------------------------

# For each set of allowed months and each wished day: the day from which, and the number of days over which,
# the date is spread: that day alone where it fits, else the nearest allowed month that has a working day.
PLACES = """
    SELECT pattern.pattern_id, d.day,
        CASE WHEN fit.fits OR m.first_on IS NULL THEN d.day ELSE m.first_on END AS first_on,
        CASE WHEN fit.fits OR m.first_on IS NULL THEN 1 ELSE m.last_on - m.first_on + 1 END AS days
    FROM promised_pattern pattern
    CROSS JOIN promised_day d
    CROSS JOIN LATERAL (
        SELECT cardinality(pattern.months) = 0 OR (
            extract(month FROM d.day) = ANY(pattern.months) AND (
                extract(month FROM d.next_on) = ANY(pattern.months)
                OR (d.previous_on >= %(day)s AND extract(month FROM d.previous_on) = ANY(pattern.months))
            )
        ) AS fits
    ) fit
    LEFT JOIN LATERAL (
        SELECT greatest(starts_on, %(day)s::date + 1) AS first_on, ends_on AS last_on
        FROM promised_month
        WHERE number = ANY(pattern.months)
        ORDER BY greatest(starts_on - d.day, d.day - ends_on), starts_on
        LIMIT 1
    ) m ON NOT fit.fits
"""

# The working day of each day: forward, or backward where forward would leave the allowed months.
WORKS = """
    SELECT pattern.pattern_id, d.day,
        CASE WHEN cardinality(pattern.months) = 0 OR extract(month FROM d.next_on) = ANY(pattern.months)
            THEN d.next_on ELSE d.previous_on END AS work_on
    FROM promised_pattern pattern CROSS JOIN promised_day d
    WHERE d.next_on IS NOT NULL
"""

MONTHS = """
    SELECT date_trunc('month', day)::date AS starts_on, max(day) AS ends_on,
        extract(month FROM min(day))::int AS number
    FROM promised_day
    GROUP BY date_trunc('month', day)
    HAVING bool_or(next_on = day AND day > %(day)s)
"""

PATTERNS = """
    SELECT row_number() OVER ()::int AS pattern_id, months
    FROM (SELECT DISTINCT allowed_months::int[] AS months FROM servicing_serviceitem) found
"""


def keep_calendar(session: Session, horizon: Horizon) -> None:
    """Fills `promised_day`, `promised_place` and `promised_work` from a little before today on."""
    first, last = horizon.day - dt.timedelta(days=40), horizon.end + AROUND
    off = sorted(days_off(firm_settings(), first, last))
    session.keep("promised_day", CALENDAR, first=first, last=last, days_off=off)
    session.keep("promised_month", MONTHS)
    session.keep("promised_pattern", PATTERNS)
    session.keep("promised_place", PLACES)
    session.keep("promised_work", WORKS)


# --- Where each promise stands today -----------------------------------------------------------------------

# The service items in force and those to come.
ITEMS = """
    SELECT i.id AS item_id, standard.tier_id, i.kind_id,
        coalesce(i.starts_on, '-infinity')::date AS starts_on,
        coalesce(i.ended_on, 'infinity')::date AS ended_on, i.interval_months, i.basis,
        coalesce(i.first_offset_months, i.interval_months) AS offset_months, i.window_before_days,
        i.window_after_days, i.lead_days, i.automated, i.role_id, pattern.pattern_id,
        CASE WHEN i.automated THEN 0 ELSE i.duration_minutes + i.preparation_minutes END AS minutes
    FROM servicing_serviceitem i
    JOIN servicing_servicestandard standard ON standard.id = i.standard_id
    JOIN promised_pattern pattern ON pattern.months = i.allowed_months::int[]
    WHERE i.ended_on IS NULL OR i.ended_on > greatest(%(day)s, i.starts_on)
"""

# Other intervals of single clients: the one in force, else the next to come.
OWN = """
    SELECT DISTINCT ON (client_id, kind_id) client_id, kind_id, interval_months, starts_on,
        coalesce(ends_on, 'infinity')::date AS ends_on
    FROM servicing_cadenceoverride
    WHERE ends_on IS NULL OR ends_on >= %(day)s
    ORDER BY client_id, kind_id, starts_on
"""

# Waivers of one service that overlap or follow on each other are one stretch of days.
WAIVERS = """
    SELECT client_id, kind_id, lower(days) AS first_on, upper(days) - 1 AS last_on
    FROM (
        SELECT client_id, kind_id, unnest(range_agg(daterange(starts_on, ends_on, '[]'))) AS days
        FROM servicing_waiver WHERE ends_on >= %(day)s
        GROUP BY client_id, kind_id
    ) stretches
"""

# What every active client is promised, with its open task or its clock. A promise that planning has not
# dated yet stands nowhere.
STAND = f"""
    SELECT served.client_id, served.tier_id, i.item_id, i.kind_id, i.pattern_id,
        coalesce(holder.user_id, lead.user_id) AS person_id,
        own.interval_months AS own_months, own.starts_on AS own_from, own.ends_on AS own_to,
        CASE WHEN i.starts_on <= %(day)s THEN clock.anchor_on END AS anchor_on,
        CASE WHEN i.starts_on <= %(day)s THEN clock.base_on END AS base_on,
        CASE WHEN i.starts_on > %(day)s THEN i.starts_on + 1 + floor(
                {PLACE.format(client="served.client_id")}
                * ((i.starts_on + make_interval(months => i.offset_months))::date - i.starts_on)
            )::int
            ELSE clock.due_on END AS dated_on,
        i.starts_on > %(day)s AS is_future,
        task.id AS task_id, task.due_on AS task_due_on, task.window_start, task.window_end,
        CASE WHEN task.id IS NOT NULL THEN greatest(
            coalesce((task.scheduled_at AT TIME ZONE %(zone)s)::date, task.due_on), %(from_day)s
        ) END AS task_day_on,
        task.assigned_to_id, task.role_id AS task_role_id, task.planned_minutes
    FROM ({SERVED}) served
    JOIN promised_item i ON i.tier_id = served.tier_id
    LEFT JOIN servicing_serviceclock clock
        ON clock.client_id = served.client_id AND clock.kind_id = i.kind_id
    LEFT JOIN servicing_servicetask task ON task.client_id = served.client_id AND task.kind_id = i.kind_id
        AND task.item_id IS NOT NULL AND task.{OPEN} AND i.starts_on <= %(day)s
    LEFT JOIN promised_own own ON own.client_id = served.client_id AND own.kind_id = i.kind_id
    LEFT JOIN clients_teammember holder ON holder.client_id = served.client_id AND holder.role_id = i.role_id
    LEFT JOIN clients_teammember lead ON lead.client_id = served.client_id
        AND lead.role_id = (SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')
    WHERE i.starts_on > %(day)s OR clock.id IS NOT NULL OR task.id IS NOT NULL
"""


# --- From date to date -------------------------------------------------------------------------------------

DATES = """
    CREATE TEMP TABLE promised_date (
        client_id bigint, kind_id bigint, item_id bigint, tier_id bigint, role_id bigint, person_id bigint,
        task_id bigint, title text, due_on date, opened_on date, day_on date, automated boolean, minutes int
    ) ON COMMIT DROP
"""

# What a covering service does for a covered one: the touches to come, in their order.
BESIDE = """
    SELECT date.client_id, pair.covered AS kind_id, array_agg(date.due_on ORDER BY date.day_on) AS due_on,
        array_agg(date.day_on ORDER BY date.day_on) AS day_on,
        array_agg(date.opened_on ORDER BY date.day_on) AS opened_on
    FROM unnest(%(covering)s::bigint[], %(covered)s::bigint[]) AS pair(covering, covered)
    JOIN promised_date date ON date.kind_id = pair.covering
    JOIN promised_stand stand ON stand.client_id = date.client_id AND stand.kind_id = pair.covered
    WHERE pair.covered = ANY(%(kinds)s::bigint[])
    GROUP BY date.client_id, pair.covered
"""


def _after(months: str) -> str:
    """SQL: the date that follows `p.base_on` at an interval of so many months, by the item's basis."""
    return f"""CASE WHEN i.basis = 'rolling' OR p.anchor_on IS NULL
        THEN (p.base_on + make_interval(months => {months}))::date
        ELSE {SLOT.replace("i.interval_months", months)} END"""


# The date that follows the base, at the interval that is in force when its task appears. Where another
# interval begins or ends before, the date is given anew on that day, and is never past then.
NEXT = f"""CASE
    WHEN p.own_months IS NULL THEN {_after("i.interval_months")}
    ELSE (
        SELECT CASE
            WHEN standard_on - i.lead_days < p.own_from THEN standard_on
            WHEN greatest(own_on - i.lead_days, p.own_from) <= p.own_to THEN greatest(own_on, p.own_from + 1)
            ELSE greatest(standard_on, p.own_to + 1)
        END
        FROM (SELECT {_after("i.interval_months")} AS standard_on, {_after("p.own_months")} AS own_on) either
    ) END"""

# The first date: an open task's own; the clock's, unless another interval begins or ends before its task
# appears; that of an item that starts later.
FIRST = f"""CASE
    WHEN p.task_id IS NOT NULL THEN p.task_due_on
    WHEN p.is_future OR p.own_months IS NULL OR p.base_on IS NULL THEN p.dated_on
    WHEN p.own_from <= %(day)s AND p.dated_on - i.lead_days <= p.own_to THEN p.dated_on
    WHEN p.own_from > %(day)s AND p.dated_on - i.lead_days < p.own_from THEN p.dated_on
    ELSE {NEXT} END"""

FIRST_DATES = f"""
    SELECT p.*, {FIRST} AS wish_on FROM promised_stand p JOIN promised_item i USING (item_id)
"""

# What becomes of a date, `d`: a touch beside it fulfils it (`cover`), a waiver holds it back or cancels it
# (`waiver`), or it asks for time. From it the base of the next date, or the date after the waiver.
BECOMES = """
    LEFT JOIN promised_waiver waiver ON waiver.client_id = p.client_id AND waiver.kind_id = i.kind_id
        AND d.day_on BETWEEN waiver.first_on AND waiver.last_on
    CROSS JOIN LATERAL (
        SELECT waiver.client_id IS NOT NULL AND NOT d.is_open
            AND waiver.first_on <= greatest(d.due_on - i.lead_days, %(day)s) AS is_held
    ) held
    CROSS JOIN LATERAL (
        SELECT cover.day_on IS NULL AND waiver.client_id IS NULL AS works,
            CASE
                WHEN cover.day_on IS NOT NULL THEN CASE
                    WHEN (d.is_open OR cover.opened_on > d.due_on - i.lead_days) AND cover.day_on
                        BETWEEN d.due_on - i.window_before_days AND d.due_on + i.window_after_days
                        AND cover.day_on >= d.due_on - i.lead_days
                    THEN d.due_on ELSE cover.day_on END
                WHEN held.is_held THEN p.base_on
                WHEN waiver.client_id IS NOT NULL THEN d.due_on
                WHEN d.day_on BETWEEN d.window_start AND d.window_end THEN d.due_on
                ELSE d.day_on
            END AS base_on,
            CASE WHEN cover.day_on IS NULL AND held.is_held THEN waiver.last_on + 2 + floor(
                {place} * least(
                    (waiver.last_on + make_interval(months => i.interval_months))::date - waiver.last_on, 90
                )
            )::int END AS held_until
    ) becomes
"""
COVER = """
    LEFT JOIN LATERAL (
        SELECT beside.day_on, beside.opened_on
        FROM unnest(p.beside_due_on, p.beside_day_on, p.beside_opened_on) AS beside(due_on, day_on, opened_on)
        WHERE beside.day_on > coalesce(p.base_on, '-infinity') AND (
            beside.day_on <= d.day_on OR (
                NOT d.is_open AND beside.due_on <= d.due_on + i.window_after_days
                AND beside.opened_on <= greatest(d.due_on - i.lead_days, %(day)s)
            )
        )
        ORDER BY beside.day_on LIMIT 1
    ) cover ON true
"""
NO_COVER = "CROSS JOIN (SELECT NULL::date AS day_on, NULL::date AS opened_on) cover"

CHAINS = """
    WITH RECURSIVE start AS (
        SELECT s.*, {beside} FROM promised_first s {beside_join} WHERE {chosen}
    ), chain AS (
        SELECT p.client_id, p.tier_id, p.item_id, p.pattern_id, p.person_id, p.own_months, p.own_from,
            p.own_to,
            coalesce(p.anchor_on, CASE WHEN p.is_future THEN d.due_on END) AS anchor_on,
            p.beside_due_on, p.beside_day_on, p.beside_opened_on,
            p.task_id, p.assigned_to_id, p.task_role_id, p.planned_minutes,
            d.due_on, d.day_on, becomes.works, becomes.base_on, becomes.held_until
        FROM start p
        JOIN promised_item i USING (item_id)
        LEFT JOIN promised_place place ON place.pattern_id = p.pattern_id AND place.day = p.wish_on
        LEFT JOIN promised_work work ON work.pattern_id = p.pattern_id
            AND work.day = place.first_on + floor({place} * place.days)::int
        CROSS JOIN LATERAL (
            SELECT CASE WHEN p.task_id IS NOT NULL THEN p.wish_on
                ELSE coalesce(work.work_on, p.wish_on) END AS due_on
        ) dated
        CROSS JOIN LATERAL (
            SELECT dated.due_on, coalesce(p.task_day_on, greatest(dated.due_on, %(from_day)s)) AS day_on,
                p.task_id IS NOT NULL AS is_open,
                coalesce(p.window_start, dated.due_on - i.window_before_days) AS window_start,
                coalesce(p.window_end, dated.due_on + i.window_after_days) AS window_end
        ) d
        {cover}
        {becomes}
        WHERE d.day_on < i.ended_on
        UNION ALL
        SELECT p.client_id, p.tier_id, p.item_id, p.pattern_id, p.person_id, p.own_months, p.own_from,
            p.own_to,
            p.anchor_on, p.beside_due_on, p.beside_day_on, p.beside_opened_on,
            NULL, NULL, NULL, NULL,
            d.due_on, d.day_on, becomes.works, becomes.base_on, becomes.held_until
        FROM chain p
        JOIN promised_item i USING (item_id)
        JOIN promised_place place ON place.pattern_id = p.pattern_id
            AND place.day = coalesce(p.held_until, {next})
        JOIN promised_work work ON work.pattern_id = p.pattern_id
            AND work.day = place.first_on + floor({place} * place.days)::int
        CROSS JOIN LATERAL (
            SELECT work.work_on AS due_on, work.work_on AS day_on, false AS is_open,
                work.work_on AS window_start, work.work_on AS window_end
        ) d
        {cover}
        {becomes}
        WHERE p.due_on < %(end)s AND d.day_on < least(i.ended_on, %(end)s)
            -- forward, always: by a later date or by a later touch
            AND (d.due_on > p.due_on OR becomes.base_on > p.base_on)
    )
    INSERT INTO promised_date
    SELECT c.client_id, i.kind_id, c.item_id, c.tier_id, coalesce(c.task_role_id, i.role_id),
        CASE WHEN c.task_id IS NULL THEN c.person_id ELSE c.assigned_to_id END, c.task_id, '',
        c.due_on, c.due_on - i.lead_days, c.day_on, i.automated,
        CASE WHEN i.automated THEN 0 ELSE coalesce(c.planned_minutes, i.minutes) END
    FROM chain c JOIN promised_item i USING (item_id)
    WHERE c.works AND c.day_on < %(end)s
"""


def _chains(chosen: str, *, covered: bool) -> str:
    """The statement that follows the promises that are `chosen`, from date to date."""
    place = PLACE.format(client="p.client_id")
    columns = ("due_on", "day_on", "opened_on")
    return CHAINS.format(
        chosen=chosen,
        beside=", ".join(
            f"b.{name} AS beside_{name}" if covered else f"NULL::date[] AS beside_{name}" for name in columns
        ),
        beside_join="LEFT JOIN promised_beside b ON b.client_id = s.client_id AND b.kind_id = s.kind_id"
        if covered
        else "",
        next=NEXT,
        place=place,
        cover=COVER if covered else NO_COVER,
        becomes=BECOMES.format(place=place),
    )


# --- What else asks for time, and who is there --------------------------------------------------------------

FROM_ELSEWHERE = f"""
    INSERT INTO promised_date
    SELECT task.client_id, task.kind_id, NULL, coalesce(task.tier_id, summary.tier_id), task.role_id,
        task.assigned_to_id, task.id, task.title, task.due_on, task.due_on, day.on_day, task.automated,
        CASE WHEN task.automated THEN 0 ELSE task.planned_minutes END
    FROM servicing_servicetask task
    LEFT JOIN clients_clientsummary summary ON summary.client_id = task.client_id
    CROSS JOIN LATERAL (
        SELECT greatest(
            coalesce((task.scheduled_at AT TIME ZONE %(zone)s)::date, task.due_on), %(from_day)s
        ) AS on_day
    ) day
    WHERE task.{OPEN} AND task.item_id IS NULL AND day.on_day < %(end)s {{narrow}}
"""

STAND_IN = """
    UPDATE promised_date date
    SET person_id = coalesce(absence.stand_in_id, date.person_id),
        day_on = CASE WHEN absence.stand_in_id IS NULL THEN coalesce(back.next_on, date.day_on)
            ELSE date.day_on END
    FROM servicing_absence absence
    LEFT JOIN promised_day back ON back.day = absence.last_on + 1
    WHERE date.task_id IS NULL AND absence.last_on >= %(day)s AND absence.user_id = date.person_id
        AND date.day_on BETWEEN absence.first_on AND absence.last_on
"""
