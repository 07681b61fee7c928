"""What changed since it was last read, as events, written down as deliveries to whoever listens.

The audit rows are the outbox: database triggers write them in the transaction of the change, in one
statement for a whole bulk change, whoever made it. Nothing more is written where something changes, and while
nobody listens nothing is read.

Rows become visible in another order than that of their numbers. So that none is passed by, each reading takes
the rows of transactions that have all ended (those before the oldest that still runs), and begins where the
last reading ended. Row numbers only narrow down where to look.
"""

# ruff: noqa: S608  (texts of this module)
from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from servicing.models import WebhookEndpoint, WebhookReader
from servicing.models.webhooks import WebhookEvent

LOCK = 7_311_001  # one reads at a time
TOGETHER = 100  # events in one message
# Audit tables that are read by their row numbers.
TABLES = (
    "clients_clientevent",
    "clients_teammemberevent",
    "tiers_tierassignmentevent",
    "servicing_servicetaskevent",
)

# The transaction that is next to begin, and the last row of each table.
_NOW = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint, " + ", ".join(
    f"(SELECT coalesce(max(pgh_id), 0) FROM {table})" for table in TABLES
)

# The oldest transaction of this database that still runs, of those before the `next`. Asked after it, so that
# one that is not listed any more has ended, and is seen whole by what is read after that. A snapshot's own
# oldest one would wait for other databases of the same server too. Of sessions under another name the server
# tells no transaction, yet each holds a lock on its own.
_OLDEST = """
SELECT least(%(next)s, min(%(next)s - ((%(next)s - xid::text::bigint) & 4294967295)))
FROM (
    SELECT backend_xid FROM pg_stat_activity WHERE datname = current_database()
    UNION ALL
    SELECT l.transactionid FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock'
        AND coalesce(a.datname, current_database()) = current_database()
) running (xid) WHERE xid IS NOT NULL"""


def _whole(row: str) -> str:
    """The transaction that wrote `row`, its number counted on past four thousand million."""
    return f"(%(next)s - ((%(next)s - {row}.xmin::text::bigint) & 4294967295))"


def _ended(row: str) -> str:
    return f"{_whole(row)} >= %(read_to)s AND {_whole(row)} < %(oldest)s"


def _rows(table: str) -> str:
    """The rows `e` of an audit table that are read now."""
    return f"{table} e WHERE e.pgh_id > %({table})s AND {_ended('e')}"


# The values of a row before this one, of the same object.
_BEFORE = (
    "LEFT JOIN LATERAL (SELECT * FROM {table} p WHERE p.{by} = e.{by} AND p.pgh_obj_id = e.pgh_obj_id "
    "AND p.pgh_id < e.pgh_id ORDER BY p.pgh_id DESC LIMIT 1) before ON true"
)
_CLIENT = "LEFT JOIN clients_client c ON c.id = e.client_id"
_OF_CLIENT = "jsonb_build_object('id', e.client_id, 'external_id', c.external_id)"
_SELF = "jsonb_build_object('id', e.pgh_obj_id, 'external_id', e.external_id)"
# Names of the fields that differ, as the API names them; never their values.
_FIELDS = """(
    SELECT coalesce(jsonb_agg(name ORDER BY name), '[]') FROM (
        SELECT CASE WHEN key <> 'external_id' THEN regexp_replace(key, '_id$', '') ELSE key END AS name
        FROM jsonb_each(to_jsonb(e)) new JOIN jsonb_each(to_jsonb(before)) old USING (key)
        WHERE new.value <> old.value AND key !~ '^pgh_'
    ) differing
)"""
_OPEN = "('planned', 'scheduled')"

