"""E-mails that automated tasks owe today: each step with its script, its address, or why it cannot go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from personas.models import Message, ScriptVersion
from personas.scripts import merge_fields, recipients
from personas.scripts.matching import BEST_FIRST, MATCHES
from personas.sending.addresses import ADDRESS, HAS_ADDRESS, IS_REFUSED
from personas.sending.writing import Writer

BATCH = 500

# A batch of open tasks that are due, by their number. The inner query is kept whole, so that it is read by
# the index of due dates: walking all tasks by their numbers would take longer.
OPEN = """
    SELECT * FROM (
        SELECT * FROM servicing_servicetask
        WHERE automated AND status IN ('planned', 'scheduled') AND due_on <= %(today)s
            AND (%(only)s::bigint IS NULL OR id = %(only)s)
        OFFSET 0
    ) open_due
    WHERE id > %(after)s ORDER BY id LIMIT %(batch)s
"""
# The steps that fall due: of a service without steps one on the day, with the situations that name it. A step
# that has a message, whatever became of it, is done with; a person decides about those that failed. A step
# follows when the one before it was sent.
_DUE = f"""
    WITH due AS (
        SELECT t.id AS task_id, t.client_id, t.due_on, t.assigned_to_id, kind.code AS service
        FROM ({OPEN}) t
        JOIN servicing_servicekind kind ON kind.id = t.kind_id
        JOIN clients_client c ON c.id = t.client_id AND c.status = 'active'
        WHERE t.snoozed_until IS NULL OR t.snoozed_until <= %(today)s
    ), steps AS (
        SELECT due.*, coalesce(step.day, 0) AS day, step.situation_id,
            coalesce(step.day, 0) = coalesce(max(step.day) OVER (PARTITION BY due.task_id), 0) AS last_step
        FROM due LEFT JOIN personas_sequencestep step ON step.service = due.service
    ), open_steps AS (
        SELECT DISTINCT ON (s.task_id) s.* FROM steps s
        WHERE NOT EXISTS (SELECT FROM personas_message m WHERE m.once = 'task:' || s.task_id || ':' || s.day)
        ORDER BY s.task_id, s.day
    ), ready AS (
        SELECT s.* FROM open_steps s
        WHERE s.due_on + s.day <= %(today)s
            AND NOT EXISTS (
                SELECT FROM personas_message m WHERE m.service_task = s.task_id AND m.state <> 'sent'
            )
    ), wanted AS (
        SELECT r.task_id, r.client_id, situation.id AS situation_id, NULL::bigint AS role_id,
            'email' AS channel
        FROM ready r JOIN personas_situation situation
            ON CASE WHEN r.situation_id IS NULL THEN r.service = ANY(situation.services)
                ELSE situation.id = r.situation_id END
    ), chosen AS (
        SELECT DISTINCT ON (w.task_id) w.task_id, v.id AS version_id {MATCHES}
        WHERE v.channel = 'email' AND v.subject <> ''
        ORDER BY w.task_id, {BEST_FIRST}
    )
    SELECT r.task_id, r.client_id, c.name, r.due_on, r.day, r.last_step, chosen.version_id,
        {ADDRESS} AS address, {HAS_ADDRESS} AS has_address, {IS_REFUSED} AS refused,
        coalesce(u.email, '')
    FROM ready r JOIN clients_client c ON c.id = r.client_id
    LEFT JOIN chosen ON chosen.task_id = r.task_id
    LEFT JOIN clients_user u ON u.id = r.assigned_to_id
    ORDER BY r.task_id
"""  # noqa: S608  (texts of our own modules)
# The last task of a batch, whether it has a step today or not.
_LAST = f"SELECT max(id) FROM ({OPEN}) batch"  # noqa: S608


@dataclass
class DueMail:
    """One e-mail that a task owes. `trouble`: why it does not go, in words; empty where it does."""

    task_id: int
    client_id: int
    client: str
    due_on: dt.date
    day: int
    last_step: bool
    version: ScriptVersion | None
    address: str
    reply_to: str
    trouble: str
    filled: merge_fields.Filled | None

    @property
    def once(self) -> str:
        return f"task:{self.task_id}:{self.day}"

    def message(self, writer: Writer) -> Message:
        """The message, ready to be queued. Raises ValueError where no script was found."""
        if self.version is None or self.filled is None:
            raise ValueError(self.trouble)
        return writer.write(
            client_id=self.client_id,
            version=self.version,
            recipient=self.address,
            filled=self.filled,
            once=self.once,
            reply_to=self.reply_to,
            service_task=self.task_id,
            step=self.day,
            last_step=self.last_step,
        )


def due_mails(today: dt.date, *, only: int | None = None) -> Iterator[list[DueMail]]:
    """Every e-mail that is owed today, in batches by task; a fixed number of queries for each batch.

    `only`: the one of a single task.
    """
    room = _Room()
    after: int | None = 0
    while after is not None:
        values: dict[str, Any] = {"today": today, "after": after, "batch": BATCH, "only": only}
        with connection.cursor() as cursor:
            cursor.execute(_DUE, values)
            rows = cursor.fetchall()
            if only is None:
                cursor.execute(_LAST, values)
                after = cursor.fetchone()[0]
            else:
                after = None
        if rows:
            yield _of(rows, room)


def _of(rows: list[tuple[Any, ...]], room: _Room) -> list[DueMail]:
    versions = ScriptVersion.objects.with_words().in_bulk({row[6] for row in rows if row[6]})
    wanted = {
        name for version in versions.values() for name in merge_fields.used_in(version.subject, version.body)
    }
    values = merge_fields.values_of({row[1] for row in rows if row[6]}, wanted=wanted)
    room.know(versions.values())
    mails = []
    for task, client, name, due_on, day, last, version_id, address, has, refused, reply_to in rows:
        version = versions.get(version_id)
        filled = merge_fields.fill(version.subject, version.body, values[client]) if version else None
        trouble = ""
        if version is None or filled is None:
            trouble = _("No approved e-mail script fits this client.")
        elif address is None and refused:
            trouble = _("The mail server refuses the address. Correct it on the client's page.")
        elif address is None:
            trouble = _("The client wants no e-mails.") if has else _("There is no e-mail address.")
        elif filled.missing:
            trouble = filled.missing_words
        elif not room.take(version, client):
            trouble = _(
                "The script reached %(limit)s clients in 30 days; a person has to approve it for many."
            ) % {"limit": recipients.LIMIT}
        mails.append(
            DueMail(task, client, name, due_on, day, last, version, address or "", reply_to, trouble, filled)
        )
    return mails


class _Room:
    """How many more clients each limited script may reach, with those that wait in the queue already."""

    def __init__(self) -> None:
        self.left: dict[int, int] = {}
        self.known: dict[int, set[int]] = {}

    def know(self, versions: Any) -> None:
        new = {v.script_id for v in versions if not v.is_approved_for_many} - self.left.keys()
        if not new:
            return
        for script in new:
            self.known[script] = set()
        for script, client in recipients.everyone_reached(new):
            self.known[script].add(client)
        uncounted = recipients.forgotten(new)
        for script in new:
            self.left[script] = recipients.LIMIT - len(self.known[script]) - uncounted.get(script, 0)

    def take(self, version: ScriptVersion, client: int) -> bool:
        if version.script_id not in self.left or client in self.known[version.script_id]:
            return True
        if self.left[version.script_id] <= 0:
            return False
        self.left[version.script_id] -= 1
        self.known[version.script_id].add(client)
        return True
