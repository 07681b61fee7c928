"""Time spent on clients, as another system has logged it: known by that system's own numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from clients.changes import wake_sweeps
from clients.firm import firm_today
from clients.importing.records import people
from clients.models import ChangeKind
from clients.services_time import check_day
from servicing.api.problems import Wrong, wrong_fields
from servicing.api.records import refuse_too_many
from servicing.api.schemas import TimeIn

# Each record beside the client, the person and the role that it names; a former number is the client's who
# stayed after a merge.
_MEANT = f"""
SELECT sent.place, coalesce(c.id, former.client_id) AS client_id, who.id AS by_id, who.is_active, who.shared,
    named.id AS role_id
FROM unnest(%(numbers)s::text[], %(people)s::text[], %(roles)s::text[])
    WITH ORDINALITY AS sent (external_id, person, role, place)
LEFT JOIN clients_client c ON c.external_id = sent.external_id
LEFT JOIN clients_formernumber former ON former.external_id = sent.external_id
LEFT JOIN {people(by_full_name=False)} who ON who.key = lower(sent.person)
LEFT JOIN clients_servicerole named ON named.code = sent.role
ORDER BY sent.place"""  # noqa: S608  (a text of the importing package)

# A role that is not given stays as it is stored; a new entry takes the person's on the client's team, else
# that of the lead advisor.
_WRITE = """
WITH sent AS (
    SELECT * FROM unnest(
        %(clients)s::bigint[], %(days)s::date[], %(minutes)s::int[], %(by)s::bigint[], %(roles)s::bigint[],
        %(activities)s::text[], %(sources)s::text[], %(ids)s::text[]
    ) AS sent (client_id, spent_on, minutes, by_id, role_id, activity, source, source_id)
), meant AS (
    SELECT sent.client_id, sent.spent_on, sent.minutes, sent.by_id, sent.activity, sent.source,
        sent.source_id,
        coalesce(sent.role_id, stored.role_id, (
            SELECT t.role_id FROM clients_teammember t JOIN clients_servicerole r ON r.id = t.role_id
            WHERE t.client_id = sent.client_id AND t.user_id = sent.by_id ORDER BY r.position, r.id LIMIT 1
        ), (SELECT id FROM clients_servicerole WHERE code = 'lead_advisor')) AS role_id
    FROM sent
    LEFT JOIN clients_timeentry stored USING (source, source_id)
    WHERE stored.id IS NULL OR (stored.client_id, stored.spent_on, stored.minutes, stored.by_id,
            stored.activity) IS DISTINCT FROM
        (sent.client_id, sent.spent_on, sent.minutes, sent.by_id, sent.activity)
        OR sent.role_id <> stored.role_id
)
INSERT INTO clients_timeentry
    (client_id, spent_on, minutes, by_id, role_id, activity, source, source_id, created_at)
SELECT client_id, spent_on, minutes, by_id, role_id, activity, source, source_id, now() FROM meant
ON CONFLICT (source, source_id) WHERE source_id <> '' DO UPDATE SET
    client_id = excluded.client_id, spent_on = excluded.spent_on, minutes = excluded.minutes,
    by_id = excluded.by_id, role_id = excluded.role_id, activity = excluded.activity
RETURNING xmax = 0"""


@transaction.atomic
def take_time(records: Sequence[TimeIn]) -> dict[str, int]:
    """Stores `records`, all or none; returns what became of them. Raises Problem with every error."""
    refuse_too_many(records)
    with connection.cursor() as cursor:
        cursor.execute(
            _MEANT,
            {
                "numbers": [record.external_id for record in records],
                "people": [record.by for record in records],
                "roles": [record.role for record in records],
            },
        )
        meant = [row[1:] for row in cursor.fetchall()]
        _refuse_wrong(records, meant)
        cursor.execute(
            _WRITE,
            {
                "clients": [row[0] for row in meant],
                "by": [row[1] for row in meant],
                "roles": [row[4] for row in meant],
                "days": [record.date for record in records],
                "minutes": [record.minutes for record in records],
                "activities": [record.activity for record in records],
                "sources": [record.source for record in records],
                "ids": [record.source_id for record in records],
            },
        )
        written = [row[0] for row in cursor.fetchall()]
    if written:
        wake_sweeps(ChangeKind.FACTS)
    return {
        "records": len(records),
        "created": sum(written),
        "updated": len(written) - sum(written),
        "unchanged": len(records) - len(written),
    }


def _refuse_wrong(records: Sequence[TimeIn], meant: Sequence[tuple[Any, ...]]) -> None:
    seen: set[tuple[str, str]] = set()
    found: list[Wrong] = []
    today = firm_today()
    for place, (record, row) in enumerate(zip(records, meant, strict=True)):
        key = (record.source, record.source_id)
        found += [
            Wrong(field, reason, place) for field, reason in _wrong_with(record, row, key in seen, today)
        ]
        seen.add(key)
    if found:
        raise wrong_fields(_("Records are wrong, and nothing was written."), *found)


def _wrong_with(
    record: TimeIn, row: tuple[Any, ...], repeated: bool, today: dt.date
) -> list[tuple[str, str]]:
    """(field, reason) of what is wrong with one record."""
    client_id, by_id, is_active, shared, role_id = row
    found = []
    if client_id is None:
        found.append(("external_id", _("No client has this number. Import the client first.")))
    if by_id is None:
        found.append(("by", _("Nobody here has this username or e-mail address.")))
    elif shared:
        found.append(("by", _("Several people here have this e-mail address. Use the username.")))
    elif not is_active:
        found.append(("by", _("This person's sign-in is switched off. Use another one.")))
    if record.role is not None and role_id is None:
        found.append(("role", _("No role has this code.")))
    if repeated:
        found.append(("source_id", _("An earlier record has the same number.")))
    try:
        check_day(record.date, today)
    except ValidationError as error:
        found.append(("date", error.messages[0]))
    return found