# Each as (type, key, number, moment, data). The key names the event, the same however often it is read.
_EVENTS = {
    WebhookEvent.CLIENT_CREATED: f"""
        SELECT 'client.created', e.pgh_id::text, e.pgh_id, e.pgh_created_at,
            jsonb_build_object('client', {_SELF})
        FROM {_rows("clients_clientevent")} AND e.pgh_label = 'insert'""",
    WebhookEvent.CLIENT_REMOVED: f"""
        SELECT 'client.removed', e.pgh_id::text, e.pgh_id, e.pgh_created_at,
            jsonb_build_object('client', {_SELF})
        FROM {_rows("clients_clientevent")} AND e.pgh_label = 'delete'""",
    WebhookEvent.CLIENT_UPDATED: f"""
        SELECT 'client.updated', e.pgh_id::text, e.pgh_id, e.pgh_created_at,
            jsonb_build_object('client', {_SELF}, 'fields', {_FIELDS})
        FROM (SELECT e.* FROM {_rows("clients_clientevent")} AND e.pgh_label = 'update') e
        {_BEFORE.format(table="clients_clientevent", by="pgh_obj_id")}
        UNION ALL
        SELECT 'client.updated', 'team-' || e.pgh_id, e.pgh_id, e.pgh_created_at,
            jsonb_build_object('client', {_OF_CLIENT}, 'fields', '["team"]'::jsonb)
        FROM (SELECT e.* FROM {_rows("clients_teammemberevent")}) e {_CLIENT}""",
    WebhookEvent.TIER_CHANGED: f"""
        SELECT 'client.tier_changed', e.pgh_id::text, e.pgh_id, e.pgh_created_at,
            jsonb_build_object('client', {_OF_CLIENT}, 'from', old.code, 'to', new.code, 'since', e.starts_on)
        FROM (SELECT e.* FROM {_rows("tiers_tierassignmentevent")}
            AND e.pgh_label <> 'delete' AND e.ends_on IS NULL) e
        LEFT JOIN LATERAL (
            SELECT p.ends_on, true AS had FROM tiers_tierassignmentevent p
            WHERE p.client_id = e.client_id AND p.pgh_obj_id = e.pgh_obj_id AND p.pgh_id < e.pgh_id
            ORDER BY p.pgh_id DESC LIMIT 1
        ) before ON true
        LEFT JOIN LATERAL (
            SELECT p.tier_id FROM tiers_tierassignmentevent p
            WHERE p.client_id = e.client_id AND p.pgh_obj_id <> e.pgh_obj_id AND p.pgh_id < e.pgh_id
            ORDER BY p.pgh_id DESC LIMIT 1
        ) other ON true
        LEFT JOIN clients_tier old ON old.id = other.tier_id
        LEFT JOIN clients_tier new ON new.id = e.tier_id
        {_CLIENT}
        WHERE (before.had IS NULL OR before.ends_on IS NOT NULL)
            AND other.tier_id IS DISTINCT FROM e.tier_id""",
    WebhookEvent.PERMISSION_GRANTED: f"""
        SELECT 'permission.granted', e.pgh_id::text, e.pgh_id, e.pgh_created_at,
            jsonb_build_object('client', {_SELF})
        FROM (SELECT e.* FROM {_rows("clients_clientevent")}
            AND e.pgh_label <> 'delete' AND e.permission = 'granted') e
        {_BEFORE.format(table="clients_clientevent", by="pgh_obj_id")}
        WHERE before.permission IS DISTINCT FROM 'granted'""",
    WebhookEvent.PERMISSION_ENDED: f"""
        SELECT 'permission.ended', e.pgh_id::text, e.pgh_id, e.pgh_created_at,
            jsonb_build_object('client', {_SELF}, 'permission', e.permission)
        FROM (SELECT e.* FROM {_rows("clients_clientevent")}
            AND e.pgh_label <> 'delete' AND e.permission IN ('declined', 'withdrawn')) e
        {_BEFORE.format(table="clients_clientevent", by="pgh_obj_id")}
        WHERE before.permission IS DISTINCT FROM e.permission""",
    WebhookEvent.TASK_CREATED: f"""
        SELECT 'task.created', e.pgh_id::text, e.pgh_id, e.pgh_created_at, jsonb_build_object(
            'client', {_OF_CLIENT}, 'task', e.pgh_obj_id, 'kind', k.code, 'due_on', e.due_on)
        FROM (SELECT e.* FROM {_rows("servicing_servicetaskevent")} AND e.pgh_label = 'insert') e
        LEFT JOIN servicing_servicekind k ON k.id = e.kind_id {_CLIENT}""",
    WebhookEvent.TASK_COMPLETED: f"""
        SELECT 'task.completed', e.pgh_id::text, e.pgh_id, e.pgh_created_at, jsonb_build_object(
            'client', {_OF_CLIENT}, 'task', e.pgh_obj_id, 'kind', k.code, 'status', e.status)
        FROM (SELECT e.* FROM {_rows("servicing_servicetaskevent")}
            AND e.pgh_label = 'update' AND e.status IN ('done', 'declined', 'no_response')) e
        {_BEFORE.format(table="servicing_servicetaskevent", by="client_id")}
        LEFT JOIN servicing_servicekind k ON k.id = e.kind_id {_CLIENT}
        WHERE coalesce(before.status, 'planned') IN {_OPEN}""",
    # These two have no audit rows: what they say never changes, so that the row itself tells when it came.
    WebhookEvent.POLICY_PUBLISHED: f"""
        SELECT 'policy.published', e.id::text, e.id, e.published_at,
            jsonb_build_object('policy', e.id, 'version', e.version)
        FROM tiers_policy e WHERE e.status = 'published' AND {_ended("e")}""",
    WebhookEvent.RUN_APPLIED: f"""
        SELECT 'run.applied', e.id::text, e.id, e.applied_at,
            jsonb_build_object('run', e.id, 'policy', e.policy_id, 'as_of', e.as_of)
        FROM tiers_scoringrun e
        WHERE e.status = 'applied' AND e.applied_at > %(read_at)s - interval '1 hour' AND {_ended("e")}""",
}

