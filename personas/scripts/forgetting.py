"""What was said with a script that a behavioral trigger had chosen: the words stay, which script it was goes.

Messages and uses of scripts are records, kept for years. Where the permission ended they may no longer tell
of the behavioral trigger: neither by the version that asked for it, nor by a message to many that went to all
who had it. The scripts' versions stay in the library with their own words and approvals.
"""

# ruff: noqa: S608  (texts of this module alone)
from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from django.db import connection, transaction

from personas.scripts.recipients import WINDOW

_ASKING = "SELECT id FROM personas_scriptversion WHERE behavioral_trigger_id IS NOT NULL"
# Messages to many whose clients all had a trigger: the script asks for it, or the clients were chosen by it.
_TELLING_BULK = f"""
    SELECT id FROM personas_bulkmessage
    WHERE version_id IN ({_ASKING}) OR asked LIKE '%%behavioral%%'
"""
_STOP = f"""
    UPDATE personas_message m SET state = 'cancelled'
    WHERE m.client_id = ANY(%(clients)s) AND m.state IN ('queued', 'failed')
        AND (m.version_id IN ({_ASKING}) OR m.bulk_id IN ({_TELLING_BULK}))
"""
# A step of a task that nobody tried to send is made anew, with a script that may be used.
_UNMAKE = f"""
    DELETE FROM personas_message m
    WHERE m.client_id = ANY(%(clients)s) AND m.state = 'queued' AND m.attempts = 0 AND m.bulk_id IS NULL
        AND m.version_id IN ({_ASKING})
"""
_MESSAGES = f"""
    UPDATE personas_message m
    SET version_id = CASE WHEN m.version_id IN ({_ASKING}) THEN NULL ELSE m.version_id END,
        bulk_id = CASE WHEN told.bulk THEN NULL ELSE m.bulk_id END,
        once = CASE WHEN told.bulk THEN 'kept:' || m.id ELSE m.once END
    FROM (
        SELECT id, bulk_id IS NOT NULL AND bulk_id IN ({_TELLING_BULK}) AS bulk FROM personas_message
        WHERE client_id = ANY(%(clients)s)
    ) told
    WHERE m.id = told.id AND (told.bulk OR m.version_id IN ({_ASKING}))
    RETURNING m.client_id
"""
# The limit of recipients holds as before, without telling whose they were.
_COUNT = f"""
    INSERT INTO personas_forgottenrecipients AS kept (script_id, day, clients)
    SELECT script_id, day, count(*) FROM (
        SELECT script_id, client_id, max(used_at)::date AS day FROM personas_scriptuse
        WHERE client_id = ANY(%(clients)s) AND version_id IN ({_ASKING}) AND used_at > now() - %(window)s
        GROUP BY script_id, client_id
    ) reached
    GROUP BY script_id, day
    ON CONFLICT (script_id, day) DO UPDATE SET clients = kept.clients + excluded.clients
"""
_USES = f"""
    UPDATE personas_scriptuse SET script_id = NULL, version_id = NULL
    WHERE client_id = ANY(%(clients)s) AND version_id IN ({_ASKING})
    RETURNING client_id
"""


@transaction.atomic
def forget_scripts(clients: Collection[int]) -> dict[int, int]:
    """Takes such scripts off the records of what was said to the clients; how many records of each.

    What still waits to be sent with such a script is not sent.
    """
    values: dict[str, Any] = {"clients": list(clients), "window": WINDOW}
    found: Counter[int] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(_UNMAKE, values)
        cursor.execute(_STOP, values)
        cursor.execute(_COUNT, values)
        for statement in (_MESSAGES, _USES):
            cursor.execute(statement, values)
            found.update(client for (client,) in cursor.fetchall())
    return dict(found)
