"""Parting again what a merge had put together: each row goes back, what was dropped comes back."""

# ruff: noqa: S608  (table and column names of our own models only)
from __future__ import annotations

import json
from typing import Any

import pghistory
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.commands import Refused
from clients.holds import refuse_held
from clients.models import Client, ClientMerge, FormerNumber, User
from servicing.book.fields import stricter
from servicing.book.merging import fetch, settle, take_locks
from servicing.book.rules import RULES
from servicing.planning.session import OPEN
from servicing.retention import access
from servicing.retention.tables import tables_of_clients
from tiers.services import refresh_scores, refresh_tiers


def part(*, merge: ClientMerge, by: User, reason: str = "") -> Client:
    """Makes two records again out of what `merge` made one; returns the one that had been gone.

    It gets its id, number, people, team, money, touches, tasks and tiers back. What was added to the record
    since stays with it, but money that files brought under the other number. A behavioral trigger that went
    with the merge is not known any more. Raises Refused where it cannot be done.
    """
    why = _("a merge was parted again")
    context = {"user": by.pk, "client_merge": merge.absorbed_id, "why": f"{why}: {reason}" if reason else why}
    try:
        with pghistory.context(**context), transaction.atomic():
            return _part(merge, by)
    except IntegrityError:
        raise Refused(
            _("Something that was recorded since stands in the way, such as a client with the same number.")
        ) from None


def _part(merge: ClientMerge, by: User) -> Client:
    take_locks()
    merge = ClientMerge.objects.select_for_update().get(pk=merge.pk)
    if merge.parted_at:
        raise Refused(_("These records were parted already."))
    refuse_held(merge.client_id)
    kept = Client.objects.select_for_update(of=("self",)).get(pk=merge.client_id)
    number = FormerNumber.objects.filter(external_id=merge.external_id).first()
    record = dict(merge.before["clients_client"][0])
    if kept.permission != merge.filled["permission"]["now"]:  # the client answered since
        record["permission"] = stricter(record["permission"], kept.permission)
    FormerNumber.objects.filter(external_id=merge.external_id).delete()
    _bring_back("clients_client", [record])
    _unfill(kept, merge)
    for table in RULES:
        if rows := merge.before.get(table):
            _bring_back(table, rows)
    values = {"merge": merge.pk, "kept": kept.pk, "gone": merge.absorbed_id}
    for (table,) in fetch(
        'SELECT DISTINCT "table" FROM clients_mergedrow WHERE merge_id = %(merge)s', merge=merge.pk
    ):
        _give_history_back(table, values)
        _give_back(table, values)
    if number:
        _run(
            "UPDATE clients_revenue SET client_id = %(gone)s, source_id = '' "
            "WHERE client_id = %(kept)s AND source_id = 'merged-' || %(number)s || '-' || date",
            values | {"number": number.pk},
        )
    merge.parted_at, merge.parted_by = timezone.now(), by
    merge.before, merge.filled = {}, {}  # each record has its own again
    merge.save(update_fields=["parted_at", "parted_by", "before", "filled"])
    _run("DELETE FROM clients_mergedrow WHERE merge_id = %(merge)s", values)
    access.forget_for([kept.pk, merge.absorbed_id])  # an answer that waits tells of both
    settle(kept.pk, merge.absorbed_id)
    refresh_tiers(client_id=merge.absorbed_id)
    refresh_scores(client_id=merge.absorbed_id)
    return Client.objects.get(pk=merge.absorbed_id)


