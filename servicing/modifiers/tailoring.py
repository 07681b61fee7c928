"""What open tasks become for their clients: channel, length, booking, time of day."""

# ruff: noqa: S608  (statements put together from this package's own constants)
from __future__ import annotations

from servicing.models.modifiers import TAGS
from servicing.planning.session import MANY, OPEN, Session

# Channels of a meeting, as the standard gives it.
MEETING = "('in_person', 'video', 'phone')"

# The client's own value for each tag; a behavioral one only under permission, as it is stored.
_HAS = {name: f"c.{name}_id" for name in TAGS} | {"behavioral_trigger": "tag.trigger_id"}
ACTS = " OR ".join(f"m.{name}_id = {column}" for name, column in _HAS.items())

# The modifiers of the clients in scope, the deciding one first.
ACTING = f"""
    SELECT c.id AS client_id, m.id AS modifier_id, row_number() OVER (
            PARTITION BY c.id ORDER BY m."order", m.id
        ) AS place,
        m.behavioral_trigger_id IS NOT NULL AS behavioral, m.channel, m.replaces, m.most_minutes,
        m.length_percent, m.booking_days, m.time_of_day, m.prepare <> '' AS prepares, m.follow_up_days,
        m.follow_up_channel
    FROM {{scope}} s
    JOIN clients_client c ON c.id = s.client_id AND c.status = 'active'
    LEFT JOIN clients_behavioraltag tag ON tag.client_id = c.id AND c.permission = 'granted'
    JOIN servicing_taskmodifier m ON m.retired_at IS NULL AND ({ACTS})
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
    DELETE FROM servicing_tasktailoring old USING {scope} s
    WHERE old.client_id = s.client_id
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


def write(session: Session, scope: str) -> None:
    """Writes what differs for the clients in the temporary table `scope`: nothing on a second run."""
    acting = session.keep("plan_acting", ACTING.format(scope=scope), analyzed="client_id")
    if acting:
        session.keep("plan_tailored", TAILORED, analyzed="task_id")
    else:
        session.keep("plan_tailored", f"{TAILORED} LIMIT 0")
    session.run(GONE.format(scope=scope))
    if acting:
        written = session.run(WRITE)
        if written > MANY:
            session.refresh_statistics("servicing_tasktailoring", written)
