"""The history of a client's permission as plain values: answers, and what each end erased, newest first.

Read inside the query of the client, so that the client's page pays nothing for it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import JSONField
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from clients.models import AnswerSource, Client, How, Permission
from clients.permission.erasing import in_words

_NAME = "coalesce(nullif(trim({0}.first_name || ' ' || {0}.last_name), ''), {0}.username)"
_TOLD = f"""
    (
        SELECT coalesce(jsonb_agg(line ORDER BY moment DESC, erased DESC, id DESC), '[]'::jsonb) FROM (
            SELECT jsonb_build_object('answer', a.answer, 'on', a."on", 'at', a.recorded_at, 'how', a.how,
                    'source', a.source, 'note', a.note, 'script', a.script,
                    'asked_by', {_NAME.format("asked")}, 'recorded_by', {_NAME.format("kept")}
                ) AS line, a.recorded_at AS moment, false AS erased, a.id
            FROM clients_permissionanswer a
            LEFT JOIN clients_user asked ON asked.id = a.asked_by_id
            LEFT JOIN clients_user kept ON kept.id = a.recorded_by_id
            WHERE a.client_id = clients_client.id
            UNION ALL
            SELECT jsonb_build_object('places', e.places, 'at', e.at, 'swept', e.swept_at IS NOT NULL,
                    'recorded_by', {_NAME.format("kept")}
                ), e.at, true, e.id
            FROM clients_erasure e LEFT JOIN clients_user kept ON kept.id = e.by_id
            WHERE e.client_id = clients_client.id
        ) told
    )
"""  # noqa: S608  (names of our own tables)
TOLD = RawSQL(_TOLD, [], output_field=JSONField())  # noqa: S611


def history_lines(client: Client) -> list[dict[str, Any]]:
    """The history of a client that was read with `ClientQuerySet.with_permission`."""
    return [_erased(row) if "places" in row else _answered(row) for row in client.permission_told]  # type: ignore[attr-defined]


def _answered(row: dict[str, Any]) -> dict[str, Any]:
    person, recorded_by = row["asked_by"] or row["recorded_by"], row["recorded_by"]
    return {
        "at": dt.date.fromisoformat(row["on"]) if row["on"] else dt.datetime.fromisoformat(row["at"]),
        "what": Permission(row["answer"]).label,
        "how": How(row["how"]).label if row["how"] else AnswerSource(row["source"]).label,
        "by": person,
        "recorded_by": recorded_by if recorded_by != person else None,
        "note": row["note"],
        "script": row["script"],
        "places": None,
    }


def _erased(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": dt.datetime.fromisoformat(row["at"]),
        "what": _("Behavioral trigger erased"),
        "by": row["recorded_by"],
        "places": in_words(row["places"]),
        "swept": row["swept"],
    }