def _run(sql: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return max(cursor.rowcount, 0)


def _bring_back(table: str, rows: list[dict[str, Any]]) -> None:
    """Stores rows again that the merge had dropped; one that is there is left as it is."""
    columns = fetch(
        "SELECT attname FROM pg_attribute "
        "WHERE attrelid = %(table)s::regclass AND attnum > 0 AND NOT attisdropped",
        table=table,
    )
    known = ", ".join(f'"{name}"' for (name,) in columns if name in rows[0])
    _run(
        f"INSERT INTO {table} ({known}) SELECT {known} "
        f"FROM jsonb_populate_recordset(NULL::{table}, %(rows)s::jsonb) ON CONFLICT DO NOTHING",
        {"rows": json.dumps(rows)},
    )


def _unfill(kept: Client, merge: ClientMerge) -> None:
    """Gives the staying record its own values back, where nobody changed them since the merge. Its history
    tells of the other's no longer, but of how the permission stood."""
    fields = {field.attname: field for field in Client._meta.concrete_fields}
    values = {
        name: _typed(fields[name], value["was"])
        for name, value in merge.filled.items()
        if getattr(kept, name) == _typed(fields[name], value["now"])
    }
    if values:
        Client.objects.filter(pk=kept.pk).update(**values)
    since = fetch(
        "SELECT coalesce(max(pgh_created_at), %(merged)s) FROM clients_clientevent "
        "WHERE pgh_obj_id = %(gone)s AND pgh_label = 'delete'",
        gone=merge.absorbed_id,
        merged=merge.merged_at,
    )[0][0]
    history = apps.get_model("clients", "ClientEvent").objects.filter(
        pgh_obj=kept.pk, pgh_created_at__gte=since
    )
    for name, own in values.items():
        if name != "permission":
            history.filter(**{name: getattr(kept, name)}).update(**{name: own})


def _typed(field: Any, value: Any) -> Any:
    return value if value is None or field.is_relation else field.to_python(value)


def _give_history_back(table: str, values: dict[str, Any]) -> None:
    """What became of the moved rows while the records were one, the moving itself included, was written under
    the record that stays, or under one that it had taken up meanwhile. It is the other record's history."""
    of_gone = "AND r.before ->> 'client_id' = %(gone)s::text" if table == "servicing_servicetask" else ""
    for history in tables_of_clients().values():
        if history.is_history and history.of == table and history.columns:
            _run(
                f"""
                WITH own AS (
                    SELECT pgh_obj_id, max(pgh_id) AS last FROM {history.table}
                    WHERE client_id = %(gone)s GROUP BY pgh_obj_id
                ), under AS (
                    SELECT %(kept)s::bigint AS client UNION SELECT absorbed_id FROM clients_clientmerge
                    WHERE client_id = %(kept)s AND parted_at IS NULL AND absorbed_id <> %(gone)s
                )
                UPDATE {history.table} e SET client_id = %(gone)s
                FROM clients_mergedrow r LEFT JOIN own ON own.pgh_obj_id = r.record_id
                WHERE r.merge_id = %(merge)s AND r."table" = '{table}' AND e.pgh_obj_id = r.record_id
                    AND e.client_id IN (SELECT client FROM under) AND e.pgh_id > coalesce(own.last, 0)
                    {of_gone}
                """,
                values,
            )


def _give_back(table: str, values: dict[str, Any]) -> None:
    """Moves the rows back that the merge had moved, with the columns that had changed with them."""
    if table == "servicing_servicetask":
        _give_tasks_back(values)
        return
    more = {
        "clients_revenue": ", source_id = CASE WHEN t.source_id LIKE 'merged-%%' "
        "THEN coalesce(r.before ->> 'source_id', t.source_id) ELSE t.source_id END",
        "tiers_override": ", ended_on = (r.before ->> 'ended_on')::date",
        # a step under way that had to be agreed again is under way again, where nobody went on with it
        "personas_soloplan": ", earner_id = (r.before ->> 'earner_id')::bigint",
        "personas_householdduty": ", person_id = (r.before ->> 'person_id')::bigint, "
        "backup_id = (r.before ->> 'backup_id')::bigint",
        "personas_goalround": ", ended_at = (r.before ->> 'ended_at')::timestamptz",
        "personas_commitmentstep": ", state = CASE WHEN t.state = 'proposed' THEN r.before ->> 'state' "
        "ELSE t.state END, agreed_on = CASE WHEN t.state = 'proposed' "
        "THEN (r.before ->> 'agreed_on')::date ELSE t.agreed_on END, agreed_by = CASE "
        "WHEN t.state = 'proposed' THEN r.before ->> 'agreed_by' ELSE t.agreed_by END",
        "clients_channeloptout": ", member_id = (r.before ->> 'member_id')::bigint",
        # a case that the merge closed is open again, at the stage that it was in; one that went on open is on
        # its way to the tier of its own record again
        "servicing_transition": ", assignment_id = (r.before ->> 'assignment_id')::bigint, "
        "to_tier_id = coalesce((r.before ->> 'to_tier_id')::bigint, t.to_tier_id), "
        "until = coalesce((r.before ->> 'until')::date, t.until), "
        "closed_on = CASE WHEN r.before ? 'route' THEN NULL ELSE t.closed_on END, "
        "outcome = CASE WHEN r.before ? 'route' THEN '' ELSE t.outcome END, "
        "route = coalesce(r.before ->> 'route', t.route), step = coalesce(r.before ->> 'step', t.step)",
    }.get(table, "")
    _run(
        f"UPDATE {table} t SET client_id = %(gone)s{more} FROM clients_mergedrow r "
        f"WHERE r.merge_id = %(merge)s AND r.\"table\" = '{table}' AND t.id = r.record_id "
        "AND t.client_id = %(kept)s",
        values,
    )


# A task that the merge cancelled is open again, where it is still cancelled for that and no other is open.
_TASKS_BACK = """
    UPDATE servicing_servicetask t
    SET client_id = (r.before ->> 'client_id')::bigint,
        touch_id = CASE WHEN r.before ->> 'touch_id' IS NULL OR t.touch_id IS NULL THEN t.touch_id
            WHEN EXISTS (SELECT 1 FROM clients_touch b WHERE b.id = (r.before ->> 'touch_id')::bigint)
            THEN (r.before ->> 'touch_id')::bigint ELSE t.touch_id END,
        status = CASE WHEN t.closed_reason = 'merged' OR {lent} THEN r.before ->> 'status' ELSE t.status END,
        scheduled_at = CASE WHEN {lent} THEN NULL ELSE t.scheduled_at END,
        closed_at = CASE WHEN t.closed_reason = 'merged' THEN NULL ELSE t.closed_at END,
        closed_reason = CASE WHEN t.closed_reason = 'merged' THEN '' ELSE t.closed_reason END
    FROM clients_mergedrow r
    WHERE r.merge_id = %(merge)s AND r."table" = 'servicing_servicetask' AND t.id = r.record_id
        AND t.client_id = %(kept)s AND {which}
"""
# It has the appointment that was the other's before the merge.
_LENT = f"""(t.{OPEN} AND r.before ->> 'scheduled_at' IS NULL AND EXISTS (
    SELECT 1 FROM clients_mergedrow lender
    JOIN servicing_servicetask of_lender ON of_lender.id = lender.record_id
    WHERE lender.merge_id = r.merge_id AND lender."table" = r."table" AND lender.record_id <> r.record_id
        AND of_lender.kind_id = t.kind_id
        AND (lender.before ->> 'scheduled_at')::timestamptz = t.scheduled_at
))"""
_STAYS_CANCELLED = f"""
    UPDATE servicing_servicetask t SET closed_reason = 'taken_back' FROM clients_mergedrow r
    WHERE r.merge_id = %(merge)s AND r."table" = 'servicing_servicetask' AND t.id = r.record_id
        AND t.closed_reason = 'merged' AND EXISTS (
            SELECT 1 FROM servicing_servicetask other
            WHERE other.client_id = (r.before ->> 'client_id')::bigint AND other.kind_id = t.kind_id
                AND other.item_id IS NOT NULL AND other.{OPEN} AND other.id <> t.id
        )
"""


def _give_tasks_back(values: dict[str, Any]) -> None:
    """First those that go, so that each record has room for its own task of a kind again."""
    _run(_TASKS_BACK.format(lent=_LENT, which="t.closed_reason <> 'merged'"), values)
    _run(_STAYS_CANCELLED, values)
    _run(_TASKS_BACK.format(lent=_LENT, which="true"), values)