# One message for a hundred events of an endpoint, in the order in which they came.
_DELIVERIES = f"""
WITH happened (type, key, number, at, data) AS ({{events}}), told AS (
    SELECT endpoint.id AS endpoint_id, event.*, (
        row_number() OVER (PARTITION BY endpoint.id ORDER BY event.at, event.type, event.number) - 1
    ) / {TOGETHER} AS message
    FROM happened event
    JOIN servicing_webhookendpoint endpoint ON event.type = ANY(endpoint.topics)
        AND endpoint.is_on AND endpoint.paused_at IS NULL
)
INSERT INTO servicing_webhookdelivery (endpoint_id, events, state, made_at, due_at)
SELECT endpoint_id, jsonb_agg(
    jsonb_build_object('id', type || ':' || key, 'type', type, 'at', at, 'data', data)
    ORDER BY at, type, number
), 'waiting', now(), now()
FROM told GROUP BY endpoint_id, message ORDER BY endpoint_id, message"""


def read_changes() -> int:
    """Writes deliveries for what changed since the last reading; returns how many.

    Where nobody listens the place is forgotten, and whoever listens next is told what happens from then on.
    Another reading at the same time is left to do it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        topics = wanted()
        if not topics:
            WebhookReader.objects.all().delete()
            return 0
        reader = WebhookReader.objects.filter(pk=1).first()
        following, *lasts = _now(cursor)
        if reader is None or reader.read_to > following:  # a restored database counts transactions anew
            _begin(following, lasts)
            return 0
        cursor.execute(_OLDEST, {"next": following})
        oldest = cursor.fetchone()[0]
        values = {
            "read_to": reader.read_to,
            "read_at": reader.read_at,
            "oldest": oldest,
            "next": following,
            **{table: reader.floors[table][0] for table in TABLES},
        }
        events = " UNION ALL ".join(_EVENTS[WebhookEvent(topic)] for topic in sorted(topics))
        cursor.execute(_DELIVERIES.format(events=events), values)
        written = cursor.rowcount
        _move_on(reader, oldest, following, lasts)
        return written


def start_listening() -> None:
    """Has everything read that begins from now on. Called where an endpoint begins to listen."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if not WebhookReader.objects.exists():
            following, *lasts = _now(cursor)
            _begin(following, lasts)


def wanted() -> set[str]:
    """The types of event that anybody listens to."""
    listening = WebhookEndpoint.objects.filter(is_on=True, paused_at__isnull=True)
    return {topic for topics in listening.values_list("topics", flat=True) for topic in topics}


def _now(cursor: Any) -> list[int]:
    cursor.execute(_NOW)
    return list(cursor.fetchone())


def _begin(following: int, lasts: list[int]) -> None:
    """Reads what transactions do that begin from now on; their rows come after the last ones of now."""
    floors = {table: [last, following, last] for table, last in zip(TABLES, lasts, strict=True)}
    WebhookReader.objects.update_or_create(
        pk=1, defaults={"read_to": following, "read_at": Now(), "floors": floors}
    )


def _move_on(reader: WebhookReader, oldest: int, following: int, lasts: list[int]) -> None:
    """Notes how far was read. A table's floor rises to what was its last row when a transaction was next to
    begin, once all transactions before that one have ended: no row below can come any more."""
    for table, last in zip(TABLES, lasts, strict=True):
        floor, mark, next_floor = reader.floors[table]
        if oldest >= mark:
            floor, mark, next_floor = next_floor, following, last
        reader.floors[table] = [floor, mark, next_floor]
    reader.read_to, reader.read_at = max(reader.read_to, oldest), Now()
    reader.save(update_fields=["read_to", "read_at", "floors"])
