"""What open tasks become for their clients: channel, length, booking, time of day."""

# ruff: noqa: S608  (statements put together from this package's own constants)
from __future__ import annotations

from typing import Any

from clients.contact import closed_sql
from clients.register.active import active_sql
from servicing.models.modifiers import TAGS
from servicing.planning.session import OPEN, Session

# Channels of a meeting, as the standard gives it.
MEETING = "('in_person', 'video', 'phone')"

# Clients in scope with work that a tag could change: promised, kept by a person, and open or just held.
CONCERNED = f"""
    SELECT task.client_id FROM {{scope}} s JOIN servicing_servicetask task USING (client_id)
    WHERE task.{OPEN} AND task.item_id IS NOT NULL AND NOT task.automated
    UNION
    SELECT task.client_id FROM {{scope}} s JOIN servicing_servicetask task USING (client_id)
    WHERE {{held}}
    UNION
    SELECT old.client_id FROM {{scope}} s JOIN servicing_tasktailoring old USING (client_id)
"""

# The client's own value for each tag that the register lets the firm keep; a behavioral one only under
# permission, as it is stored.
_HAS = ", ".join(
    f"('{name}', CASE WHEN {active_sql(name)} THEN "
    f"{'tag.trigger' if name == 'behavioral_trigger' else f'c.{name}'}_id END)"
    for name in TAGS
)
_KIND = " ".join(f"WHEN m.{name}_id IS NOT NULL THEN '{name}'" for name in TAGS)
_WORD = ", ".join(f"m.{name}_id" for name in TAGS)

# The modifiers of these clients, the deciding one first. None leads to a channel that a client opted out of.
ACTING = f"""
    SELECT c.id AS client_id, m.id AS modifier_id, row_number() OVER (
            PARTITION BY c.id ORDER BY m."order", m.id
        ) AS place,
        m.behavioral_trigger_id IS NOT NULL AS behavioral,
        CASE WHEN {closed_sql("m.channel", "c")} IS NULL THEN m.channel ELSE '' END AS channel,
        m.replaces, m.most_minutes, m.length_percent, m.booking_days, m.time_of_day,
        m.prepare <> '' AS prepares, m.follow_up_days,
        CASE WHEN {closed_sql("m.follow_up_channel", "c")} IS NULL THEN m.follow_up_channel ELSE '' END
            AS follow_up_channel
    FROM plan_concerned concerned
    JOIN clients_client c ON c.id = concerned.client_id AND c.status = 'active'
    LEFT JOIN clients_behavioraltag tag ON tag.client_id = c.id AND c.permission = 'granted'
    CROSS JOIN LATERAL (VALUES {_HAS}) has (kind, word)
    JOIN servicing_taskmodifier m ON m.retired_at IS NULL
        AND CASE {_KIND} END = has.kind AND coalesce({_WORD}) = has.word
"""

# Open tasks of a promise that a person keeps, with the modifiers that change something in each.
# - Channel: the first that takes the place of the standard's.
# - Length, for meetings: the shortest that any asks for; where none shortens, the longest. Preparation stays.
# - Booking, for meetings: begins earlier by the most days; the window's end is the promise's, and stays.
# - Time of day, for meetings: the first.
TAILORED = f"""
    SELECT task.id AS task_id, task.client_id,
        CASE WHEN bool_or(acting.behavioral) THEN task.client_id END AS tag_id,
        coalesce((array_agg(acting.channel ORDER BY acting.place) FILTER (WHERE fits.channel))[1], '')
            AS channel,
        nullif(greatest(task.planned_minutes - item.duration_minutes + coalesce(
            CASE WHEN min(fits.minutes) < item.duration_minutes THEN min(fits.minutes)
                ELSE max(fits.minutes) END, item.duration_minutes
        ), 0), task.planned_minutes) AS minutes,
        coalesce((array_agg(acting.time_of_day ORDER BY acting.place)
            FILTER (WHERE fits.meeting AND acting.time_of_day <> ''))[1], '') AS time_of_day,
        task.window_start - max(acting.booking_days) FILTER (WHERE fits.meeting) AS booking_from,
        array_agg(acting.modifier_id ORDER BY acting.place) AS modifiers
    FROM plan_acting acting
    JOIN servicing_servicetask task ON task.client_id = acting.client_id AND task.{OPEN}
        AND NOT task.automated
    JOIN servicing_serviceitem item ON item.id = task.item_id
    CROSS JOIN LATERAL (
        SELECT task.channel IN {MEETING} AS meeting,
            acting.channel NOT IN ('', task.channel)
                AND (acting.replaces = '{{}}' OR task.channel = ANY(acting.replaces)) AS channel,
            CASE WHEN task.channel IN {MEETING} THEN least(
                acting.most_minutes, round(item.duration_minutes * acting.length_percent / 100.0)::int,
                CASE WHEN acting.most_minutes IS NOT NULL THEN item.duration_minutes END
            ) END AS minutes
    ) fits
    WHERE fits.channel OR fits.meeting AND (
        acting.prepares OR acting.time_of_day <> '' OR acting.booking_days IS NOT NULL
        OR acting.follow_up_days IS NOT NULL OR fits.minutes <> item.duration_minutes
    )
    GROUP BY task.id, task.client_id, task.planned_minutes, task.window_start, item.duration_minutes
"""

GONE = """
    DELETE FROM servicing_tasktailoring old USING plan_concerned concerned
    WHERE old.client_id = concerned.client_id
        AND NOT EXISTS (SELECT FROM plan_tailored new WHERE new.task_id = old.task_id)
"""

_VALUES = ("client_id", "tag_id", "channel", "minutes", "time_of_day", "booking_from", "modifiers")
_NEW, _OLD = (", ".join(f"{side}.{name}" for name in _VALUES) for side in ("new", "old"))

# A behavioral tag may be erased while this run works: it is held, or what rests on it is not written.
WRITE = f"""
    WITH differ AS MATERIALIZED (
        SELECT new.* FROM plan_tailored new LEFT JOIN servicing_tasktailoring old USING (task_id)
        WHERE old.task_id IS NULL OR ({_NEW}) IS DISTINCT FROM ({_OLD})
    ), held AS MATERIALIZED (
        SELECT client_id FROM clients_behavioraltag
        WHERE client_id IN (SELECT tag_id FROM differ WHERE tag_id IS NOT NULL) FOR KEY SHARE
    )
    INSERT INTO servicing_tasktailoring (task_id, {", ".join(_VALUES)})
    SELECT new.task_id, {_NEW} FROM differ new
    WHERE new.tag_id IS NULL OR new.tag_id IN (SELECT client_id FROM held)
    ON CONFLICT (task_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _VALUES)}
"""


def write(session: Session, scope: str, held: str, **more: Any) -> None:
    """Writes what differs for the clients in the temporary table `scope`: nothing on a second run.

    Leaves `plan_acting` behind. `held`: which tasks `task` were held so recently that a tag may ask for more;
    `more`: its parameters.
    """
    concerned = session.keep("plan_concerned", CONCERNED.format(scope=scope, held=held), **more)
    session.run("ANALYZE plan_concerned")
    acting = session.keep("plan_acting", ACTING if concerned else f"{ACTING} LIMIT 0")
    session.run("ANALYZE plan_acting")
    tailored = session.keep("plan_tailored", TAILORED if acting else f"{TAILORED} LIMIT 0")
    if concerned:
        session.run("ANALYZE plan_tailored (task_id)")
        session.run(GONE)
    if tailored:
        session.refresh_statistics("servicing_tasktailoring", session.run(WRITE), "(task_id, client_id)")
