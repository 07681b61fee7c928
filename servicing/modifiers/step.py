"""The step of planning that lets tags act on tasks: for the clients in scope, after tasks were created.

The standard's values stay on the task; what they become for the client is a row beside it. Due dates, windows
and bases are not touched, so whoever counts promises counts the same with modifiers and without.
"""

from __future__ import annotations

from clients.models import ChangeKind
from servicing.modifiers import follow_ups, tailoring
from servicing.planning import summaries
from servicing.planning.session import MANY, Session

# By what the open tasks were last gone through, and whether there is anything to do at all. Only what changes
# the rows beside the tasks is in the digest: sentences are read from the modifier.
_STATE = """
    SELECT modifiers.digest, (SELECT digest FROM servicing_tailoredwith WHERE id = 1),
        modifiers.number > 0 OR EXISTS (SELECT FROM servicing_tasktailoring),
        (SELECT count(*) FROM (SELECT FROM plan_scope LIMIT %(many)s) few), modifiers.longest
    FROM (
        SELECT count(*) AS number, coalesce(max(follow_up_days), 0) AS longest, md5(coalesce(string_agg(ROW(
            m.id, m.persona_id, m.complexity_driver_id, m.behavioral_trigger_id, m.attention_constraint_id,
            m.income_structure_id, m.channel, m.replaces, m.most_minutes, m.length_percent, m.booking_days,
            m.time_of_day, m.prepare <> '', m.follow_up_days, m."order"
        )::text, ' ' ORDER BY m.id), '')) AS digest
        FROM servicing_taskmodifier m WHERE m.retired_at IS NULL
    ) modifiers
"""
_NOTE = """
    INSERT INTO servicing_tailoredwith (id, digest, at) VALUES (1, %(digest)s, %(moment)s)
    ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, at = excluded.at
"""
# Everybody on whom a modifier, changed or gone, can have an effect.
_WHOLE_FIRM = """
    SELECT id AS client_id FROM clients_client WHERE status = 'active'
    UNION SELECT client_id FROM servicing_tasktailoring
"""


# A run over the whole firm has read the promises of the clients in `plan_scope` alone: the open tasks of
# these are counted anew by the next run.
_NOTE_CLIENTS = """
    INSERT INTO clients_change (kind, client_id) SELECT %(kind)s, unnest(%(clients)s::bigint[])
"""


def act(session: Session, *, firm_wide: bool = False) -> None:
    """Brings the open tasks of the clients in `plan_scope` in line with their tags.

    `firm_wide`: the run is over all clients, and follows modifiers that changed since the last such run.
    """
    digest, followed, anything, clients, longest = session.fetch(_STATE, many=MANY)[0]
    changed = firm_wide and digest != followed
    if not changed and not (anything and clients):
        return
    scope = "plan_scope"
    if changed:
        scope = "plan_tailored_scope"
        session.keep(scope, _WHOLE_FIRM, analyzed="client_id")
    elif clients < MANY:
        session.run("ANALYZE plan_scope")  # after a click it holds one client, not the thousands of a guess
    tailoring.write(session, scope, follow_ups.HELD, longest=longest)
    followed_up = follow_ups.write(session, scope, longest)
    if changed:
        session.run(_NOTE, digest=digest)
        session.run(_NOTE_CLIENTS, kind=ChangeKind.SERVICE.value, clients=sorted(followed_up))
    elif followed_up:
        summaries.write(session)
